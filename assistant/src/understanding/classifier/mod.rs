//! Which of the taught labels a sentence belongs to, or none: a linear classifier that is trained at load.
//!
//! One-against-the-rest support vectors on words, word pairs and letter sequences, weighted by how telling they are.
//! What was never seen in training counts as something said that no label accounts for, so strange sentences score low
//! everywhere: that is what "none of these" rests on. The same sentences give the same classifier, bit for bit.
//! (Floating point is for scores of sentences; no money passes here.)

mod features;
mod measure;
mod train;

pub use measure::{Measured, measure};

use features::Vocabulary;
use std::collections::BTreeMap;

/// Predictions with at least this confidence (thousandths) are taken for what the person wants. Chosen on the validation
/// part of CLINC150 so that three of four out-of-scope sentences fall below it.
pub const ACCEPT_MILLI: u16 = 500;

/// What a sentence most probably belongs to.
#[derive(Clone, Debug, PartialEq)]
pub struct Prediction<'a> {
    /// The label.
    pub label: &'a str,
    /// How sure, in thousandths. [`ACCEPT_MILLI`] and more is sure enough.
    pub confidence_milli: u16,
}

/// A trained classifier.
#[derive(Clone, Debug, Default)]
pub struct Classifier {
    labels: Vec<String>,
    vocabulary: Vocabulary,
    /// One row for each feature, one column for each label.
    weights: Vec<f32>,
}

impl Classifier {
    /// Trains on sentences with their labels. Takes seconds for ten thousand sentences, milliseconds for a hundred.
    #[must_use]
    pub fn train(sentences: &[(&str, &str)]) -> Classifier {
        let mut numbers: BTreeMap<&str, usize> = sentences.iter().map(|(_, label)| (*label, 0)).collect();
        numbers.values_mut().enumerate().for_each(|(place, number)| *number = place);
        let (vocabulary, rows) = Vocabulary::learn(sentences.iter().map(|(text, _)| *text));
        let classes: Vec<usize> = sentences.iter().filter_map(|(_, label)| numbers.get(label).copied()).collect();
        let weights = train::one_against_rest(&rows, &classes, vocabulary.len(), numbers.len());
        Classifier { labels: numbers.into_keys().map(str::to_owned).collect(), vocabulary, weights }
    }

    /// The labels by how well they fit, the best first; at most `most`. Empty if nothing was taught.
    #[must_use]
    pub fn predict(&self, text: &str, most: usize) -> Vec<Prediction<'_>> {
        let scores = self.scores(text);
        let mut order: Vec<usize> = (0..scores.len()).collect();
        let score = |label: &usize| scores.get(*label).copied().unwrap_or(f32::MIN);
        let most = most.min(order.len());
        if most == 0 {
            return Vec::new();
        }
        order.select_nth_unstable_by(most - 1, |a, b| score(b).total_cmp(&score(a)));
        order.truncate(most);
        order.sort_by(|a, b| score(b).total_cmp(&score(a)));
        let prediction = |label: &usize| {
            let confidence_milli = confidence_milli(score(label));
            Some(Prediction { label: self.labels.get(*label)?, confidence_milli })
        };
        order.iter().filter_map(prediction).collect()
    }

    /// Every label's margin: above zero it fits, below it does not.
    fn scores(&self, text: &str) -> Vec<f32> {
        let width = self.labels.len();
        let mut scores = vec![train::MARGIN_OF_NOTHING; width];
        for (feature, value) in self.vocabulary.vector(text) {
            let row = feature as usize * width;
            if let Some(weights) = self.weights.get(row..row + width) {
                for (score, weight) in scores.iter_mut().zip(weights) {
                    *score += value * weight;
                }
            }
        }
        scores
    }
}

/// A margin as a confidence: a logistic curve, fitted on the validation part of CLINC150 so that of the predictions with
/// a confidence of, say, 0.8 about that share is right.
fn confidence_milli(margin: f32) -> u16 {
    let confidence = 1.0 / (1.0 + (-(margin - MARGIN_AT_HALF) * SLOPE).exp());
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
    let milli = (confidence * 1000.0).round() as u16;
    milli
}

const MARGIN_AT_HALF: f32 = -0.47;
const SLOPE: f32 = 5.0;

#[cfg(test)]
mod tests;
