//! Who wants to hear what, and when. Pure: the clock is handed in.

use super::topic::Topic;
use super::transport::Transport;
use crate::lang::Lang;
use jiff::civil::Time;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// The first pause after a delivery that failed, in milliseconds; each further one is twice as long.
pub const RETRY_FIRST_MS: i64 = 30_000;
/// The longest pause between two tries, in milliseconds.
pub const RETRY_MAX_MS: i64 = 60 * 60 * 1000;
/// How long a delivery is tried at all, in milliseconds.
pub const TRY_FOR_MS: i64 = 3 * 24 * 60 * 60 * 1000;

/// One who is told.
#[derive(Clone)]
pub struct Channel {
    /// Its name in the configuration; deliveries are remembered under it.
    pub name: String,
    /// The way to it.
    pub transport: Arc<dyn Transport>,
    /// What it wants to hear.
    pub on: BTreeSet<Topic>,
    /// In which language.
    pub lang: Lang,
    /// At most one message in so many milliseconds, which then holds all the news; 0 tells each at once.
    pub every_ms: i64,
    /// When it is not to be disturbed, but for alarms.
    pub quiet: Option<QuietHours>,
    /// Its own words for a topic, with `{payee}` and the like; see [`super::message::PLACES`].
    pub texts: BTreeMap<Topic, String>,
}

impl Channel {
    /// True if news of this topic may go out at this time of day.
    #[must_use]
    pub fn may_speak(&self, topic: Topic, time: Time) -> bool {
        topic == Topic::Alarm || !self.quiet.is_some_and(|quiet| quiet.covers(time))
    }
}

/// A part of the day, which may reach over midnight.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct QuietHours {
    /// Its first moment.
    pub from: Time,
    /// The first moment after it.
    pub to: Time,
}

impl QuietHours {
    /// True if `time` lies in it.
    #[must_use]
    pub fn covers(self, time: Time) -> bool {
        if self.from <= self.to { self.from <= time && time < self.to } else { time >= self.from || time < self.to }
    }
}

/// How long to wait after so many tries in vain, in milliseconds; `None` when it is no use any more.
#[must_use]
pub fn pause_ms(tries: u32, age_ms: i64) -> Option<i64> {
    let doubled = RETRY_FIRST_MS.saturating_mul(1_i64 << tries.saturating_sub(1).min(20));
    (age_ms < TRY_FOR_MS).then_some(doubled.min(RETRY_MAX_MS))
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::time;

    #[test]
    fn quiet_hours_reach_over_midnight() {
        let night = QuietHours { from: time(22, 0, 0, 0), to: time(7, 0, 0, 0) };
        for (hour, covered) in [(21, false), (22, true), (0, true), (6, true), (7, false), (12, false)] {
            assert_eq!(night.covers(time(hour, 0, 0, 0)), covered, "{hour}");
        }
        let noon = QuietHours { from: time(12, 0, 0, 0), to: time(13, 0, 0, 0) };
        assert!(noon.covers(time(12, 59, 0, 0)) && !noon.covers(time(13, 0, 0, 0)));
    }

    #[test]
    fn pauses_grow_to_an_hour_and_end_after_days() {
        assert_eq!(pause_ms(1, 0), Some(RETRY_FIRST_MS));
        assert_eq!(pause_ms(2, 0), Some(2 * RETRY_FIRST_MS));
        assert_eq!(pause_ms(u32::MAX, 0), Some(RETRY_MAX_MS));
        assert_eq!(pause_ms(1, TRY_FOR_MS), None);
    }
}
