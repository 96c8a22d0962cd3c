//! How the host and its own worker process carry messages over a pipe. Not part of the ABI: both ends are Sayso's.
//!
//! A frame is the length of a message in four bytes, big-endian, then the message. The worker first reports that it has
//! [loaded](Report::Loaded) the library or [why not](Report::NotLoaded). The host's first frames are [`Order`]s; when an
//! instance is there, every further frame is a `ToPlugin` message that is delivered as it stands. What the plugin
//! emits comes back as it stands, and after each frame the worker reports that it is [done](Report::Delivered) with it.
//! The plugin lives in the worker's process and could write any of this itself, so the host believes none of it blindly.

use super::message::FromPlugin;
use super::table::HeaderProblem;
use super::{MESSAGE_BYTES_MAX, message};
use serde::{Deserialize, Serialize};

/// How many bytes come before a message.
pub const LENGTH_BYTES: usize = 4;

/// A message that is longer than [`MESSAGE_BYTES_MAX`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a message of {0} bytes is longer than the {MESSAGE_BYTES_MAX} that are allowed")]
pub struct TooLarge(pub usize);

/// One message as a frame.
pub fn frame(message: &[u8]) -> Result<Vec<u8>, TooLarge> {
    let too_large = TooLarge(message.len());
    let length = u32::try_from(message.len()).map_err(|_| too_large)?;
    if message.len() > MESSAGE_BYTES_MAX {
        return Err(too_large);
    }
    let mut frame = Vec::with_capacity(LENGTH_BYTES + message.len());
    frame.extend_from_slice(&length.to_be_bytes());
    frame.extend_from_slice(message);
    Ok(frame)
}

/// How many bytes of message follow these four; refused before anything is set aside for them.
pub fn length(bytes: [u8; LENGTH_BYTES]) -> Result<usize, TooLarge> {
    let length = u32::from_be_bytes(bytes) as usize;
    if length > MESSAGE_BYTES_MAX { Err(TooLarge(length)) } else { Ok(length) }
}

/// What the host tells the worker before there is an instance.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum Order {
    /// Call `describe`.
    Describe,
    /// Call `create` with this JSON object.
    Create {
        /// The configuration.
        configuration: serde_json::Value,
    },
}

/// What comes from the worker: its own reports, and what the plugin emitted.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
// Nearly every report is the large one, and it is read where it was made: a box would only add an allocation.
#[allow(clippy::large_enum_variant)]
pub enum Report {
    /// The library is loaded, and its table is one that this version can use.
    Loaded {
        /// The library's major version of the ABI.
        major: u32,
        /// Its minor version.
        minor: u32,
        /// What the worker gave up before it loaded it.
        #[serde(default)]
        confinement: Confinement,
    },
    /// The library cannot be used; the worker ends.
    NotLoaded {
        /// Why.
        problem: LoadProblem,
    },
    /// One frame was handed to the plugin, and its function returned this code.
    Delivered {
        /// One of the codes of the ABI.
        code: i32,
    },
    /// The plugin broke a rule that the worker itself can see; the host ends the worker.
    Broken {
        /// Which.
        reason: String,
    },
    /// What the plugin emitted.
    #[serde(untagged)]
    Plugin(message::FromPlugin),
}

/// What a worker gave up, for good, before the first line of a plugin ran.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Confinement {
    /// Memory, open files, processes and core files are limited.
    pub limits: bool,
    /// No file can be opened but the system's libraries and the plugin's own, for reading (Landlock).
    pub files: bool,
    /// Only the calls to the system that computing and the pipes need are left (seccomp).
    pub calls: bool,
}

impl Confinement {
    /// True if nothing is missing.
    #[must_use]
    pub fn complete(&self) -> bool {
        self.limits && self.files && self.calls
    }
}

/// The argument with which the host tells the worker to run a plugin even where it cannot confine itself wholly.
pub const ALLOW_UNCONFINED: &str = "--allow-unconfined";

