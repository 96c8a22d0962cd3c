//! Chinese days: 明天, 下周五, 三月五号, 三天后, 月底.

use super::{Found, coming, coming_day, day_of_month, exact, in_week, month_end, plus_days, plus_months};
use crate::understanding::numeral::{chinese_digit, numeral_at};
use crate::understanding::tokens::Utterance;
use jiff::civil::{Date, Weekday};

/// The day that begins at `at`.
pub(super) fn day(utterance: &Utterance, at: usize, today: Date) -> Found {
    named(utterance, at, today)
        .or_else(|| on_weekday(utterance, at, today))
        .or_else(|| of_month(utterance, at, today))
        .or_else(|| counted(utterance, at, today))
}

fn one(after: usize, day: Option<Date>) -> Found {
    Some((after, vec![day?]))
}

/// The token after `words` if they stand at `at`.
pub(super) fn phrase(utterance: &Utterance, at: usize, words: &str) -> Option<usize> {
    let mut here = at;
    for c in words.chars() {
        if utterance.sign(here) != c {
            return None;
        }
        here += 1;
    }
    Some(here)
}

fn named(utterance: &Utterance, at: usize, today: Date) -> Found {
    const NEAR: [(&str, i64); 17] = [
        ("大大后天", 4),
        ("明儿", 1),
        ("今儿", 0),
        ("后日", 2),
        ("大后天", 3),
        ("大前天", -3),
        ("今天", 0),
        ("今日", 0),
        ("今晚", 0),
        ("今早", 0),
        ("明天", 1),
        ("明日", 1),
        ("明早", 1),
        ("明晚", 1),
        ("后天", 2),
        ("昨天", -1),
        ("前天", -2),
    ];
    const MONTHS: [(&str, i64); 9] = [
        ("这个月", 0),
        ("本月", 0),
        ("这月", 0),
        ("当月", 0),
        ("下个月", 1),
        ("下月", 1),
        ("上个月", -1),
        ("上月", -1),
        ("月", 0),
    ];
    for (words, days) in NEAR {
        if let Some(after) = phrase(utterance, at, words) {
            return one(after, plus_days(today, days));
        }
    }
    for (words, months) in MONTHS {
        // A bare 月 is no month by itself: 月底, not 月最后一天.
        let end = |after| phrase(utterance, after, "底").or_else(|| phrase(utterance, after, "末"));
        let last = |after| last_day(utterance, after).filter(|_| words != "月");
        if let Some(after) = phrase(utterance, at, words).and_then(|after| end(after).or_else(|| last(after))) {
            return one(after, month_end(today, months));
        }
    }
    let after = phrase(utterance, at, "年底").or_else(|| phrase(utterance, at, "年末"))?;
    one(after, exact(i64::from(today.year()), 12, 31))
}

/// 最后一天, after a month or a year.
pub(super) fn last_day(utterance: &Utterance, at: usize) -> Option<usize> {
    ["最后一天", "的最后一天", "最后一日"].iter().find_map(|words| phrase(utterance, at, words))
}

pub(super) fn weekday(c: char) -> Option<Weekday> {
    Some(match c {
        '一' | '1' => Weekday::Monday,
        '二' | '2' => Weekday::Tuesday,
        '三' | '3' => Weekday::Wednesday,
        '四' | '4' => Weekday::Thursday,
        '五' | '5' => Weekday::Friday,
        '六' | '6' => Weekday::Saturday,
        '日' | '天' | '7' => Weekday::Sunday,
        _ => return None,
    })
}

/// 下周五, 这个星期三, 周五.
fn on_weekday(utterance: &Utterance, at: usize, today: Date) -> Found {
    let mut here = at;
    let mut weeks = None;
    for (words, count) in [("下下", 2), ("下", 1), ("这", 0), ("本", 0), ("上", -1)] {
        if let Some(after) = phrase(utterance, at, words) {
            weeks = Some(count);
            here = after + usize::from(utterance.sign(after) == '个');
            break;
        }
    }
    let names = ["星期", "礼拜", "周"];
    let after = names.iter().find_map(|words| phrase(utterance, here, words))?;
    let written = utterance.word(after).chars().next().filter(|_| utterance.word(after).chars().count() == 1);
    let found = weekday(written?)?;
    let day = match weeks {
        Some(weeks) => in_week(today, weeks, found),
        // 周五 without more is that of this week, unless it is over.
        None => in_week(today, 0, found).filter(|day| *day >= today).or_else(|| in_week(today, 1, found)),
    };
    one(after + 1, day)
}

