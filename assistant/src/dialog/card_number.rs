//! Finds a card number in what was said, so that it can be thrown away: 13 to 19 digits with a right check digit (Luhn).

/// Number words that speak one digit each.
const DIGIT_WORDS: &[(&str, char)] = &[
    ("zero", '0'),
    ("oh", '0'),
    ("one", '1'),
    ("two", '2'),
    ("three", '3'),
    ("four", '4'),
    ("five", '5'),
    ("six", '6'),
    ("seven", '7'),
    ("eight", '8'),
    ("nine", '9'),
];
const DIGIT_CHARACTERS: &str = "零一二三四五六七八九";

/// True if a card number was said or typed, in digits or digit by digit.
#[must_use]
pub fn spoken(text: &str) -> bool {
    let mut run: Vec<u8> = Vec::new();
    for token in tokens(text) {
        match token {
            Some(digits) => run.extend(digits),
            None if is_card(&run) => return true,
            None => run.clear(),
        }
    }
    is_card(&run)
}

/// The digits that were said or typed, one after the other; empty if there is something else in the text that could be
/// meant.
#[must_use]
pub fn digits(text: &str) -> String {
    let found: Option<Vec<Vec<u8>>> = tokens(text).into_iter().collect();
    found.unwrap_or_default().into_iter().flatten().map(|digit| char::from(b'0' + digit.min(9))).collect()
}

/// The text as digits; `None` for what can't stand within a number.
fn tokens(text: &str) -> Vec<Option<Vec<u8>>> {
    let mut found = Vec::new();
    let mut word = String::new();
    for c in text.chars().chain([' ']) {
        if c.is_ascii_alphabetic() {
            word.push(c.to_ascii_lowercase());
            continue;
        }
        if !word.is_empty() {
            let digit = DIGIT_WORDS.iter().find(|(known, _)| *known == word).map(|(_, digit)| *digit);
            found.push(digit.and_then(|digit| digit.to_digit(10)).and_then(|d| u8::try_from(d).ok()).map(|d| vec![d]));
            word.clear();
        }
        let full_width = u32::from(c).checked_sub(0xFF10).filter(|d| *d < 10);
        let spoken = DIGIT_CHARACTERS.chars().position(|known| known == c).and_then(|d| u32::try_from(d).ok());
        let digit = c.to_digit(10).or(full_width).or(spoken).or((c == '幺').then_some(1));
        match digit.and_then(|digit| u8::try_from(digit).ok()) {
            Some(digit) => found.push(Some(vec![digit])),
            None if c.is_whitespace() || matches!(c, '-' | ',' | '.' | '，' | '、' | '。') => {}
            None => found.push(None),
        }
    }
    found
}

fn is_card(digits: &[u8]) -> bool {
    (13..=19).contains(&digits.len()) && luhn(digits)
}

fn luhn(digits: &[u8]) -> bool {
    let doubled = |digit: u8| if digit > 4 { 2 * digit - 9 } else { 2 * digit };
    let sum: u32 =
        digits.iter().rev().enumerate().map(|(i, d)| u32::from(if i % 2 == 1 { doubled(*d) } else { *d })).sum();
    digits.iter().any(|digit| *digit != 0) && sum.is_multiple_of(10)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_card_numbers_however_they_are_said() {
        for text in [
            "4111 1111 1111 1111",
            "my card is 5500-0055-5555-5559, thanks",
            "four one one one one one one one one one one one one one one one",
            "卡号是四一一一一一一一一一一一一一一一",
            "４１１１１１１１１１１１１１１１",
            "3782 822463 10005",
        ] {
            assert!(spoken(text), "{text}");
        }
    }

    #[test]
    fn leaves_other_numbers_alone() {
        for text in ["pay 42.50", "4111 1111 1111 1112", "my phone is 13800138000", "0000000000000000", "三百二十块五"]
        {
            assert!(!spoken(text), "{text}");
        }
    }
}
