//! RSA signatures with SHA-256 and PKCS #1 v1.5 padding (`SHA256withRSA`), of keys from 2048 to 8192 bits.

use super::{bare, from_base64, to_base64};
use aws_lc_rs::encoding::{AsDer as _, PublicKeyX509Der};
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::PublicEncryptingKey;
use aws_lc_rs::signature::{KeyPair as _, RSA_PKCS1_2048_8192_SHA256, RSA_PKCS1_SHA256, RsaKeyPair, UnparsedPublicKey};
use rustls_pki_types::pem::PemObject as _;
use rustls_pki_types::{PrivateKeyDer, SubjectPublicKeyInfoDer};
use std::fmt;

/// A private key, to sign with.
pub struct PrivateKey(RsaKeyPair);

impl PrivateKey {
    /// Reads a key: PEM (`BEGIN PRIVATE KEY` or `BEGIN RSA PRIVATE KEY`), or the bare base64 of one.
    /// The error says what to write, and nothing of the key.
    pub fn read(text: &str) -> Result<PrivateKey, String> {
        let pair = match PrivateKeyDer::from_pem_slice(text.as_bytes()) {
            Ok(PrivateKeyDer::Pkcs8(key)) => RsaKeyPair::from_pkcs8(key.secret_pkcs8_der()).ok(),
            Ok(PrivateKeyDer::Pkcs1(key)) => RsaKeyPair::from_der(key.secret_pkcs1_der()).ok(),
            Ok(_) => None,
            Err(_) => {
                bare(text).and_then(|der| RsaKeyPair::from_pkcs8(&der).or_else(|_| RsaKeyPair::from_der(&der)).ok())
            }
        };
        let wanted =
            "an RSA private key of 2048 bits or more is needed, as PEM from `-----BEGIN PRIVATE KEY-----` to its end";
        pair.map(PrivateKey).ok_or_else(|| wanted.to_owned())
    }

    /// The signature of a message as base64, or `None` where this system cannot sign.
    #[must_use]
    pub fn sign(&self, message: &[u8]) -> Option<String> {
        let mut signature = vec![0; self.0.public_modulus_len()];
        self.0.sign(&RSA_PKCS1_SHA256, &SystemRandom::new(), message, &mut signature).ok()?;
        Some(to_base64(&signature))
    }

    /// The public key that goes with it.
    #[must_use]
    pub fn public(&self) -> PublicKey {
        let public = self.0.public_key();
        let der: Result<PublicKeyX509Der<'_>, _> = public.as_der();
        PublicKey(der.map_or_else(|_| public.as_ref().to_vec(), |der| der.as_ref().to_vec()))
    }
}

impl fmt::Debug for PrivateKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PrivateKey(…)")
    }
}

/// A public key, to verify with.
#[derive(Clone, PartialEq, Eq)]
pub struct PublicKey(Vec<u8>);

impl PublicKey {
    /// Reads a key: PEM (`BEGIN PUBLIC KEY`), or the bare base64 of one. The error says what to write.
    pub fn read(text: &str) -> Result<PublicKey, String> {
        let der = match SubjectPublicKeyInfoDer::from_pem_slice(text.as_bytes()) {
            Ok(key) => Some(key.as_ref().to_vec()),
            Err(_) => bare(text),
        };
        let wanted =
            "an RSA public key of 2048 bits or more is needed, as PEM from `-----BEGIN PUBLIC KEY-----` to its end";
        der.and_then(PublicKey::of_der).ok_or_else(|| wanted.to_owned())
    }

    /// From the DER of a `SubjectPublicKeyInfo`; `None` if it is no RSA key of a size that counts.
    pub(super) fn of_der(der: Vec<u8>) -> Option<PublicKey> {
        // The one reader of keys in this library that looks at the size too.
        PublicEncryptingKey::from_der(&der).ok()?;
        Some(PublicKey(der))
    }

    /// Whether `signature`, as base64, is the private key's over `message`.
    #[must_use]
    pub fn verifies(&self, message: &[u8], signature: &str) -> bool {
        let key = UnparsedPublicKey::new(&RSA_PKCS1_2048_8192_SHA256, &self.0);
        from_base64(signature).is_some_and(|signature| key.verify(message, &signature).is_ok())
    }
}

impl fmt::Debug for PublicKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PublicKey(…)")
    }
}
