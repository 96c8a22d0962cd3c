//! A rhythm as it is said, and the days that follow from it. A day that a month does not have is its last one.

use jiff::civil::{Date, Weekday};
use jiff::{Span, ToSpan as _};
use serde::{Deserialize, Serialize};
use std::fmt;

/// How often something comes again. `count` is 1 for every one, 2 for every other one, and so on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(tag = "every", rename_all = "snake_case")]
pub enum Rhythm {
    /// Every so many days.
    Day {
        /// Of so many days one.
        count: u8,
    },
    /// On one day of every so manieth week.
    Week {
        /// Of so many weeks one.
        count: u8,
        /// 1 for Monday to 7 for Sunday; `None` where it was not said.
        day: Option<i8>,
    },
    /// On one day of every so manieth month.
    Month {
        /// Of so many months one.
        count: u8,
        /// 1 to 31; 31 is the last day of each month. `None` where it was not said.
        day: Option<i8>,
    },
    /// On the same day of every year.
    Year,
}

impl Rhythm {
    /// True if the day still has to be asked for: "every month", 每周.
    #[must_use]
    pub fn is_open(&self) -> bool {
        matches!(self, Rhythm::Week { day: None, .. } | Rhythm::Month { day: None, .. } | Rhythm::Year)
    }

    /// True if both count the same unit: "every month" and "on the first of every month".
    #[must_use]
    pub fn same_unit(self, other: Rhythm) -> bool {
        let rest = |rhythm| match rhythm {
            Rhythm::Week { count, .. } => Rhythm::Week { count, day: None },
            Rhythm::Month { count, .. } => Rhythm::Month { count, day: None },
            other => other,
        };
        rest(self) == rest(other)
    }

    /// The same on the weekday, or on the day of the month, of `day`; `None` where it has no such day.
    #[must_use]
    pub fn moved_to(self, day: Date) -> Option<Self> {
        match self {
            Rhythm::Week { count, .. } => Some(Rhythm::Week { count, day: Some(day.weekday().to_monday_one_offset()) }),
            Rhythm::Month { count, .. } => Some(Rhythm::Month { count, day: Some(day.day()) }),
            Rhythm::Day { .. } | Rhythm::Year => None,
        }
    }

    /// With what is open taken from `day`.
    pub(super) fn anchored(self, day: Date) -> Self {
        match self {
            Rhythm::Week { count, day: None } => {
                Rhythm::Week { count, day: Some(day.weekday().to_monday_one_offset()) }
            }
            Rhythm::Month { count, day: None } => Rhythm::Month { count, day: Some(day.day()) },
            other => other,
        }
    }

    /// The first fitting day on or after `earliest`, from which the rhythm counts.
    pub(super) fn first(self, earliest: Date) -> Option<Date> {
        match self {
            Rhythm::Day { .. } | Rhythm::Year => Some(earliest),
            Rhythm::Week { day, .. } => {
                let wanted = Weekday::from_monday_one_offset(day?).ok()?;
                plus_days(earliest, i64::from(earliest.weekday().until(wanted)))
            }
            Rhythm::Month { day, .. } => {
                let this = in_month(earliest, 0, day?)?;
                if this >= earliest { Some(this) } else { in_month(earliest, 1, day?) }
            }
        }
    }

    /// The first day on or after `day` that fits, counted from the fitting day `from`. `day` is not before `from`.
    pub(super) fn next(self, from: Date, day: Date) -> Option<Date> {
        match self {
            Rhythm::Day { count } => step_days(from, day, i64::from(count.max(1))),
            Rhythm::Week { count, .. } => step_days(from, day, 7 * i64::from(count.max(1))),
            Rhythm::Month { count, day: of_month } => {
                step_months(from, day, i64::from(count.max(1)), of_month.unwrap_or_else(|| from.day()))
            }
            Rhythm::Year => step_months(from, day, 12, from.day()),
        }
    }
}

/// One text for one rhythm: `month on 31`, `2 week on 5`, `day`, `year`.
impl fmt::Display for Rhythm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (count, unit, day) = match *self {
            Rhythm::Day { count } => (count, "day", None),
            Rhythm::Week { count, day } => (count, "week", day),
            Rhythm::Month { count, day } => (count, "month", day),
            Rhythm::Year => (1, "year", None),
        };
        if count > 1 {
            write!(f, "{count} ")?;
        }
        write!(f, "{unit}")?;
        day.map_or(Ok(()), |day| write!(f, " on {day}"))
    }
}

fn plus_days(day: Date, days: i64) -> Option<Date> {
    day.checked_add(Span::new().try_days(days).ok()?).ok()
}

/// The first of `from`, `from` + `step`, ... that is not before `day`.
fn step_days(from: Date, day: Date, step: i64) -> Option<Date> {
    let apart = i64::from(from.until(day).ok()?.get_days()).max(0);
    plus_days(from, apart.div_euclid(step) * step + if apart % step == 0 { 0 } else { step })
}

/// The first day with the number `of_month` in the month of `from`, every `step` months, that is not before `day`.
fn step_months(from: Date, day: Date, step: i64, of_month: i8) -> Option<Date> {
    let number = |date: Date| i64::from(date.year()) * 12 + i64::from(date.month());
    let steps = (number(day) - number(from)).max(0) / step;
    let this = in_month(from, steps * step, of_month)?;
    if this >= day { Some(this) } else { in_month(from, (steps + 1) * step, of_month) }
}

/// The day with this number in the month that is `months` after that of `date`, or that month's last day.
fn in_month(date: Date, months: i64, number: i8) -> Option<Date> {
    let month = date.first_of_month().checked_add(0.days().try_months(months).ok()?).ok()?;
    month.with().day(number.clamp(1, month.last_of_month().day())).build().ok()
}
