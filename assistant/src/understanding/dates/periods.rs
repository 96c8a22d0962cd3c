//! Stretches of days for questions about the past and plans: "last month", 今年, "the past 30 days", "in 2024".

use super::named::phrase;
use super::{exact, monday, month_end, plus_days, plus_months, spans};
use crate::understanding::meaning::Period;
use crate::understanding::numeral::numeral_at;
use crate::understanding::tokens::Utterance;
use jiff::civil::Date;

/// What a period is counted in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Unit {
    Day,
    Week,
    Month,
    Quarter,
    Year,
}

const NAMED: [(&str, Unit, i64); 54] = [
    ("this week", Unit::Week, 0),
    ("the current week", Unit::Week, 0),
    ("last week", Unit::Week, -1),
    ("the previous week", Unit::Week, -1),
    ("the week before last", Unit::Week, -2),
    ("next week", Unit::Week, 1),
    ("the coming week", Unit::Week, 1),
    ("this month", Unit::Month, 0),
    ("the current month", Unit::Month, 0),
    ("last month", Unit::Month, -1),
    ("the previous month", Unit::Month, -1),
    ("the month before last", Unit::Month, -2),
    ("next month", Unit::Month, 1),
    ("this quarter", Unit::Quarter, 0),
    ("last quarter", Unit::Quarter, -1),
    ("next quarter", Unit::Quarter, 1),
    ("this year", Unit::Year, 0),
    ("the current year", Unit::Year, 0),
    ("year to date", Unit::Year, 0),
    ("last year", Unit::Year, -1),
    ("the previous year", Unit::Year, -1),
    ("the year before last", Unit::Year, -2),
    ("next year", Unit::Year, 1),
    ("这个星期", Unit::Week, 0),
    ("这个礼拜", Unit::Week, 0),
    ("这星期", Unit::Week, 0),
    ("这礼拜", Unit::Week, 0),
    ("这一周", Unit::Week, 0),
    ("这周", Unit::Week, 0),
    ("本周", Unit::Week, 0),
    ("上个星期", Unit::Week, -1),
    ("上个礼拜", Unit::Week, -1),
    ("上星期", Unit::Week, -1),
    ("上礼拜", Unit::Week, -1),
    ("上上周", Unit::Week, -2),
    ("上一周", Unit::Week, -1),
    ("上周", Unit::Week, -1),
    ("下个星期", Unit::Week, 1),
    ("下个礼拜", Unit::Week, 1),
    ("下星期", Unit::Week, 1),
    ("下周", Unit::Week, 1),
    ("这个月", Unit::Month, 0),
    ("本月", Unit::Month, 0),
    ("上上个月", Unit::Month, -2),
    ("上个月", Unit::Month, -1),
    ("上月", Unit::Month, -1),
    ("下个月", Unit::Month, 1),
    ("这个季度", Unit::Quarter, 0),
    ("本季度", Unit::Quarter, 0),
    ("上个季度", Unit::Quarter, -1),
    ("今年", Unit::Year, 0),
    ("去年", Unit::Year, -1),
    ("前年", Unit::Year, -2),
    ("明年", Unit::Year, 1),
];

/// The period that begins at `at`, and the token after it.
pub(super) fn period(utterance: &Utterance, at: usize, today: Date) -> Option<(usize, Period)> {
    if let Some(span) = spans::span(utterance, at, today) {
        return Some(span);
    }
    let named = NAMED.iter().filter_map(|(words, unit, away)| Some((phrase(utterance, at, words)?, *unit, *away)));
    if let Some((after, unit, away)) = named.max_by_key(|(after, _, _)| *after) {
        return Some((after, whole(today, unit, away)?));
    }
    trailing(utterance, at, today).or_else(|| of_year(utterance, at)).or_else(|| of_month(utterance, at, today))
}

/// The whole week, month, quarter or year that is `away` from that of today.
fn whole(today: Date, unit: Unit, away: i64) -> Option<Period> {
    let first = today.first_of_month();
    Some(match unit {
        Unit::Day => Period { from: plus_days(today, away)?, to: plus_days(today, away)? },
        Unit::Week => {
            let from = plus_days(monday(today)?, away * 7)?;
            Period { from, to: plus_days(from, 6)? }
        }
        Unit::Month => Period { from: plus_months(first, away)?, to: month_end(today, away)? },
        Unit::Quarter => {
            let back = (i64::from(today.month()) - 1) % 3;
            let from = plus_months(first, away * 3 - back)?;
            Period { from, to: plus_months(from, 2)?.last_of_month() }
        }
        Unit::Year => {
            let year = i64::from(today.year()) + away;
            Period { from: exact(year, 1, 1)?, to: exact(year, 12, 31)? }
        }
    })
}

