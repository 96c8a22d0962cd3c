//! What is wrong with a dialog file: where, what, and how to mend it.

use annotate_snippets::{AnnotationKind, Level, Renderer, Snippet};
use serde::Serialize;
use std::ops::Range;

/// One thing that is wrong, or doubtful, in one place of one file. `--json` prints it as it is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// What kind of finding it is: a code of `dialogs/README.md`, such as `unknown-slot`.
    pub code: &'static str,
    /// Whether the dialogs can be used in spite of it.
    pub severity: Severity,
    /// The file's name as it was given.
    pub file: String,
    /// The line, from 1.
    pub line: usize,
    /// The column in characters, from 1.
    pub column: usize,
    /// The line in which the place ends, from 1.
    pub end_line: usize,
    /// The column just behind the place, in characters from 1.
    pub end_column: usize,
    /// What is wrong, in a sentence without jargon.
    pub message: String,
    /// How to mend it.
    pub hint: Option<String>,
    /// The line itself.
    pub snippet: String,
}

/// How bad a finding is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// The dialogs can't be used.
    Error,
    /// They can, but something is missing or odd.
    Warning,
}

impl Finding {
    /// The finding with its line, the place underlined and the hint below; `color` adds terminal colours.
    #[must_use]
    pub fn render(&self, color: bool) -> String {
        let level = match self.severity {
            Severity::Error => Level::ERROR,
            Severity::Warning => Level::WARNING,
        };
        let snippet = Snippet::source(self.snippet.as_str())
            .line_start(self.line)
            .path(self.file.as_str())
            .annotation(AnnotationKind::Primary.span(self.bytes()));
        let mut group = level.primary_title(self.message.as_str()).id(self.code).element(snippet);
        if let Some(hint) = &self.hint {
            group = group.element(Level::HELP.message(hint.as_str()));
        }
        let renderer = if color { Renderer::styled() } else { Renderer::plain() };
        renderer.render(&[group])
    }

    /// The place as bytes of the line.
    fn bytes(&self) -> Range<usize> {
        let at = |column: usize| {
            let found = self.snippet.char_indices().nth(column.saturating_sub(1));
            found.map_or(self.snippet.len(), |(byte, _)| byte)
        };
        at(self.column)..at(self.end_column)
    }
}
