//! From a provider's answer to an event of the ledger. Only what is explicit and matches is certain; all else stays open.

use super::record::Payment;
use crate::ledger::Event;
use sayso_plugin_interface::outcome::DeclineCode;
use sayso_plugin_interface::{NextStep, Outcome, Receipt};

/// What the provider was asked when it gave its answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Asked {
    /// To pay, for the first time.
    Pay,
    /// To pay again with the same key, since nobody could tell what became of the first time.
    PayAgain,
    /// What became of it.
    Query,
    /// To go on after the person acted.
    Advance,
    /// To capture what was authorised.
    Capture,
    /// To cancel.
    Cancel,
}

/// What an answer means for a payment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verdict {
    /// What happened; it may be that the table has no such transition, where the answer is late or repeated.
    pub event: Event,
    /// The provider's own id, where the answer has one.
    pub provider_reference: Option<String>,
    /// What the person has to do.
    pub next: Option<NextStep>,
    /// Why it failed.
    pub decline: Option<DeclineCode>,
    /// Why, for the log.
    pub note: Option<String>,
    /// When to ask again, in milliseconds from now, where the provider said.
    pub poll_after_ms: Option<u64>,
    /// Until when there is an answer to be expected, as Unix milliseconds.
    pub deadline_ms: Option<i64>,
}

impl Verdict {
    fn of(event: Event) -> Self {
        Verdict {
            event,
            provider_reference: None,
            next: None,
            decline: None,
            note: None,
            poll_after_ms: None,
            deadline_ms: None,
        }
    }

    /// Nobody can tell, and why.
    #[must_use]
    pub fn unclear(note: impl Into<String>) -> Self {
        Verdict { note: Some(note.into()), ..Verdict::of(Event::Unclear) }
    }
}

/// What `outcome` means for `payment`, after the provider was asked so.
#[must_use]
pub fn judge(payment: &Payment, asked: Asked, outcome: Outcome) -> Verdict {
    match outcome {
        Outcome::Succeeded { receipt } => compare(payment, receipt, Event::Succeeded),
        Outcome::Authorized { receipt } => compare(payment, receipt, Event::Authorized),
        Outcome::Failed { code, provider_code, .. } => failed(asked, code, provider_code),
        Outcome::NotSent { reason } if asked == Asked::Pay => {
            Verdict { note: Some(reason), ..Verdict::of(Event::NotSent) }
        }
        // What was not sent now may have been sent before.
        Outcome::NotSent { reason } => Verdict::unclear(format!("not sent this time: {reason}")),
        Outcome::Unknown { reason } => Verdict::unclear(reason),
        Outcome::ActionRequired { next, expires_ms, provider_reference } => Verdict {
            next: Some(next),
            deadline_ms: expires_ms,
            provider_reference,
            ..Verdict::of(Event::ActionRequired)
        },
        Outcome::Pending { poll_after_ms, deadline_ms, provider_reference } => Verdict {
            poll_after_ms: Some(poll_after_ms),
            deadline_ms,
            provider_reference,
            ..Verdict::of(Event::Pending)
        },
    }
}

/// A refusal is definitive, but for two cases: a cancellation that is refused says nothing of the payment, and a set-up
/// that is wrong now (a key that was revoked) says nothing of what was sent while it was right.
fn failed(asked: Asked, code: DeclineCode, provider_code: Option<String>) -> Verdict {
    let note = provider_code.map(|own| format!("the provider's code: {own}"));
    match (code, asked) {
        (DeclineCode::Canceled, _) => Verdict { decline: Some(code), note, ..Verdict::of(Event::Canceled) },
        (_, Asked::Cancel) => Verdict::unclear(format!("the cancellation was refused ({code:?})")),
        (DeclineCode::Configuration, asked) if asked != Asked::Pay => {
            Verdict::unclear("the provider refused the set-up (keys, account), not the payment")
        }
        _ => Verdict { decline: Some(code), note, ..Verdict::of(Event::Failed) },
    }
}

/// Compares what the provider says it did with what was agreed.
fn compare(payment: &Payment, receipt: Receipt, event: Event) -> Verdict {
    let agreed = &payment.request;
    let mut faults = Vec::new();
    if receipt.amount != agreed.amount {
        faults.push(format!("amount {} instead of {}", receipt.amount, agreed.amount));
    }
    if receipt.reference != agreed.reference {
        faults.push(format!("reference `{}` instead of `{}`", receipt.reference, agreed.reference));
    }
    if receipt.payee.as_ref().is_some_and(|payee| *payee != agreed.payee.id) {
        let reported = receipt.payee.as_deref().unwrap_or_default();
        faults.push(format!("payee `{reported}` instead of `{}`", agreed.payee.id));
    }
    let provider_reference = Some(receipt.provider_reference);
    if faults.is_empty() {
        Verdict { provider_reference, ..Verdict::of(event) }
    } else {
        let note = format!("the provider reported {}", faults.join(", "));
        Verdict { provider_reference, note: Some(note), ..Verdict::of(Event::Mismatched) }
    }
}
