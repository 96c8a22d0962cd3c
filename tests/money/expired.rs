//! What the person was to approve and did not in time: it is called off at the provider, and what was paid all the same is
//! told as paid where that was in time, and given back where it was not.

use crate::bank::{Mood, Stands};
use crate::world::{World, reload, usd};
use sayso::ledger::PaymentStatus as S;
use sayso::payments::{Clock as _, PaymentView, Payments, news::News};
use sayso_plugin_interface::outcome::DeclineCode;

const HOUR_MS: i64 = 60 * 60 * 1000;

/// A payment that waits for the person, who has an hour.
async fn waiting(world: &World) -> (Payments, PaymentView) {
    let payments = world.start();
    world.bank.books.lock().unwrap().expires_ms = Some(world.clock.now_ms() + HOUR_MS);
    world.bank.next([Mood::WantsAction]);
    let view = payments.pay(world.consent(usd(100))).await.unwrap();
    assert_eq!(view.status, S::ActionRequired);
    (payments, view)
}

fn cancels(world: &World) -> usize {
    world.bank.books.lock().unwrap().cancels.len()
}

#[tokio::test]
async fn what_nobody_approved_in_time_is_cancelled_at_the_provider_and_told_as_that() {
    let world = World::new();
    let (payments, view) = waiting(&world).await;
    payments.told(&view).await.unwrap();
    world.clock.forward(HOUR_MS - 1);
    payments.recover().await.unwrap();
    assert_eq!((reload(&payments, &view).await.status, cancels(&world)), (S::ActionRequired, 0), "there is time left");
    world.clock.forward(world.settings.grace_ms + 2);
    payments.recover().await.unwrap();
    let after = reload(&payments, &view).await;
    assert_eq!((after.status, after.expired, after.next), (S::Canceled, true, None));
    assert_eq!(cancels(&world), 1);
    let news = payments.news().await.unwrap();
    assert!(matches!(&news[..], [News::Payment(told)] if told.expired), "{news:?}");
    assert_eq!(payments.recover().await.unwrap().looked_at, 0, "it is at its end");
    world.check(&payments).await;
}

#[tokio::test]
async fn what_was_approved_in_time_is_paid_however_late_it_is_found() {
    let world = World::new();
    let (payments, view) = waiting(&world).await;
    world.bank.stands(view.id.as_str(), Stands::Paid);
    world.bank.next_questions([Mood::Unreachable]);
    world.clock.forward(3 * HOUR_MS);
    payments.recover().await.unwrap();
    assert_eq!(reload(&payments, &view).await.status, S::ActionRequired, "who can't be asked is told nothing either");
    assert_eq!(cancels(&world), 0);
    payments.recover().await.unwrap();
    let after = reload(&payments, &view).await;
    assert_eq!((after.status, after.refunded), (S::Succeeded, usd(0)));
    assert_eq!(cancels(&world), 0);
    world.check(&payments).await;
}

#[tokio::test]
async fn what_is_paid_after_it_was_called_off_is_given_back() {
    // The cancellation gets no answer, or is refused; then it is paid by the old link.
    for mood in [Mood::LosesRequest, Mood::Declines(DeclineCode::Declined)] {
        let world = World::new();
        let (payments, view) = waiting(&world).await;
        world.clock.forward(2 * HOUR_MS);
        world.bank.next([mood]);
        payments.recover().await.unwrap();
        assert_eq!(reload(&payments, &view).await.status, S::Canceling);
        world.bank.stands(view.id.as_str(), Stands::Paid);
        payments.recover().await.unwrap();
        let after = reload(&payments, &view).await;
        assert_eq!((after.status, after.refunded, after.expired), (S::Refunded, usd(100), false));
        world.check(&payments).await;
    }
    // And where the provider said that it is cancelled, and took it all the same.
    let world = World::new();
    let (payments, view) = waiting(&world).await;
    world.clock.forward(2 * HOUR_MS);
    payments.recover().await.unwrap();
    let paid = world.bank.stands(view.id.as_str(), Stands::Paid);
    assert_eq!(payments.heard(&view.id, paid).await.unwrap().unwrap().status, S::Reversing);
    payments.recover().await.unwrap();
    assert_eq!(reload(&payments, &view).await.status, S::Refunded);
    world.check(&payments).await;
}

