//! Stretches of days with two ends, and parts of a year: "from March to May", "since June", 三月到五月, 上半年, "in the first
//! quarter of 2025". Without a year the nearest in the past is meant.

use super::named::phrase;
use super::{chinese, english, exact, plus_months};
use crate::understanding::meaning::Period;
use crate::understanding::numeral::numeral_at;
use crate::understanding::tokens::Utterance;
use jiff::civil::Date;

/// A month, with its year where one was said.
#[derive(Clone, Copy, Debug)]
struct Month {
    month: i64,
    year: Option<i64>,
}

/// Parts of a year: the first month, and how many.
const PARTS: [(&str, i64, i64); 28] = [
    ("first half", 1, 6),
    ("second half", 7, 6),
    ("first quarter", 1, 3),
    ("second quarter", 4, 3),
    ("third quarter", 7, 3),
    ("fourth quarter", 10, 3),
    ("last quarter of", 10, 3),
    ("q1", 1, 3),
    ("q2", 4, 3),
    ("q3", 7, 3),
    ("q4", 10, 3),
    ("上半年", 1, 6),
    ("下半年", 7, 6),
    ("前半年", 1, 6),
    ("后半年", 7, 6),
    ("第一季度", 1, 3),
    ("第二季度", 4, 3),
    ("第三季度", 7, 3),
    ("第四季度", 10, 3),
    ("一季度", 1, 3),
    ("二季度", 4, 3),
    ("三季度", 7, 3),
    ("四季度", 10, 3),
    ("头一季度", 1, 3),
    ("第1季度", 1, 3),
    ("第2季度", 4, 3),
    ("第3季度", 7, 3),
    ("第4季度", 10, 3),
];

/// The stretch that begins at `at`, and the token after it.
pub(super) fn span(utterance: &Utterance, at: usize, today: Date) -> Option<(usize, Period)> {
    between(utterance, at, today)
        .or_else(|| since(utterance, at, today))
        .or_else(|| part(utterance, at, today))
        .or_else(|| month_of_year(utterance, at, today))
}

/// "from March to May", "between January and March 2025", 从三月到五月, 去年3月至5月.
fn between(utterance: &Utterance, at: usize, today: Date) -> Option<(usize, Period)> {
    let opened = ["from", "between", "从", "自"].iter().find_map(|word| phrase(utterance, at, word));
    let (from, after) = month(utterance, opened.unwrap_or(at), today)?;
    let joints = ["to", "until", "till", "through", "up to", "and", "到", "至", "-", "–", "~"];
    // "March and May" are two months, unless they are what something lies between.
    let fits = |word: &&&str| **word != "and" || utterance.word(at) == "between";
    let joint = joints.iter().filter(fits).find_map(|word| phrase(utterance, after, word))?;
    let (to, after) = month(utterance, joint, today)?;
    // "from March to May 5" ends with a day, which is another stretch.
    let day = if english::month(utterance.word(joint)).is_some() {
        numeral_at(utterance, after).is_some()
    } else {
        chinese::day_number(utterance, after).or_else(|| chinese::bare_day(utterance, after)).is_some()
    };
    if day {
        return None;
    }
    if opened.is_none() && english::month(utterance.word(at)).is_some() {
        return None;
    }
    let latest = |month: i64| i64::from(today.year()) - i64::from(month > i64::from(today.month()));
    let wraps = i64::from(from.month > to.month);
    let end = to.year.or(from.year.map(|year| year + wraps)).unwrap_or_else(|| latest(to.month));
    let start = from.year.unwrap_or(end - wraps);
    stretch(start, from.month, end, to.month).map(|period| (after, period))
}

