//! What several readings mean together: where a second one is nearly as likely and differs in a value, the value is to be
//! asked about; a yes counts only if every likely reading is one.

use super::Reading;
use crate::lang::Lang;
use crate::understanding::meaning::{Act, Entity, EntityKind, Meaning, Value};
use crate::understanding::teaching::Expectation;
use crate::understanding::understander::Understander;
use jiff::civil::Date;

/// A reading counts beside the best one if it is at least this likely in comparison: one to this many.
const RIVAL: u16 = 6;

impl Understander {
    /// What readings mean, the likeliest first: the meaning of the first, with the values of likely others as
    /// alternatives. Without any reading nothing was said.
    #[must_use]
    pub fn understand_readings(&self, readings: &[Reading], lang: Lang, today: Date, expect: &Expectation) -> Meaning {
        let Some((best, others)) = readings.split_first() else { return Meaning::default() };
        let mut meaning = self.understand(&best.text, lang, today, expect);
        let likely = |other: &&Reading| other.probability_milli.saturating_mul(RIVAL) >= best.probability_milli;
        for other in others.iter().filter(likely) {
            let other = self.understand(&other.text, lang, today, expect);
            doubt(&mut meaning, &other);
        }
        meaning
    }
}

/// Takes away from `meaning` what `other`, which is nearly as likely, contradicts.
fn doubt(meaning: &mut Meaning, other: &Meaning) {
    if !other.acts.contains(&Act::Yes) {
        meaning.acts.retain(|act| *act != Act::Yes);
        while let Some(yes) = meaning.entities.iter().position(|entity| entity.value == Some(Value::YesNo(true))) {
            remove(meaning, yes);
        }
    }
    for kind in [EntityKind::Money, EntityKind::Number, EntityKind::Payee, EntityKind::Provider, EntityKind::Choice] {
        let of = |meaning: &Meaning| -> Vec<usize> {
            let indexed = meaning.entities.iter().enumerate();
            indexed.filter(|(_, entity)| entity.kind == kind).map(|(index, _)| index).collect()
        };
        let (own, others) = (of(meaning), of(other));
        // Only where both have as many values is it known which stands for which.
        if own.len() != others.len() {
            continue;
        }
        for (own, theirs) in own.into_iter().zip(others) {
            if let (Some(entity), Some(theirs)) = (meaning.entities.get_mut(own), other.entities.get(theirs)) {
                add_readings(entity, theirs);
            }
        }
    }
}

/// Takes a value out, and moves the indices of those behind it along.
fn remove(meaning: &mut Meaning, at: usize) {
    meaning.entities.remove(at);
    for guess in meaning.intent.iter_mut().chain(&mut meaning.rivals) {
        guess.slots.retain(|(_, index)| *index != at);
        guess.slots.iter_mut().for_each(|(_, index)| *index -= usize::from(*index > at));
    }
}

/// Adds the other's readings of the same value.
fn add_readings(entity: &mut Entity, other: &Entity) {
    let known: Vec<Value> = entity.value.iter().chain(&entity.alternatives).cloned().collect();
    let new: Vec<Value> =
        other.value.iter().chain(&other.alternatives).filter(|value| !known.contains(value)).cloned().collect();
    if new.is_empty() {
        return;
    }
    entity.alternatives = known.into_iter().chain(new).collect();
    entity.value = None;
    entity.ambiguous = true;
}
