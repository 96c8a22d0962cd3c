//! Payments, ledger and store together: what they promise, with a provider that misbehaves, stores that fail, processes
//! that are killed, and two processes on one file. Everything is on this machine: loopback and temporary folders only.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::print_stdout)]

mod announce;
mod bank;
mod books;
mod dry_run;
mod expired;
mod gate;
#[path = "../hands/mod.rs"]
mod hands;
mod http_bank;
mod kill;
mod limits;
mod news;
mod outcomes;
mod recovery;
mod refunds;
mod reserved;
mod standing;
mod store;
mod two_on_one;
mod ways;
mod webhooks;
mod world;
