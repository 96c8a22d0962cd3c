//! End to end: the compiled practice plugin in a real worker pays at a practice bank that is served on loopback.

use crate::stage::{Online, PATIENT, library, plugins};
use sayso::plugin_host::WorkerProvider;
use sayso::server::practice_bank::{self, BankError, Options, PracticeBank};
use sayso_plugin_interface::outcome::DeclineCode;
use sayso_plugin_interface::request::Payee;
use sayso_plugin_interface::{
    AdvanceRequest, CancelRequest, Currency, Money, NextStep, Outcome, PayRequest, PaymentProvider as _, QueryAnswer,
    QueryRefundRequest, QueryRequest, RefundOutcome, RefundRequest,
};
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

const AMOUNT: Money = Money::new(4250, Currency::USD);

struct Town {
    bank: PracticeBank,
    stripe: Arc<WorkerProvider>,
    host: Online,
    _directory: tempfile::TempDir,
}

async fn open(books: &Path) -> PracticeBank {
    let options = Options { late: Duration::from_secs(60) };
    practice_bank::serve(books, "127.0.0.1:0".parse().unwrap(), options).await.unwrap()
}

async fn town_with(timeout: Duration) -> Town {
    let directory = tempfile::tempdir().unwrap();
    let bank = open(&directory.path().join("bank.db")).await;
    let configuration = format!(r#"{{"base_url":"{}","provider":"stripe"}}"#, bank.url());
    let stripe = plugins().load(&library("practice_bank"), "stripe", &configuration, PATIENT).await.unwrap();
    Town { bank, stripe, host: Online::new(timeout), _directory: directory }
}

async fn town() -> Town {
    town_with(PATIENT).await
}

fn payment(key: &str, scenario: Option<&str>) -> PayRequest {
    let account = scenario.map(|name| ("practice".to_owned(), name.to_owned())).into_iter().collect();
    PayRequest {
        reference: "r1".into(),
        idempotency_key: key.into(),
        amount: AMOUNT,
        payee: Payee { id: "electricity".into(), name: "City Power".into(), account },
        purpose: "electricity bill".into(),
        authorize_only: false,
        instrument: None,
    }
}

impl Town {
    async fn pay(&self, request: PayRequest) -> Outcome {
        self.stripe.pay(&self.host, request).await
    }

    async fn query(&self) -> QueryAnswer {
        let request = QueryRequest {
            reference: "r1".into(),
            provider_reference: None,
            idempotency_key: "k1".into(),
            sent_ms: None,
            expires_ms: None,
        };
        self.stripe.query(&self.host, request).await
    }

    async fn refund(&self, reference: &str, minor: i64) -> RefundOutcome {
        let request = RefundRequest {
            reference: "r1".into(),
            refund_reference: reference.into(),
            provider_reference: None,
            idempotency_key: format!("key-{reference}"),
            amount: Money::new(minor, Currency::USD),
            paid: AMOUNT,
        };
        self.stripe.refund(&self.host, request).await
    }

    fn charges(&self) -> usize {
        self.bank.charges().unwrap().len()
    }
}

fn found(answer: QueryAnswer) -> Outcome {
    match answer {
        QueryAnswer::Found { outcome } => outcome,
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn pays_once_however_often_the_same_key_comes() {
    let town = town().await;
    assert_eq!(town.query().await, QueryAnswer::NotFound);
    let first = town.pay(payment("k1", None)).await;
    let Outcome::Succeeded { receipt } = &first else { panic!("{first:?}") };
    assert_eq!((receipt.reference.as_str(), receipt.amount), ("r1", AMOUNT));
    assert_eq!(receipt.payee.as_deref(), Some("electricity"));
    assert_eq!(town.pay(payment("k1", None)).await, first);
    assert_eq!(found(town.query().await), first);
    assert_eq!(town.charges(), 1);
    // Another request under the same key is no payment, and leaves the first one in doubt rather than denied.
    let other = PayRequest { amount: Money::new(1, Currency::USD), ..payment("k1", None) };
    assert!(matches!(town.pay(other).await, Outcome::Unknown { .. }));
    assert_eq!(town.charges(), 1);
}

#[tokio::test]
async fn gives_back_a_part_and_the_rest_but_not_more() {
    let town = town().await;
    assert!(matches!(town.refund("f0", 1).await, RefundOutcome::NotFound));
    town.pay(payment("k1", None)).await;
    let first = town.refund("f1", 1250).await;
    assert!(matches!(&first, RefundOutcome::Succeeded { amount, .. } if amount.minor == 1250), "{first:?}");
    assert_eq!(town.refund("f1", 1250).await, first);
    let asked = QueryRefundRequest {
        reference: "r1".into(),
        refund_reference: "f1".into(),
        provider_reference: None,
        payment_provider_reference: None,
    };
    assert_eq!(town.stripe.query_refund(&town.host, asked.clone()).await, first);
    let unheard = QueryRefundRequest { refund_reference: "f9".into(), ..asked };
    assert_eq!(town.stripe.query_refund(&town.host, unheard).await, RefundOutcome::NotFound);
    assert!(matches!(town.refund("f2", 3001).await, RefundOutcome::Failed { .. }));
    assert!(matches!(town.refund("f3", 3000).await, RefundOutcome::Succeeded { .. }));
    assert_eq!(town.bank.charges().unwrap()[0].refunded_minor, 4250);
}

#[tokio::test]
async fn declines_have_their_reasons() {
    let town = town().await;
    let outcome = town.pay(payment("k1", Some("insufficient_funds"))).await;
    assert!(matches!(outcome, Outcome::Failed { code: DeclineCode::InsufficientFunds, .. }), "{outcome:?}");
    assert_eq!(found(town.query().await), outcome);
    let by_amount = PayRequest { amount: Money::new(999_901, Currency::USD), ..payment("k2", None) };
    assert!(matches!(town.pay(by_amount).await, Outcome::Failed { code: DeclineCode::Declined, .. }));
}

#[tokio::test]
async fn what_was_lost_on_the_way_back_is_found_and_not_paid_twice() {
    for scenario in ["hangs_up_after", "error_after", "garbles"] {
        let town = town().await;
        let outcome = town.pay(payment("k1", Some(scenario))).await;
        assert!(matches!(outcome, Outcome::Unknown { .. }), "{scenario}: {outcome:?}");
        assert!(matches!(found(town.query().await), Outcome::Succeeded { .. }), "{scenario}");
        let again = town.pay(payment("k1", Some(scenario))).await;
        assert!(matches!(again, Outcome::Succeeded { .. }), "{scenario}: {again:?}");
        assert_eq!(town.charges(), 1, "{scenario}");
    }
}

#[tokio::test]
async fn an_answer_that_comes_too_late_is_unknown_and_found() {
    let town = town_with(Duration::from_secs(2)).await;
    let outcome = town.pay(payment("k1", Some("answers_late"))).await;
    assert!(matches!(outcome, Outcome::Unknown { .. }), "{outcome:?}");
    assert!(matches!(found(town.query().await), Outcome::Succeeded { .. }));
    assert_eq!(town.charges(), 1);
}

#[tokio::test]
async fn what_never_arrived_is_not_found_and_may_be_sent_again() {
    for scenario in ["hangs_up_before", "error_before", "busy"] {
        let town = town().await;
        let outcome = town.pay(payment("k1", Some(scenario))).await;
        assert!(matches!(outcome, Outcome::Unknown { .. } | Outcome::NotSent { .. }), "{scenario}: {outcome:?}");
        assert_eq!((town.query().await, town.charges()), (QueryAnswer::NotFound, 0), "{scenario}");
        assert!(matches!(town.pay(payment("k1", Some(scenario))).await, Outcome::Succeeded { .. }), "{scenario}");
        assert_eq!(town.charges(), 1);
    }
}

#[tokio::test]
async fn pending_settles_or_stays() {
    let town = town().await;
    assert!(matches!(town.pay(payment("k1", Some("settles"))).await, Outcome::Pending { .. }));
    assert!(matches!(found(town.query().await), Outcome::Pending { .. }));
    assert!(matches!(found(town.query().await), Outcome::Succeeded { .. }));
    for scenario in ["stays_pending", "unheard_of_status"] {
        let town = self::town().await;
        town.pay(payment("k1", Some(scenario))).await;
        for _ in 0..3 {
            assert!(matches!(found(town.query().await), Outcome::Pending { .. }), "{scenario}");
        }
    }
}

#[tokio::test]
async fn a_wrong_amount_is_reported_as_it_is() {
    let town = town().await;
    let outcome = town.pay(payment("k1", Some("wrong_amount"))).await;
    assert!(matches!(&outcome, Outcome::Succeeded { receipt } if receipt.amount.minor == 4251), "{outcome:?}");
}

#[tokio::test]
async fn goes_on_after_the_person_acted() {
    let town = town().await;
    let outcome = town.pay(payment("k1", Some("needs_link"))).await;
    let Outcome::ActionRequired { next: NextStep::Link { .. }, provider_reference: Some(id), .. } = outcome else {
        panic!("{outcome:?}")
    };
    let advance = || AdvanceRequest {
        reference: "r1".into(),
        provider_reference: Some(id.clone()),
        idempotency_key: "k2".into(),
        amount: AMOUNT,
    };
    let early = town.stripe.advance(&town.host, advance()).await;
    assert!(matches!(early, Outcome::ActionRequired { .. }), "{early:?}");
    let approved = format!("{}/v1/stripe/charges/{id}/approve", town.bank.url());
    assert!(town.host.0.post(approved).send().await.unwrap().status().is_success());
    assert!(matches!(town.stripe.advance(&town.host, advance()).await, Outcome::Succeeded { .. }));
}

#[tokio::test]
async fn reserves_first_and_captures_or_cancels_later() {
    let town = town().await;
    let reserved = PayRequest { authorize_only: true, ..payment("k1", None) };
    assert!(matches!(town.pay(reserved).await, Outcome::Authorized { .. }));
    let cancel =
        |key: &str| CancelRequest { reference: "r1".into(), provider_reference: None, idempotency_key: key.into() };
    let advance = AdvanceRequest {
        reference: "r1".into(),
        provider_reference: None,
        idempotency_key: "k2".into(),
        amount: AMOUNT,
    };
    assert!(matches!(town.stripe.advance(&town.host, advance.clone()).await, Outcome::Succeeded { .. }));
    assert!(matches!(town.stripe.advance(&town.host, advance).await, Outcome::Succeeded { .. }));
    // Too late: the bank says what became of it, and that is what counts.
    assert!(matches!(town.stripe.cancel(&town.host, cancel("k3")).await, Outcome::Succeeded { .. }));

    let town = self::town().await;
    town.pay(PayRequest { authorize_only: true, ..payment("k1", None) }).await;
    let canceled = town.stripe.cancel(&town.host, cancel("k3")).await;
    assert!(matches!(canceled, Outcome::Failed { code: DeclineCode::Canceled, .. }), "{canceled:?}");
}

#[tokio::test]
async fn the_books_survive_a_restart_and_keep_providers_apart() {
    let directory = tempfile::tempdir().unwrap();
    let books = directory.path().join("bank.db");
    let bank = open(&books).await;
    let client = reqwest::Client::builder().no_proxy().build().unwrap();
    let body = r#"{"reference":"r1","amount_minor":100,"currency":"CNY","payee":"water"}"#;
    let charge = |url: String, provider: &str| {
        client.post(format!("{url}/v1/{provider}/charges")).header("idempotency-key", "k1").body(body).send()
    };
    assert_eq!(charge(bank.url(), "alipay").await.unwrap().status(), 201);
    bank.shutdown().await;
    let bank = open(&books).await;
    assert_eq!(charge(bank.url(), "alipay").await.unwrap().status(), 201);
    assert_eq!(charge(bank.url(), "wechat_pay").await.unwrap().status(), 201);
    let charges = bank.charges().unwrap();
    let providers: Vec<_> = charges.iter().map(|charge| charge.provider.as_str()).collect();
    assert_eq!(providers, ["alipay", "wechat_pay"]);
}

#[tokio::test]
async fn an_unreachable_bank_was_not_paid() {
    let town = town().await;
    let Town { bank, stripe, host, _directory } = town;
    bank.shutdown().await;
    let outcome = stripe.pay(&host, payment("k1", None)).await;
    assert!(matches!(outcome, Outcome::NotSent { .. }), "{outcome:?}");
}

#[tokio::test]
async fn the_bank_listens_on_loopback_only_and_names_bad_books() {
    let directory = tempfile::tempdir().unwrap();
    let books = directory.path().join("bank.db");
    let anywhere = practice_bank::serve(&books, "0.0.0.0:0".parse().unwrap(), Options::default()).await;
    assert!(matches!(anywhere, Err(BankError::NotLoopback(_))));
    std::fs::write(&books, "this is no database, and it is long enough to be seen as none".repeat(20)).unwrap();
    let broken = practice_bank::serve(&books, "127.0.0.1:0".parse().unwrap(), Options::default()).await;
    assert!(broken.err().unwrap().to_string().contains("bank.db"));
}

#[tokio::test]
async fn the_bank_refuses_what_is_malformed() {
    let town = town().await;
    let post = |key: Option<&str>, body: &str| {
        let request = town.host.0.post(format!("{}/v1/stripe/charges", town.bank.url())).body(body.to_owned());
        let request = if let Some(key) = key { request.header("idempotency-key", key) } else { request };
        async { request.send().await.unwrap().status().as_u16() }
    };
    let good = r#"{"reference":"r1","amount_minor":100,"currency":"USD","payee":"water"}"#;
    assert_eq!(post(None, good).await, 400);
    for body in [
        "",
        "{}",
        &good.replace("100", "0"),
        &good.replace("100", "-5"),
        &good.replace("100", "1.5"),
        &good.replace("USD", "XXX"),
        &good.replace("r1", "r 1"),
        &good.replace("water", ""),
        &good.replace('}', r#","scenario":"earthquake"}"#),
    ] {
        assert_eq!(post(Some("k1"), body).await, 400, "{body}");
    }
    assert_eq!((post(Some("k1"), good).await, town.charges()), (201, 1));
    assert_eq!(post(Some("k1"), &good.replace("100", "101")).await, 422);
}
