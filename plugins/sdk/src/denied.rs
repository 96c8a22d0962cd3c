//! What was denied, the same for every provider: what a refusal, or no answer, makes of a payment, a question, a refund and an
//! enrolment. The verbs of a [`crate::Translator`] give it back with `?`, and each makes of it what it means there.

use crate::heard::Silence;
use crate::words::Meaning;
use sayso_plugin_interface::outcome::DeclineCode;
use sayso_plugin_interface::{CredentialsAnswer, EnrolOutcome, Outcome, QueryAnswer, RefundOutcome, RetryAdvice};

/// When to ask again where the provider says that it is at it, in milliseconds.
const POLL_AFTER_MS: u64 = 3_000;

/// Why what was asked for was not done, as far as anybody can tell.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Denied {
    /// The provider said so, in a word that is known.
    Refused {
        /// The word.
        code: String,
        /// What it means.
        meaning: Meaning,
    },
    /// The same of a mere question: of what was asked about it says nothing but that it is missing.
    Unanswered {
        /// The word.
        code: String,
        /// What it means.
        meaning: Meaning,
    },
    /// There is no answer, or none that says anything.
    Silent(Silence),
}

impl From<Silence> for Denied {
    fn from(silence: Silence) -> Self {
        Denied::Silent(silence)
    }
}

impl From<Denied> for Silence {
    /// Where no refusal can be an answer.
    fn from(denied: Denied) -> Self {
        denied.silence()
    }
}

impl Denied {
    /// An answer that says nothing of what was asked.
    #[must_use]
    pub fn unclear(reason: impl Into<String>) -> Denied {
        Denied::Silent(Silence::unclear(reason))
    }

    /// Certainly nothing was asked for, and why.
    #[must_use]
    pub fn not_sent(reason: impl Into<String>) -> Denied {
        Denied::Silent(Silence::NotTaken(reason.into()))
    }

    /// Refused for good, for this reason and in this word.
    #[must_use]
    pub fn no(why: DeclineCode, retry: RetryAdvice, code: impl Into<String>) -> Denied {
        Denied::Refused { code: code.into(), meaning: Meaning::No(why, retry) }
    }

    /// The request or the account is not as the provider wants it, by this word of its own.
    #[must_use]
    pub fn setup(code: impl Into<String>) -> Denied {
        Denied::no(DeclineCode::Configuration, RetryAdvice::Never, code)
    }

    /// The provider was asked, and knows no such thing.
    #[must_use]
    pub fn missing(what: impl Into<String>) -> Denied {
        Denied::Unanswered { code: what.into(), meaning: Meaning::Missing }
    }

    /// Where what was denied is a mere question.
    #[must_use]
    pub fn asked(self) -> Denied {
        match self {
            Denied::Refused { code, meaning } => Denied::Unanswered { code, meaning },
            denied => denied,
        }
    }

    /// Where something with an effect was sent before: that this request was not taken says nothing of that one.
    #[must_use]
    pub fn after(self) -> Denied {
        match self {
            Denied::Refused { meaning: Meaning::No(..) | Meaning::Wait, .. } => self,
            denied => Denied::unclear(denied.silence().reason()),
        }
    }

    /// What the provider's word means, if there is one.
    #[must_use]
    pub fn meaning(&self) -> Option<Meaning> {
        match self {
            Denied::Refused { meaning, .. } | Denied::Unanswered { meaning, .. } => Some(*meaning),
            Denied::Silent(_) => None,
        }
    }

    /// Whether the provider said that it does not know what was asked about.
    #[must_use]
    pub fn is_missing(&self) -> bool {
        self.meaning() == Some(Meaning::Missing)
    }

    /// Whether the provider said that what was asked for was not done, and will not be.
    #[must_use]
    pub fn is_no(&self) -> bool {
        matches!(self, Denied::Refused { meaning: Meaning::No(..), .. })
    }

    /// The same as a [`Silence`], where no refusal can be an answer.
    #[must_use]
    pub fn silence(self) -> Silence {
        match self {
            Denied::Refused { code, meaning } | Denied::Unanswered { code, meaning } => match meaning {
                Meaning::Missing => Silence::Unclear(format!("the provider does not know of it: {code}")),
                Meaning::NotTaken => Silence::NotTaken(format!("the provider took no request: {code}")),
                _ => Silence::Unclear(format!("the provider refused with {code}")),
            },
            Denied::Silent(silence) => silence,
        }
    }

