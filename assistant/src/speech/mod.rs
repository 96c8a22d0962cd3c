//! Sound to words and words to sound: voice activity, recognition, synthesis.
//! This room must never guess at meaning, hand on words that nobody spoke (silence, noise and music end as
//! [`Heard::Nothing`]), or put words of consent into a recogniser's ear ([`prompt`] strips them).
//!
//! In the order of one turn: an [`Endpointer`] cuts the stream of frames into [`Utterance`]s and is the first gate
//! (how long it waits is a matter of [`Patience`]);
//! a [`Recogniser`] ([`Whisper`]) asks the second gate (Silero), transcribes, lets [`gate`] judge its own figures,
//! and holds what the conversation [`Expect`]s against the same sound.
//! Where a voice has to be somebody's, a [`speaker::Witness`] beside the recogniser says how like it is.
//! On the way back a [`Synthesizer`] yields samples: [`Kokoro`], the natural voice, clause by clause and with a [`Cache`]
//! of what it says often, or [`Espeak`]; while [`DesktopVoice`] only plays aloud. [`marks`] inside a text say how.

mod backchannel;
mod background;
mod cache;
mod clauses;
#[cfg(feature = "system-voices")]
mod desktop_voice;
mod endpoint;
mod error;
mod espeak;
pub mod expect;
mod frames;
pub mod gate;
mod kokoro;
mod loudness;
pub mod marks;
mod narration;
mod narrator;
mod own_voice;
mod patience;
pub mod prompt;
mod recogniser;
#[cfg(feature = "voice")]
mod scorer;
#[cfg(feature = "voice")]
mod silero;
pub mod speaker;
mod synthesizer;
mod threads;
mod turn_taker;
#[cfg(feature = "voice")]
mod vocabulary;
mod wake;
#[cfg(feature = "voice")]
mod weights;
#[cfg(feature = "voice")]
mod whisper;

pub use backchannel::is_backchannel;
pub use background::Background;
pub use cache::{Cache, HOLE};
pub use clauses::{Clause, clauses};
#[cfg(feature = "system-voices")]
pub use desktop_voice::DesktopVoice;
pub use endpoint::{Endpointer, Endpointing, Utterance, hear_turn};
pub use error::SpeechError;
pub use espeak::Espeak;
pub use expect::{Answers, Blank, Expect, Offer, Reading, SURE_YES_MILLI};
pub use kokoro::{KOKORO_RATE, Kokoro, KokoroFiles, SPEEDS};
pub use narration::Pieces;
pub use narrator::Narrator;
pub use own_voice::{Alone, is_own_words};
pub use patience::{Awaited, Lean, Patience};
pub use recogniser::{GivenUp, Heard, Hint, Reason, Recogniser, Transcript, listen};
#[cfg(feature = "voice")]
pub use silero::Silero;
pub use synthesizer::{Backend, SpeaksAloud, Synthesizer, Voice};
pub use turn_taker::{Glance, Moment, TurnTaker};
pub use wake::{Called, WakePhrases};
#[cfg(feature = "voice")]
pub use whisper::{Decoding, SecondNetwork, Whisper, WhisperSettings};
