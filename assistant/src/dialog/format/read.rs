//! The parts that every reader of a tree needs: mappings by table, names, flags.

use super::super::accidents;
use super::super::code;
use super::super::place::{Place, Placed, Report, suggest};
use super::super::yaml::{Node, NodeValue};
use super::flow::OUTCOMES;
use super::keys::{FLOW, Key, PAY, SLOT, VALIDATION, VARIANT};

/// A mapping whose keys are all known.
pub struct Fields<'n> {
    /// Where it stands.
    pub place: Place,
    entries: Vec<(&'n Placed<String>, &'n Node)>,
}

impl<'n> Fields<'n> {
    /// The value of a key.
    pub fn get(&self, name: &str) -> Option<&'n Node> {
        self.entry(name).map(|(_, node)| node)
    }

    /// A key and its value.
    pub fn entry(&self, name: &str) -> Option<(&'n Placed<String>, &'n Node)> {
        self.entries.iter().find(|(key, _)| key.value == name).copied()
    }
}

/// Reads a mapping by its table: unknown and missing keys are reported. `at` is where to complain about what is missing.
pub fn fields<'n>(report: &mut Report, node: &'n Node, keys: &[Key], what: &str, at: Place) -> Option<Fields<'n>> {
    let entries = map(report, node, what)?;
    let mut known = Vec::new();
    for (key, value) in entries {
        if keys.iter().any(|k| k.name == key.value) {
            known.push((key, value));
        } else {
            unknown_key(report, key, keys.iter().map(|k| k.name), what);
        }
    }
    for key in keys.iter().filter(|key| key.required) {
        if !known.iter().any(|(k, _)| k.value == key.name) {
            let outcome = OUTCOMES.contains(&key.name);
            let code = if outcome { &code::UNHANDLED_OUTCOME } else { &code::MISSING_KEY };
            report.find(code, at, format!("{what} needs `{}:`", key.name), key.about);
        }
    }
    Some(Fields { place: node.place, entries: known })
}

/// Reports a key that does not exist here.
pub fn unknown_key<'k>(report: &mut Report, key: &Placed<String>, known: impl Iterator<Item = &'k str>, what: &str) {
    if let Some(accident) = accidents::keyless(key.place, &key.value) {
        return accident.tell(report);
    }
    let known: Vec<&str> = known.collect();
    let homes = [
        ("a flow", FLOW),
        ("a slot", SLOT),
        ("a validation", VALIDATION),
        ("the step `pay`", PAY),
        ("a text", VARIANT),
    ];
    let home = homes.iter().find(|(home, keys)| *home != what && keys.iter().any(|k| k.name == key.value));
    let near = known.iter().any(|k| strsim::damerau_levenshtein(k, &key.value) < 2);
    let hint = match home {
        Some((home, _)) if !near => {
            format!("`{}:` belongs to {home}: does this line begin in the right column?", key.value)
        }
        _ => suggest(&key.value, known),
    };
    report.find(&code::UNKNOWN_KEY, key.place, format!("{what} has no `{}:`", key.value), hint);
}

/// The entries of a mapping.
pub fn map<'n>(report: &mut Report, node: &'n Node, what: &str) -> Option<&'n [(Placed<String>, Node)]> {
    match &node.value {
        NodeValue::Map(entries) => Some(entries),
        NodeValue::Scalar(text) => {
            match accidents::keyless(node.place, text) {
                Some(accident) => accident.tell(report),
                None => {
                    let message = format!("{what} is written as keys with values");
                    report.find(&code::YAML_LIST_FOR_MAP, node.place, message, "write `key: value`, one a line");
                }
            }
            None
        }
        NodeValue::List(_) => {
            let message = format!("{what} is written as keys with values, not as a list");
            report.find(&code::YAML_LIST_FOR_MAP, node.place, message, "leave out the `- ` before each key");
            None
        }
    }
}

/// The items of a list; one value alone is taken for a list of one.
pub fn list(node: &Node) -> Vec<&Node> {
    match &node.value {
        NodeValue::List(items) => items.iter().collect(),
        NodeValue::Scalar(text) if text.is_empty() => Vec::new(),
        _ => vec![node],
    }
}

