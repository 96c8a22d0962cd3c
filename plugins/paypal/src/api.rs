//! The token, and one exchange: what was sent, and what PayPal's answer means before anybody looks into it.

use crate::issues::Problem;
use crate::settings::Settings;
use crate::wire::Link;
use sayso_plugin_sdk::heard;
use sayso_plugin_sdk::prelude::*;
use sayso_plugin_sdk::text::is_id;
use sayso_plugin_sdk::token::TokenCache;
use serde::Deserialize;
use serde_json::Value;

/// How long before its end a token is no longer used, in milliseconds.
const TOKEN_MARGIN_MS: i64 = 60_000;

/// PayPal's API in one of its worlds.
pub struct Api {
    /// Which, and how.
    pub settings: Settings,
    token: TokenCache,
}

/// What came of an exchange.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Said {
    /// It was done; the body.
    Done(String),
    /// It will not be paid; with PayPal's own code.
    Declined(DeclineCode, RetryAdvice, String),
    /// The person has to approve again, at one of these links if there are any.
    Act(Vec<Link>),
    /// It stands otherwise than was thought.
    Look(String),
    /// PayPal is at it.
    Wait,
    /// The refund is refused; with PayPal's own code.
    RefundRefused(String),
    /// PayPal knows no such thing.
    NotFound,
    /// Certainly nothing was taken.
    NotSent(String),
    /// Nobody can tell.
    Unclear(String),
}

/// Why there is no token. Nothing but the request for one was sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NoToken {
    /// PayPal does not take the client's id and secret.
    Refused(String),
    /// PayPal gave no usable answer.
    Unavailable(String),
}

#[derive(Deserialize)]
struct Granted {
    access_token: String,
    expires_in: i64,
    #[serde(default)]
    app_id: Option<String>,
}

/// One request: its method and path, the key under which it has one effect, and its body.
#[derive(Clone, Copy)]
pub struct Request<'a> {
    /// `GET` or `POST`.
    pub method: &'a str,
    /// From `/v1`, `/v2` or `/v3` on.
    pub path: &'a str,
    /// `PayPal-Request-Id`.
    pub key: Option<&'a str>,
    /// JSON, as text.
    pub body: &'a str,
}

impl<'a> Request<'a> {
    /// Asks for what is at `path`.
    #[must_use]
    pub fn get(path: &'a str) -> Self {
        Request { method: "GET", path, key: None, body: "" }
    }

    /// Does something once.
    #[must_use]
    pub fn post(path: &'a str, key: &'a str, body: &'a str) -> Self {
        Request { method: "POST", path, key: Some(key), body }
    }
}

impl Api {
    /// Nothing is asked yet.
    #[must_use]
    pub fn new(settings: Settings) -> Self {
        Api { settings, token: TokenCache::default() }
    }

    /// A token from PayPal, and the name of the application that it is for.
    pub async fn fetch_token(&self, host: &dyn Host) -> Result<(String, i64, Option<String>), NoToken> {
        let request = HttpRequest {
            method: "POST".to_owned(),
            url: format!("{}/v1/oauth2/token", self.settings.base()),
            headers: vec![
                ("authorization".to_owned(), "Basic {{basic:client_id:client_secret}}".to_owned()),
                ("content-type".to_owned(), "application/x-www-form-urlencoded".to_owned()),
                ("accept".to_owned(), "application/json".to_owned()),
            ],
            body: "grant_type=client_credentials".to_owned(),
            idempotent: true,
        };
        let response = host.http(request).await.map_err(|failure| NoToken::Unavailable(failure.to_string()))?;
        let problem = || Problem::read(&response.body).map(|problem| problem.line());
        match response.status {
            200 => match serde_json::from_str::<Granted>(&response.body) {
                Ok(Granted { access_token, expires_in, app_id }) if plain(&access_token) => {
                    let until = host.now_ms().saturating_add(expires_in.saturating_mul(1000)) - TOKEN_MARGIN_MS;
                    Ok((access_token, until, app_id))
                }
                _ => Err(NoToken::Unavailable("PayPal's answer to the request for a token is not understood".into())),
            },
            400 | 401 | 403 => match problem() {
                Some(line) => Err(NoToken::Refused(line)),
                None => Err(NoToken::Unavailable(format!("PayPal gave no token: status {}", response.status))),
            },
            status => Err(NoToken::Unavailable(format!("PayPal gave no token: status {status}"))),
        }
    }

    async fn token(&self, host: &dyn Host) -> Result<(String, bool), NoToken> {
        let fetch = async { self.fetch_token(host).await.map(|(token, until, _)| (token, until)) };
        self.token.get(host.now_ms(), fetch).await
    }

