//! The API's JSON, and the tables that map its words to ours. A word that is in no table is never a success or a failure.

use crate::contract::MARK;
use sayso_plugin_sdk::denied::listed;
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
    #[serde(default)]
    pub transaction_id: Option<String>,
    /// See [`TRADE_STATES`].
    pub trade_state: String,
    /// What it is for.
    #[serde(default)]
    pub amount: Option<Total>,
    /// What it was said to be, with which the same order can be placed again.
    #[serde(default)]
    pub description: Option<String>,
    /// [`crate::contract::MARK`] if it is a deduction.
    #[serde(default)]
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

/// What a state of an order means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Trade {
    /// The money moved; what came back of it is told by its refunds.
    Paid,
    /// It did not, and will not under this number.
    Over(DeclineCode, RetryAdvice),
    /// It still may.
    Open,
}

/// Every state of an order.
pub const TRADE_STATES: &[(Trade, &str)] = &[
    (Trade::Paid, "SUCCESS REFUND"),
    (Trade::Open, "NOTPAY USERPAYING ACCEPT"),
    (Trade::Over(DeclineCode::Canceled, RetryAdvice::Later), "CLOSED REVOKED"),
    (Trade::Over(DeclineCode::Declined, RetryAdvice::OtherMethod), "PAYERROR"),
];

/// What a state of a refund means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Return {
    /// The money is on its way back.
    Done,
    /// It will not come back by this refund.
    Refused,
    /// It still may.
    Open,
}

/// Every state of a refund. An abnormal one did not reach the card and waits for the merchant to send it elsewhere.
pub const REFUND_STATES: &[(Return, &str)] =
    &[(Return::Done, "SUCCESS"), (Return::Refused, "CLOSED"), (Return::Open, "PROCESSING ABNORMAL")];

/// Every documented error.
pub const ERRORS: Words = Words(include_str!("errors.txt"));

/// What an answer that is no success means.
#[must_use]
pub fn denied(status: u16, body: &str) -> Denied {
    let refusal: Option<Refusal> = serde_json::from_str(body).ok().filter(|_| (400..500).contains(&status));
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
    /// What it means, if it is this merchant's and about `reference`. The amount is for the host to compare.
    #[must_use]
    pub fn outcome(&self, mchid: &str, reference: &str) -> Outcome {
        if self.out_trade_no != reference || self.mchid != mchid {
            return Outcome::unknown("WeChat Pay answered with another payment");
        }
        match listed(TRADE_STATES, &self.trade_state) {
            Some(Trade::Paid) => match self.receipt() {
                Some(receipt) => Outcome::Succeeded { receipt },
                None => Outcome::unknown("WeChat Pay says that it is paid, but not how much or under which number"),
            },
            // A deduction is closed when every way to pay it has failed, not because somebody canceled.
            Some(Trade::Over(DeclineCode::Canceled, _)) if self.attach.as_deref() == Some(MARK) => {
                Outcome::failed(DeclineCode::Declined, RetryAdvice::OtherMethod, self.trade_state.as_str())
            }
            Some(Trade::Over(code, retry)) => Outcome::failed(code, retry, self.trade_state.as_str()),
            // Whatever WeChat Pay may invent is not known to be done, and not known to have failed.
            Some(Trade::Open) | None => Outcome::pending(POLL_AFTER_MS, self.transaction_id.clone()),
        }
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
        let provider_reference = self.refund_id.clone();
        match listed(REFUND_STATES, &self.status) {
            Some(Return::Done) => RefundOutcome::Succeeded {
                provider_reference,
                amount: Money::new(self.amount.refund, self.amount.currency),
            },
            Some(Return::Refused) => RefundOutcome::Failed { provider_code: Some(self.status.clone()) },
            Some(Return::Open) | None => RefundOutcome::pending(POLL_SLOWLY_MS, Some(provider_reference)),
        }
    }
}
