//! The flow format as a JSON Schema, from the very tables by which files are read: editors complete and check with it.

use super::keys::{
    COLLECT, FLOW, HANDOFF, Key, PAY, REFUND, REPAIR, RETRIES, SLOT, STEPS, Shape, UNSCHEDULE, VALIDATION, VARIANT,
};
use crate::dialog::phrases::PHRASES;
use crate::lang::Lang;
use serde_json::{Map, Value, json};

/// A name in a flow file.
const NAME: &str = "^[a-z][a-z0-9_]*$";

/// The schema of a file in `dialogs/`: a flow, a repair file, or a file of phrases.
#[must_use]
pub fn schema() -> Value {
    let steps: Vec<Value> = STEPS
        .iter()
        .map(|step| {
            let mut keys = vec![Key { required: true, ..step.key }];
            keys.extend(step.beside);
            object(&keys, step.key.about)
        })
        .chain([json!({ "const": "end" })])
        .collect();
    json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "A Sayso flow",
        "description": "One conversation, as dialogs/README.md explains it. Made from the program's own tables: do not edit.",
        "if": { "anyOf": [{ "required": ["phrases"] }, { "required": ["retries"] }] },
        "then": { "$ref": "#/$defs/phrases" },
        "else": {
            "if": { "required": ["repair"] },
            "then": { "$ref": "#/$defs/repair" },
            "else": { "$ref": "#/$defs/flow" },
        },
        "$defs": {
            "flow": object(FLOW, "A flow."),
            "repair": object(REPAIR, "What is said and done when a conversation does not go straight."),
            "slot": object(SLOT, "A value that a flow asks for or computes."),
            "validation": object(VALIDATION, "A condition on a value."),
            "collect": object(COLLECT, "Asks for a slot, unless it has a value."),
            "pay": object(PAY, "Reads the payment back, waits for a clear yes, and pays."),
            "unschedule": object(UNSCHEDULE, "Asks whether a payment for later is to be ended, and ends it."),
            "refund": object(REFUND, "Finds a payment, reads back what comes back, waits for a clear yes."),
            "handoff": object(HANDOFF, "Lets the person go on elsewhere."),
            "retries": object(RETRIES, "When to give up, in the whole project."),
            "steps": { "oneOf": [{ "type": "array", "items": { "$ref": "#/$defs/step" } }, { "const": "end" }] },
            "step": { "oneOf": steps },
            "texts": per_lang(&json!({ "oneOf": [{ "$ref": "#/$defs/variant" }, list_of("variant")] })),
            "variant": variant(),
            "sentences": per_lang(&json!({ "oneOf": [plain(), { "type": "array", "items": plain() }] })),
            "phrases": phrases(),
        },
    })
}

fn plain() -> Value {
    json!({ "type": ["string", "number", "boolean"] })
}

fn list_of(definition: &str) -> Value {
    json!({ "type": "array", "items": { "$ref": format!("#/$defs/{definition}") }, "minItems": 1 })
}

fn per_lang(value: &Value) -> Value {
    let one = |lang: Lang| {
        let about = match lang {
            Lang::En => "In English.",
            Lang::Zh => "In Chinese.",
        };
        (lang.code().to_owned(), described(value.clone(), about))
    };
    let langs: Map<String, Value> = Lang::ALL.into_iter().map(one).collect();
    json!({ "type": "object", "properties": langs, "additionalProperties": false, "minProperties": 1 })
}

fn variant() -> Value {
    let forms: Map<String, Value> =
        VARIANT.iter().map(|key| (key.name.to_owned(), described(plain(), key.about))).collect();
    json!({ "oneOf": [plain(), {
        "type": "object",
        "properties": forms,
        "required": ["written"],
        "additionalProperties": false,
    }] })
}

/// A schema with the words that editors show for it.
fn described(mut schema: Value, about: &str) -> Value {
    if let Value::Object(schema) = &mut schema {
        schema.insert("description".to_owned(), about.into());
    }
    schema
}

fn object(keys: &[Key], about: &str) -> Value {
    mapping(keys, about, |key| shape(key.shape))
}

