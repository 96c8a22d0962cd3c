//! Accidents of indentation and spaces.

use super::super::code;
use super::super::place;
use super::super::yaml::{Node, NodeValue};
use super::{Accident, Wreck, code_of, indent, is_name};
use serde_yaml::granit_parser::ErrorKind;
use std::collections::BTreeSet;

/// True for spaces that look like a space and are none to YAML.
pub fn is_odd(c: char) -> bool {
    c != ' ' && c != '\t' && (c.is_whitespace() || c == '\u{200b}' || c == '\u{feff}')
}

/// Tells of such a space.
pub fn odd_accident(at: (usize, usize, usize), c: char) -> Accident {
    let what = match c {
        '\u{a0}' | '\u{202f}' => "a non-breaking space, as web pages and word processors have it",
        '\u{3000}' => "a full-width space, as Chinese input methods write it",
        '\u{200b}' | '\u{feff}' => "an invisible sign",
        _ => "an unusual space",
    };
    let message = format!("there is {what} (U+{:04X}) here, which YAML does not take for a space", u32::from(c));
    Accident::new(&code::YAML_ODD_SPACE, at, message, "delete it and type a plain space")
}

fn odd_at_the_beginning(line: &str) -> Option<(usize, char)> {
    let mut leading = line.chars().enumerate().take_while(|(_, c)| c.is_whitespace() || is_odd(*c));
    leading.find(|(_, c)| is_odd(*c)).filter(|_| !line.trim().is_empty())
}

/// In a file that can be read: a line that begins with an odd space, and so belongs elsewhere than it seems to.
pub fn odd_indent(text: &str, root: &Node) -> Option<Accident> {
    let inside = continued(root);
    place::lines(text).enumerate().find_map(|(index, line)| {
        let (before, c) = odd_at_the_beginning(line).filter(|_| !inside.contains(&(index + 1)))?;
        Some(odd_accident((index + 1, before + 1, 1), c))
    })
}

/// The lines into which a text runs on that began above.
fn continued(root: &Node) -> BTreeSet<usize> {
    let (mut lines, mut waiting) = (BTreeSet::new(), vec![root]);
    while let Some(node) = waiting.pop() {
        match &node.value {
            NodeValue::Scalar(_) => lines.extend(node.place.line + 1..=node.last_line),
            NodeValue::List(items) => waiting.extend(items),
            NodeValue::Map(entries) => waiting.extend(entries.iter().map(|(_, value)| value)),
        }
    }
    lines
}

pub(super) fn odd_indentation(wreck: &Wreck) -> Option<Accident> {
    (1..=wreck.at + 1).find_map(|number| {
        let (before, c) = odd_at_the_beginning(wreck.line(number))?;
        Some(odd_accident((number, before + 1, 1), c))
    })
}

pub(super) fn odd_after_colon(wreck: &Wreck) -> Option<Accident> {
    (wreck.at.saturating_sub(1).max(1)..=wreck.at + 1).find_map(|number| {
        let chars: Vec<char> = code_of(wreck.line(number)).chars().collect();
        let odd = |pair: &[char]| matches!(pair, [':' | '-', c] if is_odd(*c));
        let before = chars.windows(2).position(odd)?;
        Some(odd_accident((number, before + 2, 1), *chars.get(before + 1)?))
    })
}

pub(super) fn tab(wreck: &Wreck) -> Option<Accident> {
    let leading = |line: &str| line.chars().take_while(|c| c.is_whitespace()).position(|c| c == '\t');
    let named = matches!(
        wreck.kind,
        ErrorKind::TabNotAllowed
            | ErrorKind::TabInBlockIndentation
            | ErrorKind::TabInIndentation
            | ErrorKind::InvalidBlockEntryWhitespace
            | ErrorKind::InvalidMappingValueWhitespace
    );
    // The parser notices a tab one line too early.
    let found =
        wreck.look(wreck.at.saturating_sub(1), wreck.at + 1, |line| leading(line).filter(|_| !line.trim().is_empty()));
    let anywhere = || wreck.look(wreck.at, wreck.at, |line| line.chars().position(|c| c == '\t')).filter(|_| named);
    let (line, column) = found.or_else(anywhere)?;
    let message = "there is a tab where YAML needs spaces";
    Some(Accident::new(&code::YAML_TAB, (line, column, 1), message, "use spaces; two for each level"))
}

