//! Every request that the plugin can send, held to Alipay's documentation and to the signatures of its own SDK.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod merchant;

use alipay::Alipay;
use jsonschema::validator_for;
use merchant::*;
use sayso_plugin_sdk::abi_v1::{Answer, Call};
use sayso_plugin_sdk::form;
use sayso_plugin_sdk::prelude::*;
use sayso_plugin_sdk::testing::rehearse;
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};

fn documented() -> Value {
    serde_json::from_str(include_str!("documented/parameters.json")).unwrap()
}

/// What of a request is not as the documentation has it.
fn problems(fields: &BTreeMap<String, String>) -> Vec<String> {
    let documented = documented();
    let biz: Value = serde_json::from_str(&fields["biz_content"]).unwrap();
    let method = &documented["methods"][&fields["method"]];
    assert!(method.is_object(), "{} is not documented", fields["method"]);
    let wrong = |schema: &Value, value: &Value| -> Vec<String> {
        let validator = validator_for(schema).unwrap();
        validator.iter_errors(value).map(|wrong| format!("{}: {wrong}", wrong.instance_path())).collect()
    };
    [wrong(&documented["common"], &json!(fields)), wrong(method, &biz)].concat()
}

/// Every call that sends something, with the answers to it.
fn everything() -> Vec<(Call, Vec<Value>)> {
    let code = json!({ "code": "10000", "out_trade_no": REFERENCE, "qr_code": "https://qr.alipay.com/bax1" });
    let seller = PayRequest {
        purpose: "电费 💡 a/b=c&d\r\n\"x\"".into(),
        payee: sayso_plugin_sdk::interface::request::Payee {
            account: [("seller_id".to_owned(), "2088531891668739".to_owned())].into(),
            ..pay_request().payee
        },
        ..pay_request()
    };
    let about = || (REFERENCE.to_owned(), "saysokey00000001".to_owned());
    let ((reference, idempotency_key), provider_reference) = (about(), None);
    let advance = AdvanceRequest { reference, provider_reference, idempotency_key, amount: AMOUNT };
    let ((reference, idempotency_key), provider_reference) = (about(), None);
    let cancel = CancelRequest { reference, provider_reference, idempotency_key };
    let agreement = QueryEnrolmentRequest { reference: REFERENCE.into(), provider_reference: None };
    vec![
        (Call::Pay(pay_request()), vec![code.clone()]),
        (Call::Pay(PayRequest { amount: Money::new(1, Currency::CNY), ..pay_request() }), vec![code.clone()]),
        (Call::Pay(PayRequest { amount: Money::new(9_999_999_999, Currency::CNY), ..seller }), vec![code]),
        (Call::Pay(hands_free()), vec![trade("TRADE_SUCCESS")]),
        (Call::Pay(hands_free()), vec![no("ACQ.PAYMENT_FAIL"), trade("WAIT_BUYER_PAY"), trade("TRADE_CLOSED")]),
        (Call::Advance(advance), vec![trade("TRADE_SUCCESS")]),
        (Call::Query(query_request()), vec![trade("TRADE_SUCCESS")]),
        (Call::Cancel(cancel), vec![trade("WAIT_BUYER_PAY"), trade("TRADE_CLOSED")]),
        (Call::Refund(refund_request()), vec![trade("TRADE_SUCCESS"), refund()]),
        (Call::QueryRefund(query_refund()), vec![refund()]),
        (Call::QueryEnrolment(agreement), vec![no("USER_AGREEMENT_NOT_EXIST")]),
        (Call::CheckCredentials(CheckRequest {}), vec![no("ACQ.TRADE_NOT_EXIST")]),
    ]
}

/// Every page that the plugin makes, as the fields of its address.
fn pages() -> Vec<BTreeMap<String, String>> {
    let read = |url: &str| -> BTreeMap<String, String> {
        let (page, query) = url.split_once('?').unwrap();
        assert_eq!(page, "https://openapi-sandbox.dl.alipaydev.com/gateway.do");
        form::read(query).into_iter().collect()
    };
    let link = with(settings(), json!({ "way": "link" }));
    let shown = play(&link, Call::Pay(pay_request()), &[]);
    let Answer::Pay(Outcome::ActionRequired { next: NextStep::Link { url: pay }, .. }) = answer(&shown) else {
        panic!("{shown:?}")
    };
    let request = || EnrolRequest { reference: REFERENCE.into(), idempotency_key: "k".into(), person: "home".into() };
    let shown = play(&settings(), Call::Enrol(request()), &[]);
    let Answer::Enrol(EnrolOutcome::ActionRequired { next: NextStep::Qr { content: sign }, .. }) = answer(&shown)
    else {
        panic!("{shown:?}")
    };
    let shown = play(&link, Call::Enrol(request()), &[]);
    let Answer::Enrol(EnrolOutcome::ActionRequired { next: NextStep::Link { url: app }, .. }) = answer(&shown) else {
        panic!("{shown:?}")
    };
    let in_app = form::read(app.strip_prefix("alipays://platformapi/startapp?").unwrap());
    assert_eq!(in_app[0], ("appId".to_owned(), "20000067".to_owned()));
    assert_eq!(in_app[1], ("url".to_owned(), sign.clone()));
    vec![read(pay), read(sign)]
}

#[test]
fn every_request_is_signed_and_as_documented() {
    let mut seen = BTreeSet::new();
    let mut all = pages();
    for (call, answers) in everything() {
        let shown = play(&settings(), call.clone(), &answers);
        assert_eq!(shown.requests.len(), answers.len(), "{call:?}: {shown:?}");
        for request in &shown.requests {
            // The charset has to be known before the body is read.
            assert!(request.url.contains("&charset=utf-8&") || request.url.contains("?charset="), "{}", request.url);
            assert_eq!(request.idempotent, fields(request)["method"].ends_with("query"));
            all.push(fields(request));
        }
    }
    for fields in all {
        assert_eq!(problems(&fields), Vec::<String>::new(), "{fields:?}");
        assert!(is_signed(&fields), "{fields:?}");
        seen.insert(fields["method"].clone());
    }
    let documented: BTreeSet<String> = documented()["methods"].as_object().unwrap().keys().cloned().collect();
    assert_eq!(seen, documented);
}

