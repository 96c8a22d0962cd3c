//! Features by number, and sentences as short lists of weighted numbers (tf-idf): what is rare weighs more.

use super::features::Feature;
use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};

/// Features are hashes already.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Already(u64);

impl Hasher for Already {
    fn finish(&self) -> u64 {
        self.0
    }
    fn write(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.0 = self.0.rotate_left(8) ^ u64::from(*byte);
        }
    }
    fn write_u64(&mut self, value: u64) {
        self.0 = value;
    }
}

/// A map whose keys are hashes.
pub(super) type ByHash<T> = HashMap<u64, T, BuildHasherDefault<Already>>;

/// One feature's number and value.
pub(super) type Entry = (u32, f32);

/// Every feature of the training sentences.
#[derive(Clone, Debug, Default)]
pub(super) struct Vocabulary {
    numbers: ByHash<u32>,
    rarity: Vec<f32>,
    /// The rarity of what was never seen.
    strange: f32,
}

#[allow(clippy::cast_precision_loss)]
fn share(part: usize, whole: usize) -> f32 {
    part as f32 / whole as f32
}

impl Vocabulary {
    /// Numbers the features that stand in at least `sentences_min` of `sentences`, in an order that does not depend on the
    /// machine.
    pub(super) fn learn(sentences: &[(Vec<Feature>, u16)], sentences_min: u32) -> Self {
        let mut counts: ByHash<(u32, u32)> = ByHash::default();
        for (at, (features, _)) in sentences.iter().enumerate() {
            let sentence = u32::try_from(at + 1).unwrap_or(u32::MAX);
            for (feature, _) in features {
                let (count, last) = counts.entry(*feature).or_default();
                *count += u32::from(*last != sentence);
                *last = sentence;
            }
        }
        let counts = counts.into_iter().map(|(feature, (count, _))| (feature, count));
        let mut known: Vec<(u64, u32)> = counts.filter(|(_, count)| *count >= sentences_min).collect();
        known.sort_unstable();
        let all = share(sentences.len() + 1, 1);
        let rarity = |count: u32| (all / share(count as usize + 1, 1)).ln() + 1.0;
        let number = |(at, (feature, _)): (usize, &(u64, u32))| (*feature, u32::try_from(at).unwrap_or(u32::MAX));
        Vocabulary {
            numbers: known.iter().enumerate().map(number).collect(),
            rarity: known.iter().map(|(_, count)| rarity(*count)).collect(),
            strange: all.ln() + 1.0,
        }
    }

    /// How many features there are.
    pub(super) fn len(&self) -> usize {
        self.rarity.len()
    }

    /// The number of a feature that was seen in training.
    pub(super) fn number(&self, feature: u64) -> Option<u32> {
        self.numbers.get(&feature).copied()
    }

    /// True if any word of the sentence was ever seen.
    pub(super) fn knows_a_word(&self, features: &[Feature]) -> bool {
        features.iter().any(|(hash, word)| *word && self.numbers.contains_key(hash))
    }

    /// Known features with their values; words and pieces are brought to length one each.
    pub(super) fn vector(&self, features: &[Feature]) -> Vec<Entry> {
        // What was never seen shortens the rest: a strange sentence fits nothing well.
        let mut lengths = [0.0_f32; 2];
        let mut known: Vec<(u32, bool)> = Vec::with_capacity(features.len());
        for (hash, word) in features {
            match self.numbers.get(hash) {
                Some(number) => known.push((*number, *word)),
                None => lengths[usize::from(*word)] += self.strange * self.strange,
            }
        }
        known.sort_unstable();
        let mut vector: Vec<(u32, f32, bool)> = Vec::with_capacity(known.len());
        for (number, word) in known {
            match vector.last_mut() {
                Some(last) if last.0 == number => last.1 += 1.0,
                _ => vector.push((number, 1.0, word)),
            }
        }
        for (number, value, word) in &mut vector {
            let rarity = self.rarity.get(*number as usize).copied().unwrap_or(1.0);
            let often = if *value > 1.0 { 1.0 + value.ln() } else { 1.0 };
            *value = often * rarity;
            lengths[usize::from(*word)] += *value * *value;
        }
        let scale = lengths.map(|length| if length > 0.0 { length.sqrt().recip() } else { 0.0 });
        vector.into_iter().map(|(number, value, word)| (number, value * scale[usize::from(word)])).collect()
    }
}
