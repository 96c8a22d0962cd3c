//! PayPal for Sayso: it translates Sayso's verbs to PayPal's REST API (Orders v2, Payments v2, Vault v3) and back.
//!
//! Like every plugin it does no I/O of its own. It remembers one thing between calls: the access token, which PayPal lends
//! for hours and does not like to be asked for at each payment. In reading order:
//! - [`settings`]: its part of the configuration;
//! - [`wire`]: PayPal's JSON, and what its statuses mean;
//! - [`api`]: the token, and one exchange: what its answers and errors mean, one table for all of them;
//! - [`provider`]: the verbs, [`vault`] those that store a way to pay;
//! - [`webhook`]: which notifications are genuine, and what they tell; [`certificate`]: the proof by PayPal's certificate.

pub mod api;
pub mod certificate;
pub mod provider;
pub mod settings;
pub mod vault;
pub mod webhook;
pub mod wire;

pub use provider::PayPal;

sayso_plugin_sdk::export_provider!(PayPal);
