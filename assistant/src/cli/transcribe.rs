//! `sayso transcribe`: a recording into text, with the figures by which it was judged.

use super::failure::Failure;
use super::listening::speech_failure;
use super::out::Out;
use crate::audio::{Pcm, PcmFrames};
use crate::lang::Lang;
use crate::redaction;
use crate::speech::{Endpointer, Endpointing, Heard, Hint, Recogniser, listen};
use serde::Serialize;

/// The result as JSON.
#[derive(Serialize)]
struct Transcribed {
    /// The words; empty if there were none.
    text: String,
    /// Their language; null if there were none.
    lang: Option<Lang>,
    /// Length of the sound.
    duration_ms: u64,
    /// How long recognition took.
    took_ms: u64,
    /// Why nothing was taken for words; null if something was.
    nothing: Option<String>,
}

/// Prints the words of a sound.
pub fn run(recogniser: &mut dyn Recogniser, sound: Pcm, hint: &Hint, out: Out) -> Result<(), Failure> {
    let duration_ms = sound.duration_ms();
    let mut source = PcmFrames::new(sound).map_err(Failure::usage)?;
    let mut endpointer = Endpointer::new(Endpointing::whole_recording());
    let heard = listen(&mut source, &mut endpointer, recogniser, hint).map_err(speech_failure)?;
    let result = match heard {
        Heard::Words(words) => Transcribed {
            text: redaction::hide(&words.text),
            lang: Some(words.lang),
            duration_ms,
            took_ms: words.took_ms,
            nothing: None,
        },
        Heard::Nothing { reason, took_ms } => {
            Transcribed { text: String::new(), lang: None, duration_ms, took_ms, nothing: Some(reason.to_string()) }
        }
    };
    out.result(&result, || match &result.nothing {
        Some(reason) => format!("(nothing was said: {reason})"),
        None => result.text.clone(),
    })?;
    Ok(())
}
