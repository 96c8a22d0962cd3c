//! The steps by which money moves or the person goes on elsewhere: `pay`, `refund`, `handoff`; results of a `call`; guards.

use super::{Compiler, Wanted};
use crate::dialog::code;
use crate::dialog::format::flow::{Call, HandOffStep, HandOffTo, Pay, Refund, Step, Unschedule, Validation};
use crate::dialog::format::text::Template;
use crate::dialog::place::{Place, Placed, suggest};
use crate::dialog::program::{Op, PayOp, RefundOp, UnscheduleOp};

impl Compiler<'_, '_> {
    /// The conditions on the use of the flow come before all steps.
    pub(super) fn guard(&mut self, conditions: &[Validation]) {
        let compiled = conditions.iter().filter_map(|condition| {
            let check = self.expression(&condition.check, Wanted::Truth)?;
            Some((check, condition.say.clone()))
        });
        let compiled: Vec<_> = compiled.collect();
        if !compiled.is_empty() {
            self.op(Op::Guard(compiled), None);
        }
    }

    pub(super) fn pay(&mut self, pay: &Pay, place: Place) {
        let payee = self.typed(&pay.payee, "payee");
        let amount = self.typed(&pay.amount, "money");
        let provider = self.typed(&pay.provider, "provider");
        let at = self.ops.len();
        let (Some(payee), Some(amount), Some(provider)) = (payee, amount, provider) else { return };
        let when = pay.when.as_ref().and_then(|name| self.asked(name, "date"));
        let every = pay.every.as_ref().and_then(|name| self.asked(name, "rhythm"));
        let (purpose, authentication) = (pay.purpose.clone(), pay.authentication);
        let (outcomes, scheduled) = ([0; 5], None);
        let op = PayOp { payee, amount, provider, purpose, when, every, authentication, scheduled, outcomes };
        self.op(Op::Pay(Box::new(op)), Some(place));
        let outcomes = self.outcomes(&pay.outcomes);
        let scheduled = pay.scheduled.as_ref().map(|steps| self.put_off(steps));
        if let Some(Op::Pay(op)) = self.ops.get_mut(at) {
            op.scheduled = scheduled;
            op.outcomes = outcomes;
        }
    }

    /// The steps after a payment was put down for later; what comes before them jumps over them.
    fn put_off(&mut self, steps: &[Step]) -> usize {
        let over = self.ops.len();
        self.op(Op::Jump(0), None);
        let begin = self.ops.len();
        self.steps(steps);
        let end = self.ops.len();
        self.patch(over, end);
        begin
    }

    /// The slot of this name and type if it has a question, or a finding.
    fn asked(&mut self, name: &Placed<String>, word: &str) -> Option<String> {
        let found = self.typed(name, word)?;
        if !self.slots.iter().any(|slot| slot.name.value == found && slot.ask.is_some()) {
            let message = format!("there is no question for `{found}`, and Sayso may have to ask for it");
            let hint = format!("write `ask:` below `{found}:` in slots");
            self.report.find(&code::NO_QUESTION, name.place, message, hint);
        }
        Some(found)
    }

    pub(super) fn refund(&mut self, refund: &Refund, place: Place) {
        let mut typed = |name: &Option<Placed<String>>, word| match name {
            None => Some(None),
            Some(name) => self.typed(name, word).map(Some),
        };
        let (payee, paid) = (typed(&refund.payee, "payee"), typed(&refund.paid, "money"));
        let (day, amount) = (typed(&refund.day, "date"), typed(&refund.amount, "money"));
        let (Some(payee), Some(paid), Some(day), Some(amount)) = (payee, paid, day, amount) else { return };
        if let Some(name) = &refund.amount {
            let asks = self.slots.iter().any(|slot| slot.name.value == name.value && slot.ask.is_some());
            if !asks {
                let hint = format!("write `ask:` below `{}`: more may be said than was paid", name.value);
                self.report.find(&code::NO_QUESTION, name.place, format!("`{}` has no question", name.value), hint);
            }
        }
        let at = self.ops.len();
        let op = RefundOp { payee, paid, day, amount, outcomes: [0; 5] };
        self.op(Op::Refund(Box::new(op)), Some(place));
        let outcomes = self.outcomes(&refund.outcomes);
        if let Some(Op::Refund(op)) = self.ops.get_mut(at) {
            op.outcomes = outcomes;
        }
    }

    /// Compiles the steps of each outcome, which all go on behind the last; where each begins.
    fn outcomes<const N: usize>(&mut self, lists: &[Vec<Step>; N]) -> [usize; N] {
        let mut outcomes = [0; N];
        let mut jumps = Vec::new();
        for (outcome, steps) in outcomes.iter_mut().zip(lists) {
            *outcome = self.ops.len();
            self.steps(steps);
            jumps.push(self.ops.len());
            self.op(Op::Jump(0), None);
        }
        let end = self.ops.len();
        for jump in jumps {
            self.patch(jump, end);
        }
        outcomes
    }

    pub(super) fn unschedule(&mut self, step: &Unschedule, place: Place) {
        let Some(order) = self.asked(&step.order, "standing_order") else { return };
        let at = self.ops.len();
        self.op(Op::Unschedule(UnscheduleOp { order, outcomes: [0; 3] }), Some(place));
        let outcomes = self.outcomes(&step.outcomes);
        if let Some(Op::Unschedule(op)) = self.ops.get_mut(at) {
            op.outcomes = outcomes;
        }
    }

    pub(super) fn handoff(&mut self, step: &HandOffStep, place: Place) {
        if let HandOffTo::Link(template) | HandOffTo::Qr(template) | HandOffTo::App(template) = &step.to {
            self.known_holes(template);
        }
        self.op(Op::HandOff(Box::new(step.clone())), Some(place));
    }

    fn known_holes(&mut self, template: &Template) {
        let names: Vec<String> = template.holes().map(str::to_owned).collect();
        for name in names {
            if !self.slots.iter().any(|slot| slot.name.value == name) {
                let hint = suggest(&name, self.slots.iter().map(|slot| slot.name.value.as_str()));
                self.report.find(
                    &code::UNKNOWN_HOLE,
                    template.place,
                    format!("there is nothing called `{{{name}}}` to put here"),
                    hint,
                );
            }
        }
    }

    /// Takes the results of a call over into slots of this flow, when it has come back.
    pub(super) fn results(&mut self, call: &Call) {
        let mut taken = Vec::new();
        for (own, other) in &call.into {
            // The other flow's slot is looked at when all flows are known.
            if let Some(slot) = self.computed(own) {
                taken.push((slot.name.value, other.value.clone()));
            }
        }
        if !taken.is_empty() {
            self.op(Op::Take(call.flow.value.clone(), taken), None);
        }
    }
}
