//! The sentence encoder that was asked for, with its weights checked; without them the n-grams do alone, and that is said.

use super::failure::Failure;
use super::out::remark;
use super::places::Places;
use crate::config::{Config, EncoderChoice};
use crate::encoder::{MINILM, MiniLm};
use crate::models::{ModelError, locate};
use crate::understanding::SentenceEncoder;
use std::path::Path;
use std::sync::Arc;

/// The name in the manifest.
fn name(choice: EncoderChoice) -> &'static str {
    match choice {
        EncoderChoice::MiniLm => MINILM,
    }
}

/// The configured encoder. If its weights are not on this machine, a remark says so and there is none.
pub fn configured(places: &Places, config: &Config) -> Result<Option<Arc<dyn SentenceEncoder>>, Failure> {
    let Some(choice) = config.encoder else { return Ok(None) };
    named(name(choice), &places.models(config.speech.models_dir.as_deref()))
}

/// The encoder of that name, from the models in `folder`.
pub fn named(wanted: &str, folder: &Path) -> Result<Option<Arc<dyn SentenceEncoder>>, Failure> {
    if wanted != MINILM {
        return Err(Failure::usage(format!("there is no encoder `{wanted}`; there is `{MINILM}`")));
    }
    match locate(wanted, folder) {
        Ok(path) => {
            let encoder = MiniLm::load(&path).map_err(Failure::usage)?;
            Ok(Some(Arc::new(encoder)))
        }
        Err(missing @ ModelError::Missing { .. }) => {
            remark(&format!("{missing}. Without it, sentences are told apart by their words alone."));
            Ok(None)
        }
        Err(wrong) => Err(Failure::usage(wrong)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn without_its_weights_there_is_none_and_damaged_ones_are_refused() {
        let folder = tempfile::tempdir().unwrap();
        assert!(named(MINILM, folder.path()).unwrap().is_none());
        std::fs::write(folder.path().join("all-minilm-l6-v2-int8.onnx"), b"half a file").unwrap();
        assert!(named(MINILM, folder.path()).is_err());
        assert!(named("minilm", folder.path()).is_err(), "no such name");
    }
}
