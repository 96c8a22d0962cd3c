//! A flow as it was written: slots, steps, texts. Plain data with places; nothing here is checked or compiled yet.

use super::super::moments::Verb;
use super::super::place::{Place, Placed};
use super::text::{Sentences, Texts};
use crate::household::PayeeKind;
use crate::lang::Lang;

/// One flow file.
#[derive(Clone, Debug)]
pub struct Flow {
    /// Its name, by which other flows call it.
    pub name: Placed<String>,
    /// What it does, in words that fit into "Shall we go on with …?".
    pub title: Texts,
    /// True if `help` names it among what can be done.
    pub listed: bool,
    /// True for small talk, after which the conversation goes on where it was without asking.
    pub aside: bool,
    /// Sentences that start it.
    pub triggers: Sentences,
    /// Sentences like which others start it too.
    pub examples: Sentences,
    /// Its slots, in the order written.
    pub slots: Vec<Slot>,
    /// Its steps.
    pub steps: Vec<Step>,
}

/// A typed value that a flow asks for or computes.
#[derive(Clone, Debug)]
pub struct Slot {
    /// Its name in expressions and texts.
    pub name: Placed<String>,
    /// Its type.
    pub kind: SlotType,
    /// True if it holds a list of such values; only scripts and `set` fill it.
    pub many: bool,
    /// True if the person may skip it.
    pub optional: bool,
    /// The question.
    pub ask: Option<Texts>,
    /// What to say when the answer was not understood: first time, second time ...
    pub reprompt: Vec<Texts>,
    /// What to say when there was no answer: first time, second time ...
    pub no_input: Vec<Texts>,
    /// What to say to "what can I say here?".
    pub help: Option<Texts>,
    /// What a value must fulfil.
    pub validate: Vec<Validation>,
    /// Sentences that mean "the value that you suggested".
    pub suggested_by: Sentences,
}

/// The type of a slot.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SlotType {
    /// An amount with its currency.
    Money,
    /// Somebody of the household, perhaps of one kind only.
    Payee(Option<PayeeKind>),
    /// Who pays.
    Provider,
    /// One of these.
    Choice(Vec<ChoiceOption>),
    /// Any words.
    Text,
    /// Yes or no.
    YesNo,
    /// A number.
    Number,
    /// A day.
    Date,
    /// What was written is none of these; that is reported, and the flow never runs.
    Unreadable,
}

impl SlotType {
    /// The word for it in files.
    pub fn word(&self) -> &'static str {
        match self {
            SlotType::Money => "money",
            SlotType::Payee(_) => "payee",
            SlotType::Provider => "provider",
            SlotType::Choice(_) => "choice",
            SlotType::Text => "text",
            SlotType::YesNo => "yes_no",
            SlotType::Number => "number",
            SlotType::Date => "date",
            SlotType::Unreadable => "unknown",
        }
    }
}

/// One option of a choice.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChoiceOption {
    /// Its id in expressions.
    pub id: String,
    /// What it is called; the first name of a language is the one that is said.
    pub names: Vec<(Lang, String)>,
}

/// A condition on a slot's value, with what to say when it does not hold.
#[derive(Clone, Debug)]
pub struct Validation {
    /// The expression that must be true.
    pub check: Placed<String>,
    /// What to say otherwise.
    pub say: Texts,
}

/// One step, with the place of its word.
#[derive(Clone, Debug)]
pub struct Step {
    /// Where its word stands.
    pub place: Place,
    /// What it does.
    pub kind: StepKind,
}

/// What a step does.
#[derive(Clone, Debug)]
pub enum StepKind {
    /// Says something.
    Say(Texts),
    /// Asks for a slot that is not filled.
    Collect(Collect),
    /// Computes slots.
    Set(Vec<(Placed<String>, Placed<String>)>),
    /// Calls a function of the script.
    Script(ScriptStep),
    /// Chooses between steps.
    If(Placed<String>, Vec<Step>, Vec<Step>),
    /// Asks a question that is answered by yes or no, and chooses between steps.
    Confirm(Texts, Vec<Step>, Vec<Step>),
    /// Runs another flow with the same slots and comes back.
    Call(Placed<String>, Vec<(Placed<String>, Placed<String>)>),
    /// Pays; with read-back and consent.
    Pay(Box<Pay>),
    /// Goes to another flow for good.
    Link(Placed<String>),
    /// Does one of the things of repair; only in repair files.
    Do(Placed<Verb>),
    /// Ends the flow.
    End,
}

impl Flow {
    /// A flow without anything in it, that nobody can ask for.
    #[must_use]
    pub fn unlisted(name: Placed<String>) -> Flow {
        Flow {
            name,
            title: Texts::default(),
            listed: false,
            aside: false,
            triggers: Vec::new(),
            examples: Vec::new(),
            slots: Vec::new(),
            steps: Vec::new(),
        }
    }
}

impl Slot {
    /// A text slot that nobody is asked for.
    #[must_use]
    pub fn computed(name: Placed<String>) -> Slot {
        Slot {
            name,
            kind: SlotType::Text,
            many: false,
            optional: false,
            ask: None,
            reprompt: Vec::new(),
            no_input: Vec::new(),
            help: None,
            validate: Vec::new(),
            suggested_by: Vec::new(),
        }
    }
}

/// A `collect` step.
#[derive(Clone, Debug)]
pub struct Collect {
    /// The slot.
    pub slot: Placed<String>,
    /// A question for this place; else the slot's own.
    pub ask: Option<Texts>,
    /// An expression for the value that a plain yes accepts.
    pub suggest: Option<Placed<String>>,
}

/// A `script` step.
#[derive(Clone, Debug)]
pub struct ScriptStep {
    /// The function in the `.rhai` file of the same stem.
    pub function: Placed<String>,
    /// The slots that it may fill.
    pub sets: Vec<Placed<String>>,
    /// What to do when it fails; else the flow apologises and ends.
    pub on_error: Option<Vec<Step>>,
}

/// A `pay` step: what is paid, and what follows from each outcome.
#[derive(Clone, Debug)]
pub struct Pay {
    /// The slot of type payee.
    pub payee: Placed<String>,
    /// The slot of type money.
    pub amount: Placed<String>,
    /// The slot of type provider.
    pub provider: Placed<String>,
    /// What it is for, as a statement may show it.
    pub purpose: Option<Texts>,
    /// The steps after each outcome, in the order of [`OUTCOMES`].
    pub outcomes: [Vec<Step>; 5],
}

/// The outcomes of a payment, each of which a `pay` step has to handle.
pub const OUTCOMES: [&str; 5] = ["succeeded", "declined", "pending", "action_required", "unknown"];
