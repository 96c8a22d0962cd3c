//! Rhythms in an utterance: "every month", "on the first of every month", "weekly on Friday", 每个月一号, 每周五, 每两周.

use super::super::meaning::{Entity, EntityKind, Value};
use super::super::money::Spotted;
use super::super::tokens::Utterance;
use super::{chinese, english};
use crate::schedule::Rhythm;
use crate::understanding::numeral::numeral_at;

/// A rhythm found, and the token after it.
type Found = Option<(usize, Rhythm)>;

/// All rhythms in the order said.
pub(in super::super) fn rhythms(utterance: &Utterance, taken: &[bool]) -> Vec<Spotted> {
    let mut found = Vec::new();
    let mut at = 0;
    while at < utterance.len() {
        let free = !taken.get(at).copied().unwrap_or(false);
        let rhythm = if free { in_english(utterance, at).or_else(|| in_chinese(utterance, at)) } else { None };
        match rhythm {
            Some((after, rhythm)) if after > at => {
                found.push(spotted(utterance, at, after, rhythm));
                at = after;
            }
            _ => at += 1,
        }
    }
    found
}

fn spotted(utterance: &Utterance, first: usize, after: usize, rhythm: Rhythm) -> Spotted {
    let (start, end) = utterance.place(first, after);
    let text = utterance.slice(start, end);
    let value = Some(Value::Rhythm(rhythm));
    let entity =
        Entity { kind: EntityKind::Rhythm, start, end, text, value, alternatives: Vec::new(), ambiguous: false };
    Spotted { first, after, shorter: None, entity }
}

/// The token after the first of `phrases` that stands at `at`.
fn any(utterance: &Utterance, at: usize, phrases: &[&str]) -> Option<usize> {
    phrases.iter().find_map(|words| english::phrase(utterance, at, words))
}

fn in_english(utterance: &Utterance, at: usize) -> Found {
    let start = at + usize::from(matches!(utterance.word(at), "on" | "at"));
    of_each_month(utterance, start)
        .or_else(|| if start > at { weekdays(utterance, start) } else { None })
        .or_else(|| if start == at { each(utterance, at) } else { None })
}

/// "the first of every month", "the last day of each month", "the end of every month".
fn of_each_month(utterance: &Utterance, at: usize) -> Found {
    let last = ["the last day of", "the end of", "the last of", "last day of", "end of"];
    let (day, here) = match any(utterance, at, &last) {
        Some(after) => (31, after),
        None => {
            let the = usize::from(utterance.word(at) == "the");
            let (day, after, ordinal) = english::day_number(utterance, at + the)?;
            let of = usize::from(utterance.word(after) == "of");
            if !(ordinal || the == 1 && of == 1) || !(1..=31).contains(&day) {
                return None;
            }
            (day, after + of)
        }
    };
    match unit(utterance, here)? {
        (after, Rhythm::Month { count, .. }) => Some((after, Rhythm::Month { count, day: i8::try_from(day).ok() })),
        _ => None,
    }
}

/// "on Fridays".
fn weekdays(utterance: &Utterance, at: usize) -> Found {
    let day = english::weekday(utterance.word(at)).filter(|_| utterance.word(at).ends_with("days"))?;
    Some((at + 1, Rhythm::Week { count: 1, day: Some(day.to_monday_one_offset()) }))
}

/// "every month", "monthly on the fifth", "every other Friday", "every week on Friday".
fn each(utterance: &Utterance, at: usize) -> Found {
    let (after, rhythm) = unit(utterance, at)?;
    let on = if utterance.word(after) == "on" { after + 1 } else { return Some((after, rhythm)) };
    match rhythm {
        Rhythm::Week { count, day: None } => {
            if let Some(day) = english::weekday(utterance.word(on)) {
                return Some((on + 1, Rhythm::Week { count, day: Some(day.to_monday_one_offset()) }));
            }
        }
        Rhythm::Month { count, day: None } => {
            if let Some(end) = any(utterance, on, &["the last day", "the last"]) {
                return Some((end, Rhythm::Month { count, day: Some(31) }));
            }
            let the = usize::from(utterance.word(on) == "the");
            if let Some((day, end, ordinal)) = english::day_number(utterance, on + the)
                && (ordinal || the == 1)
                && (1..=31).contains(&day)
            {
                return Some((end, Rhythm::Month { count, day: i8::try_from(day).ok() }));
            }
        }
        _ => {}
    }
    Some((after, rhythm))
}

/// "every month", "each Friday", "every two weeks", "every other day", "monthly".
fn unit(utterance: &Utterance, at: usize) -> Found {
    let week = |count| Rhythm::Week { count, day: None };
    let month = |count| Rhythm::Month { count, day: None };
    let adverb = match utterance.word(at) {
        "daily" => Some(Rhythm::Day { count: 1 }),
        "weekly" => Some(week(1)),
        "fortnightly" => Some(week(2)),
        "monthly" => Some(month(1)),
        "quarterly" => Some(month(3)),
        "yearly" | "annually" => Some(Rhythm::Year),
        _ => None,
    };
    if let Some(rhythm) = adverb {
        return Some((at + 1, rhythm));
    }
    if !matches!(utterance.word(at), "every" | "each") {
        return None;
    }
    let (count, here) = match utterance.word(at + 1) {
        "other" | "second" => (2, at + 2),
        "single" => (1, at + 2),
        _ => match numeral_at(utterance, at + 1) {
            Some(numeral) => (u8::try_from(numeral.below(100)?).ok().filter(|count| *count > 0)?, numeral.after),
            None => (1, at + 1),
        },
    };
    let rhythm = match utterance.word(here) {
        "day" | "days" => Rhythm::Day { count },
        "week" | "weeks" => week(count),
        "fortnight" | "fortnights" => week(count.checked_mul(2)?),
        "month" | "months" => month(count),
        "quarter" | "quarters" => month(count.checked_mul(3)?),
        "year" | "years" => match count {
            1 => Rhythm::Year,
            _ => month(count.checked_mul(12)?),
        },
        word => Rhythm::Week { count, day: Some(english::weekday(word)?.to_monday_one_offset()) },
    };
    Some((here + 1, rhythm))
}

