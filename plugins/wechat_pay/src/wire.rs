//! The API's JSON, what its words mean, and what it lets stand in a reference and in a text. A word that is in no table is never a
//! success or a failure.

use sayso_plugin_sdk::form::path_part;
use sayso_plugin_sdk::prelude::*;
use sayso_plugin_sdk::text;
use serde_json::Value;

const MAPPING: &str = include_str!("../mapping.txt");
/// Every state of an order.
pub const TRADE_STATES: Standings = Standings::of_section(MAPPING, "trades");
/// Every state of a refund.
pub const REFUND_STATES: Standings = Standings::of_section(MAPPING, "refunds");
/// Every state of a contract.
pub const CONTRACT_STATES: Standings = Standings::of_section(MAPPING, "contracts");
/// Every documented error.
pub const ERRORS: Words = Words::of_section(MAPPING, "errors");

/// When to ask again about what is pending, in milliseconds.
pub const POLL_AFTER_MS: u64 = 3_000;
/// When to ask again about a refund or a deduction, in milliseconds: WeChat Pay wants to be left alone for a while.
pub const POLL_SLOWLY_MS: u64 = 60_000;
/// What an order bears that is a deduction.
pub const MARK: &str = "sayso-deduction";

/// What an answer that is no success means.
#[must_use]
pub fn denied(status: u16, body: &str) -> Denied {
    let refusal = serde_json::from_str::<Value>(body).ok().filter(|_| (400..500).contains(&status));
    let Some(code) = refusal.and_then(|refusal| refusal.owned("code")) else {
        return Denied::unclear(format!("WeChat Pay answered with status {status}"));
    };
    match ERRORS.refused(&code) {
        // "Not found" is what it says only where it is the answer to a question.
        denied if denied.is_missing() && status != 404 => Denied::Refused { code, meaning: Meaning::Look },
        denied => denied,
    }
}

/// The amount of this name (`total`, `refund`) in `within`, in fen: yuan, where nothing is said of the currency.
#[must_use]
pub fn amount(told: &Value, within: &str, name: &str) -> Option<Money> {
    told.money(&format!("{within}/{name}"), &format!("{within}/currency"), Some(Currency::CNY))
}

/// An order, as a query or a notification shows it.
#[derive(Clone, Debug)]
pub struct Order(pub Value);

impl Order {
    /// Our reference.
    #[must_use]
    pub fn reference(&self) -> &str {
        self.0.word("out_trade_no")
    }

    /// WeChat Pay's number, once it is paid.
    #[must_use]
    pub fn number(&self) -> Option<String> {
        self.0.owned("transaction_id")
    }

    /// What it is for.
    #[must_use]
    pub fn amount(&self) -> Option<Money> {
        amount(&self.0, "amount", "total")
    }

    fn is_deduction(&self) -> bool {
        self.0.text("attach") == Some(MARK)
    }

    /// Whether nobody has paid it, and it is not one that is paid by itself.
    #[must_use]
    pub fn waits_for_person(&self) -> bool {
        TRADE_STATES.of(self.0.word("trade_state")) == Standing::Person && !self.is_deduction()
    }

    /// What it means; that it is this merchant's was looked at when it came. The amount is for the host to compare.
    #[must_use]
    pub fn outcome(&self) -> Outcome {
        let state = self.0.word("trade_state");
        let standing = match TRADE_STATES.of(state) {
            // A deduction is closed when every way to pay it has failed, not because somebody canceled.
            Standing::Gone if self.is_deduction() => Standing::Refused,
            standing => standing,
        };
        let receipt = Receipt::whole(self.reference(), self.number(), self.amount());
        standing.outcome(state, receipt, Outcome::pending(POLL_AFTER_MS, self.number()))
    }
}

/// What an answer or a notification (which says `refund_status` for `status`) means for a refund, if it is about this one.
#[must_use]
pub fn refunded(told: &Value, refund_reference: &str) -> RefundOutcome {
    if told.word("out_refund_no") != refund_reference {
        return RefundOutcome::unknown("WeChat Pay answered with another refund");
    }
    let state = told.text("status").unwrap_or_else(|| told.word("refund_status"));
    REFUND_STATES.refund(state, told.word("refund_id"), amount(told, "amount", "refund"), POLL_SLOWLY_MS)
}

/// The longest description of an order, in bytes of UTF-8.
pub const DESCRIPTION_MAX: usize = 127;
/// The longest name of an account in a contract, in bytes of UTF-8.
pub const ACCOUNT_MAX: usize = 32;

/// Whether a reference can be an `out_trade_no` or an `out_refund_no`.
#[must_use]
pub fn is_reference(text: &str) -> bool {
    text.len() >= 6 && text::is_id(text, 32, b"_-|*")
}

/// A reference as it stands in an address: what is signed is the address as it is sent.
#[must_use]
pub fn in_path(reference: &str) -> String {
    path_part(reference).replace('*', "%2A")
}

/// A text without characters of four bytes (emoji), which WeChat Pay refuses, cut to `bytes_max`.
#[must_use]
pub fn plain(text: &str, bytes_max: usize, otherwise: &str) -> String {
    text::plain(text, bytes_max, |c| c.len_utf8() == 4, otherwise)
}

/// What a person reads on their bill.
#[must_use]
pub fn description(request: &PayRequest) -> String {
    plain(&text::title(request, " "), DESCRIPTION_MAX, "Sayso")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn references_are_of_six_to_thirty_two_plain_characters() {
        for good in ["abcdef", "A-b_c|d*9", &"x".repeat(32)] {
            assert!(is_reference(good), "{good}");
        }
        for wrong in ["", "abcde", "with blank", "slash/es", "ünïcode", &"x".repeat(33)] {
            assert!(!is_reference(wrong), "{wrong}");
        }
        assert_eq!(in_path("a|b*c_d-e"), "a%7Cb%2Ac_d-e");
    }
}
