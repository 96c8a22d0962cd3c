//! Typed values into words of a language, written and spoken. Pure: no I/O, no clock.

use crate::lang::Lang;
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

/// An amount of money in both forms.
#[must_use]
pub fn money(amount: Money, _lang: Lang) -> Words {
    Words { written: amount.to_string(), spoken: amount.to_string() }
}
