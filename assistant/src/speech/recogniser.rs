//! What a recogniser is asked and what it answers.

use super::endpoint::{Endpointer, Utterance, hear_turn};
use super::error::SpeechError;
use super::expect::{Expect, Reading};
use super::gate::Figures;
use super::speaker::{VoiceOf, Witnessing};
use crate::audio::FrameSource;
use crate::lang::Lang;
use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// What is known beforehand about an utterance.
#[derive(Clone, Debug, Default)]
pub struct Hint {
    /// Its language, or `None` to find out.
    pub lang: Option<Lang>,
    /// Words that are likely to be said in each language: payees, providers, words of the flow. Words of consent are
    /// stripped.
    pub vocabulary: BTreeMap<Lang, Vec<String>>,
    /// What the conversation knows about it; without, it is only written down freely.
    pub expect: Option<Arc<dyn Expect>>,
    /// What is asked about whose voice it is.
    pub witnessing: Witnessing,
    /// Whether anybody still wants to know.
    pub given_up: GivenUp,
}

/// Whether what is being recognised is wanted no more. Copies are of one and the same.
#[derive(Clone, Debug, Default)]
pub struct GivenUp(Arc<AtomicBool>);

impl GivenUp {
    /// From now on it is.
    pub fn give_up(&self) {
        self.0.store(true, Ordering::Relaxed);
    }

    /// True once it is.
    #[must_use]
    pub fn is_given_up(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }
}

impl Hint {
    /// A hint of a language, and of words that are likely in whichever it is.
    #[must_use]
    pub fn new(lang: Option<Lang>, words: Vec<String>) -> Self {
        Self {
            lang,
            vocabulary: Lang::ALL.map(|each| (each, words.clone())).into(),
            expect: None,
            witnessing: Witnessing::No,
            given_up: GivenUp::default(),
        }
    }

    /// The words that are likely in a language.
    #[must_use]
    pub fn words(&self, lang: Lang) -> &[String] {
        self.vocabulary.get(&lang).map(Vec::as_slice).unwrap_or_default()
    }
}

/// What was said, and how sure the recogniser is of it.
#[derive(Clone, Debug, PartialEq)]
pub struct Transcript {
    /// The words, trimmed: the likeliest of [`Transcript::readings`].
    pub text: String,
    /// What the recogniser wrote down freely.
    pub free: String,
    /// What may have been said, the likeliest first; one at least.
    pub readings: Vec<Reading>,
    /// How likely a second listener, who knows only answers, holds one that agrees, in thousandths, from
    /// [`crate::speech::SURE_YES_MILLI`] on at least; `None` where it was not asked.
    pub yes_milli: Option<u16>,
    /// How like the voice is to the one that was to be heard; `None` where nobody compared it.
    pub voice: Option<VoiceOf>,
    /// The language, as told or as found out.
    pub lang: Lang,
    /// The recogniser's own figures.
    pub figures: Figures,
    /// Length of the sound in milliseconds.
    pub duration_ms: u64,
    /// How much of it was voiced, in milliseconds.
    pub voiced_ms: u32,
    /// How long recognition took, in milliseconds.
    pub took_ms: u64,
}

/// The end of a turn of listening.
#[derive(Clone, Debug, PartialEq)]
pub enum Heard {
    /// Somebody said something.
    Words(Transcript),
    /// Nobody said anything that could be taken for words.
    Nothing {
        /// Which gate closed.
        reason: Reason,
        /// How long it took to find out, in milliseconds.
        took_ms: u64,
    },
}

impl Heard {
    /// What was said, if anything.
    #[must_use]
    pub fn transcript(&self) -> Option<&Transcript> {
        match self {
            Heard::Words(transcript) => Some(transcript),
            Heard::Nothing { .. } => None,
        }
    }
}

/// Why a sound was not taken for words.
#[derive(Clone, Debug, PartialEq)]
pub enum Reason {
    /// The first gate: no or too little voice.
    NoVoice,
    /// The second gate (Silero) found no voice in what the first had let through.
    NoVoiceSecondLook,
    /// The recogniser holds it for no speech, with this probability (0 to 1).
    NoSpeech(f32),
    /// The recogniser guessed: this is its mean log-probability for each token.
    Unsure(f32),
    /// The recogniser repeated itself; this is how many times its text could be compressed.
    Repeats(f32),
    /// The recogniser wrote more than anybody can say in that time, and was stopped.
    TooManyWords,
    /// Nothing but marks: a note, a bracket, punctuation.
    NoWords,
    /// Nobody wanted to know any more.
    GivenUp,
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Reason::NoVoice => f.write_str("no voice"),
            Reason::NoVoiceSecondLook => f.write_str("no voice on a second look"),
            Reason::NoSpeech(p) => write!(f, "no speech (probability {p:.2})"),
            Reason::Unsure(p) => write!(f, "not understood (log-probability {p:.2})"),
            Reason::Repeats(ratio) => write!(f, "the recogniser repeated itself ({ratio:.1} times)"),
            Reason::TooManyWords => f.write_str("more words than can be said in that time"),
            Reason::NoWords => f.write_str("no words"),
            Reason::GivenUp => f.write_str("wanted no more"),
        }
    }
}

/// Whatever turns utterances into words.
pub trait Recogniser: Send {
    /// A name for logs and reports.
    fn name(&self) -> &str;

    /// The words of an utterance, or why there are none.
    ///
    /// # Errors
    /// When the recogniser itself fails; not when nothing was said.
    fn transcribe(&mut self, utterance: &Utterance, hint: &Hint) -> Result<Heard, SpeechError>;
}

/// One turn of listening: frames from `source` through the endpointer to the recogniser.
///
/// # Errors
/// When the source or the recogniser fails.
pub fn listen(
    source: &mut dyn FrameSource,
    endpointer: &mut Endpointer,
    recogniser: &mut dyn Recogniser,
    hint: &Hint,
) -> Result<Heard, SpeechError> {
    match hear_turn(source, endpointer)? {
        Some(utterance) => recogniser.transcribe(&utterance, hint),
        None => Ok(Heard::Nothing { reason: Reason::NoVoice, took_ms: 0 }),
    }
}
