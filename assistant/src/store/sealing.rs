//! Encryption of the file: which state it is in, opening it with a key, and writing it anew with another one. A file is
//! written anew beside the old one and takes its name only when it is whole and on the disk, so that whatever happens in
//! between the store is there, with the old key or the new one.

use super::failure::{failure, file_failure};
use super::key::{StoreKey, refused, sync_folder};
use crate::payments::{StoreError, StoreErrorKind};
use rusqlite::{Connection, ErrorCode, OpenFlags, params};
use std::fs::{self, File, OpenOptions};
use std::io::Read as _;
use std::path::Path;
use std::time::Duration;

/// How long a process waits for another one's write.
pub(super) const BUSY_TIMEOUT: Duration = Duration::from_secs(5);
/// What every database that is not encrypted begins with.
const PLAIN_HEAD: &[u8; 16] = b"SQLite format 3\0";

/// An encrypted store is so many bytes long, or twice as many, and so on.
const PAGE_LENGTH: u64 = 4_096;

/// What a file is, as far as its first bytes tell.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum State {
    /// Nothing was written yet.
    Empty,
    /// A database that is not encrypted.
    Plain,
    /// Encrypted, or no database at all: that shows only with the key.
    Sealed,
}

pub(super) fn state(path: &Path) -> Result<State, StoreError> {
    let mut head = Vec::new();
    let read = File::open(path).and_then(|file| file.take(16).read_to_end(&mut head));
    read.map_err(|error| file_failure(path, &error))?;
    Ok(match head.as_slice() {
        [] => State::Empty,
        head if head == PLAIN_HEAD => State::Plain,
        _ => State::Sealed,
    })
}

/// A connection to the file with its key; whether the key is right shows at the first read.
pub(super) fn connect(path: &Path, key: Option<&StoreKey>) -> Result<Connection, StoreError> {
    connect_as(path, key, OpenFlags::default())
}

fn connect_as(path: &Path, key: Option<&StoreKey>, flags: OpenFlags) -> Result<Connection, StoreError> {
    let fail = |error: rusqlite::Error| failure(path, &error);
    let connection = Connection::open_with_flags(path, flags).map_err(fail)?;
    if let Some(key) = key {
        // What goes wrong comes back as an error; the library would print it, too.
        connection.pragma_update_and_check(None, "cipher_log_level", "NONE", |_| Ok(())).map_err(fail)?;
        connection.pragma_update(None, "key", key.as_pragma()).map_err(fail)?;
    }
    connection.busy_timeout(BUSY_TIMEOUT).map_err(fail)?;
    Ok(connection)
}

/// The one of these keys that opens the file. Looks only: a wrong key must leave no trace.
pub(super) fn fitting(path: &Path, keys: Vec<StoreKey>, whence: &str) -> Result<StoreKey, StoreError> {
    let tried = keys.len();
    for key in keys {
        let look = |flags: OpenFlags| {
            let connection = connect_as(path, Some(&key), flags)?;
            Ok::<_, StoreError>(connection.query_row("SELECT count(*) FROM sqlite_schema", [], |_| Ok(())))
        };
        let mut looked = look(OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX)?;
        if looked.as_ref().is_err_and(|error| error.sqlite_error_code() == Some(ErrorCode::ReadOnly)) {
            // A process was ended in the middle of a change. SQLite undoes it before it looks, page by page as they
            // were, whatever the key is.
            looked = look(OpenFlags::default())?;
        }
        match looked {
            Ok(()) => return Ok(key),
            Err(error) if error.sqlite_error_code() == Some(ErrorCode::NotADatabase) => {}
            Err(error) => return Err(failure(path, &error)),
        }
    }
    let shown = path.display();
    let length = fs::metadata(path).map_err(|error| file_failure(path, &error))?.len();
    if !length.is_multiple_of(PAGE_LENGTH) {
        let message = format!("{shown} is damaged or is not Sayso's: put back a backup, or name another --data");
        return Err(StoreError::new(StoreErrorKind::Corrupt, message));
    }
    Err(refused(match tried {
        0 => format!(
            "{shown} is encrypted, and its key is not there ({whence}): put the key back, or name its place under \
             `store:` in sayso.yaml"
        ),
        _ => format!(
            "{shown} can't be opened with {whence}: it was encrypted with another key, or the file is damaged. Put back \
             the right key, or a backup; nothing was changed"
        ),
    }))
}

