//! Capture, going on after the person acted, cancellation and refunds.

use crate::bank::{Mood, Stands};
use crate::world::{World, proposal, reload, usd};
use sayso::consent::{Consent, Proposal, ProposalKind};
use sayso::ledger::PaymentStatus as S;
use sayso::payments::{Clock as _, Filter, PayError, PaymentStore, PaymentView, RefundStatus};
use sayso_plugin_interface::outcome::DeclineCode;

#[tokio::test]
async fn what_is_authorised_is_captured_once() {
    for lost in [None, Some(Mood::LosesAnswer), Some(Mood::LosesRequest)] {
        let world = World::new();
        let payments = world.start();
        world.bank.next([Some(Mood::Authorizes), lost.clone()].into_iter().flatten());
        let view = payments.pay(world.consent(usd(100))).await.unwrap();
        assert_eq!(view.status, if lost.is_some() { S::Capturing } else { S::Succeeded });
        payments.recover().await.unwrap();
        assert_eq!(reload(&payments, &view).await.status, S::Succeeded, "{lost:?}");
        let books = world.bank.books.lock().unwrap().advances.clone();
        assert!(books.iter().all(|key| *key == books[0]), "one capture, one key");
        world.check(&payments).await;
    }
}

#[tokio::test]
async fn going_on_uses_a_new_key_only_after_a_certain_answer() {
    let world = World::new();
    let payments = world.start();
    world.bank.next([Mood::WantsAction]);
    let view = payments.pay(world.consent(usd(100))).await.unwrap();
    world.bank.next([Mood::WantsAction]);
    let waits = payments.advance(&view.id).await.unwrap();
    assert_eq!(waits.status, S::ActionRequired, "the person has not acted yet");
    assert!(waits.next.is_some());
    world.bank.next([Mood::LosesRequest]);
    let lost = payments.advance(&view.id).await.unwrap();
    assert_eq!(lost.status, S::Unknown, "it may have gone through");
    payments.recover().await.unwrap();
    assert_eq!(reload(&payments, &view).await.status, S::ActionRequired, "it has not");
    let done = payments.advance(&view.id).await.unwrap();
    assert_eq!(done.status, S::Succeeded);
    let keys = world.bank.books.lock().unwrap().advances.clone();
    assert!(keys.len() == 3 && keys[0] != keys[1] && keys[1] == keys[2], "{keys:?}");
    world.check(&payments).await;
}

#[tokio::test]
async fn a_canceled_payment_moves_nothing_even_when_the_bank_must_be_asked_twice() {
    for lost in [None, Some(Mood::LosesRequest), Some(Mood::Declines(DeclineCode::Declined))] {
        let world = World::new();
        let payments = world.start();
        world.bank.next([Mood::Waits]);
        let view = payments.pay(world.consent(usd(100))).await.unwrap();
        let heard = payments.heard(&view.id, world.bank.stands(view.id.as_str(), Stands::Held)).await.unwrap().unwrap();
        assert_eq!(heard.status, S::Authorized);
        world.bank.next(lost.clone());
        let after = payments.cancel(&view.id).await.unwrap();
        assert_eq!(after.status, if lost.is_some() { S::Canceling } else { S::Canceled }, "{lost:?}");
        payments.recover().await.unwrap();
        assert_eq!(reload(&payments, &view).await.status, S::Canceled);
        let sums = payments.verify().await.unwrap().balances;
        assert!(sums.iter().all(|(_, sum)| sum.minor == 0), "{sums:?}");
        world.check(&payments).await;
    }
}

#[tokio::test]
async fn a_cancellation_of_what_the_provider_does_not_find_is_not_taken_for_done() {
    let world = World::new();
    let payments = world.start();
    world.bank.next([Mood::Waits, Mood::LosesRequest]);
    let view = payments.pay(world.consent(usd(100))).await.unwrap();
    payments.cancel(&view.id).await.unwrap();
    world.clock.forward(3_600_000);
    world.bank.next_questions([Mood::Forgets]);
    payments.recover().await.unwrap();
    assert_eq!(reload(&payments, &view).await.status, S::ManualReview);
    world.check(&payments).await;
}

