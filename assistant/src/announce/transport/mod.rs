//! The ways out: a signed webhook, ntfy-style push, e-mail and MQTT.

mod email;
mod mqtt;
mod web;

use super::message::Message;
use async_trait::async_trait;

pub use email::Email;
pub use mqtt::Mqtt;
pub use web::{Ntfy, Webhook};

/// A way out.
#[async_trait]
pub trait Transport: Send + Sync {
    /// Hands the message over. `Ok` means that the other side has taken it.
    async fn send(&self, message: &Message) -> Result<(), Refusal>;
}

/// Why a message was not taken.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{why}")]
pub struct Refusal {
    /// What happened, without a secret in it.
    pub why: String,
    /// False if the same message would be refused for ever.
    pub try_again: bool,
}

impl Refusal {
    /// It may go well another time.
    #[must_use]
    pub fn again(why: impl Into<String>) -> Self {
        Refusal { why: why.into(), try_again: true }
    }

    /// It will never go well.
    #[must_use]
    pub fn for_ever(why: impl Into<String>) -> Self {
        Refusal { why: why.into(), try_again: false }
    }
}
