//! Every state from which a payment must be brought on, and the bounds of doing so.

use crate::bank::{Mood, Stands};
use crate::world::{Failing, World, reload, usd};
use sayso::ledger::PaymentStatus as S;
use sayso::payments::{PayError, Step};
use sayso_plugin_interface::Outcome;
use sayso_plugin_interface::outcome::DeclineCode;
use sayso_plugin_interface::{Receipt, RetryAdvice};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

const HOUR_MS: i64 = 60 * 60 * 1000;

#[tokio::test]
async fn a_lost_answer_is_found_by_asking_and_nothing_is_sent_again() {
    let world = World::new();
    let payments = world.start();
    world.bank.next([Mood::LosesAnswer]);
    let view = payments.pay(world.consent(usd(100))).await.unwrap();
    drop(payments);
    let payments = world.start();
    let report = payments.recover().await.unwrap();
    assert_eq!(report.changed.iter().map(|view| view.status).collect::<Vec<_>>(), [S::Succeeded]);
    assert_eq!(reload(&payments, &view).await.status, S::Succeeded);
    assert_eq!(world.bank.asks().len(), 1);
    assert_eq!(payments.recover().await.unwrap().looked_at, 0, "what is at its end is left alone");
    world.check(&payments).await;
}

#[tokio::test]
async fn a_lost_request_is_sent_again_with_the_same_key_but_only_after_the_grace() {
    let world = World::new();
    let payments = world.start();
    world.bank.next([Mood::LosesRequest]);
    let view = payments.pay(world.consent(usd(100))).await.unwrap();
    let report = payments.recover().await.unwrap();
    assert_eq!((report.changed.len(), report.waiting.len()), (0, 1));
    assert_eq!(world.bank.asks().len(), 1, "within the grace it may still be on its way");
    world.clock.forward(world.settings.grace_ms + 1);
    payments.recover().await.unwrap();
    assert_eq!(reload(&payments, &view).await.status, S::Succeeded);
    let asks = world.bank.asks();
    assert_eq!(asks.len(), 2);
    assert_eq!(asks[0], asks[1], "the same to the letter");
    world.check(&payments).await;
}

#[tokio::test]
async fn after_the_life_of_the_key_a_person_has_to_look() {
    let world = World::new();
    world.bank.declare(|capabilities| capabilities.idempotency_key_life_ms = Some(HOUR_MS.unsigned_abs()));
    let payments = world.start();
    world.bank.next([Mood::LosesRequest]);
    let view = payments.pay(world.consent(usd(100))).await.unwrap();
    world.clock.forward(HOUR_MS - 10_000);
    payments.recover().await.unwrap();
    assert_eq!(reload(&payments, &view).await.status, S::ManualReview, "it could arrive when the key is gone");
    assert_eq!(world.bank.asks().len(), 1);
    let resolved = payments.resolve(&view.id, false, "not on the statement").await.unwrap();
    assert_eq!(resolved.status, S::Failed);
    world.check(&payments).await;
}

#[tokio::test]
async fn sending_again_has_an_end() {
    let world = World::new();
    let payments = world.start();
    world.bank.next(vec![Mood::LosesRequest; 50]);
    let view = payments.pay(world.consent(usd(100))).await.unwrap();
    for _ in 0..20 {
        world.clock.forward(world.settings.grace_ms + 1);
        payments.recover().await.unwrap();
    }
    assert_eq!(reload(&payments, &view).await.status, S::ManualReview);
    assert_eq!(world.bank.asks().len(), 1 + world.settings.resends_max as usize);
    let keys: std::collections::HashSet<_> = world.bank.asks().into_iter().map(|ask| ask.idempotency_key).collect();
    assert_eq!(keys.len(), 1, "never a new key");
    world.check(&payments).await;
}

