//! `sayso speak`: says a text, aloud or into a WAV file.

use super::failure::Failure;
use super::listening::speech_failure;
use super::out::Out;
use crate::audio::write_wav;
use crate::config::{Config, VoiceChoice};
use crate::lang::Lang;
use crate::speech::{Synthesizer, Voice};
use serde::Serialize;
use std::path::{Path, PathBuf};

/// The result as JSON.
#[derive(Serialize)]
struct Spoken {
    /// The file written; null if it was played.
    out: Option<PathBuf>,
    /// Which voice it was: `kokoro`, `espeak-ng` or `system`.
    voice: String,
    /// How long it lasts; null for a voice that does not tell.
    duration_ms: Option<u64>,
}

/// The configuration with the voice and the speed of the command line.
pub fn chosen(mut config: Config, voice: Option<String>, speed: Option<f32>, lang: Lang) -> Config {
    let speech = &mut config.speech;
    speech.speed = speed.unwrap_or(speech.speed);
    match voice.as_deref() {
        None => {}
        Some("kokoro") => speech.voice = VoiceChoice::Kokoro,
        Some("espeak-ng") => speech.voice = VoiceChoice::EspeakNg,
        Some("none") => speech.voice = VoiceChoice::None,
        Some("system") => speech.voice = VoiceChoice::System,
        Some(name) => {
            speech.voice = VoiceChoice::Kokoro;
            speech.voices.insert(lang, name.to_owned());
        }
    }
    config
}

/// Says `text` in `lang`.
pub fn run(text: &str, lang: Lang, file: Option<&Path>, voice: Voice, out: Out) -> Result<(), Failure> {
    if text.trim().is_empty() {
        return Err(Failure::usage("there is nothing to say: the text is empty"));
    }
    let spoken = match (voice, file) {
        (Voice::Samples(mut voice), Some(file)) => {
            let sound = voice.synthesize(text, lang).map_err(speech_failure)?;
            write_wav(file, &sound).map_err(Failure::failed)?;
            Spoken {
                out: Some(file.to_owned()),
                voice: voice.name().to_owned(),
                duration_ms: Some(sound.duration_ms()),
            }
        }
        (Voice::Samples(mut voice), None) => {
            let duration_ms = aloud(voice.as_mut(), text, lang)?;
            Spoken { out: None, voice: voice.name().to_owned(), duration_ms: Some(duration_ms) }
        }
        (Voice::Aloud(mut voice), None) => {
            voice.say(text, lang).map_err(speech_failure)?;
            Spoken { out: None, voice: voice.name().to_owned(), duration_ms: None }
        }
        (Voice::Aloud(_), Some(_)) => {
            return Err(Failure::usage(
                "the desktop's voice can only play aloud: say `--voice kokoro` or `--voice espeak-ng` to write files",
            ));
        }
        (Voice::Silent, _) => return Err(Failure::usage("the voice is `none`: nothing can be said")),
    };
    out.result(&spoken, || match &spoken.out {
        Some(file) => format!("wrote {}", file.display()),
        None => "said".to_owned(),
    })?;
    Ok(())
}

/// Plays each piece as soon as it is made; gives how long all of it lasts.
#[cfg(feature = "voice")]
fn aloud(voice: &mut dyn Synthesizer, text: &str, lang: Lang) -> Result<u64, Failure> {
    use crate::audio::Sink as _;
    let hint =
        |wrong| Failure::usage(format!("{wrong}\nWithout a loudspeaker, write a file: sayso speak TEXT --out FILE"));
    let mut speaker = crate::audio::Speaker::open(None).map_err(hint)?;
    let (mut duration_ms, mut broken) = (0, None);
    let said = voice.stream(text, lang, &|| true, &mut |sound| {
        duration_ms += sound.duration_ms();
        broken = speaker.start(&sound).err();
        broken.is_none()
    });
    said.map_err(speech_failure)?;
    broken.map_or_else(|| speaker.wait(), Err).map_err(hint)?;
    Ok(duration_ms)
}

#[cfg(not(feature = "voice"))]
fn aloud(_: &mut dyn Synthesizer, _: &str, _: Lang) -> Result<u64, Failure> {
    Err(Failure::usage("this build leaves out the feature `voice`: write a file with --out FILE"))
}
