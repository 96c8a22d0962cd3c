//! What may follow a payment: going on after the person acted, capture, cancellation, refunds.

use super::engine::{CommitError, Engine, Payments, Step, With};
use super::error::PayError;
use super::keys::{Verb, refund_reference};
use super::providers::Configured;
use super::record::{Payment, PaymentView, Refund, RefundStatus};
use super::storage::Notice;
use super::verdict::{Asked, Verdict, judge};
use crate::ledger::step::refund_event;
use crate::ledger::{Event, LedgerError, PaymentId, PaymentStatus};
use sayso_plugin_interface::{AdvanceRequest, CancelRequest, Money, QueryRefundRequest, RefundOutcome, RefundRequest};

/// Said of a payment that went through after it was canceled and can't be given back by itself.
const NOT_REVERSED: &str = "it went through after it was canceled, and the provider does not give it back";

impl Payments {
    /// Goes on with a payment that waits for the person, after they acted, or captures one that is authorised.
    pub async fn advance(&self, id: &PaymentId) -> Result<PaymentView, PayError> {
        let (payment, provider) = self.engine.take(id).await?;
        let done = match payment.status {
            PaymentStatus::ActionRequired => self.engine.go_on(payment.clone(), &provider).await,
            _ => self.engine.capture(payment.clone(), &provider).await,
        };
        self.engine.give_back(&payment, done).await
    }

    /// Cancels a payment of which no money has moved yet. What goes through all the same is given back.
    pub async fn cancel(&self, id: &PaymentId) -> Result<PaymentView, PayError> {
        let (payment, provider) = self.engine.take(id).await?;
        let done = self.engine.cancel(payment.clone(), &provider).await;
        self.engine.give_back(&payment, done).await
    }

    /// Gives back `amount` of a payment; never more than was captured, open refunds counted.
    pub async fn refund(&self, id: &PaymentId, amount: Money) -> Result<PaymentView, PayError> {
        let (payment, provider) = self.engine.take(id).await?;
        let done = self.engine.refund(payment.clone(), &provider, amount).await;
        self.engine.give_back(&payment, done).await
    }

    /// A person looked at a payment that no machine could settle: the money moved as agreed, or none moved.
    pub async fn resolve(&self, id: &PaymentId, paid: bool, why: &str) -> Result<PaymentView, PayError> {
        let payment = self.engine.lease(id).await?;
        let event = if paid { Event::ResolvedPaid } else { Event::ResolvedUnpaid };
        let done = self.engine.commit(&payment, event, Some(why.to_owned()), With::default()).await;
        self.engine.give_back(&payment, done).await
    }
}

impl Engine {
    /// Takes the lease of a payment.
    async fn lease(&self, id: &PaymentId) -> Result<Payment, PayError> {
        if let Some(payment) = self.store.claim(id, self.now_ms(), self.lease_until_ms()).await? {
            return Ok(payment);
        }
        match self.store.payment(id).await? {
            Some(_) => Err(PayError::Busy(id.clone())),
            None => Err(PayError::NoSuchPayment(id.clone())),
        }
    }

    /// Takes the lease of a payment whose provider is there.
    pub(super) async fn take(&self, id: &PaymentId) -> Result<(Payment, Configured), PayError> {
        if self.dry_run {
            return Err(PayError::NotInDryRun);
        }
        let payment = self.lease(id).await?;
        if let Some(provider) = self.provider_of(&payment) {
            return Ok((payment, provider.clone()));
        }
        self.store.release(id).await?;
        if self.providers.get(&payment.provider).is_some() {
            return Err(PayError::OtherMoney { payment: payment.id, provider: payment.provider });
        }
        let known = self.providers.iter().map(|(name, _)| name).collect::<Vec<_>>().join(", ");
        Err(PayError::UnknownProvider { name: payment.provider, known })
    }

    /// The provider that a payment is with. One that moves the other kind of money now is another, whatever its name.
    pub(super) fn provider_of(&self, payment: &Payment) -> Option<&Configured> {
        self.providers.get(&payment.provider).filter(|found| found.capabilities.practice == payment.practice)
    }

    /// Gives the lease back, whatever happened.
    async fn give_back(&self, payment: &Payment, done: Result<Payment, CommitError>) -> Result<PaymentView, PayError> {
        self.store.release(&payment.id).await?;
        done.map(|after| after.view()).map_err(|error| error.after_sending(payment))
    }

