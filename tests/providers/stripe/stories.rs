//! The stories themselves.

use super::bank::{Bank, Fault, KEY, WEBHOOK_SECRET};
use crate::household::{HandClock, Household, Setup};
use sayso::ledger::PaymentStatus;
use sayso_plugin_interface::outcome::{DeclineCode, WebhookVerdict};
use sayso_plugin_interface::request::Payee;
use sayso_plugin_interface::{
    AdvanceRequest, CancelRequest, CheckRequest, CredentialsAnswer, Currency, DisputeState, EnrolOutcome, EnrolRequest,
    Instrument, Money, NextStep, Outcome, PayRequest, PaymentProvider as _, QueryAnswer, QueryEnrolmentRequest,
    QueryRequest,
};
use serde_json::json;

const AMOUNT: Money = Money::new(4250, Currency::USD);

async fn town_with(key: &str) -> (Bank, Household) {
    let clock = HandClock::new();
    let bank = Bank::open(clock.clone()).await;
    let settings = json!({
        "mode": "test", "return_url": "https://example.org/thanks", "base_url": bank.url,
        "secrets": { "webhook_secret": WEBHOOK_SECRET },
    });
    let (secrets, account) = ([("api_key", key)], [("account", "own")]);
    let setup = Setup { library: "stripe", settings, secrets: &secrets, account: &account, exchange_ms: 20_000 };
    let household = Household::new(setup, clock).await;
    (bank, household)
}

async fn town() -> (Bank, Household) {
    town_with(KEY).await
}

fn card(method: &str) -> PayRequest {
    let ids = [("customer", "cus_1"), ("payment_method", method)].map(|(key, id)| (key.to_owned(), id.to_owned()));
    PayRequest {
        reference: "r1".into(),
        idempotency_key: "k1".into(),
        amount: AMOUNT,
        payee: Payee {
            id: "electricity".into(),
            name: "City Power".into(),
            account: [("account".to_owned(), "own".to_owned())].into(),
        },
        purpose: "electricity bill".into(),
        authorize_only: false,
        instrument: Some(Instrument { ids: ids.into(), label: "Visa ending in 4242".into() }),
    }
}

async fn pay(home: &Household, request: PayRequest) -> Outcome {
    home.worker.pay(&*home.gate, request).await
}

async fn query(home: &Household, id: Option<&str>) -> QueryAnswer {
    let request = QueryRequest {
        reference: "r1".into(),
        provider_reference: id.map(str::to_owned),
        idempotency_key: "k1".into(),
        sent_ms: Some(1_764_000_000_000),
        expires_ms: None,
    };
    home.worker.query(&*home.gate, request).await
}

async fn found(home: &Household) -> Outcome {
    match query(home, None).await {
        QueryAnswer::Found { outcome } => outcome,
        other => panic!("{other:?}"),
    }
}

fn page_of(outcome: &Outcome) -> String {
    let Outcome::ActionRequired { next: NextStep::Link { .. }, provider_reference: Some(id), .. } = outcome else {
        panic!("{outcome:?}")
    };
    id.clone()
}

#[tokio::test]
async fn a_stored_card_pays_once_however_often_the_same_key_comes() {
    let (bank, home) = town().await;
    assert_eq!(query(&home, None).await, QueryAnswer::NotFound);
    let first = pay(&home, card("pm_1")).await;
    assert!(matches!(&first, Outcome::Succeeded { receipt } if receipt.amount == AMOUNT), "{first:?}");
    assert_eq!(pay(&home, card("pm_1")).await, first);
    assert_eq!(found(&home).await, first);
    let other = PayRequest { amount: Money::new(999, Currency::USD), ..card("pm_1") };
    assert!(matches!(pay(&home, other).await, Outcome::Unknown { .. }));
    assert_eq!(bank.taken(), (4250, 1));
}

