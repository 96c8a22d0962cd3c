//! Figures and signs into the words that are said for them: `$42.50`, `3rd`, `10:30`, `5%`, `2026-11-28`. Texts that are made to be
//! spoken have none; those of a command line, or of a person who wrote no spoken form, do.

use crate::lang::{Lang, currencies};
use crate::wording;
use jiff::civil::Date;
use rust_decimal::Decimal;
use sayso_plugin_interface::Money;

/// A row of digits that is longer, and has no commas, is a number of something and is read digit by digit.
const NUMBER_MAX: usize = 6;
/// After these a Chinese two is 两.
const COUNTED: &str = "个位笔次张份天条块元点小件家名项种";

/// The text as it is said: no digit is left in it.
#[must_use]
pub fn spoken(text: &str, lang: Lang) -> String {
    let text: String = text.chars().map(half_width).collect();
    let (mut out, mut rest, mut before) = (String::with_capacity(text.len()), text.as_str(), ' ');
    while let Some(first) = rest.chars().next() {
        let (said, used) = match figure(rest, before, lang) {
            Some(figure) => figure,
            None => (sign(first, lang).map_or_else(|| first.to_string(), |word| format!(" {word} ")), first.len_utf8()),
        };
        // In English what is said for figures stands apart from letters that touch them: "B2B".
        let touches =
            out.chars().next_back().is_some_and(char::is_alphanumeric) && said.starts_with(char::is_alphanumeric);
        if touches && lang == Lang::En && used > 0 && first.is_ascii_digit() {
            out.push(' ');
        }
        out.push_str(&said);
        before = rest.get(..used).and_then(|used| used.chars().next_back()).unwrap_or(first);
        rest = rest.get(used..).unwrap_or_default();
        if lang == Lang::En && before.is_ascii_digit() && rest.starts_with(char::is_alphabetic) {
            out.push(' ');
        }
    }
    out
}

/// Digits and signs of full width as those of half.
fn half_width(c: char) -> char {
    match c {
        '０'..='９' | '％' | '＄' | '＋' | '＝' | '＆' | '＠' | '＃' => {
            char::from_u32(u32::from(c) - 0xfee0).unwrap_or(c)
        }
        '￥' => '¥',
        '−' => '-',
        other => other,
    }
}

/// What is said for a sign that stands for a word.
fn sign(c: char, lang: Lang) -> Option<&'static str> {
    let both = match c {
        '&' => ["and", "和"],
        '%' => ["percent", "百分之"],
        '+' => ["plus", "加"],
        '=' => ["equals", "等于"],
        '@' => ["at", "at"],
        '#' => ["number", "号"],
        '€' => ["euros", "欧元"],
        '£' => ["pounds", "英镑"],
        '$' => ["dollars", "美元"],
        '¥' => ["yuan", "元"],
        _ => return None,
    };
    Some(match lang {
        Lang::En => both[0],
        Lang::Zh => both[1],
    })
}

/// Digits with what belongs to them.
struct Digits<'a> {
    /// Without commas.
    whole: String,
    fraction: &'a str,
    /// True if there were commas between thousands.
    grouped: bool,
    /// How many bytes of the text they are.
    length: usize,
}

fn leading_digits(text: &str) -> &str {
    text.get(..text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len())).unwrap_or_default()
}

/// The digits with which a text begins.
fn digits(text: &str) -> Option<Digits<'_>> {
    let mut whole = leading_digits(text).to_owned();
    if whole.is_empty() {
        return None;
    }
    let (mut length, mut grouped) = (whole.len(), false);
    while let Some(group) = text.get(length..).and_then(|rest| rest.strip_prefix(',')).map(leading_digits)
        && group.len() == 3
        && (grouped || whole.len() <= 3)
    {
        whole.push_str(group);
        length += 1 + group.len();
        grouped = true;
    }
    let fraction = text.get(length..).and_then(|rest| rest.strip_prefix('.')).map_or("", leading_digits);
    length += if fraction.is_empty() { 0 } else { 1 + fraction.len() };
    Some(Digits { whole, fraction, grouped, length })
}

/// What is said for the figure with which a text begins, and how many bytes it is. `before` is the character before it.
fn figure(text: &str, before: char, lang: Lang) -> Option<(String, usize)> {
    if before.is_ascii_digit() {
        return None;
    }
    let minus = text.starts_with('-') && !before.is_alphanumeric();
    let unsigned = if minus { text.get(1..)? } else { text };
    let signs = usize::from(minus);
    if let Some((said, used)) = money(unsigned, minus, lang, before) {
        return Some((said, used + signs));
    }
    let found = digits(unsigned)?;
    let rest = unsigned.get(found.length..).unwrap_or_default();
    if !minus && let Some((said, more)) = in_rows(unsigned, &found, rest, lang) {
        return Some((said, more));
    }
    if !minus && let Some((said, more)) = time(&found, rest, lang) {
        return Some((said, found.length + more));
    }
    let number = plain(&found, minus, rest, lang);
    let (said, more) = match (lang, rest.chars().next()) {
        (Lang::Zh, Some('%')) => (format!("百分之{number}"), 1),
        (Lang::En, _) if found.fraction.is_empty() && ordinal_ending(rest) => (ordinal(&number), 2),
        _ => (number, 0),
    };
    Some((said, signs + found.length + more))
}

