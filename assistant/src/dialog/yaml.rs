//! YAML text into a tree that knows the place of every key and value. What a value is, its reader decides: here all are
//! text, so that `no`, `0123` and `12:30` stay what was written.

use super::accidents;
use super::code;
use super::place::{Place, Placed, Report, lines};
use super::source::Encoding;
use serde_yaml::granit_parser::{Event, Parser, ScalarStyle, Span};

/// How deep a file may be nested, and how long it may be in bytes.
const DEPTH_MAX: usize = 60;
const BYTES_MAX: usize = 1024 * 1024;

/// One value of a YAML file.
#[derive(Clone, Debug)]
pub struct Node {
    /// Where it begins.
    pub place: Place,
    /// The line in which it ends.
    pub last_line: usize,
    /// True for a text without quotes.
    pub plain: bool,
    /// What it is.
    pub value: NodeValue,
}

/// The three forms of a value.
#[derive(Clone, Debug)]
pub enum NodeValue {
    /// A text as it was written, its quotes and escapes resolved.
    Scalar(String),
    /// A list.
    List(Vec<Node>),
    /// Keys with values, in the order written; no key twice.
    Map(Vec<(Placed<String>, Node)>),
}

impl Node {
    fn holding(place: Place, value: NodeValue) -> Self {
        Node { place, last_line: place.line, plain: false, value }
    }
}

/// Reads the one document of the file; findings are reported, and `None` comes back if nothing can be made of it.
pub fn parse(report: &mut Report) -> Option<Node> {
    let file = report.file();
    if file.text.len() > BYTES_MAX {
        report.find(
            &code::YAML_TOO_MUCH,
            Place::default(),
            "this file is larger than 1 MiB",
            "split it into several files",
        );
        return None;
    }
    if !encoding(report) {
        return None;
    }
    let mut builder = Builder { report, open: Vec::new(), root: None };
    for next in Parser::new_from_str(&file.text) {
        match next {
            Ok((event, span)) => {
                if !builder.take(event, span) {
                    return None;
                }
            }
            Err(error) => {
                accidents::report(builder.report, &error);
                return None;
            }
        }
    }
    let root = builder.root.take();
    if let Some(odd) = root.as_ref().and_then(|root| accidents::odd_indent(&file.text, root)) {
        odd.tell(report);
        return None;
    }
    if root.is_none() {
        report.find(
            &code::YAML_EMPTY,
            Place::default(),
            "this file is empty",
            "begin with `flow:` and the name of the flow",
        );
    }
    root
}

/// Tells of a file that was not saved as UTF-8; false if its text can't be trusted.
pub fn encoding(report: &mut Report) -> bool {
    let (line, what) = match report.file().encoding {
        Encoding::Utf8 => return true,
        Encoding::Marked => {
            let hint = "it does no harm here; to be rid of it, save the file as \"UTF-8 without BOM\"";
            report.find(&code::YAML_BOM, Place::default(), "this file begins with an invisible mark (BOM)", hint);
            return true;
        }
        Encoding::Other(line) => (line, "another encoding, such as GBK or Latin-1"),
        Encoding::Utf16 => (1, "UTF-16, which some programs call \"Unicode\""),
    };
    let place = Place { line, column: 1, length: 1 };
    let hint = "in your editor choose \"Save with encoding\", then UTF-8";
    report.find(&code::YAML_ENCODING, place, format!("this file is saved in {what}, and has to be UTF-8"), hint);
    false
}

/// A list or mapping whose end has not come yet.
enum Open {
    List(Place, Vec<Node>),
    Map(Place, Vec<(Placed<String>, Node)>, Option<Placed<String>>),
}

struct Builder<'a, 'b> {
    report: &'a mut Report<'b>,
    open: Vec<Open>,
    root: Option<Node>,
}

