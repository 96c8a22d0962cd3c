//! The API's JSON, and the tables that map its words to ours. A word that is in no table is never a success or a failure.

use crate::contract::MARK;
use sayso_plugin_sdk::prelude::*;
use serde::Deserialize;

/// When to ask again about what is pending, in milliseconds.
pub const POLL_AFTER_MS: u64 = 3_000;
/// When to ask again about a refund or a deduction, in milliseconds: WeChat Pay wants to be left alone for a while.
pub const POLL_SLOWLY_MS: u64 = 60_000;

/// An order, as a query or a notification shows it. Fields that we don't need are left out.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct Order {
    /// Whose it is.
    pub mchid: String,
    /// Our reference.
    pub out_trade_no: String,
    /// WeChat Pay's number, once it is paid.
    pub transaction_id: Option<String>,
    /// See [`TRADE_STATES`].
    pub trade_state: String,
    /// What it is for.
    pub amount: Option<Total>,
    /// What it was said to be, with which the same order can be placed again.
    pub description: Option<String>,
    /// [`crate::contract::MARK`] if it is a deduction.
    pub attach: Option<String>,
}

/// The amount of an order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
pub struct Total {
    /// In fen.
    pub total: i64,
    /// Yuan, where nothing is said.
    #[serde(default = "yuan")]
    pub currency: Currency,
}

impl Total {
    /// As money.
    #[must_use]
    pub fn money(self) -> Money {
        Money::new(self.total, self.currency)
    }
}

/// A refund, as an answer shows it, or a notification (which says `refund_status` for `status`).
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct Refund {
    /// WeChat Pay's number.
    pub refund_id: String,
    /// Our reference of the refund.
    pub out_refund_no: String,
    /// Our reference of the payment.
    pub out_trade_no: String,
    /// See [`REFUND_STATES`].
    #[serde(alias = "refund_status")]
    pub status: String,
    /// How much.
    pub amount: Refunded,
}

/// The amount of a refund.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
pub struct Refunded {
    /// In fen.
    pub refund: i64,
    /// Yuan, where nothing is said: notifications say nothing.
    #[serde(default = "yuan")]
    pub currency: Currency,
}

fn yuan() -> Currency {
    Currency::CNY
}

/// An answer that says no.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct Refusal {
    /// See [`ERRORS`].
    pub code: String,
}

/// Every state of an order. What is refunded was paid; what came back of it is told by its refunds.
pub const TRADE_STATES: Standings = Standings(&[
    (Standing::Done, "SUCCESS REFUND"),
    (Standing::Person, "NOTPAY"),
    (Standing::Working, "USERPAYING ACCEPT"),
    (Standing::Gone, "CLOSED REVOKED"),
    (Standing::Refused, "PAYERROR"),
]);

/// Every state of a refund. An abnormal one did not reach the card and waits for the merchant to send it elsewhere.
pub const REFUND_STATES: Standings =
    Standings(&[(Standing::Done, "SUCCESS"), (Standing::Gone, "CLOSED"), (Standing::Working, "PROCESSING ABNORMAL")]);

/// Every documented error.
pub const ERRORS: Words = Words(include_str!("errors.txt"));

/// What an answer that is no success means.
#[must_use]
pub fn denied(status: u16, body: &str) -> Denied {
    let refusal = serde_json::from_str(body).ok().filter(|_| (400..500).contains(&status));
    let Some(Refusal { code }) = refusal else {
        return Denied::unclear(format!("WeChat Pay answered with status {status}"));
    };
    match ERRORS.refused(&code) {
        // "Not found" is what it says only where it is the answer to a question.
        denied if denied.is_missing() && status != 404 => Denied::Refused { code, meaning: Meaning::Look },
        denied => denied,
    }
}

impl Order {
    /// What it means, if it is about `reference`; that it is this merchant's was looked at when it came. The amount is for the
    /// host to compare.
    #[must_use]
    pub fn outcome(&self, reference: &str) -> Outcome {
        if self.out_trade_no != reference {
            return Outcome::unknown("WeChat Pay answered with another payment");
        }
        let standing = match TRADE_STATES.of(&self.trade_state) {
            // A deduction is closed when every way to pay it has failed, not because somebody canceled.
            Standing::Gone if self.is_deduction() => Standing::Refused,
            standing => standing,
        };
        let open = Outcome::pending(POLL_AFTER_MS, self.transaction_id.clone());
        standing.outcome(&self.trade_state, self.receipt(), open)
    }

    fn is_deduction(&self) -> bool {
        self.attach.as_deref() == Some(MARK)
    }

    /// Whether nobody has paid it, and it is not one that is paid by itself.
    pub(crate) fn waits_for_person(&self) -> bool {
        TRADE_STATES.of(&self.trade_state) == Standing::Person && !self.is_deduction()
    }

    /// Whether it is for this amount.
    #[must_use]
    pub fn is_for(&self, amount: Money) -> bool {
        self.amount.is_some_and(|total| total.money() == amount)
    }

    fn receipt(&self) -> Option<Receipt> {
        let (total, transaction_id) = (self.amount?, self.transaction_id.clone()?);
        Some(Receipt {
            reference: self.out_trade_no.clone(),
            provider_reference: transaction_id,
            amount: total.money(),
            payee: None,
        })
    }
}

impl Refund {
    /// What it means, if it is about this refund.
    #[must_use]
    pub fn outcome(&self, refund_reference: &str) -> RefundOutcome {
        if self.out_refund_no != refund_reference {
            return RefundOutcome::unknown("WeChat Pay answered with another refund");
        }
        let amount = Money::new(self.amount.refund, self.amount.currency);
        REFUND_STATES.refund(&self.status, &self.refund_id, Some(amount), POLL_SLOWLY_MS)
    }
}
