//! What a voice is asked and what it gives.

use super::error::SpeechError;
use super::espeak::Espeak;
use crate::audio::Pcm;
use crate::lang::Lang;
use serde::{Deserialize, Serialize};

/// A voice that yields samples, so that what it says can be played, written to a file and compared. Texts may have
/// [`super::marks`] in them; a voice that can't follow them says the words.
pub trait Synthesizer: Send {
    /// A name for logs and reports.
    fn name(&self) -> &str;

    /// The sound of a text in a language. An empty text is silence.
    ///
    /// # Errors
    /// A sentence when the voice is missing or fails.
    fn synthesize(&mut self, text: &str, lang: Lang) -> Result<Pcm, SpeechError>;

    /// The same piece by piece: `each` gets a piece as soon as it is ready, and ends it all by saying `false`; so does
    /// `is_wanted`, which is asked in the middle of a piece too.
    ///
    /// # Errors
    /// As [`Synthesizer::synthesize`]; what `each` got before stays said.
    fn stream(
        &mut self,
        text: &str,
        lang: Lang,
        is_wanted: &dyn Fn() -> bool,
        each: &mut dyn FnMut(Pcm) -> bool,
    ) -> Result<(), SpeechError> {
        if is_wanted() {
            each(self.synthesize(text, lang)?);
        }
        Ok(())
    }

    /// Gets ready for words that were never said, if it is not yet: the first ones would take longer. False if it was ready.
    fn warm_up(&mut self) -> bool {
        false
    }

    /// Makes and keeps one of the things that it says often and never said yet, if it has such a memory; false if none is left.
    /// It leaves off, and begins with that one the next time, as soon as it `is_wanted` no more.
    fn practise(&mut self, is_wanted: &dyn Fn() -> bool) -> bool {
        let _ = is_wanted;
        false
    }

    /// Forgets what it said lately and does not say often.
    fn forget(&mut self) {}
}

/// A voice that plays through the desktop's own speech system and gives no samples.
pub trait SpeaksAloud: Send {
    /// A name for logs and reports.
    fn name(&self) -> &str;

    /// Says a text to its end.
    ///
    /// # Errors
    /// A sentence when the desktop has no voice for the language or fails.
    fn say(&mut self, text: &str, lang: Lang) -> Result<(), SpeechError>;

    /// Falls silent at once.
    fn stop(&mut self);
}

/// Which voice speaks, as configuration names it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Backend {
    /// The program espeak-ng: instant, robotic, both languages.
    #[default]
    EspeakNg,
    /// The voices that the desktop has. Plays aloud only.
    System,
    /// No voice: replies are only printed.
    None,
}

/// A voice that is ready.
pub enum Voice {
    /// It yields samples.
    Samples(Box<dyn Synthesizer>),
    /// It plays aloud only.
    Aloud(Box<dyn SpeaksAloud>),
    /// There is none.
    Silent,
}

impl Voice {
    /// Makes the voice ready that configuration names.
    ///
    /// # Errors
    /// A sentence when its program, or support for it in this build, is missing.
    pub fn open(backend: Backend) -> Result<Self, SpeechError> {
        match backend {
            Backend::EspeakNg => Ok(Voice::Samples(Box::new(Espeak::find()?))),
            #[cfg(feature = "system-voices")]
            Backend::System => Ok(Voice::Aloud(Box::new(super::DesktopVoice::open()?))),
            #[cfg(not(feature = "system-voices"))]
            Backend::System => Err(SpeechError::Voice {
                voice: "of the desktop".to_owned(),
                why: "this build leaves out the feature `system-voices`".to_owned(),
                hint: "Build with it, or set the voice to `espeak-ng`.".to_owned(),
            }),
            Backend::None => Ok(Voice::Silent),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn backends_have_the_names_of_the_configuration() {
        for (backend, name) in
            [(Backend::EspeakNg, "\"espeak-ng\""), (Backend::System, "\"system\""), (Backend::None, "\"none\"")]
        {
            assert_eq!(serde_json::to_string(&backend).unwrap(), name);
        }
        assert!(matches!(Voice::open(Backend::None).unwrap(), Voice::Silent));
    }
}
