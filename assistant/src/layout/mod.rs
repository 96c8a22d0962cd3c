//! Lays out dialog files and conversation tests: one form for all, with the very same meaning and every comment.
//!
//! Pure: text in, text out. Never gives a text that means anything else than what went in: both are read and compared,
//! and where they differ it refuses. Indentation, quotes and spaces are the work of `pretty_yaml`; the order of keys is ours.
//!
//! In reading order: [`remarks`]: comments stay with what they
//! stand above; [`order`]: keys in the order of the format's tables; [`meaning`]: what must stay the same.

mod meaning;
mod order;
mod remarks;

use crate::dialog::{Finding, Report, SourceFile, yaml_tree};
use pretty_yaml::config::{FormatOptions, LanguageOptions, LayoutOptions, LineBreak, Quotes};

/// How often a text is laid out until nothing changes any more; it takes two rounds where keys change places.
const ROUNDS_MAX: usize = 4;

/// The file's text in its right form. The findings say why there is none: the file can't be read, or can't be laid out
/// without changing what it means.
pub fn lay_out(file: &SourceFile) -> Result<String, Vec<Finding>> {
    let mut report = Report::new(file);
    let Some(before) = yaml_tree(&mut report) else { return Err(report.into_findings()) };
    if report.has_errors() {
        return Err(report.into_findings());
    }
    let text = file.text.trim_start_matches('\u{feff}').replace("\r\n", "\n");
    let comments = meaning::comments(&text);
    // Spaces at the end of a line can be a part of a text that goes over several lines.
    for trims in [true, false] {
        let laid_out = settle(&text, trims);
        let same = |text: &String| {
            let after = meaning::tree(text);
            after.is_some_and(|after| meaning::same(&before, &after)) && meaning::comments(text) == comments
        };
        if let Some(laid_out) = laid_out.filter(same) {
            return Ok(laid_out);
        }
    }
    let place = crate::dialog::Place { line: 1, column: 1, length: 1 };
    let hint = "lay it out by hand: two spaces for each level, one space after a colon or a dash";
    report.error(place, "this file can't be laid out without changing what it means, so it stays as it is", hint);
    Err(report.into_findings())
}

/// Lays out until nothing changes any more.
fn settle(text: &str, trims: bool) -> Option<String> {
    let mut text = text.to_owned();
    for _ in 0..ROUNDS_MAX {
        let pretty = pretty_yaml::format_text(&text, &options(trims)).ok()?;
        let next = order::in_order(&remarks::in_place(&text, pretty));
        if next == text {
            return Some(text);
        }
        text = next;
    }
    None
}

fn options(trims: bool) -> FormatOptions {
    FormatOptions {
        // Long lines stay: where a sentence breaks is for its writer to say.
        layout: LayoutOptions { print_width: 100_000, indent_width: 2, line_break: LineBreak::Lf },
        language: LanguageOptions {
            quotes: Quotes::PreferDouble,
            trailing_comma: false,
            brace_spacing: false,
            bracket_spacing: false,
            trim_trailing_whitespaces: trims,
            ..LanguageOptions::default()
        },
    }
}

#[cfg(test)]
mod tests;
