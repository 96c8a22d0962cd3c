//! Between flows: what is called exists, nothing calls itself, no circle goes round without a question, and slots that
//! are shared have one type.

use super::super::code;
use super::super::place::{Place, Placed, Report, suggest};
use super::super::program::{Op, Program};
use super::super::scripts::Expression;
use super::expressions;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// All programs by name; cheap to copy.
#[derive(Clone, Debug, Default)]
pub struct Programs(BTreeMap<String, Arc<Program>>);

impl Programs {
    /// The program of this name.
    pub fn get(&self, name: &str) -> Option<&Program> {
        self.0.get(name).map(AsRef::as_ref)
    }

    /// True if there is a program of this name.
    pub fn contains_key(&self, name: &str) -> bool {
        self.0.contains_key(name)
    }

    /// Adds a program under its name.
    pub fn insert(&mut self, program: Arc<Program>) {
        self.0.insert(program.flow.name.value.clone(), program);
    }

    /// The names, in alphabetical order.
    pub fn keys(&self) -> impl Iterator<Item = &String> {
        self.0.keys()
    }

    /// The programs, in the order of their names, to be held on to.
    pub fn shared(&self) -> impl Iterator<Item = &Arc<Program>> {
        self.0.values()
    }

    /// The programs, in the order of their names.
    pub fn values(&self) -> impl Iterator<Item = &Program> {
        self.0.values().map(AsRef::as_ref)
    }
}

impl FromIterator<Arc<Program>> for Programs {
    fn from_iter<I: IntoIterator<Item = Arc<Program>>>(programs: I) -> Self {
        let mut all = Programs::default();
        programs.into_iter().for_each(|program| all.insert(program));
        all
    }
}

/// A way from one flow to another.
struct Way<'p> {
    to: &'p str,
    place: Place,
    comes_back: bool,
    with: &'p [(String, Expression)],
    into: &'p [(String, String)],
}

fn ways(program: &Program) -> Vec<Way<'_>> {
    let each = program.ops.iter().zip(&program.places).enumerate().filter_map(|(at, (op, place))| match op {
        Op::Call(to, with) => {
            let into = match program.ops.get(at + 1) {
                Some(Op::Take(_, into)) => into.as_slice(),
                _ => &[],
            };
            Some(Way { to, place: (*place)?, comes_back: true, with, into })
        }
        Op::Link(to) => Some(Way { to, place: (*place)?, comes_back: false, with: &[], into: &[] }),
        _ => None,
    });
    // Where a slot gives up, the conversation goes on in another flow.
    let gives_up = program.flow.slots.iter().filter_map(|slot| slot.retries.give_up.as_ref());
    let given_up = gives_up.map(|to| Way { to: &to.value, place: to.place, comes_back: false, with: &[], into: &[] });
    each.chain(given_up).collect()
}

/// The flows to which one leads: those that it calls, and those in which it goes on.
pub fn leads_to(program: &Program) -> impl Iterator<Item = &str> {
    ways(program).into_iter().map(|way| way.to)
}

/// For each flow, those that call it or go on to it.
#[must_use]
pub fn callers(programs: &Programs) -> BTreeMap<&str, Vec<&Program>> {
    let mut callers: BTreeMap<&str, Vec<&Program>> = BTreeMap::new();
    for program in programs.values() {
        for way in ways(program) {
            callers.entry(way.to).or_default().push(program);
        }
    }
    callers
}

/// The flow of this name, or a finding.
pub fn known<'p>(report: &mut Report, programs: &'p Programs, name: &Placed<String>) -> Option<&'p Program> {
    let found = programs.get(&name.value);
    if found.is_none() {
        let hint = suggest(&name.value, programs.keys().map(String::as_str));
        report.find(&code::UNKNOWN_FLOW, name.place, format!("there is no flow `{}`", name.value), hint);
    }
    found
}

/// Checks one flow against all others; flows that are there and can't be read are `broken`.
pub fn check(report: &mut Report, programs: &Programs, program: &Program, broken: &BTreeSet<&str>) {
    for way in ways(program).into_iter().filter(|way| !broken.contains(way.to)) {
        let Some(other) = known(report, programs, &Placed::new(way.to.to_owned(), way.place)) else { continue };
        shared_types(report, program, other, &way);
        for (name, _) in way.with.iter().filter(|(name, _)| other.slot(name).is_none()) {
            let hint = suggest(name, other.flow.slots.iter().map(|slot| slot.name.value.as_str()));
            report.find(&code::UNKNOWN_SLOT, way.place, format!("the flow `{}` has no slot `{name}`", way.to), hint);
        }
        results(report, program, other, &way);
        for (name, value) in way.with {
            if let Some(slot) = other.slot(name) {
                expressions::misfit(report, value, slot, value.source.place);
            }
        }
        let name = program.flow.name.value.as_str();
        // Every flow of a circle could tell of it; the first by name does.
        let tells = |circle: &[String]| circle.iter().all(|other| name <= other.as_str());
        if let Some(circle) = circle(programs, way.to, name, |way| way.comes_back).filter(|_| way.comes_back) {
            let message = format!("this flow calls itself: {name} → {}", circle.join(" → "));
            if tells(&circle) {
                let hint = "use `link` where the conversation goes on elsewhere and does not come back";
                report.find(&code::CALLS_ITSELF, way.place, message, hint);
            }
        } else if let Some(circle) = silent_circle(programs, program, &way).filter(|circle| tells(circle)) {
            let message = format!("this goes round for ever without a question: {name} → {}", circle.join(" → "));
            report.find(
                &code::ENDLESS,
                way.place,
                message,
                "put a `collect` into the circle, so that the person has a say",
            );
        }
    }
}

