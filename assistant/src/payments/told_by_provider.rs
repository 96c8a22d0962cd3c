//! What a verified notification tells besides what became of a payment: refunds, whoever asked for them, and disputes.
//! It is held against the books as an answer would be; what does not fit changes nothing and is an alarm.

use super::engine::{CommitError, Engine, Payments, With};
use super::keys::{Verb, refund_reference};
use super::record::{Payment, PaymentView, Refund, RefundStatus};
use super::storage::{Notice, StoreError};
use crate::ledger::step::refund_event;
use crate::ledger::{Event, PaymentId, PaymentStatus, next};
use sayso_plugin_interface::{DisputeNews, DisputeState, RefundNews, RefundOutcome};

/// Whether a payment stands where the news can be taken.
enum Ready {
    /// It does; this process has its lease.
    Now(Box<Payment>),
    /// Not yet, or it is being acted on.
    NotYet,
    /// It never will: a person was told.
    Never(Option<Box<PaymentView>>),
}

impl Payments {
    /// Takes a dispute to its payment; the payment after it. `None` where the payment is being acted on, or is not yet
    /// where this can happen.
    pub(super) async fn hear_dispute(
        &self,
        id: &PaymentId,
        news: &DisputeNews,
        fresh: bool,
    ) -> Result<Option<PaymentView>, StoreError> {
        let payment = match self.ready_for(id, Event::Disputed, fresh).await? {
            Ready::Now(payment) => *payment,
            Ready::NotYet => return Ok(None),
            Ready::Never(told) => return Ok(told.map(|view| *view)),
        };
        let done = self.engine.dispute(payment.clone(), news).await;
        self.heard_of(&payment, done).await
    }

    /// Takes the news of a refund to its payment, likewise.
    pub(super) async fn hear_refund(
        &self,
        id: &PaymentId,
        news: &RefundNews,
        fresh: bool,
    ) -> Result<Option<PaymentView>, StoreError> {
        let payment = match self.ready_for(id, Event::RefundedPart, fresh).await? {
            Ready::Now(payment) => *payment,
            Ready::NotYet => return Ok(None),
            Ready::Never(told) => return Ok(told.map(|view| *view)),
        };
        let done = self.engine.refund_told(payment.clone(), news).await;
        self.heard_of(&payment, done).await
    }

    /// The payment with its lease, once it stands where its money has moved. With fresh news of one that does not yet, the
    /// provider is asked at once: who speaks of a refund or a dispute knows that it was paid. Later only recovery asks.
    async fn ready_for(&self, id: &PaymentId, event: Event, fresh: bool) -> Result<Ready, StoreError> {
        let engine = &self.engine;
        for asked in [false, true] {
            let Some(payment) = engine.store.claim(id, engine.now_ms(), engine.lease_until_ms()).await? else {
                return Ok(Ready::NotYet);
            };
            let moved = payment.status.rank() > PaymentStatus::Succeeded.rank();
            if moved || next(payment.status, event).is_some() {
                return Ok(Ready::Now(Box::new(payment)));
            }
            if payment.status.is_terminal() {
                let why = format!("the provider speaks of `{event}` of a payment of which no money moved");
                let done = engine.alarm(payment.clone(), &why, None).await;
                return Ok(Ready::Never(self.heard_of(&payment, done).await?.map(Box::new)));
            }
            engine.store.release(id).await?;
            if asked || !fresh || !payment.status.is_open() {
                break;
            }
            self.look_at(id).await?;
        }
        Ok(Ready::NotYet)
    }

    async fn heard_of(
        &self,
        payment: &Payment,
        done: Result<Payment, CommitError>,
    ) -> Result<Option<PaymentView>, StoreError> {
        self.engine.store.release(&payment.id).await?;
        match done {
            Ok(after) => Ok(Some(after.view())),
            Err(CommitError::Store(error)) => Err(error),
            Err(CommitError::Ledger(error)) => {
                tracing::error!(payment = %payment.id, "{error}");
                Ok(Some(payment.view()))
            }
        }
    }
}

