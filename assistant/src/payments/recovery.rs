//! Brings payments that were interrupted, or have no certain answer yet, to their right end: at start and from time to time.

use super::engine::{CommitError, Engine, Payments, Step, With};
use super::error::PayError;
use super::providers::Configured;
use super::record::{Payment, PaymentView};
use super::storage::{StoreError, StoreErrorKind};
use super::verdict::{Asked, Verdict, judge};
use crate::ledger::{Event, PaymentId, PaymentStatus};
use sayso_plugin_interface::{Outcome, QueryAnswer, QueryRequest};
use std::sync::Arc;
use std::time::Duration;
use tokio::task::JoinSet;

/// About how many payments providers are asked while the person waits for the answer.
const ASKED_AT_ONCE: usize = 3;

/// What one round of recovery did.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RecoveryReport {
    /// How many payments were looked at.
    pub looked_at: usize,
    /// Payments that stand elsewhere now; the person is to be told.
    pub changed: Vec<PaymentView>,
    /// Payments that still have no certain answer.
    pub waiting: Vec<PaymentView>,
    /// How many were left to another process that is acting on them.
    pub busy: usize,
    /// What could not be done, each as a sentence.
    pub problems: Vec<String>,
}

impl Payments {
    /// Looks at every payment that is not at its end. Call it at start: what was being sent when the program ended is
    /// unknown from then on, until the provider says what became of it.
    pub async fn recover(&self) -> Result<RecoveryReport, StoreError> {
        self.round(None).await
    }

    /// Looks at the payments whose time to be asked about has come. Call it every few seconds while running.
    pub async fn recover_due(&self) -> Result<RecoveryReport, StoreError> {
        self.round(Some(self.engine.now_ms())).await
    }

    async fn round(&self, due_ms: Option<i64>) -> Result<RecoveryReport, StoreError> {
        let mut report = RecoveryReport::default();
        if self.engine.dry_run {
            return Ok(report);
        }
        self.take_waiting(&mut report).await?;
        self.engine.recover(due_ms, &mut report).await?;
        Ok(report)
    }

    /// Asks providers about the newest payments that are not at their end, since the person wants to know now. What
    /// changed is news; what can't be asked stays as it is.
    pub async fn ask_about_open(&self) {
        if self.engine.dry_run {
            return;
        }
        let open = match self.engine.store.open(None).await {
            Ok(open) => open,
            Err(error) => return tracing::error!("open payments can't be read: {error}"),
        };
        let newest = open.iter().rev().take(ASKED_AT_ONCE).map(|id| self.look_at(id));
        for asked in futures_util::future::join_all(newest).await {
            if let Err(error) = asked {
                tracing::error!("a payment can't be asked about: {error}");
            }
        }
    }

    /// Asks the provider about one payment now. `None` where it is unknown or being acted on.
    pub(super) async fn look_at(&self, id: &PaymentId) -> Result<Option<PaymentView>, StoreError> {
        match self.engine.recover_one(id).await? {
            Round::Done { after, .. } => Ok(Some(after.view())),
            Round::Busy => Ok(None),
            Round::Refused(problem) => {
                tracing::error!("{problem}");
                self.get(id).await
            }
        }
    }
}

/// False where there is nothing by which this provider could be asked about a payment.
fn found_by_question(payment: &Payment, provider: &Configured) -> bool {
    provider.capabilities.query_by_reference || payment.provider_reference.is_some()
}

/// Until when the person may still act, where that may be all that the provider has of the payment.
fn acted_on_until_ms(payment: &Payment) -> Option<i64> {
    let waits = matches!(payment.status, PaymentStatus::ActionRequired | PaymentStatus::Canceling);
    payment.act_until_ms.filter(|_| waits)
}

/// What became of one payment in a round.
enum Round {
    Done { before: PaymentStatus, after: Box<Payment> },
    Busy,
    Refused(String),
}

