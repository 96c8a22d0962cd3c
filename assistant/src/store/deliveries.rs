//! Which channel has been told which news: the outbox as the announcing room asks for it.

use super::failure::{told, unreadable};
use super::opening::Store;
use super::reader::ReadError;
use super::rows::{from_json, unsigned};
use crate::announce::{Failure, News, Outbox, Topic};
use crate::ledger::PaymentStatus;
use crate::payments::{PaymentView, StoreError};
use async_trait::async_trait;
use rusqlite::{Connection, OptionalExtension as _, Row, params};

#[async_trait]
impl Outbox for Store {
    async fn installation_name(&self) -> Result<String, StoreError> {
        Ok(self.inner.installation.clone())
    }

    async fn take_news(
        &self,
        channel: &str,
        now_ms: i64,
        until_ms: i64,
        limit: usize,
    ) -> Result<Vec<News>, StoreError> {
        let (channel, limit) = (channel.to_owned(), i64::try_from(limit).unwrap_or(i64::MAX));
        // A look that finds nothing must cost no commit: it happens every few seconds.
        let (looked_for, looker) = (channel.clone(), self.inner.reader.clone());
        let waits = looker
            .run(move |connection| Ok(waiting(connection, &looked_for, now_ms, 1)?.is_none_or(|w| !w.is_empty())));
        if !waits.await? {
            return Ok(Vec::new());
        }
        self.deliver(move |connection| {
            let Some(news) = waiting(connection, &channel, now_ms, limit)? else {
                let sql = "INSERT INTO delivery_channels (name, told_up_to) \
                     SELECT ?1, coalesce(max(id), 0) FROM outbox";
                connection.prepare_cached(sql)?.execute([&channel])?;
                return Ok(Vec::new());
            };
            let sql = "INSERT INTO deliveries (news, channel, state, tries, next_at_ms) VALUES (?1, ?2, 'waiting', 0, ?3) \
                 ON CONFLICT (channel, news) DO UPDATE SET next_at_ms = excluded.next_at_ms";
            for one in &news {
                connection.prepare_cached(sql)?.execute(params![one.id, channel, until_ms])?;
            }
            Ok(news)
        })
        .await
    }

    async fn news_done(&self, channel: &str, news: &[i64], was_told: bool, now_ms: i64) -> Result<(), StoreError> {
        if news.is_empty() {
            return Ok(());
        }
        let (channel, news) = (channel.to_owned(), news.to_vec());
        self.deliver(move |connection| {
            let sql = "INSERT INTO deliveries (news, channel, state, tries, next_at_ms) VALUES (?1, ?2, ?3, 0, 0) \
                 ON CONFLICT (channel, news) DO UPDATE SET state = excluded.state";
            for id in &news {
                connection.prepare_cached(sql)?.execute(params![
                    id,
                    channel,
                    if was_told { "told" } else { "not_for_it" }
                ])?;
            }
            if was_told {
                let sql = "UPDATE delivery_channels SET last_told_ms = ?2 WHERE name = ?1";
                connection.prepare_cached(sql)?.execute(params![channel, now_ms])?;
            }
            tidy(connection, &channel)
        })
        .await
    }

    async fn news_later(
        &self,
        channel: &str,
        news: &[i64],
        next_ms: Option<i64>,
        why: Option<&str>,
    ) -> Result<(), StoreError> {
        if news.is_empty() {
            return Ok(());
        }
        let (channel, news, why) = (channel.to_owned(), news.to_vec(), why.map(str::to_owned));
        self.deliver(move |connection| {
            let sql = "UPDATE deliveries SET state = ?3, next_at_ms = ?4, why = coalesce(?5, why), \
                 tries = tries + (?5 IS NOT NULL) WHERE channel = ?2 AND news = ?1";
            let state = if next_ms.is_some() { "waiting" } else { "given_up" };
            for id in &news {
                let values = params![id, channel, state, next_ms.unwrap_or(0), why];
                connection.prepare_cached(sql)?.execute(values)?;
            }
            tidy(connection, &channel)
        })
        .await
    }

    async fn last_told_ms(&self, channel: &str) -> Result<Option<i64>, StoreError> {
        self.inner.reader.now(|connection| {
            let sql = "SELECT last_told_ms FROM delivery_channels WHERE name = ?1";
            let found = connection.prepare_cached(sql)?.query_row([channel], |row| row.get(0)).optional()?;
            Ok(found.flatten())
        })
    }

