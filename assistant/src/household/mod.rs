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
    /// What tells them apart from others of the same name, in each language: `from work`, 同事. Empty where nothing has to.
    pub about: BTreeMap<Lang, String>,
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

    /// What tells them apart, in `lang` or another language.
    #[must_use]
    pub fn about(&self, lang: Lang) -> Option<&str> {
        self.about.get(&lang).or_else(|| self.about.values().next()).map(String::as_str)
    }

    /// Every way to call them by a name and what tells them apart, in each language: "Chen Wei from work", 同事陈伟.
    pub fn full_names(&self) -> impl Iterator<Item = (Lang, String)> {
        let names = self.names.iter().map(|(lang, name)| (*lang, name));
        let aliases = self.aliases.iter().flat_map(|(lang, names)| names.iter().map(|name| (*lang, name)));
        names.chain(aliases).filter_map(|(lang, name)| Some((lang, name, self.about.get(&lang)?))).flat_map(
            |(lang, name, about)| match lang {
                Lang::En => vec![(lang, format!("{name} {about}")), (lang, format!("{about} {name}"))],
                Lang::Zh => vec![(lang, format!("{about}{name}")), (lang, format!("{about}的{name}"))],
            },
        )
    }

    /// Where the payee is found, as one text: the same as long as no account changes.
    #[must_use]
    pub fn found_at(&self) -> String {
        let accounts = self.accounts.iter().flat_map(|(provider, terms)| {
            terms.iter().map(move |(term, value)| format!("{provider:?} {term:?} {value:?}"))
        });
        accounts.collect::<Vec<_>>().join("\n")
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

    /// How a payee is called where they must be told from all others: the name, with what tells them apart where
    /// somebody else has the same one: `Chen Wei (from work)`.
    #[must_use]
    pub fn title(&self, payee: &Payee, lang: Lang) -> String {
        let name = payee.name(lang);
        let same = |other: &&Payee| other.id != payee.id && other.name(lang).to_lowercase() == name.to_lowercase();
        match payee.about(lang).filter(|_| self.payees.iter().any(|other| same(&other))) {
            Some(about) if lang == Lang::Zh => format!("{name}（{about}）"),
            Some(about) => format!("{name} ({about})"),
            None => name.to_owned(),
        }
    }

    /// The bill due to this payee.
    #[must_use]
    pub fn bill(&self, payee: &str) -> Option<&Bill> {
        self.bills.iter().find(|bill| bill.payee == payee)
    }
}
