//! Every call that the plugin can be asked, in all its shapes, and what it sends for each.

use sayso_plugin_sdk::abi_v1::Call;
use sayso_plugin_sdk::interface::request::Payee;
use sayso_plugin_sdk::testing::{Ending, Scripted, rehearse, rehearse_with, reply};
use sayso_plugin_sdk::{
    AdvanceRequest, CancelRequest, CheckRequest, Currency, EnrolRequest, HttpRequest, Instrument, Money, PayRequest,
    Plugin, QueryEnrolmentRequest, QueryRefundRequest, QueryRequest, RefundRequest,
};
use serde_json::{Value, json};
use stripe::Stripe;

/// Stripe's own example objects of a newer version than its OpenAPI document here.
pub const FIXTURES: &str = include_str!("../openapi/fixtures_2026-08-21.json");

fn plugin() -> Stripe {
    let settings = json!({
        "mode": "test", "return_url": "https://example.org/thanks",
        "secrets": { "webhook_secret": "whsec_published_only_for_tests" },
    });
    Stripe::create(&settings.to_string()).unwrap()
}

fn pay(amount: Money, account: &str, stored: bool, authorize_only: bool) -> Call {
    let ids = [("customer", "cus_1"), ("payment_method", "pm_1")].map(|(key, id)| (key.to_owned(), id.to_owned()));
    Call::Pay(PayRequest {
        reference: "r1".into(),
        idempotency_key: "k1".into(),
        amount,
        payee: Payee {
            id: "electricity".into(),
            name: "City & \"Power\" = 电".into(),
            account: [("account".to_owned(), account.to_owned())].into(),
        },
        purpose: "bill".into(),
        authorize_only,
        instrument: stored.then(|| Instrument { ids: ids.into(), label: "Visa ending in 4242".into() }),
    })
}

fn query(id: Option<&str>) -> Call {
    let (reference, idempotency_key) = ("r1".to_owned(), "k1".to_owned());
    Call::Query(QueryRequest {
        reference,
        provider_reference: id.map(str::to_owned),
        idempotency_key,
        sent_ms: Some(0),
        expires_ms: None,
    })
}

/// How a query by the id of a PaymentIntent (`pi`) or a Checkout Session (`cs`) ends.
pub fn answers_to(kind: &str, replies: &[Scripted]) -> Ending {
    rehearse(plugin(), query(Some(&format!("{kind}_1"))), replies.to_vec()).ending
}

fn every_call() -> Vec<Call> {
    let usd = |minor| Money::new(minor, Currency::USD);
    let mut calls = Vec::new();
    for account in ["own", "acct_1"] {
        for stored in [true, false] {
            for authorize_only in [true, false] {
                calls.push(pay(usd(4250), account, stored, authorize_only));
            }
        }
    }
    calls.push(pay(Money::new(500, Currency::JPY), "own", true, false));
    for id in [None, Some("pi_1".to_owned()), Some("cs_1".to_owned())] {
        let (reference, idempotency_key) = ("r1".to_owned(), "k2".to_owned());
        calls.push(query(id.as_deref()));
        calls.push(Call::Advance(AdvanceRequest {
            reference: reference.clone(),
            provider_reference: id.clone(),
            idempotency_key: idempotency_key.clone(),
            amount: usd(4250),
        }));
        calls.push(Call::Cancel(CancelRequest {
            reference: reference.clone(),
            provider_reference: id.clone(),
            idempotency_key: idempotency_key.clone(),
        }));
        calls.push(Call::Refund(RefundRequest {
            reference: reference.clone(),
            refund_reference: "g1".into(),
            provider_reference: id.clone(),
            idempotency_key,
            amount: usd(1250),
            paid: usd(4250),
        }));
        calls.push(Call::QueryRefund(QueryRefundRequest {
            reference: reference.clone(),
            refund_reference: "g1".into(),
            provider_reference: id.as_ref().map(|_| "re_1".to_owned()),
            payment_provider_reference: id.clone(),
        }));
        calls.push(Call::QueryEnrolment(QueryEnrolmentRequest {
            reference,
            provider_reference: id.map(|_| "cs_1".into()),
        }));
    }
    calls.push(Call::Enrol(EnrolRequest {
        reference: "e1".into(),
        idempotency_key: "k3".into(),
        person: "home".into(),
    }));
    calls.push(Call::CheckCredentials(CheckRequest {}));
    calls
}

/// A Stripe on which everything stands as `status` says, so that each call goes as far as it can.
fn answered(request: &HttpRequest, intent: &str, session: &str) -> Scripted {
    let tags = json!({ "sayso_reference": "r1", "sayso_payee": "electricity" });
    let inner = json!({
        "id": "pi_1", "status": intent, "livemode": false, "metadata": tags, "currency": "usd", "amount": 4250,
        "amount_received": 4250, "amount_capturable": 4250, "capture_method": "manual", "customer": "cus_1",
        "description": "bill", "transfer_data": { "destination": "acct_1" }, "created": 1,
        "last_payment_error": { "type": "card_error", "code": "authentication_required" },
    });
    let page = json!({
        "id": "cs_1", "status": session, "livemode": false, "metadata": tags, "url": "https://checkout.example/cs_1",
        "payment_intent": if session == "open" { Value::Null } else { inner.clone() }, "created": 1,
    });
    let listed = |items: Value| json!({ "object": "list", "has_more": false, "data": items });
    let (method, path) = (request.method.as_str(), request.url.split('?').next().unwrap_or_default());
    let path = path.split("/v1/").nth(1).unwrap_or_default();
    match (method, path) {
        ("GET", "balance") => reply(200, &json!({ "livemode": false }).to_string()),
        ("GET", "checkout/sessions") => {
            let none = session == "none";
            reply(200, &listed(if none { json!([]) } else { json!([page]) }).to_string())
        }
        ("GET", "payment_intents") => reply(200, &listed(json!([inner])).to_string()),
        ("GET", "refunds") => reply(200, &listed(json!([])).to_string()),
        ("POST", "payment_intents") if intent == "requires_payment_method" => {
            let code = "authentication_required";
            reply(402, &json!({ "error": { "type": "card_error", "code": code, "payment_intent": inner } }).to_string())
        }
        ("POST", path) if path.ends_with("/cancel") => {
            let mut over = inner;
            over["status"] = json!("canceled");
            reply(200, &over.to_string())
        }
        (_, path) if path.starts_with("checkout/") => reply(200, &page.to_string()),
        _ => reply(200, &inner.to_string()),
    }
}

/// Everything that the plugin sends, whatever it is asked and however things stand.
pub fn all_requests() -> Vec<HttpRequest> {
    let mut requests = Vec::new();
    for intent in ["succeeded", "requires_capture", "requires_payment_method", "processing"] {
        for session in ["open", "complete", "expired", "none"] {
            for call in every_call() {
                let shown = rehearse_with(plugin(), call, |request| answered(request, intent, session));
                requests.extend(shown.requests);
            }
        }
    }
    let mut different: Vec<HttpRequest> = Vec::new();
    for request in requests {
        if !different.contains(&request) {
            different.push(request);
        }
    }
    different
}
