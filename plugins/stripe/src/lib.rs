//! Stripe: Sayso's verbs as requests of its API, and its answers as outcomes. Stored cards are charged off-session; everything
//! else is handed to a phone through Checkout.
//!
//! It does no I/O of its own and keeps nothing between calls. In reading order:
//! - [`settings`]: its part of the configuration;
//! - [`tables`]: what each of Stripe's statuses, codes and currencies means;
//! - [`wire`]: Stripe's objects, and what each says of a payment;
//! - [`sale`]: what is sold, as the form of a PaymentIntent or of a Checkout Session;
//! - [`client`]: requests and answers, the search by our own reference, and the alarm when test and live are mixed up;
//! - [`handoff`]: from a card whose bank wants to see the person to a page on the phone;
//! - [`provider`]: the verbs; [`enrolment`]: cards that are stored; [`webhook`]: notifications.

pub mod client;
pub mod enrolment;
pub mod handoff;
pub mod provider;
pub mod sale;
pub mod settings;
pub mod tables;
pub mod webhook;
pub mod wire;

pub use client::Client;
pub use provider::Stripe;

sayso_plugin_sdk::export_provider!(Stripe);
