//! PayPal's own documents: which operation a request is, and what its schema says of it.

use sayso_plugin_sdk::HttpRequest;
use serde_json::{Value, json};

const DOCUMENTS: [&str; 4] = [
    include_str!("../openapi/orders.json"),
    include_str!("../openapi/payments.json"),
    include_str!("../openapi/vault.json"),
    include_str!("../openapi/webhooks.json"),
];

pub fn documents() -> Vec<Value> {
    DOCUMENTS.iter().map(|text| serde_json::from_str(text).unwrap()).collect()
}

/// Every value of `enum` below a schema of this name.
pub fn words(schema: &str, field: &str) -> Vec<String> {
    let mut found = Vec::new();
    for document in documents() {
        if let Some(schema) = document["components"]["schemas"].get(schema) {
            let listed = schema.pointer(&format!("/properties/{field}/enum")).or_else(|| schema.get("enum"));
            found.extend(
                listed.and_then(Value::as_array).into_iter().flatten().map(|word| word.as_str().unwrap().to_owned()),
            );
        }
    }
    assert!(!found.is_empty(), "{schema} is in no document");
    found
}

/// Every issue that any schema of an error names.
pub fn issues() -> Vec<String> {
    fn walk(node: &Value, found: &mut Vec<String>) {
        if let Some(listed) = node.pointer("/properties/issue/enum").and_then(Value::as_array) {
            found.extend(listed.iter().map(|issue| issue.as_str().unwrap().to_owned()));
        }
        match node {
            Value::Object(fields) => fields.values().for_each(|value| walk(value, found)),
            Value::Array(items) => items.iter().for_each(|value| walk(value, found)),
            _ => {}
        }
    }
    let mut found = Vec::new();
    documents().iter().for_each(|document| walk(document, &mut found));
    found
}

/// What PayPal's document has against this request; `None` if it is as it has to be.
pub fn objection(request: &HttpRequest, base: &str) -> Option<String> {
    let path = request.url.strip_prefix(base).unwrap();
    if path == "/v1/oauth2/token" {
        // OAuth is described in words only.
        return (request.body != "grant_type=client_credentials").then(|| "another grant".to_owned());
    }
    let (document, operation) = operation(&request.method.to_lowercase(), path)?;
    let Some(operation) = operation else { return Some(format!("{} {path} is in no document", request.method)) };
    let Some(schema) = operation.pointer("/requestBody/content/application~1json/schema") else {
        return (!request.body.is_empty()).then(|| "it takes no body".to_owned());
    };
    let required = operation.pointer("/requestBody/required") == Some(&json!(true));
    if request.body.is_empty() {
        return required.then(|| "it needs a body".to_owned());
    }
    let body: Value = serde_json::from_str(&request.body).unwrap();
    against(&document, schema, &body)
}

/// What a schema of a document has against a value.
pub fn against(document: &Value, schema: &Value, value: &Value) -> Option<String> {
    let whole = json!({ "allOf": [schema], "components": document["components"] });
    let validator = jsonschema::options().with_draft(jsonschema::Draft::Draft4).build(&whole).unwrap();
    let errors: Vec<String> =
        validator.iter_errors(value).map(|error| format!("{}: {error}", error.instance_path())).collect();
    (!errors.is_empty()).then(|| errors.join("; "))
}

/// The document that has this path, and its operation.
fn operation(method: &str, path: &str) -> Option<(Value, Option<Value>)> {
    let like = |template: &str| {
        let (template, path): (Vec<&str>, Vec<&str>) = (template.split('/').collect(), path.split('/').collect());
        template.len() == path.len()
            && template
                .iter()
                .zip(&path)
                .all(|(wanted, is)| wanted == is || (wanted.starts_with('{') && !is.is_empty()))
    };
    for document in documents() {
        let paths = document["paths"].as_object().unwrap();
        let found = paths.iter().find(|(template, methods)| like(template) && methods.get(method).is_some());
        if let Some((_, methods)) = found {
            let operation = methods[method].clone();
            return Some((document.clone(), Some(operation)));
        }
    }
    Some((Value::Null, None))
}
