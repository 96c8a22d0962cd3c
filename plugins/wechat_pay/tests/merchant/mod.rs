//! What these tests share: a merchant with published test keys, and a WeChat Pay that signs what a test makes it say.

#![allow(dead_code)] // Each test program uses its part.

pub mod calls;

use sayso_plugin_sdk::crypto::{PrivateKey, PublicKey, seal_aes_256_gcm, to_base64};
use sayso_plugin_sdk::interface::request::Payee;
use sayso_plugin_sdk::testing::{Ending, NOW_MS, Rehearsal, Scripted, rehearse_with};
use sayso_plugin_sdk::{
    Currency, HttpRequest, HttpResponse, Instrument, Money, PayRequest, Plugin as _, QueryRequest,
    abi_v1::{Answer, Call},
};
use serde_json::{Value, json};
use wechat_pay::WechatPay;

pub const MCHID: &str = "1900000109";
pub const APPID: &str = "wxd678efh567hg6787";
pub const PUBLIC_KEY_ID: &str = "PUB_KEY_ID_0119000001092025112400000000000001";
/// A published test key.
pub const API_V3_KEY: &[u8; 32] = b"published-test-key-of-32-letters";
pub const SERIAL_A: &str = "3A0B0C0D0E0F10111213141516171819A1";
pub const SERIAL_B: &str = "3A0B0C0D0E0F10111213141516171819B2";
pub const SERIAL_EXPIRED: &str = "3A0B0C0D0E0F10111213141516171819C3";
pub const REFERENCE: &str = "saysoref00000001";
pub const AMOUNT: Money = Money::new(4250, Currency::CNY);

pub fn pem(name: &str) -> String {
    let path = format!("{}/tests/keys/{name}", env!("CARGO_MANIFEST_DIR"));
    std::fs::read_to_string(&path).unwrap_or_else(|wrong| panic!("{path}: {wrong}"))
}

/// A configuration in the mode with a public key.
pub fn settings() -> Value {
    let mut settings = certificate_settings();
    settings["public_key_id"] = json!(PUBLIC_KEY_ID);
    settings["public_key"] = json!(pem("public_mode.pub.pem"));
    settings
}

/// A configuration in the mode with certificates.
pub fn certificate_settings() -> Value {
    json!({
        "base_url": "https://api.mch.weixin.qq.com",
        "mchid": MCHID,
        "appid": APPID,
        "merchant_serial": "5F1C72E2A8931B72A2E13AF8DEE92471EB397115",
        "notify_url": "https://home.example/webhooks/wechat_pay",
        "plan_id": 12535,
        "secrets": {
            "api_v3_key": std::str::from_utf8(API_V3_KEY).unwrap(),
            "merchant_private_key": pem("merchant.pem"),
        },
    })
}

/// The same with some fields of its own.
pub fn with(mut settings: Value, more: Value) -> Value {
    settings.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    settings
}

pub fn plugin(settings: &Value) -> WechatPay {
    WechatPay::create(&settings.to_string()).unwrap()
}

/// Who signs an answer, and when.
#[derive(Clone, Copy)]
pub struct Pen {
    pub key: &'static str,
    pub serial: &'static str,
    pub seconds: i64,
}

pub const PUBLIC: Pen = Pen { key: "public_mode.pem", serial: PUBLIC_KEY_ID, seconds: NOW_MS / 1000 };
pub const A: Pen = Pen { key: "platform_a.pem", serial: SERIAL_A, seconds: NOW_MS / 1000 };
pub const B: Pen = Pen { key: "platform_b.pem", serial: SERIAL_B, seconds: NOW_MS / 1000 };

impl Pen {
    /// The headers of a signature over this body.
    pub fn headers(self, body: &str) -> Vec<(String, String)> {
        let (time, nonce) = (self.seconds.to_string(), "an-answers-nonce");
        let key = PrivateKey::read(&pem(self.key)).unwrap();
        let signature = key.sign(format!("{time}\n{nonce}\n{body}\n").as_bytes()).unwrap();
        let pairs = [
            ("wechatpay-timestamp", time.as_str()),
            ("wechatpay-nonce", nonce),
            ("wechatpay-serial", self.serial),
            ("wechatpay-signature", signature.as_str()),
        ];
        pairs.into_iter().map(|(name, value)| (name.to_owned(), value.to_owned())).collect()
    }