    /// Settles an answer; where the person has acted, the provider is told to go on at once, and what it has reserved is
    /// captured.
    pub(super) async fn settle_and_go_on(
        &self,
        payment: &Payment,
        verdict: Verdict,
        provider: &Configured,
    ) -> Result<Payment, CommitError> {
        let approved = verdict.approved;
        let after = self.settle(payment, verdict, With::default()).await?;
        if approved && after.status == PaymentStatus::ActionRequired {
            self.go_on(after, provider).await
        } else {
            self.capture_reserved(after, provider).await
        }
    }

    /// Captures what is reserved, since the person agreed to pay it; what was only to be reserved stays so.
    pub(super) async fn capture_reserved(
        &self,
        payment: Payment,
        provider: &Configured,
    ) -> Result<Payment, CommitError> {
        if payment.status == PaymentStatus::Authorized && !payment.request.authorize_only {
            self.capture(payment, provider).await
        } else {
            Ok(payment)
        }
    }

    async fn go_on(&self, payment: Payment, provider: &Configured) -> Result<Payment, CommitError> {
        // A new attempt only where the last one was answered; while nobody can tell, it stays the same one.
        let key = self.key(&payment, Verb::Advance, payment.advances + 1).await?;
        let with = With { key: Some(key.clone()), ..With::default() };
        let asked = self.save(payment, None, with).await?;
        self.tell(Step::FollowUpRecorded);
        let verdict = self.ask_to_go_on(&asked, provider, key.key, Asked::Advance).await;
        self.tell(Step::FollowUpAnswered);
        let mut answered = asked;
        if verdict.event != Event::Unclear {
            answered.advances += 1;
        }
        let after = self.settle(&answered, verdict, With::default()).await?;
        self.capture_reserved(after, provider).await
    }

    async fn capture(&self, payment: Payment, provider: &Configured) -> Result<Payment, CommitError> {
        let key = self.key(&payment, Verb::Advance, payment.advances + 1).await?;
        let with = With { key: Some(key), ..With::default() };
        let asked = self.commit(&payment, Event::CaptureAsked, None, with).await?;
        self.tell(Step::FollowUpRecorded);
        self.capture_again(asked, provider).await
    }

    /// Asks for a capture that is committed already, with the same key each time.
    pub(super) async fn capture_again(&self, payment: Payment, provider: &Configured) -> Result<Payment, CommitError> {
        let key = self.key(&payment, Verb::Advance, payment.advances + 1).await?.key;
        let verdict = self.ask_to_go_on(&payment, provider, key, Asked::Capture).await;
        self.tell(Step::FollowUpAnswered);
        self.settle(&payment, verdict, With::default()).await
    }

    async fn ask_to_go_on(&self, payment: &Payment, provider: &Configured, key: String, asked: Asked) -> Verdict {
        let request = AdvanceRequest {
            reference: payment.request.reference.clone(),
            provider_reference: payment.provider_reference.clone(),
            idempotency_key: key,
            amount: payment.request.amount,
        };
        let ask = |to: Configured| async move { to.provider.advance(&*to.host, request).await };
        match self.ask(&provider.about(&payment.request.reference), ask).await {
            Ok(outcome) => judge(payment, asked, outcome),
            Err(why) => Verdict::unclear(why),
        }
    }

    async fn cancel(&self, payment: Payment, provider: &Configured) -> Result<Payment, CommitError> {
        // Whatever time there was to act: it is the person who ends it.
        let payment = Payment { deadline_ms: None, ..payment };
        self.begin_to_cancel(payment, Event::CancelAsked, None, provider).await
    }

    /// Cancels what the person was to approve and did not in time, so that nobody can pay it by an old link or code.
    pub(super) async fn cancel_expired(&self, payment: Payment, provider: &Configured) -> Result<Payment, CommitError> {
        let deadline_ms = payment.deadline_ms.or_else(|| Some(self.now_ms()));
        let detail = Some("it was not approved in time".to_owned());
        self.begin_to_cancel(Payment { deadline_ms, ..payment }, Event::Expired, detail, provider).await
    }

    async fn begin_to_cancel(
        &self,
        payment: Payment,
        event: Event,
        detail: Option<String>,
        provider: &Configured,
    ) -> Result<Payment, CommitError> {
        let key = self.key(&payment, Verb::Cancel, 1).await?;
        let with = With { key: Some(key), ..With::default() };
        let asked = self.commit(&payment, event, detail, with).await?;
        self.tell(Step::FollowUpRecorded);
        let after = self.cancel_again(asked, provider).await?;
        self.bring_refunds_on(after, provider).await
    }

