//! PayPal's JSON, and what its statuses mean. A status that is in no table is never a success or a failure.

use crate::amount::Amount;
use sayso_plugin_sdk::prelude::*;
use serde::Deserialize;

/// When to ask again about what is pending, in milliseconds.
pub const POLL_AFTER_MS: u64 = 15_000;
/// The same where a person or a bank is at it, which takes hours or days.
pub const POLL_SLOWLY_MS: u64 = 60 * 60 * 1000;

/// What an order's status means before any money is reserved or captured.
pub const ORDER_STATUSES: &[(&str, Standing)] = &[
    ("CREATED", Standing::WaitsForPerson),
    ("PAYER_ACTION_REQUIRED", Standing::WaitsForPerson),
    ("SAVED", Standing::Pending),
    ("APPROVED", Standing::Approved),
    ("VOIDED", Standing::Canceled),
    ("COMPLETED", Standing::Pending),
];
/// What a capture's status means.
pub const CAPTURE_STATUSES: &[(&str, Standing)] = &[
    ("COMPLETED", Standing::Succeeded),
    ("PARTIALLY_REFUNDED", Standing::Succeeded),
    ("REFUNDED", Standing::Succeeded),
    ("PENDING", Standing::Pending),
    ("DECLINED", Standing::Declined),
    ("FAILED", Standing::Declined),
];
/// What an authorisation's status means.
pub const AUTHORIZATION_STATUSES: &[(&str, Standing)] = &[
    ("CREATED", Standing::Authorized),
    // Its capture tells; without one, PayPal is still at it.
    ("CAPTURED", Standing::Pending),
    ("PARTIALLY_CAPTURED", Standing::Pending),
    ("PENDING", Standing::Pending),
    ("DENIED", Standing::Declined),
    ("VOIDED", Standing::Canceled),
];
/// What a refund's status means: true for done, false for refused, none for still at it.
pub const REFUND_STATUSES: &[(&str, Option<bool>)] =
    &[("COMPLETED", Some(true)), ("PENDING", None), ("CANCELLED", Some(false)), ("FAILED", Some(false))];
/// Reasons of a pending capture that take hours or days.
pub const SLOW_REASONS: &[&str] = &[
    "BUYER_COMPLAINT",
    "CHARGEBACK",
    "ECHECK",
    "INTERNATIONAL_WITHDRAWAL",
    "OTHER",
    "PENDING_REVIEW",
    "RECEIVING_PREFERENCE_MANDATES_MANUAL_ACTION",
    "REFUNDED",
    "TRANSACTION_APPROVED_AWAITING_FUNDING",
    "UNILATERAL",
    "VERIFICATION_REQUIRED",
];

/// How something of PayPal's stands, in our words.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// The money moved.
    Succeeded,
    /// The money is reserved.
    Authorized,
    /// The person has to approve.
    WaitsForPerson,
    /// They did.
    Approved,
    /// PayPal is at it.
    Pending,
    /// It will not be paid.
    Declined,
    /// It was called off.
    Canceled,
}

/// How a word of a table stands; what is in no table is pending.
#[must_use]
pub fn standing(table: &[(&str, Standing)], status: &str) -> Standing {
    table.iter().find(|(word, _)| *word == status).map_or(Standing::Pending, |(_, standing)| *standing)
}

/// An order as PayPal writes it. Fields that we don't need are left out.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
pub struct Order {
    /// PayPal's id.
    #[serde(default)]
    pub id: String,
    /// See [`ORDER_STATUSES`].
    #[serde(default)]
    pub status: String,
    /// `CAPTURE` or `AUTHORIZE`.
    #[serde(default)]
    pub intent: String,
    /// What is paid to whom: one of them.
    #[serde(default)]
    pub purchase_units: Vec<Unit>,
    /// Where to lead the person.
    #[serde(default)]
    pub links: Vec<Link>,
}

