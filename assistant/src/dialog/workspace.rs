//! Dialog files that are loaded, and loaded again as they are edited: each is read, compiled and checked by itself once for
//! each text that it has, and then all of them against each other.

use super::check::calls::{self, Programs};
use super::check::groups::{Groups, Project};
use super::check::overlap::Overlaps;
use super::check::{reach, sentences, texts};
use super::code;
use super::compile::{Script, compile};
use super::dialogs::{Dialogs, Loaded, version};
use super::finding::Finding;
use super::format::{read_flow, read_phrases, read_repair};
use super::moments::{Moment, Repairs};
use super::phrases::Phrases;
use super::place::{Place, Report};
use super::program::Program;
use super::scripts::Scripts;
use super::source::{SourceFile, shipped_phrases, shipped_repairs};
use super::yaml;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// Remembers what was found in each file, so that an edit of one costs little.
#[derive(Debug)]
pub struct Workspace {
    scripts: Arc<Scripts>,
    /// The phrases that every project has.
    phrases: Phrases,
    /// The repair files that every project has unless it writes its own.
    repairs: Repairs,
    files: BTreeMap<String, Known>,
    overlaps: Overlaps,
    groups: Groups,
}

/// A file as it was read last.
#[derive(Debug)]
struct Known {
    /// What was read, and the script beside it.
    file: SourceFile,
    script: Option<SourceFile>,
    /// What was found in the file by itself.
    findings: Vec<Finding>,
    content: Content,
}

/// What a file holds.
#[derive(Clone, Debug)]
enum Content {
    Flow(Arc<Program>),
    Phrases(Phrases),
    Repair(Moment, Arc<Program>),
    Script(Option<rhai::AST>),
    /// It could not be read.
    Broken,
}

impl Default for Workspace {
    fn default() -> Self {
        Workspace::new()
    }
}

/// True for scripts; what only lists the host's functions is none.
fn is_script(file: &SourceFile) -> bool {
    file.ending() == "rhai" && !file.is_definitions()
}

/// True for files that are flows or phrases.
fn is_yaml(file: &SourceFile) -> bool {
    matches!(file.ending().as_str(), "yaml" | "yml")
}

impl Workspace {
    /// A workspace that knows no file yet.
    #[must_use]
    pub fn new() -> Self {
        // What Sayso ships is right; a test holds that.
        let (file, mut phrases) = (shipped_phrases(), Phrases::default());
        let mut report = Report::new(&file);
        if let Some(root) = yaml::parse(&mut report) {
            read_phrases::phrases(&mut report, &root, &mut phrases);
        }
        let mut workspace = Workspace {
            scripts: Arc::new(Scripts::new()),
            phrases,
            repairs: Repairs::new(),
            files: BTreeMap::new(),
            overlaps: Overlaps::default(),
            groups: Groups::default(),
        };
        for file in &shipped_repairs() {
            if let Content::Repair(moment, program) = workspace.flow_or_phrases(&mut Report::new(file), None) {
                workspace.repairs.insert(moment, program);
            }
        }
        workspace
    }

    /// Checks these files, which are all of the project, and answers as [`Dialogs::load`] does. Only those are read anew
    /// whose text, or whose script, has changed since the last time.
    pub fn update(&mut self, files: &[SourceFile]) -> Result<Loaded, Vec<Finding>> {
        self.forget(files);
        let script_of: BTreeMap<&str, &SourceFile> =
            files.iter().filter(|file| is_script(file)).map(|file| (file.stem(), file)).collect();
        for file in files.iter().filter(|file| is_script(file)) {
            self.read(file, None);
        }
        for file in files.iter().filter(|file| is_yaml(file)) {
            self.read(file, script_of.get(file.stem()).copied());
        }
        let mut reports: Vec<Report> = files.iter().map(|file| self.report(file)).collect();
        let programs = self.programs(&mut reports);
        self.same_repairs(&mut reports);
        self.together(&mut reports, &programs, &script_of);
        let failed = reports.iter().any(Report::has_errors);
        let findings: Vec<Finding> = reports.into_iter().flat_map(Report::into_findings).collect();
        if failed {
            return Err(findings);
        }
        let (phrases, scripts) = (self.all_phrases(files), Arc::clone(&self.scripts));
        let (repairs, repaired) = self.all_repairs(files);
        let dialogs = Dialogs { programs, phrases, repairs, repaired, scripts, version: version(files) };
        Ok(Loaded { dialogs, warnings: findings })
    }

