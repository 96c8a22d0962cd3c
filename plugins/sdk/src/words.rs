//! What a provider's own words of refusal mean, by a section of its mapping file. A word that is in none says nothing.
//!
//! ```ignore
//! const ERRORS: Words = Words::of_section(include_str!("../mapping.txt"), "errors");
//! let order = self.ask(host, ...).await?;                    // Result<_, Denied>, made by `ERRORS.refused(code)`
//! ```

use crate::denied::Denied;
use crate::table::Table;
use sayso_plugin_interface::RetryAdvice;
use sayso_plugin_interface::outcome::DeclineCode;
use serde::de::DeserializeOwned;

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

/// A section of a mapping file that says what a provider's words of refusal mean.
///
/// ```text
/// [errors]
/// no insufficient_funds other_method: BALANCE_TOO_LOW CARD_EMPTY
/// no configuration never:
///   WRONG_KEY WRONG_FIELD
/// missing: NO_SUCH_ORDER
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Words(pub Table);

impl Words {
    /// The section of this name.
    #[must_use]
    pub const fn of_section(text: &'static str, section: &'static str) -> Self {
        Words(Table::of(text, section))
    }

    /// Every word with its meaning, which is `None` where that is not understood.
    pub fn all(&self) -> impl Iterator<Item = (&'static str, Option<Meaning>)> + use<> {
        self.0.rows().map(|(meaning, word)| (word, Meaning::read(meaning)))
    }

    /// What this word means; `None` if it is not in the table.
    #[must_use]
    pub fn meaning(&self, word: &str) -> Option<Meaning> {
        self.0.meaning(word).and_then(Meaning::read)
    }

    /// A refusal in a provider's own word. One that is not in the table says nothing of what was asked.
    #[must_use]
    pub fn refused(&self, code: &str) -> Denied {
        match self.meaning(code) {
            Some(meaning) => Denied::Refused { code: code.to_owned(), meaning },
            None => Denied::unclear(format!("the provider refused with `{code}`, which is not known")),
        }
    }

    /// The refusals that these words are, of those that are in the table, in order.
    pub fn known<'a>(&self, words: impl IntoIterator<Item = &'a str>) -> Vec<Denied> {
        words.into_iter().map(|word| self.refused(word)).filter(|denied| denied.meaning().is_some()).collect()
    }

    /// What is wrong with the section. For tests.
    #[must_use]
    pub fn faults(&self) -> Vec<&'static str> {
        self.0.faults(|meaning| Meaning::read(meaning).is_some())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TABLE: Words = Words::of_section(
        "# a bank's\n[errors]\nno insufficient_funds later: EMPTY\n  NO_FUNDS\nmissing: NO_ORDER\nnot_taken: BUSY\nlook: PAID_ALREADY\n\
         no_refund: TOO_LATE\nwait: SLOW\nact: APPROVE",
        "errors",
    );

    #[test]
    fn a_table_is_read_and_its_faults_are_told() {
        assert_eq!((TABLE.faults(), TABLE.all().count()), (vec![], 8));
        assert_eq!(TABLE.meaning("EMPTY"), TABLE.meaning("NO_FUNDS"));
        let known = TABLE.known(["FULL_MOON", "SLOW", "", "EMPTY"]);
        assert_eq!(known, [TABLE.refused("SLOW"), TABLE.refused("EMPTY")]);
        let wrong = Words::of_section(
            "[e]\nno money later: A\nlook: B B\nlook at it: C\nD\nno declined: E\nfoo: F\nmissing: G",
            "e",
        );
        assert_eq!((wrong.faults(), wrong.meaning("A")), (vec!["A", "B", "C", "D", "E", "F"], None));
    }
}
