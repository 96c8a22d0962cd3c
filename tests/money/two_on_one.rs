//! Two stores open on one file: leases, and one write after the other.

use crate::bank::Mood;
use crate::world::{World, proposal, usd};
use sayso::ledger::PaymentStatus as S;
use sayso::payments::{Clock as _, PayError, PaymentStore as _, Step, Write};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

#[tokio::test]
async fn a_payment_on_its_way_is_left_alone_by_the_other_and_taken_over_when_its_process_is_gone() {
    let world = World::new();
    let (mine, other) = (world.store(), world.store());
    let payments = world.start_on(mine.clone());
    world.bank.next([Mood::LosesAnswer]);
    let view = payments.pay(world.consent(usd(100))).await.unwrap();
    let now = world.clock.now_ms();
    assert!(mine.claim(&view.id, now, now + 60_000).await.unwrap().is_some());
    assert!(other.claim(&view.id, now, now + 60_000).await.unwrap().is_none(), "it is being worked on");
    assert!(mine.claim(&view.id, now, now + 60_000).await.unwrap().is_none(), "by one task only");
    let second = world.start_on(other.clone());
    assert_eq!(second.recover().await.unwrap().busy, 1);
    assert!(matches!(second.refund(&view.id, usd(1)).await, Err(PayError::Busy(_))));
    drop((payments, mine));
    let report = second.recover().await.unwrap();
    assert_eq!((report.busy, report.changed.len()), (0, 1), "the dead hold nothing");
    world.check(&second).await;
}

#[tokio::test]
async fn a_lease_ends_with_its_time_even_while_its_process_lives() {
    let world = World::new();
    let (mine, other) = (world.store(), world.store());
    world.bank.next([Mood::LosesAnswer]);
    let view = world.start_on(mine.clone()).pay(world.consent(usd(100))).await.unwrap();
    let now = world.clock.now_ms();
    let mut held = mine.claim(&view.id, now, now + 60_000).await.unwrap().unwrap();
    assert!(other.claim(&view.id, now + 60_000, now + 120_000).await.unwrap().is_some());
    mine.release(&view.id).await.unwrap();
    held.version += 1;
    let last = Write { payment: held, entry: None, notice: None, refund: None, key: None, release: true };
    mine.write(last).await.unwrap();
    assert!(
        mine.claim(&view.id, now + 60_001, now + 120_000).await.unwrap().is_none(),
        "who lost it gives nothing back"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn one_consent_answered_in_two_places_at_once_is_paid_once() {
    for _ in 0..10 {
        let world = World::new();
        let stores = [world.start(), world.start()];
        let read_at = world.clock.now_ms();
        let [first, second] = stores.clone().map(|payments| {
            let consent = world.consent_at(proposal(usd(100)), read_at);
            tokio::spawn(async move { payments.pay(consent).await })
        });
        let both = [first.await.unwrap(), second.await.unwrap()];
        let paid = both.iter().filter(|result| matches!(result, Ok(view) if view.status == S::Succeeded)).count();
        let used = both.iter().filter(|result| matches!(result, Err(PayError::ConsentUsed { .. }))).count();
        assert_eq!((paid, used, world.bank.paid()), (1, 1, 100));
        world.check(&stores[0]).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_limit_of_a_day_holds_for_all_together() {
    let mut world = World::new();
    world.settings.limits.per_day = vec![usd(500)];
    let stores = [world.start(), world.start()];
    let mut tasks = Vec::new();
    for index in 0..20 {
        let (payments, consent) = (stores[index % 2].clone(), world.consent(usd(100)));
        tasks.push(tokio::spawn(async move { payments.pay(consent).await.is_ok() }));
    }
    let mut paid = 0;
    for task in tasks {
        paid += usize::from(task.await.unwrap());
    }
    assert_eq!((paid, world.bank.paid()), (5, 500));
    world.check(&stores[0]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn recovery_from_several_sides_acts_once() {
    let world = World::new();
    let payments = world.start();
    let count = 8;
    world.bank.next(vec![Mood::LosesRequest; count]);
    for _ in 0..count {
        payments.pay(world.consent(usd(100))).await.unwrap();
    }
    world.clock.forward(world.settings.grace_ms + 1);
    let resends = Arc::new(AtomicUsize::new(0));
    let mut tasks = Vec::new();
    for _ in 0..4 {
        let seen = resends.clone();
        let observer = move |step| {
            seen.fetch_add(usize::from(step == Step::ResendRecorded), Ordering::SeqCst);
        };
        let payments = world.start().with_observer(Arc::new(observer));
        tasks.push(tokio::spawn(async move { payments.recover().await.unwrap() }));
    }
    for task in tasks {
        task.await.unwrap();
    }
    payments.recover().await.unwrap();
    assert_eq!(resends.load(Ordering::SeqCst), count);
    assert_eq!(world.bank.paid(), 100 * i64::try_from(count).unwrap());
    world.check(&payments).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_that_comes_after_another_took_over_still_counts() {
    let world = World::new();
    let payments = world.start();
    let (other, clock, runtime) = (world.start(), world.clock.clone(), tokio::runtime::Handle::current());
    let observer = move |step| {
        if step == Step::Answered {
            // The clock jumps while the provider is being told: the lease has run out, and another process looks.
            clock.forward(3_600_000);
            let report = tokio::task::block_in_place(|| runtime.block_on(other.recover())).unwrap();
            assert_eq!(report.looked_at, 1);
        }
    };
    world.bank.next_questions([Mood::Unreachable]);
    let consent = world.consent(usd(100));
    let view = payments.with_observer(Arc::new(observer)).pay(consent).await.unwrap();
    assert_eq!((view.status, world.bank.paid()), (S::Succeeded, 100));
    world.check(&world.start()).await;
}