/// `key:value` where keys are meant.
pub(super) fn no_space_after_colon(wreck: &Wreck) -> Option<Accident> {
    let glued = |line: &str| {
        let code = code_of(line).trim_start().trim_start_matches("- ");
        let (key, rest) = code.split_once(':')?;
        let good = key.starts_with(|c: char| c.is_ascii_lowercase()) && key.chars().all(is_name);
        let glued = good && !rest.is_empty() && !rest.starts_with([' ', '/', ':']);
        let before = line.find(':').map(|byte| line.get(..byte).unwrap_or_default().chars().count());
        before.filter(|_| glued)
    };
    let (line, column) = wreck.look(wreck.at.saturating_sub(1), wreck.at, glued)?;
    let message = "the space after `:` is missing";
    Some(Accident::new(&code::YAML_NO_SPACE, (line, column, 1), message, "write `key: value`"))
}

/// `-say:` where a step is meant.
pub(super) fn no_space_after_dash(wreck: &Wreck) -> Option<Accident> {
    let glued = |line: &str| {
        let rest = line.trim_start().strip_prefix('-')?;
        let word = rest.starts_with(|c: char| c.is_ascii_lowercase() || c == '"');
        word.then(|| line.chars().take_while(|c| *c == ' ').count())
    };
    let (line, column) = wreck.look(wreck.at.saturating_sub(1), wreck.at, glued)?;
    let message = "the space after `-` is missing";
    Some(Accident::new(&code::YAML_NO_SPACE, (line, column, 1), message, "write `- ` before each item of a list"))
}

/// A key that stands alone without its colon.
pub(super) fn no_colon(wreck: &Wreck) -> Option<Accident> {
    let bare = |line: &str| {
        let word = code_of(line).trim();
        let word = word.strip_prefix("- ").unwrap_or(word);
        let good = !word.is_empty() && word.starts_with(|c: char| c.is_ascii_lowercase()) && word.chars().all(is_name);
        good.then(|| line.chars().take_while(|c| matches!(c, ' ' | '-')).count())
    };
    let first = (1..wreck.at).rev().find(|line| indent(wreck.line(*line)).is_some()).unwrap_or(wreck.at);
    let (line, column) = wreck.look(first, wreck.at, bare)?;
    let length = wreck.line(line).trim().trim_start_matches("- ").chars().count();
    let message = "the `:` after this key is missing";
    Some(Accident::new(&code::YAML_NO_SPACE, (line, column, length), message, "write `key:` and its value"))
}

/// A line that begins in a column in which nothing above begins.
pub(super) fn indentation(wreck: &Wreck) -> Option<Accident> {
    let here = indent(wreck.line(wreck.at))?;
    let above = |before: usize| (1..before).rev().find_map(|n| Some((n, indent(wreck.line(n))?)));
    // The columns that are open: each line above that begins further left than all between.
    let (mut open, mut from): (Vec<(usize, usize)>, usize) = (Vec::new(), wreck.at);
    while let Some((number, depth)) = above(from) {
        if open.last().is_none_or(|(_, least)| depth < *least) {
            open.push((number, depth));
            let dashes = wreck.line(number).get(depth..).unwrap_or_default();
            if let Some(rest) = dashes.strip_prefix("- ") {
                let inner = depth + 2 + rest.chars().take_while(|c| *c == ' ').count();
                open.push((number, inner));
            }
        }
        from = number;
    }
    let near = open.iter().filter(|(_, depth)| *depth != here).min_by_key(|(_, depth)| depth.abs_diff(here));
    let message = format!("this line begins in column {}, where it does not fit what stands above", here + 1);
    let hint = match near {
        Some((line, depth)) => {
            format!("lines that belong together begin in the same column: column {} as in line {line}?", depth + 1)
        }
        None => "lines that belong together begin in the same column".to_owned(),
    };
    let length = wreck.line(wreck.at).trim().split(' ').next().map_or(1, |word| word.chars().count());
    Some(Accident::new(&code::YAML_INDENT, (wreck.at, here + 1, length), message, hint))
}
