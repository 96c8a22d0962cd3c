//! The providers that the configuration names, and what is refused before one of them is asked.

use super::error::PayError;
use super::keys::REFERENCE_LENGTH_MIN;
use super::limits::passed;
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
}

/// All providers of the configuration, by name (`stripe`, `wechat_pay`).
#[derive(Clone, Default)]
pub struct Providers {
    by_name: BTreeMap<String, Configured>,
}

impl Providers {
    /// No provider at all.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a provider under a name; one that was there under it gives way.
    pub fn add(&mut self, name: impl Into<String>, provider: Arc<dyn PaymentProvider>, host: Arc<dyn Host>) {
        let capabilities = provider.capabilities();
        self.by_name.insert(name.into(), Configured { provider, host, capabilities });
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
