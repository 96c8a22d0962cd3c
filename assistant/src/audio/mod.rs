//! Sound in and sound out: WAV files, microphones and loudspeakers, all as 16 kHz mono samples.
//! This room must never decide what a sound means, keep a recording that nobody asked for, or know any other room.
//!
//! A WAV file and a microphone are the same thing to the rest of the house: a [`FrameSource`] that hands out
//! 16 ms [`Frame`]s; a loudspeaker is a [`Sink`], and what it plays can be taken out of what a microphone records ([`EchoRemover`]). What only works
//! with real devices ([`Microphone`], [`Speaker`], [`devices`]) needs the feature `voice`.

#[cfg(feature = "voice")]
mod device;
#[cfg(feature = "voice")]
mod echo;
#[cfg(feature = "voice")]
mod echo_path;
mod error;
mod frames;
mod loopback;
#[cfg(feature = "voice")]
mod microphone;
mod pcm;
mod resample;
mod sink;
#[cfg(feature = "voice")]
mod speaker;
#[cfg(feature = "voice")]
mod track;
mod wav;

#[cfg(feature = "voice")]
pub use device::{DeviceInfo, devices};
#[cfg(feature = "voice")]
pub use echo::{Cleaned, EchoRemover};
#[cfg(feature = "voice")]
pub use echo_path::Reference;
pub use error::AudioError;
pub use frames::{Capture, FRAME_MS, FRAME_SAMPLES, Frame, FrameSource, PcmFrames};
pub use loopback::{Echo, chirp, find as find_chirp};
#[cfg(feature = "voice")]
pub use microphone::Microphone;
pub use pcm::{Pcm, SAMPLE_RATE};
pub use resample::{StreamResampler, resample};
pub use sink::Sink;
#[cfg(feature = "voice")]
pub use speaker::Speaker;
pub use wav::{decode_wav, encode_wav, read_wav, read_wav_as_is, write_wav};
