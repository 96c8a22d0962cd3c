//! What providers notified of: each event once, for ever, with what became of it.

use super::failure::{failure, told};
use super::opening::Store;
use super::rows::{from_json, parsed, to_json};
use crate::ledger::PaymentId;
use crate::payments::{EventFate, EventStore, StoreError, WebhookEvent};
use async_trait::async_trait;
use rusqlite::{Connection, OptionalExtension as _, params};

#[async_trait]
impl EventStore for Store {
    async fn keep_event(&self, event: &WebhookEvent) -> Result<bool, StoreError> {
        let (path, event) = (self.inner.path.clone(), event.clone());
        let text = to_json(&event).map_err(|error| told(&path, error))?;
        let keep = move |connection: &Connection| {
            let sql = "INSERT INTO webhook_events (provider, event_id, event, received_at_ms, fate) \
                 VALUES (?1, ?2, ?3, ?4, ?5) ON CONFLICT DO NOTHING";
            let fate = EventFate::Waiting.name();
            let values = params![event.provider, event.event_id, text, event.received_at_ms, fate];
            let kept = connection.prepare_cached(sql).and_then(|mut s| s.execute(values));
            kept.map(|rows| rows == 1).map_err(|error| failure(&path, &error))
        };
        self.inner.writer.run(keep).await
    }

    async fn waiting_events(&self, limit: usize) -> Result<Vec<WebhookEvent>, StoreError> {
        let read = move |connection: &Connection| {
            let sql = "SELECT event FROM webhook_events WHERE fate = 'waiting' ORDER BY received_at_ms LIMIT ?1";
            let mut statement = connection.prepare_cached(sql)?;
            let limit = i64::try_from(limit).unwrap_or(i64::MAX);
            let rows = statement.query_and_then([limit], |row| from_json(&row.get::<_, String>(0)?))?;
            rows.collect()
        };
        self.inner.reader.run(read).await
    }

    async fn settle_event(&self, event: &WebhookEvent, fate: EventFate, at_ms: i64) -> Result<(), StoreError> {
        let (path, event) = (self.inner.path.clone(), event.clone());
        let settle = move |connection: &Connection| {
            let sql = "UPDATE webhook_events SET fate = ?3, settled_at_ms = ?4 \
                 WHERE provider = ?1 AND event_id = ?2 AND fate = 'waiting'";
            let values = params![event.provider, event.event_id, fate.name(), at_ms];
            let settled = connection.prepare_cached(sql).and_then(|mut s| s.execute(values));
            settled.map(|_| ()).map_err(|error| failure(&path, &error))
        };
        self.inner.writer.run(settle).await
    }

    async fn by_provider_reference(&self, provider: &str, theirs: &str) -> Result<Option<PaymentId>, StoreError> {
        self.inner.reader.now(|connection| {
            let sql = "SELECT id FROM payments WHERE provider = ?1 AND provider_reference = ?2 LIMIT 2";
            let mut statement = connection.prepare_cached(sql)?;
            let rows = statement.query_map([provider, theirs], |row| row.get::<_, String>(0))?;
            let found = rows.collect::<Result<Vec<_>, _>>()?;
            match found.as_slice() {
                [one] => Ok(Some(parsed(one)?)),
                _ => Ok(None),
            }
        })
    }

    async fn by_reference(&self, reference: &str) -> Result<Option<(PaymentId, String)>, StoreError> {
        self.inner.reader.now(|connection| {
            let mut statement = connection.prepare_cached("SELECT id, provider FROM payments WHERE reference = ?1")?;
            let row = |row: &rusqlite::Row<'_>| Ok((row.get::<_, String>(0)?, row.get::<_, String>(1)?));
            let found = statement.query_row([reference], row).optional()?;
            found.map(|(id, provider)| Ok((parsed(&id)?, provider))).transpose()
        })
    }
}
