//! Reads a repair file: what is said and done in one of the moments in which a conversation does not go straight.

use super::super::code;
use super::super::moments::{FACTS, FactKind, MOMENT_WORDS, Moment, Verb, fact_slots};
use super::super::place::{Placed, Report};
use super::super::yaml::{Node, NodeValue};
use super::flow::{Flow, Step, StepKind};
use super::keys::REPAIR;
use super::{read, read_step};
use crate::dialog::check::texts::check_texts;

/// True if this tree is a repair file and not a flow.
#[must_use]
pub fn is_repair(root: &Node) -> bool {
    let NodeValue::Map(entries) = &root.value else { return false };
    let has = |name: &str| entries.iter().any(|(key, _)| key.value == name);
    has("repair") && !has("flow")
}

/// Reads the tree of a repair file: its moment, and its steps as a flow whose slots are the facts.
pub fn repair(report: &mut Report, root: &Node) -> Option<(Moment, Flow)> {
    let fields = read::fields(report, root, REPAIR, "a repair file", root.place)?;
    let (key, node) = fields.entry("repair")?;
    let moment = Moment::of(read::word(report, node, MOMENT_WORDS, "moment of repair")?)?;
    let steps = fields.get("steps").map(|node| read_step::steps(report, node)).unwrap_or_default();
    if let (true, Some((key, _))) = (steps.is_empty() && !report.has_errors(), fields.entry("steps")) {
        report.find(
            &code::EMPTY_TEXT,
            key.place,
            "this file does nothing",
            "write its steps below, each beginning with `- `",
        );
    }
    check(report, moment, &steps);
    let name = Placed::new(moment.word().to_owned(), key.place);
    Some((moment, Flow { steps, slots: fact_slots(key.place), ..Flow::unlisted(name) }))
}

/// Only what repairs may stand here, and its texts say only what is known.
fn check(report: &mut Report, moment: Moment, steps: &[Step]) {
    let known: Vec<&str> = FACTS.iter().filter(|fact| fact.kind == FactKind::Words).map(|fact| fact.name).collect();
    for step in steps {
        match &step.kind {
            StepKind::Say(texts) => check_texts(report, texts, &known),
            StepKind::If(_, then, otherwise) => {
                check(report, moment, then);
                check(report, moment, otherwise);
            }
            StepKind::Confirm(question, then, otherwise) => {
                if !moment.may_ask() {
                    let message = format!("`{}` asks a question already", moment.word());
                    report.find(&code::BAD_REPAIR, step.place, message, "say the question with `say`");
                }
                check_texts(report, question, &known);
                check(report, moment, then);
                check(report, moment, otherwise);
            }
            StepKind::Do(verb) => allowed(report, moment, verb),
            StepKind::End => {}
            StepKind::Pay(_) => {
                let hint = "leave it out: only the read-back of a flow, and a clear yes to it, moves money";
                report.find(&code::SKIPS_CONSENT, step.place, "a repair file can't pay", hint);
            }
            _ => {
                let hint = "it may `say`, choose with `if`, ask with `confirm`, and `do` one of the words of repair";
                report.find(&code::BAD_REPAIR, step.place, "a repair file can't do this", hint);
            }
        }
    }
}

fn allowed(report: &mut Report, moment: Moment, verb: &Placed<Verb>) {
    if !moment.allows(verb.value) {
        let message = format!("`{}` can't be done in `{}`", verb.value.word(), moment.word());
        let hint = match moment {
            Moment::Resume => "only `go_on` can: it goes on without asking",
            _ => "this file only says the question",
        };
        report.find(&code::BAD_REPAIR, verb.place, message, hint);
    }
}
