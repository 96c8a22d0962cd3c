//! Texts as rows of units (English: words; Mandarin: characters) that can be compared fairly: numbers as they are spoken,
//! traditional characters as simplified ones, without punctuation and capitals.

use crate::lang::Lang;
use crate::understanding::simplified;
use crate::wording;

/// Units in what was said, and how many of them are wrong, missing or too many in what was heard.
#[must_use]
pub fn errors(lang: Lang, said: &str, heard: &str) -> (usize, usize) {
    let (said, heard) = (units(lang, said), units(lang, heard));
    (said.len(), distance(&said, &heard))
}

/// A text as units. `$42.50` and "forty-two dollars and fifty cents" are the same, and so are 23000元 and 两万三千块钱.
fn units(lang: Lang, text: &str) -> Vec<String> {
    let plain: String = text.chars().map(simplified).collect();
    let spelled = spell_numbers(lang, &plain);
    match lang {
        Lang::En => english_words(&spelled),
        Lang::Zh => chinese_characters(&spelled),
    }
}

fn english_words(text: &str) -> Vec<String> {
    let plain: String = text.chars().map(|c| if c.is_alphanumeric() || c == '\'' { c } else { ' ' }).collect();
    let words = plain.split_whitespace().map(|word| match word {
        "okay" => "ok",
        "dollar" => "dollars",
        "cent" => "cents",
        other => other,
    });
    // "three hundred fifteen" and "three fifteen" are "three hundred and fifteen".
    let mut units: Vec<String> = Vec::new();
    for word in words {
        if units.last().is_some_and(|last| is_one_of(last, 1..10)) && (is_one_of(word, 10..20) || is_tens(word)) {
            units.push("hundred".to_owned());
        }
        let joined = word != "and" && units.last().is_some_and(|last| last == "and");
        let number =
            |word: &str| matches!(word, "hundred" | "thousand" | "million") || is_one_of(word, 0..20) || is_tens(word);
        let before = units.len().checked_sub(2).and_then(|at| units.get(at));
        if joined && number(word) && before.is_some_and(|word| number(word)) {
            units.pop();
        }
        units.push(word.to_owned());
    }
    units
}

fn is_one_of(word: &str, mut numbers: impl Iterator<Item = u32>) -> bool {
    numbers.any(|number| wording::number(number.into(), Lang::En).spoken == word)
}

fn is_tens(word: &str) -> bool {
    is_one_of(word, (20..100).step_by(10))
}

fn chinese_characters(text: &str) -> Vec<String> {
    let plain: String = text.chars().filter(|c| c.is_alphanumeric()).collect();
    // Two ways to say two, money's everyday and formal words, and what may be left away at the end of a number.
    let plain = plain.replace('两', "二").replace("块钱", "元").replace("人民币", "").replace('块', "元");
    let plain = plain.replace('毛', "角").replace("一十", "十");
    let mut units: Vec<String> = Vec::new();
    let mut letters = String::new();
    let chars: Vec<char> = plain.chars().collect();
    for (at, c) in chars.iter().enumerate() {
        if c.is_ascii_alphanumeric() {
            letters.push(*c);
            continue;
        }
        units.extend((!letters.is_empty()).then(|| std::mem::take(&mut letters)));
        units.push(c.to_string());
        let before = at.checked_sub(1).and_then(|at| chars.get(at));
        let ends = !chars.get(at + 1).is_some_and(|next| "一二三四五六七八九十百千万亿零".contains(*next));
        if "一二三四五六七八九".contains(*c) && ends {
            // 一百二 is 一百二十, 三千五 is 三千五百, 十块五 is 十块五角.
            let left_away = match before {
                Some('百') => Some("十"),
                Some('千') => Some("百"),
                Some('万') => Some("千"),
                Some('元') if chars.get(at + 1) != Some(&'角') => Some("角"),
                _ => None,
            };
            units.extend(left_away.map(str::to_owned));
        }
    }
    units.extend((!letters.is_empty()).then_some(letters));
    units
}

/// Replaces digits by words, with the currency's words where there is a sign.
fn spell_numbers(lang: Lang, text: &str) -> String {
    let chars: Vec<char> = text.chars().collect();
    let (mut out, mut at) = (String::new(), 0);
    while let Some(c) = chars.get(at) {
        let sign = matches!(c, '$' | '¥' | '€' | '£').then_some(*c);
        let mut start = at + usize::from(sign.is_some());
        while sign.is_some() && chars.get(start) == Some(&' ') {
            start += 1;
        }
        let is_part = |n: usize| {
            let next_is_digit = chars.get(n + 1).is_some_and(char::is_ascii_digit);
            chars.get(n).is_some_and(|c| c.is_ascii_digit() || (matches!(c, '.' | ',') && n > start && next_is_digit))
        };
        let end = (start..).find(|n| !is_part(*n)).unwrap_or(start);
        if end == start {
            out.push(*c);
            at += 1;
            continue;
        }
        let number: String = chars.get(start..end).unwrap_or_default().iter().filter(|c| **c != ',').collect();
        let yuan = (lang == Lang::Zh && sign.is_none())
            .then(|| chars.get(end..).unwrap_or_default().iter().collect::<String>())
            .filter(|rest| number.contains('.') && (rest.starts_with('元') || rest.starts_with('块')));
        out.push_str(&spell(lang, &number, if yuan.is_some() { Some('¥') } else { sign }));
        at = end + usize::from(yuan.is_some());
    }
    out
}

