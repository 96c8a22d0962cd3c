//! What two templates have in common: both are gone through side by side, from their beginnings, until both end.

use super::super::fillers::Lookup;
use super::{Label, Pattern};
use crate::lang::Lang;
use crate::understanding::meaning::EntityKind;
use std::collections::VecDeque;

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
        match self {
            _ if !Lookup::get().is_filler(said) => Met::Substance,
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
    /// A sentence that both can be, the shortest.
    #[must_use]
    pub fn common(&self, other: &Pattern) -> Option<String> {
        if !(self.may_be(other) && other.may_be(self)) {
            return None;
        }
        let mut steps: Vec<(usize, Said)> = vec![(0, Said::Written(""))];
        let mut seen = Seen::new(self.edges.len(), other.edges.len());
        seen.insert(0, 0, Met::Nothing);
        let mut waiting = VecDeque::from([(0, 0, Met::Nothing, 0)]);
        let mut ways = Vec::new();
        while let Some((a, b, met, before)) = waiting.pop_front() {
            if matches!(met, Met::Substance | Met::Fillers) && self.ends.contains(&a) && other.ends.contains(&b) {
                return Some(self.sentence(&steps, before));
            }
            self.together(other, a, b, &mut |a, b, said| ways.push((a, b, met.together(said), Said::Written(said))));
            self.alone(a, b == 0, &mut |to, said| ways.push((to, b, met.alone(), Said::Filler(said))));
            other.alone(b, a == 0, &mut |to, said| ways.push((a, to, met.alone(), Said::Filler(said))));
            for (a, b, met, said) in ways.drain(..) {
                if steps.len() < PAIRS_MAX && seen.insert(a, b, met) {
                    waiting.push_back((a, b, met, steps.len()));
                    steps.push((before, said));
                }
            }
        }
        None
    }

    /// Steps that both take, and what is said at each.
    fn together<'p>(&'p self, other: &'p Pattern, a: usize, b: usize, way: &mut dyn FnMut(usize, usize, &'p str)) {
        for (mine, to_a) in self.from(a) {
            for (theirs, to_b) in other.from(b) {
                let said = match (mine, theirs) {
                    (Label::Word(one, written), Label::Word(two, _)) if one == two => Some(written.as_str()),
                    (Label::Word(_, written), Label::Anything) | (Label::Anything, Label::Word(_, written)) => {
                        Some(written.as_str())
                    }
                    (Label::Value(kind, class), Label::Anything) | (Label::Anything, Label::Value(kind, class)) => {
                        Some(sample(kind, class, self.lang))
                    }
                    (Label::Value(one, class), Label::Value(two, other)) => both(one, class, two, other, self.lang),
                    (Label::Anything, Label::Anything) => Some(sample_words(self.lang)),
                    _ => None,
                };
                said.into_iter().for_each(|said| way(*to_a, *to_b, said));
            }
        }
    }

    /// Steps over fillers, which the other one skips; `leading` if it has not begun yet.
    fn alone(&self, from: usize, leading: bool, way: &mut dyn FnMut(usize, &'static [String])) {
        for (at, (label, _)) in self.from(from).iter().enumerate() {
            let earlier = self.from(from).iter().take(at);
            let Some(word) = label.word().filter(|word| earlier.clone().all(|(one, _)| one.word() != Some(word)))
            else {
                continue;
            };
            for phrase in Lookup::get().beginning(word, leading) {
                let mut here = vec![from];
                for word in phrase {
                    let next = here.iter().flat_map(|node| self.from(*node));
                    here = next.filter(|(label, _)| label.word() == Some(word)).map(|edge| edge.1).collect();
                }
                here.into_iter().for_each(|to| way(to, phrase));
            }
        }
    }

    fn sentence(&self, steps: &[(usize, Said)], last: usize) -> String {
        let join = if self.lang == Lang::Zh { "" } else { " " };
        let mut words = Vec::new();
        let mut at = last;
        while let Some((before, said)) = steps.get(at).filter(|_| at > 0) {
            words.push(match said {
                Said::Written(word) => (*word).to_owned(),
                Said::Filler(phrase) => phrase.join(join),
            });
            at = *before;
        }
        words.reverse();
        words.join(join)
    }
}

/// What is said at one step of a sentence.
#[derive(Clone, Copy, Debug)]
enum Said<'p> {
    Written(&'p str),
    Filler(&'static [String]),
}

/// Which pairs of places were come to already, by what had been said.
struct Seen {
    width: usize,
    marks: Vec<[bool; 4]>,
}

impl Seen {
    fn new(places: usize, others: usize) -> Self {
        Seen { width: others, marks: vec![[false; 4]; places * others] }
    }

    /// True if it is new.
    fn insert(&mut self, a: usize, b: usize, met: Met) -> bool {
        let mark = self.marks.get_mut(a * self.width + b).and_then(|marks| marks.get_mut(met as usize));
        mark.is_some_and(|mark| !std::mem::replace(mark, true))
    }
}

/// A value that fits both.
fn both(
    one: &EntityKind,
    class: &'static str,
    two: &EntityKind,
    other: &'static str,
    lang: Lang,
) -> Option<&'static str> {
    let classes = class.is_empty() || other.is_empty() || class == other;
    let amount = |a: &EntityKind, b: &EntityKind| *a == EntityKind::Money && *b == EntityKind::Number;
    match () {
        () if one == two && classes => Some(sample(one, if class.is_empty() { other } else { class }, lang)),
        () if amount(one, two) || amount(two, one) => Some(sample(&EntityKind::Number, "", lang)),
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
