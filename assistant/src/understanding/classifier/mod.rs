//! Which of the taught intents a free sentence is nearest to, how surely, and when it is none of them.

pub(crate) mod features;
mod linear;

pub(crate) use features::{Feature, features};
use linear::Linear;

/// A sentence counts as one of the intents only from this probability on, in thousandths. Chosen on the validation part of
/// CLINC150, where it refuses four of five out-of-scope sentences and one in twenty of the others.
pub const THRESHOLD_MILLI: u16 = 320;

/// A trained classifier.
#[derive(Clone, Debug)]
pub(crate) struct Classifier {
    labels: Vec<String>,
    /// The number of the class that is none of the intents.
    none: Option<usize>,
    linear: Linear,
}

/// One label with its probability in thousandths.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Ranked {
    /// The label.
    pub label: String,
    /// Its probability.
    pub milli: u16,
}

/// Sentences that belong to no intent, as the project ships them.
pub(crate) fn background() -> impl Iterator<Item = &'static str> {
    include_str!("background.txt").lines().filter(|line| !line.is_empty() && !line.starts_with('#'))
}

impl Classifier {
    /// Trains on sentences with their labels; `None` is the label of what belongs to no intent.
    pub fn train(sentences: Vec<(Vec<Feature>, Option<String>)>) -> Self {
        let mut labels: Vec<String> = sentences.iter().filter_map(|(_, label)| label.clone()).collect();
        labels.sort_unstable();
        labels.dedup();
        let none = sentences.iter().any(|(_, label)| label.is_none()).then_some(labels.len());
        let number = |label: &Option<String>| {
            let at = label.as_ref().map_or(Ok(labels.len()), |label| labels.binary_search(label));
            at.ok().and_then(|at| u16::try_from(at).ok())
        };
        let numbered: Vec<(Vec<Feature>, u16)> =
            sentences.into_iter().filter_map(|(features, label)| Some((features, number(&label)?))).collect();
        let classes = labels.len() + usize::from(none.is_some());
        Classifier { linear: Linear::train(&numbered, classes), labels, none }
    }

    /// All labels, the likeliest first. What is left to a thousand is the share of "none of these".
    pub fn rank(&self, features: &[Feature]) -> Vec<Ranked> {
        if self.labels.is_empty() {
            return Vec::new();
        }
        let probabilities = self.linear.probabilities(features);
        let mut ranked: Vec<Ranked> = probabilities
            .iter()
            .enumerate()
            .filter(|(at, _)| Some(*at) != self.none)
            .filter_map(|(at, probability)| {
                Some(Ranked { label: self.labels.get(at)?.clone(), milli: milli(*probability) })
            })
            .filter(|ranked| ranked.milli > 0)
            .collect();
        ranked.sort_by_key(|ranked| std::cmp::Reverse(ranked.milli));
        ranked
    }

    /// The likeliest label alone.
    pub fn best(&self, features: &[Feature]) -> Option<Ranked> {
        let probabilities = self.linear.probabilities(features);
        let (at, probability) = probabilities
            .iter()
            .enumerate()
            .filter(|(at, _)| Some(*at) != self.none)
            .max_by(|a, b| a.1.total_cmp(b.1))?;
        Some(Ranked { label: self.labels.get(at)?.clone(), milli: milli(*probability) })
    }
}

/// A probability in thousandths; never quite one, which is for whole-sentence templates.
#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
fn milli(probability: f32) -> u16 {
    (probability.clamp(0.0, 0.99) * 1000.0) as u16
}
