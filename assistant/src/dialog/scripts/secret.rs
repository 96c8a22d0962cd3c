//! Secrets in expressions: a handle without the words. Only while an answer is being looked at does it know how long the
//! answer was and what its digest is; afterwards nothing of it is left.

use rhai::{Engine, EvalAltResult};
use sha2::{Digest as _, Sha256};

type Checked<T> = Result<T, Box<EvalAltResult>>;

/// A secret as expressions see it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Secret {
    seen: Option<(i64, [u8; 32])>,
}

impl Secret {
    /// A secret that was said before: nothing is known of it but that it is there.
    #[must_use]
    pub fn kept() -> Self {
        Secret { seen: None }
    }

    /// A secret that is being looked at, made of these characters.
    #[must_use]
    pub fn said(characters: &str) -> Self {
        let length = i64::try_from(characters.chars().count()).unwrap_or(i64::MAX);
        Secret { seen: Some((length, Sha256::digest(characters.as_bytes()).into())) }
    }

    fn seen(&self) -> Checked<(i64, [u8; 32])> {
        self.seen.ok_or_else(|| "a secret can be looked at only in its own `validate:`, when it is said".into())
    }

    fn length(&self) -> Checked<i64> {
        Ok(self.seen()?.0)
    }

    /// True if the SHA-256 of the secret is this one, written in 64 hexadecimal digits.
    fn matches(&self, digest: &str) -> Checked<bool> {
        let hex = base16ct::lower::encode_string(&self.seen()?.1);
        if digest.len() != hex.len() {
            return Err("a digest has 64 hexadecimal digits".into());
        }
        // Every character is compared, so that the time tells nothing.
        let differs = hex.bytes().zip(digest.to_ascii_lowercase().bytes()).fold(0, |found, (a, b)| found | (a ^ b));
        Ok(differs == 0)
    }
}

/// Registers the type `Secret`.
pub fn register(engine: &mut Engine) {
    engine
        .register_type_with_name::<Secret>("Secret")
        .register_get("length", |secret: &mut Secret| secret.length())
        .register_fn("matches", |secret: &mut Secret, digest: &str| secret.matches(digest))
        .register_fn("to_string", |_: &mut Secret| "(secret)".to_owned())
        .register_fn("to_debug", |_: &mut Secret| "(secret)".to_owned());
}
