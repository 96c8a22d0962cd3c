//! Every request that the plugin can send, held to the provider's document.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod merchant;

use jsonschema::validator_for;
use merchant::calls::*;
use merchant::*;
use sayso_plugin_sdk::abi_v1::{Answer, Call};
use sayso_plugin_sdk::testing::rehearse;
use sayso_plugin_sdk::{
    Currency, EnrolOutcome, HttpRequest, Money, NextStep, Outcome, PayRequest, PaymentProvider as _, Plugin as _,
};
use serde_json::{Value, json};
use wechat_pay::WechatPay;

/// The operation of the document that a request is one of.
fn operation<'a>(document: &'a Value, request: &HttpRequest) -> (&'a str, &'a Value) {
    let path = request.url.strip_prefix("https://api.mch.weixin.qq.com").unwrap();
    let path = path.split_once('?').map_or(path, |(path, _)| path);
    let fits = |template: &str| {
        let (one, other) = (template.split('/'), path.split('/'));
        one.clone().count() == other.clone().count()
            && one.zip(other).all(|(wanted, is)| wanted == is || (wanted.starts_with('{') && !is.is_empty()))
    };
    let paths = document["paths"].as_object().unwrap();
    let found = paths.iter().find(|(template, operations)| fits(template) && operations[method(request)].is_object());
    let (template, operations) = found.unwrap_or_else(|| panic!("{} {path} is in no document", request.method));
    (template, &operations[method(request)])
}

fn method(request: &HttpRequest) -> String {
    request.method.to_ascii_lowercase()
}

/// What of a request is not as the document has it.
fn problems(request: &HttpRequest) -> Vec<String> {
    let document = document();
    let (_, operation) = operation(&document, request);
    let query = request.url.split_once('?').map_or("", |(_, query)| query);
    let mut problems = Vec::new();
    let none = Vec::new();
    let parameters = operation["parameters"].as_array().unwrap_or(&none);
    for parameter in parameters {
        let name = parameter["name"].as_str().unwrap();
        let required = parameter["required"] == true;
        match parameter["in"].as_str().unwrap() {
            "body" => {
                let body: Value = serde_json::from_str(&request.body).unwrap_or_default();
                let validator = validator_for(&parameter["schema"]).unwrap();
                problems
                    .extend(validator.iter_errors(&body).map(|wrong| format!("{}: {wrong}", wrong.instance_path())));
                unknown_fields(&body, &parameter["schema"], "", &mut problems);
            }
            "query" if required && !query.split('&').any(|pair| pair.starts_with(&format!("{name}="))) => {
                problems.push(format!("`{name}` is missing in the address"));
            }
            "header" if required && !request.headers.iter().any(|(key, _)| key.eq_ignore_ascii_case(name)) => {
                problems.push(format!("`{name}` is missing in the headers"));
            }
            _ => {}
        }
    }
    let has_body = parameters.iter().any(|parameter| parameter["in"] == "body");
    if !has_body && !request.body.is_empty() {
        problems.push("a body that the document does not know".into());
    }
    problems
}

/// The document does not forbid other fields, but a field that it does not know is a misspelt one.
fn unknown_fields(body: &Value, schema: &Value, place: &str, problems: &mut Vec<String>) {
    let known = fields(schema);
    for (name, value) in body.as_object().into_iter().flatten() {
        match known.get(name) {
            Some(field) => unknown_fields(value, field, &format!("{place}/{name}"), problems),
            None => problems.push(format!("{place}/{name} is in no document")),
        }
    }
}

#[test]
fn every_request_is_as_the_document_has_it() {
    let mut seen = std::collections::BTreeSet::new();
    for (settings, call, replies) in everything() {
        let shown = play(&settings, call.clone(), &replies);
        assert_eq!(shown.requests.len(), replies.len(), "{call:?}: {shown:?}");
        for request in &shown.requests {
            assert_eq!(problems(request), Vec::<String>::new(), "{} {} {}", request.method, request.url, request.body);
            assert!(request.body.chars().all(|c| c.len_utf8() < 4), "{}", request.body);
            let document = document();
            seen.insert(format!("{} {}", request.method, operation(&document, request).0));
        }
    }
    // Nothing stands in the document's part here that is never sent, but the list of certificates (see `signatures.rs`).
    let all = document();
    let operations = all["paths"].as_object().unwrap().values().map(|path| path.as_object().unwrap().len());
    assert_eq!(seen.len() + 1, operations.sum::<usize>(), "{seen:#?}");
}

#[test]
fn the_document_would_notice_a_request_that_is_wrong() {
    let shown = play(&settings(), Call::Pay(pay_request()), &[(200, json!({ "code_url": "weixin://x" }))]);
    let request = &shown.requests[0];
    for (place, value) in [("/amount/total", json!("4250")), ("/out_trade_no", json!(7)), ("/notify_url", Value::Null)]
    {
        let mut body: Value = serde_json::from_str(&request.body).unwrap();
        *body.pointer_mut(place).unwrap() = value;
        let wrong = HttpRequest { body: body.to_string(), ..request.clone() };
        assert!(!problems(&wrong).is_empty(), "{place}");
    }
    let misspelt = HttpRequest { body: request.body.replace("notify_url", "notifyUrl"), ..request.clone() };
    assert!(problems(&misspelt).iter().any(|problem| problem.contains("notifyUrl")));
}

