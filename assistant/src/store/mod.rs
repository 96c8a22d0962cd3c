//! The one SQLite file in which everything is kept: payments, their history and postings, notices, conversations.
//! It must never lose what it has reported as written, change what was posted, or decide anything about a payment.
//!
//! In reading order: [`schema`] has the tables, [`opening`] opens or makes the file, [`writer`] is the one thread that
//! writes (several writes that come at once share one commit), [`owners`] tells living processes from dead ones for the
//! leases, [`rows`] maps records to rows, and [`ledger_store`], [`books`], [`conversations`], [`outbox`] and [`history`]
//! are what it keeps.

mod books;
mod conversations;
mod deliveries;
mod failure;
mod history;
mod ledger_store;
mod opening;
mod outbox;
mod owners;
mod reader;
mod rows;
mod schema;
mod standing;
mod webhook_events;
mod writer;

pub use history::PastPayments;
pub use opening::Store;
pub use outbox::StoredNotice;

pub use crate::payments::{StoreError, StoreErrorKind};
