//! From one recorded answer in JSON to answers that lie: another status, another payment, another amount, fields that are
//! gone, new or of another type.

use super::faults::At;
use super::fill::Words;
use super::judge::{Allowed, Claim, Falsified};
use super::laws::Law;
use sayso_plugin_interface::{Currency, HttpResponse, Money};
use serde_json::{Value, json};

/// Names that providers give to the field that says what became of it, in lower case and without `_` and `-`.
const STATUS_NAMES: &[&str] = &["status", "state", "tradestate", "tradestatus", "paymentstatus", "refundstatus"];
/// A word that no provider says.
const UNHEARD_OF: &str = "sayso_never_heard_of_it";
/// A reference that is nobody's.
const ANOTHER: &str = "saysosomeoneelses1";
/// The most fields of one answer that are mangled one by one.
const FIELDS_MAX: usize = 60;

/// Whether the falsified exchange is the last of its call, whose answer the receipt is made from.
#[derive(Clone, Copy, Debug)]
pub(super) struct Told<'a> {
    /// What the placeholders stand for.
    pub words: &'a Words,
    /// It is the last exchange.
    pub last: bool,
    /// What the recorded call says was done: our reference (refunds have none) and the amount.
    pub receipt: Option<(Option<&'a str>, Money)>,
}

/// Every lie about a recorded answer.
pub(super) fn lies(at: At<'_>, told: Told<'_>) -> Vec<Falsified> {
    let Ok(response) = at.reply else { return Vec::new() };
    if !(200..300).contains(&response.status) || response.body.is_empty() {
        return Vec::new();
    }
    let body: Option<Value> = serde_json::from_str(&response.body).ok().filter(|body: &Value| !body.is_string());
    let lie = Lie { at, told, response, body };
    [lie.statuses(), lie.references(), lie.amounts(), lie.mangled(), lie.additions()].concat()
}

struct Lie<'a> {
    at: At<'a>,
    told: Told<'a>,
    response: &'a HttpResponse,
    body: Option<Value>,
}

