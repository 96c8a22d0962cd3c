//! Another network that hears a yes: what moves money has to convince it too. It hears nothing else, so it is small: its weights stay
//! loaded, and what it computes with is held only while it listens.

use super::answering::{Encoded, Sound, Spelling, Weighed};
use super::opening::{load_context, vocabulary};
use super::parameters;
use crate::speech::error::SpeechError;
use crate::speech::expect::{Answers, Expect};
use crate::speech::vocabulary::Vocabulary;
use std::path::Path;
use whisper_rs::{SamplingStrategy, WhisperContext, WhisperError};

/// Frames of 20 ms that the encoder looks at: as many as the recogniser's own network looks at for a short utterance. With 768 it
/// told answers apart no better.
const CONTEXT: i32 = 512;

/// A network beside the recogniser's own, loaded.
pub struct SecondNetwork {
    context: WhisperContext,
    vocabulary: Vocabulary,
    spelling: Spelling,
}

impl SecondNetwork {
    /// Loads a ggml model.
    ///
    /// # Errors
    /// A sentence when the file is missing, cut off, or another kind of file.
    pub fn new(weights: &Path) -> Result<Self, SpeechError> {
        let context = load_context(weights)?;
        Ok(SecondNetwork { vocabulary: vocabulary(&context), context, spelling: Spelling::default() })
    }

    /// How likely a yes is in a sound, among all answers, strange words and silence, in thousandths.
    pub(super) fn yes_milli(
        &mut self,
        sound: &Sound<'_>,
        heard: &str,
        (answers, expect): (&Answers, &dyn Expect),
    ) -> Result<u16, SpeechError> {
        let SecondNetwork { context, vocabulary, spelling } = self;
        let spelled = spelling.of(vocabulary, sound.lang, answers);
        let weighed = || -> Result<Weighed, WhisperError> {
            // A new one takes some twenty milliseconds, and gives its memory back.
            let mut state = context.create_state()?;
            let greedy = SamplingStrategy::Greedy { best_of: 1 };
            let mut params = parameters(greedy, (sound.lang, sound.threads), sound.given_up);
            params.set_audio_ctx(CONTEXT);
            params.set_single_segment(true);
            // The sound is to be encoded; what is to be written down is asked for afterwards.
            params.set_max_tokens(1);
            state.full(params, sound.samples)?;
            Encoded { context, state: &mut state, vocabulary, lang: sound.lang, threads: sound.threads }
                .weigh(heard, spelled, expect)
        };
        let Weighed { yes_milli: milli, own } = weighed().map_err(|why| sound.failed(&why))?;
        tracing::debug!(own, milli, "the second network");
        Ok(milli)
    }
}
