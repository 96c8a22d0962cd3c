//! An utterance as a bag of features: words, pairs of words, pieces of words; characters, their pairs and sounds.
//!
//! Values are masked by their kind, so that "pay Bob fifty" teaches as much as any other payee and amount.

use crate::understanding::meaning::{EntityKind, Value};
use crate::understanding::money::Spotted;
use crate::understanding::tokens::{Kind, Utterance};

/// A feature: its hash, and whether it is a whole word (true) or a piece of one.
pub(crate) type Feature = (u64, bool);

/// FNV-1a, which is the same on every machine and in every run.
fn hash(seed: u64, parts: &[&str]) -> u64 {
    let mut hash = 0xcbf2_9ce4_8422_2325_u64 ^ seed.wrapping_mul(0x9e37_79b9_7f4a_7c15);
    for part in parts {
        for byte in part.bytes() {
            hash = (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
        }
        hash = (hash ^ 0xff).wrapping_mul(0x0100_0000_01b3);
    }
    hash ^ (hash >> 29)
}

/// The mask for a kind of value.
pub(crate) fn mask(kind: &EntityKind) -> &'static str {
    match kind {
        EntityKind::Money | EntityKind::Number => "<amount>",
        EntityKind::Date => "<date>",
        EntityKind::Period => "<period>",
        EntityKind::Rhythm => "<rhythm>",
        EntityKind::YesNo => "<answer>",
        EntityKind::Payee => "<payee>",
        EntityKind::Provider => "<provider>",
        EntityKind::Choice => "<choice>",
    }
}

/// A word, character or masked value of an utterance, and the tokens that it spans.
struct Unit<'u> {
    text: &'u str,
    first: usize,
    after: usize,
}

/// All features of an utterance whose `values` are masked.
pub(crate) fn features(utterance: &Utterance, values: &[Spotted]) -> Vec<Feature> {
    let mut features = Vec::with_capacity(utterance.len() * 18);
    each(utterance, values, &mut |feature, _| features.push(feature));
    features
}

/// The same, each with the tokens that it comes from: first, and one past the last.
pub(crate) fn features_in_place(utterance: &Utterance, values: &[Spotted]) -> Vec<(Feature, (usize, usize))> {
    let mut features = Vec::new();
    each(utterance, values, &mut |feature, place| features.push((feature, place)));
    features
}

fn each<'u>(utterance: &'u Utterance, values: &'u [Spotted], take: &mut impl FnMut(Feature, (usize, usize))) {
    let mut units: Vec<Unit<'u>> = Vec::with_capacity(utterance.len());
    let mut marked = String::new();
    let mut at = 0;
    while let Some(token) = utterance.get(at) {
        if let Some(value) = values.iter().find(|value| value.first == at && value.after > at) {
            units.push(Unit { text: mask(&value.entity.kind), first: at, after: value.after });
            if let Some(Value::Id(id)) = &value.entity.value {
                take((hash(6, &[&id.id]), true), (at, value.after));
            }
            at = value.after;
            continue;
        }
        let counts = match token.kind {
            Kind::Word | Kind::Han | Kind::Digits => true,
            Kind::Sign => matches!(token.sign, '?' | '$' | '%'),
        };
        if counts {
            units.push(Unit { text: &token.text, first: at, after: at + 1 });
        }
        if token.kind == Kind::Word {
            pieces(&token.text, &mut marked, &mut |piece| take((hash(3, &[piece]), false), (at, at + 1)));
        }
        at += 1;
    }
    sounds(utterance, values, take);
    sequences(&units, take);
}

/// Words alone, in pairs, and Chinese characters in threes.
fn sequences(units: &[Unit<'_>], take: &mut impl FnMut(Feature, (usize, usize))) {
    for (at, unit) in units.iter().enumerate() {
        take((hash(0, &[unit.text]), true), (unit.first, unit.after));
        let Some(next) = units.get(at + 1) else { break };
        take((hash(1, &[unit.text, next.text]), true), (unit.first, next.after));
        let Some(third) = units.get(at + 2) else { continue };
        if [unit, next, third]
            .iter()
            .all(|one| one.text.chars().next().is_some_and(crate::understanding::script::is_han))
        {
            take((hash(2, &[unit.text, next.text, third.text]), true), (unit.first, third.after));
        }
    }
}

/// Two to four letters of a word in a row, its ends marked. `marked` is only a place to write in.
fn pieces(word: &str, marked: &mut String, take: &mut impl FnMut(&str)) {
    marked.clear();
    marked.push('^');
    marked.push_str(word);
    marked.push('$');
    for (start, _) in marked.char_indices() {
        let mut ends = marked.get(start..).unwrap_or_default().char_indices().map(|(at, c)| start + at + c.len_utf8());
        ends.next();
        for end in ends.take(3) {
            take(marked.get(start..end).unwrap_or_default());
        }
    }
}

/// Chinese syllables, alone and in pairs, for what speech recognition writes with other characters.
fn sounds(utterance: &Utterance, values: &[Spotted], take: &mut impl FnMut(Feature, (usize, usize))) {
    let free = |at: usize| !values.iter().any(|value| (value.first..value.after).contains(&at));
    let sound = |at: usize| utterance.get(at).filter(|_| free(at)).and_then(|token| token.sound);
    for at in 0..utterance.len() {
        let Some((initial, last)) = sound(at).map(|sound| sound.key()) else { continue };
        take((hash(4, &[initial, last]), false), (at, at + 1));
        if let Some((next_initial, next_last)) = sound(at + 1).map(|sound| sound.key()) {
            take((hash(5, &[initial, last, next_initial, next_last]), false), (at, at + 2));
        }
    }
}
