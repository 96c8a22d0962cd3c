//! Every flow of a project, checked and ready to run.

use super::check::calls::{self, Programs};
use super::check::{reach, sentences, texts};
use super::code;
use super::compile::{Script, compile};
use super::finding::Finding;
use super::format::flow::{Flow, SlotType};
use super::format::{read_flow, read_phrases, read_repair};
use super::moments::{Moment, Repairs};
use super::phrases::Phrases;
use super::place::{Place, Report};
use super::program::Program;
use super::scripts::{Scripts, trial};
use super::source::{SourceFile, shipped_phrases, shipped_repairs};
use super::world::ProviderInfo;
use super::yaml;
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
    pub(super) scripts: Scripts,
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
        let mut loading = Loading::new(files);
        loading.shipped_phrases();
        loading.shipped_repairs();
        let flows = loading.read();
        let programs = loading.compile(flows);
        loading.check(&programs);
        let (failed, findings) = loading.findings();
        if failed {
            return Err(findings);
        }
        let Loading { phrases, repairs, repaired, scripts, .. } = loading;
        let shipped = shipped_repairs();
        let own = repaired.into_iter().filter(|(_, file)| shipped.iter().all(|shipped| shipped.text != file.text));
        let repaired = own.map(|(moment, _)| moment).collect();
        let dialogs = Dialogs { programs, phrases, repairs, repaired, scripts, version: version(files) };
        Ok(Loaded { dialogs, warnings: findings })
    }

    /// Lends a stopwatch to scripts, so that their time is limited as well as their operations.
    pub fn lend_stopwatch(&self, stopwatch: super::scripts::Stopwatch) {
        self.scripts.lend(stopwatch);
    }

    /// What understanding has to learn to serve these dialogs in this household.
    #[must_use]
    pub fn teaching(&self, household: &Household, providers: &[ProviderInfo]) -> Teaching {
        let startable = self.programs.values().filter(|p| !(p.flow.triggers.is_empty() && p.flow.examples.is_empty()));
        let intents = startable.map(|program| intent(&program.flow)).collect();
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

    /// The names of the flows, in alphabetical order.
    pub fn flows(&self) -> impl Iterator<Item = &str> {
        self.programs.keys().map(String::as_str)
    }
}

/// The files while they are being read, each with what was found in it.
struct Loading<'f> {
    reports: Vec<Report<'f>>,
    phrases: Phrases,
    repairs: Repairs,
    /// Where the project has repair files of its own, to find two of one kind.
    repaired: BTreeMap<Moment, &'f SourceFile>,
    scripts: Scripts,
    /// The file that says when to give up in the whole project.
    retries_in: Option<usize>,
    /// Stem of a flow file → the index of its script.
    script_of: BTreeMap<&'f str, usize>,
}

impl<'f> Loading<'f> {
    fn new(files: &'f [SourceFile]) -> Self {
        let reports: Vec<Report> = files.iter().map(Report::new).collect();
        let is_script = |(_, file): &(usize, &SourceFile)| file.ending() == "rhai" && !file.is_definitions();
        let scripts = files.iter().enumerate().filter(is_script).map(|(index, file)| (file.stem(), index));
        Loading {
            script_of: scripts.collect(),
            reports,
            phrases: Phrases::default(),
            repairs: Repairs::new(),
            repaired: BTreeMap::new(),
            scripts: Scripts::new(),
            retries_in: None,
        }
    }

    /// The phrases that Sayso ships are there before those of the project; a test holds that they are right.
    fn shipped_phrases(&mut self) {
        let file = shipped_phrases();
        let mut report = Report::new(&file);
        if let Some(root) = yaml::parse(&mut report) {
            read_phrases::phrases(&mut report, &root, &mut self.phrases);
        }
    }

