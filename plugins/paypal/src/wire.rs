//! PayPal's JSON, and what its statuses mean. A status that is in no table is never a success or a failure.

use crate::amount::Amount;
use crate::api::id;
use sayso_plugin_sdk::prelude::*;
use serde::Deserialize;

/// When to ask again about what is pending, in milliseconds.
pub const POLL_AFTER_MS: u64 = 15_000;
/// The same where a person or a bank is at it, which takes hours or days.
pub const POLL_SLOWLY_MS: u64 = 60 * 60 * 1000;

/// What an order's status means before any money is reserved or captured.
pub const ORDERS: Standings = Standings(&[
    (Standing::Person, "CREATED PAYER_ACTION_REQUIRED"),
    (Standing::Working, "SAVED COMPLETED"),
    (Standing::Approved, "APPROVED"),
    (Standing::Gone, "VOIDED"),
]);
/// What a capture's status means.
pub const CAPTURES: Standings = Standings(&[
    (Standing::Done, "COMPLETED PARTIALLY_REFUNDED REFUNDED"),
    (Standing::Working, "PENDING"),
    (Standing::Refused, "DECLINED FAILED"),
]);
/// What an authorisation's status means. Of what is captured, the capture tells; without one, PayPal is still at it.
pub const AUTHORIZATIONS: Standings = Standings(&[
    (Standing::Reserved, "CREATED"),
    (Standing::Working, "CAPTURED PARTIALLY_CAPTURED PENDING"),
    (Standing::Refused, "DENIED"),
    (Standing::Gone, "VOIDED"),
]);
/// What a refund's status means.
pub const REFUNDS: Standings =
    Standings(&[(Standing::Done, "COMPLETED"), (Standing::Working, "PENDING"), (Standing::Gone, "CANCELLED FAILED")]);
/// Reasons of a pending capture that take hours or days.
pub const SLOW_REASONS: Standings = Standings(&[(
    Standing::Working,
    "BUYER_COMPLAINT CHARGEBACK ECHECK INTERNATIONAL_WITHDRAWAL OTHER PENDING_REVIEW \
     RECEIVING_PREFERENCE_MANDATES_MANUAL_ACTION REFUNDED TRANSACTION_APPROVED_AWAITING_FUNDING UNILATERAL \
     VERIFICATION_REQUIRED",
)]);

/// An order as PayPal writes it. Fields that we don't need are left out.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct Order {
    /// PayPal's id.
    pub id: String,
    /// See [`ORDERS`].
    pub status: String,
    /// `CAPTURE` or `AUTHORIZE`.
    pub intent: String,
    /// What is paid to whom: one of them.
    pub purchase_units: Vec<Unit>,
    /// Where to lead the person.
    pub links: Vec<Link>,
}

/// What is paid to whom.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct Unit {
    /// Our reference.
    pub custom_id: Option<String>,
    /// How much.
    pub amount: Option<Amount>,
    /// What became of it.
    pub payments: Payments,
}

/// Captures, authorisations and refunds.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct Payments {
    /// Money that was taken.
    pub captures: Vec<Movement>,
    /// Money that was reserved.
    pub authorizations: Vec<Movement>,
    /// Money that was given back.
    pub refunds: Vec<Movement>,
}

/// A capture, an authorisation or a refund.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct Movement {
    /// PayPal's id.
    pub id: String,
    /// See the tables.
    pub status: String,
    /// Why it stands so.
    pub status_details: Option<Details>,
    /// How much.
    pub amount: Option<Amount>,
    /// Our reference of the payment.
    pub custom_id: Option<String>,
    /// Our reference of the payment or, of a refund, that of the refund.
    pub invoice_id: Option<String>,
}

/// Why something stands as it does.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct Details {
    /// See [`SLOW_REASONS`].
    pub reason: Option<String>,
}

/// A link.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct Link {
    /// The address.
    pub href: String,
    /// What it is for.
    pub rel: String,
}

/// The address where the person approves; only one that can be opened safely.
#[must_use]
pub fn approval(links: &[Link]) -> Option<&str> {
    let of = |rel: &str| links.iter().find(|link| link.rel == rel).map(|link| link.href.as_str());
    let found = of("payer-action").or_else(|| of("approve")).or_else(|| of("redirect"));
    found.filter(|url| url.starts_with("https://") || url.starts_with("http://127.0.0.1"))
}

impl Movement {
    /// How much.
    pub(crate) fn money(&self) -> Option<Money> {
        self.amount.as_ref().and_then(Amount::money)
    }
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

