//! Stretches of days in words: whole years and months by their name, others by their ends.

use super::{Words, days};
use crate::lang::Lang;
use jiff::civil::Date;

/// The stretch in both forms, with its years: `in 2025`, `from March to May 2025`, `from August 26, 2026 to November 25,
/// 2026`; `2025年`, `2025年3月到5月`, `2026年8月26日到2026年11月25日`.
pub(super) fn words(from: Date, to: Date, lang: Lang) -> Words {
    let months = from == from.first_of_month() && to == to.last_of_month();
    let whole_year = months && (from.month(), to.month()) == (1, 12);
    match lang {
        _ if from == to => joined(lang, "on ", [day(from, lang)]),
        _ if whole_year && from.year() == to.year() => joined(lang, "in ", [days::year_words(from, lang)]),
        _ if months && from.first_of_month() == to.first_of_month() => joined(lang, "in ", [month(from, lang, true)]),
        Lang::En if months => {
            joined(lang, "from ", [month(from, lang, from.year() != to.year()), month(to, lang, true)])
        }
        Lang::Zh if months => joined(lang, "", [month(from, lang, true), month(to, lang, from.year() != to.year())]),
        _ => joined(lang, "from ", [day(from, lang), day(to, lang)]),
    }
}

fn joined<const N: usize>(lang: Lang, before: &str, parts: [Words; N]) -> Words {
    let (before, between) = if lang == Lang::En { (before, " to ") } else { ("", "到") };
    let of = |form: fn(&Words) -> &str| format!("{before}{}", parts.iter().map(form).collect::<Vec<_>>().join(between));
    Words { written: of(|part| &part.written), spoken: of(|part| &part.spoken) }
}

fn month(day: Date, lang: Lang, with_year: bool) -> Words {
    let (month, year) = (days::month(day, lang), days::year_words(day, lang));
    match (lang, with_year) {
        (_, false) => month,
        (Lang::En, true) => both(&month, " ", &year),
        (Lang::Zh, true) => both(&year, "", &month),
    }
}

fn day(day: Date, lang: Lang) -> Words {
    let (date, year) = (days::month_and_day(day, lang), days::year_words(day, lang));
    if lang == Lang::En { both(&date, ", ", &year) } else { both(&year, "", &date) }
}

fn both(one: &Words, between: &str, other: &Words) -> Words {
    Words {
        written: format!("{}{between}{}", one.written, other.written),
        spoken: format!("{}{between}{}", one.spoken, other.spoken),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    #[test]
    fn stretches_are_said_by_their_names_or_ends() {
        for (from, to, english, chinese) in [
            (date(2025, 1, 1), date(2025, 12, 31), "in 2025", "2025年"),
            (date(2025, 3, 1), date(2025, 3, 31), "in March 2025", "2025年3月"),
            (date(2025, 3, 1), date(2025, 5, 31), "from March to May 2025", "2025年3月到5月"),
            (date(2024, 11, 1), date(2025, 2, 28), "from November 2024 to February 2025", "2024年11月到2025年2月"),
            (
                date(2025, 8, 26),
                date(2025, 11, 25),
                "from August 26, 2025 to November 25, 2025",
                "2025年8月26日到2025年11月25日",
            ),
            (date(2025, 8, 26), date(2025, 8, 26), "on August 26, 2025", "2025年8月26日"),
        ] {
            assert_eq!(words(from, to, Lang::En).written, english);
            assert_eq!(words(from, to, Lang::Zh).written, chinese);
        }
        let spoken = words(date(2025, 3, 1), date(2025, 5, 31), Lang::En).spoken;
        assert_eq!(spoken, "from March to May twenty twenty-five");
        assert_eq!(words(date(2025, 3, 1), date(2025, 5, 31), Lang::Zh).spoken, "二零二五年三月到五月");
    }
}
