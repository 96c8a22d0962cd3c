//! The plugin against Stripe's own documents: the tables know every word, every request fits the OpenAPI document, and no
//! answer that fits it (or nearly) makes a false success or a false failure.
#![allow(clippy::unwrap_used, clippy::panic)]

mod calls;
mod document;

use calls::{FIXTURES, all_requests, answers_to};
use document::{document, wrong};
use proptest::prelude::*;
use sayso_plugin_sdk::abi_v1::Answer;
use sayso_plugin_sdk::testing::{Ending, reply};
use sayso_plugin_sdk::{HttpRequest, Outcome, QueryAnswer};
use serde_json::{Value, json};
use stripe::tables::{ACTIONS, CODES, DISPUTE, INTENT, REFUND, SESSION};

fn words(text: &str) -> impl Iterator<Item = &str> {
    text.lines().filter(|line| !line.starts_with('#')).flat_map(str::split_whitespace)
}

fn documented(schema: &str) -> Vec<String> {
    let list = document()["schemas"][schema]["properties"]["status"]["enum"].clone();
    let list: Vec<String> = serde_json::from_value(list).unwrap();
    assert!(list.len() > 2, "{schema}");
    list
}

#[test]
fn the_tables_know_every_word_that_stripe_documents() {
    assert_eq!(CODES.faults(), Vec::<&str>::new());
    for word in words(include_str!("documented/decline_codes.txt")) {
        assert!(
            matches!(CODES.meaning(word), Some(sayso_plugin_sdk::Meaning::No(..))),
            "the decline code {word} is in no table"
        );
    }
    for word in words(include_str!("documented/error_codes.txt")) {
        assert!(CODES.meaning(word).is_some(), "the error code {word} is in no table");
    }
    for (schema, table) in [("payment_intent", INTENT), ("setup_intent", INTENT), ("checkout.session", SESSION)] {
        for status in documented(schema) {
            assert!(table.knows(&status), "{schema}: {status} is in no table");
        }
    }
    for status in documented("dispute") {
        assert!(DISPUTE.0.knows(&status), "dispute: {status} is in no table");
    }
    // Refunds have their statuses in the description only.
    for status in ["pending", "requires_action", "succeeded", "failed", "canceled"] {
        assert!(REFUND.knows(status), "{status}");
    }
    let kinds: Vec<String> =
        serde_json::from_value(document()["schemas"]["payment_intent_next_action"]["kinds"].clone()).unwrap();
    for kind in kinds {
        assert!(ACTIONS.knows(&kind), "the action {kind} is in no table");
    }
}

#[test]
fn every_request_fits_stripes_document() {
    let requests = all_requests();
    assert!(requests.len() >= 24, "{}", requests.len());
    let mut operations: Vec<String> = Vec::new();
    for request in &requests {
        assert_eq!(wrong(request), None, "{request:?}");
        let path = request.url.split('?').next().unwrap();
        operations.push(format!("{} {path}", request.method));
    }
    operations.sort();
    operations.dedup();
    assert!(operations.len() >= 12, "{operations:?}");
}

#[test]
fn the_check_itself_finds_what_is_wrong() {
    let right = all_requests()
        .into_iter()
        .find(|request| request.url.ends_with("/payment_intents") && request.method == "POST")
        .unwrap();
    for (from, to) in [
        ("confirm=true", "confirm=perhaps"),
        ("amount=4250", "amount=42.5"),
        ("off_session", "out_of_session"),
        ("allow_redirects]=never", "allow_redirects]=seldom"),
        ("currency=usd&", ""),
    ] {
        let broken = HttpRequest { body: right.body.replace(from, to), ..right.clone() };
        assert_ne!(broken.body, right.body, "{from}");
        assert!(wrong(&broken).is_some(), "{to}");
    }
    assert!(
        wrong(&HttpRequest {
            url: "https://api.stripe.com/v1/payment_intents?search=1".into(),
            method: "GET".into(),
            body: String::new(),
            ..right
        })
        .is_some()
    );
}

/// One of Stripe's own fixtures, made ours.
fn fixture(name: &str, status: &str) -> Value {
    let all: Value = serde_json::from_str(FIXTURES).unwrap();
    let mut object = all["resources"][name].clone();
    object["status"] = json!(status);
    object["metadata"] = json!({ "sayso_reference": "r1", "sayso_payee": "electricity", "sayso_refund": "g1" });
    for key in ["amount", "amount_received", "amount_capturable"] {
        object[key] = json!(4250);
    }
    object["currency"] = json!("usd");
    object
}

fn success(ending: &Ending) -> bool {
    matches!(
        ending,
        Ending::Answer(
            Answer::Pay(Outcome::Succeeded { .. } | Outcome::Authorized { .. })
                | Answer::Query(QueryAnswer::Found { outcome: Outcome::Succeeded { .. } | Outcome::Authorized { .. } })
        )
    )
}

