//! What happens between a household and PayPal, end to end. At the end of each story one payment has had one effect.

use super::PretendPayPal;
use super::books::{CLIENT, Fault};
use crate::household::{HandClock, Household, Setup};
use sayso::ledger::PaymentStatus;
use sayso::payments::PaymentView;
use sayso_plugin_interface::outcome::{DeclineCode, WebhookVerdict};
use sayso_plugin_interface::request::{PayRequest, Payee, WebhookRequest};
use sayso_plugin_interface::{
    AdvanceRequest, CancelRequest, CheckRequest, CredentialsAnswer, Currency, EnrolOutcome, EnrolRequest, Instrument,
    Money, NextStep, Outcome, PaymentProvider as _, QueryAnswer, QueryEnrolmentRequest, QueryRequest,
};
use serde_json::json;

const MINUTE: i64 = 60_000;

async fn town() -> (Household, PretendPayPal) {
    let clock = HandClock::new();
    let paypal = PretendPayPal::open(clock.clone()).await;
    let setup = Setup {
        library: "paypal",
        settings: json!({ "base_url": paypal.url, "webhook_id": "5GP028458E2496506" }),
        secrets: &[("client_id", CLIENT.0), ("client_secret", CLIENT.1)],
        account: &[],
        exchange_ms: 20_000,
    };
    (Household::new(setup, clock).await, paypal)
}

fn usd(minor: i64) -> Money {
    Money::new(minor, Currency::USD)
}

/// PayPal's id of the order, as the view has it.
fn order(view: &PaymentView) -> String {
    view.provider_reference.clone().unwrap()
}

/// Our reference, as PayPal was given it: the payment's own id.
fn reference(view: &PaymentView) -> String {
    view.id.to_string()
}

async fn handed_over(household: &Household) -> PaymentView {
    let waits = household.pay(usd(4250)).await;
    assert_eq!(waits.status, PaymentStatus::ActionRequired);
    assert!(matches!(&waits.next, Some(NextStep::Link { url }) if url.contains("checkoutnow")), "{:?}", waits.next);
    waits
}

#[tokio::test]
async fn the_person_approves_on_the_phone_and_it_is_captured_by_itself() {
    let (mut household, paypal) = town().await;
    let waits = handed_over(&household).await;
    let still = household.later(MINUTE, &waits).await;
    assert_eq!((still.status, paypal.books().captured(&reference(&waits))), (PaymentStatus::ActionRequired, (0, 0)));
    paypal.books().approve(&order(&waits));
    household.restart().await;
    let paid = household.later(10 * MINUTE, &waits).await;
    assert_eq!(paid.status, PaymentStatus::Succeeded);
    assert_eq!(paypal.books().captured(&reference(&waits)), (1, 4250));
    assert_eq!(paypal.books().tokens, 1, "one token serves for hours");
    household.check().await;
}

#[tokio::test]
async fn a_lost_answer_is_asked_for_again_with_the_same_key() {
    let (household, paypal) = town().await;
    paypal.books().next("/v2/checkout/orders", Fault::LostAfter);
    let lost = household.pay(usd(4250)).await;
    assert_eq!(lost.status, PaymentStatus::Unknown);
    let mut found = lost.clone();
    for _ in 0..20 {
        found = household.later(5 * MINUTE, &lost).await;
        if found.status != PaymentStatus::Unknown {
            break;
        }
    }
    assert_eq!(found.status, PaymentStatus::ActionRequired);
    assert_eq!(paypal.books().orders.len(), 1, "the same key is the same order");
    paypal.books().approve(&order(&found));
    assert_eq!(household.later(10 * MINUTE, &found).await.status, PaymentStatus::Succeeded);
    assert_eq!(paypal.books().captured(&reference(&found)), (1, 4250));
    household.check().await;
}

#[tokio::test]
async fn a_capture_whose_answer_is_lost_or_broken_is_looked_at_and_not_made_twice() {
    for fault in [Fault::LostAfter, Fault::ServerErrorAfter, Fault::LostBefore, Fault::Busy, Fault::StrangeStatus] {
        let (household, paypal) = town().await;
        let waits = handed_over(&household).await;
        paypal.books().approve(&order(&waits));
        paypal.books().next("/capture", fault);
        let mut view = waits.clone();
        for _ in 0..20 {
            view = household.later(10 * MINUTE, &waits).await;
            if view.status == PaymentStatus::Succeeded {
                break;
            }
        }
        assert_eq!(view.status, PaymentStatus::Succeeded, "{fault:?}");
        assert_eq!(paypal.books().captured(&reference(&waits)), (1, 4250), "{fault:?}");
        household.check().await;
    }
}

#[tokio::test]
async fn another_amount_is_an_alarm() {
    let (household, paypal) = town().await;
    let waits = handed_over(&household).await;
    paypal.books().approve(&order(&waits));
    paypal.books().next("/capture", Fault::OtherAmount);
    assert_eq!(household.later(10 * MINUTE, &waits).await.status, PaymentStatus::IntegrityAlarm);
    household.check().await;
}

