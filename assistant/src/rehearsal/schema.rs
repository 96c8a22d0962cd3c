//! The test format as a JSON Schema, from the very tables by which files are read: editors complete and check with it.

use super::keys::{
    CONVERSATION, DECLINES, FILE, HISTORY, OUTCOMES, PHONES, REFUNDS, SCHEDULED, TURN, UNDERSTOOD, UNITS, VOICES,
};
use crate::dialog::{self, Key, Shape};
use crate::lang::Lang;
use serde_json::{Value, json};

/// The schema of a file of conversation tests.
#[must_use]
pub fn schema() -> Value {
    let mut schema = object(FILE, "Conversations, and what must come of them.");
    if let Value::Object(schema) = &mut schema {
        schema.insert("$schema".to_owned(), "https://json-schema.org/draft/2020-12/schema".into());
        schema.insert("title".to_owned(), "Sayso conversation tests".into());
        schema.insert(
            "$defs".to_owned(),
            json!({
                "conversation": object(CONVERSATION, "One conversation."),
                "turn": object(TURN, "What the person says, and what must come of it."),
                "payment": object(HISTORY, "A payment that was made before."),
                "later": object(SCHEDULED, "A payment that was put down for later."),
                "understood": object(UNDERSTOOD, "What the words must mean."),
            }),
        );
    }
    schema
}

fn object(keys: &[Key], about: &str) -> Value {
    dialog::mapping(keys, about, shape)
}

fn plain() -> Value {
    json!({ "type": ["string", "number", "boolean"] })
}

fn one_or_list(item: &Value) -> Value {
    json!({ "oneOf": [item, { "type": "array", "items": item }] })
}

fn shape(key: &Key) -> Value {
    let list_of =
        |name: &str| json!({ "type": "array", "items": { "$ref": format!("#/$defs/{name}") }, "minItems": 1 });
    let outcomes = OUTCOMES.iter().map(|name| (*name).to_owned());
    let declines = DECLINES.iter().map(|reason| format!("declined {reason}"));
    let ways = ["action_required link", "action_required qr", "action_required app"].map(str::to_owned);
    match key.name {
        _ if key.shape == Shape::Flag => json!({ "type": "boolean" }),
        "conversations" => list_of("conversation"),
        "turns" => list_of("turn"),
        "history" => list_of("payment"),
        "scheduled" => list_of("later"),
        "understood" => json!({ "$ref": "#/$defs/understood" }),
        "lang" => json!({ "enum": Lang::ALL.map(Lang::code) }),
        "refund" => json!({ "enum": REFUNDS.map(|(word, _)| word) }),
        "voice" => json!({ "enum": VOICES.map(|(word, _)| word) }),
        "phone" => json!({ "enum": PHONES.map(|(word, _)| word) }),
        "outcome" => json!({ "enum": outcomes.chain(declines).chain(ways).collect::<Vec<_>>() }),
        "later" => {
            let units: Vec<String> = UNITS.iter().map(|(unit, _)| format!("{unit}s?")).collect();
            json!({ "type": "string", "pattern": format!("^[0-9]+ ({})$", units.join("|")) })
        }
        "after" => json!({ "type": "integer", "minimum": 0 }),
        "hears" | "never" | "paid" | "acts" | "entities" => one_or_list(&plain()),
        "slots" => json!({ "type": "object", "additionalProperties": plain() }),
        "scripts" => {
            let answer = json!({ "oneOf": [
                { "const": "fails" },
                { "type": "object", "additionalProperties": one_or_list(&plain()) },
            ] });
            let functions = json!({ "type": "object", "additionalProperties": answer });
            json!({ "type": "object", "additionalProperties": functions })
        }
        "household" => json!({ "type": "object" }),
        "providers" | "authentication" => json!({ "type": "array", "items": { "type": "object" } }),
        _ => plain(),
    }
}
