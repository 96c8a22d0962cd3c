//! The sentences that start flows: they name slots that exist, come in every language, and no two flows have the same.

use super::super::code;
use super::super::format::flow::Flow;
use super::super::place::{Place, Placed, Report, suggest};
use crate::lang::Lang;
use std::collections::BTreeMap;

/// Checks the sentences of one flow.
pub fn check(report: &mut Report, flow: &Flow) {
    let slots: Vec<&str> = flow.slots.iter().map(|slot| slot.name.value.as_str()).collect();
    for (_, sentence) in flow.triggers.iter().chain(&flow.examples) {
        braces(report, sentence, &slots);
        brackets(report, sentence);
    }
    let said = flow.triggers.iter().chain(&flow.examples).map(|(lang, _)| *lang).collect::<Vec<_>>();
    if said.is_empty() {
        return;
    }
    for lang in Lang::ALL.into_iter().filter(|lang| !said.contains(lang)) {
        let hint = format!("add sentences below `examples:`, `{lang}:`");
        report.find(
            &code::MISSING_TRANSLATION,
            flow.name.place,
            format!("nobody can ask for this flow in `{lang}`"),
            hint,
        );
    }
}

fn braces(report: &mut Report, sentence: &Placed<String>, slots: &[&str]) {
    for part in sentence.value.split('{').skip(1) {
        let Some((name, _)) = part.split_once('}') else {
            report.find(&code::BAD_TRIGGER, sentence.place, "a `{` is not closed in this sentence", "write {slot}");
            continue;
        };
        if !slots.contains(&name.trim()) {
            let hint = suggest(name.trim(), slots.iter().copied());
            report.find(&code::UNKNOWN_SLOT, sentence.place, format!("there is no slot `{}`", name.trim()), hint);
        }
    }
}

fn brackets(report: &mut Report, sentence: &Placed<String>) {
    let count = |c| sentence.value.matches(c).count();
    for (open, close) in [('(', ')'), ('[', ']')] {
        if count(open) != count(close) {
            let hint = format!("for every `{open}` there has to be a `{close}`");
            report.find(
                &code::BAD_TRIGGER,
                sentence.place,
                format!("a `{open}` or `{close}` is missing in this sentence"),
                hint,
            );
        }
    }
}

/// Remembers which flow has which trigger, to find the same one twice.
#[derive(Debug, Default)]
pub struct Seen(BTreeMap<(Lang, String), (String, Place)>);

impl Seen {
    /// Reports triggers of `flow` that another flow has word for word.
    pub fn check(&mut self, report: &mut Report, flow: &Flow) {
        for (lang, sentence) in &flow.triggers {
            let key = (*lang, sentence.value.to_lowercase());
            match self.0.get(&key) {
                Some((other, place)) if *other != flow.name.value => {
                    let message = format!("`{}` starts the flow `{other}` too (line {})", sentence.value, place.line);
                    report.find(
                        &code::OVERLAP,
                        sentence.place,
                        message,
                        "Sayso will ask which one is meant; keep it in one of them",
                    );
                }
                Some(_) => {}
                None => {
                    self.0.insert(key, (flow.name.value.clone(), sentence.place));
                }
            }
        }
    }
}
