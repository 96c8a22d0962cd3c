//! Another network that hears a yes: what moves money has to convince it too. It hears nothing else, so it is small, and memory is
//! held for it only while it listens.

use super::answering::{Encoded, Sound, Weighed};
use super::{load_context, parameters};
use crate::speech::error::SpeechError;
use crate::speech::expect::{self, Answers, Expect};
use std::path::{Path, PathBuf};
use whisper_rs::{SamplingStrategy, WhisperError};

/// Frames of 20 ms that the encoder looks at. Small networks repeat themselves with fewer.
const CONTEXT: i32 = 768;

/// A network beside the recogniser's own. It is loaded for each yes that is to be heard: that takes some fifty milliseconds, and a
/// conversation has few of them.
#[derive(Debug)]
pub struct SecondNetwork {
    weights: PathBuf,
}

impl SecondNetwork {
    /// A ggml model, which is loaded once to see that it can be.
    ///
    /// # Errors
    /// A sentence when the file is missing, cut off, or another kind of file.
    pub fn new(weights: &Path) -> Result<Self, SpeechError> {
        load_context(weights)?;
        Ok(SecondNetwork { weights: weights.to_owned() })
    }

    /// How likely a yes is in a sound, among all answers, strange words and silence, in thousandths.
    pub(super) fn yes_milli(
        &self,
        sound: &Sound<'_>,
        heard: &str,
        (answers, expect): (&Answers, &dyn Expect),
    ) -> Result<u16, SpeechError> {
        let context = load_context(&self.weights)?;
        let weighed = || -> Result<Weighed, WhisperError> {
            let mut state = context.create_state()?;
            let greedy = SamplingStrategy::Greedy { best_of: 1 };
            let mut params = parameters(greedy, (sound.lang, sound.threads), sound.given_up);
            params.set_audio_ctx(CONTEXT);
            params.set_single_segment(true);
            // The sound is to be encoded; what is to be written down is asked for afterwards.
            params.set_max_tokens(1);
            state.full(params, sound.samples)?;
            Encoded { context: &context, state: &mut state, lang: sound.lang, threads: sound.threads }
                .weigh(heard, answers, expect)
        };
        let Weighed { yes, other, own } = weighed().map_err(|why| sound.failed(&why))?;
        let milli = expect::yes_milli(&yes, &other);
        tracing::debug!(own, milli, "the second network");
        Ok(milli)
    }
}
