//! Within one flow: no step is out of reach, and nothing is said, computed or paid that has no value yet.

use super::super::code;
use super::super::format::flow::SlotType;
use super::super::format::text::Texts;
use super::super::place::{Place, Report};
use super::super::program::{Condition, Op, Program};
use super::super::scripts::Expression;
use super::values::{Filled, Values};
use std::collections::BTreeSet;

/// Checks one flow.
pub fn check<'p>(report: &mut Report, program: &'p Program, values: &Values<'p>) {
    from(report, program, values, values.entry(program));
}

/// Checks a repair file: its facts have values; of those that are words, what they lack is left out of texts.
pub fn check_repair(report: &mut Report, program: &Program) {
    let mut facts = Filled::default();
    for slot in &program.flow.slots {
        let name = slot.name.value.as_str();
        facts.some.insert(name);
        if slot.kind != SlotType::Text {
            facts.every.insert(name);
        }
    }
    let mut own = Report::new(report.file());
    from(&mut own, program, &Values::default(), facts);
    report.take(own, |finding| finding.code != code::MAYBE_UNSET.name);
}

fn from<'p>(report: &mut Report, program: &'p Program, values: &Values<'p>, entry: Filled<'p>) {
    let (before, _) = values.walk(program, entry);
    unreachable(report, program, values, &before);
    let mut told = BTreeSet::new();
    for ((op, place), filled) in program.ops.iter().zip(&program.places).zip(&before) {
        let (Some(place), Some(filled)) = (place, filled) else { continue };
        let mut lacks = Lacks { report, program, filled, told: &mut told };
        match op {
            Op::Say(texts) => lacks.text(texts),
            Op::HandOff(step) => step.say.iter().for_each(|texts| lacks.text(texts)),
            Op::Collect(collect) => {
                let slot = program.slot(&collect.slot);
                collect
                    .ask
                    .as_ref()
                    .or(slot.and_then(|slot| slot.ask.as_ref()))
                    .into_iter()
                    .for_each(|q| lacks.text(q));
                collect.suggest.iter().for_each(|suggest| lacks.expression(suggest));
            }
            Op::Set(_, value) => lacks.expression(value),
            Op::Branch(Condition::Expression(condition), _) => lacks.expression(condition),
            Op::Call(_, with) => with.iter().for_each(|(_, value)| lacks.expression(value)),
            Op::Pay(pay) => {
                for slot in [&pay.payee, &pay.amount, &pay.provider] {
                    lacks.paid(*place, slot);
                }
                let mut filled = filled.clone();
                filled.some.extend([pay.payee.as_str(), &pay.amount, &pay.provider]);
                filled.every.extend([pay.payee.as_str(), &pay.amount, &pay.provider]);
                let mut lacks = Lacks { filled: &filled, ..lacks };
                pay.purpose.iter().for_each(|purpose| lacks.text(purpose));
            }
            _ => {}
        }
    }
}

/// Finds what lacks a value at one operation.
struct Lacks<'a, 'r, 'p> {
    report: &'a mut Report<'r>,
    program: &'p Program,
    filled: &'a Filled<'p>,
    /// Slots of which it was said that they have no value: one cause, one finding.
    told: &'a mut BTreeSet<String>,
}

