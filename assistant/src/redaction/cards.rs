//! Card numbers: 13 to 19 digits with a right check digit (Luhn), however they are grouped and said; and those that were
//! misheard or mistyped, so that the check digit is wrong, where they are called so or look like one all the same.

use super::digits::{Piece, pieces};
use std::ops::Range;

/// What a card is called: words, and the last character of what it is called in Chinese.
const CALLED: [&str; 8] = ["card", "visa", "mastercard", "amex", "maestro", "discover", "unionpay", "卡"];
/// What may stand between that and the digits.
const BETWEEN: [&str; 24] = [
    "number", "numbers", "no", "is", "was", "s", "'", "’", "it", "the", "and", "with", "reads", "are", "of", "a", "=",
    ":", "：", "号", "码", "是", "为", "的",
];
/// How many pieces may stand between.
const BETWEEN_MAX: usize = 5;
/// From how many digits on what is called a card number is taken for one.
const CALLED_MIN: usize = 8;
/// From how many digits on what is said or written in groups is taken for one, whatever its check digit.
const GROUPED_MIN: usize = 15;
/// Of how many pieces it then is, at least.
const GROUPS_MIN: usize = 4;

/// `text` with every card number replaced by how long it is.
#[must_use]
pub fn hide_card_numbers(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = 0;
    for (place, length) in found(text) {
        out.push_str(text.get(rest..place.start).unwrap_or_default());
        out.push_str(&format!("[{length} digits]"));
        rest = place.end;
    }
    out.push_str(text.get(rest..).unwrap_or_default());
    out
}

/// True if a card number was said or typed.
#[must_use]
pub fn has_card_number(text: &str) -> bool {
    !found(text).is_empty()
}

/// Where card numbers stand, in order, with their lengths.
fn found(text: &str) -> Vec<(Range<usize>, usize)> {
    let pieces = pieces(text);
    let mut found = Vec::new();
    let mut at = 0;
    while at < pieces.len() {
        let run = pieces.get(at..).unwrap_or_default();
        let run = &run[..run.iter().take_while(|piece| piece.digits.is_some()).count()];
        // The whole run first: a part of it may have a right check digit by chance.
        match whole_run(run, is_called(pieces.get(..at).unwrap_or_default())) {
            Some(whole) => found.push(whole),
            None => found.extend(right_ones(run)),
        }
        at += run.len().max(1);
    }
    found
}

/// Those with a right check digit.
fn right_ones(run: &[Piece]) -> Vec<(Range<usize>, usize)> {
    let mut found = Vec::new();
    let mut at = 0;
    while let Some(rest) = run.get(at..).filter(|rest| !rest.is_empty()) {
        match longest(rest) {
            Some((pieces, length)) => {
                let ends = rest.first().zip(rest.get(pieces - 1));
                found.extend(ends.map(|(first, last)| (first.place.start..last.place.end, length)));
                at += pieces;
            }
            None => at += 1,
        }
    }
    found
}

/// The whole run, where it has to be a card number however it came out: it is called so, or it has the length and the
/// beginning of one, or is read out in groups.
fn whole_run(run: &[Piece], called: bool) -> Option<(Range<usize>, usize)> {
    let digits: Vec<u8> = run.iter().filter_map(|piece| piece.digits.as_ref()).flatten().copied().collect();
    // Networks give out numbers that begin so; moments in milliseconds do not.
    let begins = matches!(digits.first(), Some(3..=6)) || matches!(digits.get(..2), Some([2, 2..=7]));
    let whole = matches!(digits.len(), 15 | 16) && begins;
    let grouped = digits.len() >= GROUPED_MIN && run.len() >= GROUPS_MIN && begins;
    let is_one = called && digits.len() >= CALLED_MIN || whole || grouped;
    let (first, last) = run.first().zip(run.last()).filter(|_| is_one && digits.iter().any(|digit| *digit != 0))?;
    Some((first.place.start..last.place.end, digits.len()))
}

