//! PayPal's JSON, and what its words mean. A word that is in no table is never a success or a failure.

use sayso_plugin_sdk::prelude::*;
use sayso_plugin_sdk::{address, text::is_id};
use serde_json::{Value, json};

const MAPPING: &str = include_str!("../mapping.txt");
/// The currencies that PayPal takes.
pub const CURRENCIES: Currencies = Currencies::of(MAPPING, "currencies");
/// What an order's status means before any money is reserved or captured.
pub const ORDERS: Standings = Standings::of_section(MAPPING, "orders");
/// What a capture's status means.
pub const CAPTURES: Standings = Standings::of_section(MAPPING, "captures");
/// What an authorisation's status means.
pub const AUTHORIZATIONS: Standings = Standings::of_section(MAPPING, "authorizations");
/// What a refund's status means.
pub const REFUNDS: Standings = Standings::of_section(MAPPING, "refunds");
/// What the status of a set-up token means.
pub const SETUP_TOKENS: Standings = Standings::of_section(MAPPING, "set-up tokens");
/// Reasons of a pending capture that take hours or days.
pub const SLOW_REASONS: Standings = Standings::of_section(MAPPING, "slow reasons");
/// What became of a dispute, by its `outcome_code`.
pub const DISPUTES: Disputes = Disputes::of_section(MAPPING, "disputes");
/// Every issue that this plugin can meet.
pub const ISSUES: Words = Words::of_section(MAPPING, "issues");

/// When to ask again about what is pending, in milliseconds.
pub const POLL_AFTER_MS: u64 = 15_000;
/// The same where a person or a bank is at it, which takes hours or days.
pub const POLL_SLOWLY_MS: u64 = 60 * 60 * 1000;

/// Money as PayPal writes it; `None` if it can't take this amount.
#[must_use]
pub fn amount(money: Money) -> Option<Value> {
    Some(json!({ "currency_code": money.currency, "value": CURRENCIES.decimal(money)? }))
}

/// The amount of something.
#[must_use]
pub fn money(told: &Value) -> Option<Money> {
    Money::from_decimal(told.text("amount/value")?, told.text("amount/currency_code")?.parse().ok()?).ok()
}

/// The id of something, if it is one that may stand in a path.
pub(crate) fn id(told: &Value) -> Option<&str> {
    told.text("id").filter(|id| is_path_part(id))
}

pub(crate) fn is_path_part(text: &str) -> bool {
    is_id(text, 64, b"-_")
}

/// Where the person approves.
#[must_use]
pub fn approval(told: &Value) -> Option<NextStep> {
    let links = told.list("links").ok()?;
    let of = |rel: &str| links.iter().find(|link| link.text("rel") == Some(rel));
    address::link(of("payer-action").or_else(|| of("approve")).or_else(|| of("redirect"))?.text("href")?)
}

/// What a refund means, if it is this one; any where none is named.
#[must_use]
pub fn refunded(told: &Value, refund_reference: Option<&str>) -> RefundOutcome {
    match (told.text("invoice_id"), refund_reference) {
        (Some(theirs), Some(ours)) if theirs != ours => RefundOutcome::unknown("PayPal answered with another refund"),
        _ => REFUNDS.refund(told.word("status"), told.word("id"), money(told), POLL_AFTER_MS),
    }
}

/// An order.
#[derive(Clone, Debug)]
pub struct Order(pub Value);

impl Order {
    /// PayPal's id.
    #[must_use]
    pub fn id(&self) -> &str {
        self.0.word("id")
    }

    /// The one thing that is paid, if the order has one and it bears our reference.
    pub fn unit(&self, reference: &str) -> Told<&Value> {
        match self.0.list("purchase_units")? {
            [unit] if unit.text("custom_id") == Some(reference) && !self.id().is_empty() => Ok(unit),
            _ => Err(Denied::unclear("PayPal answered with another order, or does not name ours")),
        }
    }

    /// The money that is reserved and waits to be captured.
    pub fn reserved(&self) -> Told<Option<&Value>> {
        let mut found = None;
        for unit in self.0.list("purchase_units")? {
            let reserved = |each: &&Value| AUTHORIZATIONS.of(each.word("status")) == Standing::Reserved;
            let last = unit.list("payments/authorizations")?.iter().filter(|each| id(each).is_some()).rfind(reserved);
            found = last.or(found);
        }
        Ok(found)
    }

    /// What the order means for the payment with this reference of ours. Where the person has to act, they have until `end`.
    pub fn outcome(&self, reference: &str, end: Option<i64>) -> Told<Outcome> {
        let unit = self.unit(reference)?;
        let (captures, reserved) = (unit.list("payments/captures")?, unit.list("payments/authorizations")?);
        if let Some(outcome) = self.moved(reference, captures, CAPTURES, Standing::Done)? {
            return Ok(outcome);
        }
        let of_order = ORDERS.of(self.0.word("status"));
        // After a declined capture the person may approve another way to pay in the same order.
        let again = matches!(of_order, Standing::Approved | Standing::Person);
        let refused = captures.iter().find(|capture| CAPTURES.of(capture.word("status")) == Standing::Refused);
        if let (Some(capture), false) = (refused, again) {
            return Ok(self.ended(capture, CAPTURES));
        }
        if captures.is_empty()
            && let Some(outcome) = self.moved(reference, reserved, AUTHORIZATIONS, Standing::Reserved)?
        {
            return Ok(outcome);
        }
        Ok(match (reserved.last(), of_order) {
            (_, Standing::Approved) => Outcome::Approved { provider_reference: self.id().to_owned() },
            (_, Standing::Person) => self.waits_for_person(end),
            (Some(last), _) => self.ended(last, AUTHORIZATIONS),
            (None, other) => other.outcome(self.0.word("status"), None, self.pending(None)),
        })
    }

    /// What a movement means that moved nothing.
    fn ended(&self, movement: &Value, table: Standings) -> Outcome {
        let word = movement.word("status");
        table.of(word).failure(word).unwrap_or_else(|| self.pending(Some(movement)))
    }

    /// The outcome where money moved (or is reserved) or is on its way; `None` where none of `movements` says so.
    fn moved(&self, reference: &str, movements: &[Value], table: Standings, wanted: Standing) -> Told<Option<Outcome>> {
        let are = |standing| movements.iter().filter(move |each| table.of(each.word("status")) == standing);
        let others = |each: &Value| each.text("custom_id").is_some_and(|custom| custom != reference);
        if are(wanted).any(others) {
            return Err(Denied::unclear("PayPal answered with another payment"));
        }
        // Two captures of one order add up, so that the host sees that too much was taken.
        let Some(total) = are(wanted).map(money).reduce(|sum, each| sum?.checked_add(each?).ok()) else {
            return Ok(are(Standing::Working).next().map(|open| self.pending(Some(open))));
        };
        let receipt = total.map(|amount| Receipt::of(reference, self.id(), amount));
        Ok(Some(wanted.outcome(self.0.word("status"), receipt, self.pending(None))))
    }

    /// The person has to approve, at the address that the order names, until `end`.
    #[must_use]
    pub fn waits_for_person(&self, end: Option<i64>) -> Outcome {
        Outcome::waits(approval(&self.0), end, self.0.owned("id"), POLL_AFTER_MS)
    }

    /// PayPal is at it.
    #[must_use]
    pub fn pending(&self, why: Option<&Value>) -> Outcome {
        let slow = why.is_some_and(|movement| SLOW_REASONS.knows(movement.word("status_details/reason")));
        Outcome::pending(if slow { POLL_SLOWLY_MS } else { POLL_AFTER_MS }, self.0.owned("id"))
    }
}
