//! `sayso speak`: says a text, aloud or into a WAV file.

use super::failure::Failure;
use super::listening::speech_failure;
use super::out::Out;
use super::replies::open_voice;
use crate::audio::{Pcm, write_wav};
use crate::config::VoiceChoice;
use crate::lang::Lang;
use crate::speech::Voice;
use serde::Serialize;
use std::path::{Path, PathBuf};

/// The result as JSON.
#[derive(Serialize)]
struct Spoken {
    /// The file written; null if it was played.
    out: Option<PathBuf>,
    /// How long it lasts; null for a voice that does not tell.
    duration_ms: Option<u64>,
}

/// Says `text` in `lang`.
pub fn run(text: &str, lang: Lang, file: Option<&Path>, voice: VoiceChoice, out: Out) -> Result<(), Failure> {
    if text.trim().is_empty() {
        return Err(Failure::usage("there is nothing to say: the text is empty"));
    }
    let spoken = match (open_voice(voice)?, file) {
        (Voice::Samples(mut voice), Some(file)) => {
            let sound = voice.synthesize(text, lang).map_err(speech_failure)?;
            write_wav(file, &sound).map_err(Failure::failed)?;
            Spoken { out: Some(file.to_owned()), duration_ms: Some(sound.duration_ms()) }
        }
        (Voice::Samples(mut voice), None) => {
            let sound = voice.synthesize(text, lang).map_err(speech_failure)?;
            play(&sound)?;
            Spoken { out: None, duration_ms: Some(sound.duration_ms()) }
        }
        (Voice::Aloud(mut voice), None) => {
            voice.say(text, lang).map_err(speech_failure)?;
            Spoken { out: None, duration_ms: None }
        }
        (Voice::Aloud(_), Some(_)) => {
            return Err(Failure::usage(
                "the desktop's voice can only play aloud: set `voice: espeak-ng` to write files",
            ));
        }
        (Voice::Silent, _) => return Err(Failure::usage("the configuration has `voice: none`: nothing can be said")),
    };
    out.result(&spoken, || match &spoken.out {
        Some(file) => format!("wrote {}", file.display()),
        None => "said".to_owned(),
    })?;
    Ok(())
}

#[cfg(feature = "voice")]
fn play(sound: &Pcm) -> Result<(), Failure> {
    let hint =
        |wrong| Failure::usage(format!("{wrong}\nWithout a loudspeaker, write a file: sayso speak TEXT --out FILE"));
    crate::audio::Speaker::open(None).and_then(|speaker| speaker.play(sound)).map_err(hint)
}

#[cfg(not(feature = "voice"))]
fn play(_: &Pcm) -> Result<(), Failure> {
    Err(Failure::usage("this build leaves out the feature `voice`: write a file with --out FILE"))
}
