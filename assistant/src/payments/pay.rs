//! A consent becomes a payment: checked, committed with its key, sent once, and its outcome committed.

use super::engine::{CommitError, Engine, Payments, Step, With, notice};
use super::error::PayError;
use super::finishing::to_its_end;
use super::keys::{Verb, idempotency_key, reference};
use super::providers::Configured;
use super::record::{Payment, PaymentView};
use super::standing::DueStep;
use super::storage::{BeginError, Entry, LimitCheck, NewPayment, StoreError, StoreErrorKind};
use super::verdict::{Asked, Verdict, judge};
use crate::consent::{Consent, Execution, Proposal, ProposalKind, Tier};
use crate::ledger::{Books, Event, PaymentId, PaymentStatus};
use sayso_plugin_interface::request::Payee;
use sayso_plugin_interface::{Instrument, PayRequest};
use std::sync::Arc;

impl Payments {
    /// Pays what was agreed to, once. `Ok` says where the payment stands, which may be that nobody can tell; of the
    /// errors only [`PayError::Unrecorded`] leaves open whether money moved. The payment goes on to its end even when
    /// the caller stops waiting for it.
    pub async fn pay(&self, consent: Consent) -> Result<PaymentView, PayError> {
        let now_ms = self.engine.now_ms();
        self.pay_agreed(Agreement::at_once(&consent, now_ms)?).await
    }

    /// Pays what an agreement is about, once.
    pub(super) async fn pay_agreed(&self, agreement: Agreement) -> Result<PaymentView, PayError> {
        let engine = Arc::clone(&self.engine);
        if engine.dry_run {
            return Err(engine.rehearse(&agreement).await);
        }
        let (payment, provider) = engine.checked(&agreement).await?;
        let id = payment.id.clone();
        let paid = to_its_end(async move {
            engine.begin(&agreement, &payment).await?;
            engine.dispatch(payment, &provider).await
        });
        match paid.await {
            Some(done) => done.map(|payment| payment.view()),
            // What is committed says where the payment stands, and recovery goes on.
            None => self.get(&id).await?.ok_or(PayError::NoSuchPayment(id)),
        }
    }
}

/// What is paid, and by which agreement: a consent that was just given, or one for a due day.
pub(super) struct Agreement {
    proposal: Proposal,
    /// No two payments share one.
    id: String,
    tier: Tier,
    /// Equal payments of which the person was told before they agreed.
    told: Vec<String>,
    evidence: serde_json::Value,
    /// The due day that is taken in the same transaction.
    due: Option<DueStep>,
}

impl Agreement {
    /// A fresh consent to pay at once.
    fn at_once(consent: &Consent, now_ms: i64) -> Result<Self, PayError> {
        consent.check_fresh(now_ms)?;
        if consent.proposal().kind != ProposalKind::Pay {
            return Err(PayError::OtherKind);
        }
        if consent.proposal().schedule.is_some() {
            return Err(PayError::NotNow);
        }
        Ok(Agreement {
            proposal: consent.proposal().clone(),
            id: consent.id(),
            tier: consent.tier(),
            told: consent.earlier().iter().map(|earlier| earlier.payment.clone()).collect(),
            evidence: serde_json::to_value(consent).unwrap_or_default(),
            due: None,
        })
    }

    /// What was agreed to for a due day.
    pub(super) fn for_due_day(execution: &Execution, step: DueStep) -> Self {
        Agreement {
            proposal: execution.proposal().clone(),
            id: execution.id().to_owned(),
            tier: execution.tier(),
            told: Vec::new(),
            evidence: serde_json::to_value(execution).unwrap_or_default(),
            due: Some(step),
        }
    }
}

impl Engine {
    /// Checks all of an agreement that needs no writing; the payment as it would be committed.
    pub(super) async fn checked(&self, agreement: &Agreement) -> Result<(Payment, Configured), PayError> {
        let amount = agreement.proposal.amount;
        if amount.minor <= 0 {
            return Err(PayError::NotAnAmount(amount));
        }
        self.check_tier(&agreement.proposal, agreement.tier).await?;
        let provider = self.providers.offering(&agreement.proposal.provider, amount)?.clone();
        let payment = self.draft(agreement, &provider, self.now_ms()).await?;
        Ok((payment, provider))
    }