    async fn failures(&self, limit: usize) -> Result<Vec<Failure>, StoreError> {
        self.inner.reader.now(|connection| {
            let sql = "SELECT channel, news, tries, state, why FROM deliveries \
                 WHERE why IS NOT NULL AND state IN ('waiting', 'given_up') ORDER BY news DESC LIMIT ?1";
            let mut statement = connection.prepare_cached(sql)?;
            let limit = i64::try_from(limit).unwrap_or(i64::MAX);
            let rows = statement.query_and_then([limit], |row| {
                Ok(Failure {
                    channel: row.get(0)?,
                    news: row.get(1)?,
                    tries: unsigned(row.get(2)?)?,
                    given_up: row.get::<_, String>(3)? == "given_up",
                    why: row.get(4)?,
                })
            })?;
            rows.collect()
        })
    }
}

impl Store {
    async fn deliver<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Connection) -> Result<T, ReadError> + Send + 'static,
    ) -> Result<T, StoreError> {
        let path = self.inner.path.clone();
        self.inner.writer.run(move |connection| work(connection).map_err(|error| told(&path, error))).await
    }
}

/// What waits for a channel; `None` if it was never asked for.
fn waiting(connection: &Connection, channel: &str, now_ms: i64, limit: i64) -> Result<Option<Vec<News>>, ReadError> {
    let sql = "SELECT told_up_to FROM delivery_channels WHERE name = ?1";
    let up_to: Option<i64> = connection.prepare_cached(sql)?.query_row([channel], |row| row.get(0)).optional()?;
    let Some(up_to) = up_to else { return Ok(None) };
    let sql = format!(
        "SELECT o.id, o.payload, o.created_at_ms, coalesce(d.tries, 0), o.topic FROM outbox o \
         LEFT JOIN deliveries d ON d.channel = ?1 AND d.news = o.id \
         WHERE o.id > ?2 AND o.topic IN ({}) AND (d.news IS NULL OR (d.state = 'waiting' AND d.next_at_ms <= ?3)) \
         ORDER BY o.id LIMIT ?4",
        topics()
    );
    let mut statement = connection.prepare_cached(&sql)?;
    let rows = statement.query_and_then(params![channel, up_to, now_ms, limit], news)?;
    Ok(Some(rows.collect::<Result<_, ReadError>>()?))
}

/// The topic of what a person has to look at, wherever the payment stands.
const ALARM: &str = "payment.alarm";

/// The topics of the outbox that are news for anybody outside, for `IN`.
fn topics() -> String {
    let news = PaymentStatus::ALL.into_iter().filter(|status| Topic::of(*status).is_some());
    let news = news.map(|status| format!("'payment.{status}'"));
    news.chain([format!("'{ALARM}'")]).collect::<Vec<_>>().join(", ")
}

fn news(row: &Row<'_>) -> Result<News, ReadError> {
    let payment: PaymentView = from_json(&row.get::<_, String>(1)?)?;
    let topic = match row.get::<_, String>(4)?.as_str() {
        ALARM => Topic::Alarm,
        _ => Topic::of(payment.status).ok_or_else(|| unreadable(format!("{} is no news", payment.status)))?,
    };
    Ok(News { id: row.get(0)?, topic, payment, at_ms: row.get(2)?, tries: unsigned(row.get(3)?)? })
}

/// Forgets, up to the first news that is still to be told, what became of each.
fn tidy(connection: &Connection, channel: &str) -> Result<(), ReadError> {
    let sql = format!(
        "UPDATE delivery_channels SET told_up_to = coalesce( \
         (SELECT min(o.id) - 1 FROM outbox o LEFT JOIN deliveries d ON d.channel = ?1 AND d.news = o.id \
          WHERE o.id > delivery_channels.told_up_to AND o.topic IN ({}) AND coalesce(d.state, 'waiting') = 'waiting'), \
         (SELECT max(id) FROM outbox), told_up_to) WHERE name = ?1",
        topics()
    );
    connection.prepare_cached(&sql)?.execute([channel])?;
    let sql = "DELETE FROM deliveries WHERE channel = ?1 AND state IN ('told', 'not_for_it') \
         AND news <= (SELECT told_up_to FROM delivery_channels WHERE name = ?1)";
    connection.prepare_cached(sql)?.execute([channel])?;
    Ok(())
}
