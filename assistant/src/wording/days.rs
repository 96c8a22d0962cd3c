//! Days in words: near ones by their name, others by weekday, month and day.

use super::{Words, numbers};
use crate::lang::Lang;
use jiff::civil::{Date, Weekday};

const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];

/// The day in both forms; the year only where it is not that of `today`.
pub(super) fn words(day: Date, today: Date, lang: Lang) -> Words {
    let ahead = today.until(day).map_or(i32::MAX, |span| span.get_days());
    match (lang, ahead) {
        (Lang::En, 0) => Words::same("today"),
        (Lang::En, 1) => Words::same("tomorrow"),
        (Lang::En, -1) => Words::same("yesterday"),
        (Lang::Zh, 0) => Words::same("今天"),
        (Lang::Zh, 1) => Words::same("明天"),
        (Lang::Zh, 2) => Words::same("后天"),
        (Lang::Zh, -1) => Words::same("昨天"),
        (Lang::En, _) => english(day, day.year() != today.year()),
        (Lang::Zh, _) => chinese(day, day.year() != today.year()),
    }
}

/// The day by the calendar in both forms.
pub(super) fn full(day: Date, this_year: Option<i16>, lang: Lang) -> Words {
    let with_year = this_year != Some(day.year());
    match lang {
        Lang::En => english(day, with_year),
        Lang::Zh => chinese(day, with_year),
    }
}

fn english(day: Date, with_year: bool) -> Words {
    let (weekday, date) = (weekday(day.weekday(), Lang::En), month_and_day(day, Lang::En));
    let mut words =
        Words { written: format!("{weekday}, {}", date.written), spoken: format!("{weekday}, {}", date.spoken) };
    if with_year {
        words.written.push_str(&format!(", {}", day.year()));
        words.spoken.push_str(&format!(", {}", year(u64::from(day.year().unsigned_abs()))));
    }
    words
}

/// The day without its weekday and year: `March 14`, `3月14日`.
pub(super) fn month_and_day(day: Date, lang: Lang) -> Words {
    let number = u64::from(day.day().unsigned_abs());
    match lang {
        Lang::En => {
            let month = self::month(day, lang).written;
            Words { written: format!("{month} {number}"), spoken: format!("{month} {}", ordinal(number)) }
        }
        Lang::Zh => {
            let month = u64::from(day.month().unsigned_abs());
            let (said, day) = (numbers::chinese(month), numbers::chinese(number));
            Words { written: format!("{month}月{number}日"), spoken: format!("{said}月{day}号") }
        }
    }
}

/// The month of a day: `March`, `3月`.
pub(super) fn month(day: Date, lang: Lang) -> Words {
    let number = day.month().unsigned_abs();
    match lang {
        Lang::En => Words::same(MONTHS.get(usize::from(number) - 1).copied().unwrap_or("")),
        Lang::Zh => {
            Words { written: format!("{number}月"), spoken: format!("{}月", numbers::chinese(u64::from(number))) }
        }
    }
}

/// The year of a day: `2025`, `twenty twenty-five`; `2025年`, `二零二五年`.
pub(super) fn year_words(day: Date, lang: Lang) -> Words {
    let written = day.year().to_string();
    match lang {
        Lang::En => Words { spoken: year(u64::from(day.year().unsigned_abs())), written },
        Lang::Zh => {
            let said: String = written.chars().filter_map(|c| numbers::digit(c, Lang::Zh)).collect();
            Words { written: format!("{written}年"), spoken: format!("{said}年") }
        }
    }
}

/// `Friday`, `五`.
pub(super) fn weekday(day: Weekday, lang: Lang) -> &'static str {
    let (english, chinese) = match day {
        Weekday::Monday => ("Monday", "一"),
        Weekday::Tuesday => ("Tuesday", "二"),
        Weekday::Wednesday => ("Wednesday", "三"),
        Weekday::Thursday => ("Thursday", "四"),
        Weekday::Friday => ("Friday", "五"),
        Weekday::Saturday => ("Saturday", "六"),
        Weekday::Sunday => ("Sunday", "日"),
    };
    if lang == Lang::En { english } else { chinese }
}

/// `twenty twenty-five`, `two thousand and five`.
fn year(year: u64) -> String {
    if (1100..2000).contains(&year) || (2010..2100).contains(&year) {
        let rest = match year % 100 {
            0 => "hundred".to_owned(),
            one @ 1..=9 => format!("oh {}", numbers::english(one)),
            two => numbers::english(two),
        };
        return format!("{} {rest}", numbers::english(year / 100));
    }
    numbers::english(year)
}

/// `first`, `twenty-third`.
pub(super) fn ordinal(value: u64) -> String {
    let irregular = |value| match value {
        1 => Some("first"),
        2 => Some("second"),
        3 => Some("third"),
        5 => Some("fifth"),
        8 => Some("eighth"),
        9 => Some("ninth"),
        12 => Some("twelfth"),
        20 => Some("twentieth"),
        30 => Some("thirtieth"),
        _ => None,
    };
    match (irregular(value), value) {
        (Some(word), _) => word.to_owned(),
        (None, 21..) => format!("{}-{}", numbers::english(value / 10 * 10), ordinal(value % 10)),
        (None, _) => format!("{}th", numbers::english(value)),
    }
}

fn chinese(day: Date, with_year: bool) -> Words {
    let weekday = weekday(day.weekday(), Lang::Zh);
    let date = month_and_day(day, Lang::Zh);
    let mut words = Words {
        written: format!("{}星期{weekday}", date.written),
        spoken: format!("{}星期{weekday}", date.spoken),
    };
    if with_year {
        let year = year_words(day, Lang::Zh);
        words.written.insert_str(0, &year.written);
        words.spoken.insert_str(0, &year.spoken);
    }
    words
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    #[test]
    fn days_are_said_from_today() {
        let today = date(2025, 3, 12);
        for (day, english, chinese) in [
            (date(2025, 3, 12), "today", "今天"),
            (date(2025, 3, 13), "tomorrow", "明天"),
            (date(2025, 3, 14), "Friday, March fourteenth", "后天"),
            (date(2025, 4, 12), "Saturday, April twelfth", "四月十二号星期六"),
            (date(2026, 3, 31), "Tuesday, March thirty-first, twenty twenty-six", "二零二六年三月三十一号星期二"),
        ] {
            assert_eq!(words(day, today, Lang::En).spoken, english);
            assert_eq!(words(day, today, Lang::Zh).spoken, chinese);
        }
        assert_eq!(words(date(2026, 1, 2), today, Lang::Zh).written, "2026年1月2日星期五");
        assert_eq!(words(date(2025, 3, 23), today, Lang::En).written, "Sunday, March 23");
    }
}
