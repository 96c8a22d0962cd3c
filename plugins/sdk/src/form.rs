//! Forms (`application/x-www-form-urlencoded`) for bodies and queries, with the nested names that some providers use:
//! `payment_intent_data[metadata][order]=17`. Nothing that stands in a name or a value can reach beyond its field.

use form_urlencoded::{byte_serialize, parse};

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

    /// With one field more. The name is written as the provider documents it: `metadata[order]`, `expand[]`.
    #[must_use]
    pub fn field(mut self, name: &str, value: impl ToString) -> Self {
        self.fields.push((name.to_owned(), value.to_string()));
        self
    }

    /// With one field more, if there is a value.
    #[must_use]
    pub fn field_if(self, name: &str, value: Option<impl ToString>) -> Self {
        match value {
            Some(value) => self.field(name, value),
            None => self,
        }
    }

    /// With the fields of another form after its own.
    #[must_use]
    pub fn and(mut self, other: &Form) -> Self {
        self.fields.extend_from_slice(&other.fields);
        self
    }

    /// With this value in the place of whatever the field had.
    #[must_use]
    pub fn with(mut self, name: &str, value: impl ToString) -> Self {
        self.fields.retain(|(known, _)| known != name);
        self.field(name, value)
    }

    /// With every field of `inner` below `name`: `order` becomes `metadata[order]`, `a[b]` becomes `metadata[a][b]`.
    #[must_use]
    pub fn below(mut self, name: &str, inner: &Form) -> Self {
        for (key, value) in &inner.fields {
            let (first, rest) = key.split_at(key.find('[').unwrap_or(key.len()));
            self.fields.push((format!("{name}[{first}]{rest}"), value.clone()));
        }
        self
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

    #[test]
    fn nests_and_keeps_the_order() {
        let inner = Form::new().field("order", 17).field("lines[0][sku]", "a b");
        let form = Form::new().field("amount", 4250).below("metadata", &inner).field("expand[]", "charge");
        assert_eq!(form.body(), "amount=4250&metadata[order]=17&metadata[lines][0][sku]=a+b&expand[]=charge");
        assert_eq!(form.query_of("https://h/x"), format!("https://h/x?{}", form.body()));
        assert_eq!(Form::new().field_if("a", None::<&str>).field_if("b", Some(1)).body(), "b=1");
        assert_eq!(Form::new().query_of("https://h/x"), "https://h/x");
        let turned = Form::new().field("a", 1).field("b", 2).with("a", 3).and(&Form::new().field("c", 4));
        assert_eq!(turned.body(), "b=2&a=3&c=4");
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
