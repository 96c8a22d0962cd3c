//! Schedules in words: every day on which something happens is named, so that it can be agreed to.

use super::{Words, days, numbers};
use crate::lang::Lang;
use crate::schedule::{Rhythm, Schedule};
use jiff::civil::{Date, Weekday};

/// When it happens, to be put into a sentence.
pub(super) fn words(schedule: &Schedule, this_year: Option<i16>, lang: Lang) -> Words {
    let date = |day: Date| days::full(day, this_year, lang);
    match (*schedule, lang) {
        (Schedule::Once { on }, Lang::En) => around("on ", date(on), ""),
        (Schedule::Once { on }, Lang::Zh) => around("在", date(on), ""),
        (Schedule::Every { rhythm, from, until }, Lang::En) => {
            let head = joined(&[self::rhythm(rhythm, Some(from), lang), date(from)], ", starting ");
            match until {
                Some(until) => joined(&[head, date(until)], ", until "),
                None => around("", head, ", until you cancel it"),
            }
        }
        (Schedule::Every { rhythm, from, until }, Lang::Zh) => {
            let end = match until {
                Some(until) => around("到", date(until), "为止"),
                None => Words::same("在您取消之前"),
            };
            let bounds = joined(&[around("从", date(from), "起"), end], "、");
            joined(&[bounds, self::rhythm(rhythm, Some(from), lang)], "，")
        }
    }
}

/// The same for what goes on already: its rhythm and the next day instead of its beginning.
pub(super) fn standing(schedule: &Schedule, next: Date, this_year: Option<i16>, lang: Lang) -> Words {
    let Schedule::Every { rhythm, from, .. } = *schedule else { return words(schedule, this_year, lang) };
    let day = days::full(next, this_year, lang);
    let often = self::rhythm(rhythm, Some(from), lang);
    match lang {
        Lang::En => joined(&[often, day], ", next on "),
        Lang::Zh => joined(&[often, around("", day, "）")], "（下次"),
    }
}

fn around(before: &str, words: Words, after: &str) -> Words {
    let put = |text: String| format!("{before}{text}{after}");
    Words { written: put(words.written), spoken: put(words.spoken) }
}

fn joined(parts: &[Words; 2], glue: &str) -> Words {
    let [a, b] = parts;
    let put = |a: &str, b: &str| format!("{a}{glue}{b}");
    Words { written: put(&a.written, &b.written), spoken: put(&a.spoken, &b.spoken) }
}

/// The rhythm alone. What a year leaves open is that of `from`.
pub(super) fn rhythm(rhythm: Rhythm, from: Option<Date>, lang: Lang) -> Words {
    match lang {
        Lang::En => english(rhythm, from),
        Lang::Zh => chinese(rhythm, from),
    }
}

/// `every month`, `every 2 months`.
fn every(count: u8, unit: &str) -> Words {
    if count == 1 {
        return Words::same(format!("every {unit}"));
    }
    let number = numbers::english(u64::from(count));
    Words { written: format!("every {count} {unit}s"), spoken: format!("every {number} {unit}s") }
}

fn english(rhythm: Rhythm, from: Option<Date>) -> Words {
    match rhythm {
        Rhythm::Day { count } => every(count, "day"),
        Rhythm::Week { count, day } => match (count, weekday(day, Lang::En)) {
            (1, Some(day)) => Words::same(format!("every {day}")),
            (_, Some(day)) => joined(&[Words::same(format!("on {day}")), every(count, "week")], " "),
            (_, None) => every(count, "week"),
        },
        Rhythm::Month { count, day } => match day {
            None => every(count, "month"),
            Some(31..) => joined(&[Words::same("on the last day of"), every(count, "month")], " "),
            Some(day) => {
                let on = Words {
                    written: format!("on the {}", short_ordinal(day)),
                    spoken: format!("on the {}", days::ordinal(u64::from(day.unsigned_abs()))),
                };
                let whole = joined(&[on, every(count, "month")], " of ");
                if day > 28 { around("", whole, ", or its last day") } else { whole }
            }
        },
        Rhythm::Year => match from {
            Some(from) => {
                let day = days::month_and_day(from, Lang::En);
                around("every year on ", day, "")
            }
            None => Words::same("every year"),
        },
    }
}