#[tokio::test]
async fn a_cancellation_that_stays_without_an_answer_has_one_key_and_an_end() {
    let world = World::new();
    let (payments, view) = waiting(&world).await;
    world.bank.next(vec![Mood::LosesRequest; 1000]);
    for _ in 0..30 {
        world.clock.forward(2 * HOUR_MS);
        payments.recover().await.unwrap();
    }
    assert_eq!(reload(&payments, &view).await.status, S::Canceling);
    let keys = world.bank.books.lock().unwrap().cancels.clone();
    assert!(keys.len() > 20 && keys.iter().all(|key| *key == keys[0]), "{keys:?}");
    world.clock.forward(world.settings.review_after_ms);
    payments.recover().await.unwrap();
    assert_eq!(reload(&payments, &view).await.status, S::ManualReview);
    world.check(&payments).await;
}

#[tokio::test]
async fn without_a_word_on_its_end_it_is_cancelled_when_nobody_would_expect_it_any_more() {
    let world = World::new();
    let payments = world.start();
    world.bank.next([Mood::WantsAction]);
    let view = payments.pay(world.consent(usd(100))).await.unwrap();
    world.clock.forward(world.settings.review_after_ms - 1);
    payments.recover().await.unwrap();
    assert_eq!(reload(&payments, &view).await.status, S::ActionRequired);
    world.clock.forward(2);
    payments.recover().await.unwrap();
    let after = reload(&payments, &view).await;
    assert_eq!((after.status, after.expired), (S::Canceled, true));
    world.check(&payments).await;
}

#[tokio::test]
async fn a_provider_that_gives_a_new_code_at_each_question_does_not_put_the_end_off() {
    let world = World::new();
    let (payments, view) = waiting(&world).await;
    for _ in 0..5 {
        world.clock.forward(HOUR_MS / 4);
        world.bank.books.lock().unwrap().expires_ms = Some(world.clock.now_ms() + HOUR_MS);
        payments.recover().await.unwrap();
    }
    assert_eq!(reload(&payments, &view).await.status, S::Canceled);
    world.check(&payments).await;
}

#[tokio::test]
async fn the_time_to_act_ends_with_the_act() {
    let world = World::new();
    let (payments, view) = waiting(&world).await;
    world.bank.stands(view.id.as_str(), Stands::AtIt);
    world.clock.forward(HOUR_MS / 2);
    payments.recover().await.unwrap();
    world.clock.forward(2 * HOUR_MS);
    payments.recover().await.unwrap();
    assert_eq!(reload(&payments, &view).await.status, S::Pending, "what the person did in time may take longer");
    world.bank.stands(view.id.as_str(), Stands::Paid);
    payments.recover().await.unwrap();
    assert_eq!(reload(&payments, &view).await.status, S::Succeeded);
    world.check(&payments).await;
}

#[tokio::test]
async fn what_the_person_cancels_is_not_told_as_expired() {
    let world = World::new();
    let (payments, view) = waiting(&world).await;
    world.clock.forward(2 * HOUR_MS);
    let after = payments.cancel(&view.id).await.unwrap();
    assert_eq!((after.status, after.expired), (S::Canceled, false));
    world.check(&payments).await;
}

#[tokio::test]
async fn where_no_question_finds_it_the_person_has_all_their_time() {
    let world = World::new();
    world.bank.declare(|capabilities| capabilities.query_by_reference = false);
    let (payments, view) = waiting(&world).await;
    // As at a provider that gives no name of its own at first.
    let store = world.store();
    let mut nameless = sayso::payments::PaymentStore::payment(&store, &view.id).await.unwrap().unwrap();
    (nameless.provider_reference, nameless.version) = (None, nameless.version + 1);
    let write = sayso::payments::Write {
        payment: nameless,
        entry: None,
        notice: None,
        refund: None,
        key: None,
        release: false,
    };
    sayso::payments::PaymentStore::write(&store, write).await.unwrap();
    world.clock.forward(HOUR_MS / 2);
    payments.recover().await.unwrap();
    assert_eq!(reload(&payments, &view).await.status, S::ActionRequired);
    world.clock.forward(HOUR_MS);
    payments.recover().await.unwrap();
    assert_eq!(reload(&payments, &view).await.status, S::Canceled, "to ask for the cancellation is the question");
    world.check(&payments).await;
}
