//! Where a payment stands.

use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;

/// Where a payment stands. What leads from one to another is the table of [`super::transition`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum PaymentStatus {
    /// The person agreed; nothing is sent and no key is committed.
    Consented,
    /// The key is committed, and the provider may be hearing of it right now.
    Dispatching,
    /// Nobody can tell; the provider is asked until somebody can.
    Unknown,
    /// The provider knows of it and is still at it.
    Pending,
    /// The person has to act first (open a link, scan a code, approve in an app).
    ActionRequired,
    /// The money is reserved and waits to be captured.
    Authorized,
    /// The capture was asked for, and has no certain answer yet.
    Capturing,
    /// The cancellation was asked for, and has no certain answer yet.
    Canceling,
    /// No machine can settle it: a person has to look at the provider's own pages.
    ManualReview,
    /// The provider reported another amount, currency, payee or reference than was agreed. A person has to look.
    IntegrityAlarm,
    /// The money moved, exactly as agreed.
    Succeeded,
    /// The provider said no, definitively.
    Failed,
    /// It never left the house.
    NotSent,
    /// Canceled before any money moved.
    Canceled,
    /// It went through after it was canceled; the money is on its way back.
    Reversing,
    /// A part was given back.
    PartiallyRefunded,
    /// All was given back.
    Refunded,
    /// The payment is being disputed.
    Disputed,
    /// The dispute was lost: the payment stands.
    DisputeRejected,
    /// The dispute was won: the money came back.
    ChargedBack,
}

impl PaymentStatus {
    /// Every status, in the order of a payment's life.
    pub const ALL: [PaymentStatus; 20] = [
        PaymentStatus::Consented,
        PaymentStatus::Dispatching,
        PaymentStatus::Unknown,
        PaymentStatus::Pending,
        PaymentStatus::ActionRequired,
        PaymentStatus::Authorized,
        PaymentStatus::Capturing,
        PaymentStatus::Canceling,
        PaymentStatus::ManualReview,
        PaymentStatus::IntegrityAlarm,
        PaymentStatus::Succeeded,
        PaymentStatus::Failed,
        PaymentStatus::NotSent,
        PaymentStatus::Canceled,
        PaymentStatus::Reversing,
        PaymentStatus::PartiallyRefunded,
        PaymentStatus::Refunded,
        PaymentStatus::Disputed,
        PaymentStatus::DisputeRejected,
        PaymentStatus::ChargedBack,
    ];

    /// The word in files, in the store and in JSON.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            PaymentStatus::Consented => "consented",
            PaymentStatus::Dispatching => "dispatching",
            PaymentStatus::Unknown => "unknown",
            PaymentStatus::Pending => "pending",
            PaymentStatus::ActionRequired => "action_required",
            PaymentStatus::Authorized => "authorized",
            PaymentStatus::Capturing => "capturing",
            PaymentStatus::Canceling => "canceling",
            PaymentStatus::ManualReview => "manual_review",
            PaymentStatus::IntegrityAlarm => "integrity_alarm",
            PaymentStatus::Succeeded => "succeeded",
            PaymentStatus::Failed => "failed",
            PaymentStatus::NotSent => "not_sent",
            PaymentStatus::Canceled => "canceled",
            PaymentStatus::Reversing => "reversing",
            PaymentStatus::PartiallyRefunded => "partially_refunded",
            PaymentStatus::Refunded => "refunded",
            PaymentStatus::Disputed => "disputed",
            PaymentStatus::DisputeRejected => "dispute_rejected",
            PaymentStatus::ChargedBack => "charged_back",
        }
    }

    /// How far along the life of a payment this is; no step of the table leads to a lower figure.
    #[must_use]
    pub const fn rank(self) -> u8 {
        match self {
            PaymentStatus::Consented => 0,
            PaymentStatus::Dispatching => 1,
            PaymentStatus::Unknown | PaymentStatus::Pending | PaymentStatus::ActionRequired => 2,
            PaymentStatus::Authorized => 3,
            PaymentStatus::Capturing | PaymentStatus::Canceling => 4,
            PaymentStatus::ManualReview => 5,
            PaymentStatus::IntegrityAlarm => 6,
            PaymentStatus::Succeeded | PaymentStatus::Failed | PaymentStatus::NotSent | PaymentStatus::Canceled => 7,
            PaymentStatus::Reversing | PaymentStatus::PartiallyRefunded => 8,
            PaymentStatus::Refunded => 9,
            PaymentStatus::Disputed => 10,
            PaymentStatus::DisputeRejected => 11,
            PaymentStatus::ChargedBack => 12,
        }
    }

    /// True where nothing more is expected: only a refund or a dispute can still follow.
    #[must_use]
    pub const fn is_terminal(self) -> bool {
        matches!(
            self,
            PaymentStatus::Succeeded
                | PaymentStatus::Failed
                | PaymentStatus::NotSent
                | PaymentStatus::Canceled
                | PaymentStatus::PartiallyRefunded
                | PaymentStatus::Refunded
                | PaymentStatus::DisputeRejected
                | PaymentStatus::ChargedBack
        )
    }

    /// True where the provider has to be asked (or told again) until there is an answer.
    #[must_use]
    pub const fn is_open(self) -> bool {
        matches!(
            self,
            PaymentStatus::Dispatching
                | PaymentStatus::Unknown
                | PaymentStatus::Pending
                | PaymentStatus::ActionRequired
                | PaymentStatus::Authorized
                | PaymentStatus::Capturing
                | PaymentStatus::Canceling
                | PaymentStatus::Reversing
        )
    }

    /// True where the money has left the household, or may have: what counts against a limit.
    #[must_use]
    pub const fn may_have_moved_money(self) -> bool {
        !matches!(
            self,
            PaymentStatus::Consented
                | PaymentStatus::Failed
                | PaymentStatus::NotSent
                | PaymentStatus::Canceled
                | PaymentStatus::Refunded
                | PaymentStatus::ChargedBack
        )
    }
}

impl fmt::Display for PaymentStatus {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// A word that is not a status.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not the status of a payment")]
pub struct UnknownStatus(pub String);

impl FromStr for PaymentStatus {
    type Err = UnknownStatus;
    fn from_str(name: &str) -> Result<Self, Self::Err> {
        let found = Self::ALL.into_iter().find(|status| status.name() == name);
        found.ok_or_else(|| UnknownStatus(name.to_owned()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_those_of_the_json() {
        for status in PaymentStatus::ALL {
            assert_eq!(serde_json::to_value(status).unwrap(), status.name());
            assert_eq!(status.name().parse(), Ok(status));
        }
    }

    #[test]
    fn what_is_asked_for_is_not_at_its_end() {
        assert!(PaymentStatus::ALL.into_iter().all(|status| !(status.is_open() && status.is_terminal())));
    }
}
