//! Numbers that are taken for each other: thirteen and thirty, 315 and 350, 十四 and 四十, 一百二 and 二百二.

use super::{Change, is_odd};
use crate::lang::Lang;
use crate::understanding::money::numeral_by_sound;
use crate::understanding::numeral::{english_small, numeral_at};
use crate::understanding::tokens::{Kind, Utterance};

/// Longer rows of digits are no amounts.
const DIGITS_MAX: usize = 7;

const TEENS: [(&str, &str); 7] = [
    ("thirteen", "thirty"),
    ("fourteen", "forty"),
    ("fifteen", "fifty"),
    ("sixteen", "sixty"),
    ("seventeen", "seventy"),
    ("eighteen", "eighty"),
    ("nineteen", "ninety"),
];

/// Numerals with those that sound like them.
const CHINESE: [(char, &str); 8] =
    [('一', "七二"), ('二', "一"), ('七', "一"), ('四', "十"), ('十', "四"), ('六', "九"), ('九', "六"), ('三', "四")];

/// Every single change of a number into one that sounds like it.
pub(super) fn changes(utterance: &Utterance, lang: Lang) -> Vec<Change> {
    let mut found = Vec::new();
    for at in 0..utterance.len() {
        let Some(token) = utterance.get(at) else { break };
        match token.kind {
            Kind::Word => {
                let unit_behind = english_small(utterance.word(at + 1)).is_some_and(|value| value < 10);
                let by = teens(&token.text).filter(|_| !unit_behind);
                found.extend(by.map(|by| Change { start: token.start, end: token.end, by: by.to_owned() }));
            }
            Kind::Digits => {
                let dollars = at > 0 && matches!(utterance.sign(at - 1), '$' | '€' | '£' | '¥');
                let written = utterance.slice(token.start, token.end);
                let others = digits(&written, lang, dollars);
                found.extend(others.into_iter().map(|by| Change { start: token.start, end: token.end, by }));
            }
            // "Thirty-three, thirty-three" is said of one price and of one number twice.
            Kind::Sign if utterance.sign(at) == ',' && at > 0 => {
                let before = english_small(utterance.word(at - 1)).is_some();
                let after = english_small(utterance.word(at + 1)).is_some_and(|value| (10..100).contains(&value));
                found.extend((before && after).then(|| Change {
                    start: token.start,
                    end: token.end,
                    by: String::new(),
                }));
            }
            Kind::Han | Kind::Sign => {}
        }
    }
    found.extend(chinese(utterance));
    found.extend(unit_between(utterance));
    found
}

/// What stands between two Chinese numerals and ends as 块 does, as that: 五派五 is 五块五.
fn unit_between(utterance: &Utterance) -> Vec<Change> {
    let numeral = |at: usize| numeral_by_sound(utterance, at).is_some();
    let literal = |at: usize| numeral_by_sound(utterance, at).is_some_and(|(_, literal)| literal);
    let alike = |at: &usize| {
        let sound = utterance.get(*at).and_then(|token| token.sound);
        !numeral(*at) && sound.is_some_and(|sound| sound.key().1.ends_with("ai"))
    };
    let between = (1..utterance.len()).filter(|at| alike(at) && literal(at - 1) && numeral(at + 1));
    let places = between.map(|at| utterance.place(at, at + 1));
    places
        .filter(|(start, end)| utterance.slice(*start, *end) != "块")
        .map(|(start, end)| Change { start, end, by: "块".to_owned() })
        .collect()
}

fn teens(word: &str) -> Option<&'static str> {
    TEENS.iter().find_map(|(teen, ty)| match word {
        _ if word == *teen => Some(*ty),
        _ if word == *ty => Some(*teen),
        _ => None,
    })
}

