//! Every answer that Alipay documents, and many that it does not, held to what may be made of it.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod merchant;

use alipay::gateway::content;
use alipay::wire::{AGREEMENTS, ERRORS, REFUNDS, TRADES};
use merchant::*;
use proptest::prelude::*;
use sayso_plugin_sdk::abi_v1::{Answer, Call};
use sayso_plugin_sdk::crypto::PublicKey;
use sayso_plugin_sdk::prelude::*;
use sayso_plugin_sdk::testing::{NOW_MS, Scripted, rehearse_with, reply};
use serde_json::{Value, json};
use std::collections::BTreeMap;

fn words(text: &str) -> Vec<&str> {
    text.lines().filter(|line| !line.starts_with('#')).flat_map(str::split_whitespace).collect()
}

#[test]
fn the_table_knows_every_documented_reason() {
    assert_eq!(ERRORS.faults(), Vec::<&str>::new());
    for table in [TRADES, AGREEMENTS, REFUNDS] {
        assert_eq!(table.faults(), Vec::<&str>::new());
    }
    let documented = words(include_str!("documented/errors.txt"));
    assert!(documented.len() > 120);
    for reason in &documented {
        assert!(ERRORS.meaning(reason).is_some(), "{reason} is in no table");
    }
    // What is only about refunds can never be taken for a payment that was declined.
    for (reason, meaning) in ERRORS.all() {
        let shown = play(&settings(), Call::Pay(pay_request()), &[no(reason)]);
        let Answer::Pay(outcome) = answer(&shown) else { panic!("{shown:?}") };
        let declines = matches!(meaning, Some(Meaning::No(..)));
        assert_eq!(matches!(outcome, Outcome::Failed { .. }), declines, "{reason}: {outcome:?}");
    }
    let all: Vec<_> = [TRADES, AGREEMENTS].iter().flat_map(|table| table.all()).map(|(word, _)| word).collect();
    assert_eq!(
        all,
        ["TRADE_SUCCESS", "TRADE_FINISHED", "WAIT_BUYER_PAY", "TRADE_CLOSED", "NORMAL", "TEMP", "STOP", "UNSIGN"]
    );
}

