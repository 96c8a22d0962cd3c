//! Whole-sentence grammars: all templates of all flows in one graph that shares beginnings, so that the cost of a sentence
//! hardly grows with the number of flows. Chinese is compared by sound.

mod fillers;
pub mod grammar;
mod graph;
pub mod overlap;
pub mod patterns;
#[cfg(test)]
pub(crate) mod tests;
mod walk;

use super::meaning::{EntityKind, IntentGuess};
use super::teaching::{SlotKind, TaughtIntent};
use super::tokens::{Kind, Token, Utterance};
use fillers::Fillers;
use grammar::Piece;
use graph::{Graph, Symbol};
use std::collections::HashMap;

/// A slot as a template names it.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct SlotUse {
    name: String,
    kind: Option<EntityKind>,
}

/// All templates, ready to be matched.
#[derive(Clone, Debug)]
pub(crate) struct Templates {
    graph: Graph,
    /// Words, and sounds of Chinese characters, by number.
    words: HashMap<String, u32>,
    sounds: HashMap<(&'static str, &'static str), u32>,
    slots: Vec<SlotUse>,
    intents: Vec<String>,
    /// Each template by number: its intent, and which of that intent's templates it is.
    taught: Vec<(u32, usize)>,
    fillers: Fillers,
}

/// A value that stands in the utterance, for the slots of templates.
#[derive(Clone, Debug)]
pub(crate) struct Placed {
    /// First token.
    pub first: usize,
    /// One past the last token.
    pub after: usize,
    /// One past the last token of a shorter name for the same thing, where there is one.
    pub shorter: Option<usize>,
    /// What kind of value.
    pub kind: EntityKind,
}

/// A template that is the whole utterance.
#[derive(Clone, Debug)]
pub(crate) struct Matched {
    /// Its intent, with slots bound to values by index.
    pub guess: IntentGuess,
    /// Which of the intent's templates, in the order in which they were taught.
    pub template: usize,
    /// Values that stand where an amount belongs; they may still be bare numbers.
    pub amounts: Vec<usize>,
}

impl Templates {
    /// Learns the templates of every intent. One that can't be read is left out: the loader has told its writer.
    pub fn new(intents: &[TaughtIntent]) -> Self {
        let mut templates = Templates {
            graph: Graph::new(),
            words: HashMap::new(),
            sounds: HashMap::new(),
            slots: Vec::new(),
            intents: Vec::new(),
            taught: Vec::new(),
            fillers: Fillers::new(),
        };
        for intent in intents {
            let number = u32::try_from(templates.intents.len()).unwrap_or(u32::MAX);
            templates.intents.push(intent.name.clone());
            for (nth, (_, template)) in intent.templates.iter().enumerate() {
                let Ok(pieces) = grammar::parse(template) else { continue };
                let start = vec![Graph::START];
                let ends = templates.build(&pieces, start, intent);
                let template = u32::try_from(templates.taught.len()).unwrap_or(u32::MAX);
                templates.taught.push((number, nth));
                templates.graph.accept(&ends, template);
            }
        }
        templates.graph.finish();
        templates
    }

    /// Adds a sequence after every node of `from`; gives the nodes at its end.
    fn build(&mut self, pieces: &[Piece], from: Vec<u32>, intent: &TaughtIntent) -> Vec<u32> {
        let mut here = from;
        for piece in pieces {
            here = match piece {
                Piece::Words(words) => self.add_words(words, here),
                Piece::Slot(name) => {
                    let symbol = Symbol::Slot(self.slot(name, intent));
                    vec![self.graph.step(&here, symbol, None)]
                }
                Piece::OneOf { options, optional } => {
                    let mut ends = if *optional { here.clone() } else { Vec::new() };
                    for option in options {
                        ends.extend(self.build(option, here.clone(), intent));
                    }
                    ends.sort_unstable();
                    ends.dedup();
                    ends
                }
            };
        }
        here
    }

    fn add_words(&mut self, words: &str, from: Vec<u32>) -> Vec<u32> {
        let mut here = from;
        for token in Utterance::new(words).tokens.iter().filter(|token| token.kind != Kind::Sign) {
            let symbol = Symbol::Word(self.number(token));
            let literal = (token.kind == Kind::Han).then_some(token.sign);
            here = vec![self.graph.step(&here, symbol, literal)];
        }
        here
    }

    fn number(&mut self, token: &Token) -> u32 {
        let next = u32::try_from(self.words.len() + self.sounds.len()).unwrap_or(u32::MAX);
        match token.sound {
            Some(sound) => *self.sounds.entry(sound.key()).or_insert(next),
            None => *self.words.entry(token.text.clone()).or_insert(next),
        }
    }

    fn slot(&mut self, name: &str, intent: &TaughtIntent) -> u32 {
        let kind = match intent.slots.iter().find(|(slot, _)| slot == name) {
            Some((_, SlotKind::Entity(kind))) => Some(kind.clone()),
            Some((_, SlotKind::Text)) | None => None,
        };
        let slot = SlotUse { name: name.to_owned(), kind };
        let known = self.slots.iter().position(|one| *one == slot);
        let at = known.unwrap_or(self.slots.len());
        if known.is_none() {
            self.slots.push(slot);
        }
        u32::try_from(at).unwrap_or(u32::MAX)
    }

    /// The intents whose templates are the whole utterance, the best first. `values` are in the order said; `skip` marks
    /// tokens that the person took back.
    pub fn find(&self, utterance: &Utterance, values: &[Placed], skip: &[bool]) -> Vec<Matched> {
        self.walk(utterance, values, skip, false)
    }

    /// The same with every template that is the whole utterance, however many an intent has of them.
    pub fn find_each(&self, utterance: &Utterance, values: &[Placed], skip: &[bool]) -> Vec<Matched> {
        self.walk(utterance, values, skip, true)
    }

    fn walk(&self, utterance: &Utterance, values: &[Placed], skip: &[bool], each: bool) -> Vec<Matched> {
        if utterance.len() == 0 || self.intents.is_empty() {
            return Vec::new();
        }
        let symbols: Vec<Option<u32>> = utterance.tokens.iter().map(|token| self.known(token)).collect();
        let skips = self.fillers.skips(utterance, skip);
        walk::Walk { templates: self, utterance, symbols: &symbols, values, skips: &skips }.run(each)
    }

    fn known(&self, token: &Token) -> Option<u32> {
        match token.sound {
            Some(sound) => self.sounds.get(&sound.key()).copied(),
            None => self.words.get(token.text.as_str()).copied(),
        }
    }
}