#[tokio::test]
async fn what_a_second_sending_cannot_know_stays_unknown() {
    let doubts =
        [Mood::NotSent, Mood::Declines(DeclineCode::Configuration)].map(|mood| [Mood::LosesRequest, mood, Mood::Good]);
    for moods in doubts {
        let world = World::new();
        let payments = world.start();
        world.bank.next(moods.clone());
        let view = payments.pay(world.consent(usd(100))).await.unwrap();
        world.clock.forward(world.settings.grace_ms + 1);
        // The doubtful answer is not kept by the bank, so that asking finds nothing.
        world.bank.next_questions([Mood::Forgets]);
        payments.recover().await.unwrap();
        assert_eq!(reload(&payments, &view).await.status, S::Unknown, "{moods:?}");
        world.check(&payments).await;
    }
}

#[tokio::test]
async fn while_the_provider_cannot_be_asked_it_waits_longer_and_longer_and_then_a_person_looks() {
    let world = World::new();
    let payments = world.start();
    world.bank.next([Mood::LosesAnswer]);
    world.bank.next_questions(vec![Mood::Unreachable; 10_000]);
    let view = payments.pay(world.consent(usd(100))).await.unwrap();
    let mut asked = Vec::new();
    for _ in 0..400 {
        world.clock.forward(10_000);
        asked.push(payments.recover_due().await.unwrap().looked_at);
    }
    let early: usize = asked[..40].iter().sum();
    let late: usize = asked[360..].iter().sum();
    assert!(early > late && late >= 1, "{early} then {late} questions");
    assert_eq!(world.bank.asks().len(), 1, "who cannot be asked is not sent to either");
    world.clock.forward(world.settings.review_after_ms);
    payments.recover().await.unwrap();
    assert_eq!(reload(&payments, &view).await.status, S::ManualReview);
    world.check(&payments).await;
}

#[tokio::test]
async fn pending_and_waiting_for_the_person_are_asked_about_until_they_end() {
    for mood in [Mood::Waits, Mood::WantsAction] {
        let world = World::new();
        let payments = world.start();
        world.bank.next([mood.clone()]);
        let view = payments.pay(world.consent(usd(100))).await.unwrap();
        payments.recover().await.unwrap();
        assert_eq!(reload(&payments, &view).await.status, view.status, "{mood:?}");
        world.bank.finish();
        payments.recover().await.unwrap();
        let after = reload(&payments, &view).await;
        assert_eq!((after.status, after.next), (S::Succeeded, None), "{mood:?}");
        world.check(&payments).await;
    }
}

#[tokio::test]
async fn what_a_provider_knew_and_forgot_is_never_sent_again() {
    let world = World::new();
    let payments = world.start();
    world.bank.next([Mood::Waits]);
    let view = payments.pay(world.consent(usd(100))).await.unwrap();
    world.clock.forward(HOUR_MS);
    world.bank.next_questions([Mood::Forgets]);
    payments.recover().await.unwrap();
    assert_eq!(reload(&payments, &view).await.status, S::ManualReview);
    assert_eq!(world.bank.asks().len(), 1);
    world.check(&payments).await;
}

#[tokio::test]
async fn late_repeated_and_contradicting_news_do_no_harm() {
    let world = World::new();
    let payments = world.start();
    let view = payments.pay(world.consent(usd(100))).await.unwrap();
    let receipt = Receipt {
        reference: world.bank.asks()[0].reference.clone(),
        provider_reference: format!("bank-{}", world.bank.asks()[0].reference),
        amount: usd(100),
        payee: None,
    };
    let success = Outcome::Succeeded { receipt: receipt.clone() };
    let pending = Outcome::Pending { poll_after_ms: 1, deadline_ms: None, provider_reference: None };
    let decline = Outcome::Failed { code: DeclineCode::Declined, provider_code: None, retry: RetryAdvice::Never };
    for news in [success.clone(), pending, Outcome::Authorized { receipt }, success, decline] {
        let heard = payments.heard(&view.id, news.clone()).await.unwrap().unwrap();
        assert_eq!((heard.status, heard.refunded), (S::Succeeded, usd(0)), "{news:?}");
    }
    let kept = reload(&payments, &view).await;
    assert!(kept.note.unwrap().contains("now says"), "that the provider contradicted itself is written down");
    let report = payments.verify().await.unwrap();
    assert_eq!(report.postings, 4, "posted once");
    world.check(&payments).await;
}