/// True if what stands before digits calls them a card number.
fn is_called(before: &[Piece]) -> bool {
    let mut words = before.iter().rev().map(|piece| piece.word.as_str()).take(BETWEEN_MAX + 1);
    words.find(|word| !BETWEEN.contains(word)).is_some_and(|word| CALLED.contains(&word))
}

/// The longest card number that begins with the first of these pieces: how many pieces, and how many digits. What follows
/// it, such as a security code, is no part of it.
fn longest(run: &[Piece]) -> Option<(usize, usize)> {
    let mut digits: Vec<u8> = Vec::new();
    let mut best = None;
    for (index, piece) in run.iter().enumerate() {
        digits.extend(piece.digits.iter().flatten());
        if digits.len() > 19 {
            break;
        }
        if is_card(&digits) {
            best = Some((index + 1, digits.len()));
        }
    }
    best
}

fn is_card(digits: &[u8]) -> bool {
    (13..=19).contains(&digits.len()) && luhn(digits)
}

fn luhn(digits: &[u8]) -> bool {
    let doubled = |digit: u8| if digit > 4 { 2 * digit - 9 } else { 2 * digit };
    let weigh = |(place, digit): (usize, &u8)| u32::from(if place % 2 == 1 { doubled(*digit) } else { *digit });
    let sum: u32 = digits.iter().rev().enumerate().map(weigh).sum();
    digits.iter().any(|digit| *digit != 0) && sum.is_multiple_of(10)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Published test numbers of card networks; no account has them.
    const SAID: [&str; 14] = [
        "4111 1111 1111 1111",
        "4111-1111-1111-1111",
        "4242424242424242",
        "my card is 5500-0055-5555-5559, thanks",
        "four one one one one one one one one one one one one one one one",
        "forty-one eleven eleven eleven eleven eleven eleven eleven",
        "four triple one, double one double one, double one double one, double one double one",
        "forty-two forty-two forty-two forty-two forty-two forty-two forty-two forty-two",
        "卡号是四一一一一一一一一一一一一一一一",
        "四幺幺幺幺幺幺幺幺幺幺幺幺幺幺幺",
        "４１１１１１１１１１１１１１１１",
        "3782 822463 10005",
        "4111 1111 1111 1111 123",
        "pay 4111 1111 1111 1111, 12/29",
    ];

    #[test]
    fn card_numbers_are_found_and_hidden_however_they_are_said() {
        for text in SAID {
            assert!(has_card_number(text), "{text}");
            let hidden = hide_card_numbers(text);
            assert!(hidden.contains("digits]") && !has_card_number(&hidden), "{text}: {hidden}");
        }
        assert_eq!(hide_card_numbers("card 4111 1111 1111 1111 declined"), "card [16 digits] declined");
    }

    #[test]
    fn those_that_were_misheard_or_mistyped_are_hidden_too() {
        for (text, kept) in [
            ("My card number is 37822246310505.", "My card number is [14 digits]."),
            ("4111 1111 1111 1112", "[16 digits]"),
            ("pay with 4111111111111112", "pay with [16 digits]"),
            ("credit card: 4111 1111 11", "credit card: [10 digits]"),
            ("卡号是四二四二四二四二四二四二四二四", "卡号是[15 digits]"),
            ("我的银行卡号码为 622202123456789", "我的银行卡号码为 [15 digits]"),
            ("four two four two four two four two four two four two four two four two four", "[17 digits]"),
            ("my visa is four one one one, one one one one", "my visa is [8 digits]"),
        ] {
            assert_eq!(hide_card_numbers(text), kept);
            assert!(has_card_number(text), "{text}");
        }
    }

    #[test]
    fn other_numbers_stay() {
        for text in [
            "pay 42.50",
            "my account is 4111111111112",
            "transaction 4200001234202511281234567890",
            "send the gift card 50 dollars",
            "my card expires in 2027, pay 1,000,000.00 dollars",
            "call 13800138000 about the card",
            "my phone is 13800138000",
            "0000000000000000",
            "三百二十块五",
            "at 1732300000000 ms",
            "1 2 3",
        ] {
            assert_eq!(hide_card_numbers(text), text);
            assert!(!has_card_number(text), "{text}");
        }
    }
}
