//! What providers sign, verify and seal with, so that no plugin brings its own: RSA with SHA-256, X.509 certificates,
//! AES-256-GCM and base64, all by well-kept libraries. It must never log a key, print one in `Debug`, or say more of a failed
//! check than that it failed. In reading order:
//! - [`rsa`]: to sign with a private key, and to verify with a public one;
//! - [`certificate`]: whose key a certificate holds, and from when to when it counts;
//! - [`ring`]: the certificates of a provider that changes them;
//! - [`sealed`]: what was sealed with a shared key.

pub mod certificate;
pub mod ring;
pub mod rsa;
pub mod sealed;

pub use certificate::Certificate;
pub use ring::Ring;
pub use rsa::{PrivateKey, PublicKey};
pub use sealed::{open_aes_256_gcm, seal_aes_256_gcm};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

/// Bytes as base64, with padding.
#[must_use]
pub fn to_base64(bytes: &[u8]) -> String {
    STANDARD.encode(bytes)
}

/// Base64 with padding as bytes; `None` if it is something else.
#[must_use]
pub fn from_base64(text: &str) -> Option<Vec<u8>> {
    STANDARD.decode(text).ok()
}

/// The bytes of a key that is written as bare base64, with line breaks or without, as some consoles show it.
fn bare(text: &str) -> Option<Vec<u8>> {
    let joined: String = text.split_whitespace().collect();
    from_base64(&joined).filter(|bytes| !bytes.is_empty())
}
