//! Expectations rewritten in place: only the characters of the values change; comments, order and layout stay.

use super::compare::{Difference, Repair};
use crate::dialog::Place;
use serde_yaml::granit_parser::{Event, Parser, ScalarStyle, StructureStyle};
use std::collections::BTreeMap;

/// A text after its repairs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Updated {
    /// The new text.
    pub text: String,
    /// How many expectations were rewritten.
    pub rewritten: usize,
    /// How many differences are left, which only a person can settle.
    pub left: usize,
}

/// Rewrites what the differences say. What can't be rewritten without losing something is left.
#[must_use]
pub fn update(text: &str, differences: &[&Difference]) -> Updated {
    let chars: Vec<char> = text.chars().collect();
    let spans = Spans::of(text, &chars);
    let mut changes: BTreeMap<usize, (usize, String)> = BTreeMap::new();
    let mut rewritten = 0;
    for difference in differences {
        let change = difference.repair.as_ref().and_then(|repair| spans.change(&chars, repair));
        let Some((start, end, new)) = change else { continue };
        // Two differences at one place would be two answers to one question.
        if let std::collections::btree_map::Entry::Vacant(free) = changes.entry(start) {
            free.insert((end, new));
            rewritten += 1;
        }
    }
    let mut updated = String::with_capacity(text.len());
    let mut at = 0;
    for (start, (end, new)) in changes {
        if start < at {
            rewritten -= 1;
            continue;
        }
        updated.extend(chars.iter().take(start).skip(at));
        updated.push_str(&new);
        at = end;
    }
    updated.extend(chars.iter().skip(at));
    Updated { text: updated, rewritten, left: differences.len() - rewritten }
}

/// One value of the file, in characters from its beginning.
#[derive(Clone, Debug)]
struct Value {
    start: usize,
    end: usize,
    /// True inside of `[...]` or `{...}`.
    in_flow: bool,
    kind: Kind,
}

#[derive(Clone, Debug)]
enum Kind {
    Scalar(ScalarStyle),
    /// First and last character of the items.
    List(Option<(usize, usize)>),
}

/// Where every value stands, by line and column.
#[derive(Default)]
struct Spans {
    values: BTreeMap<(usize, usize), Value>,
    /// For the values of a mapping's keys: column of the mapping, whether it is a `{...}`, and where it ends.
    ends: BTreeMap<(usize, usize), (usize, bool, usize)>,
}

/// A list or mapping that is still open.
struct Open {
    start: usize,
    column: usize,
    line: usize,
    in_flow: bool,
    is_list: bool,
    first: Option<usize>,
    last: usize,
    scalars: Vec<(usize, usize)>,
}

impl Spans {
    fn of(text: &str, chars: &[char]) -> Self {
        let mut spans = Spans::default();
        let mut open: Vec<Open> = Vec::new();
        for next in Parser::new_from_str(text) {
            let Ok((event, span)) = next else { break };
            let (start, end) = (span.start.index(), span.end.index());
            let (line, column) = (span.start.line(), span.start.col() + 1);
            let in_flow = open.last().is_some_and(|open| open.in_flow);
            match event {
                Event::Scalar(_, style, ..) => {
                    spans.values.insert((line, column), Value { start, end, in_flow, kind: Kind::Scalar(style) });
                    if let Some(open) = open.last_mut() {
                        open.scalars.push((line, column));
                    }
                    grow(&mut open, start, end);
                }
                Event::SequenceStart(style, ..) | Event::MappingStart(style, ..) => {
                    let bracket = style == StructureStyle::Flow;
                    let is_list = matches!(event, Event::SequenceStart(..));
                    grow(&mut open, start, start + 1);
                    let in_flow = in_flow || bracket;
                    open.push(Open {
                        start,
                        column,
                        line,
                        in_flow,
                        is_list,
                        first: None,
                        last: end,
                        scalars: Vec::new(),
                    });
                }
                Event::SequenceEnd | Event::MappingEnd => {
                    let Some(closed) = open.pop() else { break };
                    spans.close(closed, end, chars, &mut open);
                }
                _ => {}
            }
        }
        spans
    }

    fn close(&mut self, closed: Open, end: usize, chars: &[char], open: &mut [Open]) {
        let bracketed = chars.get(closed.start).is_some_and(|c| ['[', '{'].contains(c));
        let end = if bracketed { end } else { closed.last };
        if closed.is_list {
            let items = closed.first.map(|first| (first, closed.last));
            let in_flow = bracketed || closed.in_flow;
            let value = Value { start: closed.start, end, in_flow, kind: Kind::List(items) };
            self.values.insert((closed.line, closed.column), value);
        } else {
            for scalar in closed.scalars {
                self.ends.insert(scalar, (closed.column, bracketed, closed.last));
            }
        }
        grow(open, closed.start, end);
    }

