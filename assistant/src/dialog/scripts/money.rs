//! Money in scripts: exact, checked, never of two currencies at once.

use rhai::{Engine, EvalAltResult};
use sayso_plugin_interface::{Money, MoneyError};
use std::cmp::Ordering;

type Checked<T> = Result<T, Box<EvalAltResult>>;

fn checked<T>(result: Result<T, MoneyError>) -> Checked<T> {
    result.map_err(|error| error.to_string().into())
}

fn compare(a: Money, b: Money, good: fn(Ordering) -> bool) -> Checked<bool> {
    checked(a.checked_cmp(b)).map(good)
}

/// Splits an amount into parts that differ by at most one minor unit and add up to it exactly.
fn split(amount: Money, parts: i64) -> Checked<rhai::Array> {
    if !(1..=100).contains(&parts) {
        return Err("an amount can be split into 1 to 100 parts".into());
    }
    let (each, rest) = (amount.minor.div_euclid(parts), amount.minor.rem_euclid(parts));
    let part = |index: i64| Money::new(each + i64::from(index < rest), amount.currency);
    Ok((0..parts).map(|index| rhai::Dynamic::from(part(index))).collect())
}

/// So many hundredths of an amount, rounded to the nearest minor unit, halves away from zero.
fn percent(amount: Money, percent: i64) -> Checked<Money> {
    if !(0..=1_000).contains(&percent) {
        return Err("a percentage is a whole number from 0 to 1000".into());
    }
    let hundredfold = i128::from(amount.minor) * i128::from(percent);
    let rounded = (hundredfold.abs() + 50) / 100 * hundredfold.signum();
    let minor = i64::try_from(rounded).map_err(|_| "that amount is too large")?;
    Ok(Money::new(minor, amount.currency))
}

fn smaller(a: Money, b: Money) -> Checked<Money> {
    checked(a.checked_cmp(b)).map(|order| if order.is_gt() { b } else { a })
}

fn larger(a: Money, b: Money) -> Checked<Money> {
    checked(a.checked_cmp(b)).map(|order| if order.is_lt() { b } else { a })
}

/// Registers the type `Money` and the function `money`.
pub fn register(engine: &mut Engine) {
    engine
        .register_type_with_name::<Money>("Money")
        .register_fn("money", |text: &str| checked(text.parse::<Money>()))
        .register_fn("money", |minor: i64, code: &str| -> Checked<Money> {
            let currency = code.parse().map_err(|error| Box::<EvalAltResult>::from(format!("{error}")))?;
            Ok(Money::new(minor, currency))
        })
        .register_get("currency", |money: &mut Money| money.currency.code().to_owned())
        .register_get("minor", |money: &mut Money| money.minor)
        .register_fn("to_string", |money: Money| money.to_string())
        .register_fn("to_debug", |money: Money| money.to_string())
        .register_fn("split", split)
        .register_fn("percent", percent)
        .register_fn("min", smaller)
        .register_fn("max", larger)
        .register_fn("+", |a: Money, b: Money| checked(a.checked_add(b)))
        .register_fn("-", |a: Money, b: Money| checked(a.checked_sub(b)))
        .register_fn("*", |a: Money, times: i64| checked(a.checked_mul(times)))
        .register_fn("*", |times: i64, a: Money| checked(a.checked_mul(times)))
        .register_fn("==", |a: Money, b: Money| a == b)
        .register_fn("!=", |a: Money, b: Money| a != b)
        .register_fn("<", |a: Money, b: Money| compare(a, b, Ordering::is_lt))
        .register_fn("<=", |a: Money, b: Money| compare(a, b, Ordering::is_le))
        .register_fn(">", |a: Money, b: Money| compare(a, b, Ordering::is_gt))
        .register_fn(">=", |a: Money, b: Money| compare(a, b, Ordering::is_ge));
}