#[tokio::test]
async fn a_success_that_is_heard_while_nobody_could_tell_settles_it() {
    let world = World::new();
    let payments = world.start();
    world.bank.next([Mood::LosesAnswer]);
    let view = payments.pay(world.consent(usd(100))).await.unwrap();
    let receipt = Receipt {
        reference: world.bank.asks()[0].reference.clone(),
        provider_reference: "b".into(),
        amount: usd(100),
        payee: None,
    };
    let heard = payments.heard(&view.id, Outcome::Succeeded { receipt }).await.unwrap().unwrap();
    assert_eq!(heard.status, S::Succeeded);
    assert_eq!(payments.recover().await.unwrap().looked_at, 0);
    world.check(&payments).await;
}

#[tokio::test]
async fn a_provider_that_is_no_longer_configured_is_named() {
    let world = World::new();
    let payments = world.start();
    world.bank.next([Mood::LosesAnswer]);
    payments.pay(world.consent(usd(100))).await.unwrap();
    drop(payments);
    let store = std::sync::Arc::new(world.store());
    let without = sayso::payments::Payments::new(store, Default::default(), world.settings.clone());
    let report = without.recover().await.unwrap();
    assert!(report.problems.iter().any(|problem| problem.contains("stripe")), "{:?}", report.problems);
    assert_eq!(report.waiting.len(), 1, "it still waits");
}

#[tokio::test]
async fn a_clock_that_went_back_never_sends_again_early() {
    let world = World::new();
    let payments = world.start();
    world.bank.next([Mood::LosesRequest]);
    let view = payments.pay(world.consent(usd(100))).await.unwrap();
    world.clock.forward(-30 * 24 * HOUR_MS);
    payments.recover().await.unwrap();
    assert_eq!(world.bank.asks().len(), 1);
    assert_eq!(reload(&payments, &view).await.status, S::Unknown);
    world.clock.forward(30 * 24 * HOUR_MS + world.settings.grace_ms + 1);
    payments.recover_due().await.unwrap();
    assert_eq!(reload(&payments, &view).await.status, S::Succeeded);
    world.check(&payments).await;
}

#[tokio::test]
async fn an_interruption_is_brought_to_its_end_from_wherever_the_bank_stands() {
    let ends = [
        (Some(Stands::Paid), S::Succeeded),
        (Some(Stands::Held), S::Succeeded),
        (Some(Stands::AtIt), S::Pending),
        (Some(Stands::WaitsForPerson), S::ActionRequired),
        (Some(Stands::Declined(DeclineCode::Blocked)), S::Failed),
        (Some(Stands::Canceled), S::Canceled),
        (None, S::Succeeded),
    ];
    for (stands, status) in ends {
        let mut world = World::new();
        world.settings.grace_ms = 0;
        // The disk is gone between the commit and the outcome: as after a loss of power, it says `dispatching`.
        let gone = Arc::new(AtomicBool::new(false));
        let failing = Failing { store: world.store(), fails: gone.clone() };
        let observer = move |step| gone.store(step != Step::Checked, Ordering::SeqCst);
        let payments = world.start_on(failing).with_observer(Arc::new(observer));
        world.bank.next([if stands.is_some() { Mood::LosesAnswer } else { Mood::LosesRequest }]);
        let paid = payments.pay(world.consent(usd(100))).await;
        assert!(matches!(paid, Err(PayError::Unrecorded { .. })), "what is not written down is not known: {paid:?}");
        drop(payments);
        if let Some(stands) = &stands {
            let mut books = world.bank.books.lock().unwrap();
            for charge in books.charges.values_mut() {
                charge.stands = stands.clone();
                charge.moved = u32::from(*stands == Stands::Paid);
            }
        }
        let payments = world.start();
        let before = payments.list(&Default::default()).await.unwrap();
        assert_eq!(before[0].status, S::Dispatching);
        payments.recover().await.unwrap();
        assert_eq!(reload(&payments, &before[0]).await.status, status, "{stands:?}");
        world.check(&payments).await;
    }
}
