//! When a worker has died too often in a row: calls are turned away for a while, which grows with every further death.
//! A value without a clock. What is turned away was not sent, and nothing that was sent is ever said to have failed.

use std::time::{Duration, Instant};

/// How many deaths are borne, and how long to rest after them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BackOff {
    /// This many deaths in a row are borne; `None` for any number.
    pub deaths: Option<u32>,
    /// Deaths that are further apart than this are not in a row.
    pub within: Duration,
    /// How long calls are turned away at first; twice as long after each further death.
    pub first: Duration,
    /// The longest time that calls are turned away.
    pub longest: Duration,
}

impl Default for BackOff {
    fn default() -> Self {
        BackOff {
            deaths: Some(3),
            within: Duration::from_secs(60),
            first: Duration::from_secs(1),
            longest: Duration::from_secs(60),
        }
    }
}

impl BackOff {
    /// Never turns a call away: for those who want to see every death.
    pub const NONE: BackOff =
        BackOff { deaths: None, within: Duration::ZERO, first: Duration::ZERO, longest: Duration::ZERO };
}

/// The deaths of one provider's workers.
#[derive(Clone, Debug)]
pub(super) struct Breaker {
    rule: BackOff,
    deaths: u32,
    last: Option<Instant>,
    closed_until: Option<Instant>,
}

impl Breaker {
    pub(super) fn new(rule: BackOff) -> Self {
        Breaker { rule, deaths: 0, last: None, closed_until: None }
    }

    /// How long calls are still turned away; `None` if they may pass.
    pub(super) fn rest(&self, now: Instant) -> Option<Duration> {
        self.closed_until.map(|until| until.saturating_duration_since(now)).filter(|rest| !rest.is_zero())
    }

    /// A worker died, or could not be started.
    pub(super) fn died(&mut self, now: Instant) {
        let in_a_row = self.last.is_some_and(|last| {
            // The rest itself does not make deaths rare.
            let since = now.saturating_duration_since(self.closed_until.unwrap_or(last).max(last));
            since <= self.rule.within
        });
        self.deaths = if in_a_row { self.deaths.saturating_add(1) } else { 1 };
        self.last = Some(now);
        let Some(over) = self.rule.deaths.and_then(|borne| self.deaths.checked_sub(borne)) else { return };
        let rest = self.rule.first.saturating_mul(2_u32.saturating_pow(over)).min(self.rule.longest);
        self.closed_until = now.checked_add(rest);
    }

    /// A call was answered: the row is broken.
    pub(super) fn answered(&mut self) {
        (self.deaths, self.last, self.closed_until) = (0, None, None);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: Duration = Duration::from_secs(1);

    #[test]
    fn rests_longer_after_each_death_in_a_row() {
        let (mut breaker, mut now) = (Breaker::new(BackOff::default()), Instant::now());
        breaker.died(now);
        breaker.died(now);
        assert_eq!(breaker.rest(now), None);
        for seconds in [1, 2, 4, 8, 16, 32, 60, 60] {
            breaker.died(now);
            assert_eq!(breaker.rest(now), Some(SECOND * seconds));
            now += SECOND * seconds;
            assert_eq!(breaker.rest(now), None);
        }
    }

    #[test]
    fn an_answer_or_a_long_time_breaks_the_row() {
        let (mut breaker, now) = (Breaker::new(BackOff::default()), Instant::now());
        (0..3).for_each(|_| breaker.died(now));
        breaker.answered();
        assert_eq!(breaker.rest(now), None);
        (0..2).for_each(|_| breaker.died(now));
        breaker.died(now + SECOND * 61);
        assert_eq!(breaker.rest(now + SECOND * 61), None);
    }

    #[test]
    fn none_turns_nothing_away() {
        let (mut breaker, now) = (Breaker::new(BackOff::NONE), Instant::now());
        (0..1_000).for_each(|_| breaker.died(now));
        assert_eq!(breaker.rest(now), None);
    }
}
