//! One turn of listening that does not wait for its end: at each short pause it hands out what was said so far, to be
//! recognised while the pause goes on, and what was recognised then decides how much longer the pause may be. Pure: time is
//! counted in frames.

use super::endpoint::{Endpointer, Endpointing, Utterance};
use super::patience::{Awaited, Lean, Patience};
use crate::audio::{Capture, FRAME_MS};

/// A pause of so many milliseconds is worth a look at what was said before it. The shortest patience is longer; within a word
/// pauses are shorter.
pub const GLANCE_MS: u32 = 128;

/// Less voice than this within one utterance only says that somebody listens: "mhm", 嗯. More of it is an interruption.
pub const BACKCHANNEL_MS: u32 = 400;

/// Which look at a turn something belongs to. A later one never has the number of an earlier one.
pub type Glance = u64;

/// What a frame brought.
#[derive(Clone, Debug, PartialEq)]
pub enum Moment {
    /// Nothing to be done.
    Listening,
    /// A short pause: what was said so far is worth recognising, under this number.
    Pause(Glance, Utterance),
    /// The turn is over. The number is that of the pause since which nothing more was said: what was recognised then is
    /// what was said. Without one, this utterance has yet to be recognised.
    Over(Option<Glance>, Utterance),
}

/// Takes the frames of one stream, turn after turn.
pub struct TurnTaker {
    endpointer: Endpointer,
    /// `None` where pauses end nothing and are worth no look: somebody else says when a turn is over.
    patience: Option<Patience>,
    /// Whether pauses are worth a look.
    glances: bool,
    awaited: Awaited,
    /// The look at the pause that is going on.
    current: Option<Glance>,
    last: Glance,
}

impl TurnTaker {
    /// A stream whose turns end by pauses. With `glances`, short ones are handed out.
    #[must_use]
    pub fn by_pauses(patience: Patience, glances: bool) -> Self {
        Self::new(Endpointing::default(), Some(patience), glances)
    }

    /// A stream whose turns end when [`TurnTaker::finish`] is called, whatever the pauses.
    #[must_use]
    pub fn by_hand() -> Self {
        Self::new(Endpointing::whole_recording(), None, false)
    }

    fn new(endpointing: Endpointing, patience: Option<Patience>, glances: bool) -> Self {
        let endpointer = Endpointer::new(endpointing);
        let mut taker = TurnTaker { endpointer, patience, glances, awaited: Awaited::Anything, current: None, last: 0 };
        taker.begin(Awaited::Anything);
        taker
    }

    /// A turn begins in which this is waited for.
    pub fn begin(&mut self, awaited: Awaited) {
        self.awaited = awaited;
        self.speech_goes_on();
    }

    /// Takes the next frame.
    pub fn push<'f>(&mut self, frame: impl Into<Capture<'f>>) -> Moment {
        if let Some(utterance) = self.endpointer.push(frame) {
            // A voiced last frame ends a turn by its length alone; then no look has seen all of it.
            let seen = self.current.take().filter(|_| !self.endpointer.is_voiced());
            return Moment::Over(seen, utterance);
        }
        if self.endpointer.is_voiced() {
            self.speech_goes_on();
        }
        let silence_ms = self.endpointer.silence_ms();
        let reached = silence_ms >= GLANCE_MS && silence_ms - FRAME_MS < GLANCE_MS;
        if self.glances
            && reached
            && let Some(utterance) = self.endpointer.so_far()
        {
            let glance = self.number();
            self.current = Some(glance);
            return Moment::Pause(glance, utterance);
        }
        Moment::Listening
    }

    /// What was said before the pause of this number turned out to lean so. Of no consequence when speech has gone on: then
    /// false.
    pub fn learned(&mut self, glance: Glance, lean: Lean) -> bool {
        let waits = self.patience.filter(|_| self.current == Some(glance));
        if let Some(patience) = waits {
            // Not below the glance itself: a voiced frame must not end a turn.
            self.endpointer.wait(patience.silence_after_ms(self.awaited, lean).max(GLANCE_MS));
        }
        waits.is_some()
    }

    /// Whether what was said before the last pause handed out is all that was said.
    #[must_use]
    pub fn is_glanced_at(&self) -> bool {
        self.current.is_some()
    }

    /// A number for an utterance of which no pause was handed out.
    pub fn number(&mut self) -> Glance {
        self.last += 1;
        self.last
    }

    /// The turn is over because somebody says so: what was said in it, if anything.
    pub fn finish(&mut self) -> Option<Utterance> {
        self.current = None;
        self.endpointer.finish()
    }

    /// Somebody is speaking.
    #[must_use]
    pub fn is_speech(&self) -> bool {
        self.endpointer.is_speech()
    }

    /// Takes the next frame while Sayso itself speaks; true as soon as somebody interrupts. What they say goes on as the
    /// next turn. What ends as a backchannel is forgotten.
    pub fn overhear<'f>(&mut self, frame: impl Into<Capture<'f>>) -> bool {
        // Pauses are of no use here, and a turn that ends here was no interruption.
        self.endpointer.push(frame);
        // The second look sees whether it varies as voices do.
        self.endpointer.voiced_ms() >= BACKCHANNEL_MS && self.endpointer.so_far().is_some()
    }

    /// What was taken in and is no turn yet never was.
    pub fn forget(&mut self) {
        let _ = self.finish();
    }

    /// What was thought of the last pause is void.
    fn speech_goes_on(&mut self) {
        self.current = None;
        if let Some(patience) = self.patience {
            self.endpointer.wait(patience.silence_ms(self.awaited));
        }
    }
}

#[cfg(test)]
mod tests;
