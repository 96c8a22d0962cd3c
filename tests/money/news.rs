//! Refunds and disputes as a provider's notifications tell them: in any order, repeated, of the wrong amount, without our
//! reference, for what was never paid.

use crate::bank::Mood;
use crate::world::{World, reload, usd};
use sayso::ledger::PaymentStatus as S;
use sayso::payments::{EventStore as _, PaymentView, Payments, RefundStatus};
use sayso_plugin_interface::outcome::WebhookVerdict;
use sayso_plugin_interface::request::WebhookRequest;
use sayso_plugin_interface::{DisputeNews, DisputeState, Money, News, RefundNews, RefundOutcome};

async fn tell(payments: &Payments, event: &str, news: News) -> Option<PaymentView> {
    let said = WebhookVerdict::Genuine { event_id: event.into(), news: Box::new(news) };
    let headers = vec![("bank-signature".to_owned(), "genuine".to_owned())];
    let request = WebhookRequest { headers, body: serde_json::to_string(&said).unwrap() };
    payments.notified("stripe", request).await.unwrap().payment
}

fn dispute(view: &PaymentView, state: DisputeState, amount: Option<Money>) -> News {
    let reason = Some("not_received".to_owned());
    let dispute = DisputeNews { provider_reference: "dp_1".into(), state, amount, reason };
    News { reference: Some(view.id.to_string()), dispute: Some(dispute), ..News::default() }
}

fn refunded(view: &PaymentView, ours: Option<&str>, amount: Money) -> News {
    let outcome = RefundOutcome::Succeeded { provider_reference: "re_1".into(), amount };
    let refund = RefundNews { refund_reference: ours.map(Into::into), outcome };
    News { reference: Some(view.id.to_string()), refund: Some(refund), ..News::default() }
}

async fn topics(world: &World) -> Vec<String> {
    world.store().notices(100).await.unwrap().into_iter().map(|notice| notice.topic).collect()
}

#[tokio::test]
async fn a_dispute_is_opened_and_ends_either_way_with_its_postings() {
    use DisputeState::{ChargedBack, Open, Rejected};
    for (end, amount, status, back) in [
        (Rejected, None, S::DisputeRejected, 0),
        (ChargedBack, None, S::ChargedBack, 100),
        (ChargedBack, Some(usd(30)), S::ChargedBack, 30),
    ] {
        let world = World::new();
        let payments = world.start();
        let view = payments.pay(world.consent(usd(100))).await.unwrap();
        assert_eq!(tell(&payments, "e1", dispute(&view, Open, None)).await.unwrap().status, S::Disputed);
        assert_eq!(tell(&payments, "e2", dispute(&view, Open, None)).await.unwrap().status, S::Disputed, "once more");
        let after = tell(&payments, "e3", dispute(&view, end, amount)).await.unwrap();
        assert_eq!((after.status, after.refunded), (status, usd(back)));
        assert_eq!(tell(&payments, "e4", dispute(&view, Open, None)).await.unwrap().status, status, "no way back");
        let topics = topics(&world).await;
        assert!(topics.contains(&"payment.disputed".to_owned()) && topics.contains(&format!("payment.{status}")));
        world.check(&payments).await;
    }
}

#[tokio::test]
async fn the_end_of_a_dispute_may_come_before_its_beginning_and_a_lost_one_may_be_won_later() {
    let world = World::new();
    let payments = world.start();
    let view = payments.pay(world.consent(usd(100))).await.unwrap();
    let lost = tell(&payments, "e1", dispute(&view, DisputeState::Rejected, Some(usd(100)))).await.unwrap();
    assert_eq!(lost.status, S::DisputeRejected);
    let won = tell(&payments, "e2", dispute(&view, DisputeState::ChargedBack, Some(usd(100)))).await.unwrap();
    assert_eq!((won.status, won.refunded), (S::ChargedBack, usd(100)));
    world.check(&payments).await;
}

#[tokio::test]
async fn what_was_refunded_does_not_come_back_a_second_time_by_a_dispute() {
    let world = World::new();
    let payments = world.start();
    let view = payments.pay(world.consent(usd(100))).await.unwrap();
    payments.refund(&view.id, usd(40)).await.unwrap();
    let after = tell(&payments, "e1", dispute(&view, DisputeState::ChargedBack, Some(usd(100)))).await.unwrap();
    assert_eq!((after.status, after.refunded), (S::ChargedBack, usd(100)));
    world.check(&payments).await;
}

#[tokio::test]
async fn a_dispute_about_more_than_was_paid_moves_nothing_and_is_an_alarm() {
    let world = World::new();
    let payments = world.start();
    let view = payments.pay(world.consent(usd(100))).await.unwrap();
    let yuan = Money::new(100, sayso_plugin_interface::Currency::CNY);
    for (event, amount) in [("e1", usd(101)), ("e2", yuan)] {
        let after = tell(&payments, event, dispute(&view, DisputeState::ChargedBack, Some(amount))).await.unwrap();
        assert_eq!((after.status, after.refunded), (S::Succeeded, usd(0)));
        assert!(after.note.unwrap().contains("never paid"));
    }
    assert_eq!(topics(&world).await.iter().filter(|topic| *topic == "payment.alarm").count(), 2);
    world.check(&payments).await;
}