#[test]
fn texts_keep_to_their_length_in_bytes() {
    let long = PayRequest { purpose: "缴纳十一月的电费".repeat(20), ..pay_request() };
    let shown = play(&settings(), Call::Pay(long), &[(200, json!({ "code_url": "weixin://x" }))]);
    let body: Value = serde_json::from_str(&shown.requests[0].body).unwrap();
    let description = body["description"].as_str().unwrap();
    assert!(description.len() <= 127 && description.starts_with("City Power 缴纳十一月"), "{description}");
}

#[test]
fn a_page_inside_wechat_gets_what_it_has_to_hand_over_signed() {
    let shown = play(&jsapi(), Call::Pay(pay_request()), &[(200, json!({ "prepay_id": "wx2014_a" }))]);
    let Answer::Pay(Outcome::ActionRequired { next: NextStep::Link { url }, .. }) = answer(&shown) else {
        panic!("{shown:?}")
    };
    let (page, query) = url.split_once('?').unwrap();
    assert_eq!(page, "https://shop.example/pay");
    let field = |name: &str| {
        let pair = query.split('&').find_map(|pair| pair.strip_prefix(&format!("{name}=")));
        pair.unwrap().replace("%3D", "=").replace("%2B", "+").replace("%2F", "/")
    };
    let message = format!("{APPID}\n{}\n{}\n{}\n", field("timeStamp"), field("nonceStr"), field("package"));
    assert_eq!(field("package"), "prepay_id=wx2014_a");
    let key = sayso_plugin_sdk::crypto::PublicKey::read(&pem("merchant.pub.pem")).unwrap();
    assert!(key.verifies(message.as_bytes(), &field("paySign")));
}

#[test]
fn what_the_plugin_cannot_do_is_not_sent() {
    let cases = [
        PayRequest { reference: "short".into(), ..pay_request() },
        PayRequest { reference: "with/a/slash".into(), ..pay_request() },
        PayRequest { authorize_only: true, ..pay_request() },
        PayRequest { amount: Money::new(4250, Currency::USD), ..pay_request() },
        PayRequest { amount: Money::new(0, Currency::CNY), ..pay_request() },
    ];
    for request in cases {
        let shown = rehearse(plugin(&settings()), Call::Pay(request), vec![]);
        assert!(matches!(answer(&shown), Answer::Pay(Outcome::NotSent { .. })), "{shown:?}");
        assert!(shown.requests.is_empty());
    }
    let no_plan = with(settings(), json!({ "plan_id": null }));
    let shown = rehearse(plugin(&no_plan), Call::Enrol(enrol_request()), vec![]);
    assert_eq!(answer(&shown), &Answer::Enrol(EnrolOutcome::NotOffered));
}

#[test]
fn settings_say_what_is_wrong_and_nothing_of_a_secret() {
    let wrong = [
        (json!({ "mchid": "" }), "mchid"),
        (json!({ "appid": "a b" }), "appid"),
        (json!({ "base_url": "http://api.mch.weixin.qq.com" }), "base_url"),
        (json!({ "base_url": "https://user@host/" }), "base_url"),
        (json!({ "base_url": "http://127.0.0.1:8080" }), "mode"),
        (json!({ "mode": "test" }), "base_url"),
        (json!({ "mode": "test", "base_url": null }), "no sandbox"),
        (json!({ "notify_url": "http://home.example/" }), "notify_url"),
        (json!({ "notify_url": "https://home.example/?a=1" }), "notify_url"),
        (json!({ "public_key": null }), "public_key_id"),
        (json!({ "public_key_id": "0119" }), "PUB_KEY_ID_"),
        (json!({ "public_key": "nonsense" }), "pub_key.pem"),
        (json!({ "way": "h5" }), "payer_client_ip"),
        (json!({ "way": "jsapi", "payer_openid": "o" }), "jsapi_page"),
        (json!({ "way": "carrier_pigeon" }), "native"),
        (json!({ "colour": "red" }), "colour"),
        (json!({ "plan_id": "twelve" }), "plan_id"),
        (
            json!({ "secrets": { "api_v3_key": "too-short-a-secret", "merchant_private_key": pem("merchant.pem") } }),
            "api_v3_key",
        ),
        (
            json!({ "secrets": { "api_v3_key": "published-test-key-of-32-letters", "merchant_private_key": "too-short-a-secret" } }),
            "apiclient_key.pem",
        ),
        (json!({ "secrets": {} }), "secrets_inside"),
        (json!({ "secrets": "too-short-a-secret" }), "secrets_inside"),
        (json!({ "secrets": ["too-short-a-secret"] }), "secrets_inside"),
    ];
    for (more, named) in wrong {
        let problem = WechatPay::create(&with(settings(), more.clone()).to_string()).err().unwrap();
        assert!(problem.contains(named) && !problem.contains("too-short-a-secret"), "{more}: {problem}");
    }
    for (mode, fine) in [
        ("test", "http://127.0.0.1:8080"),
        ("test", "http://localhost:1"),
        ("test", "http://[::1]:8080/"),
        ("live", "https://api2.mch.weixin.qq.com"),
    ] {
        let read = WechatPay::create(&with(settings(), json!({ "mode": mode, "base_url": fine })).to_string()).unwrap();
        assert_eq!(read.capabilities().practice, mode == "test", "{fine}");
    }
    // All settings of sayso.yaml are texts.
    let text = WechatPay::create(&with(settings(), json!({ "plan_id": "12535" })).to_string()).unwrap();
    assert!(text.capabilities().enrolment);
}
