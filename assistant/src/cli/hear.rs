//! `sayso hear`: a conversation with recorded sentences, each file one turn.

use super::ending::Ending;
use super::failure::Failure;
use super::listening::Ears;
use super::out::Out;
use super::replies::Replies;
use super::show;
use crate::audio::{PcmFrames, read_wav};
use crate::speech::{Endpointer, Endpointing};
use crate::turn::{Assistant, Conversation};
use std::path::PathBuf;

/// Plays the files as the turns of one conversation and prints each.
pub async fn run(
    assistant: &Assistant,
    ears: &mut Ears,
    mut conversation: Conversation,
    files: &[PathBuf],
    mut replies: Option<Replies>,
    out: Out,
) -> Result<(), Failure> {
    // Every file is read before the first word is taken in: a bad one must not end a conversation half-way.
    let sounds = files.iter().map(|file| read_wav(file)).collect::<Result<Vec<_>, _>>().map_err(Failure::usage)?;
    assistant.greet(&mut conversation).await;
    let mut ending = Ending::default();
    for sound in sounds {
        let mut source = PcmFrames::new(sound).map_err(Failure::usage)?;
        let mut endpointer = Endpointer::new(Endpointing::whole_recording());
        let heard = ears.turn(&mut source, &mut endpointer, &conversation)?;
        let mut turn = assistant.turn(&mut conversation, heard).await;
        if let Some(replies) = &mut replies {
            replies.write(&mut turn)?;
        }
        out.result(&turn, || show::turn(&turn))?;
        ending.saw(&turn);
    }
    ending.result()
}