fn chinese(rhythm: Rhythm, from: Option<Date>) -> Words {
    let every = |count: u8, one: &str, many: &str| {
        if count == 1 {
            return Words::same(one);
        }
        let number = numbers::chinese_count(u64::from(count));
        Words { written: format!("每{count}{many}"), spoken: format!("每{number}{many}") }
    };
    match rhythm {
        Rhythm::Day { count } => every(count, "每天", "天"),
        Rhythm::Week { count, day } => match (count, weekday(day, Lang::Zh)) {
            (1, Some(day)) => Words::same(format!("每周{day}")),
            (_, Some(day)) => around("", every(count, "每周", "周"), &format!("的星期{day}")),
            (_, None) => every(count, "每周", "周"),
        },
        Rhythm::Month { count, day } => {
            let months = every(count, "每月", "个月");
            let of = if count == 1 { "" } else { "的" };
            match day {
                None => months,
                Some(31..) => around("", months, &format!("{of}最后一天")),
                Some(day) => {
                    let number = numbers::chinese(u64::from(day.unsigned_abs()));
                    let on = Words { written: format!("{day}日"), spoken: format!("{number}号") };
                    let whole = joined(&[months, on], of);
                    if day > 28 { around("", whole, "（没有这一天就在月底）") } else { whole }
                }
            }
        }
        Rhythm::Year => match from {
            Some(from) => around("每年", days::month_and_day(from, Lang::Zh), ""),
            None => Words::same("每年"),
        },
    }
}

fn weekday(day: Option<i8>, lang: Lang) -> Option<&'static str> {
    Some(days::weekday(Weekday::from_monday_one_offset(day?).ok()?, lang))
}

/// `1st`, `22nd`.
fn short_ordinal(day: i8) -> String {
    let ending = match (day % 10, day) {
        (_, 11..=13) => "th",
        (1, _) => "st",
        (2, _) => "nd",
        (3, _) => "rd",
        _ => "th",
    };
    format!("{day}{ending}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    fn said(rhythm: Rhythm, lang: Lang) -> Words {
        let schedule = Schedule::every(rhythm, date(2026, 11, 22), None).unwrap();
        words(&schedule, Some(2026), lang)
    }

    #[test]
    fn once_names_the_day() {
        let schedule = Schedule::Once { on: date(2026, 11, 27) };
        assert_eq!(words(&schedule, Some(2026), Lang::En).written, "on Friday, November 27");
        assert_eq!(words(&schedule, Some(2025), Lang::En).written, "on Friday, November 27, 2026");
        assert_eq!(words(&schedule, Some(2026), Lang::Zh).spoken, "在十一月二十七号星期五");
    }

    #[test]
    fn again_and_again_names_rhythm_start_and_end() {
        let first = Rhythm::Month { count: 1, day: Some(1) };
        let english = said(first, Lang::En);
        assert_eq!(english.written, "on the 1st of every month, starting Tuesday, December 1, until you cancel it");
        assert_eq!(
            english.spoken,
            "on the first of every month, starting Tuesday, December first, until you cancel it"
        );
        assert_eq!(said(first, Lang::Zh).written, "从12月1日星期二起、在您取消之前，每月1日");
        let until = Schedule::every(first, date(2026, 11, 22), Some(date(2027, 6, 1))).unwrap();
        assert!(words(&until, Some(2026), Lang::En).written.ends_with("until Tuesday, June 1, 2027"));
    }

    #[test]
    fn every_rhythm_has_words() {
        for (rhythm, english, chinese) in [
            (Rhythm::Day { count: 1 }, "every day", "每天"),
            (Rhythm::Week { count: 1, day: Some(5) }, "every Friday", "每周五"),
            (Rhythm::Week { count: 2, day: Some(5) }, "on Friday every 2 weeks", "每2周的星期五"),
            (Rhythm::Month { count: 1, day: None }, "every month", "每月"),
            (Rhythm::Month { count: 1, day: Some(31) }, "on the last day of every month", "每月最后一天"),
            (Rhythm::Month { count: 3, day: Some(22) }, "on the 22nd of every 3 months", "每3个月的22日"),
            (Rhythm::Year, "every year", "每年"),
        ] {
            assert_eq!(super::rhythm(rhythm, None, Lang::En).written, english);
            assert_eq!(super::rhythm(rhythm, None, Lang::Zh).written, chinese);
        }
        let thirtieth = super::rhythm(Rhythm::Month { count: 1, day: Some(30) }, None, Lang::En);
        assert_eq!(thirtieth.written, "on the 30th of every month, or its last day");
        let year = said(Rhythm::Year, Lang::Zh);
        assert!(year.written.ends_with("每年11月22日"), "{year:?}");
    }
}
