//! The notation of templates: words, `{slot}`, `[optional]`, `(a|b)`, nested as one likes.

use std::fmt;

/// One piece of a template.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Piece {
    /// Plain words, not yet cut.
    Words(String),
    /// A value, by the name of its slot.
    Slot(String),
    /// One of these, or nothing if `optional`.
    OneOf {
        /// The alternatives, each a sequence.
        options: Vec<Vec<Piece>>,
        /// True in square brackets.
        optional: bool,
    },
}

/// Why a template can't be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TemplateError {
    /// The place in characters, from zero.
    pub at: usize,
    /// What is wrong and how to mend it.
    pub message: &'static str,
}

impl fmt::Display for TemplateError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} (character {})", self.message, self.at + 1)
    }
}

impl std::error::Error for TemplateError {}

/// Checks the notation of a template without learning it.
pub fn check_template(template: &str) -> Result<(), TemplateError> {
    parse(template).map(|_| ())
}

/// How deep brackets may stand inside brackets.
const DEPTH_MAX: usize = 16;

/// Reads a template.
pub(crate) fn parse(template: &str) -> Result<Vec<Piece>, TemplateError> {
    let chars: Vec<char> = template.chars().collect();
    let mut reader = Reader { chars: &chars, at: 0 };
    let sequence = reader.sequence(0)?;
    match chars.get(reader.at) {
        None if sequence.is_empty() => Err(TemplateError { at: 0, message: "the template is empty" }),
        None => Ok(sequence),
        Some('|') => Err(reader.error("`|` belongs inside (a|b) or [a|b]")),
        Some(_) => Err(reader.error("this bracket closes nothing")),
    }
}

struct Reader<'a> {
    chars: &'a [char],
    at: usize,
}

impl Reader<'_> {
    fn error(&self, message: &'static str) -> TemplateError {
        TemplateError { at: self.at, message }
    }

    /// Pieces up to a closing bracket, a bar or the end.
    fn sequence(&mut self, depth: usize) -> Result<Vec<Piece>, TemplateError> {
        let mut pieces = Vec::new();
        let mut words = String::new();
        if depth > DEPTH_MAX {
            return Err(self.error("brackets stand too deep inside each other"));
        }
        while let Some(c) = self.chars.get(self.at) {
            match c {
                ')' | ']' | '|' => break,
                '}' => return Err(self.error("this `}` closes nothing")),
                '{' | '(' | '[' => {
                    if !words.trim().is_empty() {
                        pieces.push(Piece::Words(std::mem::take(&mut words)));
                    }
                    words.clear();
                    pieces.push(if *c == '{' { self.slot()? } else { self.group(depth)? });
                }
                _ => {
                    words.push(*c);
                    self.at += 1;
                }
            }
        }
        if !words.trim().is_empty() {
            pieces.push(Piece::Words(words));
        }
        Ok(pieces)
    }

    fn slot(&mut self) -> Result<Piece, TemplateError> {
        let start = self.at;
        let rest = self.chars.get(start + 1..).unwrap_or_default();
        let length =
            rest.iter().position(|c| *c == '}').ok_or_else(|| self.error("this `{` is never closed by `}`"))?;
        let name: String = rest.iter().take(length).collect();
        let name = name.trim().to_owned();
        if name.is_empty() || name.contains(|c: char| !c.is_alphanumeric() && c != '_') {
            return Err(self.error("a slot is written `{name}`, with letters, digits and `_`"));
        }
        self.at = start + length + 2;
        Ok(Piece::Slot(name))
    }

    fn group(&mut self, depth: usize) -> Result<Piece, TemplateError> {
        let start = self.at;
        let optional = self.chars.get(start) == Some(&'[');
        let mut options = Vec::new();
        loop {
            self.at += 1;
            options.push(self.sequence(depth + 1)?);
            match (self.chars.get(self.at), optional) {
                (Some('|'), _) => {}
                (Some(']'), true) | (Some(')'), false) => break,
                (None, _) => {
                    self.at = start;
                    return Err(self.error("this bracket is never closed"));
                }
                (Some(_), true) => return Err(self.error("`[` is closed by `]`, not by `)`")),
                (Some(_), false) => return Err(self.error("`(` is closed by `)`, not by `]`")),
            }
        }
        self.at += 1;
        Ok(Piece::OneOf { options, optional })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_the_notation() {
        let pieces = parse("[please] (pay|settle) my {payee} [with {provider}]").unwrap();
        assert_eq!(pieces.len(), 5, "{pieces:?}");
        assert_eq!(pieces[3], Piece::Slot("payee".into()));
        assert!(matches!(&pieces[4], Piece::OneOf { options, optional: true } if options[0].len() == 2));
    }

    #[test]
    fn points_at_what_is_wrong() {
        for (template, at) in [
            ("pay [my", 4),
            ("pay my]", 6),
            ("pay (a]", 6),
            ("pay {", 4),
            ("pay {my bill}", 4),
            ("", 0),
            ("a | b", 2),
            ("a } b", 2),
        ] {
            assert_eq!(parse(template).unwrap_err().at, at, "{template}");
        }
        assert!(parse(&"[".repeat(10_000)).is_err());
    }
}
