//! Chinese digits in a row, and what a spoken point leads to: 三二零点五, 二零二四, 三点五万.

use super::chinese::{digit, is_bermuda, large, neighbours, unit};
use super::{Numeral, Shape};
use crate::understanding::tokens::Utterance;
use rust_decimal::Decimal;

/// Digits one by one, with a spoken point: 三二零点五, 二零二四, 三点五. `None` where it is another kind of number.
pub(super) fn row_of_digits(utterance: &Utterance, at: usize) -> Option<Numeral> {
    let mut here = at;
    let mut whole = String::new();
    if let Some(written) = utterance.written(at) {
        if written.decimals > 0 {
            return None;
        }
        whole = written.value.to_string();
        here += 1;
    } else {
        while let Some(digit) = digit(utterance.sign(here)).filter(|_| !begins_word(utterance, here)) {
            whole.push_str(&digit.to_string());
            here += 1;
        }
    }
    let before_point = here;
    let mut fraction = String::new();
    if utterance.sign(here) == '点' && !whole.is_empty() {
        (fraction, here) = digits_from(utterance, here + 1);
        if fraction.is_empty() || is_clock(utterance.sign(here)) {
            (here, fraction) = (before_point, String::new());
        }
    }
    let next = utterance.sign(here);
    let only_digits = fraction.is_empty();
    let counted = unit(next).is_some() || large(next).is_some();
    if only_digits && (whole.len() < 2 || counted || utterance.written(at).is_some() || vague_pair(utterance, at, here))
    {
        return None;
    }
    if whole.len() + fraction.len() > 26 {
        return None;
    }
    let decimals = u32::try_from(fraction.len()).ok()?;
    let mut value = Decimal::try_from_i128_with_scale(format!("{whole}{fraction}").parse().ok()?, decimals).ok()?;
    if !only_digits {
        while let Some(by) = unit(utterance.sign(here)).or_else(|| large(utterance.sign(here)))
            && !is_bermuda(utterance, here)
        {
            value = value.checked_mul(by)?;
            here += 1;
        }
    }
    let shape = match (only_digits, whole.len()) {
        (true, 2) => Shape::TwoDigits,
        (true, _) => Shape::OneByOne,
        (false, _) => Shape::Counted,
    };
    Some(Numeral { after: here, readings: vec![value], loose: false, shape, tenths_meant: true, chinese: true })
}

/// True for the 一 of 一共 and 一起, which ends a row of digits before it.
fn begins_word(utterance: &Utterance, at: usize) -> bool {
    utterance.sign(at) == '一' && matches!(utterance.sign(at + 1), '共' | '起' | '下' | '直' | '样' | '定')
}

/// The digits in a row from `at`, written or in characters, and the token after them.
pub(super) fn digits_from(utterance: &Utterance, at: usize) -> (String, usize) {
    let mut here = at;
    let mut digits = String::new();
    if let Some(written) = utterance.written(here).filter(|written| written.decimals == 0) {
        digits = format!("{:0>width$}", written.value, width = written.length);
        here += 1;
    }
    while let Some(digit) = digit(utterance.sign(here)) {
        digits.push_str(&digit.to_string());
        here += 1;
    }
    (digits, here)
}

/// True for what follows the minutes of a time of day.
pub(super) fn is_clock(c: char) -> bool {
    matches!(c, '十' | '分' | '刻' | '半' | '钟')
}

/// 七八 before a unit of money or at the end is seven or eight, not seventy-eight.
fn vague_pair(utterance: &Utterance, at: usize, after: usize) -> bool {
    let value = |at: usize| digit(utterance.sign(at)).map(Decimal::from);
    after == at + 2 && matches!((value(at), value(at + 1)), (Some(a), Some(b)) if neighbours(a, b))
}
