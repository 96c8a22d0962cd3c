//! What a notification can tell besides what became of a payment: refunds and disputes.

use crate::enrolment::EnrolOutcome;
use crate::money::Money;
use crate::outcome::{Outcome, RefundOutcome};
use serde::{Deserialize, Serialize};

/// What a genuine notification says. All of it may be absent: then it is about nothing of ours.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct News {
    /// Our reference of the payment, where the provider gives it back.
    #[serde(default)]
    pub reference: Option<String>,
    /// The provider's id of the payment: for notifications that bear none of ours.
    #[serde(default)]
    pub provider_reference: Option<String>,
    /// What it says became of the payment; without it, the provider is asked.
    #[serde(default)]
    pub outcome: Option<Outcome>,
    /// A refund of the payment, whoever asked for it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub refund: Option<RefundNews>,
    /// A dispute about the payment.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub dispute: Option<DisputeNews>,
    /// A stored way to pay, where `reference` is that of an enrolment.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub enrolment: Option<EnrolOutcome>,
}

impl News {
    /// About the payment with these references of ours and the provider's, as far as the notification bears them.
    #[must_use]
    pub fn about(reference: Option<String>, provider_reference: Option<String>) -> Self {
        News { reference, provider_reference, ..News::default() }
    }

    /// That of a refund, with our reference of it.
    #[must_use]
    pub fn of_refund(self, refund_reference: Option<String>, outcome: RefundOutcome) -> Self {
        News { refund: Some(RefundNews { refund_reference, outcome }), ..self }
    }
}

/// A refund, as a notification tells it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RefundNews {
    /// Our reference of the refund, if it was ours.
    pub refund_reference: Option<String>,
    /// What became of it.
    pub outcome: RefundOutcome,
}

/// A dispute (chargeback), as a notification tells it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DisputeNews {
    /// The provider's id of the dispute.
    pub provider_reference: String,
    /// How it stands.
    pub state: DisputeState,
    /// How much is disputed, where the provider says so.
    pub amount: Option<Money>,
    /// The provider's own word for why.
    pub reason: Option<String>,
}

/// How a dispute stands, seen from the person who paid.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DisputeState {
    /// It was raised and is being looked at. A word that is in no table belongs here too.
    Open,
    /// It was rejected: the payment stands.
    Rejected,
    /// The money came back to the person who paid.
    ChargedBack,
}
