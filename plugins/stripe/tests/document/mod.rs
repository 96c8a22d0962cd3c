//! Stripe's own document: which operation a request is, and what its schema says of it.

use sayso_plugin_sdk::{HttpRequest, form};
use serde_json::{Map, Value, json};
use std::sync::LazyLock;

/// The part of Stripe's OpenAPI document that `openapi/extract.py` cut out.
pub fn document() -> &'static Value {
    static DOCUMENT: LazyLock<Value> =
        LazyLock::new(|| serde_json::from_str(include_str!("../openapi/stripe_2023-08-16.json")).unwrap());
    &DOCUMENT
}

/// A form as the JSON that it stands for, by its schema: `a[b][]=1` is `{"a":{"b":[1]}}`.
fn decoded(text: &str, schema: &Value) -> Value {
    let mut all = Value::Object(Map::new());
    for (name, value) in form::read(text) {
        let keys: Vec<&str> = name
            .split(['[', ']'])
            .enumerate()
            .filter(|(at, key)| at % 2 == 1 || !key.is_empty())
            .map(|(_, key)| key)
            .collect();
        let mut place = &mut all;
        let mut expected = schema.clone();
        for key in &keys {
            expected = within(&expected, key);
            place = match key.parse::<usize>() {
                Ok(_) | Err(_) if key.is_empty() || key.parse::<usize>().is_ok() => {
                    if !place.is_array() {
                        *place = json!([]);
                    }
                    let list = place.as_array_mut().unwrap();
                    let at = key.parse().unwrap_or(list.len());
                    while list.len() <= at {
                        list.push(json!({}));
                    }
                    &mut list[at]
                }
                _ => {
                    if !place.is_object() {
                        *place = json!({});
                    }
                    place.as_object_mut().unwrap().entry(key.to_string()).or_insert(json!({}))
                }
            };
        }
        *place = coerced(&value, &expected);
    }
    all
}

/// The schema of a field; through `anyOf` too.
fn within(schema: &Value, key: &str) -> Value {
    let each = schema["anyOf"].as_array().cloned().unwrap_or_else(|| vec![schema.clone()]);
    let found = each.iter().find_map(|schema| {
        let inner =
            if key.is_empty() || key.parse::<usize>().is_ok() { &schema["items"] } else { &schema["properties"][key] };
        let inner = if inner.is_null() { &schema["additionalProperties"] } else { inner };
        inner.is_object().then(|| inner.clone())
    });
    found.unwrap_or(Value::Null)
}

fn coerced(text: &str, schema: &Value) -> Value {
    let is = |kind: &str| {
        schema["type"] == kind
            || schema["anyOf"].as_array().is_some_and(|any| any.iter().any(|one| one["type"] == kind))
    };
    match text {
        _ if is("integer") && text.parse::<i64>().is_ok() => json!(text.parse::<i64>().unwrap()),
        "true" | "false" if is("boolean") => json!(text == "true"),
        _ => json!(text),
    }
}

/// What is wrong with a request by Stripe's document; `None` if nothing is.
pub fn wrong(request: &HttpRequest) -> Option<String> {
    let (address, query) = request.url.split_once('?').unwrap_or((&request.url, ""));
    let path = address.strip_prefix("https://api.stripe.com").unwrap();
    let paths = document()["paths"].as_object().unwrap();
    let like = |template: &str| {
        let (parts, theirs) = (path.split('/').collect::<Vec<_>>(), template.split('/').collect::<Vec<_>>());
        parts.len() == theirs.len()
            && parts
                .iter()
                .zip(&theirs)
                .all(|(part, their)| part == their || (their.starts_with('{') && !part.is_empty()))
    };
    let Some((_, operations)) = paths.iter().find(|(template, _)| like(template)) else {
        return Some(format!("no path {path}"));
    };
    let operation = &operations[request.method.to_lowercase()];
    if operation.is_null() {
        return Some(format!("no {} of {path}", request.method));
    }
    let query_schema = json!({ "type": "object", "additionalProperties": false, "properties": operation["query"] });
    let body_schema =
        if operation["body"].is_null() { json!({ "maxProperties": 0 }) } else { operation["body"].clone() };
    for (part, text, schema) in [("query", query, query_schema), ("body", request.body.as_str(), body_schema)] {
        let value = decoded(text, &schema);
        let validator = jsonschema::validator_for(&schema).unwrap();
        if let Some(error) = validator.iter_errors(&value).next() {
            return Some(format!("{part} of {} {path}: {error} at {}", request.method, error.instance_path()));
        }
    }
    None
}
