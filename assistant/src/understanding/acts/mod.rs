//! Yes, no, cancel, repeat and the other things an utterance does to a conversation. A yes is never guessed: every word of
//! the utterance must belong to it.

mod correcting;
mod excuses;
mod listed;
mod phrases;
mod restating;
#[cfg(test)]
mod tests;

pub(super) use excuses::behind_excuses;
pub(super) use listed::answers;

use super::meaning::Act;
use super::sound::Syllable;
use super::tokens::{Kind, Utterance};
use std::collections::HashMap;

/// What a phrase is good for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Role {
    Yes,
    YesToQuestion,
    YesBySound,
    YesMore,
    Restating,
    Doubt,
    No,
    Neutral,
    Steer(Act),
    Correction,
}

#[derive(Clone, Debug)]
struct Phrase {
    words: Vec<String>,
    role: Role,
}

#[derive(Clone, Debug)]
struct SoundPhrase {
    text: String,
    syllables: Vec<Syllable>,
    role: Role,
}

/// An act with the tokens that express it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Done {
    /// Which.
    pub act: Act,
    /// First token.
    pub first: usize,
    /// One past the last token.
    pub after: usize,
    /// True if the act takes up its whole clause; else it only opens it.
    pub whole: bool,
}

/// What is waited for, as far as it decides what a yes is made of.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Asked {
    /// True if a yes or no was asked for.
    pub answer: bool,
    /// True if a payment was read back, and all values that were said could be its: then a yes may say them once more.
    pub restated: bool,
}

/// The phrases, found by their first word or by how they sound.
#[derive(Clone, Debug)]
pub(crate) struct Acts {
    phrases: HashMap<String, Vec<Phrase>>,
    by_sound: Vec<SoundPhrase>,
}

/// Words at the beginning that are a no whatever follows, unless [`NOT_A_NO`] follows.
const LEADING_NO: &[&str] = &["no", "nope", "nah", "not", "don't", "wrong", "incorrect"];
/// What follows "no" where that is no refusal.
const NOT_A_NO: &[&str] =
    &["one", "problem", "worries", "doubt", "idea", "rush", "hurry", "matter", "later", "more", "only", "less"];
/// The same in Chinese.
const LEADING_NO_CHINESE: &[&str] =
    &["不对", "不是", "不要", "不行", "不用", "错了", "不好", "别", "先别", "先不要", "不可以", "说错了", "搞错了"];

impl Acts {
    /// Builds the lexicon from the tables.
    pub fn new() -> Self {
        let mut acts = Acts { phrases: HashMap::new(), by_sound: Vec::new() };
        for (role, phrase) in phrases::all() {
            acts.teach(phrase, role);
        }
        acts
    }

    fn teach(&mut self, phrase: &str, role: Role) {
        let words: Vec<String> = Utterance::new(phrase).tokens.into_iter().map(|token| token.text).collect();
        let by_sound = matches!(role, Role::No | Role::Steer(_) | Role::YesBySound);
        if let Some(syllables) = sounds(phrase).filter(|syllables| by_sound && syllables.len() >= 2) {
            self.by_sound.push(SoundPhrase { text: phrase.to_owned(), syllables, role });
        }
        if role == Role::YesBySound {
            return;
        }
        if let Some(first) = words.first().cloned() {
            self.phrases.entry(first).or_default().push(Phrase { words, role });
        }
    }

    /// What `utterance` does. `values` marks tokens that belong to a value; `asked` says what is waited for.
    pub fn find(&self, utterance: &Utterance, values: &[bool], asked: Asked) -> Vec<Done> {
        let matches: Vec<Vec<(usize, Role)>> = (0..utterance.len()).map(|at| self.matches(utterance, at)).collect();
        let mut done = Vec::new();
        let mut no_yet = true;
        let from = behind_excuses(utterance, values);
        for (first, after) in clauses(utterance).into_iter().filter(|(first, _)| *first >= from) {
            let before = done.len();
            self.steer(utterance, &matches, values, (first, after), &mut done);
            if done.len() == before {
                self.by_sound(utterance, (first, after), &mut done);
            }
            no_yet &= done.len() == before;
            if no_yet && done.is_empty() {
                done.extend(opening(utterance, &matches, first));
                no_yet = done.is_empty();
            }
        }
        if done.is_empty() {
            done.extend(self.yes(utterance, &matches, values, asked));
        }
        if is_either_or(utterance) {
            done.retain(|done| done.act != Act::No);
        }
        done.extend(correcting::correction(utterance, &matches, values, &done));
        done.sort_by_key(|done| done.first);
        done.dedup_by_key(|done| done.act);
        done
    }

    fn matches(&self, utterance: &Utterance, at: usize) -> Vec<(usize, Role)> {
        let Some(phrases) = self.phrases.get(utterance.word(at)) else { return Vec::new() };
        let same = |phrase: &&Phrase| phrase.words.iter().enumerate().all(|(i, word)| utterance.word(at + i) == word);
        phrases.iter().filter(same).map(|phrase| (phrase.words.len(), phrase.role)).collect()
    }

