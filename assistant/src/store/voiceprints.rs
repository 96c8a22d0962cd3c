//! Voiceprints of the people of a household: in an encrypted store only, never in an export or a log, and gone from the disk when they are
//! removed. The audit log says whose was kept or removed, and nothing of what it is like.

use super::audit;
use super::failure::{failure, told, unreadable};
use super::opening::Store;
use super::reader::ReadError;
use super::sealing;
use crate::payments::{StoreError, StoreErrorKind};
use rusqlite::{Connection, OptionalExtension as _, Row, params};
use serde_json::json;
use std::fmt;

/// The voiceprint of a person.
#[derive(Clone, PartialEq)]
pub struct StoredVoiceprint {
    /// Whose it is, by the name that `--person` takes.
    pub person: String,
    /// The encoder that made it, with its weights; to every other one it means nothing.
    pub model: String,
    /// What the encoder made of the voice.
    pub numbers: Vec<f32>,
    /// When it was made, as Unix milliseconds.
    pub enrolled_at_ms: i64,
}

impl fmt::Debug for StoredVoiceprint {
    /// Its numbers are nobody's business.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let StoredVoiceprint { person, model, numbers: _, enrolled_at_ms } = self;
        f.debug_struct("StoredVoiceprint")
            .field("person", person)
            .field("model", model)
            .field("enrolled_at_ms", enrolled_at_ms)
            .finish_non_exhaustive()
    }
}

const COLUMNS: &str = "person, model, numbers, enrolled_at_ms";

impl Store {
    /// Keeps a voiceprint, in the place of an earlier one of the same person. True if there was one. Refused where the store is not
    /// encrypted.
    pub async fn keep_voiceprint(&self, print: StoredVoiceprint) -> Result<bool, StoreError> {
        if !self.is_encrypted() {
            let message =
                "a voice is kept in an encrypted store only: take `key: none` out of `store:` in the configuration";
            return Err(StoreError::new(StoreErrorKind::Key, message));
        }
        let keep = move |connection: &Connection| -> Result<bool, ReadError> {
            let replaced = delete(connection, &print.person)?;
            let numbers: Vec<u8> = print.numbers.iter().flat_map(|number| number.to_le_bytes()).collect();
            let sql = "INSERT INTO voiceprints (person, model, numbers, enrolled_at_ms) VALUES (?1, ?2, ?3, ?4)";
            let values = params![print.person, print.model, numbers, print.enrolled_at_ms];
            connection.prepare_cached(sql)?.execute(values)?;
            let what =
                json!({ "kind": "voiceprint", "person": print.person, "model": print.model, "state": "enrolled" });
            audit::append(connection, &what, print.enrolled_at_ms)?;
            Ok(replaced)
        };
        let replaced = self.write_voiceprint(keep).await?;
        if replaced {
            self.forget_old_pages().await?;
        }
        Ok(replaced)
    }

    /// Removes the voiceprint of a person, so that nothing of it is left in the file. False if there is none.
    pub async fn remove_voiceprint(&self, person: &str, now_ms: i64) -> Result<bool, StoreError> {
        let person = person.to_owned();
        let remove = move |connection: &Connection| -> Result<bool, ReadError> {
            let removed = delete(connection, &person)?;
            if removed {
                let what = json!({ "kind": "voiceprint", "person": person, "state": "removed" });
                audit::append(connection, &what, now_ms)?;
            }
            Ok(removed)
        };
        let removed = self.write_voiceprint(remove).await?;
        if removed {
            self.forget_old_pages().await?;
        }
        Ok(removed)
    }

    /// The voiceprint of a person, if there is one.
    pub async fn voiceprint(&self, person: &str) -> Result<Option<StoredVoiceprint>, StoreError> {
        let person = person.to_owned();
        let read = move |connection: &Connection| -> Result<Option<StoredVoiceprint>, ReadError> {
            let sql = format!("SELECT {COLUMNS} FROM voiceprints WHERE person = ?1");
            let mut statement = connection.prepare_cached(&sql)?;
            statement.query_row([person], |row| Ok(print(row))).optional()?.transpose()
        };
        self.inner.reader.run(read).await
    }

    /// All voiceprints, by name.
    pub async fn voiceprints(&self) -> Result<Vec<StoredVoiceprint>, StoreError> {
        let read = |connection: &Connection| -> Result<Vec<StoredVoiceprint>, ReadError> {
            let sql = format!("SELECT {COLUMNS} FROM voiceprints ORDER BY person");
            let mut statement = connection.prepare_cached(&sql)?;
            let rows = statement.query_and_then([], print)?;
            rows.collect()
        };
        self.inner.reader.run(read).await
    }

    async fn write_voiceprint(
        &self,
        work: impl FnOnce(&Connection) -> Result<bool, ReadError> + Send + 'static,
    ) -> Result<bool, StoreError> {
        let path = self.inner.path.clone();
        self.inner.writer.run(move |connection| work(connection).map_err(|error| told(&path, error))).await
    }

    /// Takes the pages of before out of the log of writes too. Where another process reads them just now they go with its next turn.
    async fn forget_old_pages(&self) -> Result<(), StoreError> {
        let (path, key) = (self.inner.path.clone(), self.inner.key.clone());
        let forget = move || {
            let connection = sealing::connect(&path, key.as_ref())?;
            let done = connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()));
            done.map_err(|error| failure(&path, &error))
        };
        let done = tokio::task::spawn_blocking(forget).await;
        done.unwrap_or_else(|error| Err(StoreError::new(StoreErrorKind::Other, format!("it broke down: {error}"))))
    }
}

