//! Every message of version 1 as it was first written down: each is still read, and written as it stands.
//!
//! The files of `corpus/v1` are never changed once a version is released; a minor version adds files. What a later version
//! may add to a message, it adds to what is written here, and nothing may be missing.
#![allow(clippy::unwrap_used, clippy::panic)]

use sayso_plugin_interface::abi_v1::{FromPlugin, ToPlugin, VERBS};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::path::Path;

fn corpus() -> BTreeMap<String, Value> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("corpus/v1");
    let entries = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let read = |path: &Path| serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
    entries.map(|path| (path.file_stem().unwrap().to_string_lossy().into_owned(), read(&path))).collect()
}

/// A message read and written again; `None` if it is taken for one of a later version.
fn through(name: &str, message: &Value) -> Option<Value> {
    let text = message.to_string();
    let wrong = |error: serde_json::Error| -> Value { panic!("{name}: {error}") };
    if name.starts_with("to_plugin.") {
        let read: ToPlugin = serde_json::from_str(&text).unwrap_or_else(|error| panic!("{name}: {error}"));
        (read != ToPlugin::Unknown).then(|| serde_json::to_value(read).unwrap_or_else(wrong))
    } else {
        let read: FromPlugin = serde_json::from_str(&text).unwrap_or_else(|error| panic!("{name}: {error}"));
        (read != FromPlugin::Unknown).then(|| serde_json::to_value(read).unwrap_or_else(wrong))
    }
}

/// The first place of `wanted` that `written` says otherwise; `written` may say more.
fn difference(wanted: &Value, written: &Value, place: &str) -> Option<String> {
    match (wanted, written) {
        (Value::Object(wanted), Value::Object(written)) => wanted.iter().find_map(|(key, value)| {
            difference(value, written.get(key).unwrap_or(&Value::Null), &format!("{place}/{key}"))
        }),
        (wanted, written) if wanted == written => None,
        (wanted, written) => Some(format!("{place}: {wanted} became {written}")),
    }
}

#[test]
fn every_message_is_read_and_written_as_it_stands() {
    let corpus = corpus();
    assert!(corpus.len() >= 79, "messages are missing from the corpus");
    for (name, message) in &corpus {
        let written = through(name, message).unwrap_or_else(|| panic!("{name} is no longer known"));
        assert_eq!(difference(message, &written, ""), None, "{name}");
        // Once more through its own writing: nothing is lost that this version adds.
        assert_eq!(through(name, &written).unwrap(), written, "{name}");
    }
}

/// Adds a field that nobody knows to every object, except to money, which is read strictly.
fn with_later_fields(message: &Value) -> Value {
    match message {
        Value::Object(fields) => {
            let mut more: serde_json::Map<_, _> =
                fields.iter().map(|(key, value)| (key.clone(), with_later_fields(value))).collect();
            let money = more.contains_key("minor");
            // What the operator calls the parts of an account is data.
            let data = more.len() == 1 && more.contains_key("account") && more["account"].is_string()
                || more.contains_key("payment_method");
            if !money && !data {
                more.insert("since_a_later_version".into(), json!({ "x": [1, null] }));
            }
            Value::Object(more)
        }
        Value::Array(items) => items.iter().map(with_later_fields).collect(),
        other => other.clone(),
    }
}

#[test]
fn fields_of_a_later_version_are_ignored() {
    for (name, message) in corpus() {
        let plain = through(&name, &message).unwrap();
        assert_eq!(through(&name, &with_later_fields(&message)).unwrap(), plain, "{name}");
    }
}

#[test]
fn fields_that_may_be_left_out_may_be_left_out() {
    for (name, field) in [
        ("to_plugin.call.pay", "/request/authorize_only"),
        ("to_plugin.call.pay", "/request/payee/account"),
        ("to_plugin.response", "/response/headers"),
        ("to_plugin.response", "/response/body"),
        ("from_plugin.http", "/request/headers"),
        ("from_plugin.http", "/request/body"),
        ("from_plugin.http", "/request/idempotent"),
        ("from_plugin.ready", "/capabilities/limits"),
        ("from_plugin.ready", "/capabilities/secrets"),
        ("from_plugin.ready", "/capabilities/handoff"),
        ("from_plugin.return.pay.succeeded", "/answer/receipt/payee"),
    ] {
        let mut message = corpus()[name].clone();
        let (parent, key) = field.rsplit_once('/').unwrap();
        message.pointer_mut(parent).unwrap().as_object_mut().unwrap().remove(key).unwrap();
        assert!(through(name, &message).is_some(), "{name} without {field}");
    }
}

#[test]
fn every_type_verb_and_status_has_its_message() {
    let corpus = corpus();
    let count =
        |pointer: &str, value: &str| corpus.values().filter(|m| m.pointer(pointer) == Some(&json!(value))).count();
    for kind in [
        "call",
        "response",
        "no_response",
        "random",
        "abandon",
        "description",
        "ready",
        "refused",
        "http",
        "log",
        "return",
        "failed",
    ] {
        assert!(count("/type", kind) > 0, "{kind}");
    }
    for verb in VERBS {
        assert!(count("/verb", verb) > 1, "{verb}");
    }
    let known = |verb: &Value| verb.as_str().is_some_and(|verb| VERBS.contains(&verb));
    assert!(corpus.values().filter_map(|message| message.get("verb")).all(known), "a verb is missing from the list");
    for status in ["succeeded", "authorized", "failed", "not_sent", "unknown", "action_required", "pending"] {
        assert!(count("/answer/status", status) > 0, "{status}");
    }
    assert!(count("/answer/outcome/status", "approved") > 0);
}

/// Every JSON example of the protocol's description.
#[test]
fn the_examples_of_the_description_are_messages() {
    let text = std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("PROTOCOL.md")).unwrap();
    let (from_host, from_plugin) = text.split_once("### From the plugin").unwrap();
    let mut seen = 0;
    for (name, part) in [("to_plugin.", from_host), ("from_plugin.", from_plugin)] {
        let blocks = part.split("```json\n").skip(1).filter_map(|rest| rest.split("```").next());
        for line in blocks.flat_map(str::lines).filter(|line| !line.is_empty()) {
            let message: Value = serde_json::from_str(line).unwrap_or_else(|error| panic!("{line}: {error}"));
            let written = through(name, &message).unwrap_or_else(|| panic!("unknown: {line}"));
            assert_eq!(difference(&message, &written, ""), None, "{line}");
            seen += 1;
        }
    }
    assert!(seen >= 13, "only {seen} examples");
}
