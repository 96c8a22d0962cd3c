//! Alipay, end to end: every story ends with one movement of money for each payment, and books that are sound.

mod desk;
mod till;

use crate::household::{HandClock, Household, Setup};
use sayso::ledger::PaymentStatus as S;
use sayso::payments::PaymentView;
use sayso_plugin_interface::request::Payee;
use sayso_plugin_interface::{
    CheckRequest, CredentialsAnswer, Currency, EnrolOutcome, EnrolRequest, Instrument, Money, NextStep, Outcome,
    PayRequest, PaymentProvider as _, QueryEnrolmentRequest,
};
use serde_json::{Value, json};
pub use till::{APP, Till};
use till::{Fault, pem};

/// A key without its first and last lines, as Alipay's pages show it.
pub fn bare(name: &str) -> String {
    pem(name).lines().filter(|line| !line.starts_with("---")).collect()
}

const BILL: Money = Money::new(4250, Currency::CNY);
const MINUTE_MS: i64 = 60_000;

fn settings(till: &Till) -> Value {
    json!({
        "base_url": till.url, "app_id": APP, "alipay_public_key": pem("alipay.pub.pem"),
        "notify_url": "https://home.example/webhooks/alipay", "return_url": "https://home.example/paid",
        "agreement_scene": "INDUSTRY|APPSTORE", "secrets": { "app_private_key": pem("app.pem") },
    })
}

async fn home_with(change: impl FnOnce(&mut Value)) -> (Till, Household) {
    let clock = HandClock::new();
    let till = Till::open(clock.clone()).await;
    let mut settings = settings(&till);
    change(&mut settings);
    let setup = Setup { library: "alipay", settings, secrets: &[], account: &[], exchange_ms: 20_000 };
    (till, Household::new(setup, clock).await)
}

async fn home() -> (Till, Household) {
    home_with(|_| {}).await
}

fn shows_code(view: &PaymentView) -> bool {
    view.status == S::ActionRequired
        && matches!(&view.next, Some(NextStep::Qr { content }) if content.starts_with("https://qr.alipay.com/"))
}

async fn finish(till: &Till, home: &Household, movements: usize) {
    assert_eq!(till.books().moved.len(), movements, "{:?}", till.books().moved);
    home.check().await;
}

#[tokio::test]
async fn a_code_is_scanned_and_the_money_comes_back_in_two_parts() {
    let (till, mut home) = home().await;
    let view = home.pay(BILL).await;
    assert!(shows_code(&view), "{view:?}");
    let view = home.later(2 * MINUTE_MS, &view).await;
    assert!(shows_code(&view), "Alipay knows of nothing before it is scanned, and the code still stands: {view:?}");
    home.restart().await;
    assert!(till.scan(&till.only()));
    let view = home.later(MINUTE_MS, &view).await;
    assert_eq!(view.status, S::Pending, "scanned, and not paid");
    assert!(till.pay(&till.only()));
    let view = home.later(5 * MINUTE_MS, &view).await;
    assert_eq!(view.status, S::Succeeded);
    home.payments.refund(&view.id, Money::new(1250, Currency::CNY)).await.unwrap();
    assert!(home.payments.refund(&view.id, Money::new(9999, Currency::CNY)).await.is_err());
    till.next("alipay.trade.refund", Fault::LostAfter);
    home.payments.refund(&view.id, Money::new(3000, Currency::CNY)).await.unwrap();
    let view = home.later(10 * MINUTE_MS, &view).await;
    assert_eq!(view.status, S::Refunded, "{view:?}");
    assert_eq!(till.books().refunds.len(), 2, "a lost answer is no third refund");
    finish(&till, &home, 3).await;
}

#[tokio::test]
async fn a_code_that_nobody_scans_ends_by_itself() {
    let (till, home) = home().await;
    let view = home.pay(BILL).await;
    let mut view = home.later(14 * MINUTE_MS, &view).await;
    assert!(shows_code(&view), "{view:?}");
    for _ in 0..4 {
        view = home.later(MINUTE_MS, &view).await;
    }
    assert_eq!(view.status, S::Canceled, "{view:?}");
    finish(&till, &home, 0).await;
}

