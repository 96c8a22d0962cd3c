//! How something of a provider's stands, by the provider's own word for it in a table, the same for every provider. A word that
//! is in no table is never a success or a failure.
//!
//! ```ignore
//! pub const ORDERS: Standings = Standings::of_section(include_str!("../mapping.txt"), "orders");   // done: PAID SETTLED ...
//! ORDERS.of(&order.status).outcome(&order.status, order.receipt(), Outcome::pending(3_000, None))
//! ```

use crate::table::Table;
use sayso_plugin_interface::outcome::DeclineCode;
use sayso_plugin_interface::{
    DisputeNews, DisputeState, EnrolOutcome, Money, Outcome, Receipt, RefundOutcome, RetryAdvice,
};

/// How a payment, an enrolment or a refund stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// Done: paid, stored, given back.
    Done,
    /// Reserved, to be captured.
    Reserved,
    /// The person has agreed, and the provider waits for us.
    Approved,
    /// The person has to act.
    Person,
    /// The provider is at it; so is every word that is in no table.
    Working,
    /// It was refused; another way to pay may do.
    Refused,
    /// Over, without effect.
    Gone,
}

impl Standing {
    /// The meaning that a mapping file gives to a word: `done`, `reserved`, `approved`, `person`, `working`, `refused`, `gone`.
    fn read(text: &str) -> Option<Standing> {
        Some(match text {
            "done" => Standing::Done,
            "reserved" => Standing::Reserved,
            "approved" => Standing::Approved,
            "person" => Standing::Person,
            "working" => Standing::Working,
            "refused" => Standing::Refused,
            "gone" => Standing::Gone,
            _ => return None,
        })
    }

    /// Whether it is over and nothing was paid or stored.
    #[must_use]
    pub fn is_over(self) -> bool {
        matches!(self, Standing::Refused | Standing::Gone)
    }

    /// What it means for a payment. What is done or reserved needs a receipt; what is over is a failure, in the provider's own
    /// word; everything else is as `open` says.
    #[must_use]
    pub fn outcome(self, word: &str, receipt: Option<Receipt>, open: Outcome) -> Outcome {
        match (self, receipt) {
            (Standing::Done, Some(receipt)) => Outcome::Succeeded { receipt },
            (Standing::Reserved, Some(receipt)) => Outcome::Authorized { receipt },
            (Standing::Done | Standing::Reserved, None) => {
                Outcome::unknown("the provider says that it is paid, but not how much or which payment it is")
            }
            _ => self.failure(word).unwrap_or(open),
        }
    }

    /// What it means for an enrolment. What is done needs what is `stored`; what is over is a failure, in the provider's own word;
    /// everything else is as `open` says.
    #[must_use]
    pub fn enrolment(self, word: &str, stored: Option<EnrolOutcome>, open: EnrolOutcome) -> EnrolOutcome {
        match (self, stored) {
            (Standing::Done, Some(stored)) => stored,
            (Standing::Done, None) => {
                EnrolOutcome::unknown("the provider stored a way to pay, but does not say which or whose it is")
            }
            (Standing::Refused, _) => EnrolOutcome::failed(DeclineCode::Blocked, word),
            (Standing::Gone, _) => EnrolOutcome::failed(DeclineCode::Canceled, word),
            _ => open,
        }
    }

    /// What is over as a failure, in the provider's own word; `None` where it may still come to something.
    #[must_use]
    pub fn failure(self, word: &str) -> Option<Outcome> {
        match self {
            Standing::Refused => Some(Outcome::failed(DeclineCode::Declined, RetryAdvice::OtherMethod, word)),
            Standing::Gone => Some(Outcome::canceled(word)),
            _ => None,
        }
    }
}

/// A section of a mapping file that says how things stand.
#[derive(Clone, Copy, Debug)]
pub struct Standings(pub Table);

impl Standings {
    /// The section of this name.
    #[must_use]
    pub const fn of_section(text: &'static str, section: &'static str) -> Self {
        Standings(Table::of(text, section))
    }

    /// Every word with how it stands.
    pub fn all(&self) -> impl Iterator<Item = (&'static str, Standing)> + use<> {
        self.0.rows().filter_map(|(standing, word)| Some((word, Standing::read(standing)?)))
    }

    /// How something with this word stands.
    #[must_use]
    pub fn of(&self, word: &str) -> Standing {
        self.0.meaning(word).and_then(Standing::read).unwrap_or(Standing::Working)
    }

    /// Whether the word is in the table. For tests against a provider's document.
    #[must_use]
    pub fn knows(&self, word: &str) -> bool {
        self.0.knows(word)
    }

    /// What is wrong with the section. For tests.
    #[must_use]
    pub fn faults(&self) -> Vec<&'static str> {
        self.0.faults(|standing| Standing::read(standing).is_some())
    }

    /// What a refund of this word, id and amount means; one that says less is not known to be done.
    #[must_use]
    pub fn refund(&self, word: &str, id: &str, amount: Option<Money>, poll_after_ms: u64) -> RefundOutcome {
        let id = Some(id.to_owned()).filter(|id| !id.is_empty());
        match (self.of(word), id, amount) {
            (Standing::Done, Some(provider_reference), Some(amount)) => {
                RefundOutcome::Succeeded { provider_reference, amount }
            }
            (Standing::Done, ..) => {
                RefundOutcome::unknown("the provider says that the refund is done, but not how much or which one it is")
            }
            (Standing::Refused | Standing::Gone, ..) => RefundOutcome::Failed { provider_code: Some(word.to_owned()) },
            (_, id, _) => RefundOutcome::pending(poll_after_ms, id),
        }
    }
}

