//! A recogniser with a witness beside it, who says how like the voice is to somebody's. It says so only where that is asked, and keeps
//! the sound of an answer no longer than until the next one.

use super::super::endpoint::Utterance;
use super::super::recogniser::{Heard, Hint, Recogniser};
use super::super::{Reason, SpeechError};
use super::{SpeakerEncoder, Voiceprint};

/// With less voice than this in both answers together, nobody can be known by it. Milliseconds.
const TOGETHER_LEAST_MS: u32 = 1_000;
/// The same of the answer alone.
const ALONE_LEAST_MS: u32 = 500;

/// What a witness does with what is said next.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Witnessing {
    /// Nothing: no voice is asked for.
    #[default]
    No,
    /// Remembers the voice: it may be the yes to something that has to be answered in the same voice.
    Remember,
    /// Compares the voice, and that of the remembered answer together with it.
    Compare,
}

/// How like a voice is to the one that was to be heard.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum VoiceOf {
    /// There was too little of it to tell.
    TooLittle,
    /// So like, from 0 to 1000.
    Like {
        /// The answer and the remembered one before it, as one.
        together_milli: u16,
        /// The answer alone.
        alone_milli: u16,
    },
}

/// A recogniser with a witness beside it.
pub struct Witness {
    recogniser: Box<dyn Recogniser>,
    encoder: Box<dyn SpeakerEncoder>,
    /// Who is to be heard.
    of: Voiceprint,
    remembered: Option<Utterance>,
}

impl Witness {
    /// Listens beside a recogniser for the voice of somebody.
    #[must_use]
    pub fn new(recogniser: Box<dyn Recogniser>, encoder: Box<dyn SpeakerEncoder>, of: Voiceprint) -> Self {
        Witness { recogniser, encoder, of, remembered: None }
    }

    /// How like the voice of an answer is, with that of the one before it. `None` if the encoder failed, which is logged.
    fn compare(&mut self, answer: &Utterance) -> Option<VoiceOf> {
        let before = self.remembered.as_ref();
        let voiced_ms = answer.voiced_ms + before.map_or(0, |before| before.voiced_ms);
        if answer.voiced_ms < ALONE_LEAST_MS || voiced_ms < TOGETHER_LEAST_MS {
            return Some(VoiceOf::TooLittle);
        }
        let both = [before.map_or(&[][..], |before| &before.samples), &answer.samples].concat();
        let mut likeness = |samples: &[f32]| {
            let print = self.encoder.voiceprint(samples)?;
            Ok::<_, SpeechError>(print.map(|print| self.encoder.likeness_milli(&self.of, &print)))
        };
        match (likeness(&both), likeness(&answer.samples)) {
            (Ok(Some(together_milli)), Ok(Some(alone_milli))) => Some(VoiceOf::Like { together_milli, alone_milli }),
            (Ok(_), Ok(_)) => Some(VoiceOf::TooLittle),
            (Err(why), _) | (_, Err(why)) => {
                tracing::error!("a voice could not be compared: {why}");
                None
            }
        }
    }
}

impl Recogniser for Witness {
    fn name(&self) -> &str {
        self.recogniser.name()
    }

