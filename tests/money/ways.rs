//! Ways to pay that are stored: kept before the provider hears of it, taken up again, used by payments, never a card number.

use crate::bank::{Mood, way_notification};
use crate::world::{World, proposal, usd};
use jiff::civil::date;
use sayso::consent::Proposal;
use sayso::ledger::PaymentStatus;
use sayso::payments::{Clock as _, InstrumentStore as _, PayError, WayError, WayState};
use sayso::schedule::Schedule;
use sayso_plugin_interface::capabilities::{HandoffKind, ServiceHours};
use sayso_plugin_interface::outcome::DeclineCode;
use sayso_plugin_interface::{EnrolOutcome, Instrument, NextStep};

fn visa(id: &str) -> Instrument {
    Instrument { ids: [("payment_method".to_owned(), id.to_owned())].into(), label: "Visa ending in 4242".into() }
}

fn stored(id: &str) -> EnrolOutcome {
    EnrolOutcome::Enrolled { instrument: visa(id) }
}

fn link(expires_ms: Option<i64>) -> EnrolOutcome {
    let next = NextStep::Link { url: "https://example.com/approve".into() };
    EnrolOutcome::ActionRequired { next, expires_ms, provider_reference: Some("seti_1".into()) }
}

fn unclear() -> EnrolOutcome {
    EnrolOutcome::Unknown { reason: "the answer was lost".into() }
}

/// A world whose bank stores ways to pay, and gives these answers one after the other.
fn storing(answers: impl IntoIterator<Item = EnrolOutcome>) -> World {
    let world = World::new();
    world.bank.declare(|capabilities| capabilities.enrolment = true);
    world.bank.books.lock().unwrap().enrol_answers.extend(answers);
    world
}

#[tokio::test]
async fn payments_use_what_was_stored_last_and_repeat_it_to_the_letter() {
    let world = storing([stored("pm_1"), stored("pm_2"), stored("pm_3")]);
    let payments = world.start();
    payments.pay(world.consent(usd(100))).await.unwrap();
    payments.enrol("stripe", "home").await.unwrap();
    world.clock.forward(1_000);
    payments.enrol("stripe", "home").await.unwrap();
    // The answer is lost, and another way is stored before it is sent again.
    world.bank.next([Mood::LosesRequest]);
    payments.pay(world.consent(usd(200))).await.unwrap();
    world.clock.forward(1_000);
    payments.enrol("stripe", "home").await.unwrap();
    world.clock.forward(61_000);
    let payments = world.start();
    payments.recover().await.unwrap();
    let asked: Vec<Option<Instrument>> = world.bank.asks().into_iter().map(|ask| ask.instrument).collect();
    assert_eq!(asked, [None, Some(visa("pm_2")), Some(visa("pm_2"))]);
    world.check(&payments).await;
}

#[tokio::test]
async fn an_enrolment_that_was_interrupted_is_taken_up_again_and_is_the_same_one() {
    let world = storing([unclear(), EnrolOutcome::NotFound, link(None), stored("pm_1")]);
    let (begun, _) = world.start().enrol("stripe", "home").await.unwrap();
    assert_eq!((begun.state, begun.next.is_some()), (WayState::Pending, false));
    let payments = world.start();
    let (again, _) = payments.enrol("stripe", "home").await.unwrap();
    assert_eq!((again.id.as_str(), again.next.is_some()), (begun.id.as_str(), true));
    let sent = world.bank.books.lock().unwrap().enrolments.clone();
    assert_eq!(sent.len(), 2, "not found at the provider: sent again");
    assert_eq!(sent[0], sent[1], "with the same reference and key");
    let (done, _) = world.start().ask_about_way(again).await.unwrap();
    assert_eq!((done.state, done.label.as_str()), (WayState::Stored, "Visa ending in 4242"));
    assert!(done.next.is_none() && done.enrolled_at_ms.is_some());
    // Somebody else's is another one.
    world.bank.books.lock().unwrap().enrol_answers.extend([link(None)]);
    let (other, _) = payments.enrol("stripe", "alice").await.unwrap();
    assert_ne!(other.id, done.id);
    world.check(&payments).await;
}

#[tokio::test]
async fn what_nobody_acts_on_is_given_up_and_a_new_one_begins() {
    let world = storing([link(Some(1_700_000_060_000)), link(None), link(None)]);
    let payments = world.start();
    let (way, _) = payments.enrol("stripe", "home").await.unwrap();
    assert_eq!(way.expires_ms, 1_700_000_060_000);
    world.clock.forward(30 * 24 * 60 * 60 * 1000);
    // The provider still shows the link, without an end: the end that it named first is over.
    let (new, _) = payments.enrol("stripe", "home").await.unwrap();
    assert_ne!(new.id, way.id);
    let states: Vec<WayState> = world.store().ways().await.unwrap().into_iter().map(|way| way.state).collect();
    assert_eq!(states, [WayState::Pending, WayState::GivenUp]);
}

