//! `sayso bench understanding`: the intent classifier on any data set, with times.

use super::failure::Failure;
use super::out::Out;
use serde::{Deserialize, Serialize};
use std::collections::HashMap;
use std::fs;
use std::path::Path;

/// One line of a data set.
#[derive(Deserialize)]
pub struct Labelled {
    /// The sentence.
    pub text: String,
    /// Its intent.
    pub label: String,
}

/// Reads a file of JSON lines.
pub fn read(path: &Path) -> Result<Vec<Labelled>, Failure> {
    let text = fs::read_to_string(path)
        .map_err(|wrong| Failure::usage(format!("{} can't be read: {wrong}", path.display())))?;
    let lines = text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty());
    lines
        .map(|(number, line)| {
            serde_json::from_str(line).map_err(|wrong| {
                let wanted = "each line is an object such as {\"text\":\"pay my bill\",\"label\":\"pay_bill\"}";
                Failure::usage(format!("{}:{}: {wrong}; {wanted}", path.display(), number + 1))
            })
        })
        .collect()
}

/// The first `shots` sentences of each label; all of them if `None`.
#[must_use]
pub fn few(sentences: Vec<Labelled>, shots: Option<usize>) -> Vec<Labelled> {
    let Some(shots) = shots else { return sentences };
    let mut seen: HashMap<String, usize> = HashMap::new();
    let mut keep = |sentence: &Labelled| {
        let count = seen.entry(sentence.label.clone()).or_default();
        *count += 1;
        *count <= shots
    };
    sentences.into_iter().filter(|sentence| keep(sentence)).collect()
}

/// What was measured; fractions from 0 to 1.
#[derive(Serialize)]
pub struct Measured {
    /// Right answers, whatever their confidence.
    pub accuracy: f64,
    /// Right answers among those at or above the shipped threshold that were accepted.
    pub accepted_accuracy: f64,
    /// Sentences of no label that fall below the threshold; null without such a file.
    pub out_of_scope_recall: Option<f64>,
    /// Training time.
    pub train_ms: f64,
    /// Time for one sentence.
    pub us_per_sentence: f64,
}

/// Prints the figures.
pub fn print(measured: &Measured, out: Out) -> Result<(), Failure> {
    out.result(measured, || {
        let percent = |fraction: f64| format!("{:.1} %", fraction * 100.0);
        let out_of_scope = measured.out_of_scope_recall.map_or("not measured".to_owned(), percent);
        format!(
            "accuracy             {}\naccepted, accuracy   {}\nout-of-scope recall  {out_of_scope}\ntraining             {:.0} ms\none sentence         {:.1} µs",
            percent(measured.accuracy),
            percent(measured.accepted_accuracy),
            measured.train_ms,
            measured.us_per_sentence,
        )
    })?;
    Ok(())
}
