//! Runs a flow on to its next question, read-back or end.

use super::Turn;
use super::beforehand::Taken;
use super::blame::blame;
use crate::dialog::format::text::Texts;
use crate::dialog::program::{CollectOp, Condition, Op, Program};
use crate::dialog::scripts::{Expression, ScriptError, values};
use crate::dialog::state::{Awaiting, Frame};
use crate::dialog::value::{Held, Origin, SlotValue};

/// How many operations one step may run; only a flow that goes round in circles needs more.
const OPERATIONS_MAX: usize = 2_000;

/// How an operation leaves the flow.
enum After {
    /// On with the next operation.
    Next,
    /// On with this one.
    At(usize),
    /// The frames were changed; look again.
    Elsewhere,
    /// The step ends: something is awaited.
    Wait,
}

impl<'a> Turn<'a> {
    /// Runs the task on until something is awaited or nothing is left to do.
    pub(super) fn run(&mut self) {
        self.state.misses = 0;
        if self.task().is_some_and(|task| task.queued) {
            return self.begin_task();
        }
        for _ in 0..OPERATIONS_MAX {
            let Some(frame) = self.task().and_then(|task| task.frames.last()).cloned() else {
                return self.finish_task();
            };
            let Some(program) = self.dialogs.programs.get(&frame.flow) else {
                return self.failed("a flow is gone");
            };
            let Some(op) = program.ops.get(frame.at) else {
                self.leave();
                continue;
            };
            let after = self.operate(program, op, frame.at);
            self.note(&frame, &after);
            match after {
                After::Next => self.go(frame.at + 1),
                After::At(at) => self.go(at),
                After::Elsewhere => {}
                After::Wait => return,
            }
        }
        self.failed("a flow goes round in circles");
    }

    fn operate(&mut self, program: &'a Program, op: &'a Op, at: usize) -> After {
        match op {
            Op::Say(texts) => {
                let fingerprint = self.fingerprint(texts);
                let said = self.task().is_some_and(|task| task.spoken.contains(&fingerprint));
                if !said && let Some(words) = self.text(texts, &[]) {
                    self.say(words);
                    self.task_mut().into_iter().for_each(|task| task.spoken.push(fingerprint));
                }
                After::Next
            }
            Op::Collect(collect) => self.collect(program, collect),
            Op::Set(slot, expression) => match self.evaluate(program, expression) {
                Ok(value) => self
                    .compute(program, slot, value)
                    .map_or_else(|error| self.broken(program, &error), |()| After::Next),
                Err(error) => self.broken(program, &error),
            },
            Op::Script { function, sets, on_error } => match self.script(program, function, sets) {
                Ok(()) => After::Next,
                Err(error) => {
                    tracing::error!("{}", blame(program, at, function, &error));
                    on_error.map_or_else(|| self.broken(program, &error), After::At)
                }
            },
            Op::Branch(Condition::Answer(slot), otherwise) => {
                let yes = self.task().and_then(|task| task.value(slot)) == Some(&SlotValue::YesNo(true));
                if yes { After::Next } else { After::At(*otherwise) }
            }
            Op::Branch(Condition::Expression(condition), otherwise) => {
                match self.evaluate(program, condition).map(|value| value.as_bool().unwrap_or(false)) {
                    Ok(true) => After::Next,
                    Ok(false) => After::At(*otherwise),
                    Err(error) => self.broken(program, &error),
                }
            }
            Op::Jump(to) => After::At(*to),
            Op::Guard(conditions) => self.guard(program, conditions),
            Op::Take(_, taken) => {
                self.take_results(program, taken);
                After::Next
            }
            Op::Refund(refund) => self.read_back_refund(refund).map_or(After::Wait, After::At),
            Op::Unschedule(step) => self.ask_unschedule(step).map_or(After::Wait, After::At),
            Op::HandOff(step) => {
                if self.hand_over(step) {
                    After::Wait
                } else {
                    After::Next
                }
            }
            Op::Call(flow, with) => self.call(program, flow, with, at),
            Op::Link(flow) if self.link(flow) => After::Elsewhere,
            Op::Link(_) => self.gone(),
            Op::Pay(pay) => {
                self.read_back(program, pay);
                After::Wait
            }
            // Only repair files have it, and they are not run as flows.
            Op::Do(_) => After::Next,
            Op::End => {
                self.leave();
                After::Elsewhere
            }
        }
    }

    /// Tells the probe, if there is one, what ran and where it went on.
    fn note(&mut self, frame: &Frame, after: &After) {
        let Some(probe) = &mut self.probe else { return };
        let to = match after {
            After::Next => Some(frame.at + 1),
            After::At(to) => Some(*to),
            After::Elsewhere | After::Wait => None,
        };
        probe.note(&frame.flow, frame.at, to);
    }

