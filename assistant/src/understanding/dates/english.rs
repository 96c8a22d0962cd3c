//! English days: "tomorrow", "next Friday", "the 5th of March", "in three weeks", "at the end of the month".

use super::{Found, coming, coming_day, day_of_month, exact, in_week, month_end, on_or_after, plus_days, plus_months};
use crate::understanding::numeral::{english_small, numeral_at};
use crate::understanding::tokens::{Kind, Utterance};
use jiff::civil::{Date, Weekday};

/// The day that begins at `at`.
pub(super) fn day(utterance: &Utterance, at: usize, today: Date) -> Found {
    named(utterance, at, today)
        .or_else(|| counted(utterance, at, today))
        .or_else(|| on_weekday(utterance, at, today))
        .or_else(|| of_month(utterance, at, today))
        .or_else(|| written(utterance, at, today))
}

fn one(after: usize, day: Option<Date>) -> Found {
    Some((after, vec![day?]))
}

/// The token after `words` if they stand at `at`.
pub(super) fn phrase(utterance: &Utterance, at: usize, words: &str) -> Option<usize> {
    // Nearly always the first word differs already: hundreds of phrases are looked for at every word.
    let (mut rest, mut here) = (words, at);
    loop {
        let word = utterance.word(here);
        let behind = rest.strip_prefix(word).filter(|_| !word.is_empty())?;
        here += 1;
        if behind.is_empty() {
            return Some(here);
        }
        rest = behind.strip_prefix(' ')?;
    }
}

fn named(utterance: &Utterance, at: usize, today: Date) -> Found {
    const NEAR: [(&str, i64); 9] = [
        ("the day after tomorrow", 2),
        ("day after tomorrow", 2),
        ("the day before yesterday", -2),
        ("day before yesterday", -2),
        ("today", 0),
        ("tonight", 0),
        ("tomorrow", 1),
        ("tmrw", 1),
        ("yesterday", -1),
    ];
    const ENDS: [(&str, i64); 12] = [
        ("the end of the month", 0),
        ("the end of this month", 0),
        ("end of the month", 0),
        ("end of this month", 0),
        ("end of month", 0),
        ("month end", 0),
        ("the month's end", 0),
        ("the last day of the month", 0),
        ("the last of the month", 0),
        ("the end of next month", 1),
        ("end of next month", 1),
        ("the last day of next month", 1),
    ];
    for (words, days) in NEAR {
        if let Some(after) = phrase(utterance, at, words) {
            return one(after, plus_days(today, days));
        }
    }
    for (words, months) in ENDS {
        if let Some(after) = phrase(utterance, at, words) {
            return one(after, month_end(today, months));
        }
    }
    let year_end = ["the end of the year", "end of the year", "end of year", "year end"];
    let after = year_end.iter().find_map(|words| phrase(utterance, at, words))?;
    one(after, exact(i64::from(today.year()), 12, 31))
}

/// "in three days", "two weeks from now", "a month ago", "a week from Friday".
fn counted(utterance: &Utterance, at: usize, today: Date) -> Found {
    let begins_in = matches!(utterance.word(at), "in" | "within" | "after");
    let start = at + usize::from(begins_in);
    if let Some(after) = couple(utterance, start).filter(|_| begins_in) {
        return few(utterance, after, today);
    }
    let (count, here) = if matches!(utterance.word(start), "a" | "an") {
        (1, start + 1)
    } else {
        let numeral = numeral_at(utterance, start)?;
        (numeral.below(1000)?, numeral.after)
    };
    let shift = |base: Date, count: i64| match utterance.word(here) {
        "day" | "days" => plus_days(base, count),
        "week" | "weeks" | "weeks'" | "wks" => plus_days(base, count * 7),
        "fortnight" => plus_days(base, count * 14),
        "month" | "months" => plus_months(base, count),
        "year" | "years" => plus_months(base, count * 12),
        _ => None,
    };
    let behind = here + 1;
    for (words, sign) in
        [("from now", 1), ("from today", 1), ("today", 1), ("later", 1), ("time", 1), ("' time", 1), ("ago", -1)]
    {
        if let Some(after) = phrase(utterance, behind, words) {
            return one(after, shift(today, count * sign));
        }
    }
    // "a week on Friday"
    let from = utterance.word(behind) == "from" || utterance.word(behind) == "on" && utterance.word(here) == "week";
    if from && weekday(utterance.word(behind + 1)).is_some() || utterance.word(behind) == "from" {
        let (after, days) = day(utterance, behind + 1, today)?;
        return one(after, shift(*days.first()?, count));
    }
    if begins_in { one(behind, shift(today, count)) } else { None }
}

/// The token after "a couple of".
fn couple(utterance: &Utterance, at: usize) -> Option<usize> {
    ["a couple of", "a couple", "couple of"].iter().find_map(|words| phrase(utterance, at, words))
}

/// "in a couple of days": two of them, or perhaps three.
fn few(utterance: &Utterance, at: usize, today: Date) -> Found {
    let days = match utterance.word(at) {
        "days" => [plus_days(today, 2)?, plus_days(today, 3)?],
        "weeks" => [plus_days(today, 14)?, plus_days(today, 21)?],
        "months" => [plus_months(today, 2)?, plus_months(today, 3)?],
        _ => return None,
    };
    Some((at + 1, days.to_vec()))
}

