//! What notifications have in common, whoever sends them: headers that count only if they are there once, and the time at which
//! they were signed.

/// How old or how far in the future a signature may be, in seconds.
pub const AGE_MAX_S: u64 = 300;

/// The value of a header, its name in lower case, if it is there exactly once and not empty: of two, one could be checked and
/// the other used.
#[must_use]
pub fn only<'a>(headers: &'a [(String, String)], name: &str) -> Option<&'a str> {
    let mut found = headers.iter().filter(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| value.as_str());
    found.next().filter(|value| !value.is_empty() && found.next().is_none())
}

/// Refuses a signature that is not of now; `time` is in Unix seconds, as text. The error says what is wrong with it.
pub fn of_now(time: &str, now_ms: i64) -> Result<(), &'static str> {
    let seconds: i64 = time.parse().map_err(|_| "its signature has no time that is understood")?;
    if now_ms.div_euclid(1000).abs_diff(seconds) > AGE_MAX_S {
        return Err("its signature is too old, or from the future: is this system's clock right?");
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

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
        for wrong in ["", "now", "1e3", "99999999999999999999", "-9223372036854775808"] {
            assert!(of_now(wrong, 1_000_000).is_err(), "{wrong}");
        }
    }
}
