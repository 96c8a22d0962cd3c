//! A pretend Alipay: one gateway that checks the app's signature, its clock and every field, keeps trades, refunds and agreements as
//! the real one does, signs what it says, and refuses what it does not know. Faults are put before it one by one.

use crate::household::HandClock;
use crate::scanned::Fault;
use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::State;
use axum::http::{Method, Response, Uri};
use sayso::payments::Clock as _;
use sayso_plugin_interface::request::WebhookRequest;
use sayso_plugin_sdk::crypto::{PrivateKey, PublicKey};
use sayso_plugin_sdk::form;
use serde_json::{Value, json};
use std::collections::{BTreeMap, VecDeque};
use std::io::Error;
use std::sync::{Arc, Mutex, MutexGuard};

pub const APP: &str = "2021000000000001";

/// An order that was placed; a trade once somebody scanned or opened it.
pub struct Order {
    pub placed: Value,
    pub status: Option<&'static str>,
    pub until_ms: i64,
    pub trade_no: String,
    pub paid_ms: Option<i64>,
    pub back: i64,
}

#[derive(Default)]
pub struct Books {
    pub orders: BTreeMap<String, Order>,
    /// Refunds with their payment and amount.
    pub refunds: BTreeMap<String, (String, i64)>,
    /// Agreements by our reference: number and status.
    pub agreements: BTreeMap<String, (String, &'static str)>,
    /// Every movement of money, in fen.
    pub moved: Vec<(String, i64)>,
    pub seen: Vec<String>,
    /// What a deduction answers instead of being made.
    pub deduction: Option<&'static str>,
    faults: VecDeque<(&'static str, Fault)>,
}

#[derive(Clone)]
pub struct Till {
    books: Arc<Mutex<Books>>,
    pub clock: Arc<HandClock>,
    pub url: String,
}

pub fn pem(name: &str) -> String {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../plugins/alipay/tests/keys");
    std::fs::read_to_string(format!("{folder}/{name}")).unwrap()
}

pub fn ok(more: Value) -> Value {
    let mut said = json!({ "code": "10000", "msg": "Success" });
    said.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    said
}

pub fn no(code: &str, reason: &str) -> Value {
    json!({ "code": code, "msg": "no", "sub_code": reason, "sub_msg": "不行" })
}

/// Fen of an amount in yuan with exactly two decimals.
pub fn fen(text: &Value) -> Option<i64> {
    let (yuan, fen) = text.as_str()?.split_once('.')?;
    (fen.len() == 2).then(|| yuan.parse::<i64>().ok()?.checked_mul(100)?.checked_add(fen.parse().ok()?))?
}

pub fn yuan(fen: i64) -> String {
    format!("{}.{:02}", fen / 100, fen % 100)
}

impl Till {
    pub async fn open(clock: Arc<HandClock>) -> Till {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let till = Till { books: Arc::default(), clock, url };
        let router = Router::new().fallback(serve).with_state(till.clone());
        tokio::spawn(async move { axum::serve(listener, router).await });
        till
    }

    /// The books as they stand now: what nobody paid in its time is over.
    pub fn books(&self) -> MutexGuard<'_, Books> {
        let mut books = self.books.lock().unwrap();
        let now = self.clock.now_ms();
        books.orders.retain(|_, order| order.status.is_some() || now < order.until_ms);
        for order in books.orders.values_mut().filter(|order| now >= order.until_ms) {
            if order.status == Some("WAIT_BUYER_PAY") {
                order.status = Some("TRADE_CLOSED");
            }
        }
        books
    }

    /// Something goes wrong with the next request of this method.
    pub fn next(&self, method: &'static str, fault: Fault) {
        self.books().faults.push_back((method, fault));
    }

    /// The one order that there is.
    pub fn only(&self) -> String {
        let books = self.books();
        assert_eq!(books.orders.len(), 1, "one order for one payment");
        books.orders.keys().next().unwrap().clone()
    }

    /// The person scans the code, or opens the link: it becomes a trade.
    pub fn scan(&self, number: &str) -> bool {
        let mut books = self.books();
        let open = books.orders.get_mut(number).filter(|order| order.status.is_none());
        open.map(|order| order.status = Some("WAIT_BUYER_PAY")).is_some()
    }

    /// The person pays what they scanned.
    pub fn pay(&self, number: &str) -> bool {
        let now = self.clock.now_ms();
        let mut books = self.books();
        let Some(order) = books.orders.get_mut(number).filter(|order| order.status == Some("WAIT_BUYER_PAY")) else {
            return false;
        };
        (order.status, order.paid_ms) = (Some("TRADE_SUCCESS"), Some(now));
        let amount = fen(&order.placed["total_amount"]).unwrap();
        books.moved.push((number.to_owned(), amount));
        true
    }

    /// The person opens a page that the plugin made, on their phone: the gateway checks it as any request.
    pub fn browse(&self, url: &str) -> Result<(), String> {
        let query = url.split_once('?').map_or("", |(_, query)| query);
        let fields: BTreeMap<String, String> = form::read(query).into_iter().collect();
        let strange = self.stranger(&fields);
        if let Some(why) = strange {
            return Err(why.to_owned());
        }
        let biz: Value = serde_json::from_str(&fields["biz_content"]).map_err(|wrong| wrong.to_string())?;
        let said = self.answer(&fields["method"], &biz, None);
        if said["code"] == "10000" { Ok(()) } else { Err(said.to_string()) }
    }

    /// A notification with these fields and those that every one has, signed.
    pub fn note(&self, id: &str, more: Value) -> WebhookRequest {
        let time = alipay_time(self.clock.now_ms());
        let mut fields: BTreeMap<String, String> = [
            ("app_id", APP),
            ("auth_app_id", APP),
            ("charset", "utf-8"),
            ("version", "1.0"),
            ("notify_type", "trade_status_sync"),
            ("notify_id", id),
            ("notify_time", &time),
        ]
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .into();
        let given = more.as_object().unwrap().iter().filter(|(_, value)| !value.is_null());
        fields.extend(given.map(|(name, value)| (name.clone(), value.as_str().unwrap().to_owned())));
        let text = fields.iter().map(|(name, value)| format!("{name}={value}")).collect::<Vec<_>>().join("&");
        let sign = PrivateKey::read(&pem("alipay.pem")).unwrap().sign(text.as_bytes()).unwrap();
        let form = fields.iter().fold(form::Form::new(), |form, (name, value)| form.field(name, value));
        let body = form.field("sign", sign).field("sign_type", "RSA2").body();
        let kind = "application/x-www-form-urlencoded; charset=utf-8".to_owned();
        WebhookRequest { headers: vec![("content-type".to_owned(), kind)], body }
    }

    /// A notification of how a trade stands.
    pub fn tells(&self, id: &str, number: &str) -> WebhookRequest {
        let shown = shown(number, &self.books().orders[number], None);
        let paid = shown["send_pay_date"].clone();
        let [trade_no, status, amount] = ["trade_no", "trade_status", "total_amount"].map(|name| shown[name].clone());
        self.note(
            id,
            json!({ "out_trade_no": number, "trade_no": trade_no, "trade_status": status, "total_amount": amount,
                "gmt_payment": paid, "subject": "City Power 电费" }),
        )
    }

    /// Why this request is not the app's, if it is not.
    fn stranger(&self, fields: &BTreeMap<String, String>) -> Option<&'static str> {
        const KNOWN: &str =
            "app_id method format return_url charset sign_type sign timestamp version notify_url biz_content";
        let field = |name: &str| fields.get(name).map(String::as_str).unwrap_or_default();
        if fields.keys().any(|name| !KNOWN.split(' ').any(|known| known == name)) {
            return Some("isv.invalid-parameter");
        }
        let fixed = [("format", "JSON"), ("charset", "utf-8"), ("sign_type", "RSA2"), ("version", "1.0")];
        if fixed.iter().any(|(name, value)| field(name) != *value) {
            return Some("isv.invalid-parameter");
        }
        if field("app_id") != APP {
            return Some("isv.invalid-app-id");
        }
        let sent = read_time(field("timestamp")).unwrap_or(0);
        if self.clock.now_ms().abs_diff(sent) > 10 * 60_000 {
            return Some("isv.invalid-timestamp");
        }
        let rest = fields.iter().filter(|(name, _)| *name != "sign");
        let text = rest.map(|(name, value)| format!("{name}={value}")).collect::<Vec<_>>().join("&");
        let key = PublicKey::read(&pem("app.pub.pem")).unwrap();
        (!key.verifies(text.as_bytes(), field("sign"))).then_some("isv.invalid-signature")
    }
}