/// "since March", "since 2024", 三月以来, 从三月开始: until today.
fn since(utterance: &Utterance, at: usize, today: Date) -> Option<(usize, Period)> {
    let until_now = |from: Date, after: usize| (from <= today).then_some((after, Period { from, to: today }));
    let english = phrase(utterance, at, "since");
    let opened = english.or_else(|| phrase(utterance, at, "从")).or_else(|| phrase(utterance, at, "自")).unwrap_or(at);
    let (from, after) = match month(utterance, opened, today) {
        Some((month, after)) => {
            let past = i64::from(month.month > i64::from(today.month()));
            (exact(month.year.unwrap_or(i64::from(today.year()) - past), month.month, 1)?, after)
        }
        None => {
            let numeral = numeral_at(utterance, opened)?;
            let year = numeral.below(2200).filter(|year| *year >= 1990)?;
            let chinese = utterance.sign(numeral.after) == '年';
            (exact(year, 1, 1)?, numeral.after + usize::from(chinese))
        }
    };
    if english.is_some() {
        return until_now(from, after);
    }
    let closed =
        ["以来", "开始", "起", "到现在", "至今", "到今天"].iter().find_map(|word| phrase(utterance, after, word))?;
    let more = ["到现在", "至今", "到今天"].iter().find_map(|word| phrase(utterance, closed, word));
    until_now(from, more.unwrap_or(closed))
}

/// "in the first half of the year", "in Q3 2025", 去年上半年, 第三季度.
fn part(utterance: &Utterance, at: usize, today: Date) -> Option<(usize, Period)> {
    let (year, start) = chinese::year(utterance, at, today);
    let start = ["in the", "in", "during the", "for the", "the"]
        .iter()
        .find_map(|word| phrase(utterance, start, word))
        .unwrap_or(start);
    let named = PARTS.iter().filter_map(|(words, first, count)| Some((phrase(utterance, start, words)?, first, count)));
    let (after, first, count) = named.max_by_key(|(after, ..)| *after)?;
    let (said, after) = year_behind(utterance, after, today);
    let past = i64::from(*first > i64::from(today.month()));
    let year = year.or(said).unwrap_or(i64::from(today.year()) - past);
    stretch(year, *first, year, first + count - 1).map(|period| (after, period))
}

/// 去年三月, 2024年3月份, "in March of last year": a month with its year. No day stands behind it.
fn month_of_year(utterance: &Utterance, at: usize, today: Date) -> Option<(usize, Period)> {
    let preposition = matches!(utterance.word(at), "in" | "during" | "for");
    let (month, after) = month(utterance, at + usize::from(preposition), today)?;
    let year = month.year.filter(|_| preposition || english::month(utterance.word(at)).is_none())?;
    let day = numeral_at(utterance, after).is_some_and(|day| "日号".contains(utterance.sign(day.after)));
    if day {
        return None;
    }
    stretch(year, month.month, year, month.month).map(|period| (after, period))
}

fn stretch(from_year: i64, from_month: i64, to_year: i64, to_month: i64) -> Option<Period> {
    let (from, to) = (exact(from_year, from_month, 1)?, plus_months(exact(to_year, to_month, 1)?, 0)?.last_of_month());
    (from <= to).then_some(Period { from, to })
}

/// A month by its name at `at`, and the token after it: "March", "March 2025", "March of last year", 去年三月份.
fn month(utterance: &Utterance, at: usize, today: Date) -> Option<(Month, usize)> {
    if let Some(month) = english::month(utterance.word(at)) {
        let (year, after) = year_behind(utterance, at + 1, today);
        return Some((Month { month, year }, after));
    }
    let (year, start) = chinese::year(utterance, at, today);
    let (month, after) = chinese::month(utterance, start)?;
    Some((Month { month, year }, after + usize::from(utterance.sign(after) == '份')))
}

/// The year that is said behind: "2025", "of 2025", "last year", "of the year".
fn year_behind(utterance: &Utterance, at: usize, today: Date) -> (Option<i64>, usize) {
    let start = phrase(utterance, at, "of").or_else(|| phrase(utterance, at, "in")).unwrap_or(at);
    let this = i64::from(today.year());
    for (words, year) in
        [("last year", this - 1), ("this year", this), ("the year", this), ("the year before last", this - 2)]
    {
        if let Some(after) = phrase(utterance, start, words) {
            return (Some(year), after);
        }
    }
    let numeral = numeral_at(utterance, start);
    let year = numeral.as_ref().and_then(|numeral| numeral.below(2200)).filter(|year| *year >= 1990);
    match (year, numeral) {
        (Some(year), Some(numeral)) => (Some(year), numeral.after),
        _ => (None, at),
    }
}