impl Engine {
    async fn dispute(&self, payment: Payment, news: &DisputeNews) -> Result<Payment, CommitError> {
        let reason = news.reason.as_ref().map(|reason| format!(", {reason}")).unwrap_or_default();
        let detail = format!("dispute {}{reason}", news.provider_reference);
        let fits = news.amount.is_none_or(|amount| {
            amount.currency == payment.books.amount.currency && amount.minor <= payment.books.captured.minor
        });
        if !fits {
            let amount = news.amount.map(|amount| amount.to_string()).unwrap_or_default();
            return self.alarm(payment, &format!("{detail}: it is about {amount}, which was never paid"), None).await;
        }
        let end = match news.state {
            DisputeState::Open => None,
            DisputeState::Rejected => Some(Event::DisputeRejected),
            DisputeState::ChargedBack => Some(Event::ChargedBack),
        };
        let mut after = payment;
        if next(after.status, Event::Disputed).is_some() {
            after = self.commit(&after, Event::Disputed, Some(detail.clone()), With::default()).await?;
        }
        // The news of how it began may come after that of how it ended.
        let Some(end) = end.filter(|end| next(after.status, *end).is_some()) else { return Ok(after) };
        // What came back before does not come back again.
        let left = after.books.refundable()?;
        let back = news.amount.map(|amount| if amount.minor < left.minor { amount } else { left });
        let with = With { refunded: back.filter(|_| end == Event::ChargedBack), ..With::default() };
        self.commit(&after, end, Some(detail), with).await
    }

    async fn refund_told(&self, payment: Payment, news: &RefundNews) -> Result<Payment, CommitError> {
        let refunds = self.store.refunds(&payment.id).await?;
        let theirs = match &news.outcome {
            RefundOutcome::Succeeded { provider_reference, .. } => Some(provider_reference.as_str()),
            RefundOutcome::Pending { provider_reference, .. } => provider_reference.as_deref(),
            _ => None,
        };
        let named = |refund: &&Refund| {
            news.refund_reference.as_ref() == Some(&refund.reference)
                || theirs.is_some_and(|theirs| refund.provider_reference.as_deref() == Some(theirs))
        };
        match (refunds.iter().find(named), &news.outcome) {
            (Some(refund), outcome) if refund.status == RefundStatus::Open => {
                self.settle_refund(payment, refund.clone(), outcome.clone()).await
            }
            (Some(refund), outcome) => {
                let took_back =
                    matches!((refund.status, outcome), (RefundStatus::Succeeded, RefundOutcome::Failed { .. }))
                        || matches!((refund.status, outcome), (RefundStatus::Failed, RefundOutcome::Succeeded { .. }));
                if !took_back {
                    return Ok(payment);
                }
                let detail = format!("refund {}: the provider now says the opposite of what it said", refund.number);
                self.alarm(payment, &detail, None).await
            }
            (None, RefundOutcome::Succeeded { provider_reference, amount }) => {
                let number = u32::try_from(refunds.len()).unwrap_or(u32::MAX).saturating_add(1);
                let refund = self.foreign_refund(&payment, number, provider_reference, *amount).await?;
                let fits = refund_event(&payment.books, *amount).ok().filter(|e| next(payment.status, *e).is_some());
                let Some(event) = fits else {
                    let detail =
                        format!("the provider gave back {amount}, which is more than was left or can't be now");
                    return self.alarm(payment, &detail, None).await;
                };
                let detail = Some("given back by the provider or the payee, without being asked from here".to_owned());
                let with = With { refund: Some(refund), refunded: Some(*amount), ..With::default() };
                self.commit(&payment, event, detail, with).await
            }
            // Only money that came back matters of a refund that nobody here asked for.
            (None, _) => Ok(payment),
        }
    }

    /// The record of a refund that was not asked for here.
    async fn foreign_refund(
        &self,
        payment: &Payment,
        number: u32,
        theirs: &str,
        amount: sayso_plugin_interface::Money,
    ) -> Result<Refund, StoreError> {
        let installation = self.store.installation().await?;
        Ok(Refund {
            reference: refund_reference(&installation, &payment.id, number, 64),
            payment: payment.id.clone(),
            number,
            amount,
            status: RefundStatus::Succeeded,
            idempotency_key: self.key(payment, Verb::Refund, number).await?.key,
            provider_reference: Some(theirs.to_owned()),
            created_at_ms: self.now_ms(),
        })
    }

    /// Something is said of a payment that does not fit: nothing moves, it is written down, and a person is told.
    pub(super) async fn alarm(
        &self,
        payment: Payment,
        why: &str,
        refund: Option<Refund>,
    ) -> Result<Payment, CommitError> {
        tracing::error!(payment = %payment.id, "{why}");
        let mut after = payment;
        after.note = Some(why.to_owned());
        after.polls = after.polls.saturating_add(1);
        after.poll_at_ms = Some(self.poll_at_ms(after.polls, None));
        let notice = Some(alarm_notice(&after));
        Ok(self.save(after, None, With { notice, refund, ..With::default() }).await?)
    }
}

/// What is told where a person has to look, wherever the payment stands.
pub(super) fn alarm_notice(payment: &Payment) -> Notice {
    let payload = serde_json::to_value(payment.view()).unwrap_or_default();
    Notice { topic: "payment.alarm".to_owned(), payload }
}