pub(super) fn weekday(word: &str) -> Option<Weekday> {
    Some(match word {
        "monday" | "mondays" | "mon" => Weekday::Monday,
        "tuesday" | "tuesdays" | "tue" | "tues" => Weekday::Tuesday,
        "wednesday" | "wednesdays" | "wed" => Weekday::Wednesday,
        "thursday" | "thursdays" | "thu" | "thurs" => Weekday::Thursday,
        "friday" | "fridays" | "fri" => Weekday::Friday,
        "saturday" | "saturdays" | "sat" => Weekday::Saturday,
        "sunday" | "sundays" => Weekday::Sunday,
        _ => return None,
    })
}

fn on_weekday(utterance: &Utterance, at: usize, today: Date) -> Found {
    if let Some(found) = weekday(utterance.word(at)) {
        if let Some(after) = phrase(utterance, at + 1, "next week") {
            return one(after, in_week(today, 1, found));
        }
        // "Friday week", "Monday after next": a week after the nearest one.
        let later = ["week", "after next", "after this one"];
        if let Some(after) = later.iter().find_map(|words| phrase(utterance, at + 1, words)) {
            return one(after, plus_days(on_or_after(plus_days(today, 1)?, found)?, 7));
        }
        let first = on_or_after(today, found)?;
        let also = if first == today { plus_days(today, 7) } else { None };
        return Some((at + 1, std::iter::once(first).chain(also).collect()));
    }
    let found = weekday(utterance.word(at + 1))?;
    let after = at + 2;
    match utterance.word(at) {
        // Nobody calls a day that is over "this Friday" of what is to come: on Saturday, it is the next one.
        "this" => match in_week(today, 0, found)? {
            past if past < today => one(after, on_or_after(today, found)),
            coming => one(after, Some(coming)),
        },
        "coming" => one(after, on_or_after(plus_days(today, 1)?, found)),
        "last" => one(after, plus_days(on_or_after(today, found)?, -7)),
        // Said on a Wednesday, some mean this Friday and some the one after it.
        "next" => {
            let nearest = on_or_after(plus_days(today, 1)?, found)?;
            let of_next_week = in_week(today, 1, found)?;
            let same = nearest == of_next_week;
            Some((after, if same { vec![nearest] } else { vec![of_next_week, nearest] }))
        }
        _ => None,
    }
}

pub(super) fn month(word: &str) -> Option<i64> {
    const MONTHS: [&str; 12] = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];
    let full = [
        "january",
        "february",
        "march",
        "april",
        "may",
        "june",
        "july",
        "august",
        "september",
        "october",
        "november",
        "december",
    ];
    let found = MONTHS
        .iter()
        .zip(full)
        .position(|(short, full)| word == *short || word == full || word == "sept" && *short == "sep");
    i64::try_from(found? + 1).ok()
}

/// "first", "21st", "twenty first": the number and the token after it. `true` if it is an ordinal.
pub(super) fn day_number(utterance: &Utterance, at: usize) -> Option<(i64, usize, bool)> {
    if let Some(written) = utterance.written(at).filter(|written| written.decimals == 0 && written.length <= 2) {
        use rust_decimal::prelude::ToPrimitive as _;
        let suffix = matches!(utterance.word(at + 1), "st" | "nd" | "rd" | "th") && utterance.glued(at + 1);
        return Some((written.value.to_i64()?, at + 1 + usize::from(suffix), suffix));
    }
    if let Some(value) = ordinal(utterance.word(at)) {
        return Some((value, at + 1, true));
    }
    let tens = english_small(utterance.word(at))?;
    match ordinal(utterance.word(at + 1)) {
        Some(unit @ 1..=9) if matches!(tens, 20 | 30) => Some((tens + unit, at + 2, true)),
        _ => {
            let numeral = numeral_at(utterance, at)?;
            Some((numeral.below(32)?, numeral.after, false))
        }
    }
}

fn ordinal(word: &str) -> Option<i64> {
    const WORDS: [&str; 20] = [
        "first",
        "second",
        "third",
        "fourth",
        "fifth",
        "sixth",
        "seventh",
        "eighth",
        "ninth",
        "tenth",
        "eleventh",
        "twelfth",
        "thirteenth",
        "fourteenth",
        "fifteenth",
        "sixteenth",
        "seventeenth",
        "eighteenth",
        "nineteenth",
        "twentieth",
    ];
    if word == "thirtieth" {
        return Some(30);
    }
    i64::try_from(WORDS.iter().position(|known| *known == word)? + 1).ok()
}

