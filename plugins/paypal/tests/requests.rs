//! Every request that the plugin can send, against PayPal's own documents; its tables against their words; and answers that
//! are made of theirs by change and chance.
#![allow(clippy::unwrap_used, clippy::panic)]

mod document;

use document::{issues, objection, words};
use paypal::{PayPal, wire};
use proptest::prelude::*;
use sayso_plugin_sdk::abi_v1::{Answer, Call};
use sayso_plugin_sdk::interface::request::{Payee, WebhookRequest};
use sayso_plugin_sdk::testing::{Ending, Rehearsal, Scripted, rehearse_with, reply};
use sayso_plugin_sdk::{
    AdvanceRequest, CancelRequest, CheckRequest, Currency, EnrolRequest, HttpRequest, Instrument, Money, Outcome,
    PayRequest, Plugin as _, QueryEnrolmentRequest, QueryRefundRequest, QueryRequest, RefundOutcome, RefundRequest,
};
use serde_json::{Value, json};
use std::collections::BTreeMap;

const BASE: &str = "http://127.0.0.1:1";

fn plugin() -> PayPal {
    let settings = json!({ "base_url": BASE, "webhook_id": "5GP028458E2496506", "brand_name": "City Power" });
    PayPal::create(&settings.to_string()).unwrap()
}

fn usd(minor: i64) -> Money {
    Money::new(minor, Currency::USD)
}

fn pay(purpose: &str, account: &[(&str, &str)], stored: bool, authorize_only: bool) -> PayRequest {
    let instrument = stored.then(|| Instrument {
        ids: BTreeMap::from([("vault_id".to_owned(), "8kk8451t".to_owned())]),
        label: "PayPal".into(),
    });
    PayRequest {
        reference: "r1".into(),
        idempotency_key: "k1".into(),
        amount: usd(4250),
        payee: Payee {
            id: "electricity".into(),
            name: "City Power".into(),
            account: account.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect(),
        },
        purpose: purpose.into(),
        authorize_only,
        instrument,
    }
}

fn order(status: &str, intent: &str, payments: Value) -> Value {
    let amount = json!({ "currency_code": "USD", "value": "42.50" });
    let unit = json!({ "custom_id": "r1", "amount": amount, "payments": payments });
    let links = json!([{ "rel": "payer-action", "href": "https://www.sandbox.paypal.com/checkoutnow?token=O1" }]);
    json!({ "id": "O1", "status": status, "intent": intent, "purchase_units": [unit], "links": links })
}

fn moved(status: &str) -> Value {
    let amount = json!({ "currency_code": "USD", "value": "42.50" });
    json!([{ "id": "M1", "status": status, "custom_id": "r1", "amount": amount }])
}

