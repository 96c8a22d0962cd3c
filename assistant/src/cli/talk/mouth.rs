//! What Sayso says in its turn: made in the background, played piece by piece, and cut off where somebody interrupts.

use super::super::failure::Failure;
use super::super::listening::speech_failure;
use super::Trouble;
use super::listener::Listener;
use crate::audio::{Reference, Sink};
use crate::lang::Lang;
use crate::speech::{Narrator, Pieces, SpeaksAloud, Voice};
use crate::turn::Turn;
use std::sync::mpsc::RecvTimeoutError;
use std::time::Duration;

/// How long the next piece is waited for before the device is looked after.
const LOOK: Duration = Duration::from_millis(10);

/// A voice and, where it yields samples, a loudspeaker.
pub enum Mouth {
    /// It yields samples, which are played.
    Sounds(Narrator, Box<dyn Sink>),
    /// It plays aloud by itself, and can't be interrupted.
    Aloud(Box<dyn SpeaksAloud>),
    /// There is none.
    Silent,
}

/// What is said in one turn, and how far that has come.
pub struct Telling {
    texts: Vec<String>,
    lang: Lang,
    /// Somebody is asked to agree to a payment: they hear it to its end.
    pub reads_back: bool,
    /// How often it went on after an interruption by what was no words.
    pub resumed: u32,
    pieces: Option<Pieces>,
    /// Nothing more of it is being made.
    made: bool,
}

/// Who listens while Sayso speaks.
pub struct Overheard<'a> {
    /// Whose microphone is read all the while, so that nothing waits in it.
    pub listener: &'a mut Listener,
    /// Whether who is heard interrupts.
    pub interrupts: bool,
}

/// How a telling ended.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Told {
    /// All of it was said.
    Whole,
    /// Somebody spoke, and Sayso fell silent.
    Interrupted,
}

impl Telling {
    /// What is said in a turn.
    pub fn of(turn: &Turn) -> Self {
        let reads_back = matches!(turn.state.awaiting.as_deref(), Some("consent" | "proof"));
        Telling { reads_back, ..Self::texts(turn.spoken.clone(), turn.lang) }
    }

    /// Texts that belong to no payment.
    pub fn texts(texts: Vec<String>, lang: Lang) -> Self {
        Telling { texts, lang, reads_back: false, resumed: 0, pieces: None, made: false }
    }

    /// What is said, as long as it was not said to its end.
    pub fn texts_left(&self) -> &[String] {
        &self.texts
    }

    /// The language in which it is said.
    pub fn lang(&self) -> Lang {
        self.lang
    }

    /// Nothing is left to say.
    pub fn is_over(&self) -> bool {
        self.texts.is_empty()
    }

    /// All of it is to be said once more, from its beginning, unless it was said to its end.
    pub fn again(&mut self) {
        self.pieces = None;
        self.made = false;
    }

    fn over(&mut self) {
        self.texts.clear();
        self.pieces = None;
    }
}

impl Mouth {
    /// This voice; `sink` opens a loudspeaker, if it needs one.
    pub fn open(voice: Voice, sink: impl FnOnce() -> Result<Box<dyn Sink>, Failure>) -> Result<Self, Failure> {
        Ok(match voice {
            Voice::Samples(voice) => Mouth::Sounds(Narrator::start(voice).map_err(speech_failure)?, sink()?),
            Voice::Aloud(voice) => Mouth::Aloud(voice),
            Voice::Silent => Mouth::Silent,
        })
    }

    /// The voice in the background, if there is one.
    pub fn narrator(&self) -> Option<&Narrator> {
        match self {
            Mouth::Sounds(narrator, _) => Some(narrator),
            Mouth::Aloud(_) | Mouth::Silent => None,
        }
    }

    /// Whether it can be made to fall silent.
    pub fn can_be_interrupted(&self) -> bool {
        matches!(self, Mouth::Sounds(..))
    }

