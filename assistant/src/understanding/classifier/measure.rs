//! How good a classifier is on sentences that it has not seen.

use super::{ACCEPT_MILLI, Classifier};

/// Shares from 0 to 1.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Measured {
    /// Sentences whose best label is right, whatever the confidence.
    pub accuracy: f64,
    /// Sentences whose best label is right and sure enough to be taken.
    pub accepted_accuracy: f64,
    /// Of the sentences that belong to no label, those that are taken for none; `None` without such sentences.
    pub out_of_scope_recall: Option<f64>,
}

/// Measures on `test` (sentence, label) and on `out_of_scope`, sentences that belong to no label.
#[must_use]
pub fn measure(classifier: &Classifier, test: &[(&str, &str)], out_of_scope: &[&str]) -> Measured {
    let best = |text: &str| classifier.predict(text, 1).into_iter().next();
    let share = |part: usize, all: usize| if all == 0 { 0.0 } else { part as f64 / all as f64 };
    let right = test.iter().filter_map(|(text, label)| best(text).filter(|found| found.label == *label));
    let (mut all_right, mut taken_right) = (0, 0);
    for found in right {
        all_right += 1;
        taken_right += usize::from(found.confidence_milli >= ACCEPT_MILLI);
    }
    let refused = |text: &&&str| best(text).is_none_or(|found| found.confidence_milli < ACCEPT_MILLI);
    let refusals = out_of_scope.iter().filter(refused).count();
    Measured {
        accuracy: share(all_right, test.len()),
        accepted_accuracy: share(taken_right, test.len()),
        out_of_scope_recall: (!out_of_scope.is_empty()).then(|| share(refusals, out_of_scope.len())),
    }
}
