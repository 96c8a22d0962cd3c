//! Runs the conversations beside this file: real words through understanding and dialog, with stubbed provider outcomes.
//! Each file is a hazard; a conversation that has no `paid:` must pay nothing.

#![allow(clippy::unwrap_used, clippy::panic)]

mod file;
mod talk;

use file::{Conversation, File};
use std::fs;
use std::path::PathBuf;

fn files() -> Vec<(String, File)> {
    let folder = PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../tests/conversations"));
    let mut found = Vec::new();
    for entry in fs::read_dir(&folder).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_some_and(|ending| ending == "yaml") {
            let name = path.file_name().unwrap().to_string_lossy().into_owned();
            let text = fs::read_to_string(&path).unwrap();
            let file = read(&text).unwrap_or_else(|error| panic!("{name}: {error}"));
            found.push((name, file));
        }
    }
    found.sort_by(|a, b| a.0.cmp(&b.0));
    found
}

fn read(text: &str) -> Result<File, String> {
    serde_yaml::from_str(text).map_err(|error| error.to_string())
}

#[test]
fn every_conversation_goes_as_it_should() {
    let assistant = talk::assistant();
    let (mut count, mut failed) = (0, Vec::new());
    for (name, file) in files() {
        for conversation in &file.conversations {
            count += 1;
            if let Err(message) = talk::hold(&assistant, &file, conversation) {
                failed.push(format!("{name}: {} ({})\n{message}", conversation.name, conversation.lang));
            }
        }
    }
    assert!(failed.is_empty(), "{} of {count} conversations went wrong:\n\n{}", failed.len(), failed.join("\n\n"));
}

#[test]
fn there_are_conversations_for_every_hazard_in_both_languages() {
    let files = files();
    let hazards =
        ["ambiguity", "cancellations", "corrections", "digressions", "failures", "happy", "refusals", "silence"];
    for hazard in hazards {
        let file = files.iter().find(|(name, _)| name.starts_with(hazard));
        let conversations = file.map(|(_, file)| file.conversations.as_slice()).unwrap_or_default();
        for lang in ["en", "zh"] {
            let of_lang = |conversation: &&Conversation| conversation.lang.code() == lang;
            assert!(conversations.iter().any(|c| of_lang(&c)), "no conversation about {hazard} in {lang}");
        }
    }
}

#[test]
fn a_wrong_expectation_is_found() {
    let assistant = talk::assistant();
    let text = "
conversations:
  - name: wrong
    lang: en
    turns: [{said: What can I do here?, hears: [something that is never said]}]
";
    let file = read(text).unwrap();
    let wrong = talk::hold(&assistant, &file, &file.conversations[0]).unwrap_err();
    assert!(wrong.contains("something that is never said"), "{wrong}");
}
