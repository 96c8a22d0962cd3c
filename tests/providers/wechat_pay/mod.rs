//! WeChat Pay, end to end: every story ends with one movement of money for each payment, and books that are sound.

mod desk;
mod town;

use crate::household::{BEGIN_MS, HandClock, Household, Setup};
use crate::scanned::{self, BILL, Fault, MINUTE_MS, Shop, finish};
use sayso::ledger::PaymentStatus as S;
use sayso::payments::{PaymentView, WayState};
use sayso_plugin_interface::request::{Payee, WebhookRequest};
use sayso_plugin_interface::{
    CheckRequest, CredentialsAnswer, Currency, EnrolOutcome, EnrolRequest, Instrument, Money, NextStep, Outcome,
    PayRequest, PaymentProvider as _, QueryAnswer, QueryEnrolmentRequest, QueryRequest,
};
use serde_json::{Value, json};
pub use town::{API_V3_KEY, PLAN, Town, pem};
use town::{APPID, MCHID, MERCHANT_SERIAL, Pen};

pub fn settings(town: &Town, public: bool) -> Value {
    let mut settings = json!({
        "mode": "test", "base_url": town.url, "mchid": MCHID, "appid": APPID, "merchant_serial": MERCHANT_SERIAL, "plan_id": PLAN,
        "notify_url": "https://home.example/webhooks/wechat_pay",
        "secrets": { "merchant_private_key": pem("merchant.pem"), "api_v3_key": API_V3_KEY },
    });
    if public {
        settings["public_key_id"] = json!("PUB_KEY_ID_0119000001092025112400000000000001");
        settings["public_key"] = json!(pem("public_mode.pub.pem"));
    }
    settings
}

async fn home_with(change: impl FnOnce(&mut Value), public: bool) -> (Town, Household) {
    let clock = HandClock::new();
    let town = Town::open(clock.clone()).await;
    let mut settings = settings(&town, public);
    change(&mut settings);
    let setup = Setup { library: "wechat_pay", settings, secrets: &[], account: &[], exchange_ms: 20_000 };
    (town, Household::new(setup, clock).await)
}

async fn home() -> (Town, Household) {
    home_with(|_| {}, true).await
}

fn shows_code(view: &PaymentView) -> bool {
    scanned::shows_code::<Town>(view)
}

