//! Typed values into words of a language, written and spoken. Pure: no I/O, no clock.

use crate::lang::Lang;
use jiff::civil::Date;
use rust_decimal::Decimal;
use sayso_plugin_interface::Money;
use serde::{Deserialize, Serialize};

/// One value or sentence in both of its forms.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Words {
    /// For the eye: `$42.50`, `¥320.50`.
    pub written: String,
    /// For the ear: `forty-two dollars and fifty cents`, `三百二十元五角`.
    pub spoken: String,
}

impl Words {
    /// The same text for eye and ear.
    #[must_use]
    pub fn same(text: impl Into<String>) -> Self {
        let written = text.into();
        Words { spoken: written.clone(), written }
    }
}

/// An amount of money in both forms.
#[must_use]
pub fn money(amount: Money, _lang: Lang) -> Words {
    Words::same(amount.to_string())
}

/// A day in both forms, the year included only if it is not that of `today`.
#[must_use]
pub fn date(day: Date, _today: Date, _lang: Lang) -> Words {
    Words::same(day.to_string())
}

/// A number in both forms.
#[must_use]
pub fn number(value: Decimal, _lang: Lang) -> Words {
    Words::same(value.to_string())
}

/// Several things one after the other, the last joined by "and": `a, b and c`, `a、b和c`.
#[must_use]
pub fn list(items: &[Words], _lang: Lang) -> Words {
    let join = |pick: fn(&Words) -> &str| items.iter().map(pick).collect::<Vec<_>>().join(", ");
    Words { written: join(|w| &w.written), spoken: join(|w| &w.spoken) }
}

/// Several things of which one is to be chosen: `a, b or c`, `a、b或c`.
#[must_use]
pub fn choices(items: &[Words], lang: Lang) -> Words {
    list(items, lang)
}

/// How many of something: `1 bill`, `three bills`, `三张账单`. In Chinese `one` is the noun with its measure word.
#[must_use]
pub fn count(how_many: u64, one: &str, many: &str, _lang: Lang) -> Words {
    Words::same(format!("{how_many} {}", if how_many == 1 { one } else { many }))
}

/// Digits read one by one: `four two one`, `四二一`. What is not a digit is kept in writing and not said.
#[must_use]
pub fn digits(text: &str, _lang: Lang) -> Words {
    Words::same(text)
}
