//! Stripe's objects, and what each says of a payment.

use crate::tables::{ACTIONS, CODES, CURRENCIES, INTENT, REFUND, SESSION};
use sayso_plugin_sdk::address;
use sayso_plugin_sdk::prelude::*;
use serde_json::Value;

/// The key in `metadata` under which our reference of a payment or an enrolment is given back.
pub const REFERENCE: &str = "sayso_reference";
/// The key under which the payee's id in the household is.
pub const PAYEE: &str = "sayso_payee";
/// The key under which our reference of a refund is.
pub const OF_REFUND: &str = "sayso_refund";
/// What the ids of Checkout Sessions begin with.
pub const SESSIONS: &str = "cs_";
/// When to ask again about what is pending, in milliseconds.
pub const POLL_AFTER_MS: u64 = 5_000;

/// What is attached to an object under this key.
#[must_use]
pub fn tag<'a>(object: &'a Value, key: &str) -> Option<&'a str> {
    object.get("metadata")?.get(key)?.as_str()
}

/// The id of what may be an id or the object itself.
#[must_use]
pub fn id_of(value: Option<&Value>) -> Option<&str> {
    value.and_then(|value| value.as_str().or_else(|| value["id"].as_str()))
}

/// An amount of an object, in its own currency.
#[must_use]
pub fn money(object: &Value, name: &str) -> Option<Money> {
    CURRENCIES.money(object.whole(name)?, object.word("currency"))
}

/// The codes that an error names, the bank's own first.
fn codes(problem: &Value) -> impl Iterator<Item = &str> {
    ["decline_code", "code"].into_iter().filter_map(|name| problem.text(name))
}

/// True if the bank wants to see the person before it says yes.
#[must_use]
pub fn wants_person(problem: &Value) -> bool {
    codes(problem).any(|code| code == "authentication_required")
}

/// What an error means, by the first of its codes that says no, or else by the first that is known.
#[must_use]
pub fn denied(problem: &Value) -> Option<Denied> {
    let known = CODES.known(codes(problem));
    known.iter().find(|denied| denied.is_no()).or(known.first()).cloned()
}

/// What became of a refund that has to be this one.
pub fn refunded(refund: &Value, refund_reference: &str) -> Told<RefundOutcome> {
    if tag(refund, OF_REFUND) != Some(refund_reference) {
        return Err(Denied::unclear("Stripe answered about another refund"));
    }
    Ok(refund_outcome(refund))
}

/// What became of a refund.
#[must_use]
pub fn refund_outcome(refund: &Value) -> RefundOutcome {
    let (id, amount) = (refund.word("id"), money(refund, "amount"));
    REFUND.refund(refund.word("status"), id, amount, POLL_AFTER_MS).because(refund.owned("failure_reason"))
}

/// An intent (a PaymentIntent or a SetupIntent), or a page of Checkout, a Session, its intent expanded where it was asked for so.
#[derive(Clone, Debug)]
pub struct Object(pub Value);

impl Object {
    /// Stripe's id.
    #[must_use]
    pub fn id(&self) -> &str {
        self.0.word("id")
    }

    /// Whether it is a page, which knows more than its intent.
    #[must_use]
    pub fn is_page(&self) -> bool {
        self.id().starts_with(SESSIONS)
    }

    /// How it stands.
    #[must_use]
    pub fn stands(&self) -> Standing {
        if self.is_page() { SESSION } else { INTENT }.of(self.0.word("status"))
    }

    /// The intent: of a page its own, if it was expanded.
    #[must_use]
    pub fn intent(&self) -> Option<Object> {
        if !self.is_page() {
            return Some(self.clone());
        }
        let inner = self.0.at("payment_intent").or(self.0.at("setup_intent"));
        inner.filter(|inner| inner.is_object()).cloned().map(Object)
    }

    /// True if the bank refused an intent only because nobody was there to authenticate, and it waits to be handed to the person
    /// or was put aside for that.
    #[must_use]
    pub fn wants_person(&self) -> bool {
        let aside = self.stands() == Standing::Gone && self.0.word("cancellation_reason") == "abandoned";
        (aside || self.stands() == Standing::Refused) && self.0.at("last_payment_error").is_some_and(wants_person)
    }

    /// How it is while nothing is known for good: for the person to act, where they are shown how, or for Stripe.
    pub fn open<T>(&self, waits: fn(Option<NextStep>, Option<i64>, Option<String>, u64) -> T) -> T {
        let next = self.next_step().filter(|_| self.stands() == Standing::Person);
        let expires_ms = self.0.whole("expires_at").and_then(|seconds| seconds.checked_mul(1000));
        waits(next, expires_ms, self.0.owned("id"), POLL_AFTER_MS)
    }

    /// What a page, or an intent, asks the person to do.
    fn next_step(&self) -> Option<NextStep> {
        if let Some(url) = self.0.text("url") {
            return address::link(url);
        }
        let action = self.0.at("next_action")?;
        let kind = action.text("type")?;
        let place = ACTIONS.meaning(kind)?;
        let content = action.owned(&format!("{kind}/{place}"))?;
        if place == "data" { Some(NextStep::Qr { content }) } else { address::link(&content) }
    }

    /// What it says of the payment.
    #[must_use]
    pub fn outcome(&self) -> Outcome {
        let open = self.open(Outcome::waits);
        if self.is_page() { self.outcome_of_page(open) } else { self.outcome_of_intent(open) }
    }

    fn outcome_of_intent(&self, open: Outcome) -> Outcome {
        let standing = self.stands();
        if standing == Standing::Refused {
            // Without a word that says no, it may still be paid.
            let no = self.0.at("last_payment_error").and_then(denied).filter(Denied::is_no);
            return no.map_or(open, Denied::of_payment);
        }
        let moved = if standing == Standing::Done { "amount_received" } else { "amount_capturable" };
        standing.outcome(self.0.word("status"), self.receipt(moved), open)
    }

    fn receipt(&self, moved: &str) -> Option<Receipt> {
        let receipt = Receipt::whole(tag(&self.0, REFERENCE)?, self.0.owned("id"), money(&self.0, moved))?;
        Some(Receipt { payee: tag(&self.0, PAYEE).map(str::to_owned), ..receipt })
    }

    /// While a page is open a declined card is no end: the person may take another. It is asked about by the page, which knows more
    /// than its intent.
    fn outcome_of_page(&self, open: Outcome) -> Outcome {
        match (self.stands(), self.intent()) {
            (Standing::Gone, None) if self.0.at("payment_intent").is_none() => Outcome::canceled("expired"),
            (Standing::Gone, Some(intent)) if intent.stands().is_over() => Outcome::canceled("expired"),
            (Standing::Gone | Standing::Done, Some(intent)) => match intent.outcome() {
                Outcome::Pending { .. } => open,
                outcome => outcome,
            },
            _ => open,
        }
    }
}