#[test]
fn the_documentation_would_notice_a_request_that_is_wrong() {
    let (call, answers) = everything().remove(0);
    let good = fields(&play(&settings(), call, &answers).requests[0]);
    let biz: Value = serde_json::from_str(&good["biz_content"]).unwrap();
    for (name, value) in [
        ("total_amount", json!(42.5)),
        ("total_amount", json!("42.5")),
        ("total_amount", json!("0.00")),
        ("subject", json!("a/b")),
        ("out_trade_no", json!("a-b")),
        ("timeout_express", json!("15")),
        ("totalAmount", json!("42.50")),
    ] {
        let mut biz = biz.clone();
        biz[name] = value;
        let mut fields = good.clone();
        fields.insert("biz_content".into(), biz.to_string());
        assert!(!problems(&fields).is_empty(), "{biz}");
        assert!(!is_signed(&fields));
    }
}

#[test]
fn signatures_are_those_of_alipays_own_sdk() {
    let vectors: Value = serde_json::from_str(include_str!("vectors/requests.json")).unwrap();
    let sent = |call: Call, answers: &[Value]| fields(&play(&settings(), call, answers).requests[0]);
    let request = PayRequest { purpose: "电费 💡 \"A\"".into(), ..pay_request() };
    let code = json!({ "code": "10000", "out_trade_no": REFERENCE, "qr_code": "https://qr.alipay.com/bax1" });
    let mut ours = vec![sent(Call::Pay(request), &[code])];
    ours.extend(pages());
    for (ours, vector) in ours.iter().zip(vectors["requests"].as_array().unwrap()) {
        assert_eq!(&json!(ours), &vector["fields"]);
    }
}

#[test]
fn what_alipay_does_not_take_is_not_sent() {
    let cases = [
        PayRequest { reference: "with-a-dash".into(), ..pay_request() },
        PayRequest { reference: "x".repeat(33), ..pay_request() },
        PayRequest { authorize_only: true, ..pay_request() },
        PayRequest { amount: Money::new(4250, Currency::USD), ..pay_request() },
        PayRequest { amount: Money::new(0, Currency::CNY), ..pay_request() },
        PayRequest { amount: Money::new(10_000_000_001, Currency::CNY), ..pay_request() },
    ];
    for request in cases {
        let shown = rehearse(plugin(&settings()), Call::Pay(request), vec![]);
        assert!(matches!(answer(&shown), Answer::Pay(Outcome::NotSent { .. })), "{shown:?}");
        assert!(shown.requests.is_empty());
    }
    let none = with(settings(), json!({ "agreement_scene": null }));
    assert!(!plugin(&none).capabilities().enrolment);
    let enrol = EnrolRequest { reference: REFERENCE.into(), idempotency_key: "k".into(), person: "home".into() };
    assert_eq!(answer(&play(&none, Call::Enrol(enrol), &[])), &Answer::Enrol(EnrolOutcome::NotOffered));
}

#[test]
fn settings_say_what_is_wrong_and_nothing_of_a_secret() {
    let wrong = [
        (json!({ "app_id": "" }), "app_id"),
        (json!({ "base_url": "http://openapi.alipay.com" }), "base_url"),
        (json!({ "base_url": "http://127.0.0.1:1", "mode": "live" }), "base_url"),
        (json!({ "notify_url": "http://home.example/" }), "notify_url"),
        (json!({ "way": "link", "return_url": "" }), "return_url"),
        (json!({ "return_url": "http://x" }), "return_url"),
        (json!({ "way": "carrier_pigeon" }), "qr"),
        (json!({ "mode": "production" }), "live"),
        (json!({ "agreement_scene": "DEFAULT|DEFAULT" }), "agreement_scene"),
        (json!({ "agreement_scene": "a b" }), "agreement_scene"),
        (json!({ "alipay_public_key": "nonsense" }), "alipay_public_key"),
        (json!({ "alipay_public_key": pem("app.pub.pem") }), "the app's own"),
        (json!({ "colour": "red" }), "colour"),
        (json!({ "secrets": { "app_private_key": "too-short-a-secret" } }), "app_private_key"),
        (json!({ "secrets": {} }), "secrets_inside"),
        (json!({ "secrets": "too-short-a-secret" }), "secrets_inside"),
    ];
    for (more, named) in wrong {
        let problem = Alipay::create(&with(settings(), more.clone()).to_string()).err().unwrap();
        assert!(problem.contains(named) && !problem.contains("too-short-a-secret"), "{more}: {problem}");
    }
    let live = plugin(&with(settings(), json!({ "mode": "live" }))).capabilities();
    assert_eq!((live.practice, live.hosts), (false, vec!["openapi.alipay.com".to_owned()]));
    let test = plugin(&with(settings(), json!({ "base_url": "http://127.0.0.1:8080/" }))).capabilities();
    assert_eq!((test.practice, test.hosts), (true, vec!["127.0.0.1:8080".to_owned()]));
    // Consoles show keys without their first and last lines.
    let bare = |pem: String| pem.lines().filter(|line| !line.starts_with("---")).collect::<String>();
    let keys = json!({ "alipay_public_key": bare(pem("alipay.pub.pem")), "secrets": { "app_private_key": bare(pem("app.pem")) } });
    plugin(&with(settings(), keys));
}
