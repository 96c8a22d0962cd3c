//! A pretend Stripe: it keeps customers' intents, pages and refunds, and checks authorisation, version, forms and keys as the
//! real one does. What it does not know it refuses.

use crate::household::HandClock;
use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::State;
use axum::http::{HeaderMap, Method, StatusCode, Uri};
use axum::response::{IntoResponse, Response};
use sayso::payments::Clock as _;
use sayso_plugin_interface::HttpRequest;
use serde_json::{Value, json};
use std::collections::{BTreeMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard};
use stripe::client::VERSION;

/// The key that it takes; made up, and only for tests.
pub const KEY: &str = "sk_test_published_only_for_tests";
/// What notifications are signed with; made up, and only for tests.
pub const WEBHOOK_SECRET: &str = "whsec_published_only_for_tests";
/// After this a key may be forgotten, and then pays anew.
const KEY_LIFE_MS: i64 = 24 * 60 * 60 * 1000;

/// What goes wrong with the next request that has an effect.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// It is lost before anything is done.
    LostBefore,
    /// It is done, and the answer is lost.
    LostAfter,
    /// It is done, and answered with 500.
    BrokenAfter,
    /// It is not done, and answered with 503.
    BrokenBefore,
    /// 429.
    Busy,
    /// It is done, for another amount.
    WrongAmount,
    /// It is done, and answered with a status of tomorrow.
    UnheardOf,
}

/// What is kept.
#[derive(Default)]
pub struct Books {
    /// PaymentIntents by id.
    pub intents: BTreeMap<String, Value>,
    /// Checkout Sessions by id.
    pub pages: BTreeMap<String, Value>,
    /// Refunds by id.
    pub refunds: BTreeMap<String, Value>,
    keys: BTreeMap<String, (i64, String, u16, Value)>,
    faults: VecDeque<Option<Fault>>,
    /// Which mode the key is of.
    pub live: bool,
    made: u32,
}

#[derive(Clone)]
pub struct Bank {
    books: Arc<Mutex<Books>>,
    clock: Arc<HandClock>,
    pub url: String,
}

pub(super) type Answer = (u16, Value);

fn refuse(status: u16, kind: &str, code: Option<&str>, message: &str) -> Answer {
    (status, json!({ "error": { "type": kind, "code": code, "message": message } }))
}

fn invalid(message: &str) -> Answer {
    refuse(400, "invalid_request_error", None, message)
}

impl Bank {
    pub async fn open(clock: Arc<HandClock>) -> Bank {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let bank = Bank { books: Arc::default(), clock, url };
        let app = Router::new().fallback(serve).with_state(bank.clone());
        tokio::spawn(async move { axum::serve(listener, app).await });
        bank
    }

