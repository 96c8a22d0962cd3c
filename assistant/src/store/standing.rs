//! Standing orders: what was agreed to for later, which day is next, and what became of each day.

use super::audit;
use super::failure::{failure, unreadable};
use super::opening::Store;
use super::reader::ReadError;
use super::rows::{from_json, parsed, to_json};
use crate::payments::StoreError;
use crate::payments::standing::{
    DueStep, SkipReason, SkippedDue, StandingOrder, StandingState, StandingStore, UntoldDue,
};
use async_trait::async_trait;
use jiff::civil::Date;
use rusqlite::{Connection, Row, params};
use sayso_plugin_interface::Money;
use serde_json::json;
use std::path::Path;

const COLUMNS: &str = "id, mandate, state, next_due, created_at_ms, updated_at_ms";

#[async_trait]
impl StandingStore for Store {
    async fn keep_standing(&self, order: StandingOrder) -> Result<bool, StoreError> {
        self.write_standing(move |connection| keep(connection, &order)).await
    }

    async fn standing(&self) -> Result<Vec<StandingOrder>, StoreError> {
        self.inner.reader.run(all).await
    }

    async fn due_standing(&self, today: Date) -> Result<Vec<StandingOrder>, StoreError> {
        let due = "WHERE state = 'active' AND next_due <= ?1 ORDER BY next_due, id";
        self.inner.reader.run(move |connection| select(connection, due, [today.to_string()])).await
    }

    async fn change_standing(
        &self,
        id: &str,
        state: StandingState,
        next_due: Option<Date>,
        now_ms: i64,
    ) -> Result<bool, StoreError> {
        let (id, next_due) = (id.to_owned(), next_due.map(|day| day.to_string()));
        let change = move |connection: &Connection| {
            let sql = "UPDATE standing_orders SET state = ?2, next_due = ?3, updated_at_ms = ?4 \
                 WHERE id = ?1 AND state <> 'ended'";
            let changed = connection.prepare_cached(sql)?.execute(params![id, state.name(), next_due, now_ms])?;
            if changed == 1 {
                let what = json!({ "kind": "standing_order", "order": id, "state": state.name() });
                audit::append(connection, &what, now_ms)?;
            }
            Ok(changed == 1)
        };
        self.write_standing(change).await
    }

    async fn skip_due(&self, skipped: SkippedDue) -> Result<bool, StoreError> {
        let skip = move |connection: &Connection| {
            if !take_due(connection, &skipped.step, skipped.at_ms)? {
                return Ok(false);
            }
            let (step, reason) = (&skipped.step, skipped.reason.name());
            let sql = "INSERT INTO standing_dues (standing, due, outcome, detail, at_ms) VALUES (?1, ?2, ?3, ?4, ?5)";
            let values = params![step.order, step.due.to_string(), reason, skipped.detail, skipped.at_ms];
            connection.prepare_cached(sql)?.execute(values)?;
            Ok(true)
        };
        self.write_standing(skip).await
    }

    async fn untold_dues(&self) -> Result<Vec<UntoldDue>, StoreError> {
        let read = |connection: &Connection| {
            let sql = "SELECT standing, due, outcome, mandate FROM standing_dues JOIN standing_orders ON id = standing \
                 WHERE outcome IN ('missed', 'refused') AND told_at_ms IS NULL ORDER BY at_ms, due";
            let mut statement = connection.prepare_cached(sql)?;
            let rows = statement.query_and_then([], untold)?;
            rows.collect()
        };
        self.inner.reader.now(read)
    }

    async fn told_due(&self, order: &str, due: Date, now_ms: i64) -> Result<(), StoreError> {
        let (order, due) = (order.to_owned(), due.to_string());
        let told = move |connection: &Connection| {
            let sql =
                "UPDATE standing_dues SET told_at_ms = ?3 WHERE standing = ?1 AND due = ?2 AND told_at_ms IS NULL";
            connection.prepare_cached(sql)?.execute(params![order, due, now_ms])?;
            Ok(())
        };
        self.write_standing(told).await
    }
}

impl Store {
    async fn write_standing<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Connection) -> Result<T, ReadError> + Send + 'static,
    ) -> Result<T, StoreError> {
        let path = self.inner.path.clone();
        self.inner.writer.run(move |connection| work(connection).map_err(|error| told(&path, error))).await
    }
}