#[tokio::test]
async fn what_was_lost_is_found_or_sent_again_with_the_same_reference() {
    for fault in [Fault::LostAfter, Fault::LostBefore, Fault::Trouble, Fault::Unsigned] {
        let (till, home) = home().await;
        till.next("alipay.trade.precreate", fault);
        let mut view = home.pay(BILL).await;
        assert_eq!(view.status, S::Unknown, "{fault:?}");
        for _ in 0..30 {
            if shows_code(&view) {
                break;
            }
            view = home.later(MINUTE_MS, &view).await;
        }
        assert!(shows_code(&view), "{fault:?}: {view:?}");
        assert!(till.scan(&till.only()) && till.pay(&till.only()));
        assert_eq!(home.later(5 * MINUTE_MS, &view).await.status, S::Succeeded, "{fault:?}");
        finish(&till, &home, 1).await;
    }
}

#[tokio::test]
async fn a_refusal_is_final_and_a_busy_provider_has_taken_nothing() {
    for (fault, status) in [
        (Fault::Refused("ACQ.ACCESS_FORBIDDEN"), S::Failed),
        (Fault::Refused("ACQ.TOTAL_FEE_EXCEED"), S::Failed),
        (Fault::Busy, S::NotSent),
        (Fault::Refused("ACQ.FULL_MOON"), S::Unknown),
    ] {
        let (till, home) = home().await;
        till.next("alipay.trade.precreate", fault);
        assert_eq!(home.pay(BILL).await.status, status, "{fault:?}");
        finish(&till, &home, 0).await;
    }
}

#[tokio::test]
async fn a_notification_settles_it_once_and_a_forged_one_never() {
    let (till, home) = home().await;
    let view = home.pay(BILL).await;
    let number = till.only();
    assert!(till.scan(&number) && till.pay(&number));
    let genuine = till.tells("EV-1", &number);
    for (word, instead) in [("42.50", "42.51"), ("TRADE_SUCCESS", "TRADE_CLOSED"), ("RSA2", "RSA"), ("EV-1", "EV-2")] {
        let mut forged = genuine.clone();
        forged.body = forged.body.replace(word, instead);
        assert!(home.payments.notified("alipay", forged).await.is_err(), "{word}");
    }
    let taken = home.payments.notified("alipay", genuine.clone()).await.unwrap();
    assert_eq!((taken.answer.status, taken.answer.body.as_str()), (200, "success"));
    assert_eq!(taken.payment.unwrap().status, S::Succeeded);
    let again = home.payments.notified("alipay", genuine).await.unwrap();
    assert!(again.repeated && again.answer.body == "success");
    // Somebody gives a part back at Alipay's own desk: the notification tells the sum, the question tells the part.
    let refund = json!({ "out_trade_no": number, "out_request_no": "by_hand_1", "refund_amount": "10.00" });
    let said = till.answer("alipay.trade.refund", &refund, None);
    assert_eq!(said["refund_fee"], "10.00");
    let note = till.note(
        "EV-3",
        json!({ "out_trade_no": number, "trade_no": said["trade_no"], "trade_status": "TRADE_SUCCESS", "total_amount": "42.50",
            "gmt_payment": "2025-11-25 00:00:00", "gmt_refund": "2025-11-25 00:00:01.5", "refund_fee": "10.00", "out_biz_no": "by_hand_1" }),
    );
    home.payments.notified("alipay", note).await.unwrap();
    let view = home.payments.get(&view.id).await.unwrap().unwrap();
    assert_eq!(view.status, S::PartiallyRefunded, "{view:?}");
    finish(&till, &home, 2).await;
}

