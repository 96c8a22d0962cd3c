//! Forms (`application/x-www-form-urlencoded`) for bodies and queries, with the nested names that some providers use:
//! `payment_intent_data[metadata][order]=17`. Nothing that stands in a name or a value can reach beyond its field.

use form_urlencoded::{byte_serialize, parse};
use serde_json::Value;

/// The content type of [`Form::body`].
pub const CONTENT_TYPE: &str = "application/x-www-form-urlencoded";

/// Fields in the order in which they are sent.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Form {
    fields: Vec<(String, String)>,
}

impl Form {
    /// An empty form.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// The fields of a JSON object, nested as it is: `{"metadata": {"order": 17}, "lines": [{"sku": "a"}]}` becomes
    /// `metadata[order]=17` and `lines[0][sku]=a`. What is null is left out.
    #[must_use]
    pub fn of(object: &Value) -> Self {
        let mut form = Form::new();
        object.as_object().into_iter().flatten().for_each(|(name, value)| form.nest(name, value));
        form
    }

    fn nest(&mut self, name: &str, value: &Value) {
        match value {
            Value::Null => {}
            Value::String(text) => self.fields.push((name.to_owned(), text.clone())),
            Value::Object(inner) => inner.iter().for_each(|(key, value)| self.nest(&format!("{name}[{key}]"), value)),
            Value::Array(items) => {
                items.iter().enumerate().for_each(|(at, value)| self.nest(&format!("{name}[{at}]"), value));
            }
            plain => self.fields.push((name.to_owned(), plain.to_string())),
        }
    }

    /// With one field more. The name is written as the provider documents it: `metadata[order]`, `expand[]`.
    #[must_use]
    pub fn field(mut self, name: &str, value: impl ToString) -> Self {
        self.fields.push((name.to_owned(), value.to_string()));
        self
    }

    /// With this value in the place of whatever the field had.
    #[must_use]
    pub fn with(mut self, name: &str, value: impl ToString) -> Self {
        self.fields.retain(|(known, _)| known != name);
        self.field(name, value)
    }

    /// As a body, or as the query of an address after its `?`.
    #[must_use]
    pub fn body(&self) -> String {
        let each = self.fields.iter().map(|(name, value)| format!("{}={}", name_text(name), value_text(value)));
        each.collect::<Vec<_>>().join("&")
    }

    /// `address` with the form as its query.
    #[must_use]
    pub fn query_of(&self, address: &str) -> String {
        if self.fields.is_empty() { address.to_owned() } else { format!("{address}?{}", self.body()) }
    }
}

/// One part of a path, in which nothing reaches beyond it: `a/b` is `a%2Fb`.
#[must_use]
pub fn path_part(text: &str) -> String {
    // A form writes a blank as `+`, which in a path is a plus.
    let part = value_text(text).replace('+', "%20");
    // Alone, these would lead elsewhere.
    if part.bytes().all(|byte| byte == b'.') { part.replace('.', "%2E") } else { part }
}

/// The fields of a body or query, decoded, in order.
#[must_use]
pub fn read(text: &str) -> Vec<(String, String)> {
    parse(text.as_bytes()).map(|(name, value)| (name.into_owned(), value.into_owned())).collect()
}

fn value_text(text: &str) -> String {
    byte_serialize(text.as_bytes()).collect()
}

/// Brackets stay readable in names: every provider that nests takes them so, and logs show them so.
fn name_text(name: &str) -> String {
    value_text(name).replace("%5B", "[").replace("%5D", "]")
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use serde_json::json;

    #[test]
    fn nests_as_the_object_does() {
        let metadata = json!({ "order": 17, "a": { "b": null, "c": "x y" } });
        let all = json!({
            "amount": 4250, "confirm": true, "customer": null, "metadata": metadata, "lines": [{ "sku": "a[b]&=" }, "b"],
            "nothing": {},
        });
        let mut fields = read(&Form::of(&all).body());
        fields.sort();
        let wanted = [
            ("amount", "4250"),
            ("confirm", "true"),
            ("lines[0][sku]", "a[b]&="),
            ("lines[1]", "b"),
            ("metadata[a][c]", "x y"),
            ("metadata[order]", "17"),
        ];
        assert_eq!(fields, wanted.map(|(name, value)| (name.to_owned(), value.to_owned())));
        assert!(Form::of(&all).body().contains("metadata[a][c]=x+y"));
        for none in [json!([]), json!({}), json!(null), json!("amount=1"), json!([{ "a": 1 }])] {
            assert_eq!(Form::of(&none), Form::new(), "{none}");
        }
    }

    #[test]
    fn keeps_the_order() {
        let form = Form::new().field("amount", 4250).field("expand[]", "charge");
        assert_eq!(form.body(), "amount=4250&expand[]=charge");
        assert_eq!(form.query_of("https://h/x"), format!("https://h/x?{}", form.body()));
        assert_eq!(Form::new().query_of("https://h/x"), "https://h/x");
        let turned = Form::new().field("a", 1).field("b", 2).with("a", 3);
        assert_eq!(turned.body(), "b=2&a=3");
    }

    #[test]
    fn a_part_of_a_path_stays_one() {
        assert_eq!(path_part("pi_1"), "pi_1");
        assert_eq!(path_part("a/b?c#d e+f%"), "a%2Fb%3Fc%23d%20e%2Bf%25");
        assert_eq!((path_part("."), path_part("..")), ("%2E".into(), "%2E%2E".into()));
    }

    proptest! {
        #[test]
        fn what_is_written_reads_back(fields in prop::collection::vec((".*", ".*"), 0..5)) {
            let form = Form { fields: fields.clone() };
            prop_assert_eq!(read(&form.body()), fields);
            prop_assert!(form.body().bytes().all(|byte| byte.is_ascii_graphic()));
        }
    }
}