    fn go(&mut self, to: usize) {
        if let Some(frame) = self.task_mut().and_then(|task| task.frames.last_mut()) {
            frame.at = to;
        }
    }

    /// Leaves the innermost flow; the one that called it goes on behind the call.
    fn leave(&mut self) {
        if let Some(task) = self.task_mut() {
            task.frames.pop();
            if let Some(frame) = task.frames.last_mut() {
                frame.at += 1;
            }
        }
    }

    fn collect(&mut self, program: &Program, collect: &CollectOp) -> After {
        let suggestion = collect.suggest.as_ref().and_then(|expression| self.suggested(program, collect, expression));
        let held = self.task().and_then(|task| task.values.get(&collect.slot)).cloned();
        let question = self.question_of(&collect.slot);
        let accepted = self.task_mut().is_some_and(|task| task.accepts.remove(&collect.slot));
        match held {
            // A yes to another question is no yes to this one.
            Some(held) if collect.confirm && held.question != question => {}
            // What was accepted as suggested goes when the suggestion changes.
            Some(held) if held.origin == Origin::Suggested && suggestion.as_ref() != Some(&held.value) => {}
            Some(_) => return After::Next,
            None => {}
        }
        if let Some(task) = self.task_mut() {
            task.values.remove(&collect.slot);
            let accepted = task.accepted.remove(&collect.slot);
            if let (Some(value), true) = (accepted.clone(), accepted.is_some() && accepted == suggestion) {
                task.values.insert(collect.slot.clone(), Held::new(value, Origin::Suggested));
                return After::Next;
            }
        }
        match self.take_beforehand(program, &collect.slot, suggestion.as_ref(), accepted) {
            Taken::One => return After::Next,
            Taken::Asked => return After::Wait,
            Taken::None => {}
        }
        if let Some(default) = program.defaults.get(&collect.slot)
            && !self.task().is_some_and(|task| task.unclear.contains_key(&collect.slot))
        {
            let given = self.evaluate(program, default).and_then(|value| self.compute(program, &collect.slot, value));
            if let Err(error) = given {
                return self.broken(program, &error);
            }
            if self.task().is_some_and(|task| task.values.contains_key(&collect.slot)) {
                return After::Next;
            }
        }
        self.ask(&collect.slot, suggestion);
        After::Wait
    }

    pub(super) fn suggested(
        &self,
        program: &Program,
        collect: &CollectOp,
        expression: &Expression,
    ) -> Option<SlotValue> {
        let slot = program.slot(&collect.slot)?;
        values::from_script(self.evaluate(program, expression).ok()?, slot).ok().flatten()
    }

    /// Runs an expression over the task's slots.
    pub(super) fn evaluate(&self, program: &Program, expression: &Expression) -> Result<rhai::Dynamic, ScriptError> {
        let value = |name: &str| self.task().and_then(|task| task.value(name));
        self.dialogs.scripts.evaluate(expression, &program.flow.slots, value, self.share())
    }

    /// Puts a computed value into a slot. What the person corrected stands.
    fn compute(&mut self, program: &Program, name: &str, value: rhai::Dynamic) -> Result<(), ScriptError> {
        let wrong = |message: String| ScriptError::new(message, rhai::Position::NONE);
        let slot = program.slot(name).ok_or_else(|| wrong(format!("there is no slot `{name}`")))?;
        let value = values::from_script(value, slot).map_err(wrong)?;
        let Some(task) = self.task_mut() else { return Ok(()) };
        if task.values.get(name).is_some_and(|held| held.origin == Origin::Corrected) {
            return Ok(());
        }
        match value {
            Some(value) => task.values.insert(name.to_owned(), Held::new(value, Origin::Computed)),
            None => task.values.remove(name),
        };
        Ok(())
    }

    fn script(&mut self, program: &'a Program, function: &str, sets: &[String]) -> Result<(), ScriptError> {
        let wrong = |message: String| ScriptError::new(message, rhai::Position::NONE);
        let stub = self.probe.as_ref().and_then(|probe| probe.stubbed(&program.flow.name.value, function)).cloned();
        if let Some(stub) = stub {
            for (name, value) in stub.0.map_err(wrong)? {
                self.compute(program, &name, values::to_script(value.as_ref()))?;
            }
            return Ok(());
        }
        let script = program.script.as_ref().ok_or_else(|| wrong("there is no script".to_owned()))?;
        let value = |name: &str| self.task().and_then(|task| task.value(name));
        let answer = self.dialogs.scripts.call(script, function, &program.flow.slots, value, self.share())?;
        for (name, value) in answer {
            if !sets.iter().any(|slot| *slot == name.as_str()) {
                return Err(wrong(format!("`{function}` fills `{name}`, which its step does not list below `sets:`")));
            }
            self.compute(program, &name, value)?;
        }
        Ok(())
    }

