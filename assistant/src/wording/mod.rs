//! Typed values into words of a language, written and spoken; it never rounds, guesses or reads a clock. Pure: no I/O.

mod amounts;
mod days;
mod news;
mod numbers;
mod periods;
mod schedules;
mod slowly;
mod spans;

pub use news::{Became, news};
pub(crate) use numbers::{ENGLISH_SMALL, ENGLISH_TENS};
pub use slowly::{digit_by_digit, slowly};

use crate::lang::Lang;
use crate::schedule::{Rhythm, Schedule};
use jiff::civil::Date;
use rust_decimal::Decimal;
use sayso_plugin_interface::Money;
use serde::{Deserialize, Serialize};

/// One value or sentence in both of its forms.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Words {
    /// For the eye: `$42.50`, `¥320.50`.
    pub written: String,
    /// For the ear: `forty-two dollars and fifty cents`, `三百二十元五角`.
    pub spoken: String,
}

impl Words {
    /// The same text for eye and ear.
    #[must_use]
    pub fn same(text: impl Into<String>) -> Self {
        let written = text.into();
        Words { spoken: written.clone(), written }
    }
}

/// An amount of money in both forms: `$42.50`, `forty-two dollars and fifty cents`; `¥320.50`, `三百二十元五角`.
#[must_use]
pub fn money(amount: Money, lang: Lang) -> Words {
    Words { written: amounts::written(amount, lang), spoken: amounts::spoken(amount, lang) }
}

/// That nothing real is paid, because only the practice bank is there.
#[must_use]
pub fn practice_notice(lang: Lang) -> Words {
    match lang {
        Lang::En => Words::same("I'm only practising: no real money moves."),
        Lang::Zh => Words::same("现在只是练习，不会动用真钱。"),
    }
}

/// That nothing is sent, because it is a dry run.
#[must_use]
pub fn dry_run_notice(lang: Lang) -> Words {
    match lang {
        Lang::En => Words::same("This is a dry run: nothing will be sent or paid."),
        Lang::Zh => Words::same("这是演练：不会发送任何东西，也不会付款。"),
    }
}

/// That real money moves.
#[must_use]
pub fn live_notice(lang: Lang) -> Words {
    match lang {
        Lang::En => Words::same("Real money moves here."),
        Lang::Zh => Words::same("这里会动用真钱。"),
    }
}

/// That whoever called is listened to.
#[must_use]
pub fn called(lang: Lang) -> Words {
    match lang {
        Lang::En => Words::same("Yes?"),
        Lang::Zh => Words::same("我在。"),
    }
}

/// A length of time, rounded down to its largest unit: `35 minutes`, `24 hours`, `30 days`; at least a minute.
#[must_use]
pub fn span(ms: i64, lang: Lang) -> Words {
    spans::span(ms, lang)
}

/// How long ago something was: `2 hours ago`, `a moment ago`; `2个小时前`, `刚才`.
#[must_use]
pub fn ago(ms: i64, lang: Lang) -> Words {
    spans::ago(ms, lang)
}

/// A day in both forms, the year included only if it is not that of `today`: `today`, `Friday, March 14`, `3月14日星期五`.
#[must_use]
pub fn date(day: Date, today: Date, lang: Lang) -> Words {
    days::words(day, today, lang)
}

/// The day by the calendar, whatever day it is today: `Friday, November 27`; with its year where that is not `this_year`.
#[must_use]
pub fn full_date(day: Date, this_year: Option<i16>, lang: Lang) -> Words {
    days::full(day, this_year, lang)
}

/// When something happens by a schedule, to be put into a sentence: `on Friday, November 27`; `on the 1st of every month,
/// starting Tuesday, December 1, until you cancel it`; `在11月27日星期五`; `从12月1日星期二起、在您取消之前，每月1日`.
#[must_use]
pub fn schedule(schedule: &Schedule, this_year: Option<i16>, lang: Lang) -> Words {
    schedules::words(schedule, this_year, lang)
}

/// The same for what goes on already, with the day on which it is due next: `on the 1st of every month, next on Tuesday,
/// December 1`; `每月1日（下次12月1日星期二）`.
#[must_use]
pub fn standing(schedule: &Schedule, next: Date, this_year: Option<i16>, lang: Lang) -> Words {
    schedules::standing(schedule, next, this_year, lang)
}

/// A rhythm in both forms: `on the 1st of every month`, `每月1日`.
#[must_use]
pub fn rhythm(rhythm: Rhythm, lang: Lang) -> Words {
    schedules::rhythm(rhythm, None, lang)
}

/// A stretch of days in both forms, both ends included: `in 2025`, `from March to May 2025`; `2025年3月到5月`.
#[must_use]
pub fn days(from: Date, to: Date, lang: Lang) -> Words {
    periods::words(from, to, lang)
}

