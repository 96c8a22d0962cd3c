//! What several readings mean together: where a second one is nearly as likely and differs in a value, the value is to be
//! asked about; a yes counts only if every likely reading is one.

use super::Reading;
use crate::lang::Lang;
use crate::understanding::meaning::{Act, Entity, EntityKind, Meaning, Value};
use crate::understanding::numeral::chinese_digit;
use crate::understanding::teaching::Expectation;
use crate::understanding::tokens::{Kind, Utterance};
use crate::understanding::understander::Understander;
use jiff::civil::Date;

/// A reading counts beside the best one if it is at least this likely in comparison: one to this many.
const RIVAL: u16 = 6;

impl Understander {
    /// What readings mean, the likeliest first: the meaning of the first, with the values of likely others as
    /// alternatives. Without any reading nothing was said.
    #[must_use]
    pub fn understand_readings(&self, readings: &[Reading], lang: Lang, today: Date, expect: &Expectation) -> Meaning {
        let readings = spelled_once(readings);
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

/// Readings without those that are another one in worse spelling: 七十一块酒 and 七十已快就 are 七十一块九. Of those that sound the
/// same, the one with the most numerals stands for all, if it is nearly as likely.
fn spelled_once(readings: &[Reading]) -> Vec<Reading> {
    let mut kept: Vec<(Utterance, Reading)> = Vec::new();
    for reading in readings {
        let utterance = Utterance::new(&reading.text);
        let Some((known, best)) = kept.iter_mut().find(|(known, _)| is_spelling_of(known, &utterance)) else {
            kept.push((utterance, reading.clone()));
            continue;
        };
        let together = best.probability_milli.saturating_add(reading.probability_milli);
        let likely = reading.probability_milli.saturating_mul(RIVAL) >= best.probability_milli;
        if numerals(&utterance) > numerals(known) && likely {
            (*known, *best) = (utterance, reading.clone());
        }
        best.probability_milli = together;
    }
    kept.sort_by_key(|(_, reading)| std::cmp::Reverse(reading.probability_milli));
    kept.into_iter().map(|(_, reading)| reading).collect()
}

/// True if two texts have the same Mandarin syllables, and differ only in characters that are numerals or units of money in one
/// of them and no part of an amount in the other. 三千吧 is no spelling of 三千八: both are said.
fn is_spelling_of(a: &Utterance, b: &Utterance) -> bool {
    let ends = |text: &Utterance, at: usize| text.kind(at).is_none_or(|kind| kind == Kind::Sign);
    let same = |at: usize| {
        let (one, other) = (a.sign(at), b.sign(at));
        let sound = |text: &Utterance| text.get(at).and_then(|token| token.sound).map(|sound| sound.plain);
        let numeral = |text: &Utterance, at: Option<usize>| at.is_some_and(|at| is_numeral(text.sign(at)));
        let within = |text: &Utterance| {
            let behind = ends(text, at + 1) && numeral(text, at.checked_sub(1));
            numeral(text, Some(at)) && (behind || numeral(text, Some(at + 1)))
        };
        let misspelt = within(a) && !is_numeral(other) || within(b) && !is_numeral(one);
        let both_kinds = (a.kind(at), b.kind(at)) == (Some(Kind::Han), Some(Kind::Han));
        match both_kinds {
            true => {
                one == other || one != '吧' && other != '吧' && misspelt && sound(a).is_some() && sound(a) == sound(b)
            }
            false => a.get(at).map(|token| &token.text) == b.get(at).map(|token| &token.text),
        }
    };
    a.len() == b.len() && (0..a.len()).all(same)
}

/// True for the characters of which amounts are made.
fn is_numeral(c: char) -> bool {
    chinese_digit(c).is_some() || "十百千万亿块元毛角分".contains(c)
}

fn numerals(text: &Utterance) -> usize {
    (0..text.len()).filter(|at| is_numeral(text.sign(*at))).count()
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