impl Lacks<'_, '_, '_> {
    fn text(&mut self, texts: &Texts) {
        let mut here = BTreeSet::new();
        for (_, template) in texts.templates() {
            for hole in template.holes().filter(|hole| self.program.slot(hole).is_some()) {
                if self.filled.every.contains(hole) || self.told.contains(hole) || !here.insert(hole.to_owned()) {
                    continue;
                }
                if self.filled.some.contains(hole) {
                    let message = format!("`{hole}` may have no value here, and then this is not said");
                    let hint = format!("put it below `- if: {hole} != ()`, `then:`");
                    self.report.find(&code::MAYBE_UNSET, template.place, message, hint);
                } else {
                    let message = format!("`{hole}` has no value yet when this is said");
                    self.unset(template.place, hole, message);
                }
            }
        }
    }

    fn expression(&mut self, expression: &Expression) {
        for (one, never) in self.filled.lacking(&expression.logic) {
            let slot = &one.slot;
            if self.program.slot(slot).is_none() || self.told.contains(slot) {
                continue;
            }
            let place = one.place(&expression.source);
            if never {
                self.unset(place, slot, format!("`{slot}` has no value yet when this is computed"));
            } else {
                let hint = format!("ask for it before, or write `{slot} != () && ...`");
                self.report.find(&code::MAYBE_UNSET, place, format!("`{slot}` may have no value here"), hint);
            }
        }
    }

    fn paid(&mut self, place: Place, slot: &str) {
        if !self.filled.every.contains(slot) && !self.told.contains(slot) {
            let often = if self.filled.some.contains(slot) { "may have" } else { "has" };
            self.told.insert(slot.to_owned());
            let message = format!("`{slot}` {often} no value yet when this is paid");
            let asked = self.program.slot(slot).is_none_or(|slot| slot.ask.is_some());
            let hint = match asked {
                true => format!("write `- collect: {slot}` before it, on every way that leads here"),
                // What a script finds can't be asked for.
                false => format!(
                    "write `- if: {slot} == ()` before it, and below its `then:` what is said without one, and `- end`"
                ),
            };
            self.report.find(&code::UNSET_SLOT, place, message, hint);
        }
    }

    fn unset(&mut self, place: Place, slot: &str, message: String) {
        self.told.insert(slot.to_owned());
        self.report.find(&code::UNSET_SLOT, place, message, format!("write `- collect: {slot}` before it, or set it"));
    }
}

/// Steps that nobody comes to: the first of each row, with the reason.
fn unreachable(report: &mut Report, program: &Program, values: &Values, before: &[Option<Filled>]) {
    let mut in_row = false;
    for (at, place) in program.places.iter().enumerate() {
        if before.get(at).is_some_and(Option::is_some) {
            in_row = false;
            same_always(report, program, before, at);
            continue;
        }
        let Some(place) = place.filter(|_| !in_row) else { continue };
        in_row = true;
        let (message, hint) = match reason(program, values, before, at) {
            Some(Reason::Condition(line, value)) => (
                format!("this step can never be reached: the condition in line {line} is always {value}"),
                "change the condition, or leave this step out".to_owned(),
            ),
            Some(Reason::NoReturn(flow)) => (
                format!("this step can never be reached: the flow `{flow}` goes on elsewhere and never comes back"),
                format!("write it before the call, or leave out the `link` in `{flow}`"),
            ),
            None => (
                "this step can never be reached".to_owned(),
                "what stands after `end` or `link` in the same list is never done: move it or leave it out".to_owned(),
            ),
        };
        report.find(&code::UNREACHABLE_STEP, place, message, hint);
    }
}

enum Reason<'p> {
    Condition(usize, bool),
    NoReturn(&'p str),
}

/// Why nobody comes to the operation at `at`.
fn reason<'p>(program: &'p Program, values: &Values, before: &[Option<Filled>], at: usize) -> Option<Reason<'p>> {
    for (index, op) in program.ops.iter().enumerate().take(at) {
        if let Op::Branch(Condition::Expression(condition), otherwise) = op
            && let Some(value) =
                before.get(index).and_then(Option::as_ref).and_then(|here| here.truth(&condition.logic))
            && at == if value { *otherwise } else { index + 1 }
        {
            return Some(Reason::Condition(condition.source.place.line, value));
        }
    }
    match program.ops.get(at.checked_sub(1)?) {
        Some(Op::Call(flow, _)) if !values.returns(flow) => Some(Reason::NoReturn(flow)),
        _ => None,
    }
}

/// A condition that is always the same, where that makes no step unreachable and so would go unnoticed.
fn same_always(report: &mut Report, program: &Program, before: &[Option<Filled>], at: usize) {
    let Some(Op::Branch(Condition::Expression(condition), otherwise)) = program.ops.get(at) else { return };
    let Some(value) = before.get(at).and_then(Option::as_ref).and_then(|here| here.truth(&condition.logic)) else {
        return;
    };
    let skipped = if value { *otherwise } else { at + 1 };
    let noticed =
        before.get(skipped).is_some_and(Option::is_none) && program.places.get(skipped).is_some_and(Option::is_some);
    if !noticed {
        let message = format!("this condition is always {value}");
        let hint = if value { "leave out `if`, and do the steps" } else { "change it, or leave the whole step out" };
        report.find(&code::ALWAYS_SAME, condition.source.place, message, hint);
    }
}
