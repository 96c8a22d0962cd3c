//! Stripe: what a household and its cards live through with a strict pretend Stripe. At its end money was taken once for each
//! payment, and never twice.

mod bank;
mod outside;
mod program;
mod stories;

pub use bank::{Bank, KEY, WEBHOOK_SECRET};
