//! `sayso bench understanding`: the intent classifier on any data set, with times.

use super::failure::Failure;
use super::out::Out;
use crate::understanding::classifier::{self, Classifier};
use serde::{Deserialize, Serialize};
use std::collections::HashMap;
use std::fs;
use std::path::Path;
use std::time::Instant;

/// One line of a data set.
#[derive(Deserialize)]
struct Labelled {
    text: String,
    label: String,
}

/// Reads a file of JSON lines.
fn read(path: &Path) -> Result<Vec<Labelled>, Failure> {
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
fn few(sentences: Vec<Labelled>, shots: Option<usize>) -> Vec<Labelled> {
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
struct Measured {
    /// Right answers, whatever their confidence.
    accuracy: f64,
    /// Right answers that are sure enough to be taken.
    accepted_accuracy: f64,
    /// Sentences of no label that fall below the threshold; null without such a file.
    out_of_scope_recall: Option<f64>,
    /// Training time.
    train_ms: f64,
    /// Time for one sentence.
    us_per_sentence: f64,
}

/// Trains on one file and measures on another.
pub fn understanding(
    train: &Path,
    test: &Path,
    out_of_scope: Option<&Path>,
    shots: Option<usize>,
    out: Out,
) -> Result<(), Failure> {
    let train = few(read(train)?, shots);
    let test = read(test)?;
    let strange = out_of_scope.map(read).transpose()?.unwrap_or_default();
    let started = Instant::now();
    let classifier = Classifier::train(&borrowed(&train));
    let train_ms = started.elapsed().as_secs_f64() * 1000.0;
    let strange: Vec<&str> = strange.iter().map(|sentence| sentence.text.as_str()).collect();
    let started = Instant::now();
    let measured = classifier::measure(&classifier, &borrowed(&test), &strange);
    let sentences = (test.len() + strange.len()).max(1) as f64;
    let measured = Measured {
        accuracy: measured.accuracy,
        accepted_accuracy: measured.accepted_accuracy,
        out_of_scope_recall: measured.out_of_scope_recall,
        train_ms,
        us_per_sentence: started.elapsed().as_secs_f64() * 1_000_000.0 / sentences,
    };
    print(&measured, out)
}

fn borrowed(sentences: &[Labelled]) -> Vec<(&str, &str)> {
    sentences.iter().map(|sentence| (sentence.text.as_str(), sentence.label.as_str())).collect()
}

/// Prints the figures.
fn print(measured: &Measured, out: Out) -> Result<(), Failure> {
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