/// What is paid to whom.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
pub struct Unit {
    /// Our reference.
    #[serde(default)]
    pub custom_id: Option<String>,
    /// How much.
    #[serde(default)]
    pub amount: Option<Amount>,
    /// What became of it.
    #[serde(default)]
    pub payments: Payments,
}

/// Captures, authorisations and refunds.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
pub struct Payments {
    /// Money that was taken.
    #[serde(default)]
    pub captures: Vec<Movement>,
    /// Money that was reserved.
    #[serde(default)]
    pub authorizations: Vec<Movement>,
    /// Money that was given back.
    #[serde(default)]
    pub refunds: Vec<Movement>,
}

/// A capture, an authorisation or a refund.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
pub struct Movement {
    /// PayPal's id.
    #[serde(default)]
    pub id: String,
    /// See the tables.
    #[serde(default)]
    pub status: String,
    /// Why it stands so.
    #[serde(default)]
    pub status_details: Option<Details>,
    /// How much.
    #[serde(default)]
    pub amount: Option<Amount>,
    /// Our reference of the payment.
    #[serde(default)]
    pub custom_id: Option<String>,
    /// Our reference of the payment or, of a refund, that of the refund.
    #[serde(default)]
    pub invoice_id: Option<String>,
}

/// Why something stands as it does.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
pub struct Details {
    /// See [`SLOW_REASONS`].
    #[serde(default)]
    pub reason: Option<String>,
}

/// A link.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
pub struct Link {
    /// The address.
    #[serde(default)]
    pub href: String,
    /// What it is for.
    #[serde(default)]
    pub rel: String,
}

/// The address where the person approves; only one that can be opened safely.
#[must_use]
pub fn approval(links: &[Link]) -> Option<&str> {
    let of = |rel: &str| links.iter().find(|link| link.rel == rel).map(|link| link.href.as_str());
    let found = of("payer-action").or_else(|| of("approve")).or_else(|| of("redirect"));
    found.filter(|url| url.starts_with("https://") || url.starts_with("http://127.0.0.1"))
}

impl Order {
    /// The one unit, if the order has one and bears our reference.
    #[must_use]
    pub fn ours(&self, reference: &str) -> Option<&Unit> {
        match self.purchase_units.as_slice() {
            [unit] if unit.custom_id.as_deref() == Some(reference) && !self.id.is_empty() => Some(unit),
            _ => None,
        }
    }

    /// What the order means for the payment with this reference of ours.
    #[must_use]
    pub fn outcome(&self, reference: &str) -> Outcome {
        let Some(unit) = self.ours(reference) else {
            return Outcome::unknown("PayPal answered with another order, or does not name ours");
        };
        let (captures, authorizations) = (&unit.payments.captures, &unit.payments.authorizations);
        if let Some(outcome) = self.moved(reference, captures, CAPTURE_STATUSES, Standing::Succeeded) {
            return outcome;
        }
        let of_order = standing(ORDER_STATUSES, &self.status);
        // After a declined capture the person may approve another way to pay in the same order.
        let again = matches!(of_order, Standing::Approved | Standing::WaitsForPerson);
        if captures.iter().any(|capture| standing(CAPTURE_STATUSES, &capture.status) == Standing::Declined) && !again {
            return declined(captures.last());
        }
        if captures.is_empty()
            && let Some(outcome) = self.moved(reference, authorizations, AUTHORIZATION_STATUSES, Standing::Authorized)
        {
            return outcome;
        }
        if let (Some(last), false) = (authorizations.last(), again) {
            return match standing(AUTHORIZATION_STATUSES, &last.status) {
                Standing::Declined => declined(Some(last)),
                Standing::Canceled => canceled(),
                _ => self.pending(Some(last)),
            };
        }
        match of_order {
            Standing::Approved => Outcome::Approved { provider_reference: self.id.clone() },
            Standing::WaitsForPerson => self.waits_for_person(&self.links),
            Standing::Canceled => canceled(),
            _ => self.pending(None),
        }
    }

