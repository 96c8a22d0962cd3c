//! Payees, providers and choices by their names: letter by letter, by spelling and by sound. Two names that are nearly as
//! near are both offered; nothing is picked for the person.

mod alike;
mod everyday;
mod score;
pub(in crate::understanding) mod stranger;
#[cfg(test)]
pub(crate) mod tests;

use super::meaning::{Entity, EntityKind, Id, Value};
use super::money::Spotted;
use super::sound::{Syllable, skeleton};
use super::teaching::{Expectation, Name, NameKind};
use super::tokens::{Kind, Utterance};
use std::collections::HashMap;

/// How near a name must be to the best one to be offered beside it, in thousandths.
const RIVAL_GAP: u16 = 90;
/// The score of a name that is there letter by letter.
const EXACT: u16 = 1000;

/// One way to call one thing.
#[derive(Clone, Debug)]
struct Entry {
    kind: NameKind,
    id: String,
    /// As it is written, where it is the first name of the thing in a language.
    first_name: Option<String>,
    words: Vec<String>,
    /// All Latin letters without spaces; empty for a Chinese name.
    letters: String,
    skeleton: String,
    /// How a name of Chinese characters sounds; empty for others.
    syllables: Vec<Syllable>,
    characters: Vec<char>,
}

/// Everything that has a name.
#[derive(Clone, Debug, Default)]
pub(crate) struct Names {
    entries: Vec<Entry>,
    exact: HashMap<String, Vec<usize>>,
    choices: HashMap<String, Vec<String>>,
    /// Payees and providers, which may be garbled wherever they stand.
    anywhere: Vec<usize>,
    /// The choices of each slot, which may be garbled only where that slot is asked for.
    by_slot: HashMap<String, Vec<usize>>,
}

/// A place in the utterance and a name that fits it.
#[derive(Clone, Debug)]
struct Hit {
    first: usize,
    after: usize,
    entry: usize,
    score: u16,
    /// True if it may as well be somebody else's name: Elise is not Alice.
    doubtful: bool,
}

impl Names {
    /// Prepares every name.
    pub fn new(names: &[Name]) -> Self {
        let mut all = Names::default();
        for name in names {
            for (at, (lang, called)) in name.names.iter().enumerate() {
                let first = !name.names.iter().take(at).any(|(before, _)| before == lang);
                all.teach(&name.kind, &name.id, called, first);
            }
            if let NameKind::Choice(slot) = &name.kind {
                let ids = all.choices.entry(slot.clone()).or_default();
                if !ids.contains(&name.id) {
                    ids.push(name.id.clone());
                }
            }
        }
        all
    }

    fn teach(&mut self, kind: &NameKind, id: &str, called: &str, first_name: bool) {
        let tokens = Utterance::new(called).tokens;
        let words: Vec<String> = tokens.iter().map(|token| token.text.clone()).collect();
        let Some(first) = words.first().cloned() else { return };
        let letters: String = words.iter().flat_map(|word| word.chars()).filter(char::is_ascii_lowercase).collect();
        let han = tokens.iter().all(|token| token.kind == Kind::Han);
        let syllables: Vec<Syllable> =
            if han { tokens.iter().filter_map(|token| token.sound).collect() } else { Vec::new() };
        let characters = tokens.iter().map(|token| token.sign).collect();
        let entry = Entry {
            kind: kind.clone(),
            id: id.to_owned(),
            first_name: first_name.then(|| called.to_owned()),
            skeleton: skeleton(&letters),
            letters: if han { String::new() } else { letters },
            syllables: if han && words.len() > 1 { syllables } else { Vec::new() },
            words,
            characters,
        };
        self.exact.entry(first).or_default().push(self.entries.len());
        match kind {
            NameKind::Choice(slot) => self.by_slot.entry(slot.clone()).or_default().push(self.entries.len()),
            NameKind::Payee | NameKind::Provider => self.anywhere.push(self.entries.len()),
        }
        self.entries.push(entry);
    }

    /// All names in the utterance, in the order said.
    pub fn find(&self, utterance: &Utterance, expect: &Expectation) -> Vec<Spotted> {
        let mut hits = self.exact_hits(utterance);
        let covered = marked(utterance.len(), &hits);
        self.sounding_hits(utterance, &covered, expect, &mut hits);
        self.settle(utterance, expect, &hits)
    }

