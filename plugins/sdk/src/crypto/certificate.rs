//! X.509 certificates: the RSA key in one, its serial number, and from when to when it counts. Nobody's chain is followed
//! here: who hands over a certificate has to know why to trust it.

use super::PublicKey;
use rustls_pki_types::CertificateDer;
use rustls_pki_types::pem::PemObject as _;
use x509_cert::der::{Decode as _, Encode as _};
use x509_cert::time::Time;

/// A certificate with an RSA key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Certificate {
    /// Its serial number in capital hexadecimal digits, without zeros in front.
    pub serial: String,
    /// From when it counts, as Unix milliseconds.
    pub from_ms: i64,
    /// Until when it counts, as Unix milliseconds.
    pub until_ms: i64,
    /// The key in it.
    pub key: PublicKey,
}

impl Certificate {
    /// Reads the first certificate of a PEM text (`BEGIN CERTIFICATE`); the error says what is wrong.
    pub fn read(pem: &str) -> Result<Certificate, String> {
        let der = CertificateDer::from_pem_slice(pem.as_bytes())
            .map_err(|_| "a certificate is needed, as PEM from `-----BEGIN CERTIFICATE-----` to its end".to_owned())?;
        let whole = x509_cert::Certificate::from_der(&der).map_err(|_| "the certificate cannot be read".to_owned())?;
        let inside = whole.tbs_certificate;
        let key = inside.subject_public_key_info.to_der().ok().and_then(PublicKey::of_der);
        let digits: String = inside.serial_number.as_bytes().iter().map(|byte| format!("{byte:02X}")).collect();
        Ok(Certificate {
            serial: digits.trim_start_matches('0').to_owned(),
            from_ms: unix_ms(inside.validity.not_before),
            until_ms: unix_ms(inside.validity.not_after),
            key: key.ok_or("the certificate holds no RSA key of 2048 bits or more")?,
        })
    }

    /// Whether it counts at this time.
    #[must_use]
    pub fn counts_at(&self, now_ms: i64) -> bool {
        (self.from_ms..=self.until_ms).contains(&now_ms)
    }

    /// Whether its serial number is this one, however that is written.
    #[must_use]
    pub fn is_called(&self, serial: &str) -> bool {
        serial.trim_start_matches('0').eq_ignore_ascii_case(&self.serial)
    }
}

fn unix_ms(time: Time) -> i64 {
    i64::try_from(time.to_unix_duration().as_millis()).unwrap_or(i64::MAX)
}
