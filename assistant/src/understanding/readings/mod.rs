//! Other readings of what was heard: which texts a recogniser may have taken for each other, as far as they differ in what
//! counts (amounts, names, orders), and what several readings with their probabilities mean together.
//!
//! A reading is only ever offered to be held against the sound; it is never taken because it would make sense. None of them
//! makes a yes out of what was none.

mod by_sound;
mod dictated;
mod merge;
mod numbers;
mod orders;
#[cfg(test)]
mod tests;

pub use dictated::{CHARACTERS as AMOUNT_CHARACTERS, Fit, fit};

use super::acts;
#[cfg(test)]
use super::meaning::Meaning;
use super::meaning::{Act, Entity, EntityKind};
use super::teaching::Expectation;
use super::tokens::Utterance;
use super::understander::Understander;
use crate::lang::Lang;
use jiff::civil::Date;

/// The most readings that are offered for one text: each costs time when it is held against the sound.
const OFFERED_MAX: usize = 14;

/// One text that may have been said, with how likely it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reading {
    /// The words.
    pub text: String,
    /// Its probability in thousandths, of all readings together.
    pub probability_milli: u16,
}

/// A text to be held against the sound.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Offer {
    /// The words.
    pub text: String,
    /// How many things in it are known here or were asked for: names, orders, requests, amounts. At most three.
    pub known: u8,
}

/// What people say in a language to agree, and to refuse or steer, as whole utterances: for a second listener that chooses
/// among them.
#[must_use]
pub fn answers(lang: Lang) -> (Vec<String>, Vec<String>) {
    acts::answers(lang)
}

/// True for a Mandarin amount in words that is none that people say.
fn is_odd(amount: &str) -> bool {
    !amount.is_empty() && amount.chars().all(|c| AMOUNT_CHARACTERS.contains(c)) && fit(amount) == Fit::No
}

/// A text with a stretch of its characters replaced.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Change {
    start: usize,
    end: usize,
    by: String,
}

impl Change {
    fn apply(&self, chars: &[char]) -> String {
        let part = |from: usize, to: usize| chars.get(from..to).unwrap_or_default().iter().collect::<String>();
        format!("{}{}{}", part(0, self.start), self.by, part(self.end, chars.len()))
    }
}

/// Where in `heard` a Mandarin amount stands, or what sounds like one: the words before it and those behind it. Where an amount is
/// `asked` for and nothing sounds like one, the whole text is thought to be one.
#[must_use]
pub fn blanks(heard: &str, asked: bool) -> Vec<(String, String)> {
    let utterance = Utterance::new(heard);
    let part = |from: usize, to: usize| utterance.chars.get(from..to).unwrap_or_default().iter().collect::<String>();
    let around = |(start, end)| (part(0, start), part(end, utterance.chars.len()));
    by_sound::places(&utterance, asked).into_iter().map(around).collect()
}

impl Understander {
    /// What may have been said instead of `heard` where `expect` is waited for, `heard` itself first: texts that sound like
    /// it and mean something else, or that write it in the words that are known here.
    #[must_use]
    pub fn offers(&self, heard: &str, lang: Lang, today: Date, expect: &Expectation) -> Vec<Offer> {
        let utterance = Utterance::new(heard);
        let mut changes = numbers::changes(&utterance, lang);
        changes.extend(self.names.changes(&utterance));
        changes.extend(self.acts.changes(&utterance));
        let agrees = |text: &str| self.understand(text, lang, today, expect).acts.contains(&Act::Yes);
        let yes_before = agrees(heard);
        let mut texts = vec![heard.to_owned()];
        for change in changes {
            if texts.len() >= OFFERED_MAX {
                break;
            }
            let text = change.apply(&utterance.chars);
            if !texts.contains(&text) && (yes_before || !agrees(&text)) {
                texts.push(text);
            }
        }
        let known = |text: String| Offer { known: self.known(&text, lang, today, expect), text };
        texts.into_iter().map(known).collect()
    }

    /// How many things in a text are known or were asked for. A yes counts for nothing: nothing may speak for it but the
    /// sound.
    fn known(&self, text: &str, lang: Lang, today: Date, expect: &Expectation) -> u8 {
        let meaning = self.understand(text, lang, today, expect);
        let counts = |kind: &EntityKind| match kind {
            EntityKind::Payee | EntityKind::Provider | EntityKind::Choice => true,
            EntityKind::Money => expect.kinds.contains(&EntityKind::Money),
            _ => false,
        };
        // An amount that nobody says so is worth nothing.
        let said = |entity: &&Entity| entity.kind != EntityKind::Money || !is_odd(&entity.text);
        let clear = meaning.entities.iter().filter(|entity| counts(&entity.kind) && !entity.ambiguous);
        let things = clear.filter(said).count();
        let orders = meaning.acts.iter().filter(|act| **act != Act::Yes).count();
        // Two hundred is mostly said with 两, so that what sounds like 二百 is 一百 more often than the sound alone says.
        let rare = usize::from(lang == Lang::Zh && things > 0 && text.contains("二百"));
        let all = things + orders + usize::from(meaning.intent.is_some()) - rare;
        u8::try_from(all.min(3)).unwrap_or(3)
    }
}
