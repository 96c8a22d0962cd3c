//! What the pretend PayPal knows and does: a function from requests to answers, with PayPal's rules for orders, captures,
//! keys and refunds. What it does not know it refuses.

use serde_json::{Map, Value, json};
use std::collections::BTreeMap;

/// The client that may ask.
pub const CLIENT: (&str, &str) = ("test-client", "test-secret-of-the-pretend-paypal");
/// How long a key is kept on orders, in milliseconds: six hours.
const ORDER_KEY_MS: i64 = 6 * 60 * 60 * 1000;
/// How long a key is kept on ways to pay that are stored: three hours.
const VAULT_KEY_MS: i64 = 3 * 60 * 60 * 1000;
/// How long a key is kept on captures and refunds: 45 days.
const PAYMENT_KEY_MS: i64 = 45 * 24 * 60 * 60 * 1000;

/// A request as it came.
#[derive(Clone, Debug)]
pub struct Asked {
    pub method: String,
    pub path: String,
    pub headers: BTreeMap<String, String>,
    pub body: String,
}

/// What goes wrong with the next request whose path has this text in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// The connection is cut before anything is done.
    LostBefore,
    /// It is done, and the connection is cut before the answer.
    LostAfter,
    /// It is done, and the answer is a 500.
    ServerErrorAfter,
    /// Nothing is done: too many requests.
    Busy,
    /// It is done, and the answer bears a status that nobody has heard of.
    StrangeStatus,
    /// It is done, and the answer says another amount.
    OtherAmount,
    /// The token is not taken any more.
    StaleToken,
}

/// An answer: status and body. None is a connection that is cut.
pub type Answer = Option<(u16, Value)>;

struct Kept {
    path: String,
    body: String,
    until_ms: i64,
    /// Where what was made lies.
    made: Made,
}

#[derive(Clone)]
enum Made {
    Order(String),
    Whole(Value),
}

/// All that the pretend PayPal knows.
#[derive(Default)]
pub struct Books {
    pub orders: BTreeMap<String, Value>,
    keys: BTreeMap<String, Kept>,
    pub vault: BTreeMap<String, Value>,
    pub(super) setups: BTreeMap<String, Value>,
    pub tokens: u32,
    number: u32,
    faults: Vec<(String, Fault)>,
    /// What the next stored way to pay does when it is charged.
    pub capture_status: Option<(&'static str, &'static str)>,
    /// Notifications that PayPal has signed, each by its transmission.
    pub signed: BTreeMap<String, Value>,
    /// Paths of certificates that were asked for.
    pub certificates: Vec<String>,
}

pub(super) fn refused(status: u16, name: &str, issue: &str) -> (u16, Value) {
    let details = json!([{ "issue": issue, "description": "as the issue says" }]);
    (
        status,
        json!({ "name": name, "message": "refused", "debug_id": "b1d1f06c7246c", "details": details, "links": [] }),
    )
}

pub(super) fn unprocessable(issue: &str) -> (u16, Value) {
    refused(422, "UNPROCESSABLE_ENTITY", issue)
}

pub(super) fn text<'a>(value: &'a Value, pointer: &str) -> &'a str {
    value.pointer(pointer).and_then(Value::as_str).unwrap_or_default()
}

pub(super) fn cents(amount: &Value) -> i64 {
    let (whole, part) = text(amount, "/value").split_once('.').unwrap();
    whole.parse::<i64>().unwrap() * 100 + part.parse::<i64>().unwrap()
}

impl Books {
    /// The next request whose path contains `path` goes wrong so.
    pub fn next(&mut self, path: &str, fault: Fault) {
        self.faults.push((path.to_owned(), fault));
    }

    pub(super) fn id(&mut self, kind: &str) -> String {
        self.number += 1;
        format!("{kind}{:012}X", self.number)
    }