    /// Only the names that are there letter by letter: enough for what is written in a flow.
    pub fn find_written(&self, utterance: &Utterance) -> Vec<Spotted> {
        self.settle(utterance, &Expectation::default(), &self.exact_hits(utterance))
    }

    fn settle(&self, utterance: &Utterance, expect: &Expectation, hits: &[Hit]) -> Vec<Spotted> {
        let mut found = Vec::new();
        for group in groups(hits.to_vec()) {
            let Some(mut spotted) = self.spotted(utterance, expect, &group) else { continue };
            spotted.shorter = self.shorter(hits, &spotted);
            found.push(spotted);
        }
        if found.is_empty() {
            found.extend(self.by_number(utterance, expect));
        }
        found
    }

    fn exact_hits(&self, utterance: &Utterance) -> Vec<Hit> {
        let mut hits = Vec::new();
        for first in 0..utterance.len() {
            let word = utterance.word(first);
            let bare = word.strip_suffix("'s").unwrap_or(word);
            let keys = if bare == word { [Some(word), None] } else { [Some(word), Some(bare)] };
            for entry in keys.into_iter().flatten().filter_map(|key| self.exact.get(key)).flatten() {
                let Some(words) = self.entries.get(*entry).map(|entry| &entry.words) else { continue };
                let same = words.iter().enumerate().all(|(i, word)| is_word(utterance.word(first + i), word));
                let after = first + words.len();
                // "Kiran" is not in "Kiran1", nor "al" in "al1".
                let cut = utterance.glued(after)
                    && utterance.kind(after) == Some(Kind::Digits)
                    && utterance.kind(after - 1) == Some(Kind::Word);
                if same && !cut && !(words.len() == 1 && is_inside_word(utterance, first)) {
                    hits.push(Hit { first, after, entry: *entry, score: EXACT, doubtful: false });
                }
            }
        }
        hits
    }

    /// Names that are not there letter by letter but sound or look like it.
    fn sounding_hits(&self, utterance: &Utterance, covered: &[bool], expect: &Expectation, hits: &mut Vec<Hit>) {
        let free = |at: usize| !covered.get(at).copied().unwrap_or(true);
        for first in (0..utterance.len()).filter(|at| free(*at)) {
            match utterance.kind(first) {
                Some(Kind::Word) => {
                    for length in 1..=4 {
                        let after = first + length;
                        let words = (first..after).all(|at| free(at) && utterance.kind(at) == Some(Kind::Word));
                        if !words {
                            break;
                        }
                        self.english_hits(utterance, (first, after), expect, hits);
                    }
                }
                Some(Kind::Han) => self.chinese_hits(utterance, first, &free, expect, hits),
                _ => {}
            }
        }
    }

    /// The entries that may be garbled here: the choices of other slots than the one asked for are none of them.
    fn candidates(&self, expect: &Expectation) -> impl Iterator<Item = (usize, &Entry)> {
        let chosen = expect.slot.as_ref().and_then(|slot| self.by_slot.get(slot)).map_or(&[][..], Vec::as_slice);
        self.anywhere.iter().chain(chosen).filter_map(|index| Some((*index, self.entries.get(*index)?)))
    }

    fn english_hits(
        &self,
        utterance: &Utterance,
        (first, after): (usize, usize),
        expect: &Expectation,
        hits: &mut Vec<Hit>,
    ) {
        let heard = score::Heard::new(utterance, first, after);
        for (index, entry) in self.candidates(expect).filter(|(_, entry)| !entry.letters.is_empty()) {
            let expected = is_expected(entry, expect);
            if let Some(score) = heard.against(&entry.letters, &entry.skeleton, entry.words.len(), expected) {
                let doubtful = entry.kind == NameKind::Payee && heard.may_be_another(&entry.letters);
                hits.push(Hit { first, after, entry: index, score, doubtful });
            }
        }
    }

