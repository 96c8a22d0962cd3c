//! The certificates of a provider that changes them now and then: kept by the instance, asked for when an unknown one appears, by
//! one call for all that wait, and not more than once a minute, so that nobody can make a plugin ask by sending nonsense.

use super::{Certificate, PublicKey};
use crate::denied::Denied;
use futures_util::lock::Mutex;
use std::future::Future;
use std::sync::{MutexGuard, PoisonError};

/// How long after one question for certificates the next may come, in milliseconds.
pub const ASK_AGAIN_MS: i64 = 60_000;
/// The same after a question that got no answer.
pub const TRY_AGAIN_MS: i64 = 5_000;

/// The keys that count: one that is named by the configuration, and those of certificates.
#[derive(Default)]
pub struct Ring {
    named: Option<(String, PublicKey)>,
    held: std::sync::Mutex<Vec<Certificate>>,
    /// When they were asked for last, as Unix milliseconds, and how long not to ask again; held while somebody asks.
    asked: Mutex<Option<(i64, i64)>>,
}

impl Ring {
    fn held(&self) -> MutexGuard<'_, Vec<Certificate>> {
        // Each change is one step, so a panic cannot have left it half done.
        self.held.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// With a key by its name, and no certificates yet.
    #[must_use]
    pub fn with(named: Option<(String, PublicKey)>) -> Ring {
        Ring { named, ..Ring::default() }
    }

    /// By what a key is called: the named one, or else the serial number of the newest certificate that counts.
    #[must_use]
    pub fn newest(&self, now_ms: i64) -> Option<String> {
        if let Some((name, _)) = &self.named {
            return Some(name.clone());
        }
        let held = self.held();
        let counting = held.iter().filter(|certificate| certificate.counts_at(now_ms));
        counting.max_by_key(|certificate| certificate.from_ms).map(|newest| newest.serial.clone())
    }

    /// The key of this name, or of the certificate with this serial number, if it counts.
    #[must_use]
    pub fn key(&self, serial: &str, now_ms: i64) -> Option<PublicKey> {
        if let Some((_, key)) = self.named.as_ref().filter(|(name, _)| name == serial) {
            return Some(key.clone());
        }
        let held = self.held();
        let mut counting = held.iter().filter(|certificate| certificate.counts_at(now_ms));
        counting.find(|certificate| certificate.is_called(serial)).map(|certificate| certificate.key.clone())
    }

    /// Sees to it that there is a key to check an answer with, before something is sent that has an effect.
    pub async fn ready(
        &self,
        now_ms: i64,
        fetch: impl Future<Output = Option<Vec<Certificate>>> + Send,
    ) -> Result<(), Denied> {
        self.refresh(now_ms, |ring| ring.newest(now_ms).is_some(), fetch).await;
        let none = || Denied::not_sent("there is no key to check the provider's answers with");
        self.newest(now_ms).map(drop).ok_or_else(none)
    }

    /// Refuses what the key called so did not sign; an unknown one makes the certificates be fetched, see [`Ring::refresh`].
    pub async fn check(
        &self,
        (serial, signature): (&str, &str),
        message: &[u8],
        now_ms: i64,
        fetch: impl Future<Output = Option<Vec<Certificate>>> + Send,
    ) -> Result<(), &'static str> {
        self.refresh(now_ms, |ring| ring.key(serial, now_ms).is_some(), fetch).await;
        let key = self.key(serial, now_ms).ok_or("it is signed with a key that is not known")?;
        if key.verifies(message, signature) { Ok(()) } else { Err("its signature does not fit") }
    }

    /// Asks for the certificates, unless there is `enough` now or somebody just asked. `fetch` brings those that are to be believed,
    /// none if the answer is not, or `None` if there was no answer.
    pub async fn refresh(
        &self,
        now_ms: i64,
        enough: impl Fn(&Ring) -> bool + Send,
        fetch: impl Future<Output = Option<Vec<Certificate>>> + Send,
    ) {
        if enough(self) {
            return;
        }
        let mut asked = self.asked.lock().await;
        let lately = asked.is_some_and(|(at_ms, pause_ms)| (0..pause_ms).contains(&now_ms.saturating_sub(at_ms)));
        if enough(self) || lately {
            return;
        }
        *asked = Some((now_ms, TRY_AGAIN_MS));
        let Some(found) = fetch.await else { return };
        *asked = Some((now_ms, ASK_AGAIN_MS));
        if !found.is_empty() {
            *self.held() = found;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::NOW_MS;
    use futures_util::FutureExt as _;
    use std::sync::atomic::{AtomicU32, Ordering};

    /// A published test certificate, from 2024 to 2044.
    fn certificate() -> Certificate {
        Certificate::read(include_str!("../../../wechat_pay/tests/keys/platform_a.crt")).unwrap()
    }

    #[test]
    fn nonsense_makes_nobody_ask_twice_a_minute() {
        let (ring, asked, serial) = (Ring::default(), AtomicU32::new(0), certificate().serial);
        let look = |now_ms, answer: Option<Vec<Certificate>>| {
            let fetch = async {
                asked.fetch_add(1, Ordering::Relaxed);
                answer
            };
            let enough = |ring: &Ring| ring.key("nonsense", now_ms).is_some();
            ring.refresh(now_ms, enough, fetch).now_or_never().unwrap();
            asked.load(Ordering::Relaxed)
        };
        assert_eq!((look(NOW_MS, None), look(NOW_MS + TRY_AGAIN_MS - 1, None)), (1, 1), "there was no answer");
        assert_eq!(
            (look(NOW_MS + TRY_AGAIN_MS, Some(vec![certificate()])), ring.newest(NOW_MS)),
            (2, Some(serial.clone()))
        );
        assert!(ring.key(&serial.to_lowercase(), NOW_MS).is_some() && ring.key("00", NOW_MS).is_none());
        // It counts no longer in 2050.
        assert!(ring.key(&serial, 2_524_608_000_000).is_none() && ring.newest(2_524_608_000_000).is_none());
        assert_eq!(look(NOW_MS + TRY_AGAIN_MS + ASK_AGAIN_MS - 1, None), 2);
        assert_eq!(look(NOW_MS + TRY_AGAIN_MS + ASK_AGAIN_MS, Some(vec![])), 3, "it asks again");
        assert_eq!(ring.newest(NOW_MS).as_ref(), Some(&serial), "what is held stays where nothing is believed");
        let check = |serial: &str| {
            let nobody = std::future::ready(None);
            ring.check((serial, "AAAA"), b"text", NOW_MS, nobody).now_or_never().unwrap().unwrap_err()
        };
        assert_eq!(
            (check(&serial), check("00")),
            ("its signature does not fit", "it is signed with a key that is not known")
        );
        let nobody = || std::future::ready(None);
        assert_eq!(ring.ready(NOW_MS, nobody()).now_or_never(), Some(Ok(())));
        assert!(Ring::default().ready(NOW_MS, nobody()).now_or_never().unwrap().is_err(), "before anything is sent");
        let named = Ring::with(Some(("KEY_1".into(), certificate().key)));
        assert_eq!(named.newest(NOW_MS).as_deref(), Some("KEY_1"));
        assert!(named.key("KEY_1", NOW_MS).is_some() && named.key("KEY_2", NOW_MS).is_none());
    }
}
