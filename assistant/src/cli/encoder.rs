//! The sentence encoder that was asked for, with its weights checked; without them the n-grams do alone, and that is said.

use super::failure::Failure;
use super::out::remark;
use super::places::Places;
use crate::config::{Config, EncoderChoice};
use crate::encoder::{Kept, MINILM, MiniLm};
use crate::models::{Manifest, ModelError, locate};
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
    let folder = places.models(config.speech.models_dir.as_deref());
    let Some((encoder, weights)) = load(name(choice), &folder)? else { return Ok(None) };
    // Another version of the program may reckon a little differently.
    let weights = format!("{weights} {}", env!("CARGO_PKG_VERSION"));
    Ok(Some(Arc::new(Kept::new(encoder, &weights, places.points()))))
}

/// The encoder of that name, from the models in `folder`. It keeps nothing.
pub fn named(wanted: &str, folder: &Path) -> Result<Option<Arc<dyn SentenceEncoder>>, Failure> {
    Ok(load(wanted, folder)?.map(|(encoder, _)| -> Arc<dyn SentenceEncoder> { Arc::new(encoder) }))
}

/// The encoder of that name and the digest of its weights. If they are not on this machine, a remark says so.
fn load(wanted: &str, folder: &Path) -> Result<Option<(MiniLm, String)>, Failure> {
    if wanted != MINILM {
        return Err(Failure::usage(format!("there is no encoder `{wanted}`; there is `{MINILM}`")));
    }
    match locate(wanted, folder) {
        Ok(path) => {
            let encoder = MiniLm::load(&path).map_err(Failure::usage)?;
            let weights = Manifest::builtin().and_then(|all| Ok(all.model(wanted)?.sha256.clone()));
            Ok(Some((encoder, weights.map_err(Failure::usage)?)))
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
