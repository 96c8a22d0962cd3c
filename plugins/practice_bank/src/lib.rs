//! The provider to practise on and to copy: it translates Sayso's verbs to the HTTP API of the practice bank and back.
//!
//! Like every plugin it does no I/O of its own and remembers nothing. In reading order:
//! - [`settings`]: its part of the configuration;
//! - [`wire`]: the bank's JSON, and the tables that map the bank's words to ours;
//! - [`provider`]: the verbs;
//! - [`webhook`]: which notifications are genuine.

pub mod provider;
pub mod settings;
pub mod webhook;
pub mod wire;

pub use provider::PracticeBank;

sayso_plugin_sdk::export_provider!(PracticeBank);