impl Engine {
    async fn recover(self: &Arc<Self>, due_ms: Option<i64>, report: &mut RecoveryReport) -> Result<(), StoreError> {
        let mut waiting = self.store.open(due_ms).await?.into_iter();
        let mut running = JoinSet::new();
        let at_once = self.settings.recover_at_once.max(1);
        loop {
            // One provider that keeps silent must not hold up all others.
            for id in waiting.by_ref().take(at_once.saturating_sub(running.len())) {
                let engine = Arc::clone(self);
                running.spawn(async move { engine.recover_one(&id).await });
            }
            let Some(done) = running.join_next().await else { return Ok(()) };
            match done {
                Ok(round) => self.note(round?, report),
                Err(error) => report.problems.push(format!("one round broke down: {error}")),
            }
        }
    }

    async fn recover_one(&self, id: &PaymentId) -> Result<Round, StoreError> {
        let Some(payment) = self.store.claim(id, self.now_ms(), self.lease_until_ms()).await? else {
            return Ok(Round::Busy);
        };
        self.tell(Step::Claimed);
        let before = payment.status;
        let round = match self.bring_on(payment).await {
            Ok(after) => Round::Done { before, after: Box::new(after) },
            // Somebody took it over, because the lease ran out: it is theirs now.
            Err(CommitError::Store(error)) if error.kind == StoreErrorKind::Stale => Round::Busy,
            Err(CommitError::Store(error)) => return Err(error),
            Err(CommitError::Ledger(error)) => Round::Refused(format!("payment {id}: {error}")),
        };
        self.store.release(id).await?;
        Ok(round)
    }

    fn note(&self, round: Round, report: &mut RecoveryReport) {
        let (before, after) = match round {
            Round::Done { before, after } => (before, after),
            Round::Busy => {
                report.busy += 1;
                return;
            }
            Round::Refused(problem) => {
                report.problems.push(problem);
                return;
            }
        };
        report.looked_at += 1;
        if after.status != before {
            report.changed.push(after.view());
        }
        if after.status.is_open() {
            report.waiting.push(after.view());
        }
        if self.provider_of(&after).is_none() {
            let (id, name) = (&after.id, &after.provider);
            report.problems.push(match self.providers.get(name) {
                None => format!("payment {id}: the configuration has no provider `{name}` any more to ask"),
                Some(_) => PayError::OtherMoney { payment: id.clone(), provider: name.clone() }.to_string(),
            });
        }
    }

    /// One round for one payment.
    async fn bring_on(&self, payment: Payment) -> Result<Payment, CommitError> {
        let mut payment = payment;
        if payment.status == PaymentStatus::Dispatching {
            let detail = Some("the program ended while the provider was being told".to_owned());
            payment = self.commit(&payment, Event::Interrupted, detail, With::default()).await?;
            self.tell(Step::InterruptionRecorded);
        }
        let Some(provider) = self.provider_of(&payment).cloned() else {
            return Ok(payment);
        };
        if payment.status.is_open() && payment.status != PaymentStatus::Reversing {
            payment = self.inquire(payment, &provider).await?;
        }
        self.bring_refunds_on(payment, &provider).await
    }

    async fn inquire(&self, payment: Payment, provider: &Configured) -> Result<Payment, CommitError> {
        let answer = self.query(&payment, provider).await;
        self.tell(Step::QueryAnswered);
        match answer {
            QueryAnswer::Found { outcome } => self.found(payment, provider, outcome).await,
            QueryAnswer::NotFound => self.not_found(payment, provider).await,
            QueryAnswer::Unreachable { reason } => self.wait_on(payment, &reason).await,
        }
    }

    async fn query(&self, payment: &Payment, provider: &Configured) -> QueryAnswer {
        if !found_by_question(payment, provider) {
            // It cannot be found this way; sending it again with the same key is the question.
            return QueryAnswer::NotFound;
        }
        let request = QueryRequest {
            reference: payment.request.reference.clone(),
            provider_reference: payment.provider_reference.clone(),
            idempotency_key: payment.request.idempotency_key.clone(),
            sent_ms: Some(payment.created_at_ms),
            expires_ms: acted_on_until_ms(payment),
        };
        let ask = |to: Configured| async move { to.provider.query(&*to.host, request).await };
        self.ask(&provider.about(&payment.request.reference), ask)
            .await
            .unwrap_or_else(|reason| QueryAnswer::Unreachable { reason })
    }

