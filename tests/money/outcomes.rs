//! What one payment becomes, for every way in which a provider can answer or fail to.

use crate::bank::{Misreport, Mood};
use crate::world::{World, proposal, usd};
use sayso::consent::Objection;
use sayso::ledger::PaymentStatus as S;
use sayso::payments::{PayError, Settings};
use sayso_plugin_interface::outcome::DeclineCode;
use sayso_plugin_interface::{Currency, Money, NextStep};

#[tokio::test]
async fn what_was_agreed_to_is_paid_once_and_posted() {
    let world = World::new();
    let payments = world.start();
    let view = payments.pay(world.consent(usd(4250))).await.unwrap();
    assert_eq!((view.status, view.amount, view.payee.as_str()), (S::Succeeded, usd(4250), "electricity"));
    let json = serde_json::to_value(&view).unwrap();
    assert_eq!(json["amount"], serde_json::json!({"minor": 4250, "currency": "USD"}));
    assert_eq!(json["status"], "succeeded");
    let report = payments.verify().await.unwrap();
    let balance = |name: &str| report.balances.iter().find(|(account, _)| account == name).map(|(_, sum)| sum.minor);
    assert_eq!(balance("household:cash"), Some(-4250));
    assert_eq!(balance("payee:electricity"), Some(4250));
    assert_eq!(balance("clearing:stripe"), Some(0));
    world.check(&payments).await;
}

#[tokio::test]
async fn only_what_is_explicit_is_certain() {
    let cases = [
        (Mood::Good, S::Succeeded),
        (Mood::LosesAnswer, S::Unknown),
        (Mood::LosesRequest, S::Unknown),
        (Mood::HangsAfter, S::Unknown),
        (Mood::HangsBefore, S::Unknown),
        (Mood::Panics, S::Unknown),
        (Mood::NotSent, S::NotSent),
        (Mood::Declines(DeclineCode::InsufficientFunds), S::Failed),
        (Mood::Declines(DeclineCode::Canceled), S::Canceled),
        (Mood::Authorizes, S::Succeeded),
        (Mood::WantsAction, S::ActionRequired),
        (Mood::Waits, S::Pending),
    ];
    for (mood, status) in cases {
        let mut world = World::new();
        if matches!(mood, Mood::HangsAfter | Mood::HangsBefore) {
            world.settings.deadline_ms = 40;
        }
        let payments = world.start();
        world.bank.next([mood.clone()]);
        let view = payments.pay(world.consent(usd(100))).await.unwrap();
        assert_eq!(view.status, status, "{mood:?}");
        assert_eq!(view.next.is_some(), status == S::ActionRequired, "{mood:?}");
        assert_eq!(view.decline.is_some(), matches!(status, S::Failed | S::Canceled), "{mood:?}");
        world.check(&payments).await;
    }
}

#[tokio::test]
async fn the_person_is_told_what_to_do_and_why_it_failed() {
    let world = World::new();
    let payments = world.start();
    world.bank.next([Mood::WantsAction, Mood::Declines(DeclineCode::Expired)]);
    let waits = payments.pay(world.consent(usd(100))).await.unwrap();
    assert!(matches!(waits.next, Some(NextStep::Link { .. })));
    let failed = payments.pay(world.consent(usd(100))).await.unwrap();
    assert_eq!(failed.decline, Some(DeclineCode::Expired));
}

#[tokio::test]
async fn a_receipt_that_says_something_else_is_an_alarm_and_no_success() {
    let changes: [Mood; 4] = [
        Mood::Misreports(Misreport(|receipt| receipt.amount.minor += 1)),
        Mood::Misreports(Misreport(|receipt| receipt.amount.currency = Currency::CNY)),
        Mood::Misreports(Misreport(|receipt| receipt.payee = Some("mallory".into()))),
        Mood::Misreports(Misreport(|receipt| receipt.reference.push('X'))),
    ];
    for mood in changes {
        let world = World::new();
        let payments = world.start();
        world.bank.next([mood]);
        let view = payments.pay(world.consent(usd(100))).await.unwrap();
        assert_eq!(view.status, S::IntegrityAlarm);
        assert!(view.note.unwrap().contains("instead of"));
        assert!(payments.verify().await.unwrap().balances.is_empty(), "nothing is posted of what was not agreed");
        payments.recover().await.unwrap();
        assert_eq!(payments.get(&view.id).await.unwrap().unwrap().status, S::IntegrityAlarm, "a person has to look");
        let resolved = payments.resolve(&view.id, true, "the statement shows 1.00 USD to City Power").await.unwrap();
        assert_eq!(resolved.status, S::Succeeded);
        world.check(&payments).await;
    }
}

#[tokio::test]
async fn a_receipt_without_a_payee_is_compared_by_the_rest() {
    let world = World::new();
    let payments = world.start();
    world.bank.next([Mood::Misreports(Misreport(|receipt| receipt.payee = None))]);
    assert_eq!(payments.pay(world.consent(usd(100))).await.unwrap().status, S::Succeeded);
}

#[tokio::test]
async fn a_consent_is_spent_once_whatever_happened_to_the_first() {
    for mood in [Mood::Good, Mood::LosesAnswer, Mood::Declines(DeclineCode::Declined)] {
        let world = World::new();
        let payments = world.start();
        world.bank.next([mood]);
        let read_at = sayso::payments::Clock::now_ms(&*world.clock);
        let first = payments.pay(world.consent_at(proposal(usd(100)), read_at)).await.unwrap();
        world.clock.forward(5_000);
        // A conversation that was resumed from before the answer says yes to the same read-back once more.
        let again = payments.pay(world.consent_at(proposal(usd(100)), read_at)).await;
        assert!(matches!(again, Err(PayError::ConsentUsed { payment }) if payment == first.id));
        assert_eq!(world.bank.asks().len(), 1);
        let another = payments.pay(world.consent(usd(100))).await.unwrap();
        assert_eq!(another.status, S::Succeeded, "an equal bill, read back anew, can be paid");
        world.check(&payments).await;
    }
}