#[tokio::test]
async fn what_is_canceled_is_closed_ends_by_itself_or_comes_back() {
    // Scanned: it is closed.
    let (till, home) = home().await;
    let view = home.pay(BILL).await;
    assert!(till.scan(&till.only()));
    let view = home.payments.cancel(&view.id).await.unwrap();
    assert_eq!(view.status, S::Canceled);
    assert!(!till.pay(&till.only()), "a closed trade cannot be paid");
    finish(&till, &home, 0).await;
    // Not scanned: a code cannot be taken back, so it is watched until it ends.
    let (till, home) = self::home().await;
    let view = home.pay(BILL).await;
    let mut view = home.payments.cancel(&view.id).await.unwrap();
    assert_eq!(view.status, S::Canceling, "{view:?}");
    for _ in 0..20 {
        view = home.later(MINUTE_MS, &view).await;
    }
    assert_eq!(view.status, S::Canceled, "{view:?}");
    finish(&till, &home, 0).await;
    // Not scanned when it was canceled, but scanned and paid before it ended: the money comes back.
    let (till, home) = self::home().await;
    let view = home.pay(BILL).await;
    let view = home.payments.cancel(&view.id).await.unwrap();
    assert!(till.scan(&till.only()) && till.pay(&till.only()));
    let mut view = home.later(5 * MINUTE_MS, &view).await;
    for _ in 0..5 {
        view = home.later(5 * MINUTE_MS, &view).await;
    }
    assert_eq!(view.status, S::Refunded, "{view:?}");
    finish(&till, &home, 2).await;
}

#[tokio::test]
async fn what_is_not_signed_strange_or_of_another_amount_is_no_success() {
    let (till, home) = home().await;
    let view = home.pay(BILL).await;
    assert!(till.scan(&till.only()) && till.pay(&till.only()));
    for fault in [Fault::Unsigned, Fault::StrangeStatus, Fault::Trouble, Fault::Busy] {
        till.next("alipay.trade.query", fault);
        let view = home.later(2 * MINUTE_MS, &view).await;
        assert!(view.status.is_open() && view.status != S::Succeeded, "{fault:?}: {view:?}");
    }
    assert_eq!(home.later(5 * MINUTE_MS, &view).await.status, S::Succeeded);
    finish(&till, &home, 1).await;
    let (till, home) = self::home().await;
    let view = home.pay(BILL).await;
    assert!(till.scan(&till.only()) && till.pay(&till.only()));
    till.next("alipay.trade.query", Fault::WrongAmount);
    assert_eq!(home.later(2 * MINUTE_MS, &view).await.status, S::IntegrityAlarm);
}

#[tokio::test]
async fn a_phone_gets_a_link_of_which_alipay_hears_when_it_is_opened() {
    let (till, home) = home_with(|settings| settings["way"] = json!("link")).await;
    let view = home.pay(BILL).await;
    let Some(NextStep::Link { url }) = &view.next else { panic!("{view:?}") };
    assert!(till.books().seen.is_empty(), "nothing was sent");
    assert!(till.browse(&url.replace("42.50", "0.01")).is_err(), "it is signed");
    till.browse(url).unwrap();
    assert!(till.pay(&till.only()));
    assert_eq!(home.later(2 * MINUTE_MS, &view).await.status, S::Succeeded);
    finish(&till, &home, 1).await;
}

/// An agreement that the person signed, as a way to pay.
async fn agreed(till: &Till, home: &Household) -> Instrument {
    let request = EnrolRequest { reference: "agree1".into(), idempotency_key: "k".into(), person: "home".into() };
    let EnrolOutcome::ActionRequired { next: NextStep::Qr { content }, .. } =
        home.worker.enrol(&*home.gate, request).await
    else {
        panic!("no page to sign")
    };
    let ask = || QueryEnrolmentRequest { reference: "agree1".into(), provider_reference: None };
    assert_eq!(home.worker.query_enrolment(&*home.gate, ask()).await, EnrolOutcome::NotFound);
    till.browse(&content).unwrap();
    till.books().agreements.get_mut("agree1").unwrap().1 = "NORMAL";
    let EnrolOutcome::Enrolled { instrument } = home.worker.query_enrolment(&*home.gate, ask()).await else {
        panic!("not enrolled")
    };
    assert_eq!(instrument.label, "Alipay 159****5620");
    instrument
}

