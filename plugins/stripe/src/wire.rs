//! Stripe's objects as far as they are read, and what each says of a payment.

use crate::amounts::from_wire;
use crate::tables::{ACTIONS, CODES, INTENT, REFUND, SESSION};
use sayso_plugin_sdk::prelude::*;
use serde::Deserialize;
use serde_json::Value;
use std::collections::BTreeMap;

/// The key in `metadata` under which our reference of a payment or an enrolment is given back.
pub const REFERENCE: &str = "sayso_reference";
/// The key under which the payee's id in the household is.
pub const PAYEE: &str = "sayso_payee";
/// The key under which our reference of a refund is.
pub const OF_REFUND: &str = "sayso_refund";
/// When to ask again about what is pending, in milliseconds.
pub const POLL_AFTER_MS: u64 = 5_000;

/// What is attached to an object, by name.
pub type Metadata = BTreeMap<String, String>;

/// A PaymentIntent or a SetupIntent.
#[derive(Clone, Debug, Deserialize)]
#[allow(missing_docs)] // Stripe's own names.
pub struct Intent {
    pub id: String,
    pub status: String,
    #[serde(default)]
    pub metadata: Metadata,
    #[serde(default)]
    pub currency: String,
    pub amount: Option<i64>,
    pub amount_received: Option<i64>,
    pub amount_capturable: Option<i64>,
    pub capture_method: Option<String>,
    pub customer: Option<Value>,
    pub payment_method: Option<Value>,
    pub description: Option<String>,
    pub transfer_data: Option<Value>,
    pub cancellation_reason: Option<String>,
    pub last_payment_error: Option<Problem>,
    pub last_setup_error: Option<Problem>,
    pub next_action: Option<Value>,
}

/// A Checkout Session, its intent expanded where it was asked for so.
#[derive(Clone, Debug, Deserialize)]
#[allow(missing_docs)]
pub struct Session {
    pub id: String,
    pub status: Option<String>,
    pub url: Option<String>,
    pub expires_at: Option<i64>,
    pub payment_intent: Option<Value>,
    pub setup_intent: Option<Value>,
    pub customer: Option<Value>,
}

/// A refund.
#[derive(Clone, Debug, Deserialize)]
#[allow(missing_docs)]
pub struct Refund {
    pub id: String,
    pub status: Option<String>,
    pub amount: i64,
    pub currency: String,
    #[serde(default)]
    pub metadata: Metadata,
    pub failure_reason: Option<String>,
}

/// Why not: `error` of a refusal, or the last error of an intent.
#[derive(Clone, Debug, Default, Deserialize)]
#[allow(missing_docs)]
pub struct Problem {
    #[serde(rename = "type", default)]
    pub kind: String,
    pub code: Option<String>,
    pub decline_code: Option<String>,
    pub payment_intent: Option<Value>,
}

/// The id of what may be an id or the object itself.
#[must_use]
pub fn id_of(value: Option<&Value>) -> Option<&str> {
    value.and_then(|value| value.as_str().or_else(|| value["id"].as_str()))
}

/// It will not be paid: nothing moved and nothing will.
#[must_use]
pub fn canceled(provider_code: &str) -> Outcome {
    Outcome::failed(DeclineCode::Canceled, RetryAdvice::Later, provider_code)
}

fn pending(id: &str) -> Outcome {
    Outcome::pending(POLL_AFTER_MS, Some(id.to_owned()))
}

impl Problem {
    /// The codes that it names, the bank's own first.
    fn codes(&self) -> impl Iterator<Item = &str> {
        [&self.decline_code, &self.code].into_iter().filter_map(|code| code.as_deref())
    }

    /// True if the bank wants to see the person before it says yes.
    #[must_use]
    pub fn wants_person(&self) -> bool {
        self.codes().any(|code| code == "authentication_required")
    }

    /// What it means, by the first of its codes that says no, or else by the first that is known.
    #[must_use]
    pub fn denied(&self) -> Option<Denied> {
        let known = || self.codes().map(|code| CODES.refused(code)).filter(|denied| denied.meaning().is_some());
        known().find(|denied| matches!(denied.meaning(), Some(Meaning::No(..)))).or_else(|| known().next())
    }
}

impl Intent {
    /// How it stands.
    #[must_use]
    pub fn stands(&self) -> Standing {
        INTENT.of(&self.status)
    }

