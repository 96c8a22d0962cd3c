//! When something is due: on one day, or by a rhythm. Civil days only; it must never read a clock or know what is paid.
//!
//! [`Rhythm`] is what a person says ("every month", 每周五), [`Schedule`] is what can be agreed to: every day on which it is
//! due follows from it alone.

mod rhythm;

pub use rhythm::Rhythm;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use std::fmt;

/// The days on which something is due.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Schedule {
    /// On one day.
    Once {
        /// The day.
        on: Date,
    },
    /// Again and again.
    Every {
        /// The rhythm, with nothing left open.
        rhythm: Rhythm,
        /// The first day on which it is due.
        from: Date,
        /// No day after this one is due; `None` until somebody ends it.
        until: Option<Date>,
    },
}

impl Schedule {
    /// In this rhythm, from the first fitting day on or after `earliest`. What the rhythm leaves open (the weekday, the
    /// day of the month) is that of `earliest`. `None` if the calendar ends before.
    #[must_use]
    pub fn every(rhythm: Rhythm, earliest: Date, until: Option<Date>) -> Option<Self> {
        let rhythm = rhythm.anchored(earliest);
        let from = rhythm.first(earliest)?;
        Some(Schedule::Every { rhythm, from, until })
    }

    /// The first day on or after `day` on which it is due; `None` where there is none any more.
    #[must_use]
    pub fn next(&self, day: Date) -> Option<Date> {
        match *self {
            Schedule::Once { on } => (on >= day).then_some(on),
            Schedule::Every { rhythm, from, until } => {
                let next = rhythm.next(from, day.max(from))?;
                until.is_none_or(|until| next <= until).then_some(next)
            }
        }
    }

    /// The first due day after `day`.
    #[must_use]
    pub fn after(&self, day: Date) -> Option<Date> {
        self.next(day.tomorrow().ok()?)
    }

    /// True if it is due on this day.
    #[must_use]
    pub fn is_due(&self, day: Date) -> bool {
        self.next(day) == Some(day)
    }

    /// The first day of all.
    #[must_use]
    pub fn first(&self) -> Option<Date> {
        self.next(Date::MIN)
    }

    /// True if it is due more than once by its nature.
    #[must_use]
    pub fn repeats(&self) -> bool {
        matches!(self, Schedule::Every { .. })
    }
}

/// One text for one schedule, for fingerprints and lists: `once 2026-11-27`, `every month on 1 from 2026-12-01`.
impl fmt::Display for Schedule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Schedule::Once { on } => write!(f, "once {on}"),
            Schedule::Every { rhythm, from, until } => {
                write!(f, "every {rhythm} from {from}")?;
                until.map_or(Ok(()), |until| write!(f, " until {until}"))
            }
        }
    }
}

#[cfg(test)]
mod tests;
