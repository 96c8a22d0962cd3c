//! How a command ends when it does not end well: a sentence and an exit code.

use std::io;

/// Why a command stopped.
#[derive(Debug)]
pub struct Failure {
    /// What went wrong and what to do, for standard error; empty if all was said already.
    pub message: String,
    /// 1 the thing asked for failed, 2 wrong usage or configuration, 3 an outcome is not known yet.
    pub exit_code: u8,
}

impl Failure {
    /// The thing asked for failed.
    pub fn failed(message: impl ToString) -> Self {
        Failure { message: message.to_string(), exit_code: 1 }
    }

    /// Wrong usage or configuration.
    pub fn usage(message: impl ToString) -> Self {
        Failure { message: message.to_string(), exit_code: 2 }
    }

    /// An outcome is not known yet.
    pub fn unknown(message: impl ToString) -> Self {
        Failure { message: message.to_string(), exit_code: 3 }
    }
}

impl From<io::Error> for Failure {
    fn from(wrong: io::Error) -> Self {
        // Whoever read our output has left: that is no failure of ours, and nobody listens.
        if wrong.kind() == io::ErrorKind::BrokenPipe {
            return Failure { message: String::new(), exit_code: 0 };
        }
        Failure::failed(format!("reading or writing failed: {wrong}"))
    }
}