    /// Acts that take up a clause, courtesies and values aside.
    fn steer(
        &self,
        utterance: &Utterance,
        matches: &[Vec<(usize, Role)>],
        values: &[bool],
        clause: (usize, usize),
        done: &mut Vec<Done>,
    ) {
        let mut cores: Vec<Role> = Vec::new();
        for (_, role) in matches.get(clause.0..clause.1).unwrap_or_default().iter().flatten() {
            if matches!(role, Role::Steer(_) | Role::No) && !cores.contains(role) {
                cores.push(*role);
            }
        }
        // "uh huh" agrees, though "huh?" alone asks.
        let length = clause.1 - clause.0;
        let at_first = matches.get(clause.0).map(Vec::as_slice).unwrap_or_default();
        if at_first.contains(&(length, Role::Yes)) {
            cores.retain(|core| *core != Role::Steer(Act::Repeat));
        }
        let mut best: Option<Done> = None;
        for core in cores {
            let stern = matches!(core, Role::Steer(Act::Cancel | Act::Wait) | Role::No);
            let fills = |at: usize, role: Role| match role {
                Role::Neutral => stern || !pays(utterance.word(at)),
                Role::No | Role::Steer(_) => {
                    matches!(core, Role::Steer(Act::Cancel)) || core == Role::No && role == Role::Steer(Act::Cancel)
                }
                _ => false,
            };
            let around = Around { utterance, values, values_fill: stern };
            if let Some((first, after)) = cover(around, matches, clause, |_, role| role == core, fills) {
                let act = if let Role::Steer(act) = core { act } else { Act::No };
                let found = Done { act, first, after, whole: true };
                // The longer phrase says more: "never mind" over "never", 不要了 over 不要.
                if best.is_none_or(|best| after - first > best.after - best.first) {
                    best = Some(found);
                }
            }
        }
        done.extend(best);
    }

    /// A Chinese clause that sounds like one of the phrases from beginning to end. Speech recognition writes homophones.
    fn by_sound(&self, utterance: &Utterance, (first, after): (usize, usize), done: &mut Vec<Done>) {
        let heard: Option<Vec<Syllable>> = (first..after)
            .filter(|at| utterance.kind(*at) != Some(Kind::Sign))
            .map(|at| utterance.get(at).and_then(|token| token.sound))
            .collect();
        let Some(heard) = heard.filter(|heard| heard.len() >= 2) else { return };
        let alike = |phrase: &&SoundPhrase| {
            let same =
                phrase.syllables.len() == heard.len() && phrase.syllables.iter().zip(&heard).all(|(a, b)| a.like(*b));
            same && phrase.role != Role::YesBySound
        };
        let act = match self.by_sound.iter().find(alike).map(|phrase| phrase.role) {
            Some(Role::Steer(act)) => act,
            Some(Role::No) => Act::No,
            _ => return,
        };
        done.push(Done { act, first, after, whole: true });
    }

    /// A yes: every token belongs to a phrase of agreement or courtesy, and at least one is a real yes.
    fn yes(
        &self,
        utterance: &Utterance,
        matches: &[Vec<(usize, Role)>],
        values: &[bool],
        asked: Asked,
    ) -> Option<Done> {
        let all = (behind_excuses(utterance, values), utterance.len());
        let question = utterance.tokens.iter().any(|token| token.sign == '?');
        let doubt = matches.iter().flatten().any(|(_, role)| *role == Role::Doubt);
        if question || doubt {
            return None;
        }
        if values.iter().any(|value| *value) {
            return if asked.restated { restating::restating(utterance, matches, values, all) } else { None };
        }
        let core = |_: (usize, usize), role: Role| role == Role::Yes || asked.answer && role == Role::YesToQuestion;
        let fills = |_: usize, role: Role| matches!(role, Role::YesMore | Role::YesToQuestion | Role::Yes);
        if let Some((first, after)) = cover(Around { utterance, values, values_fill: false }, matches, all, core, fills)
        {
            return Some(Done { act: Act::Yes, first, after, whole: true });
        }
        let heard: Option<Vec<Syllable>> = utterance
            .tokens
            .iter()
            .skip(all.0)
            .filter(|token| token.kind != Kind::Sign)
            .map(|token| token.sound)
            .collect();
        let heard = heard.filter(|heard| heard.len() >= 3)?;
        let negative =
            utterance.tokens.iter().any(|token| "不别莫勿否非未取消改换".contains(token.sign) && token.sign != ' ');
        let alike = |phrase: &SoundPhrase| {
            phrase.role == Role::YesBySound
                && phrase.syllables.len() == heard.len()
                && phrase.syllables.iter().zip(&heard).all(|(a, b)| a.like(*b))
        };
        let same = !negative && self.by_sound.iter().any(alike);
        same.then_some(Done { act: Act::Yes, first: 0, after: utterance.len(), whole: true })
    }
}