    /// The money that is reserved and waits to be captured.
    pub(crate) fn reserved(&self) -> Option<&Movement> {
        let mut all = self.purchase_units.iter().flat_map(|unit| &unit.payments.authorizations);
        all.rfind(|each| AUTHORIZATIONS.of(&each.status) == Standing::Reserved && id(&each.id))
    }

    /// What the order means for the payment with this reference of ours. Where the person has to act, they have until `end`.
    #[must_use]
    pub fn outcome(&self, reference: &str, end: Option<i64>) -> Outcome {
        let Some(unit) = self.ours(reference) else {
            return Outcome::unknown("PayPal answered with another order, or does not name ours");
        };
        let (captures, authorizations) = (&unit.payments.captures, &unit.payments.authorizations);
        if let Some(outcome) = self.moved(reference, captures, CAPTURES, Standing::Done) {
            return outcome;
        }
        let of_order = ORDERS.of(&self.status);
        // After a declined capture the person may approve another way to pay in the same order.
        let again = matches!(of_order, Standing::Approved | Standing::Person);
        let refused = captures.iter().find(|capture| CAPTURES.of(&capture.status) == Standing::Refused);
        if let (Some(capture), false) = (refused, again) {
            return self.ended(capture, CAPTURES);
        }
        if captures.is_empty()
            && let Some(outcome) = self.moved(reference, authorizations, AUTHORIZATIONS, Standing::Reserved)
        {
            return outcome;
        }
        if let (Some(last), false) = (authorizations.last(), again) {
            return self.ended(last, AUTHORIZATIONS);
        }
        match of_order {
            Standing::Approved => Outcome::Approved { provider_reference: self.id.clone() },
            Standing::Person => self.waits_for_person(end),
            other => other.failure(&self.status).unwrap_or_else(|| self.pending(None)),
        }
    }

    /// What a movement means that moved nothing.
    fn ended(&self, movement: &Movement, table: Standings) -> Outcome {
        let failure = table.of(&movement.status).failure(&movement.status);
        failure.unwrap_or_else(|| self.pending(Some(movement)))
    }

    /// The outcome where money moved (or is reserved) or is on its way; `None` where none of `movements` says so.
    fn moved(&self, reference: &str, movements: &[Movement], table: Standings, wanted: Standing) -> Option<Outcome> {
        let are = |standing| movements.iter().filter(move |each| table.of(&each.status) == standing);
        let done: Vec<&Movement> = are(wanted).collect();
        if done.is_empty() {
            return are(Standing::Working).next().map(|open| self.pending(Some(open)));
        }
        // Two captures of one order add up, so that the host sees that too much was taken.
        let total = done.iter().map(|each| each.money()).reduce(|sum, each| sum?.checked_add(each?).ok()).flatten();
        if done.iter().any(|each| each.custom_id.as_deref().is_some_and(|custom| custom != reference)) {
            return Some(Outcome::unknown("PayPal answered with another payment"));
        }
        let (reference, provider_reference) = (reference.to_owned(), self.id.clone());
        let receipt = total.map(|amount| Receipt { reference, provider_reference, amount, payee: None });
        Some(wanted.outcome(&self.status, receipt, self.pending(None)))
    }

    /// The person has to approve, at the address that the order names, until `end`.
    #[must_use]
    pub fn waits_for_person(&self, end: Option<i64>) -> Outcome {
        match approval(&self.links) {
            Some(url) => Outcome::ActionRequired {
                next: NextStep::Link { url: url.to_owned() },
                expires_ms: end,
                provider_reference: Some(self.id.clone()),
            },
            None => self.pending(None),
        }
    }

    /// PayPal is at it.
    #[must_use]
    pub fn pending(&self, why: Option<&Movement>) -> Outcome {
        let reason = why.and_then(|each| each.status_details.as_ref()).and_then(|details| details.reason.as_deref());
        let slow = reason.is_some_and(|reason| SLOW_REASONS.knows(reason));
        let poll_after_ms = if slow { POLL_SLOWLY_MS } else { POLL_AFTER_MS };
        Outcome::pending(poll_after_ms, Some(self.id.clone()).filter(|id| !id.is_empty()))
    }
}

/// Called off, with no money moved.
#[must_use]
pub fn canceled() -> Outcome {
    Outcome::Failed { code: DeclineCode::Canceled, provider_code: None, retry: RetryAdvice::Later }
}
