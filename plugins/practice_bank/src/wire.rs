//! The bank's JSON, and the tables that map its words to ours. A word that is in no table is never a success or a failure.

use sayso_plugin_sdk::interface::outcome::DeclineCode;
use sayso_plugin_sdk::{Currency, Money, NextStep, Outcome, Receipt, RefundOutcome, RetryAdvice};
use serde::Deserialize;

/// A charge as the bank writes it. Fields that we don't need are left out.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct Charge {
    /// The bank's id.
    pub id: String,
    /// Our reference.
    pub reference: String,
    /// How much, in minor units.
    pub amount_minor: i64,
    /// Which currency.
    pub currency: Currency,
    /// Our id of the payee.
    pub payee: String,
    /// See [`outcome`].
    pub status: String,
    /// See [`DECLINES`].
    #[serde(default)]
    pub decline_code: Option<String>,
    /// What the person has to do.
    #[serde(default)]
    pub action: Option<Action>,
}

/// What the person has to do.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct Action {
    /// `link` or `qr`.
    pub kind: String,
    /// The address or the content.
    pub content: String,
}

/// The answer to a search for charges.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct Charges {
    /// All that were found.
    pub charges: Vec<Charge>,
}

/// A refund as the bank writes it.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct Refund {
    /// The bank's id.
    pub id: String,
    /// Our reference of the refund.
    pub reference: String,
    /// How much, in minor units.
    pub amount_minor: i64,
    /// Which currency.
    pub currency: Currency,
    /// See [`refund_outcome`].
    pub status: String,
}

/// The answer to a search for refunds.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct Refunds {
    /// All that were found.
    pub refunds: Vec<Refund>,
}

/// An answer that says no.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct Refusal {
    /// Why.
    pub error: Problem,
    /// The charge as it stands, where the answer is about one.
    #[serde(default)]
    pub charge: Option<Charge>,
}

/// Why not.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct Problem {
    /// The bank's code.
    pub code: String,
}

/// Why the bank declines: its code, ours, and whether to try again.
pub const DECLINES: &[(&str, DeclineCode, RetryAdvice)] = &[
    ("declined", DeclineCode::Declined, RetryAdvice::OtherMethod),
    ("insufficient_funds", DeclineCode::InsufficientFunds, RetryAdvice::Later),
    ("expired_account", DeclineCode::Expired, RetryAdvice::OtherMethod),
    ("blocked_account", DeclineCode::Blocked, RetryAdvice::OtherMethod),
    ("limit_exceeded", DeclineCode::LimitExceeded, RetryAdvice::Later),
    ("suspected_fraud", DeclineCode::SuspectedFraud, RetryAdvice::Never),
    ("payee_refused", DeclineCode::PayeeRefused, RetryAdvice::Never),
];

/// Why the bank takes no such request at all (status 400): nothing was done and nothing will be.
pub const REFUSALS: &[(&str, DeclineCode)] = &[
    ("currency_refused", DeclineCode::CurrencyRefused),
    ("invalid_amount", DeclineCode::Configuration),
    ("invalid_payee", DeclineCode::PayeeRefused),
    ("invalid_reference", DeclineCode::Configuration),
    ("invalid_body", DeclineCode::Configuration),
    ("no_key", DeclineCode::Configuration),
    ("no_such_scenario", DeclineCode::Configuration),
];

/// When to ask again about what is pending, in milliseconds.
pub const POLL_AFTER_MS: u64 = 2_000;

/// What a charge means.
#[must_use]
pub fn outcome(charge: &Charge) -> Outcome {
    match charge.status.as_str() {
        "succeeded" => Outcome::Succeeded { receipt: receipt(charge) },
        "authorized" => Outcome::Authorized { receipt: receipt(charge) },
        "declined" => declined(charge.decline_code.as_deref()),
        "canceled" => Outcome::Failed { code: DeclineCode::Canceled, provider_code: None, retry: RetryAdvice::Later },
        "requires_action" => match next_step(charge.action.as_ref()) {
            Some(next) => {
                Outcome::ActionRequired { next, expires_ms: None, provider_reference: Some(charge.id.clone()) }
            }
            None => pending(charge),
        },
        // `processing`, and whatever the bank may invent: not known to be done, not known to have failed.
        _ => pending(charge),
    }
}

fn receipt(charge: &Charge) -> Receipt {
    Receipt {
        reference: charge.reference.clone(),
        provider_reference: charge.id.clone(),
        amount: Money::new(charge.amount_minor, charge.currency),
        payee: Some(charge.payee.clone()),
    }
}

