//! From frames of sound to what an assistant takes in: the recogniser of the configuration, and one turn of listening.

use super::failure::Failure;
use crate::audio::FrameSource;
use crate::consent::Ear;
use crate::lang::Lang;
use crate::speech;
use crate::speech::{Endpointer, Heard as Recognised, Hint, Recogniser, SpeechError, Utterance, hear_turn};
use crate::turn::{Assistant, Conversation, Heard};
use crate::understanding::Reading;
use std::collections::BTreeMap;
use std::time::Instant;

/// A recogniser that is ready, with the words that each language is likely to hear.
pub struct Ears {
    recogniser: Box<dyn Recogniser>,
    vocabulary: BTreeMap<Lang, Vec<String>>,
    expectation: bool,
}

impl Ears {
    /// Ears that know the words of an assistant's dialogs.
    #[must_use]
    pub fn new(recogniser: Box<dyn Recogniser>, assistant: &Assistant, expectation: bool) -> Self {
        let vocabulary = Lang::ALL.map(|lang| (lang, assistant.vocabulary(lang)));
        Ears { recogniser, vocabulary: vocabulary.into(), expectation }
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
    pub fn recognise(
        &mut self,
        utterance: &Utterance,
        (assistant, conversation): (&Assistant, &Conversation),
    ) -> Result<Heard, Failure> {
        let started = Instant::now();
        // In the middle of a flow nobody changes the language by accident; a short answer may sound as if.
        let in_flow = conversation.awaiting().is_some().then(|| conversation.lang());
        let lang = conversation.fixed_lang().or(in_flow);
        let expect = Some(assistant.expecting(conversation, self.expectation));
        let hint = Hint { lang, vocabulary: self.vocabulary.clone(), expect };
        let heard = self.recogniser.transcribe(utterance, &hint).map_err(speech_failure)?;
        let hear_ms = Some((started.elapsed().as_secs_f64() * 1_000_000.0).round() / 1000.0);
        Ok(match heard {
            Recognised::Words(transcript) => Heard {
                ear: Some(Ear { yes_milli: transcript.yes_milli, voiced_ms: transcript.voiced_ms }),
                text: transcript.text,
                lang: Some(transcript.lang),
                hear_ms,
                readings: transcript.readings.into_iter().map(reading).collect(),
            },
            Recognised::Nothing { reason, .. } => {
                tracing::info!("took no words: {reason}");
                Heard { hear_ms, ..Heard::default() }
            }
        })
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
