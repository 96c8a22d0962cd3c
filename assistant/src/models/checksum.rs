//! SHA-256 of files.

use sha2::{Digest, Sha256};
use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

/// The SHA-256 of a file as 64 small hexadecimal digits. `tell` hears how many bytes have been read.
pub(super) fn sha256_of(path: &Path, mut tell: impl FnMut(u64)) -> io::Result<String> {
    let mut file = File::open(path)?;
    let mut hasher = Sha256::new();
    let mut buffer = vec![0; 1 << 20];
    let mut done = 0;
    loop {
        let read = file.read(&mut buffer)?;
        if read == 0 {
            return Ok(base16ct::lower::encode_string(&hasher.finalize()));
        }
        hasher.update(buffer.get(..read).unwrap_or_default());
        done += read as u64;
        tell(done);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn is_the_published_algorithm() {
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), b"abc").unwrap();
        let mut heard = 0;
        let sum = sha256_of(file.path(), |done| heard = done).unwrap();
        assert_eq!(sum, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
        assert_eq!(heard, 3);
    }
}
