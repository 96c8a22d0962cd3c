//! What payments ask of a store: a few operations, each of which is committed to disk as a whole or refused as a whole.
//!
//! They are written so that a server's database can stand behind them too: nothing here is a transaction that stays open.

use super::instruments::InstrumentStore;
use super::news::ToldStore;
use super::record::{Filter, Payment, Refund};
use super::standing::{DueStep, StandingStore};
use super::webhooks::EventStore;
use crate::consent::{Earlier, Limits, Objection, Proposal, Spending};
use crate::ledger::{Event, PaymentId, PaymentStatus, Posting};
use async_trait::async_trait;
use sayso_plugin_interface::Money;
use serde_json::Value;
use std::sync::Arc;

/// A place that keeps payments. When a method returns `Ok`, what it wrote survives a loss of power.
#[async_trait]
pub trait PaymentStore: EventStore + StandingStore + ToldStore + InstrumentStore {
    /// The name of this installation: random, made once, never changed. It is part of every idempotency key.
    async fn installation(&self) -> Result<String, StoreError>;
    /// Commits a new payment with its first entries, its key and its lease; checks in the same transaction that the
    /// consent was never used and that the limits hold.
    async fn begin(&self, new: NewPayment) -> Result<(), BeginError>;
    /// Holds what would begin against what was paid before, and writes nothing.
    async fn check(&self, check: LimitCheck) -> Result<(), BeginError>;
    /// Commits one step: record, event, postings, notice, refund and key together. The record's `version` must be
    /// that of the store plus one, else [`StoreErrorKind::Stale`] and nothing is written.
    async fn write(&self, write: Write) -> Result<(), StoreError>;
    /// Takes the lease of a payment until `until_ms`, and reads it. `None` where there is no such payment, or where a
    /// living process (this one too) holds an unexpired lease.
    async fn claim(&self, id: &PaymentId, now_ms: i64, until_ms: i64) -> Result<Option<Payment>, StoreError>;
    /// Gives the lease of a payment back, if this process holds it.
    async fn release(&self, id: &PaymentId) -> Result<(), StoreError>;
    /// Reads one payment.
    async fn payment(&self, id: &PaymentId) -> Result<Option<Payment>, StoreError>;
    /// Reads payments, newest first.
    async fn payments(&self, filter: &Filter) -> Result<Vec<Payment>, StoreError>;
    /// Payments that are not at their end, or have an open refund, oldest first; with `due_ms` only those that are to
    /// be asked about by then.
    async fn open(&self, due_ms: Option<i64>) -> Result<Vec<PaymentId>, StoreError>;
    /// The refunds of a payment, by number.
    async fn refunds(&self, id: &PaymentId) -> Result<Vec<Refund>, StoreError>;
    /// Adds up all that was ever posted and compares it with the payments.
    async fn verify(&self) -> Result<BooksReport, StoreError>;
}

/// A payment that begins, with all that has to be committed before the provider hears of it.
#[derive(Clone, Debug)]
pub struct NewPayment {
    /// The record, at version 1.
    pub payment: Payment,
    /// What the person agreed to and in which words, as JSON: the evidence.
    pub evidence: Value,
    /// The due day for which it is; taken together with it, or neither.
    pub due: Option<DueStep>,
    /// What has happened so far, in order.
    pub entries: Vec<Entry>,
    /// What is told of it.
    pub notices: Vec<Notice>,
    /// What it is held against in the same transaction.
    pub check: LimitCheck,
    /// Until when this process alone acts on it, as Unix milliseconds.
    pub lease_until_ms: i64,
}

/// What a payment that begins is held against, with all that was paid before.
#[derive(Clone, Debug)]
pub struct LimitCheck {
    /// The household's limits.
    pub limits: Arc<Limits>,
    /// What was agreed to.
    pub proposal: Proposal,
    /// Equal payments of which the person was told before they agreed: their ids.
    pub told: Vec<String>,
    /// Now, as Unix milliseconds.
    pub now_ms: i64,
}

