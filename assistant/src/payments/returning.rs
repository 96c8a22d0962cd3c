//! A consent to a refund becomes a refund: checked against the payment as it was read back, committed with its key and
//! the evidence, asked for once.

use super::engine::{CommitError, Engine, Payments};
use super::error::PayError;
use super::finishing::to_its_end;
use super::providers::Configured;
use super::record::{Payment, PaymentView, Refund};
use super::storage::{Notice, StoreError, StoreErrorKind};
use crate::consent::{Consent, ProposalKind};
use crate::ledger::PaymentId;
use std::sync::Arc;

/// A refund that was agreed to, and the payment of which it gives back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Returned {
    /// The payment as it stands now.
    pub payment: PaymentView,
    /// The refund as it stands now.
    pub refund: Refund,
}

impl Payments {
    /// Gives back what was agreed to, once: a consent names the payment as it stood when it was read back, and whatever
    /// happened to the payment since makes it void ([`PayError::RefundMoved`]). Of the other errors only
    /// [`PayError::Unrecorded`] leaves open whether money comes back. The refund goes on to its end even when the caller
    /// stops waiting for it.
    pub async fn refund_agreed(&self, consent: Consent) -> Result<Returned, PayError> {
        let engine = Arc::clone(&self.engine);
        if engine.dry_run {
            return Err(engine.rehearse_refund(&consent).await?);
        }
        let (payment, provider, refund) = engine.begin_agreed(&consent).await?;
        let (id, number) = (payment.id.clone(), refund.number);
        let asked = payment.clone();
        let asked_for = to_its_end(async move {
            let done = engine.ask_for_refund(asked.clone(), &provider, refund).await;
            let released = engine.store.release(&asked.id).await;
            done.map_err(|error| unrecorded(&asked.id, error)).and_then(|done| Ok(released.map(|()| done)?))
        });
        let after = match asked_for.await {
            Some(done) => done?.view(),
            // What is committed says where the refund stands, and recovery goes on.
            None => self.get(&id).await?.ok_or_else(|| PayError::NoSuchPayment(id.clone()))?,
        };
        let refund = self.refunds(&id).await?.into_iter().find(|refund| refund.number == number);
        let refund = refund.ok_or(PayError::NoSuchPayment(id))?;
        Ok(Returned { payment: after, refund })
    }
}

impl Engine {
    /// Checks the consent and commits the refund. The provider has not heard of it when this returns.
    async fn begin_agreed(&self, consent: &Consent) -> Result<(Payment, Configured, Refund), PayError> {
        consent.check_fresh(self.now_ms())?;
        let proposal = consent.proposal();
        let ProposalKind::Refund { payment, version } = &proposal.kind else { return Err(PayError::OtherKind) };
        if proposal.amount.minor <= 0 {
            return Err(PayError::NotAnAmount(proposal.amount));
        }
        let id: PaymentId = payment.parse().map_err(|_| PayError::OtherKind)?;
        let (payment, provider) = self.take(&id).await?;
        let same = payment.version == *version
            && payment.payee == proposal.payee
            && payment.provider == proposal.provider
            && payment.books.amount.currency == proposal.amount.currency;
        let begun = match same {
            true => self.commit_agreed(payment, consent).await,
            false => Err(PayError::RefundMoved { payment: id.clone() }),
        };
        match begun {
            Ok((payment, refund)) => Ok((payment, provider, refund)),
            Err(error) => {
                self.store.release(&id).await?;
                Err(error)
            }
        }
    }

    async fn commit_agreed(&self, payment: Payment, consent: &Consent) -> Result<(Payment, Refund), PayError> {
        let amount = consent.proposal().amount;
        let number = self.next_refund(&payment, amount).await.map_err(|error| error.before_sending(&payment))?;
        let evidence = serde_json::json!({
            "payment": payment.view(),
            "consent": serde_json::to_value(consent).unwrap_or_default(),
        });
        let told = Notice { topic: "refund.agreed".to_owned(), payload: evidence };
        match self.begin_refund(payment.clone(), number, amount, Some(told)).await {
            Ok(begun) => Ok(begun),
            Err(CommitError::Store(error)) => Err(self.refund_not_begun(payment, number, error).await),
            Err(error) => Err(error.before_sending(&payment)),
        }
    }

    /// A commit may be reported as failed and be on the disk all the same; then recovery asks for the refund.
    async fn refund_not_begun(&self, payment: Payment, number: u32, error: StoreError) -> PayError {
        match self.store.refunds(&payment.id).await {
            Ok(refunds) if refunds.iter().all(|refund| refund.number != number) => PayError::Store(error),
            _ => PayError::Unrecorded { payment: payment.id, source: error },
        }
    }
}

/// An error after the provider was asked: it is open whether money comes back.
fn unrecorded(payment: &PaymentId, error: CommitError) -> PayError {
    let source = match error {
        CommitError::Store(source) => source,
        CommitError::Ledger(error) => StoreError::new(StoreErrorKind::Other, error.to_string()),
    };
    PayError::Unrecorded { payment: payment.clone(), source }
}
