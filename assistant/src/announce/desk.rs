//! Takes the news that wait and brings each to every channel that wants it, at least once.

use super::channel::{Channel, pause_ms};
use super::message::{self, Message};
use super::outbox::{News, Outbox};
use super::transport::Refusal;
use crate::lang::Lang;
use crate::payments::{Clock, StoreError};
use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde::Serialize;
use std::sync::Arc;
use std::time::Duration;

/// How many news of one channel are taken at a time.
const AT_ONCE: usize = 100;
/// How long one delivery may take.
const DEADLINE: Duration = Duration::from_secs(30);
/// How long taken news belong to whoever took them, in milliseconds; longer than a delivery may take.
const LEASE_MS: i64 = 120_000;

/// What one round delivered.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Delivered {
    /// Messages that a channel took.
    pub told: usize,
    /// News that wait for a better time.
    pub later: usize,
    /// What failed, each as a sentence.
    pub problems: Vec<String>,
}

/// Everything that deliveries need.
#[derive(Clone)]
pub struct Desk {
    outbox: Arc<dyn Outbox>,
    channels: Vec<Channel>,
    clock: Arc<dyn Clock>,
    zone: TimeZone,
}

impl Desk {
    /// A desk that serves these channels; times of day are those of `zone`.
    #[must_use]
    pub fn new(outbox: Arc<dyn Outbox>, channels: Vec<Channel>, clock: Arc<dyn Clock>, zone: TimeZone) -> Self {
        Desk { outbox, channels, clock, zone }
    }

    /// True if nobody is to be told anything.
    #[must_use]
    pub fn is_idle(&self) -> bool {
        self.channels.is_empty()
    }

    /// One round over all channels. A channel that fails does not hold up another.
    pub async fn deliver(&self) -> Result<Delivered, StoreError> {
        let mut report = Delivered::default();
        for channel in &self.channels {
            self.serve(channel, &mut report).await?;
        }
        Ok(report)
    }

    /// Sends one message that tells of nothing, to try a channel out. `None` if there is no such channel.
    pub async fn try_out(&self, name: &str) -> Option<Result<(), Refusal>> {
        let channel = self.channels.iter().find(|channel| channel.name == name)?;
        let text = match channel.lang {
            Lang::En => "This is a test: Sayso can reach you here.",
            Lang::Zh => "这是一条测试消息：Sayso可以在这里联系您。",
        };
        let message = Message {
            id: format!("test-{}", self.clock.now_ms()),
            topic: super::Topic::Pending,
            lang: channel.lang,
            title: "Sayso".to_owned(),
            text: text.to_owned(),
            payments: Vec::new(),
            practice: true,
        };
        Some(self.send(channel, &message).await)
    }

    /// Tells one channel something at once, whatever the hour and what it wants to hear. `None` if there is no such channel.
    /// It is not tried again: whoever asks waits for the answer.
    pub async fn tell_now(&self, name: &str, lang: Lang, title: &str, text: &str) -> Option<Result<(), Refusal>> {
        let channel = self.channels.iter().find(|channel| channel.name == name)?;
        let message = Message {
            id: format!("now-{}", self.clock.now_ms()),
            topic: super::Topic::ActionRequired,
            lang,
            title: title.to_owned(),
            text: text.to_owned(),
            payments: Vec::new(),
            practice: false,
        };
        Some(self.send(channel, &message).await)
    }

    async fn serve(&self, channel: &Channel, report: &mut Delivered) -> Result<(), StoreError> {
        let now_ms = self.clock.now_ms();
        let (name, outbox) = (channel.name.as_str(), &self.outbox);
        let news = outbox.take_news(name, now_ms, now_ms.saturating_add(LEASE_MS), AT_ONCE).await?;
        let (wanted, unwanted): (Vec<News>, Vec<News>) =
            news.into_iter().partition(|news| channel.on.contains(&news.topic));
        outbox.news_done(name, &ids(&unwanted), false, now_ms).await?;
        let time = Timestamp::from_millisecond(now_ms).unwrap_or_default().to_zoned(self.zone.clone()).time();
        let (sayable, quiet): (Vec<News>, Vec<News>) =
            wanted.into_iter().partition(|news| channel.may_speak(news.topic, time));
        self.put_off(name, &quiet, now_ms.saturating_add(60_000), report).await?;
        let next_ms = match outbox.last_told_ms(name).await? {
            Some(last) if channel.every_ms > 0 => last.saturating_add(channel.every_ms),
            _ => now_ms,
        };
        // A clock that was set back does not silence it for longer than its own pause.
        if next_ms > now_ms && next_ms <= now_ms.saturating_add(channel.every_ms) {
            return self.put_off(name, &sayable, next_ms, report).await;
        }
        if channel.every_ms > 0 {
            return self.tell(channel, &sayable, report).await;
        }
        for one in &sayable {
            self.tell(channel, std::slice::from_ref(one), report).await?;
        }
        Ok(())
    }

    async fn put_off(
        &self,
        channel: &str,
        news: &[News],
        next_ms: i64,
        report: &mut Delivered,
    ) -> Result<(), StoreError> {
        report.later += news.len();
        self.outbox.news_later(channel, &ids(news), Some(next_ms), None).await
    }

    async fn tell(&self, channel: &Channel, news: &[News], report: &mut Delivered) -> Result<(), StoreError> {
        let installation = self.outbox.installation_name().await?;
        let Some(message) = message::compose(channel, news, &installation, &self.zone) else { return Ok(()) };
        let sent = self.send(channel, &message).await;
        let now_ms = self.clock.now_ms();
        let Err(refusal) = sent else {
            report.told += 1;
            return self.outbox.news_done(&channel.name, &ids(news), true, now_ms).await;
        };
        let (tries, oldest_ms) = news.iter().fold((0, now_ms), |(t, at), n| (n.tries.max(t), n.at_ms.min(at)));
        let pause = pause_ms(tries.saturating_add(1), now_ms.saturating_sub(oldest_ms));
        let next_ms = pause.filter(|_| refusal.try_again).map(|pause| now_ms.saturating_add(pause));
        let what_next = if next_ms.is_some() { "tried again later" } else { "given up" };
        report.problems.push(format!("{}: {} ({what_next})", channel.name, refusal.why));
        self.outbox.news_later(&channel.name, &ids(news), next_ms, Some(&refusal.why)).await
    }

    /// In a task of its own and with a deadline: whatever a transport does, it costs this try only.
    async fn send(&self, channel: &Channel, message: &Message) -> Result<(), Refusal> {
        let (transport, message) = (Arc::clone(&channel.transport), message.clone());
        let mut task = tokio::spawn(async move { transport.send(&message).await });
        match tokio::time::timeout(DEADLINE, &mut task).await {
            Ok(Ok(sent)) => sent,
            Ok(Err(_)) => Err(Refusal::again("the delivery broke down")),
            Err(_) => {
                task.abort();
                Err(Refusal::again(format!("no answer within {} s", DEADLINE.as_secs())))
            }
        }
    }
}

fn ids(news: &[News]) -> Vec<i64> {
    news.iter().map(|news| news.id).collect()
}