    /// Forgets files that are gone.
    fn forget(&mut self, files: &[SourceFile]) {
        let there: BTreeSet<&str> = files.iter().map(|file| file.name.as_str()).collect();
        let overlaps = &mut self.overlaps;
        self.files.retain(|name, _| {
            let keep = there.contains(name.as_str());
            if !keep {
                overlaps.remove(name);
            }
            keep
        });
    }

    /// Reads a file, unless it is known as it is.
    fn read(&mut self, file: &SourceFile, script: Option<&SourceFile>) {
        if self.files.get(&file.name).is_some_and(|known| known.file == *file && known.script.as_ref() == script) {
            return;
        }
        let mut report = Report::new(file);
        let content = if is_yaml(file) { self.flow_or_phrases(&mut report, script) } else { self.script(&mut report) };
        match &content {
            Content::Flow(program) => self.overlaps.put(&file.name, &program.flow),
            _ => self.overlaps.remove(&file.name),
        }
        let findings = report.into_findings();
        let known = Known { file: file.clone(), script: script.cloned(), findings, content };
        self.files.insert(file.name.clone(), known);
    }

    fn flow_or_phrases(&self, report: &mut Report, script: Option<&SourceFile>) -> Content {
        let Some(root) = yaml::parse(report) else { return Content::Broken };
        if read_repair::is_repair(&root) {
            let read = read_repair::repair(report, &root).filter(|_| !report.has_errors());
            let Some((moment, flow)) = read else { return Content::Broken };
            let program = compile(report, &self.scripts, flow, Script::None);
            if !report.has_errors() {
                reach::check_repair(report, &program);
            }
            return Content::Repair(moment, Arc::new(program));
        }
        if read_phrases::is_phrases(&root) {
            let mut phrases = Phrases::default();
            read_phrases::phrases(report, &root, &mut phrases);
            return Content::Phrases(phrases);
        }
        let Some(flow) = read_flow::flow(report, &root) else { return Content::Broken };
        texts::check(report, &flow);
        sentences::check(report, &flow);
        let script = match script.and_then(|script| Some((script, &self.files.get(&script.name)?.content))) {
            None => Script::None,
            Some((file, Content::Script(Some(ast)))) => Script::Ready(ast.clone(), file.clone()),
            Some(_) => Script::Broken,
        };
        Content::Flow(Arc::new(compile(report, &self.scripts, flow, script)))
    }

    fn script(&self, report: &mut Report) -> Content {
        if !yaml::encoding(report) {
            return Content::Script(None);
        }
        let error = match self.scripts.script(&report.file().text) {
            Ok(ast) => return Content::Script(Some(ast)),
            Err(error) => error,
        };
        let place = Place { line: error.line.max(1), column: error.column.max(1), length: 1 };
        let hint = match error.message.strip_prefix("Undefined variable: ") {
            Some(name) => format!("`{name}` is not defined here: a function sees only what it is given"),
            None => "look at this line and the end of the one above".to_owned(),
        };
        report.find(&code::SCRIPT_SYNTAX, place, format!("this script can't be read: {}", error.message), hint);
        Content::Script(None)
    }

