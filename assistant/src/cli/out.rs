//! Where results go: standard output, as text or as one JSON object a line; everything else goes to standard error.

use serde::Serialize;
use std::io::{self, Write as _};

/// The two ways to print results.
#[derive(Clone, Copy, Debug)]
pub struct Out {
    json: bool,
}

impl Out {
    /// JSON lines if `json`, else text.
    #[must_use]
    pub fn new(json: bool) -> Self {
        Out { json }
    }

    /// Prints one result: the object, or the text made for people.
    pub fn result<T: Serialize>(self, object: &T, text: impl FnOnce() -> String) -> io::Result<()> {
        if self.json {
            self.line(&serde_json::to_string(object).map_err(io::Error::other)?)
        } else {
            self.line(&text())
        }
    }

    /// Prints an object where JSON was asked for, else nothing.
    pub fn object<T: Serialize>(self, object: &T) -> io::Result<()> {
        if self.json { self.line(&serde_json::to_string(object).map_err(io::Error::other)?) } else { Ok(()) }
    }

    /// Prints text for people; nothing where JSON was asked for.
    pub fn text(self, text: &str) -> io::Result<()> {
        if self.json { Ok(()) } else { self.line(text) }
    }

    /// One line on standard output, at once. A reader that went away ends the program quietly.
    fn line(self, text: &str) -> io::Result<()> {
        let mut out = io::stdout().lock();
        writeln!(out, "{text}")?;
        out.flush()
    }
}

/// A remark for the person, on standard error.
pub fn remark(text: &str) {
    // If even standard error is gone there is nobody left to tell.
    let _ = writeln!(io::stderr().lock(), "{text}");
}
