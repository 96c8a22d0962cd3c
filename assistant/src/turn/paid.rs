//! What came of a payment, for the doors and in the dialog's terms.

use super::Paid;
use crate::consent::Proposal;
use crate::dialog::{HandOff, PaymentOutcome};
use crate::ledger::PaymentStatus;
use crate::payments::{PayError, PaymentView, StandingView};
use sayso_plugin_interface::NextStep;
use sayso_plugin_interface::outcome::DeclineCode;

impl Paid {
    /// What was put down for later.
    pub(super) fn scheduled(view: StandingView) -> Self {
        Paid {
            id: Some(view.id),
            status: "scheduled".to_owned(),
            amount: view.amount,
            payee: view.payee,
            payee_name: view.payee_name,
            provider: view.provider,
            reason: None,
        }
    }

    /// What was not begun.
    pub(super) fn refused(proposal: Proposal, refused: &PayError) -> Self {
        let status = match outcome_of_refusal(refused) {
            PaymentOutcome::Unknown => PaymentStatus::Unknown.name(),
            PaymentOutcome::DryRun => "dry_run",
            _ => PaymentStatus::NotSent.name(),
        };
        Paid {
            id: payment_of_refusal(refused),
            status: status.to_string(),
            amount: proposal.amount,
            payee: proposal.payee,
            payee_name: proposal.payee_name,
            provider: proposal.provider,
            reason: Some(refused.to_string()),
        }
    }
}

impl From<PaymentView> for Paid {
    fn from(view: PaymentView) -> Self {
        Paid {
            id: Some(view.id.to_string()),
            status: view.status.to_string(),
            amount: view.amount,
            payee: view.payee,
            payee_name: view.payee_name,
            provider: view.provider,
            reason: None,
        }
    }
}

/// Where a payment stands, in the dialog's terms. What is not certain is never told as success or failure.
pub(super) fn outcome_of(view: &PaymentView) -> PaymentOutcome {
    match view.status {
        PaymentStatus::Succeeded => PaymentOutcome::Succeeded,
        PaymentStatus::Failed => PaymentOutcome::Declined { code: view.decline.unwrap_or(DeclineCode::Declined) },
        PaymentStatus::Canceled => PaymentOutcome::Declined { code: DeclineCode::Canceled },
        PaymentStatus::NotSent => PaymentOutcome::Declined { code: DeclineCode::Configuration },
        PaymentStatus::ActionRequired => match view.next.clone() {
            Some(next) => PaymentOutcome::ActionRequired { next },
            None => PaymentOutcome::Pending,
        },
        PaymentStatus::Pending | PaymentStatus::Authorized | PaymentStatus::Capturing => PaymentOutcome::Pending,
        _ => PaymentOutcome::Unknown,
    }
}

/// Where the person goes on with a payment that they have to approve.
pub(super) fn screen(next: &NextStep) -> HandOff {
    match next.clone() {
        NextStep::Link { url } => HandOff::Link { address: url },
        NextStep::Qr { content } => HandOff::Qr { content },
        NextStep::App { name } => HandOff::App { name },
    }
}

/// The payment in the ledger of which an error tells; none if it was refused before it had one.
pub(super) fn payment_of_refusal(refused: &PayError) -> Option<String> {
    match refused {
        PayError::ConsentUsed { payment }
        | PayError::Unrecorded { payment, .. }
        | PayError::RefundMoved { payment }
        | PayError::NotPossible { payment, .. } => Some(payment.to_string()),
        PayError::Busy(payment) => Some(payment.to_string()),
        _ => None,
    }
}

/// A payment that was not even begun, in the dialog's terms.
pub(super) fn outcome_of_refusal(refused: &PayError) -> PaymentOutcome {
    let code = match refused {
        // What was paid before is not what it was at the read-back: the dialog looks anew, and says so or asks.
        PayError::Limited(_) | PayError::Repeated { .. } => return PaymentOutcome::Anew,
        PayError::DryRun(_) => return PaymentOutcome::DryRun,
        PayError::NotOffered { .. } => DeclineCode::CurrencyRefused,
        PayError::UnknownProvider { .. }
        | PayError::OtherMoney { .. }
        | PayError::Store(_)
        | PayError::NoRandomness(_) => DeclineCode::Configuration,
        PayError::NotSureEnough { .. } => DeclineCode::AuthenticationRequired,
        PayError::Consent(_)
        | PayError::NotAnAmount(_)
        | PayError::OtherKind
        | PayError::NotNow
        | PayError::Closed { .. }
        | PayError::NotInDryRun
        | PayError::DueGone => DeclineCode::Declined,
        // It was sent, or another process is at it: nobody can tell here.
        _ => return PaymentOutcome::Unknown,
    };
    PaymentOutcome::Declined { code }
}
