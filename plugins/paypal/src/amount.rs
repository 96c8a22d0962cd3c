//! Money as PayPal writes it: a decimal text, without decimals for three currencies that have some elsewhere.

use sayso_plugin_sdk::{Currency, Money};
use serde::{Deserialize, Serialize};

/// The currencies that PayPal takes; the first is the one that most accounts have.
pub const CURRENCIES: &[&str] = &[
    "USD", "AUD", "BRL", "CAD", "CHF", "CNY", "CZK", "DKK", "EUR", "GBP", "HKD", "HUF", "ILS", "JPY", "MXN", "MYR",
    "NOK", "NZD", "PHP", "PLN", "SEK", "SGD", "THB", "TWD",
];

/// Currencies of which PayPal takes whole units only, though they have minor ones.
const WHOLE_ONLY: &[&str] = &["HUF", "TWD"];

/// `{"currency_code": "USD", "value": "42.50"}`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Amount {
    /// ISO 4217, in capitals.
    pub currency_code: String,
    /// A decimal number as text.
    pub value: String,
}

impl Amount {
    /// `None` if PayPal can't take this amount: another currency, or a part of a unit where it takes whole ones.
    #[must_use]
    pub fn of(money: Money) -> Option<Self> {
        let currency_code = money.currency.to_string();
        if !CURRENCIES.contains(&currency_code.as_str()) || money.minor <= 0 {
            return None;
        }
        let decimal = money.decimal();
        let value = if WHOLE_ONLY.contains(&currency_code.as_str()) {
            decimal.strip_suffix(".00")?.to_owned()
        } else {
            decimal
        };
        Some(Amount { currency_code, value })
    }

    /// The amount; `None` if it is not one.
    #[must_use]
    pub fn money(&self) -> Option<Money> {
        let currency: Currency = self.currency_code.parse().ok()?;
        Money::from_decimal(&self.value, currency).ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn money(minor: i64, currency: &str) -> Money {
        Money::new(minor, currency.parse().unwrap())
    }

    #[test]
    fn writes_what_paypal_takes() {
        let text = |minor, currency| Amount::of(money(minor, currency)).map(|amount| amount.value);
        assert_eq!(text(4250, "USD").as_deref(), Some("42.50"));
        assert_eq!(text(4250, "JPY").as_deref(), Some("4250"));
        assert_eq!(text(425_000, "HUF").as_deref(), Some("4250"));
        assert_eq!(
            (text(425_050, "HUF"), text(4250, "KWD"), text(0, "USD"), text(-1, "USD")),
            (None, None, None, None)
        );
    }

    #[test]
    fn reads_back_what_it_writes_and_no_nonsense() {
        for (minor, currency) in [(1, "USD"), (4250, "JPY"), (10_000, "TWD"), (99_999_999, "EUR")] {
            assert_eq!(Amount::of(money(minor, currency)).unwrap().money(), Some(money(minor, currency)));
        }
        for (currency_code, value) in [("USD", "1.001"), ("USD", ""), ("usd", "1.00"), ("USD", "1e3"), ("XXQ", "1")] {
            let amount = Amount { currency_code: currency_code.into(), value: value.into() };
            assert_eq!(amount.money(), None, "{amount:?}");
        }
    }
}
