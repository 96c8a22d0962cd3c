//! Whole numbers and decimals in words.

use crate::lang::Lang;

/// The English numbers below twenty.
pub(crate) const ENGLISH_SMALL: [&str; 20] = [
    "zero",
    "one",
    "two",
    "three",
    "four",
    "five",
    "six",
    "seven",
    "eight",
    "nine",
    "ten",
    "eleven",
    "twelve",
    "thirteen",
    "fourteen",
    "fifteen",
    "sixteen",
    "seventeen",
    "eighteen",
    "nineteen",
];
/// The English tens by how many they are; none for nought and one.
pub(crate) const ENGLISH_TENS: [&str; 10] =
    ["", "", "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"];
const SCALES: [(u64, &str); 6] = [
    (1_000_000_000_000_000_000, "quintillion"),
    (1_000_000_000_000_000, "quadrillion"),
    (1_000_000_000_000, "trillion"),
    (1_000_000_000, "billion"),
    (1_000_000, "million"),
    (1_000, "thousand"),
];
const CHINESE: [&str; 10] = ["零", "一", "二", "三", "四", "五", "六", "七", "八", "九"];

fn small(value: u64) -> &'static str {
    usize::try_from(value).ok().and_then(|at| ENGLISH_SMALL.get(at)).copied().unwrap_or("")
}

fn tens(value: u64) -> &'static str {
    usize::try_from(value).ok().and_then(|at| ENGLISH_TENS.get(at)).copied().unwrap_or("")
}

fn character(value: u64) -> &'static str {
    usize::try_from(value).ok().and_then(|at| CHINESE.get(at)).copied().unwrap_or("")
}

/// `three hundred and fifteen`.
pub(super) fn english(value: u64) -> String {
    if value < 1000 {
        return below_thousand(value);
    }
    let mut parts = Vec::new();
    let mut rest = value;
    for (scale, name) in SCALES {
        if rest >= scale {
            parts.push(format!("{} {name}", below_thousand(rest / scale)));
            rest %= scale;
        }
    }
    if rest >= 100 {
        parts.push(below_thousand(rest));
    } else if rest > 0 {
        parts.push(format!("and {}", below_thousand(rest)));
    }
    parts.join(" ")
}

fn below_thousand(value: u64) -> String {
    match value {
        0..=19 => small(value).to_owned(),
        20..=99 if value.is_multiple_of(10) => tens(value / 10).to_owned(),
        20..=99 => format!("{}-{}", tens(value / 10), small(value % 10)),
        _ if value.is_multiple_of(100) => format!("{} hundred", small(value / 100)),
        _ => format!("{} hundred and {}", small(value / 100), below_thousand(value % 100)),
    }
}

/// 三百一十五, 两千零五, 十二.
pub(super) fn chinese(value: u64) -> String {
    let text = chinese_parts(value);
    match text.strip_prefix("一十") {
        Some(rest) => format!("十{rest}"),
        None => text,
    }
}

/// The same as a count before a measure word or unit: 两 for two.
pub(super) fn chinese_count(value: u64) -> String {
    if value == 2 { "两".to_owned() } else { chinese(value) }
}

fn chinese_parts(value: u64) -> String {
    const YI: u64 = 100_000_000;
    if value >= YI {
        return with_rest(&chinese(value / YI), "亿", value % YI, YI / 10, value / YI);
    }
    if value >= 10_000 {
        return with_rest(&chinese_section(value / 10_000), "万", value % 10_000, 1_000, value / 10_000);
    }
    chinese_section(value)
}

/// Joins a large unit and what is left, with 零 where places in between are empty.
fn with_rest(head: &str, unit: &str, rest: u64, full: u64, count: u64) -> String {
    let head = if count == 2 { "两" } else { head };
    match rest {
        0 => format!("{head}{unit}"),
        _ if rest < full => format!("{head}{unit}零{}", chinese_parts(rest)),
        _ => format!("{head}{unit}{}", chinese_parts(rest)),
    }
}

/// Below ten thousand.
fn chinese_section(value: u64) -> String {
    let mut text = String::new();
    let mut gap = false;
    for (unit, name) in [(1000, "千"), (100, "百"), (10, "十"), (1, "")] {
        let digit = value / unit % 10;
        if digit == 0 {
            gap = !text.is_empty();
            continue;
        }
        if gap {
            text.push('零');
            gap = false;
        }
        text.push_str(if digit == 2 && unit == 1000 { "两" } else { character(digit) });
        text.push_str(name);
    }
    if text.is_empty() { "零".to_owned() } else { text }
}

/// A number with decimals in words, the digits after the point one by one.
pub(super) fn decimal(whole: &str, fraction: &str, lang: Lang) -> String {
    let said = match (whole.parse::<u64>(), lang) {
        (Ok(value), Lang::En) => english(value),
        (Ok(value), Lang::Zh) => chinese(value),
        (Err(_), _) => digits(whole, lang),
    };
    match (fraction, lang) {
        ("", _) => said,
        (_, Lang::En) => format!("{said} point {}", digits(fraction, lang)),
        (_, Lang::Zh) => format!("{said}点{}", digits(fraction, lang)),
    }
}

fn digits(text: &str, lang: Lang) -> String {
    let said: Vec<&str> = text.chars().filter_map(|c| digit(c, lang)).collect();
    said.join(if lang == Lang::En { " " } else { "" })
}

/// The word for one digit; `None` for what is no digit.
pub(super) fn digit(c: char, lang: Lang) -> Option<&'static str> {
    let value = u64::from(c.to_digit(10)?);
    Some(match lang {
        Lang::En => small(value),
        Lang::Zh => character(value),
    })
}

/// Digits with a comma between thousands.
pub(super) fn grouped(digits: &str) -> String {
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (i, c) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            text.push(',');
        }
        text.push(c);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn english_numbers() {
        for (value, text) in [
            (0, "zero"),
            (42, "forty-two"),
            (315, "three hundred and fifteen"),
            (1_005, "one thousand and five"),
            (1_200, "one thousand two hundred"),
            (2_000_000, "two million"),
            (1_234_567, "one million two hundred and thirty-four thousand five hundred and sixty-seven"),
        ] {
            assert_eq!(english(value), text);
        }
    }

    #[test]
    fn chinese_numbers() {
        for (value, text) in [
            (0, "零"),
            (2, "二"),
            (10, "十"),
            (12, "十二"),
            (105, "一百零五"),
            (110, "一百一十"),
            (2_005, "两千零五"),
            (20_000, "两万"),
            (100_500, "十万零五百"),
            (105_000, "十万五千"),
            (1_000_010, "一百万零一十"),
            (200_000_000, "两亿"),
            (1_000_000_000_000, "一万亿"),
        ] {
            assert_eq!(chinese(value), text);
        }
    }
}