/// "March 5th, 2026", "the 5th of March", "the first of next month", "on the 5th".
fn of_month(utterance: &Utterance, at: usize, today: Date) -> Found {
    if let Some(month) = month(utterance.word(at)) {
        let start = at + 1 + usize::from(utterance.word(at + 1) == "the");
        let (number, after, _) = day_number(utterance, start)?;
        return in_year(utterance, after, today, month, number);
    }
    let last = ["the last day of", "last day of", "the end of", "end of"];
    if let Some(named) = last.iter().find_map(|words| phrase(utterance, at, words))
        && let Some(month) = month(utterance.word(named))
    {
        // A whole month is over only with its last day.
        let first = exact(i64::from(today.year()), month, 1)?;
        let years = if month_end(first, 0)? < today { 12 } else { 0 };
        return one(named + 1, month_end(plus_months(first, years)?, 0));
    }
    let the = utterance.word(at) == "the";
    let (number, after, ordinal) = day_number(utterance, at + usize::from(the))?;
    if utterance.word(after) == "of" {
        for (words, months) in [("the month", 0), ("this month", 0), ("next month", 1)] {
            if let Some(end) = phrase(utterance, after + 1, words).filter(|_| ordinal) {
                let in_month = day_of_month(today, months, number);
                let past = months == 0 && words == "the month" && in_month.is_some_and(|day| day < today);
                return one(end, if past { day_of_month(today, 1, number) } else { in_month });
            }
        }
        let month = month(utterance.word(after + 1))?;
        return in_year(utterance, after + 2, today, month, number);
    }
    if let Some(month) = month(utterance.word(after)).filter(|_| ordinal || utterance.word(after) != "may") {
        return in_year(utterance, after + 1, today, month, number);
    }
    // "the 20th" alone is a day; "the second" may be a choice.
    let alone = number > 10 || utterance.kind(after - 1) == Some(Kind::Word) && utterance.glued(after - 1);
    let on = at > 0 && matches!(utterance.word(at - 1), "on" | "by" | "until" | "before" | "till") || alone;
    if let Some(end) = phrase(utterance, after, "next month").filter(|_| ordinal) {
        return one(end, day_of_month(today, 1, number));
    }
    let counts_things = utterance.kind(after) == Some(Kind::Word)
        && !matches!(
            utterance.word(after),
            "please" | "and" | "at" | "to" | "for" | "with" | "pay" | "send" | "or" | "then" | "instead"
        );
    if the && ordinal && on && !counts_things { one(after, coming_day(today, number)) } else { None }
}

/// A day and month, with the year if one follows.
fn in_year(utterance: &Utterance, after: usize, today: Date, month: i64, day: i64) -> Found {
    let start = after + usize::from(utterance.word(after) == ",");
    if let Some((year, end)) = year(utterance, start) {
        return one(end, exact(year, month, day));
    }
    one(after, coming(today, month, day))
}

/// A year of four digits, or "twenty twenty-six".
fn year(utterance: &Utterance, at: usize) -> Option<(i64, usize)> {
    use rust_decimal::prelude::ToPrimitive as _;
    if let Some(written) = utterance.written(at) {
        let plain = written.length == 4 && written.decimals == 0 && !written.grouped;
        return if plain { Some((written.value.to_i64()?, at + 1)) } else { None };
    }
    if utterance.word(at) != "twenty" {
        return None;
    }
    let rest = english_small(utterance.word(at + 1)).filter(|rest| *rest >= 10)?;
    let unit = english_small(utterance.word(at + 2)).filter(|unit| (1..10).contains(unit) && rest >= 20);
    Some((2000 + rest + unit.unwrap_or(0), at + 2 + usize::from(unit.is_some())))
}

/// `2025-03-05`, `3/5/2025`, `3/5`.
fn written(utterance: &Utterance, at: usize, today: Date) -> Found {
    let number = |at: usize, lengths: std::ops::RangeInclusive<usize>| {
        use rust_decimal::prelude::ToPrimitive as _;
        let written = utterance.written(at).filter(|w| w.decimals == 0 && !w.grouped && lengths.contains(&w.length))?;
        written.value.to_i64()
    };
    let (separator, joined) = (utterance.sign(at + 1), utterance.glued(at + 1) && utterance.glued(at + 2));
    if !matches!(separator, '-' | '/')
        || !joined
        || at > 0 && utterance.glued(at) && utterance.kind(at - 1) == Some(Kind::Sign)
    {
        return None;
    }
    let third = utterance.sign(at + 3) == separator && utterance.glued(at + 3) && utterance.glued(at + 4);
    if let Some(year) = number(at, 4..=4).filter(|_| third) {
        return one(at + 5, exact(year, number(at + 2, 1..=2)?, number(at + 4, 1..=2)?));
    }
    if separator == '-' && !third {
        return None;
    }
    let (a, b) = (number(at, 1..=2)?, number(at + 2, 1..=2)?);
    // 7 1/2 is a number.
    let half = at > 0 && utterance.written(at - 1).is_some() && matches!((a, b), (1, 2 | 4) | (3, 4));
    if half && !third {
        return None;
    }
    let resolve = |month: i64, day: i64| match (third, number(at + 4, 4..=4)) {
        (true, Some(year)) => exact(year, month, day),
        (true, None) => None,
        (false, _) => coming(today, month, day),
    };
    let mut days: Vec<Date> = resolve(a, b).into_iter().collect();
    days.extend(resolve(b, a).filter(|_| a != b));
    Some((if third { at + 5 } else { at + 3 }, days))
}
