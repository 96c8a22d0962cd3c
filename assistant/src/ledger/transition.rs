//! The one table of what can follow what. What is not in it cannot happen.

use super::event::Event as E;
use super::status::PaymentStatus as S;

/// One row of the table: `event` takes a payment from `from` to `to`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Transition {
    /// Where the payment stands.
    pub from: S,
    /// What happens.
    pub event: E,
    /// Where it stands then.
    pub to: S,
}

const fn row(from: S, event: E, to: S) -> Transition {
    Transition { from, event, to }
}

/// Every transition there is, in the order of a payment's life.
pub const TABLE: &[Transition] = &[
    row(S::Consented, E::Dispatched, S::Dispatching),
    // The provider is being told.
    row(S::Dispatching, E::Succeeded, S::Succeeded),
    row(S::Dispatching, E::Authorized, S::Authorized),
    row(S::Dispatching, E::Failed, S::Failed),
    row(S::Dispatching, E::NotSent, S::NotSent),
    row(S::Dispatching, E::Canceled, S::Canceled),
    row(S::Dispatching, E::ActionRequired, S::ActionRequired),
    row(S::Dispatching, E::Pending, S::Pending),
    row(S::Dispatching, E::Unclear, S::Unknown),
    row(S::Dispatching, E::Interrupted, S::Unknown),
    row(S::Dispatching, E::Mismatched, S::IntegrityAlarm),
    // Nobody can tell: never "not sent" from here, since the first sending may have arrived.
    row(S::Unknown, E::Succeeded, S::Succeeded),
    row(S::Unknown, E::Authorized, S::Authorized),
    row(S::Unknown, E::Failed, S::Failed),
    row(S::Unknown, E::Canceled, S::Canceled),
    row(S::Unknown, E::ActionRequired, S::ActionRequired),
    row(S::Unknown, E::Pending, S::Pending),
    row(S::Unknown, E::Unclear, S::Unknown),
    row(S::Unknown, E::Resent, S::Unknown),
    row(S::Unknown, E::Mismatched, S::IntegrityAlarm),
    row(S::Unknown, E::CancelAsked, S::Canceling),
    row(S::Unknown, E::GaveUp, S::ManualReview),
    // The provider is at it.
    row(S::Pending, E::Succeeded, S::Succeeded),
    row(S::Pending, E::Authorized, S::Authorized),
    row(S::Pending, E::Failed, S::Failed),
    row(S::Pending, E::Canceled, S::Canceled),
    row(S::Pending, E::ActionRequired, S::ActionRequired),
    row(S::Pending, E::Pending, S::Pending),
    row(S::Pending, E::Mismatched, S::IntegrityAlarm),
    row(S::Pending, E::CancelAsked, S::Canceling),
    row(S::Pending, E::GaveUp, S::ManualReview),
    // The person has to act.
    row(S::ActionRequired, E::Succeeded, S::Succeeded),
    row(S::ActionRequired, E::Authorized, S::Authorized),
    row(S::ActionRequired, E::Failed, S::Failed),
    row(S::ActionRequired, E::Canceled, S::Canceled),
    row(S::ActionRequired, E::ActionRequired, S::ActionRequired),
    row(S::ActionRequired, E::Pending, S::Pending),
    row(S::ActionRequired, E::Unclear, S::Unknown),
    row(S::ActionRequired, E::Mismatched, S::IntegrityAlarm),
    row(S::ActionRequired, E::CancelAsked, S::Canceling),
    row(S::ActionRequired, E::Expired, S::Canceling),
    row(S::ActionRequired, E::GaveUp, S::ManualReview),
    // Reserved, then captured.
    row(S::Authorized, E::CaptureAsked, S::Capturing),
    row(S::Authorized, E::CancelAsked, S::Canceling),
    row(S::Authorized, E::Succeeded, S::Succeeded),
    row(S::Authorized, E::Failed, S::Failed),
    row(S::Authorized, E::Canceled, S::Canceled),
    row(S::Authorized, E::Mismatched, S::IntegrityAlarm),
    row(S::Authorized, E::GaveUp, S::ManualReview),
    row(S::Capturing, E::Succeeded, S::Succeeded),
    row(S::Capturing, E::Failed, S::Failed),
    row(S::Capturing, E::Canceled, S::Canceled),
    row(S::Capturing, E::Unclear, S::Capturing),
    row(S::Capturing, E::Mismatched, S::IntegrityAlarm),
    row(S::Capturing, E::GaveUp, S::ManualReview),
    // Being canceled; what goes through all the same is given back.
    row(S::Canceling, E::Canceled, S::Canceled),
    row(S::Canceling, E::Failed, S::Failed),
    row(S::Canceling, E::Succeeded, S::Reversing),
    row(S::Canceling, E::Unclear, S::Canceling),
    row(S::Canceling, E::Mismatched, S::IntegrityAlarm),
    row(S::Canceling, E::GaveUp, S::ManualReview),
    row(S::Canceled, E::Succeeded, S::Reversing),
    // A person looks; what the provider says later, explicitly and matching, counts as well.
    row(S::ManualReview, E::Succeeded, S::Succeeded),
    row(S::ManualReview, E::Failed, S::Failed),
    row(S::ManualReview, E::Canceled, S::Canceled),
    row(S::ManualReview, E::Mismatched, S::IntegrityAlarm),
    row(S::ManualReview, E::ResolvedPaid, S::Succeeded),
    row(S::ManualReview, E::ResolvedUnpaid, S::Failed),
    row(S::IntegrityAlarm, E::ResolvedPaid, S::Succeeded),
    row(S::IntegrityAlarm, E::ResolvedUnpaid, S::Failed),
    // Money comes back.
    row(S::Succeeded, E::RefundedPart, S::PartiallyRefunded),
    row(S::Succeeded, E::RefundedWhole, S::Refunded),
    row(S::PartiallyRefunded, E::RefundedPart, S::PartiallyRefunded),
    row(S::PartiallyRefunded, E::RefundedWhole, S::Refunded),
    row(S::Reversing, E::RefundedPart, S::Reversing),
    row(S::Reversing, E::RefundedWhole, S::Refunded),
    row(S::Succeeded, E::Disputed, S::Disputed),
    row(S::PartiallyRefunded, E::Disputed, S::Disputed),
    row(S::Reversing, E::Disputed, S::Disputed),
    row(S::Refunded, E::Disputed, S::Disputed),
    row(S::Disputed, E::DisputeRejected, S::DisputeRejected),
    row(S::Disputed, E::ChargedBack, S::ChargedBack),
    // A dispute that was lost can be won in a further instance.
    row(S::DisputeRejected, E::ChargedBack, S::ChargedBack),
    // A definitive answer is taken back: it is written down and told, and changes nothing.
    row(S::Succeeded, E::Contradicted, S::Succeeded),
    row(S::Failed, E::Contradicted, S::Failed),
    row(S::NotSent, E::Contradicted, S::NotSent),
    row(S::Canceled, E::Contradicted, S::Canceled),
];

