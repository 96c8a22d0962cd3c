//! What understanding is taught at load: the flows' sentences and the names of things; and, each turn, what is expected.

use super::meaning::EntityKind;
use crate::lang::Lang;
use sayso_plugin_interface::Currency;

/// Everything to be learnt at load.
#[derive(Clone, Debug, Default)]
pub struct Teaching {
    /// One for each flow that can be asked for.
    pub intents: Vec<TaughtIntent>,
    /// Payees, providers and choices.
    pub names: Vec<Name>,
}

/// The sentences by which one flow is asked for.
#[derive(Clone, Debug)]
pub struct TaughtIntent {
    /// The flow's name.
    pub name: String,
    /// Whole sentences with `{slot}`, `[optional]` and `(a|b)`.
    pub templates: Vec<(Lang, String)>,
    /// Sentences that people say, for the classifier; they may contain `{slot}` too.
    pub examples: Vec<(Lang, String)>,
    /// What each `{slot}` of the sentences is.
    pub slots: Vec<(String, SlotKind)>,
    /// True if the flow pays: then a sentence that only speaks of paying does not ask for it.
    pub pays: bool,
}

/// The type of a slot as far as understanding needs it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SlotKind {
    /// A value that understanding finds by itself.
    Entity(EntityKind),
    /// Any words.
    Text,
}

/// Something that has names.
#[derive(Clone, Debug)]
pub struct Name {
    /// What it is.
    pub kind: NameKind,
    /// Its id.
    pub id: String,
    /// Every way to call it.
    pub names: Vec<(Lang, String)>,
}

/// What a name is the name of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NameKind {
    /// Somebody who is paid.
    Payee,
    /// Who pays.
    Provider,
    /// A choice of the slot named here.
    Choice(String),
}

/// What the dialog waits for in this turn; it decides between readings and never invents one.
#[derive(Clone, Debug, Default)]
pub struct Expectation {
    /// Kinds of value that were asked for; empty when nothing was.
    pub kinds: Vec<EntityKind>,
    /// The slot asked for, to tell which choices count.
    pub slot: Option<String>,
    /// True if a payment was read back and a yes would pay.
    pub consent: bool,
    /// The currency of the conversation, where it is known.
    pub currency: Option<Currency>,
}
