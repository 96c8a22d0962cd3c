//! The doors as a person finds them: the compiled `sayso`, run as a program, with input on its standard input and an exit
//! code at its end. Every run has a home of its own, and no run may ever show a Rust panic.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

#[path = "doors/contracts.rs"]
mod contracts;
#[path = "doors/conversations.rs"]
mod conversations;
#[cfg(unix)]
#[path = "doors/disk.rs"]
mod disk;
#[path = "doors/exits.rs"]
mod exits;
#[path = "doors/guarded.rs"]
mod guarded;
#[path = "doors/home.rs"]
mod home;
#[path = "doors/input.rs"]
mod input;
#[cfg(unix)]
#[path = "doors/killed.rs"]
mod killed;
#[cfg(unix)]
#[path = "doors/killed_often.rs"]
mod killed_often;
#[cfg(unix)]
#[path = "doors/notifications.rs"]
mod notifications;
#[path = "recorded/mod.rs"]
mod recorded;
#[path = "doors/scripts.rs"]
mod scripts;
#[path = "doors/sentences.rs"]
mod sentences;
#[path = "doors/side_by_side.rs"]
mod side_by_side;
#[path = "doors/sounds.rs"]
mod sounds;
#[cfg(unix)]
#[path = "doors/told.rs"]
mod told;
#[path = "doors/voiceprints.rs"]
mod voiceprints;
#[cfg(unix)]
#[path = "doors/watched.rs"]
mod watched;
#[path = "doors/writers.rs"]
mod writers;
