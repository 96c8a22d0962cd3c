//! Ways to pay that were stored with providers: one row each, and an entry of the audit log for each change of state.

use super::audit;
use super::failure::{failure, unreadable};
use super::opening::Store;
use super::reader::ReadError;
use super::rows::{from_json, to_json};
use crate::payments::{InstrumentStore, StoreError, WayState, WayToPay};
use async_trait::async_trait;
use rusqlite::{Connection, Row, params};
use serde_json::json;

const COLUMNS: &str = "id, provider, person, state, reference, idempotency_key, provider_reference, instrument, label, \
     next_step, expires_ms, decline, created_at_ms, enrolled_at_ms, practice";

#[async_trait]
impl InstrumentStore for Store {
    async fn begin_way(&self, way: WayToPay) -> Result<bool, StoreError> {
        self.write_way(move |connection| begin(connection, &way)).await
    }

    async fn change_way(&self, way: WayToPay, from: WayState, now_ms: i64) -> Result<bool, StoreError> {
        self.write_way(move |connection| change(connection, &way, from, now_ms)).await
    }

    async fn ways(&self) -> Result<Vec<WayToPay>, StoreError> {
        let read = |connection: &Connection| {
            let sql = format!("SELECT {COLUMNS} FROM ways_to_pay ORDER BY created_at_ms DESC, id DESC");
            let mut statement = connection.prepare_cached(&sql)?;
            let rows = statement.query_and_then([], way)?;
            rows.collect()
        };
        // A household has a handful of them.
        self.inner.reader.now(read)
    }
}

impl Store {
    async fn write_way(
        &self,
        work: impl FnOnce(&Connection) -> Result<bool, ReadError> + Send + 'static,
    ) -> Result<bool, StoreError> {
        let path = self.inner.path.clone();
        let told = move |error| match error {
            ReadError::Sqlite(error) => failure(&path, &error),
            ReadError::Store(error) => error,
        };
        self.inner.writer.run(move |connection| work(connection).map_err(told)).await
    }
}

fn begin(connection: &Connection, way: &WayToPay) -> Result<bool, ReadError> {
    let sql = "INSERT INTO ways_to_pay (id, provider, person, state, reference, idempotency_key, label, expires_ms, \
         created_at_ms, practice) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10) ON CONFLICT (id) DO NOTHING";
    let values = params![
        way.id,
        way.provider,
        way.person,
        way.state.name(),
        way.reference,
        way.idempotency_key,
        way.label,
        way.expires_ms,
        way.created_at_ms,
        way.practice
    ];
    let kept = connection.prepare_cached(sql)?.execute(values)? == 1;
    if kept {
        audit::append(connection, &told_of(way), way.created_at_ms)?;
    }
    Ok(kept)
}

fn change(connection: &Connection, way: &WayToPay, from: WayState, now_ms: i64) -> Result<bool, ReadError> {
    let sql = "UPDATE ways_to_pay SET state = ?2, provider_reference = ?3, instrument = ?4, label = ?5, next_step = ?6, \
         expires_ms = ?7, decline = ?8, enrolled_at_ms = ?9 WHERE id = ?1 AND state = ?10";
    let values = params![
        way.id,
        way.state.name(),
        way.provider_reference,
        way.instrument.as_ref().map(to_json).transpose()?,
        way.label,
        way.next.as_ref().map(to_json).transpose()?,
        way.expires_ms,
        way.decline.as_ref().map(to_json).transpose()?,
        way.enrolled_at_ms,
        from.name()
    ];
    let changed = connection.prepare_cached(sql)?.execute(values)? == 1;
    if changed && way.state != from {
        audit::append(connection, &told_of(way), now_ms)?;
    }
    Ok(changed)
}

fn told_of(way: &WayToPay) -> serde_json::Value {
    json!({ "kind": "way_to_pay", "way": way.id, "provider": way.provider, "person": way.person, "state": way.state.name(), "practice": way.practice })
}

fn way(row: &Row<'_>) -> Result<WayToPay, ReadError> {
    let state: String = row.get("state")?;
    let optional = |name: &str| row.get::<_, Option<String>>(name);
    Ok(WayToPay {
        id: row.get("id")?,
        provider: row.get("provider")?,
        person: row.get("person")?,
        state: WayState::named(&state).ok_or_else(|| unreadable(format!("the state `{state}`")))?,
        reference: row.get("reference")?,
        idempotency_key: row.get("idempotency_key")?,
        provider_reference: row.get("provider_reference")?,
        instrument: optional("instrument")?.map(|text| from_json(&text)).transpose()?,
        label: row.get("label")?,
        next: optional("next_step")?.map(|text| from_json(&text)).transpose()?,
        expires_ms: row.get("expires_ms")?,
        decline: optional("decline")?.map(|text| from_json(&text)).transpose()?,
        created_at_ms: row.get("created_at_ms")?,
        enrolled_at_ms: row.get("enrolled_at_ms")?,
        practice: row.get("practice")?,
    })
}
