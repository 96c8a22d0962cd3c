//! Which slots have a value where: through every flow, over every call and link, for all ways at once.

use super::super::program::{Condition, Op, Program};
use super::super::scripts::facts::{Logic, Use};
use super::calls::Programs;
use std::collections::{BTreeMap, BTreeSet};

/// Slots that have a value at a place: on some way to it, and on every way.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Filled<'p> {
    /// On some way.
    pub some: BTreeSet<&'p str>,
    /// On every way.
    pub every: BTreeSet<&'p str>,
    /// Perhaps, if the person said it when asking for the flow; no step has seen to it.
    pub said: BTreeSet<&'p str>,
}

/// What a flow does for one that calls it.
#[derive(Clone, Debug, Default, PartialEq)]
struct Summary<'p> {
    /// What it leaves behind; `None` if it never comes back.
    leaves: Option<Filled<'p>>,
}

/// What is known of all flows together.
#[derive(Debug, Default)]
pub struct Values<'p> {
    summaries: BTreeMap<&'p str, Summary<'p>>,
    entries: BTreeMap<&'p str, Filled<'p>>,
}

/// How often the whole is gone over until nothing changes; the ways through flows are short.
const ROUNDS_MAX: usize = 64;

impl<'p> Filled<'p> {
    fn put(&mut self, slot: &'p str) {
        self.some.insert(slot);
        self.every.insert(slot);
    }

    fn meet(&mut self, other: &Filled<'p>) {
        self.some.extend(&other.some);
        self.said.extend(&other.said);
        self.every.retain(|slot| other.every.contains(slot));
    }

    /// Whether a condition is the same on every way, and which.
    #[must_use]
    pub fn truth(&self, logic: &Logic) -> Option<bool> {
        match logic {
            Logic::Constant(value) => Some(*value),
            Logic::Has(slot) if self.every.contains(slot.as_str()) => Some(true),
            Logic::Has(slot) if !self.some.contains(slot.as_str()) && !self.said.contains(slot.as_str()) => Some(false),
            Logic::Has(_) | Logic::Reads(_) => None,
            Logic::Not(inner) => self.truth(inner).map(|value| !value),
            Logic::All(parts) => self.decided(parts, false),
            Logic::Any(parts) => self.decided(parts, true),
        }
    }

    /// One part that is `decisive` decides; else all have to be known.
    fn decided(&self, parts: &[Logic], decisive: bool) -> Option<bool> {
        let known: Vec<Option<bool>> = parts.iter().map(|part| self.truth(part)).collect();
        if known.contains(&Some(decisive)) {
            return Some(decisive);
        }
        known.iter().all(Option::is_some).then_some(!decisive)
    }

    /// The uses of slots that may lack a value; true if they surely do.
    #[must_use]
    pub fn lacking<'l>(&self, logic: &'l Logic) -> Vec<(&'l Use, bool)> {
        let mut found = Vec::new();
        self.lacks(logic, &mut BTreeSet::new(), &mut found);
        found
    }

    fn lacks<'l>(&self, logic: &'l Logic, known: &mut BTreeSet<&'l str>, found: &mut Vec<(&'l Use, bool)>) {
        match logic {
            Logic::Constant(_) | Logic::Has(_) => {}
            Logic::Not(inner) => self.lacks(inner, known, found),
            Logic::All(parts) | Logic::Any(parts) => {
                let all = matches!(logic, Logic::All(_));
                let mut within = known.clone();
                for part in parts {
                    self.lacks(part, &mut within, found);
                    within.extend(present(part, all));
                }
            }
            Logic::Reads(uses) => {
                for one in uses.iter().filter(|one| !known.contains(one.slot.as_str())) {
                    let slot = one.slot.as_str();
                    let said = self.said.contains(slot) && !one.needed;
                    if !self.some.contains(slot) && !said {
                        found.push((one, true));
                    } else if one.needed && !self.every.contains(slot) {
                        found.push((one, false));
                    }
                }
            }
        }
    }
}

