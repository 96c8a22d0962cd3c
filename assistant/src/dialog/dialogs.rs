//! Every flow of a project, checked and ready to run.

use super::check::calls::Programs;
use super::finding::Finding;
use super::format::flow::{Flow, SlotType};
use super::moments::{Moment, Repairs};
use super::phrases::Phrases;
use super::program::{Op, Program};
use super::scripts::Scripts;
use super::source::SourceFile;
use super::workspace::Workspace;
use super::world::ProviderInfo;
use crate::consent::Tier;
use crate::household::Household;
use crate::lang::Lang;
use crate::understanding::{EntityKind, Name, NameKind, SlotKind, TaughtIntent, Teaching};
use sha2::{Digest, Sha256};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// All flows, scripts and phrases of a project, checked. Built by [`Dialogs::load`] alone, so none runs unchecked.
#[derive(Debug)]
pub struct Dialogs {
    pub(super) programs: Programs,
    pub(super) phrases: Phrases,
    pub(super) repairs: Repairs,
    /// The moments for which the project has a repair file of its own.
    pub(super) repaired: BTreeSet<Moment>,
    pub(super) scripts: Arc<Scripts>,
    pub(super) version: String,
}

/// Dialogs that can be used, with what is doubtful about them.
#[derive(Debug)]
pub struct Loaded {
    /// Ready to run.
    pub dialogs: Dialogs,
    /// Findings of severity warning.
    pub warnings: Vec<Finding>,
}

impl Dialogs {
    /// Reads and checks the files of a dialog folder (`.yaml`, `.yml` and `.rhai`; others are passed over); their order
    /// does not matter. On error the list has every finding, warnings too, in the order of files and lines.
    pub fn load(files: &[SourceFile]) -> Result<Loaded, Vec<Finding>> {
        Workspace::new().update(files)
    }

    /// Lends a stopwatch to scripts, so that their time is limited as well as their operations.
    pub fn lend_stopwatch(&self, stopwatch: super::scripts::Stopwatch) {
        self.scripts.lend(stopwatch);
    }

    /// True if a flow asks for this tier.
    #[must_use]
    pub fn ask_for(&self, tier: Tier) -> bool {
        let mut operations = self.programs.values().flat_map(|program| &program.ops);
        operations.any(|op| matches!(op, Op::Pay(pay) if pay.authentication == tier))
    }

    /// What understanding has to learn to serve these dialogs in this household.
    #[must_use]
    pub fn teaching(&self, household: &Household, providers: &[ProviderInfo]) -> Teaching {
        let startable = self.programs.values().filter(|p| !(p.flow.triggers.is_empty() && p.flow.examples.is_empty()));
        let intents = startable.map(intent).collect();
        let mut names = payees(household);
        names.extend(providers.iter().map(|provider| Name {
            kind: NameKind::Provider,
            id: provider.name.clone(),
            names: all_names(&provider.names, &provider.aliases, &provider.name),
        }));
        names.extend(self.programs.values().flat_map(|program| choices(&program.flow)));
        Teaching { intents, names }
    }

    /// Words that a speech recogniser should be ready for: the names of payees and providers. Never words of
    /// consent, because a recogniser that expects them hears them in noise.
    #[must_use]
    pub fn vocabulary(&self, lang: Lang, household: &Household, providers: &[ProviderInfo]) -> Vec<String> {
        super::vocabulary::vocabulary(lang, household, providers)
    }

    /// True if a flow tells how payments stand: providers are asked about those that are open before it starts.
    #[must_use]
    pub fn is_fresh(&self, flow: &str) -> bool {
        self.programs.get(flow).is_some_and(|program| program.flow.fresh)
    }

    /// The names of the flows, in alphabetical order.
    pub fn flows(&self) -> impl Iterator<Item = &str> {
        self.programs.keys().map(String::as_str)
    }
}