/// What a call takes over has to be there, and of the type of the slot that gets it.
fn results(report: &mut Report, program: &Program, other: &Program, way: &Way) {
    for (own, theirs) in way.into {
        let Some(found) = other.slot(theirs) else {
            let hint = suggest(theirs, other.flow.slots.iter().map(|slot| slot.name.value.as_str()));
            report.find(&code::UNKNOWN_SLOT, way.place, format!("the flow `{}` has no slot `{theirs}`", way.to), hint);
            continue;
        };
        let Some(slot) = program.slot(own) else { continue };
        if found.kind.word() != slot.kind.word() || found.many != slot.many {
            let (here, there) = (slot.kind.word(), found.kind.word());
            let message = format!("`{own}` is {here} here, and `{theirs}` is {there} in `{}`", way.to);
            report.find(&code::SLOT_TYPE, way.place, message, "a result goes into a slot of its own type");
        }
    }
}

/// A slot of the same name must have the same type in both flows.
fn shared_types(report: &mut Report, program: &Program, other: &Program, way: &Way) {
    for slot in &program.flow.slots {
        let Some(theirs) = other.slot(&slot.name.value) else { continue };
        let same = theirs.kind.word() == slot.kind.word() && theirs.many == slot.many;
        if !same {
            let name = &slot.name.value;
            let message = format!("`{name}` is {} here and {} in `{}`", slot.kind.word(), theirs.kind.word(), way.to);
            report.find(
                &code::SLOT_TYPE,
                way.place,
                message,
                "slots of one name are shared: give one of them another name",
            );
        }
    }
}

/// The flows on a way from `from` to `goal` over ways that `take` allows.
fn circle(programs: &Programs, from: &str, goal: &str, take: fn(&Way) -> bool) -> Option<Vec<String>> {
    let mut trail = Vec::new();
    let mut seen = BTreeSet::new();
    search(programs, from, goal, &mut |program| ways(program).into_iter().filter(take).collect(), &mut seen, &mut trail)
        .then_some(trail)
}

fn silent_circle(programs: &Programs, program: &Program, first: &Way) -> Option<Vec<String>> {
    if !silent_ways(program).iter().any(|way| way.to == first.to && way.place == first.place) {
        return None;
    }
    let mut trail = Vec::new();
    let goal = program.flow.name.value.as_str();
    search(programs, first.to, goal, &mut |program| silent_ways(program), &mut BTreeSet::new(), &mut trail)
        .then_some(trail)
}

/// The ways out of a flow that can be reached from its beginning without a question.
fn silent_ways(program: &Program) -> Vec<Way<'_>> {
    let (mut seen, mut waiting) = (BTreeSet::new(), vec![0]);
    while let Some(at) = waiting.pop() {
        let question =
            matches!(program.ops.get(at), Some(Op::Collect(_) | Op::Pay(_) | Op::Refund(_) | Op::Unschedule(_)));
        if !question && seen.insert(at) {
            waiting.extend(program.next(at));
        }
    }
    let places: Vec<Place> = seen.iter().filter_map(|at| *program.places.get(*at)?).collect();
    ways(program).into_iter().filter(|way| places.contains(&way.place)).collect()
}

fn search<'p>(
    programs: &'p Programs,
    at: &str,
    goal: &str,
    next: &mut dyn FnMut(&'p Program) -> Vec<Way<'p>>,
    seen: &mut BTreeSet<String>,
    trail: &mut Vec<String>,
) -> bool {
    trail.push(at.to_owned());
    if at == goal {
        return true;
    }
    if seen.insert(at.to_owned())
        && let Some(program) = programs.get(at)
    {
        for way in next(program) {
            if search(programs, way.to, goal, next, seen, trail) {
                return true;
            }
        }
    }
    trail.pop();
    false
}

/// Reports a second flow of the same name.
pub fn same_name(report: &mut Report, name: &Placed<String>, first: &Program) {
    let message =
        format!("there is another flow `{}` in {} (line {})", name.value, first.file, first.flow.name.place.line);
    report.find(&code::SAME_FLOW, name.place, message, "give one of them another name");
}