    /// Asks for a cancellation that is committed already, with the same key each time.
    pub(super) async fn cancel_again(&self, payment: Payment, provider: &Configured) -> Result<Payment, CommitError> {
        let request = CancelRequest {
            reference: payment.request.reference.clone(),
            provider_reference: payment.provider_reference.clone(),
            idempotency_key: self.key(&payment, Verb::Cancel, 1).await?.key,
        };
        let ask = |to: Configured| async move { to.provider.cancel(&*to.host, request).await };
        let verdict = match self.ask(&provider.about(&payment.request.reference), ask).await {
            Ok(outcome) => judge(&payment, Asked::Cancel, outcome),
            Err(why) => Verdict::unclear(why),
        };
        self.tell(Step::FollowUpAnswered);
        self.settle(&payment, verdict, With::default()).await
    }

    async fn refund(&self, payment: Payment, provider: &Configured, amount: Money) -> Result<Payment, CommitError> {
        let number = self.next_refund(&payment, amount).await?;
        let (payment, refund) = self.begin_refund(payment, number, amount, None).await?;
        self.ask_for_refund(payment, provider, refund).await
    }

    /// The number of the next refund of a payment, if `amount` can still come back of it, open refunds counted.
    pub(super) async fn next_refund(&self, payment: &Payment, amount: Money) -> Result<u32, CommitError> {
        let refunds = self.store.refunds(&payment.id).await?;
        let mut left = payment.books;
        // What may have come back counts as if it had.
        let may_have = |refund: &&Refund| matches!(refund.status, RefundStatus::Open | RefundStatus::Review);
        for open in refunds.iter().filter(may_have) {
            left.refunded = left.refunded.checked_add(open.amount).map_err(LedgerError::from)?;
        }
        let event = refund_event(&left, amount)?;
        let from = payment.status;
        crate::ledger::next(from, event).ok_or(LedgerError::NoTransition { from, event })?;
        Ok(u32::try_from(refunds.len()).unwrap_or(u32::MAX).saturating_add(1))
    }

    /// Commits a refund with its key, and what is told of it, before the provider hears of it.
    pub(super) async fn begin_refund(
        &self,
        payment: Payment,
        number: u32,
        amount: Money,
        told: Option<Notice>,
    ) -> Result<(Payment, Refund), CommitError> {
        let installation = self.store.installation().await?;
        let key = self.key(&payment, Verb::Refund, number).await?;
        let length_max = self.providers.get(&payment.provider).map_or(64, |p| p.capabilities.reference_length_max);
        let refund = Refund {
            reference: refund_reference(&installation, &payment.id, number, length_max),
            payment: payment.id.clone(),
            number,
            amount,
            status: RefundStatus::Open,
            idempotency_key: key.key.clone(),
            provider_reference: None,
            created_at_ms: self.now_ms(),
        };
        let mut polled = payment;
        polled.poll_at_ms = Some(self.lease_until_ms());
        let with = With { refund: Some(refund.clone()), key: Some(key), notice: told, ..With::default() };
        let after = self.save(polled, None, with).await?;
        self.tell(Step::FollowUpRecorded);
        Ok((after, refund))
    }

    pub(super) async fn ask_for_refund(
        &self,
        payment: Payment,
        provider: &Configured,
        refund: Refund,
    ) -> Result<Payment, CommitError> {
        let request = RefundRequest {
            reference: payment.request.reference.clone(),
            refund_reference: refund.reference.clone(),
            provider_reference: payment.provider_reference.clone(),
            idempotency_key: refund.idempotency_key.clone(),
            amount: refund.amount,
            paid: payment.books.captured,
        };
        let ask = |to: Configured| async move { to.provider.refund(&*to.host, request).await };
        let outcome = self
            .ask(&provider.about(&payment.request.reference), ask)
            .await
            .unwrap_or_else(|reason| RefundOutcome::Unknown { reason });
        self.tell(Step::FollowUpAnswered);
        self.settle_refund(payment, refund, outcome).await
    }