    /// Commits the payment of what was checked. Nothing was sent when this returns.
    async fn begin(&self, agreement: &Agreement, payment: &Payment) -> Result<(), PayError> {
        let now_ms = payment.created_at_ms;
        let entry = |event, from, to| Entry { event, from, to, postings: Vec::new(), detail: None, at_ms: now_ms };
        let new = NewPayment {
            notices: vec![notice(payment)],
            evidence: agreement.evidence.clone(),
            due: agreement.due.clone(),
            entries: vec![
                entry(Event::Consented, PaymentStatus::Consented, PaymentStatus::Consented),
                entry(Event::Dispatched, PaymentStatus::Consented, PaymentStatus::Dispatching),
            ],
            check: self.limit_check(agreement, now_ms),
            lease_until_ms: self.lease_until_ms(),
            payment: payment.clone(),
        };
        self.tell(Step::Checked);
        match self.store.begin(new).await {
            Ok(()) => {}
            Err(BeginError::Store(error)) => return Err(self.not_begun(&payment.id, error).await),
            Err(other) => return Err(refused(other)),
        }
        self.tell(Step::Committed);
        Ok(())
    }

    /// A commit may be reported as failed and be on the disk all the same. Recovery would send what it finds there, after
    /// the person was told that nothing is paid: so it is written down that it was not sent, or nothing certain is told.
    async fn not_begun(&self, id: &PaymentId, error: StoreError) -> PayError {
        let open = |source| PayError::Unrecorded { payment: id.clone(), source };
        let found = match self.store.payment(id).await {
            Ok(None) => return PayError::Store(error),
            Ok(Some(found)) => found,
            Err(_) => return open(error),
        };
        let detail = Some(format!("not sent, because its commit was reported as failed: {error}"));
        let with = With { release: true, ..With::default() };
        match self.commit(&found, Event::NotSent, detail, with).await {
            Ok(_) => PayError::Store(error),
            Err(_) => open(error),
        }
    }

    /// What an agreement is held against.
    pub(super) fn limit_check(&self, agreement: &Agreement, now_ms: i64) -> LimitCheck {
        LimitCheck {
            limits: Arc::new(self.settings.limits.clone()),
            // What begins is paid now, also what was put down for later: all limits are those of its day.
            proposal: Proposal { schedule: None, ..agreement.proposal.clone() },
            told: agreement.told.clone(),
            now_ms,
        }
    }

    /// The record of a payment as it is committed before the provider hears of it.
    async fn draft(&self, agreement: &Agreement, provider: &Configured, now_ms: i64) -> Result<Payment, PayError> {
        let installation = self.store.installation().await?;
        let mut random = [0_u8; 10];
        self.random.fill(&mut random).map_err(PayError::NoRandomness)?;
        let id = PaymentId::new(now_ms, random);
        let proposal = agreement.proposal.clone();
        let length_max = provider.capabilities.reference_length_max;
        let request = PayRequest {
            reference: reference(&installation, &id, length_max),
            idempotency_key: idempotency_key(&installation, &id, Verb::Pay, 1, length_max),
            amount: proposal.amount,
            payee: Payee {
                account: (self.accounts)(&proposal.payee, &proposal.provider),
                id: proposal.payee.clone(),
                name: proposal.payee_name.clone(),
            },
            purpose: proposal.purpose.clone(),
            authorize_only: false,
            instrument: self.instrument_now(agreement, provider, now_ms).await?,
        };
        Ok(Payment {
            id,
            version: 1,
            status: PaymentStatus::Dispatching,
            books: Books::new(proposal.amount),
            consent: agreement.id.clone(),
            payee: proposal.payee,
            payee_name: proposal.payee_name,
            provider: proposal.provider,
            provider_name: proposal.provider_name,
            purpose: proposal.purpose,
            person: proposal.person,
            practice: provider.capabilities.practice,
            request,
            provider_reference: None,
            next: None,
            decline: None,
            note: None,
            created_at_ms: now_ms,
            updated_at_ms: now_ms,
            poll_at_ms: Some(self.lease_until_ms()),
            deadline_ms: None,
            act_until_ms: None,
            polls: 0,
            resends: 0,
            advances: 0,
        })
    }