impl Lie<'_> {
    fn case(&self, law: Law, change: impl Into<String>, body: String, allowed: Allowed) -> Falsified {
        let reply = Ok(HttpResponse { body, ..self.response.clone() });
        Falsified { law, change: change.into(), reply, allowed }
    }

    /// The body with the value at each of these places replaced.
    fn replaced(&self, places: &[String], value: &Value) -> Option<String> {
        let mut body = self.body.clone()?;
        for place in places {
            *body.pointer_mut(place)? = value.clone();
        }
        Some(body.to_string())
    }

    fn places(&self, wanted: impl Fn(&str, &Value) -> bool) -> Vec<String> {
        let mut found = Vec::new();
        if let Some(body) = &self.body {
            walk(body, "", &mut |place, value| {
                if wanted(place, value) {
                    found.push(place.to_owned());
                }
            });
        }
        found
    }

    /// Only in the answer that decides: what a look before it said of the status does not bind what is said after.
    fn statuses(&self) -> Vec<Falsified> {
        if !self.told.last {
            return Vec::new();
        }
        let recorded = self.at.exchange.response.as_ref();
        let named = recorded.and_then(|recorded| recorded.status_at.clone());
        let word = recorded.and_then(|recorded| recorded.status_word.clone());
        let mut claims = vec![Claim::Open, Claim::Unknown];
        if self.at.exchange.harmless && self.at.verb == "pay" {
            claims.push(Claim::NotSent);
        }
        let allowed = || Allowed::Claims(claims.clone());
        if let Some(word) = word {
            let body = self.response.body.replace(&word, UNHEARD_OF);
            return vec![self.case(Law::StatusWord, format!("`{word}` is `{UNHEARD_OF}`"), body, allowed())];
        }
        let places = match named {
            Some(place) => vec![place],
            None => self.places(|place, value| value.is_string() && STATUS_NAMES.contains(&plain_name(place).as_str())),
        };
        if places.is_empty() {
            return Vec::new();
        }
        let values = [json!(UNHEARD_OF), json!(""), Value::Null, json!(7)];
        let each = values.iter().filter_map(|value| {
            let change = format!("{} is {value}", places.join(" and "));
            Some(self.case(Law::StatusWord, change, self.replaced(&places, value)?, allowed()))
        });
        each.collect()
    }

    fn references(&self) -> Vec<Falsified> {
        let ours = self.told.words.ours();
        if !ours.iter().any(|reference| self.response.body.contains(reference)) {
            return Vec::new();
        }
        let body = ours.iter().fold(self.response.body.clone(), |body, reference| body.replace(reference, ANOTHER));
        let known = self.told.receipt.filter(|_| self.told.last);
        let allowed = Allowed::AsGiven {
            // A refund that succeeded says no reference, so there it may not succeed at all.
            reference: Some(if known.is_some_and(|(reference, _)| reference.is_some()) { ANOTHER } else { "" }.into()),
            amount: known.map(|(_, amount)| amount),
            no_failure: true,
        };
        vec![self.case(Law::Reference, format!("our reference is `{ANOTHER}`"), body, allowed)]
    }

    /// Only where the recorded call succeeded, and only in the answer that says so.
    fn amounts(&self) -> Vec<Falsified> {
        let Some((_, amount)) = self.told.receipt.filter(|_| self.told.last) else { return Vec::new() };
        let decimal = amount.decimal();
        let is_amount = |value: &Value| match value {
            Value::Number(number) => number.as_i64() == Some(amount.minor),
            Value::String(text) => *text == decimal || *text == amount.minor.to_string(),
            _ => false,
        };
        let mut cases = Vec::new();
        let places = self.places(|_, value| is_amount(value));
        let as_given = |amount| Allowed::AsGiven { reference: None, amount, no_failure: false };
        let mut lie = |change: &str, more: i64| {
            let given = Money::new(amount.minor + more, amount.currency);
            let body = self.rewritten(&places, given);
            cases.extend(
                body.map(|body| self.case(Law::Amount, format!("{change}: {given}"), body, as_given(Some(given)))),
            );
        };
        if !places.is_empty() {
            lie("the amount is one minor unit more", 1);
            lie("the amount is less", -(amount.minor / 2));
            lie("the amount is a hundred times as much", amount.minor * 99);
            let broken = [("the amount is no number", json!("plenty")), ("there is no amount", Value::Null)];
            for (change, value) in broken {
                cases.extend(
                    self.replaced(&places, &value).map(|body| self.case(Law::Amount, change, body, as_given(None))),
                );
            }
        }
        let code = amount.currency.to_string();
        let currencies = self.places(|_, value| value.as_str().is_some_and(|text| text.eq_ignore_ascii_case(&code)));
        let other = if amount.currency == Currency::USD { "EUR" } else { "USD" };
        for (word, given) in [(other, other.parse().ok()), ("QQQ", None)] {
            let given = given.map(|currency| Money::new(amount.minor, currency));
            if let Some(body) = self.replaced(&currencies, &json!(word)).filter(|_| !currencies.is_empty()) {
                cases.push(self.case(Law::Amount, format!("the currency is {word}"), body, as_given(given)));
            }
        }
        cases
    }

    /// Every place of the amount rewritten in the form in which it stands there.
    fn rewritten(&self, places: &[String], given: Money) -> Option<String> {
        let mut body = self.body.clone()?;
        for place in places {
            let value = body.pointer_mut(place)?;
            *value = match &*value {
                Value::String(text) if text.contains('.') => json!(given.decimal()),
                Value::String(_) => json!(given.minor.to_string()),
                _ => json!(given.minor),
            };
        }
        Some(body.to_string())
    }

    /// Field by field: gone, null, and of another type. A success must still be the recorded one.
    fn mangled(&self) -> Vec<Falsified> {
        let mut cases = Vec::new();
        let unchanged = Allowed::AsGiven {
            reference: None,
            amount: self.told.receipt.map(|(_, amount)| amount),
            no_failure: false,
        };
        for place in self.places(|place, _| !place.is_empty()).into_iter().take(FIELDS_MAX) {
            let mut body = self.body.clone().unwrap_or_default();
            if remove(&mut body, &place) {
                cases.push(self.case(Law::Mangled, format!("{place} is gone"), body.to_string(), unchanged.clone()));
            }
            for value in [Value::Null, json!([]), json!({ "a": [null] }), json!(-1), json!("\u{0}'\"<%s>")] {
                // Texts may be anything: what they say is for other laws.
                let same = self.body.as_ref().and_then(|body| body.pointer(&place)).is_some_and(Value::is_string);
                if value.is_string() && same {
                    continue;
                }
                let change = format!("{place} is {value}");
                let allowed = Allowed::Claims(vec![
                    Claim::Done,
                    Claim::Failed,
                    Claim::NotSent,
                    Claim::Open,
                    Claim::Unknown,
                    Claim::NotFound,
                    Claim::Genuine,
                    Claim::Refused,
                ]);
                let allowed = if value.is_null() { unchanged.clone() } else { allowed };
                let body = self.replaced(std::slice::from_ref(&place), &value);
                cases.extend(body.map(|body| self.case(Law::Mangled, change, body, allowed)));
            }
        }
        cases
    }

    fn additions(&self) -> Vec<Falsified> {
        let same = || Allowed::Recorded { or_unknown: false };
        let mut cases = Vec::new();
        if let Some(Value::Object(fields)) = &self.body {
            let mut more = fields.clone();
            more.insert("sayso_later".into(), json!({ "added": [1, "in a later version"] }));
            let body = Value::Object(more).to_string();
            cases.push(self.case(Law::Additions, "a field that is new", body, same()));
        }
        let mut response = self.response.clone();
        response.headers.push(("x-sayso-later".into(), "added in a later version".into()));
        let change = "a header that is new".to_owned();
        cases.push(Falsified { law: Law::Additions, change, reply: Ok(response), allowed: same() });
        cases
    }
}

