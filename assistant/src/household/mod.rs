//! Whom a household pays, what they are called in both languages, and which bills are due: plain data, no I/O, no clock.

use crate::lang::Lang;
use jiff::civil::Date;
use sayso_plugin_interface::{Currency, Money};
use std::collections::BTreeMap;

/// What kind of payee somebody is; flows can ask for one kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum PayeeKind {
    /// A company that sends bills: electricity, rent.
    Biller,
    /// A person to whom money is sent.
    Person,
}

/// Somebody who can be paid.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Payee {
    /// The stable id, e.g. `electricity` or `alice`.
    pub id: String,
    /// Biller or person.
    pub kind: PayeeKind,
    /// The name to say and show in each language; at least one.
    pub names: BTreeMap<Lang, String>,
    /// Other names by which a person may call them, in each language (电费, "power bill").
    pub aliases: BTreeMap<Lang, Vec<String>>,
    /// Where each provider finds them: provider name -> the provider's own terms.
    pub accounts: BTreeMap<String, BTreeMap<String, String>>,
}

impl Payee {
    /// The name to say in `lang`, or in another language where that one has none, or the id.
    #[must_use]
    pub fn name(&self, lang: Lang) -> &str {
        let any = self.names.get(&lang).or_else(|| self.names.values().next());
        any.unwrap_or(&self.id)
    }
}

/// A bill that waits to be paid.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bill {
    /// Whom it is from: the id of a payee.
    pub payee: String,
    /// How much is due.
    pub amount: Money,
    /// Until when.
    pub due: Option<Date>,
}

/// All that the household has told Sayso of whom it pays.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Household {
    /// The currency meant when none is said, for each language in which the person speaks.
    pub currencies: BTreeMap<Lang, Currency>,
    /// Everybody who can be paid.
    pub payees: Vec<Payee>,
    /// What is due.
    pub bills: Vec<Bill>,
    /// How to reach a person who helps, in words for each language; empty where nobody is named.
    pub contact: BTreeMap<Lang, String>,
}

impl Household {
    /// The payee with this id.
    #[must_use]
    pub fn payee(&self, id: &str) -> Option<&Payee> {
        self.payees.iter().find(|payee| payee.id == id)
    }

    /// The bill due to this payee.
    #[must_use]
    pub fn bill(&self, payee: &str) -> Option<&Bill> {
        self.bills.iter().find(|bill| bill.payee == payee)
    }
}
