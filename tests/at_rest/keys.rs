//! The key of the store: made, found, wrong, missing, changed; and stores that had none.

use crate::world::{World, usd};
use sayso::ledger::PaymentStatus as S;
use sayso::payments::Filter;
use sayso::store::{KeySource, Store, StoreErrorKind, StoreKey};
use std::path::{Path, PathBuf};

struct Vault {
    world: World,
    folder: tempfile::TempDir,
}

impl Vault {
    fn new() -> Self {
        Vault { world: World::new(), folder: tempfile::tempdir().unwrap() }
    }

    fn file(&self, name: &str) -> KeySource {
        KeySource::File(self.folder.path().join(name))
    }

    fn open(&self, source: &KeySource) -> Store {
        Store::open_with(self.world.path(), source).unwrap()
    }

    async fn pay(&self, source: &KeySource, times: usize) {
        let payments = self.world.start_on(self.open(source));
        for _ in 0..times {
            assert_eq!(payments.pay(self.world.consent(usd(100))).await.unwrap().status, S::Succeeded);
        }
    }

    async fn paid(&self, source: &KeySource) -> usize {
        let payments = self.world.start_on(self.open(source));
        self.world.check(&payments).await;
        payments.list(&Filter { limit: 10_000, ..Filter::default() }).await.unwrap().len()
    }
}

/// True if one of the files of the store has these bytes.
fn readable(store: &Path, what: &str) -> bool {
    let files = std::fs::read_dir(store.parent().unwrap()).unwrap().flatten().map(|entry| entry.path());
    files.filter(|path| path.is_file()).any(|path| {
        let bytes = std::fs::read(path).unwrap();
        bytes.windows(what.len()).any(|window| window == what.as_bytes())
    })
}

fn copy_of(store: &Path) -> Vec<(PathBuf, Vec<u8>)> {
    let files = std::fs::read_dir(store.parent().unwrap()).unwrap().flatten().map(|entry| entry.path());
    let mut found: Vec<_> = files
        .filter(|path| path.is_file() && !path.to_string_lossy().ends_with("-shm"))
        .map(|path| (path.clone(), std::fs::read(path).unwrap()))
        .collect();
    found.sort();
    found
}

#[tokio::test]
async fn what_is_written_with_a_key_can_be_read_with_it_alone() {
    let vault = Vault::new();
    vault.pay(&KeySource::None, 1).await;
    assert!(readable(&vault.world.path(), "electricity"), "without a key it can be read");
    let vault = Vault::new();
    let key = vault.file("store.key");
    vault.pay(&key, 3).await;
    let store = vault.open(&key);
    assert!(store.is_encrypted());
    assert!(!readable(&vault.world.path(), "electricity"), "also while it is open");
    drop(store);
    assert!(!readable(&vault.world.path(), "electricity"));
    assert!(!readable(&vault.world.path(), "SQLite format"));
    assert_eq!(vault.paid(&key).await, 3);
}

#[tokio::test]
async fn a_wrong_or_missing_key_is_told_and_harms_nothing() {
    let vault = Vault::new();
    let key = vault.file("store.key");
    // Payments that stand in the write-ahead log alone, as after a loss of power.
    let payments = vault.world.start_on(vault.open(&key));
    for _ in 0..3 {
        payments.pay(vault.world.consent(usd(100))).await.unwrap();
    }
    let before = copy_of(&vault.world.path());
    drop(payments);
    for entry in std::fs::read_dir(vault.world.path().parent().unwrap()).unwrap().flatten() {
        if entry.path().is_file() {
            std::fs::remove_file(entry.path()).unwrap();
        }
    }
    for (path, bytes) in &before {
        std::fs::write(path, bytes).unwrap();
    }
    assert!(before.iter().any(|(path, bytes)| path.to_string_lossy().ends_with("-wal") && !bytes.is_empty()));
    let other = vault.file("other.key");
    other.make().unwrap();
    for (source, says) in
        [(&other, "another key"), (&vault.file("none.key"), "its key is not there"), (&KeySource::None, "encrypted")]
    {
        let error = Store::open_with(vault.world.path(), source).err().unwrap();
        assert_eq!(error.kind, StoreErrorKind::Key, "{error}");
        assert!(error.message.contains(says), "{error}");
    }
    assert!(!vault.folder.path().join("none.key").exists(), "no key is made for a store that has one");
    assert_eq!(copy_of(&vault.world.path()), before, "not a byte has changed");
    assert_eq!(vault.paid(&key).await, 3);
}

#[tokio::test]
async fn a_store_without_a_key_is_encrypted_at_the_first_start_with_one() {
    let vault = Vault::new();
    vault.pay(&KeySource::None, 5).await;
    let key = KeySource::Folder(vault.folder.path().join("keys"));
    assert_eq!(vault.paid(&key).await, 5);
    assert!(!readable(&vault.world.path(), "electricity"));
    vault.pay(&key, 1).await;
    assert_eq!(vault.paid(&key).await, 6);
    assert_eq!(key.keys().unwrap().len(), 1);
}