fn spell(lang: Lang, number: &str, sign: Option<char>) -> String {
    let (whole, fraction) = number.split_once('.').unwrap_or((number, ""));
    let said = |digits: &str| match digits.parse::<u64>() {
        Ok(value) => wording::number(value.into(), lang).spoken,
        Err(_) => wording::digits(digits, lang).spoken,
    };
    let (unit, part) = match sign {
        Some('$') => (" dollars ", "cents"),
        Some('€') => (" euros ", "cents"),
        Some('£') => (" pounds ", "pence"),
        Some('¥') => (" yuan ", "fen"),
        _ => ("", ""),
    };
    match (lang, sign) {
        (Lang::En, Some(_)) if fraction.trim_matches('0').is_empty() => format!(" {}{unit}", said(whole)),
        (Lang::En, Some(_)) => format!(" {}{unit}and {} {part} ", said(whole), said(fraction)),
        (Lang::En, None) if fraction.is_empty() => format!(" {} ", said(whole)),
        (Lang::En, None) => format!(" {} point {} ", said(whole), wording::digits(fraction, lang).spoken),
        (Lang::Zh, Some('¥')) => {
            let mut parts = fraction.chars().chain(['0', '0']).zip(["角", "分"]).filter(|(digit, _)| *digit != '0');
            let small: String = parts.by_ref().map(|(digit, unit)| said(&digit.to_string()) + unit).collect();
            format!("{}元{small}", said(whole))
        }
        (Lang::Zh, _) => {
            let digits = wording::digits(fraction, lang).spoken;
            said(whole) + if digits.is_empty() { "" } else { "点" } + digits.as_str()
        }
    }
}

/// Insertions, deletions and replacements between two rows of units.
fn distance(a: &[String], b: &[String]) -> usize {
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.iter().enumerate() {
        let mut next = vec![i + 1];
        for (j, y) in b.iter().enumerate() {
            let at = |n: usize| row.get(n).copied().unwrap_or(usize::MAX - 1);
            let replaced = at(j) + usize::from(x != y);
            let left = next.last().copied().unwrap_or(usize::MAX - 1);
            next.push(replaced.min(at(j + 1) + 1).min(left + 1));
        }
        row = next;
    }
    row.last().copied().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn the_same_words_in_other_writing_are_no_errors() {
        for (lang, said, heard) in [
            (Lang::En, "Forty-two dollars and fifty cents.", "$42.50"),
            (Lang::En, "Three hundred and fifteen dollars.", "three hundred fifteen dollars"),
            (Lang::En, "Two thousand and fifty dollars", "$2,050."),
            (Lang::En, "One fifty.", "150"),
            (Lang::En, "Okay, pay the water bill!", "ok pay the water bill"),
            (Lang::Zh, "三百二十块五。", "320块5"),
            (Lang::Zh, "三百二十块五。", "320.5元"),
            (Lang::Zh, "两万三千元。", "23000元"),
            (Lang::Zh, "一百二。", "120"),
            (Lang::Zh, "给张伟转五十块钱。", "給張偉轉50塊錢"),
            (Lang::Zh, "十二块", "12元"),
        ] {
            assert_eq!(
                errors(lang, said, heard).1,
                0,
                "{said} / {heard}: {:?} {:?}",
                units(lang, said),
                units(lang, heard)
            );
        }
    }

    #[test]
    fn other_words_are_errors() {
        for (lang, said, heard, wrong) in [
            (Lang::En, "Pay Alice fifty dollars", "Pay Ellis $15", 2),
            (Lang::En, "yes", "", 1),
            (Lang::En, "yes", "yes please", 1),
            (Lang::Zh, "我要交电费", "我要交店费", 1),
            (Lang::Zh, "十四", "四十", 2),
            (Lang::Zh, "一百零二", "一百二", 2),
        ] {
            assert_eq!(errors(lang, said, heard).1, wrong, "{said} / {heard}: {:?}", units(lang, heard));
        }
    }

    proptest! {
        /// Nothing is nearer to a text than itself, and the distance is never more than the longer text.
        #[test]
        fn distances_hold_their_bounds(a in "[a-z0-9 .$一二三百元]{0,30}", b in "[a-z0-9 .$一二三百元]{0,30}") {
            for lang in Lang::ALL {
                prop_assert_eq!(errors(lang, &a, &a).1, 0);
                let longest = units(lang, &a).len().max(units(lang, &b).len());
                prop_assert!(errors(lang, &a, &b).1 <= longest);
                prop_assert_eq!(errors(lang, &a, &b).1, errors(lang, &b, &a).1);
            }
        }
    }
}
