//! What a provider's refusal means, by its own words in a table, the same for every provider: what it makes of a payment, a
//! question, a refund and an enrolment. A word that is in no table says nothing.
//!
//! ```ignore
//! const ERRORS: Words = Words(include_str!("errors.txt"));
//! match self.ask(host, ...).await {                          // Result<_, Denied>, made by `ERRORS.refused(code)`
//!     Ok(order) => ...,
//!     Err(denied) => denied.of_payment(),
//! }
//! ```

use crate::heard::Silence;
use sayso_plugin_interface::outcome::DeclineCode;
use sayso_plugin_interface::{CredentialsAnswer, EnrolOutcome, Outcome, QueryAnswer, RefundOutcome, RetryAdvice};
use serde::de::DeserializeOwned;

/// When to ask again where the provider says that it is at it, in milliseconds.
const POLL_AFTER_MS: u64 = 3_000;

/// What a word of refusal means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Meaning {
    /// `no CODE RETRY`: it was not done, and will not be.
    No(DeclineCode, RetryAdvice),
    /// `no_refund`: the refund is refused for good; of the payment it says nothing.
    NoRefund,
    /// `act`: the person has to act, or to act again.
    Act,
    /// `wait`: the provider is at it.
    Wait,
    /// `missing`: the provider does not know what was asked about.
    Missing,
    /// `not_taken`: the request was not taken, and may be made again as it is.
    NotTaken,
    /// `look`: what was asked about stands otherwise than we thought, so it has to be looked at.
    Look,
}

impl Meaning {
    fn read(text: &str) -> Option<Meaning> {
        fn word<T: DeserializeOwned>(text: &str) -> Option<T> {
            serde_json::from_value(serde_json::Value::from(text)).ok()
        }
        let mut words = text.split_ascii_whitespace();
        let meaning = match words.next()? {
            "no" => Meaning::No(word(words.next()?)?, word(words.next()?)?),
            "no_refund" => Meaning::NoRefund,
            "act" => Meaning::Act,
            "wait" => Meaning::Wait,
            "missing" => Meaning::Missing,
            "not_taken" => Meaning::NotTaken,
            "look" => Meaning::Look,
            _ => return None,
        };
        words.next().is_none().then_some(meaning)
    }
}