fn hands_free(reference: &str, instrument: &Instrument) -> PayRequest {
    PayRequest {
        reference: reference.into(),
        idempotency_key: format!("key{reference}"),
        amount: BILL,
        payee: Payee { id: "electricity".into(), name: "City Power".into(), account: Default::default() },
        purpose: "electricity bill".into(),
        authorize_only: false,
        instrument: Some(instrument.clone()),
    }
}

#[tokio::test]
async fn a_deduction_needs_no_screen_and_is_made_once() {
    let (till, home) = home().await;
    let instrument = agreed(&till, &home).await;
    let pay = async |reference: &str| home.worker.pay(&*home.gate, hands_free(reference, &instrument)).await;
    assert!(matches!(pay("first1").await, Outcome::Succeeded { receipt } if receipt.amount == BILL));
    // The answer is lost, and the same payment comes again: Alipay says that it is paid, which the plugin does not take on trust.
    till.next("alipay.trade.pay", Fault::LostAfter);
    assert!(matches!(pay("second").await, Outcome::Unknown { .. }));
    assert!(matches!(pay("second").await, Outcome::Unknown { .. }));
    till.books().deduction = Some("in process");
    assert!(matches!(pay("third1").await, Outcome::Pending { .. }));
    assert!(till.pay("third1"));
    // Refused, while the trade stands open: it is closed before the refusal is told.
    till.books().deduction = Some("ACQ.BUYER_BALANCE_NOT_ENOUGH");
    assert!(
        matches!(pay("fourth").await, Outcome::Failed { provider_code: Some(code), .. } if code == "ACQ.BUYER_BALANCE_NOT_ENOUGH")
    );
    assert!(!till.pay("fourth"));
    till.books().agreements.get_mut("agree1").unwrap().1 = "UNSIGN";
    assert!(matches!(pay("fifth1").await, Outcome::Failed { .. }), "the person ended it");
    assert_eq!(till.books().moved.len(), 3, "{:?}", till.books().moved);
}

#[tokio::test]
async fn credentials_are_checked_without_a_trade() {
    let check = async |change: fn(&mut Value)| {
        let (till, home) = home_with(change).await;
        let answer = home.worker.check_credentials(&*home.gate, CheckRequest {}).await;
        assert!(till.books().orders.is_empty());
        answer
    };
    let account = Some(format!("app {APP}"));
    assert_eq!(check(|_| {}).await, CredentialsAnswer::Accepted { account, live: Some(false) });
    let another = |settings: &mut Value| settings["app_id"] = json!("2021000000000009");
    assert!(matches!(check(another).await, CredentialsAnswer::Refused { reason } if reason.contains("app_id")));
    // The keys are the wrong way round: what comes back is not signed by whom the configuration names.
    let swapped = |settings: &mut Value| {
        settings["secrets"]["app_private_key"] = json!(pem("alipay.pem"));
        settings["alipay_public_key"] = json!(pem("app.pub.pem"));
    };
    assert!(
        matches!(check(swapped).await, CredentialsAnswer::Unreachable { reason } if reason.contains("alipay_public_key"))
    );
}

#[tokio::test]
async fn the_pretend_alipay_refuses_what_it_does_not_know() {
    let till = Till::open(HandClock::new()).await;
    let order = json!({ "out_trade_no": "r1", "total_amount": "1.00", "subject": "x", "timeout_express": "15m", "qr_code_timeout_express": "15m" });
    for (name, value) in [
        ("total_amount", json!("1.0")),
        ("subject", json!("a/b")),
        ("colour", json!("red")),
        ("out_trade_no", json!("a-b")),
    ] {
        let mut other = order.clone();
        other[name] = value;
        assert_eq!(till.answer("alipay.trade.precreate", &other, None)["sub_code"], "ACQ.INVALID_PARAMETER", "{name}");
    }
    assert_eq!(till.answer("alipay.trade.precreate", &order, None)["code"], "10000");
    assert_eq!(till.answer("alipay.fund.trans.uni.transfer", &order, None)["sub_code"], "isv.invalid-method");
    assert!(till.browse("https://x/gateway.do?app_id=2021000000000001&method=alipay.trade.wap.pay").is_err());
}
