//! What the decoder writes down by itself, and whether that is to be believed.

use super::{Decoding, Whisper, tidy};
use crate::audio::SAMPLE_RATE;
use crate::lang::Lang;
use crate::speech::gate::{self, Figures, Thresholds};
use crate::speech::recogniser::{GivenUp, Reason};
use whisper_rs::{FullParams, SamplingStrategy, WhisperError};

/// Frames of 20 ms in the full context of 30 s.
const FULL_CONTEXT: i32 = 1500;
/// The decoder is stopped after so many tokens, and so many for each second: nobody says more, and one that repeats itself goes on
/// for a quarter of a minute otherwise. The quickest of the recorded sentences have a third as many.
const TOKENS_LEAST: usize = 16;
const TOKENS_PER_S: usize = 10;
/// What is decoded at once.
const WINDOW_S: usize = 30;

/// What the decoder wrote.
pub(super) struct Decoded {
    pub text: String,
    pub figures: Figures,
    /// It was stopped: it wrote more than anybody can say.
    stopped: bool,
}

impl Decoded {
    pub fn rejected(&self, thresholds: &Thresholds) -> Option<Reason> {
        gate::reject(&self.text, self.figures, thresholds).or(self.stopped.then_some(Reason::TooManyWords))
    }
}

/// The most tokens for so many samples, in one window.
fn tokens_max(samples: usize) -> usize {
    TOKENS_LEAST + TOKENS_PER_S * samples.div_ceil(SAMPLE_RATE as usize).min(WINDOW_S)
}

/// What every pass of a decoder has in common: it writes down what is said, once, without times.
pub(super) fn parameters<'a>(
    strategy: SamplingStrategy,
    (lang, threads): (Lang, usize),
    given_up: &GivenUp,
) -> FullParams<'a, 'static> {
    let mut params = FullParams::new(strategy);
    params.set_n_threads(i32::try_from(threads).unwrap_or(1));
    params.set_language(Some(lang.code()));
    params.set_translate(false);
    params.set_no_context(true);
    params.set_no_timestamps(true);
    params.set_suppress_blank(true);
    params.set_suppress_nst(true);
    params.set_temperature(0.0);
    // No second tries at higher temperature: they are slow, random, and turn noise into sentences.
    params.set_temperature_inc(0.0);
    params.set_print_special(false);
    params.set_print_progress(false);
    params.set_print_realtime(false);
    params.set_print_timestamps(false);
    let given_up = given_up.clone();
    // The binding takes what it is given for the very type that is named here, and a boxed closure is the one that is right.
    params.set_abort_callback_safe::<_, Box<dyn FnMut() -> bool>>(Some(
        Box::new(move || given_up.is_given_up()) as Box<dyn FnMut() -> bool>
    ));
    params
}

/// What one pass is asked.
#[derive(Clone, Copy)]
pub(super) struct Ask<'a> {
    pub threads: usize,
    pub short: bool,
    pub prompt: &'a [i32],
    pub given_up: &'a GivenUp,
}

/// What was written down of an utterance.
pub(super) struct Written {
    pub decoded: Decoded,
    /// Why it is not to be believed, as far as that is known without asking whether it was speech.
    pub rejected: Option<Reason>,
    /// The decoder still holds what it made of the prompt.
    pub just_now: bool,
}

impl Whisper {
    /// Writes down what is said, with a second try where the first one was too quick.
    pub(super) fn write_down(&mut self, samples: &[f32], lang: Lang, ask: &Ask<'_>) -> Result<Written, WhisperError> {
        let mut decoded = self.decode(samples, lang, ask)?;
        let mut rejected = decoded.rejected(&self.settings.thresholds);
        // With one sentence followed, and in one part, the decoder still holds what it made of the prompt.
        let mut just_now = ask.short && self.settings.decoding == Decoding::Greedy;
        let endless = |rejected: &Option<Reason>| matches!(rejected, Some(Reason::Repeats(_) | Reason::TooManyWords));
        if ask.short && endless(&rejected) {
            just_now = false;
            decoded.figures.no_speech_prob = self.no_speech(ask.threads)?;
            rejected = decoded.rejected(&self.settings.thresholds);
            if endless(&rejected) {
                // The short context was too tight for this one: once more with all of it.
                decoded = self.decode(samples, lang, &Ask { short: false, ..*ask })?;
                rejected = decoded.rejected(&self.settings.thresholds);
            }
        }
        Ok(Written { decoded, rejected, just_now })
    }

