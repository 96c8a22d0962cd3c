//! From a provider's answer to an event of the ledger. Only what is explicit and matches is certain; all else stays open.

use super::record::Payment;
use crate::ledger::{Event, PaymentStatus};
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
    /// True if the person has acted, so that the provider waits to be told to go on.
    pub approved: bool,
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
            approved: false,
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
        Outcome::Approved { provider_reference } => Verdict {
            approved: true,
            next: payment.next.clone(),
            provider_reference: Some(provider_reference),
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

/// True where `event` is the definitive opposite of the definitive `status`.
pub(super) fn contradicts(status: PaymentStatus, event: Event) -> bool {
    use PaymentStatus::{Canceled, Failed, NotSent, Succeeded};
    match event {
        Event::Succeeded | Event::Authorized | Event::Mismatched => matches!(status, Failed | NotSent | Canceled),
        Event::Failed | Event::Canceled => status == Succeeded,
        _ => false,
    }
}

/// Until when there is an answer to be expected, at a payment that stands at `to` now, where the provider gave a time with
/// its answer or did not. A deadline belongs to the status it was given with, and is never put off while the payment stands
/// there: a provider that gives a new code at each question would let it wait for ever.
pub(super) fn deadline_ms(payment: &Payment, to: PaymentStatus, given: Option<i64>, now_ms: i64) -> Option<i64> {
    if to == payment.status {
        return match (payment.deadline_ms, given) {
            (Some(first), Some(given)) => Some(first.min(given)),
            (first, given) => first.or(given),
        };
    }
    let expired = match payment.status {
        PaymentStatus::ActionRequired => payment.deadline_ms.is_some_and(|deadline| deadline <= now_ms),
        PaymentStatus::Canceling => payment.deadline_ms.is_some(),
        _ => false,
    };
    if to == PaymentStatus::Canceled && expired { payment.deadline_ms } else { given }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ledger::{Books, PaymentId};
    use sayso_plugin_interface::request::Payee;
    use sayso_plugin_interface::{Currency, Money, PayRequest, RetryAdvice};

    fn payment() -> Payment {
        let (id, amount) = (PaymentId::new(1, [1; 10]), Money::new(4250, Currency::USD));
        let payee = Payee { id: "electricity".into(), name: "City Power".into(), account: Default::default() };
        let request = PayRequest {
            reference: id.to_string(),
            idempotency_key: "k".into(),
            amount,
            payee,
            purpose: String::new(),
            authorize_only: false,
            instrument: None,
        };
        Payment {
            id,
            version: 1,
            status: PaymentStatus::Dispatching,
            books: Books::new(amount),
            consent: String::new(),
            payee: "electricity".into(),
            payee_name: "City Power".into(),
            provider: "stripe".into(),
            provider_name: "Stripe".into(),
            person: None,
            purpose: String::new(),
            practice: true,
            request,
            provider_reference: None,
            next: None,
            decline: None,
            note: None,
            created_at_ms: 0,
            updated_at_ms: 0,
            poll_at_ms: None,
            deadline_ms: None,
            act_until_ms: None,
            polls: 0,
            resends: 0,
            advances: 0,
        }
    }

    const ASKED: [Asked; 6] =
        [Asked::Pay, Asked::PayAgain, Asked::Query, Asked::Advance, Asked::Capture, Asked::Cancel];

    fn event(asked: Asked, outcome: Outcome) -> Event {
        judge(&payment(), asked, outcome).event
    }

    fn failed(code: DeclineCode) -> Outcome {
        Outcome::Failed { code, provider_code: None, retry: RetryAdvice::Never }
    }

    #[test]
    fn only_the_first_sending_can_say_that_nothing_was_sent() {
        for asked in ASKED {
            let not_sent = event(asked, Outcome::NotSent { reason: String::new() }) == Event::NotSent;
            assert_eq!(not_sent, asked == Asked::Pay, "{asked:?}");
        }
    }

    #[test]
    fn a_refusal_is_definitive_where_it_is_about_the_payment() {
        for asked in ASKED {
            let about_it = asked != Asked::Cancel;
            assert_eq!(event(asked, failed(DeclineCode::Declined)) == Event::Failed, about_it, "{asked:?}");
            let set_up = event(asked, failed(DeclineCode::Configuration)) == Event::Failed;
            assert_eq!(set_up, asked == Asked::Pay, "{asked:?}");
            assert_eq!(event(asked, failed(DeclineCode::Canceled)), Event::Canceled, "{asked:?}");
        }
    }

    #[test]
    fn a_success_is_one_only_when_all_of_it_is_as_agreed() {
        let good = Receipt {
            reference: payment().request.reference,
            provider_reference: "p".into(),
            amount: Money::new(4250, Currency::USD),
            payee: Some("electricity".into()),
        };
        let wrongs: [fn(&mut Receipt); 4] = [
            |receipt| receipt.amount.minor -= 1,
            |receipt| receipt.amount.currency = Currency::EUR,
            |receipt| receipt.payee = Some("City Power".into()),
            |receipt| receipt.reference.clear(),
        ];
        for asked in ASKED {
            assert_eq!(event(asked, Outcome::Succeeded { receipt: good.clone() }), Event::Succeeded);
            assert_eq!(event(asked, Outcome::Authorized { receipt: good.clone() }), Event::Authorized);
            for wrong in wrongs {
                let mut receipt = good.clone();
                wrong(&mut receipt);
                assert_eq!(event(asked, Outcome::Succeeded { receipt: receipt.clone() }), Event::Mismatched);
                assert_eq!(event(asked, Outcome::Authorized { receipt }), Event::Mismatched);
            }
        }
    }
}
