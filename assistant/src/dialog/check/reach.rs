//! Within one flow: no step is out of reach, and nothing is said or paid that has no value yet.

use super::super::code;
use super::super::format::text::Texts;
use super::super::place::{Place, Report};
use super::super::program::{Condition, Op, Program};
use std::collections::{BTreeMap, BTreeSet};

/// Slots that have a value when an operation begins: on some way to it, and on every way.
#[derive(Clone, Default, PartialEq)]
struct Filled {
    some: BTreeSet<String>,
    every: BTreeSet<String>,
}

/// Checks one flow. `shared` are slots that a calling flow may have filled already.
pub fn check(
    report: &mut Report,
    program: &Program,
    shared: &BTreeSet<String>,
    other: &BTreeMap<String, BTreeSet<String>>,
) {
    let filled = flow_of_values(program, shared, other);
    for (at, place) in program.places.iter().enumerate() {
        let Some(place) = place else { continue };
        let Some(filled) = filled.get(at).and_then(Option::as_ref) else {
            let hint = "what stands after `end` or `link` in the same list is never done: move it or leave it out";
            report.find(&code::UNREACHABLE_STEP, *place, "this step can never be reached", hint);
            continue;
        };
        match program.ops.get(at) {
            Some(Op::Say(texts)) => holes(report, program, texts, filled),
            Some(Op::HandOff(step)) => step.say.iter().for_each(|texts| holes(report, program, texts, filled)),
            Some(Op::Collect(collect)) => {
                let slot = program.slot(&collect.slot);
                let question = collect.ask.as_ref().or(slot.and_then(|slot| slot.ask.as_ref()));
                if let Some(question) = question {
                    holes(report, program, question, filled);
                }
            }
            Some(Op::Pay(pay)) => {
                for slot in [&pay.payee, &pay.amount, &pay.provider] {
                    must_have(report, *place, slot, filled);
                }
            }
            _ => {}
        }
    }
}

/// The slots that a flow fills on some way through it.
#[must_use]
pub fn fills(program: &Program) -> BTreeSet<String> {
    program.ops.iter().flat_map(sets).map(|(slot, _)| slot).collect()
}

/// The slots that an operation fills, and whether it surely does.
fn sets(op: &Op) -> Vec<(String, bool)> {
    match op {
        Op::Collect(collect) => vec![(collect.slot.clone(), true)],
        Op::Set(slot, _) => vec![(slot.clone(), true)],
        Op::Take(_, taken) => taken.iter().map(|(slot, _)| (slot.clone(), false)).collect(),
        Op::Script { sets, .. } => sets.iter().map(|slot| (slot.clone(), false)).collect(),
        _ => Vec::new(),
    }
}

fn flow_of_values(
    program: &Program,
    shared: &BTreeSet<String>,
    other: &BTreeMap<String, BTreeSet<String>>,
) -> Vec<Option<Filled>> {
    let mut filled: Vec<Option<Filled>> = vec![None; program.ops.len()];
    let mut waiting = vec![(0, Filled { some: shared.clone(), every: shared.clone() })];
    while let Some((at, coming)) = waiting.pop() {
        let Some(place) = filled.get_mut(at) else { continue };
        let merged = match place.as_ref() {
            None => coming,
            Some(old) => Filled {
                some: old.some.union(&coming.some).cloned().collect(),
                every: old.every.intersection(&coming.every).cloned().collect(),
            },
        };
        if place.as_ref() == Some(&merged) {
            continue;
        }
        *place = Some(merged.clone());
        for next in program.next(at) {
            waiting.push((next, after(program, at, next, &merged, other)));
        }
    }
    filled
}

fn after(
    program: &Program,
    at: usize,
    next: usize,
    before: &Filled,
    other: &BTreeMap<String, BTreeSet<String>>,
) -> Filled {
    let mut after = before.clone();
    let Some(op) = program.ops.get(at) else { return after };
    for (slot, surely) in sets(op) {
        let optional = program.slot(&slot).is_some_and(|slot| slot.optional);
        if surely && !optional {
            after.every.insert(slot.clone());
        }
        after.some.insert(slot);
    }
    if let Op::Call(flow, with) = op {
        let given = with.iter().map(|(name, _)| name.clone());
        for slot in other.get(flow).into_iter().flatten().cloned().chain(given) {
            after.some.insert(slot.clone());
            after.every.insert(slot);
        }
    }
    if let Op::Branch(Condition::Expression(condition), _) = op {
        let (holds, fails) = guarded(&condition.source.value);
        for slot in if next == at + 1 { holds } else { fails } {
            after.some.insert(slot.clone());
            after.every.insert(slot);
        }
    }
    after
}

/// The slots that have a value if a condition holds, and those that have one if it does not: `a != () && b != ()`.
fn guarded(condition: &str) -> (Vec<String>, Vec<String>) {
    let name = |part: &str, operator: &str| {
        let (name, rest) = part.trim().trim_matches(['(', ' ']).split_once(operator)?;
        let plain = name.trim().chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
        (plain && matches!(rest.trim(), "()" | "())" | "(")).then(|| name.trim().to_owned())
    };
    let holds = if condition.contains("||") { "" } else { condition };
    let fails = if condition.contains("&&") { "" } else { condition };
    (
        holds.split("&&").filter_map(|part| name(part, "!=")).collect(),
        fails.split("||").filter_map(|part| name(part, "==")).collect(),
    )
}

fn holes(report: &mut Report, program: &Program, texts: &Texts, filled: &Filled) {
    let mut told = BTreeSet::new();
    for (_, template) in texts.templates() {
        for hole in template.holes().filter(|hole| program.slot(hole).is_some()) {
            if filled.every.contains(hole) || !told.insert(hole.to_owned()) {
                continue;
            }
            if filled.some.contains(hole) {
                let message = format!("`{hole}` may have no value here, and then this is not said");
                report.find(
                    &code::MAYBE_UNSET,
                    template.place,
                    message,
                    format!("put it below `- if: {hole} != ()`, `then:`"),
                );
            } else {
                let message = format!("`{hole}` has no value yet when this is said");
                report.find(
                    &code::UNSET_SLOT,
                    template.place,
                    message,
                    format!("write `- collect: {hole}` before it, or set it"),
                );
            }
        }
    }
}

fn must_have(report: &mut Report, place: Place, slot: &str, filled: &Filled) {
    if !filled.every.contains(slot) {
        let often = if filled.some.contains(slot) { "may have" } else { "has" };
        let message = format!("`{slot}` {often} no value yet when this is paid");
        report.find(
            &code::UNSET_SLOT,
            place,
            message,
            format!("write `- collect: {slot}` before it, on every way that leads here"),
        );
    }
}