    fn chinese_hits(
        &self,
        utterance: &Utterance,
        first: usize,
        free: &impl Fn(usize) -> bool,
        expect: &Expectation,
        hits: &mut Vec<Hit>,
    ) {
        for (index, entry) in self.candidates(expect).filter(|(_, entry)| entry.syllables.len() > 1) {
            let after = first + entry.syllables.len();
            if !(first..after).all(free) || after > utterance.len() {
                continue;
            }
            let expected = is_expected(entry, expect);
            let introduced = first > 0 && "给向交付转用缴到查还叫帮".contains(utterance.sign(first - 1));
            if let Some(score) =
                score::chinese(utterance, first, &entry.syllables, &entry.characters, expected || introduced)
            {
                let payee = entry.kind == NameKind::Payee;
                let doubtful = payee && score::may_be_another(utterance, first, &entry.syllables);
                hits.push(Hit { first, after, entry: index, score, doubtful });
            }
        }
    }

    /// One value for hits that share a place.
    fn spotted(&self, utterance: &Utterance, expect: &Expectation, group: &[Hit]) -> Option<Spotted> {
        let (first, after) = group.first().map(|hit| (hit.first, hit.after))?;
        let mut entries: Vec<(&Entry, u16)> =
            group.iter().filter_map(|hit| Some((self.entries.get(hit.entry)?, hit.score))).collect();
        entries.sort_by_key(|(_, score)| std::cmp::Reverse(*score));
        let kind = self.kind_meant(utterance, first, expect, &entries)?;
        let same_kind: Vec<_> = entries.iter().filter(|(entry, _)| entry.kind == kind).collect();
        let best = same_kind.first()?.1;
        let mut readings: Vec<Value> = Vec::new();
        for (entry, score) in same_kind {
            let value = value(&kind, &entry.id);
            if *score + RIVAL_GAP >= best && !(best == EXACT && *score < EXACT) && !readings.contains(&value) {
                readings.push(value);
            }
        }
        let (start, end) = utterance.place(first, after);
        let mut entity = entity(entity_kind(&kind), start, end, utterance, readings);
        if group.iter().all(|hit| hit.doubtful)
            && let Some(value) = entity.value.take()
        {
            (entity.alternatives, entity.ambiguous) = (vec![value], true);
        }
        Some(Spotted { first, after, shorter: None, entity })
    }

    /// Where a shorter name of the same thing ends: "water" in "water bill".
    fn shorter(&self, hits: &[Hit], spotted: &Spotted) -> Option<usize> {
        let Some(Value::Id(id)) = &spotted.entity.value else { return None };
        let same = |hit: &&Hit| {
            let inside = hit.first == spotted.first && hit.after < spotted.after && hit.score == EXACT;
            inside && self.entries.get(hit.entry).is_some_and(|entry| entry.id == id.id)
        };
        hits.iter().filter(same).map(|hit| hit.after).max()
    }

    /// Where one word names things of several kinds: the expected one, else the one that its preposition asks for.
    fn kind_meant(
        &self,
        utterance: &Utterance,
        first: usize,
        expect: &Expectation,
        entries: &[(&Entry, u16)],
    ) -> Option<NameKind> {
        let best = entries.first()?.1;
        let mut kinds: Vec<&NameKind> = Vec::new();
        for (entry, score) in entries {
            if *score + RIVAL_GAP >= best && !kinds.contains(&&entry.kind) {
                kinds.push(&entry.kind);
            }
        }
        let expected = kinds.iter().find(|kind| match kind {
            NameKind::Choice(slot) => expect.slot.as_ref() == Some(slot),
            other => expect.kinds.contains(&entity_kind(other)),
        });
        let before = first.checked_sub(1).map_or("", |before| utterance.word(before));
        let by_means =
            matches!(before, "with" | "by" | "via" | "using" | "use" | "through" | "用" | "过" | "拿" | "使");
        let asked_for = if by_means { NameKind::Provider } else { NameKind::Payee };
        let likely = kinds.iter().find(|kind| ***kind == asked_for);
        let named = expected.or(likely).or_else(|| kinds.iter().find(|kind| !matches!(kind, NameKind::Choice(_))));
        named.or(kinds.first()).map(|kind| (*kind).clone())
    }