    /// Answers one request.
    pub fn answer(&mut self, asked: &Asked, now_ms: i64) -> Answer {
        let place = self.faults.iter().position(|(path, _)| asked.path.contains(path.as_str()));
        let fault = place.map(|place| self.faults.remove(place).1);
        match fault {
            Some(Fault::LostBefore) => return None,
            Some(Fault::Busy) => return Some((429, json!({ "name": "RATE_LIMIT_REACHED", "debug_id": "b1" }))),
            Some(Fault::StaleToken) => return Some((401, json!({ "error": "invalid_token" }))),
            _ => {}
        }
        let (status, mut body) = self.admit(asked, now_ms);
        match fault {
            Some(Fault::LostAfter) => return None,
            Some(Fault::ServerErrorAfter) => {
                return Some((500, json!({ "name": "INTERNAL_SERVER_ERROR", "debug_id": "b1" })));
            }
            Some(Fault::StrangeStatus) => strange(&mut body),
            Some(Fault::OtherAmount) => other_amount(&mut body),
            _ => {}
        }
        Some((status, body))
    }

    fn admit(&mut self, asked: &Asked, now_ms: i64) -> (u16, Value) {
        let header = |name: &str| asked.headers.get(name).map(String::as_str).unwrap_or_default();
        if asked.path == "/v1/oauth2/token" {
            return self.lend(header("authorization"), &asked.body);
        }
        if header("authorization") != format!("Bearer A21AA-pretend-{}", self.tokens) {
            return (401, json!({ "error": "invalid_token", "error_description": "Access Token not found in cache" }));
        }
        let request = sayso_plugin_interface::HttpRequest {
            method: asked.method.clone(),
            url: asked.path.clone(),
            headers: Vec::new(),
            body: asked.body.replace("SETUP_TOKEN", "BILLING_AGREEMENT"),
            idempotent: false,
        };
        if let Some(objection) = super::document::objection(&request, "") {
            return refused(400, &format!("INVALID_REQUEST: {objection}"), "INVALID_PARAMETER_SYNTAX");
        }
        let key = header("paypal-request-id").to_owned();
        if let Some(again) = self.again(asked, &key, now_ms) {
            return again;
        }
        let body: Value = if asked.body.is_empty() { json!({}) } else { serde_json::from_str(&asked.body).unwrap() };
        let parts: Vec<&str> = asked.path.trim_start_matches('/').split('/').collect();
        let (status, answer) = match (asked.method.as_str(), parts.as_slice()) {
            ("POST", ["v2", "checkout", "orders"]) if key.is_empty() => {
                refused(400, "INVALID_REQUEST", "PAYPAL_REQUEST_ID_REQUIRED")
            }
            ("POST", ["v2", "checkout", "orders"]) => self.create(&body),
            ("GET", ["v2", "checkout", "orders", id]) => self.show(id),
            ("POST", ["v2", "checkout", "orders", id, verb]) => self.complete(id, verb),
            ("POST", ["v2", "payments", "authorizations", id, verb]) => self.reserved(id, verb, &body),
            ("POST", ["v2", "payments", "captures", id, "refund"]) => self.refund(id, &body),
            ("GET", ["v2", "payments", "refunds", id]) => self.shown_refund(id),
            ("POST", ["v3", "vault", "setup-tokens"]) => self.set_up(),
            ("GET", ["v3", "vault", "setup-tokens", id]) => {
                self.setups.get(*id).map_or_else(missing, |token| (200, token.clone()))
            }
            ("POST", ["v3", "vault", "payment-tokens"]) => self.store(text(&body, "/payment_source/token/id")),
            ("POST", ["v1", "notifications", "verify-webhook-signature"]) => self.verify(&body),
            _ => missing(),
        };
        if !key.is_empty() && status < 300 {
            let life = match parts.as_slice() {
                ["v2", "payments", ..] | [.., "capture"] => PAYMENT_KEY_MS,
                ["v3", "vault", ..] => VAULT_KEY_MS,
                _ => ORDER_KEY_MS,
            };
            let made = match parts.as_slice() {
                ["v2", "checkout", ..] => Made::Order(text(&answer, "/id").to_owned()),
                _ => Made::Whole(answer.clone()),
            };
            self.keys.insert(
                key,
                Kept { path: asked.path.clone(), body: asked.body.clone(), until_ms: now_ms + life, made },
            );
        }
        (status, answer)
    }

