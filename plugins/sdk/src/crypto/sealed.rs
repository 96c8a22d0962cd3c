//! AES-256-GCM (`AEAD_AES_256_GCM` of RFC 5116): a key of 32 bytes, a nonce of 12, and a tag of 16 after the text.

use aws_lc_rs::aead::{AES_256_GCM, Aad, LessSafeKey, Nonce, UnboundKey};

/// What was sealed, or `None` if it was sealed with another key or for something else, or has been changed.
#[must_use]
pub fn open_aes_256_gcm(key: &[u8; 32], nonce: &[u8], associated: &[u8], sealed: &[u8]) -> Option<Vec<u8>> {
    let nonce = Nonce::try_assume_unique_for_key(nonce).ok()?;
    let key = LessSafeKey::new(UnboundKey::new(&AES_256_GCM, key).ok()?);
    let mut text = sealed.to_vec();
    let length = key.open_in_place(nonce, Aad::from(associated), &mut text).ok()?.len();
    text.truncate(length);
    Some(text)
}

/// Seals a text. A nonce must never be used twice with one key; `None` if it has not 12 bytes.
#[must_use]
pub fn seal_aes_256_gcm(key: &[u8; 32], nonce: &[u8], associated: &[u8], text: &[u8]) -> Option<Vec<u8>> {
    let nonce = Nonce::try_assume_unique_for_key(nonce).ok()?;
    let key = LessSafeKey::new(UnboundKey::new(&AES_256_GCM, key).ok()?);
    let mut sealed = text.to_vec();
    key.seal_in_place_append_tag(nonce, Aad::from(associated), &mut sealed).ok()?;
    Some(sealed)
}
