//! Which notifications are genuine: those signed with the shared secret, and fresh. Without a secret, none.
//!
//! The header `practice-bank-signature` is `t=SECONDS,v1=HEX`, where `HEX` is HMAC-SHA-256 over `SECONDS.BODY`.

use crate::wire::{self, Charge};
use sayso_plugin_sdk::News;
use sayso_plugin_sdk::hmac::{self, unhex};
use sayso_plugin_sdk::interface::outcome::WebhookVerdict;
use sayso_plugin_sdk::interface::request::WebhookRequest;
use sayso_plugin_sdk::notice::{of_now, only};
use serde::Deserialize;

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
    let signature = only(&request.headers, "practice-bank-signature").ok_or("it has not exactly one signature")?;
    let (time, mac) = parts(signature).ok_or("its signature is malformed")?;
    of_now(time, now_ms)?;
    if !hmac::verify_sha256(secret.as_bytes(), format!("{time}.{}", request.body).as_bytes(), &mac) {
        return Err("its signature does not fit");
    }
    serde_json::from_str(&request.body).map_err(|_| "it is signed, but says nothing that is understood")
}

/// `t=SECONDS,v1=HEX` in its parts.
fn parts(signature: &str) -> Option<(&str, Vec<u8>)> {
    let (time, mac) = signature.split_once(',')?;
    Some((time.strip_prefix("t=")?, unhex(mac.strip_prefix("v1=")?)?))
}

#[cfg(test)]
mod tests {
    use super::*;
    use sayso_plugin_sdk::Outcome;
    use sayso_plugin_sdk::hmac::hex;
    use sayso_plugin_sdk::notice::AGE_MAX_S;

    const SECRET: &str = "a secret of some length";
    const NOW_MS: i64 = 1_764_000_000_000;
    const BODY: &str = r#"{"id":"ev_1","charge":{"id":"ch_1","reference":"r1","amount_minor":4250,"currency":"USD","payee":"p","status":"succeeded"}}"#;

    fn signed(secret: &str, seconds: i64, body: &str) -> WebhookRequest {
        let mac = hex(&hmac::sha256(secret.as_bytes(), format!("{seconds}.{body}").as_bytes()));
        let header = ("practice-bank-signature".to_owned(), format!("t={seconds},v1={mac}"));
        WebhookRequest { headers: vec![header], body: body.to_owned() }
    }

    fn refused(secret: Option<&str>, request: &WebhookRequest) -> bool {
        matches!(verify(secret, request, NOW_MS), WebhookVerdict::Refused { .. })
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
        assert!(refused(Some(SECRET), &signed(SECRET, now - AGE_MAX_S.cast_signed() - 1, BODY)));
        assert!(refused(Some(SECRET), &signed(SECRET, now + AGE_MAX_S.cast_signed() + 1, BODY)));
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
