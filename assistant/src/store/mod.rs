//! The one SQLite file in which everything is kept: payments, their history and postings, notices, conversations.
//! It must never lose what it has reported as written, change what was posted, or decide anything about a payment.
//!
//! In reading order: [`schema`] has the tables, [`opening`] opens or makes the file, [`key`] and [`keyring`] find its key
//! and [`sealing`] encrypts it, [`custody`] and [`export`] are what its owner does with the whole, [`writer`] is the one
//! place that writes (several writes that come at once share one commit), [`owners`] tells living processes from dead
//! ones for the leases, [`rows`] maps records to rows, and [`ledger_store`], [`books`], [`conversations`], [`outbox`],
//! [`history`], [`exchanges`] and [`voiceprints`] are what it keeps, and for how long [`retention`]. [`audit`] seals what happened, and
//! [`audit_proof`] proves it.

mod audit;
mod audit_proof;
mod books;
mod conversations;
mod custody;
mod deliveries;
mod exchanges;
mod export;
mod failure;
mod history;
mod key;
mod keyring;
mod ledger_store;
mod opening;
mod outbox;
mod owners;
mod reader;
mod retention;
mod rows;
mod schema;
mod sealing;
mod seen;
mod spending;
mod standing;
mod told;
mod voiceprints;
mod ways_to_pay;
mod webhook_events;
mod writer;

pub use audit::AuditHead;
pub use audit_proof::AuditReport;
pub use history::PastPayments;
pub use key::{KeySource, StoreKey};
pub use opening::{Looks, Store};
pub use outbox::StoredNotice;
pub use seen::Seen;
pub use voiceprints::StoredVoiceprint;

pub use crate::payments::{StoreError, StoreErrorKind};
