//! From a flow as it was written to the program that runs: steps become operations, names are looked up, expressions are
//! compiled and tried.

use super::check::expressions::{self, Wanted};
use super::code;
use super::format::flow::{Collect, Flow, ScriptStep, Slot, SlotType, Step, StepKind};
use super::format::text::Texts;
use super::place::{Place, Placed, Report, suggest};
use super::program::{CollectOp, Condition, Op, Program};
use super::scripts::{Expression, Scripts};
use super::source::SourceFile;
use std::collections::{BTreeMap, BTreeSet};

mod moving;

/// What the compiler needs of its surroundings.
pub struct Compiler<'a, 'r> {
    /// Where findings go.
    pub report: &'a mut Report<'r>,
    /// The engine.
    pub scripts: &'a Scripts,
    slots: Vec<Slot>,
    hidden: Vec<Slot>,
    functions: Option<Vec<(String, usize)>>,
    broken_script: bool,
    ops: Vec<Op>,
    places: Vec<Option<Place>>,
}

/// The script beside a flow.
pub enum Script {
    /// There is none.
    None,
    /// There is one, which could not be read; that is reported already.
    Broken,
    /// Compiled, with its file.
    Ready(rhai::AST, SourceFile),
}

/// Compiles a flow. What is wrong is reported; the program is only to be run if nothing was.
pub fn compile(report: &mut Report, scripts: &Scripts, mut flow: Flow, script: Script) -> Program {
    let broken_script = matches!(script, Script::Broken);
    let (script, script_file) =
        if let Script::Ready(ast, file) = script { (Some(ast), Some(file)) } else { (None, None) };
    let functions = script
        .as_ref()
        .map(|ast| ast.iter_functions().map(|function| (function.name.to_owned(), function.params.len())).collect());
    let (ops, places, hidden) = (Vec::new(), Vec::new(), Vec::new());
    let mut compiler =
        Compiler { report, scripts, slots: flow.slots.clone(), hidden, functions, broken_script, ops, places };
    let checks = compiler.validations();
    let defaults = compiler.defaults();
    let steps = std::mem::take(&mut flow.steps);
    compiler.guard(&flow.when);
    compiler.steps(&steps);
    let Compiler { ops, places, hidden, report, .. } = compiler;
    let spoken = spoken(&flow, &ops);
    Program {
        file: report.file().name.clone(),
        flow,
        ops,
        places,
        checks,
        defaults,
        script,
        script_file,
        spoken,
        hidden,
    }
}

/// The slots that a person fills: those that have a question, and those that the flow's sentences name.
fn spoken(flow: &Flow, ops: &[Op]) -> BTreeSet<String> {
    let collected = |name: &str| ops.iter().any(|op| matches!(op, Op::Collect(collect) if collect.slot == name));
    let named = |name: &str| {
        let hole = format!("{{{name}}}");
        flow.triggers.iter().chain(&flow.examples).any(|(_, sentence)| sentence.value.contains(&hole))
    };
    let by_voice = flow.slots.iter().filter(|slot| {
        let name = slot.name.value.as_str();
        let understood = !matches!(slot.kind, SlotType::Text | SlotType::Secret | SlotType::StandingOrder);
        !slot.many && understood && (slot.ask.is_some() || collected(name) || named(name))
    });
    by_voice.map(|slot| slot.name.value.clone()).collect()
}

impl Compiler<'_, '_> {
    fn validations(&mut self) -> BTreeMap<String, Vec<Expression>> {
        let mut checks = BTreeMap::new();
        for slot in self.slots.clone() {
            let compiled: Vec<_> =
                slot.validate.iter().filter_map(|v| self.expression(&v.check, Wanted::Truth)).collect();
            checks.insert(slot.name.value.clone(), compiled);
        }
        checks
    }

    /// The values that slots have if nobody says another.
    fn defaults(&mut self) -> BTreeMap<String, Expression> {
        let mut defaults = BTreeMap::new();
        for slot in self.slots.clone() {
            let Some(source) = &slot.default else { continue };
            if slot.kind == SlotType::Secret {
                self.report.find(
                    &code::MISPLACED_KEY,
                    source.place,
                    "a secret has no default",
                    "only the person can say it",
                );
                continue;
            }
            defaults.extend(self.expression(source, Wanted::For(&slot)).map(|value| (slot.name.value.clone(), value)));
        }
        defaults
    }

