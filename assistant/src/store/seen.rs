//! Which kinds of money the store has seen.

use super::opening::Store;
use crate::payments::StoreError;
use rusqlite::Connection;

/// Which kinds of money were paid with.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Seen {
    /// Some without real money.
    pub practice: bool,
    /// Some with real money.
    pub real: bool,
}

impl Store {
    /// Which kinds of money the payments of this store were made with.
    pub fn seen_money(&self) -> Result<Seen, StoreError> {
        self.inner.reader.now(|connection| Ok(look(connection)?))
    }
}

pub(super) fn look(connection: &Connection) -> rusqlite::Result<Seen> {
    let find = |practice: bool| {
        let sql = "SELECT EXISTS (SELECT 1 FROM payments WHERE practice = ?1)";
        connection.prepare_cached(sql)?.query_row([practice], |row| row.get(0))
    };
    Ok(Seen { practice: find(true)?, real: find(false)? })
}
