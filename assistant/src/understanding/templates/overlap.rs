//! Whether two templates can be the same sentence: each becomes an automaton, and what both accept is looked for, the
//! shortest first. Fillers, which a sentence may have anywhere, count as the matcher counts them.

use super::fillers::phrases;
use super::grammar::{self, Piece};
use crate::lang::Lang;
use crate::understanding::meaning::EntityKind;
use crate::understanding::tokens::{Kind, Token, Utterance};
use std::collections::{HashSet, VecDeque};

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

/// Words of which every sentence of a pattern has at least one: for an index.
#[derive(Clone, Debug)]
enum Need {
    Word(String),
    /// Each of these holds, so that the rarest can be chosen.
    All(Vec<Need>),
    /// One of these holds.
    One(Vec<Need>),
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

/// What two templates have said together so far. Two that consist of fillers could each skip all of the other; that is
/// no sentence that both are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Met {
    Nothing,
    /// The same fillers, and nothing else.
    Fillers,
    /// One of them has skipped what the other said, and nothing but fillers was said together.
    Skipped,
    /// Something else than a filler.
    Substance,
}

impl Met {
    fn together(self, said: &str) -> Met {
        let filler = phrases().0.iter().any(|phrase| matches!(phrase.as_slice(), [word] if word == said));
        match self {
            _ if !filler => Met::Substance,
            Met::Nothing => Met::Fillers,
            other => other,
        }
    }

    fn alone(self) -> Met {
        if self == Met::Substance { self } else { Met::Skipped }
    }
}

/// How many pairs of places are looked at before two templates are taken for different.
const PAIRS_MAX: usize = 20_000;