    fn steps(&mut self, steps: &[Step]) {
        for step in steps {
            self.step(step);
        }
    }

    fn step(&mut self, step: &Step) {
        let place = Some(step.place);
        match &step.kind {
            StepKind::Say(texts) => self.op(Op::Say(texts.clone()), place),
            StepKind::Collect(collect) => self.collect(collect, step.place),
            StepKind::Set(assignments) => self.set(assignments, step.place),
            StepKind::Script(script) => self.script(script, step.place),
            StepKind::If(condition, then, otherwise) => {
                if let Some(condition) = self.expression(condition, Wanted::Truth) {
                    self.branch(Condition::Expression(condition), place, then, otherwise);
                }
            }
            StepKind::Confirm(question, then, otherwise) => self.confirm(question, step.place, then, otherwise),
            StepKind::Call(call) => {
                let given = call.with.iter().filter_map(|(name, source)| {
                    // The other flow's slots are not known here; its types are compared when all flows are.
                    let compiled = self.compiled(source)?;
                    Some((name.value.clone(), compiled))
                });
                let given = given.collect();
                self.op(Op::Call(call.flow.value.clone(), given), Some(call.flow.place));
                self.results(call);
            }
            StepKind::Pay(pay) => self.pay(pay, step.place),
            StepKind::Refund(refund) => self.refund(refund, step.place),
            StepKind::Unschedule(unschedule) => self.unschedule(unschedule, step.place),
            StepKind::HandOff(handoff) => self.handoff(handoff, step.place),
            StepKind::Link(flow) => self.op(Op::Link(flow.value.clone()), Some(flow.place)),
            StepKind::Do(verb) => self.op(Op::Do(verb.value), place),
            StepKind::End => self.op(Op::End, place),
        }
    }

    fn op(&mut self, op: Op, place: Option<Place>) {
        self.ops.push(op);
        self.places.push(place);
    }

    fn collect(&mut self, collect: &Collect, place: Place) {
        let Some(slot) = self.slot(&collect.slot) else { return };
        if slot.many {
            let hint = "fill it with `set` or a script";
            self.report.find(
                &code::SLOT_TYPE,
                collect.slot.place,
                format!("`{}` holds a list, so it can't be asked for", slot.name.value),
                hint,
            );
        }
        if slot.ask.is_none() && collect.ask.is_none() {
            let message = format!("there is no question for `{}`", slot.name.value);
            self.report.find(
                &code::NO_QUESTION,
                collect.slot.place,
                message,
                format!("write `ask:` below `{}:` in slots", slot.name.value),
            );
        }
        let suggest = collect.suggest.as_ref().and_then(|source| self.expression(source, Wanted::For(&slot)));
        let (slot, ask) = (collect.slot.value.clone(), collect.ask.clone());
        self.op(Op::Collect(CollectOp { slot, ask, suggest, confirm: false }), Some(place));
    }

    fn set(&mut self, assignments: &[(Placed<String>, Placed<String>)], place: Place) {
        for (name, source) in assignments {
            let Some(slot) = self.computed(name) else { continue };
            if let Some(value) = self.expression(source, Wanted::For(&slot)) {
                self.op(Op::Set(slot.name.value, value), Some(place));
            }
        }
    }

    fn script(&mut self, step: &ScriptStep, place: Place) {
        let function = &step.function;
        let stem = self.report.file().stem().to_owned();
        let known = self.functions.as_ref().map(|all| all.iter().find(|(name, _)| *name == function.value));
        match known {
            None if self.broken_script => {}
            None => {
                let message = format!("there is no script `{stem}.rhai` beside this flow");
                self.report.find(
                    &code::UNKNOWN_SCRIPT,
                    function.place,
                    message,
                    format!("write it, with `fn {}(slots, world)` in it", function.value),
                );
            }
            Some(None) => {
                let names = self.functions.iter().flatten().map(|(name, _)| name.as_str());
                let hint = suggest(&function.value, names);
                self.report.find(
                    &code::UNKNOWN_SCRIPT,
                    function.place,
                    format!("`{stem}.rhai` has no function `{}`", function.value),
                    hint,
                );
            }
            Some(Some((_, 2))) => {}
            Some(Some(_)) => {
                let hint = format!("write `fn {}(slots, world)`", function.value);
                self.report.find(
                    &code::UNKNOWN_SCRIPT,
                    function.place,
                    "a function that a flow calls takes two things: slots and world",
                    hint,
                );
            }
        }
        let sets =
            step.sets.iter().filter(|name| self.computed(name).is_some()).map(|name| name.value.clone()).collect();
        let at = self.ops.len();
        self.op(Op::Script { function: function.value.clone(), sets, on_error: None }, Some(place));
        if let Some(steps) = &step.on_error {
            // Script, Jump over the error's steps, the error's steps.
            self.op(Op::Jump(0), None);
            let begin = self.ops.len();
            self.steps(steps);
            let end = self.ops.len();
            self.patch(at + 1, end);
            if let Some(Op::Script { on_error, .. }) = self.ops.get_mut(at) {
                *on_error = Some(begin);
            }
        }
    }

