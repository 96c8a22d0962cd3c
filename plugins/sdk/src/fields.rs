//! What a provider says, by the names of its fields. What is not there, or is of another kind than it has to be, is not there;
//! only a list that is no list is an answer that is not understood, since nothing follows from what is missing in it.

use crate::heard::Silence;
use sayso_plugin_interface::{Currency, Money};
use serde_json::Value;

/// Fields of a JSON value by their path: `amount/value`, `purchase_units/0/custom_id`.
pub trait Fields {
    /// What stands there; `None` for null too.
    fn at(&self, path: &str) -> Option<&Value>;

    /// A text that is not empty.
    fn text(&self, path: &str) -> Option<&str>;

    /// A text; empty where there is none. For words that are looked up in a table.
    fn word(&self, path: &str) -> &str {
        self.text(path).unwrap_or_default()
    }

    /// A text that is not empty, to keep.
    fn owned(&self, path: &str) -> Option<String> {
        self.text(path).map(str::to_owned)
    }

    /// A whole number.
    fn whole(&self, path: &str) -> Option<i64>;

    /// An amount in whole minor units, and in a currency that is `unsaid` where none is said.
    fn money(&self, units: &str, currency: &str, unsaid: Option<Currency>) -> Option<Money> {
        let currency = match self.at(currency) {
            Some(said) => said.as_str()?.parse().ok()?,
            None => unsaid?,
        };
        Some(Money::new(self.whole(units)?, currency))
    }

    /// A list; empty where there is none. What is there and is no list is not understood.
    fn list(&self, path: &str) -> Result<&[Value], Silence>;
}

impl Fields for Value {
    fn at(&self, path: &str) -> Option<&Value> {
        let found = path.split('/').try_fold(self, |value, name| match value {
            Value::Array(items) => items.get(name.parse::<usize>().ok()?),
            value => value.get(name),
        });
        found.filter(|value| !value.is_null())
    }

    fn text(&self, path: &str) -> Option<&str> {
        self.at(path)?.as_str().filter(|text| !text.is_empty())
    }

    fn whole(&self, path: &str) -> Option<i64> {
        self.at(path)?.as_i64()
    }

    fn list(&self, path: &str) -> Result<&[Value], Silence> {
        match self.at(path) {
            None => Ok(&[]),
            Some(Value::Array(items)) => Ok(items),
            Some(_) => Err(Silence::unclear(format!("the answer is not understood: `{path}` is no list"))),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn what_is_of_another_kind_is_not_there() {
        let body =
            json!({ "a": { "b": [{ "id": "x" }, 7] }, "empty": "", "none": null, "n": 5, "half": 1.5, "0": "zero" });
        assert_eq!((body.text("a/b/0/id"), body.word("a/b/0/id"), body.whole("a/b/1")), (Some("x"), "x", Some(7)));
        assert_eq!((body.text("0"), body.whole("n"), body.owned("0")), (Some("zero"), Some(5), Some("zero".into())));
        for path in ["a", "a/b", "a/b/1", "a/b/2", "a/b/x", "empty", "none", "n", "q", "a/q/r", "", "n/0"] {
            assert_eq!((body.text(path), body.word(path)), (None, ""), "{path}");
        }
        for path in ["half", "0", "a", "none", "q"] {
            assert_eq!(body.whole(path), None, "{path}");
        }
        assert_eq!(body.at("none"), None);
    }

    #[test]
    fn an_amount_needs_a_whole_number_and_a_currency() {
        let body = json!({ "in": { "total": 4250, "code": "CNY", "half": 0.5, "odd": 7, "none": null } });
        let money = |units: &str, code: &str, unsaid| body.money(&format!("in/{units}"), &format!("in/{code}"), unsaid);
        let yuan = Some(Money::new(4250, Currency::CNY));
        assert_eq!((money("total", "code", None), money("total", "q", Some(Currency::CNY))), (yuan, yuan));
        assert_eq!(money("total", "none", Some(Currency::CNY)), yuan);
        assert_eq!((money("total", "q", None), money("total", "odd", Some(Currency::CNY))), (None, None));
        assert_eq!((money("half", "code", None), money("q", "code", None)), (None, None));
    }

    #[test]
    fn a_list_that_is_none_is_not_understood() {
        let body = json!({ "list": [1, 2], "none": null, "word": "x" });
        assert_eq!(body.list("list").map(<[Value]>::len), Ok(2));
        assert_eq!((body.list("none").map(<[Value]>::len), body.list("q").map(<[Value]>::len)), (Ok(0), Ok(0)));
        assert!(body.list("word").is_err_and(|silence| silence.reason().contains("`word`")));
    }
}