#[tokio::test]
async fn a_dispute_about_what_nobody_knew_to_be_paid_makes_us_ask_first() {
    let world = World::new();
    let payments = world.start();
    world.bank.next([Mood::LosesAnswer]);
    let view = payments.pay(world.consent(usd(100))).await.unwrap();
    assert_eq!(view.status, S::Unknown);
    let after = tell(&payments, "e1", dispute(&view, DisputeState::Open, None)).await.unwrap();
    assert_eq!(after.status, S::Disputed);
    world.bank.next([Mood::Declines(sayso_plugin_interface::outcome::DeclineCode::Declined)]);
    let failed = payments.pay(world.consent(usd(7))).await.unwrap();
    let told = tell(&payments, "e2", dispute(&failed, DisputeState::Open, None)).await.unwrap();
    assert_eq!(told.status, S::Failed, "what failed is not disputed");
    assert!(topics(&world).await.contains(&"payment.alarm".to_owned()));
    world.bank.next([Mood::LosesAnswer]);
    let lost = payments.pay(world.consent(usd(9))).await.unwrap();
    world.bank.next_questions([Mood::Unreachable, Mood::Unreachable]);
    assert_eq!(tell(&payments, "e3", dispute(&lost, DisputeState::Open, None)).await, None, "it waits");
    let asked = || world.bank.books.lock().unwrap().questions;
    let before = asked();
    payments.recover_due().await.unwrap();
    assert_eq!(asked(), before, "what waits makes nobody ask more often");
    world.clock.forward(60_000);
    payments.recover_due().await.unwrap();
    world.clock.forward(60_000);
    payments.recover_due().await.unwrap();
    payments.recover_due().await.unwrap();
    assert_eq!(reload(&payments, &lost).await.status, S::Disputed);
    world.check(&payments).await;
}

#[tokio::test]
async fn a_payment_is_found_by_the_providers_own_reference() {
    let world = World::new();
    let payments = world.start();
    let view = payments.pay(world.consent(usd(100))).await.unwrap();
    let theirs = News {
        reference: None,
        provider_reference: view.provider_reference.clone(),
        ..dispute(&view, DisputeState::Open, None)
    };
    assert_eq!(tell(&payments, "e1", theirs).await.unwrap().status, S::Disputed);
    let stranger = News { reference: None, provider_reference: Some("ch_0".into()), ..News::default() };
    assert_eq!(tell(&payments, "e2", stranger).await, None);
    assert_eq!(world.store().waiting_events(9).await.unwrap().len(), 1, "it waits for its payment");
}

#[tokio::test]
async fn our_refund_is_settled_by_its_notification_once() {
    let world = World::new();
    let payments = world.start();
    let view = payments.pay(world.consent(usd(100))).await.unwrap();
    world.bank.next([Mood::LosesAnswer]);
    payments.refund(&view.id, usd(60)).await.unwrap();
    let ours = payments.refunds(&view.id).await.unwrap().remove(0);
    assert_eq!(ours.status, RefundStatus::Open);
    for event in ["e1", "e2"] {
        let after = tell(&payments, event, refunded(&view, Some(&ours.reference), usd(60))).await.unwrap();
        assert_eq!((after.status, after.refunded), (S::PartiallyRefunded, usd(60)));
    }
    assert_eq!(payments.refunds(&view.id).await.unwrap().len(), 1);
    world.check(&payments).await;
}

#[tokio::test]
async fn a_refund_of_another_amount_posts_nothing_is_an_alarm_and_stays_counted() {
    let world = World::new();
    let payments = world.start();
    let view = payments.pay(world.consent(usd(100))).await.unwrap();
    world.bank.next([Mood::LosesRequest]);
    payments.refund(&view.id, usd(60)).await.unwrap();
    let ours = payments.refunds(&view.id).await.unwrap().remove(0);
    let after = tell(&payments, "e1", refunded(&view, Some(&ours.reference), usd(61))).await.unwrap();
    assert_eq!((after.status, after.refunded), (S::Succeeded, usd(0)));
    assert_eq!(payments.refunds(&view.id).await.unwrap()[0].status, RefundStatus::Review);
    assert!(topics(&world).await.contains(&"payment.alarm".to_owned()));
    assert!(payments.refund(&view.id, usd(41)).await.is_err(), "those 60 may be back");
    assert_eq!(payments.recover().await.unwrap().looked_at, 0, "no machine asks on");
    world.check(&payments).await;
}

#[tokio::test]
async fn a_refund_that_nobody_here_asked_for_is_taken_into_the_books_once() {
    let world = World::new();
    let payments = world.start();
    let view = payments.pay(world.consent(usd(100))).await.unwrap();
    for event in ["e1", "e2"] {
        let after = tell(&payments, event, refunded(&view, None, usd(100))).await.unwrap();
        assert_eq!((after.status, after.refunded), (S::Refunded, usd(100)));
    }
    let mut more = refunded(&view, None, usd(1));
    if let Some(RefundNews { outcome: RefundOutcome::Succeeded { provider_reference, .. }, .. }) = &mut more.refund {
        *provider_reference = "re_2".into();
    }
    let after = tell(&payments, "e3", more).await.unwrap();
    assert_eq!(after.refunded, usd(100), "more than was paid can't come back");
    assert!(topics(&world).await.contains(&"payment.alarm".to_owned()));
    world.check(&payments).await;
}

#[tokio::test]
async fn a_refund_whose_key_is_too_old_is_never_asked_for_again() {
    let world = World::new();
    world.bank.declare(|capabilities| capabilities.idempotency_key_life_ms = Some(3_600_000));
    let payments = world.start();
    let view = payments.pay(world.consent(usd(100))).await.unwrap();
    world.bank.next([Mood::LosesRequest]);
    payments.refund(&view.id, usd(60)).await.unwrap();
    let keys = || world.bank.books.lock().unwrap().refund_keys.len();
    let asked = keys();
    // Still within its life, but not for as long as an ask may take.
    world.clock.forward(3_600_000 - 1_000);
    payments.recover().await.unwrap();
    assert_eq!((keys(), payments.refunds(&view.id).await.unwrap()[0].status), (asked, RefundStatus::Review));
    world.check(&payments).await;
}
