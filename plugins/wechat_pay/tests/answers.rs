//! Every answer that the document allows, and many that it does not, held to what may be made of it.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod merchant;

use merchant::calls::*;
use merchant::*;
use proptest::prelude::*;
use sayso_plugin_sdk::abi_v1::{Answer, Call};
use sayso_plugin_sdk::interface::outcome::DeclineCode;
use sayso_plugin_sdk::testing::{Ending, rehearse_with};
use sayso_plugin_sdk::{CancelRequest, Outcome, QueryAnswer, RefundOutcome, Standing};
use serde_json::{Map, Value, json};
use wechat_pay::wire::{CONTRACT_STATES, ERRORS, REFUND_STATES, TRADE_STATES};

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
        assert!(TRADE_STATES.knows(&state), "{state}");
    }
    for (state, standing) in TRADE_STATES.all() {
        let shown = play(
            &settings(),
            Call::Query(query_request()),
            &[(200, order(state)), (400, json!({ "code": "ORDER_CLOSED" }))][..if state == "NOTPAY" { 2 } else { 1 }],
        );
        let Answer::Query(found) = answer(&shown) else { panic!("{shown:?}") };
        let fits = match (found, standing) {
            (QueryAnswer::Found { outcome: Outcome::Succeeded { .. } }, Standing::Done) => true,
            (QueryAnswer::Found { outcome: Outcome::Failed { code, .. } }, Standing::Gone) => {
                *code == DeclineCode::Canceled
            }
            (QueryAnswer::Found { outcome: Outcome::Failed { code, .. } }, Standing::Refused) => {
                *code == DeclineCode::Declined
            }
            (QueryAnswer::Found { outcome: Outcome::Pending { .. } }, Standing::Working) => true,
            // Placed again, and refused in a word that says to look: asked once more later.
            (QueryAnswer::Unreachable { .. }, Standing::Person) => state == "NOTPAY",
            _ => false,
        };
        assert!(fits, "{state}: {found:?}");
    }
    for (table, text) in [
        (TRADE_STATES.0, include_str!("documented/trades.txt")),
        (REFUND_STATES.0, include_str!("documented/refunds.txt")),
        (CONTRACT_STATES.0, include_str!("documented/contracts.txt")),
        (ERRORS.0, include_str!("documented/errors.txt")),
    ] {
        for word in text.lines().filter(|line| !line.starts_with('#')).flat_map(str::split_whitespace) {
            assert!(table.knows(word), "{word} is in no table");
        }
    }
    for table in [TRADE_STATES, REFUND_STATES, CONTRACT_STATES] {
        assert_eq!(table.faults(), Vec::<&str>::new());
    }
    assert_eq!(ERRORS.faults(), Vec::<&str>::new());
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
fn only_no_content_closes_an_order() {
    let cancel = || {
        let (reference, idempotency_key) = (REFERENCE.into(), "saysokey00000004".into());
        Call::Cancel(CancelRequest { reference, provider_reference: None, idempotency_key })
    };
    let closed = |status: u16, body: &str| {
        let shown = rehearse_with(plugin(&settings()), cancel(), |_| PUBLIC.says(status, body));
        matches!(answer(&shown), Answer::Cancel(Outcome::Failed { code: DeclineCode::Canceled, .. }))
    };
    assert!(closed(204, ""));
    for (status, body) in [(200, "null"), (200, "{}"), (200, ""), (204, "{}"), (202, "null")] {
        assert!(!closed(status, body), "{status} {body}");
    }
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
        (reserved("20251125", "2025-11-25", 4250), false),
        (reserved("2025-11-25", "25 November", 4250), false),
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