/// 2025年3月5日, 明年三月五号, 三月五号, 下个月五号, 五号.
fn of_month(utterance: &Utterance, at: usize, today: Date) -> Found {
    let (year, here) = year(utterance, at, today);
    let relative = [("下个月", 1), ("下月", 1), ("这个月", 0), ("本月", 0), ("上个月", -1)];
    for (words, months) in relative {
        if let Some(start) = phrase(utterance, here, words) {
            let (number, after) = day_number(utterance, start)?;
            return one(after, day_of_month(today, months, number));
        }
    }
    let first = numeral_at(utterance, here)?;
    let number = first.below(32)?;
    if utterance.sign(first.after) == '月' {
        let (day, after) = day_number(utterance, first.after + 1).or_else(|| bare_day(utterance, first.after + 1))?;
        let date = match year {
            Some(year) => exact(year, number, day),
            None => coming(today, number, day),
        };
        return one(after, date);
    }
    if year.is_some() {
        return None;
    }
    let (number, after) = day_number(utterance, here)
        .filter(|(_, after)| !matches!(utterance.sign(*after), '线' | '楼' | '院' | '房'))?;
    let ordinal = at > 0 && matches!(utterance.sign(at - 1), '第' | '编' | '尾' | '账' | '卡');
    if ordinal { None } else { one(after, coming_day(today, number)) }
}

/// 五号, 5日: the number and the token after it.
pub(super) fn day_number(utterance: &Utterance, at: usize) -> Option<(i64, usize)> {
    let numeral = numeral_at(utterance, at)?;
    let number = numeral.below(32).filter(|number| *number > 0)?;
    // 一日元 is one yen.
    let yen = matches!(utterance.sign(numeral.after + 1), '元' | '圆' | '币');
    (matches!(utterance.sign(numeral.after), '号' | '日') && !yen).then_some((number, numeral.after + 1))
}

/// The 十五 of 三月十五, without 号; not before a unit of something.
pub(super) fn bare_day(utterance: &Utterance, at: usize) -> Option<(i64, usize)> {
    let numeral = numeral_at(utterance, at)?;
    let number = numeral.below(32).filter(|number| *number > 0)?;
    let next = utterance.sign(numeral.after);
    let free = utterance.kind(numeral.after).is_none_or(|kind| kind == crate::understanding::tokens::Kind::Sign)
        || "付交给转还前之去到要的用那".contains(next);
    free.then_some((number, numeral.after))
}

/// 三月, 12月: the month's number and the token after it.
pub(super) fn month(utterance: &Utterance, at: usize) -> Option<(i64, usize)> {
    let numeral = numeral_at(utterance, at)?;
    let number = numeral.below(13).filter(|number| *number > 0)?;
    (utterance.sign(numeral.after) == '月').then_some((number, numeral.after + 1))
}

/// The year in front of a month, if there is one, and the token after it.
pub(super) fn year(utterance: &Utterance, at: usize, today: Date) -> (Option<i64>, usize) {
    let this = i64::from(today.year());
    for (words, years) in [("今年", 0), ("明年", 1), ("后年", 2), ("去年", -1)] {
        if let Some(after) = phrase(utterance, at, words) {
            return (Some(this + years), after);
        }
    }
    if let Some(numeral) = numeral_at(utterance, at)
        && let Some(number) = numeral.below(3000).filter(|number| *number >= 1900)
        && utterance.sign(numeral.after) == '年'
    {
        return (Some(number), numeral.after + 1);
    }
    (None, at)
}

/// 三天后, 两个星期之后, 一个月前, 半个月后.
fn counted(utterance: &Utterance, at: usize, today: Date) -> Found {
    let before = at > 0 && (chinese_digit(utterance.sign(at - 1)).is_some() || utterance.written(at - 1).is_some());
    if let Some(after) = phrase(utterance, at, "半年后").or_else(|| phrase(utterance, at, "半年以后")) {
        return one(after, plus_months(today, 6));
    }
    let half = phrase(utterance, at, "半个月");
    let passes = utterance.sign(at) == '过';
    let (count, here) = match half {
        Some(after) => (15, after),
        None if passes => {
            let numeral = numeral_at(utterance, at + 1).filter(|numeral| !numeral.loose)?;
            (numeral.below(1000)?, numeral.after)
        }
        None => {
            let numeral = numeral_at(utterance, at).filter(|_| !before)?;
            (numeral.below(1000)?, numeral.after)
        }
    };
    let unit = here + usize::from(utterance.sign(here) == '个');
    let units = [("天", 0), ("日", 0), ("星期", 1), ("礼拜", 1), ("周", 1), ("月", 2), ("年", 3)];
    let (kind, behind) = match half {
        Some(_) => (0, here),
        None => units.iter().find_map(|(words, kind)| Some((*kind, phrase(utterance, unit, words)?)))?,
    };
    let ends = [("以后", 1), ("之后", 1), ("后", 1), ("以前", -1), ("之前", -1), ("前", -1)];
    let found = ends.iter().find_map(|(words, sign)| Some((*sign, phrase(utterance, behind, words)?)));
    let (sign, after) = found.or(if passes { Some((1, behind)) } else { None })?;
    let count = count * sign;
    let day = match kind {
        0 => plus_days(today, count),
        1 => plus_days(today, count * 7),
        2 => plus_months(today, count),
        _ => plus_months(today, count * 12),
    };
    one(after, day)
}