/// Has everything that `connection` shows written to `to`, which is made anew, encrypted with `key`; one moment of it,
/// whoever writes meanwhile. `finish` has a last look at the copy before it is on the disk for good.
pub(super) fn copy(
    connection: &Connection,
    to: &Path,
    key: Option<&StoreKey>,
    finish: impl FnOnce(&Connection) -> Result<(), StoreError>,
) -> Result<(), StoreError> {
    let fail = |error: rusqlite::Error| failure(to, &error);
    make_empty(to)?;
    connection.pragma_update(None, "foreign_keys", false).map_err(fail)?;
    let name = to.to_str().ok_or_else(|| {
        StoreError::new(StoreErrorKind::Other, format!("{}: the name of this file is not UTF-8", to.display()))
    })?;
    let pragma = key.map(StoreKey::as_pragma).unwrap_or_default();
    connection.execute("ATTACH DATABASE ?1 AS copy KEY ?2", params![name, pragma]).map_err(fail)?;
    connection.execute_batch("BEGIN").map_err(fail)?;
    let counted = export(connection).map_err(fail)?;
    connection.execute_batch("COMMIT; DETACH DATABASE copy").map_err(fail)?;
    let copied = connect(to, key)?;
    let found = counts(&copied, "main").map_err(fail)?;
    if found != counted {
        let message =
            format!("{}: the copy has other rows than the store; nothing was changed, try again", to.display());
        return Err(StoreError::new(StoreErrorKind::Corrupt, message));
    }
    finish(&copied)?;
    copied.close().map_err(|(_, error)| fail(error))?;
    let folder = to.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let synced = File::open(to).and_then(|file| file.sync_all()).and_then(|()| sync_folder(folder));
    synced.map_err(|error| file_failure(to, &error))
}

fn export(connection: &Connection) -> rusqlite::Result<Vec<(String, i64)>> {
    let counted = counts(connection, "main")?;
    connection.query_row("SELECT sqlcipher_export('copy')", [], |_| Ok(()))?;
    for pragma in ["user_version", "application_id"] {
        let value: i32 = connection.pragma_query_value(Some("main"), pragma, |row| row.get(0))?;
        connection.pragma_update(Some("copy"), pragma, value)?;
    }
    Ok(counted)
}

/// Every table with how many rows it has.
fn counts(connection: &Connection, schema: &str) -> rusqlite::Result<Vec<(String, i64)>> {
    let sql = format!(
        "SELECT name FROM {schema}.sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY name"
    );
    let mut statement = connection.prepare(&sql)?;
    let names = statement.query_map([], |row| row.get::<_, String>(0))?.collect::<Result<Vec<_>, _>>()?;
    let count = |name: String| {
        let rows = connection.query_row(&format!("SELECT count(*) FROM {schema}.\"{name}\""), [], |row| row.get(0))?;
        Ok((name, rows))
    };
    names.into_iter().map(count).collect()
}

fn make_empty(path: &Path) -> Result<(), StoreError> {
    let fail = |error: std::io::Error| file_failure(path, &error);
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path).map(|_| ()).map_err(fail)
}

/// Writes the store at `path` anew with another key. Nobody else may have it open: SQLite itself refuses then.
pub(super) fn rewrite(
    path: &Path,
    from: Option<&StoreKey>,
    to: &StoreKey,
    finish: impl FnOnce(&Connection) -> Result<(), StoreError>,
) -> Result<(), StoreError> {
    let beside = super::opening::beside(path, "rewriting");
    clear_away(&beside)?;
    let connection = connect(path, from)?;
    // Takes what lies in the write-ahead log into the file, and fails where anybody else has the file open.
    let alone = connection.pragma_update_and_check(None, "journal_mode", "DELETE", |row| row.get::<_, String>(0));
    if alone.map_err(|error| failure(path, &error))? != "delete" {
        return Err(in_use(path));
    }
    let written = copy(&connection, &beside, Some(to), finish);
    connection.close().map_err(|(_, error)| failure(path, &error))?;
    if let Err(error) = written {
        clear_away(&beside)?;
        return Err(error);
    }
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    fs::rename(&beside, path).and_then(|()| sync_folder(folder)).map_err(|error| file_failure(path, &error))
}

/// That another process has the store open.
pub(super) fn in_use(path: &Path) -> StoreError {
    let message = format!("{}: another Sayso has it open: end it, then try again", path.display());
    StoreError::new(StoreErrorKind::Locked, message)
}

/// What an interrupted rewriting left behind. The store itself is whole without it.
pub(super) fn clear_away(beside: &Path) -> Result<(), StoreError> {
    for ending in ["", "-journal", "-wal", "-shm"] {
        let mut name = beside.as_os_str().to_owned();
        name.push(ending);
        match fs::remove_file(&name) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => return Err(file_failure(beside, &error)),
            _ => {}
        }
    }
    Ok(())
}