    fn transcribe(&mut self, utterance: &Utterance, hint: &Hint) -> Result<Heard, SpeechError> {
        let heard = self.recogniser.transcribe(utterance, hint)?;
        match hint.witnessing {
            Witnessing::No => self.remembered = None,
            // What is said again, or goes on after a pause, takes the place of what was there.
            Witnessing::Remember => self.remembered = Some(utterance.clone()),
            Witnessing::Compare => {}
        }
        match heard {
            Heard::Words(_) if hint.given_up.is_given_up() => {
                Ok(Heard::Nothing { reason: Reason::GivenUp, took_ms: 0 })
            }
            Heard::Words(mut words) if hint.witnessing == Witnessing::Compare => {
                words.voice = self.compare(utterance);
                Ok(Heard::Words(words))
            }
            other => Ok(other),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lang::Lang;
    use crate::speech::gate::Figures;
    use crate::speech::{Reading, Transcript};

    /// Hears the same words in everything.
    struct Deaf;

    impl Recogniser for Deaf {
        fn name(&self) -> &str {
            "deaf"
        }

        fn transcribe(&mut self, utterance: &Utterance, _: &Hint) -> Result<Heard, SpeechError> {
            Ok(Heard::Words(Transcript {
                text: "yes".to_owned(),
                free: "yes".to_owned(),
                readings: vec![Reading { text: "yes".to_owned(), probability_milli: 1000 }],
                yes_milli: Some(1000),
                lang: Lang::En,
                figures: Figures { no_speech_prob: 0.0, avg_logprob: 0.0 },
                duration_ms: utterance.duration_ms(),
                voiced_ms: utterance.voiced_ms,
                took_ms: 0,
                voice: None,
            }))
        }
    }

    /// A voice is the sum of its samples: those of one person are above nothing, those of another below.
    struct BySign;

    impl SpeakerEncoder for BySign {
        fn name(&self) -> &str {
            "by sign"
        }

        fn voiceprint(&mut self, samples: &[f32]) -> Result<Option<Voiceprint>, SpeechError> {
            let (above, below): (f32, f32) =
                samples.iter().fold((0.0, 0.0), |(a, b), s| if *s > 0.0 { (a + s, b) } else { (a, b - s) });
            Ok(Voiceprint::of(vec![above, below]))
        }
    }

    fn witness() -> Witness {
        Witness::new(Box::new(Deaf), Box::new(BySign), Voiceprint::of(vec![1.0, 0.0]).unwrap())
    }

    fn said(level: f32, voiced_ms: u32) -> Utterance {
        Utterance { samples: vec![level; voiced_ms as usize * 16], voiced_ms, ..Utterance::default() }
    }

    fn voice(witness: &mut Witness, utterance: &Utterance, witnessing: Witnessing) -> Option<VoiceOf> {
        let heard = witness.transcribe(utterance, &Hint { witnessing, ..Hint::default() }).unwrap();
        heard.transcript().unwrap().voice
    }

    #[test]
    fn a_voice_is_compared_only_where_it_is_asked_for() {
        let mut witness = witness();
        assert_eq!(voice(&mut witness, &said(0.5, 600), Witnessing::No), None);
        assert_eq!(voice(&mut witness, &said(0.5, 600), Witnessing::Remember), None);
        let same = VoiceOf::Like { together_milli: 1000, alone_milli: 1000 };
        assert_eq!(voice(&mut witness, &said(0.5, 900), Witnessing::Compare), Some(same));
    }

    #[test]
    fn the_answer_alone_counts_too_however_long_the_yes_before_it_was() {
        let mut witness = witness();
        voice(&mut witness, &said(0.5, 20_000), Witnessing::Remember);
        let Some(VoiceOf::Like { together_milli, alone_milli }) =
            voice(&mut witness, &said(-0.5, 900), Witnessing::Compare)
        else {
            panic!("there was voice enough");
        };
        assert!(together_milli > 950 && alone_milli == 0, "{together_milli} {alone_milli}");
    }

    #[test]
    fn too_little_voice_is_no_voice() {
        let mut witness = witness();
        assert_eq!(voice(&mut witness, &said(0.5, 900), Witnessing::Compare), Some(VoiceOf::TooLittle));
        voice(&mut witness, &said(0.5, 5_000), Witnessing::Remember);
        assert_eq!(voice(&mut witness, &said(0.5, 400), Witnessing::Compare), Some(VoiceOf::TooLittle));
        assert!(matches!(voice(&mut witness, &said(0.5, 600), Witnessing::Compare), Some(VoiceOf::Like { .. })));
        // What came in between asked for no voice: the yes before it is forgotten.
        voice(&mut witness, &said(0.5, 600), Witnessing::No);
        assert_eq!(voice(&mut witness, &said(0.5, 900), Witnessing::Compare), Some(VoiceOf::TooLittle));
    }
}
