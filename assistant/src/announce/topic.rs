//! What a piece of news is about, in the few words that a configuration uses.

use crate::ledger::PaymentStatus;
use serde::{Deserialize, Serialize};

/// What a piece of news is about. Steps that nobody outside needs to hear of have none.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Topic {
    /// The money moved, as agreed.
    Succeeded,
    /// The provider said no, or nothing was sent.
    Declined,
    /// The provider is still at it.
    Pending,
    /// The person has to do something first.
    ActionRequired,
    /// Nobody can tell yet.
    Unknown,
    /// Money came back, wholly or in part.
    Refunded,
    /// It was canceled before money moved.
    Canceled,
    /// A person has to look at once: another amount or payee than agreed, a dispute, no end to be found.
    Alarm,
}

impl Topic {
    /// Every topic.
    pub const ALL: [Topic; 8] = [
        Topic::Succeeded,
        Topic::Declined,
        Topic::Pending,
        Topic::ActionRequired,
        Topic::Unknown,
        Topic::Refunded,
        Topic::Canceled,
        Topic::Alarm,
    ];

    /// What a payment with this status is news of; `None` for steps in between.
    #[must_use]
    pub fn of(status: PaymentStatus) -> Option<Topic> {
        use PaymentStatus as S;
        Some(match status {
            S::Succeeded => Topic::Succeeded,
            S::Failed | S::NotSent => Topic::Declined,
            S::Pending => Topic::Pending,
            S::ActionRequired => Topic::ActionRequired,
            S::Unknown => Topic::Unknown,
            S::PartiallyRefunded | S::Refunded | S::ChargedBack => Topic::Refunded,
            S::Canceled => Topic::Canceled,
            S::ManualReview | S::IntegrityAlarm | S::Disputed | S::DisputeRejected => Topic::Alarm,
            S::Consented | S::Dispatching | S::Authorized | S::Capturing | S::Canceling | S::Reversing => return None,
        })
    }

    /// The word in configurations and in messages.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Topic::Succeeded => "succeeded",
            Topic::Declined => "declined",
            Topic::Pending => "pending",
            Topic::ActionRequired => "action_required",
            Topic::Unknown => "unknown",
            Topic::Refunded => "refunded",
            Topic::Canceled => "canceled",
            Topic::Alarm => "alarm",
        }
    }
}
