//! Requests and answers, and the search by our own reference.
//!
//! Every object that is read says whether it is of test or live mode. One that contradicts the configuration is an alarm:
//! a line in the log, and nothing that it says is believed.

use crate::settings::Settings;
use crate::wire::{Intent, Problem, REFERENCE, Session};
use sayso_plugin_sdk::form::{CONTENT_TYPE, Form, path_part};
use sayso_plugin_sdk::heard;
use sayso_plugin_sdk::prelude::*;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

/// The version of Stripe's API that all this is written for.
pub const VERSION: &str = "2026-06-24.dahlia";
/// The key, which the gate fills in, and the version.
const KEY: (&str, &str) = ("authorization", "Bearer {{secret:api_key}}");
const PINNED: (&str, &str) = ("stripe-version", VERSION);
/// What the ids of Checkout Sessions begin with.
const SESSIONS: &str = "cs_";
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
    Session(Session),
    /// An intent without a page.
    Intent(Box<Intent>),
    /// Nothing, and all of it was looked at.
    Nothing,
}

/// One page of a list.
#[derive(Deserialize)]
struct Page {
    data: Vec<Value>,
    has_more: bool,
}

impl Stripe {
    /// Asks for something; nothing changes by it.
    pub(crate) async fn get(&self, host: &dyn Host, path: &str, query: &Form) -> Result<Value, Denied> {
        let url = query.query_of(&format!("{}/v1/{path}", self.settings.base()));
        said(exchange(host, request::get(url, &[KEY, PINNED])).await?)
    }

    /// Asks Stripe to do something, once for each key.
    pub(crate) async fn post(&self, host: &dyn Host, path: &str, key: &str, form: &Form) -> Result<Value, Denied> {
        said(self.try_to(host, path, key, form).await?)
    }

    /// The same, with the whole answer even where Stripe refuses.
    pub(crate) async fn try_to(
        &self,
        host: &dyn Host,
        path: &str,
        key: &str,
        form: &Form,
    ) -> Result<Answered, Silence> {
        let headers = [KEY, PINNED, ("content-type", CONTENT_TYPE), ("idempotency-key", key)];
        let url = format!("{}/v1/{path}", self.settings.base());
        exchange(host, request::post(url, &headers, form.body())).await
    }

