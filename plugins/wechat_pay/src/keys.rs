//! Whose signatures count: the platform's public key, by its name, and its certificates, by their serial numbers. In a
//! migration from one to the other WeChat Pay uses both at once.
//!
//! A certificate is believed only if it was sealed with the APIv3 key, if it is the one that it is said to be, and while
//! it counts. Which certificates there are is asked when an unknown one appears, by one call for all that wait, and not
//! more than once a minute, so that nobody can make this plugin ask by sending nonsense.

use crate::settings::PUBLIC_KEY_PREFIX;
use futures_util::lock::Mutex;
use sayso_plugin_sdk::HttpResponse;
use sayso_plugin_sdk::crypto::{Certificate, PublicKey, from_base64, open_aes_256_gcm};
use sayso_plugin_sdk::notice::{of_now, only};
use serde::Deserialize;
use std::future::Future;
use std::sync::{MutexGuard, PoisonError};

/// How long after one question for certificates the next may come, in milliseconds.
pub const ASK_AGAIN_MS: i64 = 60_000;
/// The same after a question that got no answer.
const TRY_AGAIN_MS: i64 = 5_000;
/// Signatures with which WeChat Pay tries whether they are looked at.
const PROBE: &str = "WECHATPAY/SIGNTEST/";

/// The keys that count.
pub struct Keys {
    public: Option<(String, PublicKey)>,
    api_v3_key: [u8; 32],
    certificates: std::sync::Mutex<Vec<Certificate>>,
    /// When certificates were asked for last, as Unix milliseconds, and how long not to ask again; held while somebody asks.
    asked: Mutex<Option<(i64, i64)>>,
}

/// What was signed, and by whom it says.
struct Signed<'a> {
    serial: &'a str,
    signature: &'a str,
    message: String,
}

/// A text that was sealed with the APIv3 key.
#[derive(Clone, Debug, Deserialize)]
pub struct Sealed {
    algorithm: String,
    nonce: String,
    #[serde(default)]
    associated_data: String,
    ciphertext: String,
}

#[derive(Deserialize)]
struct Listed {
    serial_no: String,
    encrypt_certificate: Sealed,
}

#[derive(Deserialize)]
struct List {
    data: Vec<Listed>,
}

impl Keys {
    /// With the public key, if there is one, and no certificates yet.
    #[must_use]
    pub fn new(public: Option<(String, PublicKey)>, api_v3_key: [u8; 32]) -> Keys {
        Keys { public, api_v3_key, certificates: std::sync::Mutex::default(), asked: Mutex::new(None) }
    }

    fn certificates(&self) -> MutexGuard<'_, Vec<Certificate>> {
        // Each change is one step, so a panic cannot have left it half done.
        self.certificates.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The name of the key by which answers are to be signed, to be sent along; `None` while there is no key.
    #[must_use]
    pub fn wanted(&self, now_ms: i64) -> Option<String> {
        let newest = || {
            let certificates = self.certificates();
            let counting = certificates.iter().filter(|certificate| certificate.counts_at(now_ms));
            counting.max_by_key(|certificate| certificate.from_ms).map(|newest| newest.serial.clone())
        };
        self.public.as_ref().map(|(id, _)| id.clone()).or_else(newest)
    }

    fn find(&self, serial: &str, now_ms: i64) -> Option<PublicKey> {
        if serial.starts_with(PUBLIC_KEY_PREFIX) {
            return self.public.as_ref().filter(|(id, _)| id == serial).map(|(_, key)| key.clone());
        }
        let certificates = self.certificates();
        let found = certificates.iter().find(|certificate| certificate.is_called(serial));
        found.filter(|certificate| certificate.counts_at(now_ms)).map(|certificate| certificate.key.clone())
    }

    /// Whether this was signed by WeChat Pay, and now. `list` asks for the certificates. The error says why not.
    pub async fn check<F>(
        &self,
        headers: &[(String, String)],
        body: &str,
        now_ms: i64,
        list: impl FnOnce() -> F,
    ) -> Result<(), &'static str>
    where
        F: Future<Output = Option<HttpResponse>>,
    {
        let signed = Signed::read(headers, body, now_ms)?;
        let key = match self.find(signed.serial, now_ms) {
            Some(key) => key,
            None if signed.serial.starts_with(PUBLIC_KEY_PREFIX) => {
                return Err("it is signed with a public key that is not configured: compare `public_key_id`");
            }
            None => {
                self.refresh(|keys| keys.find(signed.serial, now_ms).is_some(), now_ms, list).await;
                self.find(signed.serial, now_ms).ok_or("it is signed with a certificate that is not WeChat Pay's")?
            }
        };
        if key.verifies(signed.message.as_bytes(), signed.signature) {
            Ok(())
        } else {
            Err("its signature does not fit")
        }
    }

    /// Sees to it that there is a key to check an answer with, before something is sent that has an effect.
    pub async fn prepare<F>(&self, now_ms: i64, list: impl FnOnce() -> F) -> bool
    where
        F: Future<Output = Option<HttpResponse>>,
    {
        if self.wanted(now_ms).is_none() {
            self.refresh(|keys| keys.wanted(now_ms).is_some(), now_ms, list).await;
        }
        self.wanted(now_ms).is_some()
    }

    /// Asks for the certificates, unless somebody else just did.
    async fn refresh<F>(&self, enough: impl Fn(&Keys) -> bool, now_ms: i64, list: impl FnOnce() -> F)
    where
        F: Future<Output = Option<HttpResponse>>,
    {
        let mut asked = self.asked.lock().await;
        let lately = asked.is_some_and(|(at_ms, pause_ms)| (0..pause_ms).contains(&now_ms.saturating_sub(at_ms)));
        if enough(self) || lately {
            return;
        }
        *asked = Some((now_ms, TRY_AGAIN_MS));
        let Some(response) = list().await else { return };
        *asked = Some((now_ms, ASK_AGAIN_MS));
        if let Some(found) = self.read_list(&response, now_ms) {
            *self.certificates() = found;
        }
    }

    /// The certificates in an answer. The answer itself has to be signed with one of them, or with a key that is known.
    fn read_list(&self, response: &HttpResponse, now_ms: i64) -> Option<Vec<Certificate>> {
        let list: List = serde_json::from_str(&response.body).ok().filter(|_| response.status == 200)?;
        let opened = list.data.iter().filter_map(|listed| {
            let pem = self.open(&listed.encrypt_certificate)?;
            let certificate = Certificate::read(&pem).ok()?;
            (certificate.is_called(&listed.serial_no) && certificate.counts_at(now_ms)).then_some(certificate)
        });
        let found: Vec<Certificate> = opened.collect();
        let signed = Signed::read(&response.headers, &response.body, now_ms).ok()?;
        let known = || self.find(signed.serial, now_ms);
        let among = found.iter().find(|certificate| certificate.is_called(signed.serial));
        let key = among.map(|certificate| certificate.key.clone()).or_else(known)?;
        (key.verifies(signed.message.as_bytes(), signed.signature) && !found.is_empty()).then_some(found)
    }

    /// What was sealed with the APIv3 key.
    #[must_use]
    pub fn open(&self, sealed: &Sealed) -> Option<String> {
        if sealed.algorithm != "AEAD_AES_256_GCM" {
            return None;
        }
        let bytes = from_base64(&sealed.ciphertext)?;
        let (nonce, associated) = (sealed.nonce.as_bytes(), sealed.associated_data.as_bytes());
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
