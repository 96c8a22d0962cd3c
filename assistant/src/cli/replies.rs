//! Spoken replies as WAV files in a folder, one for each turn.

use super::failure::Failure;
use super::listening::speech_failure;
use super::places::create_private;
use crate::audio::{Pcm, write_wav};
use crate::speech::{Synthesizer, Voice};
use crate::turn::Turn;
use std::path::{Path, PathBuf};
use std::time::Instant;

/// The silence between two texts of one turn.
const GAP_MS: u64 = 250;

/// A voice, and a folder that its replies are written into.
pub struct Replies {
    voice: Box<dyn Synthesizer>,
    folder: PathBuf,
}

impl Replies {
    /// Writes what `voice` says into `folder`, which is created.
    pub fn open(voice: Voice, folder: &Path) -> Result<Self, Failure> {
        let Voice::Samples(voice) = voice else {
            return Err(Failure::usage(
                "this voice can't be written as WAV: set `voice: kokoro` or `voice: espeak-ng` under `speech`",
            ));
        };
        let mut replies = Replies { voice, folder: PathBuf::new() };
        replies.go_to(folder)?;
        Ok(replies)
    }

    /// Writes into another folder from now on, which is created.
    pub fn go_to(&mut self, folder: &Path) -> Result<(), Failure> {
        create_private(folder)?;
        self.folder = folder.to_owned();
        Ok(())
    }

    /// Writes what was said in a turn, and notes in the turn how long synthesis took.
    pub fn write(&mut self, turn: &mut Turn) -> Result<Option<PathBuf>, Failure> {
        let texts: Vec<&String> = turn.spoken.iter().filter(|text| !text.trim().is_empty()).collect();
        if texts.is_empty() {
            return Ok(None);
        }
        let started = Instant::now();
        let mut sound = Pcm::default();
        for text in texts {
            let more = self.voice.synthesize(text, turn.lang).map_err(speech_failure)?;
            sound.append(more, GAP_MS).map_err(Failure::failed)?;
        }
        turn.ms.speak = Some((started.elapsed().as_secs_f64() * 1_000_000.0).round() / 1000.0);
        let file = self.folder.join(format!("reply-{:02}.wav", turn.turn));
        write_wav(&file, &sound).map_err(Failure::failed)?;
        Ok(Some(file))
    }
}