    /// Raises the alarm if something is of the other mode than the configuration says.
    pub(crate) fn same_mode(&self, host: &dyn Host, livemode: bool) -> Result<(), String> {
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
    pub(crate) fn read<T: DeserializeOwned>(
        &self,
        host: &dyn Host,
        body: &Value,
        reference: &str,
    ) -> Result<T, Silence> {
        let not_understood = |why: &str| Silence::unclear(format!("Stripe's answer is not understood: {why}"));
        let livemode = body["livemode"].as_bool().ok_or_else(|| not_understood("it has no mode"))?;
        self.same_mode(host, livemode).map_err(Silence::Unclear)?;
        if body["metadata"][REFERENCE] != *reference {
            return Err(Silence::unclear("Stripe answered about something else"));
        }
        T::deserialize(body).map_err(|wrong| not_understood(&wrong.to_string()))
    }

    /// The object of this id, which has to be ours. That Stripe does not know it is no answer: it was there, so more likely the
    /// key or the account is another one now.
    pub(crate) async fn fetch<T: DeserializeOwned>(
        &self,
        host: &dyn Host,
        id: &str,
        reference: &str,
    ) -> Result<T, Silence> {
        let query = if id.starts_with(SESSIONS) { expanding("") } else { Form::new() };
        self.read(host, &self.get(host, &place(id), &query).await?, reference)
    }

    /// Asks for a change of the object of this id; how it stands then. Where Stripe refuses, how it stands is what counts.
    pub(crate) async fn change<T: DeserializeOwned>(
        &self,
        host: &dyn Host,
        (id, reference): (&str, &str),
        (verb, key): (&str, &str),
        form: &Form,
    ) -> Result<T, Silence> {
        match self.post(host, &format!("{}/{verb}", place(id)), key, form).await {
            Ok(body) => self.read(host, &body, reference),
            Err(Denied::Refused { .. }) => self.fetch(host, id, reference).await,
            Err(Denied::Silent(silence)) => Err(silence),
        }
    }

    /// What bears our reference: by Stripe's id where it is known, else everything since `sent_ms` is looked through.
    pub(crate) async fn find(
        &self,
        host: &dyn Host,
        reference: &str,
        id: Option<&str>,
        sent_ms: Option<i64>,
    ) -> Result<Found, Silence> {
        match id {
            Some(id) if id.starts_with(SESSIONS) => return self.fetch(host, id, reference).await.map(Found::Session),
            Some(id) => return self.fetch(host, id, reference).await.map(Found::Intent),
            None => {}
        }
        let mut sessions: Vec<Session> =
            self.search(host, "checkout/sessions", expanding("data."), reference, sent_ms).await?;
        // One whose page is over without a payment gives way to one that is open or done.
        sessions.sort_by_key(|session| matches!(session.outcome(), Outcome::Failed { .. }));
        if let Some(session) = sessions.into_iter().next() {
            return Ok(Found::Session(session));
        }
        let intents = self.search::<Box<Intent>>(host, "payment_intents", Form::new(), reference, sent_ms).await?;
        let mut intents = intents.into_iter();
        match (intents.next(), intents.next()) {
            (None, _) => Ok(Found::Nothing),
            (Some(intent), None) => Ok(Found::Intent(intent)),
            _ => Err(Silence::unclear("more than one payment bears our reference: look at them in Stripe's dashboard")),
        }
    }

    /// Everything in a list, newest first, that bears our reference.
    pub(crate) async fn search<T: DeserializeOwned>(
        &self,
        host: &dyn Host,
        path: &str,
        query: Form,
        reference: &str,
        sent_ms: Option<i64>,
    ) -> Result<Vec<T>, Silence> {
        let since = sent_ms.map(|sent_ms| sent_ms.saturating_sub(CLOCKS_APART_MS).div_euclid(1000));
        let not_understood = || Silence::unclear("Stripe's list is not understood");
        let (mut found, mut query) = (Vec::new(), query.field("limit", 100));
        for _ in 0..PAGES_MAX {
            let page = Page::deserialize(self.get(host, path, &query).await?).map_err(|_| not_understood())?;
            // Every object of Stripe's has metadata: without, nobody can tell whose it is.
            if page.data.iter().any(|item| !item["metadata"].is_object()) {
                return Err(not_understood());
            }
            for item in page.data.iter().filter(|item| item["metadata"][REFERENCE] == reference) {
                found.push(self.read(host, item, reference)?);
            }
            let Some(last) = page.data.last().filter(|_| page.has_more) else { return Ok(found) };
            if since.is_some_and(|since| last["created"].as_i64().is_some_and(|created| created < since)) {
                return Ok(found);
            }
            query = query.with("starting_after", last["id"].as_str().ok_or_else(not_understood)?);
        }
        Err(Silence::unclear(format!("not among the newest {} of {path}", PAGES_MAX * 100)))
    }
}

async fn exchange(host: &dyn Host, request: HttpRequest) -> Result<Answered, Silence> {
    let answered = heard::json(host.http(request).await)?;
    if !answered.fine() {
        let problem = problem(&answered.body);
        let header = |name| answered.header(name).unwrap_or("-");
        host.log(&format!(
            "Stripe answered {} ({}, {}, {}; request {}, should retry: {})",
            answered.status,
            problem.kind,
            problem.code.unwrap_or_default(),
            problem.decline_code.unwrap_or_default(),
            header("request-id"),
            header("stripe-should-retry"),
        ));
    }
    Ok(answered)
}

fn said(answered: Answered) -> Result<Value, Denied> {
    if answered.fine() { Ok(answered.body) } else { Err(denied(&answered)) }
}

/// Where the object of this id is.
fn place(id: &str) -> String {
    let kind = if id.starts_with(SESSIONS) { "checkout/sessions" } else { "payment_intents" };
    format!("{kind}/{}", path_part(id))
}

/// A query that wants the payment's intent itself and not only its id.
fn expanding(within: &str) -> Form {
    Form::new().field("expand[]", format!("{within}payment_intent"))
}

/// The `error` of an answer.
pub(crate) fn problem(body: &Value) -> Problem {
    body.get("error").and_then(|error| serde_json::from_value(error.clone()).ok()).unwrap_or_default()
}

/// What a refusal means.
pub(crate) fn denied(answered: &Answered) -> Denied {
    let (problem, status) = (problem(&answered.body), answered.status);
    let unclear = || Denied::unclear(format!("Stripe answered with status {status} ({})", problem.kind));
    if status == 409 || !matches!(problem.kind.as_str(), "card_error" | "invalid_request_error") {
        // Above all `idempotency_error`: the key was used for something else, and nobody knows what became of that.
        return unclear();
    }
    match problem.denied() {
        Some(denied) => denied,
        // A request that Stripe does not take, such as a parameter of the wrong form: it was not begun.
        None if problem.code.is_none() && matches!(status, 400 | 401 | 403 | 404) => Denied::setup(status.to_string()),
        None => unclear(),
    }
}
