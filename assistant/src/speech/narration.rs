//! One thing that a voice says: made piece by piece on its own thread, kept until somebody wants to hear it, and given on from then on.

use super::error::SpeechError;
use crate::audio::Pcm;
use crate::lang::Lang;
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// A stretch of sound, or why there is none.
pub type Piece = Result<Pcm, SpeechError>;

/// Who hears the pieces.
enum Ear {
    /// Nobody yet: these were made for whoever may want them.
    Kept(Vec<Piece>),
    /// Whoever asked for them.
    Open(Sender<Piece>),
    /// Whoever asked for them has all that there will be.
    Served,
    /// Nobody, ever.
    Closed,
}

/// Texts that are said one after the other, and how far that has come.
pub(super) struct Narration {
    /// What is said.
    pub texts: Vec<String>,
    /// In which language.
    pub lang: Lang,
    ear: Mutex<(Ear, Made)>,
}

/// Whether all of it is made.
type Made = bool;

impl Narration {
    /// Texts that nobody wants to hear yet.
    pub fn new(texts: Vec<String>, lang: Lang) -> Self {
        Narration { texts, lang, ear: Mutex::new((Ear::Kept(Vec::new()), false)) }
    }

    fn ear(&self) -> MutexGuard<'_, (Ear, Made)> {
        self.ear.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Whether it is of these texts, and there for whoever wants to hear it.
    pub fn offers(&self, texts: &[String], lang: Lang) -> bool {
        self.lang == lang && self.texts == texts && matches!(self.ear().0, Ear::Kept(_))
    }

    /// Its pieces: those that are made, and the others as soon as they are. `None` if somebody else has them, or they were
    /// given up.
    pub fn listen(self: &Arc<Self>) -> Option<Pieces> {
        let (tell, pieces) = channel();
        let mut ear = self.ear();
        let (Ear::Kept(kept), made) = &mut *ear else { return None };
        // The other end is held here, so that nothing is lost.
        kept.drain(..).for_each(|piece| drop(tell.send(piece)));
        ear.0 = if *made { Ear::Served } else { Ear::Open(tell) };
        drop(ear);
        Some(Pieces { pieces, of: Arc::clone(self) })
    }

    /// Gives a piece to whoever hears it, or keeps it; false if it was the last one that is wanted.
    pub fn give(&self, piece: Piece) -> bool {
        match &mut self.ear().0 {
            Ear::Kept(kept) => {
                kept.push(piece);
                true
            }
            Ear::Open(tell) => tell.send(piece).is_ok(),
            Ear::Served | Ear::Closed => false,
        }
    }

    /// All of it is made.
    pub fn finish(&self) {
        let mut ear = self.ear();
        ear.1 = true;
        if matches!(ear.0, Ear::Open(_)) {
            ear.0 = Ear::Served;
        }
    }

    /// Whether more of it is wanted: by whoever hears it, or, as long as there is `time`, for whoever may. What is not wanted
    /// is given up for good.
    pub fn is_wanted(&self, time: bool) -> bool {
        if !time {
            self.give_up();
        }
        matches!(self.ear().0, Ear::Kept(_) | Ear::Open(_))
    }

    /// Nobody gets it who does not hear it yet.
    pub fn give_up(&self) {
        let mut ear = self.ear();
        if matches!(ear.0, Ear::Kept(_)) {
            ear.0 = Ear::Closed;
        }
    }

    fn close(&self) {
        self.ear().0 = Ear::Closed;
    }
}

/// The pieces of what is said, in their order. Whoever drops them ends the saying.
pub struct Pieces {
    pieces: Receiver<Piece>,
    of: Arc<Narration>,
}

impl Pieces {
    /// The next one, which is waited for so long.
    ///
    /// # Errors
    /// When it does not come in that time, and when there is none any more.
    pub fn recv_timeout(&self, time: Duration) -> Result<Piece, RecvTimeoutError> {
        self.pieces.recv_timeout(time)
    }
}

impl Iterator for Pieces {
    type Item = Piece;

    /// The next one, however long it takes.
    fn next(&mut self) -> Option<Piece> {
        self.pieces.recv().ok()
    }
}

impl Drop for Pieces {
    fn drop(&mut self) {
        self.of.close();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn narration() -> Arc<Narration> {
        Arc::new(Narration::new(vec!["one two".to_owned()], Lang::En))
    }

    fn sound(samples: usize) -> Piece {
        Ok(Pcm::new(vec![0.5; samples], 1_000))
    }

    fn lengths(pieces: &mut Pieces) -> Vec<usize> {
        pieces.map(|piece| piece.map_or(0, |sound| sound.samples.len())).collect()
    }

    #[test]
    fn whoever_comes_later_hears_it_from_the_beginning() {
        for heard_after in 0..4 {
            let narration = narration();
            let mut pieces = None;
            for at in 1..=3 {
                if heard_after + 1 == at {
                    pieces = narration.listen();
                }
                assert!(narration.give(sound(at)), "{heard_after}");
            }
            narration.finish();
            let mut pieces = pieces.or_else(|| narration.listen()).unwrap();
            assert!(narration.listen().is_none(), "one alone hears it");
            assert_eq!(lengths(&mut pieces), [1, 2, 3], "{heard_after}");
        }
    }

    #[test]
    fn it_is_offered_as_what_it_is_until_it_is_heard_or_given_up() {
        let one = narration();
        assert!(one.offers(&["one two".to_owned()], Lang::En));
        assert!(!one.offers(&["one".to_owned()], Lang::En) && !one.offers(&["one two".to_owned()], Lang::Zh));
        let pieces = one.listen();
        assert!(!one.offers(&["one two".to_owned()], Lang::En));
        assert!(one.is_wanted(false), "somebody hears it");
        drop(pieces);
        assert!(!one.is_wanted(true) && !one.give(sound(1)), "who heard it wants no more");
        let other = narration();
        assert!(other.is_wanted(true));
        assert!(!other.is_wanted(false), "there is something else to do");
        assert!(!other.is_wanted(true) && other.listen().is_none(), "what was given up is not there");
    }
}
