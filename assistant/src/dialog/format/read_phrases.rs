//! Reads a file of phrases.

use super::super::phrases::{PHRASES, Phrases};
use super::super::place::Report;
use super::super::yaml::{Node, NodeValue};
use super::keys::RETRIES;
use super::read::{self, unknown_key};
use super::read_slot::retries;
use super::read_text;
use crate::dialog::check::texts::check_texts;

/// True if this tree is a file of phrases and not a flow.
#[must_use]
pub fn is_phrases(root: &Node) -> bool {
    matches!(&root.value, NodeValue::Map(entries) if entries.iter().any(|(key, _)| key.value == "phrases")
        || (entries.iter().any(|(key, _)| key.value == "retries") && !entries.iter().any(|(key, _)| key.value == "flow")))
}

/// Reads a file of phrases into `phrases`, over what is there.
pub fn phrases(report: &mut Report, root: &Node, phrases: &mut Phrases) {
    for (key, node) in read::map(report, root, "a file of phrases").unwrap_or_default() {
        if key.value == "retries" {
            if let Some(fields) = read::fields(report, node, RETRIES, "`retries`", key.place) {
                phrases.retries = retries(report, &fields);
            }
            continue;
        }
        if key.value != "phrases" {
            unknown_key(report, key, ["phrases", "retries"].into_iter(), "a file of phrases");
            continue;
        }
        for (name, node) in read::map(report, node, "the list of phrases").unwrap_or_default() {
            let Some(known) = PHRASES.iter().find(|known| known.name == name.value) else {
                unknown_key(report, name, PHRASES.iter().map(|known| known.name), "the list of phrases");
                continue;
            };
            let texts = read_text::texts(report, node, name.place);
            check_texts(report, &texts, known.holes);
            phrases.set(known.name, texts);
        }
    }
}
