//! Notifications that come in: repeated, early, late, forged, for another provider, and while the disk is full.

use crate::bank::{Mood, notification};
use crate::hands::NoHands;
use crate::world::{Failing, World, reload, usd};
use sayso::ledger::PaymentStatus as S;
use sayso::payments::{EventFate, EventStore as _, Payments, WebhookError};
use sayso_plugin_interface::request::WebhookRequest;
use sayso_plugin_interface::{Outcome, Receipt};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

const DAY_MS: i64 = 24 * 60 * 60 * 1000;

/// A payment that the bank is still at, and what the bank will say when it is through.
async fn at_it(world: &World, payments: &Payments) -> (sayso::payments::PaymentView, Outcome) {
    world.bank.next([Mood::Waits]);
    let view = payments.pay(world.consent(usd(100))).await.unwrap();
    assert_eq!(view.status, S::Pending);
    world.bank.finish();
    let receipt =
        Receipt { reference: view.id.to_string(), provider_reference: "ch_1".into(), amount: usd(100), payee: None };
    (view, Outcome::Succeeded { receipt })
}

#[tokio::test]
async fn a_genuine_one_is_kept_taken_and_acknowledged_once() {
    let world = World::new();
    let payments = world.start();
    let (view, paid) = at_it(&world, &payments).await;
    let request = notification("evt_1", Some(view.id.as_str()), Some(paid));
    let first = payments.notified("stripe", request.clone()).await.unwrap();
    assert_eq!((first.answer.status, first.repeated), (202, false));
    assert_eq!(first.payment.unwrap().status, S::Succeeded);
    let again = payments.notified("stripe", request).await.unwrap();
    assert_eq!((again.answer.status, again.repeated, again.payment), (202, true, None));
    assert_eq!(world.store().notices(100).await.unwrap().len(), 3, "told once, not twice");
    world.check(&payments).await;
}

#[tokio::test]
async fn one_without_an_outcome_makes_us_ask() {
    let world = World::new();
    let payments = world.start();
    let (view, _) = at_it(&world, &payments).await;
    let taken = payments.notified("stripe", notification("evt_1", Some(view.id.as_str()), None)).await.unwrap();
    assert_eq!(taken.payment.unwrap().status, S::Succeeded);
    world.check(&payments).await;
}

#[tokio::test]
async fn one_that_is_forged_or_for_nobody_changes_nothing() {
    let world = World::new();
    let payments = world.start();
    let (view, paid) = at_it(&world, &payments).await;
    let mut forged = notification("evt_1", Some(view.id.as_str()), Some(paid.clone()));
    forged.headers.clear();
    let refused = payments.notified("stripe", forged).await.unwrap_err();
    assert!(matches!(refused, WebhookError::Refused(_)), "{refused}");
    let broken = WebhookRequest { headers: Vec::new(), body: "\u{0}".into() };
    assert!(payments.notified("stripe", broken).await.is_err());
    let unknown = payments.notified("nobody", notification("evt_1", None, None)).await.unwrap_err();
    assert!(matches!(unknown, WebhookError::UnknownProvider(_)), "{unknown}");
    let nameless = payments.notified("stripe", notification("", Some(view.id.as_str()), Some(paid))).await.unwrap_err();
    assert!(matches!(nameless, WebhookError::Refused(_)), "{nameless}");
    assert_eq!(reload(&payments, &view).await.status, S::Pending);
    assert_eq!(world.store().waiting_events(10).await.unwrap(), []);
}

#[tokio::test]
async fn a_wrong_amount_is_an_alarm_and_no_success() {
    let world = World::new();
    let payments = world.start();
    let (view, paid) = at_it(&world, &payments).await;
    let Outcome::Succeeded { mut receipt } = paid else { panic!() };
    receipt.amount = usd(101);
    let request = notification("evt_1", Some(view.id.as_str()), Some(Outcome::Succeeded { receipt }));
    let after = payments.notified("stripe", request).await.unwrap().payment.unwrap();
    assert!(after.status != S::Succeeded && !after.status.is_open(), "{}", after.status);
}

#[tokio::test]
async fn another_provider_cannot_speak_of_it() {
    let world = World::new();
    let mut providers = world.providers();
    providers.add("paypal", world.bank.clone(), Arc::new(NoHands));
    let payments =
        Payments::new(Arc::new(world.store()), providers, world.settings.clone()).with_clock(world.clock.clone());
    let (view, paid) = at_it(&world, &payments).await;
    let foreign = notification("evt_1", Some(view.id.as_str()), Some(paid));
    let taken = payments.notified("paypal", foreign).await.unwrap();
    assert_eq!(taken.payment, None);
    assert_eq!(reload(&payments, &view).await.status, S::Pending);
    assert_eq!(world.store().waiting_events(10).await.unwrap(), [], "it is settled as {}", EventFate::Foreign);
}

#[tokio::test]
async fn what_comes_before_its_payment_waits_for_it_but_not_for_ever() {
    let world = World::new();
    let payments = world.start();
    let stranger = sayso::ledger::PaymentId::new(1_700_000_000_000, [7; 10]);
    let early = notification("evt_early", Some(stranger.as_str()), None);
    assert_eq!(payments.notified("stripe", early).await.unwrap().payment, None);
    payments.recover().await.unwrap();
    assert_eq!(world.store().waiting_events(10).await.unwrap().len(), 1);
    world.clock.forward(8 * DAY_MS);
    payments.recover().await.unwrap();
    assert_eq!(world.store().waiting_events(10).await.unwrap(), []);
}

#[tokio::test]
async fn what_cannot_be_taken_now_is_taken_by_recovery() {
    let world = World::new();
    let payments = world.start();
    let (view, paid) = at_it(&world, &payments).await;
    // Another process is acting on the payment at that moment.
    let other = world.store();
    let until = world.settings.deadline_ms as i64 + 1_800_000_000_000;
    use sayso::payments::PaymentStore as _;
    assert!(other.claim(&view.id, 1_700_000_000_000, until).await.unwrap().is_some());
    let request = notification("evt_1", Some(view.id.as_str()), Some(paid));
    assert_eq!(payments.notified("stripe", request).await.unwrap().payment, None);
    other.release(&view.id).await.unwrap();
    let report = payments.recover().await.unwrap();
    assert_eq!(report.changed.iter().map(|view| view.status).collect::<Vec<_>>(), [S::Succeeded]);
    world.check(&payments).await;
}

#[tokio::test]
async fn on_a_full_disk_it_is_not_acknowledged_and_may_come_again() {
    let world = World::new();
    let fails = Arc::new(AtomicBool::new(false));
    let payments = world.start_on(Failing { store: world.store(), fails: fails.clone() });
    let (view, paid) = at_it(&world, &payments).await;
    let request = notification("evt_1", Some(view.id.as_str()), Some(paid));
    fails.store(true, Ordering::SeqCst);
    let refused = payments.notified("stripe", request.clone()).await.unwrap_err();
    assert!(matches!(refused, WebhookError::Store(_)), "{refused}");
    fails.store(false, Ordering::SeqCst);
    assert!(!payments.notified("stripe", request).await.unwrap().repeated);
    assert_eq!(reload(&payments, &view).await.status, S::Succeeded);
    world.check(&payments).await;
}
