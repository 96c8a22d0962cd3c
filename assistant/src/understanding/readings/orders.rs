//! Names and orders that what was heard sounds like, written as they are known here.

use super::Change;
use crate::understanding::acts::Acts;
use crate::understanding::names::Names;
use crate::understanding::tokens::{Kind, Utterance};

impl Names {
    /// Every stretch that sounds like a name, as each name that it sounds like.
    pub(super) fn changes(&self, utterance: &Utterance) -> Vec<Change> {
        let alike = self.alike(utterance).into_iter();
        alike
            .filter_map(|(first, after, by)| {
                let (start, end) = utterance.place(first, after);
                let same = utterance.slice(start, end).to_lowercase() == by.to_lowercase();
                (!same).then_some(Change { start, end, by })
            })
            .collect()
    }
}

impl Acts {
    /// Every stretch that sounds like an order (no, cancel, repeat ...) but is none, as that order. Never a yes.
    pub(super) fn changes(&self, utterance: &Utterance) -> Vec<Change> {
        let mut found = Vec::new();
        for (phrase, syllables) in self.orders_by_sound() {
            let length = syllables.len();
            for first in 0..(utterance.len() + 1).saturating_sub(length) {
                let ends =
                    |at: Option<usize>| at.is_none_or(|at| utterance.kind(at).is_none_or(|kind| kind == Kind::Sign));
                // An order takes up a clause: within one, two syllables sound like many things.
                if !ends(first.checked_sub(1)) || !ends(Some(first + length)) {
                    continue;
                }
                let heard = || (first..first + length).map(|at| utterance.get(at).and_then(|token| token.sound));
                let near = heard().zip(syllables).all(|(heard, known)| heard.is_some_and(|heard| heard.near(*known)));
                let (start, end) = utterance.place(first, first + length);
                if near && utterance.slice(start, end) != phrase {
                    found.push(Change { start, end, by: phrase.to_owned() });
                }
            }
        }
        for words in self.orders_in_words() {
            found.extend(words_alike(utterance, words));
        }
        found
    }
}

/// Stretches of as many words as an order has, all but one or two of whose letters are the same.
fn words_alike(utterance: &Utterance, words: &[String]) -> Vec<Change> {
    let order = words.join(" ");
    let letters = order.chars().filter(char::is_ascii_alphabetic).count();
    let allowed = match letters {
        0..=5 => return Vec::new(),
        6..=9 => 1,
        _ => 2,
    };
    let mut found = Vec::new();
    for first in 0..(utterance.len() + 1).saturating_sub(words.len()) {
        let after = first + words.len();
        if !(first..after).all(|at| utterance.kind(at) == Some(Kind::Word)) {
            continue;
        }
        let heard = (first..after).map(|at| utterance.word(at)).collect::<Vec<_>>().join(" ");
        let distance = strsim::osa_distance(&heard, &order);
        if (1..=allowed).contains(&distance) {
            let (start, end) = utterance.place(first, after);
            found.push(Change { start, end, by: order.clone() });
        }
    }
    found
}