/// 是不是, 行不行: a question, not a no. 不对不对 is one.
fn is_either_or(utterance: &Utterance) -> bool {
    (1..utterance.len()).any(|at| {
        let (before, next) = (utterance.sign(at - 1), utterance.sign(at + 1));
        let doubled = at >= 2 && utterance.sign(at - 2) == '不';
        utterance.sign(at) == '不' && before == next && before != ' ' && !doubled
    })
}

/// Words of paying, which do not go with "back" and "again" ("pay Bob back").
fn pays(word: &str) -> bool {
    matches!(word, "pay" | "money" | "transfer" | "payment" | "bill" | "付" | "交" | "钱" | "支付" | "付款" | "转账")
}

fn sounds(phrase: &str) -> Option<Vec<Syllable>> {
    phrase.chars().map(Syllable::of).collect()
}

/// The parts between punctuation marks, as token ranges.
pub(super) fn clauses(utterance: &Utterance) -> Vec<(usize, usize)> {
    let mut parts = Vec::new();
    let mut first = 0;
    for at in 0..=utterance.len() {
        let ends = at == utterance.len()
            || matches!(utterance.sign(at), ',' | '.' | '!' | '?' | ';' | ':' | '。' | '、' | '…');
        if ends {
            if at > first {
                parts.push((first, at));
            }
            first = at + 1;
        }
    }
    parts
}

/// What stands around the phrases: values are no phrases, and only some acts may have them as their object.
#[derive(Clone, Copy)]
struct Around<'a> {
    utterance: &'a Utterance,
    values: &'a [bool],
    values_fill: bool,
}

/// Covers the tokens of `range` with phrases. Gives the place of the first core phrase if all are covered and one is core.
fn cover(
    Around { utterance, values, values_fill }: Around<'_>,
    matches: &[Vec<(usize, Role)>],
    (first, after): (usize, usize),
    core: impl Fn((usize, usize), Role) -> bool,
    fills: impl Fn(usize, Role) -> bool,
) -> Option<(usize, usize)> {
    // For each token: can everything before it be covered without a core, and with one (and which)?
    let mut bare = vec![false; after + 1];
    let mut with: Vec<Option<(usize, usize)>> = vec![None; after + 1];
    *bare.get_mut(first)? = true;
    for at in first..after {
        let (plain, found) = (*bare.get(at)?, *with.get(at)?);
        if !plain && found.is_none() {
            continue;
        }
        let sign = utterance.kind(at) == Some(Kind::Sign);
        let value = values.get(at).copied().unwrap_or(false);
        if sign || value && values_fill {
            advance(&mut bare, &mut with, at + 1, plain, found);
        }
        if value {
            continue;
        }
        for (length, role) in matches.get(at)? {
            let end = at + length;
            if end > after {
                continue;
            }
            if core((at, end), *role) {
                let place = longer(found, (at, end));
                advance(&mut bare, &mut with, end, false, Some(place));
            } else if fills(at, *role) {
                advance(&mut bare, &mut with, end, plain, found);
            }
        }
    }
    *with.get(after)?
}

fn longer(old: Option<(usize, usize)>, new: (usize, usize)) -> (usize, usize) {
    match old {
        Some(old) if old.1 - old.0 >= new.1 - new.0 => old,
        _ => new,
    }
}

fn advance(
    bare: &mut [bool],
    with: &mut [Option<(usize, usize)>],
    at: usize,
    plain: bool,
    found: Option<(usize, usize)>,
) {
    if let Some(slot) = bare.get_mut(at) {
        *slot |= plain;
    }
    if let (Some(slot), Some(found)) = (with.get_mut(at), found) {
        *slot = Some(slot.map_or(found, |old| longer(Some(old), found)));
    }
}

/// A no or a wait that only opens the utterance: "no make it fifty", 等一下先查一下.
fn opening(utterance: &Utterance, matches: &[Vec<(usize, Role)>], first: usize) -> Option<Done> {
    let mut at = first;
    let hesitates = |at: usize| {
        matches!(utterance.word(at), "um" | "uh" | "er" | "oh" | "well" | "sorry" | "ah" | "哦" | "啊" | "嗯" | "呃")
    };
    while hesitates(at) {
        at += 1;
    }
    let length = |wanted: fn(Role) -> bool| {
        let found = matches.get(at)?.iter().filter(|(_, role)| wanted(*role)).map(|(length, _)| *length).max()?;
        Some(found)
    };
    if let Some(length) = length(|role| role == Role::Steer(Act::Wait)) {
        return Some(Done { act: Act::Wait, first: at, after: at + length, whole: false });
    }
    let length = length(|role| role == Role::No)?;
    let words: String = (at..at + length).map(|at| utterance.word(at)).collect();
    let english = LEADING_NO.contains(&utterance.word(at)) && !NOT_A_NO.contains(&utterance.word(at + length));
    let chinese = LEADING_NO_CHINESE.contains(&words.as_str());
    (english || chinese).then_some(Done { act: Act::No, first: at, after: at + length, whole: false })
}
