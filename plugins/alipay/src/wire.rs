//! What Alipay says of trades, refunds and agreements, and the tables that map its words to ours. A word that is in no table is
//! never a success or a failure.

use sayso_plugin_sdk::prelude::*;
use sayso_plugin_sdk::text::{is_id, plain};
use serde::Deserialize;

/// When to ask again about what is pending, in milliseconds.
pub const POLL_AFTER_MS: u64 = 3_000;
/// When to ask again about a refund, in milliseconds: Alipay wants ten seconds.
pub const POLL_REFUND_MS: u64 = 10_000;
/// Every documented reason for a refusal.
pub const ERRORS: Words = Words(include_str!("errors.txt"));
/// The name of an agreement's number among the ids of a stored way to pay.
pub const AGREEMENT: &str = "agreement_no";

/// Every status of a trade. One that was closed after it was paid gave all of it back.
pub const TRADES: Standings = Standings(&[
    (Standing::Done, "TRADE_SUCCESS TRADE_FINISHED"),
    (Standing::Person, "WAIT_BUYER_PAY"),
    (Standing::Gone, "TRADE_CLOSED"),
]);

/// Every status of an agreement; `UNSIGN` comes in notifications only. A temporary one was never in force.
pub const AGREEMENTS: Standings = Standings(&[
    (Standing::Done, "NORMAL"),
    (Standing::Person, "TEMP"),
    (Standing::Refused, "STOP"),
    (Standing::Gone, "UNSIGN"),
]);

/// Every status of a refund; without one, Alipay is at it.
pub const REFUNDS: Standings = Standings(&[(Standing::Done, "REFUND_SUCCESS")]);

/// A trade, as answers and notifications show it. Fields that we don't need are left out.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct Trade {
    /// Our reference.
    pub out_trade_no: String,
    /// Alipay's number.
    pub trade_no: Option<String>,
    /// See [`TRADES`]; only questions and notifications say it.
    pub trade_status: Option<String>,
    /// In yuan, with two decimals.
    pub total_amount: Option<String>,
    /// The currency of that, where it is another than yuan.
    pub trans_currency: Option<String>,
    /// When it was paid.
    #[serde(alias = "gmt_payment")]
    pub send_pay_date: Option<String>,
    /// The code to scan, of one that was just ordered.
    pub qr_code: Option<String>,
    /// The gateway's word for how far it got: 10003 is that Alipay is at it.
    pub code: Option<String>,
}

fn yuan(text: &str) -> Option<Money> {
    Money::from_decimal(text, Currency::CNY).ok()
}

impl Trade {
    /// Whether it waits for the person.
    #[must_use]
    pub fn is_open(&self) -> bool {
        self.stands() == Standing::Person
    }

    fn stands(&self) -> Standing {
        TRADES.of(self.trade_status.as_deref().unwrap_or_default())
    }

    /// What it is for.
    #[must_use]
    pub fn amount(&self) -> Option<Money> {
        let foreign = self.trans_currency.as_ref().is_some_and(|currency| currency != "CNY");
        self.total_amount.as_deref().and_then(yuan).filter(|_| !foreign)
    }

    /// What it means. The amount is for the host to compare.
    #[must_use]
    pub fn outcome(&self) -> Outcome {
        let standing = match self.stands() {
            // Paid once and given back since: refunds are told for themselves.
            Standing::Gone if self.send_pay_date.is_some() => Standing::Done,
            standing => standing,
        };
        let open = Outcome::pending(POLL_AFTER_MS, self.trade_no.clone());
        standing.outcome(self.trade_status.as_deref().unwrap_or_default(), self.receipt(), open)
    }

    /// How much, and under which number, if it says both.
    #[must_use]
    pub fn receipt(&self) -> Option<Receipt> {
        let (reference, provider_reference) = (self.out_trade_no.clone(), self.trade_no.clone()?);
        Some(Receipt { reference, provider_reference, amount: self.amount()?, payee: None })
    }
}

/// A payment that nobody made and nobody can make any more.
#[must_use]
pub fn canceled(word: &str) -> Outcome {
    Outcome::failed(DeclineCode::Canceled, RetryAdvice::Later, word)
}

/// A refund, as a question shows it. Of one that Alipay does not know, it says nothing at all.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
pub struct Refund {
    /// Our reference of the payment.
    pub out_trade_no: Option<String>,
    /// Our reference of the refund.
    pub out_request_no: Option<String>,
    /// How much this one gave back, in yuan.
    pub refund_amount: Option<String>,
    /// `REFUND_SUCCESS`, or nothing.
    pub refund_status: Option<String>,
}

impl Refund {
    /// What it means, if it is about this refund of this payment.
    #[must_use]
    pub fn outcome(&self, reference: &str, refund: &str) -> RefundOutcome {
        if *self == Refund::default() {
            return RefundOutcome::NotFound;
        }
        if (self.out_trade_no.as_deref(), self.out_request_no.as_deref()) != (Some(reference), Some(refund)) {
            return RefundOutcome::unknown("Alipay answered with another refund");
        }
        let amount = self.refund_amount.as_deref().and_then(yuan);
        REFUNDS.refund(self.refund_status.as_deref().unwrap_or_default(), refund, amount, POLL_REFUND_MS)
    }
}

/// An agreement, as a question or a notification shows it.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct Agreement {
    /// Alipay's number.
    pub agreement_no: String,
    /// Our reference.
    pub external_agreement_no: String,
    /// See [`AGREEMENTS`].
    pub status: String,
    /// Whose it is, with all but a few digits hidden.
    pub alipay_logon_id: Option<String>,
}

impl Agreement {
    /// What it means, if it is about `reference`.
    #[must_use]
    pub fn outcome(&self, reference: &str) -> EnrolOutcome {
        if self.external_agreement_no != reference || !is_id(&self.agreement_no, 64, b"") {
            return EnrolOutcome::unknown("Alipay answered with another agreement");
        }
        match AGREEMENTS.of(&self.status) {
            Standing::Done => {
                let whose = self.alipay_logon_id.as_deref().unwrap_or_default();
                let label = format!("Alipay {}", plain(whose, 40, |c| !c.is_ascii_graphic(), "without a screen"));
                let ids = [(AGREEMENT.to_owned(), self.agreement_no.clone())].into();
                EnrolOutcome::Enrolled { instrument: Instrument { ids, label } }
            }
            Standing::Refused => EnrolOutcome::failed(DeclineCode::Blocked, self.status.as_str()),
            Standing::Gone => EnrolOutcome::failed(DeclineCode::Canceled, self.status.as_str()),
            _ => EnrolOutcome::pending(POLL_AFTER_MS, None),
        }
    }
}
