//! Alipay, end to end: every story ends with one movement of money for each payment, and books that are sound.

mod desk;
mod till;

use crate::household::{HandClock, Household, Setup};
use crate::scanned::{self, BILL, Fault, MINUTE_MS, Shop, finish};
use sayso::ledger::PaymentStatus as S;
use sayso::payments::PaymentView;
use sayso_plugin_interface::request::{Payee, WebhookRequest};
use sayso_plugin_interface::{
    CheckRequest, CredentialsAnswer, EnrolOutcome, EnrolRequest, Instrument, NextStep, Outcome, PayRequest,
    PaymentProvider as _, QueryEnrolmentRequest,
};
use serde_json::{Value, json};
use till::pem;
pub use till::{APP, Till};

/// A key without its first and last lines, as Alipay's pages show it.
pub fn bare(name: &str) -> String {
    pem(name).lines().filter(|line| !line.starts_with("---")).collect()
}

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
    scanned::shows_code::<Till>(view)
}

impl Shop for Till {
    const NAME: &'static str = "alipay";
    const PLACES: &'static str = "alipay.trade.precreate";
    const ASKS: &'static str = "alipay.trade.query";
    const GIVES_BACK: &'static str = "alipay.trade.refund";
    const CODE: &'static str = "https://qr.alipay.com/";
    const REFUSALS: [&'static str; 2] = ["ACQ.ACCESS_FORBIDDEN", "ACQ.TOTAL_FEE_EXCEED"];
    const UNHEARD_OF: &'static str = "ACQ.FULL_MOON";
    const TAKEN: (u16, &'static str) = (200, "success");
    const FORGERIES: &'static [(&'static str, &'static str)] =
        &[("42.50", "42.51"), ("TRADE_SUCCESS", "TRADE_CLOSED"), ("RSA2", "RSA"), ("EV-1", "EV-2")];

    async fn open() -> (Till, Household) {
        home().await
    }
    fn next(&self, request: &'static str, fault: Fault) {
        Till::next(self, request, fault);
    }
    fn asked(&self, request: &str) -> usize {
        self.books().seen.iter().filter(|seen| *seen == request).count()
    }
    fn only(&self) -> String {
        Till::only(self)
    }
    fn is_paid(&self, number: &str) -> bool {
        self.scan(number) && self.pay(number)
    }
    fn tells(&self, id: &str, number: &str) -> WebhookRequest {
        Till::tells(self, id, number)
    }
    fn moved(&self) -> Vec<(String, i64)> {
        self.books().moved.clone()
    }
}

scanned::stories!(Till);

#[tokio::test]
async fn what_is_scanned_and_not_paid_is_open() {
    let (till, home) = home().await;
    let view = home.pay(BILL).await;
    assert!(till.scan(&till.only()));
    let view = home.later(MINUTE_MS, &view).await;
    assert_eq!(view.status, S::Pending);
    assert!(till.pay(&till.only()));
    assert_eq!(home.later(5 * MINUTE_MS, &view).await.status, S::Succeeded);
    finish(&till, &home, 1).await;
}

#[tokio::test]
async fn what_is_given_back_at_alipays_own_desk_is_told() {
    let (till, home) = home().await;
    let view = home.pay(BILL).await;
    let number = till.only();
    assert!(till.is_paid(&number));
    home.payments.notified("alipay", till.tells("EV-1", &number)).await.unwrap();
    // The notification tells the sum, the question tells the part.
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