/// The slots that surely have a value where `logic` is `outcome`.
fn present(logic: &Logic, outcome: bool) -> Vec<&str> {
    match (logic, outcome) {
        (Logic::Has(slot), true) => vec![slot],
        (Logic::Not(inner), _) => present(inner, !outcome),
        (Logic::All(parts), true) | (Logic::Any(parts), false) => {
            parts.iter().flat_map(|part| present(part, outcome)).collect()
        }
        (Logic::All(parts) | Logic::Any(parts), _) => {
            let mut each = parts.iter().map(|part| present(part, outcome));
            let first = each.next().unwrap_or_default();
            each.fold(first, |all, one| all.into_iter().filter(|slot| one.contains(slot)).collect())
        }
        _ => Vec::new(),
    }
}

impl<'p> Values<'p> {
    /// Goes through all flows until nothing changes.
    #[must_use]
    pub fn of(programs: &'p Programs) -> Self {
        let mut values = Values::default();
        for _ in 0..ROUNDS_MAX {
            let mut changed = false;
            for program in programs.values() {
                let summary = values.summary(program);
                let name = program.flow.name.value.as_str();
                if values.summaries.get(name) != Some(&summary) {
                    values.summaries.insert(name, summary);
                    changed = true;
                }
            }
            if !changed {
                break;
            }
        }
        values.enter(programs);
        values
    }

