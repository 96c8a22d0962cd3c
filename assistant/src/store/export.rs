//! Everything that may leave the store, row by row: payments, what happened to them, postings, refunds, the audit log. No key, no
//! hand-off link, no account: what lets somebody act at a provider stays inside.

use super::failure::failure;
use super::opening::Store;
use super::sealing;
use crate::payments::{StoreError, StoreErrorKind};
use rusqlite::types::ValueRef;
use rusqlite::{Connection, Row};
use serde_json::{Map, Value};
use std::io;

/// What kind a line is, and where it comes from. The names of the columns are the names in the JSON.
const PARTS: [(&str, &str); 7] = [
    (
        "payment",
        "SELECT id, status, payee, payee_name, provider, provider_name, purpose, practice, currency, amount, held, \
         captured, refunded, reference, provider_reference, decline, note, created_at_ms, updated_at_ms \
         FROM payments ORDER BY created_at_ms, id",
    ),
    (
        "event",
        "SELECT seq, payment, event, from_status AS \"from\", to_status AS \"to\", detail, at_ms FROM events ORDER BY seq",
    ),
    (
        "posting",
        "SELECT p.event, p.line, a.name AS account, p.currency, p.minor FROM postings p \
         JOIN accounts a ON a.id = p.account ORDER BY p.event, p.line",
    ),
    (
        "refund",
        "SELECT payment, number, reference, amount, currency, status, provider_reference, created_at_ms FROM refunds \
         ORDER BY payment, number",
    ),
    (
        "standing_order",
        "SELECT id, payee, state, next_due, created_at_ms, updated_at_ms FROM standing_orders ORDER BY created_at_ms, id",
    ),
    (
        "way_to_pay",
        "SELECT id, provider, person, state, label, created_at_ms, enrolled_at_ms FROM ways_to_pay \
         ORDER BY created_at_ms, id",
    ),
    ("audit", "SELECT seq, at_ms, what, previous, digest FROM audit ORDER BY seq"),
];

/// Takes one line of an export.
pub type Sink = Box<dyn FnMut(&Value) -> io::Result<()> + Send>;

impl Store {
    /// Gives every line of one moment of the store, `{"kind":"payment",…}`; amounts in minor units, times as Unix
    /// milliseconds. Gives how many there were, and the error of the sink if it took one no more.
    pub async fn export(&self, sink: Sink) -> Result<io::Result<u64>, StoreError> {
        let (path, key) = (self.inner.path.clone(), self.inner.key.clone());
        let export = move || {
            let connection = sealing::connect(&path, key.as_ref())?;
            lines(&connection, sink).map_err(|error| failure(&path, &error))
        };
        let done = tokio::task::spawn_blocking(export).await;
        done.unwrap_or_else(|error| {
            Err(StoreError::new(StoreErrorKind::Other, format!("an export broke down: {error}")))
        })
    }
}

fn lines(connection: &Connection, mut sink: Sink) -> rusqlite::Result<io::Result<u64>> {
    // One moment: what is written meanwhile is not seen.
    connection.execute_batch("BEGIN")?;
    let mut count = 0;
    for (kind, sql) in PARTS {
        let mut statement = connection.prepare(sql)?;
        let names: Vec<String> = statement.column_names().into_iter().map(str::to_owned).collect();
        let mut rows = statement.query([])?;
        while let Some(row) = rows.next()? {
            if let Err(error) = sink(&line(kind, &names, row)?) {
                return Ok(Err(error));
            }
            count += 1;
        }
    }
    Ok(Ok(count))
}

fn line(kind: &str, names: &[String], row: &Row<'_>) -> rusqlite::Result<Value> {
    let mut object = Map::from_iter([("kind".to_owned(), Value::from(kind))]);
    for (index, name) in names.iter().enumerate() {
        let value = match row.get_ref(index)? {
            ValueRef::Null => Value::Null,
            ValueRef::Integer(figure) if name == "practice" => Value::from(figure != 0),
            ValueRef::Integer(figure) => Value::from(figure),
            // No column holds fractions or bytes.
            ValueRef::Real(_) | ValueRef::Blob(_) => Value::Null,
            ValueRef::Text(text) => {
                let text = String::from_utf8_lossy(text);
                match name.as_str() {
                    // `what` of the audit log stays the text that its digest is over.
                    "decline" => serde_json::from_str(&text).unwrap_or_else(|_| Value::from(text.into_owned())),
                    _ => Value::from(text.into_owned()),
                }
            }
        };
        object.insert(name.clone(), value);
    }
    Ok(Value::Object(object))
}
