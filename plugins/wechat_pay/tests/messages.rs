//! Every request that the plugin can send, held to the provider's document; and every answer that the document allows, and
//! many that it does not, held to what may be made of it.

mod merchant;

use jsonschema::validator_for;
use merchant::*;
use proptest::prelude::*;
use sayso_plugin_sdk::abi_v1::{Answer, Call};
use sayso_plugin_sdk::interface::outcome::DeclineCode;
use sayso_plugin_sdk::testing::{Ending, rehearse};
use sayso_plugin_sdk::{
    AdvanceRequest, CancelRequest, CheckRequest, Currency, EnrolOutcome, EnrolRequest, HttpRequest, Money, NextStep,
    Outcome, PayRequest, Plugin as _, QueryAnswer, QueryEnrolmentRequest, QueryRefundRequest, RefundOutcome,
    RefundRequest,
};
use serde_json::{Map, Value, json};
use wechat_pay::WechatPay;
use wechat_pay::wire::{ERRORS, TRADE_STATES, Trade};

fn document() -> Value {
    serde_json::from_str(include_str!("openapi/wechat_pay.json")).unwrap()
}

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

/// All fields of a schema, those of its parts too.
fn fields(schema: &Value) -> Map<String, Value> {
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

fn h5() -> Value {
    with(settings(), json!({ "way": "h5", "payer_client_ip": "203.0.113.7" }))
}

fn jsapi() -> Value {
    with(settings(), json!({ "way": "jsapi", "payer_openid": "oUpF8uMuAJO", "jsapi_page": "https://shop.example/pay" }))
}

fn refund_request() -> RefundRequest {
    RefundRequest {
        reference: REFERENCE.into(),
        refund_reference: "saysogiv00000001".into(),
        provider_reference: None,
        idempotency_key: "saysokey00000002".into(),
        amount: Money::new(1250, Currency::CNY),
        paid: AMOUNT,
    }
}

fn advance_request() -> AdvanceRequest {
    AdvanceRequest {
        reference: REFERENCE.into(),
        provider_reference: None,
        idempotency_key: "saysokey00000003".into(),
        amount: AMOUNT,
    }
}

fn enrol_request() -> EnrolRequest {
    EnrolRequest { reference: REFERENCE.into(), idempotency_key: "k".into(), person: "客厅 💡".into() }
}

/// Every verb in every way in which it can be called, each with answers that lead it through all its requests.
fn everything() -> Vec<(Value, Call, Vec<(u16, Value)>)> {
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
fn the_tables_know_every_word_of_the_document() {
    let document = document();
    let states = |place: &str| -> Vec<String> {
        let mut found = Vec::new();
        enums(&document["paths"][place], "trade_state", &mut found);
        found
    };
    let documented = states("/v3/pay/transactions/out-trade-no/{out_trade_no}");
    assert_eq!(documented.len(), 7);
    for state in documented {
        assert!(TRADE_STATES.iter().any(|(known, _)| *known == state), "{state}");
    }
    for (state, meaning) in TRADE_STATES {
        let shown = play(
            &settings(),
            Call::Query(query_request()),
            &[(200, order(state)), (400, json!({ "code": "ORDER_CLOSED" }))][..if *state == "NOTPAY" { 2 } else { 1 }],
        );
        let Answer::Query(found) = answer(&shown) else { panic!("{shown:?}") };
        let fits = match (found, meaning) {
            (QueryAnswer::Found { outcome: Outcome::Succeeded { .. } }, Trade::Paid) => true,
            (QueryAnswer::Found { outcome: Outcome::Failed { code, .. } }, Trade::Over(wanted, _)) => code == wanted,
            (QueryAnswer::Found { outcome: Outcome::Pending { .. } }, Trade::Open) => true,
            // Placed again, and refused in a word that says to look: asked once more later.
            (QueryAnswer::Unreachable { .. }, Trade::Open) => *state == "NOTPAY",
            _ => false,
        };
        assert!(fits, "{state}: {found:?}");
    }
    let mut codes: Vec<_> = ERRORS.iter().map(|(code, _)| code).collect();
    codes.sort();
    codes.dedup();
    assert_eq!(codes.len(), ERRORS.len());
}

fn enums(value: &Value, name: &str, found: &mut Vec<String>) {
    if let Some(words) = value.pointer(&format!("/{name}/enum")).and_then(Value::as_array) {
        found.extend(words.iter().map(|word| word.as_str().unwrap().to_owned()));
    }
    match value {
        Value::Object(fields) => fields.values().for_each(|value| enums(value, name, found)),
        Value::Array(items) => items.iter().for_each(|value| enums(value, name, found)),
        _ => {}
    }
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
        (json!({ "notify_url": "http://home.example/" }), "notify_url"),
        (json!({ "notify_url": "https://home.example/?a=1" }), "notify_url"),
        (json!({ "public_key": null }), "public_key_id"),
        (json!({ "public_key_id": "0119" }), "PUB_KEY_ID_"),
        (json!({ "public_key": "nonsense" }), "pub_key.pem"),
        (json!({ "way": "h5" }), "payer_client_ip"),
        (json!({ "way": "jsapi", "payer_openid": "o" }), "jsapi_page"),
        (json!({ "way": "carrier_pigeon" }), "native"),
        (json!({ "colour": "red" }), "colour"),
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
    for fine in ["http://127.0.0.1:8080", "http://localhost:1", "http://[::1]:8080/", "https://api2.mch.weixin.qq.com"]
    {
        assert!(WechatPay::create(&with(settings(), json!({ "base_url": fine })).to_string()).is_ok(), "{fine}");
    }
}

/// An instance of a schema, made from its examples.
fn sample(schema: &Value) -> Value {
    if let Some(example) = schema.get("example") {
        return example.clone();
    }
    if let Some(words) = schema["enum"].as_array() {
        return words[0].clone();
    }
    let known = fields(schema);
    match schema["type"].as_str() {
        _ if !known.is_empty() => {
            known.into_iter().map(|(name, field)| (name, sample(&field))).collect::<Map<_, _>>().into()
        }
        Some("array") => json!([sample(&schema["items"])]),
        Some("integer" | "number") => json!(1),
        Some("boolean") => json!(false),
        _ => json!("text"),
    }
}

/// Changes some places of a value: fields that go, come, become null or an unheard-of word.
fn disturb(value: &mut Value, deeds: &mut std::vec::IntoIter<u8>) {
    if let Value::Object(fields) = value {
        let names: Vec<String> = fields.keys().cloned().collect();
        for name in names {
            match deeds.next().unwrap_or(9) {
                0 => drop(fields.remove(&name)),
                1 => drop(fields.insert(name, Value::Null)),
                2 => drop(fields.insert(name, json!("NEVER_HEARD_OF"))),
                3 => drop(fields.insert(name, json!(-7))),
                4 => drop(fields.insert(format!("{name}_later"), json!([{ "new": true }]))),
                5 => drop(fields.insert(name, json!({ "total": 1.5 }))),
                _ => disturb(fields.get_mut(&name).unwrap(), deeds),
            }
        }
    }
}

fn response_schema(place: &str, method: &str) -> Value {
    document()["paths"][place][method]["responses"]["200"]["schema"].clone()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 96, ..ProptestConfig::default() })]

    #[test]
    fn no_order_is_a_success_or_failure_that_does_not_say_so(
        deeds in proptest::collection::vec(0..40_u8, 0..24),
        state in prop_oneof![Just("SUCCESS"), Just("REFUND"), Just("CLOSED"), Just("PAYERROR"), Just("NOTPAY"), Just("ACCEPT"), Just("PAID")],
    ) {
        let mut body = sample(&response_schema("/v3/pay/transactions/out-trade-no/{out_trade_no}", "get"));
        for (name, value) in order(state).as_object().unwrap() {
            body[name.as_str()] = value.clone();
        }
        disturb(&mut body, &mut deeds.into_iter());
        let shown = play(&settings(), Call::Query(query_request()), &[(200, body.clone()), (500, Value::Null)]);
        let Ending::Answer(Answer::Query(found)) = &shown.ending else { panic!("{shown:?}") };
        match found {
            QueryAnswer::Found { outcome: Outcome::Succeeded { receipt } } => {
                prop_assert!(["SUCCESS", "REFUND"].iter().any(|paid| body["trade_state"] == *paid));
                prop_assert_eq!(body["amount"]["total"].as_i64(), Some(receipt.amount.minor));
                prop_assert_eq!(&body["out_trade_no"], &json!(REFERENCE));
                prop_assert_eq!(&body["mchid"], &json!(MCHID));
            }
            QueryAnswer::Found { outcome: Outcome::Failed { .. } } => {
                prop_assert!(["CLOSED", "REVOKED", "PAYERROR"].iter().any(|over| body["trade_state"] == *over));
                prop_assert_eq!(&body["out_trade_no"], &json!(REFERENCE));
            }
            QueryAnswer::NotFound => prop_assert!(false, "an answer of 200 finds something"),
            _ => {}
        }
    }

    #[test]
    fn no_refund_is_a_success_or_failure_that_does_not_say_so(
        deeds in proptest::collection::vec(0..40_u8, 0..24),
        state in prop_oneof![Just("SUCCESS"), Just("CLOSED"), Just("PROCESSING"), Just("ABNORMAL"), Just("REFUNDED")],
    ) {
        let mut body = sample(&response_schema("/v3/refund/domestic/refunds", "post"));
        body["status"] = json!(state);
        body["out_refund_no"] = json!("saysogiv00000001");
        disturb(&mut body, &mut deeds.into_iter());
        let shown = play(&settings(), Call::Refund(refund_request()), &[(200, body.clone())]);
        let Ending::Answer(Answer::Refund(outcome)) = &shown.ending else { panic!("{shown:?}") };
        match outcome {
            RefundOutcome::Succeeded { amount, .. } => {
                prop_assert_eq!(&body["status"], &json!("SUCCESS"));
                prop_assert_eq!(body["amount"]["refund"].as_i64(), Some(amount.minor));
            }
            RefundOutcome::Failed { .. } => prop_assert_eq!(&body["status"], &json!("CLOSED")),
            RefundOutcome::NotFound => prop_assert!(false, "an answer of 200 finds something"),
            _ => {}
        }
    }

    #[test]
    fn no_answer_of_any_kind_upsets_a_verb(
        which in 0..13_usize,
        status in prop_oneof![Just(200_u16), Just(204), Just(400), Just(403), Just(404), Just(429), Just(500)],
        deeds in proptest::collection::vec(0..12_u8, 0..40),
        place in 0..64_usize,
    ) {
        let document = document();
        let paths = document["paths"].as_object().unwrap();
        let schemas: Vec<&Value> = paths.values().flat_map(|path| path.as_object().unwrap().values()).collect();
        let mut body = sample(&schemas[place % schemas.len()]["responses"]["200"]["schema"]);
        disturb(&mut body, &mut deeds.into_iter());
        let (settings, call, _) = everything().swap_remove(which);
        let replies = vec![(status, body); 4];
        let shown = play(&settings, call, &replies);
        prop_assert!(matches!(shown.ending, Ending::Answer(_)), "{:?}", shown);
        let paid = matches!(&shown.ending, Ending::Answer(Answer::Pay(Outcome::Succeeded { .. } | Outcome::Authorized { .. })));
        prop_assert!(!paid, "{:?}", shown);
    }
}

