//! The recogniser that the configuration names, with its model checked, and what it should expect to hear.

use super::assemble::{self, provider_infos};
use super::failure::Failure;
use super::places::Places;
use crate::config::{Config, SpeechSettings};
use crate::lang::Lang;
use crate::speech::{Hint, Recogniser};

/// Loads the configured model; the second voice gate is used where its model is there.
pub fn open(places: &Places, speech: &SpeechSettings) -> Result<Box<dyn Recogniser>, Failure> {
    open_with(places, speech, None)
}

/// The same with so many threads, or as many as there are idle cores.
#[cfg(feature = "voice")]
pub fn open_with(
    places: &Places,
    speech: &SpeechSettings,
    threads: Option<u8>,
) -> Result<Box<dyn Recogniser>, Failure> {
    use crate::models::{VOICE_ACTIVITY, locate};
    use crate::speech::{Whisper, WhisperSettings};
    use std::path::PathBuf;
    let folder = places.models(speech.models_dir.as_deref());
    // Whoever names a file brings weights of their own: there is no published checksum to hold them to.
    let model = match speech.names_file() {
        true => PathBuf::from(&speech.model),
        false => locate(&speech.model, &folder).map_err(Failure::usage)?,
    };
    let second_gate = locate(VOICE_ACTIVITY, &folder).ok();
    let settings = WhisperSettings { threads, ..WhisperSettings::default() };
    let whisper = Whisper::load(&model, second_gate.as_deref(), settings);
    Ok(Box::new(whisper.map_err(Failure::usage)?))
}

/// There is none in this build.
#[cfg(not(feature = "voice"))]
pub fn open_with(_: &Places, _: &SpeechSettings, _: Option<u8>) -> Result<Box<dyn Recogniser>, Failure> {
    Err(Failure::usage("this build leaves out the feature `voice`, so it can't hear: use `sayso chat` to type"))
}

/// What recordings are likely to say: the words of the dialogs, in each language.
pub fn hint(config: &Config, lang: Option<Lang>) -> Result<Hint, Failure> {
    let dialogs = assemble::dialogs(config)?;
    let infos = provider_infos(&config.providers);
    let words = Lang::ALL.map(|each| (each, dialogs.vocabulary(each, &config.household, &infos)));
    Ok(Hint { lang, vocabulary: words.into(), ..Hint::default() })
}
