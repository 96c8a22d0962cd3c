//! The secrets that this process has read, so that none of them comes into a log, wherever it was said on the way.

use std::collections::BTreeSet;
use std::sync::{PoisonError, RwLock};

/// Shorter ones would hide ordinary words.
const LENGTH_MIN: usize = 6;

static KNOWN: RwLock<BTreeSet<String>> = RwLock::new(BTreeSet::new());

/// Remembers a secret for as long as the process lives; from now on [`super::hide`] hides it.
pub fn remember_secret(value: &str) {
    let value = value.trim();
    if value.len() >= LENGTH_MIN && !KNOWN.read().unwrap_or_else(PoisonError::into_inner).contains(value) {
        KNOWN.write().unwrap_or_else(PoisonError::into_inner).insert(value.to_owned());
    }
}

pub(super) fn hide_known(text: &str) -> String {
    let known = KNOWN.read().unwrap_or_else(PoisonError::into_inner);
    known
        .iter()
        .filter(|secret| text.contains(secret.as_str()))
        .fold(text.to_owned(), |text, secret| text.replace(secret, "[secret]"))
}