/// A number in both forms: `1,200.5`, `one thousand two hundred point five`, `一千二百点五`.
#[must_use]
pub fn number(value: Decimal, lang: Lang) -> Words {
    let sign = match (value.is_sign_negative() && !value.is_zero(), lang) {
        (false, _) => ["", ""],
        (true, Lang::En) => ["-", "minus "],
        (true, Lang::Zh) => ["-", "负"],
    };
    let text = value.abs().normalize().to_string();
    let (whole, fraction) = text.split_once('.').unwrap_or((&text, ""));
    let point = if fraction.is_empty() { "" } else { "." };
    let written = format!("{}{}{point}{fraction}", sign[0], numbers::grouped(whole));
    let spoken = format!("{}{}", sign[1], numbers::decimal(whole, fraction, lang));
    Words { written, spoken }
}

/// Several things one after the other, the last joined by "and": `a, b and c`, `a、b和c`.
#[must_use]
pub fn list(items: &[Words], lang: Lang) -> Words {
    match lang {
        Lang::En => join(items, ", ", " and "),
        Lang::Zh => join(items, "、", "和"),
    }
}

/// Several things of which one is to be chosen: `a, b or c`, `a、b或c`.
#[must_use]
pub fn choices(items: &[Words], lang: Lang) -> Words {
    match lang {
        Lang::En => join(items, ", ", " or "),
        Lang::Zh => join(items, "、", "或"),
    }
}

/// Things of which one is asked for by naming them alone: `Alice or Bob`, 陈静还是陈浩.
#[must_use]
pub fn either(items: &[Words], lang: Lang) -> Words {
    match lang {
        Lang::En => join(items, ", ", " or "),
        Lang::Zh => join(items, "、", "还是"),
    }
}

fn join(items: &[Words], between: &str, last: &str) -> Words {
    let mut words = Words::default();
    for (i, item) in items.iter().enumerate() {
        let glue = match i {
            0 => "",
            _ if i + 1 == items.len() => last,
            _ => between,
        };
        words.written.push_str(glue);
        words.spoken.push_str(glue);
        words.written.push_str(&item.written);
        words.spoken.push_str(&item.spoken);
    }
    words
}

/// How many of something: `1 bill`, `3 bills` / `three bills`. In Chinese `one` is the noun with its measure word in
/// front (`张账单`), and `many` is not used: `3张账单` / `三张账单`.
#[must_use]
pub fn count(how_many: u64, one: &str, many: &str, lang: Lang) -> Words {
    match lang {
        Lang::En => {
            let noun = if how_many == 1 { one } else { many };
            let digits = numbers::grouped(&how_many.to_string());
            Words { written: format!("{digits} {noun}"), spoken: format!("{} {noun}", numbers::english(how_many)) }
        }
        Lang::Zh => {
            Words { written: format!("{how_many}{one}"), spoken: format!("{}{one}", numbers::chinese_count(how_many)) }
        }
    }
}

/// Digits read one by one: `four two one`, `四二一`. What is not a digit is kept in writing and not said.
#[must_use]
pub fn digits(text: &str, lang: Lang) -> Words {
    let said: Vec<&str> = text.chars().filter_map(|c| numbers::digit(c, lang)).collect();
    let between = if lang == Lang::En { " " } else { "" };
    Words { written: text.to_owned(), spoken: said.join(between) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rust_decimal::dec;

    #[test]
    fn lists_are_joined_as_people_do() {
        let items: Vec<Words> = ["water", "gas", "rent"].map(Words::same).to_vec();
        assert_eq!(list(&items, Lang::En).spoken, "water, gas and rent");
        assert_eq!(choices(&items, Lang::Zh).written, "water、gas或rent");
        assert_eq!(list(&items[..2], Lang::En).written, "water and gas");
        assert_eq!(list(&items[..1], Lang::Zh).written, "water");
        assert_eq!(list(&[], Lang::En), Words::default());
    }

    #[test]
    fn things_are_counted() {
        assert_eq!(count(1, "bill", "bills", Lang::En).spoken, "one bill");
        assert_eq!(count(3, "bill", "bills", Lang::En).written, "3 bills");
        assert_eq!(count(2, "张账单", "", Lang::Zh), Words { written: "2张账单".into(), spoken: "两张账单".into() });
    }

    #[test]
    fn numbers_and_digits_are_said() {
        assert_eq!(number(dec!(-1200.50), Lang::En).written, "-1,200.5");
        assert_eq!(number(dec!(-1200.50), Lang::En).spoken, "minus one thousand two hundred point five");
        assert_eq!(number(dec!(1200.05), Lang::Zh).spoken, "一千二百点零五");
        assert_eq!(digits("42-1", Lang::En).spoken, "four two one");
        assert_eq!(digits("尾号4210", Lang::Zh), Words { written: "尾号4210".into(), spoken: "四二一零".into() });
    }
}
