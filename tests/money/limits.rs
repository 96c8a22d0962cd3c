//! Limits where the money is: in the transaction that begins a payment, for two processes at once, and for what is open.

use crate::bank::Mood;
use crate::world::{World, proposal, usd};
use sayso::consent::{
    Consent, Earlier, Limits, NarrowLimit, NewPayees, Objection, Occasion, Pace, Proposal, ReadBack, Scope,
};
use sayso::dialog::History as _;
use sayso::lang::Lang;
use sayso::ledger::PaymentStatus as S;
use sayso::payments::{Clock as _, PayError, Payments};
use sayso_plugin_interface::Money;

const HOUR: i64 = 3_600_000;

/// A read-back after which these earlier payments were told, and agreed to.
fn knowing(world: &World, amount: Money, earlier: Vec<Earlier>) -> Consent {
    world.clock.forward(1);
    let (now, occasion) = (world.clock.now_ms(), Occasion { conversation: "kitchen".into(), step: 2 });
    ReadBack::new(proposal(amount), Lang::En, occasion, now).after(earlier).agree("yes, again", now).unwrap()
}

fn objection(result: Result<sayso::payments::PaymentView, PayError>) -> Objection {
    match result {
        Err(PayError::Limited(objection)) => objection,
        other => panic!("{other:?}"),
    }
}

/// What conversations see.
fn weigh(world: &World, amount: Money) -> sayso::consent::Weighed {
    let history = world.store().history(jiff::tz::TimeZone::UTC).with_limits(world.settings.limits.clone());
    history.weigh(&proposal(amount), world.clock.now_ms())
}

#[tokio::test]
async fn the_same_again_needs_a_yes_to_the_same_again() {
    let mut world = World::new();
    world.settings.limits.repeats_ms = 24 * HOUR;
    let payments = world.start();
    let first = payments.pay(world.consent(usd(4250))).await.unwrap();
    world.clock.forward(2 * HOUR);
    let Err(PayError::Repeated { payment }) = payments.pay(world.consent(usd(4250))).await else { panic!() };
    assert_eq!(payment, first.id.to_string());
    let weighed = weigh(&world, usd(4250));
    assert_eq!(weighed.earlier.iter().map(|earlier| earlier.payment.as_str()).collect::<Vec<_>>(), [payment.as_str()]);
    let consent = knowing(&world, usd(4250), weighed.earlier);
    let second = payments.pay(consent).await.unwrap();
    assert_eq!((second.status, world.bank.paid()), (S::Succeeded, 8500));
    // The yes was to one more, not to any number.
    assert!(matches!(payments.pay(world.consent(usd(4250))).await, Err(PayError::Repeated { .. })));
    assert!(payments.pay(world.consent(usd(4251))).await.is_ok(), "another amount is another payment");
    world.check(&payments).await;
}

#[tokio::test]
async fn what_is_of_unknown_end_is_asked_about_and_what_failed_is_not() {
    let mut world = World::new();
    world.settings.limits.repeats_ms = HOUR;
    let payments = world.start();
    world.bank.next([Mood::LosesAnswer]);
    payments.pay(world.consent(usd(100))).await.unwrap();
    let weighed = weigh(&world, usd(100));
    assert!(matches!(weighed.earlier.as_slice(), [Earlier { certain: false, .. }]), "{weighed:?}");
    assert!(matches!(payments.pay(world.consent(usd(100))).await, Err(PayError::Repeated { .. })));
    world.bank.next([Mood::Declines(sayso_plugin_interface::outcome::DeclineCode::Declined)]);
    assert_eq!(payments.pay(world.consent(usd(200))).await.unwrap().status, S::Failed);
    assert_eq!(payments.pay(world.consent(usd(200))).await.unwrap().status, S::Succeeded);
}