    /// What is played from now on, to be taken out of what a microphone hears.
    pub fn reference(&mut self) -> Option<Reference> {
        match self {
            Mouth::Sounds(_, sink) => sink.reference(),
            Mouth::Aloud(_) | Mouth::Silent => None,
        }
    }

    /// Nothing will be said for a while.
    pub fn rest(&mut self) {
        if let Mouth::Sounds(_, sink) = self {
            sink.rest();
        }
    }

    /// Something may be said soon. True if it will be heard through another loudspeaker than before.
    pub fn wake(&mut self) -> bool {
        match self {
            Mouth::Sounds(_, sink) => sink.wake(),
            Mouth::Aloud(_) | Mouth::Silent => false,
        }
    }

    /// Plays through another loudspeaker from now on.
    pub fn play_through(&mut self, other: Box<dyn Sink>) {
        if let Mouth::Sounds(_, sink) = self {
            *sink = other;
        }
    }

    /// Says what is left to say: what is made first is heard while the rest is being made. Somebody who is `overheard` may
    /// interrupt; then it falls silent at once, and [`Mouth::go_on`] or [`Mouth::stop`] decides.
    pub fn tell(&mut self, telling: &mut Telling, mut overheard: Option<Overheard<'_>>) -> Result<Told, Trouble> {
        let (narrator, sink) = match self {
            Mouth::Sounds(narrator, sink) => (narrator, sink),
            Mouth::Aloud(voice) => {
                for text in telling.texts.drain(..).filter(|text| !text.trim().is_empty()) {
                    voice.say(&text, telling.lang).map_err(speech_failure)?;
                }
                return Ok(Told::Whole);
            }
            Mouth::Silent => {
                telling.over();
                return Ok(Told::Whole);
            }
        };
        if telling.is_over() {
            return Ok(Told::Whole);
        }
        let mut begun = telling.pieces.is_some();
        if !begun {
            sink.stop();
            telling.made = false;
            telling.pieces = Some(narrator.say(telling.texts.clone(), telling.lang).map_err(speech_failure)?);
        }
        loop {
            if let Some(pieces) = telling.pieces.as_ref().filter(|_| !telling.made) {
                // Whoever listens waits for the next frame below.
                let wait = if begun && overheard.is_some() { Duration::ZERO } else { LOOK };
                match pieces.recv_timeout(wait) {
                    Ok(Ok(sound)) => {
                        sink.start(&sound).map_err(Trouble::Lost)?;
                        if sink.wake() {
                            overheard.iter_mut().for_each(|one| one.listener.doubts());
                        }
                        // What was heard until now was not heard over its own voice.
                        if let Some(overheard) =
                            overheard.as_mut().filter(|one| !begun && !one.listener.tells_voices_apart())
                        {
                            overheard.listener.forget();
                        }
                        begun = true;
                        continue;
                    }
                    Ok(Err(why)) => return Err(speech_failure(why).into()),
                    Err(RecvTimeoutError::Timeout) => {}
                    Err(RecvTimeoutError::Disconnected) => telling.made = true,
                }
            }
            let playing = sink.is_playing().map_err(Trouble::Lost)?;
            if telling.made && !playing {
                telling.over();
                return Ok(Told::Whole);
            }
            let interrupted = match overheard.as_mut().filter(|_| begun) {
                Some(overheard) => overheard.listener.overhears(playing)? && overheard.interrupts,
                None => {
                    if telling.made {
                        std::thread::sleep(LOOK);
                    }
                    false
                }
            };
            if interrupted {
                sink.pause();
                tracing::debug!("interrupted");
                return Ok(Told::Interrupted);
            }
        }
    }

    /// Goes on with what was interrupted.
    pub fn go_on(&mut self) {
        if let Mouth::Sounds(_, sink) = self {
            sink.resume();
        }
    }

    /// Forgets what was interrupted.
    pub fn stop(&mut self) {
        if let Mouth::Sounds(_, sink) = self {
            sink.stop();
        }
    }
}
