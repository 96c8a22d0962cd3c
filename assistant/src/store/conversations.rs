//! Where conversations stand, so that they can be resumed; what is in them is nobody's business here.

use super::failure::failure;
use super::opening::Store;
use crate::payments::StoreError;
use rusqlite::{Connection, OptionalExtension as _, params};

impl Store {
    /// Keeps the state of a conversation (JSON, opaque here) under its id.
    pub async fn save_conversation(&self, id: &str, state: &str, now_ms: i64) -> Result<(), StoreError> {
        let (path, id, state) = (self.inner.path.clone(), id.to_owned(), state.to_owned());
        let save = move |connection: &Connection| {
            let sql = "INSERT INTO conversations (id, state, updated_at_ms) VALUES (?1, ?2, ?3) \
                 ON CONFLICT (id) DO UPDATE SET state = excluded.state, updated_at_ms = excluded.updated_at_ms";
            let saved = connection.prepare_cached(sql).and_then(|mut s| s.execute(params![id, state, now_ms]));
            saved.map(|_| ()).map_err(|error| failure(&path, &error))
        };
        self.inner.writer.run(save).await
    }

    /// The state of a conversation, as it was kept.
    pub async fn load_conversation(&self, id: &str) -> Result<Option<String>, StoreError> {
        self.inner.reader.now(|connection| {
            let mut statement = connection.prepare_cached("SELECT state FROM conversations WHERE id = ?1")?;
            Ok(statement.query_row([id], |row| row.get(0)).optional()?)
        })
    }

    /// Forgets a conversation.
    pub async fn end_conversation(&self, id: &str) -> Result<(), StoreError> {
        let (path, id) = (self.inner.path.clone(), id.to_owned());
        let forget = move |connection: &Connection| {
            let forgotten = connection.execute("DELETE FROM conversations WHERE id = ?1", [id]);
            forgotten.map(|_| ()).map_err(|error| failure(&path, &error))
        };
        self.inner.writer.run(forget).await
    }
}
