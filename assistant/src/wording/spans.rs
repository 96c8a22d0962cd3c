//! Lengths of time in words, rounded down to their largest unit, and how long ago something was.

use super::{Words, count};
use crate::lang::Lang;

const MINUTE_MS: i64 = 60_000;
const HOUR_MS: i64 = 60 * MINUTE_MS;
const DAY_MS: i64 = 24 * HOUR_MS;

/// A length of time: `35 minutes`, `24 hours`, `30 days`. Less than a minute is a minute.
pub(super) fn span(ms: i64, lang: Lang) -> Words {
    let (unit_ms, one, many, zh) = match ms {
        ms if ms >= 2 * DAY_MS => (DAY_MS, "day", "days", "天"),
        ms if ms >= HOUR_MS => (HOUR_MS, "hour", "hours", "个小时"),
        _ => (MINUTE_MS, "minute", "minutes", "分钟"),
    };
    let how_many = u64::try_from(ms / unit_ms).unwrap_or(0).max(1);
    match lang {
        Lang::En => count(how_many, one, many, lang),
        Lang::Zh => count(how_many, zh, "", lang),
    }
}

/// How long ago: `two hours ago`, `a moment ago`; `2个小时前`, `刚才`.
pub(super) fn ago(ms: i64, lang: Lang) -> Words {
    match lang {
        Lang::En if ms < MINUTE_MS => Words::same("a moment ago"),
        Lang::Zh if ms < MINUTE_MS => Words::same("刚才"),
        _ => {
            let Words { written, spoken } = span(ms, lang);
            let after = if lang == Lang::En { " ago" } else { "前" };
            Words { written: written + after, spoken: spoken + after }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spans_have_their_largest_unit() {
        for (ms, en, zh) in [
            (-5, "1 minute", "1分钟"),
            (90 * MINUTE_MS, "1 hour", "1个小时"),
            (35 * MINUTE_MS, "35 minutes", "35分钟"),
            (DAY_MS, "24 hours", "24个小时"),
            (47 * HOUR_MS, "47 hours", "47个小时"),
            (30 * DAY_MS, "30 days", "30天"),
        ] {
            assert_eq!(span(ms, Lang::En).written, en);
            assert_eq!(span(ms, Lang::Zh).written, zh);
        }
        assert_eq!(ago(2 * HOUR_MS, Lang::En).spoken, "two hours ago");
        assert_eq!(ago(2 * HOUR_MS, Lang::Zh).spoken, "两个小时前");
        assert_eq!(ago(-1, Lang::En).spoken, "a moment ago");
    }
}