#[tokio::test]
async fn a_refusal_and_a_card_number_store_nothing() {
    let refused = EnrolOutcome::Failed { code: DeclineCode::Expired, provider_code: None };
    let world = storing([refused, stored("4242424242424242")]);
    let payments = world.start();
    let (way, _) = payments.enrol("stripe", "home").await.unwrap();
    assert_eq!((way.state, way.decline), (WayState::Failed, Some(DeclineCode::Expired)));
    let error = payments.enrol("stripe", "home").await.unwrap_err();
    assert!(matches!(error, WayError::CardNumber(_)), "{error}");
    assert!(payments.ways_to_pay().await.unwrap().is_empty());
    payments.pay(world.consent(usd(100))).await.unwrap();
    assert_eq!(world.bank.asks()[0].instrument, None);
    world.check(&payments).await;
}

#[tokio::test]
async fn what_is_removed_is_used_no_more() {
    let world = storing([stored("pm_1")]);
    let payments = world.start();
    let (way, _) = payments.enrol("stripe", "home").await.unwrap();
    payments.remove_way(&way.id).await.unwrap();
    assert!(matches!(payments.remove_way(&way.id).await, Err(WayError::NoSuchWay(_))));
    payments.pay(world.consent(usd(100))).await.unwrap();
    assert_eq!(world.bank.asks()[0].instrument, None);
}

#[tokio::test]
async fn a_provider_that_stores_none_is_not_asked() {
    let world = World::new();
    let error = world.start().enrol("stripe", "home").await.unwrap_err();
    assert!(matches!(error, WayError::NotOffered(_)), "{error}");
    assert!(world.store().ways().await.unwrap().is_empty());
}

#[tokio::test]
async fn a_notification_stores_it_too() {
    let world = storing([link(None), link(None), stored("pm_2")]);
    let payments = world.start();
    let (way, _) = payments.enrol("stripe", "home").await.unwrap();
    let told = way_notification("evt_1", &way.reference, Some(stored("pm_1")));
    payments.notified("stripe", told).await.unwrap();
    let held = payments.ways_to_pay().await.unwrap();
    assert_eq!((held[0].state, held[0].instrument.clone()), (WayState::Stored, Some(visa("pm_1"))));
    // One that says nothing of it makes us ask.
    let (other, _) = payments.enrol("stripe", "alice").await.unwrap();
    payments.notified("stripe", way_notification("evt_2", &other.reference, None)).await.unwrap();
    assert!(payments.ways_to_pay().await.unwrap().iter().all(|way| way.state == WayState::Stored));
    // A late one changes nothing more.
    payments.notified("stripe", way_notification("evt_3", &way.reference, Some(stored("pm_9")))).await.unwrap();
    let held = payments.ways_to_pay().await.unwrap();
    assert!(held.iter().all(|way| way.instrument != Some(visa("pm_9"))));
}

#[tokio::test]
async fn one_of_test_money_is_never_used_for_real_money_nor_the_other_way_round() {
    let world = storing([stored("pm_test"), link(None), stored("pm_live"), link(None)]);
    let payments = world.start();
    payments.enrol("stripe", "home").await.unwrap();
    let (open, _) = payments.enrol("stripe", "alice").await.unwrap();
    world.bank.declare(|capabilities| capabilities.practice = false);
    let payments = world.start();
    payments.pay(world.consent(usd(100))).await.unwrap();
    let error = payments.ask_about_way(open.clone()).await.unwrap_err();
    assert!(matches!(&error, WayError::OtherMoney(id, ..) if *id == open.id), "{error}");
    let (live, _) = payments.enrol("stripe", "alice").await.unwrap();
    assert_ne!(live.id, open.id, "the enrolment with test money is not gone on with");
    assert!(!live.practice);
    payments.pay(world.consent(usd(200))).await.unwrap();
    world.bank.declare(|capabilities| capabilities.practice = true);
    world.start().pay(world.consent(usd(300))).await.unwrap();
    let asked: Vec<Option<Instrument>> = world.bank.asks().into_iter().map(|ask| ask.instrument).collect();
    assert_eq!(asked, [None, Some(visa("pm_live")), Some(visa("pm_test"))]);
    let kept = world.store().ways().await.unwrap();
    assert_eq!(kept.iter().map(|way| way.practice).collect::<Vec<_>>(), [false, true, true]);
}

#[tokio::test]
async fn a_payment_of_one_kind_of_money_is_never_gone_on_with_at_a_provider_of_the_other() {
    let world = World::new();
    world.bank.next([Mood::LosesRequest]);
    let view = world.start().pay(world.consent(usd(100))).await.unwrap();
    world.clock.forward(world.settings.grace_ms + 1);
    world.bank.declare(|capabilities| capabilities.practice = false);
    let payments = world.start();
    let report = payments.recover().await.unwrap();
    assert!(report.problems.iter().any(|problem| problem.contains("real money")), "{:?}", report.problems);
    assert_eq!((world.bank.asks().len(), world.bank.books.lock().unwrap().questions), (1, 0), "it hears nothing of it");
    let error = payments.cancel(&view.id).await.unwrap_err();
    assert!(matches!(error, PayError::OtherMoney { .. }), "{error}");
    world.bank.declare(|capabilities| capabilities.practice = true);
    world.start().recover().await.unwrap();
    assert_eq!(world.bank.asks().len(), 2, "with its own provider it goes on");
}

