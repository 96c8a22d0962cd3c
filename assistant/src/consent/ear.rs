//! How surely a spoken yes has to be heard before it agrees: by a second listener, with enough voice in it, the surer the
//! more money moves. What is typed needs none of it.

use super::voice::Likeness;
use sayso_plugin_interface::Money;

/// The least voice that a yes has, in milliseconds.
const VOICED_LEAST_MS: u32 = 150;

/// How a second listener took what was said aloud.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ear {
    /// How likely it holds an answer that agrees, among all answers, strange words and silence, in thousandths; `None` if
    /// it was not asked or could not tell.
    pub yes_milli: Option<u16>,
    /// How much of the sound was voice, in milliseconds.
    pub voiced_ms: u32,
    /// How like the voice is to that of the person whose conversation it is; `None` where it was not asked for, or could not
    /// be told.
    pub likeness: Option<Likeness>,
}

impl Ear {
    /// True if this is a yes to moving `amount`.
    #[must_use]
    pub fn agrees_to(self, amount: Money) -> bool {
        self.voiced_ms >= VOICED_LEAST_MS && self.yes_milli.is_some_and(|milli| milli >= needed_milli(amount))
    }
}

/// How surely a yes has to be heard for `amount`, in thousandths: from 700 below twenty of the currency to 950 from two
/// thousand on.
#[must_use]
pub fn needed_milli(amount: Money) -> u16 {
    let unit = 10_i64.saturating_pow(amount.currency.exponent());
    match amount.minor.saturating_abs() / unit.max(1) {
        0..=19 => 700,
        20..=199 => 800,
        200..=1_999 => 900,
        _ => 950,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use sayso_plugin_interface::Currency;

    fn ear(yes_milli: Option<u16>, voiced_ms: u32) -> Ear {
        Ear { yes_milli, voiced_ms, likeness: None }
    }

    #[test]
    fn both_listeners_and_enough_voice_are_needed() {
        let five = Money::new(500, Currency::USD);
        assert!(ear(Some(720), 300).agrees_to(five));
        assert!(!ear(Some(690), 300).agrees_to(five));
        assert!(!ear(None, 300).agrees_to(five), "whoever was not asked has not agreed");
        assert!(!ear(Some(1000), 100).agrees_to(five), "a click is no yes");
        assert!(!ear(Some(720), 300).agrees_to(Money::new(500_000, Currency::USD)));
    }

    proptest! {
        /// What is sure enough for more is sure enough for less.
        #[test]
        fn more_money_never_needs_less(a in 0_i64..i64::MAX, b in 0_i64..i64::MAX, milli in 0_u16..=1000) {
            for currency in [Currency::USD, Currency::CNY, Currency::JPY] {
                let (less, more) = (Money::new(a.min(b), currency), Money::new(a.max(b), currency));
                prop_assert!(needed_milli(less) <= needed_milli(more));
                let ear = ear(Some(milli), 400);
                prop_assert!(!ear.agrees_to(more) || ear.agrees_to(less));
            }
        }
    }
}