#[tokio::test]
async fn two_payments_with_one_reference_are_for_a_person_to_look_at() {
    let (bank, home) = town().await;
    pay(&home, card("pm_1")).await;
    let mut twin = bank.books().intents["pi_1"].clone();
    twin["id"] = json!("pi_9");
    bank.books().intents.insert("pi_9".into(), twin);
    let answer = query(&home, None).await;
    assert!(matches!(&answer, QueryAnswer::Unreachable { reason } if reason.contains("more than one")), "{answer:?}");
}

#[tokio::test]
async fn declines_and_slow_payments_are_told_as_they_are() {
    let (bank, home) = town().await;
    let poor = pay(&home, card("pm_poor")).await;
    assert!(matches!(poor, Outcome::Failed { code: DeclineCode::InsufficientFunds, .. }), "{poor:?}");
    assert_eq!(found(&home).await, poor);
    let (bank2, home) = town().await;
    assert!(matches!(pay(&home, card("pm_slow")).await, Outcome::Pending { .. }));
    for intent in bank2.books().intents.values_mut() {
        intent["status"] = json!("succeeded");
        intent["amount_received"] = json!(4250);
    }
    assert!(matches!(found(&home).await, Outcome::Succeeded { .. }));
    let small = PayRequest { amount: Money::new(20, Currency::USD), idempotency_key: "k2".into(), ..card("pm_1") };
    let small = pay(&home, small).await;
    assert!(matches!(small, Outcome::Failed { code: DeclineCode::AmountTooSmall, .. }), "{small:?}");
    assert_eq!(bank.taken(), (0, 0));
}

#[tokio::test]
async fn what_was_lost_on_the_way_is_found_and_never_paid_twice() {
    for (fault, done) in [
        (Fault::LostAfter, true),
        (Fault::BrokenAfter, true),
        (Fault::UnheardOf, true),
        (Fault::LostBefore, false),
        (Fault::BrokenBefore, false),
        (Fault::Busy, false),
    ] {
        let (bank, home) = town().await;
        bank.faults(&[Some(fault)]);
        let outcome = pay(&home, card("pm_1")).await;
        let fits = match fault {
            Fault::Busy => matches!(outcome, Outcome::NotSent { .. }),
            Fault::UnheardOf => matches!(outcome, Outcome::Pending { .. }),
            _ => matches!(outcome, Outcome::Unknown { .. }),
        };
        assert!(fits, "{fault:?}: {outcome:?}");
        match done {
            true => assert!(matches!(found(&home).await, Outcome::Succeeded { .. }), "{fault:?}"),
            false => assert_eq!(query(&home, None).await, QueryAnswer::NotFound, "{fault:?}"),
        }
        assert!(matches!(pay(&home, card("pm_1")).await, Outcome::Succeeded { .. }), "{fault:?}");
        assert_eq!(bank.taken(), (4250, 1), "{fault:?}");
    }
}

#[tokio::test]
async fn a_wrong_amount_is_reported_as_it_is() {
    let (bank, home) = town().await;
    bank.faults(&[Some(Fault::WrongAmount)]);
    // The pretend Stripe takes one cent, which is below its own minimum: it refuses, so nothing was taken.
    assert!(matches!(pay(&home, card("pm_1")).await, Outcome::Failed { .. }));
    let paid = pay(&home, PayRequest { idempotency_key: "k2".into(), ..card("pm_1") }).await;
    assert!(matches!(paid, Outcome::Succeeded { .. }));
    bank.books().intents.values_mut().for_each(|intent| intent["amount_received"] = json!(4251));
    assert!(matches!(found(&home).await, Outcome::Succeeded { receipt } if receipt.amount.minor == 4251));
}

