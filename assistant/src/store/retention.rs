//! What is forgotten after a while: conversations and exchanges with providers. Payments, postings and the audit log stay.

use super::failure::failure;
use super::opening::Store;
use crate::payments::StoreError;
use rusqlite::Connection;

/// How many rows are forgotten in one transaction, so that no payment waits for it.
const AT_ONCE: i64 = 500;

impl Store {
    /// Forgets conversations and exchanges from before these moments (Unix milliseconds). Gives how many.
    pub async fn forget(&self, conversations_before_ms: i64, exchanges_before_ms: i64) -> Result<usize, StoreError> {
        let mut forgotten = 0;
        for (sql, before_ms) in [
            (
                "DELETE FROM conversations WHERE id IN \
                 (SELECT id FROM conversations WHERE updated_at_ms < ?1 ORDER BY updated_at_ms LIMIT ?2)",
                conversations_before_ms,
            ),
            (
                "DELETE FROM exchanges WHERE id IN (SELECT id FROM exchanges WHERE at_ms < ?1 ORDER BY at_ms LIMIT ?2)",
                exchanges_before_ms,
            ),
        ] {
            loop {
                let path = self.inner.path.clone();
                let some = move |connection: &Connection| {
                    connection.execute(sql, [before_ms, AT_ONCE]).map_err(|error| failure(&path, &error))
                };
                let gone = self.inner.writer.run(some).await?;
                forgotten += gone;
                if gone == 0 {
                    break;
                }
            }
        }
        Ok(forgotten)
    }
}