fn failure(ending: &Ending) -> bool {
    matches!(
        ending,
        Ending::Answer(
            Answer::Pay(Outcome::Failed { .. } | Outcome::NotSent { .. })
                | Answer::Query(QueryAnswer::Found { outcome: Outcome::Failed { .. } } | QueryAnswer::NotFound)
        )
    )
}

#[test]
fn stripes_own_fixtures_are_understood() {
    for (status, paid, failed) in [
        ("succeeded", true, false),
        ("requires_capture", true, false),
        ("processing", false, false),
        ("requires_action", false, false),
        ("requires_payment_method", false, false),
        ("canceled", false, true),
    ] {
        let ending = answers_to("pi", &[reply(200, &fixture("payment_intent", status).to_string())]);
        assert_eq!((success(&ending), failure(&ending)), (paid, failed), "{status}: {ending:?}");
    }
    let mut session = fixture("checkout.session", "complete");
    session["payment_intent"] = fixture("payment_intent", "succeeded");
    assert!(success(&answers_to("cs", &[reply(200, &session.to_string())])));
    let open = answers_to("cs", &[reply(200, &fixture("checkout.session", "open").to_string())]);
    assert!(!success(&open) && !failure(&open), "{open:?}");
}

#[test]
fn nobody_is_led_anywhere_but_to_a_secure_address() {
    let shown = |url: &str| {
        let mut page = fixture("checkout.session", "open");
        page["id"] = json!("cs_1");
        page["url"] = json!(url);
        let mut intent = fixture("payment_intent", "requires_action");
        intent["next_action"] = json!({ "type": "redirect_to_url", "redirect_to_url": { "url": url } });
        let leads = |ending: Ending| match ending {
            Ending::Answer(Answer::Query(QueryAnswer::Found { outcome })) => match outcome {
                Outcome::ActionRequired { .. } => true,
                Outcome::Pending { .. } => false,
                other => panic!("{other:?}"),
            },
            other => panic!("{other:?}"),
        };
        let led = |kind: &str, object: &Value| leads(answers_to(kind, &[reply(200, &object.to_string())]));
        (led("cs", &page), led("pi", &intent))
    };
    assert_eq!(shown("https://checkout.stripe.com/c/pay/cs_1"), (true, true));
    for wrong in ["http://checkout.stripe.com/", "javascript:alert(1)", "https://stripe.com@evil.example/", "", "cs_1"]
    {
        assert_eq!(shown(wrong), (false, false), "{wrong}");
    }
}

fn strange() -> impl Strategy<Value = Value> {
    prop_oneof![
        Just(Value::Null),
        Just(json!([])),
        Just(json!({ "id": null })),
        any::<i64>().prop_map(|number| json!(number)),
        any::<bool>().prop_map(|flag| json!(flag)),
        "[a-z_]{0,20}".prop_map(|text| json!(text)),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, ..ProptestConfig::default() })]

    /// Whatever else is in an answer: a success needs Stripe's word for it, our reference, our mode and an amount.
    #[test]
    fn no_answer_makes_a_false_success_or_failure(
        status in prop_oneof!["[a-z_]{1,24}", Just("succeeded".to_owned()), Just("canceled".to_owned())],
        gone in prop::collection::vec(any::<prop::sample::Index>(), 0..4),
        changed in prop::collection::vec((any::<prop::sample::Index>(), strange()), 0..4),
        added in prop::collection::vec(("[a-z_]{1,12}_new", strange()), 0..3),
    ) {
        let mut object = fixture("payment_intent", &status);
        let names: Vec<String> = object.as_object().unwrap().keys().cloned().collect();
        for at in gone {
            object.as_object_mut().unwrap().remove(at.get(&names));
        }
        for (at, value) in changed {
            object[at.get(&names)] = value;
        }
        for (name, value) in added {
            object[name] = value;
        }
        let ending = answers_to("pi", &[reply(200, &object.to_string())]);
        let answered = matches!(ending, Ending::Answer(_));
        prop_assert!(answered, "{ending:?}");
        if success(&ending) {
            prop_assert!(object["status"] == "succeeded" || object["status"] == "requires_capture", "{object}");
            prop_assert_eq!(&object["metadata"]["sayso_reference"], "r1");
            prop_assert_eq!(&object["livemode"], &json!(false));
            prop_assert!(object["amount_received"].is_i64() || object["amount_capturable"].is_i64());
        }
        if failure(&ending) {
            let refused = object["status"] == "requires_payment_method" && object["last_payment_error"].is_object();
            prop_assert!(object["status"] == "canceled" || refused, "{object}");
        }
    }
}