impl Shop for Town {
    const NAME: &'static str = "wechat_pay";
    const PLACES: &'static str = "/native";
    const ASKS: &'static str = "/out-trade-no/";
    const GIVES_BACK: &'static str = "/refunds";
    const CODE: &'static str = "weixin://wxpay/bizpayurl?pr=";
    const REFUSALS: [&'static str; 2] = ["NO_AUTH", "RULE_LIMIT"];
    const UNHEARD_OF: &'static str = "FULL_MOON";
    const TAKEN: (u16, &'static str) = (204, "");
    const FORGERIES: &'static [(&'static str, &'static str)] = &[
        ("TRANSACTION.SUCCESS", "TRANSACTION.CLOSED "),
        ("EV-1", "EV-2"),
        ("PUB_KEY_ID_0119", "PUB_KEY_ID_0118"),
        ("an-answers-nonce", "another-nonce"),
    ];

    async fn open() -> (Town, Household) {
        home().await
    }
    fn next(&self, request: &'static str, fault: Fault) {
        Town::next(self, request, fault);
    }
    fn asked(&self, request: &str) -> usize {
        self.books().seen.iter().filter(|seen| seen.contains(request)).count()
    }
    fn only(&self) -> String {
        Town::only(self)
    }
    fn is_paid(&self, number: &str) -> bool {
        self.pay(number)
    }
    fn tells(&self, id: &str, number: &str) -> WebhookRequest {
        Town::tells(self, id, number)
    }
    fn moved(&self) -> Vec<(String, i64)> {
        self.books().moved.clone()
    }
}

scanned::stories!(Town);

#[tokio::test]
async fn a_probe_and_an_old_notification_are_refused() {
    let (town, home) = home().await;
    home.pay(BILL).await;
    assert!(town.pay(&town.only()));
    let genuine = town.tells("EV-1", &town.only());
    let mut probe = genuine.clone();
    let signature = probe.headers.iter_mut().find(|(name, _)| name == "wechatpay-signature").unwrap();
    signature.1 = format!("WECHATPAY/SIGNTEST/{}", signature.1);
    assert!(home.payments.notified("wechat_pay", probe).await.is_err());
    home.clock.forward(301_000);
    assert!(home.payments.notified("wechat_pay", genuine).await.is_err(), "it is too old");
    let again = town.tells("EV-1", &town.only());
    assert_eq!(home.payments.notified("wechat_pay", again).await.unwrap().payment.unwrap().status, S::Succeeded);
    finish(&town, &home, 1).await;
}

#[tokio::test]
async fn closing_stops_a_code_and_what_was_paid_all_the_same_comes_back() {
    let (town, home) = home().await;
    let view = home.pay(BILL).await;
    let view = home.payments.cancel(&view.id).await.unwrap();
    assert_eq!(view.status, S::Canceled);
    assert!(!town.pay(&town.only()), "a closed order cannot be paid");
    finish(&town, &home, 0).await;
    let (town, home) = self::home().await;
    let view = home.pay(BILL).await;
    assert!(town.pay(&town.only()));
    let view = home.payments.cancel(&view.id).await.unwrap();
    let view = home.later(10 * MINUTE_MS, &view).await;
    assert_eq!(view.status, S::Refunded, "{view:?}");
    finish(&town, &home, 2).await;
}

#[tokio::test]
async fn an_order_that_is_closed_elsewhere_has_failed() {
    let (town, home) = home().await;
    let view = home.pay(BILL).await;
    town.turns(&town.only(), "CLOSED");
    let view = home.later(10 * MINUTE_MS, &view).await;
    assert!(matches!(view.status, S::Failed | S::Canceled), "{view:?}");
    finish(&town, &home, 0).await;
}

#[tokio::test]
async fn certificates_are_fetched_and_change_in_the_middle() {
    let (town, home) = home_with(|_| {}, false).await;
    town.signs_with(Pen::A);
    let view = home.pay(BILL).await;
    assert!(shows_code(&view), "{view:?}");
    assert!(town.pay(&town.only()));
    town.signs_with(Pen::B);
    assert_eq!(home.later(10 * MINUTE_MS, &view).await.status, S::Succeeded);
    let asked = town.books().seen.iter().filter(|seen| seen.ends_with("/v3/certificates")).count();
    assert_eq!(asked, 1, "both are in the one list");
    finish(&town, &home, 1).await;
    // With the public key configured, an answer by certificate is checked as well.
    let (town, home) = self::home().await;
    let view = home.pay(BILL).await;
    assert!(town.pay(&town.only()));
    town.signs_with(Pen::B);
    assert_eq!(home.later(10 * MINUTE_MS, &view).await.status, S::Succeeded);
}

#[tokio::test]
async fn a_phone_gets_a_link_and_wechat_itself_the_merchants_page() {
    let h5 = |settings: &mut Value| {
        settings["way"] = json!("h5");
        settings["payer_client_ip"] = json!("203.0.113.7");
    };
    let jsapi = |settings: &mut Value| {
        settings["way"] = json!("jsapi");
        settings["payer_openid"] = json!("oUpF8uMuAJO_M2pxb1Q9zNjWeS6o");
        settings["jsapi_page"] = json!("https://home.example/pay");
    };
    for (change, begins) in [
        (h5 as fn(&mut Value), "https://wx.tenpay.com/pay?prepay_id="),
        (jsapi, "https://home.example/pay?appId=wxd678efh567hg6787&"),
    ] {
        let (town, home) = home_with(change, true).await;
        let view = home.pay(BILL).await;
        assert!(matches!(&view.next, Some(NextStep::Link { url }) if url.starts_with(begins)), "{view:?}");
        assert!(town.pay(&town.only()));
        assert_eq!(home.later(10 * MINUTE_MS, &view).await.status, S::Succeeded);
        finish(&town, &home, 1).await;
    }
}

fn by_contract(reference: &str, contract: &str) -> PayRequest {
    PayRequest {
        reference: reference.into(),
        idempotency_key: reference.into(),
        amount: BILL,
        payee: Payee { id: "electricity".into(), name: "City Power".into(), account: Default::default() },
        purpose: "electricity bill".into(),
        authorize_only: false,
        instrument: Some(Instrument {
            ids: [("contract_id".to_owned(), contract.to_owned())].into(),
            label: "WeChat Pay".into(),
        }),
    }
}

fn ask(reference: &str) -> QueryRequest {
    let idempotency_key = reference.to_owned();
    QueryRequest {
        reference: reference.into(),
        provider_reference: None,
        idempotency_key,
        sent_ms: Some(BEGIN_MS),
        expires_ms: None,
    }
}

#[tokio::test]
async fn a_contract_is_signed_once_and_pays_without_a_screen() {
    let (town, home) = home().await;
    let (worker, gate) = (&home.worker, &*home.gate);
    assert!(worker.capabilities().enrolment && worker.capabilities().hours.is_some());
    let enrol = EnrolRequest { reference: "enrolment-1".into(), idempotency_key: "k".into(), person: "home".into() };
    let begun = worker.enrol(gate, enrol.clone()).await;
    assert!(matches!(&begun, EnrolOutcome::ActionRequired { next: NextStep::Link { .. }, .. }), "{begun:?}");
    let question = QueryEnrolmentRequest { reference: "enrolment-1".into(), provider_reference: None };
    assert_eq!(worker.query_enrolment(gate, question.clone()).await, EnrolOutcome::NotFound);
    town.sign("enrolment-1");
    let EnrolOutcome::Enrolled { instrument } = worker.query_enrolment(gate, question).await else { panic!() };
    let contract = instrument.ids["contract_id"].clone();
    // The first try reserves its days and pays nothing; on one of them it is accepted, and later paid.
    let early = worker.pay(gate, by_contract("deduction-1", &contract)).await;
    assert!(matches!(&early, Outcome::NotSent { reason } if reason.contains("2025-11-27")), "{early:?}");
    assert_eq!(worker.query(gate, ask("deduction-1")).await, QueryAnswer::NotFound);
    home.clock.forward(3 * 24 * 60 * MINUTE_MS);
    town.next("/apply", Fault::LostAfter);
    let lost = worker.pay(gate, by_contract("deduction-2", &contract)).await;
    assert!(matches!(lost, Outcome::Unknown { .. }), "{lost:?}");
    let again = worker.pay(gate, by_contract("deduction-2", &contract)).await;
    assert!(matches!(again, Outcome::Pending { .. }), "{again:?}");
    assert!(town.pay("deduction-2"));
    // A repetition is refused (once a day), which must not hide that the first one paid.
    let repeated = worker.pay(gate, by_contract("deduction-2", &contract)).await;
    assert!(matches!(repeated, Outcome::Succeeded { .. }), "{repeated:?}");
    let second = worker.pay(gate, by_contract("deduction-3", &contract)).await;
    assert!(matches!(second, Outcome::Failed { .. }), "{second:?}");
    assert_eq!(town.books().moved, [("deduction-2".to_owned(), 4250)]);
}

#[tokio::test]
async fn a_household_pays_by_contract_in_its_hours_and_by_code_outside_of_them() {
    let (town, home) = home().await;
    town.books().reserved_in_days = 0;
    let (way, _) = home.payments.enrol("wechat_pay", "home").await.unwrap();
    town.sign(&way.reference);
    let (way, _) = home.payments.ask_about_way(way).await.unwrap();
    assert_eq!(way.state, WayState::Stored);
    // Every story begins at midnight in Beijing.
    let at_night = home.pay(BILL).await;
    assert!(shows_code(&at_night), "{at_night:?}");
    home.clock.forward(8 * 60 * MINUTE_MS);
    let accepted = home.pay(Money::new(3300, Currency::CNY)).await;
    assert_eq!((accepted.status, &accepted.next), (S::Pending, &None), "{accepted:?}");
    let placed = town.books().seen.iter().filter(|seen| seen.ends_with("/apply")).count();
    assert!(town.pay(&accepted.id.to_string()));
    assert_eq!(home.later(10 * MINUTE_MS, &accepted).await.status, S::Succeeded);
    assert_eq!((placed, town.books().moved.len()), (1, 1));
    // What is taken once a day is refused the second time, and that is said.
    let second = home.pay(Money::new(3300, Currency::CNY)).await;
    assert_eq!(second.status, S::Failed, "{second:?}");
    finish(&town, &home, 1).await;
}

#[tokio::test]
async fn credentials_are_checked_without_moving_money() {
    let (town, home) = home().await;
    let answer = home.worker.check_credentials(&*home.gate, CheckRequest {}).await;
    assert!(matches!(&answer, CredentialsAnswer::Accepted { live: Some(false), .. }), "{answer:?}");
    let (_, home) = home_with(|settings| settings["merchant_serial"] = json!("ABCDEF"), true).await;
    let answer = home.worker.check_credentials(&*home.gate, CheckRequest {}).await;
    assert!(matches!(&answer, CredentialsAnswer::Refused { reason } if reason.contains("SIGN_ERROR")), "{answer:?}");
    assert!(town.books().moved.is_empty());
}
