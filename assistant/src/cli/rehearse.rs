//! `sayso test`: holds the conversations of test files, says what came otherwise than expected, and what was never reached.

use super::check;
use super::failure::Failure;
use super::out::Out;
use crate::dialog::{Dialogs, Finding, Probe, SourceFile};
use crate::rehearsal::file::Conversation;
use crate::rehearsal::stage::{Learnt, Wrong};
use crate::rehearsal::{self, Difference, FlowCoverage, Said, Setting, Stage, TestFile};
use serde::Serialize;
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

/// What `sayso test` was asked to do.
#[derive(Debug)]
pub struct Wishes {
    /// Test files and folders of them.
    pub paths: Vec<PathBuf>,
    /// Rewrite expectations.
    pub update: bool,
    /// Report what was reached.
    pub coverage: bool,
    /// Only conversations whose name or file has this in it.
    pub filter: Option<String>,
}

/// One conversation, as `--json` prints it.
#[derive(Serialize)]
struct Held<'r> {
    file: &'r str,
    line: usize,
    name: &'r str,
    lang: &'r str,
    passed: bool,
    differences: &'r [Difference],
    transcript: &'r [Said],
}

/// The last line of `sayso test --json`.
#[derive(Serialize, Default)]
struct Summary {
    files: usize,
    conversations: usize,
    failed: usize,
    /// Expectations that `--update` rewrote.
    rewritten: usize,
}

/// Holds the conversations and prints how they went.
pub fn run(dialogs: &Dialogs, setting: &Setting, wishes: &Wishes, out: Out) -> Result<(), Failure> {
    let files = read(&wishes.paths)?;
    let (mut learnt, mut probe, mut summary) = (Learnt::default(), Probe::new(), Summary::default());
    let mut parsed = Vec::new();
    for source in &files {
        parsed.push(rehearsal::read(source).map_err(|findings| broken(&findings))?);
    }
    for (source, mut file) in files.iter().zip(parsed) {
        let stage = Stage::set(dialogs, setting, &file, source, &mut learnt).map_err(wrong)?;
        if wishes.update {
            file = update(&stage, source, file, wishes, &mut summary)?;
        }
        hold(&stage, &file, wishes, &mut probe, &mut summary, out)?;
    }
    if wishes.coverage {
        let flows = rehearsal::coverage(dialogs, &probe);
        print_coverage(&flows, out)?;
    }
    summary.files = files.len();
    if summary.conversations == 0 {
        let filter = wishes.filter.as_deref().unwrap_or_default();
        return Err(Failure::usage(format!(
            "no conversation has `{filter}` in its name: leave out --filter to see all"
        )));
    }
    let Summary { files, conversations, failed, rewritten } = summary;
    out.result(&summary, || {
        let rewrote = if wishes.update { format!(", {rewritten} expectations rewritten") } else { String::new() };
        format!("{files} files, {conversations} conversations, {failed} failed{rewrote}")
    })?;
    if failed > 0 { Err(Failure::failed("")) } else { Ok(()) }
}

/// True if the person wants this conversation held.
fn wanted(wishes: &Wishes, file: &TestFile, conversation: &Conversation) -> bool {
    let fits = |filter: &String| conversation.name.value.contains(filter) || file.name.contains(filter);
    wishes.filter.as_ref().is_none_or(fits)
}

fn hold(
    stage: &Stage,
    file: &TestFile,
    wishes: &Wishes,
    probe: &mut Probe,
    summary: &mut Summary,
    out: Out,
) -> Result<(), Failure> {
    for conversation in file.conversations.iter().filter(|conversation| wanted(wishes, file, conversation)) {
        let rehearsal = stage.hold(file, conversation, probe);
        summary.conversations += 1;
        let passed = rehearsal.differences.is_empty();
        out.object(&Held {
            file: &file.name,
            line: conversation.name.place.line,
            name: &conversation.name.value,
            lang: conversation.lang.code(),
            passed,
            differences: &rehearsal.differences,
            transcript: &rehearsal.transcript,
        })?;
        if !passed {
            summary.failed += 1;
            out.text(&rehearsal::report::failed(&file.name, conversation, &rehearsal))?;
        }
    }
    Ok(())
}