impl Builder<'_, '_> {
    /// Adds one event to the tree; false if the rest can't be understood.
    fn take(&mut self, event: Event<'_>, span: Span) -> bool {
        let place = place_of(span);
        let marked = matches!(event, Event::Scalar(_, _, 1.., _) | Event::Alias(_))
            || matches!(event, Event::SequenceStart(_, 1.., _) | Event::MappingStart(_, 1.., _));
        if marked || event.tag().is_some() {
            let line = lines(&self.report.file().text).nth(place.line - 1).unwrap_or_default();
            let before = line.chars().take(place.column).enumerate().filter(|(_, c)| matches!(c, '&' | '*' | '!'));
            let (at, sign) = before.last().unwrap_or((place.column - 1, '&'));
            accidents::mark_accident((place.line, at + 1, 1), sign).tell(self.report);
            return false;
        }
        match event {
            Event::Scalar(text, style, ..) => {
                // A value that is not there is made into a `~`.
                let missing = style == ScalarStyle::Plain && span.start.index() == span.end.index();
                let text = if missing { "".into() } else { text };
                let length = if style == ScalarStyle::Plain { text.chars().count().max(1) } else { place.length };
                let place = Place { length, ..place };
                let plain = style == ScalarStyle::Plain && !text.is_empty();
                // The end of a text that has its own lines is counted at the beginning of the next one.
                let last_line = if plain { span.end.line() } else { span.end.line().max(place.line + 1) - 1 };
                let last_line = last_line.max(place.line);
                self.add(Node { place, last_line, plain, value: NodeValue::Scalar(text.into_owned()) })
            }
            Event::SequenceStart(..) => self.enter(Open::List(place, Vec::new()), place),
            Event::MappingStart(..) => self.enter(Open::Map(place, Vec::new(), None), place),
            Event::SequenceEnd | Event::MappingEnd => self.leave(),
            _ => true,
        }
    }

    fn enter(&mut self, open: Open, place: Place) -> bool {
        self.open.push(open);
        if self.open.len() > DEPTH_MAX {
            self.report.find(
                &code::YAML_TOO_MUCH,
                place,
                "this is nested too deeply",
                "move a part of it into a flow of its own",
            );
            return false;
        }
        true
    }

    fn leave(&mut self) -> bool {
        match self.open.pop() {
            Some(Open::List(place, items)) => self.add(Node::holding(place, NodeValue::List(items))),
            Some(Open::Map(place, entries, _)) => self.add(Node::holding(place, NodeValue::Map(entries))),
            None => true,
        }
    }

    fn add(&mut self, node: Node) -> bool {
        match self.open.last_mut() {
            Some(Open::List(_, items)) => items.push(node),
            Some(Open::Map(_, entries, key @ None)) => {
                let NodeValue::Scalar(text) = node.value else {
                    let hint = "a key is one word, followed by a colon and a space";
                    self.report.find(&code::YAML_BRACKET_TEXT, node.place, "a key can't be a list or a mapping", hint);
                    return false;
                };
                if let Some((first, _)) = entries.iter().find(|(first, _)| first.value == text) {
                    let hint = format!("the first one is in line {}; keep one of them", first.place.line);
                    self.report.find(
                        &code::YAML_SAME_KEY,
                        node.place,
                        format!("`{text}` is written twice in the same place"),
                        hint,
                    );
                }
                let found = Placed::new(text, node.place);
                if let Some(odd) = accidents::found_in_key(&found).filter(|_| node.plain) {
                    odd.tell(self.report);
                }
                *key = Some(found);
            }
            Some(Open::Map(_, entries, key)) => {
                if let Some(key) = key.take() {
                    entries.push((key, node));
                }
            }
            None if self.root.is_none() => self.root = Some(node),
            None => {
                self.report.find(
                    &code::YAML_DOCUMENTS,
                    node.place,
                    "one file holds one flow",
                    "put what follows `---` into its own file",
                );
                return false;
            }
        }
        true
    }
}

fn place_of(span: Span) -> Place {
    let (start, end) = (span.start, span.end);
    let same_line = start.line() == end.line() && end.index() > start.index();
    let length = if same_line { end.index() - start.index() } else { 1 };
    Place { line: start.line().max(1), column: start.col() + 1, length }
}
