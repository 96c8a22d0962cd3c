//! A network's file, opened.

use crate::speech::error::SpeechError;
use crate::speech::vocabulary::Vocabulary;
use crate::speech::weights;
use std::path::Path;
use whisper_rs::{WhisperContext, WhisperContextParameters};

/// Loads a model of many languages, after a look at its structure.
pub(super) fn load_context(model: &Path) -> Result<WhisperContext, SpeechError> {
    weights::check_whisper(model)?;
    whisper_rs::install_logging_hooks();
    let mut params = WhisperContextParameters::new();
    params.use_gpu(false);
    let context = WhisperContext::new_with_params(model, params).map_err(|why| broken(model, &why.to_string()))?;
    match context.is_multilingual() {
        true => Ok(context),
        false => Err(broken(model, "it knows only one language")),
    }
}

/// The tokens of which texts are made.
pub(super) fn vocabulary(context: &WhisperContext) -> Vocabulary {
    let token = |number| Some((number, context.token_to_bytes(number).ok()?.to_vec()));
    Vocabulary::new((0..context.token_eot()).filter_map(token))
}

/// A model that can't be used.
pub(super) fn broken(model: &Path, why: &str) -> SpeechError {
    SpeechError::ModelBroken { path: model.to_owned(), why: why.to_owned() }
}
