//! What was paid before, as limits need to know it; and since when each payee is known.

use super::opening::Store;
use super::reader::ReadError;
use crate::consent::{Earlier, Spending, Spent};
use crate::ledger::PaymentStatus;
use crate::payments::StoreError;
use rusqlite::{Connection, OptionalExtension as _, params};
use sayso_plugin_interface::Money;

/// What a connection sees: inside a transaction, all that the transaction sees.
pub(super) struct Seen<'c>(pub &'c Connection);

/// The statuses that count, as they stand in a list of SQL.
fn counted() -> String {
    let counted = PaymentStatus::ALL.into_iter().filter(|status| status.may_have_moved_money());
    counted.map(|status| format!("'{status}'")).collect::<Vec<_>>().join(", ")
}

impl Spending for Seen<'_> {
    type Error = ReadError;

    fn spent(&self, which: &Spent<'_>) -> Result<Money, ReadError> {
        let sql = format!(
            "SELECT coalesce(sum(amount - refunded), 0) FROM payments WHERE created_at_ms >= ?1 AND currency = ?2 \
             AND (?3 IS NULL OR payee = ?3) AND (?4 IS NULL OR person IS NULL OR person = ?4) AND status IN ({})",
            counted()
        );
        let values = params![which.since_ms, which.currency.code(), which.payee, which.person];
        let minor = self.0.prepare_cached(&sql)?.query_row(values, |row| row.get(0))?;
        Ok(Money::new(minor, which.currency))
    }

    fn begun(&self, since_ms: i64) -> Result<u32, ReadError> {
        let sql = "SELECT count(*) FROM payments WHERE created_at_ms >= ?1";
        let count: i64 = self.0.prepare_cached(sql)?.query_row([since_ms], |row| row.get(0))?;
        Ok(u32::try_from(count).unwrap_or(u32::MAX))
    }

    fn equal(&self, payee: &str, amount: Money, since_ms: i64) -> Result<Vec<Earlier>, ReadError> {
        let sql = format!(
            "SELECT id, created_at_ms, status FROM payments WHERE payee = ?1 AND created_at_ms >= ?2 AND currency = ?3 \
             AND amount = ?4 AND status IN ({}) ORDER BY created_at_ms DESC, id DESC",
            counted()
        );
        let mut statement = self.0.prepare_cached(&sql)?;
        let values = params![payee, since_ms, amount.currency.code(), amount.minor];
        let rows = statement.query_and_then(values, |row| {
            let status: PaymentStatus = super::rows::parsed(&row.get::<_, String>(2)?)?;
            let certain = matches!(status, PaymentStatus::Succeeded | PaymentStatus::PartiallyRefunded);
            Ok(Earlier { payment: row.get(0)?, at_ms: row.get(1)?, certain })
        })?;
        rows.collect()
    }

    fn known_since(&self, payee: &str) -> Result<Option<i64>, ReadError> {
        let sql = "SELECT since_ms FROM payees WHERE payee = ?1";
        Ok(self.0.prepare_cached(sql)?.query_row([payee], |row| row.get(0)).optional()?)
    }
}

impl Store {
    /// Notes whom the household pays, each payee with a fingerprint of where it is found. One that was never seen, or is
    /// found elsewhere now, counts as added at `now_ms`; those of the first household that the store ever sees were
    /// always there.
    pub async fn see_payees(&self, payees: Vec<(String, String)>, now_ms: i64) -> Result<(), StoreError> {
        let path = self.inner.path.clone();
        let see = move |connection: &Connection| {
            let first: bool = connection.query_row("SELECT NOT EXISTS (SELECT 1 FROM payees)", [], |row| row.get(0))?;
            let since_ms = if first { 0 } else { now_ms };
            let sql = "INSERT INTO payees (payee, found_at, since_ms) VALUES (?1, ?2, ?3) ON CONFLICT (payee) DO UPDATE \
                 SET found_at = excluded.found_at, since_ms = excluded.since_ms WHERE found_at <> excluded.found_at";
            let mut statement = connection.prepare_cached(sql)?;
            for (payee, found_at) in &payees {
                statement.execute(params![payee, found_at, since_ms])?;
            }
            Ok(())
        };
        self.inner
            .writer
            .run(move |connection| see(connection).map_err(|error| super::failure::told(&path, error)))
            .await
    }
}
