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
        EntityKind::YesNo => "<answer>",
        EntityKind::Payee => "<payee>",
        EntityKind::Provider => "<provider>",
        EntityKind::Choice => "<choice>",
    }
}

/// All features of an utterance whose `values` are masked.
pub(crate) fn features(utterance: &Utterance, values: &[Spotted]) -> Vec<Feature> {
    let mut features = Vec::with_capacity(utterance.len() * 16);
    let mut units: Vec<&str> = Vec::with_capacity(utterance.len() + 2);
    let mut at = 0;
    while let Some(token) = utterance.get(at) {
        if let Some(value) = values.iter().find(|value| value.first == at && value.after > at) {
            units.push(mask(&value.entity.kind));
            if let Some(Value::Id(id)) = &value.entity.value {
                features.push((hash(6, &[&id.id]), true));
            }
            at = value.after;
            continue;
        }
        match token.kind {
            Kind::Word => {
                units.push(&token.text);
                pieces(&token.text, &mut features);
            }
            Kind::Han | Kind::Digits => units.push(&token.text),
            Kind::Sign if matches!(token.sign, '?' | '$' | '%') => units.push(&token.text),
            Kind::Sign => {}
        }
        at += 1;
    }
    sounds(utterance, values, &mut features);
    sequences(&units, &mut features);
    features
}

/// Words alone, in pairs, and Chinese characters in threes.
fn sequences(units: &[&str], features: &mut Vec<Feature>) {
    for unit in units {
        features.push((hash(0, &[unit]), true));
    }
    for pair in units.windows(2) {
        features.push((hash(1, pair), true));
    }
    for three in units.windows(3) {
        if three.iter().all(|unit| unit.chars().next().is_some_and(crate::understanding::script::is_han)) {
            features.push((hash(2, three), true));
        }
    }
}

/// Two to four letters of a word in a row, its ends marked.
fn pieces(word: &str, features: &mut Vec<Feature>) {
    let marked = format!("^{word}$");
    let ends: Vec<usize> = marked.char_indices().map(|(at, _)| at).chain([marked.len()]).collect();
    for length in 2..=4 {
        for window in ends.windows(length + 1) {
            if let (Some(start), Some(end)) = (window.first(), window.last())
                && let Some(piece) = marked.get(*start..*end)
            {
                features.push((hash(3, &[piece]), false));
            }
        }
    }
}

/// Chinese syllables, alone and in pairs, for what speech recognition writes with other characters.
fn sounds(utterance: &Utterance, values: &[Spotted], features: &mut Vec<Feature>) {
    let free = |at: usize| !values.iter().any(|value| (value.first..value.after).contains(&at));
    let sound = |at: usize| utterance.get(at).filter(|_| free(at)).and_then(|token| token.sound);
    for at in 0..utterance.len() {
        let Some((initial, last)) = sound(at).map(|sound| sound.key()) else { continue };
        features.push((hash(4, &[initial, last]), false));
        if let Some((next_initial, next_last)) = sound(at + 1).map(|sound| sound.key()) {
            features.push((hash(5, &[initial, last, next_initial, next_last]), false));
        }
    }
}
