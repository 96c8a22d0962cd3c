//! The providers that the configuration names, and what is refused before one of them is asked.

use super::error::PayError;
use super::exchanges::{ExchangeStore, Watched};
use super::keys::REFERENCE_LENGTH_MIN;
use crate::consent::limits::passed;
use sayso_plugin_interface::{Capabilities, Host, Money, PaymentProvider};
use std::collections::BTreeMap;
use std::sync::Arc;

/// One provider under the name by which the household knows it.
#[derive(Clone)]
pub struct Configured {
    /// Who moves the money: a plugin's client or a test double.
    pub provider: Arc<dyn PaymentProvider>,
    /// The hands that are lent to it, as a rule its own [`super::HttpGate`].
    pub host: Arc<dyn Host>,
    /// What it said of itself when it was added.
    pub capabilities: Capabilities,
    name: String,
    journal: Option<Arc<dyn ExchangeStore>>,
}

impl Configured {
    /// The same, with its hands watched for the payment of this reference.
    pub(super) fn about(&self, reference: &str) -> Configured {
        let mut watched = self.clone();
        if let Some(journal) = &self.journal {
            let (provider, reference) = (self.name.clone(), reference.to_owned());
            let (hands, journal) = (Arc::clone(&self.host), Arc::clone(journal));
            watched.host = Arc::new(Watched { provider, reference, hands, journal });
        }
        watched
    }

    /// The same with other hands, of which nothing is kept.
    pub(super) fn with_hands(&self, host: Arc<dyn Host>) -> Configured {
        Configured { host, journal: None, ..self.clone() }
    }
}

/// All providers of the configuration, by name (`stripe`, `wechat_pay`).
#[derive(Clone, Default)]
pub struct Providers {
    by_name: BTreeMap<String, Configured>,
    journal: Option<Arc<dyn ExchangeStore>>,
}

impl Providers {
    /// No provider at all.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// No provider yet; what is said to those that are added is kept in `journal`, redacted, for support.
    #[must_use]
    pub fn with_journal(journal: Arc<dyn ExchangeStore>) -> Self {
        Providers { journal: Some(journal), ..Self::default() }
    }

    /// Adds a provider under a name; one that was there under it gives way.
    pub fn add(&mut self, name: impl Into<String>, provider: Arc<dyn PaymentProvider>, host: Arc<dyn Host>) {
        let (capabilities, name, journal) = (provider.capabilities(), name.into(), self.journal.clone());
        self.by_name.insert(name.clone(), Configured { provider, host, capabilities, name, journal });
    }

    /// The provider of this name.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&Configured> {
        self.by_name.get(name)
    }

    /// All of them with their names, in order of name.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &Configured)> {
        self.by_name.iter().map(|(name, configured)| (name.as_str(), configured))
    }

    /// The provider of this name, if it offers a payment of `amount`.
    pub(super) fn offering(&self, name: &str, amount: Money) -> Result<&Configured, PayError> {
        let found = self.get(name).ok_or_else(|| PayError::UnknownProvider {
            name: name.to_owned(),
            known: self.by_name.keys().map(String::as_str).collect::<Vec<_>>().join(", "),
        })?;
        match refusal(&found.capabilities, amount) {
            Some(why) => Err(PayError::NotOffered { provider: name.to_owned(), why }),
            None => Ok(found),
        }
    }
}

/// Why a provider of these capabilities can't pay `amount`.
fn refusal(capabilities: &Capabilities, amount: Money) -> Option<String> {
    if !capabilities.currencies.is_empty() && !capabilities.currencies.contains(&amount.currency) {
        return Some(format!("it does not take {}", amount.currency));
    }
    if let Some(limit) = passed(&capabilities.limits, amount) {
        return Some(format!("{amount} is above its limit of {limit}"));
    }
    if capabilities.reference_length_max < REFERENCE_LENGTH_MIN {
        let length = capabilities.reference_length_max;
        return Some(format!("it takes references of {length} characters only, too few to tell payments apart"));
    }
    None
}
