//! The household's own limits. They can only refuse; nothing loosens them but the configuration.

use super::storage::SpendCap;
use sayso_plugin_interface::Money;

/// The window of the limit for a day, in milliseconds: the last 24 hours, so that midnight is no loophole.
pub const DAY_MS: i64 = 24 * 60 * 60 * 1000;

/// The most that may be paid; a currency without an entry has no limit.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Limits {
    /// The most for one payment, one entry for each currency.
    pub per_payment: Vec<Money>,
    /// The most for any 24 hours, one entry for each currency.
    pub per_day: Vec<Money>,
}

impl Limits {
    /// The limit that one payment of `amount` is above.
    #[must_use]
    pub fn passed_by(&self, amount: Money) -> Option<Money> {
        passed(&self.per_payment, amount)
    }

    /// The cap for the 24 hours before `now_ms`, for payments of the currency of `amount`.
    #[must_use]
    pub fn day_cap(&self, amount: Money, now_ms: i64) -> Option<SpendCap> {
        let of_currency = self.per_day.iter().filter(|limit| limit.currency == amount.currency);
        let max = of_currency.min_by_key(|limit| limit.minor)?;
        Some(SpendCap { since_ms: now_ms.saturating_sub(DAY_MS), max: *max })
    }
}

/// The first limit of the currency of `amount` that it is above.
#[must_use]
pub fn passed(limits: &[Money], amount: Money) -> Option<Money> {
    let above = |limit: &&Money| limit.currency == amount.currency && amount.minor > limit.minor;
    limits.iter().find(above).copied()
}

#[cfg(test)]
mod tests {
    use super::*;
    use sayso_plugin_interface::Currency;

    #[test]
    fn a_limit_is_the_most_that_passes_and_holds_for_its_currency_alone() {
        let limits = Limits { per_payment: vec![Money::new(100, Currency::USD)], per_day: Vec::new() };
        assert_eq!(limits.passed_by(Money::new(100, Currency::USD)), None);
        assert_eq!(limits.passed_by(Money::new(101, Currency::USD)), Some(Money::new(100, Currency::USD)));
        assert_eq!(limits.passed_by(Money::new(101, Currency::CNY)), None);
    }

    #[test]
    fn of_two_limits_for_a_day_the_lower_holds() {
        let per_day = vec![Money::new(500, Currency::USD), Money::new(300, Currency::USD)];
        let limits = Limits { per_payment: Vec::new(), per_day };
        let cap = limits.day_cap(Money::new(1, Currency::USD), DAY_MS + 5);
        assert_eq!(cap, Some(SpendCap { since_ms: 5, max: Money::new(300, Currency::USD) }));
        assert_eq!(limits.day_cap(Money::new(1, Currency::EUR), 0), None);
    }
}