impl LimitCheck {
    /// Holds it against what was paid before. Whoever keeps payments calls this inside the transaction that begins one.
    pub fn run<S: Spending>(&self, spending: &S) -> Result<Result<(), BeginError>, S::Error> {
        let weighed = self.limits.weigh(&self.proposal, self.now_ms, spending)?;
        if let Some(objection) = weighed.objection {
            return Ok(Err(BeginError::Limited(objection)));
        }
        let untold = weighed.earlier.into_iter().find(|earlier| !self.told.contains(&earlier.payment));
        Ok(untold.map_or(Ok(()), |earlier| Err(BeginError::Repeated(earlier))))
    }
}

/// One line of the history of a payment, with its postings.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// What happened.
    pub event: Event,
    /// The status before.
    pub from: PaymentStatus,
    /// The status after.
    pub to: PaymentStatus,
    /// The double entry; empty where no money moves.
    pub postings: Vec<Posting>,
    /// Why, for the log and for a person who looks. Never a secret.
    pub detail: Option<String>,
    /// When, as Unix milliseconds.
    pub at_ms: i64,
}

/// One thing to tell the outside, kept until it was delivered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Notice {
    /// What it is about, e.g. `payment.succeeded`.
    pub topic: String,
    /// A [`super::PaymentView`] as JSON.
    pub payload: Value,
}

/// The key of one verb of one attempt; committed before it is used, and unique.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Key {
    /// `pay`, `advance`, `cancel` or `refund`.
    pub verb: &'static str,
    /// Which attempt, from 1.
    pub attempt: u32,
    /// The key.
    pub key: String,
}

/// One step of a payment that already exists.
#[derive(Clone, Debug)]
pub struct Write {
    /// The record after it; its version is that of the store plus one.
    pub payment: Payment,
    /// What happened; `None` where only the time of the next ask changes.
    pub entry: Option<Entry>,
    /// What is told of it.
    pub notice: Option<Notice>,
    /// A refund that begins or changes.
    pub refund: Option<Refund>,
    /// A key that is about to be used. Committing the same one again is not an error.
    pub key: Option<Key>,
    /// True if this process is done with the payment.
    pub release: bool,
}

/// Why a payment did not begin. Nothing was written.
#[derive(Debug, thiserror::Error)]
pub enum BeginError {
    /// This consent was paid before.
    #[error("what was agreed to here was paid already (payment {0})")]
    ConsentUsed(PaymentId),
    /// The household's limits forbid it.
    #[error("the limits of the household forbid it: {0}")]
    Limited(Objection),
    /// An equal payment was made a short time ago, of which the person was not told.
    #[error("the same was paid a short time ago (payment {})", .0.payment)]
    Repeated(Earlier),
    /// The due day is not the next one of an active order any more.
    #[error("this due day was taken already")]
    DueGone,
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// What is wrong with a store.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum StoreErrorKind {
    /// No room on the disk.
    Full,
    /// Another process holds it for too long.
    Locked,
    /// The file is damaged or is no store.
    Corrupt,
    /// There is a file already where one was to be made.
    Exists,
    /// Its key is missing, or is another one.
    Key,
    /// A newer Sayso wrote it.
    Newer,
    /// The file or its folder may not be read or written.
    Forbidden,
    /// Somebody else wrote the payment in between.
    Stale,
    /// Anything else.
    Other,
}

/// A store that failed: what, where, and how to mend it.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct StoreError {
    /// What is wrong.
    pub kind: StoreErrorKind,
    /// The whole sentence, with the file and a hint.
    pub message: String,
}

impl StoreError {
    /// An error of this kind with a whole sentence.
    #[must_use]
    pub fn new(kind: StoreErrorKind, message: impl Into<String>) -> Self {
        StoreError { kind, message: message.into() }
    }
}

/// What the books say when everything ever posted is added up.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct BooksReport {
    /// How many payments there are.
    pub payments: u64,
    /// How many lines were posted.
    pub postings: u64,
    /// What each account holds, in order of account and currency.
    pub balances: Vec<(String, Money)>,
    /// What does not add up, each as a sentence; empty where all is well.
    pub faults: Vec<String>,
}

impl BooksReport {
    /// True where all adds up.
    #[must_use]
    pub fn is_sound(&self) -> bool {
        self.faults.is_empty()
    }
}