/// A text that is not empty.
pub fn text(report: &mut Report, node: &Node, what: &str) -> Option<Placed<String>> {
    match &node.value {
        NodeValue::Scalar(text) if !text.trim().is_empty() => Some(Placed::new(text.trim().to_owned(), node.place)),
        NodeValue::Scalar(_) => {
            report.find(&code::EMPTY_TEXT, node.place, format!("{what} is empty"), "write something after the colon");
            None
        }
        NodeValue::Map(entries) => {
            let hint = "a text with `: ` in it needs double quotes around it; so does one that begins with `{`";
            let hint = if entries.is_empty() { "put the text between double quotes" } else { hint };
            report.find(
                &code::YAML_BRACKET_TEXT,
                node.place,
                format!("{what} is one text, not keys with values"),
                hint,
            );
            None
        }
        NodeValue::List(_) => {
            report.find(
                &code::NOT_A_TEXT,
                node.place,
                format!("{what} is one text, not a list"),
                "a text that begins with `[` needs quotes",
            );
            None
        }
    }
}

/// A name: small letters, digits and `_`.
pub fn name(report: &mut Report, node: &Node, what: &str) -> Option<Placed<String>> {
    let found = text(report, node, what)?;
    check_name(report, &found, what).then_some(found)
}

/// The name of a slot, where a step says which one it means.
pub fn slot(report: &mut Report, node: &Node) -> Option<Placed<String>> {
    if let NodeValue::Map(entries) = &node.value
        && let [(key, value)] = entries.as_slice()
        && matches!(&value.value, NodeValue::Scalar(text) if text.is_empty())
    {
        let hint = format!("write the name alone: `{}`; braces are for texts", key.value);
        report.find(&code::YAML_BRACKET_TEXT, node.place, "a slot stands here without braces", hint);
        return None;
    }
    let found = text(report, node, "a slot")?;
    if found.value.starts_with(|c: char| c.is_ascii_digit() || matches!(c, '$' | '€' | '¥' | '￥' | '£')) {
        let message = format!("`{}` is a value, and the name of a slot belongs here", found.value);
        let hint = "declare a slot for it below `slots:`, give it the value with `- set:`, and name it here";
        report.find(&code::BAD_NAME, found.place, message, hint);
        return None;
    }
    check_name(report, &found, "a slot").then_some(found)
}

/// Reports a name that is not made of small letters, digits and `_`.
pub fn check_name(report: &mut Report, found: &Placed<String>, what: &str) -> bool {
    let word = &found.value;
    let good = word.starts_with(|c: char| c.is_ascii_lowercase())
        && word.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_');
    if !good {
        let message = format!("`{word}` is not a name for {what}");
        report.find(
            &code::BAD_NAME,
            found.place,
            message,
            "a name has small letters a-z, digits and `_`, and begins with a letter",
        );
    }
    good
}

/// `true` or `false`.
pub fn flag(report: &mut Report, node: &Node) -> bool {
    let NodeValue::Scalar(text) = &node.value else {
        report.find(&code::BAD_FLAG, node.place, "this is either `true` or `false`", "write true or false");
        return false;
    };
    let meant = match text.to_ascii_lowercase().as_str() {
        "true" | "false" if !node.plain => "write true or false, without quotes",
        "true" | "yes" | "on" | "y" | "1" => "write true",
        "false" | "no" | "off" | "n" | "0" => "write false",
        _ => "write true or false, without quotes",
    };
    if !(node.plain && matches!(text.as_str(), "true" | "false")) {
        let message = format!("`{text}` means nothing here: this is either `true` or `false`");
        report.find(&code::BAD_FLAG, node.place, message, meant);
    }
    text == "true"
}

/// A whole number from 1 to 9.
pub fn count(report: &mut Report, node: &Node) -> Option<usize> {
    let found = match &node.value {
        NodeValue::Scalar(text) => text.parse().ok().filter(|count| (1..=9).contains(count)),
        _ => None,
    };
    if found.is_none() {
        report.find(&code::BAD_VALUE, node.place, "this is a whole number from 1 to 9", "write how often, such as `3`");
    }
    found
}

/// One of several words; its index.
pub fn word(report: &mut Report, node: &Node, words: &[&'static str], what: &str) -> Option<&'static str> {
    let found = text(report, node, what)?;
    let known = words.iter().copied().find(|word| *word == found.value);
    if known.is_none() {
        let hint = suggest(&found.value, words.iter().copied());
        report.find(&code::UNKNOWN_WORD, found.place, format!("`{}` is not a {what}", found.value), hint);
    }
    known
}