/// Rewrites the expectations of a file to what comes, and gives the file as it is then.
fn update(
    stage: &Stage,
    source: &SourceFile,
    file: TestFile,
    wishes: &Wishes,
    summary: &mut Summary,
) -> Result<TestFile, Failure> {
    let mut probe = Probe::new();
    let held = file.conversations.iter().filter(|conversation| wanted(wishes, &file, conversation));
    let all: Vec<Difference> = held.flat_map(|held| stage.hold(&file, held, &mut probe).differences).collect();
    let updated = rehearsal::update(&source.text, &all.iter().collect::<Vec<_>>());
    if updated.rewritten == 0 {
        return Ok(file);
    }
    let rewritten = SourceFile::new(source.name.clone(), updated.text);
    let Ok(read_again) = rehearsal::read(&rewritten) else {
        return Err(Failure::failed(format!("{} can't be rewritten safely: mend it by hand", source.name)));
    };
    write(Path::new(&source.name), &rewritten.text)?;
    summary.rewritten += updated.rewritten;
    Ok(read_again)
}

/// Writes a file whole or not at all.
pub fn write(path: &Path, text: &str) -> Result<(), Failure> {
    let failed = |wrong: std::io::Error| Failure::failed(format!("{} can't be written: {wrong}", path.display()));
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let beside = folder.join(format!(".{name}.{}.new", std::process::id()));
    let permissions = fs::metadata(path).map(|data| data.permissions()).ok();
    fs::write(&beside, text).map_err(failed)?;
    if let Some(permissions) = permissions {
        // A file system without permissions keeps none.
        let _ = fs::set_permissions(&beside, permissions);
    }
    fs::rename(&beside, path).map_err(|wrong| {
        let _ = fs::remove_file(&beside);
        failed(wrong)
    })
}

fn print_coverage(flows: &[FlowCoverage], out: Out) -> Result<(), Failure> {
    for flow in flows {
        out.object(&BTreeMap::from([("coverage", flow)]))?;
    }
    Ok(out.text(&rehearsal::report::coverage(flows))?)
}

fn broken(findings: &[Finding]) -> Failure {
    let rendered: Vec<_> = findings.iter().map(|finding| finding.render(false)).collect();
    Failure::usage(rendered.join("\n"))
}

fn wrong(wrong: Wrong) -> Failure {
    match wrong {
        Wrong::File(findings) => broken(&findings),
        Wrong::Config(error) => Failure::usage(error),
    }
}

/// The test files of folders and single files.
fn read(paths: &[PathBuf]) -> Result<Vec<SourceFile>, Failure> {
    let mut files = Vec::new();
    for path in paths {
        for file in check::list(path)?.into_iter().filter(|file| file.extension().is_none_or(|e| e != "rhai")) {
            let bytes = fs::read(&file).map_err(|wrong| check::unreadable(&file, &wrong))?;
            files.push(SourceFile::from_bytes(file.display().to_string(), &bytes));
        }
    }
    if files.is_empty() {
        let places: Vec<_> = paths.iter().map(|path| path.display().to_string()).collect();
        return Err(Failure::usage(format!("no conversation test (.yaml) in {}", places.join(", "))));
    }
    Ok(files)
}

/// Where tests are if no path is named: `tests` in the folder of the dialogs, or `tests/conversations` here.
pub fn usual_paths(dialogs: Option<&Path>) -> Result<Vec<PathBuf>, Failure> {
    let beside = dialogs.map(|dialogs| dialogs.join("tests"));
    let here = PathBuf::from("tests/conversations");
    match beside.into_iter().chain([here]).find(|folder| folder.is_dir()) {
        Some(folder) => Ok(vec![folder]),
        None => Err(Failure::usage("where are the conversation tests? Name files or a folder: sayso test PATH")),
    }
}
