//! What stands around the digits of an amount: a minus, a sign in the place of the point, a p that says nothing new.

use super::amount::{Head, Sight, meant};
use crate::understanding::tokens::{Kind, Utterance};
use rust_decimal::{Decimal, dec};
use sayso_plugin_interface::Currency;

/// `19€99`: the sign in the place of the point.
pub(super) fn around_sign(sight: &Sight<'_>, head: &Head<'_>) -> Option<(Decimal, usize, Vec<Option<Currency>>)> {
    let (utterance, at) = (sight.utterance, head.numeral.after);
    let whole = utterance.written(at.checked_sub(1)?).filter(|whole| whole.decimals == 0 && head.before.is_none())?;
    let cents = utterance.written(at + 1).filter(|cents| cents.length == 2 && cents.decimals == 0)?;
    // Of the others, such as the dollar's, the sign stands before: 2$50 may be two of fifty.
    let behind = matches!(utterance.sign(at), '€' | '₽' | '₴' | '₸' | '₫');
    let glued = behind && utterance.glued(at) && utterance.glued(at + 1);
    let unit = sight.units.before(utterance, at).filter(|unit| glued && unit.after == at + 1)?;
    let value = whole.value.checked_add(cents.value.checked_div(dec!(100))?)?;
    Some((value, at + 2, meant(sight, &unit)))
}

/// The p of £1.80p, which says nothing new.
pub(super) fn pennies_again(sight: &Sight<'_>, head: &Head<'_>) -> usize {
    let p = sight.utterance.word(head.numeral.after) == "p" && sight.utterance.glued(head.numeral.after);
    usize::from(p && head.before.is_some())
}

/// A minus in front, said or written, and the token after it.
pub(super) fn sign(utterance: &Utterance, at: usize) -> (bool, usize) {
    let word = matches!(utterance.word(at), "minus" | "negative") || utterance.sign(at) == '负';
    let behind_sign = at > 0 && utterance.kind(at - 1) == Some(Kind::Sign);
    let hyphen = utterance.sign(at) == '-' && (!utterance.glued(at) || behind_sign);
    let symbol = at == 0 && utterance.kind(at + 1) == Some(Kind::Sign) && utterance.glued(at + 2);
    let follows = utterance.glued(at + 1) || word || symbol;
    let of = usize::from(utterance.sign(at) == '负' && utterance.sign(at + 1) == '的');
    if (word || hyphen) && follows { (true, at + 1 + of) } else { (false, at) }
}
