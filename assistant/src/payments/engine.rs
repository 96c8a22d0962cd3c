//! [`Payments`] itself: what it is made of, and how one answer becomes one committed step.

use super::error::PayError;
use super::keys::{Verb, idempotency_key};
use super::providers::{Configured, Providers};
use super::record::{Filter, Payment, PaymentView, Refund};
use super::settings::Settings;
use super::storage::{BooksReport, Entry, Key, Notice, PaymentStore, StoreError, StoreErrorKind, Write};
use super::surroundings::{Clock, Randomness, SystemClock, SystemRandom};
use super::verdict::{Verdict, contradicts, deadline_ms};
use crate::ledger::{self, Event, LedgerError, PaymentId, PaymentStatus, Standing};
use crate::redaction::hide;
use futures_util::FutureExt as _;
use sayso_plugin_interface::Currency;
use std::collections::BTreeMap;
use std::future::Future;
use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::Duration;

/// Where the program is within a payment; told to the observer, so that a test can end it between any two steps.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Step {
    /// All that can be checked was checked; nothing is written.
    Checked,
    /// The payment, its key and `dispatching` are committed.
    Committed,
    /// The provider answered, or did not in time; nothing of it is written.
    Answered,
    /// The outcome is committed.
    Recorded,
    /// Recovery has the lease of a payment.
    Claimed,
    /// Recovery has written down that a sending was interrupted.
    InterruptionRecorded,
    /// The provider answered a question; nothing of it is written.
    QueryAnswered,
    /// It is committed that it is sent again, with the same key.
    ResendRecorded,
    /// The key of an ask to go on, cancel or give back is committed.
    FollowUpRecorded,
    /// The provider answered to an ask to go on, cancel or give back; nothing of it is written.
    FollowUpAnswered,
}

impl Step {
    /// Every step.
    pub const ALL: [Step; 10] = [
        Step::Checked,
        Step::Committed,
        Step::Answered,
        Step::Recorded,
        Step::Claimed,
        Step::InterruptionRecorded,
        Step::QueryAnswered,
        Step::ResendRecorded,
        Step::FollowUpRecorded,
        Step::FollowUpAnswered,
    ];
}

/// Told of every [`Step`].
pub type Observer = Arc<dyn Fn(Step) + Send + Sync>;

/// Finds a payee at a provider: (payee's id, provider's name) to the provider's own terms, e.g. `{"account": "acct_1"}`.
pub type Accounts = Arc<dyn Fn(&str, &str) -> BTreeMap<String, String> + Send + Sync>;

/// All payments of one household. Cheap to clone; every clone is the same.
#[derive(Clone)]
pub struct Payments {
    pub(super) engine: Arc<Engine>,
}

#[derive(Clone)]
pub(super) struct Engine {
    pub(super) store: Arc<dyn PaymentStore>,
    pub(super) providers: Providers,
    pub(super) settings: Settings,
    pub(super) clock: Arc<dyn Clock>,
    pub(super) random: Arc<dyn Randomness>,
    pub(super) accounts: Accounts,
    pub(super) observer: Observer,
    pub(super) dry_run: bool,
}

impl Payments {
    /// Payments that are kept in `store` and made by `providers`, with the system's clock and randomness.
    #[must_use]
    pub fn new(store: Arc<dyn PaymentStore>, providers: Providers, settings: Settings) -> Self {
        let engine = Engine {
            store,
            providers,
            settings,
            clock: Arc::new(SystemClock),
            random: Arc::new(SystemRandom),
            accounts: Arc::new(|_, _| BTreeMap::new()),
            observer: Arc::new(|_| ()),
            dry_run: false,
        };
        Payments { engine: Arc::new(engine) }
    }

    fn changed(self, change: impl FnOnce(&mut Engine)) -> Self {
        let mut engine = Arc::unwrap_or_clone(self.engine);
        change(&mut engine);
        Payments { engine: Arc::new(engine) }
    }

    /// True if there is a provider, and no real money can move through any of them.
    #[must_use]
    pub fn is_practice(&self) -> bool {
        let mut providers = self.engine.providers.iter().peekable();
        providers.peek().is_some() && providers.all(|(_, configured)| configured.capabilities.practice)
    }

    /// True if the configuration has a provider of this name through which real money can move.
    #[must_use]
    pub fn moves_real_money(&self, name: &str) -> bool {
        self.engine.providers.get(name).is_some_and(|configured| !configured.capabilities.practice)
    }

    /// The currencies that a provider takes; empty for every one.
    #[must_use]
    pub fn currencies_of(&self, name: &str) -> Vec<Currency> {
        let found = self.engine.providers.get(name);
        found.map(|configured| configured.capabilities.currencies.clone()).unwrap_or_default()
    }

    /// True if the configuration has a provider of this name.
    #[must_use]
    pub fn has_provider(&self, name: &str) -> bool {
        self.engine.providers.get(name).is_some()
    }

    /// With another clock.
    #[must_use]
    pub fn with_clock(self, clock: Arc<dyn Clock>) -> Self {
        self.changed(|engine| engine.clock = clock)
    }