/// The argument with which a worker gives up everything, writes a [`Survey`] to standard output, and ends.
pub const SURVEY: &str = "--survey";

/// What a system has of all that a worker gives up.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Survey {
    /// Memory, open files, processes and core files can be limited.
    pub limits: bool,
    /// The process can gain no privileges any more.
    pub no_new_privileges: bool,
    /// The version of Landlock; 0 for none.
    pub landlock: u32,
    /// Files can be given up by it.
    pub files: bool,
    /// Calls to the system can be given up (seccomp).
    pub calls: bool,
    /// What did not work, each with the system's reason.
    pub missing: Vec<String>,
}

impl Report {
    /// Reads one message; anything that is not a JSON object with a `type` is refused.
    pub fn read(bytes: &[u8]) -> Result<Report, String> {
        let text = std::str::from_utf8(bytes).map_err(|_| "what came is not UTF-8".to_owned())?;
        // Twice, because the reasons that an untagged variant gives say nothing of what is wrong.
        match serde_json::from_str::<Report>(text) {
            Ok(report) => Ok(report),
            Err(_) => match serde_json::from_str::<FromPlugin>(text) {
                Ok(message) => Ok(Report::Plugin(message)),
                Err(wrong) => Err(format!("what came is not a message: {wrong}")),
            },
        }
    }
}

/// Why a library cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[serde(tag = "problem", rename_all = "snake_case")]
pub enum LoadProblem {
    /// The system's loader refused it.
    #[error("the system cannot load it: {detail}")]
    NotALibrary {
        /// The loader's own words.
        detail: String,
    },
    /// It has no entry function, or that returns nothing.
    #[error("it is a library, but not a plugin of Sayso: it exports no `sayso_plugin_entry`")]
    NoEntry,
    /// Its table is not one that this version can use.
    #[error(transparent)]
    Header(HeaderProblem),
    /// The worker could not confine itself, and so loaded nothing.
    #[error("the worker cannot confine itself on this system, so it loaded nothing: {detail}")]
    NotConfined {
        /// What went wrong.
        detail: String,
    },
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn frames_have_a_limit_both_ways() {
        let message = vec![b'x'; MESSAGE_BYTES_MAX];
        let framed = frame(&message).unwrap();
        let head = framed[..LENGTH_BYTES].try_into().unwrap();
        assert_eq!(length(head), Ok(MESSAGE_BYTES_MAX));
        assert_eq!(frame(&vec![b'x'; MESSAGE_BYTES_MAX + 1]), Err(TooLarge(MESSAGE_BYTES_MAX + 1)));
        assert_eq!(length(*b"GARB"), Err(TooLarge(0x4741_5242)));
    }

    #[test]
    fn reports_and_emitted_messages_share_a_pipe() {
        for report in [
            Report::Loaded { major: 1, minor: 0, confinement: Confinement { calls: true, ..Confinement::default() } },
            Report::NotLoaded { problem: LoadProblem::Header(HeaderProblem::OtherVersion { major: 2, minor: 1 }) },
            Report::Delivered { code: 0 },
            Report::Plugin(FromPlugin::Failed { id: 7, reason: "panicked".into() }),
        ] {
            let text = serde_json::to_vec(&report).unwrap();
            assert_eq!(Report::read(&text), Ok(report));
        }
    }

    #[test]
    fn garbage_is_refused_with_a_reason_and_the_unknown_is_not() {
        for garbage in ["", "null", "17", "[]", "{}", "{\"type\":7}", "{\"type\":\"return\",\"id\":1}"] {
            assert!(Report::read(garbage.as_bytes()).is_err(), "{garbage}");
        }
        assert!(Report::read(b"\xff\xfe").is_err());
        assert_eq!(Report::read(b"{\"type\":\"dance\"}"), Ok(Report::Plugin(FromPlugin::Unknown)));
    }
}
