//! Made-up values on which parts of expressions are tried at load, to find functions that don't exist and types that don't
//! go together before a person meets them.

use super::super::world::{History, HistoryFilter, PastPayment};
use super::Share;
use super::secret::Secret;
use crate::household::Household;
use crate::lang::Lang;
use crate::schedule::Rhythm;
use crate::understanding::Period;
use jiff::civil::date;
use rhai::Dynamic;
use sayso_plugin_interface::{Currency, Money};
use std::collections::BTreeMap;
use std::sync::Arc;

/// A household and a history without anything in them.
struct Empty;

impl History for Empty {
    fn payments(&self, _filter: &HistoryFilter) -> Vec<PastPayment> {
        Vec::new()
    }
}

/// A world in which there is nothing.
#[must_use]
pub fn empty_world() -> Share {
    let nothing =
        Household { currencies: BTreeMap::new(), payees: Vec::new(), bills: Vec::new(), contact: BTreeMap::new() };
    Share::new(Arc::new(nothing), Arc::new(Empty), Vec::new(), date(2026, 1, 31).at(12, 0, 0, 0), Lang::En)
}

/// An amount.
pub fn money() -> Dynamic {
    Dynamic::from(Money::new(1_000, Currency::USD))
}

/// A day.
pub fn day() -> Dynamic {
    Dynamic::from(date(2026, 1, 31))
}

/// A rhythm.
pub fn rhythm() -> Dynamic {
    Dynamic::from(Rhythm::Month { count: 1, day: Some(1) })
}

/// A stretch of days.
pub fn period() -> Dynamic {
    Dynamic::from(Period { from: date(2026, 1, 1), to: date(2026, 1, 31) })
}

/// A secret that is being looked at.
pub fn secret() -> Dynamic {
    Dynamic::from(Secret::said("sample"))
}
