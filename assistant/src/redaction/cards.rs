//! Card numbers: 13 to 19 digits with a right check digit (Luhn), however they are grouped and said.

use super::digits::{Piece, pieces};
use std::ops::Range;

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
    for run in pieces.split(|piece| piece.digits.is_none()) {
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
    }
    found
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
    fn other_numbers_stay() {
        for text in [
            "pay 42.50",
            "4111 1111 1111 1112",
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
