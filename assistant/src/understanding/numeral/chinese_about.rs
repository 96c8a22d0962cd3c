//! Chinese numbers that say only about how much: 上百, 成千, 千把, 百八十.

use super::{Numeral, Shape};
use crate::understanding::tokens::Utterance;
use rust_decimal::{Decimal, dec};

/// 上百, 成千, 千把, 百来, 百十 before a unit of money: only about how much.
pub(super) fn about(utterance: &Utterance, at: usize) -> Option<Numeral> {
    let scale = |c: char| matches!(c, '百' | '千' | '万');
    let (first, next) = (utterance.sign(at), utterance.sign(at + 1));
    let before = at.checked_sub(1).map_or(' ', |before| utterance.sign(before));
    let many = matches!(first, '上' | '成') && scale(next) && !"马晚早以".contains(before);
    let some =
        scale(first) && (matches!(next, '把' | '来') || (first, next) == ('百', '十')) && !"几一".contains(before);
    if !(many || some) {
        return None;
    }
    let after = at + 2;
    let counts = is_money_unit(utterance.sign(after));
    counts.then(|| Numeral {
        after,
        readings: Vec::new(),
        loose: true,
        shape: Shape::Counted,
        tenths_meant: true,
        chinese: true,
    })
}

/// 百八十 and 千八百, which count nothing exactly.
pub(super) fn hints_at(utterance: &Utterance, at: usize, unit: Decimal) -> bool {
    let next = if unit == dec!(100) { '十' } else { '百' };
    unit > dec!(10) && utterance.sign(at + 1) == '八' && utterance.sign(at + 2) == next
}

/// True for what money is counted in.
pub(super) fn is_money_unit(c: char) -> bool {
    matches!(c, '块' | '元' | '圆' | '毛' | '角' | '分' | '刀' | '美' | '钱')
}
