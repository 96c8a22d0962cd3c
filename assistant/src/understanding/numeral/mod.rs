//! Numbers in words, digits and mixtures of both, English and Chinese, with every reading they allow.

mod chinese;
mod chinese_about;
mod chinese_row;
mod english;
mod english_parts;
mod side_by_side;

pub(crate) use english_parts::past_and;

use super::tokens::{Utterance, Written};
use rust_decimal::Decimal;

/// How a number was said, as far as it decides about what may follow.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Shape {
    /// One number in one token of digits.
    Digits(Written),
    /// A plain count in words or a mixture.
    Counted,
    /// Two digits in words that can stand for hundredths: `fifty`, `oh five`.
    TwoDigits,
    /// One digit in a word.
    OneDigit,
    /// A bare 十.
    BareTen,
    /// Digits one by one: `four two one five`.
    OneByOne,
}

/// A number found.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Numeral {
    /// One past its last token.
    pub after: usize,
    /// Its readings, the likeliest first; more than one if it is ambiguous, none if it is only vague ("several hundred").
    pub readings: Vec<Decimal>,
    /// True if it says only about how much (七八百, "a couple hundred").
    pub loose: bool,
    /// How it was said.
    pub shape: Shape,
    /// True if the decimal point was spoken or a scale follows it, so that `.5` can only be five tenths.
    pub tenths_meant: bool,
    /// True if it was said in Chinese.
    pub chinese: bool,
}

impl Numeral {
    /// The value, if there is one reading and nothing vague about it.
    pub fn clear(&self) -> Option<Decimal> {
        match self.readings.as_slice() {
            [one] if !self.loose => Some(*one),
            _ => None,
        }
    }

    /// The value as a count below `limit`.
    pub fn below(&self, limit: i64) -> Option<i64> {
        use rust_decimal::prelude::ToPrimitive as _;
        let value = self.clear().filter(Decimal::is_integer)?.to_i64()?;
        (0..limit).contains(&value).then_some(value)
    }

    /// The hundredths that this can be after a whole amount: two digits, or `oh five`.
    pub fn hundredths(&self) -> Option<i64> {
        let two = match self.shape {
            Shape::TwoDigits | Shape::BareTen => true,
            Shape::Digits(written) => written.length == 2 && written.decimals == 0,
            _ => false,
        };
        if two { self.below(100) } else { None }
    }

    /// The one digit that this is.
    pub fn digit(&self) -> Option<i64> {
        let one = match self.shape {
            Shape::OneDigit => true,
            Shape::Digits(written) => written.length == 1 && written.decimals == 0,
            _ => false,
        };
        if one { self.below(10) } else { None }
    }
}

/// The number that begins at token `at`: the longer of what English and Chinese make of it.
pub(crate) fn numeral_at(utterance: &Utterance, at: usize) -> Option<Numeral> {
    let english = english::numeral(utterance, at);
    let chinese = chinese::numeral(utterance, at);
    match (english, chinese) {
        (Some(english), Some(chinese)) => Some(if chinese.after > english.after { chinese } else { english }),
        (english, chinese) => english.or(chinese),
    }
}

/// The fraction said after a whole number in English: `and a half`, `and three quarters`, `½`. With the token after it.
pub(crate) fn fraction_at(utterance: &Utterance, at: usize) -> Option<(Decimal, usize)> {
    english_parts::fraction(utterance, at)
}

/// The digit that one Chinese character stands for, formal ones included.
pub(crate) fn chinese_digit(c: char) -> Option<i64> {
    chinese::digit(c)
}

/// True for the 俩 of 他们俩, which is no number.
pub(crate) fn is_both_of_them(utterance: &Utterance, at: usize) -> bool {
    chinese::is_both_of_them(utterance, at)
}

/// The value of an English word for a number below a hundred.
pub(crate) fn english_small(word: &str) -> Option<i64> {
    english::word_value(word)
}