const TIME: &str = "%Y-%m-%d %H:%M:%S";

fn alipay_time(now_ms: i64) -> String {
    let beijing = jiff::tz::Offset::constant(8);
    beijing.to_datetime(jiff::Timestamp::from_millisecond(now_ms).unwrap()).strftime(TIME).to_string()
}

fn read_time(text: &str) -> Option<i64> {
    let time = jiff::civil::DateTime::strptime(TIME, text).ok()?;
    jiff::tz::Offset::constant(8).to_timestamp(time).ok().map(jiff::Timestamp::as_millisecond)
}

async fn serve(State(till): State<Till>, method: Method, uri: Uri, body: Bytes) -> Response<Body> {
    let read = |text: &str| form::read(text);
    let body = String::from_utf8(body.to_vec()).unwrap();
    let fields: BTreeMap<String, String> =
        read(uri.query().unwrap_or_default()).into_iter().chain(read(&body)).collect();
    let named = fields.get("method").cloned().unwrap_or_default();
    let fault = {
        let mut books = till.books();
        books.seen.push(named.clone());
        let at = books.faults.iter().position(|(wanted, _)| *wanted == named);
        at.and_then(|at| books.faults.remove(at)).map(|(_, fault)| fault)
    };
    let biz: Value = fields.get("biz_content").and_then(|biz| serde_json::from_str(biz).ok()).unwrap_or_default();
    let said = match (till.stranger(&fields), fault) {
        _ if method != Method::POST || uri.path() != "/gateway.do" => no("40002", "isv.invalid-method"),
        (Some(why), _) => no("40002", why),
        (_, Some(Fault::LostBefore)) => return broken(),
        (_, Some(Fault::Trouble)) => no("20000", "isp.unknow-error"),
        (_, Some(Fault::Busy)) => no("40005", "isv.app-call-limited"),
        (_, Some(Fault::Refused(reason))) => no("40004", reason),
        _ => till.answer(&named, &biz, fault),
    };
    if fault == Some(Fault::LostAfter) {
        return broken();
    }
    // Alipay escapes slashes: what is signed is the text as it is sent.
    let text = said.to_string().replace('/', "\\/");
    let sign = PrivateKey::read(&pem("alipay.pem")).unwrap().sign(text.as_bytes()).unwrap();
    let sign = if fault == Some(Fault::Unsigned) { String::new() } else { format!(",\"sign\":\"{sign}\"") };
    let part = format!("{}_response", named.replace('.', "_"));
    let body = format!("{{\"{part}\":{text}{sign}}}");
    Response::builder().header("content-type", "text/html;charset=utf-8").body(Body::from(body)).unwrap()
}

/// An answer that breaks off.
fn broken() -> Response<Body> {
    let pieces = [Ok("{"), Err(Error::other("cut"))];
    Response::new(Body::from_stream(futures_util::stream::iter(pieces)))
}

/// A trade as a question shows it.
pub fn shown(number: &str, order: &Order, fault: Option<Fault>) -> Value {
    let mut amount = fen(&order.placed["total_amount"]).unwrap();
    if fault == Some(Fault::WrongAmount) {
        amount += 1;
    }
    let status = if fault == Some(Fault::StrangeState) { "TRADE_HALF_PAID" } else { order.status.unwrap_or_default() };
    let mut shown = ok(json!({
        "out_trade_no": number, "trade_no": order.trade_no, "trade_status": status, "total_amount": yuan(amount),
        "buyer_logon_id": "159****5620",
    }));
    if let Some(paid) = order.paid_ms {
        shown["send_pay_date"] = json!(alipay_time(paid));
    }
    shown
}
