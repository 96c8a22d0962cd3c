//! Spoken replies as WAV files in a folder, one for each turn.

use super::failure::Failure;
use super::listening::speech_failure;
use super::places::create_private;
use crate::audio::write_wav;
use crate::config::VoiceChoice;
use crate::speech::{Backend, Synthesizer, Voice};
use crate::turn::Turn;
use std::path::{Path, PathBuf};
use std::time::Instant;

/// A folder that replies are written into.
pub struct Replies {
    voice: Box<dyn Synthesizer>,
    folder: PathBuf,
}

impl Replies {
    /// Opens the voice of the configuration for writing into `folder`, which is created.
    pub fn open(voice: VoiceChoice, folder: &Path) -> Result<Self, Failure> {
        let Voice::Samples(voice) = open_voice(voice)? else {
            return Err(Failure::usage("this voice can't be written as WAV: set `voice: espeak-ng` under `speech`"));
        };
        create_private(folder)?;
        Ok(Replies { voice, folder: folder.to_owned() })
    }

    /// Writes what was said in a turn, and notes in the turn how long synthesis took.
    pub fn write(&mut self, turn: &mut Turn) -> Result<Option<PathBuf>, Failure> {
        if turn.spoken.is_empty() {
            return Ok(None);
        }
        let started = Instant::now();
        let sound = self.voice.synthesize(&turn.spoken.join(" "), turn.lang).map_err(speech_failure)?;
        turn.ms.speak = Some((started.elapsed().as_secs_f64() * 1_000_000.0).round() / 1000.0);
        let file = self.folder.join(format!("reply-{:02}.wav", turn.turn));
        write_wav(&file, &sound).map_err(Failure::failed)?;
        Ok(Some(file))
    }
}

/// The voice that the configuration names.
pub fn open_voice(choice: VoiceChoice) -> Result<Voice, Failure> {
    let backend = match choice {
        VoiceChoice::EspeakNg => Backend::EspeakNg,
        VoiceChoice::System => Backend::System,
        VoiceChoice::None => Backend::None,
    };
    Voice::open(backend).map_err(speech_failure)
}
