//! Which process holds a lease, and whether it still lives: each has a locked file, and a dead process holds no lock.

use super::failure::file_failure;
use crate::payments::{Randomness, StoreError, StoreErrorKind, SystemRandom};
use std::fs::{File, TryLockError};
use std::path::{Path, PathBuf};

/// This process as an owner of leases; the lock goes when it is dropped or the process dies, however that happens.
pub(super) struct Owner {
    name: String,
    folder: PathBuf,
    /// Held for its lock alone.
    _lock: File,
}

impl Owner {
    /// Becomes an owner, with a file in the folder beside the store; clears away what dead ones left behind.
    pub(super) fn register(folder: &Path) -> Result<Self, StoreError> {
        std::fs::create_dir_all(folder).map_err(|error| file_failure(folder, &error))?;
        let mut random = [0_u8; 8];
        SystemRandom.fill(&mut random).map_err(|reason| StoreError::new(StoreErrorKind::Other, reason))?;
        let name = format!("{:016x}", u64::from_be_bytes(random));
        // Locked before it has its name, so that nobody takes it for a dead one's.
        let early = folder.join(format!("{name}.new"));
        let lock = File::create(&early).map_err(|error| file_failure(&early, &error))?;
        lock.lock().map_err(|error| file_failure(&early, &error))?;
        std::fs::rename(&early, folder.join(&name)).map_err(|error| file_failure(&early, &error))?;
        let owner = Owner { name, folder: folder.to_owned(), _lock: lock };
        owner.clear_away();
        Ok(owner)
    }

    /// The name that leases have.
    pub(super) fn name(&self) -> &str {
        &self.name
    }

    /// True if the owner of this name may still act: it is this process, or its lock is held.
    pub(super) fn lives(&self, name: &str) -> bool {
        name == self.name || is_locked(&self.folder.join(name))
    }

    /// True if no other process has the store open.
    pub(super) fn is_alone(&self) -> bool {
        let Ok(files) = std::fs::read_dir(&self.folder) else { return false };
        let mine = self.folder.join(&self.name);
        files.flatten().map(|file| file.path()).all(|path| path == mine || !is_locked(&path))
    }

    fn clear_away(&self) {
        let Ok(files) = std::fs::read_dir(&self.folder) else { return };
        for path in files.flatten().map(|file| file.path()) {
            if path.extension().is_none() && path != self.folder.join(&self.name) && !is_locked(&path) {
                // If it stays, the next one tries.
                let _ = std::fs::remove_file(&path);
            }
        }
    }
}

impl Drop for Owner {
    fn drop(&mut self) {
        // If it stays, the next one to register clears it away.
        let _ = std::fs::remove_file(self.folder.join(&self.name));
    }
}

fn is_locked(path: &Path) -> bool {
    let Ok(file) = File::open(path) else { return false };
    matches!(file.try_lock(), Err(TryLockError::WouldBlock))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_owner_lives_until_it_is_gone() {
        let folder = tempfile::tempdir().unwrap();
        let (first, second) = (Owner::register(folder.path()).unwrap(), Owner::register(folder.path()).unwrap());
        let name = first.name().to_owned();
        assert!(second.lives(&name) && second.lives(second.name()));
        drop(first);
        assert!(!second.lives(&name) && !second.lives("0000000000000000"));
    }

    #[test]
    fn a_file_that_a_dead_process_left_is_cleared_away() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("00000000000000aa"), "").unwrap();
        let owner = Owner::register(folder.path()).unwrap();
        assert!(!owner.lives("00000000000000aa"));
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1);
    }
}