/// Whatever is lost between the refusal and the page: one page, one payment, and the first intent is out of the way.
#[tokio::test]
async fn a_bank_that_wants_to_see_the_person_is_handed_to_the_phone() {
    for faults in [
        vec![],
        vec![Some(Fault::LostAfter)],
        vec![None, Some(Fault::LostBefore)],
        vec![None, Some(Fault::LostAfter)],
        vec![None, None, Some(Fault::LostBefore)],
        vec![None, None, Some(Fault::LostAfter)],
    ] {
        let (bank, home) = town().await;
        bank.faults(&faults);
        let mut outcome = pay(&home, card("pm_careful")).await;
        if !faults.is_empty() {
            assert!(matches!(outcome, Outcome::Unknown { .. }), "{faults:?}: {outcome:?}");
            outcome = found(&home).await;
        }
        let page = page_of(&outcome);
        assert!(bank.books().intents.values().all(|intent| intent["status"] == "canceled"), "{faults:?}");
        // Sent again with the same key, it is the same page.
        assert_eq!(page_of(&pay(&home, card("pm_careful")).await), page, "{faults:?}");
        let pages = bank.books().pages.len();
        assert_eq!((pages, bank.taken()), (1, (0, 0)), "{faults:?}");
        bank.pay_page(&page);
        for id in [None, Some(page.as_str())] {
            let answer = query(&home, id).await;
            let QueryAnswer::Found { outcome: Outcome::Succeeded { receipt } } = answer else { panic!("{answer:?}") };
            assert_eq!(receipt.amount, AMOUNT);
        }
        assert_eq!(bank.taken(), (4250, 1), "{faults:?}");
    }
}

#[tokio::test]
async fn reserves_captures_and_lets_go() {
    let (bank, home) = town().await;
    let reserved = pay(&home, PayRequest { authorize_only: true, ..card("pm_1") }).await;
    let Outcome::Authorized { receipt } = reserved else { panic!("{reserved:?}") };
    let advance = AdvanceRequest {
        reference: "r1".into(),
        provider_reference: Some(receipt.provider_reference),
        idempotency_key: "k2".into(),
        amount: AMOUNT,
    };
    let other = AdvanceRequest { amount: Money::new(1, Currency::USD), ..advance.clone() };
    assert!(matches!(home.worker.advance(&*home.gate, other).await, Outcome::Unknown { .. }));
    assert!(matches!(home.worker.advance(&*home.gate, advance).await, Outcome::Succeeded { .. }));
    let cancel =
        |key: &str| CancelRequest { reference: "r1".into(), provider_reference: None, idempotency_key: key.into() };
    assert!(matches!(home.worker.cancel(&*home.gate, cancel("k3")).await, Outcome::Succeeded { .. }));
    assert_eq!(bank.taken(), (4250, 1));
    let (bank, home) = town().await;
    pay(&home, PayRequest { authorize_only: true, ..card("pm_1") }).await;
    let gone = home.worker.cancel(&*home.gate, cancel("k3")).await;
    assert!(matches!(gone, Outcome::Failed { code: DeclineCode::Canceled, .. }), "{gone:?}");
    assert_eq!(bank.taken(), (0, 0));
}

#[tokio::test]
async fn a_household_pays_on_the_phone_hears_of_it_and_gets_a_part_back() {
    let (bank, mut home) = town().await;
    let asked = home.pay(AMOUNT).await;
    assert_eq!(asked.status, PaymentStatus::ActionRequired);
    let page = asked.provider_reference.clone().unwrap();
    home.restart().await;
    assert_eq!(home.later(60_000, &asked).await.status, PaymentStatus::ActionRequired);
    let intent = bank.pay_page(&page);
    let told = bank.notification("evt_1", "payment_intent.succeeded", &intent);
    for repeated in [false, true] {
        let taken = home.payments.notified("stripe", told.clone()).await.unwrap();
        assert_eq!((taken.repeated, taken.answer.status), (repeated, 200));
    }
    let mut forged = told.clone();
    forged.body = forged.body.replace("4250", "4251");
    assert!(home.payments.notified("stripe", forged).await.is_err());
    let paid = home.payments.get(&asked.id).await.unwrap().unwrap();
    assert_eq!(paid.status, PaymentStatus::Succeeded);
    let back = home.payments.refund(&asked.id, Money::new(1250, Currency::USD)).await.unwrap();
    assert_eq!(back.refunded, Money::new(1250, Currency::USD));
    bank.faults(&[Some(Fault::LostAfter)]);
    home.payments.refund(&asked.id, Money::new(3000, Currency::USD)).await.unwrap();
    assert_eq!(home.later(3_600_000, &asked).await.refunded, AMOUNT);
    assert_eq!((bank.taken(), bank.books().refunds.len()), ((4250, 1), 2));
    home.check().await;
}