    async fn found(&self, payment: Payment, provider: &Configured, outcome: Outcome) -> Result<Payment, CommitError> {
        let unfinished = matches!(
            outcome,
            Outcome::Authorized { .. }
                | Outcome::Pending { .. }
                | Outcome::ActionRequired { .. }
                | Outcome::Approved { .. }
        );
        match payment.status {
            PaymentStatus::Canceling if unfinished => {
                let after = self.cancel_again(payment, provider).await?;
                self.give_up_if_too_old(after).await
            }
            PaymentStatus::Capturing if matches!(outcome, Outcome::Authorized { .. }) => {
                let after = self.capture_again(payment, provider).await?;
                self.give_up_if_too_old(after).await
            }
            _ => {
                let verdict = judge(&payment, Asked::Query, outcome);
                let after = self.settle_and_go_on(&payment, verdict, provider).await?;
                // Only after the provider was asked: what was approved in time is paid.
                if self.action_expired(&after) {
                    return self.cancel_expired(after, provider).await;
                }
                self.give_up_if_too_old(after).await
            }
        }
    }

    /// True where the person was to act and the time for it is over, or nobody expects them to any more.
    fn action_expired(&self, payment: &Payment) -> bool {
        payment.status == PaymentStatus::ActionRequired && (self.is_overdue(payment) || self.is_too_old(payment))
    }

    /// The provider does not know it. Within the grace it may still be on its way; after it, it never arrived.
    async fn not_found(&self, payment: Payment, provider: &Configured) -> Result<Payment, CommitError> {
        // A clock that went back must not make the key younger than it is known to be.
        let age = self.now_ms().max(payment.updated_at_ms).saturating_sub(payment.created_at_ms);
        // Each sending has a grace of its own: what arrived by the second one may not be found at once either.
        let sent_at_ms = if payment.resends > 0 { payment.updated_at_ms } else { payment.created_at_ms };
        let nobody_looked = !found_by_question(&payment, provider);
        // A provider may know nothing of it before the person acts; until then there is nothing to find.
        let until_ms = acted_on_until_ms(&payment).filter(|_| !nobody_looked).unwrap_or(sent_at_ms).max(sent_at_ms);
        let grace_over = until_ms.saturating_add(self.settings.grace_ms);
        let waits = nobody_looked && payment.status == PaymentStatus::ActionRequired && !self.action_expired(&payment);
        // Outside its hours a provider would refuse for good what it takes in the morning.
        let closed = payment.request.instrument.is_some()
            && payment.status == PaymentStatus::Unknown
            && provider.capabilities.hours.is_some_and(|hours| !hours.is_open(self.now_ms()));
        let waits = waits || closed;
        if self.now_ms() < grace_over || waits {
            let mut later = payment;
            later.polls = later.polls.saturating_add(1);
            let next = self.poll_at_ms(later.polls, None);
            later.poll_at_ms = Some(if waits { next } else { grace_over.min(next) });
            let after = self.save(later, None, With::default()).await?;
            return self.give_up_if_too_old(after).await;
        }
        match payment.status {
            // Nothing was asked yet: to ask once more with the same key is the question.
            PaymentStatus::Canceling if nobody_looked => {
                let after = self.cancel_again(payment, provider).await?;
                self.give_up_if_too_old(after).await
            }
            // What may be payable still is called off first; only then a person has to look.
            PaymentStatus::ActionRequired if self.action_expired(&payment) => {
                self.cancel_expired(payment, provider).await
            }
            PaymentStatus::Unknown if self.may_resend(&payment, provider, age) => self.resend(payment, provider).await,
            // Not even a cancellation is certain by this: not to be found is no explicit failure.
            _ => {
                let detail = Some("the provider does not know it, and it may not be sent again".to_owned());
                self.commit(&payment, Event::GaveUp, detail, With::default()).await
            }
        }
    }

