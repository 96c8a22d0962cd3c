//! `sayso hear`: a conversation with recorded sentences, each file one turn.

use super::ending::Ending;
use super::failure::Failure;
use super::listening::Ears;
use super::out::{Out, remark};
use super::qr::Codes;
use super::replies::Replies;
use super::show;
use crate::audio::{Pcm, PcmFrames, read_wav};
use crate::speech::{Endpointer, Endpointing};
use crate::turn::{Assistant, Conversation};
use std::path::PathBuf;

/// Reads every file, before anything else is opened: a bad one must not end a conversation half-way.
pub fn read(files: &[PathBuf]) -> Result<Vec<Pcm>, Failure> {
    files.iter().map(|file| read_wav(file)).collect::<Result<_, _>>().map_err(Failure::usage)
}

/// Plays the sounds as the turns of one conversation and prints each.
pub async fn run(
    assistant: &Assistant,
    ears: &mut Ears,
    mut conversation: Conversation,
    (sounds, codes): (Vec<Pcm>, Codes),
    mut replies: Option<Replies>,
    out: Out,
) -> Result<(), Failure> {
    let greeting = assistant.greet(&mut conversation).await;
    greeting.said.iter().for_each(|said| remark(said));
    let mut ending = Ending::default();
    for sound in sounds {
        let mut source = PcmFrames::new(sound).map_err(Failure::usage)?;
        let mut endpointer = Endpointer::new(Endpointing::whole_recording());
        let heard = ears.turn(&mut source, &mut endpointer, (assistant, &conversation))?;
        let mut turn = assistant.turn(&mut conversation, heard).await;
        codes.tell(&mut turn);
        if let Some(replies) = &mut replies {
            replies.write(&mut turn)?;
        }
        out.result(&turn, || show::turn(&turn))?;
        codes.show_turn(&turn, out)?;
        ending.saw(&turn);
    }
    ending.result()
}