    /// The outcome where money moved (or is reserved) or is on its way; `None` where none of `movements` says so.
    fn moved(
        &self,
        reference: &str,
        movements: &[Movement],
        table: &[(&str, Standing)],
        wanted: Standing,
    ) -> Option<Outcome> {
        let done: Vec<&Movement> = movements.iter().filter(|each| standing(table, &each.status) == wanted).collect();
        if done.is_empty() {
            let open = movements.iter().find(|each| standing(table, &each.status) == Standing::Pending)?;
            return Some(self.pending(Some(open)));
        }
        // Two captures of one order add up, so that the host sees that too much was taken.
        let amounts = done.iter().map(|each| each.amount.as_ref().and_then(Amount::money));
        let total = amounts.reduce(|sum, each| sum?.checked_add(each?).ok()).flatten();
        let Some(amount) = total else {
            return Some(Outcome::unknown("PayPal says that it is done, but not how much"));
        };
        if done.iter().any(|each| each.custom_id.as_deref().is_some_and(|custom| custom != reference)) {
            return Some(Outcome::unknown("PayPal answered with another payment"));
        }
        let receipt =
            Receipt { reference: reference.to_owned(), provider_reference: self.id.clone(), amount, payee: None };
        Some(match wanted {
            Standing::Succeeded => Outcome::Succeeded { receipt },
            _ => Outcome::Authorized { receipt },
        })
    }

    /// The person has to approve, at the address that one of these links names.
    #[must_use]
    pub fn waits_for_person(&self, links: &[Link]) -> Outcome {
        match approval(links) {
            Some(url) => Outcome::ActionRequired {
                next: NextStep::Link { url: url.to_owned() },
                expires_ms: None,
                provider_reference: Some(self.id.clone()),
            },
            None => self.pending(None),
        }
    }

    /// PayPal is at it.
    #[must_use]
    pub fn pending(&self, why: Option<&Movement>) -> Outcome {
        let reason = why.and_then(|each| each.status_details.as_ref()).and_then(|details| details.reason.as_deref());
        let slow = reason.is_some_and(|reason| SLOW_REASONS.contains(&reason));
        Outcome::Pending {
            poll_after_ms: if slow { POLL_SLOWLY_MS } else { POLL_AFTER_MS },
            deadline_ms: None,
            provider_reference: Some(self.id.clone()).filter(|id| !id.is_empty()),
        }
    }
}

/// What a refund means; `None` of its amount is unknown.
#[must_use]
pub fn refund_outcome(refund: &Movement) -> RefundOutcome {
    let found = REFUND_STATUSES.iter().find(|(word, _)| *word == refund.status).and_then(|(_, done)| *done);
    let amount: Option<Money> = refund.amount.as_ref().and_then(Amount::money);
    match (found, amount) {
        (Some(true), Some(amount)) if !refund.id.is_empty() => {
            RefundOutcome::Succeeded { provider_reference: refund.id.clone(), amount }
        }
        (Some(true), _) => {
            RefundOutcome::Unknown { reason: "PayPal says that the refund is done, but not how much".into() }
        }
        (Some(false), _) => RefundOutcome::Failed { provider_code: Some(refund.status.clone()) },
        (None, _) => RefundOutcome::Pending {
            poll_after_ms: POLL_AFTER_MS,
            provider_reference: Some(refund.id.clone()).filter(|id| !id.is_empty()),
        },
    }
}

fn declined(movement: Option<&Movement>) -> Outcome {
    let provider_code = movement.map(|each| each.status.clone());
    Outcome::Failed { code: DeclineCode::Declined, provider_code, retry: RetryAdvice::OtherMethod }
}

/// Called off, with no money moved.
#[must_use]
pub fn canceled() -> Outcome {
    Outcome::Failed { code: DeclineCode::Canceled, provider_code: None, retry: RetryAdvice::Later }
}
