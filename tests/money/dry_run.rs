//! A dry run: everything is checked, what would be sent is shown, nothing is written down. That nothing leaves a plugin is
//! shown where there are plugins, in `tests/doors`: the bank here has no need of hands.

use crate::bank::Mood;
use crate::world::{World, proposal, usd};
use sayso::consent::{Proposal, ProposalKind};
use sayso::payments::{Clock as _, PayError, PaymentStore as _, WouldSend};

fn would(result: Result<impl std::fmt::Debug, PayError>) -> WouldSend {
    match result {
        Err(PayError::DryRun(would)) => *would,
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn what_would_be_sent_is_shown_and_nothing_is() {
    let world = World::new();
    let payments = world.start().with_dry_run(true);
    let would = would(payments.pay(world.consent(usd(4250))).await);
    assert_eq!((would.verb, would.provider.as_str()), ("pay", "stripe"));
    assert_eq!(would.request["amount"]["minor"], 4250);
    assert_eq!(would.request["payee"]["id"], "electricity");
    assert!(would.request["idempotency_key"].is_string() && would.request["reference"].is_string());
    assert_eq!(payments.list(&Default::default()).await.unwrap(), []);
    assert_eq!(payments.verify().await.unwrap().payments, 0);
}

#[tokio::test]
async fn what_would_be_refused_is_refused() {
    let mut world = World::new();
    world.settings.limits.per_payment = vec![usd(100)];
    world.settings.limits.per_day = vec![usd(150)];
    let real = world.start();
    real.pay(world.consent(usd(100))).await.unwrap();
    let payments = world.start().with_dry_run(true);
    assert!(matches!(payments.pay(world.consent(usd(101))).await, Err(PayError::Limited(_))));
    assert!(matches!(payments.pay(world.consent(usd(51))).await, Err(PayError::Limited(_))), "the day's, too");
    would(payments.pay(world.consent(usd(50))).await);
}

#[tokio::test]
async fn nothing_that_follows_a_payment_is_sent_either() {
    let world = World::new();
    let real = world.start();
    world.bank.next([Mood::Good, Mood::LosesRequest]);
    let paid = real.pay(world.consent(usd(100))).await.unwrap();
    let lost = real.pay(world.consent(usd(70))).await.unwrap();
    world.clock.forward(3_600_000);
    let before = (world.bank.asks().len(), world.bank.books.lock().unwrap().refund_keys.len());
    let payments = world.start().with_dry_run(true);
    assert_eq!(payments.recover().await.unwrap().looked_at, 0);
    assert!(matches!(payments.cancel(&lost.id).await, Err(PayError::NotInDryRun)));
    assert!(matches!(payments.refund(&paid.id, usd(1)).await, Err(PayError::NotInDryRun)));
    assert_eq!((world.bank.asks().len(), world.bank.books.lock().unwrap().refund_keys.len()), before);
    let version = world.store().payment(&paid.id).await.unwrap().unwrap().version;
    let kind = ProposalKind::Refund { payment: paid.id.to_string(), version };
    let consent = world.consent_at(Proposal { kind, ..proposal(usd(40)) }, world.clock.now_ms());
    let would = would(payments.refund_agreed(consent).await);
    assert_eq!((would.verb, &would.request["amount"]["minor"]), ("refund", &40.into()));
    assert_eq!(real.refunds(&paid.id).await.unwrap(), []);
}
