//! Tries an expression on made-up values of the right types at load, to find functions that don't exist and results of
//! the wrong type before a person meets them.

use super::super::format::flow::{Slot, SlotType};
use super::super::value::SlotValue;
use super::super::world::{History, HistoryFilter, PastPayment};
use super::{Expression, ScriptError, Scripts, Share};
use crate::household::Household;
use crate::lang::Lang;
use jiff::civil::date;
use rhai::Dynamic;
use rust_decimal::Decimal;
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
    Share::new(Arc::new(nothing), Arc::new(Empty), date(2026, 1, 31).at(12, 0, 0, 0), Lang::En)
}

/// Runs `expression` with a made-up value in every slot. Only an error that would come with every value of these types
/// is an error; `Ok(None)` means that nothing can be told.
pub fn run(
    scripts: &Scripts,
    expression: &Expression,
    slots: &[Slot],
    world: &Share,
) -> Result<Option<Dynamic>, ScriptError> {
    let made: BTreeMap<&str, SlotValue> = slots.iter().map(|slot| (slot.name.value.as_str(), sample(slot))).collect();
    match scripts.evaluate(expression, slots, |name| made.get(name), world) {
        Ok(value) => Ok(Some(value)),
        Err(error) if error.always => Err(error),
        Err(_) => Ok(None),
    }
}

fn sample(slot: &Slot) -> SlotValue {
    let one = match &slot.kind {
        SlotType::Money => SlotValue::Money(Money::new(1_000, Currency::USD)),
        SlotType::Payee(_) => SlotValue::Payee("sample".to_owned()),
        SlotType::Provider => SlotValue::Provider("sample".to_owned()),
        SlotType::Choice(options) => SlotValue::Choice(options.first().map(|o| o.id.clone()).unwrap_or_default()),
        SlotType::Text | SlotType::Unreadable => SlotValue::Text("sample".to_owned()),
        SlotType::YesNo => SlotValue::YesNo(true),
        SlotType::Number => SlotValue::Number(Decimal::ONE),
        SlotType::Date => SlotValue::Date(date(2026, 1, 31)),
        SlotType::Secret => SlotValue::Secret,
    };
    if slot.many { SlotValue::Many(vec![one]) } else { one }
}
