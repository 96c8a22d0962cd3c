//! Amounts of money, written and spoken, for every currency. What is said here, understanding reads back exactly.

use super::numbers;
use crate::lang::{Lang, currencies};
use sayso_plugin_interface::{Currency, Money};

/// `$1,234.50`, `CHF 12.00`, `¥320.50`.
pub(super) fn written(amount: Money, lang: Lang) -> String {
    let decimal = amount.decimal();
    let (sign, digits) = match decimal.strip_prefix('-') {
        Some(rest) => ("-", rest),
        None => ("", decimal.as_str()),
    };
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    let point = if fraction.is_empty() { "" } else { "." };
    format!("{sign}{}{}{point}{fraction}", symbol(amount.currency, lang), numbers::grouped(whole))
}

/// What stands before the digits; the two home currencies lend their bare sign only to their own language.
fn symbol(currency: Currency, lang: Lang) -> String {
    let table = currencies::names(currency.code()).map_or("", |names| names.symbol);
    match (currency, lang) {
        (Currency::USD, Lang::Zh) => "US$".to_owned(),
        (Currency::CNY, Lang::En) => "CN¥".to_owned(),
        _ if table.is_empty() => format!("{} ", currency.code()),
        _ => table.to_owned(),
    }
}

/// `forty-two dollars and fifty cents`, `三百二十元五角`.
pub(super) fn spoken(amount: Money, lang: Lang) -> String {
    let per_major = amount.currency.minor_per_major().unsigned_abs();
    let (major, minor) = (amount.minor.unsigned_abs() / per_major, amount.minor.unsigned_abs() % per_major);
    let text = match lang {
        Lang::En => english(amount.currency, major, minor),
        Lang::Zh => chinese(amount.currency, major, minor),
    };
    match (amount.minor < 0, lang) {
        (false, _) => text,
        (true, Lang::En) => format!("minus {text}"),
        (true, Lang::Zh) => format!("负{text}"),
    }
}

/// The digits of the minor units with their leading zeros, or nothing for a currency without them or a round amount.
fn fraction(currency: Currency, minor: u64) -> String {
    let width = currency.exponent() as usize;
    if width == 0 || minor == 0 { String::new() } else { format!("{minor:0>width$}") }
}

fn english(currency: Currency, major: u64, minor: u64) -> String {
    let Some(names) = currencies::names(currency.code()) else {
        return format!("{} {currency}", numbers::decimal(&major.to_string(), &fraction(currency, minor), Lang::En));
    };
    let (one, many) = if currency == Currency::USD { ("dollar", "dollars") } else { (names.one, names.many) };
    let whole = |count: u64| format!("{} {}", numbers::english(count), if count == 1 { one } else { many });
    if minor == 0 {
        return whole(major);
    }
    if names.minor_one.is_empty() {
        return format!("{} {many}", numbers::decimal(&major.to_string(), &fraction(currency, minor), Lang::En));
    }
    let parts = format!("{} {}", numbers::english(minor), if minor == 1 { names.minor_one } else { names.minor_many });
    // "fifty cents" alone would be American ones.
    let alone = matches!(currency.code(), "USD" | "GBP" | "CNY");
    if major == 0 && alone { parts } else { format!("{} and {parts}", whole(major)) }
}

fn chinese(currency: Currency, major: u64, minor: u64) -> String {
    if currency == Currency::CNY {
        return yuan(major, minor);
    }
    let names = currencies::names(currency.code());
    let (unit, parts) = names.map_or((currency.code(), ""), |names| (names.zh, names.zh_minor));
    let whole = format!("{}{unit}", numbers::chinese_count(major));
    match (minor, parts) {
        (0, _) => whole,
        (_, "") => format!("{}{unit}", numbers::decimal(&major.to_string(), &fraction(currency, minor), Lang::Zh)),
        _ if major == 0 => format!("{}{parts}", numbers::chinese_count(minor)),
        _ => format!("{whole}{}{parts}", numbers::chinese_count(minor)),
    }
}

/// 三百二十元五角, 三元零五分, 五分钱.
fn yuan(major: u64, minor: u64) -> String {
    let (jiao, fen) = (minor / 10, minor % 10);
    let mut text = String::new();
    if major > 0 || minor == 0 {
        text = format!("{}元", numbers::chinese_count(major));
    }
    if jiao > 0 {
        text.push_str(&format!("{}角", numbers::chinese_count(jiao)));
    } else if fen > 0 && major > 0 {
        text.push('零');
    }
    match (fen, major, jiao) {
        (0, _, _) => {}
        // A lone 五分 could be minutes or marks.
        (_, 0, 0) => text.push_str(&format!("{}分钱", numbers::chinese_count(fen))),
        _ => text.push_str(&format!("{}分", numbers::chinese_count(fen))),
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(minor: i64, code: &str, lang: Lang, expected_written: &str, expected_spoken: &str) {
        let amount = Money::new(minor, code.parse().unwrap());
        assert_eq!(written(amount, lang), expected_written);
        assert_eq!(spoken(amount, lang), expected_spoken);
    }

    #[test]
    fn english_amounts() {
        check(4250, "USD", Lang::En, "$42.50", "forty-two dollars and fifty cents");
        check(101, "USD", Lang::En, "$1.01", "one dollar and one cent");
        check(50, "USD", Lang::En, "$0.50", "fifty cents");
        check(50, "EUR", Lang::En, "€0.50", "zero euros and fifty cents");
        check(
            -123_450,
            "GBP",
            Lang::En,
            "-£1,234.50",
            "minus one thousand two hundred and thirty-four pounds and fifty pence",
        );
        check(32050, "CNY", Lang::En, "CN¥320.50", "three hundred and twenty yuan and fifty fen");
        check(1200, "JPY", Lang::En, "JP¥1,200", "one thousand two hundred Japanese yen");
        check(1250, "KWD", Lang::En, "KWD 1.250", "one point two five zero Kuwaiti dinars");
    }

    #[test]
    fn chinese_amounts() {
        check(32050, "CNY", Lang::Zh, "¥320.50", "三百二十元五角");
        check(1050, "CNY", Lang::Zh, "¥10.50", "十元五角");
        check(305, "CNY", Lang::Zh, "¥3.05", "三元零五分");
        check(5, "CNY", Lang::Zh, "¥0.05", "五分钱");
        check(0, "CNY", Lang::Zh, "¥0.00", "零元");
        check(200, "CNY", Lang::Zh, "¥2.00", "两元");
        check(4250, "USD", Lang::Zh, "US$42.50", "四十二美元五十美分");
        check(4205, "CAD", Lang::Zh, "CA$42.05", "四十二点零五加元");
    }

    #[test]
    fn every_currency_has_names_of_its_own() {
        for currency in Currency::all() {
            let found = currencies::names(currency.code()).unwrap_or_else(|| panic!("{currency} has no row"));
            assert!(!found.one.is_empty() && !found.many.is_empty() && !found.zh.is_empty(), "{found:?}");
            for other in currencies::all().iter().filter(|other| other.code != found.code) {
                assert!(other.one != found.one && other.many != found.many && other.zh != found.zh, "{found:?}");
                assert!(other.symbol.is_empty() || other.symbol != found.symbol, "{found:?} {other:?}");
            }
        }
        assert_eq!(currencies::all().len(), Currency::all().count());
    }
}
