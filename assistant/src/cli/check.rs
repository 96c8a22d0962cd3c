//! `sayso check`: what is wrong with dialogs, each finding with its place and a hint; and where dialogs are read from.

use super::failure::Failure;
use super::out::Out;
use crate::dialog::{Dialogs, Finding, Loaded, Severity, SourceFile, shipped};
use serde::Serialize;
use std::fs;
use std::io::IsTerminal as _;
use std::path::{Path, PathBuf};

/// The folder inside a dialog folder that holds repair files.
const REPAIR_FOLDER: &str = "repair";

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
        if file.is_file() && ["yaml", "yml", "rhai"].contains(&ending) {
            found.push(file);
        } else if file.is_dir() && file.file_name().is_some_and(|name| name == REPAIR_FOLDER) {
            found.extend(list(&file)?);
        }
    }
    found.sort();
    Ok(found)
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

/// Prints every finding, then a summary; fails if one is an error.
pub fn run(files: &[SourceFile], out: Out) -> Result<(), Failure> {
    let findings: Vec<Finding> = match Dialogs::load(files) {
        Ok(loaded) => loaded.warnings,
        Err(findings) => findings,
    };
    let color = std::io::stdout().is_terminal();
    for finding in &findings {
        out.result(finding, || finding.render(color))?;
    }
    let errors = findings.iter().filter(|finding| finding.severity == Severity::Error).count();
    let summary = Summary { files: files.len(), errors, warnings: findings.len() - errors };
    let Summary { files, errors, warnings } = summary;
    out.result(&summary, || format!("{files} files, {errors} errors, {warnings} warnings"))?;
    if errors > 0 { Err(Failure::failed("")) } else { Ok(()) }
}
