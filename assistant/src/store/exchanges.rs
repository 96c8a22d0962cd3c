//! What was said to providers, for support. An exchange is noted at once and written with the next commit of a payment, as a
//! rule the one that tells what became of it.

use super::opening::Store;
use super::reader::ReadError;
use super::rows::unsigned;
use crate::payments::{Exchange, ExchangeStore, StoreError};
use async_trait::async_trait;
use rusqlite::{Connection, params};
use std::sync::{Arc, Mutex, PoisonError};

/// So many wait to be written at most; the oldest give way, since money never waits for notes.
const NOTED_MAX: usize = 1_000;

/// Exchanges that are not written yet.
#[derive(Clone, Default)]
pub(super) struct Noted(Arc<Mutex<Vec<Exchange>>>);

impl Noted {
    fn take(&self) -> Vec<Exchange> {
        std::mem::take(&mut *self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }

    fn add(&self, exchange: Exchange) {
        let mut noted = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if noted.len() >= NOTED_MAX {
            noted.remove(0);
        }
        noted.push(exchange);
    }

    /// Writes what was noted, within the transaction that is open.
    pub(super) fn keep(&self, connection: &Connection) -> Result<(), ReadError> {
        let sql = "INSERT INTO exchanges (provider, reference, at_ms, took_ms, method, url, request_headers, request_body, \
             status, response_headers, response_body) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)";
        for e in self.take() {
            connection.prepare_cached(sql)?.execute(params![
                e.provider,
                e.reference,
                e.at_ms,
                super::rows::signed(e.took_ms),
                e.method,
                e.url,
                e.request_headers,
                e.request_body,
                e.status,
                e.response_headers,
                e.response_body,
            ])?;
        }
        Ok(())
    }
}

#[async_trait]
impl ExchangeStore for Store {
    fn note_exchange(&self, exchange: Exchange) {
        self.inner.noted.add(exchange);
    }

    async fn exchanges(&self, reference: &str) -> Result<Vec<Exchange>, StoreError> {
        let reference = reference.to_owned();
        let read = move |connection: &Connection| {
            let sql = "SELECT provider, reference, at_ms, took_ms, method, url, request_headers, request_body, status, \
                 response_headers, response_body FROM exchanges WHERE reference = ?1 ORDER BY id";
            let mut statement = connection.prepare_cached(sql)?;
            let rows = statement.query_and_then([reference], |row| {
                Ok(Exchange {
                    provider: row.get(0)?,
                    reference: row.get(1)?,
                    at_ms: row.get(2)?,
                    took_ms: unsigned(row.get(3)?)?,
                    method: row.get(4)?,
                    url: row.get(5)?,
                    request_headers: row.get(6)?,
                    request_body: row.get(7)?,
                    status: row.get(8)?,
                    response_headers: row.get(9)?,
                    response_body: row.get(10)?,
                })
            })?;
            rows.collect()
        };
        self.inner.reader.run(read).await
    }
}
