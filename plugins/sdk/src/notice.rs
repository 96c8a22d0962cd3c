//! What notifications have in common, whoever sends them: headers that count only if they are there once, and the time at which
//! they were signed; and the signature that many of them write, with a secret that is shared.

use crate::fields::Fields as _;
use crate::hmac::{unhex, verify_sha256};
use sayso_plugin_interface::request::WebhookRequest;
use serde_json::Value;

/// How old a signature of now may be, and how far in the future any, in seconds.
pub const AGE_MAX_S: u64 = 300;
const AGE_MAX_MS: i64 = AGE_MAX_S.cast_signed() * 1000;

/// The value of a header, its name in lower case, if it is there exactly once and not empty: of two, one could be checked and
/// the other used.
#[must_use]
pub fn only<'a>(headers: &'a [(String, String)], name: &str) -> Option<&'a str> {
    let mut found = headers.iter().filter(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| value.as_str());
    found.next().filter(|value| !value.is_empty() && found.next().is_none())
}

/// Refuses a signature that is not of now; `time` is in Unix seconds, as text. The error says what is wrong with it.
pub fn of_now(time: &str, now_ms: i64) -> Result<(), &'static str> {
    let sent_ms = time.parse::<i64>().ok().and_then(|seconds| seconds.checked_mul(1000));
    of_late(sent_ms, now_ms.div_euclid(1000) * 1000, AGE_MAX_MS)
}

/// Refuses what was not sent at a time that is known, is at most `age_max_ms` ago, and is not to come: as long as a provider goes on
/// to repeat a notification with the time of its first sending.
pub fn of_late(sent_ms: Option<i64>, now_ms: i64, age_max_ms: i64) -> Result<(), &'static str> {
    let sent_ms = sent_ms.ok_or("it has no time that is understood")?;
    if (-AGE_MAX_MS..=age_max_ms).contains(&now_ms.saturating_sub(sent_ms)) {
        return Ok(());
    }
    Err("it is too old, or from the future: is this system's clock right?")
}

/// An event that a notification tells of.
#[derive(Clone, Debug, PartialEq)]
pub struct Event {
    /// The provider's id of it, the same for every repetition.
    pub id: String,
    /// What happened, in the provider's word.
    pub kind: String,
    /// All that it says.
    pub body: Value,
}

/// Reads an event in JSON, with its `id` and, in the field of this name, its kind.
pub fn event(body: &str, kind: &str) -> Result<Event, &'static str> {
    let body: Value = serde_json::from_str(body).unwrap_or_default();
    let named = body.owned("id").zip(body.owned(kind));
    let (id, kind) = named.ok_or("it is no event that is understood")?;
    Ok(Event { id, kind, body })
}

/// Refuses what is not signed with a secret that is shared, in a header such as `t=SECONDS,v1=HEX[,v1=HEX]`, where a `HEX` is
/// HMAC-SHA-256 over `SECONDS.BODY`; there are two while the secret is being changed, and one that fits is enough.
pub fn signed_with(secret: &str, header: &str, request: &WebhookRequest, now_ms: i64) -> Result<(), &'static str> {
    let header = only(&request.headers, header).ok_or("it has not exactly one signature")?;
    let parts = || header.split(',').filter_map(|part| part.trim().split_once('='));
    let time = parts().find(|(key, _)| *key == "t").map_or("", |(_, time)| time);
    of_now(time, now_ms)?;
    let message = format!("{time}.{}", request.body);
    let fits = |(key, code): (&str, &str)| {
        key == "v1" && unhex(code).is_some_and(|code| verify_sha256(secret.as_bytes(), message.as_bytes(), &code))
    };
    if parts().any(fits) { Ok(()) } else { Err("its signature does not fit") }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::hmac::{hex, sha256};

    #[test]
    fn a_shared_secret_signs_time_and_body() {
        let code =
            |secret: &str, time: u32, body: &str| hex(&sha256(secret.as_bytes(), format!("{time}.{body}").as_bytes()));
        let check = |header: &str, body: &str| {
            let headers = vec![("x-signature".to_owned(), header.to_owned())];
            signed_with("a secret", "x-signature", &WebhookRequest { headers, body: body.into() }, 1_000_000)
        };
        let (good, other) = (code("a secret", 1000, "{}"), code("another", 1000, "{}"));
        for fine in
            [format!("t=1000,v1={good}"), format!("t=1000, v0=00,v1={other},v1={good}"), format!("v1={good},t=1000")]
        {
            assert_eq!(check(&fine, "{}"), Ok(()), "{fine}");
        }
        assert!(
            check(&format!("t=1000,v1={good}"), "{ }").is_err() && check(&format!("t=1001,v1={good}"), "{}").is_err()
        );
        let late = code("a secret", 1301, "{}");
        for wrong in [
            "",
            "t=1000",
            "t=1000,v1=",
            "t=1000,v1=0",
            "t=x,v1=00",
            &format!("t=1000,v0={good}"),
            &format!("v1={good}"),
        ] {
            assert!(check(wrong, "{}").is_err(), "{wrong}");
        }
        assert!(
            check(&format!("t=1301,v1={late}"), "{}").is_err() && check(&format!("t=1000,v1={other}"), "{}").is_err()
        );
    }

    #[test]
    fn a_header_counts_once() {
        let headers = [("a", "1"), ("b", "2"), ("B", "3"), ("c", "")].map(|(k, v)| (k.to_owned(), v.to_owned()));
        assert_eq!((only(&headers, "a"), only(&headers, "A")), (Some("1"), Some("1")));
        assert_eq!((only(&headers, "b"), only(&headers, "c"), only(&headers, "d")), (None, None, None));
    }

    #[test]
    fn a_signature_is_of_five_minutes_before_or_after() {
        for (time, fine) in [("1000", true), ("700", true), ("1300", true), ("699", false), ("1301", false)] {
            assert_eq!(of_now(time, 1_000_999).is_ok(), fine, "{time}");
        }
        for wrong in ["", "now", "1e3", "99999999999999999999", "-9223372036854775808", "9223372036854775807"] {
            assert!(of_now(wrong, 1_000_000).is_err(), "{wrong}");
        }
    }

    #[test]
    fn what_is_repeated_for_long_is_not_taken_for_ever() {
        let day_ms = 86_400_000;
        for (sent_ms, fine) in
            [(0, true), (-1, false), (day_ms, true), (day_ms + 300_000, true), (day_ms + 300_001, false)]
        {
            assert_eq!(of_late(Some(sent_ms), day_ms, day_ms).is_ok(), fine, "{sent_ms}");
        }
        assert!(of_late(None, 0, day_ms).is_err() && of_late(Some(i64::MAX), i64::MIN, day_ms).is_err());
    }

    #[test]
    fn an_event_has_an_id_and_a_kind() {
        let read = event(r#"{"id":"e1","type":"paid","data":7}"#, "type").unwrap();
        assert_eq!((read.id.as_str(), read.kind.as_str(), &read.body["data"]), ("e1", "paid", &7.into()));
        for wrong in
            ["", "[]", r#"{"id":"e1"}"#, r#"{"id":"","type":"paid"}"#, r#"{"id":7,"type":"paid"}"#, "{\"id\":\"e1\""]
        {
            assert!(event(wrong, "type").is_err(), "{wrong}");
        }
    }
}
