//! Stripe's objects as far as they are read, and what each says of a payment.

use crate::amounts::from_wire;
use crate::tables::{self, ACTIONS, CODES, INTENT, SESSION, Stands};
use sayso_plugin_sdk::prelude::*;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::Value;
use std::collections::BTreeMap;

/// The key in `metadata` under which our reference of a payment or an enrolment is given back.
pub const REFERENCE: &str = "sayso_reference";
/// The key under which the payee's id in the household is.
pub const PAYEE: &str = "sayso_payee";
/// The key under which our reference of a refund is.
pub const REFUND: &str = "sayso_refund";
/// When to ask again about what is pending, in milliseconds.
pub const POLL_AFTER_MS: u64 = 5_000;

/// What is attached to an object, by name.
pub type Metadata = BTreeMap<String, String>;

/// An object that says whose it is, and whether it is of test or live mode.
pub trait Tagged: DeserializeOwned {
    /// True where real money moves.
    fn livemode(&self) -> bool;
    /// Its metadata.
    fn metadata(&self) -> &Metadata;
}

/// A PaymentIntent or a SetupIntent.
#[derive(Clone, Debug, Deserialize)]
#[allow(missing_docs)] // Stripe's own names.
pub struct Intent {
    pub id: String,
    pub status: String,
    pub livemode: bool,
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
    pub livemode: bool,
    #[serde(default)]
    pub metadata: Metadata,
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

impl Tagged for Intent {
    fn livemode(&self) -> bool {
        self.livemode
    }
    fn metadata(&self) -> &Metadata {
        &self.metadata
    }
}

impl Tagged for Session {
    fn livemode(&self) -> bool {
        self.livemode
    }
    fn metadata(&self) -> &Metadata {
        &self.metadata
    }
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

    /// The first of its codes that says no, as a failure.
    #[must_use]
    pub fn failure(&self) -> Option<Outcome> {
        self.codes().find_map(|theirs| match CODES.meaning(theirs)? {
            Meaning::No(code, retry) => Some(Outcome::failed(code, retry, theirs)),
            _ => None,
        })
    }
}

impl Intent {
    /// How it stands.
    #[must_use]
    pub fn stands(&self) -> Stands {
        tables::stands(INTENT, &self.status)
    }

    /// True if the bank refused it only because nobody was there to authenticate, and it waits to be handed to the person
    /// or was put aside for that.
    #[must_use]
    pub fn wants_person(&self) -> bool {
        let aside = self.stands() == Stands::Gone && self.cancellation_reason.as_deref() == Some("abandoned");
        (aside || self.stands() == Stands::Refused)
            && self.last_payment_error.as_ref().is_some_and(Problem::wants_person)
    }

    /// What it says of the payment.
    #[must_use]
    pub fn outcome(&self) -> Outcome {
        match self.stands() {
            Stands::Done => self.receipt(self.amount_received).map(|receipt| Outcome::Succeeded { receipt }),
            Stands::Reserved => self.receipt(self.amount_capturable).map(|receipt| Outcome::Authorized { receipt }),
            Stands::Working => None,
            Stands::Person => self.next_step().map(|next| {
                let provider_reference = Some(self.id.clone());
                Outcome::ActionRequired { next, expires_ms: None, provider_reference }
            }),
            Stands::Refused => self.last_payment_error.as_ref().and_then(Problem::failure),
            Stands::Gone => Some(canceled("canceled")),
        }
        .unwrap_or_else(|| match self.stands() {
            Stands::Done | Stands::Reserved => Outcome::unknown("Stripe says that it is paid, but not how much"),
            _ => pending(&self.id),
        })
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
    pub fn stands(&self) -> Stands {
        tables::stands(SESSION, self.status.as_deref().unwrap_or_default())
    }

    /// The page on which the person acts, while it is open.
    #[must_use]
    pub fn page(&self) -> Option<(NextStep, Option<i64>)> {
        let url = self.url.clone().filter(|_| self.stands() == Stands::Person)?;
        Some((NextStep::Link { url }, self.expires_at.and_then(|seconds| seconds.checked_mul(1000))))
    }

    /// Its intent, if it was expanded.
    #[must_use]
    pub fn intent(&self) -> Option<Intent> {
        let value = self.payment_intent.as_ref().or(self.setup_intent.as_ref())?;
        serde_json::from_value(value.clone()).ok()
    }

    /// What it says of the payment. While its page is open a declined card is no end: the person may take another.
    #[must_use]
    pub fn outcome(&self) -> Outcome {
        let intent = self.intent();
        let over = |stands| matches!(stands, Stands::Refused | Stands::Gone);
        match (self.stands(), intent) {
            (Stands::Person, _) => match self.page() {
                Some((next, expires_ms)) => {
                    Outcome::ActionRequired { next, expires_ms, provider_reference: Some(self.id.clone()) }
                }
                None => pending(&self.id),
            },
            (Stands::Gone, None) if self.payment_intent.is_none() => canceled("expired"),
            (Stands::Gone, Some(intent)) if over(intent.stands()) => canceled("expired"),
            (Stands::Gone | Stands::Done, Some(intent)) => match intent.outcome() {
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
        let provider_reference = self.id.clone();
        match tables::stands(tables::REFUND, self.status.as_deref().unwrap_or_default()) {
            Stands::Done => match from_wire(self.amount, &self.currency) {
                Some(amount) => RefundOutcome::Succeeded { provider_reference, amount },
                None => RefundOutcome::Unknown { reason: "Stripe gave back something that is no amount".into() },
            },
            Stands::Gone => {
                RefundOutcome::Failed { provider_code: self.failure_reason.clone().or_else(|| self.status.clone()) }
            }
            _ => RefundOutcome::Pending { poll_after_ms: POLL_AFTER_MS, provider_reference: Some(provider_reference) },
        }
    }
}
