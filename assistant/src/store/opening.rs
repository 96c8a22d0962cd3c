//! Opens the store, or makes it: file mode, settings of SQLite, migrations, the name of the installation.

use super::audit;
use super::exchanges::Noted;
use super::failure::{failure, file_failure};
use super::key::{KeySource, StoreKey};
use super::owners::Owner;
use super::reader::Reader;
use super::schema::{APPLICATION_ID, migrations};
use super::sealing::{self, State};
use super::seen::Seen;
use super::writer::Writer;
use crate::payments::{Randomness, StoreError, StoreErrorKind, SystemRandom};
use rusqlite::{Connection, OptionalExtension as _, params};
use std::fs::{File, OpenOptions};
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// The store. Cheap to clone; every clone is the same.
#[derive(Clone)]
pub struct Store {
    pub(super) inner: Arc<Inner>,
}

/// What [`Store::look_at`] sees.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Looks {
    /// The name of the installation.
    pub installation: String,
    /// True if it can be read with its key alone.
    pub encrypted: bool,
    /// Which kinds of money were paid with.
    pub seen: Seen,
}

pub(super) struct Inner {
    pub(super) writer: Writer,
    pub(super) reader: Reader,
    pub(super) owner: Arc<Owner>,
    pub(super) installation: String,
    pub(super) path: PathBuf,
    pub(super) key: Option<StoreKey>,
    pub(super) noted: Noted,
}

impl Store {
    /// Opens a store that is not encrypted, or makes it (and its folder) where there is none. Only its owner may read it.
    /// Several processes may have it open at once.
    pub fn open(path: impl AsRef<Path>) -> Result<Self, StoreError> {
        Store::open_with(path, &KeySource::None)
    }

    /// The same with a key. A store that is not encrypted yet is encrypted first, unless another process has it open: then
    /// that waits for another start.
    pub fn open_with(path: impl AsRef<Path>, source: &KeySource) -> Result<Self, StoreError> {
        let path = path.as_ref().to_owned();
        make_private(&path)?;
        let turn = take_turn(&path)?;
        let owner = Owner::register(&beside(&path, "owners"))?;
        let key = unlock(&path, source, &owner)?;
        let fail = |error: rusqlite::Error| failure(&path, &error);
        let mut connection = sealing::connect(&path, key.as_ref())?;
        check_ours(&connection, &path)?;
        configure(&connection).map_err(fail)?;
        migrate(&mut connection, &path)?;
        let installation = installation(&connection, &path)?;
        let reader = Reader::open(&path, key.as_ref())?;
        drop(turn);
        let writer = Writer::start(connection, &path)?;
        let noted = Noted::default();
        let inner = Inner { owner: Arc::new(owner), writer, reader, installation, path, key, noted };
        Ok(Store { inner: Arc::new(inner) })
    }

    /// Looks at a store without changing it, not even its encryption.
    pub fn look_at(path: &Path, source: &KeySource) -> Result<Looks, StoreError> {
        let key = match sealing::state(path)? {
            State::Sealed => Some(sealing::fitting(path, source.keys()?, &source.to_string())?),
            State::Plain | State::Empty => None,
        };
        let connection = sealing::connect(path, key.as_ref())?;
        check_ours(&connection, path)?;
        let sql = "SELECT value FROM meta WHERE name = 'installation'";
        let installation = connection.query_row(sql, [], |row| row.get(0)).map_err(|error| failure(path, &error))?;
        let seen = super::seen::look(&connection).map_err(|error| failure(path, &error))?;
        Ok(Looks { installation, encrypted: key.is_some(), seen })
    }

    /// True if what is on the disk can be read with the key alone.
    #[must_use]
    pub fn is_encrypted(&self) -> bool {
        self.inner.key.is_some()
    }

    /// Where the file is.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.inner.path
    }

    /// The name of this installation: random, made with the file, never changed.
    #[must_use]
    pub fn installation(&self) -> &str {
        &self.inner.installation
    }

    /// Bounds the file to so many pages of 4096 bytes, as a full disk would. For tests and quotas.
    pub async fn limit_pages(&self, pages: u32) -> Result<(), StoreError> {
        let path = self.inner.path.clone();
        let limit = move |connection: &Connection| {
            let set = connection.pragma_update_and_check(None, "max_page_count", pages, |_| Ok(()));
            set.map_err(|error| failure(&path, &error))
        };
        self.inner.writer.run(limit).await
    }
}

/// One process at a time opens a store or writes it anew.
pub(super) fn take_turn(path: &Path) -> Result<File, StoreError> {
    let opening = beside(path, "opening");
    let turn = File::create(&opening).map_err(|error| file_failure(&opening, &error))?;
    turn.lock().map_err(|error| file_failure(&opening, &error))?;
    Ok(turn)
}