    /// The repair files that Sayso ships hold wherever the project has none of its own; a test holds that they are right.
    fn shipped_repairs(&mut self) {
        for file in &shipped_repairs() {
            let mut report = Report::new(file);
            if let Some(root) = yaml::parse(&mut report)
                && let Some((moment, program)) = self.repair(&mut report, &root)
            {
                self.repairs.insert(moment, program);
            }
        }
    }

    /// A repair file, compiled and checked.
    fn repair(&self, report: &mut Report, root: &yaml::Node) -> Option<(Moment, Program)> {
        let (moment, flow) = read_repair::repair(report, root)?;
        let facts = flow.slots.iter().map(|slot| slot.name.value.clone()).collect();
        let program = compile(report, &self.scripts, &trial::empty_world(), flow, Script::None);
        if !report.has_errors() {
            reach::check(report, &program, &facts, &BTreeMap::new());
        }
        Some((moment, program))
    }

    /// A repair file of the project takes the place of the one that Sayso ships.
    fn own_repair(&mut self, report: &mut Report<'f>, root: &yaml::Node) {
        let Some((moment, program)) = self.repair(report, root) else { return };
        if let Some(first) = self.repaired.insert(moment, report.file()) {
            let message = format!("there is another file for `repair: {}`: {}", moment.word(), first.name);
            report.error(program.flow.name.place, message, "keep one of them");
        }
        self.repairs.insert(moment, program);
    }

    /// Reads every YAML file; the flows come with the index of their file.
    fn read(&mut self) -> Vec<(usize, Flow)> {
        let mut flows: Vec<(usize, Flow)> = Vec::new();
        let mut seen = sentences::Seen::default();
        let mut reports = std::mem::take(&mut self.reports);
        for (index, report) in reports.iter_mut().enumerate() {
            if !matches!(report.file().ending().as_str(), "yaml" | "yml") {
                continue;
            }
            let Some(root) = yaml::parse(report) else { continue };
            if read_repair::is_repair(&root) {
                self.own_repair(report, &root);
                continue;
            }
            if read_phrases::is_phrases(&root) {
                read_phrases::phrases(report, &root, &mut self.phrases);
                self.retries_in = self.retries_in.or(self.phrases.retries.give_up.as_ref().map(|_| index));
                continue;
            }
            let Some(flow) = read_flow::flow(report, &root) else { continue };
            texts::check(report, &flow);
            sentences::check(report, &flow);
            seen.check(report, &flow);
            flows.push((index, flow));
        }
        self.reports = reports;
        flows
    }

    fn compile(&mut self, flows: Vec<(usize, Flow)>) -> Programs {
        let mut programs = Programs::default();
        let mut used = BTreeSet::new();
        let nothing = trial::empty_world();
        for (index, flow) in flows {
            let Some(stem) = self.reports.get(index).map(|report| report.file().stem()) else { continue };
            let script = self.script_of.get(stem).copied();
            used.extend(script);
            let script = script.map_or(Script::None, |script| self.script(script));
            let Some(report) = self.reports.get_mut(index) else { continue };
            if let Some(first) = programs.get(&flow.name.value) {
                calls::same_name(report, &flow.name, &Program::file_name(first));
                continue;
            }
            let program = compile(report, &self.scripts, &nothing, flow, script);
            programs.insert(Arc::new(program));
        }
        for (stem, index) in &self.script_of {
            if let (false, Some(report)) = (used.contains(index), self.reports.get_mut(*index)) {
                let hint = format!("a script belongs to the flow file of the same name, `{stem}.yaml`");
                report.find(
                    &code::UNUSED_SCRIPT,
                    Place { line: 1, column: 1, length: 1 },
                    "no flow uses this script",
                    hint,
                );
            }
        }
        programs
    }