/// Deletes a row and overwrites it with zeros.
fn delete(connection: &Connection, person: &str) -> Result<bool, ReadError> {
    let overwrite = |on: bool| connection.pragma_update_and_check(None, "secure_delete", on, |_| Ok(()));
    overwrite(true)?;
    let deleted = connection.prepare_cached("DELETE FROM voiceprints WHERE person = ?1")?.execute([person]);
    overwrite(false)?;
    Ok(deleted? == 1)
}

fn print(row: &Row<'_>) -> Result<StoredVoiceprint, ReadError> {
    let bytes: Vec<u8> = row.get("numbers")?;
    let (numbers, rest) = bytes.as_chunks::<4>();
    if !rest.is_empty() {
        return Err(unreadable("a voiceprint that is cut off").into());
    }
    Ok(StoredVoiceprint {
        person: row.get("person")?,
        model: row.get("model")?,
        numbers: numbers.iter().map(|bytes| f32::from_le_bytes(*bytes)).collect(),
        enrolled_at_ms: row.get("enrolled_at_ms")?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::KeySource;
    use std::path::Path;

    fn open(folder: &Path) -> Store {
        Store::open_with(folder.join("sayso.sqlite"), &KeySource::Folder(folder.join("keys"))).unwrap()
    }

    fn ann(first: f32) -> StoredVoiceprint {
        let numbers = vec![first, 0.25, -0.5];
        StoredVoiceprint { person: "Ann".to_owned(), model: "m 1".to_owned(), numbers, enrolled_at_ms: 7 }
    }

    async fn exported(store: &Store) -> String {
        let (send, lines) = std::sync::mpsc::channel();
        let sink = Box::new(move |line: &serde_json::Value| {
            send.send(line.to_string()).unwrap();
            Ok(())
        });
        store.export(sink).await.unwrap().unwrap();
        lines.iter().collect()
    }

    #[tokio::test]
    async fn a_voiceprint_is_kept_replaced_and_removed() {
        let folder = tempfile::tempdir().unwrap();
        let store = open(folder.path());
        assert!(!store.keep_voiceprint(ann(0.5)).await.unwrap());
        assert_eq!(store.voiceprint("Ann").await.unwrap(), Some(ann(0.5)));
        assert!(store.keep_voiceprint(ann(0.75)).await.unwrap(), "there was one");
        assert_eq!(store.voiceprints().await.unwrap(), [ann(0.75)]);
        assert!(store.remove_voiceprint("Ann", 9).await.unwrap());
        assert!(!store.remove_voiceprint("Ann", 9).await.unwrap());
        assert_eq!(store.voiceprint("Ann").await.unwrap(), None);
        assert!(!format!("{:?}", ann(0.5)).contains("0.25"), "it shows nothing of the voice");
    }

    #[tokio::test]
    async fn the_audit_log_has_who_and_when_and_no_export_has_more() {
        let folder = tempfile::tempdir().unwrap();
        let store = open(folder.path());
        store.keep_voiceprint(ann(0.123_456)).await.unwrap();
        let there = exported(&store).await;
        assert!(there.contains("voiceprint") && there.contains("Ann") && there.contains("enrolled"), "{there}");
        store.remove_voiceprint("Ann", 9).await.unwrap();
        let gone = exported(&store).await;
        assert!(gone.contains("removed"), "{gone}");
        for text in [there, gone] {
            assert!(!text.contains("0.123") && !text.contains("numbers"), "{text}");
        }
    }

    #[tokio::test]
    async fn nothing_is_kept_where_it_could_be_read() {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(folder.path().join("sayso.sqlite")).unwrap();
        let refused = store.keep_voiceprint(ann(0.5)).await.unwrap_err();
        assert!(refused.kind == StoreErrorKind::Key && refused.to_string().contains("key: none"), "{refused}");
        assert!(store.voiceprints().await.unwrap().is_empty());
    }

    /// Looked at without encryption, so that every byte can be: nothing of a voice stays in the file or beside it.
    #[tokio::test]
    async fn what_is_removed_is_in_no_byte_any_more() {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(folder.path().join("sayso.sqlite")).unwrap();
        let numbers: Vec<f32> = (0..256_u16).map(|n| f32::from(n) * 0.003 + 0.001).collect();
        let bytes: Vec<u8> = numbers.iter().flat_map(|number| number.to_le_bytes()).collect();
        let (insert, trace) = (bytes.clone(), bytes[400..440].to_vec());
        let write = move |connection: &Connection| -> Result<bool, ReadError> {
            let sql = "INSERT INTO voiceprints (person, model, numbers, enrolled_at_ms) VALUES ('Ann', 'm', ?1, 1)";
            Ok(connection.execute(sql, params![insert])? == 1)
        };
        store.write_voiceprint(write).await.unwrap();
        let found = || {
            let files = std::fs::read_dir(folder.path()).unwrap().map(|entry| entry.unwrap().path());
            let files: Vec<Vec<u8>> = files.filter_map(|path| std::fs::read(path).ok()).collect();
            files.iter().any(|file| file.windows(trace.len()).any(|window| window == trace))
        };
        assert!(found(), "it is there before");
        assert!(store.remove_voiceprint("Ann", 2).await.unwrap());
        assert!(!found(), "it is gone after");
    }
}
