//! The folder for models: what is in it, and whether it is what was published.

use super::checksum::sha256_of;
use super::error::ModelError;
use super::manifest::{Manifest, Model};
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

/// Whether a model is there, as far as a look at the folder tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Presence {
    /// A file of the right length. [`verify`] looks at its bytes.
    Here,
    /// No file.
    Absent,
    /// A file of another length, in bytes.
    WrongLength(u64),
}

/// A model of the manifest with its file.
#[derive(Clone, Debug)]
pub struct Installed {
    /// The manifest's entry.
    pub model: Model,
    /// Where its file is or would be.
    pub path: PathBuf,
    /// Whether it is there.
    pub presence: Presence,
}

/// Every model of the manifest, with whether it is in `folder`. Reads no file.
///
/// # Errors
/// When the manifest can't be read.
pub fn list(folder: &Path) -> Result<Vec<Installed>, ModelError> {
    let look = |model: Model| {
        let path = folder.join(&model.file);
        let presence = match std::fs::metadata(&path).map(|meta| meta.len()) {
            Ok(length) if length == model.bytes => Presence::Here,
            Ok(length) => Presence::WrongLength(length),
            Err(_) => Presence::Absent,
        };
        Installed { model, path, presence }
    };
    Ok(Manifest::builtin()?.models.into_iter().map(look).collect())
}

/// The path of a model whose bytes are the published ones.
///
/// # Errors
/// A sentence when it is not in `folder`, or is damaged.
pub fn locate(name: &str, folder: &Path) -> Result<PathBuf, ModelError> {
    verify(Manifest::builtin()?.model(name)?, folder, |_| {})
}

/// Reads the model's file and compares its length and checksum. `tell` hears how many bytes have been read.
///
/// # Errors
/// A sentence when it is not in `folder`, or is damaged.
pub fn verify(model: &Model, folder: &Path, tell: impl FnMut(u64)) -> Result<PathBuf, ModelError> {
    let path = folder.join(&model.file);
    let unreadable = |why: std::io::Error| match why.kind() {
        ErrorKind::NotFound => ModelError::Missing { name: model.name.clone(), folder: folder.to_owned() },
        _ => ModelError::Folder { path: path.clone(), why },
    };
    let damaged = |why: String| ModelError::Damaged { name: model.name.clone(), path: path.clone(), why };
    let length = std::fs::metadata(&path).map_err(unreadable)?.len();
    if length != model.bytes {
        return Err(damaged(format!("it has {length} bytes instead of {}", model.bytes)));
    }
    let sum = sha256_of(&path, tell).map_err(unreadable)?;
    if sum != model.sha256 {
        return Err(damaged(format!("its SHA-256 is {sum} instead of {}", model.sha256)));
    }
    Ok(path)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn example() -> Model {
        let mut model = Manifest::builtin().unwrap().model("silero-vad").unwrap().clone();
        model.bytes = 3;
        model.sha256 = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad".to_owned();
        model
    }

    #[test]
    fn takes_only_the_published_bytes() {
        let folder = tempfile::tempdir().unwrap();
        let model = example();
        let path = folder.path().join(&model.file);
        let missing = verify(&model, folder.path(), |_| {}).unwrap_err();
        assert!(missing.to_string().contains("sayso models fetch silero-vad"), "{missing}");
        for (bytes, sign) in [(&b"ab"[..], "2 bytes instead of 3"), (b"abd", "its SHA-256 is")] {
            std::fs::write(&path, bytes).unwrap();
            let error = verify(&model, folder.path(), |_| {}).unwrap_err().to_string();
            assert!(error.contains(sign) && error.contains("damaged or has been changed"), "{error}");
        }
        std::fs::write(&path, b"abc").unwrap();
        assert_eq!(verify(&model, folder.path(), |_| {}).unwrap(), path);
    }

    #[test]
    fn lists_what_is_there_and_what_is_not() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("ggml-tiny.bin"), b"short").unwrap();
        let all = list(folder.path()).unwrap();
        let presence = |name: &str| all.iter().find(|i| i.model.name == name).unwrap().presence;
        assert_eq!(presence("whisper-tiny"), Presence::WrongLength(5));
        assert_eq!(presence("silero-vad"), Presence::Absent);
        let error = locate("whisper-tiny", folder.path()).unwrap_err();
        assert!(matches!(error, ModelError::Damaged { .. }), "{error}");
    }
}
