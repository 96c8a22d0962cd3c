//! HMAC with SHA-256 (RFC 2104), as many providers sign their notifications, and hexadecimal digits.

use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::Sha256;

/// The code of `message` under `key`, which may have any length.
#[must_use]
pub fn sha256(key: &[u8], message: &[u8]) -> [u8; 32] {
    started(key, message).map(|mac| mac.finalize().into_bytes().into()).unwrap_or_default()
}

/// Whether `code` is the code of `message` under `key`. How long it takes does not tell where the first difference is.
#[must_use]
pub fn verify_sha256(key: &[u8], message: &[u8], code: &[u8]) -> bool {
    started(key, message).is_some_and(|mac| mac.verify_slice(code).is_ok())
}

/// `None` never happens: HMAC takes keys of every length.
fn started(key: &[u8], message: &[u8]) -> Option<Hmac<Sha256>> {
    Some(Hmac::<Sha256>::new_from_slice(key).ok()?.chain_update(message))
}

/// Bytes as small hexadecimal digits.
#[must_use]
pub fn hex(bytes: &[u8]) -> String {
    base16ct::lower::encode_string(bytes)
}

/// The bytes that hexadecimal digits stand for; `None` if they are none, or an odd number of them.
#[must_use]
pub fn unhex(text: &str) -> Option<Vec<u8>> {
    base16ct::mixed::decode_vec(text).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn computes_the_vectors_of_rfc_4231() {
        let long: &[u8] = &[0xaa; 131];
        for (key, message, code) in [
            (
                b"Jefe".as_slice(),
                "what do ya want for nothing?",
                "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843",
            ),
            (
                long,
                "Test Using Larger Than Block-Size Key - Hash Key First",
                "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54",
            ),
        ] {
            assert_eq!(hex(&sha256(key, message.as_bytes())), code);
            let right = unhex(code).unwrap();
            assert!(verify_sha256(key, message.as_bytes(), &right));
            let mut wrong = right.clone();
            wrong[31] ^= 1;
            assert!(!verify_sha256(key, message.as_bytes(), &wrong));
            assert!(!verify_sha256(key, b"", &right) && !verify_sha256(b"", message.as_bytes(), &right));
            // A part of a code is no code, and no code is none.
            assert!(!verify_sha256(key, message.as_bytes(), &right[..16]));
            assert!(!verify_sha256(key, message.as_bytes(), &[]));
        }
    }

    #[test]
    fn hexadecimal_digits_go_both_ways() {
        assert_eq!(hex(&[0, 15, 255]), "000fff");
        assert_eq!(unhex("000fFf"), Some(vec![0, 15, 255]));
        assert_eq!(unhex(""), Some(vec![]));
        for wrong in ["0", "0g", "é0", " 00", "+1"] {
            assert_eq!(unhex(wrong), None, "{wrong}");
        }
    }
}