/// A fingerprint of all files, so that a conversation notices when they change under it.
pub(super) fn version(files: &[SourceFile]) -> String {
    let mut sorted: Vec<&SourceFile> = files.iter().collect();
    sorted.sort_by(|a, b| a.name.cmp(&b.name));
    let mut hash = Sha256::new();
    for file in sorted {
        for part in [file.stem(), file.text.as_str()] {
            hash.update((part.len() as u64).to_be_bytes());
            hash.update(part.as_bytes());
        }
    }
    base16ct::lower::encode_string(hash.finalize().get(..8).unwrap_or_default())
}

pub(super) fn intent(program: &Program) -> TaughtIntent {
    let flow = &program.flow;
    let plain = |sentences: &super::format::text::Sentences| {
        sentences.iter().map(|(lang, sentence)| (*lang, sentence.value.clone())).collect()
    };
    let slots = flow.slots.iter().map(|slot| (slot.name.value.clone(), slot_kind(&slot.kind)));
    TaughtIntent {
        name: flow.name.value.clone(),
        templates: plain(&flow.triggers),
        examples: plain(&flow.examples),
        slots: slots.collect(),
        pays: program.ops.iter().any(|op| matches!(op, Op::Pay(_))),
    }
}

/// The kind of value that understanding looks for to fill a slot.
pub(super) fn slot_kind(kind: &SlotType) -> SlotKind {
    SlotKind::Entity(match kind {
        SlotType::Text | SlotType::Secret | SlotType::StandingOrder | SlotType::Unreadable => return SlotKind::Text,
        SlotType::Money => EntityKind::Money,
        SlotType::Payee(_) => EntityKind::Payee,
        SlotType::Provider => EntityKind::Provider,
        SlotType::Choice(_) => EntityKind::Choice,
        SlotType::YesNo => EntityKind::YesNo,
        SlotType::Number => EntityKind::Number,
        SlotType::Date => EntityKind::Date,
        SlotType::Rhythm => EntityKind::Rhythm,
        SlotType::Period => EntityKind::Period,
    })
}

fn payees(household: &Household) -> Vec<Name> {
    let name = |payee: &crate::household::Payee| Name {
        kind: NameKind::Payee,
        id: payee.id.clone(),
        names: all_names(&payee.names, &payee.aliases, &payee.id).into_iter().chain(payee.full_names()).collect(),
    };
    household.payees.iter().map(name).collect()
}

/// Names, then aliases, then the id itself, none twice.
fn all_names(names: &BTreeMap<Lang, String>, aliases: &BTreeMap<Lang, Vec<String>>, id: &str) -> Vec<(Lang, String)> {
    let own = names.iter().map(|(lang, name)| (*lang, name.clone()));
    let others = aliases.iter().flat_map(|(lang, names)| names.iter().map(|name| (*lang, name.clone())));
    let plain = (Lang::En, id.replace('_', " "));
    let mut all: Vec<(Lang, String)> = Vec::new();
    for name in own.chain(others).chain([plain]) {
        if !name.1.trim().is_empty() && !all.contains(&name) {
            all.push(name);
        }
    }
    all
}

/// The id under which the words of `suggested_by` are taught.
pub(super) const SUGGESTED: &str = "suggested";

/// The names of a flow's choices, and of the words that accept a suggestion.
fn choices(flow: &Flow) -> Vec<Name> {
    let mut found = Vec::new();
    for slot in &flow.slots {
        let kind = NameKind::Choice(slot.name.value.clone());
        if let SlotType::Choice(options) = &slot.kind {
            found.extend(options.iter().map(|option| Name {
                kind: kind.clone(),
                id: option.id.clone(),
                names: option.names.clone(),
            }));
        }
        if !slot.suggested_by.is_empty() {
            let names = slot.suggested_by.iter().map(|(lang, words)| (*lang, words.value.clone())).collect();
            found.push(Name { kind, id: SUGGESTED.to_owned(), names });
        }
    }
    found
}
