//! `sayso bench`: recognition (see [`bench_speech`]), and the intent classifier on any data set, with times.

use super::args::BenchCommand;
use super::encoder;
use super::failure::Failure;
use super::out::Out;
use super::places::Places;
use super::{bench_consent, bench_speech, bench_voices};
use crate::config::Config;
use crate::understanding::bench::{Trained, few_shots};
use serde::{Deserialize, Serialize};
use std::fs;
use std::path::Path;
use std::time::Instant;

/// One line of a data set.
#[derive(Deserialize)]
struct Labelled {
    text: String,
    label: String,
}

/// Reads a file of JSON lines: (text, label) each.
fn read(path: &Path) -> Result<Vec<(String, String)>, Failure> {
    let text = fs::read_to_string(path)
        .map_err(|wrong| Failure::usage(format!("{} can't be read: {wrong}", path.display())))?;
    let lines = text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty());
    lines
        .map(|(number, line)| {
            let read = serde_json::from_str(line).map(|Labelled { text, label }| (text, label));
            read.map_err(|wrong| {
                let wanted = "each line is an object such as {\"text\":\"pay my bill\",\"label\":\"pay_bill\"}";
                Failure::usage(format!("{}:{}: {wrong}; {wanted}", path.display(), number + 1))
            })
        })
        .collect()
}

/// What was measured; fractions from 0 to 1.
#[derive(Serialize)]
struct Measured {
    /// Right answers, whatever their confidence.
    accuracy: f64,
    /// Of the answers that are sure enough to be taken, those that are right.
    accepted_accuracy: f64,
    /// Sentences of no label that fall below the threshold; null without such a file.
    out_of_scope_recall: Option<f64>,
    /// Training time.
    train_ms: f64,
    /// Time for one sentence.
    us_per_sentence: f64,
    /// The encoder that helped; left out where none did.
    #[serde(skip_serializing_if = "Option::is_none")]
    encoder: Option<String>,
}

/// Does what was asked for; the configuration is read only where models are looked for. With `detect` the recogniser finds
/// out the language of each recording.
pub async fn run(
    command: BenchCommand,
    places: &Places,
    read: &impl Fn() -> Result<Config, Failure>,
    detect: bool,
    out: Out,
) -> Result<(), Failure> {
    let (train, test, oos, shots, encoder) = match command {
        BenchCommand::Speech(wish) => return bench_speech::run(&wish, places, &read()?, detect, out),
        #[cfg(feature = "voice")]
        BenchCommand::Talk(wish) => return super::bench_talk::run(&wish, places, &read()?, out).await,
        #[cfg(not(feature = "voice"))]
        BenchCommand::Talk(_) => return Err(Failure::usage("this build leaves out the feature `voice`: nobody talks")),
        BenchCommand::Consent(wish) => return bench_consent::run(&wish, places, &read()?, out),
        BenchCommand::Voices(wish) => return bench_voices::run(&wish, places, &read()?, out),
        BenchCommand::Understanding { train, test, oos, shots, encoder } => (train, test, oos, shots, encoder),
    };
    let folder = |_: &String| Ok::<_, Failure>(places.models(read()?.speech.models_dir.as_deref()));
    let folder = encoder.as_ref().map(folder).transpose()?;
    understanding(&train, &test, oos.as_deref(), shots, encoder.as_deref().zip(folder.as_deref()), out)
}

/// Trains on one file and measures on another; with an encoder, if one is named, from a folder of models.
fn understanding(
    train: &Path,
    test: &Path,
    out_of_scope: Option<&Path>,
    shots: Option<usize>,
    encoder: Option<(&str, &Path)>,
    out: Out,
) -> Result<(), Failure> {
    let train = match shots {
        Some(shots) => few_shots(&read(train)?, shots),
        None => read(train)?,
    };
    let test = read(test)?;
    let strange: Vec<String> =
        out_of_scope.map(read).transpose()?.unwrap_or_default().into_iter().map(|(text, _)| text).collect();
    let wanted = encoder.map(|(name, _)| name.to_owned());
    let encoder = encoder.map(|(name, folder)| encoder::named(name, folder)).transpose()?.flatten();
    let name = wanted.filter(|_| encoder.is_some());
    let started = Instant::now();
    let trained = Trained::with_encoder(&train, encoder);
    let train_ms = started.elapsed().as_secs_f64() * 1000.0;
    let started = Instant::now();
    let scores = trained.score(&test, &strange);
    let sentences = (test.len() + strange.len()).max(1) as f64;
    let measured = Measured {
        encoder: name,
        accuracy: scores.accuracy(),
        accepted_accuracy: scores.accepted_accuracy(),
        out_of_scope_recall: scores.out_of_scope_recall(),
        train_ms,
        us_per_sentence: started.elapsed().as_secs_f64() * 1_000_000.0 / sentences,
    };
    print(&measured, out)
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
