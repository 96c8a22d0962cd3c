//! Every verb of the practice plugin, played against a scripted bank.
#![allow(clippy::unwrap_used, clippy::panic)]

use practice_bank::PracticeBank;
use sayso_plugin_sdk::abi_v1::{Answer, Call};
use sayso_plugin_sdk::interface::outcome::DeclineCode;
use sayso_plugin_sdk::interface::request::Payee;
use sayso_plugin_sdk::testing::{Ending, Rehearsal, Scripted, lost, not_sent, rehearse, reply};
use sayso_plugin_sdk::{
    AdvanceRequest, Currency, Money, NextStep, Outcome, PayRequest, Plugin, QueryAnswer, QueryRequest, RefundOutcome,
    RefundRequest,
};
use serde_json::{Value, json};

const CHARGE: &str = r#"{"id":"ch_1","provider":"stripe","reference":"r1","amount_minor":4250,"refunded_minor":0,"currency":"USD","payee":"electricity","purpose":"bill","status":"succeeded","decline_code":null,"action":null,"created_ms":1}"#;

fn bank() -> PracticeBank {
    PracticeBank::create(r#"{"base_url":"http://127.0.0.1:8080","provider":"stripe"}"#).unwrap()
}

fn pay_request() -> PayRequest {
    let payee = Payee { id: "electricity".into(), name: "City Power".into(), account: Default::default() };
    PayRequest {
        reference: "r1".into(),
        idempotency_key: "k1".into(),
        amount: Money::new(4250, Currency::USD),
        payee,
        purpose: "bill".into(),
        authorize_only: false,
        instrument: None,
    }
}

fn play(call: Call, replies: Vec<Scripted>) -> Rehearsal {
    rehearse(bank(), call, replies)
}

fn pay(replied: Scripted) -> Outcome {
    match play(Call::Pay(pay_request()), vec![replied]).ending {
        Ending::Answer(Answer::Pay(outcome)) => outcome,
        other => panic!("{other:?}"),
    }
}

fn query(replied: Scripted) -> QueryAnswer {
    let request = QueryRequest {
        reference: "r1".into(),
        provider_reference: None,
        idempotency_key: "k1".into(),
        sent_ms: None,
        expires_ms: None,
    };
    match play(Call::Query(request), vec![replied]).ending {
        Ending::Answer(Answer::Query(answer)) => answer,
        other => panic!("{other:?}"),
    }
}

fn search(charges: &[String]) -> Scripted {
    reply(200, &format!(r#"{{"charges":[{}]}}"#, charges.join(",")))
}

#[test]
fn pays_with_key_reference_and_amount_in_minor_units() {
    let shown = play(Call::Pay(pay_request()), vec![reply(201, CHARGE)]);
    let [request] = shown.requests.as_slice() else { panic!("{shown:?}") };
    assert_eq!((request.method.as_str(), request.idempotent), ("POST", false));
    assert_eq!(request.url, "http://127.0.0.1:8080/v1/stripe/charges");
    assert!(request.headers.contains(&("idempotency-key".to_owned(), "k1".to_owned())));
    let body: Value = serde_json::from_str(&request.body).unwrap();
    assert_eq!(
        (&body["amount_minor"], &body["currency"], &body["reference"]),
        (&json!(4250), &json!("USD"), &json!("r1"))
    );
    let Ending::Answer(Answer::Pay(Outcome::Succeeded { receipt })) = shown.ending else { panic!("{shown:?}") };
    assert_eq!((receipt.reference.as_str(), receipt.amount), ("r1", Money::new(4250, Currency::USD)));
    assert_eq!(receipt.payee.as_deref(), Some("electricity"));
}

#[test]
fn a_success_of_another_amount_is_reported_as_it_is() {
    let outcome = pay(reply(201, &CHARGE.replace("4250", "4251")));
    assert!(matches!(outcome, Outcome::Succeeded { receipt } if receipt.amount.minor == 4251));
}

#[test]
fn tells_not_sent_unknown_and_failed_apart() {
    assert!(matches!(pay(not_sent("refused")), Outcome::NotSent { .. }));
    assert!(matches!(pay(reply(429, "{}")), Outcome::NotSent { .. }));
    let declined = CHARGE.replace("\"succeeded\"", "\"declined\"");
    assert!(matches!(pay(reply(402, &declined)), Outcome::Failed { code: DeclineCode::Declined, .. }));
    assert!(matches!(pay(reply(401, "")), Outcome::Failed { code: DeclineCode::Configuration, .. }));
    for unclear in [
        lost("timed out"),
        reply(500, "{}"),
        reply(503, ""),
        reply(301, ""),
        reply(201, ""),
        reply(201, "{"),
        reply(201, &CHARGE[..CHARGE.len() / 2]),
        reply(201, &CHARGE.replace("4250", "42.5")),
        reply(201, &CHARGE.replace("USD", "BTC")),
        reply(201, &CHARGE.replace("\"r1\"", "\"r2\"")),
        reply(402, &declined.replace("4250", "9")),
        reply(402, &declined.replace("\"r1\"", "\"r2\"")),
        reply(400, r#"{"error":{"code":"who_knows","message":""}}"#),
        reply(422, r#"{"error":{"code":"key_reused","message":""}}"#),
        reply(409, "{}"),
    ] {
        let outcome = pay(unclear.clone());
        assert!(matches!(outcome, Outcome::Unknown { .. }), "{unclear:?}: {outcome:?}");
    }
}

#[test]
fn an_action_names_the_next_step() {
    let waits = CHARGE
        .replace("\"succeeded\"", "\"requires_action\"")
        .replace("\"action\":null", "\"action\":{\"kind\":\"link\",\"content\":\"https://x\"}");
    let outcome = pay(reply(201, &waits));
    assert!(matches!(outcome, Outcome::ActionRequired { next: NextStep::Link { .. }, .. }), "{outcome:?}");
}

#[test]
fn a_query_finds_by_our_reference() {
    assert!(matches!(query(search(&[CHARGE.into()])), QueryAnswer::Found { outcome: Outcome::Succeeded { .. } }));
    assert_eq!(query(search(&[])), QueryAnswer::NotFound);
    let stranger = CHARGE.replace("\"r1\"", "\"r2\"");
    for unclear in [
        lost("timed out"),
        not_sent("refused"),
        reply(404, ""),
        reply(200, "[]"),
        search(&[CHARGE.into(), CHARGE.into()]),
        search(&[stranger]),
    ] {
        assert!(matches!(query(unclear), QueryAnswer::Unreachable { .. }));
    }
}

#[test]
fn captures_only_what_is_authorized_and_agreed() {
    let advance = |minor| {
        let amount = Money::new(minor, Currency::USD);
        let (reference, idempotency_key) = ("r1".to_owned(), "k2".to_owned());
        Call::Advance(AdvanceRequest { reference, provider_reference: None, idempotency_key, amount })
    };
    let reserved = CHARGE.replace("\"succeeded\"", "\"authorized\"");
    let shown = play(advance(4250), vec![search(std::slice::from_ref(&reserved)), reply(200, CHARGE)]);
    assert!(shown.requests[1].url.ends_with("/charges/ch_1/capture"), "{shown:?}");
    assert!(matches!(shown.ending, Ending::Answer(Answer::Advance(Outcome::Succeeded { .. }))));
    let other = play(advance(9), vec![search(std::slice::from_ref(&reserved))]);
    assert!(matches!(other.ending, Ending::Answer(Answer::Advance(Outcome::Unknown { .. }))));
    assert_eq!(other.requests.len(), 1);
    let unsent = play(advance(4250), vec![search(&[reserved]), not_sent("refused")]);
    assert!(matches!(unsent.ending, Ending::Answer(Answer::Advance(Outcome::Unknown { .. }))));
}

#[test]
fn refunds_what_was_paid_and_nothing_else() {
    let refund = |paid| {
        Call::Refund(RefundRequest {
            reference: "r1".into(),
            refund_reference: "f1".into(),
            provider_reference: None,
            idempotency_key: "k3".into(),
            amount: Money::new(1000, Currency::USD),
            paid: Money::new(paid, Currency::USD),
        })
    };
    let given = r#"{"id":"re_1","charge":"ch_1","reference":"f1","amount_minor":1000,"currency":"USD","status":"succeeded","created_ms":1}"#;
    let shown = play(refund(4250), vec![search(&[CHARGE.into()]), reply(201, given)]);
    let wanted =
        RefundOutcome::Succeeded { provider_reference: "re_1".into(), amount: Money::new(1000, Currency::USD) };
    assert_eq!(shown.ending, Ending::Answer(Answer::Refund(wanted)));
    let refused = reply(409, r#"{"error":{"code":"amount_too_large","message":""}}"#);
    let shown = play(refund(4250), vec![search(&[CHARGE.into()]), refused]);
    assert!(matches!(shown.ending, Ending::Answer(Answer::Refund(RefundOutcome::Failed { .. }))));
    let shown = play(refund(4251), vec![search(&[CHARGE.into()])]);
    assert!(matches!(shown.ending, Ending::Answer(Answer::Refund(RefundOutcome::Unknown { .. }))));
    assert_eq!(shown.requests.len(), 1);
}

#[test]
fn references_cannot_reach_into_the_address() {
    let request = QueryRequest {
        reference: "r1&x=1".into(),
        provider_reference: None,
        idempotency_key: "k".into(),
        sent_ms: None,
        expires_ms: None,
    };
    assert_eq!(play(Call::Query(request), vec![]).requests, vec![]);
}
