//! From frames of sound to what an assistant takes in: the recogniser of the configuration, and one turn of listening.

use super::failure::Failure;
use crate::audio::FrameSource;
use crate::consent::{Ear, Likeness};
use crate::lang::Lang;
use crate::speech;
use crate::speech::speaker::VoiceOf;
#[cfg(feature = "voice")]
use crate::speech::{Awaited, Background};
use crate::speech::{Endpointer, Heard as Recognised, Hint, Recogniser, SpeechError, Utterance, hear_turn};
use crate::turn::{Assistant, Conversation, Heard};
use crate::understanding::Reading;
use std::collections::BTreeMap;
use std::time::Instant;

/// A recogniser that is ready, with the words that each language is likely to hear.
pub struct Ears {
    recogniser: Box<dyn Recogniser>,
    knowing: Knowing,
}

/// What a recogniser is told beforehand.
pub struct Knowing {
    vocabulary: BTreeMap<Lang, Vec<String>>,
    expectation: bool,
}

impl Ears {
    /// Ears that know the words of an assistant's dialogs.
    #[must_use]
    pub fn new(recogniser: Box<dyn Recogniser>, assistant: &Assistant, expectation: bool) -> Self {
        let vocabulary = Lang::ALL.map(|lang| (lang, assistant.vocabulary(lang)));
        Ears { recogniser, knowing: Knowing { vocabulary: vocabulary.into(), expectation } }
    }

    /// The same ears, that recognise on a thread of their own.
    #[cfg(feature = "voice")]
    pub fn in_background(self) -> Result<(Background, Knowing), Failure> {
        Ok((Background::start(self.recogniser).map_err(speech_failure)?, self.knowing))
    }

    /// One turn: listens to `source` until the utterance has ended, and recognises it.
    pub fn turn(
        &mut self,
        source: &mut dyn FrameSource,
        endpointer: &mut Endpointer,
        (assistant, conversation): (&Assistant, &Conversation),
    ) -> Result<Heard, Failure> {
        match hear_turn(source, endpointer).map_err(Failure::failed)? {
            Some(utterance) => self.recognise(&utterance, (assistant, conversation)),
            None => Ok(Heard { hear_ms: Some(0.0), ..Heard::default() }),
        }
    }

    /// The words of one utterance, in the language of the conversation or in the one that is detected.
    fn recognise(
        &mut self,
        utterance: &Utterance,
        (assistant, conversation): (&Assistant, &Conversation),
    ) -> Result<Heard, Failure> {
        let started = Instant::now();
        let hint = self.knowing.hint((assistant, conversation));
        let heard = self.recogniser.transcribe(utterance, &hint).map_err(speech_failure)?;
        Ok(taken_in(heard, started))
    }
}

impl Knowing {
    /// What is known about the next utterance of a conversation.
    pub fn hint(&self, (assistant, conversation): (&Assistant, &Conversation)) -> Hint {
        // In the middle of a flow nobody changes the language by accident; a short answer may sound as if.
        let in_flow = conversation.awaiting().is_some().then(|| conversation.lang());
        let lang = conversation.fixed_lang().or(in_flow);
        let expect = Some(assistant.expecting(conversation, self.expectation));
        let witnessing = conversation.witnessing();
        Hint { lang, vocabulary: self.vocabulary.clone(), expect, witnessing, ..Hint::default() }
    }

    /// What kind of answer the conversation waits for.
    #[cfg(feature = "voice")]
    pub fn awaited(&self, (assistant, conversation): (&Assistant, &Conversation)) -> Awaited {
        assistant.expecting(conversation, self.expectation).awaited()
    }
}

/// What was recognised, as an assistant takes it in. It was waited for since `started`.
pub fn taken_in(heard: Recognised, started: Instant) -> Heard {
    let hear_ms = Some((started.elapsed().as_secs_f64() * 1_000_000.0).round() / 1000.0);
    match heard {
        Recognised::Words(transcript) => Heard {
            ear: Some(Ear {
                yes_milli: transcript.yes_milli,
                voiced_ms: transcript.voiced_ms,
                likeness: transcript.voice.and_then(likeness),
            }),
            text: transcript.text,
            lang: Some(transcript.lang),
            hear_ms,
            readings: transcript.readings.into_iter().map(reading).collect(),
        },
        Recognised::Nothing { reason, .. } => {
            tracing::info!("took no words: {reason}");
            Heard { hear_ms, ..Heard::default() }
        }
    }
}

/// How like a voice was, as consent takes it.
fn likeness(voice: VoiceOf) -> Option<Likeness> {
    match voice {
        VoiceOf::TooLittle => None,
        VoiceOf::Like { together_milli, alone_milli } => Some(Likeness { together_milli, alone_milli }),
    }
}

/// A reading of the recogniser as understanding takes it.
pub fn reading(reading: speech::Reading) -> Reading {
    Reading { text: reading.text, probability_milli: reading.probability_milli }
}

/// A failure of ears or voice as the end of a command.
pub fn speech_failure(wrong: SpeechError) -> Failure {
    Failure::usage(wrong)
}
