//! Whether the provider takes what the operator configured: asked without moving money.

use serde::{Deserialize, Serialize};

/// Ask the provider for something that needs the credentials and changes nothing.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct CheckRequest {}

/// Whether the provider takes the configured credentials.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "answer", rename_all = "snake_case")]
pub enum CredentialsAnswer {
    /// It does.
    Accepted {
        /// The account that they belong to, as an operator knows it; no secret.
        account: Option<String>,
        /// True if real money can move with them, where the provider says so.
        live: Option<bool>,
    },
    /// It does not.
    Refused {
        /// Which of them, and how to mend it, for the operator.
        reason: String,
    },
    /// The provider could not be asked.
    Unreachable {
        /// Why, for the log.
        reason: String,
    },
    /// The plugin has no way to ask.
    NotOffered,
}
