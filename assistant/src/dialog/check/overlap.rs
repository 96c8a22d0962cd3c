//! Sentences that start two flows. Patterns are compared once and remembered, so that an edit of one file compares no
//! more than its own sentences.

use super::super::code;
use super::super::dialogs::slot_kind;
use super::super::format::flow::{Flow, Slot, SlotType};
use super::super::place::{Place, Report};
use crate::household::PayeeKind;
use crate::lang::Lang;
use crate::understanding::SlotKind;
use crate::understanding::overlap::{Hole, Pattern, folded};
use crate::understanding::patterns::Patterns;
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// A sentence of a flow.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Owner {
    file: String,
    place: Place,
    flow: String,
    text: String,
}

/// Every sentence that starts a flow.
#[derive(Debug, Default)]
pub struct Overlaps {
    patterns: Patterns,
    /// A sentence with the kinds of its slots → its pattern.
    known: HashMap<(Lang, String), usize>,
    /// Pattern → who has it.
    owners: HashMap<usize, BTreeSet<Owner>>,
    /// Example → who has it.
    examples: HashMap<(Lang, String), BTreeSet<Owner>>,
    /// File → its patterns and examples.
    files: BTreeMap<String, Vec<(Owner, Sentence)>>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Sentence {
    Trigger(usize),
    Example(Lang, String),
}

impl Overlaps {
    /// Forgets the sentences of a file.
    pub fn remove(&mut self, file: &str) {
        for (owner, sentence) in self.files.remove(file).unwrap_or_default() {
            let owners = match sentence {
                Sentence::Trigger(pattern) => self.owners.get_mut(&pattern),
                Sentence::Example(lang, text) => self.examples.get_mut(&(lang, text)),
            };
            if let Some(owners) = owners {
                owners.remove(&owner);
            }
        }
    }

    /// Learns the sentences of the flow in a file, in the place of those that it had.
    pub fn put(&mut self, file: &str, flow: &Flow) {
        self.remove(file);
        let mut own = Vec::new();
        let owner = |place, text: &str| Owner {
            file: file.to_owned(),
            place,
            flow: flow.name.value.clone(),
            text: text.to_owned(),
        };
        for (lang, trigger) in &flow.triggers {
            let hole = |name: &str| hole(flow, name, *lang);
            let kinds: Vec<String> = flow
                .slots
                .iter()
                .filter(|slot| trigger.value.contains(&format!("{{{}", slot.name.value)))
                .map(|slot| format!("{:?}", hole(&slot.name.value)))
                .collect();
            let key = (*lang, format!("{} {}", trigger.value.to_lowercase(), kinds.join(" ")));
            let known = self.known.get(&key).copied();
            let Some(pattern) = known.or_else(|| {
                let number = self.patterns.add(Pattern::new(&trigger.value, *lang, &hole)?);
                self.known.insert(key, number);
                Some(number)
            }) else {
                continue;
            };
            let owner = owner(trigger.place, &trigger.value);
            self.owners.entry(pattern).or_default().insert(owner.clone());
            own.push((owner, Sentence::Trigger(pattern)));
        }
        for (lang, example) in &flow.examples {
            let text = folded(&example.value);
            let owner = owner(example.place, &example.value);
            self.examples.entry((*lang, text.clone())).or_default().insert(owner.clone());
            own.push((owner, Sentence::Example(*lang, text)));
        }
        self.files.insert(file.to_owned(), own);
    }

    /// Reports what the flow of the report's file shares with another that comes before it in the order of files: for
    /// each such flow, one sentence.
    pub fn check(&self, report: &mut Report) {
        let (mut triggers, mut examples) = (BTreeSet::new(), BTreeSet::new());
        for (mine, sentence) in self.files.get(&report.file().name).into_iter().flatten() {
            match sentence {
                Sentence::Trigger(pattern) => {
                    let same = self.owners.get(pattern).into_iter().flatten().map(|other| (other, None));
                    let twins = self.patterns.twins(*pattern).iter();
                    let alike = twins.flat_map(|(twin, sentence)| {
                        self.owners.get(twin).into_iter().flatten().map(move |other| (other, Some(sentence.as_str())))
                    });
                    for (other, sentence) in same.chain(alike).filter(|(other, _)| earlier(other, mine)) {
                        if triggers.insert(&other.flow) {
                            overlap(report, mine, other, sentence);
                        }
                    }
                }
                Sentence::Example(lang, text) => {
                    let others = self.examples.get(&(*lang, text.clone())).into_iter().flatten();
                    for other in others.filter(|other| earlier(other, mine)) {
                        if examples.insert(&other.flow) {
                            let message = format!(
                                "`{}` is an example of the flow `{}` too ({})",
                                mine.text,
                                other.flow,
                                where_is(other)
                            );
                            let hint = "keep it in the flow that people mean by it";
                            report.find(&code::SAME_EXAMPLE, mine.place, message, hint);
                        }
                    }
                }
            }
        }
    }
}

fn overlap(report: &mut Report, mine: &Owner, other: &Owner, sentence: Option<&str>) {
    let sentence = sentence.unwrap_or(&mine.text);
    let message = format!("\"{sentence}\" starts this flow, and the flow `{}` too ({})", other.flow, where_is(other));
    let hint = format!("Sayso will ask which one is meant; reword one of them. There it is `{}`", other.text);
    report.find(&code::OVERLAP, mine.place, message, hint);
}

fn where_is(owner: &Owner) -> String {
    format!("{}, line {}", owner.file, owner.place.line)
}

fn earlier(other: &Owner, mine: &Owner) -> bool {
    other.flow != mine.flow && (&other.file, other.place) < (&mine.file, mine.place)
}

/// What a slot stands for in a sentence.
fn hole(flow: &Flow, name: &str, lang: Lang) -> Hole {
    let Some(slot) = flow.slots.iter().find(|slot| slot.name.value == name.trim()) else { return Hole::Words };
    match (&slot.kind, slot_kind(&slot.kind)) {
        (SlotType::Choice(_), _) => Hole::Names(names(slot, lang)),
        (SlotType::Payee(kind), SlotKind::Entity(entity)) => {
            let class = match kind {
                Some(PayeeKind::Biller) => "biller",
                Some(PayeeKind::Person) => "person",
                None => "",
            };
            Hole::Value(entity, class)
        }
        (_, SlotKind::Entity(entity)) => Hole::Value(entity, ""),
        (_, SlotKind::Text) => Hole::Words,
    }
}

fn names(slot: &Slot, lang: Lang) -> Vec<String> {
    let SlotType::Choice(options) = &slot.kind else { return Vec::new() };
    let own = options.iter().flat_map(|option| &option.names).filter(|(other, _)| *other == lang);
    own.map(|(_, name)| name.clone()).collect()
}
