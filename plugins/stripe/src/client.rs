//! Requests and answers, and the search by our own reference.
//!
//! Every object that is read says whether it is of test or live mode. One that contradicts the configuration is an alarm:
//! a line in the log, and nothing that it says is believed.

use crate::settings::Settings;
use crate::wire::{Intent, Problem, REFERENCE, Session, Tagged};
use sayso_plugin_sdk::form::{CONTENT_TYPE, Form, path_part};
use sayso_plugin_sdk::heard;
use sayso_plugin_sdk::prelude::*;
use serde::Deserialize;
use serde_json::Value;

/// The version of Stripe's API that all this is written for.
pub const VERSION: &str = "2026-06-24.dahlia";
/// How many pages of a hundred objects are searched.
const PAGES_MAX: usize = 10;
/// How far Stripe's clock and ours may be apart, in milliseconds.
const CLOCKS_APART_MS: i64 = 600_000;

/// A client of Stripe.
pub struct Stripe {
    /// Its configuration.
    pub settings: Settings,
}

/// What bears our reference.
pub enum Found {
    /// A page of Checkout, which knows more than its intent.
    Session(Box<Session>),
    /// An intent without a page.
    Intent(Box<Intent>),
    /// Nothing, and all of it was looked at.
    Nothing,
}

impl Found {
    fn session(session: Session) -> Found {
        Found::Session(Box::new(session))
    }

    fn intent(intent: Intent) -> Found {
        Found::Intent(Box::new(intent))
    }
}

/// One page of a list.
#[derive(Deserialize)]
struct Page {
    data: Vec<Value>,
    has_more: bool,
}

impl Stripe {
    /// Asks for something; nothing changes by it.
    pub async fn get(&self, host: &dyn Host, path: &str, query: &Form) -> Result<Answered, Silence> {
        let url = query.query_of(&format!("{}/v1/{path}", self.settings.base()));
        self.send(host, ("GET", url), Vec::new(), String::new()).await
    }

    /// Asks Stripe to do something, once for each key.
    pub async fn post(&self, host: &dyn Host, path: &str, key: &str, form: &Form) -> Result<Answered, Silence> {
        let url = format!("{}/v1/{path}", self.settings.base());
        let headers = vec![("content-type", CONTENT_TYPE), ("idempotency-key", key)];
        self.send(host, ("POST", url), headers, form.body()).await
    }

    async fn send(
        &self,
        host: &dyn Host,
        (method, url): (&str, String),
        headers: Vec<(&str, &str)>,
        body: String,
    ) -> Result<Answered, Silence> {
        let all = [("authorization", "Bearer {{secret:api_key}}"), ("stripe-version", VERSION)].into_iter();
        let headers = all.chain(headers).map(|(name, value)| (name.to_owned(), value.to_owned())).collect();
        // A repeated POST has no second effect either, but whether to repeat one is for payments to decide.
        let idempotent = method == "GET";
        let answer = host.http(HttpRequest { method: method.to_owned(), url, headers, body, idempotent }).await;
        if let Ok(response) = &answer
            && !(200..300).contains(&response.status)
        {
            let problem = serde_json::from_str(&response.body).map(|body| problem(&body)).unwrap_or_default();
            let header = |name| response.header(name).unwrap_or("-");
            host.log(&format!(
                "Stripe answered {} ({}, {}, {}; request {}, should retry: {})",
                response.status,
                problem.kind,
                problem.code.unwrap_or_default(),
                problem.decline_code.unwrap_or_default(),
                header("request-id"),
                header("stripe-should-retry"),
            ));
        }
        heard::json(answer)
    }

    /// Raises the alarm if something is of the other mode than the configuration says.
    pub fn same_mode(&self, host: &dyn Host, livemode: bool) -> Result<(), String> {
        if livemode == self.settings.live() {
            return Ok(());
        }
        let word = |live| if live { "live" } else { "test" };
        let (theirs, ours) = (word(livemode), word(self.settings.live()));
        let reason = format!("Stripe answered in {theirs} mode, but the configuration says `mode: {ours}`");
        host.log(&format!("ALARM: {reason}; compare the key with `mode`"));
        Err(reason)
    }

    /// Reads an object that has to be ours, and of our mode.
    pub fn read<T: Tagged>(&self, host: &dyn Host, body: &Value, reference: &str) -> Result<T, String> {
        let object: T = serde_json::from_value(body.clone()).map_err(|wrong| format!("not understood: {wrong}"))?;
        self.same_mode(host, object.livemode())?;
        match object.metadata().get(REFERENCE) {
            Some(theirs) if theirs == reference => Ok(object),
            _ => Err("Stripe answered about something else".to_owned()),
        }
    }

