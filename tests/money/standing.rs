//! Payments for later: each due day is paid once at most, whoever looks, however often the program dies, and whatever the
//! clock does; what was missed is told and not paid in a heap.

use crate::bank::Mood;
use crate::world::{Failing, World, proposal, usd};
use jiff::Span;
use jiff::civil::{Date, date};
use proptest::prelude::*;
use sayso::consent::{Authentication, AuthenticationRule, Proposal, Tier};
use sayso::payments::{Filter, Limits, PayError, Payments, SkipReason, StandingState, Step};
use sayso::schedule::{Rhythm, Schedule};
use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

const SUNDAY: Date = date(2026, 11, 22);

fn first_of_month() -> Schedule {
    Schedule::every(Rhythm::Month { count: 1, day: Some(1) }, SUNDAY, None).unwrap()
}

async fn put_down(world: &World, payments: &Payments, schedule: Schedule) -> String {
    use sayso::payments::Clock as _;
    let agreed = Proposal { schedule: Some(schedule), ..proposal(usd(1000)) };
    let consent = world.consent_at(agreed, world.clock.now_ms());
    payments.schedule(consent, SUNDAY).await.unwrap().id
}

fn after(days: i64) -> Date {
    SUNDAY.checked_add(Span::new().days(days)).unwrap()
}

#[tokio::test]
async fn nothing_is_paid_before_its_day_and_once_on_it() {
    let world = World::new();
    let payments = world.start();
    put_down(&world, &payments, Schedule::Once { on: after(5) }).await;
    assert!(payments.run_due(after(4)).await.unwrap().begun.is_empty());
    assert_eq!(payments.run_due(after(5)).await.unwrap().begun.len(), 1);
    assert!(payments.run_due(after(5)).await.unwrap().begun.is_empty());
    assert_eq!(payments.scheduled().await.unwrap()[0].state, StandingState::Ended);
    assert_eq!(world.bank.asks().len(), 1);
    world.check(&payments).await;
}

#[tokio::test]
async fn what_was_agreed_to_for_later_is_never_paid_at_once() {
    use sayso::payments::Clock as _;
    let world = World::new();
    let payments = world.start();
    let agreed = Proposal { schedule: Some(first_of_month()), ..proposal(usd(1000)) };
    let refused = payments.pay(world.consent_at(agreed, world.clock.now_ms())).await;
    assert!(matches!(refused, Err(PayError::NotNow)), "{refused:?}");
    assert!(world.bank.asks().is_empty());
}

#[tokio::test]
async fn one_that_is_too_late_is_told_and_not_paid() {
    let world = World::new();
    let payments = world.start();
    put_down(&world, &payments, Schedule::Once { on: after(5) }).await;
    let report = payments.run_due(after(9)).await.unwrap();
    assert!(report.begun.is_empty());
    let untold = payments.untold_dues().await.unwrap();
    assert_eq!(untold.iter().map(|due| (due.due, due.reason)).collect::<Vec<_>>(), [(after(5), SkipReason::Missed)]);
    payments.told_due(&untold[0]).await.unwrap();
    assert!(payments.untold_dues().await.unwrap().is_empty(), "told once");
}

#[tokio::test]
async fn after_a_holiday_only_the_last_is_paid() {
    let world = World::new();
    let payments = world.start();
    put_down(&world, &payments, Schedule::every(Rhythm::Day { count: 1 }, after(1), None).unwrap()).await;
    let report = payments.run_due(after(10)).await.unwrap();
    assert_eq!((report.begun.len(), report.skipped.len()), (1, 9));
    assert_eq!(payments.scheduled().await.unwrap()[0].next_due, Some(after(11)));
}

#[tokio::test]
async fn limits_and_rules_are_looked_at_on_the_day() {
    let mut world = World::new();
    let payments = world.start();
    put_down(&world, &payments, Schedule::Once { on: after(5) }).await;
    drop(payments);
    world.settings.limits = Limits { per_payment: vec![usd(999)], ..Limits::default() };
    let payments = world.start();
    let report = payments.run_due(after(5)).await.unwrap();
    assert_eq!(report.skipped.len(), 1);
    drop(payments);
    world.settings.limits = Limits::default();
    let payments = world.start();
    put_down(&world, &payments, Schedule::Once { on: after(6) }).await;
    drop(payments);
    let rule = AuthenticationRule { tier: Tier::Challenge, ..AuthenticationRule::default() };
    world.settings.authentication = Authentication { rules: vec![rule] };
    let report = world.start().run_due(after(6)).await.unwrap();
    assert_eq!((report.begun.len(), report.skipped.len()), (0, 1), "a yes is not enough any more");
    assert!(world.bank.asks().is_empty());
}

