//! Requests and answers, and the search by our own reference.
//!
//! Every object that is read says whether it is of test or live mode. One that contradicts the configuration is an alarm:
//! a line in the log, and nothing that it says is believed.

use crate::settings::Settings;
use crate::wire::{self, Object, REFERENCE, SESSIONS, tag};
use sayso_plugin_sdk::form::{CONTENT_TYPE, Form, path_part};
use sayso_plugin_sdk::heard;
use sayso_plugin_sdk::listing::Listing;
use sayso_plugin_sdk::prelude::*;
use serde_json::Value;

/// The version of Stripe's API that all this is written for.
pub const VERSION: &str = "2026-06-24.dahlia";
/// The key, which the gate fills in, and the version.
const KEY: (&str, &str) = ("authorization", "Bearer {{secret:api_key}}");
const PINNED: (&str, &str) = ("stripe-version", VERSION);
/// What of a page tells of a payment.
pub(crate) const PAYMENT: &str = "payment_intent";
/// How Stripe gives its lists, a hundred objects to a page.
const LISTS: Listing =
    Listing { items: "data", more: "has_more", after: "starting_after", made: "created", pages_max: 10 };

/// A client of Stripe.
pub struct Client {
    /// Its configuration.
    pub settings: Settings,
}

impl Client {
    /// Asks for something; nothing changes by it.
    pub(crate) async fn get(&self, host: &dyn Host, path: &str, query: &Form) -> Told<Value> {
        let url = query.query_of(&format!("{}/v1/{path}", self.settings.place.base));
        exchange(host, request::get(url, &[KEY, PINNED])).await?.told(denied).map_err(Denied::asked)
    }

    /// Asks Stripe to do something, once for each key.
    pub(crate) async fn post(&self, host: &dyn Host, path: &str, key: &str, body: &Value) -> Told<Value> {
        self.try_to(host, path, key, body).await?.told(denied)
    }

    /// The same, with the whole answer even where Stripe refuses.
    pub(crate) async fn try_to(&self, host: &dyn Host, path: &str, key: &str, body: &Value) -> Told<Answered> {
        let headers = [KEY, PINNED, ("content-type", CONTENT_TYPE), ("idempotency-key", key)];
        let url = format!("{}/v1/{path}", self.settings.place.base);
        exchange(host, request::post(url, &headers, Form::of(body).body())).await
    }

    /// Raises the alarm if something is of the other mode than the configuration says.
    pub(crate) fn same_mode(&self, host: &dyn Host, object: &Value) -> Result<(), String> {
        let live = object["livemode"].as_bool().ok_or("Stripe does not say its mode")?;
        let same = self.settings.place.same_mode(live);
        same.inspect_err(|why| host.log(&format!("ALARM: {why}; compare the key with `mode`")))
    }

    /// An object that has to be ours, and of our mode.
    pub(crate) fn ours(&self, host: &dyn Host, object: Value, reference: &str) -> Told<Object> {
        self.same_mode(host, &object).map_err(Denied::unclear)?;
        match (tag(&object, REFERENCE), object.text("id")) {
            (Some(about), Some(_)) if about == reference => Ok(Object(object)),
            _ => Err(Denied::unclear("Stripe answered about something else")),
        }
    }

    /// The object of this id, which has to be ours; of a page with this expanded. That Stripe does not know it is no answer: it was
    /// there, so more likely the key or the account is another one now.
    pub(crate) async fn fetch(&self, host: &dyn Host, id: &str, what: &str, reference: &str) -> Told<Object> {
        let query = if id.starts_with(SESSIONS) { expanding(what) } else { Form::new() };
        let found = self.get(host, &place(id), &query).await.map_err(Denied::silence)?;
        self.ours(host, found, reference)
    }

    /// Asks for a change of an object; how it stands then. Where Stripe refuses, how it stands is what counts.
    pub async fn change(
        &self,
        host: &dyn Host,
        object: &Object,
        (verb, key): (&str, &str),
        body: &Value,
    ) -> Told<Object> {
        let (id, reference) = (object.id(), tag(&object.0, REFERENCE).unwrap_or_default());
        match self.post(host, &format!("{}/{verb}", place(id)), key, body).await {
            Err(Denied::Silent(silence)) => Err(silence.into()),
            Err(_) => self.fetch(host, id, PAYMENT, reference).await,
            Ok(after) => self.ours(host, after, reference),
        }
    }

