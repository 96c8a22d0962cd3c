//! What can happen to a payment.

use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;

/// What happened to a payment; the columns of the table in [`super::transition`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Event {
    /// The person agreed to what was read back.
    Consented,
    /// The key was committed; the provider may be told from here on.
    Dispatched,
    /// The program ended while the provider was being told.
    Interrupted,
    /// The provider reported exactly the payment that was agreed.
    Succeeded,
    /// The provider reserved exactly the amount that was agreed.
    Authorized,
    /// The provider said no, definitively.
    Failed,
    /// The request certainly never left.
    NotSent,
    /// There is no answer from which anybody could tell.
    Unclear,
    /// The provider waits for the person.
    ActionRequired,
    /// The provider is still at it.
    Pending,
    /// The provider reported another amount, currency, payee or reference than was agreed.
    Mismatched,
    /// It was sent again, with the same key.
    Resent,
    /// Asking has led nowhere for too long.
    GaveUp,
    /// The capture of what was authorised is about to be asked for.
    CaptureAsked,
    /// The cancellation is about to be asked for.
    CancelAsked,
    /// The person did not act in time, so that the cancellation is about to be asked for.
    Expired,
    /// The provider reported it as canceled.
    Canceled,
    /// A part was given back.
    RefundedPart,
    /// All (that was left) was given back.
    RefundedWhole,
    /// A dispute was opened.
    Disputed,
    /// The dispute was lost: the payment stands.
    DisputeRejected,
    /// The dispute was won: the money came back.
    ChargedBack,
    /// A person looked, and the money moved as agreed.
    ResolvedPaid,
    /// A person looked, and no money moved.
    ResolvedUnpaid,
    /// The provider now says the opposite of what it said definitively. Nothing changes but the record of it.
    Contradicted,
}

impl Event {
    /// Every event.
    pub const ALL: [Event; 25] = [
        Event::Consented,
        Event::Dispatched,
        Event::Interrupted,
        Event::Succeeded,
        Event::Authorized,
        Event::Failed,
        Event::NotSent,
        Event::Unclear,
        Event::ActionRequired,
        Event::Pending,
        Event::Mismatched,
        Event::Resent,
        Event::GaveUp,
        Event::CaptureAsked,
        Event::CancelAsked,
        Event::Expired,
        Event::Canceled,
        Event::RefundedPart,
        Event::RefundedWhole,
        Event::Disputed,
        Event::DisputeRejected,
        Event::ChargedBack,
        Event::ResolvedPaid,
        Event::ResolvedUnpaid,
        Event::Contradicted,
    ];

    /// The word in the store and in JSON.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Event::Consented => "consented",
            Event::Dispatched => "dispatched",
            Event::Interrupted => "interrupted",
            Event::Succeeded => "succeeded",
            Event::Authorized => "authorized",
            Event::Failed => "failed",
            Event::NotSent => "not_sent",
            Event::Unclear => "unclear",
            Event::ActionRequired => "action_required",
            Event::Pending => "pending",
            Event::Mismatched => "mismatched",
            Event::Resent => "resent",
            Event::GaveUp => "gave_up",
            Event::CaptureAsked => "capture_asked",
            Event::CancelAsked => "cancel_asked",
            Event::Expired => "expired",
            Event::Canceled => "canceled",
            Event::RefundedPart => "refunded_part",
            Event::RefundedWhole => "refunded_whole",
            Event::Disputed => "disputed",
            Event::DisputeRejected => "dispute_rejected",
            Event::ChargedBack => "charged_back",
            Event::ResolvedPaid => "resolved_paid",
            Event::ResolvedUnpaid => "resolved_unpaid",
            Event::Contradicted => "contradicted",
        }
    }
}

impl fmt::Display for Event {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// A word that is not an event.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not an event of a payment")]
pub struct UnknownEvent(pub String);

impl FromStr for Event {
    type Err = UnknownEvent;
    fn from_str(name: &str) -> Result<Self, Self::Err> {
        Self::ALL.into_iter().find(|event| event.name() == name).ok_or_else(|| UnknownEvent(name.to_owned()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_those_of_the_json() {
        for event in Event::ALL {
            assert_eq!(serde_json::to_value(event).unwrap(), event.name());
            assert_eq!(event.name().parse(), Ok(event));
        }
    }
}