fn unit(utterance: &Utterance, at: usize) -> Option<(Unit, usize)> {
    let one = |unit| Some((unit, at + 1));
    match utterance.word(at) {
        "day" | "days" | "天" | "日" => one(Unit::Day),
        "week" | "weeks" | "周" => one(Unit::Week),
        "month" | "months" | "月" => one(Unit::Month),
        "quarter" | "quarters" => one(Unit::Quarter),
        "year" | "years" | "年" => one(Unit::Year),
        "个" => unit(utterance, at + 1),
        _ => ["星期", "礼拜"].iter().find_map(|words| phrase(utterance, at, words)).map(|after| (Unit::Week, after)),
    }
}

/// "the last 30 days", "the past year", 最近三个月, 过去一年, up to today.
fn trailing(utterance: &Utterance, at: usize, today: Date) -> Option<(usize, Period)> {
    let start = at + usize::from(utterance.word(at) == "the");
    let english = matches!(utterance.word(start), "last" | "past" | "previous").then_some(start + 1);
    let here = english.or_else(|| ["最近", "过去", "近"].iter().find_map(|words| phrase(utterance, at, words)))?;
    let half = phrase(utterance, here, "半年").map(|after| (6, Unit::Month, after));
    let (count, unit, after) = match half {
        Some(half) => half,
        None => {
            let numeral = numeral_at(utterance, here).filter(|numeral| numeral.after > here);
            let past = english.is_some() && utterance.word(start) == "past";
            let count = match &numeral {
                Some(numeral) => numeral.below(1000)?,
                None if past => 1,
                None => return None,
            };
            let (unit, after) = unit(utterance, numeral.map_or(here, |numeral| numeral.after))?;
            (count, unit, after)
        }
    };
    let from = match unit {
        Unit::Day => plus_days(today, 1 - count)?,
        Unit::Week => plus_days(today, 1 - count * 7)?,
        Unit::Month => plus_days(plus_months(today, -count)?, 1)?,
        Unit::Quarter => plus_days(plus_months(today, -3 * count)?, 1)?,
        Unit::Year => plus_days(plus_months(today, -12 * count)?, 1)?,
    };
    Some((after, Period { from, to: today }))
}

/// "in 2024", 2024年, 二零二四年.
fn of_year(utterance: &Utterance, at: usize) -> Option<(usize, Period)> {
    let preposition = matches!(utterance.word(at), "in" | "during" | "throughout");
    let start = at + usize::from(preposition) + usize::from(preposition && utterance.word(at + 1) == "the");
    let numeral = numeral_at(utterance, start)?;
    let year = numeral.below(2200).filter(|year| *year >= 1990)?;
    let chinese = utterance.sign(numeral.after) == '年';
    let unit_follows =
        matches!(utterance.word(numeral.after), "dollars" | "euros" | "yuan" | "pounds" | "bucks" | "块" | "元");
    let whole = Period { from: exact(year, 1, 1)?, to: exact(year, 12, 31)? };
    match (chinese, preposition && !unit_follows) {
        (true, _) => Some((numeral.after + 1, whole)),
        (_, true) => Some((numeral.after, whole)),
        _ => None,
    }
}

/// "in March", "in March 2024", 三月份: the one that is nearest in the past, or this month.
fn of_month(utterance: &Utterance, at: usize, today: Date) -> Option<(usize, Period)> {
    let preposition = matches!(utterance.word(at), "in" | "during" | "for");
    let (month, after) = match super::english::month(utterance.word(at + 1)).filter(|_| preposition) {
        Some(month) => (month, at + 2),
        None => super::chinese::month(utterance, at)
            .filter(|(_, after)| utterance.sign(*after) == '份')
            .map(|(month, after)| (month, after + 1))?,
    };
    // "in March 5" is a day.
    let number = numeral_at(utterance, after);
    let year = number.as_ref().and_then(|number| number.below(2200)).filter(|year| *year >= 1990);
    if number.is_some() && year.is_none() {
        return None;
    }
    let past = if month > i64::from(today.month()) { 1 } else { 0 };
    let from = exact(year.unwrap_or(i64::from(today.year()) - past), month, 1)?;
    let after = if year.is_some() { number.map_or(after, |number| number.after) } else { after };
    Some((after, Period { from, to: from.last_of_month() }))
}
