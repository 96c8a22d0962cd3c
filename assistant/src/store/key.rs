//! The key of the store, and where it is kept: files that only their owner may read, the environment, or the desktop's
//! secret service. A key is 32 random bytes, so that nothing can be guessed and nothing has to be stretched at each start.

use super::failure::file_failure;
use super::keyring;
use crate::payments::{Randomness, StoreError, StoreErrorKind, SystemRandom};
use crate::redaction::remember_secret;
use std::fmt;
use std::fs::{self, File, OpenOptions};
use std::io::Write as _;
use std::path::{Path, PathBuf};

/// How many hexadecimal digits a key has.
const DIGITS: usize = 64;

/// What stands at the head of a key file.
const HEAD: &str = "# The key to Sayso's payments. Whoever has it and the data folder can read them; without it nobody can.\n\
    # Keep a copy where it is safe. Backups that were made with it need it, too.\n";

/// The key that a store is encrypted with. Never shown.
#[derive(Clone, PartialEq, Eq)]
pub struct StoreKey(String);

impl fmt::Debug for StoreKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("StoreKey")
    }
}

impl StoreKey {
    /// A new random key.
    pub fn random() -> Result<Self, StoreError> {
        let mut random = [0_u8; DIGITS / 2];
        SystemRandom.fill(&mut random).map_err(|reason| StoreError::new(StoreErrorKind::Other, reason))?;
        Ok(StoreKey::remembered(base16ct::lower::encode_string(&random)))
    }

    /// Reads a key: 64 hexadecimal digits, and lines that begin with `#`. `from` says in the error where it stands.
    pub fn parse(text: &str, from: &str) -> Result<Self, StoreError> {
        let lines: Vec<&str> =
            text.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#')).collect();
        match lines.as_slice() {
            [line] if line.len() == DIGITS && line.bytes().all(|byte| byte.is_ascii_hexdigit()) => {
                Ok(StoreKey::remembered(line.to_ascii_lowercase()))
            }
            _ => Err(refused(format!(
                "{from} holds no key: a key is {DIGITS} hexadecimal digits, such as `openssl rand -hex 32` prints"
            ))),
        }
    }

    /// From here on no log shows it.
    fn remembered(digits: String) -> Self {
        remember_secret(&digits);
        StoreKey(digits)
    }

    /// As SQLCipher takes it: the bytes themselves, not a password to be stretched.
    pub(super) fn as_pragma(&self) -> String {
        format!("x'{}'", self.0)
    }

    pub(super) fn digits(&self) -> &str {
        &self.0
    }
}

/// Where the key of a store is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum KeySource {
    /// Nowhere: the store is not encrypted.
    None,
    /// In this folder, in a file for each store; each is tried. A new store gets a new one.
    Folder(PathBuf),
    /// In this file; a new store makes it.
    File(PathBuf),
    /// In this environment variable.
    Env(String),
    /// With the desktop's secret service.
    Desktop,
}

impl fmt::Display for KeySource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            KeySource::None => f.write_str("no key"),
            KeySource::Folder(path) => write!(f, "the keys in {}", path.display()),
            KeySource::File(path) => write!(f, "the key file {}", path.display()),
            KeySource::Env(variable) => write!(f, "the environment variable {variable}"),
            KeySource::Desktop => f.write_str("the desktop's secret service"),
        }
    }
}

impl KeySource {
    /// The keys that are there; none where none was made yet.
    pub fn keys(&self) -> Result<Vec<StoreKey>, StoreError> {
        match self {
            KeySource::None => Ok(Vec::new()),
            KeySource::Folder(folder) => {
                let mut files: Vec<PathBuf> = match fs::read_dir(folder) {
                    Ok(entries) => {
                        entries.flatten().map(|entry| entry.path()).filter(|path| is_key_file(path)).collect()
                    }
                    Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Vec::new()),
                    Err(error) => return Err(file_failure(folder, &error)),
                };
                // The newest first: their names are the times at which they were made.
                files.sort_by(|a, b| b.cmp(a));
                Ok(files
                    .iter()
                    .map(|file| read_private(file))
                    .collect::<Result<Vec<_>, _>>()?
                    .into_iter()
                    .flatten()
                    .collect())
            }
            KeySource::File(path) => Ok(read_private(path)?.into_iter().collect()),
            KeySource::Env(variable) => match std::env::var(variable) {
                Ok(text) => StoreKey::parse(&text, &self.to_string()).map(|key| vec![key]),
                Err(_) => Err(refused(format!(
                    "{self}, which is to hold the key of the store, is not set; set it to 64 hexadecimal digits, \
                     or name another place under `store:` in sayso.yaml"
                ))),
            },
            KeySource::Desktop => Ok(keyring::look_up()?.into_iter().collect()),
        }
    }

    /// The key for a store that has none yet: the one that is there, or a new one, which is on the disk before it is used.
    pub fn make(&self) -> Result<Option<StoreKey>, StoreError> {
        match self {
            KeySource::None => Ok(None),
            KeySource::Folder(folder) => self.add_to(folder).map(Some),
            KeySource::File(path) => match read_private(path)? {
                Some(key) => Ok(Some(key)),
                None => {
                    write_private(path, &StoreKey::random()?)?;
                    // Whoever made it first: both have to use the same.
                    read_private(path)
                }
            },
            KeySource::Env(_) => Ok(self.keys()?.into_iter().next()),
            KeySource::Desktop => match keyring::look_up()? {
                Some(key) => Ok(Some(key)),
                None => {
                    keyring::keep(&StoreKey::random()?)?;
                    keyring::look_up()
                }
            },
        }
    }

    fn add_to(&self, folder: &Path) -> Result<StoreKey, StoreError> {
        let key = StoreKey::random()?;
        let made = jiff::Timestamp::now().strftime("%Y%m%d-%H%M%S%3f");
        // A few digits more, so that two stores that are made in one moment have two files. They say nothing of the key.
        let other = StoreKey::random()?;
        let name = format!("{made}-{}.key", other.digits().get(..8).unwrap_or_default());
        write_private(&folder.join(name), &key)?;
        Ok(key)
    }
}