    /// Sends one request with a token, and says what its answer means.
    pub async fn ask(&self, host: &dyn Host, request: Request<'_>) -> Said {
        let (mut token, mut fresh) = match self.token(host).await {
            Ok(token) => token,
            Err(NoToken::Refused(line)) => {
                host.log(&line);
                return setup("invalid_client".into());
            }
            Err(NoToken::Unavailable(reason)) => return Said::NotSent(reason),
        };
        loop {
            let sent = self.send(host, &token, request).await;
            match sent {
                // A token that PayPal took back: the request was refused at the door, so it may be made once more.
                Ok(response) if response.status == 401 && !fresh && stale_token(&response.body) => {
                    self.token.forget(&token).await;
                    (token, fresh) = match self.token(host).await {
                        Ok((token, _)) => (token, true),
                        Err(NoToken::Refused(_)) => return setup("invalid_client".into()),
                        Err(NoToken::Unavailable(reason)) => return Said::NotSent(reason),
                    };
                }
                sent => return said(host, sent),
            }
        }
    }

    async fn send(&self, host: &dyn Host, token: &str, request: Request<'_>) -> Result<HttpResponse, HttpFailure> {
        let mut headers = vec![
            ("authorization".to_owned(), format!("Bearer {token}")),
            ("content-type".to_owned(), "application/json".to_owned()),
        ];
        if let Some(key) = request.key {
            headers.push(("paypal-request-id".to_owned(), key.to_owned()));
            headers.push(("prefer".to_owned(), "return=representation".to_owned()));
        }
        let (method, body) = (request.method.to_owned(), request.body.to_owned());
        let url = format!("{}{}", self.settings.base(), request.path);
        // Whether what has an effect is sent again is for payments to decide.
        let idempotent = request.method == "GET";
        host.http(HttpRequest { method, url, headers, body, idempotent }).await
    }
}

fn stale_token(body: &str) -> bool {
    Problem::read(body).is_some_and(|problem| problem.error.as_deref() == Some("invalid_token"))
}

/// The request or the account is not as PayPal wants it.
fn setup(code: String) -> Said {
    Said::Declined(DeclineCode::Configuration, RetryAdvice::Never, code)
}

/// What an answer means.
fn said(host: &dyn Host, sent: Result<HttpResponse, HttpFailure>) -> Said {
    let response = match heard::answer(sent) {
        Ok(response) if matches!(response.status, 200 | 201 | 204) => return Said::Done(response.body),
        Ok(response) => response,
        Err(Silence::NotTaken(reason)) => return Said::NotSent(reason),
        Err(Silence::Unclear(reason)) => return Said::Unclear(reason),
    };
    let status = response.status;
    let unclear = || Said::Unclear(format!("PayPal answered with status {status}"));
    let Some(problem) = Problem::read(&response.body) else { return unclear() };
    host.log(&problem.line());
    let name = || problem.error.clone().unwrap_or_else(|| problem.name.clone());
    match (status, problem.issue()) {
        (404, _) if problem.name == "RESOURCE_NOT_FOUND" => Said::NotFound,
        (400 | 401 | 403 | 404 | 409 | 422, Some((issue, meaning))) => match meaning {
            Meaning::No(code, retry) => Said::Declined(code, retry, issue.to_owned()),
            Meaning::Act => Said::Act(problem.links.clone()),
            Meaning::Look => Said::Look(issue.to_owned()),
            Meaning::Wait => Said::Wait,
            Meaning::NoRefund => Said::RefundRefused(issue.to_owned()),
            Meaning::Missing => Said::NotFound,
            Meaning::NotTaken => Said::NotSent(format!("PayPal took nothing: {issue}")),
        },
        (401, _) => setup(name()),
        (403, None) if problem.name == "NOT_AUTHORIZED" => setup(name()),
        _ => unclear(),
    }
}

/// What may stand in a header or an address as it is.
#[must_use]
pub fn plain(text: &str) -> bool {
    is_id(text, 4095, b"-_.~+/=")
}

/// An id of PayPal's that may stand in a path.
#[must_use]
pub fn id(text: &str) -> bool {
    is_id(text, 64, b"-_")
}

/// A body that is a JSON object, as what it is read for.
#[must_use]
pub fn json<T: for<'a> Deserialize<'a>>(body: &str) -> Option<T> {
    // Only as an object: a list would be taken for one whose every field is left out.
    let object: serde_json::Map<String, Value> = serde_json::from_str(body).ok()?;
    serde_json::from_value(Value::Object(object)).ok()
}