    pub fn books(&self) -> MutexGuard<'_, Books> {
        self.books.lock().unwrap()
    }

    /// What goes wrong with the next requests that have an effect, one after the other.
    pub fn faults(&self, faults: &[Option<Fault>]) {
        self.books().faults.extend(faults);
    }

    pub fn now_s(&self) -> i64 {
        self.clock.now_ms() / 1000
    }

    /// How much was taken in all, and how often.
    pub fn taken(&self) -> (i64, usize) {
        let books = self.books();
        let paid = books.intents.values().filter(|intent| intent["status"] == "succeeded");
        paid.fold((0, 0), |(sum, count), intent| (sum + intent["amount_received"].as_i64().unwrap(), count + 1))
    }

    pub fn blank(&self, books: &mut Books, units: i64, currency: Value) -> Value {
        books.made += 1;
        json!({
            "id": format!("pi_{}", books.made), "object": "payment_intent", "livemode": false, "created": self.now_s(),
            "amount": units, "amount_received": 0, "amount_capturable": 0, "currency": currency,
            "capture_method": "automatic", "metadata": {},
        })
    }

    pub(super) fn answer(
        &self,
        method: &Method,
        uri: &Uri,
        headers: &HeaderMap,
        body: &str,
    ) -> (Answer, Option<Fault>) {
        let header = |name: &str| headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default();
        if header("authorization") != format!("Bearer {KEY}") {
            return (refuse(401, "invalid_request_error", None, "Invalid API Key provided"), None);
        }
        if header("stripe-version") != VERSION {
            return (invalid("Invalid Stripe API version"), None);
        }
        let asked = HttpRequest {
            method: method.to_string(),
            url: format!("https://api.stripe.com{uri}"),
            headers: Vec::new(),
            body: body.to_owned(),
            idempotent: false,
        };
        if let Some(why) = super::document::wrong(&asked) {
            return (refuse(400, "invalid_request_error", Some("parameter_unknown"), &why), None);
        }
        let path = uri.path().strip_prefix("/v1/").unwrap_or_default();
        let parts: Vec<&str> = path.split('/').collect();
        if *method == Method::GET {
            return (self.look(&parts, &pairs(uri.query().unwrap_or_default())), None);
        }
        let key = header("idempotency-key").to_owned();
        if *method != Method::POST || header("content-type") != "application/x-www-form-urlencoded" || key.is_empty() {
            return (invalid("a POST needs a form and a key"), None);
        }
        let mut books = self.books();
        let fault = books.faults.pop_front().flatten();
        match fault {
            Some(Fault::Busy) => return (refuse(429, "invalid_request_error", Some("rate_limit"), "busy"), None),
            Some(Fault::LostBefore | Fault::BrokenBefore) => return (refuse(503, "api_error", None, "down"), fault),
            _ => {}
        }
        let asked = format!("{path}?{body}");
        let now_ms = self.clock.now_ms();
        match books.keys.get(&key) {
            Some((at, ..)) if now_ms - at >= KEY_LIFE_MS => {}
            Some((_, same, status, answer)) if *same == asked => return ((*status, answer.clone()), fault),
            Some(_) => return (refuse(400, "idempotency_error", None, "the key was used with other parameters"), None),
            None => {}
        }
        let mut form = pairs(body);
        if fault == Some(Fault::WrongAmount) {
            form.insert("amount".into(), "1".into());
        }
        let (status, mut answer) = self.act(&mut books, &parts, &form);
        // What fails validation is not stored.
        if status != 400 && status != 404 {
            books.keys.insert(key, (now_ms, asked, status, answer.clone()));
        }
        if fault == Some(Fault::UnheardOf) {
            answer["status"] = json!("word_of_tomorrow");
        }
        ((status, answer), fault)
    }

    fn look(&self, parts: &[&str], query: &BTreeMap<String, String>) -> Answer {
        let books = self.books();
        let missing = || refuse(404, "invalid_request_error", Some("resource_missing"), "No such object");
        let expand = |page: &Value| {
            let mut page = page.clone();
            let wanted = query.get("expand[]").map_or("", String::as_str);
            if wanted.ends_with("payment_intent")
                && let Some(intent) = page["payment_intent"].as_str().and_then(|id| books.intents.get(id))
            {
                page["payment_intent"] = intent.clone();
            }
            page
        };
        let list = |all: Vec<Value>| {
            let mut all: Vec<Value> = all.into_iter().rev().collect();
            all.truncate(query.get("limit").map_or(10, |limit| limit.parse().unwrap()));
            (200, json!({ "object": "list", "has_more": false, "data": all }))
        };
        match parts {
            ["balance"] => {
                (200, json!({ "object": "balance", "livemode": books.live, "available": [], "pending": [] }))
            }
            ["payment_intents"] => list(books.intents.values().cloned().collect()),
            ["payment_intents", id] => books.intents.get(*id).map_or_else(missing, |found| (200, found.clone())),
            ["checkout", "sessions"] => list(books.pages.values().map(expand).collect()),
            ["checkout", "sessions", id] => books.pages.get(*id).map_or_else(missing, |found| (200, expand(found))),
            ["refunds"] => {
                let of = query.get("payment_intent").cloned().unwrap_or_default();
                list(books.refunds.values().filter(|refund| refund["payment_intent"] == *of).cloned().collect())
            }
            ["refunds", id] => books.refunds.get(*id).map_or_else(missing, |found| (200, found.clone())),
            _ => refuse(404, "invalid_request_error", None, "Unrecognized request URL"),
        }
    }

    fn act(&self, books: &mut Books, parts: &[&str], form: &BTreeMap<String, String>) -> Answer {
        match parts {
            ["payment_intents"] => self.charge(books, form),
            ["payment_intents", id, verb @ ("cancel" | "capture")] => {
                let Some(intent) = books.intents.get_mut(*id) else {
                    return refuse(404, "invalid_request_error", Some("resource_missing"), "No such payment_intent");
                };
                let status = intent["status"].as_str().unwrap().to_owned();
                match (*verb, status.as_str()) {
                    ("capture", "requires_capture") => settle(intent, false),
                    ("cancel", "succeeded" | "canceled" | "processing") | ("capture", _) => {
                        let code = Some("payment_intent_unexpected_state");
                        return refuse(400, "invalid_request_error", code, "the status does not allow it");
                    }
                    _ => {
                        intent["status"] = json!("canceled");
                        intent["cancellation_reason"] = json!(form.get("cancellation_reason"));
                    }
                }
                (200, intent.clone())
            }
            ["checkout", "sessions"] => self.page(books, form),
            ["checkout", "sessions", id, "expire"] => match books.pages.get_mut(*id) {
                Some(page) if page["status"] == "open" => {
                    page["status"] = json!("expired");
                    page["url"] = Value::Null;
                    (200, page.clone())
                }
                _ => invalid("Only Checkout Sessions with a status in [\"open\"] can be expired"),
            },
            ["refunds"] => self.give_back(books, form),
            _ => refuse(404, "invalid_request_error", None, "Unrecognized request URL"),
        }
    }

    /// Which card it is says what becomes of it, as with Stripe's own test cards.
    fn charge(&self, books: &mut Books, form: &BTreeMap<String, String>) -> Answer {
        let get = |name: &str| form.get(name).map(String::as_str);
        let units = get("amount").and_then(|amount| amount.parse::<i64>().ok());
        let (Some(units), Some(currency), Some("true"), Some("true"), Some("cus_1"), Some(card)) =
            (units, get("currency"), get("confirm"), get("off_session"), get("customer"), get("payment_method"))
        else {
            return invalid("a parameter is missing");
        };
        if units < 50 {
            return refuse(400, "invalid_request_error", Some("amount_too_small"), "too small");
        }
        let mut intent = self.blank(books, units, json!(currency));
        intent["metadata"] = below(form, "metadata");
        intent["customer"] = json!("cus_1");
        intent["description"] = json!(get("description"));
        let manual = get("capture_method") == Some("manual");
        intent["capture_method"] = json!(if manual { "manual" } else { "automatic" });
        let no = match card {
            "pm_1" => None,
            "pm_slow" => {
                intent["status"] = json!("processing");
                books.intents.insert(intent["id"].as_str().unwrap().to_owned(), intent.clone());
                return (200, intent);
            }
            "pm_poor" => {
                Some(json!({ "type": "card_error", "code": "card_declined", "decline_code": "insufficient_funds" }))
            }
            "pm_careful" => Some(
                json!({ "type": "card_error", "code": "authentication_required", "decline_code": "authentication_required" }),
            ),
            _ => return refuse(400, "invalid_request_error", Some("resource_missing"), "No such PaymentMethod"),
        };
        if let Some(no) = &no {
            intent["status"] = json!("requires_payment_method");
            intent["last_payment_error"] = no.clone();
        } else {
            settle(&mut intent, manual);
        }
        books.intents.insert(intent["id"].as_str().unwrap().to_owned(), intent.clone());
        match no {
            None => (200, intent),
            Some(mut error) => {
                error["payment_intent"] = intent;
                (402, json!({ "error": error }))
            }
        }
    }

    fn page(&self, books: &mut Books, form: &BTreeMap<String, String>) -> Answer {
        let mode = form.get("mode").map_or("", String::as_str);
        if !form.contains_key("success_url") || !matches!(mode, "payment" | "setup") {
            return invalid("a parameter is missing");
        }
        books.made += 1;
        let id = format!("cs_{}", books.made);
        let page = json!({
            "id": id, "object": "checkout.session", "livemode": false, "status": "open", "mode": mode, "created": self.now_s(),
            "expires_at": self.now_s() + 86_400, "url": format!("https://checkout.example/{id}"), "payment_intent": null,
            "metadata": below(form, "metadata"), "client_reference_id": form.get("client_reference_id"), "form": form,
        });
        books.pages.insert(id, page.clone());
        (200, page)
    }

    fn give_back(&self, books: &mut Books, form: &BTreeMap<String, String>) -> Answer {
        let (id, amount) = (form.get("payment_intent").cloned().unwrap_or_default(), form.get("amount"));
        let amount: i64 = amount.and_then(|amount| amount.parse().ok()).unwrap_or_default();
        let Some(intent) = books.intents.get(&id).filter(|intent| intent["status"] == "succeeded") else {
            return invalid("This PaymentIntent has no successful charge to refund");
        };
        let given: i64 = books
            .refunds
            .values()
            .filter(|refund| refund["payment_intent"] == *id)
            .filter_map(|refund| refund["amount"].as_i64())
            .sum();
        let left = intent["amount_received"].as_i64().unwrap() - given;
        if left == 0 {
            return refuse(400, "invalid_request_error", Some("charge_already_refunded"), "already refunded");
        }
        if amount <= 0 || amount > left {
            return invalid("Refund amount is greater than unrefunded amount on charge");
        }
        books.made += 1;
        let refund = json!({
            "id": format!("re_{}", books.made), "object": "refund", "status": "succeeded", "amount": amount,
            "currency": "usd", "payment_intent": id, "metadata": below(form, "metadata"), "created": self.now_s(),
        });
        books.refunds.insert(refund["id"].as_str().unwrap().to_owned(), refund.clone());
        (200, refund)
    }
}

