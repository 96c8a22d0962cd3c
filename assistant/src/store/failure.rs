//! From what SQLite says to what a person can act on.

use super::reader::ReadError;
use crate::payments::{StoreError, StoreErrorKind};
use rusqlite::ErrorCode;
use std::path::Path;

/// What failed at `path`, in one sentence with a hint.
pub(super) fn failure(path: &Path, error: &rusqlite::Error) -> StoreError {
    let kind = kind(error);
    let hint = match kind {
        StoreErrorKind::Full => "the disk is full: make room and try again",
        StoreErrorKind::Locked => "another program holds it: wait a moment, or end other Saysos on this data folder",
        StoreErrorKind::Corrupt => "the file is damaged or is not Sayso's: put back a backup, or name another --data",
        StoreErrorKind::Forbidden => "check who owns the file and its folder, and that both can be written",
        _ => "try again; if it stays, look at the disk and the folder, and run `sayso store verify`",
    };
    StoreError::new(kind, format!("{}: {error} ({hint})", path.display()))
}

/// The same for a read or a write that had no path yet.
pub(super) fn told(path: &Path, error: ReadError) -> StoreError {
    match error {
        ReadError::Sqlite(error) => failure(path, &error),
        ReadError::Store(error) => error,
    }
}

fn kind(error: &rusqlite::Error) -> StoreErrorKind {
    match error.sqlite_error_code() {
        Some(ErrorCode::DiskFull) => StoreErrorKind::Full,
        Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked | ErrorCode::FileLockingProtocolFailed) => {
            StoreErrorKind::Locked
        }
        Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase) => StoreErrorKind::Corrupt,
        Some(ErrorCode::PermissionDenied | ErrorCode::ReadOnly | ErrorCode::CannotOpen) => StoreErrorKind::Forbidden,
        _ => StoreErrorKind::Other,
    }
}

/// What failed with a file beside the database.
pub(super) fn file_failure(path: &Path, error: &std::io::Error) -> StoreError {
    let (kind, hint) = match error.kind() {
        std::io::ErrorKind::StorageFull | std::io::ErrorKind::QuotaExceeded => {
            (StoreErrorKind::Full, "the disk is full: make room and try again")
        }
        std::io::ErrorKind::AlreadyExists => (StoreErrorKind::Exists, "name a file that is not there yet"),
        std::io::ErrorKind::PermissionDenied | std::io::ErrorKind::ReadOnlyFilesystem => {
            (StoreErrorKind::Forbidden, "check who owns the folder, and that it can be written")
        }
        _ => (StoreErrorKind::Other, "check that the folder exists and can be written, or name another with --data"),
    };
    StoreError::new(kind, format!("{}: {error} ({hint})", path.display()))
}

/// A row that says what no Sayso writes.
pub(super) fn unreadable(what: impl std::fmt::Display) -> StoreError {
    StoreError::new(
        StoreErrorKind::Corrupt,
        format!("the store has a row that can't be read: {what} (put back a backup)"),
    )
}
