//! The phrases as lists, for listeners that choose among them.

use super::{Acts, Role, phrases};
use crate::lang::Lang;
use crate::understanding::sound::Syllable;

impl Acts {
    /// Chinese phrases that refuse or steer, with how they sound. None of them agrees.
    pub fn orders_by_sound(&self) -> impl Iterator<Item = (&str, &[Syllable])> {
        let orders = self.by_sound.iter().filter(|phrase| matches!(phrase.role, Role::No | Role::Steer(_)));
        orders.map(|phrase| (phrase.text.as_str(), phrase.syllables.as_slice()))
    }

    /// English phrases that refuse or steer, word by word, in alphabetical order. None of them agrees.
    pub fn orders_in_words(&self) -> impl Iterator<Item = &[String]> {
        let phrases = self.phrases.values().flatten();
        let orders = phrases.filter(|phrase| matches!(phrase.role, Role::No | Role::Steer(_)));
        let mut english: Vec<&[String]> = orders.map(|phrase| phrase.words.as_slice()).collect();
        english.retain(|words| words.iter().all(|word| word.is_ascii()));
        english.sort();
        english.into_iter()
    }
}

/// Whole utterances of a language that agree by themselves, and those that refuse or steer.
pub(in crate::understanding) fn answers(lang: Lang) -> (Vec<String>, Vec<String>) {
    let of = |wanted: fn(Role) -> bool| {
        let all = phrases::all().filter(|(role, phrase)| wanted(*role) && phrase.is_ascii() == (lang == Lang::En));
        all.map(|(_, phrase)| phrase.to_owned()).collect()
    };
    (of(|role| matches!(role, Role::Yes | Role::YesBySound)), of(|role| matches!(role, Role::No | Role::Steer(_))))
}