#[tokio::test]
async fn ended_is_ended_even_when_it_is_due() {
    let world = World::new();
    let payments = world.start();
    let id = put_down(&world, &payments, first_of_month()).await;
    assert!(payments.end_standing(&id).await.unwrap());
    assert!(!payments.end_standing(&id).await.unwrap());
    assert!(payments.run_due(date(2026, 12, 1)).await.unwrap().begun.is_empty());
    assert!(world.bank.asks().is_empty());
}

#[tokio::test]
async fn a_failed_or_lost_execution_is_not_repeated() {
    let world = World::new();
    let payments = world.start();
    put_down(&world, &payments, first_of_month()).await;
    world.bank.next([Mood::LosesAnswer]);
    payments.run_due(date(2026, 12, 1)).await.unwrap();
    payments.run_due(date(2026, 12, 1)).await.unwrap();
    payments.recover().await.unwrap();
    assert_eq!(world.bank.asks().len(), 1);
    world.check(&payments).await;
}

#[tokio::test]
async fn two_processes_pay_a_day_once() {
    let world = World::new();
    let (one, other) = (world.start(), world.start());
    put_down(&world, &one, first_of_month()).await;
    let day = date(2026, 12, 1);
    let (a, b) = tokio::join!(one.run_due(day), other.run_due(day));
    assert_eq!(a.unwrap().begun.len() + b.unwrap().begun.len(), 1);
    assert_eq!(world.bank.asks().len(), 1);
}

#[tokio::test]
async fn no_consent_below_what_is_demanded_is_ever_paid() {
    let mut world = World::new();
    for tier in [Tier::RepeatAmount, Tier::Challenge, Tier::Phone] {
        let rule = AuthenticationRule { tier, new_payee: true, ..AuthenticationRule::default() };
        world.settings.authentication = Authentication { rules: vec![rule] };
        let payments = world.start();
        let refused = payments.pay(world.consent(usd(100))).await;
        assert!(matches!(refused, Err(PayError::NotSureEnough { .. })), "{refused:?}");
    }
    assert!(world.bank.asks().is_empty());
    world.settings.authentication = Authentication::default();
    world.start().pay(world.consent(usd(100))).await.unwrap();
    let rule = AuthenticationRule { tier: Tier::Phone, new_payee: true, ..AuthenticationRule::default() };
    world.settings.authentication = Authentication { rules: vec![rule] };
    world.start().pay(world.consent(usd(100))).await.expect("the payee is not new any more");
}

/// What happens to the program between two looks at what is due.
#[derive(Clone, Debug)]
enum Fate {
    Day(i64),
    DiesAfter(u64),
    DiskGone,
    DiskBack,
    Mood(u8),
    Recovers,
}

fn fates() -> impl Strategy<Value = Vec<Fate>> {
    let fate = prop_oneof![
        4 => (-40_i64..70).prop_map(Fate::Day),
        2 => (1_u64..6).prop_map(Fate::DiesAfter),
        1 => Just(Fate::DiskGone),
        2 => Just(Fate::DiskBack),
        2 => (0_u8..4).prop_map(Fate::Mood),
        2 => Just(Fate::Recovers),
    ];
    proptest::collection::vec(fate, 1..14)
}

/// The program on what is on the disk, with a death and a failing disk that can be switched on.
fn program(world: &World, gone: &Arc<AtomicBool>, dies_in: &Arc<AtomicU64>) -> Payments {
    let dies_in = dies_in.clone();
    let observer = move |_: Step| {
        let left = dies_in.load(Ordering::SeqCst);
        if left > 0 {
            dies_in.store(left - 1, Ordering::SeqCst);
            if left == 1 {
                std::panic::resume_unwind(Box::new("dies here"));
            }
        }
    };
    world.start_on(Failing { store: world.store(), fails: gone.clone() }).with_observer(Arc::new(observer))
}

