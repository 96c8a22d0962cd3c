//! Reads what is said and heard: texts and sentences per language.

use super::super::accidents;
use super::super::code;
use super::super::place::{Place, Placed, Report};
use super::super::yaml::{Node, NodeValue};
use super::keys::VARIANT;
use super::read;
use super::text::{Sentences, Template, Texts, Variant};
use crate::lang::Lang;

/// Reads `{en: ..., zh: ...}`; `at` is the place of the key, for what is missing.
pub fn texts(report: &mut Report, node: &Node, at: Place) -> Texts {
    let mut texts = Texts { place: at, ..Texts::default() };
    let errors = report.errors();
    if let NodeValue::Scalar(text) = &node.value {
        let hint = format!("write the language before the text: `en: {}`", text.chars().take(40).collect::<String>());
        report.find(&code::NO_LANGUAGE, node.place, "it is not said in which language this text is", hint);
        return texts;
    }
    for (lang, node) in languages(report, node) {
        let variants: Vec<Variant> = read::list(node).into_iter().filter_map(|item| variant(report, item)).collect();
        if variants.is_empty()
            && matches!(node.value, NodeValue::List(_) | NodeValue::Scalar(_))
            && report.errors() == errors
        {
            report.find(
                &code::EMPTY_TEXT,
                node.place,
                "this text is empty",
                "write what is to be said, or leave the line out",
            );
        }
        if !variants.is_empty() {
            texts.variants.insert(lang, variants);
        }
    }
    texts.flawed = report.errors() > errors;
    texts
}

/// Reads a text, or a list of texts for the first time, the second time ...
pub fn ladder(report: &mut Report, node: &Node, at: Place) -> Vec<Texts> {
    match &node.value {
        NodeValue::List(rungs) => rungs.iter().map(|rung| texts(report, rung, rung.place)).collect(),
        _ => vec![texts(report, node, at)],
    }
}

/// Reads `{en: [...], zh: [...]}`.
pub fn sentences(report: &mut Report, node: &Node) -> Sentences {
    let mut found = Sentences::new();
    for (lang, node) in languages(report, node) {
        for item in read::list(node) {
            let sentence = read::text(report, item, "a sentence");
            if let Some(sentence) = sentence {
                looked_over(report, item, &sentence.value);
                found.push((lang, sentence));
            }
        }
    }
    found
}

fn languages<'n>(report: &mut Report, node: &'n Node) -> Vec<(Lang, &'n Node)> {
    let mut found = Vec::new();
    for (key, value) in read::map(report, node, "a text").unwrap_or_default() {
        match key.value.parse() {
            Ok(lang) => found.push((lang, value)),
            Err(_) => {
                let hint = format!("use one of: {}", Lang::ALL.map(Lang::code).join(", "));
                report.find(
                    &code::UNKNOWN_LANGUAGE,
                    key.place,
                    format!("`{}` is not a language that Sayso speaks", key.value),
                    hint,
                );
            }
        }
    }
    found
}

/// Tells of what is odd about a text that can be read.
fn looked_over(report: &mut Report, node: &Node, text: &str) {
    if let Some(odd) = accidents::found_in_text(report.file(), node, text) {
        odd.tell(report);
    }
}

fn variant(report: &mut Report, node: &Node) -> Option<Variant> {
    if let NodeValue::Map(entries) = &node.value {
        if !entries.iter().any(|(key, _)| VARIANT.iter().any(|known| known.name == key.value)) {
            read::text(report, node, "a text");
            return None;
        }
        let fields = read::fields(report, node, VARIANT, "a text", node.place)?;
        let written = template(report, fields.get("written")?)?;
        let spoken = fields.get("spoken").and_then(|node| template(report, node));
        return Some(Variant { written, spoken });
    }
    template(report, node).map(|written| Variant { written, spoken: None })
}

/// Reads one text with holes.
pub fn template(report: &mut Report, node: &Node) -> Option<Template> {
    let Placed { value, place } = read::text(report, node, "a text")?;
    looked_over(report, node, &value);
    match Template::parse(&value, place) {
        Ok(template) => Some(template),
        Err(message) => {
            let hint = "write {slot} where a value belongs, and {{ or }} where a brace is meant";
            report.find(&code::BAD_BRACES, place, message, hint);
            None
        }
    }
}
