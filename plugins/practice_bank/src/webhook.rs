//! Which notifications are genuine: those signed with the shared secret, and fresh. Without a secret, none.
//!
//! The header `practice-bank-signature` is `t=SECONDS,v1=HEX`, where `HEX` is HMAC-SHA-256 over `SECONDS.BODY`.

use crate::wire::{self, Charge};
use sayso_plugin_sdk::News;
use sayso_plugin_sdk::interface::outcome::WebhookVerdict;
use sayso_plugin_sdk::interface::request::WebhookRequest;
use serde::Deserialize;
use sha2::{Digest as _, Sha256};

/// How old or how far in the future a signature may be, in seconds.
pub const AGE_MAX_S: i64 = 300;

/// What a notification says, once it is known to be genuine.
#[derive(Deserialize)]
struct Event {
    id: String,
    charge: Charge,
}

/// Says whether a notification is genuine; `now_ms` is the host's clock.
#[must_use]
pub fn verify(secret: Option<&str>, request: &WebhookRequest, now_ms: i64) -> WebhookVerdict {
    match genuine(secret, request, now_ms) {
        Ok(event) => WebhookVerdict::Genuine {
            event_id: event.id,
            news: Box::new(News {
                reference: Some(event.charge.reference.clone()),
                outcome: Some(wire::outcome(&event.charge)),
                ..News::default()
            }),
        },
        Err(reason) => WebhookVerdict::Refused { reason: reason.to_owned() },
    }
}

fn genuine(secret: Option<&str>, request: &WebhookRequest, now_ms: i64) -> Result<Event, &'static str> {
    let secret = secret.ok_or("no `webhook_secret` is configured, so no notification can be trusted")?;
    let mut signatures = request.headers.iter().filter(|(name, _)| name == "practice-bank-signature");
    let (Some((_, signature)), None) = (signatures.next(), signatures.next()) else {
        return Err("it has not exactly one signature");
    };
    let (time, mac) = parts(signature).ok_or("its signature is malformed")?;
    let seconds: i64 = time.parse().map_err(|_| "its signature is malformed")?;
    if now_ms.div_euclid(1000).abs_diff(seconds) > AGE_MAX_S.unsigned_abs() {
        return Err("its signature is too old, or from the future");
    }
    let wanted = hmac_sha256(secret.as_bytes(), format!("{time}.{}", request.body).as_bytes());
    if !same(&wanted, &mac) {
        return Err("its signature does not fit");
    }
    serde_json::from_str(&request.body).map_err(|_| "it is signed, but says nothing that is understood")
}

/// `t=SECONDS,v1=HEX` in its parts.
fn parts(signature: &str) -> Option<(&str, Vec<u8>)> {
    let (time, mac) = signature.split_once(',')?;
    Some((time.strip_prefix("t=")?, unhex(mac.strip_prefix("v1=")?)?))
}

fn unhex(text: &str) -> Option<Vec<u8>> {
    if !text.len().is_multiple_of(2) || !text.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return None;
    }
    let pairs = text.as_bytes().chunks_exact(2);
    pairs.map(|pair| u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok()).collect()
}

/// Compares without telling by its duration where the first difference is.
fn same(one: &[u8], other: &[u8]) -> bool {
    one.len() == other.len() && one.iter().zip(other).fold(0, |all, (a, b)| all | (a ^ b)) == 0
}

/// HMAC with SHA-256, as RFC 2104 has it.
#[must_use]
pub fn hmac_sha256(key: &[u8], message: &[u8]) -> [u8; 32] {
    const BLOCK: usize = 64;
    let hashed: [u8; 32] = Sha256::digest(key).into();
    let short: &[u8] = if key.len() > BLOCK { &hashed } else { key };
    let padded = |pad: u8| short.iter().copied().chain(std::iter::repeat(0)).take(BLOCK).map(move |byte| byte ^ pad);
    let inner = Sha256::new().chain_update(padded(0x36).collect::<Vec<_>>()).chain_update(message).finalize();
    Sha256::new().chain_update(padded(0x5c).collect::<Vec<_>>()).chain_update(inner).finalize().into()
}

#[cfg(test)]
mod tests {
    use super::*;
    use sayso_plugin_sdk::Outcome;

    const SECRET: &str = "a secret of some length";
    const NOW_MS: i64 = 1_764_000_000_000;
    const BODY: &str = r#"{"id":"ev_1","charge":{"id":"ch_1","reference":"r1","amount_minor":4250,"currency":"USD","payee":"p","status":"succeeded"}}"#;

    fn hex(bytes: &[u8]) -> String {
        bytes.iter().map(|byte| format!("{byte:02x}")).collect()
    }

    fn signed(secret: &str, seconds: i64, body: &str) -> WebhookRequest {
        let mac = hex(&hmac_sha256(secret.as_bytes(), format!("{seconds}.{body}").as_bytes()));
        let header = ("practice-bank-signature".to_owned(), format!("t={seconds},v1={mac}"));
        WebhookRequest { headers: vec![header], body: body.to_owned() }
    }

    fn refused(secret: Option<&str>, request: &WebhookRequest) -> bool {
        matches!(verify(secret, request, NOW_MS), WebhookVerdict::Refused { .. })
    }

    #[test]
    fn computes_the_vectors_of_rfc_4231() {
        let short = hmac_sha256(b"Jefe", b"what do ya want for nothing?");
        assert_eq!(hex(&short), "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
        let long = hmac_sha256(&[0xaa; 131], b"Test Using Larger Than Block-Size Key - Hash Key First");
        assert_eq!(hex(&long), "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54");
    }

    #[test]
    fn takes_what_is_signed_and_fresh() {
        let verdict = verify(Some(SECRET), &signed(SECRET, NOW_MS / 1000 - 10, BODY), NOW_MS);
        let WebhookVerdict::Genuine { event_id, news } = verdict else { panic!("{verdict:?}") };
        assert_eq!((event_id.as_str(), news.reference.as_deref()), ("ev_1", Some("r1")));
        assert!(matches!(news.outcome, Some(Outcome::Succeeded { .. })));
    }

    #[test]
    fn refuses_the_unsigned_the_old_and_the_tampered() {
        let now = NOW_MS / 1000;
        let good = signed(SECRET, now, BODY);
        assert!(refused(None, &good));
        assert!(refused(Some(SECRET), &WebhookRequest { headers: vec![], ..good.clone() }));
        assert!(refused(Some(SECRET), &signed("another secret entirely", now, BODY)));
        assert!(refused(Some(SECRET), &signed(SECRET, now - AGE_MAX_S - 1, BODY)));
        assert!(refused(Some(SECRET), &signed(SECRET, now + AGE_MAX_S + 1, BODY)));
        assert!(refused(Some(SECRET), &WebhookRequest { body: BODY.replace("4250", "1"), ..good.clone() }));
        assert!(refused(
            Some(SECRET),
            &WebhookRequest { headers: [good.headers.clone(), good.headers].concat(), body: BODY.into() }
        ));
        for malformed in ["", "t=1", "v1=00,t=1", "t=x,v1=00", "t=1,v1=0", "t=1,v1=zz", "t=1,v1=é0"] {
            let headers = vec![("practice-bank-signature".to_owned(), malformed.to_owned())];
            assert!(refused(Some(SECRET), &WebhookRequest { headers, body: BODY.into() }), "{malformed}");
        }
    }
}
