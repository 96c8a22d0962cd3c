//! The API's JSON, and the tables that map its words to ours. A word that is in no table is never a success or a failure.

use crate::contract::MARK;
use sayso_plugin_sdk::interface::outcome::DeclineCode;
use sayso_plugin_sdk::{Currency, Money, Outcome, Receipt, RefundOutcome, RetryAdvice};
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
pub const TRADE_STATES: &[(&str, Trade)] = &[
    ("SUCCESS", Trade::Paid),
    ("REFUND", Trade::Paid),
    ("NOTPAY", Trade::Open),
    ("USERPAYING", Trade::Open),
    ("ACCEPT", Trade::Open),
    ("CLOSED", Trade::Over(DeclineCode::Canceled, RetryAdvice::Later)),
    ("REVOKED", Trade::Over(DeclineCode::Canceled, RetryAdvice::Later)),
    ("PAYERROR", Trade::Over(DeclineCode::Declined, RetryAdvice::OtherMethod)),
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
pub const REFUND_STATES: &[(&str, Return)] =
    &[("SUCCESS", Return::Done), ("CLOSED", Return::Refused), ("PROCESSING", Return::Open), ("ABNORMAL", Return::Open)];

/// What an error means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Problem {
    /// Nothing was done and nothing will be.
    No(DeclineCode, RetryAdvice),
    /// WeChat Pay does not know what was asked about.
    Missing,
    /// The order is in another state than we thought: it has to be looked at.
    Look,
}

/// Every documented error. 429 took nothing and 5xx says nothing, whatever the code.
pub const ERRORS: &[(&str, Problem)] = {
    use DeclineCode as D;
    use Problem::{Look, Missing, No};
    use RetryAdvice as R;
    &[
        ("PARAM_ERROR", No(D::Configuration, R::Never)),
        ("INVALID_REQUEST", Look),
        ("APPID_MCHID_NOT_MATCH", No(D::Configuration, R::Never)),
        ("MCH_NOT_EXISTS", No(D::Configuration, R::Never)),
        ("OPENID_MISMATCH", No(D::Configuration, R::Never)),
        ("SIGN_ERROR", No(D::Configuration, R::Never)),
        ("NO_AUTH", No(D::Configuration, R::Never)),
        ("CURRENCY_NOT_SUPPORT", No(D::CurrencyRefused, R::Never)),
        ("RULE_LIMIT", No(D::LimitExceeded, R::Later)),
        ("AMOUNT_LIMIT", No(D::LimitExceeded, R::Later)),
        ("RISK_CONTROL", No(D::SuspectedFraud, R::Never)),
        ("REQUEST_BLOCKED", No(D::SuspectedFraud, R::Never)),
        ("ACCOUNT_ERROR", No(D::Blocked, R::OtherMethod)),
        ("USER_ACCOUNT_ABNORMAL", No(D::Blocked, R::OtherMethod)),
        ("ACCOUNT_NOT_VERIFIED", No(D::Blocked, R::OtherMethod)),
        ("NOT_ENOUGH", No(D::InsufficientFunds, R::Later)),
        ("CONTRACT_NOT_EXIST", No(D::AuthenticationRequired, R::OtherMethod)),
        ("CONTRACT_NOT_CONFIRM", No(D::AuthenticationRequired, R::OtherMethod)),
        ("CONTRACT_TERMINATED", No(D::AuthenticationRequired, R::OtherMethod)),
        ("FREQUENCY_LIMITED", Look),
        ("FREQUENCY_LIMIT_EXCEED", Look),
        ("RATELIMIT_EXCEEDED", Look),
        ("ORDER_NOT_EXIST", Missing),
        ("RESOURCE_NOT_EXISTS", Missing),
        ("INVALID_TRANSACTIONID", Look),
        ("ORDER_CLOSED", Look),
        ("ORDER_PAID", Look),
        ("ORDERPAID", Look),
        ("OUT_TRADE_NO_USED", Look),
        ("TRADE_ERROR", Look),
        ("ALREADY_EXISTS", Look),
        ("BANK_ERROR", Look),
        ("BIZ_ERR_NEED_RETRY", Look),
        ("SYSTEM_ERROR", Look),
    ]
};

fn listed<T: Copy>(table: &[(&str, T)], word: &str) -> Option<T> {
    table.iter().find(|(name, _)| *name == word).map(|(_, meaning)| *meaning)
}

/// The error in an answer that is no success: its code and what it means. `None` if it says nothing that is known.
#[must_use]
pub fn problem(status: u16, body: &str) -> Option<(String, Problem)> {
    let refusal: Refusal = serde_json::from_str(body).ok().filter(|_| (400..500).contains(&status))?;
    match listed(ERRORS, &refusal.code)? {
        // "Not found" is what it says only where it is the answer to a question.
        Problem::Missing if status != 404 => Some((refusal.code, Problem::Look)),
        meaning => Some((refusal.code, meaning)),
    }
}

impl Order {
    /// What it means, if it is this merchant's and about `reference`. The amount is for the host to compare.
    #[must_use]
    pub fn outcome(&self, mchid: &str, reference: &str) -> Outcome {
        if self.out_trade_no != reference || self.mchid != mchid {
            return unknown("WeChat Pay answered with another payment");
        }
        match listed(TRADE_STATES, &self.trade_state) {
            Some(Trade::Paid) => match self.receipt() {
                Some(receipt) => Outcome::Succeeded { receipt },
                None => unknown("WeChat Pay says that it is paid, but not how much or under which number"),
            },
            // A deduction is closed when every way to pay it has failed, not because somebody canceled.
            Some(Trade::Over(DeclineCode::Canceled, _)) if self.attach.as_deref() == Some(MARK) => Outcome::Failed {
                code: DeclineCode::Declined,
                provider_code: Some(self.trade_state.clone()),
                retry: RetryAdvice::OtherMethod,
            },
            Some(Trade::Over(code, retry)) => {
                Outcome::Failed { code, provider_code: Some(self.trade_state.clone()), retry }
            }
            // Whatever WeChat Pay may invent is not known to be done, and not known to have failed.
            Some(Trade::Open) | None => pending(self.transaction_id.clone()),
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

/// A payment that is still open.
#[must_use]
pub fn pending(provider_reference: Option<String>) -> Outcome {
    Outcome::Pending { poll_after_ms: POLL_AFTER_MS, deadline_ms: None, provider_reference }
}

/// A payment of which nobody can tell.
pub fn unknown(reason: impl Into<String>) -> Outcome {
    Outcome::Unknown { reason: reason.into() }
}

impl Refund {
    /// What it means, if it is about this refund.
    #[must_use]
    pub fn outcome(&self, refund_reference: &str) -> RefundOutcome {
        if self.out_refund_no != refund_reference {
            return RefundOutcome::Unknown { reason: "WeChat Pay answered with another refund".into() };
        }
        let provider_reference = self.refund_id.clone();
        match listed(REFUND_STATES, &self.status) {
            Some(Return::Done) => RefundOutcome::Succeeded {
                provider_reference,
                amount: Money::new(self.amount.refund, self.amount.currency),
            },
            Some(Return::Refused) => RefundOutcome::Failed { provider_code: Some(self.status.clone()) },
            Some(Return::Open) | None => {
                RefundOutcome::Pending { poll_after_ms: POLL_SLOWLY_MS, provider_reference: Some(provider_reference) }
            }
        }
    }
}