    /// A report that begins with what is known of the file by itself.
    fn report<'f>(&self, file: &'f SourceFile) -> Report<'f> {
        let known = self.files.get(&file.name).map(|known| known.findings.clone());
        Report::with(file, known.unwrap_or_default())
    }

    /// The flows by name, each name once.
    fn programs(&self, reports: &mut [Report]) -> Programs {
        let mut programs = Programs::default();
        for report in reports {
            let Some(Content::Flow(program)) = self.files.get(&report.file().name).map(|known| &known.content) else {
                continue;
            };
            match programs.get(&program.flow.name.value) {
                Some(first) => calls::same_name(report, &program.flow.name, first),
                None => programs.insert(Arc::clone(program)),
            }
        }
        programs
    }

    /// Checks every file against all others.
    fn together(&mut self, reports: &mut [Report], programs: &Programs, script_of: &BTreeMap<&str, &SourceFile>) {
        let broken: BTreeSet<&str> = reports
            .iter()
            .filter(|report| self.broken(report.file()))
            .flat_map(|report| names(report.file()))
            .collect();
        let stems: BTreeSet<&str> =
            reports.iter().map(Report::file).filter(|file| is_yaml(file)).map(SourceFile::stem).collect();
        for report in reports.iter_mut() {
            let file = report.file();
            if script_of.get(file.stem()).is_some_and(|script| script.name == file.name) && !stems.contains(file.stem())
            {
                let hint = format!("a script belongs to the flow file of the same name, `{}.yaml`", file.stem());
                report.find(&code::UNUSED_SCRIPT, Place::default(), "no flow uses this script", hint);
            }
            match self.files.get(&file.name).map(|known| &known.content) {
                Some(Content::Phrases(phrases)) => {
                    let to = phrases.retries.give_up.as_ref();
                    if let Some(to) = to.filter(|to| !broken.contains(to.value.as_str())) {
                        calls::known(report, programs, to);
                    }
                }
                Some(Content::Flow(_)) => self.overlaps.check(report),
                _ => {}
            }
        }
        self.groups.check(&Project { programs, broken: &broken, scripts: script_of }, reports);
    }

    /// The repair files in use, and the moments for which the project has one of its own.
    fn all_repairs(&self, files: &[SourceFile]) -> (Repairs, BTreeSet<Moment>) {
        let (mut repairs, mut own, shipped) = (self.repairs.clone(), BTreeSet::new(), shipped_repairs());
        for file in files {
            if let Some(Content::Repair(moment, program)) = self.files.get(&file.name).map(|known| &known.content) {
                repairs.insert(*moment, Arc::clone(program));
                if shipped.iter().all(|shipped| shipped.text != file.text) {
                    own.insert(*moment);
                }
            }
        }
        (repairs, own)
    }

    /// Reports a second file for one moment of repair.
    fn same_repairs(&self, reports: &mut [Report]) {
        let mut first: BTreeMap<Moment, &str> = BTreeMap::new();
        for report in reports {
            let name = report.file().name.as_str();
            let Some(Content::Repair(moment, program)) = self.files.get(name).map(|known| &known.content) else {
                continue;
            };
            if let Some(first) = first.get(moment) {
                let message = format!("there is another file for `repair: {}`: {first}", moment.word());
                report.find(&code::SAME_FLOW, program.flow.name.place, message, "keep one of them");
            } else {
                first.insert(*moment, name);
            }
        }
    }

    fn broken(&self, file: &SourceFile) -> bool {
        is_yaml(file) && matches!(self.files.get(&file.name).map(|known| &known.content), Some(Content::Broken))
    }

    fn all_phrases(&self, files: &[SourceFile]) -> Phrases {
        let mut phrases = self.phrases.clone();
        for file in files {
            if let Some(Content::Phrases(own)) = self.files.get(&file.name).map(|known| &known.content) {
                phrases.extend(own);
            }
        }
        phrases
    }
}

/// By which names a flow that can't be read may be called: that of its file, and what follows `flow:`.
fn names(file: &SourceFile) -> impl Iterator<Item = &str> {
    let written = file.text.lines().find_map(|line| line.strip_prefix("flow:")).map(str::trim);
    [Some(file.stem()), written].into_iter().flatten()
}