#[tokio::test]
async fn what_goes_through_after_it_was_canceled_is_given_back() {
    let world = World::new();
    let payments = world.start();
    world.bank.next([Mood::Waits]);
    let view = payments.pay(world.consent(usd(100))).await.unwrap();
    world.bank.finish();
    let after = payments.cancel(&view.id).await.unwrap();
    assert_eq!((after.status, after.refunded), (S::Refunded, usd(100)));
    world.check(&payments).await;

    // And when the success is heard only after the cancellation was confirmed.
    world.bank.next([Mood::Waits]);
    let view = payments.pay(world.consent(usd(70))).await.unwrap();
    assert_eq!(payments.cancel(&view.id).await.unwrap().status, S::Canceled);
    world.bank.finish();
    let reference = world.bank.asks().last().unwrap().reference.clone();
    let receipt = sayso_plugin_interface::Receipt {
        provider_reference: format!("bank-{reference}"),
        reference,
        amount: usd(70),
        payee: None,
    };
    let heard = payments.heard(&view.id, sayso_plugin_interface::Outcome::Succeeded { receipt }).await.unwrap();
    assert_eq!(heard.unwrap().status, S::Reversing);
    world.bank.next([Mood::LosesAnswer]);
    payments.recover().await.unwrap();
    assert_eq!(reload(&payments, &view).await.status, S::Reversing, "the refund's answer was lost");
    payments.recover().await.unwrap();
    let done = reload(&payments, &view).await;
    assert_eq!((done.status, done.refunded), (S::Refunded, usd(70)));
    let keys = world.bank.books.lock().unwrap().refund_keys.clone();
    assert_eq!(keys.len(), 2, "one for each payment: the lost answer was found by asking");
    world.check(&payments).await;
}

#[tokio::test]
async fn a_reversal_that_is_refused_is_tried_again_and_not_for_ever() {
    let refused = || Mood::Declines(DeclineCode::Declined);
    for refusals in [2, 50] {
        let world = World::new();
        let payments = world.start();
        world.bank.next([Mood::Waits]);
        let view = payments.pay(world.consent(usd(100))).await.unwrap();
        world.bank.finish();
        world.bank.next([Mood::Good]);
        world.bank.next(vec![refused(); refusals]);
        assert_eq!(payments.cancel(&view.id).await.unwrap().status, S::Reversing);
        for _ in 0..20 {
            payments.recover().await.unwrap();
        }
        let after = reload(&payments, &view).await;
        let tries = payments.refunds(&view.id).await.unwrap().len();
        if refusals == 2 {
            assert_eq!((after.status, after.refunded, tries), (S::Refunded, usd(100), 3));
        } else {
            assert_eq!((after.status, tries), (S::Reversing, world.settings.resends_max as usize));
            assert!(after.note.unwrap().contains("refused"), "a person can see why");
        }
        world.check(&payments).await;
    }
}

#[tokio::test]
async fn refunds_add_up_to_what_was_paid_and_no_more() {
    let world = World::new();
    let payments = world.start();
    let view = payments.pay(world.consent(usd(100))).await.unwrap();
    let part = payments.refund(&view.id, usd(40)).await.unwrap();
    assert_eq!((part.status, part.refunded), (S::PartiallyRefunded, usd(40)));
    for wrong in [61, 0, -1] {
        assert!(matches!(payments.refund(&view.id, usd(wrong)).await, Err(PayError::NotPossible { .. })), "{wrong}");
    }
    let whole = payments.refund(&view.id, usd(60)).await.unwrap();
    assert_eq!((whole.status, whole.refunded), (S::Refunded, usd(100)));
    assert!(payments.refund(&view.id, usd(1)).await.is_err());
    assert_eq!(payments.refunds(&view.id).await.unwrap().len(), 2);
    world.check(&payments).await;
}

#[tokio::test]
async fn an_open_refund_counts_until_its_end_is_known() {
    let world = World::new();
    let payments = world.start();
    let view = payments.pay(world.consent(usd(100))).await.unwrap();
    world.bank.next([Mood::LosesRequest]);
    let open = payments.refund(&view.id, usd(80)).await.unwrap();
    assert_eq!((open.status, open.refunded), (S::Succeeded, usd(0)), "nothing came back yet");
    assert!(payments.refund(&view.id, usd(80)).await.is_err(), "80 are on their way, perhaps");
    drop(payments);
    let payments = world.start();
    payments.recover().await.unwrap();
    let after = reload(&payments, &view).await;
    assert_eq!((after.status, after.refunded), (S::PartiallyRefunded, usd(80)));
    let keys = world.bank.books.lock().unwrap().refund_keys.clone();
    assert_eq!(keys[0], keys[1], "asked again with the same key");
    world.check(&payments).await;
}

#[tokio::test]
async fn a_refused_refund_leaves_the_payment_as_it_was() {
    let world = World::new();
    let payments = world.start();
    let view = payments.pay(world.consent(usd(100))).await.unwrap();
    world.bank.next([Mood::Declines(DeclineCode::Declined)]);
    let refused = payments.refund(&view.id, usd(100)).await.unwrap();
    assert_eq!((refused.status, refused.refunded), (S::Succeeded, usd(0)));
    assert!(refused.note.unwrap().contains("too old"));
    assert_eq!(payments.refunds(&view.id).await.unwrap()[0].status, RefundStatus::Failed);
    assert_eq!(payments.refund(&view.id, usd(100)).await.unwrap().status, S::Refunded, "and can be asked for anew");
    world.check(&payments).await;
}