#[tokio::test(flavor = "multi_thread")]
async fn two_processes_at_once_cannot_both_pay_the_same_bill() {
    let mut world = World::new();
    world.settings.limits.repeats_ms = HOUR;
    for round in 1..=10 {
        let stores = [world.start(), world.start()];
        let amount = usd(1_000 + round);
        let tasks = stores.clone().map(|payments| {
            let consent = world.consent(amount);
            tokio::spawn(async move { payments.pay(consent).await })
        });
        let mut paid = 0;
        for task in tasks {
            match task.await.unwrap() {
                Ok(_) => paid += 1,
                Err(PayError::Repeated { .. }) => {}
                Err(other) => panic!("{other}"),
            }
        }
        assert_eq!(paid, 1, "the second was not told of the first");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn neither_month_payee_person_nor_pace_can_be_passed_by_two_at_once() {
    let narrow = |of: &str| NarrowLimit { of: vec![of.into()], per_day: vec![usd(500)], ..NarrowLimit::default() };
    let limits = [
        Limits { per_month: vec![usd(500)], ..Limits::default() },
        Limits { per_payee: vec![narrow("electricity")], ..Limits::default() },
        Limits { per_person: vec![narrow("Ben")], ..Limits::default() },
        Limits { pace: Some(Pace { payments: 5, within_ms: HOUR }), ..Limits::default() },
    ];
    for limits in limits {
        let mut world = World::new();
        world.settings.limits = limits.clone();
        let stores: [Payments; 2] = [world.start(), world.start()];
        let mut tasks = Vec::new();
        for index in 0..16 {
            let payments = stores[index % 2].clone();
            world.clock.forward(1);
            let person = (index % 4 != 0).then(|| "Ben".to_owned());
            let consent = world.consent_at(Proposal { person, ..proposal(usd(100)) }, world.clock.now_ms());
            tasks.push(tokio::spawn(async move { payments.pay(consent).await.is_ok() }));
        }
        let mut paid = 0;
        for task in tasks {
            paid += i64::from(task.await.unwrap());
        }
        assert_eq!((paid, world.bank.paid()), (5, 500), "{limits:?}");
        world.check(&stores[0]).await;
    }
}

#[tokio::test]
async fn each_currency_has_its_own_and_open_amounts_count() {
    let mut world = World::new();
    let yuan = |minor| Money::new(minor, sayso_plugin_interface::Currency::CNY);
    world.settings.limits.per_month = vec![usd(300), yuan(700)];
    let payments = world.start();
    world.bank.next([Mood::Waits, Mood::LosesRequest]);
    payments.pay(world.consent(usd(200))).await.unwrap();
    payments.pay(world.consent(yuan(700))).await.unwrap();
    world.clock.forward(25 * 24 * HOUR);
    let refused = objection(payments.pay(world.consent(usd(101))).await);
    assert!(matches!(&refused, Objection::AboveWindow { spent, scope: Scope::Household, .. } if *spent == usd(200)));
    assert_eq!(Some(refused), weigh(&world, usd(101)).objection, "conversations hear the same before they read back");
    assert!(payments.pay(world.consent(usd(100))).await.is_ok());
    assert!(matches!(payments.pay(world.consent(yuan(1))).await, Err(PayError::Limited(_))));
    world.clock.forward(6 * 24 * HOUR);
    assert!(payments.pay(world.consent(yuan(700))).await.is_ok(), "that month is over");
}

#[tokio::test]
async fn a_payee_that_was_added_or_moved_is_new_for_a_while() {
    let mut world = World::new();
    world.settings.limits.new_payees = Some(NewPayees { for_ms: 24 * HOUR, at_most: vec![usd(50)] });
    let payments = world.start();
    let see = async |payees: &[(&str, &str)]| {
        let payees = payees.iter().map(|(id, at)| ((*id).to_owned(), (*at).to_owned())).collect();
        world.store().see_payees(payees, world.clock.now_ms()).await.unwrap();
    };
    assert!(matches!(payments.pay(world.consent(usd(51))).await, Err(PayError::Limited(_))), "never seen");
    see(&[("electricity", "acct_1")]).await;
    assert!(payments.pay(world.consent(usd(5_000))).await.is_ok(), "those of the first start were always there");
    see(&[("electricity", "acct_2"), ("rent", "")]).await;
    world.clock.forward(23 * HOUR);
    let refused = objection(payments.pay(world.consent(usd(40))).await);
    assert!(matches!(refused, Objection::NewPayee { left_ms, .. } if left_ms <= HOUR), "what was paid before counts");
    see(&[("electricity", "acct_2"), ("rent", "")]).await;
    world.clock.forward(HOUR);
    assert!(payments.pay(world.consent(usd(5_000))).await.is_ok(), "seeing it again does not make it new");
}
