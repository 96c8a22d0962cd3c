//! Texts to be said: per language, with variants, each in a written and perhaps a spoken form, with `{slot}` in them.

use super::super::place::{Place, Placed};
use crate::lang::Lang;
use std::collections::BTreeMap;

/// One thing to say, in every language in which it was written.
#[derive(Clone, Debug, Default)]
pub struct Texts {
    /// Where it was written.
    pub place: Place,
    /// The ways to say it; for a language that is present, at least one.
    pub variants: BTreeMap<Lang, Vec<Variant>>,
    /// True if something in it could not be read; that is reported.
    pub flawed: bool,
}

/// One way to say something.
#[derive(Clone, Debug)]
pub struct Variant {
    /// For the eye; for the ear too, if there is no spoken form.
    pub written: Template,
    /// For the ear.
    pub spoken: Option<Template>,
}

/// A text with holes for values.
#[derive(Clone, Debug)]
pub struct Template {
    /// Where it was written.
    pub place: Place,
    /// Its parts, in order.
    pub parts: Vec<Part>,
}

/// A part of a [`Template`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Part {
    /// To be said as it is.
    Literal(String),
    /// To be replaced by the value of this name.
    Hole(String),
}

impl Template {
    /// Reads `{name}` as a hole and `{{`, `}}` as braces; the error says what is wrong.
    pub fn parse(text: &str, place: Place) -> Result<Template, &'static str> {
        let mut parts = Vec::new();
        let mut literal = String::new();
        let mut chars = text.chars().peekable();
        while let Some(c) = chars.next() {
            match c {
                '{' | '}' if chars.peek() == Some(&c) => {
                    chars.next();
                    literal.push(c);
                }
                '{' => {
                    if !literal.is_empty() {
                        parts.push(Part::Literal(std::mem::take(&mut literal)));
                    }
                    parts.push(Part::Hole(hole(&mut chars)?));
                }
                '}' => return Err("there is a `}` without a `{` before it"),
                _ => literal.push(c),
            }
        }
        if !literal.is_empty() {
            parts.push(Part::Literal(literal));
        }
        Ok(Template { place, parts })
    }

    /// The names of its holes.
    pub fn holes(&self) -> impl Iterator<Item = &str> {
        self.parts.iter().filter_map(|part| match part {
            Part::Hole(name) => Some(name.as_str()),
            Part::Literal(_) => None,
        })
    }
}

fn hole(chars: &mut impl Iterator<Item = char>) -> Result<String, &'static str> {
    let mut name = String::new();
    for c in chars {
        match c {
            '}' if name.trim().is_empty() => return Err("there is nothing between `{` and `}`"),
            '}' => return Ok(name.trim().to_owned()),
            '{' => break,
            _ => name.push(c),
        }
    }
    Err("there is a `{` without a `}` after it")
}

impl Texts {
    /// Every template in it, with its language.
    pub fn templates(&self) -> impl Iterator<Item = (Lang, &Template)> {
        self.variants.iter().flat_map(|(lang, variants)| {
            variants.iter().flat_map(|v| std::iter::once(&v.written).chain(&v.spoken)).map(|t| (*lang, t))
        })
    }

    /// The languages in which it is missing.
    pub fn missing(&self) -> impl Iterator<Item = Lang> {
        Lang::ALL.into_iter().filter(|lang| !self.variants.contains_key(lang))
    }
}

/// Sentences of a person: what is said to start a flow, or to mean a value.
pub type Sentences = Vec<(Lang, Placed<String>)>;
