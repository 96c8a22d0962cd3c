//! `sayso check`: what is wrong with dialogs, each finding with its place and a hint; and where dialogs are read from.

use super::failure::Failure;
use super::out::Out;
use super::places::Places;
use super::speaker;
use crate::config::Config;
use crate::consent::Tier;
use crate::dialog::{Dialogs, Finding, Loaded, Severity, SourceFile, code, shipped, unknown_payees};
use crate::household::Household;
use crate::pronunciation::Lexicon;
use serde::Serialize;
use std::fs;
use std::io::IsTerminal as _;
use std::path::{Path, PathBuf};

/// The folder inside a dialog folder that holds repair files.
const REPAIR_FOLDER: &str = "repair";
/// The name of the file with how names are said.
const LEXICON: &str = "lexicon";

/// The last line of `sayso check --json`.
#[derive(Serialize)]
pub struct Summary {
    /// Files read.
    pub files: usize,
    /// Findings that keep the dialogs from being used.
    pub errors: usize,
    /// Findings that don't.
    pub warnings: usize,
}

/// The dialog files of folders and single files; the shipped ones if `paths` is empty.
pub fn read(paths: &[PathBuf]) -> Result<Vec<SourceFile>, Failure> {
    if paths.is_empty() {
        return Ok(shipped());
    }
    let mut files = Vec::new();
    for path in paths {
        for file in list(path)? {
            let bytes = fs::read(&file).map_err(|wrong| unreadable(&file, &wrong))?;
            files.push(SourceFile::from_bytes(file.display().to_string(), &bytes));
        }
    }
    if files.is_empty() {
        let places: Vec<_> = paths.iter().map(|path| path.display().to_string()).collect();
        return Err(Failure::usage(format!("no .yaml or .rhai file in {}", places.join(", "))));
    }
    Ok(files)
}

/// The dialog files at a path, in order of name.
pub fn list(path: &Path) -> Result<Vec<PathBuf>, Failure> {
    if path.is_file() {
        return Ok(vec![path.to_owned()]);
    }
    let mut found = Vec::new();
    for entry in fs::read_dir(path).map_err(|wrong| unreadable(path, &wrong))? {
        let file = entry.map_err(|wrong| unreadable(path, &wrong))?.path();
        let ending = file.extension().and_then(|ending| ending.to_str()).unwrap_or_default();
        if file.is_file() && !is_lexicon(&file) && ["yaml", "yml", "rhai"].contains(&ending) {
            found.push(file);
        } else if file.is_dir() && file.file_name().is_some_and(|name| name == REPAIR_FOLDER) {
            found.extend(list(&file)?);
        }
    }
    found.sort();
    Ok(found)
}

/// The lexicon beside the dialogs of a folder, if there is one: it is no dialog.
pub fn lexicon_in(folder: &Path) -> Option<PathBuf> {
    ["yaml", "yml"].iter().map(|ending| folder.join(LEXICON).with_extension(ending)).find(|path| path.is_file())
}

/// A file that can't be read.
pub fn unreadable(path: &Path, wrong: &std::io::Error) -> Failure {
    Failure::usage(format!("{} can't be read: {wrong}", path.display()))
}

/// Loads dialogs for use. What is wrong with them is the failure's message.
pub fn load(files: &[SourceFile]) -> Result<Loaded, Failure> {
    Dialogs::load(files).map_err(|findings| {
        let rendered: Vec<_> = findings.iter().map(|finding| finding.render(false)).collect();
        Failure::usage(rendered.join("\n"))
    })
}

/// What is wrong with the lexicons beside dialogs, or among the files that were named.
fn in_lexicons(paths: &[PathBuf]) -> Result<(usize, Vec<Finding>), Failure> {
    let named = |path: &PathBuf| {
        if path.is_file() { Some(path.clone()).filter(|path| is_lexicon(path)) } else { lexicon_in(path) }
    };
    let (mut count, mut findings) = (0, Vec::new());
    for path in paths.iter().filter_map(named) {
        let text = fs::read_to_string(&path).map_err(|wrong| unreadable(&path, &wrong))?;
        count += 1;
        let errors = Lexicon::parse(&path.display().to_string(), &text).err().unwrap_or_default();
        findings.extend(errors.into_iter().map(|error| {
            let snippet = text.lines().nth(error.line.saturating_sub(1)).unwrap_or_default().to_owned();
            Finding {
                code: code::BAD_LEXICON.name,
                severity: code::BAD_LEXICON.severity,
                file: error.file,
                line: error.line,
                column: error.column,
                end_line: error.line,
                end_column: snippet.chars().count() + 1,
                message: error.message,
                hint: Some(error.hint),
                snippet,
            }
        }));
    }
    Ok((count, findings))
}

fn is_lexicon(path: &Path) -> bool {
    path.file_stem().is_some_and(|stem| stem == LEXICON)
}

/// Checks the files that are named, without a configuration too or with one that is being written; else those that the
/// configuration names.
pub fn checked(paths: Vec<PathBuf>, config: Result<Config, Failure>, places: &Places, out: Out) -> Result<(), Failure> {
    let config = if paths.is_empty() { Some(config?) } else { config.ok() };
    let own = || config.iter().flat_map(|config| config.dialogs.clone()).collect();
    let paths = if paths.is_empty() { own() } else { paths };
    let asked_for = run(&paths, config.as_ref().map(|config| &config.household), out)?;
    let Some(config) = config else { return Ok(()) };
    speaker::check(places, &config, asked_for || config.authentication.names(Tier::Voice))
}

/// Checks the dialogs and lexicons at `paths`, the shipped ones if there is none: prints every finding, then a summary; fails
/// if one is an error. Payees that flows name are looked for in `household`, if there is one. True if a flow asks for the person's
/// own voice.
fn run(paths: &[PathBuf], household: Option<&Household>, out: Out) -> Result<bool, Failure> {
    let (lexicons, mut findings) = in_lexicons(paths)?;
    let dialogs: Vec<PathBuf> = paths.iter().filter(|path| !(path.is_file() && is_lexicon(path))).cloned().collect();
    let files = if dialogs.is_empty() && lexicons > 0 { Vec::new() } else { read(&dialogs)? };
    let mut asked_for = false;
    if !files.is_empty() {
        findings.extend(match Dialogs::load(&files) {
            Ok(loaded) => {
                asked_for = loaded.dialogs.ask_for(Tier::Voice);
                let named = household.map(|household| unknown_payees(&loaded.dialogs, &files, household));
                loaded.warnings.into_iter().chain(named.into_iter().flatten()).collect()
            }
            Err(findings) => findings,
        });
    }
    let color = std::io::stdout().is_terminal();
    for finding in &findings {
        out.result(finding, || finding.render(color))?;
    }
    let errors = findings.iter().filter(|finding| finding.severity == Severity::Error).count();
    let summary = Summary { files: files.len() + lexicons, errors, warnings: findings.len() - errors };
    let Summary { files, errors, warnings } = summary;
    out.result(&summary, || format!("{files} files, {errors} errors, {warnings} warnings"))?;
    if errors > 0 { Err(Failure::failed("")) } else { Ok(asked_for) }
}
