//! One exchange: what was sent, and what PayPal's answer or refusal means.

use crate::settings::Settings;
use crate::wire::ISSUES;
use sayso_plugin_sdk::oauth::ClientCredentials;
use sayso_plugin_sdk::prelude::*;
use sayso_plugin_sdk::settings::Place;
use serde_json::Value;

/// What goes into the log of an error: its kind, its issues, and the id that PayPal's support asks for.
const NOTED: &[&str] = &["name", "error", "details/0/issue", "details/1/issue", "debug_id"];

/// PayPal's API in one of its worlds.
pub struct Api {
    /// Which.
    pub place: Place,
    /// How.
    pub settings: Settings,
    /// Which PayPal lends for hours, and does not like to be asked for at each payment.
    pub tokens: ClientCredentials,
}

impl Api {
    /// Nothing is asked yet.
    #[must_use]
    pub fn new(place: Place, settings: Settings) -> Self {
        let url = format!("{}/v1/oauth2/token", place.base);
        Api { place, settings, tokens: ClientCredentials::new(url, "client_id", "client_secret") }
    }

    /// What is at this path, from `/v1`, `/v2` or `/v3` on.
    pub(crate) async fn get(&self, host: &dyn Host, path: &str) -> Told<Value> {
        let url = format!("{}{path}", self.place.base);
        let asked = self.ask(host, &request::get(url, &[("content-type", "application/json")])).await;
        asked.map_err(Denied::asked)
    }

    /// Does something once for each key (`PayPal-Request-Id`).
    pub(crate) async fn post(&self, host: &dyn Host, path: &str, key: &str, body: impl ToString) -> Told<Value> {
        let headers =
            [("content-type", "application/json"), ("paypal-request-id", key), ("prefer", "return=representation")];
        // Without a key it is a question, of which nothing comes.
        let headers = if key.is_empty() { &headers[..1] } else { &headers };
        self.ask(host, &request::post(format!("{}{path}", self.place.base), headers, body.to_string())).await
    }

    async fn ask(&self, host: &dyn Host, request: &HttpRequest) -> Told<Value> {
        let answered = self.tokens.send(host, request).await?;
        match answered.status {
            204 => Ok(answered.body),
            200 | 201 if answered.body.is_object() => Ok(answered.body),
            200 | 201 => Err(Denied::unclear("PayPal's answer is not understood")),
            status => {
                let answered = answered.noted(host, "PayPal", NOTED, &["paypal-debug-id"]);
                Err(denied(status, &answered.body))
            }
        }
    }
}

/// The kind of an error, `{"name": …, "message": …, "debug_id": …, "details": [{"issue": …}]}`; OAuth's is
/// `{"error": …, "error_description": …}`.
fn kind(problem: &Value) -> Option<&str> {
    problem.text("name").or(problem.text("error"))
}

fn issues(problem: &Value) -> Vec<&str> {
    problem.list("details").unwrap_or_default().iter().filter_map(|detail| detail.text("issue")).collect()
}

/// What an error means: the first of its issues that is known counts.
fn denied(status: u16, problem: &Value) -> Denied {
    let known = ISSUES.known(issues(problem)).into_iter().next();
    match (status, kind(problem), known) {
        (404, Some(kind @ "RESOURCE_NOT_FOUND"), _) => {
            Denied::Refused { code: kind.to_owned(), meaning: Meaning::Missing }
        }
        (400 | 401 | 403 | 404 | 409 | 422, Some(_), Some(denied)) => denied,
        (401, Some(kind), _) | (403, Some(kind @ "NOT_AUTHORIZED"), _) => Denied::setup(kind),
        _ => Denied::unclear(format!("PayPal answered with status {status}")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn the_first_issue_that_is_known_counts_and_a_problem_without_a_name_says_nothing() {
        let details = json!([{ "issue": "FULL_MOON" }, { "issue": "INSTRUMENT_DECLINED" }]);
        let known = denied(422, &json!({ "name": "UNPROCESSABLE_ENTITY", "details": details }));
        assert_eq!(known.meaning(), Some(Meaning::Act));
        assert_eq!(denied(422, &json!({ "details": details })).meaning(), None);
        assert!(denied(404, &json!({ "name": "RESOURCE_NOT_FOUND", "details": details })).is_missing());
        assert_eq!(denied(401, &json!({ "error": "invalid_token" })), Denied::setup("invalid_token"));
        assert_eq!(denied(403, &json!({ "name": "FULL_MOON" })).meaning(), None);
        let fraud = Meaning::No(DeclineCode::SuspectedFraud, RetryAdvice::Never);
        assert_eq!(ISSUES.meaning("TRANSACTION_REFUSED"), Some(fraud));
    }
}
