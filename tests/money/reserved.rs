//! What a provider only reserved, though it was asked to pay: it is captured under the same consent, by whoever comes first
//! and once.

use crate::bank::{Mood, Stands};
use crate::world::{Failing, World, reload, usd};
use sayso::ledger::PaymentStatus as S;
use sayso::payments::{Clock as _, PaymentStore as _, PaymentView, Payments, Step};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// A payment of which it is written down that it is reserved, and no more.
async fn reserved(world: &World) -> (Payments, PaymentView) {
    let payments = world.start();
    world.bank.next([Mood::Waits]);
    let view = payments.pay(world.consent(usd(100))).await.unwrap();
    let held = world.bank.stands(view.id.as_str(), Stands::Held);
    let view = payments.heard(&view.id, held).await.unwrap().unwrap();
    assert_eq!(view.status, S::Authorized);
    (payments, view)
}

fn captures(world: &World) -> Vec<String> {
    world.bank.books.lock().unwrap().advances.clone()
}

#[tokio::test]
async fn recovery_captures_it_at_start_and_on_its_schedule() {
    for at_start in [true, false] {
        let world = World::new();
        let (payments, view) = reserved(&world).await;
        let report = if at_start {
            payments.recover().await.unwrap()
        } else {
            world.clock.forward(world.settings.poll_first_ms);
            payments.recover_due().await.unwrap()
        };
        assert_eq!(report.changed.iter().map(|view| view.status).collect::<Vec<_>>(), [S::Succeeded]);
        assert_eq!((captures(&world).len(), world.bank.paid()), (1, 100));
        assert_eq!(reload(&payments, &view).await.refunded, usd(0));
        world.check(&payments).await;
    }
}

#[tokio::test]
async fn a_reservation_that_ran_out_is_told_as_not_paid() {
    let world = World::new();
    let (payments, view) = reserved(&world).await;
    world.bank.stands(view.id.as_str(), Stands::Canceled);
    payments.recover().await.unwrap();
    assert_eq!((reload(&payments, &view).await.status, captures(&world).len()), (S::Canceled, 0));
    let sums = payments.verify().await.unwrap().balances;
    assert!(sums.iter().all(|(_, sum)| sum.minor == 0), "what was held is released: {sums:?}");
    world.check(&payments).await;
}

#[tokio::test]
async fn while_one_process_has_it_the_other_leaves_it_alone() {
    let world = World::new();
    let (payments, view) = reserved(&world).await;
    let (mine, now) = (world.store(), world.clock.now_ms());
    assert!(mine.claim(&view.id, now, now + 60_000).await.unwrap().is_some());
    assert_eq!(payments.recover().await.unwrap().busy, 1);
    assert!(captures(&world).is_empty());
    mine.release(&view.id).await.unwrap();
    payments.recover().await.unwrap();
    assert_eq!((reload(&payments, &view).await.status, captures(&world).len()), (S::Succeeded, 1));
    world.check(&payments).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn two_processes_capture_it_once() {
    for _ in 0..5 {
        let world = World::new();
        let (payments, view) = reserved(&world).await;
        let other = world.start();
        let (first, second) = tokio::join!(payments.recover(), other.recover());
        let changed = first.unwrap().changed.len() + second.unwrap().changed.len();
        assert_eq!((changed, captures(&world).len(), world.bank.paid()), (1, 1, 100));
        assert_eq!(reload(&payments, &view).await.status, S::Succeeded);
        world.check(&payments).await;
    }
}

#[tokio::test]
async fn an_end_between_the_reservation_and_its_capture_is_made_up_for() {
    let world = World::new();
    // The disk is gone as soon as it is written down that the money is reserved.
    let gone = Arc::new(AtomicBool::new(false));
    let failing = Failing { store: world.store(), fails: gone.clone() };
    let observer = move |step| gone.store(step == Step::Recorded, Ordering::SeqCst);
    let payments = world.start_on(failing).with_observer(Arc::new(observer));
    world.bank.next([Mood::Authorizes]);
    payments.pay(world.consent(usd(100))).await.unwrap_err();
    drop(payments);
    assert!(captures(&world).is_empty(), "nothing is asked for that is not written down");
    let payments = world.start();
    let before = payments.list(&Default::default()).await.unwrap();
    assert_eq!(before[0].status, S::Authorized);
    payments.recover().await.unwrap();
    assert_eq!((reload(&payments, &before[0]).await.status, captures(&world).len()), (S::Succeeded, 1));
    world.check(&payments).await;
}