    /// "the second one", 第二个: one of the choices that were offered.
    fn by_number(&self, utterance: &Utterance, expect: &Expectation) -> Option<Spotted> {
        let slot = expect.slot.as_ref()?;
        let asked = expect.kinds.contains(&EntityKind::Choice);
        let ids = self.choices.get(slot).filter(|ids| asked && ids.len() > 1)?;
        // Where a number can be the answer itself, "two" alone is that number.
        let bare = !expect.kinds.iter().any(|kind| matches!(kind, EntityKind::Money | EntityKind::Number));
        let choose = |at| score::ordinal(utterance, at, ids.len(), bare);
        let (first, after, place) = (0..utterance.len()).find_map(choose)?;
        let id = ids.get(place)?;
        let (start, end) = utterance.place(first, after);
        let kind = NameKind::Choice(slot.clone());
        let entity = entity(EntityKind::Choice, start, end, utterance, vec![value(&kind, id)]);
        Some(Spotted { first, after, shorter: None, entity })
    }
}

/// A name of one character counts only where it stands like a word of its own: 交水, 水多少, but not 喝水, 电话.
fn is_inside_word(utterance: &Utterance, at: usize) -> bool {
    if utterance.kind(at) != Some(Kind::Han) {
        return false;
    }
    let han = |at: Option<usize>| at.filter(|at| utterance.kind(*at) == Some(Kind::Han)).map(|at| utterance.sign(at));
    let before = han(at.checked_sub(1)).is_none_or(|c| "交付缴查的欠问看年月个给把一下要".contains(c));
    let behind = han(Some(at + 1)).is_none_or(|c| "费吧了呢是多要的账欠交付一总共呀啊和跟还".contains(c));
    !(before && behind)
}

fn is_word(heard: &str, word: &str) -> bool {
    heard == word || heard.strip_suffix("'s") == Some(word)
}

fn is_expected(entry: &Entry, expect: &Expectation) -> bool {
    match &entry.kind {
        NameKind::Choice(slot) => expect.slot.as_ref() == Some(slot),
        other => expect.kinds.contains(&entity_kind(other)),
    }
}

fn entity_kind(kind: &NameKind) -> EntityKind {
    match kind {
        NameKind::Payee => EntityKind::Payee,
        NameKind::Provider => EntityKind::Provider,
        NameKind::Choice(_) => EntityKind::Choice,
    }
}

fn value(kind: &NameKind, id: &str) -> Value {
    let slot = if let NameKind::Choice(slot) = kind { Some(slot.clone()) } else { None };
    Value::Id(Id { id: id.to_owned(), slot })
}

fn entity(kind: EntityKind, start: usize, end: usize, utterance: &Utterance, mut readings: Vec<Value>) -> Entity {
    let value = if readings.len() == 1 { readings.pop() } else { None };
    let ambiguous = value.is_none();
    Entity { kind, start, end, text: utterance.slice(start, end), value, alternatives: readings, ambiguous }
}

fn marked(count: usize, hits: &[Hit]) -> Vec<bool> {
    let mut marks = vec![false; count];
    for hit in hits {
        for mark in marks.iter_mut().take(hit.after).skip(hit.first) {
            *mark = true;
        }
    }
    marks
}

/// Hits by place, places that overlap settled: the better score first, then the longer, then the earlier.
fn groups(mut hits: Vec<Hit>) -> Vec<Vec<Hit>> {
    hits.sort_by_key(|hit| {
        let exact = hit.score == EXACT;
        (
            !exact,
            std::cmp::Reverse(if exact { hit.after - hit.first } else { usize::from(hit.score) }),
            hit.first,
            std::cmp::Reverse(hit.after),
        )
    });
    let mut chosen: Vec<Vec<Hit>> = Vec::new();
    for hit in hits {
        let same =
            chosen.iter_mut().find(|group| group.iter().any(|one| one.first == hit.first && one.after == hit.after));
        if let Some(group) = same {
            group.push(hit);
            continue;
        }
        let overlaps = chosen.iter().flatten().any(|one| hit.first < one.after && one.first < hit.after);
        if !overlaps {
            chosen.push(vec![hit]);
        }
    }
    chosen.sort_by_key(|group| group.first().map_or(0, |hit| hit.first));
    chosen
}