    /// What a refusal means of which an earlier sending, whose answer was lost, may have got through: what is refused now says
    /// nothing of that one, so it has to be looked for first. `found` looks, and says what became of it.
    pub async fn unless_found(
        self,
        found: impl Future<Output = Result<Outcome, Denied>> + Send,
    ) -> Result<Outcome, Denied> {
        if !self.is_no() {
            return Err(self);
        }
        match found.await {
            Ok(Outcome::Failed { .. }) => Err(self),
            Ok(outcome) => Ok(outcome),
            Err(denied) if denied.is_missing() => Err(self),
            Err(denied) => Err(Denied::unclear(denied.silence().reason())),
        }
    }

    /// What it means where this request is the first of `pay` that could have an effect.
    #[must_use]
    pub fn of_payment(self) -> Outcome {
        match self {
            Denied::Refused { code, meaning: Meaning::No(decline, retry) } => {
                Outcome::Failed { code: decline, provider_code: Some(code), retry }
            }
            Denied::Refused { meaning: Meaning::Wait, .. } => Outcome::pending(POLL_AFTER_MS, None),
            denied => denied.silence().of_payment(),
        }
    }

    /// What it means for a payment of which something may have been sent before, where the refused request was to bring it on.
    #[must_use]
    pub fn of_known(self) -> Outcome {
        self.after().of_payment()
    }

    /// What it means for `query`: that a question was refused says nothing of the payment.
    #[must_use]
    pub fn of_query(self) -> QueryAnswer {
        if self.is_missing() { QueryAnswer::NotFound } else { self.silence().of_query() }
    }

    /// What it means for `refund` and `query_refund`: without the payment there is nothing to give back.
    #[must_use]
    pub fn of_refund(self) -> RefundOutcome {
        match self {
            Denied::Refused { code, meaning: Meaning::No(..) | Meaning::NoRefund | Meaning::Missing } => {
                RefundOutcome::Failed { provider_code: Some(code) }
            }
            Denied::Refused { meaning: Meaning::Wait, .. } => RefundOutcome::pending(POLL_AFTER_MS, None),
            Denied::Unanswered { meaning: Meaning::Missing, .. } => RefundOutcome::NotFound,
            denied => denied.silence().of_refund(),
        }
    }

    /// What it means for `enrol` and `query_enrolment`.
    #[must_use]
    pub fn of_enrolment(self) -> EnrolOutcome {
        match self {
            Denied::Refused { code, meaning: Meaning::No(decline, _) } => {
                EnrolOutcome::Failed { code: decline, provider_code: Some(code) }
            }
            denied if denied.is_missing() => EnrolOutcome::NotFound,
            denied => denied.silence().of_enrolment(),
        }
    }

