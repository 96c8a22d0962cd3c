//! An amount of money: a whole number of minor units in one currency. No floating point, no silent overflow.

use crate::currency::{Currency, UnknownCurrency};
use serde::{Deserialize, Serialize};
use std::cmp::Ordering;
use std::fmt;
use std::str::FromStr;

/// An amount in minor units (cents, fen), e.g. 42.50 USD is `{ minor: 4250, currency: USD }`, on the wire too.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Money {
    /// Minor units of `currency`; may be negative in postings, never in a payment.
    pub minor: i64,
    /// The currency, which also says how many minor units make a major one.
    pub currency: Currency,
}

/// Why an amount could not be read or computed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum MoneyError {
    /// Two amounts of different currencies met.
    #[error("{0} and {1} are different currencies, and Sayso never converts")]
    DifferentCurrencies(Currency, Currency),
    /// The result does not fit.
    #[error("the amount is too large to compute with")]
    Overflow,
    /// Not of the form `42.50 USD`.
    #[error("`{0}` is not an amount: write digits, then the currency code, such as \"42.50 USD\"")]
    Malformed(String),
    /// More decimals than the currency has.
    #[error("`{text}` has more than the {allowed} decimals that {currency} has")]
    TooManyDecimals {
        /// What was read.
        text: String,
        /// The currency read.
        currency: Currency,
        /// How many decimals it has.
        allowed: u32,
    },
    /// The code is unknown.
    #[error(transparent)]
    UnknownCurrency(#[from] UnknownCurrency),
}

impl Money {
    /// `minor` units of `currency`.
    #[must_use]
    pub const fn new(minor: i64, currency: Currency) -> Self {
        Money { minor, currency }
    }

    /// The sum, when both have one currency and it fits.
    pub fn checked_add(self, other: Money) -> Result<Money, MoneyError> {
        self.same_currency(other)?;
        let minor = self.minor.checked_add(other.minor);
        Ok(Money::new(minor.ok_or(MoneyError::Overflow)?, self.currency))
    }

    /// The difference, when both have one currency and it fits.
    pub fn checked_sub(self, other: Money) -> Result<Money, MoneyError> {
        self.same_currency(other)?;
        let minor = self.minor.checked_sub(other.minor);
        Ok(Money::new(minor.ok_or(MoneyError::Overflow)?, self.currency))
    }

    /// The product with a whole number.
    pub fn checked_mul(self, times: i64) -> Result<Money, MoneyError> {
        let minor = self.minor.checked_mul(times);
        Ok(Money::new(minor.ok_or(MoneyError::Overflow)?, self.currency))
    }

    /// Which of two amounts of one currency is larger.
    pub fn checked_cmp(self, other: Money) -> Result<Ordering, MoneyError> {
        self.same_currency(other)?;
        Ok(self.minor.cmp(&other.minor))
    }

    /// The decimal digits without the code: `42.50`, `-0.05`, `1200` (for a currency without decimals).
    #[must_use]
    pub fn decimal(&self) -> String {
        let exponent = self.currency.exponent() as usize;
        let sign = if self.minor < 0 { "-" } else { "" };
        let digits = self.minor.unsigned_abs().to_string();
        if exponent == 0 {
            return format!("{sign}{digits}");
        }
        let padded = format!("{digits:0>width$}", width = exponent + 1);
        let (major, minor) = padded.split_at(padded.len() - exponent);
        format!("{sign}{major}.{minor}")
    }

    /// Reads plain decimal digits (`42.50`, `42`, `-0.05`) as an amount of `currency`.
    pub fn from_decimal(text: &str, currency: Currency) -> Result<Money, MoneyError> {
        let malformed = || MoneyError::Malformed(text.to_owned());
        let (negative, digits) = match text.strip_prefix('-') {
            Some(rest) => (true, rest),
            None => (false, text),
        };
        let (major, fraction) = match digits.split_once('.') {
            Some((_, "")) => return Err(malformed()),
            Some(parts) => parts,
            None => (digits, ""),
        };
        let all_digits = |s: &str| s.bytes().all(|b| b.is_ascii_digit());
        if major.is_empty() || !all_digits(major) || !all_digits(fraction) {
            return Err(malformed());
        }
        let exponent = currency.exponent() as usize;
        if fraction.len() > exponent {
            let allowed = currency.exponent();
            return Err(MoneyError::TooManyDecimals { text: text.to_owned(), currency, allowed });
        }
        let minor: i64 = format!("{major}{fraction:0<exponent$}").parse().map_err(|_| MoneyError::Overflow)?;
        Ok(Money::new(if negative { -minor } else { minor }, currency))
    }

    fn same_currency(self, other: Money) -> Result<(), MoneyError> {
        if self.currency == other.currency {
            Ok(())
        } else {
            Err(MoneyError::DifferentCurrencies(self.currency, other.currency))
        }
    }
}

impl fmt::Display for Money {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.decimal(), self.currency)
    }
}

impl FromStr for Money {
    type Err = MoneyError;
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let (digits, code) = text.trim().split_once(' ').ok_or_else(|| MoneyError::Malformed(text.to_owned()))?;
        Money::from_decimal(digits, code.trim().parse()?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn reads_and_writes_decimals() {
        for (text, minor) in
            [("42.50 USD", 4250), ("-0.05 EUR", -5), ("1200 JPY", 1200), ("0.001 KWD", 1), ("7 USD", 700)]
        {
            assert_eq!(text.parse::<Money>().map(|m| m.minor), Ok(minor), "{text}");
        }
        assert_eq!(Money::new(-5, Currency::EUR).to_string(), "-0.05 EUR");
    }

    #[test]
    fn refuses_what_is_not_an_amount() {
        for wrong in [
            "42.50",
            "USD 42",
            "42. USD",
            ".5 USD",
            "4,2 USD",
            "1e3 USD",
            "42.505 USD",
            "1.5 JPY",
            "--1 USD",
            "99999999999999999999 USD",
        ] {
            assert!(wrong.parse::<Money>().is_err(), "{wrong}");
        }
    }

    #[test]
    fn never_mixes_currencies() {
        let sum = Money::new(1, Currency::USD).checked_add(Money::new(1, Currency::CNY));
        assert_eq!(sum, Err(MoneyError::DifferentCurrencies(Currency::USD, Currency::CNY)));
    }

    proptest! {
        #[test]
        fn what_is_written_reads_back(minor in (i64::MIN + 1)..=i64::MAX, pick in 0..150_usize) {
            let all: Vec<_> = Currency::all().collect();
            let money = Money::new(minor, all[pick % all.len()]);
            prop_assert_eq!(money.to_string().parse::<Money>(), Ok(money));
        }

        #[test]
        fn sums_are_exact_or_refused(a in any::<i64>(), b in any::<i64>()) {
            let sum = Money::new(a, Currency::USD).checked_add(Money::new(b, Currency::USD));
            let exact = i128::from(a) + i128::from(b);
            prop_assert_eq!(sum.ok().map(|m| i128::from(m.minor)), i64::try_from(exact).ok().map(i128::from));
        }
    }
}
