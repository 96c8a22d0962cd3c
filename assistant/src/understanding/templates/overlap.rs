//! Whether two templates can be the same sentence: each becomes an automaton, and what both accept is looked for, the
//! shortest first. Fillers, which a sentence may have anywhere, count as the matcher counts them.

mod meeting;

use super::fillers::Lookup;
use super::grammar::{self, Piece};
use crate::lang::Lang;
use crate::understanding::meaning::EntityKind;
use crate::understanding::tokens::{Kind, Token, Utterance};
use std::collections::{HashMap, HashSet};

/// What stands for a slot in a template.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Hole {
    /// Any words.
    Words,
    /// A value of this kind; the text tells values of one kind apart (billers and persons), and is empty for all of them.
    Value(EntityKind, &'static str),
    /// One of these names.
    Names(Vec<String>),
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Label {
    /// A word by which it is compared, and as it is written.
    Word(String, String),
    Value(EntityKind, &'static str),
    Anything,
}

impl Label {
    fn word(&self) -> Option<&str> {
        if let Label::Word(_, written) = self { Some(written) } else { None }
    }
}

/// Words of which every sentence of a pattern has at least one: for an index.
#[derive(Clone, Debug)]
enum Need {
    Word(String),
    /// Each of these holds, so that the rarest can be chosen.
    All(Vec<Need>),
    /// One of these holds.
    One(Vec<Need>),
}

/// What a word is compared by, and how it is written.
type Word = (String, String);

/// The words of the parts of a template, each part cut once.
#[derive(Debug, Default)]
struct Words(HashMap<String, Vec<Word>>);

impl Words {
    fn of(&mut self, text: &str) -> &[Word] {
        let cut = || tokens(text).into_iter().map(|token| (key(&token), token.text)).collect();
        self.0.entry(text.to_owned()).or_insert_with(cut)
    }

    /// The words of a part that no sentence of it may lack; `None` if it has none.
    fn needed(&mut self, text: &str) -> Option<Need> {
        let words = self.of(text).iter().filter(|(_, written)| !Lookup::get().has(written));
        let words: Vec<Need> = words.map(|(key, _)| Need::Word(key.clone())).collect();
        (!words.is_empty()).then_some(Need::All(words))
    }
}

/// A template as an automaton.
#[derive(Clone, Debug)]
pub struct Pattern {
    /// Its language.
    pub lang: Lang,
    edges: Vec<Vec<(Label, usize)>>,
    ends: Vec<usize>,
    need: Option<Need>,
    /// Every word that may stand in it.
    words: HashSet<String>,
    /// True if any words may stand somewhere in it.
    wild: bool,
}

impl Pattern {
    /// Reads a template; `None` if it can't be read. `hole` says what each slot stands for.
    #[must_use]
    pub fn new(template: &str, lang: Lang, hole: &dyn Fn(&str) -> Hole) -> Option<Pattern> {
        let pieces = grammar::parse(template).ok()?;
        let (edges, ends, words) = (vec![Vec::new()], Vec::new(), HashSet::new());
        let mut pattern = Pattern { lang, edges, ends, need: None, words, wild: false };
        let mut words = Words::default();
        pattern.ends = pattern.build(&pieces, vec![0], hole, &mut words);
        pattern.ends.retain(|end| *end != 0);
        pattern.need = need_of(&pieces, hole, &mut words);
        for (label, _) in pattern.edges.iter().flatten() {
            match label {
                Label::Word(key, _) => {
                    pattern.words.insert(key.clone());
                }
                Label::Anything => pattern.wild = true,
                Label::Value(..) => {}
            }
        }
        Some(pattern)
    }

    fn build(
        &mut self,
        pieces: &[Piece],
        from: Vec<usize>,
        hole: &dyn Fn(&str) -> Hole,
        words: &mut Words,
    ) -> Vec<usize> {
        let mut here = from;
        for piece in pieces {
            here = match piece {
                Piece::Words(text) => self.words(words.of(text), here),
                Piece::Slot(name) => match hole(name) {
                    Hole::Words => {
                        let next = self.step(&here, &Label::Anything);
                        self.edge(next, (Label::Anything, next));
                        vec![next]
                    }
                    Hole::Value(kind, class) => vec![self.step(&here, &Label::Value(kind, class))],
                    Hole::Names(names) => {
                        names.iter().flat_map(|name| self.words(words.of(name), here.clone())).collect()
                    }
                },
                Piece::OneOf { options, optional } => {
                    let mut ends = if *optional { here.clone() } else { Vec::new() };
                    for option in options {
                        ends.extend(self.build(option, here.clone(), hole, words));
                    }
                    ends.sort_unstable();
                    ends.dedup();
                    ends
                }
            };
        }
        here
    }

    fn words(&mut self, words: &[Word], from: Vec<usize>) -> Vec<usize> {
        let mut here = from;
        for (key, written) in words {
            here = vec![self.step(&here, &Label::Word(key.clone(), written.clone()))];
        }
        here
    }

    fn step(&mut self, from: &[usize], label: &Label) -> usize {
        let next = self.edges.len();
        self.edges.push(Vec::new());
        for node in from {
            self.edge(*node, (label.clone(), next));
        }
        next
    }

    fn edge(&mut self, node: usize, edge: (Label, usize)) {
        if let Some(edges) = self.edges.get_mut(node) {
            edges.push(edge);
        }
    }

    fn from(&self, node: usize) -> &[(Label, usize)] {
        self.edges.get(node).map_or(&[], Vec::as_slice)
    }

    /// Every word that may stand in it.
    pub fn vocabulary(&self) -> impl Iterator<Item = &str> {
        self.words.iter().map(String::as_str)
    }

    /// True if any words may stand somewhere in it.
    #[must_use]
    pub fn takes_anything(&self) -> bool {
        self.wild
    }

    /// False if it must have a word that the other can't have; quickly told.
    fn may_be(&self, other: &Pattern) -> bool {
        other.wild || self.need.as_ref().is_none_or(|need| met(need, &other.words))
    }

    /// Words of which each of its sentences has at least one, the rarest by `weight`; `None` where there are none.
    #[must_use]
    pub fn rarest(&self, weight: &dyn Fn(&str) -> usize) -> Option<Vec<&str>> {
        self.need.as_ref().map(|need| choose(need, weight).1)
    }
}

/// A sentence without its signs and spaces, by which equal ones are found.
#[must_use]
pub fn folded(sentence: &str) -> String {
    tokens(sentence).iter().map(|token| token.text.as_str()).collect::<Vec<_>>().join(" ")
}

fn tokens(words: &str) -> Vec<Token> {
    Utterance::new(words).tokens.into_iter().filter(|token| token.kind != Kind::Sign).collect()
}

fn key(token: &Token) -> String {
    match token.sound {
        Some(sound) => format!("{} {}", sound.key().0, sound.key().1),
        None => token.text.clone(),
    }
}

fn need_of(pieces: &[Piece], hole: &dyn Fn(&str) -> Hole, words: &mut Words) -> Option<Need> {
    let mut needs = Vec::new();
    for piece in pieces {
        needs.extend(match piece {
            Piece::Words(text) => words.needed(text),
            Piece::Slot(name) => match hole(name) {
                Hole::Names(names) => {
                    names.iter().map(|name| words.needed(name)).collect::<Option<Vec<_>>>().map(Need::One)
                }
                _ => None,
            },
            Piece::OneOf { optional: true, .. } => None,
            Piece::OneOf { options, .. } => {
                let each = options.iter().map(|option| need_of(option, hole, words));
                each.collect::<Option<Vec<_>>>().map(Need::One)
            }
        });
    }
    (!needs.is_empty()).then_some(Need::All(needs))
}

/// True if these words are enough.
fn met(need: &Need, words: &HashSet<String>) -> bool {
    match need {
        Need::Word(word) => words.contains(word),
        Need::All(needs) => needs.iter().all(|need| met(need, words)),
        Need::One(needs) => needs.iter().any(|need| met(need, words)),
    }
}

fn choose<'n>(need: &'n Need, weight: &dyn Fn(&str) -> usize) -> (usize, Vec<&'n str>) {
    match need {
        Need::Word(word) => (weight(word), vec![word]),
        Need::All(needs) => {
            needs.iter().map(|need| choose(need, weight)).min_by_key(|(weight, _)| *weight).unwrap_or_default()
        }
        Need::One(needs) => needs.iter().map(|need| choose(need, weight)).fold((0, Vec::new()), |mut all, one| {
            all.0 += one.0;
            all.1.extend(one.1);
            all
        }),
    }
}

#[cfg(test)]
pub(super) mod tests;
