//! Where a conversation stands: all of it, so that it can be stored in the middle of a question and go on later.

use super::moments::Moment;
use super::value::{Held, SlotValue};
use crate::consent::{ReadBack, Tier};
use crate::lang::Lang;
use crate::understanding::Meaning;
use crate::wording::Words;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// A conversation between two steps. Serializable; it holds what the person said they pay, and nothing secret.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct State {
    /// What tells this conversation from every other.
    pub(super) name: String,
    /// Who speaks, where the household tells its people apart.
    #[serde(default)]
    pub(super) person: Option<String>,
    pub(super) lang: Lang,
    /// The fingerprint of the dialogs with which the tasks began.
    pub(super) version: String,
    /// What is going on; the last is being led, those before it are suspended.
    pub(super) tasks: Vec<Task>,
    pub(super) awaiting: Awaiting,
    /// Answers in a row that were not understood.
    pub(super) misses: usize,
    /// Silences in a row.
    pub(super) silences: usize,
    /// What the person asked for in the last turn (to repeat, to help ...), and how many times in a row.
    #[serde(default)]
    pub(super) again: Option<(Moment, usize)>,
    /// True once the person asked for a moment, until they speak again.
    #[serde(default)]
    pub(super) waiting: bool,
    /// What was said last, to be said again.
    pub(super) said: Vec<Words>,
    /// True once money was paid in this conversation, or may have been.
    #[serde(default)]
    pub(super) paid: bool,
    /// The payee of the flow that ended last, to which "pay it" points.
    #[serde(default)]
    pub(super) about: Option<String>,
    /// The flow that only answered and ended last, from which "and in November?" goes on.
    #[serde(default)]
    pub(super) led: Option<Led>,
    /// The payees that were read out last as an answer, to which "pay the first one" points.
    #[serde(default)]
    pub(super) listed: Vec<SlotValue>,
    /// How many steps there were; it picks between ways to say one thing.
    pub(super) turn: usize,
}

/// A flow that has ended, with what was said for its slots.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct Led {
    /// The flow.
    pub flow: String,
    /// What was said, by slot.
    pub values: BTreeMap<String, SlotValue>,
}

/// One flow that was begun, with all its slots.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct Task {
    /// The flow that was asked for.
    pub flow: String,
    /// Where it stands: the flow itself, then those that it called.
    pub frames: Vec<Frame>,
    /// The slots that have a value.
    pub values: BTreeMap<String, Held>,
    /// Values with several readings, to be asked about when their slot is needed.
    pub unclear: BTreeMap<String, Vec<SlotValue>>,
    /// Where to begin again after a correction: the beginning, or behind the last payment.
    pub base: Mark,
    /// Questions asked so far, to go back to.
    pub trail: Vec<Asked>,
    /// Fingerprints of the sentences said, so that beginning again does not repeat them.
    pub spoken: Vec<u64>,
    /// Values that a payment's outcome brought: `reason`, `next_step`.
    pub told: BTreeMap<String, Words>,
    /// Suggestions that were accepted, while the task begins again after a correction.
    pub accepted: BTreeMap<String, SlotValue>,
    /// Slots for which what will be suggested was accepted before it was: "in full".
    #[serde(default)]
    pub accepts: BTreeSet<String>,
    /// How much of a payment is to come back, or of what is due is to be paid, where it was said as a share of it.
    #[serde(default)]
    pub share: Option<Share>,
    /// True if money moved in it, or may have.
    pub paid: bool,
    /// True while it waits in line behind another payment of the same sentence, and has not begun.
    #[serde(default)]
    pub queued: bool,
}

/// A share of what was paid.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Share {
    /// Half of it.
    Half,
    /// One that has to be said as an amount.
    Other,
}

/// A place in a flow.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Frame {
    /// The flow.
    pub flow: String,
    /// The index of the next operation.
    pub at: usize,
}

/// A place to begin again from, with what was computed before it.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(super) struct Mark {
    pub frames: Vec<Frame>,
    pub values: BTreeMap<String, Held>,
}

/// A question that was asked.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Asked {
    pub slot: String,
    pub frames: Vec<Frame>,
}