    fn may_resend(&self, payment: &Payment, provider: &Configured, age: i64) -> bool {
        let deadline = i64::try_from(self.settings.deadline_ms).unwrap_or(i64::MAX);
        let life = provider
            .capabilities
            .idempotency_key_life_ms
            .map_or(i64::MAX, |life| i64::try_from(life).unwrap_or(i64::MAX));
        let within = self.settings.resend_within_ms.min(life.saturating_sub(deadline));
        age < within && payment.resends < self.settings.resends_max
    }

    /// Sends it again: the same request with the same key. That it will be is committed first.
    async fn resend(&self, payment: Payment, provider: &Configured) -> Result<Payment, CommitError> {
        let mut counted = payment;
        counted.resends += 1;
        let detail = Some("the provider does not know it: sent again with the same key".to_owned());
        let resent = self.commit(&counted, Event::Resent, detail, With::default()).await?;
        self.tell(Step::ResendRecorded);
        let verdict = self.send(&resent, provider, Asked::PayAgain).await;
        self.tell(Step::Answered);
        let after = self.settle_and_go_on(&resent, verdict, provider).await?;
        self.tell(Step::Recorded);
        Ok(after)
    }

    async fn wait_on(&self, payment: Payment, reason: &str) -> Result<Payment, CommitError> {
        tracing::warn!(payment = %payment.id, "the provider could not be asked: {reason}");
        let mut later = payment;
        later.polls = later.polls.saturating_add(1);
        later.poll_at_ms = Some(self.poll_at_ms(later.polls, None));
        let after = self.save(later, None, With::default()).await?;
        self.give_up_if_too_old(after).await
    }

    async fn give_up_if_too_old(&self, payment: Payment) -> Result<Payment, CommitError> {
        let overdue = payment.status == PaymentStatus::Pending && self.is_overdue(&payment);
        let settled_itself = !payment.status.is_open() || payment.status == PaymentStatus::Reversing;
        if settled_itself || !(overdue || self.is_too_old(&payment)) {
            return Ok(payment);
        }
        let detail = Some("no certain answer for too long".to_owned());
        self.commit(&payment, Event::GaveUp, detail, With::default()).await
    }

    fn is_overdue(&self, payment: &Payment) -> bool {
        payment.deadline_ms.is_some_and(|deadline| self.now_ms() > deadline.saturating_add(self.settings.grace_ms))
    }

    fn is_too_old(&self, payment: &Payment) -> bool {
        let too_old = self.now_ms().saturating_sub(payment.created_at_ms) > self.settings.review_after_ms;
        // A clock that was set back would let it wait for as long as it was set back.
        let in_vain =
            i64::from(payment.polls).saturating_mul(self.settings.poll_max_ms) > self.settings.review_after_ms;
        too_old || in_vain
    }

    /// Waits until it is time for the next round. For those who have nothing else to do between rounds.
    #[must_use]
    pub(super) fn pause(&self) -> Duration {
        Duration::from_millis(self.settings.poll_first_ms.unsigned_abs())
    }
}

impl Payments {
    /// How long to wait between two calls of [`Payments::recover_due`].
    #[must_use]
    pub fn recovery_pause(&self) -> Duration {
        self.engine.pause()
    }

    /// One certain answer as it was heard elsewhere (a verified notification): goes the same way as an answer to a
    /// question, so late, early and repeated ones do no harm. `None` where the payment is unknown or being acted on.
    pub async fn heard(&self, id: &PaymentId, outcome: Outcome) -> Result<Option<PaymentView>, StoreError> {
        let engine = &self.engine;
        if matches!(outcome, Outcome::Approved { .. }) {
            // Nothing is certain yet: the provider is asked, and told to go on.
            return self.look_at(id).await;
        }
        let Some(payment) = engine.store.claim(id, engine.now_ms(), engine.lease_until_ms()).await? else {
            return Ok(None);
        };
        let verdict: Verdict = judge(&payment, Asked::Query, outcome);
        let with = With { release: true, ..With::default() };
        match engine.settle(&payment, verdict, with).await {
            Ok(after) => Ok(Some(after.view())),
            Err(CommitError::Store(error)) => Err(error),
            Err(CommitError::Ledger(error)) => {
                tracing::error!(payment = %id, "{error}");
                engine.store.release(id).await?;
                Ok(Some(payment.view()))
            }
        }
    }
}
