//! What can go wrong between sound and words, as sentences that say what to do.

use crate::audio::AudioError;
use std::path::PathBuf;
use thiserror::Error;

/// A failure of recognition or synthesis. Its text is fit to be shown to a person.
#[derive(Debug, Error)]
pub enum SpeechError {
    /// The sound itself could not be had.
    #[error(transparent)]
    Audio(#[from] AudioError),
    /// There is no model file at that place.
    #[error("the speech model {} is missing. Get it with: sayso models fetch {}", path.display(), name_of(path))]
    ModelMissing {
        /// Where it was expected.
        path: PathBuf,
    },
    /// The model file is not what it should be.
    #[error("the speech model {} can't be used: {why}. Get it again with: sayso models fetch {}", path.display(), name_of(path))]
    ModelBroken {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        why: String,
    },
    /// The recogniser gave up on an utterance.
    #[error(
        "the recogniser failed on {ms} ms of sound: {why}. Say it again; if it keeps failing, `sayso models fetch` with its name looks at its weights."
    )]
    Recognition {
        /// Length of the sound in milliseconds.
        ms: u64,
        /// What it said.
        why: String,
    },
    /// A file of the natural voice is not what it should be.
    #[error(
        "the voice file {} can't be used: {why}. Get what belongs to the natural voice again with \
         `sayso models fetch kokoro-82m-fp16`, or set `voice: espeak-ng` under `speech`.", path.display()
    )]
    VoiceBroken {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        why: String,
    },
    /// A program that speaks is not installed.
    #[error("the program `{program}` is not installed, so nothing can be spoken. {hint}")]
    ProgramMissing {
        /// Its name.
        program: String,
        /// How to get it, or go on without.
        hint: String,
    },
    /// A voice failed.
    #[error("the voice {voice} failed: {why}. {hint}")]
    Voice {
        /// Which one.
        voice: String,
        /// What it said.
        why: String,
        /// How to go on.
        hint: String,
    },
}

/// The model's name as `sayso models` knows it: the file's name without its family and ending.
fn name_of(path: &std::path::Path) -> String {
    let stem = path.file_stem().map(|stem| stem.to_string_lossy().into_owned()).unwrap_or_default();
    match stem.strip_prefix("ggml-") {
        Some(rest) if rest.starts_with("silero") => "silero-vad".to_owned(),
        Some(rest) => format!("whisper-{rest}"),
        None => stem,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_missing_model_names_the_command_that_fetches_it() {
        let path = PathBuf::from("/models/ggml-base-q8_0.bin");
        let text = SpeechError::ModelMissing { path }.to_string();
        assert!(text.contains("sayso models fetch whisper-base-q8_0"), "{text}");
        assert_eq!(name_of(std::path::Path::new("ggml-silero-v6.2.0.bin")), "silero-vad");
    }
}
