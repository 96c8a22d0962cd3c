//! Which money moves: none, a provider's own test money, or real money.

use serde::Deserialize;

/// `environment`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Environment {
    /// A bank on this machine stands in; nothing leaves it.
    #[default]
    Practice,
    /// The providers' own test systems: no real money.
    Test,
    /// Real money.
    Live,
}

impl Environment {
    /// The word in the configuration.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Environment::Practice => "practice",
            Environment::Test => "test",
            Environment::Live => "live",
        }
    }
}