#[test]
fn a_failure_of_another_sending_never_hides_a_deduction() {
    let today = json!({
        "schedule_state": "SCHEDULED", "deduct_start_date": "2025-11-24", "deduct_end_date": "2025-11-25",
        "scheduled_amount": { "total": 4250, "currency": "CNY" },
    });
    let refusal = json!({ "code": "RULE_LIMIT" });
    let outcome = |last: (u16, Value)| {
        let replies = [(200, today.clone()), (403, refusal.clone()), last];
        let Answer::Pay(outcome) = answer(&play(&settings(), Call::Pay(hands_free()), &replies)).clone() else {
            panic!()
        };
        outcome
    };
    let missing = json!({ "code": "ORDER_NOT_EXIST" });
    assert!(matches!(outcome((404, missing)), Outcome::Failed { code: DeclineCode::LimitExceeded, .. }));
    assert!(matches!(outcome((200, order("ACCEPT"))), Outcome::Pending { .. }));
    assert!(matches!(outcome((200, order("SUCCESS"))), Outcome::Succeeded { .. }));
    assert!(matches!(outcome((500, Value::Null)), Outcome::Unknown { .. }));
}

#[test]
fn a_deduction_needs_its_day_its_amount_and_the_hour_of_beijing() {
    let reserved = |first: &str, last: &str, total: i64| {
        json!({
            "schedule_state": "SCHEDULED", "deduct_start_date": first, "deduct_end_date": last,
            "scheduled_amount": { "total": total, "currency": "CNY" },
        })
    };
    // The clock on stage says 2025-11-24 16:00 in UTC, which is the 25th in Beijing.
    for (schedule, applied) in [
        (reserved("2025-11-25", "2025-11-25", 4250), true),
        (reserved("2025-11-24", "2025-11-26", 4250), true),
        (reserved("2025-11-24", "2025-11-24", 4250), false),
        (reserved("2025-11-26", "2025-11-27", 4250), false),
        (reserved("2025-11-25", "2025-11-25", 4251), false),
        (json!({ "schedule_state": "NEVER_HEARD_OF" }), false),
    ] {
        let replies =
            [(200, schedule.clone()), (200, json!({ "out_trade_no": REFERENCE, "amount": { "total": 4250 } }))];
        let shown = play(&settings(), Call::Pay(hands_free()), &replies);
        assert_eq!(shown.requests.len() == 2, applied, "{schedule}: {shown:?}");
        let fits = if applied {
            matches!(answer(&shown), Answer::Pay(Outcome::Pending { .. }))
        } else {
            matches!(answer(&shown), Answer::Pay(Outcome::NotSent { .. }))
        };
        assert!(fits, "{schedule}: {shown:?}");
    }
}
