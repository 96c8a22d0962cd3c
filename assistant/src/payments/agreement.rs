//! How surely a person has to have agreed: the household's rules, checked once more before anything is sent.

use super::engine::{Engine, Payments};
use super::error::PayError;
use super::record::Filter;
use crate::consent::{Authentication, Proposal, Tier};
use crate::ledger::PaymentStatus;

impl Payments {
    /// How surely a person has to agree to which payment.
    #[must_use]
    pub fn authentication(&self) -> &Authentication {
        &self.engine.settings.authentication
    }

    /// New randomness, for a challenge; `None` where there is none.
    #[must_use]
    pub fn chance(&self) -> Option<u64> {
        let mut bytes = [0; 8];
        self.engine.random.fill(&mut bytes).ok()?;
        Some(u64::from_be_bytes(bytes))
    }
}

impl Engine {
    /// Refuses what was agreed to less surely than the household demands, whoever let it pass before.
    pub(super) async fn check_tier(&self, proposal: &Proposal, given: Tier) -> Result<(), PayError> {
        let rules = &self.settings.authentication;
        let is_new = rules.depends_on_new(proposal) && !self.paid_before(&proposal.payee).await?;
        let demanded = rules.demanded(proposal, || is_new);
        if given < demanded { Err(PayError::NotSureEnough { given, demanded }) } else { Ok(()) }
    }

    /// True if a payment to this payee ever succeeded.
    async fn paid_before(&self, payee: &str) -> Result<bool, PayError> {
        use PaymentStatus::{DisputeRejected, Disputed, PartiallyRefunded, Succeeded};
        let statuses = vec![Succeeded, PartiallyRefunded, Disputed, DisputeRejected];
        let filter = Filter { payee: Some(payee.to_owned()), statuses, limit: 1, ..Filter::default() };
        Ok(!self.store.payments(&filter).await?.is_empty())
    }
}
