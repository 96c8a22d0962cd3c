//! News of payments to the outside: at least once, with one id for ever, when and of what each channel wants it.

use crate::bank::Mood;
use crate::world::{World, usd};
use async_trait::async_trait;
use jiff::civil::time;
use jiff::tz::TimeZone;
use sayso::announce::{Channel, Desk, Message, Outbox as _, QuietHours, Refusal, Topic, Transport};
use sayso::lang::Lang;
use sayso::payments::Payments;
use sayso_plugin_interface::outcome::DeclineCode;
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

const HOUR_MS: i64 = 60 * 60 * 1000;

/// What one channel took, and what it does with the next messages.
#[derive(Default)]
struct Ear {
    took: Mutex<Vec<Message>>,
    refuses: Mutex<Vec<Refusal>>,
}

#[async_trait]
impl Transport for Ear {
    async fn send(&self, message: &Message) -> Result<(), Refusal> {
        if let Some(refusal) = self.refuses.lock().unwrap().pop() {
            return Err(refusal);
        }
        self.took.lock().unwrap().push(message.clone());
        Ok(())
    }
}

impl Ear {
    fn ids(&self) -> Vec<String> {
        self.took.lock().unwrap().iter().map(|message| message.id.clone()).collect()
    }
}

fn channel(name: &str, ear: &Arc<Ear>) -> Channel {
    Channel {
        name: name.into(),
        transport: ear.clone(),
        on: Topic::ALL.into(),
        lang: Lang::En,
        every_ms: 0,
        quiet: None,
        texts: BTreeMap::new(),
    }
}

fn desk(world: &World, channels: Vec<Channel>) -> Desk {
    Desk::new(Arc::new(world.store()), channels, world.clock.clone(), TimeZone::UTC)
}

async fn pay(world: &World, payments: &Payments, minor: i64) {
    payments.pay(world.consent(usd(minor))).await.unwrap();
}

#[tokio::test]
async fn each_piece_of_news_is_told_once_and_what_was_before_the_channel_is_not() {
    let world = World::new();
    let payments = world.start();
    pay(&world, &payments, 100).await;
    let ear = Arc::new(Ear::default());
    let desk = desk(&world, vec![channel("phone", &ear)]);
    assert_eq!(desk.deliver().await.unwrap().told, 0, "it begins with what comes after it");
    pay(&world, &payments, 4250).await;
    world.bank.next([Mood::Declines(DeclineCode::InsufficientFunds)]);
    pay(&world, &payments, 300).await;
    assert_eq!(desk.deliver().await.unwrap().told, 2);
    assert_eq!(desk.deliver().await.unwrap().told, 0);
    let took = ear.took.lock().unwrap();
    assert_eq!(took.iter().map(|message| message.topic).collect::<Vec<_>>(), [Topic::Succeeded, Topic::Declined]);
    assert!(took[0].text.contains("$42.50 was paid to City Power with Stripe"), "{}", took[0].text);
    assert_ne!(took[0].id, took[1].id);
}

#[tokio::test]
async fn what_is_refused_comes_again_later_with_the_same_id_and_not_for_ever() {
    let world = World::new();
    let payments = world.start();
    let ear = Arc::new(Ear::default());
    let desk = desk(&world, vec![channel("phone", &ear)]);
    desk.deliver().await.unwrap();
    pay(&world, &payments, 100).await;
    *ear.refuses.lock().unwrap() = vec![Refusal::again("busy"); 2];
    assert_eq!(desk.deliver().await.unwrap().problems.len(), 1);
    assert_eq!(desk.deliver().await.unwrap().problems.len(), 0, "not before its pause is over");
    world.clock.forward(31_000);
    assert_eq!(desk.deliver().await.unwrap().problems.len(), 1);
    world.clock.forward(31_000);
    assert_eq!(desk.deliver().await.unwrap().told, 0, "each pause is longer");
    world.clock.forward(30_000);
    assert_eq!(desk.deliver().await.unwrap().told, 1);

    pay(&world, &payments, 200).await;
    *ear.refuses.lock().unwrap() = vec![Refusal::for_ever("no such topic")];
    assert_eq!(desk.deliver().await.unwrap().problems.len(), 1);
    let failures = world.store().failures(10).await.unwrap();
    assert!(failures.len() == 1 && failures[0].given_up && failures[0].why == "no such topic", "{failures:?}");

    pay(&world, &payments, 300).await;
    *ear.refuses.lock().unwrap() = vec![Refusal::again("busy"); 1000];
    for _ in 0..200 {
        desk.deliver().await.unwrap();
        world.clock.forward(HOUR_MS);
    }
    assert_eq!(world.store().failures(10).await.unwrap().iter().filter(|failure| failure.given_up).count(), 2);
    ear.refuses.lock().unwrap().clear();
    assert_eq!(desk.deliver().await.unwrap().told, 0);
}

