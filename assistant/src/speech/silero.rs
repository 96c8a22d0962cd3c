//! The second gate: Silero's voice detector, run by whisper.cpp.

use super::error::SpeechError;
use super::weights;
use std::path::{Path, PathBuf};
use whisper_rs::{WhisperVadContext, WhisperVadContextParams};

/// A frame of 32 ms with at least this probability is voice.
const THRESHOLD: f32 = 0.5;
/// Length of the detector's frames in milliseconds.
const FRAME_MS: u32 = 32;

/// A voice detector that looks at a whole utterance.
pub struct Silero {
    context: WhisperVadContext,
    path: PathBuf,
}

impl Silero {
    /// Loads the detector's weights.
    ///
    /// # Errors
    /// A sentence when the file is missing or is another one.
    pub fn load(path: &Path) -> Result<Self, SpeechError> {
        weights::check_magic(path)?;
        whisper_rs::install_logging_hooks();
        let broken = |why: &str| SpeechError::ModelBroken { path: path.to_owned(), why: why.to_owned() };
        let name = path.to_str().filter(|name| !name.contains('\0'));
        let name = name.ok_or_else(|| broken("its path has characters that can't be passed on"))?;
        let mut params = WhisperVadContextParams::default();
        params.set_n_threads(1);
        let context = WhisperVadContext::new(name, params).map_err(|_| broken("it is not a voice detector"))?;
        Ok(Self { context, path: path.to_owned() })
    }

    /// How much of these 16 kHz samples is voice, in milliseconds.
    ///
    /// # Errors
    /// When the detector itself fails.
    pub fn voiced_ms(&mut self, samples: &[f32]) -> Result<u32, SpeechError> {
        if samples.is_empty() {
            return Ok(0);
        }
        self.context
            .detect_speech(samples)
            .map_err(|why| SpeechError::ModelBroken { path: self.path.clone(), why: why.to_string() })?;
        let voiced = self.context.probabilities().iter().filter(|p| **p >= THRESHOLD).count();
        Ok(u32::try_from(voiced).unwrap_or(u32::MAX).saturating_mul(FRAME_MS))
    }
}
