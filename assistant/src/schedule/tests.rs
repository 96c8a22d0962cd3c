//! Due days against a calendar that is gone through day by day.

use super::*;
use jiff::Span;
use jiff::civil::date;
use proptest::prelude::*;

fn plus(day: Date, days: i64) -> Date {
    day.checked_add(Span::new().days(days)).unwrap()
}

/// The due days from `from` on, by looking at every single day.
fn by_looking(rhythm: Rhythm, from: Date, days: i64) -> Vec<Date> {
    let last = |day: Date, number: i8| day.day() == number.min(day.last_of_month().day());
    let months = |day: Date| {
        (i64::from(day.year()) * 12 + i64::from(day.month())) - (i64::from(from.year()) * 12 + i64::from(from.month()))
    };
    let fits = |day: &Date| match rhythm {
        Rhythm::Day { count } => i64::from(from.until(*day).unwrap().get_days()) % i64::from(count) == 0,
        Rhythm::Week { count, day: weekday } => {
            Some(day.weekday().to_monday_one_offset()) == weekday
                && i64::from(from.until(*day).unwrap().get_days()) / 7 % i64::from(count) == 0
        }
        Rhythm::Month { count, day: number } => last(*day, number.unwrap()) && months(*day) % i64::from(count) == 0,
        Rhythm::Year => last(*day, from.day()) && months(*day) % 12 == 0,
    };
    (0..days).map(|ahead| plus(from, ahead)).filter(fits).collect()
}

#[test]
fn the_thirty_first_is_the_last_day_of_a_shorter_month() {
    let rhythm = Rhythm::Month { count: 1, day: Some(31) };
    let schedule = Schedule::every(rhythm, date(2027, 1, 10), None).unwrap();
    let mut due = vec![schedule.first().unwrap()];
    for _ in 0..4 {
        due.push(schedule.after(*due.last().unwrap()).unwrap());
    }
    let ends = [(1, 31), (2, 28), (3, 31), (4, 30), (5, 31)].map(|(month, day)| date(2027, month, day));
    assert_eq!(due, ends);
}

#[test]
fn what_is_left_open_is_taken_from_the_first_day() {
    let month = Schedule::every(Rhythm::Month { count: 1, day: None }, date(2026, 11, 27), None).unwrap();
    assert_eq!(month.after(date(2026, 11, 27)), Some(date(2026, 12, 27)));
    let week = Schedule::every(Rhythm::Week { count: 2, day: None }, date(2026, 11, 27), None).unwrap();
    assert_eq!(week.after(date(2026, 11, 27)), Some(date(2026, 12, 11)));
    assert_eq!(week.to_string(), "every 2 week on 5 from 2026-11-27");
}

#[test]
fn a_rhythm_begins_on_its_first_fitting_day() {
    let first = Rhythm::Month { count: 1, day: Some(1) };
    let schedule = Schedule::every(first, date(2026, 11, 22), None).unwrap();
    assert_eq!(schedule.first(), Some(date(2026, 12, 1)));
    assert!(!schedule.is_due(date(2026, 11, 1)), "what was before it began is not due");
    let quarter = Schedule::every(Rhythm::Month { count: 3, day: Some(1) }, date(2026, 11, 22), None).unwrap();
    assert_eq!(quarter.after(date(2026, 12, 1)), Some(date(2027, 3, 1)));
}

#[test]
fn the_leap_day_comes_every_year_on_the_last_of_february() {
    let schedule = Schedule::every(Rhythm::Year, date(2028, 2, 29), None).unwrap();
    assert_eq!(schedule.after(date(2028, 2, 29)), Some(date(2029, 2, 28)));
    assert_eq!(schedule.next(date(2032, 2, 1)), Some(date(2032, 2, 29)));
}

#[test]
fn an_end_is_the_last_day() {
    let rhythm = Rhythm::Month { count: 1, day: Some(5) };
    let schedule = Schedule::every(rhythm, date(2026, 12, 1), Some(date(2027, 1, 5))).unwrap();
    assert_eq!(schedule.after(date(2026, 12, 5)), Some(date(2027, 1, 5)));
    assert_eq!(schedule.after(date(2027, 1, 5)), None);
    assert_eq!(Schedule::Once { on: date(2026, 12, 5) }.after(date(2026, 12, 5)), None);
}

#[test]
fn the_end_of_the_calendar_is_no_day() {
    let schedule = Schedule::every(Rhythm::Day { count: 1 }, Date::MAX, None).unwrap();
    assert_eq!(schedule.after(Date::MAX), None);
    assert_eq!(Schedule::every(Rhythm::Month { count: 1, day: Some(1) }, Date::MAX, None), None);
}

fn rhythms() -> impl Strategy<Value = Rhythm> {
    prop_oneof![
        (1_u8..9).prop_map(|count| Rhythm::Day { count }),
        (1_u8..5, proptest::option::of(1_i8..=7)).prop_map(|(count, day)| Rhythm::Week { count, day }),
        (1_u8..14, proptest::option::of(1_i8..=31)).prop_map(|(count, day)| Rhythm::Month { count, day }),
        Just(Rhythm::Year),
    ]
}

proptest! {
    #[test]
    fn due_days_are_those_that_looking_at_every_day_finds(rhythm in rhythms(), ahead in 0_i64..1500, looks in 0_i64..900) {
        let earliest = plus(date(2026, 1, 1), ahead);
        let schedule = Schedule::every(rhythm, earliest, None).unwrap();
        let Schedule::Every { rhythm, from, .. } = schedule else { unreachable!() };
        prop_assert!(from >= earliest);
        let due = by_looking(rhythm, from, 1300);
        prop_assert_eq!(due.first(), Some(&from));
        let day = plus(from, looks);
        let wanted = due.iter().find(|due| **due >= day).copied();
        if wanted.is_some() {
            prop_assert_eq!(schedule.next(day), wanted);
        }
        prop_assert_eq!(schedule.is_due(day), due.contains(&day));
    }

    #[test]
    fn a_schedule_survives_being_written_down(rhythm in rhythms(), ahead in 0_i64..1500) {
        let schedule = Schedule::every(rhythm, plus(date(2026, 1, 1), ahead), None).unwrap();
        let text = serde_json::to_string(&schedule).unwrap();
        prop_assert_eq!(serde_json::from_str::<Schedule>(&text).unwrap(), schedule);
    }
}