    /// One pass of encoder and decoder.
    fn decode(&mut self, samples: &[f32], lang: Lang, ask: &Ask<'_>) -> Result<Decoded, WhisperError> {
        let strategy = match self.settings.decoding {
            Decoding::Greedy => SamplingStrategy::Greedy { best_of: 1 },
            Decoding::Beam(size) => SamplingStrategy::BeamSearch { beam_size: i32::from(size), patience: -1.0 },
        };
        let mut params = parameters(strategy, (lang, ask.threads), ask.given_up);
        params.set_single_segment(ask.short);
        let tokens_max = tokens_max(samples.len());
        params.set_max_tokens(i32::try_from(tokens_max).unwrap_or(i32::MAX));
        params.set_audio_ctx(if ask.short { i32::from(self.settings.short_context) } else { FULL_CONTEXT });
        if !ask.prompt.is_empty() {
            params.set_tokens(ask.prompt);
        }
        self.state.full(params, samples)?;
        Ok(self.collect(lang, tokens_max))
    }

    /// The probability that what was encoded last is no speech, as OpenAI's decoder asks for it: right after the very
    /// first token. (whisper.cpp gives the one after the last token of its prompt, where it is always near zero.)
    pub(super) fn no_speech(&mut self, threads: usize) -> Result<f32, WhisperError> {
        self.state.decode(&[self.context.token_sot()], 0, threads)?;
        let logits = self.state.get_logits()?;
        let index = usize::try_from(self.context.token_nosp()).unwrap_or(usize::MAX);
        let logits = logits.get(..usize::try_from(self.context.n_vocab()).unwrap_or(0)).unwrap_or_default();
        let Some(no_speech) = logits.get(index) else { return Ok(f32::NAN) };
        let largest = logits.iter().copied().fold(f32::MIN, f32::max);
        let sum: f32 = logits.iter().map(|logit| (logit - largest).exp()).sum();
        Ok((no_speech - largest).exp() / sum)
    }

    /// Text and figures of what the state holds, of which no part may have more tokens than so many.
    fn collect(&self, lang: Lang, tokens_max: usize) -> Decoded {
        let end_of_text = self.context.token_eot();
        let mut bytes = Vec::new();
        let (mut sum, mut tokens) = (0.0_f64, 0_u32);
        let mut stopped = false;
        for segment in self.state.as_iter() {
            stopped |= usize::try_from(segment.n_tokens()).is_ok_and(|tokens| tokens >= tokens_max);
            if lang == Lang::En && !bytes.is_empty() {
                bytes.push(b' ');
            }
            for token in (0..segment.n_tokens()).filter_map(|index| segment.get_token(index)) {
                let data = token.token_data();
                if data.id <= end_of_text {
                    sum += f64::from(data.plog);
                    tokens += 1;
                }
                if data.id < end_of_text {
                    // A character of three bytes may be spread over tokens: bytes are joined before they are read.
                    bytes.extend_from_slice(token.to_bytes().unwrap_or_default());
                }
            }
        }
        let avg_logprob = if tokens == 0 { f32::NEG_INFINITY } else { (sum / f64::from(tokens)) as f32 };
        // Whether it was speech is asked last.
        Decoded { text: tidy(&bytes), figures: Figures { no_speech_prob: 0.0, avg_logprob }, stopped }
    }
}
