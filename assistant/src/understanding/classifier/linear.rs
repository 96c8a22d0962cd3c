//! Multinomial logistic regression over hashed features: trained in one thread, the same in every run.

use super::features::Feature;
use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};

/// Features are hashes already.
#[derive(Clone, Copy, Debug, Default)]
struct Already(u64);

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

type Vocabulary = HashMap<u64, u32, BuildHasherDefault<Already>>;

/// How often the sentences are gone through.
const EPOCHS: usize = 12;
/// The step of the first sentence; it falls to a fiftieth.
const STEP: f32 = 1.0;
/// Up to so many classes, whole rows are quicker than picking the weights that matter.
const DENSE_CLASSES_MAX: usize = 256;
/// Weights below this share of their feature's largest are left out.
const NEGLIGIBLE: f32 = 0.1;

/// The trained weights.
#[derive(Clone, Debug, Default)]
pub(super) struct Linear {
    vocabulary: Vocabulary,
    rarity: Vec<f32>,
    /// The rarity of what was never seen.
    strange: f32,
    weights: Weights,
    bias: Vec<f32>,
}

/// The weights of each feature, in the form that is quicker to add up.
#[derive(Clone, Debug)]
enum Weights {
    /// A row of all classes for each feature: for few classes.
    Dense(Vec<f32>),
    /// Only the classes for which a feature counts: where each feature's begin, and class and weight of each.
    Sparse(Vec<u32>, Vec<(u16, f32)>),
}

impl Default for Weights {
    fn default() -> Self {
        Weights::Dense(Vec::new())
    }
}

/// One feature's number and value.
type Entry = (u32, f32);

impl Linear {
    /// Learns which of `classes` each sentence belongs to.
    pub(super) fn train(sentences: &[(Vec<Feature>, u16)], classes: usize) -> Self {
        let mut linear = Linear { bias: vec![0.0; classes], ..Linear::default() };
        linear.learn_vocabulary(sentences);
        let vectors: Vec<Vec<Entry>> = sentences.iter().map(|(features, _)| linear.vector(features)).collect();
        let mut weights = vec![0.0_f32; linear.rarity.len() * classes];
        let mut seen = vec![0.1_f32; linear.rarity.len()];
        let mut order: Vec<usize> = (0..sentences.len()).collect();
        let mut random = Random(0x5eed);
        let steps = (EPOCHS * sentences.len()).max(1);
        let mut done = 0_usize;
        let mut scores = vec![0.0_f32; classes];
        for _ in 0..EPOCHS {
            random.shuffle(&mut order);
            for at in &order {
                let (Some(vector), Some((_, class))) = (vectors.get(*at), sentences.get(*at)) else { continue };
                let step = STEP * (1.0 - share(done, steps)).max(0.02);
                done += 1;
                scores.copy_from_slice(&linear.bias);
                add_rows(&mut scores, &weights, vector);
                let error = to_error(&mut scores, usize::from(*class));
                for (bias, wrong) in linear.bias.iter_mut().zip(&scores) {
                    *bias -= step * 0.1 * wrong;
                }
                correct(&mut weights, &mut seen, vector, &scores, step, error);
            }
        }
        linear.keep(weights, classes);
        linear
    }

    /// Features of two sentences and more (of one, where there are few), rare ones weighing more.
    fn learn_vocabulary(&mut self, sentences: &[(Vec<Feature>, u16)]) {
        let mut counts: HashMap<u64, u32, BuildHasherDefault<Already>> = HashMap::default();
        for (features, _) in sentences {
            let mut own: Vec<u64> = features.iter().map(|feature| feature.0).collect();
            own.sort_unstable();
            own.dedup();
            for feature in own {
                *counts.entry(feature).or_default() += 1;
            }
        }
        let least = if sentences.len() > 2000 { 2 } else { 1 };
        let mut known: Vec<(u64, u32)> = counts.into_iter().filter(|(_, count)| *count >= least).collect();
        known.sort_unstable();
        let all = share(sentences.len() + 1, 1);
        self.strange = all.ln() + 1.0;
        for (feature, count) in known {
            let number = u32::try_from(self.rarity.len()).unwrap_or(u32::MAX);
            self.vocabulary.insert(feature, number);
            self.rarity.push((all / share(count as usize + 1, 1)).ln() + 1.0);
        }
    }

    /// Known features with their values; words and pieces are brought to length one each.
    fn vector(&self, features: &[Feature]) -> Vec<Entry> {
        let mut known: Vec<(u32, bool)> =
            features.iter().filter_map(|(hash, word)| Some((*self.vocabulary.get(hash)?, *word))).collect();
        known.sort_unstable();
        let mut vector: Vec<(u32, f32, bool)> = Vec::with_capacity(known.len());
        for (number, word) in known {
            match vector.last_mut() {
                Some(last) if last.0 == number => last.1 += 1.0,
                _ => vector.push((number, 1.0, word)),
            }
        }
        // What was never seen shortens the rest: a strange sentence fits nothing well.
        let mut lengths = [0.0_f32; 2];
        for (_, word) in features.iter().filter(|(hash, _)| !self.vocabulary.contains_key(hash)) {
            lengths[usize::from(*word)] += self.strange * self.strange;
        }
        for (number, value, word) in &mut vector {
            let rarity = usize::try_from(*number).ok().and_then(|at| self.rarity.get(at)).copied().unwrap_or(1.0);
            *value = (1.0 + value.ln()) * rarity;
            lengths[usize::from(*word)] += *value * *value;
        }
        let scale = lengths.map(|length| if length > 0.0 { length.sqrt().recip() } else { 0.0 });
        vector.into_iter().map(|(number, value, word)| (number, value * scale[usize::from(word)])).collect()
    }

