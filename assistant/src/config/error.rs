//! What is wrong with a configuration, said with its place and with how to mend it.

use super::file::File;
use std::path::{Path, PathBuf};

const SECRET_HINT: &str = "a secret is never written here: use { env: NAME } or { file: PATH }";

/// A configuration that can't be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{}:{line}:{column}: {message}\n{snippet}{}", path.display(), hint_line(hint))]
pub struct ConfigError {
    /// The file.
    pub path: PathBuf,
    /// Line, from 1.
    pub line: u64,
    /// Column, from 1.
    pub column: u64,
    /// What is wrong.
    pub message: String,
    /// How to mend it; may be empty.
    pub hint: String,
    /// The line itself with a mark under the place; may be empty.
    pub snippet: String,
}

fn hint_line(hint: &str) -> String {
    if hint.is_empty() { String::new() } else { format!("hint: {hint}") }
}

impl ConfigError {
    /// An error at a place of `text`.
    pub(super) fn at(
        place: serde_yaml::Location,
        text: &str,
        path: &Path,
        message: impl Into<String>,
        hint: impl Into<String>,
    ) -> Self {
        let (line, column) = (place.line(), place.column());
        ConfigError {
            path: path.to_owned(),
            line,
            column,
            message: message.into(),
            hint: hint.into(),
            snippet: snippet(text, line, column),
        }
    }
}

/// The line of the place, with a mark under it.
fn snippet(text: &str, line: u64, column: u64) -> String {
    let Some(shown) = usize::try_from(line).ok().and_then(|n| text.lines().nth(n.checked_sub(1)?)) else {
        return String::new();
    };
    let before = usize::try_from(column.saturating_sub(1)).unwrap_or(0);
    format!("  {line} | {shown}\n  {} | {}^\n", " ".repeat(line.to_string().len()), " ".repeat(before))
}

/// Reads the file's shape; wrong keys and values are errors with their place.
pub(super) fn read(text: &str, path: &Path) -> Result<File, ConfigError> {
    let options = serde_yaml::options! {
        strict_booleans: true,
        with_snippet: false,
    };
    serde_yaml::from_str_with_options(text, options).map_err(|wrong| {
        let message = wrong.without_snippet().to_string();
        let message = message.split(" at line ").next().unwrap_or_default().trim_end_matches(',').to_owned();
        let hint = hint_for(&message);
        match wrong.location() {
            // The line may hold the secret itself: it is not shown again.
            Some(place) if hint == SECRET_HINT => ConfigError::at(place, "", path, message, hint),
            Some(place) => ConfigError::at(place, text, path, message, hint),
            None => ConfigError { path: path.to_owned(), line: 1, column: 1, message, hint, snippet: String::new() },
        }
    })
}

/// Makes a hint from what the reader expected: the nearest known key, or how a secret is referred to.
fn hint_for(message: &str) -> String {
    let Some((before, expected)) = message.split_once("expected one of ").or_else(|| message.split_once("expected "))
    else {
        return String::new();
    };
    let wrong = before.split('`').nth(1).unwrap_or_default();
    let expected: Vec<&str> = expected.split(", ").map(|word| word.trim_matches('`')).collect();
    if expected.contains(&"env") {
        return SECRET_HINT.to_owned();
    }
    let nearness = |known: &str| strsim::normalized_levenshtein(wrong, known);
    match expected.iter().max_by(|a, b| nearness(a).total_cmp(&nearness(b))) {
        Some(known) if nearness(known) >= 0.5 => format!("did you mean `{known}`?"),
        Some(_) if !wrong.is_empty() => format!("known here: {}", expected.join(", ")),
        _ => String::new(),
    }
}