    /// Our reference; empty if it bears none.
    pub(crate) fn reference(&self) -> &str {
        self.metadata.get(REFERENCE).map_or("", String::as_str)
    }

    /// True if the bank refused it only because nobody was there to authenticate, and it waits to be handed to the person
    /// or was put aside for that.
    #[must_use]
    pub fn wants_person(&self) -> bool {
        let aside = self.stands() == Standing::Gone && self.cancellation_reason.as_deref() == Some("abandoned");
        (aside || self.stands() == Standing::Refused)
            && self.last_payment_error.as_ref().is_some_and(Problem::wants_person)
    }

    /// What it says of the payment.
    #[must_use]
    pub fn outcome(&self) -> Outcome {
        let (standing, provider_reference) = (self.stands(), Some(self.id.clone()));
        let units = if standing == Standing::Done { self.amount_received } else { self.amount_capturable };
        match (standing, self.next_step(), self.last_payment_error.as_ref().and_then(Problem::denied)) {
            (Standing::Person, Some(next), _) => Outcome::ActionRequired { next, expires_ms: None, provider_reference },
            // Without a word that says no, it may still be paid.
            (Standing::Refused, _, Some(Denied::Refused { code, meaning: Meaning::No(why, retry) })) => {
                Outcome::failed(why, retry, code)
            }
            (Standing::Refused, ..) => pending(&self.id),
            _ => standing.outcome(&self.status, self.receipt(units), pending(&self.id)),
        }
    }

    fn receipt(&self, units: Option<i64>) -> Option<Receipt> {
        Some(Receipt {
            reference: self.metadata.get(REFERENCE)?.clone(),
            provider_reference: self.id.clone(),
            amount: from_wire(units?, &self.currency)?,
            payee: self.metadata.get(PAYEE).cloned(),
        })
    }

    fn next_step(&self) -> Option<NextStep> {
        let action = self.next_action.as_ref()?;
        let kind = action["type"].as_str()?;
        let place = ACTIONS.iter().find(|(known, _)| *known == kind)?.1?;
        let found = action[kind][place].as_str()?.to_owned();
        Some(if place == "data" { NextStep::Qr { content: found } } else { NextStep::Link { url: found } })
    }
}

impl Session {
    /// How it stands.
    #[must_use]
    pub fn stands(&self) -> Standing {
        SESSION.of(self.status.as_deref().unwrap_or_default())
    }

    /// The page on which the person acts, while it is open.
    #[must_use]
    pub fn page(&self) -> Option<(NextStep, Option<i64>)> {
        let url = self.url.clone().filter(|_| self.stands() == Standing::Person)?;
        Some((NextStep::Link { url }, self.expires_at.and_then(|seconds| seconds.checked_mul(1000))))
    }

    /// Its intent, if it was expanded.
    #[must_use]
    pub fn intent(&self) -> Option<Intent> {
        Intent::deserialize(self.payment_intent.as_ref().or(self.setup_intent.as_ref())?).ok()
    }

    /// What it says of the payment. While its page is open a declined card is no end: the person may take another.
    #[must_use]
    pub fn outcome(&self) -> Outcome {
        if let Some((next, expires_ms)) = self.page() {
            return Outcome::ActionRequired { next, expires_ms, provider_reference: Some(self.id.clone()) };
        }
        let over = |intent: &Intent| matches!(intent.stands(), Standing::Refused | Standing::Gone);
        match (self.stands(), self.intent()) {
            (Standing::Gone, None) if self.payment_intent.is_none() => canceled("expired"),
            (Standing::Gone, Some(intent)) if over(&intent) => canceled("expired"),
            (Standing::Gone | Standing::Done, Some(intent)) => match intent.outcome() {
                // To be asked about by the session, which knows more than its intent.
                Outcome::Pending { .. } => pending(&self.id),
                outcome => outcome,
            },
            _ => pending(&self.id),
        }
    }
}

impl Refund {
    /// What became of it.
    #[must_use]
    pub fn outcome(&self) -> RefundOutcome {
        let status = self.status.as_deref().unwrap_or_default();
        match REFUND.refund(status, &self.id, from_wire(self.amount, &self.currency), POLL_AFTER_MS) {
            RefundOutcome::Failed { provider_code } => {
                RefundOutcome::Failed { provider_code: self.failure_reason.clone().or(provider_code) }
            }
            outcome => outcome,
        }
    }
}
