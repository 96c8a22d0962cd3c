//! Holds the conversations beside this file with the shipped dialogs and the example household: the same that
//! `sayso test` does. Each file is a hazard; a conversation that has no `paid:` must pay nothing.

#![allow(clippy::unwrap_used, clippy::panic)]

mod restated;
mod table;

use sayso::dialog::{Dialogs, Probe, SourceFile, shipped};
use sayso::rehearsal::stage::Learnt;
use sayso::rehearsal::{Setting, Stage, TestFile, coverage, read, report};
use std::fs;
use std::path::PathBuf;

fn files() -> Vec<(SourceFile, TestFile)> {
    let folder = PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../tests/conversations"));
    let mut found = Vec::new();
    for entry in fs::read_dir(&folder).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_some_and(|ending| ending == "yaml") {
            let name = path.file_name().unwrap().to_string_lossy().into_owned();
            let source = SourceFile::new(name, fs::read_to_string(&path).unwrap());
            let file = test_file(&source);
            found.push((source, file));
        }
    }
    found.sort_by(|a, b| a.0.name.cmp(&b.0.name));
    found
}

fn test_file(source: &SourceFile) -> TestFile {
    let shown = |findings: Vec<sayso::dialog::Finding>| findings.iter().map(|f| f.render(false)).collect::<String>();
    read(source).unwrap_or_else(|findings| panic!("{}", shown(findings)))
}

fn dialogs() -> Dialogs {
    Dialogs::load(&shipped()).unwrap().dialogs
}

/// The number of conversations, those that went wrong as text, and which hazards they met.
fn hold(dialogs: &Dialogs, files: &[(SourceFile, TestFile)], probe: &mut Probe) -> (usize, Vec<String>, table::Met) {
    let (mut learnt, mut count, mut failed) = (Learnt::default(), 0, Vec::new());
    let mut met = table::Met::new();
    for (source, file) in files {
        let stage = Stage::set(dialogs, &Setting::example(), file, source, &mut learnt).unwrap();
        for conversation in &file.conversations {
            count += 1;
            let held = stage.hold(file, conversation, probe);
            table::note(&mut met, conversation, &held);
            if !held.differences.is_empty() {
                failed.push(report::failed(&file.name, conversation, &held));
            }
        }
    }
    (count, failed, met)
}

#[test]
fn every_conversation_goes_as_it_should() {
    let (dialogs, mut probe) = (dialogs(), Probe::new());
    let (count, failed, met) = hold(&dialogs, &files(), &mut probe);
    assert!(failed.is_empty(), "{} of {count} conversations went wrong:\n\n{}", failed.len(), failed.join("\n\n"));
    let covered = coverage(&dialogs, &probe);
    for flow in &covered {
        assert!(flow.steps.reached > 0, "no conversation is about the flow `{}`", flow.flow);
    }
    let unknown = table::unknown(covered.iter().map(|flow| flow.flow.as_str()));
    assert!(
        unknown.is_empty(),
        "tests/conversations/table.rs does not say which hazards these flows meet: {unknown:?}"
    );
    let holes = table::holes(&met);
    assert!(holes.is_empty(), "{} holes:\n{}", holes.len(), holes.join("\n"));
}

#[test]
fn a_wrong_expectation_is_found() {
    let text = "
conversations:
  - name: wrong
    lang: en
    turns: [{said: What can I do here?, hears: [something that is never said]}]
";
    let source = SourceFile::new("wrong.yaml", text);
    let file = test_file(&source);
    let (_, failed, _) = hold(&dialogs(), &[(source, file)], &mut Probe::new());
    assert!(failed.concat().contains("something that is never said"), "{failed:?}");
}