#[tokio::test]
async fn a_stale_consent_pays_nothing() {
    let world = World::new();
    let payments = world.start();
    let consent = world.consent(usd(100));
    world.clock.forward(3 * 60 * 1000);
    assert!(matches!(payments.pay(consent).await, Err(PayError::Consent(_))));
    assert!(world.bank.asks().is_empty());
}

#[tokio::test]
async fn what_the_provider_does_not_offer_is_refused_before_it_is_asked() {
    let world = World::new();
    world.bank.declare(|capabilities| {
        capabilities.currencies = vec![Currency::USD];
        capabilities.limits = vec![usd(1_000)];
    });
    let payments = world.start();
    let yuan = payments.pay(world.consent(Money::new(100, Currency::CNY))).await.unwrap_err().to_string();
    assert!(yuan.contains("CNY"), "{yuan}");
    let much = payments.pay(world.consent(usd(1_001))).await.unwrap_err().to_string();
    assert!(much.contains("10.00 USD"), "{much}");
    assert!(matches!(payments.pay(world.consent(usd(0))).await, Err(PayError::NotAnAmount(_))));
    assert!(matches!(payments.pay(world.consent(usd(-5))).await, Err(PayError::NotAnAmount(_))));
    let mut elsewhere = proposal(usd(5));
    elsewhere.provider = "paypal".into();
    let now = sayso::payments::Clock::now_ms(&*world.clock);
    let unknown = payments.pay(world.consent_at(elsewhere, now)).await.unwrap_err().to_string();
    assert!(unknown.contains("paypal") && unknown.contains("stripe"), "{unknown}");
    assert!(world.bank.asks().is_empty());
    assert!(payments.list(&Default::default()).await.unwrap().is_empty(), "nothing was begun");
}

#[tokio::test]
async fn the_households_limits_hold_over_a_sliding_day_and_count_what_may_have_moved() {
    let mut world = World::new();
    world.settings = Settings::default();
    world.settings.limits.per_payment = vec![usd(500)];
    world.settings.limits.per_day = vec![usd(1_000)];
    let payments = world.start();
    assert!(matches!(payments.pay(world.consent(usd(501))).await, Err(PayError::Limited(_))));
    world.bank.next([Mood::LosesAnswer, Mood::Declines(DeclineCode::Declined)]);
    assert_eq!(payments.pay(world.consent(usd(500))).await.unwrap().status, S::Unknown);
    assert_eq!(payments.pay(world.consent(usd(500))).await.unwrap().status, S::Failed);
    assert_eq!(payments.pay(world.consent(usd(500))).await.unwrap().status, S::Succeeded, "what failed is not spent");
    match payments.pay(world.consent(usd(1))).await {
        Err(PayError::Limited(Objection::AboveWindow { spent, limit, .. })) => {
            assert_eq!((spent, limit), (usd(1_000), usd(1_000)));
        }
        other => panic!("{other:?}"),
    }
    let yuan = payments.pay(world.consent(Money::new(90_000, Currency::CNY))).await;
    assert!(yuan.is_ok(), "a limit holds for its currency alone");
    world.clock.forward(24 * 60 * 60 * 1000 + 1);
    assert!(payments.pay(world.consent(usd(500))).await.is_ok());
    world.check(&payments).await;
}

#[tokio::test]
async fn references_and_keys_keep_to_the_providers_rules() {
    for length in [16, 20, 32, 64] {
        let world = World::new();
        world.bank.declare(|capabilities| capabilities.reference_length_max = length);
        let payments = world.start();
        for _ in 0..3 {
            payments.pay(world.consent(usd(100))).await.unwrap();
        }
        for ask in world.bank.asks() {
            for text in [&ask.reference, &ask.idempotency_key] {
                assert!(text.len() <= length && text.bytes().all(|byte| byte.is_ascii_alphanumeric()), "{text}");
            }
        }
        world.check(&payments).await;
    }
    let world = World::new();
    world.bank.declare(|capabilities| capabilities.reference_length_max = 12);
    let refused = world.start().pay(world.consent(usd(100))).await;
    assert!(matches!(refused, Err(PayError::NotOffered { .. })));
}

#[tokio::test]
async fn a_caller_who_stops_waiting_does_not_stop_the_payment() {
    let world = World::new();
    let payments = world.start();
    {
        let pay = payments.pay(world.consent(usd(100)));
        tokio::pin!(pay);
        // Long enough to begin: waits until the bank was asked, then lets go.
        while world.bank.asks().is_empty() {
            let _ = futures_poll(&mut pay).await;
        }
    }
    loop {
        let all = payments.list(&Default::default()).await.unwrap();
        if all.first().is_some_and(|view| view.status == S::Succeeded) {
            break;
        }
        tokio::task::yield_now().await;
    }
    world.check(&payments).await;
}

/// Polls once, and lets others run.
async fn futures_poll<F: Future>(future: &mut std::pin::Pin<&mut F>) -> Option<F::Output> {
    let polled = std::future::poll_fn(|context| {
        std::task::Poll::Ready(match future.as_mut().poll(context) {
            std::task::Poll::Ready(value) => Some(value),
            std::task::Poll::Pending => None,
        })
    })
    .await;
    tokio::task::yield_now().await;
    polled
}