#[tokio::test]
async fn a_rehearsal_of_an_enrolment_stores_nothing() {
    let world = storing([stored("pm_1")]);
    let payments = world.start();
    let would = payments.rehearse_enrolment("stripe", "home").await.unwrap();
    assert_eq!((would.verb, would.request["person"].as_str()), ("enrol", Some("home")));
    assert!(world.store().ways().await.unwrap().is_empty());
    let none = World::new().start().rehearse_enrolment("stripe", "home").await;
    assert!(matches!(none, Err(WayError::NotOffered(_))));
}

/// A world whose bank takes payments without a screen only from 07:00 to 22:00 of UTC, with a way to pay stored at noon.
async fn with_hours(handoff: &[HandoffKind]) -> World {
    let world = storing([stored("pm_1")]);
    let hours = ServiceHours { from_minute: 420, to_minute: 1320, utc_offset_minutes: 0 };
    world.bank.declare(|capabilities| {
        (capabilities.enrolment, capabilities.hours, capabilities.handoff) = (true, Some(hours), handoff.to_vec());
    });
    world.start().enrol("stripe", "home").await.unwrap();
    // The clock of these tests begins at 22:13:20.
    assert!(!hours.is_open(world.clock.now_ms()));
    world
}

const HOUR_MS: i64 = 60 * 60 * 1000;

#[tokio::test]
async fn outside_its_hours_a_provider_is_not_asked_to_pay_without_a_screen() {
    let world = with_hours(&[HandoffKind::Link]).await;
    let payments = world.start();
    world.bank.next([Mood::WantsAction]);
    let night = payments.pay(world.consent(usd(100))).await.unwrap();
    assert_eq!(night.status, PaymentStatus::ActionRequired, "who is there can approve it");
    world.clock.forward(10 * HOUR_MS);
    payments.pay(world.consent(usd(200))).await.unwrap();
    let asked: Vec<Option<Instrument>> = world.bank.asks().into_iter().map(|ask| ask.instrument).collect();
    assert_eq!(asked, [None, Some(visa("pm_1"))]);
    // Where there is no screen to hand over to, nothing is begun, and it is said when it can be.
    let world = with_hours(&[]).await;
    let refused = world.start().pay(world.consent(usd(100))).await.unwrap_err();
    assert!(matches!(refused, PayError::Closed { .. }) && refused.to_string().contains("07:00"), "{refused}");
    assert!(world.bank.asks().is_empty() && world.start().list(&Default::default()).await.unwrap().is_empty());
}

#[tokio::test]
async fn what_was_lost_in_the_evening_is_sent_again_in_the_morning() {
    let world = with_hours(&[HandoffKind::Link]).await;
    world.clock.forward(23 * HOUR_MS);
    let payments = world.start();
    world.bank.next([Mood::LosesRequest]);
    let view = payments.pay(world.consent(usd(100))).await.unwrap();
    assert_eq!(world.bank.asks()[0].instrument, Some(visa("pm_1")));
    world.clock.forward(2 * HOUR_MS);
    payments.recover().await.unwrap();
    assert_eq!(world.bank.asks().len(), 1, "at night it would be refused for good");
    world.clock.forward(8 * HOUR_MS);
    payments.recover().await.unwrap();
    assert_eq!(payments.get(&view.id).await.unwrap().unwrap().status, PaymentStatus::Succeeded);
    world.check(&payments).await;
}

#[tokio::test]
async fn what_is_due_by_itself_waits_until_its_provider_opens() {
    let world = with_hours(&[HandoffKind::Link]).await;
    let (payments, agreed_on, due) = (world.start(), date(2026, 11, 22), date(2026, 11, 23));
    let agreed = Proposal { schedule: Some(Schedule::Once { on: due }), ..proposal(usd(100)) };
    payments.schedule(world.consent_at(agreed, world.clock.now_ms()), agreed_on).await.unwrap();
    let night = payments.run_due(due).await.unwrap();
    assert_eq!((night.begun.len(), night.skipped.len()), (0, 0), "nobody is there to approve it");
    assert!(night.problems[0].contains("07:00"), "{:?}", night.problems);
    world.clock.forward(10 * HOUR_MS);
    let morning = payments.run_due(due).await.unwrap();
    assert_eq!(morning.begun[0].status, PaymentStatus::Succeeded);
    assert_eq!(world.bank.asks()[0].instrument, Some(visa("pm_1")));
    assert!(payments.run_due(due).await.unwrap().begun.is_empty());
    world.check(&payments).await;
}