/// 每个月一号, 每月底, 每周五, 每两周, 每天, 每季度, 每年.
fn in_chinese(utterance: &Utterance, at: usize) -> Found {
    let phrase = |at, words| chinese::phrase(utterance, at, words);
    if utterance.sign(at) != '每' {
        return None;
    }
    let (count, here) = match numeral_at(utterance, at + 1) {
        Some(numeral) => (u8::try_from(numeral.below(100)?).ok().filter(|count| *count > 0)?, numeral.after),
        None => (1, at + 1),
    };
    let here = here + usize::from(utterance.sign(here) == '个');
    let weeks = ["星期", "礼拜", "周"];
    if let Some(after) = weeks.iter().find_map(|words| phrase(here, words)) {
        let of = after + usize::from(utterance.sign(after) == '的');
        let again = weeks.iter().find_map(|words| phrase(of, words));
        let start = again.unwrap_or(after);
        return Some(match chinese::weekday(utterance.sign(start)) {
            Some(day) => (start + 1, Rhythm::Week { count, day: Some(day.to_monday_one_offset()) }),
            None => (after, Rhythm::Week { count, day: None }),
        });
    }
    if let Some(after) = phrase(here, "季度").or_else(|| phrase(here, "季")) {
        return Some((after, Rhythm::Month { count: count.checked_mul(3)?, day: None }));
    }
    match utterance.sign(here) {
        '天' | '日' => Some((here + 1, Rhythm::Day { count })),
        '年' if count == 1 => Some((here + 1, Rhythm::Year)),
        '年' => Some((here + 1, Rhythm::Month { count: count.checked_mul(12)?, day: None })),
        '月' => {
            let after = here + 1;
            let of = after + usize::from(utterance.sign(after) == '的');
            let last = ["最后一天", "最后一日", "底", "末"].iter().find_map(|words| phrase(of, words));
            if let Some(end) = last {
                return Some((end, Rhythm::Month { count, day: Some(31) }));
            }
            Some(match chinese::day_number(utterance, of) {
                Some((day, end)) => (end, Rhythm::Month { count, day: i8::try_from(day).ok() }),
                None => (after, Rhythm::Month { count, day: None }),
            })
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(text: &str) -> Vec<(String, String)> {
        let utterance = Utterance::new(text);
        let value = |spotted: Spotted| match spotted.entity.value {
            Some(Value::Rhythm(rhythm)) => (spotted.entity.text, rhythm.to_string()),
            other => panic!("{other:?}"),
        };
        rhythms(&utterance, &[]).into_iter().map(value).collect()
    }

    #[test]
    fn rhythms_in_english() {
        for (text, words, rhythm) in [
            ("pay the rent every month", "every month", "month"),
            ("pay the rent on the first of every month", "on the first of every month", "month on 1"),
            ("pay it on the 31st of each month please", "on the 31st of each month", "month on 31"),
            ("at the end of every month", "at the end of every month", "month on 31"),
            ("every month on the 5th", "every month on the 5th", "month on 5"),
            ("monthly on the fifteenth", "monthly on the fifteenth", "month on 15"),
            ("every month on the last day", "every month on the last day", "month on 31"),
            ("send Bob ten dollars every Friday", "every Friday", "week on 5"),
            ("every other Friday", "every other Friday", "2 week on 5"),
            ("weekly on Monday", "weekly on Monday", "week on 1"),
            ("on Tuesdays", "on Tuesdays", "week on 2"),
            ("every two weeks", "every two weeks", "2 week"),
            ("daily", "daily", "day"),
            ("every 3 months", "every 3 months", "3 month"),
            ("quarterly", "quarterly", "3 month"),
            ("each year", "each year", "year"),
            ("the twenty first of every month", "the twenty first of every month", "month on 21"),
        ] {
            assert_eq!(found(text), [(words.to_owned(), rhythm.to_owned())], "{text}");
        }
    }

    #[test]
    fn rhythms_in_chinese() {
        for (text, words, rhythm) in [
            ("每个月一号自动交房租", "每个月一号", "month on 1"),
            ("每月15日付网费", "每月15日", "month on 15"),
            ("每个月的五号", "每个月的五号", "month on 5"),
            ("每月底", "每月底", "month on 31"),
            ("每个月最后一天", "每个月最后一天", "month on 31"),
            ("每月交房租", "每月", "month"),
            ("每周五给张伟转五十", "每周五", "week on 5"),
            ("每个星期天", "每个星期天", "week on 7"),
            ("每两周", "每两周", "2 week"),
            ("每两个星期的星期五", "每两个星期的星期五", "2 week on 5"),
            ("每天", "每天", "day"),
            ("每三个月", "每三个月", "3 month"),
            ("每季度", "每季度", "3 month"),
            ("每年", "每年", "year"),
        ] {
            assert_eq!(found(text), [(words.to_owned(), rhythm.to_owned())], "{text}");
        }
    }

    #[test]
    fn what_is_no_rhythm() {
        for text in [
            "pay the first bill",
            "on Friday",
            "the 5th of March",
            "everything",
            "this month's bill",
            "每次都这样",
            "五月一号",
            "on the first of next month",
            "every payment",
        ] {
            assert_eq!(found(text), [], "{text}");
        }
    }
}
