//! Accidents of brackets.

use super::super::code;
use super::{Accident, Wreck, code_of};
use serde_yaml::granit_parser::ErrorKind;

/// `en: {amount} is due` or `- [please] pay`: a text that begins with a bracket, and goes on after it.
pub(super) fn bracket_text(wreck: &Wreck) -> Option<Accident> {
    let begins = |line: &str| {
        let code = code_of(line).trim_end();
        let start = value_of(code)?;
        let value = code.get(start..)?;
        let close = match value.chars().next()? {
            '{' => '}',
            '[' => ']',
            _ => return None,
        };
        let end = value.find(close)?;
        let inside = value.get(1..end)?;
        let rest = value.get(end + 1..)?.trim();
        let text = !rest.is_empty() && !rest.starts_with([',', ']', '}', ':']) && !inside.contains(": ");
        text.then(|| code.get(..start).unwrap_or_default().chars().count())
    };
    let before = (1..wreck.at).rev().find(|number| !wreck.line(*number).trim().is_empty()).unwrap_or(1);
    let (line, column) = wreck.look(before, wreck.at, begins)?;
    let sign = wreck.line(line).chars().nth(column - 1).unwrap_or('{');
    let message = format!("this text begins with `{sign}`, which YAML takes for the beginning of something else");
    let hint = "put the whole text between double quotes";
    Some(Accident::new(&code::YAML_BRACKET_TEXT, (line, column, 1), message, hint))
}

/// Where the value of a line begins, in bytes: behind `- ` and `key: `.
fn value_of(code: &str) -> Option<usize> {
    let mut start = code.len() - code.trim_start().len();
    while let Some(rest) = code.get(start..).filter(|rest| rest.starts_with("- ")) {
        start += 2 + rest.get(2..)?.len() - rest.get(2..)?.trim_start().len();
    }
    let rest = code.get(start..)?;
    match rest.find(": ") {
        Some(colon) if rest.get(..colon)?.chars().all(super::is_name) => {
            let value = rest.get(colon + 2..)?;
            Some(start + colon + 2 + value.len() - value.trim_start().len())
        }
        _ => Some(start),
    }
}

/// A bracket that is not closed: the first line that opens more than it and its followers close.
pub(super) fn open(wreck: &Wreck) -> Option<Accident> {
    let bracketed = matches!(
        wreck.kind,
        ErrorKind::ExpectedFlowMappingSeparator
            | ErrorKind::ExpectedFlowSequenceSeparator
            | ErrorKind::UnclosedFlowCollection { .. }
            | ErrorKind::MismatchedFlowCollectionEnd { .. }
            | ErrorKind::UnexpectedEofFlowMapping
            | ErrorKind::UnexpectedEofFlowSequence
            | ErrorKind::UnexpectedEofImplicitFlowMapping
            | ErrorKind::BlockEntryInFlowCollection
            | ErrorKind::InvalidColonPlacement
            | ErrorKind::InvalidFlowScalarIndent
            | ErrorKind::InvalidIndentation
    );
    if !bracketed {
        return None;
    }
    let (line, column) = wreck.look(1, wreck.at, |line| {
        let mut open = Vec::new();
        let mut quoted = false;
        for (at, c) in code_of(line).chars().enumerate() {
            quoted ^= c == '"';
            match c {
                _ if quoted => {}
                '{' | '[' => open.push((at, c)),
                '}' if open.last().is_some_and(|(_, open)| *open == '{') => drop(open.pop()),
                ']' if open.last().is_some_and(|(_, open)| *open == '[') => drop(open.pop()),
                _ => {}
            }
        }
        open.last().map(|(at, _)| *at)
    })?;
    let message = "a bracket is opened and not closed";
    let hint = "close it, or put a text that begins with a bracket between double quotes";
    Some(Accident::new(&code::YAML_OPEN_BRACKET, (line, column, 1), message, hint))
}

/// A closing bracket that closes nothing, or something else.
pub(super) fn stray(wreck: &Wreck) -> Option<Accident> {
    let misplaced = matches!(wreck.kind, ErrorKind::MisplacedFlowCollectionEnd);
    let (line, column) = wreck.look(wreck.at.saturating_sub(1), wreck.at, |line| {
        let (mut open, mut quoted) = (Vec::new(), false);
        code_of(line).chars().position(|c| {
            quoted ^= c == '"';
            match c {
                _ if quoted => false,
                '{' | '[' => {
                    open.push(c);
                    false
                }
                '}' => open.pop().map_or(misplaced, |open| open != '{'),
                ']' => open.pop().map_or(misplaced, |open| open != '['),
                _ => false,
            }
        })
    })?;
    let message = "this bracket closes nothing that is open";
    let hint = "delete it, or put a text with brackets between double quotes";
    Some(Accident::new(&code::YAML_OPEN_BRACKET, (line, column, 1), message, hint))
}