pub fn settle(intent: &mut Value, manual: bool) {
    let (status, field) =
        if manual { ("requires_capture", "amount_capturable") } else { ("succeeded", "amount_received") };
    intent["status"] = json!(status);
    intent["amount_capturable"] = json!(0);
    intent[field] = intent["amount"].clone();
}

fn pairs(text: &str) -> BTreeMap<String, String> {
    let url = reqwest::Url::parse(&format!("http://form/?{text}")).unwrap();
    url.query_pairs().map(|(name, value)| (name.into_owned(), value.into_owned())).collect()
}

/// The fields `name[key]` of a form.
fn below(form: &BTreeMap<String, String>, name: &str) -> Value {
    let inner = form.iter().filter_map(|(key, value)| {
        let key = key.strip_prefix(name)?.strip_prefix('[')?.strip_suffix(']')?;
        Some((key.to_owned(), json!(value)))
    });
    Value::Object(inner.collect())
}

async fn serve(State(bank): State<Bank>, method: Method, uri: Uri, headers: HeaderMap, body: Bytes) -> Response {
    let ((status, answer), fault) =
        bank.answer(&method, &uri, &headers, std::str::from_utf8(&body).unwrap_or_default());
    match fault {
        Some(Fault::LostBefore | Fault::LostAfter) => {
            // The connection breaks in the middle of the answer.
            let broken = futures_util::stream::iter([Err::<Bytes, _>(std::io::Error::other("broken"))]);
            return Body::from_stream(broken).into_response();
        }
        Some(Fault::BrokenAfter) => return StatusCode::INTERNAL_SERVER_ERROR.into_response(),
        _ => {}
    }
    let headers = [("content-type", "application/json"), ("request-id", "req_1")];
    (StatusCode::from_u16(status).unwrap(), headers, answer.to_string()).into_response()
}