    /// Lends a token to the client that may ask.
    fn lend(&mut self, authorization: &str, body: &str) -> (u16, Value) {
        use base64::Engine as _;
        let basic = base64::engine::general_purpose::STANDARD.encode(format!("{}:{}", CLIENT.0, CLIENT.1));
        if authorization != format!("Basic {basic}") || body != "grant_type=client_credentials" {
            return (401, json!({ "error": "invalid_client", "error_description": "Client Authentication failed" }));
        }
        self.tokens += 1;
        let token = format!("A21AA-pretend-{}", self.tokens);
        (200, json!({ "access_token": token, "token_type": "Bearer", "app_id": "APP-PRETEND", "expires_in": 31668 }))
    }

    /// The answer to a request that was made with this key already.
    fn again(&mut self, asked: &Asked, key: &str, now_ms: i64) -> Option<(u16, Value)> {
        let kept = self.keys.get(key).filter(|kept| now_ms < kept.until_ms)?;
        if kept.path != asked.path || kept.body != asked.body {
            return Some(unprocessable("DUPLICATE_REQUEST_ID"));
        }
        Some(match kept.made.clone() {
            Made::Order(id) => self.show(&id),
            Made::Whole(answer) => (200, answer),
        })
    }

    fn create(&mut self, body: &Value) -> (u16, Value) {
        let unknown = unknown_field(body, &["intent", "purchase_units", "payment_source"])
            .or_else(|| {
                unknown_field(
                    &body["purchase_units"][0],
                    &["custom_id", "invoice_id", "amount", "description", "payee"],
                )
            })
            .or_else(|| unknown_field(&body["payment_source"], &["paypal"]));
        if let Some(field) = unknown {
            return refused(400, &format!("INVALID_REQUEST: {field}"), "NOT_SUPPORTED");
        }
        let vault = text(body, "/payment_source/paypal/vault_id").to_owned();
        if !vault.is_empty() && !self.vault.contains_key(&vault) {
            return refused(404, "RESOURCE_NOT_FOUND", "INVALID_RESOURCE_ID");
        }
        if !vault.is_empty() && self.capture_status.is_some_and(|(status, _)| status == "DECLINED") {
            return unprocessable("PAYMENT_SOURCE_DECLINED_BY_PROCESSOR");
        }
        let id = self.id("O");
        let mut unit = body["purchase_units"][0].clone();
        unit["reference_id"] = json!("default");
        unit["payments"] = json!({});
        let links = json!([
            { "rel": "self", "href": format!("https://api-m.sandbox.paypal.com/v2/checkout/orders/{id}"), "method": "GET" },
            { "rel": "payer-action", "href": format!("https://www.sandbox.paypal.com/checkoutnow?token={id}"), "method": "GET" },
        ]);
        let status = if vault.is_empty() { "PAYER_ACTION_REQUIRED" } else { "APPROVED" };
        let order =
            json!({ "id": id, "status": status, "intent": body["intent"], "purchase_units": [unit], "links": links });
        self.orders.insert(id.clone(), order);
        if vault.is_empty() {
            return self.show(&id);
        }
        let verb = if body["intent"] == "AUTHORIZE" { "authorize" } else { "capture" };
        self.complete(&id, verb)
    }

    fn show(&self, id: &str) -> (u16, Value) {
        self.orders.get(id).map_or_else(missing, |order| (200, order.clone()))
    }