#[tokio::test]
async fn while_another_has_it_open_it_is_left_as_it_is() {
    let vault = Vault::new();
    let key = vault.file("store.key");
    let old = vault.open(&KeySource::None);
    let new = vault.open(&key);
    assert!(!new.is_encrypted());
    vault.world.start_on(old).pay(vault.world.consent(usd(100))).await.unwrap();
    vault.world.start_on(new).pay(vault.world.consent(usd(100))).await.unwrap();
    assert_eq!(vault.paid(&key).await, 2, "neither wrote beside the other");
    assert!(vault.open(&key).is_encrypted(), "alone it is encrypted");
    let held = vault.open(&key);
    let error = Store::rekey(&vault.world.path(), &key, &vault.file("new.key")).unwrap_err();
    assert_eq!(error.kind, StoreErrorKind::Locked, "{error}");
    drop(held);
}

#[tokio::test]
async fn what_an_interrupted_encryption_left_behind_is_no_obstacle() {
    let vault = Vault::new();
    vault.pay(&KeySource::None, 2).await;
    let beside = vault.world.path().with_file_name("sayso.db-rewriting");
    std::fs::write(&beside, "half a copy").unwrap();
    std::fs::write(vault.world.path().with_file_name("sayso.db-rewriting-journal"), "half").unwrap();
    let key = vault.file("store.key");
    // The key was made, and then the program was ended.
    key.make().unwrap();
    assert_eq!(vault.paid(&key).await, 2);
    assert!(!beside.exists());
}

#[tokio::test]
async fn another_key_takes_the_place_of_the_old_one() {
    let vault = Vault::new();
    let (folder, path) = (KeySource::Folder(vault.folder.path().join("keys")), vault.world.path());
    vault.pay(&folder, 2).await;
    let old = folder.keys().unwrap();
    Store::rekey(&path, &folder, &folder).unwrap();
    assert_eq!(vault.paid(&folder).await, 2);
    let moved = vault.file("moved.key");
    Store::rekey(&path, &folder, &moved).unwrap();
    let error = Store::open_with(&path, &folder).err().unwrap();
    assert_eq!(error.kind, StoreErrorKind::Key);
    assert_eq!(vault.paid(&moved).await, 2);
    let again = Store::rekey(&path, &moved, &moved).unwrap_err();
    assert!(again.message.contains("already"), "{again}");
    assert_eq!(old.len(), 1);
}

#[tokio::test]
async fn a_backup_is_one_moment_and_encrypted_too() {
    let vault = Vault::new();
    let key = vault.file("store.key");
    vault.pay(&key, 2).await;
    let store = vault.open(&key);
    let payments = vault.world.start_on(store.clone());
    let backups = tempfile::tempdir().unwrap();
    let to = backups.path().join("backup.sqlite");
    let paying = async {
        for _ in 0..20 {
            payments.pay(vault.world.consent(usd(100))).await.unwrap();
        }
    };
    let (done, ()) = tokio::join!(store.backup(&to), paying);
    done.unwrap();
    assert!(!readable(&to, "electricity"));
    let again = store.backup(&to).await.unwrap_err();
    assert_eq!(again.kind, StoreErrorKind::Exists, "{again}");
    let copy = Store::open_with(&to, &key).unwrap();
    assert_eq!(copy.installation(), store.installation());
    let there = vault.world.start_on(copy.clone());
    let kept = there.list(&Filter { limit: 10_000, ..Filter::default() }).await.unwrap().len();
    assert!((2..=22).contains(&kept), "{kept}");
    let report = there.verify().await.unwrap();
    assert!(report.is_sound(), "{report:?}");
    assert_eq!(copy.damages().await.unwrap(), Vec::<String>::new());
}

#[tokio::test]
async fn a_changed_byte_is_found() {
    let vault = Vault::new();
    let key = vault.file("store.key");
    vault.pay(&key, 5).await;
    drop(vault.open(&key));
    let mut bytes = std::fs::read(vault.world.path()).unwrap();
    let last = bytes.len() - 2_000;
    bytes[last] ^= 1;
    std::fs::write(vault.world.path(), bytes).unwrap();
    let found = vault.open(&key).damages().await.unwrap();
    assert!(found.iter().any(|finding| finding.contains("page")), "{found:?}");
}

#[test]
fn a_key_in_the_environment_is_used_as_it_is() {
    let vault = Vault::new();
    let error = Store::open_with(vault.world.path(), &KeySource::Env("SAYSO_NO_SUCH_KEY".into())).err().unwrap();
    assert_eq!(error.kind, StoreErrorKind::Key);
    assert!(error.message.contains("SAYSO_NO_SUCH_KEY") && error.message.contains("64"), "{error}");
    assert_eq!(format!("{:?}", StoreKey::random().unwrap()), "StoreKey", "a key is never shown");
}