    /// Keeps the weights. With many classes those that hardly count are dropped, so that a sentence costs what its own
    /// features weigh, not what all classes do.
    fn keep(&mut self, weights: Vec<f32>, classes: usize) {
        if classes <= DENSE_CLASSES_MAX {
            self.weights = Weights::Dense(weights);
            return;
        }
        let (mut starts, mut kept) = (vec![0], Vec::new());
        for row in weights.chunks_exact(classes) {
            let most = row.iter().fold(0.0_f32, |most, weight| most.max(weight.abs()));
            for (class, weight) in row.iter().enumerate() {
                if weight.abs() > most * NEGLIGIBLE {
                    kept.push((u16::try_from(class).unwrap_or(u16::MAX), *weight));
                }
            }
            starts.push(u32::try_from(kept.len()).unwrap_or(u32::MAX));
        }
        self.weights = Weights::Sparse(starts, kept);
    }

    /// The probability of each class.
    pub(super) fn probabilities(&self, features: &[Feature]) -> Vec<f32> {
        let known = features.iter().any(|(hash, word)| *word && self.vocabulary.contains_key(hash));
        if !known {
            // Not one word was ever seen: all classes are equally unlikely.
            return vec![share(1, self.bias.len() + 1); self.bias.len()];
        }
        let mut scores = self.bias.clone();
        let vector = self.vector(features);
        match &self.weights {
            Weights::Dense(weights) => add_rows(&mut scores, weights, &vector),
            Weights::Sparse(starts, weights) => add_sparse(&mut scores, starts, weights, &vector),
        }
        softmax(&mut scores);
        scores
    }
}

fn add_sparse(scores: &mut [f32], starts: &[u32], weights: &[(u16, f32)], vector: &[Entry]) {
    for (number, value) in vector {
        let Ok(at) = usize::try_from(*number) else { continue };
        let (Some(start), Some(end)) = (starts.get(at), starts.get(at + 1)) else { continue };
        for (class, weight) in weights.get(*start as usize..*end as usize).unwrap_or_default() {
            if let Some(score) = scores.get_mut(usize::from(*class)) {
                *score += value * weight;
            }
        }
    }
}

#[allow(clippy::cast_precision_loss)]
fn share(part: usize, whole: usize) -> f32 {
    part as f32 / whole as f32
}

fn row(weights: &[f32], number: u32, classes: usize) -> Option<&[f32]> {
    let start = usize::try_from(number).ok()? * classes;
    weights.get(start..start + classes)
}

fn add_rows(scores: &mut [f32], weights: &[f32], vector: &[Entry]) {
    for (number, value) in vector {
        if let Some(row) = row(weights, *number, scores.len()) {
            for (score, weight) in scores.iter_mut().zip(row) {
                *score += value * weight;
            }
        }
    }
}

fn softmax(scores: &mut [f32]) {
    let most = scores.iter().copied().fold(f32::MIN, f32::max);
    let mut sum = 0.0;
    for score in scores.iter_mut() {
        *score = (*score - most).exp();
        sum += *score;
    }
    for score in scores.iter_mut() {
        *score /= sum;
    }
}

/// Turns scores into the error of each class; gives the sum of its squares.
fn to_error(scores: &mut [f32], class: usize) -> f32 {
    softmax(scores);
    if let Some(own) = scores.get_mut(class) {
        *own -= 1.0;
    }
    scores.iter().map(|error| error * error).sum()
}

/// One step against the error, smaller for features that have been corrected much.
fn correct(weights: &mut [f32], seen: &mut [f32], vector: &[Entry], error: &[f32], step: f32, squares: f32) {
    for (number, value) in vector {
        let Ok(at) = usize::try_from(*number) else { continue };
        let (Some(seen), Some(row)) = (seen.get_mut(at), weights.get_mut(at * error.len()..(at + 1) * error.len()))
        else {
            continue;
        };
        *seen += value * value * squares;
        let by = step * value / seen.sqrt();
        for (weight, error) in row.iter_mut().zip(error) {
            *weight -= by * error;
        }
    }
}

/// A small generator with a fixed seed.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        self.0 >> 33
    }

    fn shuffle(&mut self, items: &mut [usize]) {
        for at in (1..items.len()).rev() {
            let other = usize::try_from(self.next()).unwrap_or(0) % (at + 1);
            items.swap(at, other);
        }
    }
}