    fn complete(&mut self, id: &str, verb: &str) -> (u16, Value) {
        let Some(order) = self.orders.get(id).cloned() else { return missing() };
        let wanted = if order["intent"] == "AUTHORIZE" { "authorize" } else { "capture" };
        match (text(&order, "/status"), verb == wanted) {
            (_, false) => return unprocessable("ACTION_DOES_NOT_MATCH_INTENT"),
            ("COMPLETED", true) if verb == "capture" => return unprocessable("ORDER_ALREADY_CAPTURED"),
            ("COMPLETED", true) => return unprocessable("ORDER_ALREADY_AUTHORIZED"),
            ("APPROVED", true) => {}
            _ => return unprocessable("ORDER_NOT_APPROVED"),
        }
        if self.capture_status.is_some_and(|(status, _)| status == "INSTRUMENT_DECLINED") {
            self.capture_status = None;
            let (status, mut body) = unprocessable("INSTRUMENT_DECLINED");
            let back = format!("https://www.sandbox.paypal.com/checkoutnow?token={id}");
            body["links"] = json!([{ "rel": "redirect", "href": back, "method": "GET" }]);
            self.orders.get_mut(id).unwrap()["status"] = json!("PAYER_ACTION_REQUIRED");
            return (status, body);
        }
        let unit = &order["purchase_units"][0];
        if verb == "capture" && self.captured(text(unit, "/invoice_id")).0 > 0 {
            return unprocessable("DUPLICATE_INVOICE_ID");
        }
        let movement = self.id("M");
        let (status, reason) = match verb {
            "capture" => self.capture_status.take().unwrap_or(("COMPLETED", "")),
            _ => ("CREATED", ""),
        };
        let mut made = json!({
            "id": movement, "status": status, "amount": unit["amount"],
            "custom_id": unit["custom_id"], "invoice_id": unit["invoice_id"],
        });
        if !reason.is_empty() {
            made["status_details"] = json!({ "reason": reason });
        }
        let order = self.orders.get_mut(id).unwrap();
        order["status"] = json!("COMPLETED");
        let kind = if verb == "capture" { "captures" } else { "authorizations" };
        order["purchase_units"][0]["payments"][kind] = json!([made]);
        (201, order.clone())
    }

    /// The order in which there is such a movement.
    pub(super) fn with(&mut self, kind: &str, id: &str) -> Option<&mut Value> {
        self.orders.values_mut().find(|order| {
            let listed = order["purchase_units"][0]["payments"][kind].as_array();
            listed.is_some_and(|listed| listed.iter().any(|each| each["id"] == id))
        })
    }

    fn reserved(&mut self, id: &str, verb: &str, body: &Value) -> (u16, Value) {
        let capture = self.id("M");
        let Some(order) = self.with("authorizations", id) else { return missing() };
        let unit = order["purchase_units"][0].clone();
        let reserved = &mut order["purchase_units"][0]["payments"]["authorizations"][0];
        match (text(reserved, "/status").to_owned().as_str(), verb) {
            ("CREATED", "void") => {
                reserved["status"] = json!("VOIDED");
                (204, Value::Null)
            }
            ("CREATED", "capture") if body["amount"] == unit["amount"] && body["final_capture"] == true => {
                reserved["status"] = json!("CAPTURED");
                let made = json!({
                    "id": capture, "status": "COMPLETED", "amount": unit["amount"],
                    "custom_id": unit["custom_id"], "invoice_id": unit["invoice_id"],
                });
                order["purchase_units"][0]["payments"]["captures"] = json!([made]);
                (201, json!({ "id": capture, "status": "COMPLETED" }))
            }
            ("VOIDED", "void") => unprocessable("PREVIOUSLY_VOIDED"),
            ("CAPTURED", "void") => unprocessable("PREVIOUSLY_CAPTURED"),
            ("CAPTURED", "capture") => unprocessable("AUTHORIZATION_ALREADY_CAPTURED"),
            ("VOIDED", "capture") => unprocessable("AUTHORIZATION_VOIDED"),
            _ => refused(400, "INVALID_REQUEST", "INVALID_PARAMETER_VALUE"),
        }
    }
}

pub(super) fn missing() -> (u16, Value) {
    refused(404, "RESOURCE_NOT_FOUND", "INVALID_RESOURCE_ID")
}

fn unknown_field(value: &Value, known: &[&str]) -> Option<String> {
    let fields: &Map<String, Value> = value.as_object()?;
    fields.keys().find(|field| !known.contains(&field.as_str())).cloned()
}

fn strange(body: &mut Value) {
    for place in ["/purchase_units/0/payments/captures/0/status", "/status"] {
        if let Some(status) = body.pointer_mut(place) {
            *status = json!("LEVITATING");
        }
    }
}

fn other_amount(body: &mut Value) {
    if let Some(value) = body.pointer_mut("/purchase_units/0/payments/captures/0/amount/value") {
        *value = json!("4250.00");
    }
}