    pub fn says(self, status: u16, body: &str) -> Scripted {
        Ok(HttpResponse { status, headers: self.headers(body), body: body.to_owned() })
    }
}

/// Plays a call against answers in order, all signed by the public key.
pub fn play(settings: &Value, call: Call, replies: &[(u16, Value)]) -> Rehearsal {
    let mut replies = replies.iter();
    rehearse_with(plugin(settings), call, |_| {
        let (status, body) = replies.next().expect("one request more than the test expects");
        let body = if body.is_null() { String::new() } else { body.to_string() };
        PUBLIC.says(*status, &body)
    })
}

pub fn answer(shown: &Rehearsal) -> &Answer {
    match &shown.ending {
        Ending::Answer(answer) => answer,
        other => panic!("{other:?}"),
    }
}

pub fn pay_request() -> PayRequest {
    PayRequest {
        reference: REFERENCE.into(),
        idempotency_key: "saysokey00000001".into(),
        amount: AMOUNT,
        payee: Payee { id: "electricity".into(), name: "City Power".into(), account: Default::default() },
        purpose: "electricity bill".into(),
        authorize_only: false,
        instrument: None,
    }
}

pub fn hands_free() -> PayRequest {
    let ids = [("contract_id".to_owned(), "123124412412423431".to_owned())].into();
    PayRequest { instrument: Some(Instrument { ids, label: "WeChat Pay".into() }), ..pay_request() }
}

pub fn query_request() -> QueryRequest {
    QueryRequest {
        reference: REFERENCE.into(),
        provider_reference: None,
        idempotency_key: "saysokey00000001".into(),
        sent_ms: None,
        expires_ms: None,
    }
}

pub fn order(state: &str) -> Value {
    json!({
        "appid": APPID, "mchid": MCHID, "out_trade_no": REFERENCE, "transaction_id": "420000",
        "trade_state": state, "description": "City Power electricity bill",
        "amount": { "total": 4250, "currency": "CNY", "payer_total": 4250, "payer_currency": "CNY" },
    })
}

/// An answer of /v3/certificates with these: the number that it says, and the file of the certificate.
pub fn certificates(listed: &[(&str, &str)], key: &[u8; 32]) -> String {
    let each = listed.iter().map(|(serial, file)| {
        let sealed = seal_aes_256_gcm(key, b"61f9c719728a", b"certificate", pem(file).as_bytes()).unwrap();
        json!({
            "serial_no": serial, "effective_time": "2024-01-01T08:00:00+08:00", "expire_time": "2044-01-01T08:00:00+08:00",
            "encrypt_certificate": {
                "algorithm": "AEAD_AES_256_GCM", "nonce": "61f9c719728a", "associated_data": "certificate",
                "ciphertext": to_base64(&sealed),
            },
        })
    });
    json!({ "data": each.collect::<Vec<_>>() }).to_string()
}

/// The part of an `Authorization` header between `name="` and `"`.
pub fn authorized<'a>(request: &'a HttpRequest, name: &str) -> &'a str {
    let (_, header) = request.headers.iter().find(|(key, _)| key == "authorization").unwrap();
    let (_, rest) = header.split_once(&format!("{name}=\"")).unwrap();
    rest.split_once('"').unwrap().0
}

/// Whether WeChat Pay would take the signature of this request.
pub fn is_signed(request: &HttpRequest) -> bool {
    let path = request.url.strip_prefix("https://api.mch.weixin.qq.com").unwrap();
    let (time, nonce) = (authorized(request, "timestamp"), authorized(request, "nonce_str"));
    let message = format!("{}\n{path}\n{time}\n{nonce}\n{}\n", request.method, request.body);
    let key = PublicKey::read(&pem("merchant.pub.pem")).unwrap();
    key.verifies(message.as_bytes(), authorized(request, "signature"))
}
