//! Slot values into script values and back.

use super::super::format::flow::{Slot, SlotType};
use super::super::value::SlotValue;
use super::secret::Secret;
use crate::schedule::Rhythm;
use crate::understanding::Period;
use jiff::civil::Date;
use rhai::{Array, Dynamic};
use rust_decimal::Decimal;
use sayso_plugin_interface::Money;

/// A slot's value as scripts see it: ids and texts as strings; `()` if it has none.
pub fn to_script(value: Option<&SlotValue>) -> Dynamic {
    match value {
        None => Dynamic::UNIT,
        Some(SlotValue::Money(money)) => Dynamic::from(*money),
        Some(
            SlotValue::StandingOrder(text)
            | SlotValue::Payee(text)
            | SlotValue::Provider(text)
            | SlotValue::Choice(text)
            | SlotValue::Text(text),
        ) => text.as_str().into(),
        Some(SlotValue::YesNo(yes)) => (*yes).into(),
        Some(SlotValue::Number(number)) => (*number).into(),
        Some(SlotValue::Date(day)) => Dynamic::from(*day),
        Some(SlotValue::Secret) => Dynamic::from(Secret::kept()),
        Some(SlotValue::Rhythm(rhythm)) => Dynamic::from(*rhythm),
        Some(SlotValue::Period(period)) => Dynamic::from(*period),
        Some(SlotValue::Many(values)) => values.iter().map(|value| to_script(Some(value))).collect::<Array>().into(),
    }
}

/// A script's value for a slot, `None` for `()`; the error says what the slot would have needed.
pub fn from_script(value: Dynamic, slot: &Slot) -> Result<Option<SlotValue>, String> {
    if value.is_unit() || slot.kind == SlotType::Unreadable {
        return Ok(None);
    }
    if !slot.many {
        return one(value, slot).map(Some);
    }
    let wrong = |value: Dynamic| format!("`{}` holds a list, and this is {}", slot.name.value, named(&value));
    let items = value.try_cast_result::<Array>().map_err(wrong)?;
    items.into_iter().map(|item| one(item, slot)).collect::<Result<_, _>>().map(|items| Some(SlotValue::Many(items)))
}

fn one(value: Dynamic, slot: &Slot) -> Result<SlotValue, String> {
    let found = named(&value);
    let text = |value: &Dynamic| value.clone().into_string().ok();
    let taken = match &slot.kind {
        SlotType::Money => value.try_cast::<Money>().map(SlotValue::Money),
        SlotType::Payee(_) => text(&value).map(SlotValue::Payee),
        SlotType::Provider => text(&value).map(SlotValue::Provider),
        SlotType::Choice(options) => {
            let known = text(&value).filter(|id| options.iter().any(|option| option.id == *id));
            known.map(SlotValue::Choice)
        }
        SlotType::Text => text(&value).map(SlotValue::Text),
        SlotType::YesNo => value.as_bool().ok().map(SlotValue::YesNo),
        SlotType::Number => {
            let whole = value.as_int().ok().map(Decimal::from);
            whole.or_else(|| value.try_cast::<Decimal>()).map(SlotValue::Number)
        }
        SlotType::Date => value.try_cast::<Date>().map(SlotValue::Date),
        SlotType::StandingOrder => text(&value).map(SlotValue::StandingOrder),
        SlotType::Rhythm => value.try_cast::<Rhythm>().map(SlotValue::Rhythm),
        SlotType::Period => value.try_cast::<Period>().map(SlotValue::Period),
        // Only the person can say a secret.
        SlotType::Secret | SlotType::Unreadable => None,
    };
    taken.ok_or_else(|| format!("`{}` is a slot of type {}, and this is {found}", slot.name.value, slot.kind.word()))
}

/// What a script's value is, in words.
#[must_use]
pub fn named(value: &Dynamic) -> String {
    match value.type_name() {
        "()" => "nothing".to_owned(),
        "i64" | "decimal" => "a number".to_owned(),
        "string" => format!("the text {value:?}"),
        "bool" => "true or false".to_owned(),
        "array" => "a list".to_owned(),
        "map" => "a map".to_owned(),
        "Money" => "an amount of money".to_owned(),
        "Date" => "a day".to_owned(),
        "Secret" => "a secret".to_owned(),
        "Payment" => "a payment".to_owned(),
        "Rhythm" => "a rhythm".to_owned(),
        "Period" => "a stretch of days".to_owned(),
        other => format!("a value of type {other}"),
    }
}