#[tokio::test]
async fn who_dies_between_telling_and_noting_it_tells_it_again_under_the_same_id() {
    let world = World::new();
    let payments = world.start();
    let (ear, store) = (Arc::new(Ear::default()), world.store());
    desk(&world, vec![channel("phone", &ear)]).deliver().await.unwrap();
    pay(&world, &payments, 100).await;
    // Taken by a process that tells it and dies before it can note that.
    let now_ms = 1_700_000_000_000 + HOUR_MS;
    assert_eq!(store.take_news("phone", now_ms, now_ms + 120_000, 10).await.unwrap().len(), 1);
    let desk = desk(&world, vec![channel("phone", &ear)]);
    assert_eq!(desk.deliver().await.unwrap().told, 0, "it is in somebody's hands");
    world.clock.forward(HOUR_MS + 121_000);
    assert_eq!(desk.deliver().await.unwrap().told, 1);
    let first = ear.ids();
    let other = World::new();
    let payments = other.start();
    let desk = Desk::new(Arc::new(other.store()), vec![channel("phone", &ear)], other.clock.clone(), TimeZone::UTC);
    desk.deliver().await.unwrap();
    pay(&other, &payments, 100).await;
    desk.deliver().await.unwrap();
    assert_ne!(ear.ids()[1], first[0], "another household's news have other ids");
}

#[tokio::test]
async fn two_desks_on_one_store_share_the_work() {
    let world = World::new();
    let payments = world.start();
    let ear = Arc::new(Ear::default());
    let (one, other) = (desk(&world, vec![channel("phone", &ear)]), desk(&world, vec![channel("phone", &ear)]));
    one.deliver().await.unwrap();
    for minor in 1..=20 {
        pay(&world, &payments, minor).await;
    }
    let (first, second) = tokio::join!(one.deliver(), other.deliver());
    assert_eq!(first.unwrap().told + second.unwrap().told, 20);
    let mut ids = ear.ids();
    ids.sort();
    ids.dedup();
    assert_eq!(ids.len(), 20);
}

#[tokio::test]
async fn nights_are_quiet_but_for_alarms_and_digests_come_together() {
    let world = World::new();
    let payments = world.start();
    let (phone, books) = (Arc::new(Ear::default()), Arc::new(Ear::default()));
    // The clock stands at 22:13 UTC.
    let quiet = Some(QuietHours { from: time(22, 0, 0, 0), to: time(7, 0, 0, 0) });
    let night = Channel { quiet, ..channel("phone", &phone) };
    let texts = BTreeMap::from([(Topic::Succeeded, "{payee}: {amount}".to_owned())]);
    let daily = Channel { every_ms: 24 * HOUR_MS, texts, ..channel("books", &books) };
    let desk = desk(&world, vec![night, daily]);
    desk.deliver().await.unwrap();
    pay(&world, &payments, 100).await;
    world.bank.next([Mood::Misreports(crate::bank::Misreport(|receipt| receipt.amount = usd(1)))]);
    pay(&world, &payments, 200).await;
    desk.deliver().await.unwrap();
    assert_eq!(phone.took.lock().unwrap().iter().map(|m| m.topic).collect::<Vec<_>>(), [Topic::Alarm]);
    assert_eq!(books.took.lock().unwrap().len(), 1, "both in one message");
    pay(&world, &payments, 300).await;
    desk.deliver().await.unwrap();
    assert_eq!(books.took.lock().unwrap().len(), 1);
    world.clock.forward(10 * HOUR_MS);
    desk.deliver().await.unwrap();
    assert_eq!(phone.took.lock().unwrap().len(), 3, "the night is over");
    world.clock.forward(15 * HOUR_MS);
    desk.deliver().await.unwrap();
    let took = books.took.lock().unwrap();
    assert_eq!(took.len(), 2);
    assert!(took[0].topic == Topic::Alarm && took[0].text.lines().count() == 2, "{}", took[0].text);
    assert_eq!(took[1].text, "City Power: $3.00");
}