/// Numbers in digits that sound like this one, or that a recogniser writes for it.
fn digits(written: &str, lang: Lang, dollars: bool) -> Vec<String> {
    let (whole, fraction) = written.split_once('.').unwrap_or((written, ""));
    let grouped = whole.contains(',');
    let plain: Vec<char> = whole.chars().filter(char::is_ascii_digit).collect();
    let mut others = Vec::new();
    let length = plain.len();
    if length > DIGITS_MAX {
        return others;
    }
    let mut add = |digits: Vec<char>, fraction: &str| {
        let leads = digits.first().is_some_and(|first| *first != '0') || digits.len() == 1;
        if leads && !digits.is_empty() {
            let point = if fraction.is_empty() { "" } else { "." };
            others.push(grouped_as(&digits, grouped) + point + fraction);
        }
    };
    for at in 0..length.saturating_sub(1) {
        // The last two digits of each group of three are what is said as a teen or as tens.
        let (Some(tens), Some(ones)) = (plain.get(at), plain.get(at + 1)) else { break };
        if !(length - at - 2).is_multiple_of(3) {
            // 105 and 150, 1020 and 1200: a nought that moved.
            if (*tens == '0') != (*ones == '0') && at > 0 {
                add(swapped(&plain, at), fraction);
            }
            continue;
        }
        match (*tens, *ones) {
            ('1', '3'..='9') => add(replaced(&plain, at, [*ones, '0']), fraction),
            ('3'..='9', '0') => add(replaced(&plain, at, ['1', *tens]), fraction),
            _ => {}
        }
        if (*tens == '0') != (*ones == '0') && at > 0 {
            add(swapped(&plain, at), fraction);
        }
    }
    if lang == Lang::Zh && fraction.is_empty() {
        let alike = |c: char| CHINESE_DIGITS.iter().find(|(digit, _)| *digit == c).map(|(_, other)| *other);
        for (at, other) in plain.iter().enumerate().filter_map(|(at, c)| Some((at, alike(*c)?))) {
            let mut changed = plain.clone();
            changed.iter_mut().skip(at).take(1).for_each(|c| *c = other);
            add(changed, "");
        }
    }
    if dollars && fraction.len() == 1 {
        // "Five cents" and "fifty cents" are both written as .5.
        add(plain.clone(), &format!("0{fraction}"));
        add(plain.clone(), &format!("{fraction}0"));
    }
    others
}

const CHINESE_DIGITS: [(char, char); 5] = [('1', '7'), ('7', '1'), ('2', '1'), ('6', '9'), ('9', '6')];

fn swapped(digits: &[char], at: usize) -> Vec<char> {
    let mut changed = digits.to_vec();
    changed.swap(at, at + 1);
    changed
}

fn replaced(digits: &[char], at: usize, by: [char; 2]) -> Vec<char> {
    let mut changed = digits.to_vec();
    changed.iter_mut().skip(at).zip(by).for_each(|(digit, by)| *digit = by);
    changed
}

fn grouped_as(digits: &[char], grouped: bool) -> String {
    let mut text = String::new();
    for (at, digit) in digits.iter().enumerate() {
        if grouped && at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push(',');
        }
        text.push(*digit);
    }
    text
}

/// Chinese numbers: what sounds like numerals written as numerals, and each numeral as one that sounds like it.
fn chinese(utterance: &Utterance) -> Vec<Change> {
    let mut found = Vec::new();
    let mut at = 0;
    while at < utterance.len() {
        let length = (at..utterance.len()).take_while(|at| numeral_by_sound(utterance, *at).is_some()).count();
        let run: Vec<(char, bool)> = (at..at + length).filter_map(|at| numeral_by_sound(utterance, at)).collect();
        if run.iter().any(|(_, literal)| *literal) {
            changes_of_run(utterance, at, &run, &mut found);
        }
        at += length.max(1);
    }
    found
}

/// The changes of one stretch of characters that are numerals or sound like them.
fn changes_of_run(utterance: &Utterance, first: usize, run: &[(char, bool)], found: &mut Vec<Change>) {
    // What stands before the numeral and only sounds like one may be a word of its own.
    for skip in 0..run.len() {
        let part = run.get(skip..).unwrap_or_default();
        let mended: String = part.iter().map(|(c, _)| *c).collect();
        let (start, end) = utterance.place(first + skip, first + run.len());
        // What is said as amounts are is no row of digits.
        let odd = is_odd(&mended);
        let mut add = |text: String| {
            if is_number(&text) && (odd || !is_odd(&text)) {
                found.push(Change { start, end, by: text });
            }
        };
        if part.iter().any(|(_, literal)| !*literal) {
            add(mended.clone());
        }
        if part.first().is_some_and(|(_, literal)| *literal) {
            // The whole number begins here: its numerals one by one.
            let chars: Vec<char> = mended.chars().collect();
            for at in 0..chars.len() {
                if matches!((chars.get(at), chars.get(at + 1)), (Some('四'), Some('十')) | (Some('十'), Some('四')))
                {
                    add(swapped(&chars, at).into_iter().collect());
                }
                let alike = chars.get(at).and_then(|c| CHINESE.iter().find(|(numeral, _)| numeral == c));
                let alike = alike.map(|(_, others)| *others);
                // 一百零: whatever was said last was heard badly.
                let last = chars.get(at..).is_some_and(|rest| rest == ['零']).then_some("一二三四五六七八九");
                for other in last.or(alike).into_iter().flat_map(str::chars) {
                    let mut changed = chars.clone();
                    changed.iter_mut().skip(at).take(1).for_each(|c| *c = other);
                    add(changed.into_iter().collect());
                }
            }
            break;
        }
    }
}

/// True if all of the text is one number.
pub(super) fn is_number(text: &str) -> bool {
    let utterance = Utterance::new(text);
    numeral_at(&utterance, 0).is_some_and(|numeral| numeral.after == utterance.len() && !numeral.loose)
}
