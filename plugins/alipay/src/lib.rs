//! Alipay (Zhifubao) for Sayso: a code to scan or a link for the phone, deductions without a screen by an agreement, refunds
//! and notifications, through the OpenAPI gateway with RSA2 signatures.
//!
//! It must never take an answer that Alipay did not sign for one, or a payment for done that Alipay does not call paid. In
//! reading order:
//! - [`settings`]: whose app, whose keys, and how people pay;
//! - [`gateway`]: one exchange, signed both ways;
//! - [`wire`]: trades, refunds and agreements, and the tables that map their words to ours;
//! - [`provider`]: the verbs;
//! - [`agreement`]: paying without a screen;
//! - [`webhook`]: which notifications are genuine, and what they tell.

pub mod agreement;
pub mod gateway;
pub mod provider;
pub mod settings;
pub mod webhook;
pub mod wire;

pub use provider::{Alipay, Merchant};

sayso_plugin_sdk::export_provider!(Alipay);