    /// What it means for `check_credentials`; `mend` tells the operator what to compare.
    #[must_use]
    pub fn of_credentials(self, mend: &str) -> CredentialsAnswer {
        match self {
            Denied::Refused { code, meaning: Meaning::No(..) }
            | Denied::Unanswered { code, meaning: Meaning::No(..) } => {
                CredentialsAnswer::Refused { reason: format!("the provider refused with {code}: {mend}") }
            }
            denied => denied.silence().of_credentials(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::words::Words;
    use futures_util::FutureExt as _;

    const TABLE: Words = Words::of_section(
        "# a bank's\n[errors]\nno insufficient_funds later: EMPTY\n  NO_FUNDS\nmissing: NO_ORDER\nnot_taken: BUSY\nlook: PAID_ALREADY\n\
         no_refund: TOO_LATE\nwait: SLOW\nact: APPROVE",
        "errors",
    );

    #[test]
    fn what_is_said_of_a_refund_says_nothing_of_its_payment() {
        let late = TABLE.refused("TOO_LATE");
        assert!(matches!(late.clone().of_payment(), Outcome::Unknown { .. }));
        assert!(matches!(late.of_refund(), RefundOutcome::Failed { .. }));
        let slow = TABLE.refused("SLOW");
        assert!(matches!(slow.clone().of_known(), Outcome::Pending { .. }));
        assert!(matches!(slow.of_refund(), RefundOutcome::Pending { .. }));
        assert!(matches!(TABLE.refused("APPROVE").of_known(), Outcome::Unknown { .. }));
    }

    #[test]
    fn only_a_word_in_the_table_is_an_answer() {
        let no = TABLE.refused("NO_FUNDS");
        assert!(
            matches!(no.clone().of_payment(), Outcome::Failed { code: DeclineCode::InsufficientFunds, provider_code: Some(code), .. } if code == "NO_FUNDS")
        );
        assert!(matches!(no.clone().of_known(), Outcome::Failed { .. }));
        assert!(matches!(no.clone().of_query(), QueryAnswer::Unreachable { .. }), "a question was refused");
        assert!(matches!(no.clone().of_refund(), RefundOutcome::Failed { .. }));
        assert!(matches!(no.clone().asked().of_refund(), RefundOutcome::Unknown { .. }));
        assert!(matches!(no.clone().asked().of_known(), Outcome::Unknown { .. }));
        assert!(matches!(no.clone().asked().of_enrolment(), EnrolOutcome::Unknown { .. }));
        assert!(matches!(no.clone().asked().of_credentials("look"), CredentialsAnswer::Refused { .. }));
        assert!(matches!(no.clone().of_enrolment(), EnrolOutcome::Failed { .. }));
        assert!(matches!(no.of_credentials("look"), CredentialsAnswer::Refused { reason } if reason.ends_with("look")));
        for word in ["FULL_MOON", "", "EMPTY NO_FUNDS", "NO", "PAID_ALREADY"] {
            let denied = TABLE.refused(word);
            assert!(matches!(denied.clone().of_payment(), Outcome::Unknown { .. }), "{word}");
            assert!(matches!(denied.clone().of_query(), QueryAnswer::Unreachable { .. }), "{word}");
            assert!(matches!(denied.of_refund(), RefundOutcome::Unknown { .. }), "{word}");
        }
    }

    #[test]
    fn what_is_missing_is_found_by_nobody_and_what_was_not_taken_was_not_sent() {
        let missing = TABLE.refused("NO_ORDER");
        assert!(missing.is_missing());
        assert_eq!(missing.clone().of_query(), QueryAnswer::NotFound);
        assert!(matches!(missing.clone().of_payment(), Outcome::Unknown { .. }));
        assert!(matches!(missing.clone().of_refund(), RefundOutcome::Failed { .. }));
        assert_eq!(missing.clone().asked().of_refund(), RefundOutcome::NotFound);
        assert_eq!(missing.of_enrolment(), EnrolOutcome::NotFound);
        assert_eq!(Denied::missing("no such page").of_query(), QueryAnswer::NotFound);
        assert!(matches!(Denied::missing("no such page").of_known(), Outcome::Unknown { .. }));
        let busy = TABLE.refused("BUSY");
        assert!(matches!(busy.clone().of_payment(), Outcome::NotSent { .. }));
        assert!(matches!(busy.of_known(), Outcome::Unknown { .. }));
        let lost = Denied::from(Silence::NotTaken("refused by the gate".into()));
        assert!(matches!(lost.of_payment(), Outcome::NotSent { .. }));
    }

    #[test]
    fn what_follows_a_request_with_an_effect_is_never_not_sent() {
        for denied in [Denied::not_sent("lost"), TABLE.refused("BUSY"), TABLE.refused("BUSY").asked()] {
            assert!(matches!(denied.clone().of_payment(), Outcome::NotSent { .. }), "{denied:?}");
            assert!(matches!(denied.after().of_payment(), Outcome::Unknown { .. }));
        }
        assert!(matches!(TABLE.refused("NO_FUNDS").after().of_payment(), Outcome::Failed { .. }));
    }

    #[test]
    fn a_refusal_counts_unless_an_earlier_sending_got_through() {
        let decide = |denied: Denied, found: Result<Outcome, Denied>| {
            denied.unless_found(async { found }).now_or_never().unwrap()
        };
        let (no, pending) = (TABLE.refused("NO_FUNDS"), Outcome::pending(1, None));
        assert_eq!(decide(no.clone(), Ok(pending.clone())), Ok(pending.clone()));
        assert_eq!(decide(no.clone(), Ok(Outcome::canceled("CLOSED"))), Err(no.clone()));
        assert_eq!(decide(no.clone(), Err(TABLE.refused("NO_ORDER").asked())), Err(no.clone()));
        for unclear in [Denied::not_sent("busy"), TABLE.refused("EMPTY").asked()] {
            let outcome = decide(no.clone(), Err(unclear)).unwrap_err().of_payment();
            assert!(matches!(outcome, Outcome::Unknown { .. }), "{outcome:?}");
        }
        // What is no refusal of this payment is not looked after.
        assert_eq!(decide(Denied::not_sent("busy"), Ok(pending)), Err(Denied::not_sent("busy")));
    }
}
