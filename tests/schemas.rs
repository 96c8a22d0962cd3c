//! The JSON schemas that editors use: they take what Sayso takes, refuse what it refuses, and explain every key.
#![allow(clippy::unwrap_used, clippy::panic)]

use jsonschema::Validator;
use sayso::dialog::{Dialogs, SourceFile, shipped};
use serde_json::Value;
use std::fs;
use std::path::PathBuf;

fn flows() -> Validator {
    jsonschema::validator_for(&sayso::dialog::schema()).unwrap()
}

fn tests() -> Validator {
    jsonschema::validator_for(&sayso::rehearsal::schema::schema()).unwrap()
}

fn yaml(text: &str) -> Value {
    serde_yaml::from_str(text).unwrap_or_else(|wrong| panic!("{wrong}:\n{text}"))
}

#[track_caller]
fn takes(schema: &Validator, name: &str, text: &str) {
    let value = yaml(text);
    let wrong: Vec<String> = schema.iter_errors(&value).map(|e| format!("{}: {e}", e.instance_path())).collect();
    assert!(wrong.is_empty(), "{name}:\n{}", wrong.join("\n"));
}

#[test]
fn shipped_files_are_taken() {
    let (flows, tests) = (flows(), tests());
    for file in shipped().iter().filter(|file| file.ending() == "yaml") {
        takes(&flows, &file.name, &file.text);
    }
    let folder = PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../tests/conversations"));
    let mut count = 0;
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_some_and(|ending| ending == "yaml") {
            takes(&tests, &path.display().to_string(), &fs::read_to_string(&path).unwrap());
            count += 1;
        }
    }
    assert!(count > 5, "the conversations are not where this test looks");
}

const FLOW: &str = "flow: order
title: {en: ordering, zh: 点单}
triggers: {en: [an order], zh: 点单}
slots:
  size:
    type: number
    ask: {en: How many?, zh: 几个？}
    validate: {check: size > 0, say: {en: More than none., zh: 至少一个。}}
steps:
  - collect: size
  - if: size > 1
    then:
      - say: {en: [Many., {written: 'Many!', spoken: Many}], zh: 多。}
  - end
";

#[test]
fn what_is_wrong_in_a_flow_is_wrong_for_editors_too() {
    let schema = flows();
    let right = |text: &str| Dialogs::load(&[SourceFile::new("order.yaml", text)]).is_ok();
    takes(&schema, "the sample", FLOW);
    assert!(right(FLOW));
    for (from, to) in [
        ("flow: order", "flow: Order!"),
        ("flow: order\n", ""),
        ("title:", "titel:"),
        ("type: number", "type: numbr"),
        ("ask: {en", "ask: {eng"),
        ("  - end", "  - finish"),
        ("  - collect: size", "  - colect: size"),
        ("    then:", "    than:"),
        ("spoken: Many", "said: Many"),
        ("validate: {check: size > 0, ", "validate: {"),
    ] {
        let wrong = FLOW.replacen(from, to, 1);
        assert_ne!(wrong, FLOW, "{from}");
        assert!(!schema.is_valid(&yaml(&wrong)), "the schema takes {to}");
        assert!(!right(&wrong), "Sayso takes {to}");
    }
}

const TEST: &str = "now: 2026-11-25 09:00
history: [{payee: water, amount: 20.00 USD, day: 2026-10-03, open: true}]
scripts: {pay_bill: {bill_of: {due: 99.00 USD}, bills_due: fails}}
conversations:
  - name: a
    lang: en
    turns:
      - {said: hello, understood: {intent: greeting, acts: [help], entities: none}, hears: [Hello], never: Bye}
      - {later: 3 minutes, outcome: declined expired, slots: {amount: none}, awaiting: consent, flow: none, paid: none}
    paid: [1.00 USD to water with stripe]
";

#[test]
fn what_is_wrong_in_a_test_is_wrong_for_editors_too() {
    let schema = tests();
    let right = |text: &str| sayso::rehearsal::read(&SourceFile::new("t.yaml", text)).is_ok();
    takes(&schema, "the sample", TEST);
    assert!(right(TEST));
    for (from, to) in [
        ("conversations:", "conversation:"),
        ("lang: en", "lang: fr"),
        ("    lang: en\n", ""),
        ("said:", "says:"),
        ("3 minutes", "3 moons"),
        ("declined expired", "declined rudely"),
        ("intent:", "intend:"),
        ("amount: 20.00 USD, ", ""),
        ("open: true", "open: maybe"),
        ("bills_due: fails", "bills_due: breaks"),
    ] {
        let wrong = TEST.replacen(from, to, 1);
        assert_ne!(wrong, TEST, "{from}");
        assert!(!schema.is_valid(&yaml(&wrong)), "the schema takes {to}");
        assert!(!right(&wrong), "Sayso takes {to}");
    }
}

/// The paths of all keys without a description.
fn unexplained(schema: &Value, path: &str, found: &mut Vec<String>) {
    if let Some(properties) = schema.get("properties").and_then(Value::as_object) {
        for (name, property) in properties {
            if property.get("description").and_then(Value::as_str).is_none_or(str::is_empty) {
                found.push(format!("{path}/{name}"));
            }
        }
    }
    match schema {
        Value::Object(entries) => {
            entries.iter().for_each(|(key, value)| unexplained(value, &format!("{path}/{key}"), found))
        }
        Value::Array(items) => items.iter().for_each(|item| unexplained(item, path, found)),
        _ => {}
    }
}

#[test]
fn every_key_is_explained() {
    for schema in [sayso::dialog::schema(), sayso::rehearsal::schema::schema()] {
        let mut found = Vec::new();
        unexplained(&schema, "", &mut found);
        assert!(found.is_empty(), "without a description: {}", found.join(", "));
    }
}
