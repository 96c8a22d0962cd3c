//! Times as providers write them.

use jiff::Timestamp;
pub use jiff::civil::Date;
use jiff::civil::DateTime;
use jiff::tz::Offset;

/// How providers in China write times, all of them Beijing's.
const BEIJINGS: &str = "%Y-%m-%d %H:%M:%S";
const BEIJING: Offset = Offset::constant(8);

fn in_beijing(now_ms: i64) -> DateTime {
    BEIJING.to_datetime(Timestamp::from_millisecond(now_ms).unwrap_or_default())
}

/// `2025-11-24 16:00:00`, as it is in Beijing then.
#[must_use]
pub fn beijing(now_ms: i64) -> String {
    in_beijing(now_ms).strftime(BEIJINGS).to_string()
}

/// Such a time as Unix milliseconds.
#[must_use]
pub fn of_beijing(text: &str) -> Option<i64> {
    let time = DateTime::strptime(BEIJINGS, text).ok()?;
    BEIJING.to_timestamp(time).ok().map(Timestamp::as_millisecond)
}

/// Which day it is in Beijing then.
#[must_use]
pub fn day_in_beijing(now_ms: i64) -> Date {
    in_beijing(now_ms).date()
}

/// `2025-11-24`.
#[must_use]
pub fn date(text: &str) -> Option<Date> {
    text.parse().ok().filter(|date: &Date| date.to_string() == text)
}

/// `2025-11-24T08:00:00Z` (RFC 3339), or with another offset from UTC, as Unix milliseconds.
#[must_use]
pub fn rfc3339(text: &str) -> Option<i64> {
    text.parse().ok().map(Timestamp::as_millisecond)
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOON_MS: i64 = 1_763_956_800_000;

    #[test]
    fn times_are_read_as_they_are_written() {
        assert_eq!(
            (beijing(NOON_MS).as_str(), of_beijing("2025-11-24 12:00:00")),
            ("2025-11-24 12:00:00", Some(NOON_MS))
        );
        assert_eq!(rfc3339("2025-11-24T04:00:00Z"), Some(NOON_MS));
        assert_eq!(rfc3339("2025-11-24T12:00:00.000+08:00"), Some(NOON_MS));
        for wrong in ["", "2025-11-24", "2025-11-24T04:00:00", "1763956800", "2025-13-24T04:00:00Z", "yesterday"] {
            assert_eq!(rfc3339(wrong), None, "{wrong}");
        }
        for wrong in ["", "2025-11-24T12:00:00", "2025-11-24 12:00", "2025-02-30 12:00:00"] {
            assert_eq!(of_beijing(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn days_change_when_they_do_in_beijing() {
        let day = |ms: i64| day_in_beijing(NOON_MS + ms).to_string();
        assert_eq!(
            (day(0), day(43_199_999), day(43_200_000)),
            ("2025-11-24".into(), "2025-11-24".into(), "2025-11-25".into())
        );
        assert_eq!(date("2025-11-24"), Some(day_in_beijing(NOON_MS)));
        for wrong in ["", "2025-11-4", "20251124", "2025-11-24T00", "2025-02-30", "24.11.2025"] {
            assert_eq!(date(wrong), None, "{wrong}");
        }
    }
}