/// What the conversation waits for.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Awaiting {
    /// Anything: no flow is being led.
    Nothing,
    /// The value of a slot. `replacing`: it has one, which stands until the new one is good.
    Slot { slot: String, suggestion: Option<SlotValue>, replacing: bool },
    /// Which of several readings is meant.
    Which { slot: String, options: Vec<SlotValue>, replacing: bool },
    /// A clear yes to a read-back.
    Consent(Box<ReadBack>),
    /// What to change, after a no to a read-back.
    Change,
    /// The outcome of a payment.
    Outcome,
    /// Whether what was put down for later under this id is to be ended.
    Ending { order: String },
    /// Whether to go on with what was suspended.
    Resume,
    /// Which of several flows is meant, by what was said.
    WhichFlow { flows: Vec<String>, said: Box<Meaning> },
    /// The answer to a question of a repair file, asked at this operation of it; `kept` is what was awaited before.
    Repair { moment: Moment, at: usize, kept: Box<Awaiting> },
}

impl State {
    /// A conversation that has not begun. `name` tells it from every other, also of other processes and other days:
    /// draw it at random.
    #[must_use]
    pub fn new(lang: Lang, name: &str) -> Self {
        State {
            name: name.to_owned(),
            person: None,
            lang,
            version: String::new(),
            tasks: Vec::new(),
            awaiting: Awaiting::Nothing,
            misses: 0,
            silences: 0,
            again: None,
            waiting: false,
            said: Vec::new(),
            paid: false,
            about: None,
            led: None,
            listed: Vec::new(),
            turn: 0,
        }
    }

    /// The same with somebody who speaks: what they agree to is held to their limits.
    #[must_use]
    pub fn by(self, person: Option<String>) -> Self {
        State { person, ..self }
    }

    /// The language in which Sayso answers.
    #[must_use]
    pub fn lang(&self) -> Lang {
        self.lang
    }

    /// Goes on in another language. A read-back that waits for its answer keeps the language in which it was read.
    pub fn set_lang(&mut self, lang: Lang) {
        self.lang = lang;
    }

    /// The flow that is being led, if any.
    #[must_use]
    pub fn flow(&self) -> Option<&str> {
        self.tasks.last().map(|task| task.flow.as_str())
    }

    /// What is awaited: a slot's name, or `confirm`, `consent`, `proof`, `change`, `outcome`, `resume`, `which_flow`; `None` at
    /// rest.
    #[must_use]
    pub fn awaiting(&self) -> Option<&str> {
        match &self.awaiting {
            Awaiting::Nothing => None,
            Awaiting::Slot { slot, .. } | Awaiting::Which { slot, .. } if slot.contains(' ') => Some("confirm"),
            Awaiting::Slot { slot, .. } | Awaiting::Which { slot, .. } => Some(slot),
            Awaiting::Consent(asked) if asked.demand().is_some() => Some("proof"),
            Awaiting::Consent(_) => Some("consent"),
            Awaiting::Change => Some("change"),
            Awaiting::Outcome => Some("outcome"),
            Awaiting::Resume => Some("resume"),
            Awaiting::WhichFlow { .. } => Some("which_flow"),
            Awaiting::Repair { .. } | Awaiting::Ending { .. } => Some("confirm"),
        }
    }

    /// How surely what is being read back has to be agreed to; `None` where nothing is.
    #[must_use]
    pub fn tier(&self) -> Option<Tier> {
        match &self.awaiting {
            Awaiting::Consent(asked) => Some(asked.tier()),
            _ => None,
        }
    }

    /// The slots of the flow that is being led which have a value, as text for logs and tests: `42.50 USD`, `electricity`.
    #[must_use]
    pub fn slots(&self) -> BTreeMap<String, String> {
        let values = self.tasks.last().map(|task| &task.values);
        let named = values.into_iter().flatten().filter(|(name, _)| !name.contains(' '));
        named.map(|(name, held)| (name.clone(), held.value.plain())).collect()
    }
}

impl Task {
    /// A task that stands at the beginning of a flow.
    pub fn new(flow: &str) -> Self {
        let frames = vec![Frame { flow: flow.to_owned(), at: 0 }];
        Task {
            flow: flow.to_owned(),
            base: Mark { frames: frames.clone(), values: BTreeMap::new() },
            frames,
            values: BTreeMap::new(),
            unclear: BTreeMap::new(),
            trail: Vec::new(),
            spoken: Vec::new(),
            told: BTreeMap::new(),
            accepted: BTreeMap::new(),
            accepts: BTreeSet::new(),
            share: None,
            paid: false,
            queued: false,
        }
    }

    /// The value of a slot.
    pub fn value(&self, slot: &str) -> Option<&SlotValue> {
        self.values.get(slot).map(|held| &held.value)
    }
}
