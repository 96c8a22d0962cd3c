//! The recogniser that the configuration names, with its model checked, and what it should expect to hear.

use super::assemble::{self, provider_infos};
use super::failure::Failure;
use super::places::Places;
use crate::config::{Config, SpeechSettings};
#[cfg(feature = "voice")]
use crate::config::{SecondListener, names_file};
use crate::lang::Lang;
#[cfg(feature = "voice")]
use crate::models::{ModelError, SECOND_LISTENER, locate};
use crate::speech::{Hint, Recogniser};
#[cfg(feature = "voice")]
use std::path::{Path, PathBuf};

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
    use crate::models::VOICE_ACTIVITY;
    use crate::speech::{SecondNetwork, Whisper, WhisperSettings};
    let folder = places.models(speech.models_dir.as_deref());
    let model = weights(&speech.model, &folder)?;
    let second_gate = locate(VOICE_ACTIVITY, &folder).ok();
    let settings = WhisperSettings { threads, ..WhisperSettings::default() };
    let whisper = Whisper::load(&model, second_gate.as_deref(), settings).map_err(Failure::usage)?;
    Ok(match second_listener(speech, &folder)? {
        Some(weights) => {
            let network = SecondNetwork::new(&weights).map_err(Failure::usage)?;
            Box::new(whisper.with_second_network(network))
        }
        None => Box::new(whisper),
    })
}

/// The file of a model. Whoever names a file brings weights of their own: there is no published checksum to hold them to.
#[cfg(feature = "voice")]
fn weights(model: &str, folder: &Path) -> Result<PathBuf, Failure> {
    match names_file(model) {
        true => Ok(PathBuf::from(model)),
        false => locate(model, folder).map_err(Failure::usage),
    }
}

/// The weights of the network that hears a yes too, if any is wanted. What is damaged is never done without.
#[cfg(feature = "voice")]
fn second_listener(speech: &SpeechSettings, folder: &Path) -> Result<Option<PathBuf>, Failure> {
    match &speech.second_listener {
        SecondListener::Off => Ok(None),
        SecondListener::Named(model) => weights(model, folder).map(Some),
        SecondListener::WhereThere => match locate(SECOND_LISTENER, folder) {
            Ok(path) => Ok(Some(path)),
            Err(ModelError::Missing { .. }) => Ok(None),
            Err(damaged) => Err(Failure::usage(damaged)),
        },
    }
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

#[cfg(test)]
#[cfg(feature = "voice")]
mod tests {
    use super::*;

    /// What is used of a folder in which the second listener's file has these bytes.
    fn used(wanted: SecondListener, bytes: Option<&[u8]>) -> Result<Option<PathBuf>, Failure> {
        let folder = tempfile::tempdir().unwrap();
        if let Some(bytes) = bytes {
            std::fs::write(folder.path().join("ggml-tiny-q8_0.bin"), bytes).unwrap();
        }
        let speech = Config::example(jiff::civil::date(2026, 11, 28)).unwrap().speech;
        second_listener(&SpeechSettings { second_listener: wanted, ..speech }, folder.path())
    }

    #[test]
    fn what_was_asked_for_or_is_damaged_is_never_done_without() {
        let named = || SecondListener::Named(SECOND_LISTENER.to_owned());
        assert!(matches!(used(SecondListener::WhereThere, None), Ok(None)));
        assert!(matches!(used(SecondListener::Off, Some(b"damaged")), Ok(None)));
        for (wanted, bytes, sign) in [
            (SecondListener::WhereThere, Some(&b"damaged"[..]), "damaged"),
            (named(), Some(&b"damaged"[..]), "damaged"),
            (named(), None, "sayso models fetch whisper-tiny-q8_0"),
            (SecondListener::Named("whisper-none".to_owned()), None, "whisper-none"),
        ] {
            let Err(failure) = used(wanted.clone(), bytes) else { panic!("{wanted:?} was done without") };
            assert!(failure.exit_code == 2 && failure.message.contains(sign), "{wanted:?}: {}", failure.message);
        }
        let own = used(SecondListener::Named("./own.bin".to_owned()), None);
        assert!(matches!(own, Ok(Some(path)) if path == Path::new("./own.bin")));
    }
}