    fn call(&mut self, program: &Program, flow: &str, with: &[(String, Expression)], at: usize) -> After {
        let Some(other) = self.dialogs.programs.get(flow) else { return self.gone() };
        for (name, expression) in with {
            let given = self.evaluate(program, expression).and_then(|value| self.compute(other, name, value));
            if let Err(error) = given {
                return self.broken(program, &error);
            }
        }
        if let Some(task) = self.task_mut() {
            task.frames.last_mut().into_iter().for_each(|frame| frame.at = at);
            task.frames.push(Frame { flow: flow.to_owned(), at: 0 });
        }
        After::Elsewhere
    }

    /// Goes to another flow for good. Slots of the same names keep their values, unless the flow begins itself anew.
    /// False if there is no such flow.
    pub(super) fn link(&mut self, flow: &str) -> bool {
        let Some(other) = self.dialogs.programs.get(flow) else { return false };
        if let Some(task) = self.task_mut() {
            let again = task.flow == flow;
            task.values.retain(|name, _| !again && other.slot(name).is_some());
            // What was suggested there and agreed to is said: nothing suggests it here.
            for held in task.values.values_mut().filter(|held| held.origin == Origin::Suggested) {
                held.origin = Origin::Said;
            }
            task.flow = flow.to_owned();
            task.frames = vec![Frame { flow: flow.to_owned(), at: 0 }];
            task.trail.clear();
            task.spoken.clear();
            self.new_base();
        }
        true
    }

    /// Goes on if every condition on the use of the flow holds; else says which does not, and ends what is led.
    fn guard(&mut self, program: &Program, conditions: &[(Expression, Texts)]) -> After {
        for (condition, say) in conditions {
            match self.evaluate(program, condition).map(|value| value.as_bool().unwrap_or(false)) {
                Ok(true) => {}
                Ok(false) => {
                    if let Some(words) = self.text(say, &[]) {
                        self.say(words);
                    }
                    // A flow that called this one counts on what it brings, and can't go on without.
                    self.task_mut().into_iter().for_each(|task| task.frames.clear());
                    return After::Elsewhere;
                }
                Err(error) => return self.broken(program, &error),
            }
        }
        After::Next
    }

    /// Takes the results of the flow that was called; what it left without a value has none here either.
    fn take_results(&mut self, program: &Program, taken: &[(String, String)]) {
        let Some(task) = self.task_mut() else { return };
        for (own, theirs) in taken {
            let computed = |held: &Held| Held::new(held.value.clone(), Origin::Computed);
            let stands = task.values.get(own).is_some_and(|held| held.origin == Origin::Corrected);
            if stands || program.slot(own).is_none() {
                continue;
            }
            match task.values.get(theirs).map(computed) {
                Some(held) => task.values.insert(own.clone(), held),
                None => task.values.remove(own),
            };
        }
    }

    /// From here on, a correction begins again here and not earlier.
    pub(super) fn new_base(&mut self) {
        if let Some(task) = self.task_mut() {
            for held in task.values.values_mut().filter(|held| held.origin == Origin::Corrected) {
                held.origin = Origin::Said;
            }
            task.base.frames.clone_from(&task.frames);
            task.base.values.clone_from(&task.values);
            task.trail.clear();
        }
    }

    fn gone(&mut self) -> After {
        self.failed("a flow is gone");
        After::Wait
    }

    fn broken(&mut self, program: &Program, error: &ScriptError) -> After {
        tracing::error!(flow = program.file, error = error.message, "a flow can't go on");
        self.failed(&error.message);
        After::Wait
    }

    /// Something went wrong inside: says so, and ends all that is going on.
    pub(super) fn failed(&mut self, why: &str) {
        tracing::error!(why, "a conversation ended with an apology");
        let paid = self.state.tasks.iter().any(|task| task.paid);
        self.say_phrase(if paid { "apology_after_payment" } else { "apology" }, &[]);
        self.rest();
    }

    /// Nothing goes on any more.
    pub(super) fn rest(&mut self) {
        self.state.tasks.clear();
        self.state.awaiting = Awaiting::Nothing;
        self.state.misses = 0;
        self.state.silences = 0;
        self.effects.push(crate::dialog::exchange::Effect::End);
    }
}
