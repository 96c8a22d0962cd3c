//! Days in scripts.

use crate::schedule::Rhythm;
use crate::understanding::Period;
use jiff::{Span, civil::Date};
use rhai::{Engine, EvalAltResult};

type Checked<T> = Result<T, Box<EvalAltResult>>;

/// How far a script may count, in days or months.
const STEP_MAX: i64 = 20_000;

fn moved(day: Date, span: Result<Span, jiff::Error>) -> Checked<Date> {
    let found = span.and_then(|span| day.checked_add(span));
    found.map_err(|_| "that day is out of the calendar".into())
}

fn bounded(count: i64) -> i64 {
    count.clamp(-STEP_MAX, STEP_MAX)
}

/// How many months are begun from one day to another, both included; 0 if they are in the wrong order.
fn months(from: Date, to: Date) -> i64 {
    let whole = (i64::from(to.year()) - i64::from(from.year())) * 12 + i64::from(to.month()) - i64::from(from.month());
    if to < from { 0 } else { whole + i64::from(to.day() >= from.day()) }
}

/// Registers the type `Date` and the function `date`.
pub fn register(engine: &mut Engine) {
    engine
        .register_type_with_name::<Date>("Date")
        .register_fn("date", |text: &str| -> Checked<Date> {
            text.parse().map_err(|_| format!("`{text}` is not a day: write it as 2026-11-28").into())
        })
        .register_fn("date", |year: i64, month: i64, day: i64| -> Checked<Date> {
            let parts = (i16::try_from(year), i8::try_from(month), i8::try_from(day));
            let (Ok(y), Ok(m), Ok(d)) = parts else { return Err("there is no such day".into()) };
            Date::new(y, m, d).map_err(|_| "there is no such day".into())
        })
        .register_get("year", |day: &mut Date| i64::from(day.year()))
        .register_get("month", |day: &mut Date| i64::from(day.month()))
        .register_get("day", |day: &mut Date| i64::from(day.day()))
        .register_get("weekday", |day: &mut Date| i64::from(day.weekday().to_monday_one_offset()))
        .register_fn("plus_days", |day: Date, days: i64| moved(day, Span::new().try_days(bounded(days))))
        .register_fn("plus_months", |day: Date, months: i64| moved(day, Span::new().try_months(bounded(months))))
        .register_fn("days_until", |from: Date, to: Date| {
            from.until(to).map(|span| i64::from(span.get_days())).map_err(|error| error.to_string().into())
                as Checked<i64>
        })
        .register_fn("week_start", |day: Date| {
            moved(day, Span::new().try_days(-i64::from(day.weekday().to_monday_zero_offset())))
        })
        .register_fn("month_start", |day: Date| day.first_of_month())
        .register_fn("month_end", |day: Date| day.last_of_month())
        .register_fn("year_start", |day: Date| day.first_of_year())
        .register_type_with_name::<Rhythm>("Rhythm")
        .register_fn("to_string", |rhythm: Rhythm| rhythm.to_string())
        .register_fn("==", |a: Rhythm, b: Rhythm| a == b)
        .register_fn("!=", |a: Rhythm, b: Rhythm| a != b)
        .register_type_with_name::<Period>("Period")
        .register_get("from", |period: &mut Period| period.from)
        .register_get("to", |period: &mut Period| period.to)
        .register_get("months", |period: &mut Period| months(period.from, period.to))
        .register_fn("to_string", |period: Period| format!("{} to {}", period.from, period.to))
        .register_fn("==", |a: Period, b: Period| a == b)
        .register_fn("!=", |a: Period, b: Period| a != b)
        .register_fn("months_until", months)
        .register_fn("to_string", |day: Date| day.to_string())
        .register_fn("to_debug", |day: Date| day.to_string())
        .register_fn("==", |a: Date, b: Date| a == b)
        .register_fn("!=", |a: Date, b: Date| a != b)
        .register_fn("<", |a: Date, b: Date| a < b)
        .register_fn("<=", |a: Date, b: Date| a <= b)
        .register_fn(">", |a: Date, b: Date| a > b)
        .register_fn(">=", |a: Date, b: Date| a >= b);
}