    /// With other randomness.
    #[must_use]
    pub fn with_randomness(self, random: Arc<dyn Randomness>) -> Self {
        self.changed(|engine| engine.random = random)
    }

    /// With a way to find payees at providers.
    #[must_use]
    pub fn with_accounts(self, accounts: Accounts) -> Self {
        self.changed(|engine| engine.accounts = accounts)
    }

    /// With somebody who is told of every step.
    #[must_use]
    pub fn with_observer(self, observer: Observer) -> Self {
        self.changed(|engine| engine.observer = observer)
    }

    /// The same with nothing ever sent, where `dry` is true: what would be sent is given as [`PayError::DryRun`].
    #[must_use]
    pub fn with_dry_run(self, dry: bool) -> Self {
        self.changed(|engine| engine.dry_run = dry)
    }

    /// True if nothing is ever sent.
    #[must_use]
    pub fn is_dry_run(&self) -> bool {
        self.engine.dry_run
    }

    /// True if real money can move through one of the providers.
    #[must_use]
    pub fn is_live(&self) -> bool {
        self.engine.providers.iter().any(|(_, configured)| !configured.capabilities.practice)
    }

    /// Payments, newest first.
    pub async fn list(&self, filter: &Filter) -> Result<Vec<PaymentView>, StoreError> {
        Ok(self.engine.store.payments(filter).await?.iter().map(Payment::view).collect())
    }

    /// One payment, or `None` where there is no such.
    pub async fn get(&self, id: &PaymentId) -> Result<Option<PaymentView>, StoreError> {
        Ok(self.engine.store.payment(id).await?.as_ref().map(Payment::view))
    }

    /// The refunds of a payment, by number.
    pub async fn refunds(&self, id: &PaymentId) -> Result<Vec<Refund>, StoreError> {
        self.engine.store.refunds(id).await
    }

    /// Adds up the books and compares them with the payments.
    pub async fn verify(&self) -> Result<BooksReport, StoreError> {
        self.engine.store.verify().await
    }
}

/// What goes into the same transaction as a step.
#[derive(Default)]
pub(super) struct With {
    pub(super) refund: Option<Refund>,
    pub(super) refunded: Option<sayso_plugin_interface::Money>,
    pub(super) key: Option<Key>,
    pub(super) notice: Option<Notice>,
    pub(super) release: bool,
}

impl Engine {
    pub(super) fn now_ms(&self) -> i64 {
        self.clock.now_ms()
    }

    pub(super) fn tell(&self, step: Step) {
        (self.observer)(step);
    }

    /// Until when a payment belongs to whoever takes it now: longer than any ask may take.
    pub(super) fn lease_until_ms(&self) -> i64 {
        let deadline = i64::try_from(self.settings.deadline_ms).unwrap_or(i64::MAX);
        self.now_ms().saturating_add(deadline).saturating_add(60_000)
    }

    /// Runs one ask of a provider, so that a panic in it costs the answer only, and with the deadline. `Err` says why
    /// there is no answer.
    pub(super) async fn ask<T, F>(&self, provider: &Configured, ask: impl FnOnce(Configured) -> F) -> Result<T, String>
    where
        F: Future<Output = T> + Send,
    {
        if self.dry_run {
            return Err("this is a dry run: nothing is sent".to_owned());
        }
        let deadline = Duration::from_millis(self.settings.deadline_ms);
        // Whatever a panic leaves half done is dropped with the ask: it owns all that it works on.
        let asked = AssertUnwindSafe(ask(provider.clone())).catch_unwind();
        match tokio::time::timeout(deadline, asked).await {
            Ok(Ok(answer)) => Ok(answer),
            Ok(Err(_)) => Err("the provider's client broke down".to_owned()),
            Err(_) => Err(format!("no answer within {} ms", self.settings.deadline_ms)),
        }
    }

    /// The key of an attempt at a verb, cut to the provider's rules.
    pub(super) async fn key(&self, payment: &Payment, verb: Verb, attempt: u32) -> Result<Key, StoreError> {
        let installation = self.store.installation().await?;
        let provider = self.providers.get(&payment.provider);
        let length_max = provider.map_or(64, |provider| provider.capabilities.reference_length_max);
        let key = idempotency_key(&installation, &payment.id, verb, attempt, length_max);
        Ok(Key { verb: verb.name(), attempt, key })
    }

    /// Takes `payment` one event further and commits that. The record after it.
    pub(super) async fn commit(
        &self,
        payment: &Payment,
        event: Event,
        detail: Option<String>,
        with: With,
    ) -> Result<Payment, CommitError> {
        let standing = Standing {
            status: payment.status,
            books: payment.books,
            provider: &payment.provider,
            payee: &payment.payee,
        };
        let change = ledger::step(standing, event, with.refunded)?;
        // What a provider says may hold what must not be kept.
        let detail = detail.map(|detail| hide(&detail));
        let mut after = payment.clone();
        after.status = change.status;
        after.books = change.books;
        if change.status != PaymentStatus::ActionRequired {
            after.next = None;
        }
        if detail.is_some() {
            after.note.clone_from(&detail);
        }
        let at_ms = self.now_ms();
        let entry = Entry { event, from: payment.status, to: change.status, postings: change.postings, detail, at_ms };
        self.save(after, Some(entry), with).await.map_err(CommitError::Store)
    }

