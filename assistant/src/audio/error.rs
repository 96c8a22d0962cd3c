//! What can go wrong with sound, as sentences that say what to do.

use std::path::PathBuf;
use thiserror::Error;

/// A failure of a file or a device. Its text is fit to be shown to a person.
#[derive(Debug, Error)]
pub enum AudioError {
    /// There is no such file, or it may not be read.
    #[error("can't open the sound file {}: {why}. Check the name and that you may read it.", path.display())]
    Open {
        /// The file.
        path: PathBuf,
        /// What the system said.
        why: std::io::Error,
    },
    /// The file is not a WAV file, or it is damaged.
    #[error(
        "{place} is not a WAV file that can be read: {why}. Convert it, for example: ffmpeg -i INPUT -ar 16000 -ac 1 OUTPUT.wav"
    )]
    Broken {
        /// The file's name, or `the WAV data`.
        place: String,
        /// What is wrong with it.
        why: String,
    },
    /// The file is a good WAV file with no sound in it.
    #[error("{place} holds no sound at all (0 samples). Record it again.")]
    Empty {
        /// The file's name, or `the WAV data`.
        place: String,
    },
    /// The file could not be written.
    #[error("can't write the sound file {}: {why}. Check that the folder exists, may be written to and has room.", path.display())]
    Write {
        /// The file.
        path: PathBuf,
        /// What the system said.
        why: String,
    },
    /// A sample rate that can't be converted.
    #[error("sound at {from} samples per second can't be converted to {to}: {why}")]
    Resample {
        /// The rate it has, in Hz.
        from: u32,
        /// The rate that was asked for, in Hz.
        to: u32,
        /// What the converter said.
        why: String,
    },
    /// There is no microphone or loudspeaker (of that name).
    #[error("no {what} was found{}. {hint}", name.as_ref().map(|n| format!(" with the name `{n}`")).unwrap_or_default())]
    NoDevice {
        /// `microphone` or `loudspeaker`.
        what: &'static str,
        /// The name that was asked for, if one was.
        name: Option<String>,
        /// How to go on without it.
        hint: String,
    },
    /// A device is there and does not work.
    #[error("the {what} {name} can't be used: {why}. {hint}")]
    Device {
        /// `microphone` or `loudspeaker`.
        what: &'static str,
        /// The device's name.
        name: String,
        /// What the system said.
        why: String,
        /// How to go on.
        hint: String,
    },
}
