//! Whose signatures count: the platform's public key, by its name, and its certificates, by their serial numbers. In a
//! migration from one to the other WeChat Pay uses both at once.
//!
//! A certificate is believed only if it was sealed with the APIv3 key, if it is the one that it is said to be, and while
//! it counts. Which certificates there are is asked when an unknown one appears.

use sayso_plugin_sdk::crypto::{Certificate, PublicKey, Ring, from_base64, open_aes_256_gcm};
use sayso_plugin_sdk::notice::{of_now, only};
use sayso_plugin_sdk::prelude::*;
use serde_json::Value;
use std::future::Future;

/// What all names of public keys begin with; other serial numbers are those of platform certificates.
pub const PUBLIC_KEY_PREFIX: &str = "PUB_KEY_ID_";
/// Signatures with which WeChat Pay tries whether they are looked at.
const PROBE: &str = "WECHATPAY/SIGNTEST/";

/// The keys that count.
pub struct Keys {
    api_v3_key: [u8; 32],
    /// The public key, and the certificates.
    pub ring: Ring,
}

/// What was signed, and by whom it says.
struct Signed<'a> {
    serial: &'a str,
    signature: &'a str,
    message: String,
}

impl Keys {
    /// With the public key, if there is one, and no certificates yet.
    #[must_use]
    pub fn new(public: Option<(String, PublicKey)>, api_v3_key: [u8; 32]) -> Keys {
        Keys { api_v3_key, ring: Ring::with(public) }
    }

    /// Whether this was signed by WeChat Pay, and now. `fetch` asks for the certificates. The error says why not.
    pub async fn check(
        &self,
        headers: &[(String, String)],
        body: &str,
        now_ms: i64,
        fetch: impl Future<Output = Option<Vec<Certificate>>> + Send,
    ) -> Result<(), &'static str> {
        let Signed { serial, signature, message } = Signed::read(headers, body, now_ms)?;
        if serial.starts_with(PUBLIC_KEY_PREFIX) && self.ring.key(serial, now_ms).is_none() {
            return Err("it is signed with a public key that is not configured: compare `public_key_id`");
        }
        self.ring.check((serial, signature), message.as_bytes(), now_ms, fetch).await
    }

    /// The certificates in an answer. The answer itself has to be signed with one of them, or with a key that is known.
    #[must_use]
    pub fn read_list(&self, response: &HttpResponse, now_ms: i64) -> Option<Vec<Certificate>> {
        let list: Value = serde_json::from_str(&response.body).ok().filter(|_| response.status == 200)?;
        let opened = list.list("data").ok()?.iter().filter_map(|listed| {
            let certificate = Certificate::read(&self.open(listed.at("encrypt_certificate")?)?).ok()?;
            (certificate.is_called(listed.word("serial_no")) && certificate.counts_at(now_ms)).then_some(certificate)
        });
        let found: Vec<Certificate> = opened.collect();
        let signed = Signed::read(&response.headers, &response.body, now_ms).ok()?;
        let among = found.iter().find(|certificate| certificate.is_called(signed.serial));
        let known = || self.ring.key(signed.serial, now_ms);
        let key = among.map(|certificate| certificate.key.clone()).or_else(known)?;
        key.verifies(signed.message.as_bytes(), signed.signature).then_some(found)
    }

    /// What was sealed with the APIv3 key.
    #[must_use]
    pub fn open(&self, sealed: &Value) -> Option<String> {
        if sealed.word("algorithm") != "AEAD_AES_256_GCM" {
            return None;
        }
        let bytes = from_base64(sealed.text("ciphertext")?)?;
        let (nonce, associated) = (sealed.word("nonce").as_bytes(), sealed.word("associated_data").as_bytes());
        String::from_utf8(open_aes_256_gcm(&self.api_v3_key, nonce, associated, &bytes)?).ok()
    }
}

impl<'a> Signed<'a> {
    fn read(headers: &'a [(String, String)], body: &str, now_ms: i64) -> Result<Signed<'a>, &'static str> {
        let only = |name: &str| only(headers, name).ok_or("it is not signed");
        let (serial, signature) = (only("wechatpay-serial")?, only("wechatpay-signature")?);
        let (time, nonce) = (only("wechatpay-timestamp")?, only("wechatpay-nonce")?);
        if signature.starts_with(PROBE) {
            return Err("it is a probe of WeChat Pay's, which is to be refused");
        }
        of_now(time, now_ms)?;
        Ok(Signed { serial, signature, message: format!("{time}\n{nonce}\n{body}\n") })
    }
}