#[tokio::test]
async fn a_declined_instrument_leads_the_person_back_to_choose_another() {
    let (household, paypal) = town().await;
    let waits = handed_over(&household).await;
    paypal.books().approve(&order(&waits));
    paypal.books().capture_status = Some(("INSTRUMENT_DECLINED", ""));
    let again = household.later(10 * MINUTE, &waits).await;
    assert_eq!(again.status, PaymentStatus::ActionRequired);
    paypal.books().approve(&order(&waits));
    assert_eq!(household.later(20 * MINUTE, &waits).await.status, PaymentStatus::Succeeded);
    assert_eq!(paypal.books().captured(&reference(&waits)), (1, 4250));
    household.check().await;
}

#[tokio::test]
async fn a_bank_transfer_takes_its_time_and_is_said_to() {
    let (household, paypal) = town().await;
    let waits = handed_over(&household).await;
    paypal.books().approve(&order(&waits));
    paypal.books().capture_status = Some(("PENDING", "ECHECK"));
    assert_eq!(household.later(10 * MINUTE, &waits).await.status, PaymentStatus::Pending);
    paypal.books().settle(&order(&waits));
    assert_eq!(household.later(2 * 60 * MINUTE, &waits).await.status, PaymentStatus::Succeeded);
    household.check().await;
}

#[tokio::test]
async fn what_is_called_off_is_not_captured_even_if_it_is_approved_later() {
    let (household, paypal) = town().await;
    let waits = handed_over(&household).await;
    let canceled = household.payments.cancel(&waits.id).await.unwrap();
    assert_eq!(canceled.status, PaymentStatus::Canceled);
    paypal.books().approve(&order(&waits));
    assert_eq!(household.later(60 * MINUTE, &waits).await.status, PaymentStatus::Canceled);
    assert_eq!(paypal.books().captured(&reference(&waits)), (0, 0));
    household.check().await;
}

#[tokio::test]
async fn parts_come_back_and_never_more_than_was_paid() {
    let (household, paypal) = town().await;
    let waits = handed_over(&household).await;
    paypal.books().approve(&order(&waits));
    household.later(10 * MINUTE, &waits).await;
    let part = household.payments.refund(&waits.id, usd(1250)).await.unwrap();
    assert_eq!((part.status, part.refunded), (PaymentStatus::PartiallyRefunded, usd(1250)));
    assert!(household.payments.refund(&waits.id, usd(3001)).await.is_err());
    paypal.books().next("/refund", Fault::LostAfter);
    household.payments.refund(&waits.id, usd(3000)).await.unwrap();
    let mut view = household.later(10 * MINUTE, &waits).await;
    for _ in 0..10 {
        if view.status == PaymentStatus::Refunded {
            break;
        }
        view = household.later(10 * MINUTE, &waits).await;
    }
    assert_eq!((view.status, paypal.books().given_back()), (PaymentStatus::Refunded, 4250));
    household.check().await;
}

#[tokio::test]
async fn too_many_requests_take_nothing_and_a_token_that_was_taken_back_is_renewed() {
    let (household, paypal) = town().await;
    paypal.books().next("/v2/checkout/orders", Fault::Busy);
    assert_eq!(household.pay(usd(4250)).await.status, PaymentStatus::NotSent);
    paypal.books().next("/v2/checkout/orders", Fault::StaleToken);
    handed_over(&household).await;
    let (tokens, orders) = {
        let books = paypal.books();
        (books.tokens, books.orders.len())
    };
    assert_eq!((tokens, orders), (2, 1));
    household.check().await;
}

fn request(reference: &str, instrument: Option<Instrument>, authorize_only: bool) -> PayRequest {
    PayRequest {
        reference: reference.into(),
        idempotency_key: format!("key-{reference}"),
        amount: usd(4250),
        payee: Payee { id: "electricity".into(), name: "City Power".into(), account: Default::default() },
        purpose: "electricity bill".into(),
        authorize_only,
        instrument,
    }
}

async fn stored(household: &Household, paypal: &PretendPayPal) -> Instrument {
    let (worker, gate) = (&household.worker, household.gate.as_ref());
    let enrol = EnrolRequest { reference: "e1".into(), idempotency_key: "ke1".into(), person: "home".into() };
    let EnrolOutcome::ActionRequired { provider_reference, .. } = worker.enrol(gate, enrol).await else {
        panic!("nothing to approve")
    };
    let query = QueryEnrolmentRequest { reference: "e1".into(), provider_reference: provider_reference.clone() };
    let early = worker.query_enrolment(gate, query.clone()).await;
    assert!(matches!(early, EnrolOutcome::ActionRequired { .. }), "{early:?}");
    paypal.books().approve(&provider_reference.unwrap());
    paypal.books().next("/v3/vault/payment-tokens", Fault::LostAfter);
    assert!(matches!(worker.query_enrolment(gate, query.clone()).await, EnrolOutcome::Unknown { .. }));
    let EnrolOutcome::Enrolled { instrument } = worker.query_enrolment(gate, query).await else { panic!("not stored") };
    assert_eq!(paypal.books().vault.len(), 1, "a lost answer makes no second one");
    assert_eq!(instrument.label, "PayPal j***@example.com");
    instrument
}

