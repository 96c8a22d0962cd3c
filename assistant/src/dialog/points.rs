//! What there is to reach in each flow: steps, branches, outcomes of payments; and what of it a [`Probe`] saw.

use super::Dialogs;
use super::format::flow::{HandOffTo, OUTCOMES, REFUND_OUTCOMES, UNSCHEDULE_OUTCOMES};
use super::format::text::{Part, Template, Texts};
use super::place::Place;
use super::probe::Probe;
use super::program::{Condition, Op, Program};
use serde::Serialize;

/// Everything in one flow that a conversation can reach.
#[derive(Clone, Debug)]
pub struct FlowPoints {
    /// The flow.
    pub flow: String,
    /// Its file, as it was named when it was loaded.
    pub file: String,
    /// The points, in the order of lines.
    pub points: Vec<Point>,
}

/// One thing that a conversation can reach.
#[derive(Clone, Debug)]
pub struct Point {
    /// What it is.
    pub kind: PointKind,
    /// What it does, in words: `say "Done. ..."`, `if amount == (): it is so`.
    pub what: String,
    /// The line, from 1.
    pub line: usize,
    /// The column, from 1.
    pub column: usize,
    flow: String,
    /// Reached if one of these operations ran, or went on where it says.
    ways: Vec<(usize, Option<usize>)>,
}

/// The kinds of [`Point`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum PointKind {
    /// A step ran.
    Step,
    /// A condition, question or script went one of its ways.
    Branch,
    /// A payment ended so.
    Outcome,
}

impl Point {
    /// True if it was reached in what the probe saw.
    #[must_use]
    pub fn reached(&self, probe: &Probe) -> bool {
        self.ways.iter().any(|(at, to)| match to {
            None => probe.ran(&self.flow, *at),
            Some(to) => probe.went(&self.flow, *at, *to),
        })
    }
}

impl Dialogs {
    /// Everything that conversations can reach, flow by flow.
    #[must_use]
    pub fn points(&self) -> Vec<FlowPoints> {
        self.programs
            .values()
            .map(|program| FlowPoints {
                flow: program.flow.name.value.clone(),
                file: program.file.clone(),
                points: points(program),
            })
            .collect()
    }
}

fn points(program: &Program) -> Vec<Point> {
    let mut found: Vec<Point> = Vec::new();
    let mut last = Place::default();
    for (at, op) in program.ops.iter().enumerate() {
        let place = program.places.get(at).copied().flatten();
        let here = place.unwrap_or(last);
        last = here;
        let point = |kind, what: String, way| Point {
            kind,
            what,
            line: here.line,
            column: here.column,
            flow: program.flow.name.value.clone(),
            ways: vec![way],
        };
        if place.is_some() {
            let what = step(program, op);
            // One `set` step is several operations.
            match found
                .last_mut()
                .filter(|p| p.kind == PointKind::Step && (p.line, p.column) == (here.line, here.column))
            {
                Some(same) => same.ways.push((at, None)),
                None => found.push(point(PointKind::Step, what, (at, None))),
            }
        }
        match op {
            Op::Branch(condition, otherwise) => {
                let asked = match condition {
                    Condition::Expression(expression) => format!("if {}", expression.source.value),
                    Condition::Answer(_) => "confirm".to_owned(),
                };
                let (yes, no) = match condition {
                    Condition::Expression(_) => ("it is so", "it is not so"),
                    Condition::Answer(_) => ("yes", "no"),
                };
                found.push(point(PointKind::Branch, format!("{asked}: {yes}"), (at, Some(at + 1))));
                found.push(point(PointKind::Branch, format!("{asked}: {no}"), (at, Some(*otherwise))));
            }
            Op::Script { function, on_error: Some(to), .. } => {
                found.push(point(PointKind::Branch, format!("script {function}: it works"), (at, Some(at + 1))));
                found.push(point(PointKind::Branch, format!("script {function}: it fails"), (at, Some(*to))));
            }
            Op::Pay(pay) => {
                for (outcome, to) in OUTCOMES.iter().zip(pay.outcomes) {
                    found.push(point(PointKind::Outcome, format!("pay: {outcome}"), (to, None)));
                }
                if let Some(to) = pay.scheduled {
                    found.push(point(PointKind::Outcome, "pay: scheduled".to_owned(), (to, None)));
                }
            }
            Op::Refund(refund) => {
                for (outcome, to) in REFUND_OUTCOMES.iter().zip(refund.outcomes) {
                    found.push(point(PointKind::Outcome, format!("refund: {outcome}"), (to, None)));
                }
            }
            Op::Unschedule(step) => {
                for (outcome, to) in UNSCHEDULE_OUTCOMES.iter().zip(step.outcomes) {
                    found.push(point(PointKind::Outcome, format!("unschedule: {outcome}"), (to, None)));
                }
            }
            _ => {}
        }
    }
    found.sort_by_key(|point| (point.line, point.column, point.kind));
    found
}

fn step(program: &Program, op: &Op) -> String {
    match op {
        Op::Say(texts) => format!("say {}", quoted(texts)),
        Op::Collect(collect) if collect.confirm => {
            let question = program.slot(&collect.slot).and_then(|slot| slot.ask.as_ref());
            format!("confirm {}", question.map(quoted).unwrap_or_default())
        }
        Op::Collect(collect) => format!("collect {}", collect.slot),
        Op::Set(slot, _) => format!("set {slot}"),
        Op::Script { function, .. } => format!("script {function}"),
        Op::Branch(Condition::Expression(expression), _) => format!("if {}", expression.source.value),
        Op::Branch(Condition::Answer(_), _) => "confirm".to_owned(),
        Op::Jump(_) => "go on".to_owned(),
        Op::Call(flow, _) => format!("call {flow}"),
        Op::Pay(pay) => format!("pay {}", pay.amount),
        Op::Guard(_) => "when".to_owned(),
        Op::Take(flow, _) => format!("take the results of {flow}"),
        Op::Refund(_) => "refund".to_owned(),
        Op::Unschedule(step) => format!("unschedule {}", step.order),
        Op::HandOff(step) => match &step.to {
            HandOffTo::Link(address) => format!("handoff to link {}", source(address)),
            HandOffTo::Qr(content) => format!("handoff to qr {}", source(content)),
            HandOffTo::App(name) => format!("handoff to app {}", source(name)),
            HandOffTo::Human => "handoff to human".to_owned(),
        },
        Op::Link(flow) => format!("link {flow}"),
        Op::Do(verb) => format!("do {}", verb.word()),
        Op::End => "end".to_owned(),
    }
}

/// The first sentence of a text, short and between quotes.
fn quoted(texts: &Texts) -> String {
    const SHOWN: usize = 48;
    let first = texts.variants.values().flatten().next().map(|variant| source(&variant.written)).unwrap_or_default();
    let cut: String = first.chars().take(SHOWN).collect();
    if first.chars().count() > SHOWN { format!("\"{cut}…\"") } else { format!("\"{cut}\"") }
}

/// A template as it was written.
pub(super) fn source(template: &Template) -> String {
    let part = |part: &Part| match part {
        Part::Literal(text) => text.clone(),
        Part::Hole(name) => format!("{{{name}}}"),
    };
    template.parts.iter().map(part).collect()
}
