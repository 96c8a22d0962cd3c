//! The token, and one exchange: what was sent, and what PayPal's answer or refusal means. The refusals are in `issues.txt`; what
//! is not in it is neither a success nor a failure.

use crate::settings::Settings;
use sayso_plugin_sdk::form::CONTENT_TYPE;
use sayso_plugin_sdk::heard;
use sayso_plugin_sdk::prelude::*;
use sayso_plugin_sdk::text::is_id;
use sayso_plugin_sdk::token::TokenCache;
use serde::Deserialize;
use serde::de::DeserializeOwned;

/// Every issue that this plugin can meet.
pub const ISSUES: Words = Words(include_str!("issues.txt"));
/// How long before its end a token is no longer used, in milliseconds.
const TOKEN_MARGIN_MS: i64 = 60_000;

/// PayPal's API in one of its worlds.
pub struct Api {
    /// Which, and how.
    pub settings: Settings,
    token: TokenCache,
}

/// What PayPal lends.
#[derive(Deserialize)]
pub(crate) struct Granted {
    access_token: String,
    expires_in: i64,
    /// The application that it is for.
    pub app_id: Option<String>,
}

/// PayPal's error: `{"name": …, "message": …, "debug_id": …, "details": [{"issue": …}]}`; OAuth's is
/// `{"error": …, "error_description": …}`.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Problem {
    /// Its kind, such as `UNPROCESSABLE_ENTITY`.
    #[serde(alias = "error")]
    name: String,
    /// What PayPal's support asks for.
    debug_id: Option<String>,
    details: Vec<Detail>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Detail {
    issue: String,
}

impl Api {
    /// Nothing is asked yet.
    #[must_use]
    pub fn new(settings: Settings) -> Self {
        Api { settings, token: TokenCache::default() }
    }

    /// A token. Without one nothing but the request for one was sent.
    pub(crate) async fn fetch_token(&self, host: &dyn Host) -> Result<Granted, Denied> {
        let headers = [
            ("authorization", "Basic {{basic:client_id:client_secret}}"),
            ("content-type", CONTENT_TYPE),
            ("accept", "application/json"),
        ];
        let url = format!("{}/v1/oauth2/token", self.settings.base());
        let request = HttpRequest { idempotent: true, ..request::post(url, &headers, "grant_type=client_credentials") };
        let no_token = |why: String| Denied::Silent(Silence::NotTaken(format!("PayPal gave no token: {why}")));
        let answered = heard::json(host.http(request).await).map_err(|silence| no_token(silence.reason()))?;
        if answered.status == 200 {
            let granted = Granted::deserialize(&answered.body).ok();
            let usable = granted.filter(|granted| is_id(&granted.access_token, 4095, b"-_.~+/="));
            return usable.ok_or_else(|| no_token("its answer is not understood".into()));
        }
        let problem = Problem::read(host, &answered);
        match answered.status {
            400 | 401 | 403 if !problem.name.is_empty() => Err(Denied::setup(problem.name)),
            status => Err(no_token(format!("status {status}"))),
        }
    }

    async fn token(&self, host: &dyn Host) -> Result<(String, bool), Denied> {
        let fetch = async {
            let granted = self.fetch_token(host).await?;
            let end = host.now_ms().saturating_add(granted.expires_in.saturating_mul(1000));
            Ok((granted.access_token, end.saturating_sub(TOKEN_MARGIN_MS)))
        };
        self.token.get(host.now_ms(), fetch).await
    }

    /// The `T` at this path, from `/v1`, `/v2` or `/v3` on.
    pub(crate) async fn get<T: DeserializeOwned>(&self, host: &dyn Host, path: &str) -> Result<T, Denied> {
        let url = format!("{}{path}", self.settings.base());
        self.ask(host, &request::get(url, &[("content-type", "application/json")])).await
    }