impl Pattern {
    /// Reads a template; `None` if it can't be read. `hole` says what each slot stands for.
    #[must_use]
    pub fn new(template: &str, lang: Lang, hole: &dyn Fn(&str) -> Hole) -> Option<Pattern> {
        let pieces = grammar::parse(template).ok()?;
        let (edges, ends, words) = (vec![Vec::new()], Vec::new(), HashSet::new());
        let mut pattern = Pattern { lang, edges, ends, need: None, words, wild: false };
        pattern.ends = pattern.build(&pieces, vec![0], hole);
        pattern.ends.retain(|end| *end != 0);
        pattern.need = need_of(&pieces, hole);
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

    fn build(&mut self, pieces: &[Piece], from: Vec<usize>, hole: &dyn Fn(&str) -> Hole) -> Vec<usize> {
        let mut here = from;
        for piece in pieces {
            here = match piece {
                Piece::Words(words) => self.words(words, here),
                Piece::Slot(name) => match hole(name) {
                    Hole::Words => {
                        let next = self.step(&here, &Label::Anything);
                        self.edge(next, (Label::Anything, next));
                        vec![next]
                    }
                    Hole::Value(kind, class) => vec![self.step(&here, &Label::Value(kind, class))],
                    Hole::Names(names) => names.iter().flat_map(|name| self.words(name, here.clone())).collect(),
                },
                Piece::OneOf { options, optional } => {
                    let mut ends = if *optional { here.clone() } else { Vec::new() };
                    for option in options {
                        ends.extend(self.build(option, here.clone(), hole));
                    }
                    ends.sort_unstable();
                    ends.dedup();
                    ends
                }
            };
        }
        here
    }

    fn words(&mut self, words: &str, from: Vec<usize>) -> Vec<usize> {
        let mut here = from;
        for token in tokens(words) {
            here = vec![self.step(&here, &Label::Word(key(&token), token.text.clone()))];
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

    /// A sentence that both can be, the shortest.
    #[must_use]
    pub fn common(&self, other: &Pattern) -> Option<String> {
        if !(self.may_be(other) && other.may_be(self)) {
            return None;
        }
        let mut steps: Vec<(usize, String)> = vec![(0, String::new())];
        let mut seen: HashSet<(usize, usize, Met)> = HashSet::from([(0, 0, Met::Nothing)]);
        let mut waiting = VecDeque::from([(0, 0, Met::Nothing, 0)]);
        while let Some((a, b, met, before)) = waiting.pop_front() {
            if matches!(met, Met::Substance | Met::Fillers) && self.ends.contains(&a) && other.ends.contains(&b) {
                return Some(self.sentence(&steps, before));
            }
            let mut both = Vec::new();
            self.together(other, a, b, &mut both);
            let mut ways: Vec<_> = both.into_iter().map(|(a, b, said)| (a, b, met.together(&said), said)).collect();
            self.alone(a, b == 0, &mut |to, said| ways.push((to, b, met.alone(), said)));
            other.alone(b, a == 0, &mut |to, said| ways.push((a, to, met.alone(), said)));
            for (a, b, met, said) in ways {
                if seen.len() < PAIRS_MAX && seen.insert((a, b, met)) {
                    waiting.push_back((a, b, met, steps.len()));
                    steps.push((before, said));
                }
            }
        }
        None
    }

    /// Steps that both take.
    fn together(&self, other: &Pattern, a: usize, b: usize, ways: &mut Vec<(usize, usize, String)>) {
        for (mine, to_a) in self.from(a) {
            for (theirs, to_b) in other.from(b) {
                let said = match (mine, theirs) {
                    (Label::Word(one, written), Label::Word(two, _)) if one == two => Some(written.clone()),
                    (Label::Word(_, written), Label::Anything) | (Label::Anything, Label::Word(_, written)) => {
                        Some(written.clone())
                    }
                    (Label::Value(kind, class), Label::Anything) | (Label::Anything, Label::Value(kind, class)) => {
                        Some(sample(kind, class, self.lang).to_owned())
                    }
                    (Label::Value(one, class), Label::Value(two, other)) => both(one, class, two, other, self.lang),
                    (Label::Anything, Label::Anything) => Some(sample_words(self.lang).to_owned()),
                    _ => None,
                };
                ways.extend(said.map(|said| (*to_a, *to_b, said)));
            }
        }
    }

    /// Steps over fillers, which the other one skips; `leading` if it has not begun yet.
    fn alone(&self, from: usize, leading: bool, way: &mut dyn FnMut(usize, String)) {
        let (anywhere, at_the_beginning) = phrases();
        let lists = [Some(anywhere), Some(at_the_beginning).filter(|_| leading)];
        let begins = |phrase: &&Vec<String>| {
            let first = phrase.first();
            self.from(from).iter().any(|(label, _)| matches!(label, Label::Word(_, text) if Some(text) == first))
        };
        for phrase in lists.into_iter().flatten().flatten().filter(begins) {
            let mut here = vec![from];
            for word in phrase {
                let next = here.iter().flat_map(|node| self.from(*node));
                here = next
                    .filter(|(label, _)| matches!(label, Label::Word(_, text) if text == word))
                    .map(|e| e.1)
                    .collect();
            }
            let join = if self.lang == Lang::Zh { "" } else { " " };
            here.into_iter().for_each(|to| way(to, phrase.join(join)));
        }
    }

    fn sentence(&self, steps: &[(usize, String)], last: usize) -> String {
        let mut words = Vec::new();
        let mut at = last;
        while let Some((before, said)) = steps.get(at).filter(|_| at > 0) {
            words.push(said.as_str());
            at = *before;
        }
        words.reverse();
        words.join(if self.lang == Lang::Zh { "" } else { " " })
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

fn need_of(pieces: &[Piece], hole: &dyn Fn(&str) -> Hole) -> Option<Need> {
    let (anywhere, at_the_beginning) = phrases();
    let filler =
        |word: &str| anywhere.iter().chain(at_the_beginning).any(|phrase| phrase.iter().any(|one| one == word));
    let words = |words: &str| {
        let keys = tokens(words).into_iter().filter(|token| !filler(&token.text));
        let keys: Vec<Need> = keys.map(|token| Need::Word(key(&token))).collect();
        (!keys.is_empty()).then_some(Need::All(keys))
    };
    let needs = pieces.iter().filter_map(|piece| match piece {
        Piece::Words(text) => words(text),
        Piece::Slot(name) => match hole(name) {
            Hole::Names(names) => names.iter().map(|name| words(name)).collect::<Option<Vec<_>>>().map(Need::One),
            _ => None,
        },
        Piece::OneOf { optional: true, .. } => None,
        Piece::OneOf { options, .. } => {
            options.iter().map(|option| need_of(option, hole)).collect::<Option<Vec<_>>>().map(Need::One)
        }
    });
    let needs: Vec<Need> = needs.collect();
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

/// A value that fits both.
fn both(one: &EntityKind, class: &'static str, two: &EntityKind, other: &'static str, lang: Lang) -> Option<String> {
    let classes = class.is_empty() || other.is_empty() || class == other;
    let amount = |a: &EntityKind, b: &EntityKind| *a == EntityKind::Money && *b == EntityKind::Number;
    match () {
        () if one == two && classes => Some(sample(one, if class.is_empty() { other } else { class }, lang).to_owned()),
        () if amount(one, two) || amount(two, one) => Some(sample(&EntityKind::Number, "", lang).to_owned()),
        () => None,
    }
}

fn sample_words(lang: Lang) -> &'static str {
    if lang == Lang::Zh { "某事" } else { "something" }
}

/// What a person might say for a value.
fn sample(kind: &EntityKind, class: &str, lang: Lang) -> &'static str {
    let (en, zh) = match (kind, class) {
        (EntityKind::Money, _) => ("ten dollars", "十块钱"),
        (EntityKind::Number, _) => ("five", "五"),
        (EntityKind::Date, _) => ("tomorrow", "明天"),
        (EntityKind::Payee, "person") => ("Alice", "张伟"),
        (EntityKind::Payee, _) => ("water", "水费"),
        (EntityKind::Provider, _) => ("PayPal", "微信"),
        (EntityKind::YesNo, _) => ("yes", "是"),
        _ => ("something", "某事"),
    };
    if lang == Lang::Zh { zh } else { en }
}

#[cfg(test)]
pub(super) mod tests;
