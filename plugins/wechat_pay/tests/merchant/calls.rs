//! Every call that can be made, and the provider's document.

use super::*;
use sayso_plugin_sdk::{
    AdvanceRequest, CancelRequest, CheckRequest, EnrolRequest, QueryEnrolmentRequest, QueryRefundRequest, RefundRequest,
};
use serde_json::Map;

pub fn document() -> Value {
    serde_json::from_str(include_str!("../openapi/wechat_pay.json")).unwrap()
}

/// All fields of a schema, those of its parts too.
pub fn fields(schema: &Value) -> Map<String, Value> {
    let mut found = schema["properties"].as_object().cloned().unwrap_or_default();
    for part in schema["allOf"].as_array().into_iter().flatten() {
        for (name, field) in fields(part) {
            match found.get(&name) {
                Some(known) => found.insert(name, json!({ "allOf": [known, field] })),
                None => found.insert(name, field),
            };
        }
    }
    found
}

pub fn h5() -> Value {
    with(settings(), json!({ "way": "h5", "payer_client_ip": "203.0.113.7" }))
}

pub fn jsapi() -> Value {
    with(settings(), json!({ "way": "jsapi", "payer_openid": "oUpF8uMuAJO", "jsapi_page": "https://shop.example/pay" }))
}

pub fn refund_request() -> RefundRequest {
    RefundRequest {
        reference: REFERENCE.into(),
        refund_reference: "saysogiv00000001".into(),
        provider_reference: None,
        idempotency_key: "saysokey00000002".into(),
        amount: Money::new(1250, Currency::CNY),
        paid: AMOUNT,
    }
}

pub fn advance_request() -> AdvanceRequest {
    AdvanceRequest {
        reference: REFERENCE.into(),
        provider_reference: None,
        idempotency_key: "saysokey00000003".into(),
        amount: AMOUNT,
    }
}

pub fn enrol_request() -> EnrolRequest {
    EnrolRequest { reference: REFERENCE.into(), idempotency_key: "k".into(), person: "客厅 💡".into() }
}

/// Settings, a call, and the answers to its requests: status and body.
pub type Story = (Value, Call, Vec<(u16, Value)>);

/// Every verb in every way in which it can be called, each with answers that lead it through all its requests.
pub fn everything() -> Vec<Story> {
    let none = json!({ "schedule_state": "NO_SCHEDULED" });
    let today = json!({
        "schedule_state": "SCHEDULED", "deduct_start_date": "2025-11-24", "deduct_end_date": "2025-11-25",
        "scheduled_amount": { "total": 4250, "currency": "CNY" },
    });
    let missing = json!({ "code": "ORDER_NOT_EXIST" });
    let cancel = CancelRequest { reference: REFERENCE.into(), provider_reference: None, idempotency_key: "k".into() };
    let query_refund = QueryRefundRequest {
        reference: REFERENCE.into(),
        refund_reference: "saysogiv00000001".into(),
        provider_reference: None,
        payment_provider_reference: None,
    };
    let query_enrolment = QueryEnrolmentRequest { reference: REFERENCE.into(), provider_reference: None };
    let strange = PayRequest { purpose: "电费 💡\n\u{202e}".repeat(40), ..pay_request() };
    vec![
        (settings(), Call::Pay(pay_request()), vec![(200, json!({ "code_url": "weixin://x" }))]),
        (settings(), Call::Pay(strange.clone()), vec![(200, json!({ "code_url": "weixin://x" }))]),
        (h5(), Call::Pay(pay_request()), vec![(200, json!({ "h5_url": "https://wx.tenpay.com/x" }))]),
        (jsapi(), Call::Pay(strange), vec![(200, json!({ "prepay_id": "wx2014" }))]),
        (
            settings(),
            Call::Pay(hands_free()),
            vec![(200, none), (200, today), (200, json!({ "out_trade_no": REFERENCE, "amount": { "total": 4250 } }))],
        ),
        (
            settings(),
            Call::Advance(advance_request()),
            vec![(200, order("NOTPAY")), (200, json!({ "code_url": "weixin://x" }))],
        ),
        (settings(), Call::Query(query_request()), vec![(404, missing.clone())]),
        (settings(), Call::Cancel(cancel), vec![(400, json!({ "code": "ORDER_PAID" })), (200, order("SUCCESS"))]),
        (settings(), Call::Refund(refund_request()), vec![(500, Value::Null)]),
        (settings(), Call::QueryRefund(query_refund), vec![(500, Value::Null)]),
        (settings(), Call::Enrol(enrol_request()), vec![(500, Value::Null)]),
        (settings(), Call::QueryEnrolment(query_enrolment), vec![(500, Value::Null)]),
        (settings(), Call::CheckCredentials(CheckRequest {}), vec![(404, missing)]),
    ]
}
