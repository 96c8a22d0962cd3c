//! `sayso fmt`: brings dialog files and conversation tests into their form, or says which ones have another.

use super::check;
use super::failure::Failure;
use super::out::{Out, remark};
use super::rehearse::write;
use crate::dialog::SourceFile;
use crate::layout::lay_out;
use serde::Serialize;
use std::fs;
use std::path::{Path, PathBuf};

/// One file, as `--json` prints it.
#[derive(Serialize)]
struct Laid<'f> {
    file: &'f str,
    changed: bool,
}

/// The last line of `sayso fmt --json`.
#[derive(Serialize, Default)]
struct Summary {
    files: usize,
    changed: usize,
    refused: usize,
}

/// Lays out the files; only says which would change if `check`.
pub fn run(paths: &[PathBuf], check: bool, out: Out) -> Result<(), Failure> {
    let mut summary = Summary::default();
    for path in files(paths)? {
        let bytes = fs::read(&path).map_err(|wrong| check::unreadable(&path, &wrong))?;
        let file = SourceFile::from_bytes(path.display().to_string(), &bytes);
        summary.files += 1;
        let right = match lay_out(&file) {
            Ok(right) => right,
            Err(findings) => {
                summary.refused += 1;
                findings.iter().for_each(|finding| remark(&finding.render(false)));
                continue;
            }
        };
        let changed = right != file.text;
        out.object(&Laid { file: &file.name, changed })?;
        if changed {
            summary.changed += 1;
            out.text(&format!("{}{}", if check { "would change " } else { "changed " }, file.name))?;
            if !check {
                write(&path, &right)?;
            }
        }
    }
    let Summary { files, changed, refused } = summary;
    out.result(&summary, || {
        let would = if check { "would change" } else { "changed" };
        format!("{files} files, {changed} {would}, {refused} refused")
    })?;
    if refused > 0 || (check && changed > 0) { Err(Failure::failed("")) } else { Ok(()) }
}

/// The YAML files at the paths; a folder's `tests` too.
fn files(paths: &[PathBuf]) -> Result<Vec<PathBuf>, Failure> {
    let mut found = Vec::new();
    for path in paths {
        found.extend(check::list(path)?);
        let tests = path.join("tests");
        if tests.is_dir() {
            found.extend(check::list(&tests)?);
        }
    }
    let is_yaml = |path: &PathBuf| path.extension().is_none_or(|ending| ending != "rhai");
    let found: Vec<PathBuf> = found.into_iter().filter(is_yaml).collect();
    if found.is_empty() {
        let places: Vec<_> = paths.iter().map(|path| path.display().to_string()).collect();
        return Err(Failure::usage(format!("no .yaml file in {}", places.join(", "))));
    }
    Ok(found)
}

/// What is laid out if no path is named: the configured dialogs.
pub fn usual_paths(dialogs: Option<&Path>) -> Result<Vec<PathBuf>, Failure> {
    let none = || Failure::usage("which files? Name files or a folder: sayso fmt PATH");
    dialogs.map(|folder| vec![folder.to_owned()]).ok_or_else(none)
}