/// Where `event` takes a payment that stands at `from`; `None` where it cannot happen.
#[must_use]
pub fn next(from: S, event: E) -> Option<S> {
    TABLE.iter().find(|row| row.from == from && row.event == event).map(|row| row.to)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::{HashSet, VecDeque};

    #[test]
    fn each_row_is_there_once() {
        let mut seen = HashSet::new();
        for row in TABLE {
            assert!(seen.insert((row.from, row.event)), "{row:?} is there twice");
        }
    }

    #[test]
    fn no_state_goes_back() {
        for row in TABLE {
            assert!(row.to.rank() >= row.from.rank(), "{row:?}");
            let level = row.to.rank() == row.from.rank();
            assert!(!level || row.to == row.from || row.from.rank() == S::Unknown.rank(), "{row:?}");
        }
    }

    #[test]
    fn an_end_changes_only_into_refunds_and_disputes() {
        let later = [S::Reversing, S::PartiallyRefunded, S::Refunded, S::Disputed, S::ChargedBack];
        for row in TABLE.iter().filter(|row| row.from.is_terminal()) {
            assert!(row.to == row.from || later.contains(&row.to), "{row:?}");
        }
    }

    #[test]
    fn every_status_is_reached_and_every_one_that_is_no_end_can_be_left() {
        let mut reached = HashSet::from([S::Consented]);
        let mut queue = VecDeque::from([S::Consented]);
        while let Some(from) = queue.pop_front() {
            for row in TABLE.iter().filter(|row| row.from == from) {
                if reached.insert(row.to) {
                    queue.push_back(row.to);
                }
            }
        }
        for status in S::ALL {
            assert!(reached.contains(&status), "{status} is never reached");
            let left = TABLE.iter().any(|row| row.from == status && row.to != status);
            assert!(left || status.is_terminal(), "{status} is never left");
        }
    }

    #[test]
    fn only_a_certain_answer_of_the_provider_or_a_person_ends_a_payment() {
        let certain = [E::Succeeded, E::Failed, E::NotSent, E::Canceled, E::ResolvedPaid, E::ResolvedUnpaid];
        for row in TABLE.iter().filter(|row| !row.from.is_terminal() && row.to.rank() == S::Succeeded.rank()) {
            assert!(certain.contains(&row.event), "{row:?}");
        }
        let not_sent: Vec<_> = TABLE.iter().filter(|row| row.event == E::NotSent).map(|row| row.from).collect();
        assert_eq!(not_sent, [S::Dispatching], "after a first sending nobody can say that nothing was sent");
    }
}