    fn script(&mut self, index: usize) -> Script {
        let Some(report) = self.reports.get_mut(index) else { return Script::None };
        match self.scripts.script(&report.file().text) {
            Ok(ast) => Script::Ready(ast, report.file().clone()),
            Err(error) => {
                let place = Place { line: error.line.max(1), column: error.column.max(1), length: 1 };
                let hint = match error.message.strip_prefix("Undefined variable: ") {
                    Some(name) => format!("`{name}` is not defined here: a function sees only what it is given"),
                    None => "look at this line and the end of the one above".to_owned(),
                };
                report.find(&code::SCRIPT_SYNTAX, place, format!("this script can't be read: {}", error.message), hint);
                Script::Broken
            }
        }
    }

    fn check(&mut self, programs: &Programs) {
        let fills: BTreeMap<String, BTreeSet<String>> =
            programs.values().map(|program| (program.flow.name.value.clone(), reach::fills(program))).collect();
        if let (Some(to), Some(report)) =
            (&self.phrases.retries.give_up, self.retries_in.and_then(|index| self.reports.get_mut(index)))
        {
            calls::known(report, programs, to);
        }
        let (shared, none) = (calls::shared(programs), BTreeSet::new());
        for report in &mut self.reports {
            let here = programs.values().filter(|program| program.file == report.file().name);
            for program in here.collect::<Vec<_>>() {
                calls::check(report, programs, program);
                // With an error inside, operations are missing, and what follows from that would only confuse.
                if !report.has_errors() {
                    let shared = shared.get(&program.flow.name.value).unwrap_or(&none);
                    reach::check(report, program, shared, &fills);
                }
            }
        }
    }

    /// Whether anything is an error, and everything found.
    fn findings(&mut self) -> (bool, Vec<Finding>) {
        let failed = self.reports.iter().any(Report::has_errors);
        (failed, std::mem::take(&mut self.reports).into_iter().flat_map(Report::into_findings).collect())
    }
}

impl Program {
    fn file_name(program: &Program) -> String {
        format!("{} (line {})", program.file, program.flow.name.place.line)
    }
}

/// A fingerprint of all files, so that a conversation notices when they change under it.
fn version(files: &[SourceFile]) -> String {
    let mut sorted: Vec<&SourceFile> = files.iter().collect();
    sorted.sort_by(|a, b| a.name.cmp(&b.name));
    let mut hash = Sha256::new();
    for file in sorted {
        for part in [file.stem(), file.text.as_str()] {
            hash.update((part.len() as u64).to_be_bytes());
            hash.update(part.as_bytes());
        }
    }
    hash.finalize().iter().take(8).map(|byte| format!("{byte:02x}")).collect()
}

fn intent(flow: &Flow) -> TaughtIntent {
    let plain = |sentences: &super::format::text::Sentences| {
        sentences.iter().map(|(lang, sentence)| (*lang, sentence.value.clone())).collect()
    };
    let slots = flow.slots.iter().map(|slot| (slot.name.value.clone(), slot_kind(&slot.kind)));
    TaughtIntent {
        name: flow.name.value.clone(),
        templates: plain(&flow.triggers),
        examples: plain(&flow.examples),
        slots: slots.collect(),
    }
}

/// The kind of value that understanding looks for to fill a slot.
pub(super) fn slot_kind(kind: &SlotType) -> SlotKind {
    SlotKind::Entity(match kind {
        SlotType::Text | SlotType::Secret | SlotType::Unreadable => return SlotKind::Text,
        SlotType::Money => EntityKind::Money,
        SlotType::Payee(_) => EntityKind::Payee,
        SlotType::Provider => EntityKind::Provider,
        SlotType::Choice(_) => EntityKind::Choice,
        SlotType::YesNo => EntityKind::YesNo,
        SlotType::Number => EntityKind::Number,
        SlotType::Date => EntityKind::Date,
    })
}

fn payees(household: &Household) -> Vec<Name> {
    let name = |payee: &crate::household::Payee| Name {
        kind: NameKind::Payee,
        id: payee.id.clone(),
        names: all_names(&payee.names, &payee.aliases, &payee.id),
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