/// The key with which the file is to be opened, after whatever has to happen to the file before.
fn unlock(path: &Path, source: &KeySource, owner: &Owner) -> Result<Option<StoreKey>, StoreError> {
    match sealing::state(path)? {
        State::Sealed => sealing::fitting(path, source.keys()?, &source.to_string()).map(Some),
        State::Empty => source.make(),
        State::Plain => {
            if *source == KeySource::None {
                return Ok(None);
            }
            check_ours(&sealing::connect(path, None)?, path)?;
            if owner.is_alone() {
                let Some(key) = source.make()? else { return Ok(None) };
                match sealing::rewrite(path, None, &key, |sealed| record_key(sealed, path, "encrypted", source)) {
                    Ok(()) => return Ok(Some(key)),
                    Err(error) if error.kind == StoreErrorKind::Locked => {}
                    Err(error) => return Err(error),
                }
            }
            tracing::warn!("{} is not encrypted yet: another program has it open", path.display());
            Ok(None)
        }
    }
}

/// The last word into a store that was written anew with another key.
pub(super) fn record_key(sealed: &Connection, path: &Path, kind: &str, source: &KeySource) -> Result<(), StoreError> {
    let now_ms = jiff::Timestamp::now().as_millisecond();
    audit::append_at(sealed, &serde_json::json!({ "kind": kind, "key": source.to_string() }), now_ms, path)
}

/// A file or folder beside the store: `sayso.db` has `sayso.db-owners`.
pub(super) fn beside(path: &Path, what: &str) -> PathBuf {
    let mut name = path.file_name().unwrap_or_default().to_owned();
    name.push("-");
    name.push(what);
    path.with_file_name(name)
}

/// Makes the folder and the file where they are missing, so that nobody but the owner can read them.
fn make_private(path: &Path) -> Result<(), StoreError> {
    let fail = |error: std::io::Error| file_failure(path, &error);
    if let Some(folder) = path.parent().filter(|folder| !folder.as_os_str().is_empty() && !folder.exists()) {
        let mut builder = std::fs::DirBuilder::new();
        builder.recursive(true);
        #[cfg(unix)]
        std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
        builder.create(folder).map_err(fail)?;
    }
    let mut options = OpenOptions::new();
    options.read(true).write(true).create(true).truncate(false);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let file = options.open(path).map_err(fail)?;
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        let mode = file.metadata().map_err(fail)?.permissions().mode();
        if mode & 0o077 != 0 {
            file.set_permissions(std::fs::Permissions::from_mode(0o600)).map_err(fail)?;
        }
    }
    drop(file);
    Ok(())
}

/// Refuses a file that is another program's.
pub(super) fn check_ours(connection: &Connection, path: &Path) -> Result<(), StoreError> {
    let fail = |error: rusqlite::Error| failure(path, &error);
    let id: i32 = connection.pragma_query_value(None, "application_id", |row| row.get(0)).map_err(fail)?;
    let tables: i64 = connection.query_row("SELECT count(*) FROM sqlite_schema", [], |row| row.get(0)).map_err(fail)?;
    if id == APPLICATION_ID || (id == 0 && tables == 0) {
        return Ok(());
    }
    let message =
        format!("{} is another program's database, not Sayso's: name another folder with --data", path.display());
    Err(StoreError::new(StoreErrorKind::Corrupt, message))
}

/// A commit is on the disk when it returns; what refers to something refers to something that is there.
fn configure(connection: &Connection) -> rusqlite::Result<()> {
    connection.pragma_update_and_check(None, "journal_mode", "WAL", |_| Ok(()))?;
    connection.pragma_update(None, "synchronous", "FULL")?;
    connection.pragma_update(None, "foreign_keys", true)?;
    connection.pragma_update(None, "application_id", APPLICATION_ID)?;
    connection.set_prepared_statement_cache_capacity(64);
    Ok(())
}

fn migrate(connection: &mut Connection, path: &Path) -> Result<(), StoreError> {
    let own = migrations();
    let version: i64 =
        connection.pragma_query_value(None, "user_version", |row| row.get(0)).map_err(|e| failure(path, &e))?;
    match own.to_latest(connection) {
        Ok(()) => Ok(()),
        Err(rusqlite_migration::Error::RusqliteError { err, .. }) => Err(failure(path, &err)),
        Err(rusqlite_migration::Error::MigrationDefinition(_)) => {
            let hint = "use that Sayso, or another folder with --data";
            let message =
                format!("{} was written by a newer Sayso (version {version} of the tables): {hint}", path.display());
            Err(StoreError::new(StoreErrorKind::Newer, message))
        }
        Err(error) => Err(StoreError::new(StoreErrorKind::Other, format!("{}: {error}", path.display()))),
    }
}

fn installation(connection: &Connection, path: &Path) -> Result<String, StoreError> {
    let fail = |error: rusqlite::Error| failure(path, &error);
    let find = || {
        let sql = "SELECT value FROM meta WHERE name = 'installation'";
        connection.query_row(sql, [], |row| row.get::<_, String>(0)).optional()
    };
    if let Some(known) = find().map_err(fail)? {
        return Ok(known);
    }
    let mut random = [0_u8; 16];
    SystemRandom.fill(&mut random).map_err(|reason| StoreError::new(StoreErrorKind::Other, reason))?;
    let name = format!("{:032x}", u128::from_be_bytes(random));
    let sql = "INSERT INTO meta (name, value) VALUES ('installation', ?1)";
    connection.execute(sql, params![name]).map_err(fail)?;
    Ok(name)
}