    fn summary(&self, program: &'p Program) -> Summary<'p> {
        let (_, leaves) = self.walk(program, Filled::default());
        Summary { leaves }
    }

    /// What has a value when each flow begins.
    fn enter(&mut self, programs: &'p Programs) {
        let mut waiting: Vec<&'p Program> = Vec::new();
        for program in programs.values() {
            let alone = !(program.flow.triggers.is_empty() && program.flow.examples.is_empty());
            if alone {
                self.entries.insert(&program.flow.name.value, spoken(program));
                waiting.push(program);
            }
        }
        let mut steps = 0;
        while let Some(program) = waiting.pop() {
            steps += 1;
            if steps > ROUNDS_MAX * (1 + programs.keys().count()) {
                break;
            }
            let entry = self.entry(program);
            let (states, _) = self.walk(program, entry);
            for (op, state) in program.ops.iter().zip(&states) {
                let Some((to, given)) = state.as_ref().and_then(|state| way(op, state)) else { continue };
                let Some(other) = programs.get(to) else { continue };
                let mut coming = given;
                coming.some.retain(|slot| other.slot(slot).is_some());
                coming.every.retain(|slot| other.slot(slot).is_some());
                coming.said = spoken(other).said;
                let known = self.entries.get(to);
                let mut merged = known.cloned().unwrap_or_else(|| coming.clone());
                merged.meet(&coming);
                if known != Some(&merged) {
                    self.entries.insert(&other.flow.name.value, merged);
                    waiting.push(other);
                }
            }
        }
    }

    /// What has a value when a flow begins.
    #[must_use]
    pub fn entry(&self, program: &'p Program) -> Filled<'p> {
        self.entries.get(program.flow.name.value.as_str()).cloned().unwrap_or_else(|| spoken(program))
    }

    /// True if somebody can come to this flow: by asking for it, or from a flow that somebody can come to.
    #[must_use]
    pub fn reached(&self, flow: &str) -> bool {
        self.entries.contains_key(flow)
    }

    /// True if a call of this flow comes back.
    #[must_use]
    pub fn returns(&self, flow: &str) -> bool {
        self.summaries.get(flow).is_none_or(|summary| summary.leaves.is_some())
    }

    /// What has a value before each operation, `None` where nobody comes; and what has one when the flow ends.
    #[must_use]
    pub fn walk(&self, program: &'p Program, entry: Filled<'p>) -> (Vec<Option<Filled<'p>>>, Option<Filled<'p>>) {
        let mut before: Vec<Option<Filled<'p>>> = vec![None; program.ops.len()];
        let mut leaves: Option<Filled<'p>> = None;
        let mut arrive = |before: &mut Vec<Option<Filled<'p>>>, to: usize, coming: Filled<'p>| {
            let place = before.get_mut(to).unwrap_or(&mut leaves);
            match place {
                Some(there) => there.meet(&coming),
                None => *place = Some(coming),
            }
        };
        let mut entry = entry;
        program.defaults.keys().for_each(|slot| entry.put(slot));
        arrive(&mut before, 0, entry);
        // Steps only lead on, never back, so that one pass sees every way.
        for (at, op) in program.ops.iter().enumerate() {
            let Some(here) = before.get(at).cloned().flatten() else { continue };
            for (to, coming) in self.after(program, at, op, here) {
                arrive(&mut before, to, coming);
            }
        }
        (before, leaves)
    }

    fn after(&self, program: &'p Program, at: usize, op: &'p Op, here: Filled<'p>) -> Vec<(usize, Filled<'p>)> {
        let mut after = here.clone();
        match op {
            Op::End => return vec![(usize::MAX, after)],
            Op::Link(_) => return Vec::new(),
            Op::Branch(Condition::Expression(condition), otherwise) => {
                let truth = here.truth(&condition.logic);
                let side = |outcome: bool, to: usize| {
                    let mut side = here.clone();
                    present(&condition.logic, outcome).into_iter().for_each(|slot| {
                        if let Some(slot) = program.slot(slot) {
                            side.put(&slot.name.value);
                        }
                    });
                    (truth != Some(!outcome)).then_some((to, side))
                };
                return [side(true, at + 1), side(false, *otherwise)].into_iter().flatten().collect();
            }
            Op::Call(flow, with) => {
                let leaves = self.summaries.get(flow.as_str()).map(|summary| summary.leaves.as_ref());
                match leaves {
                    Some(None) => return Vec::new(),
                    Some(Some(leaves)) => {
                        after.some.extend(&leaves.some);
                        after.every.extend(&leaves.every);
                        after.said.extend(&leaves.said);
                    }
                    None => {}
                }
                with.iter().for_each(|(name, _)| after.put(name));
            }
            Op::Pay(pay) => [&pay.payee, &pay.amount, &pay.provider].into_iter().for_each(|slot| after.put(slot)),
            Op::Unschedule(step) => after.put(&step.order),
            _ => sets(program, op, &here, &mut after),
        }
        program.ways(at).into_iter().map(|to| (to, after.clone())).collect()
    }
}

/// The slots that a person may have filled by asking for the flow.
fn spoken(program: &Program) -> Filled<'_> {
    Filled { said: program.spoken.iter().map(String::as_str).collect(), ..Filled::default() }
}

/// Where an operation leads out of the flow, and with what.
fn way<'p>(op: &'p Op, state: &Filled<'p>) -> Option<(&'p str, Filled<'p>)> {
    match op {
        Op::Call(flow, with) => {
            let mut given = state.clone();
            with.iter().for_each(|(name, _)| given.put(name));
            Some((flow, given))
        }
        Op::Link(flow) => Some((flow, state.clone())),
        _ => None,
    }
}

/// The slots that an operation fills.
fn sets<'p>(program: &'p Program, op: &'p Op, here: &Filled<'p>, after: &mut Filled<'p>) {
    match op {
        Op::Collect(collect) => {
            let optional = program.slot(&collect.slot).is_some_and(|slot| slot.optional);
            after.some.insert(&collect.slot);
            if !optional {
                after.every.insert(&collect.slot);
            }
        }
        Op::Set(slot, value) => {
            let source = value.source.value.trim();
            let copied = program.slot(source).map(|slot| slot.name.value.as_str());
            if source == "()" {
                after.some.remove(slot.as_str());
                after.every.remove(slot.as_str());
            } else if copied.is_none_or(|copied| here.every.contains(copied)) {
                after.put(slot);
            } else {
                after.every.remove(slot.as_str());
                after.some.insert(slot);
            }
        }
        Op::Take(_, taken) => after.some.extend(taken.iter().map(|(slot, _)| slot.as_str())),
        Op::Script { sets, .. } => after.some.extend(sets.iter().map(String::as_str)),
        _ => {}
    }
}
