//! What these tests share: an app with published test keys, and an Alipay that signs what a test makes it say.

#![allow(dead_code)] // Each test program uses its part.

use alipay::Alipay;
use sayso_plugin_sdk::abi_v1::{Answer, Call};
use sayso_plugin_sdk::crypto::{PrivateKey, PublicKey};
use sayso_plugin_sdk::form;
use sayso_plugin_sdk::interface::request::Payee;
use sayso_plugin_sdk::prelude::*;
use sayso_plugin_sdk::testing::{Ending, Rehearsal, Scripted, rehearse_with, reply};
use serde_json::{Value, json};
use std::collections::BTreeMap;

pub const APP: &str = "2021000000000001";
pub const REFERENCE: &str = "saysoref00000001";
pub const REFUND: &str = "saysogiv00000001";
pub const NUMBER: &str = "2025112422001400000501234567";
pub const AMOUNT: Money = Money::new(4250, Currency::CNY);

pub fn pem(name: &str) -> String {
    let path = format!("{}/tests/keys/{name}", env!("CARGO_MANIFEST_DIR"));
    std::fs::read_to_string(&path).unwrap_or_else(|wrong| panic!("{path}: {wrong}"))
}

pub fn settings() -> Value {
    json!({
        "app_id": APP,
        "alipay_public_key": pem("alipay.pub.pem"),
        "notify_url": "https://home.example/webhooks/alipay",
        "return_url": "https://home.example/paid",
        "agreement_scene": "INDUSTRY|APPSTORE",
        "secrets": { "app_private_key": pem("app.pem") },
    })
}

/// The same with some fields of its own.
pub fn with(mut settings: Value, more: Value) -> Value {
    settings.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    settings
}

pub fn plugin(settings: &Value) -> Alipay {
    Alipay::create(&settings.to_string()).unwrap()
}

/// A request as the gateway reads it: every field of its address and its body.
pub fn fields(request: &HttpRequest) -> BTreeMap<String, String> {
    let query = request.url.split_once('?').map_or("", |(_, query)| query);
    form::read(query).into_iter().chain(form::read(&request.body)).collect()
}

/// An answer to the method of this request, signed.
pub fn signed(method: &str, said: &Value) -> Scripted {
    let text = said.to_string();
    let sign = PrivateKey::read(&pem("alipay.pem")).unwrap().sign(text.as_bytes()).unwrap();
    reply(200, &format!("{{\"{}_response\":{text},\"sign\":\"{sign}\"}}", method.replace('.', "_")))
}

/// Plays a call against answers in order, all signed.
pub fn play(settings: &Value, call: Call, answers: &[Value]) -> Rehearsal {
    let mut answers = answers.iter();
    rehearse_with(plugin(settings), call, |request| {
        let said = answers.next().expect("one request more than the test expects");
        signed(&fields(request)["method"], said)
    })
}

pub fn answer(shown: &Rehearsal) -> &Answer {
    match &shown.ending {
        Ending::Answer(answer) => answer,
        other => panic!("{other:?}"),
    }
}

/// Whether the app signed these fields.
pub fn is_signed(fields: &BTreeMap<String, String>) -> bool {
    let rest = fields.iter().filter(|(name, _)| *name != "sign");
    let text = rest.map(|(name, value)| format!("{name}={value}")).collect::<Vec<_>>().join("&");
    PublicKey::read(&pem("app.pub.pem")).unwrap().verifies(text.as_bytes(), &fields["sign"])
}

pub fn pay_request() -> PayRequest {
    PayRequest {
        reference: REFERENCE.into(),
        idempotency_key: "saysokey00000001".into(),
        amount: AMOUNT,
        payee: Payee { id: "electricity".into(), name: "City Power".into(), account: BTreeMap::new() },
        purpose: "electricity bill".into(),
        authorize_only: false,
        instrument: None,
    }
}

pub fn hands_free() -> PayRequest {
    let ids = [("agreement_no".to_owned(), "20251124400000000001".to_owned())].into();
    PayRequest { instrument: Some(Instrument { ids, label: "Alipay".into() }), ..pay_request() }
}

pub fn query_request() -> QueryRequest {
    let (reference, idempotency_key) = (REFERENCE.into(), "saysokey00000001".into());
    QueryRequest { reference, provider_reference: None, idempotency_key, sent_ms: None, expires_ms: None }
}

pub fn refund_request() -> RefundRequest {
    RefundRequest {
        reference: REFERENCE.into(),
        refund_reference: REFUND.into(),
        provider_reference: Some(NUMBER.into()),
        idempotency_key: "saysokey00000001".into(),
        amount: Money::new(1250, Currency::CNY),
        paid: AMOUNT,
    }
}

pub fn query_refund() -> QueryRefundRequest {
    let (reference, refund_reference) = (REFERENCE.into(), REFUND.into());
    QueryRefundRequest { reference, refund_reference, provider_reference: None, payment_provider_reference: None }
}

pub fn trade(status: &str) -> Value {
    json!({ "code": "10000", "msg": "Success", "out_trade_no": REFERENCE, "trade_no": NUMBER, "trade_status": status,
        "total_amount": "42.50", "buyer_logon_id": "159****5620" })
}

pub fn refund() -> Value {
    json!({ "code": "10000", "msg": "Success", "out_trade_no": REFERENCE, "trade_no": NUMBER, "out_request_no": REFUND,
        "total_amount": "42.50", "refund_amount": "12.50", "refund_status": "REFUND_SUCCESS" })
}

pub fn no(reason: &str) -> Value {
    json!({ "code": "40004", "msg": "Business Failed", "sub_code": reason, "sub_msg": "no" })
}