fn pending(charge: &Charge) -> Outcome {
    Outcome::Pending { poll_after_ms: POLL_AFTER_MS, deadline_ms: None, provider_reference: Some(charge.id.clone()) }
}

fn declined(code: Option<&str>) -> Outcome {
    let known = DECLINES.iter().find(|(name, _, _)| Some(*name) == code);
    let (code_ours, retry) =
        known.map_or((DeclineCode::Declined, RetryAdvice::Never), |(_, ours, retry)| (*ours, *retry));
    Outcome::Failed { code: code_ours, provider_code: code.map(str::to_owned), retry }
}

fn next_step(action: Option<&Action>) -> Option<NextStep> {
    let action = action?;
    match action.kind.as_str() {
        "link" => Some(NextStep::Link { url: action.content.clone() }),
        "qr" => Some(NextStep::Qr { content: action.content.clone() }),
        _ => None,
    }
}

/// What the refusal of a whole request means; `None` if its code is in no table.
#[must_use]
pub fn refusal(body: &str) -> Option<Outcome> {
    let refusal: Refusal = serde_json::from_str(body).ok()?;
    let (name, code) = REFUSALS.iter().find(|(name, _)| *name == refusal.error.code)?;
    Some(Outcome::Failed { code: *code, provider_code: Some((*name).to_owned()), retry: RetryAdvice::Never })
}

/// What a refund means.
#[must_use]
pub fn refund_outcome(refund: &Refund) -> RefundOutcome {
    let provider_reference = refund.id.clone();
    match refund.status.as_str() {
        "succeeded" => {
            RefundOutcome::Succeeded { provider_reference, amount: Money::new(refund.amount_minor, refund.currency) }
        }
        "failed" => RefundOutcome::Failed { provider_code: Some("failed".into()) },
        _ => RefundOutcome::Pending { poll_after_ms: POLL_AFTER_MS, provider_reference: Some(provider_reference) },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn charge(status: &str) -> Charge {
        let text = r#"{"id":"ch_1","reference":"r1","amount_minor":4250,"currency":"USD","payee":"electricity","status":"","created_ms":1}"#;
        Charge { status: status.into(), ..serde_json::from_str(text).unwrap() }
    }

    #[test]
    fn only_what_is_in_the_table_is_success_or_failure() {
        assert!(
            matches!(outcome(&charge("succeeded")), Outcome::Succeeded { receipt } if receipt.amount.minor == 4250)
        );
        assert!(matches!(outcome(&charge("authorized")), Outcome::Authorized { .. }));
        assert!(matches!(outcome(&charge("canceled")), Outcome::Failed { code: DeclineCode::Canceled, .. }));
        for unmapped in ["processing", "wobbling", "", "SUCCEEDED", "success"] {
            assert!(matches!(outcome(&charge(unmapped)), Outcome::Pending { .. }), "{unmapped}");
        }
    }

    #[test]
    fn declines_have_our_words_and_keep_the_banks() {
        for (name, wanted, _) in DECLINES {
            let declined = Charge { decline_code: Some((*name).to_owned()), ..charge("declined") };
            let Outcome::Failed { code, provider_code, .. } = outcome(&declined) else { panic!("{name}") };
            assert_eq!((code, provider_code.as_deref()), (*wanted, Some(*name)));
        }
        let strange = Charge { decline_code: Some("full_moon".into()), ..charge("declined") };
        assert!(matches!(
            outcome(&strange),
            Outcome::Failed { code: DeclineCode::Declined, retry: RetryAdvice::Never, .. }
        ));
    }

    #[test]
    fn an_action_that_we_cannot_show_is_pending() {
        let action = |kind: &str| Some(Action { kind: kind.into(), content: "c".into() });
        let with = |kind| Charge { action: action(kind), ..charge("requires_action") };
        assert!(matches!(outcome(&with("qr")), Outcome::ActionRequired { next: NextStep::Qr { .. }, .. }));
        assert!(matches!(outcome(&with("link")), Outcome::ActionRequired { next: NextStep::Link { .. }, .. }));
        assert!(matches!(outcome(&with("telepathy")), Outcome::Pending { .. }));
        assert!(matches!(outcome(&charge("requires_action")), Outcome::Pending { .. }));
    }

    #[test]
    fn a_refusal_counts_only_with_a_code_that_we_know() {
        let with = |code: &str| refusal(&format!(r#"{{"error":{{"code":"{code}","message":"m"}}}}"#));
        assert!(matches!(with("currency_refused"), Some(Outcome::Failed { code: DeclineCode::CurrencyRefused, .. })));
        assert_eq!((with("who_knows"), refusal("<html>")), (None, None));
    }
}
