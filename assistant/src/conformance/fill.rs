//! The calls that the kit makes, and the placeholders by which a file of scenarios refers to what is in them.

use super::fixture::{Exchange, Recorded, RequestPattern, Scenario};
use sayso_plugin_interface::abi_v1::Call;
use sayso_plugin_interface::{Currency, Money};
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;

/// The kit's clock where no file says otherwise: 2025-11-24, as Unix milliseconds.
pub(super) const NOW_MS: i64 = 1_764_000_000_000;

/// A request of the kit for a verb. `run` makes references and keys that no other run has.
pub(super) fn request(verb: &str, run: u32, currency: Currency) -> Value {
    let (reference, key) = (format!("saysoref{run:08}"), format!("saysokey{run:08}"));
    let amount = json!({ "minor": 4250, "currency": currency });
    match verb {
        "pay" => json!({
            "reference": reference, "idempotency_key": key, "amount": amount,
            "payee": { "id": "electricity", "name": "City Power" }, "purpose": "electricity bill",
        }),
        "advance" => json!({
            "reference": reference, "provider_reference": null, "idempotency_key": key, "amount": amount,
        }),
        "refund" => json!({
            "reference": reference, "refund_reference": format!("saysogiv{run:08}"), "provider_reference": null,
            "idempotency_key": key, "amount": { "minor": 1250, "currency": currency }, "paid": amount,
        }),
        "query_refund" => json!({
            "reference": reference, "refund_reference": format!("saysogiv{run:08}"), "provider_reference": null,
        }),
        "verify_webhook" | "acknowledge_webhook" => json!({ "headers": [], "body": "" }),
        "enrol" => json!({ "reference": reference, "idempotency_key": key, "person": "home" }),
        "check_credentials" => json!({}),
        _ => json!({ "reference": reference, "provider_reference": null, "idempotency_key": key }),
    }
}

/// `over` laid over `under`: objects field by field, everything else replaced.
pub(super) fn lay_over(under: &mut Value, over: &Value) {
    match (under, over) {
        (Value::Object(under), Value::Object(over)) => {
            for (key, value) in over {
                lay_over(under.entry(key.clone()).or_insert(Value::Null), value);
            }
        }
        (under, over) => *under = over.clone(),
    }
}

/// The call of a scenario in this run; an error says what of its request is not as the interface has it.
pub(super) fn call(scenario: &Scenario, run: u32, currency: Currency) -> Result<(Call, Words), String> {
    let mut request = request(&scenario.verb, run, currency);
    lay_over(&mut request, &Value::Object(scenario.request.clone()));
    let call = as_call(&scenario.verb, &request)?;
    Ok((call, Words::of(&request, currency)))
}

/// The call of this verb and request.
pub(super) fn as_call(verb: &str, request: &Value) -> Result<Call, String> {
    let call = json!({ "verb": verb, "request": request });
    serde_json::from_value(call).map_err(|wrong| format!("its `request` is not one of `{verb}`: {wrong}"))
}

/// What the placeholders of a run stand for.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Words {
    texts: BTreeMap<&'static str, String>,
    /// The amount that is asked for, where one is.
    pub amount: Option<Money>,
}

impl Words {
    fn of(request: &Value, currency: Currency) -> Words {
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        let amount: Option<Money> = serde_json::from_value(request["amount"].clone()).ok();
        let paid: Option<Money> = serde_json::from_value(request["paid"].clone()).ok();
        let shown = amount.unwrap_or(Money::new(4250, currency));
        let mut texts = BTreeMap::from([
            ("reference", text(&request["reference"])),
            ("refund_reference", text(&request["refund_reference"])),
            ("idempotency_key", text(&request["idempotency_key"])),
            ("payee", text(&request["payee"]["id"])),
            ("amount_minor", shown.minor.to_string()),
            ("amount_decimal", shown.decimal()),
            ("currency", shown.currency.to_string()),
        ]);
        texts.insert("paid_minor", paid.unwrap_or(shown).minor.to_string());
        texts.insert("paid_decimal", paid.unwrap_or(shown).decimal());
        Words { texts, amount }
    }

    /// Our reference of what the call is about: of the refund where it is about one.
    pub(super) fn reference(&self) -> &str {
        self.texts.get("reference").map(String::as_str).unwrap_or_default()
    }

    /// Both references and the key, those that there are.
    pub(super) fn ours(&self) -> Vec<&str> {
        let names = ["reference", "refund_reference"];
        names
            .iter()
            .filter_map(|name| self.texts.get(name))
            .map(String::as_str)
            .filter(|text| !text.is_empty())
            .collect()
    }