    fn branch(&mut self, condition: Condition, place: Option<Place>, then: &[Step], otherwise: &[Step]) {
        let at = self.ops.len();
        self.op(Op::Branch(condition, 0), place);
        self.steps(then);
        let jump = self.ops.len();
        if !otherwise.is_empty() {
            self.op(Op::Jump(0), None);
        }
        let begin = self.ops.len();
        self.patch(at, begin);
        if !otherwise.is_empty() {
            self.steps(otherwise);
            let end = self.ops.len();
            self.patch(jump, end);
        }
    }

    /// Points the branch or jump at `at` to `target`.
    fn patch(&mut self, at: usize, target: usize) {
        if let Some(Op::Branch(_, to) | Op::Jump(to)) = self.ops.get_mut(at) {
            *to = target;
        }
    }

    fn confirm(&mut self, question: &Texts, place: Place, then: &[Step], otherwise: &[Step]) {
        // No slot that is written in a file can have a space in its name.
        let name = format!("confirm {}", self.hidden.len() + 1);
        self.hidden.push(Slot::for_answer(Placed::new(name.clone(), place), question.clone()));
        self.op(Op::Collect(CollectOp { slot: name.clone(), ask: None, suggest: None, confirm: true }), Some(place));
        self.branch(Condition::Answer(name), None, then, otherwise);
    }

    /// The slot of this name, or a finding.
    fn slot(&mut self, name: &Placed<String>) -> Option<Slot> {
        let found = self.slots.iter().find(|slot| slot.name.value == name.value).cloned();
        if found.is_none() {
            let hint = suggest(&name.value, self.slots.iter().map(|slot| slot.name.value.as_str()));
            self.report.find(&code::UNKNOWN_SLOT, name.place, format!("there is no slot `{}`", name.value), hint);
        }
        found
    }

    /// The slot of this name, which is to be computed, or a finding.
    fn computed(&mut self, name: &Placed<String>) -> Option<Slot> {
        let slot = self.slot(name)?;
        if slot.kind == SlotType::Secret {
            let hint = "ask for it with `collect`, and look at it in its `validate:`";
            self.report.find(
                &code::SLOT_TYPE,
                name.place,
                format!("`{}` is a secret: only the person can say it", name.value),
                hint,
            );
            return None;
        }
        Some(slot)
    }

    /// The slot of this name and type, or a finding.
    fn typed(&mut self, name: &Placed<String>, word: &str) -> Option<String> {
        let slot = self.slot(name)?;
        if (slot.kind.word() != word || slot.many) && slot.kind != SlotType::Unreadable {
            let message = format!("`{}` is a slot of type {}, and {word} is needed here", name.value, slot.kind.word());
            let fitting =
                self.slots.iter().filter(|slot| slot.kind.word() == word).map(|slot| slot.name.value.as_str());
            self.report.find(&code::SLOT_TYPE, name.place, message, suggest(&name.value, fitting));
            return None;
        }
        Some(slot.name.value)
    }

    fn compiled(&mut self, source: &Placed<String>) -> Option<Expression> {
        match self.scripts.expression(source, &self.slots) {
            Ok(compiled) => {
                expressions::problems(self.report, &compiled);
                Some(compiled)
            }
            Err(error) => {
                expressions::unreadable(self.report, source, &error, &self.slots);
                None
            }
        }
    }

    fn expression(&mut self, source: &Placed<String>, wanted: Wanted) -> Option<Expression> {
        let compiled = self.compiled(source)?;
        expressions::wanted(self.report, &compiled, wanted);
        Some(compiled)
    }
}
