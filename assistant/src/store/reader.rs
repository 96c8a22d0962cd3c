//! The connection that reads. It never waits for a write and never writes.

use super::failure::failure;
use super::key::StoreKey;
use super::sealing;
use crate::payments::{StoreError, StoreErrorKind};
use rusqlite::Connection;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

#[derive(Clone)]
pub(super) struct Reader {
    connection: Arc<Mutex<Connection>>,
    path: Arc<PathBuf>,
}

impl Reader {
    pub(super) fn open(path: &Path, key: Option<&StoreKey>) -> Result<Self, StoreError> {
        let fail = |error: rusqlite::Error| failure(path, &error);
        let connection = sealing::connect(path, key)?;
        connection.pragma_update(None, "query_only", true).map_err(fail)?;
        Ok(Reader { connection: Arc::new(Mutex::new(connection)), path: Arc::new(path.to_owned()) })
    }

    /// Reads at once, on this thread: for questions that take microseconds.
    pub(super) fn now<T>(&self, read: impl FnOnce(&Connection) -> Result<T, ReadError>) -> Result<T, StoreError> {
        // A reader has no state that a panic could leave half changed.
        let connection = self.connection.lock().unwrap_or_else(PoisonError::into_inner);
        read(&connection).map_err(|error| match error {
            ReadError::Sqlite(error) => failure(&self.path, &error),
            ReadError::Store(error) => error,
        })
    }

    /// Reads on a thread that may wait.
    pub(super) async fn run<T: Send + 'static>(
        &self,
        read: impl FnOnce(&Connection) -> Result<T, ReadError> + Send + 'static,
    ) -> Result<T, StoreError> {
        let reader = self.clone();
        let done = tokio::task::spawn_blocking(move || reader.now(read)).await;
        done.unwrap_or_else(|error| Err(StoreError::new(StoreErrorKind::Other, format!("a read broke down: {error}"))))
    }
}

/// What can go wrong within a read or a write, before it has the path of the file.
#[derive(Debug)]
pub(super) enum ReadError {
    Sqlite(rusqlite::Error),
    Store(StoreError),
}

impl From<rusqlite::Error> for ReadError {
    fn from(error: rusqlite::Error) -> Self {
        ReadError::Sqlite(error)
    }
}

impl From<StoreError> for ReadError {
    fn from(error: StoreError) -> Self {
        ReadError::Store(error)
    }
}
