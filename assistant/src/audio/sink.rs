//! Where sound goes to be heard.

use super::{AudioError, Pcm};

/// Whatever takes sound to be heard: a loudspeaker, or what stands in for one where nobody listens.
pub trait Sink {
    /// Puts a sound behind what is being played, and returns at once, but for a device that rests, which is woken up first.
    ///
    /// # Errors
    /// When the sound's rate can't be converted to the device's, or the device does not wake up.
    fn start(&mut self, pcm: &Pcm) -> Result<(), AudioError>;

    /// Whether something is still to be heard. Silent for now, after [`Sink::pause`], counts as playing.
    ///
    /// # Errors
    /// When the device is lost.
    fn is_playing(&mut self) -> Result<bool, AudioError>;

    /// Falls silent at once and keeps what is still to be heard.
    fn pause(&mut self);

    /// Goes on after [`Sink::pause`], a little before where it fell silent, so that no word is lost.
    fn resume(&mut self);

    /// Falls silent at once and forgets the rest.
    fn stop(&mut self);

    /// Nothing will be said for a while: a device that is kept awake may sleep. What says something later wakes it up, and is heard
    /// somewhat later.
    fn rest(&mut self) {}

    /// Something may be said soon: begins to wake up a device that rests, or looks whether it is awake by now. Never waits. True if
    /// it is another device than before.
    fn wake(&mut self) -> bool {
        false
    }

    /// What is played from now on, for whoever takes it out of what a microphone hears; `None` where that is not known. The one
    /// who asked last gets it.
    #[cfg(feature = "voice")]
    fn reference(&mut self) -> Option<super::Reference> {
        None
    }
}
