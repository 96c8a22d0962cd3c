//! The refund of a turn: what was agreed to goes to the payments, and what came of it goes back to the dialog.

use crate::consent::{Consent, ProposalKind};
use crate::dialog::PaymentOutcome;
use crate::payments::{PayError, Payments, RefundStatus, WouldSend};
use sayso_plugin_interface::Money;
use sayso_plugin_interface::outcome::DeclineCode;
use serde::Serialize;

/// A refund as the doors show it.
#[derive(Debug, Clone, Serialize)]
pub struct PaidBack {
    /// The id of the payment of which it gives back.
    pub payment: String,
    /// How it stands: `open`, `succeeded`, `failed`, or `refused` if it was never asked for.
    pub status: String,
    /// How much comes back.
    pub amount: Money,
    /// From whom: the id in the household.
    pub payee: String,
    /// From whom, by name.
    pub payee_name: String,
    /// With which provider.
    pub provider: String,
    /// Why it was refused, where it was.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

/// Gives back what was agreed to, and says how it went in the dialog's terms.
pub(super) async fn refund(
    payments: &Payments,
    consent: Consent,
    would_send: &mut Option<WouldSend>,
) -> (PaidBack, PaymentOutcome) {
    let proposal = consent.proposal().clone();
    let payment = match &proposal.kind {
        ProposalKind::Refund { payment, .. } => payment.clone(),
        _ => String::new(),
    };
    let (status, outcome, reason) = match payments.refund_agreed(consent).await {
        Ok(done) => {
            super::news::note(payments.told(&done.payment).await);
            let outcome = match done.refund.status {
                RefundStatus::Succeeded => PaymentOutcome::Succeeded,
                RefundStatus::Failed => PaymentOutcome::Declined { code: DeclineCode::Declined },
                // With a reference of its own the provider has it; without one nobody can tell.
                RefundStatus::Open if done.refund.provider_reference.is_some() => PaymentOutcome::Pending,
                RefundStatus::Open | RefundStatus::Review => PaymentOutcome::Unknown,
            };
            (done.refund.status.name(), outcome, None)
        }
        Err(refused) => {
            *would_send = super::paying::shown(&refused);
            let outcome = outcome_of_refusal(&refused);
            let status = if outcome == PaymentOutcome::Unknown { "open" } else { "refused" };
            (status, outcome, Some(refused.to_string()))
        }
    };
    let paid_back = PaidBack {
        payment,
        status: status.to_owned(),
        amount: proposal.amount,
        payee: proposal.payee,
        payee_name: proposal.payee_name,
        provider: proposal.provider,
        reason,
    };
    (paid_back, outcome)
}

/// A refund that was not begun, in the dialog's terms; what may have been begun is unknown.
fn outcome_of_refusal(refused: &PayError) -> PaymentOutcome {
    let code = match refused {
        PayError::DryRun(_) => return PaymentOutcome::DryRun,
        PayError::UnknownProvider { .. } | PayError::Store(_) | PayError::NoRandomness(_) => DeclineCode::Configuration,
        PayError::Consent(_)
        | PayError::NotAnAmount(_)
        | PayError::OtherKind
        | PayError::NoSuchPayment(_)
        | PayError::NotPossible { .. } => DeclineCode::Declined,
        // Perhaps this very refund was begun before, or another process is at it.
        _ => return PaymentOutcome::Unknown,
    };
    PaymentOutcome::Declined { code }
}