    /// The idempotency key; empty for verbs that have none.
    pub(super) fn key(&self) -> &str {
        self.texts.get("idempotency_key").map(String::as_str).unwrap_or_default()
    }

    /// `text` with every placeholder filled in; `{{secret:...}}` stays.
    pub(super) fn fill(&self, text: &str, now_ms: i64) -> String {
        let mut filled = text.to_owned();
        for (name, value) in &self.texts {
            filled = filled.replace(&format!("{{{{{name}}}}}"), value);
        }
        filled.replace("{{now_ms}}", &now_ms.to_string()).replace("{{now_s}}", &now_ms.div_euclid(1000).to_string())
    }

    /// The same for every text of a value; a text that is only `{{amount_minor}}` or a time becomes a number.
    pub(super) fn fill_value(&self, value: &Value, now_ms: i64) -> Value {
        match value {
            Value::String(text) => {
                let filled = self.fill(text, now_ms);
                let number =
                    matches!(text.as_str(), "{{amount_minor}}" | "{{paid_minor}}" | "{{now_ms}}" | "{{now_s}}");
                match filled.parse::<i64>() {
                    Ok(whole) if number => json!(whole),
                    _ => Value::String(filled),
                }
            }
            Value::Array(items) => items.iter().map(|item| self.fill_value(item, now_ms)).collect(),
            Value::Object(fields) => {
                let filled = fields.iter().map(|(key, value)| (key.clone(), self.fill_value(value, now_ms)));
                Value::Object(filled.collect::<Map<_, _>>())
            }
            other => other.clone(),
        }
    }

    /// An exchange with everything filled in; the body as the text that is sent.
    pub(super) fn fill_exchange(&self, exchange: &Exchange, now_ms: i64) -> Exchange {
        let text = |text: &String| self.fill(text, now_ms);
        let map = |map: &BTreeMap<String, String>| map.iter().map(|(key, value)| (key.clone(), text(value))).collect();
        let request = RequestPattern {
            method: exchange.request.method.clone(),
            url: exchange.request.url.as_ref().map(text),
            headers: map(&exchange.request.headers),
            body: exchange.request.body.as_ref().map(|body| self.fill_value(body, now_ms)),
            form: map(&exchange.request.form),
        };
        let response = exchange.response.as_ref().map(|recorded| Recorded {
            headers: map(&recorded.headers),
            body: Value::String(match &recorded.body {
                Value::Null => String::new(),
                Value::String(body) => self.fill(body, now_ms),
                body => lent(self.fill_value(body, now_ms), exchange.harmless).to_string(),
            }),
            status_at: recorded.status_at.clone(),
            status_word: recorded.status_word.clone(),
            status: recorded.status,
        });
        Exchange { request, response, fails: exchange.fails, harmless: exchange.harmless }
    }
}

/// What a harmless exchange lends (a token) is lent for one call only: what a plugin still has from the call before, it would not
/// ask for, and every case has to be like the first one.
fn lent(mut body: Value, harmless: bool) -> Value {
    if harmless && let Some(seconds) = body.get_mut("expires_in") {
        *seconds = Value::from(0);
    }
    body
}

#[cfg(test)]
mod tests {
    use super::*;
    use sayso_plugin_interface::abi_v1::VERBS;

    #[test]
    fn a_token_is_lent_for_one_call() {
        let token = || json!({ "access_token": "A", "expires_in": 3600 });
        assert_eq!(lent(token(), true)["expires_in"], 0);
        assert_eq!((lent(token(), false), lent(json!([1]), true)), (token(), json!([1])));
    }

    #[test]
    fn every_verb_has_a_request_of_its_own_for_each_run() {
        for verb in VERBS {
            let (one, other) = (request(verb, 1, Currency::USD), request(verb, 2, Currency::USD));
            assert_eq!(as_call(verb, &one).unwrap().verb(), verb);
            let same_each_time = verb.ends_with("webhook") || verb == "check_credentials";
            assert_eq!(one == other, same_each_time, "{verb}");
        }
    }

    #[test]
    fn placeholders_are_filled_and_secrets_stay() {
        let words = Words::of(&request("pay", 7, Currency::USD), Currency::USD);
        assert_eq!(
            words.fill("{{reference}}/{{amount_decimal}} {{secret:key}}", 0),
            "saysoref00000007/42.50 {{secret:key}}"
        );
        let filled = words.fill_value(&json!({ "n": "{{amount_minor}}", "t": "n={{amount_minor}}" }), 0);
        assert_eq!(filled, json!({ "n": 4250, "t": "n=4250" }));
    }
}