    /// The characters to be replaced, and by what.
    fn change(&self, chars: &[char], repair: &Repair) -> Option<(usize, usize, String)> {
        match repair {
            Repair::Replace(place, new) => {
                let value = self.at(*place)?;
                let Kind::Scalar(style) = value.kind else { return None };
                let block = matches!(style, ScalarStyle::Literal | ScalarStyle::Folded);
                let ending = if block { "\n" } else { "" };
                Some((value.start, value.end, format!("{}{ending}", scalar(new, style, value.in_flow))))
            }
            Repair::List(place, items) => self.list(chars, *place, items),
            Repair::AddPaid(place, items) => {
                let (column, braces, end) = *self.ends.get(&(place.line, place.column))?;
                let list = flow_list(items);
                if braces {
                    return Some((end, end, format!(", paid: {list}")));
                }
                let rest = chars.iter().skip(end).position(|c| *c == '\n').unwrap_or(chars.len().saturating_sub(end));
                let indent = " ".repeat(column - 1);
                Some((end + rest, end + rest, format!("\n{indent}paid: {list}")))
            }
        }
    }

    fn list(&self, chars: &[char], place: Place, items: &[String]) -> Option<(usize, usize, String)> {
        let value = self.at(place)?;
        let Kind::List(inside) = value.kind else {
            return Some((value.start, value.end, flow_list(items)));
        };
        let text: String = chars.get(value.start..value.end)?.iter().collect();
        if text.contains('#') {
            return None;
        }
        if text.starts_with('[') {
            return Some((value.start, value.end, flow_list(items)));
        }
        let (first, last) = inside?;
        // A list in the column of its key begins, for the parser, behind its first dash.
        let dash = chars.iter().take(first).rposition(|c| *c == '-')?;
        if items.is_empty() {
            // One column further in, since a list may stand in the column of its key.
            return Some((dash, last, "  []".to_owned()));
        }
        let line_start = chars.iter().take(dash).rposition(|c| *c == '\n').map_or(0, |at| at + 1);
        let indent = " ".repeat(dash - line_start);
        let lines: Vec<String> =
            items.iter().map(|item| format!("- {}", scalar(item, ScalarStyle::Plain, false))).collect();
        Some((dash, last, lines.join(&format!("\n{indent}"))))
    }

    fn at(&self, place: Place) -> Option<&Value> {
        self.values.get(&(place.line, place.column))
    }
}

/// Widens what is open around a value.
fn grow(open: &mut [Open], start: usize, end: usize) {
    for around in open.iter_mut() {
        around.last = around.last.max(end);
    }
    if let Some(parent) = open.last_mut() {
        parent.first.get_or_insert(start);
    }
}

fn flow_list(items: &[String]) -> String {
    let items: Vec<String> = items.iter().map(|item| scalar(item, ScalarStyle::Plain, true)).collect();
    format!("[{}]", items.join(", "))
}

/// A text as a YAML scalar: in the style that was there, where it fits.
fn scalar(text: &str, style: ScalarStyle, in_flow: bool) -> String {
    match style {
        ScalarStyle::SingleQuoted if !text.contains('\n') => format!("'{}'", text.replace('\'', "''")),
        ScalarStyle::Plain if is_plain(text, in_flow) => text.to_owned(),
        // A JSON string is a YAML string.
        _ => serde_json::to_string(text).unwrap_or_default(),
    }
}

/// True if a text means itself without quotes, for every reader of YAML.
fn is_plain(text: &str, in_flow: bool) -> bool {
    let starts = text.chars().next().is_some_and(char::is_alphanumeric);
    let ends = text.chars().last().is_some_and(|c| !c.is_whitespace() && c != ':');
    let marks = text.contains(": ") || text.contains(" #") || text.chars().any(char::is_control);
    let flow_marks = in_flow && text.contains([',', '[', ']', '{', '}']);
    let words = ["yes", "no", "on", "off", "true", "false", "null", "y", "n"];
    let other = words.contains(&text.to_lowercase().as_str()) || is_number(text);
    starts && ends && !marks && !flow_marks && !other
}

/// Digits with nothing but marks between them, which some readers take for numbers, times or days.
fn is_number(text: &str) -> bool {
    text.chars().all(|c| c.is_ascii_digit() || ".:_+-eExX".contains(c))
}
