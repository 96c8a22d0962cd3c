//! What most often goes wrong when people write YAML, each with a message of its own, at the line where it was done and
//! not where the parser stumbled.

use super::place::{Place, Report};
use serde_yaml::granit_parser::{ErrorKind, ScanError};

/// An accident: line and column from 1, what happened, how to mend it.
struct Accident {
    line: usize,
    column: usize,
    message: &'static str,
    hint: &'static str,
}

/// Says what is wrong with a file that can't be read.
pub fn report(report: &mut Report, error: &ScanError) {
    let marker = error.marker();
    let at = marker.line().max(1);
    let lines: Vec<&str> = report.file().text.lines().collect();
    let finders = [tab, full_width_colon, open_quote, full_width_marks, open_bracket, second_colon];
    if let Some(found) = finders.iter().find_map(|find| find(&lines, at, error.kind())) {
        let place = Place { line: found.line, column: found.column, length: 1 };
        return report.error(place, found.message, found.hint);
    }
    let hint =
        "look at the indentation of this line and the one above: what belongs together starts in the same column";
    let place = Place { line: at, column: marker.col() + 1, length: 1 };
    report.error(place, format!("this line can't be read: {}", error.info()), hint);
}

/// The first of the lines from `first` to `last` (from 1) in which `find` finds something, with the column.
fn look(lines: &[&str], first: usize, last: usize, find: impl Fn(&str) -> Option<usize>) -> Option<(usize, usize)> {
    let range = lines.iter().enumerate().take(last).skip(first.max(1) - 1);
    range.into_iter().find_map(|(index, line)| find(line).map(|column| (index + 1, column + 1)))
}

/// Where one of `marks` stands outside of quotes.
fn unquoted(line: &str, marks: &[char]) -> Option<usize> {
    let mut quoted = false;
    line.chars().position(|c| {
        quoted ^= c == '"';
        !quoted && marks.contains(&c)
    })
}

fn tab(lines: &[&str], at: usize, kind: &ErrorKind) -> Option<Accident> {
    let leading = |line: &str| line.chars().take_while(|c| c.is_whitespace()).position(|c| c == '\t');
    // The parser notices a tab one line too early.
    let found = look(lines, at, at + 1, leading)
        .or_else(|| matches!(kind, ErrorKind::TabNotAllowed | ErrorKind::TabInBlockIndentation).then_some((at, 1)));
    let (line, column) = found?;
    let message = "this line is indented with a tab";
    Some(Accident { line, column, message, hint: "use spaces; two for each level" })
}

fn full_width_colon(lines: &[&str], at: usize, _: &ErrorKind) -> Option<Accident> {
    let key = |line: &str| if line.contains(": ") { None } else { unquoted(line, &['：']) };
    // And this it notices one line too late.
    let (line, column) = look(lines, at.saturating_sub(1), at, key)?;
    let message = "this line has a full-width colon `：`";
    Some(Accident { line, column, message, hint: "after a key write `:` and a space" })
}

fn open_quote(lines: &[&str], at: usize, _: &ErrorKind) -> Option<Accident> {
    let odd = |line: &str| {
        let quotes = line.replace("\\\"", "").matches('"').count();
        let comment = line.trim_start().starts_with('#');
        if quotes % 2 == 1 && !comment { line.chars().position(|c| c == '"') } else { None }
    };
    // A text that is not ended runs on to the next quote, wherever that is.
    let (line, column) = look(lines, 1, at, odd)?;
    Some(Accident { line, column, message: "a quote is opened and not closed", hint: "end the text with `\"`" })
}

fn full_width_marks(lines: &[&str], at: usize, _: &ErrorKind) -> Option<Accident> {
    let marks = |line: &str| {
        let text = line.contains(": \"");
        if text { None } else { unquoted(line, &['，', '［', '］', '｛', '｝', '“', '”', '‘', '’']) }
    };
    let (line, column) = look(lines, at, at, marks)?;
    let message = "this line has full-width punctuation where YAML needs its own";
    let hint = "write `,` `[` `]` `{` `}` and straight quotes `\"` around texts";
    Some(Accident { line, column, message, hint })
}

fn open_bracket(lines: &[&str], at: usize, kind: &ErrorKind) -> Option<Accident> {
    let brackets = matches!(
        kind,
        ErrorKind::ExpectedFlowMappingSeparator
            | ErrorKind::ExpectedFlowSequenceSeparator
            | ErrorKind::UnclosedFlowCollection { .. }
            | ErrorKind::UnexpectedEofFlowMapping
            | ErrorKind::UnexpectedEofFlowSequence
            | ErrorKind::UnexpectedEofImplicitFlowMapping
            | ErrorKind::InvalidIndentation
    );
    if !brackets {
        return None;
    }
    let open = |line: &str| {
        let count = |marks: &[char]| line.chars().filter(|c| marks.contains(c)).count();
        let more = count(&['{', '[']) > count(&['}', ']']);
        if more { unquoted(line, &['{', '[']) } else { None }
    };
    let (line, column) = look(lines, 1, at, open)?;
    let message = "a bracket is opened and not closed";
    let hint = "close it, or put a text that begins with a bracket between double quotes";
    Some(Accident { line, column, message, hint })
}

fn second_colon(lines: &[&str], at: usize, _: &ErrorKind) -> Option<Accident> {
    let twice = |line: &str| {
        let twice = line.matches(": ").count() > 1 || (line.contains(": ") && line.trim_end().ends_with(':'));
        if twice { line.find(": ").map(|byte| line.get(..byte).unwrap_or_default().chars().count()) } else { None }
    };
    let (line, column) = look(lines, at, at, twice)?;
    let message = "this text has a colon in it, which YAML takes for another key";
    Some(Accident { line, column, message, hint: "put the whole text between double quotes" })
}