async fn history(fates: Vec<Fate>) {
    let world = World::new();
    let (gone, dies_in) = (Arc::new(AtomicBool::new(false)), Arc::new(AtomicU64::new(0)));
    let mut payments = program(&world, &gone, &dies_in);
    put_down(&world, &payments, Schedule::every(Rhythm::Week { count: 1, day: None }, after(3), None).unwrap()).await;
    let mut today = 0;
    for fate in fates {
        match fate {
            Fate::Day(days) => today += days,
            Fate::DiesAfter(steps) => dies_in.store(steps, Ordering::SeqCst),
            Fate::DiskGone => gone.store(true, Ordering::SeqCst),
            Fate::DiskBack => gone.store(false, Ordering::SeqCst),
            Fate::Mood(0) => world.bank.next([Mood::LosesAnswer]),
            Fate::Mood(1) => world.bank.next([Mood::LosesRequest]),
            Fate::Mood(2) => world.bank.next([Mood::NotSent]),
            Fate::Mood(_) => world.bank.next([Mood::Waits]),
            Fate::Recovers => {
                world.clock.forward(world.settings.grace_ms + 1);
                let payments = payments.clone();
                let _ = tokio::spawn(async move { drop(payments.recover().await) }).await;
            }
        }
        let (running, day) = (payments.clone(), after(today));
        let survived = tokio::spawn(async move { drop(running.run_due(day).await) }).await.is_ok();
        if !survived {
            dies_in.store(0, Ordering::SeqCst);
            payments = program(&world, &gone, &dies_in);
        }
    }
    gone.store(false, Ordering::SeqCst);
    dies_in.store(0, Ordering::SeqCst);
    // Every payment has a due day of its own, and the bank was asked for nothing else.
    let all = payments.list(&Filter { limit: usize::MAX, ..Filter::default() }).await.unwrap();
    let references: BTreeSet<String> = world.bank.asks().into_iter().map(|ask| ask.reference).collect();
    assert!(references.iter().all(|reference| all.iter().any(|view| view.id.as_str() == reference)));
    let next = payments.scheduled().await.unwrap()[0].next_due.unwrap();
    let passed = i64::from(after(3).until(next).unwrap().get_days()) / 7;
    let untold = payments.untold_dues().await.unwrap().len();
    assert!(all.len() + untold <= usize::try_from(passed).unwrap(), "{all:?} and {untold} days missed of {passed}");
    assert_eq!(all.len() + untold, usize::try_from(passed).unwrap(), "every day that passed was paid or is told");
    let report = payments.verify().await.unwrap();
    assert!(report.is_sound(), "{:?}", report.faults);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 120, ..ProptestConfig::default() })]

    #[test]
    fn a_due_day_is_paid_once_at_most(fates in fates()) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(history(fates));
    }
}

#[tokio::test]
async fn a_daily_order_is_no_repetition_and_the_same_by_hand_is_one() {
    let mut world = World::new();
    world.settings.limits.repeats_ms = 48 * 3_600_000;
    let payments = world.start();
    let daily = Schedule::every(Rhythm::Day { count: 1 }, after(1), None).unwrap();
    put_down(&world, &payments, daily).await;
    for day in 1..=3 {
        world.clock.forward(23 * 3_600_000);
        let report = payments.run_due(after(day)).await.unwrap();
        assert_eq!((report.begun.len(), report.skipped.len()), (1, 0), "day {day}: {report:?}");
    }
    assert!(matches!(payments.pay(world.consent(usd(1000))).await, Err(PayError::Repeated { .. })));
}

#[tokio::test]
async fn what_is_due_too_fast_is_paid_a_little_later() {
    let mut world = World::new();
    world.settings.limits.pace = Some(sayso::consent::Pace { payments: 1, within_ms: 600_000 });
    let payments = world.start();
    put_down(&world, &payments, Schedule::Once { on: after(1) }).await;
    world.clock.forward(1);
    put_down(&world, &payments, Schedule::Once { on: after(1) }).await;
    let first = payments.run_due(after(1)).await.unwrap();
    assert_eq!((first.begun.len(), first.skipped.len(), first.problems.len()), (1, 0, 1), "{first:?}");
    world.clock.forward(600_001);
    assert_eq!(payments.run_due(after(1)).await.unwrap().begun.len(), 1);
}

#[tokio::test]
async fn the_limits_of_a_due_day_are_those_that_hold_on_it() {
    let mut world = World::new();
    world.settings.limits.per_day = vec![usd(1500)];
    let payments = world.start();
    put_down(&world, &payments, Schedule::Once { on: after(1) }).await;
    payments.pay(world.consent(usd(600))).await.unwrap();
    let report = payments.run_due(after(1)).await.unwrap();
    assert_eq!((report.begun.len(), report.skipped.len()), (0, 1), "{report:?}");
    assert_eq!(payments.untold_dues().await.unwrap().len(), 1);
    world.check(&payments).await;
}
