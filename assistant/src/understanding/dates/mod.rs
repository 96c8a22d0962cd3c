//! Days in an utterance: relative ones, weekdays, month ends and calendar dates, English and Chinese. Never reads a clock.

mod chinese;
mod english;
mod named;
mod periods;
pub(super) mod rhythms;
mod spans;
#[cfg(test)]
mod tests;

use super::meaning::{Entity, EntityKind, Value};
use super::money::Spotted;
use super::tokens::Utterance;
use jiff::civil::{Date, Weekday};
use jiff::{Span, ToSpan as _};

/// A day found: the token after it, and all readings, the likeliest first.
type Found = Option<(usize, Vec<Date>)>;

/// All days in the order said, seen from `today`.
pub(super) fn dates(utterance: &Utterance, today: Date, taken: &[bool]) -> Vec<Spotted> {
    let mut found = Vec::new();
    let mut at = 0;
    while at < utterance.len() {
        let free = !taken.get(at).copied().unwrap_or(false);
        let day = if free { day(utterance, at, today) } else { None };
        match day {
            Some((after, readings)) if after > at && !readings.is_empty() => {
                found.push(spotted(utterance, at, after, &readings));
                at = after;
            }
            _ => at += 1,
        }
    }
    found
}

/// The day at `at`: what two rooms read there, the longer of both; of two as long the one with a name of its own.
fn day(utterance: &Utterance, at: usize, today: Date) -> Found {
    let named = named::either(utterance, at, today).or_else(|| named::day(utterance, at, today));
    let other = english::day(utterance, at, today).or_else(|| chinese::day(utterance, at, today));
    match (named, other) {
        (Some(named), Some(other)) => Some(if other.0 > named.0 { other } else { named }),
        (named, other) => named.or(other),
    }
}

/// All stretches of days ("last month", 今年), in the order said, outside of what is taken.
pub(super) fn periods(utterance: &Utterance, today: Date, taken: &[bool]) -> Vec<Spotted> {
    let mut found = Vec::new();
    let mut at = 0;
    while at < utterance.len() {
        let period = periods::period(utterance, at, today)
            .filter(|(after, _)| *after > at && (at..*after).all(|at| !taken.get(at).copied().unwrap_or(false)));
        let Some((after, period)) = period else {
            at += 1;
            continue;
        };
        found.push(entity(utterance, at, after, EntityKind::Period, vec![Value::Period(period)]));
        at = after;
    }
    found
}

fn spotted(utterance: &Utterance, first: usize, after: usize, readings: &[Date]) -> Spotted {
    let all: Vec<Value> = readings.iter().map(|day| Value::Date(*day)).collect();
    entity(utterance, first, after, EntityKind::Date, all)
}

fn entity(utterance: &Utterance, first: usize, after: usize, kind: EntityKind, mut all: Vec<Value>) -> Spotted {
    let (start, end) = utterance.place(first, after);
    let text = utterance.slice(start, end);
    let value = if all.len() == 1 { all.pop() } else { None };
    let ambiguous = value.is_none();
    let entity = Entity { kind, start, end, text, value, alternatives: all, ambiguous };
    Spotted { first, after, shorter: None, entity }
}

fn plus(day: Date, span: Span) -> Option<Date> {
    day.checked_add(span).ok()
}

fn plus_days(day: Date, days: i64) -> Option<Date> {
    plus(day, Span::new().try_days(days).ok()?)
}

fn plus_months(day: Date, months: i64) -> Option<Date> {
    plus(day, Span::new().try_months(months).ok()?)
}

/// The first `weekday` on or after `day`.
fn on_or_after(day: Date, weekday: Weekday) -> Option<Date> {
    plus_days(day, i64::from(day.weekday().until(weekday)))
}

/// The Monday of the week of `day`.
fn monday(day: Date) -> Option<Date> {
    plus_days(day, -i64::from(day.weekday().to_monday_zero_offset()))
}

/// `weekday` of the week that is `weeks` after that of `today`; weeks begin on Monday.
fn in_week(today: Date, weeks: i64, weekday: Weekday) -> Option<Date> {
    plus_days(monday(today)?, weeks * 7 + i64::from(weekday.to_monday_zero_offset()))
}

/// The day of a month without its year: the next one.
fn coming(today: Date, month: i64, day: i64) -> Option<Date> {
    let this_year = exact(i64::from(today.year()), month, day);
    match this_year {
        Some(date) if date >= today => Some(date),
        _ => exact(i64::from(today.year()) + 1, month, day).or(this_year),
    }
}

/// A day of the calendar, if there is such a day.
fn exact(year: i64, month: i64, day: i64) -> Option<Date> {
    Date::new(i16::try_from(year).ok()?, i8::try_from(month).ok()?, i8::try_from(day).ok()?).ok()
}

/// The next day with this number in its month.
fn coming_day(today: Date, day: i64) -> Option<Date> {
    (0..4).find_map(|months| {
        let month = plus(today.first_of_month(), months.months())?;
        exact(i64::from(month.year()), i64::from(month.month()), day).filter(|date| *date >= today)
    })
}

/// The day with this number in the month that is `months` ahead.
fn day_of_month(today: Date, months: i64, day: i64) -> Option<Date> {
    let month = plus_months(today.first_of_month(), months)?;
    exact(i64::from(month.year()), i64::from(month.month()), day)
}

/// The last day of the month that is `months` ahead.
fn month_end(today: Date, months: i64) -> Option<Date> {
    Some(plus_months(today.first_of_month(), months)?.last_of_month())
}
