//! A flow as the stepper runs it: a flat list of operations, every expression compiled.

use super::format::flow::{Flow, HandOffStep, HandOffTo, Slot};
use super::format::text::Texts;
use super::moments::Verb;
use super::place::Place;
use super::scripts::Expression;
use super::source::SourceFile;
use crate::consent::Tier;
use std::collections::{BTreeMap, BTreeSet};

/// One flow, ready to run.
#[derive(Debug)]
pub struct Program {
    /// The file from which it came.
    pub file: String,
    /// What was written; its steps are in `ops`.
    pub flow: Flow,
    /// The operations; running past the last one ends the flow.
    pub ops: Vec<Op>,
    /// Where each operation was written; `None` for those that the compiler made.
    pub places: Vec<Option<Place>>,
    /// The conditions on each slot's value, in the order of its validations.
    pub checks: BTreeMap<String, Vec<Expression>>,
    /// The value of each slot that has a default.
    pub defaults: BTreeMap<String, Expression>,
    /// The compiled script beside the flow.
    pub script: Option<rhai::AST>,
    /// The file of that script.
    pub script_file: Option<SourceFile>,
    /// The slots that a person fills by speaking; the others are computed.
    pub spoken: BTreeSet<String>,
    /// Slots that hold the answers to `confirm` steps.
    pub hidden: Vec<Slot>,
}

/// One operation.
#[derive(Debug)]
pub enum Op {
    /// Says something.
    Say(Texts),
    /// Asks for a slot that has no value.
    Collect(CollectOp),
    /// Computes a slot.
    Set(String, Expression),
    /// Calls a function of the script.
    Script {
        /// Its name.
        function: String,
        /// What it may fill.
        sets: Vec<String>,
        /// Where to go on when it fails.
        on_error: Option<usize>,
    },
    /// Goes on with the next operation if the condition holds, else elsewhere.
    Branch(Condition, usize),
    /// Goes on elsewhere.
    Jump(usize),
    /// Goes on if all conditions hold; else says why the flow can't be used, and ends it.
    Guard(Vec<(Expression, Texts)>),
    /// Runs another flow and comes back.
    Call(String, Vec<(String, Expression)>),
    /// Takes results of the flow that was called: slots here, each with the slot of the other flow.
    Take(String, Vec<(String, String)>),
    /// Pays.
    Pay(Box<PayOp>),
    /// Does one of the things of repair.
    Do(Verb),
    /// Gives back.
    Refund(Box<RefundOp>),
    /// Ends what was put down for later.
    Unschedule(UnscheduleOp),
    /// Lets the person go on elsewhere.
    HandOff(Box<HandOffStep>),
    /// Goes to another flow for good.
    Link(String),
    /// Ends the flow.
    End,
}

/// What a branch depends on.
#[derive(Debug)]
pub enum Condition {
    /// An expression.
    Expression(Expression),
    /// The answer to a `confirm` step.
    Answer(String),
}

/// The parts of [`Op::Collect`].
#[derive(Debug)]
pub struct CollectOp {
    /// The slot.
    pub slot: String,
    /// The question for this place.
    pub ask: Option<Texts>,
    /// The value that a plain yes accepts.
    pub suggest: Option<Expression>,
    /// True for the question of a `confirm` step, whose answer holds only for the very same question.
    pub confirm: bool,
}

/// The parts of [`Op::Pay`].
#[derive(Debug)]
pub struct PayOp {
    /// The slot of the payee.
    pub payee: String,
    /// The slot of the amount.
    pub amount: String,
    /// The slot of the provider.
    pub provider: String,
    /// What it is for.
    pub purpose: Option<Texts>,
    /// The slot of the day; without one, or without a value, it is paid at once.
    pub when: Option<String>,
    /// The slot of the rhythm.
    pub every: Option<String>,
    /// How surely it has to be agreed to at least.
    pub authentication: Tier,
    /// Where it goes on when it is put off to a later day; there where there is a slot for one.
    pub scheduled: Option<usize>,
    /// Where each outcome goes on, in the order of [`OUTCOMES`](super::format::flow::OUTCOMES).
    pub outcomes: [usize; 5],
}

/// The parts of [`Op::Refund`]: slots, all of which may be without a value.
#[derive(Debug)]
pub struct RefundOp {
    /// The slot of the payee to whom it was paid.
    pub payee: Option<String>,
    /// The slot of what was paid.
    pub paid: Option<String>,
    /// The slot of the day on which it was paid.
    pub day: Option<String>,
    /// The slot of what is to come back.
    pub amount: Option<String>,
    /// Where each outcome goes on, in the order of [`REFUND_OUTCOMES`](super::format::flow::REFUND_OUTCOMES).
    pub outcomes: [usize; 5],
}

/// The parts of [`Op::Unschedule`].
#[derive(Debug)]
pub struct UnscheduleOp {
    /// The slot that says which.
    pub order: String,
    /// Where each outcome goes on, in the order of [`UNSCHEDULE_OUTCOMES`](super::format::flow::UNSCHEDULE_OUTCOMES).
    pub outcomes: [usize; 3],
}

impl Program {
    /// True for the slots that a person fills by speaking.
    #[must_use]
    pub fn speaks(&self, slot: &Slot) -> bool {
        self.spoken.contains(&slot.name.value)
    }

    /// The slot of this name, hidden ones too.
    #[must_use]
    pub fn slot(&self, name: &str) -> Option<&Slot> {
        self.flow.slots.iter().chain(&self.hidden).find(|slot| slot.name.value == name)
    }

    /// Where the operation at `at` can go on within this flow; past the end is left out.
    pub fn next(&self, at: usize) -> Vec<usize> {
        self.ways(at).into_iter().filter(|next| *next < self.ops.len()).collect()
    }

    /// The same, with the end of the flow as the place behind its last operation.
    pub fn ways(&self, at: usize) -> Vec<usize> {
        match self.ops.get(at) {
            None | Some(Op::Link(_) | Op::End) => Vec::new(),
            Some(Op::HandOff(step)) if matches!(step.to, HandOffTo::Human) => Vec::new(),
            Some(Op::Jump(to)) => vec![*to],
            Some(Op::Branch(_, otherwise)) => vec![at + 1, *otherwise],
            Some(Op::Script { on_error: Some(to), .. }) => vec![at + 1, *to],
            Some(Op::Pay(pay)) => pay.outcomes.iter().copied().chain(pay.scheduled).collect(),
            Some(Op::Refund(refund)) => refund.outcomes.to_vec(),
            Some(Op::Unschedule(step)) => step.outcomes.to_vec(),
            Some(_) => vec![at + 1],
        }
    }
}
