//! Whisper, through whisper.cpp: the model is loaded once and its state is used again for every utterance.

mod answering;
mod expecting;
mod opening;
mod second_network;
mod writing;

pub use second_network::SecondNetwork;

use super::endpoint::Utterance;
use super::error::SpeechError;
use super::expect::Reading;
use super::gate::Thresholds;
use super::prompt;
use super::recogniser::{Heard, Hint, Reason, Recogniser, Transcript};
use super::silero::Silero;
use super::threads;
use super::vocabulary::Vocabulary;
use crate::audio::SAMPLE_RATE;
use crate::lang::Lang;
use answering::{Sound, Spelling};
use opening::{broken, load_context, vocabulary};
use std::path::Path;
use std::time::Instant;
use whisper_rs::{FullParams, SamplingStrategy, WhisperContext, WhisperError, WhisperState, get_lang_id};
use writing::{Ask, Written, parameters};

/// How the decoder looks for words.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Decoding {
    /// The likeliest token each time.
    Greedy,
    /// The likeliest of so many sentences that are followed at once.
    Beam(u8),
}

/// How Whisper listens. The default is what measured best for short utterances on small machines.
#[derive(Clone, Debug, PartialEq)]
pub struct WhisperSettings {
    /// How it looks for words.
    pub decoding: Decoding,
    /// Frames of 20 ms that the encoder looks at for a short utterance. Whisper's own is 1500 (30 s), whatever the
    /// utterance's length. Too few make it repeat itself.
    pub short_context: u16,
    /// The longest utterance that counts as short, in milliseconds.
    pub short_ms: u64,
    /// Threads; `None` takes as many as there are idle cores.
    pub threads: Option<u8>,
    /// Whether the hint's vocabulary is used.
    pub prompted: bool,
    /// When its own figures mean that nothing was said.
    pub thresholds: Thresholds,
    /// The least that the second gate must find voiced, in milliseconds.
    pub second_look_ms: u32,
}

impl Default for WhisperSettings {
    fn default() -> Self {
        Self {
            decoding: Decoding::Greedy,
            short_context: 512,
            short_ms: 6_000,
            threads: None,
            prompted: true,
            thresholds: Thresholds::default(),
            second_look_ms: 96,
        }
    }
}

/// Whisper refuses less than a second; silence is put behind a shorter utterance.
const LEAST_SAMPLES: usize = SAMPLE_RATE as usize * 11 / 10;
/// Half of whisper's text context: it takes no longer prompt.
const PROMPT_TOKENS_MAX: usize = 223;

/// A loaded Whisper model.
pub struct Whisper {
    context: WhisperContext,
    state: WhisperState,
    vocabulary: Vocabulary,
    spelling: Spelling,
    second_gate: Option<Silero>,
    second_network: Option<SecondNetwork>,
    settings: WhisperSettings,
    name: String,
}

impl Whisper {
    /// Loads a ggml model, and the second gate's where there is one.
    ///
    /// # Errors
    /// A sentence when a file is missing, cut off, or another kind of file.
    pub fn load(model: &Path, silero: Option<&Path>, settings: WhisperSettings) -> Result<Self, SpeechError> {
        let context = load_context(model)?;
        let state = context.create_state().map_err(|why| broken(model, &why.to_string()))?;
        let vocabulary = vocabulary(&context);
        let second_gate = silero.map(Silero::load).transpose()?;
        let name = model.file_stem().map(|stem| stem.to_string_lossy().into_owned()).unwrap_or_default();
        let spelling = Spelling::default();
        Ok(Self { context, state, vocabulary, spelling, second_gate, second_network: None, settings, name })
    }

    /// Lets another network hear each yes that moves money too; it counts as surely as the less sure of both heard it.
    #[must_use]
    pub fn with_second_network(self, network: SecondNetwork) -> Self {
        Self { second_network: Some(network), ..self }
    }

    /// How it listens.
    #[must_use]
    pub fn settings(&self) -> &WhisperSettings {
        &self.settings
    }

    /// Changes how it listens from the next utterance on.
    pub fn set_settings(&mut self, settings: WhisperSettings) {
        self.settings = settings;
    }

    /// Which of our languages the samples are in.
    fn detect(&mut self, samples: &[f32], threads: usize) -> Result<Lang, WhisperError> {
        // Only a run sets how far the encoder looks; this one ends before it. A look at 30 s takes 90 MB for ever.
        let mut params = FullParams::new(SamplingStrategy::Greedy { best_of: 1 });
        params.set_n_threads(i32::try_from(threads).unwrap_or(1));
        params.set_language(Some(Lang::En.code()));
        params.set_audio_ctx(i32::from(self.settings.short_context));
        params.set_duration_ms(100);
        params.set_print_progress(false);
        self.state.full(params, samples)?;
        let (_, probabilities) = self.state.lang_detect(0, threads)?;
        let probability = |lang: Lang| {
            let id = get_lang_id(lang.code()).and_then(|id| usize::try_from(id).ok());
            id.and_then(|id| probabilities.get(id)).copied().unwrap_or(0.0)
        };
        Ok(Lang::ALL.into_iter().max_by(|a, b| probability(*a).total_cmp(&probability(*b))).unwrap_or(Lang::En))
    }

