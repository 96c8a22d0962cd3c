//! The classifier of the shipped flows, tried on any set of labelled sentences. It measures no time: the caller has the clock.

use super::classifier::{Classifier, Lesson, Sentence, THRESHOLD_MILLI};
use super::encoder::SentenceEncoder;
use super::tokens::Utterance;
use std::sync::Arc;

/// A classifier that was trained on labelled sentences.
#[derive(Clone, Debug)]
pub struct Trained {
    classifier: Classifier,
}

/// What a classifier thinks of a sentence.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Prediction {
    /// The likeliest label.
    pub label: String,
    /// Its probability in thousandths.
    pub confidence_milli: u16,
    /// True if that is enough to act on: from [`THRESHOLD_MILLI`] on.
    pub accepted: bool,
}

/// How well a classifier did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Scores {
    /// Sentences with a label that were tried.
    pub sentences: usize,
    /// Of these, how many were given their label, accepted or not.
    pub right: usize,
    /// Of these, how many were accepted.
    pub accepted: usize,
    /// Of the accepted ones, how many were given their label.
    pub accepted_right: usize,
    /// Out-of-scope sentences that were tried.
    pub out_of_scope: usize,
    /// Of these, how many were rightly not accepted.
    pub out_of_scope_refused: usize,
}

impl Scores {
    /// Share of sentences that were given their label, whether accepted or not; 0 to 1.
    #[must_use]
    pub fn accuracy(&self) -> f64 {
        share(self.right, self.sentences)
    }

    /// Share of the accepted sentences that were given their label; 0 to 1.
    #[must_use]
    pub fn accepted_accuracy(&self) -> f64 {
        share(self.accepted_right, self.accepted)
    }

    /// Share of the sentences with a label that were accepted; 0 to 1.
    #[must_use]
    pub fn accepted_share(&self) -> f64 {
        share(self.accepted, self.sentences)
    }

    /// Share of the out-of-scope sentences that were refused; `None` if none were tried.
    #[must_use]
    pub fn out_of_scope_recall(&self) -> Option<f64> {
        (self.out_of_scope > 0).then(|| share(self.out_of_scope_refused, self.out_of_scope))
    }
}

#[allow(clippy::cast_precision_loss)]
fn share(part: usize, whole: usize) -> f64 {
    if whole == 0 { 0.0 } else { part as f64 / whole as f64 }
}

impl Trained {
    /// Trains on (text, label) pairs, by n-grams alone.
    #[must_use]
    pub fn new(sentences: &[(String, String)]) -> Self {
        Self::with_encoder(sentences, None)
    }

    /// The same with the second opinion of an encoder.
    #[must_use]
    pub fn with_encoder(sentences: &[(String, String)], encoder: Option<Arc<dyn SentenceEncoder>>) -> Self {
        let read = encoder.is_some();
        let prepare = |(text, label): &(String, String)| {
            let utterance = Utterance::new(text);
            Lesson::new(Sentence { utterance: &utterance, values: &[] }, Some(label.clone()), read)
        };
        Trained { classifier: Classifier::train(sentences.iter().map(prepare).collect(), false, encoder) }
    }

    /// The likeliest label of a sentence; `None` only if nothing was taught.
    #[must_use]
    pub fn predict(&self, text: &str) -> Option<Prediction> {
        let best = self.classifier.best(Sentence { utterance: &Utterance::new(text), values: &[] })?;
        let accepted = best.milli >= THRESHOLD_MILLI;
        Some(Prediction { label: best.label, confidence_milli: best.milli, accepted })
    }

    /// Tries every sentence of `labelled`, and of `out_of_scope`, which belong to no label.
    #[must_use]
    pub fn score(&self, labelled: &[(String, String)], out_of_scope: &[String]) -> Scores {
        let mut scores = Scores { sentences: labelled.len(), out_of_scope: out_of_scope.len(), ..Scores::default() };
        for (text, label) in labelled {
            let Some(guess) = self.predict(text) else { continue };
            let right = usize::from(guess.label == *label);
            scores.right += right;
            scores.accepted += usize::from(guess.accepted);
            scores.accepted_right += if guess.accepted { right } else { 0 };
        }
        let refused = |text: &&String| self.predict(text).is_none_or(|guess| !guess.accepted);
        scores.out_of_scope_refused = out_of_scope.iter().filter(refused).count();
        scores
    }
}

/// The first `shots` sentences of each label, in the order given.
#[must_use]
pub fn few_shots(sentences: &[(String, String)], shots: usize) -> Vec<(String, String)> {
    let mut counts = std::collections::HashMap::new();
    let mut few = Vec::new();
    for (text, label) in sentences {
        let count = counts.entry(label).or_insert(0_usize);
        if *count < shots {
            *count += 1;
            few.push((text.clone(), label.clone()));
        }
    }
    few
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pairs(lines: &[(&str, &str)]) -> Vec<(String, String)> {
        lines.iter().map(|(text, label)| ((*text).to_owned(), (*label).to_owned())).collect()
    }

    #[test]
    fn learns_and_refuses() {
        let train = pairs(&[
            ("freeze my card please", "freeze"),
            ("block my card", "freeze"),
            ("my card was stolen, block it", "freeze"),
            ("please freeze the stolen card", "freeze"),
            ("what is the exchange rate", "rate"),
            ("how many euros do i get for a dollar", "rate"),
            ("tell me the rate for pounds", "rate"),
            ("exchange rate today", "rate"),
            ("where is the nearest cash machine", "machine"),
            ("is there a cash machine near me", "machine"),
            ("find me an atm", "machine"),
            ("cash machines close by", "machine"),
        ]);
        let trained = Trained::new(&train);
        let test = pairs(&[
            ("block the stolen card", "freeze"),
            ("what's the rate", "rate"),
            ("a cash machine near here", "machine"),
        ]);
        let scores = trained.score(&test, &["zebras sleep standing".to_owned()]);
        assert_eq!((scores.right, scores.sentences), (3, 3), "{scores:?}");
        assert_eq!(scores.out_of_scope_recall(), Some(1.0), "{scores:?}");
        assert_eq!(Trained::new(&train).predict("block it"), trained.predict("block it"));
        assert_eq!(few_shots(&train, 2).len(), 6);
        assert_eq!(Trained::new(&[]).predict("anything"), None);
    }
}