fn is_key_file(path: &Path) -> bool {
    path.extension().is_some_and(|ending| ending == "key")
}

pub(super) fn refused(message: String) -> StoreError {
    StoreError::new(StoreErrorKind::Key, message)
}

/// The key in a file; `None` where there is no such file. One that others may read is refused.
fn read_private(path: &Path) -> Result<Option<StoreKey>, StoreError> {
    let text = match fs::read_to_string(path) {
        Ok(text) => text,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(refused(format!("the key file {} can't be read: {error}", path.display()))),
    };
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        let mode = fs::metadata(path).map_err(|error| file_failure(path, &error))?.permissions().mode();
        if mode & 0o077 != 0 {
            return Err(refused(format!(
                "others may read the key file {0}; run `chmod 600 {0}`, and if somebody may have read it, \
                 `sayso store rekey`",
                path.display()
            )));
        }
    }
    StoreKey::parse(&text, &format!("the key file {}", path.display())).map(Some)
}

/// Writes a key file that was not there, whole or not at all. One that is there already stays as it is.
fn write_private(path: &Path, key: &StoreKey) -> Result<(), StoreError> {
    let fail = |error: std::io::Error| file_failure(path, &error);
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder).map_err(fail)?;
    let early = folder.join(format!(".{}.new", StoreKey::random()?.digits().get(..16).unwrap_or_default()));
    let written =
        write_new(&early, &format!("{HEAD}{}\n", key.digits())).and_then(|()| match fs::hard_link(&early, path) {
            Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => Ok(()),
            linked => linked,
        });
    // If it stays, it is a file with no meaning that only its owner can read.
    let _ = fs::remove_file(&early);
    written.map_err(fail)?;
    sync_folder(folder).map_err(fail)
}

fn write_new(path: &Path, text: &str) -> std::io::Result<()> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(path)?;
    file.write_all(text.as_bytes())?;
    file.sync_all()
}

/// Makes the names in a folder last through a loss of power.
pub(super) fn sync_folder(folder: &Path) -> std::io::Result<()> {
    #[cfg(unix)]
    File::open(folder)?.sync_all()?;
    #[cfg(not(unix))]
    let _ = (folder, File::open);
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_key_is_made_once_and_found_again() {
        let folder = tempfile::tempdir().unwrap();
        let source = KeySource::File(folder.path().join("deep/store.key"));
        assert_eq!(source.keys().unwrap(), []);
        let key = source.make().unwrap();
        assert!(key.is_some());
        assert_eq!(source.make().unwrap(), key);
        assert_eq!(source.keys().unwrap(), key.into_iter().collect::<Vec<_>>());
    }

    #[test]
    fn a_folder_has_a_key_for_each_store_the_newest_first() {
        let folder = tempfile::tempdir().unwrap();
        let source = KeySource::Folder(folder.path().join("keys"));
        let (first, second) = (source.make().unwrap().unwrap(), source.make().unwrap().unwrap());
        assert_ne!(first, second);
        let mut keys = source.keys().unwrap();
        assert!(keys.contains(&first) && keys.contains(&second));
        keys.dedup();
        assert_eq!(keys.len(), 2);
        assert_eq!(fs::read_dir(folder.path().join("keys")).unwrap().count(), 2, "nothing else is left there");
    }

    #[cfg(unix)]
    #[test]
    fn a_file_that_others_may_read_is_refused_with_the_way_to_mend_it() {
        use std::os::unix::fs::PermissionsExt as _;
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("store.key");
        let source = KeySource::File(path.clone());
        source.make().unwrap();
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        fs::set_permissions(&path, fs::Permissions::from_mode(0o640)).unwrap();
        let error = source.keys().unwrap_err();
        assert_eq!(error.kind, StoreErrorKind::Key);
        assert!(error.message.contains("chmod 600"), "{error}");
    }

    #[test]
    fn what_is_no_key_is_said_to_be_none_and_not_repeated() {
        for text in ["", "swordfish", &"0".repeat(63), &"g".repeat(64), &format!("{0}\n{0}", "ab".repeat(32))] {
            let error = StoreKey::parse(text, "the file x").unwrap_err();
            assert!(error.message.starts_with("the file x holds no key"), "{error}");
            assert!(text.is_empty() || !error.message.contains(text), "{error}");
        }
        assert!(StoreKey::parse(&format!("# a remark\n{}\n", "AB".repeat(32)), "x").is_ok());
    }
}
