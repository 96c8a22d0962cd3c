//! Flows that lead to each other are checked together, and each such group again only when one of its flows has changed.

use super::super::finding::Finding;
use super::super::place::Report;
use super::super::program::Program;
use super::super::source::SourceFile;
use super::calls::{self, Programs};
use super::reach;
use super::usage::{self, Around};
use super::values::Values;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// What was found in each group of flows, as long as the group stays as it is.
#[derive(Debug, Default)]
pub struct Groups {
    /// By the first name of the group.
    known: BTreeMap<String, Checked>,
}

/// A group that was checked.
#[derive(Debug)]
struct Checked {
    /// Its flows, in the order of their names. A program is read anew when its file or script changes, so that the same
    /// programs are the same flows.
    programs: Vec<Arc<Program>>,
    /// Whether every flow of the project could be read then.
    whole: bool,
    /// What was found, by file.
    findings: BTreeMap<String, Vec<Finding>>,
}

/// What decides, beside the flows themselves, what is found in them.
#[derive(Debug)]
pub struct Project<'p> {
    /// All flows.
    pub programs: &'p Programs,
    /// Names by which flows that can't be read may be called.
    pub broken: &'p BTreeSet<&'p str>,
    /// Scripts by the stem that they share with their flow.
    pub scripts: &'p BTreeMap<&'p str, &'p SourceFile>,
}

/// Flows that lead to each other, however long the way.
#[derive(Debug)]
struct Group {
    programs: Vec<Arc<Program>>,
    /// True if each way out of one leads to a flow that could be read. Where one does not, what is found depends on the
    /// names of all others, and is not kept.
    closed: bool,
}

impl Groups {
    /// Adds to the report of each flow's file what is found of it and those around it.
    pub fn check(&mut self, project: &Project, reports: &mut [Report]) {
        let at: BTreeMap<&str, usize> =
            reports.iter().enumerate().map(|(at, report)| (report.file().name.as_str(), at)).collect();
        let mut before = std::mem::take(&mut self.known);
        let whole = project.broken.is_empty();
        for group in groups(project) {
            let Some(first) = group.programs.first().map(|program| program.flow.name.value.clone()) else { continue };
            let known = before.remove(&first).filter(|known| group.closed && known.is_of(&group, whole));
            let checked = known.unwrap_or_else(|| fresh(project, &group, reports, &at));
            for (file, findings) in &checked.findings {
                if let Some(report) = at.get(file.as_str()).and_then(|at| reports.get_mut(*at)) {
                    report.add_all(findings);
                }
            }
            if group.closed {
                self.known.insert(first, checked);
            }
        }
    }
}

impl Checked {
    fn is_of(&self, group: &Group, whole: bool) -> bool {
        let same = |(one, other): (&Arc<Program>, &Arc<Program>)| Arc::ptr_eq(one, other);
        self.whole == whole
            && self.programs.len() == group.programs.len()
            && self.programs.iter().zip(&group.programs).all(same)
    }
}

/// Checks a group that is not known as it is. `reports` has what each file is found to be by itself.
fn fresh(project: &Project, group: &Group, reports: &[Report], at: &BTreeMap<&str, usize>) -> Checked {
    let own: Programs = group.programs.iter().cloned().collect();
    let values = Values::of(&own);
    let whole = project.broken.is_empty();
    let around = Around { programs: &own, values: &values, callers: calls::callers(&own), whole };
    let mut findings = BTreeMap::new();
    for program in &group.programs {
        let Some(alone) = at.get(program.file.as_str()).and_then(|at| reports.get(*at)) else { continue };
        let file = alone.file();
        let mut report = Report::new(file);
        calls::check(&mut report, project.programs, program, project.broken);
        // With an error inside, operations are missing, and what follows from that would only confuse.
        if !(alone.has_errors() || report.has_errors()) {
            reach::check(&mut report, program, &values);
            let script = project.scripts.get(file.stem()).map(|script| script.text.as_str());
            usage::check(&mut report, &around, program, script.unwrap_or_default());
        }
        findings.insert(file.name.clone(), report.into_findings());
    }
    Checked { programs: group.programs.clone(), whole, findings }
}

/// The flows, put together with those to which they lead.
fn groups(project: &Project) -> Vec<Group> {
    let programs: Vec<&Arc<Program>> = project.programs.shared().collect();
    let number: BTreeMap<&str, usize> =
        programs.iter().enumerate().map(|(at, program)| (program.flow.name.value.as_str(), at)).collect();
    let mut leads_to: Vec<Vec<usize>> = vec![Vec::new(); programs.len()];
    let mut open = vec![false; programs.len()];
    for (at, program) in programs.iter().enumerate() {
        for to in calls::leads_to(program) {
            match number.get(to).filter(|_| !project.broken.contains(to)) {
                Some(other) => {
                    leads_to.get_mut(at).into_iter().for_each(|ways| ways.push(*other));
                    leads_to.get_mut(*other).into_iter().for_each(|ways| ways.push(at));
                }
                None => open.get_mut(at).into_iter().for_each(|open| *open = true),
            }
        }
    }
    let mut seen = BTreeSet::new();
    let mut found = Vec::new();
    for start in 0..programs.len() {
        let (mut members, mut waiting) = (BTreeSet::new(), vec![start]);
        while let Some(at) = waiting.pop() {
            if seen.insert(at) {
                members.insert(at);
                waiting.extend(leads_to.get(at).into_iter().flatten());
            }
        }
        if !members.is_empty() {
            let closed = members.iter().all(|at| open.get(*at) == Some(&false));
            let programs = members.iter().filter_map(|at| programs.get(*at)).map(|program| Arc::clone(program));
            found.push(Group { programs: programs.collect(), closed });
        }
    }
    found
}
