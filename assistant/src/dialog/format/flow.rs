//! A flow as it was written: slots, steps, texts. Plain data with places; nothing here is checked or compiled yet.

use super::super::moments::Verb;
use super::super::place::{Place, Placed};
use super::text::{Sentences, Template, Texts};
use crate::consent::Tier;
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
    /// True if it tells how payments stand, so that providers are asked before it starts.
    pub fresh: bool,
    /// Sentences that start it.
    pub triggers: Sentences,
    /// Sentences like which others start it too.
    pub examples: Sentences,
    /// When it can be used: conditions, each with what to say if it does not hold.
    pub when: Vec<Validation>,
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
    /// When to give up, and where to go on then.
    pub retries: Retries,
    /// An expression for the value if nobody says another.
    pub default: Option<Placed<String>>,
    /// What to say to "what can I say here?".
    pub help: Option<Texts>,
    /// What a value must fulfil.
    pub validate: Vec<Validation>,
    /// Sentences that mean "the value that you suggested".
    pub suggested_by: Sentences,
}

/// The end of a retry ladder; what is `None` is as in the project, or as always.
#[derive(Clone, Debug, Default)]
pub struct Retries {
    /// Misunderstood answers in a row after which to give up.
    pub tries: Option<usize>,
    /// Silences in a row after which to give up.
    pub silences: Option<usize>,
    /// The flow to go on with then.
    pub give_up: Option<Placed<String>>,
}

impl Slot {
    /// A slot for the answer to a yes-or-no question.
    pub fn for_answer(name: Placed<String>, question: Texts) -> Self {
        Slot { kind: SlotType::YesNo, ask: Some(question), ..Slot::computed(name) }
    }
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
    /// Words that are looked at once and kept nowhere.
    Secret,
    /// How often something comes again.
    Rhythm,
    /// A stretch of days.
    Period,
    /// A payment that was put down for later, or for again and again.
    StandingOrder,
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
            SlotType::Secret => "secret",
            SlotType::Rhythm => "rhythm",
            SlotType::Period => "period",
            SlotType::StandingOrder => "standing_order",
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
    /// Runs another flow and comes back.
    Call(Call),
    /// Pays; with read-back and consent.
    Pay(Box<Pay>),
    /// Gives back a payment; with read-back and consent.
    Refund(Box<Refund>),
    /// Ends what was put down for later.
    Unschedule(Unschedule),
    /// Lets the person go on elsewhere.
    HandOff(HandOffStep),
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
            fresh: false,
            triggers: Vec::new(),
            examples: Vec::new(),
            when: Vec::new(),
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
            retries: Retries::default(),
            default: None,
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

/// A `call` step.
#[derive(Clone, Debug)]
pub struct Call {
    /// The other flow.
    pub flow: Placed<String>,
    /// Slots of the other flow, each with an expression over the slots here.
    pub with: Vec<(Placed<String>, Placed<String>)>,
    /// Slots here, each with the slot of the other flow whose value it gets.
    pub into: Vec<(Placed<String>, Placed<String>)>,
}

/// A `refund` step: which payment, how much of it, and what follows from each outcome.
#[derive(Clone, Debug)]
pub struct Refund {
    /// The slot of type payee, to find the payment.
    pub payee: Option<Placed<String>>,
    /// The slot of type money with what was paid, to find the payment.
    pub paid: Option<Placed<String>>,
    /// The slot of type date, to find the payment.
    pub day: Option<Placed<String>>,
    /// The slot of type money with what is to come back.
    pub amount: Option<Placed<String>>,
    /// The steps after each outcome, in the order of [`REFUND_OUTCOMES`].
    pub outcomes: [Vec<Step>; 5],
}

/// An `unschedule` step: which payment that was put down for later is ended, and what follows.
#[derive(Clone, Debug)]
pub struct Unschedule {
    /// The slot of type standing_order.
    pub order: Placed<String>,
    /// The steps after each outcome, in the order of [`UNSCHEDULE_OUTCOMES`].
    pub outcomes: [Vec<Step>; 3],
}

/// The outcomes of an `unschedule` step, each of which it has to handle.
pub const UNSCHEDULE_OUTCOMES: [&str; 3] = ["ended", "kept", "failed"];

/// The outcomes of a refund, each of which a `refund` step has to handle.
pub const REFUND_OUTCOMES: [&str; 5] = ["succeeded", "declined", "pending", "unknown", "not_found"];

/// What a refund tells to the texts below it.
pub const REFUND_TOLD: [&str; 4] = ["refund_amount", "refund_payee", "refund_provider", "refund_day"];

/// A `handoff` step.
#[derive(Clone, Debug)]
pub struct HandOffStep {
    /// Where to.
    pub to: HandOffTo,
    /// What to say with it.
    pub say: Option<Texts>,
}

/// Where a `handoff` step leads.
#[derive(Clone, Debug)]
pub enum HandOffTo {
    /// To an address.
    Link(Template),
    /// To a code.
    Qr(Template),
    /// To an app.
    App(Template),
    /// To a human.
    Human,
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
    /// The slot of type date that says when; at once without it.
    pub when: Option<Placed<String>>,
    /// The slot of type rhythm that says how often.
    pub every: Option<Placed<String>>,
    /// How surely it has to be agreed to at least.
    pub authentication: Tier,
    /// The steps when it was put off to a later day; there where `when` or `every` is.
    pub scheduled: Option<Vec<Step>>,
    /// The steps after each outcome, in the order of [`OUTCOMES`].
    pub outcomes: [Vec<Step>; 5],
}

/// The outcomes of a payment, each of which a `pay` step has to handle.
pub const OUTCOMES: [&str; 5] = ["succeeded", "declined", "pending", "action_required", "unknown"];