#[tokio::test]
async fn what_cannot_happen_is_said_and_changes_nothing() {
    let world = World::new();
    let payments = world.start();
    world.bank.next([Mood::Declines(DeclineCode::Declined)]);
    let failed = payments.pay(world.consent(usd(100))).await.unwrap();
    assert!(payments.cancel(&failed.id).await.is_err());
    assert!(payments.advance(&failed.id).await.is_err());
    assert!(payments.refund(&failed.id, usd(1)).await.is_err());
    assert!(payments.resolve(&failed.id, true, "no").await.is_err());
    let nobody: sayso::ledger::PaymentId = "01ARZ3NDEKTSV4RRFFQ69G5FAV".parse().unwrap();
    assert!(matches!(payments.cancel(&nobody).await, Err(PayError::NoSuchPayment(_))));
    assert_eq!(reload(&payments, &failed).await.status, S::Failed);
    world.check(&payments).await;
}

#[tokio::test]
async fn an_agreement_to_a_refund_never_pays() {
    let world = World::new();
    let payments = world.start();
    let kind = ProposalKind::Refund { payment: "01ARZ3NDEKTSV4RRFFQ69G5FAV".to_owned(), version: 1 };
    let consent = world.consent_at(Proposal { kind, ..proposal(usd(100)) }, 1_700_000_000_000);
    assert!(matches!(payments.pay(consent).await, Err(PayError::OtherKind)));
    assert_eq!(payments.list(&Filter::default()).await.unwrap(), []);
}

/// What was agreed to give back of a payment as it stands.
async fn agreed(world: &World, payments: &sayso::payments::Payments, view: &PaymentView, amount: i64) -> Consent {
    let store = world.store();
    let version = PaymentStore::payment(&store, &view.id).await.unwrap().unwrap().version;
    let kind = ProposalKind::Refund { payment: view.id.to_string(), version };
    assert!(payments.get(&view.id).await.unwrap().is_some());
    world.consent_at(Proposal { kind, ..proposal(usd(amount)) }, world.clock.now_ms())
}

#[tokio::test]
async fn what_was_agreed_to_comes_back_once() {
    let world = World::new();
    let payments = world.start();
    let view = payments.pay(world.consent(usd(100))).await.unwrap();
    let (first, again) = (agreed(&world, &payments, &view, 40).await, agreed(&world, &payments, &view, 40).await);
    let done = payments.refund_agreed(first).await.unwrap();
    assert_eq!((done.refund.status, done.payment.refunded), (RefundStatus::Succeeded, usd(40)));
    assert!(matches!(payments.refund_agreed(again).await, Err(PayError::RefundMoved { .. })), "it has been spent");
    let rest = agreed(&world, &payments, &view, 60).await;
    assert_eq!(payments.refund_agreed(rest).await.unwrap().payment.status, S::Refunded);
    assert_eq!(payments.refunds(&view.id).await.unwrap().len(), 2);
    let notices = world.store().notices(100).await.unwrap();
    let evidence = notices.iter().find(|notice| notice.topic == "refund.agreed").unwrap();
    assert_eq!(evidence.payload["consent"]["words"], "yes, pay it");
    world.check(&payments).await;
}

#[tokio::test]
async fn a_refund_needs_a_consent_to_it_that_is_fresh() {
    let world = World::new();
    let payments = world.start();
    let view = payments.pay(world.consent(usd(100))).await.unwrap();
    assert!(matches!(payments.refund_agreed(world.consent(usd(100))).await, Err(PayError::OtherKind)));
    let more = agreed(&world, &payments, &view, 101).await;
    assert!(matches!(payments.refund_agreed(more).await, Err(PayError::NotPossible { .. })));
    let late = agreed(&world, &payments, &view, 100).await;
    world.clock.forward(10 * 60 * 1000);
    assert!(matches!(payments.refund_agreed(late).await, Err(PayError::Consent(_))));
    assert_eq!(payments.refunds(&view.id).await.unwrap(), []);
    world.bank.next([Mood::LosesAnswer]);
    let open = payments.refund_agreed(agreed(&world, &payments, &view, 100).await).await.unwrap();
    assert_eq!(open.refund.status, RefundStatus::Open, "nobody can tell yet");
    payments.recover().await.unwrap();
    assert_eq!(reload(&payments, &view).await.status, S::Refunded);
    world.check(&payments).await;
}
