//! A pretend WeChat Pay on loopback. It checks signatures, fields and states as the real one does, signs what it answers,
//! tells by notification what happened, goes wrong when it is told to, and refuses whatever it does not know.

use crate::household::HandClock;
use crate::scanned::Fault;
use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::State;
use axum::http::{HeaderMap, Method, Response, StatusCode, Uri};
use sayso::payments::Clock as _;
use sayso_plugin_interface::request::WebhookRequest;
use sayso_plugin_sdk::crypto::{PrivateKey, PublicKey, seal_aes_256_gcm, to_base64};
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::io::Error;
use std::sync::{Arc, Mutex, MutexGuard};

pub const MCHID: &str = "1900000109";
pub const APPID: &str = "wxd678efh567hg6787";
pub const MERCHANT_SERIAL: &str = "5F1C72E2A8931B72A2E13AF8DEE92471EB397115";
/// A published test key, like every key that these tests use.
pub const API_V3_KEY: &str = "published-test-key-of-32-letters";
pub const PLAN: u64 = 12535;

/// With which key it signs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pen {
    Public,
    A,
    B,
}

#[derive(Clone, Debug)]
pub struct Order {
    pub placed: Value,
    pub state: &'static str,
    pub transaction_id: Option<String>,
}

#[derive(Default)]
pub struct Books {
    pub orders: BTreeMap<String, Order>,
    pub refunds: BTreeMap<String, Value>,
    pub contracts: BTreeMap<String, Value>,
    /// By the number of the contract: what is reserved, from when to when.
    pub schedules: BTreeMap<String, Value>,
    /// Every movement of money, in order.
    pub moved: Vec<(String, i64)>,
    pub seen: Vec<String>,
    /// In how many days the three begin that are reserved for a deduction.
    pub reserved_in_days: i64,
    faults: VecDeque<(&'static str, Fault)>,
    nonces: BTreeSet<String>,
}

#[derive(Clone)]
pub struct Town {
    books: Arc<Mutex<Books>>,
    pen: Arc<Mutex<Pen>>,
    pub(super) clock: Arc<HandClock>,
    pub url: String,
}

pub fn pem(name: &str) -> String {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../plugins/wechat_pay/tests/keys");
    std::fs::read_to_string(format!("{folder}/{name}")).unwrap()
}

fn key_name(pen: Pen) -> (&'static str, &'static str) {
    match pen {
        Pen::Public => ("public_mode.pem", "PUB_KEY_ID_0119000001092025112400000000000001"),
        Pen::A => ("platform_a.pem", "3A0B0C0D0E0F10111213141516171819A1"),
        Pen::B => ("platform_b.pem", "3A0B0C0D0E0F10111213141516171819B2"),
    }
}

type Answer = (u16, Value);

pub(super) fn no(status: u16, code: &str) -> Answer {
    (status, json!({ "code": code, "message": "no" }))
}

impl Town {
    pub async fn open(clock: Arc<HandClock>) -> Town {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let books = Arc::new(Mutex::new(Books { reserved_in_days: 2, ..Books::default() }));
        let town = Town { books, pen: Arc::new(Mutex::new(Pen::Public)), clock, url };
        let router = Router::new().fallback(serve).with_state(town.clone());
        tokio::spawn(async move { axum::serve(listener, router).await });
        town
    }

    pub fn books(&self) -> MutexGuard<'_, Books> {
        self.books.lock().unwrap()
    }

    pub fn signs_with(&self, pen: Pen) {
        *self.pen.lock().unwrap() = pen;
    }

    /// Something goes wrong with the next request whose path has `part` in it.
    pub fn next(&self, part: &'static str, fault: Fault) {
        self.books().faults.push_back((part, fault));
    }

    /// The one order that there is.
    pub fn only(&self) -> String {
        let books = self.books();
        assert_eq!(books.orders.len(), 1, "one order for one payment");
        books.orders.keys().next().unwrap().clone()
    }

    /// The person scans and pays; a deduction is carried out.
    pub fn pay(&self, number: &str) -> bool {
        let mut books = self.books();
        let count = books.moved.len();
        let Some(order) = books.orders.get_mut(number) else { return false };
        if !["NOTPAY", "ACCEPT", "USERPAYING"].contains(&order.state) {
            return false;
        }
        order.state = "SUCCESS";
        order.transaction_id = Some(format!("42000000{count}"));
        let total = order.placed["amount"]["total"].as_i64().unwrap();
        books.moved.push((number.to_owned(), total));
        true
    }

    pub fn turns(&self, number: &str, state: &'static str) {
        self.books().orders.get_mut(number).unwrap().state = state;
    }

    /// The person signs a contract in WeChat.
    pub fn sign(&self, code: &str) {
        self.books().contracts.get_mut(code).unwrap()["contract_state"] = json!("SIGNED");
    }

    /// A notification about an order, signed and sealed.
    pub fn tells(&self, id: &str, number: &str) -> WebhookRequest {
        let told = shown(number, &self.books().orders[number], None).to_string();
        let (nonce, about) = ("fdasflkja484", "transaction");
        let sealed = seal_aes_256_gcm(
            API_V3_KEY.as_bytes().try_into().unwrap(),
            nonce.as_bytes(),
            about.as_bytes(),
            told.as_bytes(),
        );
        let body = json!({
            "id": id, "create_time": "2025-11-24T16:00:00+08:00", "resource_type": "encrypt-resource",
            "event_type": "TRANSACTION.SUCCESS", "resource": {
                "original_type": about, "algorithm": "AEAD_AES_256_GCM", "associated_data": about, "nonce": nonce,
                "ciphertext": to_base64(&sealed.unwrap()),
            },
        });
        let body = body.to_string();
        WebhookRequest { headers: self.signature(&body), body }
    }