/// A provider's words and what they mean, as a text: a line for each meaning, with the words after a colon or in indented lines
/// below it. `#` begins a comment.
///
/// ```text
/// no insufficient_funds other_method: BALANCE_TOO_LOW CARD_EMPTY
/// no configuration never:
///   WRONG_KEY WRONG_FIELD
/// missing: NO_SUCH_ORDER
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Words(pub &'static str);

impl Words {
    /// Every word with its meaning, which is `None` where the text is not such a table.
    pub fn all(&self) -> impl Iterator<Item = (&'static str, Option<Meaning>)> {
        let lines = self.0.lines().filter(|line| !line.trim_start().starts_with('#'));
        let rows = lines.scan(None, |meaning, line| {
            let (named, words) = line.split_once(':').filter(|_| !line.starts_with(' ')).unwrap_or(("", line));
            if !named.is_empty() {
                *meaning = Meaning::read(named);
            }
            Some((*meaning, words))
        });
        rows.flat_map(|(meaning, words)| words.split_ascii_whitespace().map(move |word| (word, meaning)))
    }

    /// What this word means; `None` if it is not in the table.
    #[must_use]
    pub fn meaning(&self, word: &str) -> Option<Meaning> {
        self.all().find(|(known, _)| *known == word).and_then(|(_, meaning)| meaning)
    }

    /// A refusal in a provider's own word. One that is not in the table says nothing of what was asked.
    #[must_use]
    pub fn refused(&self, code: &str) -> Denied {
        match self.meaning(code) {
            Some(meaning) => Denied::Refused { code: code.to_owned(), meaning },
            None => Denied::unclear(format!("the provider refused with `{code}`, which is not known")),
        }
    }

    /// What is wrong with the table: words without a meaning, and words that are there twice. For tests.
    #[must_use]
    pub fn faults(&self) -> Vec<&'static str> {
        let mut seen = std::collections::BTreeSet::new();
        self.all().filter(|(word, meaning)| meaning.is_none() | !seen.insert(*word)).map(|(word, _)| word).collect()
    }
}

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

    /// The request or the account is not as the provider wants it, by this word of its own.
    #[must_use]
    pub fn setup(code: impl Into<String>) -> Denied {
        Denied::Refused { code: code.into(), meaning: Meaning::No(DeclineCode::Configuration, RetryAdvice::Never) }
    }

    /// What the provider's word means, if there is one.
    #[must_use]
    pub fn meaning(&self) -> Option<Meaning> {
        match self {
            Denied::Refused { meaning, .. } => Some(*meaning),
            Denied::Silent(_) => None,
        }
    }

    /// Whether the provider said that it does not know what was asked about.
    #[must_use]
    pub fn is_missing(&self) -> bool {
        self.meaning() == Some(Meaning::Missing)
    }

    /// The same as a [`Silence`], where no refusal can be an answer.
    #[must_use]
    pub fn silence(self) -> Silence {
        match self {
            Denied::Refused { code, meaning: Meaning::NotTaken } => {
                Silence::NotTaken(format!("the provider took no request: {code}"))
            }
            Denied::Refused { code, .. } => Silence::Unclear(format!("the provider refused with {code}")),
            Denied::Silent(silence) => silence,
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
        match self {
            Denied::Refused { meaning: Meaning::No(..) | Meaning::Wait, .. } => self.of_payment(),
            denied => denied.silence().of_known(),
        }
    }

    /// What it means for `query`: that a question was refused says nothing of the payment.
    #[must_use]
    pub fn of_query(self) -> QueryAnswer {
        if self.is_missing() { QueryAnswer::NotFound } else { self.silence().of_query() }
    }

    /// What it means for `refund`: without the payment there is nothing to give back.
    #[must_use]
    pub fn of_refund(self) -> RefundOutcome {
        match self {
            Denied::Refused { code, meaning: Meaning::No(..) | Meaning::NoRefund | Meaning::Missing } => {
                RefundOutcome::Failed { provider_code: Some(code) }
            }
            Denied::Refused { meaning: Meaning::Wait, .. } => RefundOutcome::pending(POLL_AFTER_MS, None),
            denied => denied.silence().of_refund(),
        }
    }

    /// What it means for `query_refund`.
    #[must_use]
    pub fn of_query_refund(self) -> RefundOutcome {
        if self.is_missing() { RefundOutcome::NotFound } else { self.silence().of_refund() }
    }

    /// What it means for `enrol`.
    #[must_use]
    pub fn of_enrolment(self) -> EnrolOutcome {
        match self {
            Denied::Refused { code, meaning: Meaning::No(decline, _) } => {
                EnrolOutcome::Failed { code: decline, provider_code: Some(code) }
            }
            denied => denied.of_query_enrolment(),
        }
    }

    /// What it means for `query_enrolment`.
    #[must_use]
    pub fn of_query_enrolment(self) -> EnrolOutcome {
        if self.is_missing() { EnrolOutcome::NotFound } else { self.silence().of_enrolment() }
    }

    /// What it means for `check_credentials`; `mend` tells the operator what to compare.
    #[must_use]
    pub fn of_credentials(self, mend: &str) -> CredentialsAnswer {
        match self {
            Denied::Refused { code, meaning: Meaning::No(..) } => {
                CredentialsAnswer::Refused { reason: format!("the provider refused with {code}: {mend}") }
            }
            denied => denied.silence().of_credentials(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TABLE: Words = Words(
        "# a bank's\nno insufficient_funds later: EMPTY\n  NO_FUNDS\nmissing: NO_ORDER\nnot_taken: BUSY\nlook: PAID_ALREADY\n\
         no_refund: TOO_LATE\nwait: SLOW\nact: APPROVE",
    );

    #[test]
    fn a_table_is_read_and_its_faults_are_told() {
        assert_eq!((TABLE.faults(), TABLE.all().count()), (vec![], 8));
        assert_eq!(TABLE.meaning("EMPTY"), TABLE.meaning("NO_FUNDS"));
        let wrong = Words("no money later: A\nlook: B B\nlook at it: C\nD\nno declined: E\nfoo: F\nmissing: G");
        assert_eq!((wrong.faults(), wrong.meaning("A")), (vec!["A", "B", "C", "D", "E", "F"], None));
    }

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
        assert!(matches!(no.clone().of_query_refund(), RefundOutcome::Unknown { .. }));
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
        assert_eq!(missing.clone().of_query_refund(), RefundOutcome::NotFound);
        assert_eq!(missing.of_query_enrolment(), EnrolOutcome::NotFound);
        let busy = TABLE.refused("BUSY");
        assert!(matches!(busy.clone().of_payment(), Outcome::NotSent { .. }));
        assert!(matches!(busy.of_known(), Outcome::Unknown { .. }));
        let lost = Denied::from(Silence::NotTaken("refused by the gate".into()));
        assert!(matches!(lost.of_payment(), Outcome::NotSent { .. }));
    }
}
