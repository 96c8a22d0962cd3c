//! The log on standard error, without what must not be in any log.

use crate::redaction::hide;
use std::io::{self, Write};

/// Takes an event of the log as a whole, hides what must not be seen, and writes it when it is over.
#[derive(Debug, Default)]
pub struct Redacted {
    event: Vec<u8>,
}

impl Write for Redacted {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.event.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        if self.event.is_empty() {
            return Ok(());
        }
        let event = std::mem::take(&mut self.event);
        io::stderr().lock().write_all(hide(&String::from_utf8_lossy(&event)).as_bytes())
    }
}

impl Drop for Redacted {
    fn drop(&mut self) {
        // If standard error is gone there is nobody left to tell.
        let _ = self.flush();
    }
}