/// An amount of money, its sign before it or its code on either side.
fn money(text: &str, minus: bool, lang: Lang, before: char) -> Option<(String, usize)> {
    let symbols = currencies::all().iter().filter(|names| !names.symbol.is_empty() && text.starts_with(names.symbol));
    let symbol = symbols.max_by_key(|names| names.symbol.len()).map(|names| (names.code, names.symbol.len()));
    let us = text
        .starts_with("US$")
        .then_some(("USD", 3))
        .or_else(|| text.starts_with("CN¥").then_some(("CNY", "CN¥".len())));
    let code_at = |text: &str| currencies::names(text.get(..3)?).map(|names| names.code);
    let ahead = code_at(text).filter(|_| !before.is_alphanumeric()).map(|code| (code, 3));
    let (code, length, found) = match us.or(symbol).or(ahead) {
        Some((code, length)) => {
            let gap = usize::from(text.get(length..)?.starts_with(' '));
            (code, length + gap, digits(text.get(length + gap..)?)?)
        }
        None => {
            let found = digits(text)?;
            let code = code_at(text.get(found.length..)?.strip_prefix(' ')?)?;
            if text.get(found.length + 4..)?.starts_with(char::is_alphanumeric) {
                return None;
            }
            let length = found.length + 4;
            return Some((amount(&found, code, minus, lang), length));
        }
    };
    Some((amount(&found, code, minus, lang), length + found.length))
}

fn amount(found: &Digits<'_>, code: &str, minus: bool, lang: Lang) -> String {
    let sign = if minus { "-" } else { "" };
    let point = if found.fraction.is_empty() { "" } else { "." };
    let text = format!("{sign}{}{point}{} {code}", found.whole, found.fraction);
    match text.parse::<Money>() {
        Ok(money) => wording::money(money, lang).spoken,
        // More digits than the currency has: the number as it is, and the currency's name.
        Err(_) => {
            let names = currencies::names(code);
            let unit = names.map_or(code, |names| if lang == Lang::En { names.many } else { names.zh });
            let gap = if lang == Lang::En { " " } else { "" };
            format!("{}{gap}{unit}", plain(found, minus, "", lang))
        }
    }
}

/// A number, or the digits one by one where it is none.
fn plain(found: &Digits<'_>, minus: bool, rest: &str, lang: Lang) -> String {
    let by_digits = found.fraction.is_empty()
        && !found.grouped
        && (found.whole.len() > NUMBER_MAX
            || found.whole.len() > 1 && found.whole.starts_with('0')
            || lang == Lang::Zh && found.whole.len() == 4 && rest.starts_with('年'));
    if by_digits {
        return wording::digits(&found.whole, lang).spoken;
    }
    if lang == Lang::Zh
        && !minus
        && found.whole == "2"
        && found.fraction.is_empty()
        && rest.starts_with(|c| COUNTED.contains(c))
    {
        return "两".to_owned();
    }
    let text = format!(
        "{}{}.{}",
        if minus { "-" } else { "" },
        found.whole,
        if found.fraction.is_empty() { "0" } else { found.fraction }
    );
    match text.parse::<Decimal>() {
        Ok(number) => wording::number(number, lang).spoken,
        Err(_) => wording::digits(&format!("{}{}", found.whole, found.fraction), lang).spoken,
    }
}

/// A day such as 2026-11-28, or digits in groups such as 555-1234.
fn in_rows(text: &str, found: &Digits<'_>, rest: &str, lang: Lang) -> Option<(String, usize)> {
    if let Some(day) =
        text.get(..10).filter(|_| !text.get(10..).unwrap_or_default().starts_with(|c: char| c.is_ascii_digit()))
        && text.get(4..5) == Some("-")
        && let Ok(day) = day.parse::<Date>()
    {
        return Some((wording::full_date(day, None, lang).spoken, 10));
    }
    if !found.fraction.is_empty() || found.grouped || !rest.starts_with('-') {
        return None;
    }
    let mut groups = vec![wording::digits(&found.whole, lang).spoken];
    let mut length = found.length;
    loop {
        let group = text.get(length..).and_then(|rest| rest.strip_prefix('-')).map_or("", leading_digits);
        if group.is_empty() {
            break;
        }
        groups.push(wording::digits(group, lang).spoken);
        length += 1 + group.len();
    }
    (groups.len() > 1).then(|| (groups.join(if lang == Lang::En { ", " } else { "，" }), length))
}