/// A section of a mapping file that says how disputes stand: `open`, `rejected` (the payment stands) or `charged_back`.
#[derive(Clone, Copy, Debug)]
pub struct Disputes(pub Table);

impl Disputes {
    /// The section of this name.
    #[must_use]
    pub const fn of_section(text: &'static str, section: &'static str) -> Self {
        Disputes(Table::of(text, section))
    }

    fn read(text: &str) -> Option<DisputeState> {
        Some(match text {
            "open" => DisputeState::Open,
            "rejected" => DisputeState::Rejected,
            "charged_back" => DisputeState::ChargedBack,
            _ => return None,
        })
    }

    /// News of the dispute of this id, by the provider's word for how it stands; a word that is in no table is still looked into.
    #[must_use]
    pub fn news(&self, word: &str, id: String, amount: Option<Money>, reason: Option<String>) -> DisputeNews {
        let state = self.0.meaning(word).and_then(Disputes::read).unwrap_or(DisputeState::Open);
        DisputeNews { provider_reference: id, state, amount, reason }
    }

    /// What is wrong with the section. For tests.
    #[must_use]
    pub fn faults(&self) -> Vec<&'static str> {
        self.0.faults(|state| Disputes::read(state).is_some())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use sayso_plugin_interface::Currency;

    const TEXT: &str =
        "[orders]\ndone: PAID SETTLED\ngone: CLOSED\nrefused: NO\n[disputes]\nrejected: WON\ncharged_back: LOST";
    const TABLE: Standings = Standings::of_section(TEXT, "orders");

    #[test]
    fn a_word_of_no_table_is_being_worked_on() {
        assert_eq!(
            (TABLE.of("PAID"), TABLE.of("SETTLED"), TABLE.of("CLOSED")),
            (Standing::Done, Standing::Done, Standing::Gone)
        );
        for word in ["", "PAID SETTLED", "paid", "PAI", "FULL_MOON"] {
            assert_eq!((TABLE.of(word), TABLE.knows(word)), (Standing::Working, false), "{word}");
            assert_eq!(TABLE.of(word).failure(word), None);
        }
        assert!(matches!(TABLE.of("NO").failure("NO"), Some(Outcome::Failed { code: DeclineCode::Declined, .. })));
        assert!(matches!(
            TABLE.of("CLOSED").failure("CLOSED"),
            Some(Outcome::Failed { code: DeclineCode::Canceled, .. })
        ));
    }

    #[test]
    fn a_payment_is_done_if_it_says_which_and_how_much() {
        let amount = Money::new(100, Currency::USD);
        let receipt = Receipt { reference: "r".into(), provider_reference: "p".into(), amount, payee: None };
        let open = Outcome::pending(1, None);
        let outcome = |standing: Standing, receipt| standing.outcome("NO", receipt, open.clone());
        assert!(matches!(outcome(Standing::Done, Some(receipt.clone())), Outcome::Succeeded { .. }));
        assert!(matches!(outcome(Standing::Reserved, Some(receipt.clone())), Outcome::Authorized { .. }));
        for standing in [Standing::Done, Standing::Reserved] {
            assert!(matches!(outcome(standing, None), Outcome::Unknown { .. }));
        }
        for standing in [Standing::Refused, Standing::Gone] {
            assert!(
                matches!(outcome(standing, Some(receipt.clone())), Outcome::Failed { provider_code: Some(code), .. } if code == "NO")
            );
        }
        for standing in [Standing::Working, Standing::Person, Standing::Approved] {
            assert_eq!(outcome(standing, Some(receipt.clone())), open);
        }
    }

    #[test]
    fn an_enrolment_is_done_if_it_says_what_is_stored() {
        let stored = || Some(EnrolOutcome::enrolled([("id", "7")], "a card"));
        let open = EnrolOutcome::pending(1, None);
        let outcome = |standing: Standing, stored| standing.enrolment("WORD", stored, open.clone());
        assert_eq!(Some(outcome(Standing::Done, stored())), stored());
        assert!(matches!(outcome(Standing::Done, None), EnrolOutcome::Unknown { .. }));
        for (standing, why) in [(Standing::Refused, DeclineCode::Blocked), (Standing::Gone, DeclineCode::Canceled)] {
            assert_eq!(outcome(standing, stored()), EnrolOutcome::failed(why, "WORD"));
        }
        for standing in [Standing::Working, Standing::Person, Standing::Approved, Standing::Reserved] {
            assert_eq!(outcome(standing, stored()), open);
        }
    }

    #[test]
    fn a_dispute_of_no_table_is_open_and_faults_are_told() {
        let disputes = Disputes::of_section(TEXT, "disputes");
        let state = |word| disputes.news(word, "d".into(), None, None).state;
        assert_eq!(
            (state("WON"), state("LOST"), state("FULL_MOON")),
            (DisputeState::Rejected, DisputeState::ChargedBack, DisputeState::Open)
        );
        assert_eq!((TABLE.faults(), disputes.faults()), (vec![], vec![]));
        assert_eq!(Standings::of_section(TEXT, "disputes").faults(), ["WON", "LOST"]);
    }

    #[test]
    fn a_refund_is_done_if_it_says_which_and_how_much() {
        let amount = Some(Money::new(100, Currency::USD));
        assert!(matches!(TABLE.refund("PAID", "r", amount, 1), RefundOutcome::Succeeded { .. }));
        for (id, amount) in [("r", None), ("", amount)] {
            assert!(matches!(TABLE.refund("PAID", id, amount, 1), RefundOutcome::Unknown { .. }));
        }
        assert!(matches!(TABLE.refund("CLOSED", "", None, 1), RefundOutcome::Failed { .. }));
        assert_eq!(TABLE.refund("FULL_MOON", "", amount, 7), RefundOutcome::pending(7, None));
    }
}
