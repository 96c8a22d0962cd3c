//! The options of what measures speech: recognition, consent, voices, and how soon an answer comes.

use clap::{Args, ValueEnum};
use std::path::PathBuf;

/// `sayso bench consent`
#[derive(Args, Debug)]
pub struct ConsentBench {
    /// A folder of recordings with an index.jsonl, whose sentences that are no yes are the talk
    #[arg(long, value_name = "DIR")]
    pub audio: PathBuf,
    /// How long to listen; the sound is not played, so it takes less time or more
    #[arg(long, value_name = "N", default_value_t = 10, value_parser = clap::value_parser!(u32).range(1..=100_000))]
    pub minutes: u32,
    /// Threads for the recogniser, instead of as many as there are idle cores
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u8).range(1..=64))]
    pub threads: Option<u8>,
    /// The same seed gives the same sounds
    #[arg(long, value_name = "N", default_value_t = 1)]
    pub seed: u64,
}

/// `sayso bench speech`
#[derive(Args, Debug)]
pub struct SpeechBench {
    /// A folder of recordings with an index.jsonl of {"file","lang","text"} lines
    #[arg(long, value_name = "DIR")]
    pub audio: PathBuf,
    /// Another recogniser than the configured one: a name from `sayso models list`, or a whisper.cpp file
    #[arg(long, value_name = "NAME|FILE")]
    pub model: Option<String>,
    /// Threads for the recogniser, instead of as many as there are idle cores
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u8).range(1..=64))]
    pub threads: Option<u8>,
    /// Hear only every Nth recording
    #[arg(long, value_name = "N", default_value_t = 1, value_parser = clap::value_parser!(u32).range(1..))]
    pub every: u32,
    #[command(flatten)]
    pub harder: Harder,
}

/// How recordings are made harder to hear.
#[derive(Args, Clone, Copy, Debug)]
pub struct Harder {
    /// Add noise: hiss, other recordings of the folder, or a tune
    #[arg(long, value_name = "KIND", requires = "snr")]
    pub noise: Option<NoiseArg>,
    /// How much louder the speech is than the noise, in decibels
    #[arg(long, value_name = "DB", requires = "noise", allow_negative_numbers = true, value_parser = clap::value_parser!(i32).range(-40..=80))]
    pub snr: Option<i32>,
    /// Let each recording sound in a room with echoes
    #[arg(long)]
    pub room: bool,
    /// The same seed gives the same noise and room
    #[arg(long, value_name = "N", default_value_t = 1)]
    pub seed: u64,
}

/// A noise by name.
#[derive(ValueEnum, Clone, Copy, Debug)]
pub enum NoiseArg {
    /// Hiss
    White,
    /// Other recordings of the folder, six at once
    Babble,
    /// A tune
    Music,
}

/// `sayso bench talk`
#[derive(Args, Debug)]
pub struct TalkBench {
    /// A folder of recordings with an index.jsonl of {"file","lang","text"} lines
    #[arg(long, value_name = "DIR")]
    pub audio: PathBuf,
    /// Measure only every Nth recording
    #[arg(long, value_name = "N", default_value_t = 1, value_parser = clap::value_parser!(u32).range(1..))]
    pub every: u32,
    /// Leave out the same chain without speculation and cache, which takes as long again
    #[arg(long = "no-plain", action = clap::ArgAction::SetFalse)]
    pub plain: bool,
    /// Leave out the same sentences with longer pauses in them, which take three times as long again
    #[arg(long = "no-pauses", action = clap::ArgAction::SetFalse)]
    pub pauses: bool,
}

/// `sayso bench voices`
#[derive(Args, Debug)]
pub struct VoicesBench {
    /// A folder of recordings with an index.jsonl of {"file","lang","text","voice"} lines
    #[arg(long, value_name = "DIR")]
    pub audio: PathBuf,
    /// Of what is enrolled nothing is made harder, of yes and answers all
    #[command(flatten)]
    pub harder: Harder,
}
