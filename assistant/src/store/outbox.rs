//! What is still to be told to the outside. A notice stays until it is marked as delivered, so that none is lost.

use super::failure::failure;
use super::opening::Store;
use super::rows::{from_json, parsed};
use crate::ledger::PaymentId;
use crate::payments::StoreError;
use rusqlite::{Connection, params};
use serde_json::Value;

/// One notice as it waits to be delivered.
#[derive(Clone, Debug, PartialEq)]
pub struct StoredNotice {
    /// Its number, which stays the same however often it is delivered.
    pub id: i64,
    /// The payment that it is about.
    pub payment: PaymentId,
    /// What it is about, e.g. `payment.succeeded`.
    pub topic: String,
    /// A [`crate::payments::PaymentView`] as JSON.
    pub payload: Value,
    /// When it was written, as Unix milliseconds.
    pub created_at_ms: i64,
}

impl Store {
    /// The oldest notices that were not delivered.
    pub async fn waiting_notices(&self, limit: usize) -> Result<Vec<StoredNotice>, StoreError> {
        let read = move |connection: &Connection| {
            let sql = "SELECT id, payment, topic, payload, created_at_ms FROM outbox \
                 WHERE delivered_at_ms IS NULL ORDER BY id LIMIT ?1";
            let mut statement = connection.prepare_cached(sql)?;
            let rows = statement.query_and_then([i64::try_from(limit).unwrap_or(i64::MAX)], |row| {
                Ok(StoredNotice {
                    id: row.get(0)?,
                    payment: parsed(&row.get::<_, String>(1)?)?,
                    topic: row.get(2)?,
                    payload: from_json(&row.get::<_, String>(3)?)?,
                    created_at_ms: row.get(4)?,
                })
            })?;
            rows.collect()
        };
        self.inner.reader.run(read).await
    }

    /// Marks a notice as delivered at `now_ms`.
    pub async fn mark_delivered(&self, notice: i64, now_ms: i64) -> Result<(), StoreError> {
        let path = self.inner.path.clone();
        let mark = move |connection: &Connection| {
            let sql = "UPDATE outbox SET delivered_at_ms = ?2 WHERE id = ?1 AND delivered_at_ms IS NULL";
            let marked = connection.prepare_cached(sql).and_then(|mut s| s.execute(params![notice, now_ms]));
            marked.map(|_| ()).map_err(|error| failure(&path, &error))
        };
        self.inner.writer.run(mark).await
    }
}
