//! The moments in which a conversation does not go straight, each led by a small file of its own (`repair: cancel`): which
//! there are, what such a file may do, and which facts it may ask for. A repair file can't ask for slots, pay or agree.

use super::format::flow::{Slot, SlotType};
use super::place::{Place, Placed};
use super::program::Program;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::sync::Arc;

/// When a repair file is followed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Moment {
    /// The person wants to stop.
    Cancel,
    /// The person wants to go a question back.
    GoBack,
    /// The person wants to hear it again.
    Repeat,
    /// The person asks what can be said.
    Help,
    /// The person wants to begin anew.
    StartOver,
    /// The person would rather not answer.
    Skip,
    /// The person wants a human.
    Human,
    /// The person needs a moment.
    Wait,
    /// Nothing was said.
    Silence,
    /// What was said was not understood.
    NoMatch,
    /// What was asked for in between is done.
    Resume,
    /// Several things could be meant.
    Disambiguate,
}

/// Every moment with its word in files, in the order of the enum.
const MOMENTS: [(Moment, &str); 12] = [
    (Moment::Cancel, "cancel"),
    (Moment::GoBack, "go_back"),
    (Moment::Repeat, "repeat"),
    (Moment::Help, "help"),
    (Moment::StartOver, "start_over"),
    (Moment::Skip, "skip"),
    (Moment::Human, "human"),
    (Moment::Wait, "wait"),
    (Moment::Silence, "silence"),
    (Moment::NoMatch, "no_match"),
    (Moment::Resume, "resume"),
    (Moment::Disambiguate, "disambiguate"),
];

/// The words of all moments.
pub const MOMENT_WORDS: &[&str] = &[
    "cancel",
    "go_back",
    "repeat",
    "help",
    "start_over",
    "skip",
    "human",
    "wait",
    "silence",
    "no_match",
    "resume",
    "disambiguate",
];

/// What a repair file can have done by `- do:`. None of them pays or agrees to anything.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verb {
    /// Stops what is being done.
    Stop,
    /// Asks the open question, or reads the payment back, once more.
    AskAgain,
    /// Says once more what was said last.
    Repeat,
    /// Says what the slot's own words for this time are, or asks again.
    Reprompt,
    /// Says the slot's own help.
    Explain,
    /// Goes one question back.
    GoBack,
    /// Begins the flow anew.
    StartOver,
    /// Leaves the question out, if it may be left out.
    Skip,
    /// Goes on with what was left for something else.
    GoOn,
    /// Ends all that is going on.
    GiveUp,
}

/// Every verb with its word.
const VERBS: [(Verb, &str); 10] = [
    (Verb::Stop, "stop"),
    (Verb::AskAgain, "ask_again"),
    (Verb::Repeat, "repeat"),
    (Verb::Reprompt, "reprompt"),
    (Verb::Explain, "explain"),
    (Verb::GoBack, "go_back"),
    (Verb::StartOver, "start_over"),
    (Verb::Skip, "skip"),
    (Verb::GoOn, "go_on"),
    (Verb::GiveUp, "give_up"),
];

/// The words of all verbs.
pub const VERB_WORDS: &[&str] =
    &["stop", "ask_again", "repeat", "reprompt", "explain", "go_back", "start_over", "skip", "go_on", "give_up"];

impl Moment {
    /// The moment of this word.
    #[must_use]
    pub fn of(word: &str) -> Option<Moment> {
        MOMENTS.iter().find(|(_, known)| *known == word).map(|(moment, _)| *moment)
    }

    /// Its word in files.
    #[must_use]
    pub fn word(self) -> &'static str {
        MOMENTS.iter().find(|(moment, _)| *moment == self).map_or("", |(_, word)| word)
    }

    /// The verbs that its file may use. What is said while asking must not ask again, or it would never end.
    #[must_use]
    pub fn allows(self, verb: Verb) -> bool {
        match self {
            Moment::Resume => verb == Verb::GoOn,
            Moment::Disambiguate => false,
            _ => true,
        }
    }

    /// True if its file may ask a question of its own.
    #[must_use]
    pub fn may_ask(self) -> bool {
        !matches!(self, Moment::Resume | Moment::Disambiguate)
    }
}

impl Verb {
    /// The verb of this word.
    #[must_use]
    pub fn of(word: &str) -> Option<Verb> {
        VERBS.iter().find(|(_, known)| *known == word).map(|(verb, _)| *verb)
    }

    /// Its word in files.
    #[must_use]
    pub fn word(self) -> &'static str {
        VERBS.iter().find(|(verb, _)| *verb == self).map_or("", |(_, word)| word)
    }
}

/// Something that a repair file may ask for or say.
#[derive(Clone, Copy, Debug)]
pub struct Fact {
    /// Its name in expressions, and in texts where it is one.
    pub name: &'static str,
    /// Its type.
    pub kind: FactKind,
}

/// The type of a fact.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FactKind {
    /// True or false.
    Truth,
    /// A whole number.
    Count,
    /// Words, for texts; `()` where there are none.
    Words,
}

const fn fact(name: &'static str, kind: FactKind) -> Fact {
    Fact { name, kind }
}

/// Every fact; `dialogs/README.md` explains them to writers.
pub const FACTS: &[Fact] = &[
    fact("times", FactKind::Count),
    fact("idle", FactKind::Truth),
    fact("reading_back", FactKind::Truth),
    fact("paid", FactKind::Truth),
    fact("paid_before", FactKind::Truth),
    fact("refunding", FactKind::Truth),
    fact("enough", FactKind::Truth),
    fact("goes_on", FactKind::Truth),
    fact("plain", FactKind::Truth),
    fact("resuming", FactKind::Truth),
    fact("waiting", FactKind::Truth),
    fact("first", FactKind::Truth),
    fact("optional", FactKind::Truth),
    fact("has_help", FactKind::Truth),
    fact("nothing_said", FactKind::Truth),
    fact("told", FactKind::Truth),
    fact("between_flows", FactKind::Truth),
    fact("only_one", FactKind::Truth),
    fact("flow", FactKind::Words),
    fact("flows", FactKind::Words),
    fact("options", FactKind::Words),
    fact("contact", FactKind::Words),
    fact("digits", FactKind::Words),
];

/// The facts as the slots of a repair file, so that its expressions are compiled and tried like all others.
#[must_use]
pub fn fact_slots(place: Place) -> Vec<Slot> {
    let slot = |fact: &Fact| Slot {
        kind: match fact.kind {
            FactKind::Truth => SlotType::YesNo,
            FactKind::Count => SlotType::Number,
            FactKind::Words => SlotType::Text,
        },
        ..Slot::computed(Placed::new(fact.name.to_owned(), place))
    };
    FACTS.iter().map(slot).collect()
}

/// The repair files in use, compiled; cheap to copy.
pub type Repairs = BTreeMap<Moment, Arc<Program>>;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_word_leads_to_its_moment_and_verb_and_back() {
        assert_eq!(MOMENT_WORDS, MOMENTS.map(|(_, word)| word));
        assert_eq!(VERB_WORDS, VERBS.map(|(_, word)| word));
        for word in MOMENT_WORDS {
            assert_eq!(Moment::of(word).unwrap().word(), *word);
        }
        for word in VERB_WORDS {
            assert_eq!(Verb::of(word).unwrap().word(), *word);
        }
        assert!(Moment::of("pay").is_none() && Verb::of("pay").is_none() && Verb::of("agree").is_none());
    }
}
