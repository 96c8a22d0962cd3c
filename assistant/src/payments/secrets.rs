//! Secrets by reference: an environment variable or a file, read at the moment of use, never kept in a configuration.

use crate::redaction::remember_secret;
use std::collections::BTreeMap;
use std::fmt;
use std::path::PathBuf;

/// Gives the value of a secret at the moment of use.
pub trait Secrets: Send + Sync {
    /// The secret of this name.
    fn secret(&self, name: &str) -> Result<String, SecretError>;
}

/// Why a secret is not to be had. Never has its value.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SecretError {
    /// The configuration says nothing of it.
    #[error("the secret `{0}` is not set up: name it in sayso.yaml, with `env:` or `file:`")]
    Unknown(String),
    /// What it refers to has no usable value.
    #[error("the secret `{name}` can't be read from {from}: {why}")]
    Unreadable {
        /// Its name.
        name: String,
        /// What it refers to.
        from: String,
        /// Why, with a hint.
        why: String,
    },
}

/// Where a secret is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SecretRef {
    /// In this environment variable.
    Env(String),
    /// In this file, which only its owner may read; one line break at its end does not count.
    File(PathBuf),
}

impl fmt::Display for SecretRef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            SecretRef::Env(variable) => write!(f, "the environment variable {variable}"),
            SecretRef::File(path) => write!(f, "the file {}", path.display()),
        }
    }
}

/// No secret at all: enough for the practice bank.
#[derive(Clone, Copy, Debug, Default)]
pub struct NoSecrets;

impl Secrets for NoSecrets {
    fn secret(&self, name: &str) -> Result<String, SecretError> {
        Err(SecretError::Unknown(name.to_owned()))
    }
}

/// Secrets by name, each with where it is.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SecretRefs(pub BTreeMap<String, SecretRef>);

impl Secrets for SecretRefs {
    fn secret(&self, name: &str) -> Result<String, SecretError> {
        let from = self.0.get(name).ok_or_else(|| SecretError::Unknown(name.to_owned()))?;
        let value = match from {
            SecretRef::Env(variable) => std::env::var(variable).map_err(|_| "it is not set, or is not text".to_owned()),
            SecretRef::File(path) => read_private(path),
        };
        value.iter().for_each(|value| remember_secret(value));
        let value = value.and_then(|value| if value.is_empty() { Err("it is empty".to_owned()) } else { Ok(value) });
        value.map_err(|why| SecretError::Unreadable { name: name.to_owned(), from: from.to_string(), why })
    }
}

fn read_private(path: &std::path::Path) -> Result<String, String> {
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        let mode = std::fs::metadata(path).map_err(|error| error.to_string())?.permissions().mode();
        if mode & 0o077 != 0 {
            return Err(format!("others may read it; run `chmod 600 {}`", path.display()));
        }
    }
    let text = std::fs::read_to_string(path).map_err(|error| error.to_string())?;
    let line = text.strip_suffix('\n').unwrap_or(&text);
    Ok(line.strip_suffix('\r').unwrap_or(line).to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refs(from: SecretRef) -> SecretRefs {
        SecretRefs(BTreeMap::from([("api_key".to_owned(), from)]))
    }

    #[cfg(unix)]
    #[test]
    fn a_file_that_others_may_read_is_refused_with_the_way_to_mend_it() {
        use std::os::unix::fs::PermissionsExt as _;
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("key");
        std::fs::write(&path, "abc\n").unwrap();
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o644)).unwrap();
        let error = refs(SecretRef::File(path.clone())).secret("api_key").unwrap_err().to_string();
        assert!(error.contains("chmod 600") && !error.contains("abc"), "{error}");
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o600)).unwrap();
        assert_eq!(refs(SecretRef::File(path)).secret("api_key").unwrap(), "abc");
    }

    #[test]
    fn what_is_missing_is_named() {
        let error = refs(SecretRef::Env("SAYSO_NO_SUCH_VARIABLE".into())).secret("api_key").unwrap_err();
        assert!(error.to_string().contains("SAYSO_NO_SUCH_VARIABLE"), "{error}");
        assert_eq!(NoSecrets.secret("x"), Err(SecretError::Unknown("x".into())));
    }
}
