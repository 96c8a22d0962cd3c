//! What there is to tell to the outside, as it was written beside the payments. Who has been told what stands in
//! [`deliveries`](super::deliveries).

use super::opening::Store;
use super::rows::{from_json, parsed};
use crate::ledger::PaymentId;
use crate::payments::StoreError;
use rusqlite::Connection;
use serde_json::Value;

/// One notice as it was written.
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
    /// The oldest notices.
    pub async fn notices(&self, limit: usize) -> Result<Vec<StoredNotice>, StoreError> {
        let read = move |connection: &Connection| {
            let sql = "SELECT id, payment, topic, payload, created_at_ms FROM outbox ORDER BY id LIMIT ?1";
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
}
