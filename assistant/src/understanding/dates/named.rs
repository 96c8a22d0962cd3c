//! Days that have a name of their own: holidays of the solar calendar, weekends, the ends and beginnings of months.

use super::{Found, coming, in_week, month_end, plus_days, plus_months};
use crate::understanding::numeral::chinese_digit;
use crate::understanding::tokens::{Kind, Utterance};
use jiff::civil::{Date, Weekday};

/// Words, month, day. Chinese ones are parted by characters.
const HOLIDAYS: [(&str, i64, i64); 20] = [
    ("new year's day", 1, 1),
    ("new year's eve", 12, 31),
    ("christmas eve", 12, 24),
    ("christmas day", 12, 25),
    ("christmas", 12, 25),
    ("valentine's day", 2, 14),
    ("halloween", 10, 31),
    ("元旦", 1, 1),
    ("情人节", 2, 14),
    ("妇女节", 3, 8),
    ("劳动节", 5, 1),
    ("五一", 5, 1),
    ("儿童节", 6, 1),
    ("六一", 6, 1),
    ("国庆节", 10, 1),
    ("国庆", 10, 1),
    ("平安夜", 12, 24),
    ("圣诞节", 12, 25),
    ("圣诞", 12, 25),
    ("双十一", 11, 11),
];

/// The token after `phrase` if it stands at `at`: words parted by spaces, or Chinese characters.
pub(super) fn phrase(utterance: &Utterance, at: usize, phrase: &str) -> Option<usize> {
    if phrase.starts_with(|c: char| c.is_ascii()) {
        return super::english::phrase(utterance, at, phrase);
    }
    super::chinese::phrase(utterance, at, phrase)
}

/// The day that is named at `at`.
pub(super) fn day(utterance: &Utterance, at: usize, today: Date) -> Found {
    holiday(utterance, at, today)
        .or_else(|| weekend(utterance, at, today))
        .or_else(|| week_end(utterance, at, today))
        .or_else(|| edge_of_month(utterance, at, today))
}

fn holiday(utterance: &Utterance, at: usize, today: Date) -> Found {
    let (after, month, day) =
        HOLIDAYS.iter().find_map(|(words, month, day)| Some((phrase(utterance, at, words)?, *month, *day)))?;
    // 五一 and its like are numbers too: a day only where a word of time or payment follows.
    let digits = chinese_digit(utterance.sign(at)).is_some() || utterance.sign(at) == '双';
    let free = utterance.kind(after).is_none_or(|kind| kind == Kind::Sign) && utterance.sign(after) != '\0'
        || "付交转前后那放假期节给再就当".contains(utterance.sign(after));
    let goes_on =
        at > 0 && utterance.kind(at - 1) == Some(Kind::Han) && !"在到等前给这今明".contains(utterance.sign(at - 1));
    if digits && (!free || goes_on) { None } else { Some((after, vec![coming(today, month, day)?])) }
}

/// 这周末, "next weekend": Saturday or Sunday, which only the person knows.
fn weekend(utterance: &Utterance, at: usize, today: Date) -> Found {
    const WEEKENDS: [(&str, &[i64]); 17] = [
        ("this coming weekend", &[0]),
        ("this weekend", &[0]),
        ("the weekend", &[0]),
        // Said before a weekend, some mean the nearest and some the one after it.
        ("next weekend", &[1, 0]),
        ("last weekend", &[-1]),
        ("weekend", &[0]),
        ("这个周末", &[0]),
        ("这周末", &[0]),
        ("本周末", &[0]),
        ("这星期末", &[0]),
        ("下个周末", &[1]),
        ("下周末", &[1]),
        ("上个周末", &[-1]),
        ("上周末", &[-1]),
        ("下下周末", &[2]),
        ("周末", &[0]),
        ("礼拜末", &[0]),
    ];
    let (after, weeks) = WEEKENDS.iter().find_map(|(words, weeks)| Some((phrase(utterance, at, words)?, *weeks)))?;
    let both = weeks.iter().flat_map(|week| [(*week, Weekday::Saturday), (*week, Weekday::Sunday)]);
    let days: Vec<Date> = both.filter_map(|(week, weekday)| in_week(today, week, weekday)).collect();
    Some((after, days))
}

/// "the end of the week": its last working day, or Sunday.
fn week_end(utterance: &Utterance, at: usize, today: Date) -> Found {
    const ENDS: [(&str, i64); 6] = [
        ("the end of the week", 0),
        ("the end of this week", 0),
        ("end of the week", 0),
        ("end of week", 0),
        ("the end of next week", 1),
        ("end of next week", 1),
    ];
    let (after, week) = ENDS.iter().find_map(|(words, week)| Some((phrase(utterance, at, words)?, *week)))?;
    let days = [Weekday::Friday, Weekday::Sunday].into_iter().filter_map(|day| in_week(today, week, day));
    Some((after, days.collect()))
}

/// 下月初, "the beginning of next month", 三月底, "the end of April".
fn edge_of_month(utterance: &Utterance, at: usize, today: Date) -> Found {
    const STARTS: [&str; 9] = [
        "the start of next month",
        "the beginning of next month",
        "start of next month",
        "beginning of next month",
        "early next month",
        "下个月初",
        "下月初",
        "下个月一开始",
        "月初",
    ];
    if let Some(after) = STARTS.iter().find_map(|words| phrase(utterance, at, words)) {
        return Some((after, vec![plus_months(today.first_of_month(), 1)?]));
    }
    for (words, start) in [("the end of", 3), ("end of", 2)] {
        if phrase(utterance, at, words).is_some()
            && let Some(month) = super::english::month(utterance.word(at + start))
        {
            return Some((at + start + 1, vec![end_of(today, month)?]));
        }
    }
    let (month, after) = super::chinese::month(utterance, at)?;
    if let Some(after) = super::chinese::last_day(utterance, after) {
        return Some((after, vec![end_of(today, month)?]));
    }
    let ends = matches!(utterance.sign(after), '底' | '末');
    let starts = utterance.sign(after) == '初';
    match (ends, starts) {
        (true, _) => Some((after + 1, vec![end_of(today, month)?])),
        (_, true) => Some((after + 1, vec![coming(today, month, 1)?])),
        _ => None,
    }
}

/// The last day of the next month of that number.
fn end_of(today: Date, month: i64) -> Option<Date> {
    let ahead = month - i64::from(today.month());
    month_end(today, if ahead < 0 { ahead + 12 } else { ahead })
}

/// 明后天: tomorrow or the day after.
pub(super) fn either(utterance: &Utterance, at: usize, today: Date) -> Found {
    let after = phrase(utterance, at, "明后天").or_else(|| phrase(utterance, at, "明后两天"))?;
    Some((after, vec![plus_days(today, 1)?, plus_days(today, 2)?]))
}
