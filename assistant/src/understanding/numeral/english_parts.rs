//! What goes on an English number: spoken decimals, fractions, and the "and" with what hesitation puts around it.

use super::english::{Group, Look, oh, small, word_value};
use crate::understanding::tokens::Utterance;
use rust_decimal::{Decimal, dec};

/// The token after the "and" at `at`, with what a hesitating person says around it ("and uh", "and and"); `at` where there is none.
pub(crate) fn past_and(utterance: &Utterance, at: usize) -> usize {
    if utterance.word(at) != "and" {
        return at;
    }
    let mut here = at + 1;
    while matches!(utterance.word(here), "and" | "uh" | "um" | "er" | "erm" | "uhm") {
        here += 1;
    }
    here
}

/// True for the word by which decimals are led in: "point", and "dot" before a number.
pub(super) fn is_point(utterance: &Utterance, at: usize) -> bool {
    utterance.word(at) == "point" || utterance.word(at) == "dot" && small(utterance, at + 1).is_some()
}

/// Decimals that are spoken: `forty two point five oh`.
pub(super) fn point(utterance: &Utterance, whole: Group) -> Option<Group> {
    if !is_point(utterance, whole.after) || !whole.value.is_integer() {
        return Some(whole);
    }
    let mut at = whole.after + 1;
    let mut digits = String::new();
    while let Some(next) = small(utterance, at).or_else(|| oh(utterance, at)) {
        match next.look {
            Look::Zero => digits.push('0'),
            Look::Unit => digits.push_str(&next.value.to_string()),
            Look::Oh => digits.push_str(&format!("0{}", next.value)),
            Look::Two if digits.is_empty() => digits.push_str(&next.value.to_string()),
            Look::Digits(written) if written.decimals == 0 => {
                digits.push_str(&format!("{:0>width$}", next.value, width = written.length));
            }
            _ => break,
        }
        at = next.after;
    }
    if digits.is_empty() || digits.len() > 12 {
        return Some(whole);
    }
    let decimals = u32::try_from(digits.len()).ok()?;
    let fraction = Decimal::try_from_i128_with_scale(digits.parse().ok()?, decimals).ok()?;
    Some(Group { value: whole.value.checked_add(fraction)?, after: at, look: Look::Large, tenths: true })
}

/// `and a half`, `and three quarters`, `½`: the fraction and the token after it.
pub(super) fn fraction(utterance: &Utterance, at: usize) -> Option<(Decimal, usize)> {
    match utterance.sign(at) {
        '½' => return Some((dec!(0.5), at + 1)),
        '¼' => return Some((dec!(0.25), at + 1)),
        '¾' => return Some((dec!(0.75), at + 1)),
        _ => {}
    }
    if let Some(found) = written_fraction(utterance, at) {
        return Some(found);
    }
    if utterance.word(at) != "and" {
        return None;
    }
    let (times, part) = match utterance.word(at + 1) {
        "a" | "an" | "one" => (Decimal::ONE, at + 2),
        "three" | "3" => (dec!(3), at + 2),
        "half" | "quarter" => (Decimal::ONE, at + 1),
        _ => return None,
    };
    match utterance.word(part) {
        "half" if times == Decimal::ONE => Some((dec!(0.5), part + 1)),
        "quarter" | "quarters" => Some((times * dec!(0.25), part + 1)),
        _ => None,
    }
}

/// `1/2` and `3/4`, as they are written behind a whole number.
fn written_fraction(utterance: &Utterance, at: usize) -> Option<(Decimal, usize)> {
    let bar = utterance.sign(at + 1) == '/' && utterance.glued(at + 1) && utterance.glued(at + 2);
    let value = match (utterance.word(at), utterance.word(at + 2)) {
        ("1", "2") => dec!(0.5),
        ("1", "4") => dec!(0.25),
        ("3", "4") => dec!(0.75),
        _ => return None,
    };
    (bar && utterance.sign(at + 3) != '/').then_some((value, at + 3))
}

/// "two dozen", "half a dozen": how many, and the token after it.
pub(super) fn dozens(utterance: &Utterance, at: usize) -> Option<(Decimal, usize)> {
    if (utterance.word(at), utterance.word(at + 1), utterance.word(at + 2)) == ("half", "a", "dozen") {
        return Some((dec!(6), at + 3));
    }
    let count = word_value(utterance.word(at)).filter(|_| utterance.word(at + 1) == "dozen")?;
    Some((dec!(12).checked_mul(Decimal::from(count))?, at + 2))
}