    /// Commits a record with what goes with it; a store that is busy is tried a few times.
    pub(super) async fn save(
        &self,
        mut after: Payment,
        entry: Option<Entry>,
        with: With,
    ) -> Result<Payment, StoreError> {
        after.version += 1;
        if entry.is_some() {
            after.updated_at_ms = self.now_ms();
        }
        if !after.status.is_open() {
            let refund_open = with.refund.as_ref().is_some_and(|refund| refund.status == super::RefundStatus::Open);
            after.poll_at_ms = after.poll_at_ms.filter(|_| refund_open);
        }
        let told = |entry: &Entry| match entry.event {
            Event::Contradicted => super::told_by_provider::alarm_notice(&after),
            _ => notice(&after),
        };
        let notice = with.notice.or_else(|| entry.as_ref().map(told));
        let write =
            Write { payment: after.clone(), entry, notice, refund: with.refund, key: with.key, release: with.release };
        let mut tries = 0;
        loop {
            match self.store.write(write.clone()).await {
                Ok(()) => return Ok(after),
                Err(error) if error.kind == StoreErrorKind::Locked && tries < 3 => tries += 1,
                Err(error) => return Err(error),
            }
        }
    }

    /// Commits what a verdict means. What is late, repeated or says nothing new changes the time of the next ask only;
    /// what contradicts a definitive answer is written down as that.
    pub(super) async fn settle(&self, payment: &Payment, verdict: Verdict, with: With) -> Result<Payment, CommitError> {
        let mut before = payment.clone();
        if verdict.provider_reference.is_some() {
            before.provider_reference.clone_from(&verdict.provider_reference);
        }
        let Some(to) = ledger::next(payment.status, verdict.event) else {
            return self.settle_surprise(&before, &verdict, with).await;
        };
        let news = to != payment.status
            || verdict.next.as_ref().is_some_and(|next| payment.next.as_ref() != Some(next))
            || with.refunded.is_some();
        before.next = verdict.next;
        before.decline = verdict.decline.or(before.decline);
        if verdict.event == Event::ActionRequired {
            before.act_until_ms = before.act_until_ms.max(verdict.deadline_ms);
        }
        before.deadline_ms = deadline_ms(payment, to, verdict.deadline_ms, self.now_ms());
        before.polls = if news { 0 } else { before.polls.saturating_add(1) };
        before.poll_at_ms = Some(self.poll_at_ms(before.polls, verdict.poll_after_ms));
        if news {
            self.commit(&before, verdict.event, verdict.note, with).await
        } else {
            Ok(self.save(before, None, with).await?)
        }
    }

    async fn settle_surprise(&self, before: &Payment, verdict: &Verdict, with: With) -> Result<Payment, CommitError> {
        if contradicts(before.status, verdict.event) {
            let detail = format!("the provider now says `{}`", verdict.event);
            tracing::error!(payment = %before.id, status = %before.status, "{detail}");
            return self.commit(before, Event::Contradicted, Some(detail), with).await;
        }
        let mut later = before.clone();
        later.polls = later.polls.saturating_add(1);
        later.poll_at_ms = Some(self.poll_at_ms(later.polls, verdict.poll_after_ms));
        Ok(self.save(later, None, with).await?)
    }

    /// When to ask again after so many asks in vain: the provider's wish, but at least our own growing pause.
    pub(super) fn poll_at_ms(&self, polls: u32, wish_ms: Option<u64>) -> i64 {
        let doubled = self.settings.poll_first_ms.saturating_mul(1_i64 << polls.min(30));
        let pause = doubled.min(self.settings.poll_max_ms);
        let wish = i64::try_from(wish_ms.unwrap_or(0)).unwrap_or(i64::MAX).min(self.settings.review_after_ms);
        self.now_ms().saturating_add(pause.max(wish))
    }
}

/// What is told of a payment as it stands.
pub(super) fn notice(payment: &Payment) -> Notice {
    let payload = serde_json::to_value(payment.view()).unwrap_or_default();
    Notice { topic: format!("payment.{}", payment.status), payload }
}

/// Why a step was not committed.
#[derive(Debug, thiserror::Error)]
pub(super) enum CommitError {
    #[error(transparent)]
    Ledger(#[from] LedgerError),
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl CommitError {
    /// The error for whoever asked, when nothing was sent yet.
    pub(super) fn before_sending(self, payment: &Payment) -> PayError {
        match self {
            CommitError::Store(error) => PayError::Store(error),
            CommitError::Ledger(source) => {
                PayError::NotPossible { payment: payment.id.clone(), status: payment.status, source }
            }
        }
    }

    /// The error for whoever asked, when the provider was told already.
    pub(super) fn after_sending(self, payment: &Payment) -> PayError {
        match self {
            CommitError::Store(source) => PayError::Unrecorded { payment: payment.id.clone(), source },
            other => other.before_sending(payment),
        }
    }
}
