//! What the person was told of each payment, and of which they have not been told.

use super::failure::failure;
use super::opening::Store;
use super::reader::ReadError;
use super::rows::{PAYMENT_COLUMNS, payment};
use crate::ledger::PaymentId;
use crate::payments::{Payment, StoreError, ToldStore};
use async_trait::async_trait;
use rusqlite::params;

#[async_trait]
impl ToldStore for Store {
    async fn untold(&self, limit: usize) -> Result<Vec<(Payment, Option<String>)>, StoreError> {
        // Asked at each turn: what there is to tell is listed, so that this takes microseconds. A bound limit would have
        // SQLite plan the query anew each time.
        let sql = format!(
            "SELECT {PAYMENT_COLUMNS}, told_what FROM to_tell JOIN payments ON id = to_tell.payment \
             LEFT JOIN told ON told_payment = id ORDER BY updated_at_ms, id LIMIT {limit}"
        );
        self.inner.reader.now(|connection| {
            let mut statement = connection.prepare_cached(&sql)?;
            let rows = statement.query_and_then([], |row| -> Result<_, ReadError> {
                Ok((payment(row)?, row.get::<_, Option<String>>("told_what")?))
            })?;
            rows.collect()
        })
    }

    async fn tell(&self, id: &PaymentId, version: u64, what: &str) -> Result<bool, StoreError> {
        let (id, what) = (id.to_string(), what.to_owned());
        let version = i64::try_from(version).unwrap_or(i64::MAX);
        let path = self.inner.path.clone();
        self.inner
            .writer
            .run(move |connection| {
                let sql = "INSERT INTO told (told_payment, told_version, told_what) VALUES (?1, ?2, ?3) \
                     ON CONFLICT (told_payment) DO UPDATE SET told_version = excluded.told_version, \
                     told_what = excluded.told_what WHERE excluded.told_version > told.told_version";
                let done = connection.prepare_cached(sql).and_then(|mut told| told.execute(params![id, version, what]));
                done.map(|changed| changed == 1).map_err(|error| failure(&path, &error))
            })
            .await
    }
}
