//! What most often goes wrong when people write YAML, each with a message of its own, at the line where it was done and
//! not where the parser stumbled. Must never take a file that can be read for one that can't.

mod brackets;
mod looks;
mod marks;
mod spaces;

pub use looks::{found_in_key, found_in_text};
pub use marks::mark_accident;
pub use spaces::odd_indent;

use super::code::{self, Code};
use super::place::{self, Place, Report};
use serde_yaml::granit_parser::{ErrorKind, ScanError};

/// An accident: where, what happened, how to mend it.
pub struct Accident {
    code: &'static Code,
    place: Place,
    message: String,
    hint: String,
}

/// The lines of a file that can't be read, and where the parser gave up.
struct Wreck<'t> {
    lines: Vec<&'t str>,
    /// The line, from 1, and the column, from 1, where the parser stumbled.
    at: usize,
    column: usize,
    kind: &'t ErrorKind,
}

impl Accident {
    fn new(
        code: &'static Code,
        (line, column, length): (usize, usize, usize),
        message: impl Into<String>,
        hint: impl Into<String>,
    ) -> Self {
        Accident { code, place: Place { line, column, length }, message: message.into(), hint: hint.into() }
    }

    /// Tells of it.
    pub fn tell(self, report: &mut Report) {
        report.find(self.code, self.place, self.message, self.hint);
    }
}

/// Says what is wrong with a file that can't be read.
pub fn report(report: &mut Report, error: &ScanError) {
    let (marker, text) = (error.marker(), &report.file().text);
    let lines: Vec<&str> = place::lines(text).collect();
    let at = marker.line().clamp(1, lines.len().max(1));
    let wreck = Wreck { lines, at, column: marker.col() + 1, kind: error.kind() };
    let finders = [
        spaces::odd_indentation,
        spaces::tab,
        spaces::odd_after_colon,
        marks::full_width_colon,
        marks::open_quote,
        marks::apostrophe,
        marks::reserved,
        marks::after_quote,
        marks::full_width,
        brackets::bracket_text,
        brackets::stray,
        brackets::open,
        marks::second_colon,
        spaces::no_space_after_colon,
        spaces::no_space_after_dash,
        spaces::no_colon,
        spaces::indentation,
    ];
    match finders.iter().find_map(|find| find(&wreck)) {
        Some(found) => found.tell(report),
        None => wreck.unreadable().tell(report),
    }
}

/// What may be wrong with a value that has no keys where keys are needed: the line has no colon that YAML sees.
pub fn keyless(place: Place, text: &str) -> Option<Accident> {
    let at = |mark: &str| text.find(mark).map(|byte| text.get(..byte).unwrap_or_default().chars().count());
    if let Some(before) = at("：") {
        let here = (place.line, place.column + before, 1);
        return Some(marks::colon_accident(here));
    }
    let odd = text.char_indices().find(|(_, c)| spaces::is_odd(*c));
    if let Some((byte, c)) = odd.filter(|(byte, _)| text.get(..*byte).is_some_and(|head| head.ends_with([':', '-']))) {
        let before = text.get(..byte).unwrap_or_default().chars().count();
        return Some(spaces::odd_accident((place.line, place.column + before, 1), c));
    }
    let word = |head: &str| head.starts_with(|c: char| c.is_ascii_lowercase()) && head.chars().all(is_name);
    let (head, _) = text.strip_prefix('-').unwrap_or(text).split_once([':', ' '])?;
    if text.starts_with('-') && word(head) {
        let message = "the space after `-` is missing";
        return Some(Accident::new(
            &code::YAML_NO_SPACE,
            (place.line, place.column, 1),
            message,
            "write `- ` before a step",
        ));
    }
    let before = at(":").filter(|before| *before > 0 && word(text.get(..*before).unwrap_or_default()))?;
    let here = (place.line, place.column + before, 1);
    Some(Accident::new(&code::YAML_NO_SPACE, here, "the space after `:` is missing", "write `key: value`"))
}

/// True for what a key is made of.
fn is_name(c: char) -> bool {
    c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_'
}

impl Wreck<'_> {
    /// The line with this number, from 1; empty if there is none.
    fn line(&self, number: usize) -> &str {
        number.checked_sub(1).and_then(|index| self.lines.get(index)).copied().unwrap_or_default()
    }

    /// The first of the lines from `first` to `last` (from 1) in which `find` finds something, with its column.
    fn look(&self, first: usize, last: usize, find: impl Fn(&str) -> Option<usize>) -> Option<(usize, usize)> {
        (first.max(1)..=last.min(self.lines.len())).find_map(|line| Some((line, find(self.line(line))? + 1)))
    }

    fn unreadable(&self) -> Accident {
        let hint = "look at the indentation, quotes and brackets of this line and the one above; put the text between double quotes";
        Accident::new(&code::YAML_UNREADABLE, (self.at, self.column, 1), "this line can't be read as YAML", hint)
    }
}

/// A line without its comment; quotes are respected.
fn code_of(line: &str) -> &str {
    let mut quote = None;
    let mut before = ' ';
    for (byte, c) in line.char_indices() {
        match quote {
            None if c == '#' && before.is_whitespace() => return line.get(..byte).unwrap_or(line),
            None if matches!(c, '"' | '\'') && !before.is_alphanumeric() => quote = Some(c),
            Some(open) if c == open && before != '\\' => quote = None,
            _ => {}
        }
        before = c;
    }
    line
}

/// Where the first of `marks` stands outside of double quotes, in characters from 0.
fn unquoted(line: &str, marks: &[char]) -> Option<usize> {
    let mut quoted = false;
    code_of(line).chars().position(|c| {
        quoted ^= c == '"';
        !quoted && marks.contains(&c)
    })
}

/// How far a line is indented, in characters; `None` for lines with nothing but a comment.
fn indent(line: &str) -> Option<usize> {
    let depth = line.chars().position(|c| c != ' ')?;
    (!line.trim_start().starts_with('#') && !line.trim().is_empty()).then_some(depth)
}