fn told(path: &Path, error: ReadError) -> StoreError {
    match error {
        ReadError::Sqlite(error) => failure(path, &error),
        ReadError::Store(error) => error,
    }
}

fn keep(connection: &Connection, order: &StandingOrder) -> Result<bool, ReadError> {
    let mandate = to_json(&order.mandate)?;
    let sql = "INSERT INTO standing_orders (id, consent, mandate, payee, state, next_due, created_at_ms, updated_at_ms) \
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8) ON CONFLICT DO NOTHING";
    let kept = connection.prepare_cached(sql)?.execute(params![
        order.id,
        order.mandate.consent(),
        mandate,
        order.mandate.proposal().payee,
        order.state.name(),
        order.next_due.map(|day| day.to_string()),
        order.created_at_ms,
        order.updated_at_ms,
    ])?;
    if kept == 1 {
        let what = json!({ "kind": "standing_order", "order": order.id, "state": order.state.name(),
            "evidence": audit::sealed(&mandate) });
        audit::append(connection, &what, order.created_at_ms)?;
    }
    Ok(kept == 1)
}

/// All orders, those that are due first at the front.
pub(super) fn all(connection: &Connection) -> Result<Vec<StandingOrder>, ReadError> {
    select(connection, "ORDER BY state = 'ended', next_due, created_at_ms DESC, id", [])
}

/// Moves an active order on from its next due day. False where that day is not its next one.
pub(super) fn take_due(connection: &Connection, step: &DueStep, now_ms: i64) -> Result<bool, ReadError> {
    let sql = "UPDATE standing_orders SET next_due = ?3, updated_at_ms = ?4, \
         state = CASE WHEN ?3 IS NULL THEN 'ended' ELSE state END \
         WHERE id = ?1 AND next_due = ?2 AND state = 'active'";
    let next = step.next.map(|day| day.to_string());
    let taken = connection.prepare_cached(sql)?.execute(params![step.order, step.due.to_string(), next, now_ms])?;
    Ok(taken == 1)
}

/// The payments that an order has begun so far.
pub(super) fn paid_by(connection: &Connection, step: &DueStep) -> Result<Vec<String>, ReadError> {
    let sql = "SELECT payment FROM standing_dues WHERE standing = ?1 AND payment IS NOT NULL";
    let mut statement = connection.prepare_cached(sql)?;
    let rows = statement.query_map([&step.order], |row| row.get(0))?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// Writes down which payment was begun for a due day.
pub(super) fn begun(connection: &Connection, step: &DueStep, payment: &str, now_ms: i64) -> Result<(), ReadError> {
    let sql = "INSERT INTO standing_dues (standing, due, outcome, payment, at_ms) VALUES (?1, ?2, 'begun', ?3, ?4)";
    connection.prepare_cached(sql)?.execute(params![step.order, step.due.to_string(), payment, now_ms])?;
    Ok(())
}

fn select<P: rusqlite::Params>(
    connection: &Connection,
    rest: &str,
    values: P,
) -> Result<Vec<StandingOrder>, ReadError> {
    let mut statement = connection.prepare_cached(&format!("SELECT {COLUMNS} FROM standing_orders {rest}"))?;
    let rows = statement.query_and_then(values, order)?;
    rows.collect()
}

fn order(row: &Row<'_>) -> Result<StandingOrder, ReadError> {
    let state: String = row.get("state")?;
    Ok(StandingOrder {
        id: row.get("id")?,
        mandate: from_json(&row.get::<_, String>("mandate")?)?,
        state: StandingState::named(&state).ok_or_else(|| unreadable(format!("the state `{state}`")))?,
        next_due: row.get::<_, Option<String>>("next_due")?.map(|day| parsed(&day)).transpose()?,
        created_at_ms: row.get("created_at_ms")?,
        updated_at_ms: row.get("updated_at_ms")?,
    })
}

fn untold(row: &Row<'_>) -> Result<UntoldDue, ReadError> {
    let mandate: crate::consent::Mandate = from_json(&row.get::<_, String>("mandate")?)?;
    let amount: Money = mandate.proposal().amount;
    let reason = match row.get::<_, String>("outcome")?.as_str() {
        "missed" => SkipReason::Missed,
        _ => SkipReason::Refused,
    };
    Ok(UntoldDue {
        order: row.get("standing")?,
        due: parsed(&row.get::<_, String>("due")?)?,
        reason,
        payee_name: mandate.proposal().payee_name.clone(),
        amount,
    })
}