    /// What bears our reference: by Stripe's id where it is known, else everything since `sent_ms` is looked through.
    pub async fn find(&self, host: &dyn Host, reference: &str, id: Option<&str>, sent_ms: Option<i64>) -> Told<Object> {
        if let Some(id) = id {
            return self.fetch(host, id, PAYMENT, reference).await;
        }
        if let Some(page) = self.page(host, PAYMENT, reference, sent_ms).await? {
            return Ok(page);
        }
        let list = ("payment_intents", Form::new());
        let mut intents = self.search(host, list, (REFERENCE, reference), sent_ms).await?;
        match (intents.pop(), intents.is_empty()) {
            (None, _) => Err(Denied::missing("nothing bears our reference")),
            (Some(intent), true) => self.ours(host, intent, reference),
            _ => Err(Denied::unclear("more than one payment bears our reference: look at them in Stripe's dashboard")),
        }
    }

    /// The newest page that bears our reference, with this of it expanded; one that is over without a payment gives way to one
    /// that is open or done.
    pub async fn page(&self, host: &dyn Host, what: &str, about: &str, sent_ms: Option<i64>) -> Told<Option<Object>> {
        let list = ("checkout/sessions", expanding(&format!("data.{what}")));
        let found = self.search(host, list, (REFERENCE, about), sent_ms).await?;
        let pages = found.into_iter().map(|page| self.ours(host, page, about)).collect::<Told<Vec<Object>>>()?;
        Ok(pages.into_iter().min_by_key(|page| matches!(page.outcome(), Outcome::Failed { .. })))
    }

    /// Everything in a list, newest first, to which this is attached.
    pub(crate) async fn search(
        &self,
        host: &dyn Host,
        (path, query): (&str, Form),
        (key, wanted): (&str, &str),
        sent_ms: Option<i64>,
    ) -> Told<Vec<Value>> {
        let page = |query: Form| async move { self.get(host, path, &query).await };
        // Every object of Stripe's has metadata: without, nobody can tell whose it is.
        let ours = |item: &Value| item["metadata"].is_object().then(|| tag(item, key) == Some(wanted));
        let found = LISTS.search(query.field("limit", 100), sent_ms, page, ours).await;
        // That a list is not there says nothing of what is in it.
        found.map_err(|denied| denied.silence().into())
    }
}

async fn exchange(host: &dyn Host, request: HttpRequest) -> Told<Answered> {
    let codes = ["error/type", "error/code", "error/decline_code"];
    let answered = heard::json(host.http(request).await)?;
    Ok(answered.noted(host, "Stripe", &codes, &["request-id", "stripe-should-retry"]))
}

/// Where the object of this id is.
fn place(id: &str) -> String {
    let kind = if id.starts_with(SESSIONS) { "checkout/sessions" } else { "payment_intents" };
    format!("{kind}/{}", path_part(id))
}

/// A query that wants something itself and not only its id.
fn expanding(what: &str) -> Form {
    Form::new().field("expand[]", what)
}

/// What a refusal means.
pub(crate) fn denied(answered: &Answered) -> Denied {
    let (problem, status) = (&answered.body["error"], answered.status);
    let kind = problem.word("type");
    let unclear = || Denied::unclear(format!("Stripe answered with status {status} ({kind})"));
    if status == 409 || !matches!(kind, "card_error" | "invalid_request_error") {
        // Above all `idempotency_error`: the key was used for something else, and nobody knows what became of that.
        return unclear();
    }
    match wire::denied(problem) {
        Some(denied) => denied,
        // A request that Stripe does not take, such as a parameter of the wrong form: it was not begun.
        None if problem.at("code").is_none() && matches!(status, 400 | 401 | 403 | 404) => {
            Denied::setup(status.to_string())
        }
        None => unclear(),
    }
}