    /// Does something once for each key (`PayPal-Request-Id`); the answer is a `T`.
    pub(crate) async fn post<T: DeserializeOwned>(
        &self,
        host: &dyn Host,
        path: &str,
        key: &str,
        body: impl Into<String>,
    ) -> Result<T, Denied> {
        let headers =
            [("content-type", "application/json"), ("paypal-request-id", key), ("prefer", "return=representation")];
        // Without a key it is a question, of which nothing comes.
        let headers = if key.is_empty() { &headers[..1] } else { &headers };
        self.ask(host, &request::post(format!("{}{path}", self.settings.base()), headers, body)).await
    }

    async fn ask<T: DeserializeOwned>(&self, host: &dyn Host, request: &HttpRequest) -> Result<T, Denied> {
        let (mut token, mut fresh) = self.token(host).await?;
        loop {
            let mut sent = request.clone();
            sent.headers.insert(0, ("authorization".to_owned(), format!("Bearer {token}")));
            let answered = heard::json(host.http(sent).await)?;
            if matches!(answered.status, 200 | 201 | 204) && !answered.body.is_array() {
                // A list would be taken for an object whose every field is left out.
                let unread = |_| Denied::unclear("PayPal's answer is not understood");
                return serde_json::from_value(answered.body).map_err(unread);
            }
            // A token that PayPal took back: the request was refused at the door, so it may be made once more.
            if answered.status == 401 && !fresh && answered.body["error"] == "invalid_token" {
                self.token.forget(&token).await;
                (token, fresh) = (self.token(host).await?.0, true);
                continue;
            }
            return Err(Problem::read(host, &answered).denied(answered.status));
        }
    }
}

impl Problem {
    /// What an answer tells of; its kind, its issues and the id that PayPal's support asks for go into the log.
    fn read(host: &dyn Host, answered: &Answered) -> Problem {
        let problem = Problem::deserialize(&answered.body).unwrap_or_default();
        let issues: Vec<&str> = problem.details.iter().map(|detail| detail.issue.as_str()).collect();
        let (name, debug_id) = (&problem.name, problem.debug_id.as_deref().unwrap_or("none"));
        host.log(&format!("PayPal answered {}: {name} {} debug_id={debug_id}", answered.status, issues.join(",")));
        problem
    }

    fn denied(self, status: u16) -> Denied {
        let known =
            self.details.iter().map(|detail| ISSUES.refused(&detail.issue)).find(|issue| issue.meaning().is_some());
        match (status, self.name.as_str(), known) {
            (404, "RESOURCE_NOT_FOUND", _) => Denied::Refused { code: self.name, meaning: Meaning::Missing },
            (400 | 401 | 403 | 404 | 409 | 422, _, Some(denied)) if !self.name.is_empty() => denied,
            (401, name, _) if !name.is_empty() => Denied::setup(name),
            (403, "NOT_AUTHORIZED", _) => Denied::setup(self.name),
            _ => Denied::unclear(format!("PayPal answered with status {status}")),
        }
    }
}

/// An id of PayPal's that may stand in a path.
pub(crate) fn id(text: &str) -> bool {
    is_id(text, 64, b"-_")
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn every_row_of_the_table_is_understood_and_there_once() {
        assert_eq!(ISSUES.faults(), Vec::<&str>::new());
        let fraud = Meaning::No(DeclineCode::SuspectedFraud, RetryAdvice::Never);
        assert_eq!(ISSUES.meaning("TRANSACTION_REFUSED"), Some(fraud));
    }

    #[test]
    fn the_first_issue_that_is_known_counts_and_a_problem_without_a_name_says_nothing() {
        let denied = |status, body| serde_json::from_value::<Problem>(body).unwrap().denied(status);
        let details = json!([{ "issue": "FULL_MOON" }, { "issue": "INSTRUMENT_DECLINED" }]);
        let known = denied(422, json!({ "name": "UNPROCESSABLE_ENTITY", "details": details }));
        assert_eq!(known.meaning(), Some(Meaning::Act));
        assert_eq!(denied(422, json!({ "details": details })).meaning(), None);
        assert!(denied(404, json!({ "name": "RESOURCE_NOT_FOUND", "details": details })).is_missing());
        assert_eq!(denied(401, json!({ "error": "invalid_token" })), Denied::setup("invalid_token"));
        assert_eq!(denied(403, json!({ "name": "FULL_MOON" })).meaning(), None);
    }
}
