//! `sayso plugins check`: the conformance kit, its table, and for every broken law the exchange that broke it.

use super::super::failure::Failure;
use super::super::out::{Out, remark};
use super::super::places::Places;
use super::super::providers;
use crate::config::Sandbox;
use crate::conformance::{self, Finding, Fixture, Report, Seen, Verdict};
use crate::plugin_host::{BackOff, PluginError};
use serde::Serialize;
use serde_json::{Map, Value};
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// What was asked for on the command line.
pub(super) struct Wishes {
    pub library: PathBuf,
    pub fixtures: Vec<PathBuf>,
    pub settings: Map<String, Value>,
    /// In seconds.
    pub deadline: u64,
}

/// One line of `--json` for each law.
#[derive(Serialize)]
struct LawLine<'a> {
    #[serde(rename = "type")]
    kind: &'static str,
    #[serde(flatten)]
    verdict: &'a Verdict,
}

/// The last line of `--json`.
#[derive(Serialize)]
struct Summary<'a> {
    #[serde(rename = "type")]
    kind: &'static str,
    plugin: &'a str,
    version: &'a str,
    abi: (u32, u32),
    scenarios: usize,
    cases: usize,
    held: usize,
    broken: usize,
    not_checked: usize,
}

/// Checks the library and prints the table; a broken law is exit code 1.
pub(super) async fn run(places: &Places, sandbox: Sandbox, wishes: &Wishes, out: Out) -> Result<(), Failure> {
    let fixtures = fixtures(&wishes.fixtures)?;
    if fixtures.is_empty() {
        remark("no fixtures: only what holds for every plugin is tried; --fixtures names recorded scenarios");
    }
    let plugins = providers::plugins(places, sandbox, BackOff::NONE)?;
    let deadline = Duration::from_secs(wishes.deadline);
    let checked = conformance::check(&plugins, &wishes.library, &fixtures, &wishes.settings, deadline).await;
    let report = checked.map_err(|error| match error {
        PluginError::NoLibrary { .. } => Failure::usage(error),
        error => Failure::failed(error),
    })?;
    let summary = summary(&report, &fixtures);
    for verdict in &report.verdicts {
        out.object(&LawLine { kind: "law", verdict })?;
    }
    out.result(&summary, || table(&report, &summary))?;
    match report.broken() {
        0 => Ok(()),
        // The table has said it all.
        _ => Err(Failure { message: String::new(), exit_code: 1 }),
    }
}

fn summary<'a>(report: &'a Report, fixtures: &[Fixture]) -> Summary<'a> {
    let capabilities = &report.about.capabilities;
    let not_checked = report.verdicts.iter().filter(|verdict| verdict.not_checked.is_some()).count();
    Summary {
        kind: "summary",
        plugin: &capabilities.name,
        version: &capabilities.version,
        abi: report.about.abi,
        scenarios: fixtures.iter().map(|fixture| fixture.scenarios.len()).sum(),
        cases: report.verdicts.iter().map(|verdict| verdict.cases).sum(),
        held: report.verdicts.len() - report.broken() - not_checked,
        broken: report.broken(),
        not_checked,
    }
}

/// Every file named, and in folders every `.yaml`, `.yml` and `.json`, in the order of their names.
fn fixtures(named: &[PathBuf]) -> Result<Vec<Fixture>, Failure> {
    let usual = PathBuf::from("fixtures");
    let paths = if named.is_empty() && usual.is_dir() { vec![usual] } else { named.to_vec() };
    let mut files = Vec::new();
    for path in paths {
        if path.is_dir() {
            let entries = fs::read_dir(&path).map_err(|wrong| unreadable(&path, &wrong))?;
            let ending = |file: &PathBuf| file.extension().is_some_and(|e| e == "yaml" || e == "yml" || e == "json");
            let mut inside: Vec<PathBuf> = entries.flatten().map(|entry| entry.path()).filter(ending).collect();
            inside.sort();
            files.extend(inside);
        } else {
            files.push(path);
        }
    }
    let read = |path: PathBuf| {
        let text = fs::read_to_string(&path).map_err(|wrong| unreadable(&path, &wrong))?;
        Fixture::parse(&text, &path).map_err(Failure::usage)
    };
    files.into_iter().map(read).collect()
}

fn unreadable(path: &Path, wrong: &std::io::Error) -> Failure {
    Failure::usage(format!("{} can't be read: {wrong}", path.display()))
}

fn table(report: &Report, summary: &Summary<'_>) -> String {
    let (major, minor) = summary.abi;
    let mut text = format!("{} {}, plugin interface {major}.{minor}\n", summary.plugin, summary.version);
    for verdict in &report.verdicts {
        let state = match (verdict.broken, &verdict.not_checked) {
            (0, None) => "holds      ",
            (0, Some(_)) => "not checked",
            _ => "BROKEN     ",
        };
        let _ = writeln!(text, "  {state}  {:>5}  {}", verdict.cases, verdict.says);
        if let Some(why) = &verdict.not_checked {
            let _ = writeln!(text, "                      {why}");
        }
        for finding in &verdict.findings {
            show(&mut text, finding);
        }
        let more = verdict.broken.saturating_sub(verdict.findings.len());
        if more > 0 {
            let _ = writeln!(text, "      and {more} more");
        }
    }
    let Summary { held, broken, not_checked, cases, scenarios, .. } = summary;
    let _ = write!(
        text,
        "{held} laws hold, {broken} broken, {not_checked} not checked ({cases} cases from {scenarios} scenarios)"
    );
    text
}

fn show(text: &mut String, finding: &Finding) {
    let Finding { scenario, change, wanted, came, exchanges } = finding;
    let _ = writeln!(text, "      {scenario}: {change}\n        wanted  {wanted}\n        came    {}", short(came));
    for Seen { request, reply } in exchanges {
        let _ = writeln!(text, "        > {} {}", request.method, request.url);
        for (name, value) in &request.headers {
            let _ = writeln!(text, "        > {name}: {}", short(value));
        }
        if !request.body.is_empty() {
            let _ = writeln!(text, "        > {}", short(&request.body));
        }
        let _ = writeln!(text, "        < {}", short(&reply.to_string()));
    }
}

/// One line, and no more than can be read.
fn short(text: &str) -> String {
    let line: String = text.chars().map(|c| if c.is_control() { ' ' } else { c }).take(300).collect();
    if text.chars().count() > 300 { format!("{line}…") } else { line }
}
