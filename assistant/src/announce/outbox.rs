//! What this room asks of a store: the news that a channel has not taken yet, and what became of each try.

use super::topic::Topic;
use crate::payments::{PaymentView, StoreError};
use async_trait::async_trait;
use serde::Serialize;

/// One piece of news, as it was written down in the same commit as the step that it tells of.
#[derive(Clone, Debug, PartialEq)]
pub struct News {
    /// Its number, which stays the same.
    pub id: i64,
    /// What it is about.
    pub topic: Topic,
    /// The payment as it stood then.
    pub payment: PaymentView,
    /// When, as Unix milliseconds.
    pub at_ms: i64,
    /// How often it was tried before.
    pub tries: u32,
}

/// A delivery that failed so far.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Failure {
    /// The channel.
    pub channel: String,
    /// The number of the news.
    pub news: i64,
    /// How often it was tried.
    pub tries: u32,
    /// True if it is not tried any more.
    pub given_up: bool,
    /// Why it failed the last time.
    pub why: String,
}

/// Where news wait. When a method returns `Ok`, what it wrote survives a loss of power.
#[async_trait]
pub trait Outbox: Send + Sync {
    /// The name of this installation.
    async fn installation_name(&self) -> Result<String, StoreError>;
    /// Takes at most `limit` news that `channel` has not taken yet and that are to be tried by `now_ms`, oldest first.
    /// Nobody else gets them before `until_ms`. A channel that was never asked for starts with what comes after now.
    async fn take_news(&self, channel: &str, now_ms: i64, until_ms: i64, limit: usize)
    -> Result<Vec<News>, StoreError>;
    /// They are done with: taken by the channel at `now_ms`, or not for it (`told` is false).
    async fn news_done(&self, channel: &str, news: &[i64], told: bool, now_ms: i64) -> Result<(), StoreError>;
    /// They are to be tried again at `next_ms`; without it they are given up. With a reason it counts as a try.
    async fn news_later(
        &self,
        channel: &str,
        news: &[i64],
        next_ms: Option<i64>,
        why: Option<&str>,
    ) -> Result<(), StoreError>;
    /// When the channel was last told something, as Unix milliseconds.
    async fn last_told_ms(&self, channel: &str) -> Result<Option<i64>, StoreError>;
    /// Deliveries that failed and are still tried, or were given up, newest first.
    async fn failures(&self, limit: usize) -> Result<Vec<Failure>, StoreError>;
}