    fn signature(&self, body: &str) -> Vec<(String, String)> {
        let (key, serial) = key_name(*self.pen.lock().unwrap());
        let (time, nonce) = ((self.clock.now_ms() / 1000).to_string(), "an-answers-nonce");
        let signature =
            PrivateKey::read(&pem(key)).unwrap().sign(format!("{time}\n{nonce}\n{body}\n").as_bytes()).unwrap();
        let pairs = [
            ("wechatpay-timestamp", time.as_str()),
            ("wechatpay-nonce", nonce),
            ("wechatpay-serial", serial),
            ("wechatpay-signature", signature.as_str()),
        ];
        pairs.map(|(name, value)| (name.to_owned(), value.to_owned())).into()
    }

    pub(super) fn certificates(&self) -> Answer {
        let listed = [Pen::A, Pen::B].map(|pen| {
            let (file, serial) = key_name(pen);
            let text = pem(&file.replace(".pem", ".crt"));
            let key = API_V3_KEY.as_bytes().try_into().unwrap();
            let sealed = seal_aes_256_gcm(key, b"61f9c719728a", b"certificate", text.as_bytes()).unwrap();
            json!({ "serial_no": serial, "effective_time": "2024-01-01T08:00:00+08:00", "expire_time": "2044-01-01T08:00:00+08:00",
                "encrypt_certificate": { "algorithm": "AEAD_AES_256_GCM", "nonce": "61f9c719728a", "associated_data": "certificate", "ciphertext": to_base64(&sealed) } })
        });
        (200, json!({ "data": listed }))
    }

    /// Why this request is not the merchant's, if it is not.
    fn stranger(&self, method: &Method, uri: &Uri, headers: &HeaderMap, body: &str) -> Option<&'static str> {
        let header = headers.get("authorization")?.to_str().ok()?;
        let Some(rest) = header.strip_prefix("WECHATPAY2-SHA256-RSA2048 ") else { return Some("another scheme") };
        let field =
            |name: &str| rest.split(',').find_map(|pair| pair.strip_prefix(&format!("{name}=\""))?.strip_suffix('"'));
        let (Some(mchid), Some(nonce), Some(time), Some(serial), Some(signature)) =
            (field("mchid"), field("nonce_str"), field("timestamp"), field("serial_no"), field("signature"))
        else {
            return Some("a field of the authorization is missing");
        };
        let seconds: i64 = time.parse().unwrap_or(0);
        if mchid != MCHID || serial != MERCHANT_SERIAL || (self.clock.now_ms() / 1000).abs_diff(seconds) > 300 {
            return Some("another merchant, certificate or time");
        }
        if !self.books().nonces.insert(nonce.to_owned()) {
            return Some("a nonce for the second time");
        }
        let message = format!("{method}\n{}\n{time}\n{nonce}\n{body}\n", uri.path_and_query().unwrap());
        let key = PublicKey::read(&pem("merchant.pub.pem")).unwrap();
        (!key.verifies(message.as_bytes(), signature)).then_some("the signature does not fit")
    }
}

async fn serve(State(town): State<Town>, method: Method, uri: Uri, headers: HeaderMap, body: Bytes) -> Response<Body> {
    let body = String::from_utf8(body.to_vec()).unwrap();
    town.books().seen.push(format!("{method} {}", uri.path()));
    let fault = {
        let mut books = town.books();
        let at = books.faults.iter().position(|(part, _)| uri.path().contains(part));
        at.and_then(|at| books.faults.remove(at)).map(|(_, fault)| fault)
    };
    let stranger = match headers.contains_key("authorization") {
        true => town.stranger(&method, &uri, &headers, &body),
        false => Some("no authorization"),
    };
    let answer = match (stranger, fault) {
        (Some(_), _) => no(401, "SIGN_ERROR"),
        (_, Some(Fault::LostBefore)) => return broken(),
        (_, Some(Fault::Trouble)) => no(500, "SYSTEM_ERROR"),
        (_, Some(Fault::Busy)) => no(429, "RATELIMIT_EXCEEDED"),
        (_, Some(Fault::Refused(code))) => no(403, code),
        _ => town.answer(&method, &uri, &body, fault),
    };
    if fault == Some(Fault::LostAfter) {
        return broken();
    }
    let text = if answer.0 == 204 { String::new() } else { answer.1.to_string() };
    let mut response = Response::builder().status(StatusCode::from_u16(answer.0).unwrap());
    if fault != Some(Fault::Unsigned) {
        for (name, value) in town.signature(&text) {
            response = response.header(name, value);
        }
    }
    response.header("content-type", "application/json").body(Body::from(text)).unwrap()
}

/// An answer that breaks off.
fn broken() -> Response<Body> {
    let pieces = [Ok("{"), Err(Error::other("cut"))];
    Response::new(Body::from_stream(futures_util::stream::iter(pieces)))
}

pub(super) fn shown(number: &str, order: &Order, fault: Option<Fault>) -> Value {
    let mut amount = order.placed["amount"].clone();
    if fault == Some(Fault::WrongAmount) {
        amount["total"] = json!(amount["total"].as_i64().unwrap() + 1);
    }
    let state = if fault == Some(Fault::StrangeState) { "HALF_PAID" } else { order.state };
    let mut shown = json!({
        "appid": APPID, "mchid": MCHID, "out_trade_no": number, "trade_state": state, "trade_state_desc": "",
        "description": order.placed["description"], "amount": amount,
    });
    if let Some(transaction_id) = &order.transaction_id {
        shown["transaction_id"] = json!(transaction_id);
    }
    if let Some(attach) = order.placed.get("attach") {
        shown["attach"] = attach.clone();
    }
    shown
}
