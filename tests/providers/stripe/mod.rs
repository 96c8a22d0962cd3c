//! Stripe: what a household and its cards live through with a strict pretend Stripe. At its end money was taken once for each
//! payment, and never twice.

mod bank;
#[path = "../../../plugins/stripe/tests/document/mod.rs"]
mod document;
mod outside;
mod program;
mod stories;
mod strict;

pub use bank::{Bank, KEY, WEBHOOK_SECRET};
