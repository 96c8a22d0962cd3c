//! What is written and never used: slots, and flows that nobody can come to.

use super::super::code;
use super::super::format::flow::HandOffTo;
use super::super::format::text::Texts;
use super::super::place::Report;
use super::super::program::{Condition, Op, Program};
use super::super::scripts::Expression;
use super::calls::Programs;
use super::values::Values;
use std::collections::{BTreeMap, BTreeSet};

/// What is known of all flows.
pub struct Around<'p> {
    /// The flows.
    pub programs: &'p Programs,
    /// Where their slots have values.
    pub values: &'p Values<'p>,
    /// Who calls whom.
    pub callers: BTreeMap<&'p str, Vec<&'p Program>>,
    /// False if a flow could not be read, so that nobody knows where it would have led.
    pub whole: bool,
}

/// Warns of slots of a flow that nothing uses, and of a flow that nobody can come to.
pub fn check(report: &mut Report, around: &Around, program: &Program, script: &str) {
    let name = &program.flow.name;
    if around.whole && !around.values.reached(&name.value) {
        let message = format!("nobody can come to the flow `{}`", name.value);
        let hint = "add `examples:` by which people ask for it, or `call` it from another flow";
        report.find(&code::UNUSED_FLOW, name.place, message, hint);
    }
    let used = used(program, around);
    let words: BTreeSet<&str> = script.split(|c: char| !(c.is_alphanumeric() || c == '_')).collect();
    for slot in &program.flow.slots {
        let name = &slot.name.value;
        if !used.contains(name) && !words.contains(name.as_str()) {
            let hint = "leave it out, or ask for it with `collect`";
            report.find(&code::UNUSED_SLOT, slot.name.place, format!("nothing uses the slot `{name}`"), hint);
        }
    }
}

fn used(program: &Program, around: &Around) -> BTreeSet<String> {
    let mut used = BTreeSet::new();
    let flow = &program.flow;
    for (_, sentence) in flow.triggers.iter().chain(&flow.examples) {
        let holes = sentence.value.split('{').skip(1).filter_map(|part| part.split('}').next());
        used.extend(holes.map(|hole| hole.trim().to_owned()));
    }
    for slot in flow.slots.iter().chain(&program.hidden) {
        let texts = slot.ask.iter().chain(&slot.reprompt).chain(&slot.no_input).chain(&slot.help);
        texts.chain(slot.validate.iter().map(|v| &v.say)).for_each(|texts| holes(texts, &mut used));
    }
    // A slot's own conditions do not use it.
    for (name, checks) in &program.checks {
        let own = used.contains(name);
        checks.iter().for_each(|check| reads(check, &mut used));
        if !own {
            used.remove(name);
        }
    }
    for op in &program.ops {
        operation(op, around.programs, &mut used);
    }
    // Slots that flows share by name are used where either uses them.
    let callers = around.callers.get(flow.name.value.as_str()).into_iter().flatten();
    used.extend(callers.flat_map(|other| other.flow.slots.iter().map(|slot| slot.name.value.clone())));
    used
}

fn operation(op: &Op, programs: &Programs, used: &mut BTreeSet<String>) {
    match op {
        Op::Say(texts) => holes(texts, used),
        Op::Collect(collect) => {
            used.insert(collect.slot.clone());
            collect.ask.iter().for_each(|ask| holes(ask, used));
            collect.suggest.iter().for_each(|suggest| reads(suggest, used));
        }
        Op::Set(slot, value) => {
            used.insert(slot.clone());
            reads(value, used);
        }
        Op::Take(_, taken) => used.extend(taken.iter().map(|(slot, _)| slot.clone())),
        Op::Guard(conditions) => conditions.iter().for_each(|(condition, say)| {
            reads(condition, used);
            holes(say, used);
        }),
        Op::Refund(refund) => {
            used.extend([&refund.payee, &refund.paid, &refund.day, &refund.amount].into_iter().flatten().cloned());
        }
        Op::Unschedule(step) => {
            used.insert(step.order.clone());
        }
        Op::HandOff(step) => {
            step.say.iter().for_each(|say| holes(say, used));
            if let HandOffTo::Link(to) | HandOffTo::Qr(to) | HandOffTo::App(to) = &step.to {
                used.extend(to.holes().map(str::to_owned));
            }
        }
        Op::Script { sets, .. } => used.extend(sets.iter().cloned()),
        Op::Branch(Condition::Expression(condition), _) => reads(condition, used),
        Op::Call(flow, with) => {
            with.iter().for_each(|(_, value)| reads(value, used));
            let other = programs.get(flow).into_iter().flat_map(|other| &other.flow.slots);
            used.extend(other.map(|slot| slot.name.value.clone()));
        }
        Op::Link(flow) => {
            let other = programs.get(flow).into_iter().flat_map(|other| &other.flow.slots);
            used.extend(other.map(|slot| slot.name.value.clone()));
        }
        Op::Pay(pay) => {
            used.extend([&pay.payee, &pay.amount, &pay.provider].into_iter().cloned());
            pay.purpose.iter().for_each(|purpose| holes(purpose, used));
        }
        _ => {}
    }
}

fn holes(texts: &Texts, used: &mut BTreeSet<String>) {
    used.extend(texts.templates().flat_map(|(_, template)| template.holes()).map(str::to_owned));
}

fn reads(expression: &Expression, used: &mut BTreeSet<String>) {
    let mut found = Vec::new();
    expression.logic.slots(&mut found);
    used.extend(found);
}