/// A bank that lends a token, shows this order, and answers everything else with `done`.
fn bank(order: &Value, done: &Value) -> impl FnMut(&HttpRequest) -> Scripted {
    let (order, done) = (order.to_string(), done.to_string());
    move |request| match request.url.strip_prefix(BASE).unwrap() {
        "/v1/oauth2/token" => reply(200, r#"{"access_token":"A21AAExampleOnly","expires_in":31668}"#),
        path if request.method == "GET" && path.starts_with("/v2/checkout/orders/") => reply(200, &order),
        _ => reply(200, &done),
    }
}

fn play(call: Call, order: &Value, done: &Value) -> Rehearsal {
    rehearse_with(plugin(), call, bank(order, done))
}

fn advance() -> Call {
    let (reference, idempotency_key) = ("r1".to_owned(), "k2".to_owned());
    Call::Advance(AdvanceRequest {
        reference,
        provider_reference: Some("O1".into()),
        idempotency_key,
        amount: usd(4250),
    })
}

fn refund() -> Call {
    Call::Refund(RefundRequest {
        reference: "r1".into(),
        refund_reference: "f1".into(),
        provider_reference: Some("O1".into()),
        idempotency_key: "k3".into(),
        amount: usd(1250),
        paid: usd(4250),
    })
}

fn calls() -> Vec<(Call, Value)> {
    let long = "a bill with a very long purpose ".repeat(10);
    let approved = order("APPROVED", "CAPTURE", json!({}));
    let reserved = order("COMPLETED", "AUTHORIZE", json!({ "authorizations": moved("CREATED") }));
    let paid = order("COMPLETED", "CAPTURE", json!({ "captures": moved("COMPLETED") }));
    let cancel =
        CancelRequest { reference: "r1".into(), provider_reference: Some("O1".into()), idempotency_key: "k4".into() };
    let query = QueryRequest {
        reference: "r1".into(),
        provider_reference: Some("O1".into()),
        idempotency_key: "k1".into(),
        sent_ms: None,
        expires_ms: None,
    };
    let query_refund = |refund: Option<&str>| QueryRefundRequest {
        reference: "r1".into(),
        refund_reference: "f1".into(),
        provider_reference: refund.map(str::to_owned),
        payment_provider_reference: Some("O1".into()),
    };
    let headers = ["auth-algo", "cert-url", "transmission-id", "transmission-sig", "transmission-time"];
    let values =
        ["SHA256withRSA", "https://api.sandbox.paypal.com/c", "69cd13f0-d67a", "lmI95Jx3Y9==", "2025-11-24T16:00:00Z"];
    let headers = headers.iter().zip(values).map(|(name, value)| (format!("paypal-{name}"), value.to_owned()));
    let webhook = WebhookRequest {
        headers: headers.collect(),
        body: r#"{"id":"WH-1","event_type":"PAYMENT.CAPTURE.COMPLETED","resource":{}}"#.into(),
    };
    vec![
        (Call::Pay(pay("electricity bill", &[], false, false)), approved.clone()),
        (Call::Pay(pay(&long, &[("merchant_id", "C7CYMKZDG8D6E")], true, false)), approved.clone()),
        (Call::Pay(pay("", &[("email", "power@example.com")], false, true)), approved.clone()),
        (advance(), approved),
        (advance(), order("APPROVED", "AUTHORIZE", json!({}))),
        (advance(), reserved.clone()),
        (Call::Query(query), paid.clone()),
        (Call::Cancel(cancel), reserved),
        (refund(), paid.clone()),
        (Call::QueryRefund(query_refund(None)), paid.clone()),
        (Call::QueryRefund(query_refund(Some("R1"))), paid.clone()),
        (
            Call::Enrol(EnrolRequest { reference: "e1".into(), idempotency_key: "k5".into(), person: "home".into() }),
            paid.clone(),
        ),
        (Call::VerifyWebhook(webhook), paid.clone()),
        (Call::CheckCredentials(CheckRequest::default()), paid),
    ]
}

#[test]
fn every_request_is_as_paypals_documents_have_it() {
    let mut seen = std::collections::BTreeSet::new();
    for (call, order) in calls() {
        let verb = call.verb();
        for request in play(call, &order, &order).requests {
            assert_eq!(objection(&request, BASE), None, "{verb}: {request:?}");
            seen.insert((request.method.clone(), request.url.replace(BASE, "")));
        }
    }
    // The set-up token's change into a payment token: the document of 2024-02 lists billing agreements alone as a type; the
    // guide to saving payment methods has SETUP_TOKEN, and the rest of the body is held to the document.
    let query = QueryEnrolmentRequest { reference: "e1".into(), provider_reference: Some("S1".into()) };
    let token = json!({ "id": "S1", "status": "APPROVED" });
    let requests = play(Call::QueryEnrolment(query), &token, &token).requests;
    let mut change = requests.iter().find(|request| request.url.ends_with("/v3/vault/payment-tokens")).unwrap().clone();
    change.body = change.body.replace("SETUP_TOKEN", "BILLING_AGREEMENT");
    assert_eq!(objection(&change, BASE), None);
    assert!(seen.len() >= 11, "{seen:#?}");
}

#[test]
fn a_payment_token_whose_answer_was_lost_is_asked_for_again() {
    for (status, asked_again) in [
        ("APPROVED", true),
        ("VAULTED", true),
        ("PAYER_ACTION_REQUIRED", false),
        ("CREATED", false),
        ("TOKENIZED", false),
    ] {
        let query = QueryEnrolmentRequest { reference: "e1".into(), provider_reference: Some("S1".into()) };
        let token = json!({ "id": "S1", "status": status });
        let requests = play(Call::QueryEnrolment(query), &token, &token).requests;
        let made: Vec<_> = requests.iter().filter(|request| request.url.ends_with("/payment-tokens")).collect();
        assert_eq!(!made.is_empty(), asked_again, "{status}");
        // With the same key, so that there is one token however often it is asked for.
        let key = ("paypal-request-id".to_owned(), "e1".to_owned());
        assert!(made.iter().all(|request| request.headers.contains(&key)), "{status}");
    }
}

#[test]
fn the_oracle_objects_to_what_is_wrong() {
    let mut request = play(Call::Pay(pay("x", &[], false, false)), &json!({}), &json!({})).requests.pop().unwrap();
    assert_eq!(objection(&request, BASE), None);
    request.body = request.body.replace("\"42.50\"", "42.50");
    assert!(objection(&request, BASE).is_some());
    request.url = format!("{BASE}/v2/checkout/baskets");
    assert!(objection(&request, BASE).is_some());
}

#[test]
fn every_word_of_the_documents_is_in_a_table() {
    for (table, schema, field) in [
        (wire::ORDERS, "order_status", ""),
        (wire::CAPTURES, "capture_status", "status"),
        (wire::AUTHORIZATIONS, "authorization_status", "status"),
        (wire::REFUNDS, "refund_status", "status"),
        (wire::SLOW_REASONS, "capture_status_details", "reason"),
    ] {
        for word in words(schema, field) {
            assert!(table.knows(&word), "{schema}: {word}");
        }
    }
    for (table, text) in [
        (wire::SETUP_TOKENS.0, include_str!("documented/setup_tokens.txt")),
        (wire::DISPUTES.0, include_str!("documented/dispute_outcomes.txt")),
    ] {
        for word in text.lines().filter(|line| !line.starts_with('#')).flat_map(str::split_whitespace) {
            assert!(table.knows(word), "{word} is in no table");
        }
    }
    let standings = [wire::ORDERS, wire::CAPTURES, wire::AUTHORIZATIONS, wire::REFUNDS, wire::SETUP_TOKENS];
    let faults = standings.map(|table| table.faults()).concat();
    assert_eq!([faults, wire::CURRENCIES.faults(), wire::DISPUTES.faults(), wire::ISSUES.faults()].concat(), [""; 0]);
    let issues = issues();
    assert!(issues.len() > 150);
    for issue in issues {
        assert!(wire::ISSUES.meaning(&issue).is_some(), "`{issue}` is not in mapping.txt");
    }
}

#[test]
fn a_token_is_fetched_once_and_once_more_when_paypal_took_it_back() {
    let (mut tokens, mut asked) = (0, 0);
    let provider = plugin();
    let call = Call::Query(QueryRequest {
        reference: "r1".into(),
        provider_reference: Some("O1".into()),
        idempotency_key: "k1".into(),
        sent_ms: None,
        expires_ms: None,
    });
    let mut engine = sayso_plugin_sdk::Engine::new(provider);
    let mut run = |id: u64, stale: bool| {
        use sayso_plugin_sdk::abi_v1::{FromPlugin, ToPlugin};
        let mut inbox = vec![ToPlugin::Call { id, now_ms: 1_000, call: call.clone() }];
        let mut ending = None;
        let mut first = stale;
        while let Some(message) = inbox.pop() {
            for said in engine.deliver(message) {
                match said {
                    FromPlugin::Http { exchange, request, .. } => {
                        let scripted = if request.url.ends_with("/token") {
                            tokens += 1;
                            reply(200, r#"{"access_token":"A21","expires_in":31668}"#)
                        } else if std::mem::take(&mut first) {
                            reply(
                                401,
                                r#"{"error":"invalid_token","error_description":"Token signature verification failed"}"#,
                            )
                        } else {
                            asked += 1;
                            reply(200, &order("APPROVED", "CAPTURE", json!({})).to_string())
                        };
                        let response = scripted.unwrap();
                        inbox.push(ToPlugin::Response { exchange, now_ms: 1_000, response });
                    }
                    FromPlugin::Return { answer, .. } => ending = Some(answer),
                    _ => {}
                }
            }
        }
        assert!(matches!(ending, Some(Answer::Query(_))), "{ending:?}");
        (tokens, asked)
    };
    assert_eq!(run(1, false), (1, 1));
    assert_eq!(run(2, false), (1, 2));
    assert_eq!(run(3, true), (2, 3));
}

/// Puts `with` at the `at`-th place of a document; true if it had so many.
fn disturb(node: &mut Value, at: &mut usize, with: &Value) -> bool {
    if *at == 0 {
        *node = with.clone();
        return true;
    }
    *at -= 1;
    match node {
        Value::Object(fields) => fields.values_mut().any(|value| disturb(value, at, with)),
        Value::Array(items) => items.iter_mut().any(|value| disturb(value, at, with)),
        _ => false,
    }
}

fn strange() -> impl Strategy<Value = Value> {
    prop_oneof![
        Just(Value::Null),
        Just(json!([])),
        Just(json!({})),
        any::<i64>().prop_map(Value::from),
        "[A-Z_]{0,12}".prop_map(Value::from),
        "\\PC{0,8}".prop_map(Value::from),
        prop_oneof!["COMPLETED", "APPROVED", "DECLINED", "CREATED", "VOIDED"].prop_map(Value::from),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, ..ProptestConfig::default() })]
    #[test]
    fn no_disturbed_answer_becomes_a_success_with_less_said(places in prop::collection::vec((0..40_usize, strange()), 1..4)) {
        let mut answer = order("COMPLETED", "CAPTURE", json!({ "captures": moved("COMPLETED") }));
        for (at, with) in &places {
            let mut at = *at;
            disturb(&mut answer, &mut at, with);
        }
        let shown = play(Call::Pay(pay("x", &[], true, false)), &answer, &answer);
        let Ending::Answer(Answer::Pay(outcome)) = shown.ending else { panic!("{:?}", shown.ending) };
        let capture = &answer["purchase_units"][0]["payments"]["captures"][0];
        if let Outcome::Succeeded { receipt } = &outcome {
            prop_assert!(["COMPLETED", "REFUNDED", "PARTIALLY_REFUNDED"].contains(&capture["status"].as_str().unwrap()));
            prop_assert_eq!(&answer["purchase_units"][0]["custom_id"], "r1");
            prop_assert_eq!(&receipt.reference, "r1");
        }
        if let Outcome::Failed { .. } = &outcome {
            let voided = answer["status"] == "VOIDED";
            prop_assert!(voided || capture["status"] == "DECLINED", "{}", answer);
        }
        let given_back = play(refund(), &answer, &answer);
        let Ending::Answer(Answer::Refund(refunded)) = given_back.ending else { panic!("{:?}", given_back.ending) };
        if let RefundOutcome::Succeeded { .. } = refunded {
            prop_assert_eq!(&answer["status"], "COMPLETED");
        }
    }
}