/// The hour before, and the minutes in `rest`.
fn time(found: &Digits<'_>, rest: &str, lang: Lang) -> Option<(String, usize)> {
    let minutes = rest.strip_prefix(':').map(leading_digits).filter(|minutes| minutes.len() == 2)?;
    let (hour, minute) = (found.whole.parse::<u32>().ok()?, minutes.parse::<u32>().ok()?);
    if hour > 24 || minute > 59 || !found.fraction.is_empty() || found.grouped {
        return None;
    }
    let say = |number: u32| wording::number(Decimal::from(number), lang).spoken;
    let said = match (lang, minute) {
        (Lang::En, 0) => format!("{} o'clock", say(hour)),
        (Lang::En, 1..=9) => format!("{} oh {}", say(hour), say(minute)),
        (Lang::En, _) => format!("{} {}", say(hour), say(minute)),
        (Lang::Zh, _) => {
            let hour = if hour == 2 { "两".to_owned() } else { say(hour) };
            let minute = match minute {
                0 => String::new(),
                1..=9 => format!("零{}分", say(minute)),
                _ => format!("{}分", say(minute)),
            };
            format!("{hour}点{minute}")
        }
    };
    Some((said, 1 + minutes.len()))
}

fn ordinal_ending(rest: &str) -> bool {
    let ends = ["st", "nd", "rd", "th"].iter().any(|ending| rest.starts_with(ending));
    ends && !rest.get(2..).unwrap_or_default().starts_with(char::is_alphanumeric)
}

/// `forty-two` as `forty-second`.
fn ordinal(number: &str) -> String {
    let at = number.rfind([' ', '-']).map_or(0, |at| at + 1);
    let (before, last) = number.split_at(at);
    let last = match last {
        "one" => "first".to_owned(),
        "two" => "second".to_owned(),
        "three" => "third".to_owned(),
        "five" => "fifth".to_owned(),
        "eight" => "eighth".to_owned(),
        "nine" => "ninth".to_owned(),
        "twelve" => "twelfth".to_owned(),
        other => match other.strip_suffix('y') {
            Some(tens) => format!("{tens}ieth"),
            None => format!("{other}th"),
        },
    };
    format!("{before}{last}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn english_figures() {
        for (text, expected) in [
            ("You owe $42.50 today.", "You owe forty-two dollars and fifty cents today."),
            ("-£1,234.50", "minus one thousand two hundred and thirty-four pounds and fifty pence"),
            ("CN¥320.50, US$5", "three hundred and twenty yuan and fifty fen, five dollars"),
            ("KWD 1.250", "one point two five zero Kuwaiti dinars"),
            ("42.50 USD", "forty-two dollars and fifty cents"),
            ("$42.505", "forty-two point five zero five US dollars"),
            ("the 3rd, 21st and 30th", "the third, twenty-first and thirtieth"),
            ("at 10:30, 9:05 or 7:00", "at ten thirty, nine oh five or seven o'clock"),
            ("5% & more", "five percent   and  more"),
            ("555-1234", "five five five, one two three four"),
            ("account 0042", "account zero zero four two"),
            ("12345678", "one two three four five six seven eight"),
            ("1,200.5", "one thousand two hundred point five"),
            ("B2B", "B two B"),
            ("forty-two", "forty-two"),
            ("3, 4", "three, four"),
        ] {
            assert_eq!(spoken(text, Lang::En), expected, "{text}");
        }
    }

    #[test]
    fn chinese_figures() {
        for (text, expected) in [
            ("支付¥320.50，对吗？", "支付三百二十元五角，对吗？"),
            ("￥5", "五元"),
            ("2026年11月8日", "二零二六年十一月八日"),
            ("2个小时前", "两个小时前"),
            ("５％", "百分之五"),
            ("10:05", "十点零五分"),
            ("尾号0042", "尾号零零四二"),
            ("US$42.50", "四十二美元五十美分"),
        ] {
            assert_eq!(spoken(text, Lang::Zh), expected, "{text}");
        }
    }

    proptest::proptest! {
        #[test]
        fn nothing_panics_and_no_digit_is_left(text in "[0-9$¥€£.,:%-年月a-zA-Z ]{0,24}") {
            for lang in Lang::ALL {
                let said = spoken(&text, lang);
                proptest::prop_assert!(!said.contains(|c: char| c.is_ascii_digit()), "{} -> {}", text, said);
            }
        }

        #[test]
        fn amounts_are_said_as_wording_says_them(minor in 0_i64..100_000_000) {
            for (lang, code) in [(Lang::En, "USD"), (Lang::Zh, "CNY")] {
                let words = wording::money(Money::new(minor, code.parse().unwrap()), lang);
                proptest::prop_assert_eq!(spoken(&words.written, lang), words.spoken);
            }
        }
    }
}