    /// The prompt as tokens.
    fn prompt_tokens(&self, lang: Lang, hint: &Hint) -> Vec<i32> {
        if !self.settings.prompted {
            return Vec::new();
        }
        let text = prompt::prompt(lang, hint.words(lang));
        if text.is_empty() {
            return Vec::new();
        }
        // whisper.cpp tokenises a prompt with a space before it, as a sentence in running text has.
        let text = format!(" {text}");
        // A token is a byte or more. With room for fewer tokens than there are, the binding would make a vector of
        // a length that it does not have.
        let mut tokens = self.context.tokenize(&text, text.len()).unwrap_or_default();
        // What stands last weighs most, so the beginning goes.
        tokens.drain(..tokens.len().saturating_sub(PROMPT_TOKENS_MAX));
        tokens
    }
}

impl Recogniser for Whisper {
    fn name(&self) -> &str {
        &self.name
    }

    fn transcribe(&mut self, utterance: &Utterance, hint: &Hint) -> Result<Heard, SpeechError> {
        let heard = self.recognise(utterance, hint);
        // What was given up in the middle fails.
        if hint.given_up.is_given_up() {
            return Ok(Heard::Nothing { reason: Reason::GivenUp, took_ms: 0 });
        }
        heard
    }
}

impl Whisper {
    /// The words of an utterance, or why there are none. Stops with any outcome when it is given up.
    fn recognise(&mut self, utterance: &Utterance, hint: &Hint) -> Result<Heard, SpeechError> {
        let started = Instant::now();
        let took_ms = || u64::try_from(started.elapsed().as_millis()).unwrap_or(u64::MAX);
        let nothing = |reason| Ok(Heard::Nothing { reason, took_ms: took_ms() });
        if utterance.samples.is_empty() {
            return nothing(Reason::NoVoice);
        }
        if let Some(gate) = &mut self.second_gate
            && gate.voiced_ms(&utterance.samples)? < self.settings.second_look_ms
        {
            return nothing(Reason::NoVoiceSecondLook);
        }
        let duration_ms = utterance.duration_ms();
        let fail = |why: WhisperError| SpeechError::Recognition { ms: duration_ms, why: why.to_string() };
        let threads = self.settings.threads.map_or_else(threads::for_now, |count| usize::from(count.max(1)));
        let mut samples = utterance.samples.clone();
        samples.resize(samples.len().max(LEAST_SAMPLES), 0.0);
        let lang = match hint.lang {
            Some(lang) => lang,
            None => self.detect(&samples, threads).map_err(fail)?,
        };
        let prompt = self.prompt_tokens(lang, hint);
        let short = duration_ms <= self.settings.short_ms;
        let ask = Ask { threads, short, prompt: &prompt, given_up: &hint.given_up };
        let Written { mut decoded, rejected, just_now } = self.write_down(&samples, lang, &ask).map_err(fail)?;
        let took = took_ms();
        let stop = |rejected: Option<Reason>| rejected.or(hint.given_up.is_given_up().then_some(Reason::GivenUp));
        if let Some(reason) = stop(rejected) {
            tracing::debug!(text = decoded.text, figures = ?decoded.figures, threads, took, "whisper");
            return nothing(reason);
        }
        // A long utterance was encoded in parts, of which only the last one is still there.
        let (mut readings, mut yes_milli) = (Vec::new(), None);
        let expect = hint.expect.as_ref().filter(|_| short);
        if let Some(expect) = expect {
            let told = (lang, &prompt[..], just_now);
            readings = self.reread(&decoded.text, told, expect.as_ref(), threads).map_err(fail)?;
        }
        // The decoder has to forget all of that for this one.
        decoded.figures.no_speech_prob = self.no_speech(threads).map_err(fail)?;
        let reread = took_ms();
        tracing::debug!(text = decoded.text, figures = ?decoded.figures, readings = readings.len(), threads, took, reread, "whisper");
        if let Some(reason) = stop(decoded.rejected(&self.settings.thresholds)) {
            return nothing(reason);
        }
        if let Some(expect) = expect {
            let sound = Sound { samples: &samples, lang, threads, duration_ms, given_up: &hint.given_up };
            yes_milli = self.second_listener(&decoded.text, &sound, expect.as_ref())?;
        }
        if readings.is_empty() {
            readings.push(Reading::sure(&decoded.text));
        }
        Ok(Heard::Words(Transcript {
            text: readings.first().map(|best| best.text.clone()).unwrap_or_default(),
            free: decoded.text,
            readings,
            yes_milli,
            lang,
            figures: decoded.figures,
            duration_ms,
            voiced_ms: utterance.voiced_ms,
            voice: None,
            took_ms: took_ms(),
        }))
    }
}

/// The bytes as text: without broken characters, with single spaces, trimmed.
fn tidy(bytes: &[u8]) -> String {
    let text = String::from_utf8_lossy(bytes).replace(char::REPLACEMENT_CHARACTER, "");
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    // After a Chinese character it takes a full stop for a wide nought now and then.
    match text.strip_suffix('０') {
        Some(rest) if rest.ends_with(|c: char| !c.is_ascii() && c.is_alphabetic()) => format!("{rest}。"),
        _ => text,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tidies_what_the_decoder_wrote() {
        assert_eq!(tidy(b"  Pay  the\nbill. "), "Pay the bill.");
        assert_eq!(tidy("交电费。".as_bytes()), "交电费。");
        assert_eq!(tidy("对没问题０".as_bytes()), "对没问题。");
        assert_eq!(tidy("5０".as_bytes()), "5０");
        assert_eq!(tidy(&[0xe4, 0xba, 0xa4, 0xe7, 0x94]), "交", "a character that was cut off is dropped");
    }
}