    /// The object of this id, which has to be ours.
    pub async fn fetch<T: Tagged>(&self, host: &dyn Host, id: &str, reference: &str) -> Result<T, String> {
        let (path, query) = match id.starts_with("cs_") {
            true => (format!("checkout/sessions/{}", path_part(id)), expanding("")),
            false => (format!("payment_intents/{}", path_part(id)), Form::new()),
        };
        let answered = self.get(host, &path, &query).await.map_err(Silence::reason)?;
        match answered.fine() {
            true => self.read(host, &answered.body, reference),
            // Not "not found": it was there, so more likely the key or the account is another one now.
            false => Err(format!("Stripe answered with status {} about {id}", answered.status)),
        }
    }

    /// What bears our reference: by Stripe's id where it is known, else everything since `sent_ms` is looked through.
    pub async fn find(
        &self,
        host: &dyn Host,
        reference: &str,
        id: Option<&str>,
        sent_ms: Option<i64>,
    ) -> Result<Found, String> {
        match id {
            Some(id) if id.starts_with("cs_") => return self.fetch(host, id, reference).await.map(Found::session),
            Some(id) => return self.fetch(host, id, reference).await.map(Found::intent),
            None => {}
        }
        let mut sessions: Vec<Session> =
            self.search(host, "checkout/sessions", expanding("data."), reference, sent_ms).await?;
        // One whose page is over without a payment gives way to one that is open or done.
        sessions.sort_by_key(|session| matches!(session.outcome(), Outcome::Failed { .. }));
        if let Some(session) = sessions.into_iter().next() {
            return Ok(Found::session(session));
        }
        let intents = self.search::<Intent>(host, "payment_intents", Form::new(), reference, sent_ms).await?;
        let mut intents = intents.into_iter();
        match (intents.next(), intents.next()) {
            (None, _) => Ok(Found::Nothing),
            (Some(intent), None) => Ok(Found::intent(intent)),
            _ => Err("more than one payment bears our reference: look at them in Stripe's dashboard".to_owned()),
        }
    }

    /// Everything in a list, newest first, that bears our reference.
    pub async fn search<T: Tagged>(
        &self,
        host: &dyn Host,
        path: &str,
        query: Form,
        reference: &str,
        sent_ms: Option<i64>,
    ) -> Result<Vec<T>, String> {
        let since = sent_ms.map(|sent_ms| sent_ms.saturating_sub(CLOCKS_APART_MS).div_euclid(1000));
        let (mut found, mut query) = (Vec::new(), query.field("limit", 100));
        for _ in 0..PAGES_MAX {
            let answered = self.get(host, path, &query).await.map_err(Silence::reason)?;
            let page = serde_json::from_value::<Page>(answered.body.clone());
            let (true, Ok(page)) = (answered.fine(), page) else {
                return Err(format!("Stripe answered with status {} to a search", answered.status));
            };
            // Every object of Stripe's has metadata: without, nobody can tell whose it is.
            if page.data.iter().any(|item| !item["metadata"].is_object()) {
                return Err("a list that is not understood".to_owned());
            }
            for item in page.data.iter().filter(|item| item["metadata"][REFERENCE] == reference) {
                found.push(self.read(host, item, reference)?);
            }
            let Some(last) = page.data.last().filter(|_| page.has_more) else { return Ok(found) };
            if since.is_some_and(|since| last["created"].as_i64().is_some_and(|created| created < since)) {
                return Ok(found);
            }
            let Some(id) = last["id"].as_str() else { return Err("a list without ids".to_owned()) };
            query = query.with("starting_after", id);
        }
        Err(format!("not among the newest {} of {path}", PAGES_MAX * 100))
    }
}

/// A query that wants the payment's intent itself and not only its id.
fn expanding(within: &str) -> Form {
    Form::new().field("expand[]", format!("{within}payment_intent"))
}

/// The `error` of an answer.
pub fn problem(body: &Value) -> Problem {
    body.get("error").and_then(|error| serde_json::from_value(error.clone()).ok()).unwrap_or_default()
}

/// What a refusal of a request to pay means.
#[must_use]
pub fn refused(answered: &Answered) -> Outcome {
    let problem = problem(&answered.body);
    let said = format!("Stripe answered with status {} ({})", answered.status, problem.kind);
    if answered.status == 409 || !matches!(problem.kind.as_str(), "card_error" | "invalid_request_error") {
        // Above all `idempotency_error`: the key was used for something else, and nobody knows what became of that.
        return Outcome::unknown(said);
    }
    let unnamed = problem.code.is_none() && matches!(answered.status, 400 | 401 | 403 | 404);
    problem.failure().unwrap_or_else(|| match unnamed {
        // A request that Stripe does not take, such as a parameter of the wrong form: it was not begun.
        true => Outcome::failed(DeclineCode::Configuration, RetryAdvice::Never, answered.status.to_string()),
        false => Outcome::unknown(said),
    })
}