#[tokio::test]
async fn a_household_hears_by_asking_and_a_page_that_is_closed_takes_nothing() {
    let (bank, home) = town().await;
    bank.faults(&[Some(Fault::LostAfter)]);
    let asked = home.pay(AMOUNT).await;
    assert_eq!(asked.status, PaymentStatus::Unknown);
    let asked = home.later(60_000, &asked).await;
    assert_eq!(asked.status, PaymentStatus::ActionRequired);
    bank.pay_page(asked.provider_reference.as_deref().unwrap());
    assert_eq!(home.later(3_600_000, &asked).await.status, PaymentStatus::Succeeded);
    let second = home.pay(AMOUNT).await;
    let gone = home.payments.cancel(&second.id).await.unwrap();
    assert_eq!(gone.status, PaymentStatus::Canceled);
    assert_eq!(bank.books().pages[second.provider_reference.as_deref().unwrap()]["status"], "expired");
    assert_eq!(bank.taken(), (4250, 1));
    home.check().await;
}

#[tokio::test]
async fn a_card_is_stored_once_and_pays_without_a_screen() {
    let (bank, home) = town().await;
    let request = EnrolRequest { reference: "e1".into(), idempotency_key: "k9".into(), person: "home".into() };
    let begun = home.worker.enrol(&*home.gate, request.clone()).await;
    let EnrolOutcome::ActionRequired { provider_reference: Some(page), .. } = &begun else { panic!("{begun:?}") };
    assert_eq!(home.worker.enrol(&*home.gate, request).await, begun);
    bank.store_card(page, "pm_1");
    let ask = QueryEnrolmentRequest { reference: "e1".into(), provider_reference: Some(page.clone()) };
    let done = home.worker.query_enrolment(&*home.gate, ask).await;
    let EnrolOutcome::Enrolled { instrument } = done else { panic!("{done:?}") };
    assert_eq!(instrument.label, "Visa ending in 4242");
    let paid = pay(&home, PayRequest { instrument: Some(instrument), ..card("pm_1") }).await;
    assert!(matches!(paid, Outcome::Succeeded { .. }), "{paid:?}");
    assert_eq!(bank.taken(), (4250, 1));
}

#[tokio::test]
async fn a_dispute_is_told() {
    let (bank, home) = town().await;
    let object = json!({
        "id": "dp_1", "object": "dispute", "payment_intent": "pi_1", "amount": 4250, "currency": "usd",
        "status": "lost", "reason": "fraudulent", "metadata": {},
    });
    let told = bank.notification("evt_2", "charge.dispute.closed", &object);
    let verdict = home.worker.verify_webhook(&*home.gate, told).await;
    let WebhookVerdict::Genuine { news, .. } = verdict else { panic!("{verdict:?}") };
    assert_eq!(news.provider_reference.as_deref(), Some("pi_1"));
    assert!(matches!(&news.dispute, Some(dispute) if dispute.state == DisputeState::ChargedBack));
}

#[tokio::test]
async fn credentials_are_checked_and_a_live_key_in_test_mode_moves_nothing() {
    let (bank, home) = town().await;
    let check = async || home.worker.check_credentials(&*home.gate, CheckRequest {}).await;
    assert_eq!(check().await, CredentialsAnswer::Accepted { account: None, live: Some(false) });
    bank.books().live = true;
    assert!(matches!(check().await, CredentialsAnswer::Refused { .. }));
    assert!(matches!(pay(&home, card("pm_1")).await, Outcome::NotSent { .. }));
    assert_eq!(bank.books().intents.len(), 0);
    let (bank, home) = town_with("sk_test_another_key").await;
    let refused = home.worker.check_credentials(&*home.gate, CheckRequest {}).await;
    assert!(matches!(refused, CredentialsAnswer::Refused { .. }), "{refused:?}");
    assert!(matches!(pay(&home, card("pm_1")).await, Outcome::NotSent { .. }));
    assert_eq!(bank.taken(), (0, 0));
}