/// The schema of a mapping with these keys and no others; `shape` gives what may follow each.
pub fn mapping(keys: &[Key], about: &str, shape: impl Fn(&Key) -> Value) -> Value {
    let properties: Map<String, Value> = keys
        .iter()
        .map(|key| {
            let mut shape = shape(key);
            if let Value::Object(shape) = &mut shape {
                shape.insert("description".to_owned(), key.about.into());
            }
            (key.name.to_owned(), shape)
        })
        .collect();
    let required: Vec<&str> = keys.iter().filter(|key| key.required).map(|key| key.name).collect();
    json!({
        "type": "object",
        "description": about,
        "properties": properties,
        "required": required,
        "additionalProperties": false,
    })
}

fn shape(shape: Shape) -> Value {
    let name = json!({ "type": "string", "pattern": NAME });
    let named =
        |value: Value| json!({ "type": "object", "propertyNames": { "pattern": NAME }, "additionalProperties": value });
    let one_or_list = |value: Value| json!({ "oneOf": [value.clone(), { "type": "array", "items": value }] });
    let to = |definition: &str| json!({ "$ref": format!("#/$defs/{definition}") });
    match shape {
        Shape::Name => name,
        Shape::Names => one_or_list(name),
        Shape::Expression => plain(),
        Shape::Expressions => named(plain()),
        Shape::Texts => to("texts"),
        Shape::Ladder => one_or_list(to("texts")),
        Shape::Sentences => to("sentences"),
        Shape::Flag => json!({ "type": "boolean" }),
        Shape::Word(words) => json!({ "enum": words }),
        Shape::Options => named(to("sentences")),
        Shape::Validations => one_or_list(to("validation")),
        Shape::Steps => to("steps"),
        Shape::Slots => named(to("slot")),
        Shape::Collect => json!({ "oneOf": [name, to("collect")] }),
        Shape::Pay => to("pay"),
        Shape::Refund => to("refund"),
        Shape::Unschedule => to("unschedule"),
        Shape::HandOff => to("handoff"),
        Shape::Renames => named(name),
        Shape::Count => json!({ "type": "integer", "minimum": 1, "maximum": 9 }),
        Shape::Plain => plain(),
        Shape::Nothing => json!({ "type": "null" }),
    }
}

fn phrases() -> Value {
    let properties: Map<String, Value> = PHRASES
        .iter()
        .map(|phrase| {
            let holes: Vec<String> = phrase.holes.iter().map(|hole| format!("{{{hole}}}")).collect();
            let known = if holes.is_empty() { String::new() } else { format!(" It may use {}.", holes.join(", ")) };
            let texts = json!({ "$ref": "#/$defs/texts", "description": format!("{}{known}", phrase.about) });
            (phrase.name.to_owned(), texts)
        })
        .collect();
    json!({
        "type": "object",
        "properties": {
            "retries": { "$ref": "#/$defs/retries", "description": "How often Sayso asks again, for the whole project." },
            "phrases": {
                "type": "object",
                "description": "The sentences that this project words in its own way; the others stay as they are shipped.",
                "properties": properties,
                "additionalProperties": false,
            },
        },
        "minProperties": 1,
        "additionalProperties": false,
    })
}

#[cfg(test)]
mod tests {
    use super::super::flow::{OUTCOMES, REFUND_OUTCOMES};
    use super::*;

    #[test]
    fn the_schema_in_the_folder_is_fresh() {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../dialogs/flow.schema.json");
        let fresh = format!("{}\n", serde_json::to_string_pretty(&schema()).unwrap());
        if std::env::var_os("SAYSO_UPDATE").is_some() {
            std::fs::write(path, &fresh).unwrap();
        }
        let there = std::fs::read_to_string(path).unwrap_or_default();
        assert!(there == fresh, "dialogs/flow.schema.json is not fresh: run the tests once with SAYSO_UPDATE=1");
    }

    #[test]
    fn the_schema_demands_every_outcome() {
        let required = &schema()["$defs"]["pay"]["required"];
        for outcome in OUTCOMES {
            assert!(required.as_array().unwrap().contains(&outcome.into()), "{outcome}");
        }
        let required = &schema()["$defs"]["refund"]["required"];
        for outcome in REFUND_OUTCOMES {
            assert!(required.as_array().unwrap().contains(&outcome.into()), "{outcome}");
        }
    }
}