    pub(super) async fn settle_refund(
        &self,
        payment: Payment,
        mut refund: Refund,
        outcome: RefundOutcome,
    ) -> Result<Payment, CommitError> {
        let mut after = payment;
        match outcome {
            RefundOutcome::Succeeded { provider_reference, amount } if amount == refund.amount => {
                refund.status = RefundStatus::Succeeded;
                refund.provider_reference = Some(provider_reference);
                let event = refund_event(&after.books, amount)?;
                let with = With { refund: Some(refund), refunded: Some(amount), ..With::default() };
                return self.commit(&after, event, None, with).await;
            }
            RefundOutcome::Succeeded { provider_reference, amount } => {
                // Of a wrong amount nothing is posted, and nothing more is asked: a person has to look.
                let (number, asked) = (refund.number, refund.amount);
                refund.provider_reference = Some(provider_reference);
                let why = format!("refund {number}: the provider reported {amount} instead of {asked}");
                return self.review_refund(after, refund, &why).await;
            }
            RefundOutcome::Failed { provider_code } => {
                refund.status = RefundStatus::Failed;
                let code = provider_code.unwrap_or_else(|| "no reason given".to_owned());
                after.note = Some(format!("refund {} was refused: {code}", refund.number));
            }
            RefundOutcome::Pending { provider_reference, .. } => {
                refund.provider_reference = provider_reference.or(refund.provider_reference);
            }
            RefundOutcome::NotFound | RefundOutcome::Unknown { .. } => {}
        }
        let age = self.now_ms().saturating_sub(refund.created_at_ms);
        if refund.status == RefundStatus::Open && age > self.settings.review_after_ms {
            let why = format!("refund {}: no certain answer for too long", refund.number);
            return self.review_refund(after, refund, &why).await;
        }
        after.polls = after.polls.saturating_add(1);
        after.poll_at_ms = Some(self.poll_at_ms(after.polls, None));
        let with = With { refund: Some(refund), ..With::default() };
        Ok(self.save(after, None, with).await?)
    }

    /// No machine can settle a refund: what may have come back stays counted, and a person is told.
    async fn review_refund(&self, payment: Payment, refund: Refund, why: &str) -> Result<Payment, CommitError> {
        let refund = Refund { status: RefundStatus::Review, ..refund };
        self.alarm(payment, why, Some(refund)).await
    }

    /// Begins the refund that a late success calls for, and asks about every refund that is open.
    pub(super) async fn bring_refunds_on(
        &self,
        payment: Payment,
        provider: &Configured,
    ) -> Result<Payment, CommitError> {
        let mut payment = payment;
        let refunds = self.store.refunds(&payment.id).await?;
        for refund in refunds.iter().filter(|refund| refund.status == RefundStatus::Open) {
            payment = self.inquire_refund(payment, provider, refund.clone()).await?;
        }
        // A refusal is definitive, so that another try is a refund of its own; at some point a person has to look.
        let none_open = refunds.iter().all(|refund| refund.status != RefundStatus::Open);
        let tries = u32::try_from(refunds.len()).unwrap_or(u32::MAX);
        // What a person has to look at may be back already: it is never given back a second time.
        let sure = refunds.iter().all(|refund| refund.status != RefundStatus::Review);
        if payment.status == PaymentStatus::Reversing && none_open && sure && tries < self.settings.resends_max {
            let rest = payment.books.refundable()?;
            let (begun, refund) = self.begin_refund(payment, tries + 1, rest, None).await?;
            payment = self.ask_for_refund(begun, provider, refund).await?;
        } else if payment.status == PaymentStatus::Reversing && none_open {
            let last = payment.note.as_deref().unwrap_or_default();
            if !last.starts_with(NOT_REVERSED) {
                let why = if last.is_empty() { NOT_REVERSED.to_owned() } else { format!("{NOT_REVERSED}; {last}") };
                payment = self.alarm(payment, &why, None).await?;
            }
        }
        Ok(payment)
    }

    async fn inquire_refund(
        &self,
        payment: Payment,
        provider: &Configured,
        refund: Refund,
    ) -> Result<Payment, CommitError> {
        let request = QueryRefundRequest {
            reference: payment.request.reference.clone(),
            refund_reference: refund.reference.clone(),
            provider_reference: refund.provider_reference.clone(),
            payment_provider_reference: payment.provider_reference.clone(),
        };
        let ask = |to: Configured| async move { to.provider.query_refund(&*to.host, request).await };
        let outcome = self
            .ask(&provider.about(&payment.request.reference), ask)
            .await
            .unwrap_or_else(|reason| RefundOutcome::Unknown { reason });
        self.tell(Step::QueryAnswered);
        let life = provider
            .capabilities
            .idempotency_key_life_ms
            .map_or(i64::MAX, |life| i64::try_from(life).unwrap_or(i64::MAX));
        // A clock that went back must not make the key younger than it is known to be.
        let age = self.now_ms().max(payment.updated_at_ms).saturating_sub(refund.created_at_ms);
        let deadline = i64::try_from(self.settings.deadline_ms).unwrap_or(i64::MAX);
        match outcome {
            RefundOutcome::NotFound if age < life.saturating_sub(deadline) => {
                self.ask_for_refund(payment, provider, refund).await
            }
            RefundOutcome::NotFound => {
                let why = format!("refund {}: the provider does not know it, and its key is too old", refund.number);
                self.review_refund(payment, refund, &why).await
            }
            outcome => self.settle_refund(payment, refund, outcome).await,
        }
    }
}
