//! What Alipay says of trades, refunds and agreements, and what its words mean. A word that is in no table is never a success or
//! a failure.

use sayso_plugin_sdk::prelude::*;
use sayso_plugin_sdk::text::{is_id, plain};
use serde_json::Value;

const MAPPING: &str = include_str!("../mapping.txt");
/// Every status of a trade.
pub const TRADES: Standings = Standings::of_section(MAPPING, "trades");
/// Every status of an agreement.
pub const AGREEMENTS: Standings = Standings::of_section(MAPPING, "agreements");
/// Every status of a refund.
pub const REFUNDS: Standings = Standings::of_section(MAPPING, "refunds");
/// Every documented reason for a refusal.
pub const ERRORS: Words = Words::of_section(MAPPING, "errors");

/// When to ask again about what is pending, in milliseconds.
pub const POLL_AFTER_MS: u64 = 3_000;
/// When to ask again about a refund, in milliseconds: Alipay wants ten seconds.
pub const POLL_REFUND_MS: u64 = 10_000;
/// The name of an agreement's number among the ids of a stored way to pay.
pub const AGREEMENT: &str = "agreement_no";

/// An amount of yuan, with two decimals.
fn yuan(text: &str) -> Option<Money> {
    Money::from_decimal(text, Currency::CNY).ok()
}

/// A trade, as answers and notifications show it.
#[derive(Clone, Debug)]
pub struct Trade(pub Value);

impl Trade {
    /// Our reference.
    #[must_use]
    pub fn reference(&self) -> &str {
        self.0.word("out_trade_no")
    }

    /// Alipay's number, if it has one yet.
    #[must_use]
    pub fn number(&self) -> Option<String> {
        self.0.owned("trade_no")
    }

    fn stands(&self) -> Standing {
        TRADES.of(self.0.word("trade_status"))
    }

    /// Whether it waits for the person.
    #[must_use]
    pub fn is_open(&self) -> bool {
        self.stands() == Standing::Person
    }

    /// What it is for.
    #[must_use]
    pub fn amount(&self) -> Option<Money> {
        let in_yuan = self.0.text("trans_currency").is_none_or(|currency| currency == "CNY");
        self.0.text("total_amount").and_then(yuan).filter(|_| in_yuan)
    }

    /// What it means. The amount is for the host to compare.
    #[must_use]
    pub fn outcome(&self) -> Outcome {
        let was_paid = self.0.at("send_pay_date").or(self.0.at("gmt_payment")).is_some();
        let standing = match self.stands() {
            // Paid once and given back since: refunds are told for themselves.
            Standing::Gone if was_paid => Standing::Done,
            standing => standing,
        };
        self.outcome_as(standing)
    }

    /// What it means if it stands so.
    #[must_use]
    pub fn outcome_as(&self, standing: Standing) -> Outcome {
        let receipt = Receipt::whole(self.reference(), self.number(), self.amount());
        standing.outcome(self.0.word("trade_status"), receipt, Outcome::pending(POLL_AFTER_MS, self.number()))
    }
}

/// What an answer to a question for a refund means, if it is about this refund of this payment. Of one that Alipay does not know,
/// it says nothing at all.
#[must_use]
pub fn refunded(told: &Value, reference: &str, refund: &str) -> RefundOutcome {
    let says = |name: &&str| told.at(name).is_some();
    if !["out_trade_no", "out_request_no", "refund_amount", "refund_status"].iter().any(says) {
        return RefundOutcome::NotFound;
    }
    if (told.word("out_trade_no"), told.word("out_request_no")) != (reference, refund) {
        return RefundOutcome::unknown("Alipay answered with another refund");
    }
    REFUNDS.refund(told.word("refund_status"), refund, told.text("refund_amount").and_then(yuan), POLL_REFUND_MS)
}

/// What an agreement means, as a question or a notification shows it, if it is about `reference`.
#[must_use]
pub fn agreed(told: &Value, reference: &str) -> EnrolOutcome {
    let (number, status) = (told.word(AGREEMENT), told.word("status"));
    if told.word("external_agreement_no") != reference || !is_id(number, 64, b"") {
        return EnrolOutcome::unknown("Alipay answered with another agreement");
    }
    // With all but a few digits hidden.
    let whose = plain(told.word("alipay_logon_id"), 40, |c| !c.is_ascii_graphic(), "without a screen");
    let stored = EnrolOutcome::enrolled([(AGREEMENT, number)], format!("Alipay {whose}"));
    AGREEMENTS.of(status).enrolment(status, Some(stored), EnrolOutcome::pending(POLL_AFTER_MS, None))
}
