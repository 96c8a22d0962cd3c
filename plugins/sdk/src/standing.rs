//! How something of a provider's stands, by the provider's own word for it in a table, the same for every provider. A word that
//! is in no table is never a success or a failure.
//!
//! ```ignore
//! pub const ORDERS: Standings = Standings(&[(Standing::Done, "PAID SETTLED"), (Standing::Gone, "CLOSED")]);
//! ORDERS.of(&order.status).outcome(&order.status, order.receipt(), Outcome::pending(3_000, None))
//! ```

use sayso_plugin_interface::outcome::DeclineCode;
use sayso_plugin_interface::{Money, Outcome, Receipt, RefundOutcome, RetryAdvice};

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

    /// What is over as a failure, in the provider's own word; `None` where it may still come to something.
    #[must_use]
    pub fn failure(self, word: &str) -> Option<Outcome> {
        match self {
            Standing::Refused => Some(Outcome::failed(DeclineCode::Declined, RetryAdvice::OtherMethod, word)),
            Standing::Gone => Some(Outcome::failed(DeclineCode::Canceled, RetryAdvice::Later, word)),
            _ => None,
        }
    }
}

/// A table of words, several to a row.
#[derive(Clone, Copy, Debug)]
pub struct Standings(pub &'static [(Standing, &'static str)]);

impl Standings {
    /// Every word with how it stands.
    pub fn all(&self) -> impl Iterator<Item = (&'static str, Standing)> {
        self.0.iter().flat_map(|(standing, words)| words.split_ascii_whitespace().map(move |word| (word, *standing)))
    }

    fn find(&self, word: &str) -> Option<Standing> {
        self.all().find(|(known, _)| *known == word).map(|(_, standing)| standing)
    }

    /// How something with this word stands.
    #[must_use]
    pub fn of(&self, word: &str) -> Standing {
        self.find(word).unwrap_or(Standing::Working)
    }

    /// Whether the word is in the table. For tests against a provider's document.
    #[must_use]
    pub fn knows(&self, word: &str) -> bool {
        self.find(word).is_some()
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

#[cfg(test)]
mod tests {
    use super::*;
    use sayso_plugin_interface::Currency;

    const TABLE: Standings =
        Standings(&[(Standing::Done, "PAID SETTLED"), (Standing::Gone, "CLOSED"), (Standing::Refused, "NO")]);

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