#[tokio::test]
async fn a_stored_way_to_pay_needs_no_screen() {
    let (household, paypal) = town().await;
    let instrument = stored(&household, &paypal).await;
    let (worker, gate) = (&household.worker, household.gate.as_ref());
    let paid = worker.pay(gate, request("r1", Some(instrument.clone()), false)).await;
    assert!(matches!(&paid, Outcome::Succeeded { receipt } if receipt.amount == usd(4250)), "{paid:?}");
    assert_eq!(worker.pay(gate, request("r1", Some(instrument.clone()), false)).await, paid, "the same key");
    assert_eq!(paypal.books().captured("r1"), (1, 4250));
    paypal.books().capture_status = Some(("DECLINED", ""));
    let declined = worker.pay(gate, request("r2", Some(instrument), false)).await;
    assert!(matches!(declined, Outcome::Failed { code: DeclineCode::Declined, .. }), "{declined:?}");
}

#[tokio::test]
async fn money_is_reserved_then_captured_or_given_up() {
    let (household, paypal) = town().await;
    let instrument = stored(&household, &paypal).await;
    let (worker, gate) = (&household.worker, household.gate.as_ref());
    for (reference, capture) in [("r1", true), ("r2", false)] {
        let reserved = worker.pay(gate, request(reference, Some(instrument.clone()), true)).await;
        let Outcome::Authorized { receipt } = reserved else { panic!("{reserved:?}") };
        let provider_reference = Some(receipt.provider_reference);
        let (reference, idempotency_key) = (reference.to_owned(), format!("then-{reference}"));
        let ended = if capture {
            let go_on = AdvanceRequest { reference, provider_reference, idempotency_key, amount: usd(4250) };
            worker.advance(gate, go_on).await
        } else {
            worker.cancel(gate, CancelRequest { reference, provider_reference, idempotency_key }).await
        };
        match ended {
            Outcome::Succeeded { .. } => assert!(capture),
            Outcome::Failed { code: DeclineCode::Canceled, .. } => assert!(!capture),
            other => panic!("{other:?}"),
        }
    }
    let books = paypal.books();
    assert_eq!((books.captured("r1"), books.captured("r2")), ((1, 4250), (0, 0)));
}

#[tokio::test]
async fn credentials_and_orders_are_asked_about_without_moving_money() {
    let (household, paypal) = town().await;
    let (worker, gate) = (&household.worker, household.gate.as_ref());
    let answer = worker.check_credentials(gate, CheckRequest::default()).await;
    assert_eq!(answer, CredentialsAnswer::Accepted { account: Some("APP-PRETEND".into()), live: Some(false) });
    let query = QueryRequest {
        reference: "r1".into(),
        provider_reference: Some("O00000000FFFFX".into()),
        idempotency_key: "k1".into(),
        sent_ms: None,
        expires_ms: None,
    };
    assert_eq!(worker.query(gate, query).await, QueryAnswer::NotFound);
    assert_eq!(paypal.books().orders.len(), 0);
}

fn notification(id: &str, event: &serde_json::Value) -> WebhookRequest {
    let headers = [
        ("paypal-auth-algo", "SHA256withRSA"),
        ("paypal-cert-url", "https://api.sandbox.paypal.com/v1/notifications/certs/CERT-1"),
        ("paypal-transmission-id", id),
        ("paypal-transmission-sig", "lmI95Jx3Y9nhR5SJWlHVIWpg4AgFk7n9bCHSRxbrd8A9zrhdu2rMyFrmz"),
        ("paypal-transmission-time", "2025-11-24T16:00:00Z"),
    ];
    let headers = headers.map(|(name, value)| (name.to_owned(), value.to_owned())).to_vec();
    WebhookRequest { headers, body: event.to_string() }
}

#[tokio::test]
async fn a_notification_moves_things_on_only_if_paypal_says_that_it_is_its_own() {
    let (household, paypal) = town().await;
    let waits = handed_over(&household).await;
    paypal.books().approve(&order(&waits));
    let event = json!({ "id": "WH-1", "event_type": "CHECKOUT.ORDER.APPROVED", "resource": {
        "id": order(&waits), "purchase_units": [{ "custom_id": reference(&waits) }] } });
    let forged = household.payments.notified("paypal", notification("t-forged", &event)).await;
    assert!(forged.is_err(), "{forged:?}");
    assert_eq!(paypal.books().captured(&reference(&waits)), (0, 0));
    paypal.books().signed.insert("t-genuine".into(), event.clone());
    let taken = household.payments.notified("paypal", notification("t-genuine", &event)).await.unwrap();
    assert_eq!((taken.answer.status, taken.payment.map(|view| view.status)), (200, Some(PaymentStatus::Succeeded)));
    let again = household.payments.notified("paypal", notification("t-genuine", &event)).await.unwrap();
    assert!(again.repeated);
    assert_eq!(paypal.books().captured(&reference(&waits)), (1, 4250));
    let verdict = household.worker.verify_webhook(household.gate.as_ref(), notification("t-other", &event)).await;
    assert!(matches!(verdict, WebhookVerdict::Refused { .. }), "{verdict:?}");
    household.check().await;
}
