//! Amounts of money in an utterance: exact, ambiguous with every reading, or only about how much. Whole numbers throughout.

pub(crate) mod amount;
pub(crate) mod context;
mod garbled;
mod look_alikes;
mod loose;
mod parts;
mod position;
mod signs;
#[cfg(test)]
mod tests;
pub(crate) mod units;
mod unsettled;
pub(crate) mod words;

pub(crate) use garbled::numeral_by_sound;
pub(crate) use loose::hedges;
pub(crate) use unsettled::leave_open;

use super::meaning::{Entity, EntityKind, Value};
use amount::{Said, Sight, amount_at};
use rust_decimal::Decimal;

/// A value with the tokens that it spans.
#[derive(Clone, Debug)]
pub(crate) struct Spotted {
    /// First token.
    pub first: usize,
    /// One past the last token.
    pub after: usize,
    /// One past the last token of a shorter name for the same thing ("water" in "water bill"), where there is one.
    pub shorter: Option<usize>,
    /// The value.
    pub entity: Entity,
}

/// All amounts and bare numbers, in the order said.
pub(crate) fn amounts(sight: &Sight<'_>) -> Vec<Spotted> {
    let utterance = sight.utterance;
    let mut found = Vec::new();
    let mut at = 0;
    while at < utterance.len() {
        if sight.is_taken(at) {
            at += 1;
            continue;
        }
        let Some(said) = amount_at(sight, at).filter(|said| said.after > at) else {
            at += 1;
            continue;
        };
        let said = loose::widen(sight, garbled::widen(sight, said));
        at = said.after;
        let listed = found.iter().any(|earlier: &Spotted| earlier.entity.kind == EntityKind::Money);
        if let Some(spotted) = spot(sight, &said, listed) {
            // A misheard number can reach back over what was read before it.
            found.retain(|earlier: &Spotted| earlier.after <= spotted.first);
            found.push(spotted);
        }
    }
    found
}

/// A bare number that stands where only an amount can ("put {amount} aside") becomes an amount.
pub(crate) fn number_as_amount(entity: &mut Entity) {
    if entity.kind != EntityKind::Number {
        return;
    }
    entity.kind = EntityKind::Money;
    let number = |value: Value| match value {
        Value::Number(number) => Some(number),
        _ => None,
    };
    let amount = |number: Decimal| amount::amount(number, None).map(Value::Money);
    let readings: Vec<Decimal> = std::mem::take(&mut entity.alternatives).into_iter().filter_map(number).collect();
    entity.value = entity.value.take().and_then(number).or_else(|| parts::price(&readings)).and_then(amount);
    if entity.value.is_none() {
        entity.alternatives = readings.into_iter().filter_map(amount).collect();
    }
    entity.ambiguous = entity.value.is_none();
}

/// The entity for what was said, if it is a value at all; `listed` where an amount stands before it.
fn spot(sight: &Sight<'_>, said: &Said, listed: bool) -> Option<Spotted> {
    if look_alikes::is_saying(sight.utterance, said) {
        return None;
    }
    if context::is_money(sight, said, listed) {
        let price = parts::price(&said.readings).filter(|_| !said.united && !said.loose);
        let said = &price.map_or_else(|| said.clone(), |price| Said { readings: vec![price], ..said.clone() });
        return Some(spotted(sight, said, EntityKind::Money, money_readings(said)));
    }
    if said.united || words::is_part_of_word(sight.utterance, said) || is_pronoun(sight, said) {
        return None;
    }
    let readings = said.readings.iter().map(|reading| Value::Number(reading.normalize())).collect();
    Some(spotted(sight, said, EntityKind::Number, readings))
}

/// "one" in "that one" or "one of them", and 一 or 两 before a word: no number worth telling.
fn is_pronoun(sight: &Sight<'_>, said: &Said) -> bool {
    let word = sight.utterance.word(said.first);
    let lone = said.after == said.first + 1;
    let bare = matches!(word, "one" | "一") && sight.utterance.len() > 1 && !sight.expected && !sight.counted;
    lone && (bare || context::is_pronoun(sight.utterance, said.first))
}

fn money_readings(said: &Said) -> Vec<Value> {
    said.amounts().into_iter().map(Value::Money).collect()
}

fn spotted(sight: &Sight<'_>, said: &Said, kind: EntityKind, readings: Vec<Value>) -> Spotted {
    let (start, end) = sight.utterance.place(said.first, said.after);
    let clear = readings.len() == 1 && !said.loose && said.readings.len() <= said.currencies.len().max(1);
    let text = sight.utterance.slice(start, end);
    let value = if clear { readings.first().cloned() } else { None };
    let alternatives = if clear { Vec::new() } else { readings };
    let ambiguous = value.is_none();
    let entity = Entity { kind, start, end, text, value, alternatives, ambiguous };
    Spotted { first: said.first, after: said.after, shorter: None, entity }
}
