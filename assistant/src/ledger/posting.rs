//! Double entry: accounts, postings, and what stands in the books for one payment. Balanced by construction.

use super::step::LedgerError;
use sayso_plugin_interface::Money;
use serde::{Deserialize, Serialize};
use std::fmt;

/// Where money is.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Account {
    /// The household's own money, wherever the providers draw it from.
    Household,
    /// What is with a provider between the household and the payee; what it turns over is what its statement shows.
    Clearing {
        /// The provider's name in the configuration.
        provider: String,
    },
    /// What a payee was paid.
    Payee {
        /// The payee's id in the household.
        payee: String,
    },
}

impl fmt::Display for Account {
    /// The name in the store: `household:cash`, `clearing:stripe`, `payee:electricity`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Account::Household => f.write_str("household:cash"),
            Account::Clearing { provider } => write!(f, "clearing:{provider}"),
            Account::Payee { payee } => write!(f, "payee:{payee}"),
        }
    }
}

/// One line of an entry: what an account gains, or loses where negative.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Posting {
    /// Which account.
    pub account: Account,
    /// How much it gains.
    pub amount: Money,
}

/// What stands in the books for one payment. All amounts are of one currency, none is negative, and
/// `refunded <= captured` and `held + captured <= amount` always hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Books {
    /// What was agreed.
    pub amount: Money,
    /// What is reserved and not captured.
    pub held: Money,
    /// What went to the payee.
    pub captured: Money,
    /// What of it came back.
    pub refunded: Money,
}

impl Books {
    /// The books of a payment of `amount` of which nothing has moved.
    #[must_use]
    pub fn new(amount: Money) -> Self {
        let nothing = Money::new(0, amount.currency);
        Books { amount, held: nothing, captured: nothing, refunded: nothing }
    }

    /// What can still be given back.
    pub fn refundable(&self) -> Result<Money, LedgerError> {
        Ok(self.captured.checked_sub(self.refunded)?)
    }
}

/// One movement of an amount from an account to another: two postings that are each other's opposite.
pub(super) fn movement(from: Account, to: Account, amount: Money) -> Result<[Posting; 2], LedgerError> {
    let less = Money::new(0, amount.currency).checked_sub(amount)?;
    Ok([Posting { account: from, amount: less }, Posting { account: to, amount }])
}

/// True if the postings of one entry sum to nothing in each currency.
#[must_use]
pub fn balanced(postings: &[Posting]) -> bool {
    let mut currencies: Vec<_> = postings.iter().map(|posting| posting.amount.currency).collect();
    currencies.sort_unstable();
    currencies.dedup();
    currencies.into_iter().all(|currency| {
        let of_it = postings.iter().filter(|posting| posting.amount.currency == currency);
        of_it.map(|posting| i128::from(posting.amount.minor)).sum::<i128>() == 0
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use sayso_plugin_interface::Currency;

    #[test]
    fn an_entry_that_loses_a_cent_is_not_balanced() {
        let line = |minor| Posting { account: Account::Household, amount: Money::new(minor, Currency::USD) };
        assert!(balanced(&[line(-5), line(5)]));
        assert!(!balanced(&[line(-5), line(4)]));
        let yuan = Posting { account: Account::Household, amount: Money::new(5, Currency::CNY) };
        assert!(!balanced(&[line(-5), yuan]), "currencies never cancel each other");
    }

    proptest! {
        #[test]
        fn every_movement_balances(minor in i64::MIN + 1..=i64::MAX) {
            let to = Account::Payee { payee: "alice".into() };
            let lines = movement(Account::Household, to, Money::new(minor, Currency::EUR)).unwrap();
            prop_assert!(balanced(&lines));
        }
    }
}
