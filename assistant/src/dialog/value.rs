//! The value of a slot, and where it came from.

use crate::schedule::Rhythm;
use crate::understanding::Period;
use jiff::civil::Date;
use rust_decimal::Decimal;
use sayso_plugin_interface::Money;
use serde::{Deserialize, Serialize};

/// The value of a slot.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SlotValue {
    /// An amount with its currency.
    Money(Money),
    /// A payee's id.
    Payee(String),
    /// A provider's name in the configuration.
    Provider(String),
    /// An option's id.
    Choice(String),
    /// Words.
    Text(String),
    /// Yes or no.
    YesNo(bool),
    /// A number.
    Number(Decimal),
    /// A day.
    Date(Date),
    /// Something secret was said, and was good. Nothing of it is kept.
    Secret,
    /// How often something comes again.
    Rhythm(Rhythm),
    /// A stretch of days.
    Period(Period),
    /// The id of a payment that was put down for later.
    StandingOrder(String),
    /// Several of one type; computed, never asked for.
    Many(Vec<SlotValue>),
}

/// A slot's value with where it came from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Held {
    /// The value.
    pub value: SlotValue,
    /// Where it came from.
    pub origin: Origin,
    /// For an answer to a yes-or-no question of a `confirm` step: the fingerprint of the question that was answered.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub question: Option<u64>,
}

impl Held {
    /// `value` from `origin`.
    #[must_use]
    pub fn new(value: SlotValue, origin: Origin) -> Self {
        Held { value, origin, question: None }
    }
}

/// Where a value came from; it decides what outlives a correction.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Origin {
    /// The person said it.
    Said,
    /// The person accepted what was suggested; void when the suggestion changes.
    Suggested,
    /// The person put it in the place of another; no `set` or script overrules it.
    Corrected,
    /// A `set` step or a script made it; made anew after a correction.
    Computed,
}

impl SlotValue {
    /// The id of the payee, if it is one.
    #[must_use]
    pub fn payee(&self) -> Option<&str> {
        if let SlotValue::Payee(id) = self { Some(id) } else { None }
    }

    /// The value in plain characters, for logs and tests: `42.50 USD`, `electricity`, `2026-11-28`.
    #[must_use]
    pub fn plain(&self) -> String {
        match self {
            SlotValue::Money(money) => money.to_string(),
            SlotValue::StandingOrder(text)
            | SlotValue::Payee(text)
            | SlotValue::Provider(text)
            | SlotValue::Choice(text)
            | SlotValue::Text(text) => text.clone(),
            SlotValue::YesNo(yes) => (if *yes { "yes" } else { "no" }).to_owned(),
            SlotValue::Number(number) => number.to_string(),
            SlotValue::Date(day) => day.to_string(),
            SlotValue::Secret => "(secret)".to_owned(),
            SlotValue::Rhythm(rhythm) => rhythm.to_string(),
            SlotValue::Period(period) => format!("{} to {}", period.from, period.to),
            SlotValue::Many(values) => values.iter().map(SlotValue::plain).collect::<Vec<_>>().join(", "),
        }
    }
}