/// The last name in a place, in lower case and without `_` and `-`.
fn plain_name(place: &str) -> String {
    let name = place.rsplit('/').next().unwrap_or_default();
    name.chars().filter(|c| !matches!(c, '_' | '-')).collect::<String>().to_ascii_lowercase()
}

/// Shows every value with its JSON pointer.
fn walk(value: &Value, place: &str, see: &mut impl FnMut(&str, &Value)) {
    see(place, value);
    match value {
        Value::Object(fields) => fields.iter().for_each(|(key, value)| {
            walk(value, &format!("{place}/{}", key.replace('~', "~0").replace('/', "~1")), see);
        }),
        Value::Array(items) => {
            items.iter().enumerate().for_each(|(at, value)| walk(value, &format!("{place}/{at}"), see));
        }
        _ => {}
    }
}

/// Takes a field out of its object.
fn remove(body: &mut Value, place: &str) -> bool {
    let Some((parent, key)) = place.rsplit_once('/') else { return false };
    match body.pointer_mut(parent) {
        Some(Value::Object(fields)) => fields.remove(&key.replace("~1", "/").replace("~0", "~")).is_some(),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::conformance::fill;
    use crate::conformance::fixture::Fixture;
    use crate::conformance::stage;
    use std::path::Path;

    fn lies_about(body: &str, succeeded: bool) -> Vec<Falsified> {
        let text = format!(
            "scenarios: [{{ name: s, verb: pay, expect: succeeded, exchanges: [{{ response: {{ body: {body} }} }}] }}]"
        );
        let fixture = Fixture::parse(&text, Path::new("f")).unwrap();
        let (_, words) = fill::call(&fixture.scenarios[0], 1, Currency::USD).unwrap();
        let exchange = words.fill_exchange(&fixture.scenarios[0].exchanges[0], 0);
        let reply = stage::reply(&exchange);
        let at = At { verb: "pay", index: 0, exchange: &exchange, reply: &reply, missing_by_404: false };
        let receipt = succeeded.then(|| (Some(words.reference()), Money::new(4250, Currency::USD)));
        lies(at, Told { words: &words, last: true, receipt })
    }

    fn of(lies: &[Falsified], law: Law) -> Vec<String> {
        let bodies = lies.iter().filter(|lie| lie.law == law).map(|lie| lie.reply.as_ref().unwrap().body.clone());
        bodies.collect()
    }

    #[test]
    fn finds_status_reference_and_amount_by_themselves() {
        let lies = lies_about(
            r#"{ trade_state: PAID, out_no: "{{reference}}", total: { value: "{{amount_decimal}}", currency: usd, cents: "{{amount_minor}}" } }"#,
            true,
        );
        assert!(of(&lies, Law::StatusWord)[0].contains(r#""trade_state":"sayso_never_heard_of_it""#), "{lies:?}");
        assert!(of(&lies, Law::Reference)[0].contains(ANOTHER));
        let amounts = of(&lies, Law::Amount);
        assert!(amounts[0].contains(r#""cents":4251"#) && amounts[0].contains(r#""value":"42.51""#), "{amounts:?}");
        assert!(amounts.iter().any(|body| body.contains("QQQ")));
        assert!(of(&lies, Law::Mangled).len() > 20);
    }

    #[test]
    fn what_did_not_succeed_has_no_amount_to_falsify() {
        assert_eq!(
            of(&lies_about(r#"{ status: processing, amount: "{{amount_minor}}" }"#, false), Law::Amount).len(),
            0
        );
    }
}
