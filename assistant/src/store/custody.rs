//! What the owner of a store does with it as a whole: another key, a backup.

use super::failure::failure;
use super::key::{KeySource, StoreKey, refused};
use super::opening::{Store, beside, check_ours, record_key, take_turn};
use super::owners::Owner;
use super::sealing::{self, State};
use crate::payments::{StoreError, StoreErrorKind};
use rusqlite::Connection;
use std::path::Path;

impl Store {
    /// Encrypts the store at `path`, whose key is with `from`, with another key, which is with `to` or is made there.
    /// The audit log tells of it if and only if the new key holds. Nobody may have the store open. Whatever happens in between, the store is whole, with the old key or with the new one; the old one stays
    /// where it is, since backups need it.
    pub fn rekey(path: &Path, from: &KeySource, to: &KeySource) -> Result<(), StoreError> {
        let _turn = take_turn(path)?;
        let owner = Owner::register(&beside(path, "owners"))?;
        if !owner.is_alone() {
            return Err(sealing::in_use(path));
        }
        let old = match sealing::state(path)? {
            State::Sealed => Some(sealing::fitting(path, from.keys()?, &from.to_string())?),
            State::Plain | State::Empty => None,
        };
        check_ours(&sealing::connect(path, old.as_ref())?, path)?;
        let new = another_key(to, old.as_ref())?;
        sealing::rewrite(path, old.as_ref(), &new, |sealed| record_key(sealed, path, "rekeyed", to))
    }

    /// Writes one moment of the whole store into a new file, encrypted with the same key, while others go on.
    pub async fn backup(&self, to: &Path) -> Result<(), StoreError> {
        let (path, key, to) = (self.inner.path.clone(), self.inner.key.clone(), to.to_owned());
        let copy = move || {
            let done = sealing::connect(&path, key.as_ref())
                .and_then(|connection| sealing::copy(&connection, &to, key.as_ref(), |copied| is_whole(copied, &to)));
            if done.as_ref().is_err_and(|error| error.kind != StoreErrorKind::Exists) {
                // Half a backup is none.
                let _ = sealing::clear_away(&to);
            }
            done
        };
        let done = tokio::task::spawn_blocking(copy).await;
        done.unwrap_or_else(|error| {
            Err(StoreError::new(StoreErrorKind::Other, format!("a backup broke down: {error}")))
        })
    }

    /// What the database itself finds wrong with its file, each as a sentence; empty where all is well. Every page is
    /// read, and in an encrypted store its seal is checked.
    pub async fn damages(&self) -> Result<Vec<String>, StoreError> {
        let (path, key) = (self.inner.path.clone(), self.inner.key.clone());
        // On a connection of its own: one that met a damaged page answers nothing any more.
        let look = move || {
            let connection = sealing::connect(&path, key.as_ref())?;
            let mut found = Vec::new();
            let checks = ["cipher_integrity_check", "integrity_check", "foreign_key_check"];
            for check in &checks[usize::from(key.is_none())..] {
                match findings(&connection, check) {
                    Ok(more) => found.extend(more),
                    Err(error) if found.is_empty() => return Err(failure(&path, &error)),
                    // What is damaged cannot be looked at any further.
                    Err(_) => break,
                }
            }
            Ok(found)
        };
        let done = tokio::task::spawn_blocking(look).await;
        done.unwrap_or_else(|error| Err(StoreError::new(StoreErrorKind::Other, format!("a check broke down: {error}"))))
    }
}

fn findings(connection: &Connection, check: &str) -> rusqlite::Result<Vec<String>> {
    let mut statement = connection.prepare(&format!("PRAGMA {check}"))?;
    let rows = statement.query_map([], |row| row.get::<_, String>(0))?;
    let mut found = rows.collect::<Result<Vec<_>, _>>()?;
    found.retain(|finding| finding != "ok");
    if check == "foreign_key_check" {
        found.iter_mut().for_each(|table| *table = format!("a row of `{table}` refers to nothing"));
    }
    Ok(found)
}

/// The key of `to` for a store that has `old`; with a folder that is a new one, elsewhere it may be there already.
fn another_key(to: &KeySource, old: Option<&StoreKey>) -> Result<StoreKey, StoreError> {
    match to.make()? {
        Some(new) if Some(&new) != old => Ok(new),
        Some(_) => Err(refused(format!("{to} holds the key that the store has already: name another place with --to"))),
        None => Err(refused("a store is not encrypted without a key: name the place of one".to_owned())),
    }
}

fn is_whole(copied: &Connection, to: &Path) -> Result<(), StoreError> {
    let found = copied.query_row("PRAGMA quick_check(1)", [], |row| row.get::<_, String>(0));
    match found.map_err(|error| failure(to, &error))?.as_str() {
        "ok" => Ok(()),
        finding => {
            Err(StoreError::new(StoreErrorKind::Corrupt, format!("{}: the copy is damaged: {finding}", to.display())))
        }
    }
}
