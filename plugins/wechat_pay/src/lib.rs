//! WeChat Pay, API v3: it translates Sayso's verbs to WeChat Pay's HTTP API and back.
//!
//! Like every plugin it does no I/O of its own. All that it remembers are the platform's certificates. In reading order:
//! - [`settings`]: its part of the configuration;
//! - [`wire`]: the API's JSON, and the tables that map its words to ours;
//! - [`keys`]: whose signatures count;
//! - [`client`]: a request that is signed, and an answer that is believed only if it is;
//! - [`provider`]: the verbs, [`contract`]: paying without a screen, [`webhook`]: which notifications are genuine.

pub mod client;
pub mod contract;
pub mod keys;
pub mod provider;
pub mod settings;
pub mod webhook;
pub mod wire;

pub use client::Client;
pub use provider::WechatPay;

sayso_plugin_sdk::export_provider!(WechatPay);