fn query(said: &Value) -> QueryAnswer {
    match answer(&play(&settings(), Call::Query(query_request()), std::slice::from_ref(said))) {
        Answer::Query(found) => found.clone(),
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_closed_trade_that_was_paid_is_paid_and_foreign_money_is_no_yuan() {
    let mut closed = trade("TRADE_CLOSED");
    assert!(matches!(
        query(&closed),
        QueryAnswer::Found { outcome: Outcome::Failed { code: DeclineCode::Canceled, .. } }
    ));
    closed["send_pay_date"] = json!("2025-11-25 00:00:01");
    assert!(matches!(query(&closed), QueryAnswer::Found { outcome: Outcome::Succeeded { .. } }));
    let mut foreign = trade("TRADE_SUCCESS");
    foreign["trans_currency"] = json!("USD");
    assert!(matches!(query(&foreign), QueryAnswer::Unreachable { .. }));
}

#[test]
fn a_code_that_nobody_scanned_is_over_only_after_its_time() {
    let at = |expires_ms: Option<i64>| {
        let request = QueryRequest { expires_ms, ..query_request() };
        match answer(&play(&settings(), Call::Query(request), &[no("ACQ.TRADE_NOT_EXIST")])) {
            Answer::Query(found) => found.clone(),
            other => panic!("{other:?}"),
        }
    };
    for early in [None, Some(NOW_MS), Some(NOW_MS - 45_000), Some(i64::MAX)] {
        assert_eq!(at(early), QueryAnswer::NotFound, "{early:?}");
    }
    assert!(matches!(at(Some(NOW_MS - 45_001)), QueryAnswer::Found { outcome: Outcome::Failed { .. } }));
}

#[test]
fn a_refused_deduction_is_over_only_if_nothing_is_left_to_be_paid() {
    let outcome = |then: &[Value]| {
        let answers = [&[no("ACQ.BUYER_BALANCE_NOT_ENOUGH")], then].concat();
        let shown = play(&settings(), Call::Pay(hands_free()), &answers);
        let Answer::Pay(outcome) = answer(&shown) else { panic!("{shown:?}") };
        outcome.clone()
    };
    let (open, gone) = (trade("WAIT_BUYER_PAY"), no("ACQ.TRADE_NOT_EXIST"));
    assert!(matches!(
        outcome(std::slice::from_ref(&gone)),
        Outcome::Failed { code: DeclineCode::InsufficientFunds, .. }
    ));
    assert!(matches!(outcome(&[open.clone(), trade("TRADE_CLOSED")]), Outcome::Failed { .. }));
    assert!(matches!(outcome(&[trade("TRADE_SUCCESS")]), Outcome::Succeeded { .. }));
    // It was open a moment ago: that nobody knows of it now says nothing.
    assert!(matches!(outcome(&[open, no("ACQ.TRADE_STATUS_ERROR"), gone]), Outcome::Unknown { .. }));
}

#[test]
fn what_alipay_did_not_sign_is_unknown_whatever_it_says() {
    let said = trade("TRADE_SUCCESS").to_string();
    let method = "alipay.trade.query";
    let good = signed(method, &trade("TRADE_SUCCESS")).unwrap().body;
    let sign = good.split("\"sign\":\"").nth(1).unwrap().trim_end_matches("\"}").to_owned();
    let other = signed(method, &trade("WAIT_BUYER_PAY")).unwrap().body;
    let other_sign = other.split("\"sign\":\"").nth(1).unwrap().trim_end_matches("\"}").to_owned();
    let member = "alipay_trade_query_response";
    let open = trade("WAIT_BUYER_PAY").to_string();
    for forged in [
        format!("{{\"{member}\":{said}}}"),
        format!("{{\"{member}\":{said},\"sign\":\"\"}}"),
        format!("{{\"{member}\":{said},\"sign\":7}}"),
        format!("{{\"{member}\":{said},\"sign\":\"{other_sign}\"}}"),
        format!("{{\"{member}\":{said} ,\"sign\":\"{}\"}}", sign.replace('/', "+")),
        // The text that is checked is the text that is read, though the field is there twice.
        format!("{{\"{member}\":{said},\"{member}\":{open},\"sign\":\"{sign}\"}}"),
        format!("{{\"alipay_trade_pay_response\":{said},\"sign\":\"{sign}\"}}"),
    ] {
        let shown = rehearse_with(plugin(&settings()), Call::Query(query_request()), |_| reply(200, &forged));
        assert!(matches!(answer(&shown), Answer::Query(QueryAnswer::Unreachable { .. })), "{forged}: {shown:?}");
    }
    // Blanks and escapes are Alipay's own: what is signed is the text as it came.
    let spaced = "{ \"code\":\"10000\",\n\"out_trade_no\":\"saysoref00000001\",\"trade_no\":\"1\",\"trade_status\":\"TRADE_SUCCESS\",\"total_amount\":\"42.50\",\"note\":\"https:\\/\\/x\" }";
    let key = sayso_plugin_sdk::crypto::PrivateKey::read(&pem("alipay.pem")).unwrap();
    let body = format!("{{\"sign\":\"{}\" , \"{member}\"\n:{spaced}}}", key.sign(spaced.as_bytes()).unwrap());
    let shown = rehearse_with(plugin(&settings()), Call::Query(query_request()), |_| reply(200, &body));
    assert!(matches!(answer(&shown), Answer::Query(QueryAnswer::Found { .. })), "{shown:?}");
}

#[test]
fn what_alipay_once_signed_is_believed() {
    let vectors: Value = serde_json::from_str(include_str!("vectors/alipay.json")).unwrap();
    // An answer: what is signed is the text of its one part.
    let body = vectors["answer"].as_str().unwrap();
    let parts: BTreeMap<String, Box<serde_json::value::RawValue>> = serde_json::from_str(body).unwrap();
    let sign: String = serde_json::from_str(parts["sign"].get()).unwrap();
    let key = PublicKey::read(vectors["answer_key"].as_str().unwrap()).unwrap();
    assert!(key.verifies(parts["alipay_open_file_upload_response"].get().as_bytes(), &sign));
    // A notification, through the plugin, at the time at which it came: it is about an order of another shop.
    let note: BTreeMap<String, String> = serde_json::from_value(vectors["notification"].clone()).unwrap();
    let form = |note: &BTreeMap<String, String>| {
        let form = note.iter().fold(sayso_plugin_sdk::form::Form::new(), |form, (name, value)| form.field(name, value));
        WebhookRequest { headers: Vec::new(), body: form.body() }
    };
    let theirs =
        with(settings(), json!({ "app_id": note["app_id"], "alipay_public_key": vectors["notification_key"] }));
    let verdict = |note: &BTreeMap<String, String>, now_ms: i64| verify(&theirs, form(note), now_ms);
    let sent_ms = sayso_plugin_sdk::times::of_beijing(&note["notify_time"]).unwrap();
    let WebhookVerdict::Genuine { event_id, news } = verdict(&note, sent_ms) else { panic!("it is genuine") };
    assert_eq!(
        (event_id.as_str(), news.reference.as_deref()),
        (note["notify_id"].as_str(), Some("20190815155618536-564-57"))
    );
    assert!(
        matches!(news.outcome, Some(Outcome::Succeeded { receipt }) if receipt.amount == Money::new(10, Currency::CNY))
    );
    assert!(matches!(verdict(&note, NOW_MS), WebhookVerdict::Refused { .. }), "it is old");
    for name in note.keys().filter(|name| *name != "sign") {
        let mut other = note.clone();
        other.get_mut(name).unwrap().push('0');
        assert!(matches!(verdict(&other, sent_ms), WebhookVerdict::Refused { .. }), "{name}");
        other.remove(name);
        assert!(matches!(verdict(&other, sent_ms), WebhookVerdict::Refused { .. }), "{name}");
    }
    let signed: BTreeMap<_, _> = note.into_iter().filter(|(name, _)| !name.starts_with("sign")).collect();
    assert!(content(&signed).starts_with("app_id=2019073166072302&auth_app_id="));
}

fn verify(settings: &Value, request: WebhookRequest, now_ms: i64) -> WebhookVerdict {
    use sayso_plugin_sdk::Engine;
    use sayso_plugin_sdk::abi_v1::{FromPlugin, ToPlugin};
    let mut engine = Engine::new(plugin(settings));
    let said = engine.deliver(ToPlugin::Call { id: 1, now_ms, call: Call::VerifyWebhook(request) });
    match said.into_iter().next() {
        Some(FromPlugin::Return { answer: Answer::VerifyWebhook(verdict), .. }) => verdict,
        other => panic!("{other:?}"),
    }
}

/// Changes some places of an answer: fields that go, come, become null or an unheard-of word.
fn disturb(said: &mut Value, deeds: &[u8]) {
    let fields = said.as_object_mut().unwrap();
    let names: Vec<String> = fields.keys().cloned().collect();
    for (name, deed) in names.into_iter().zip(deeds) {
        match deed {
            0 => drop(fields.remove(&name)),
            1 => drop(fields.insert(name, Value::Null)),
            2 => drop(fields.insert(name, json!("NEVER_HEARD_OF"))),
            3 => drop(fields.insert(name, json!(-7))),
            4 => drop(fields.insert(format!("{name}_later"), json!([{ "new": true }]))),
            5 => drop(fields.insert(name, json!({ "total": 1.5 }))),
            _ => {}
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 96, ..ProptestConfig::default() })]

    #[test]
    fn nothing_is_a_success_or_failure_that_does_not_say_so(
        deeds in prop::collection::vec(0..24_u8, 16),
        status in prop_oneof![Just("TRADE_SUCCESS"), Just("TRADE_FINISHED"), Just("TRADE_CLOSED"), Just("WAIT_BUYER_PAY"), Just("PAID")],
    ) {
        let mut said = trade(status);
        disturb(&mut said, &deeds);
        let shown = play(&settings(), Call::Query(query_request()), std::slice::from_ref(&said));
        let Answer::Query(found) = answer(&shown) else { panic!("{shown:?}") };
        let word = |name: &str| said[name].as_str().unwrap_or_default();
        if let QueryAnswer::Found { outcome } = found {
            prop_assert!(word("code") == "10000" && word("out_trade_no") == REFERENCE, "{said} {outcome:?}");
            match outcome {
                Outcome::Succeeded { receipt } => {
                    prop_assert!(["TRADE_SUCCESS", "TRADE_FINISHED"].contains(&word("trade_status")));
                    prop_assert_eq!((receipt.amount, word("total_amount")), (AMOUNT, "42.50"));
                }
                Outcome::Failed { .. } => prop_assert_eq!(word("trade_status"), "TRADE_CLOSED"),
                other => prop_assert!(matches!(other, Outcome::Pending { .. }), "{other:?}"),
            }
        }
    }

    #[test]
    fn no_refund_comes_back_that_does_not_say_so(deeds in prop::collection::vec(0..24_u8, 16)) {
        let mut said = refund();
        disturb(&mut said, &deeds);
        let shown = play(&settings(), Call::QueryRefund(query_refund()), std::slice::from_ref(&said));
        let Answer::QueryRefund(found) = answer(&shown) else { panic!("{shown:?}") };
        if let RefundOutcome::Succeeded { amount, .. } = found {
            prop_assert_eq!(*amount, Money::new(1250, Currency::CNY));
            prop_assert_eq!((&said["refund_status"], &said["out_request_no"]), (&json!("REFUND_SUCCESS"), &json!(REFUND)));
        }
        prop_assert!(!matches!(found, RefundOutcome::Failed { .. }), "{said} {found:?}");
    }

    #[test]
    fn no_text_makes_it_panic_or_believe(text in ".{0,200}") {
        let bank = |_: &HttpRequest| -> Scripted { reply(200, &text) };
        let shown = rehearse_with(plugin(&settings()), Call::Pay(hands_free()), bank);
        prop_assert!(matches!(answer(&shown), Answer::Pay(Outcome::Unknown { .. })), "{shown:?}");
        let verdict = verify(&settings(), WebhookRequest { headers: Vec::new(), body: text }, NOW_MS);
        prop_assert!(matches!(verdict, WebhookVerdict::Refused { .. }), "not believed");
    }
}
