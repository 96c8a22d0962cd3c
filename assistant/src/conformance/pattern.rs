//! Whether a request is like a pattern and an answer like an expectation, and if not, where not.

use super::fixture::RequestPattern;
use sayso_plugin_interface::HttpRequest;
use serde_json::Value;

/// Where `found` lacks something of `wanted`; more than is wanted may be there.
pub(super) fn difference(wanted: &Value, found: &Value) -> Option<String> {
    match (wanted, found) {
        (Value::Object(wanted), Value::Object(found)) => wanted.iter().find_map(|(key, value)| {
            let inner = difference(value, found.get(key).unwrap_or(&Value::Null))?;
            Some(if inner.starts_with('/') { format!("/{key}{inner}") } else { format!("/{key}: {inner}") })
        }),
        (Value::Array(wanted), Value::Array(found)) if wanted.len() == found.len() => {
            let each = wanted.iter().zip(found).enumerate();
            each.into_iter()
                .find_map(|(at, (wanted, found))| difference(wanted, found).map(|inner| format!("/{at}: {inner}")))
        }
        (Value::String(wanted), Value::String(found)) if like(wanted, found) => None,
        (wanted, found) if wanted == found => None,
        (wanted, found) => Some(format!("{found} is not {wanted}")),
    }
}

/// Equal, or equal up to a `*` at the end of `wanted`.
pub(super) fn like(wanted: &str, found: &str) -> bool {
    match wanted.strip_suffix('*') {
        Some(start) => found.starts_with(start),
        None => wanted == found,
    }
}

/// Where a request is not like a pattern.
pub(super) fn unlike(pattern: &RequestPattern, request: &HttpRequest) -> Option<String> {
    if let Some(method) = pattern.method.as_ref().filter(|method| **method != request.method) {
        return Some(format!("the method is {}, not {method}", request.method));
    }
    if let Some(url) = pattern.url.as_ref().filter(|url| !like(url, &request.url)) {
        return Some(format!("the address is {}, not {url}", request.url));
    }
    for (name, wanted) in &pattern.headers {
        let mut values = request.headers.iter().filter(|(known, _)| known.eq_ignore_ascii_case(name));
        if !values.any(|(_, value)| like(wanted, value)) {
            return Some(format!("there is no header `{name}: {wanted}`"));
        }
    }
    let form = form(&request.body);
    for (name, wanted) in &pattern.form {
        if !form.iter().any(|(known, value)| known == name && like(wanted, value)) {
            return Some(format!("the form has no field `{name}={wanted}`"));
        }
    }
    match &pattern.body {
        None => None,
        Some(Value::String(text)) => {
            (!like(text, &request.body)).then(|| format!("the body is `{}`, not `{text}`", request.body))
        }
        Some(wanted) => match serde_json::from_str::<Value>(&request.body) {
            Ok(found) => difference(wanted, &found).map(|place| format!("in the body, {place}")),
            Err(wrong) => Some(format!("the body is not JSON: {wrong}")),
        },
    }
}

/// The fields of a form.
fn form(body: &str) -> Vec<(String, String)> {
    let Ok(url) = reqwest::Url::parse(&format!("http://form/?{body}")) else { return Vec::new() };
    url.query_pairs().map(|(name, value)| (name.into_owned(), value.into_owned())).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn differences_name_their_place() {
        let found = json!({ "a": { "b": 1, "c": [1, { "d": "xyz" }] } });
        assert_eq!(difference(&json!({ "a": { "c": [1, { "d": "x*" }] } }), &found), None);
        assert_eq!(difference(&json!({ "a": { "b": 2 } }), &found).unwrap(), "/a/b: 1 is not 2");
        assert!(difference(&json!({ "z": 1 }), &found).unwrap().contains("null is not 1"));
    }

    #[test]
    fn requests_are_compared_in_every_part() {
        let request = HttpRequest {
            method: "POST".into(),
            url: "https://h/a?x=1".into(),
            headers: vec![("Idempotency-Key".into(), "k".into())],
            body: "a=1&b=two%20words".into(),
            idempotent: false,
        };
        let pattern = |text: &str| serde_json::from_str::<RequestPattern>(text).unwrap();
        for fits in [
            "{}",
            r#"{"method":"POST","url":"https://h/a*"}"#,
            r#"{"headers":{"idempotency-key":"k"}}"#,
            r#"{"form":{"b":"two words"}}"#,
            r#"{"body":"a=1*"}"#,
        ] {
            assert_eq!(unlike(&pattern(fits), &request), None, "{fits}");
        }
        for (other, said) in [
            (r#"{"method":"GET"}"#, "method"),
            (r#"{"url":"https://h/b"}"#, "address"),
            (r#"{"headers":{"idempotency-key":"q"}}"#, "header"),
            (r#"{"form":{"b":"x"}}"#, "form"),
            (r#"{"body":{"a":1}}"#, "not JSON"),
        ] {
            assert!(unlike(&pattern(other), &request).unwrap().contains(said), "{other}");
        }
    }
}