    /// The stored way to pay that is used now. Outside its provider's hours none is: who is there approves at a screen, and
    /// what is due by itself waits.
    async fn instrument_now(
        &self,
        agreement: &Agreement,
        provider: &Configured,
        now_ms: i64,
    ) -> Result<Option<Instrument>, PayError> {
        let (name, can) = (&agreement.proposal.provider, &provider.capabilities);
        let stored = self.stored_instrument(name, can.practice).await?;
        match can.hours {
            Some(hours) if stored.is_some() && !hours.is_open(now_ms) => match agreement.due {
                None if !can.handoff.is_empty() => Ok(None),
                _ => Err(PayError::Closed { provider: name.clone(), opens_ms: hours.opens_ms(now_ms) }),
            },
            _ => Ok(stored),
        }
    }

    /// Tells the provider, and commits what it answers; what it only reserved is captured.
    async fn dispatch(&self, payment: Payment, provider: &Configured) -> Result<Payment, PayError> {
        let verdict = self.send(&payment, provider, Asked::Pay).await;
        self.tell(Step::Answered);
        let reserved = verdict.event == Event::Authorized && !payment.request.authorize_only;
        let done = match self.settle(&payment, verdict.clone(), With { release: !reserved, ..With::default() }).await {
            Err(CommitError::Store(error)) if error.kind == StoreErrorKind::Stale => {
                self.settle_over_another(&payment, verdict, error).await
            }
            Ok(after) if reserved => return self.dispatched_to_reserve(after, provider).await,
            done => done,
        };
        let done = done.map_err(|error| error.after_sending(&payment))?;
        self.tell(Step::Recorded);
        Ok(done)
    }

    /// Captures what the provider reserved, while the lease is still this process's. Whatever fails here is taken up again
    /// by recovery: that the money is reserved is written down.
    async fn dispatched_to_reserve(&self, payment: Payment, provider: &Configured) -> Result<Payment, PayError> {
        self.tell(Step::Recorded);
        let done = self.capture_reserved(payment.clone(), provider).await;
        let released = self.store.release(&payment.id).await;
        let done = done.map_err(|error| error.after_sending(&payment))?;
        if let Err(error) = released {
            tracing::warn!(payment = %payment.id, "its lease can't be given back: {error}");
        }
        Ok(done)
    }

    /// Commits what the verdict means where somebody else wrote in between (the lease ran out, as it does when the clock
    /// jumps): it means that for the payment as it stands now.
    async fn settle_over_another(
        &self,
        payment: &Payment,
        verdict: Verdict,
        stale: StoreError,
    ) -> Result<Payment, CommitError> {
        match self.store.payment(&payment.id).await? {
            Some(fresh) => self.settle(&fresh, verdict, With { release: true, ..With::default() }).await,
            None => Err(stale.into()),
        }
    }

    /// Sends the request to pay, to the letter as it was committed.
    pub(super) async fn send(&self, payment: &Payment, provider: &Configured, asked: Asked) -> Verdict {
        let request = payment.request.clone();
        let ask = |to: Configured| async move { to.provider.pay(&*to.host, request).await };
        match self.ask(&provider.about(&payment.request.reference), ask).await {
            Ok(outcome) => judge(payment, asked, outcome),
            Err(why) => Verdict::unclear(why),
        }
    }
}

/// Why a payment was not begun, for whoever asked.
pub(super) fn refused(error: BeginError) -> PayError {
    match error {
        BeginError::ConsentUsed(payment) => PayError::ConsentUsed { payment },
        BeginError::Limited(objection) => PayError::Limited(objection),
        BeginError::Repeated(earlier) => PayError::Repeated { payment: earlier.payment },
        BeginError::DueGone => PayError::DueGone,
        BeginError::Store(error) => PayError::Store(error),
    }
}
