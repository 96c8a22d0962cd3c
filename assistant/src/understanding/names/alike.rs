//! Which names a stretch of an utterance may be, though another is there: Alice and Ellis, 贝宝 and 背包.

use super::{Names, score};
use crate::understanding::tokens::{Kind, Utterance};

impl Names {
    /// Stretches (first token, token after) that sound like the first name of a payee or provider, with that name, whether
    /// another name is there letter by letter or not.
    pub fn alike(&self, utterance: &Utterance) -> Vec<(usize, usize, String)> {
        let mut found = Vec::new();
        let entries = self.anywhere.iter().filter_map(|index| self.entries.get(*index));
        for (entry, called) in entries.filter_map(|entry| Some((entry, entry.first_name.clone()?))) {
            for first in 0..utterance.len() {
                let length = entry.syllables.len();
                if length > 0 {
                    let near = score::chinese(utterance, first, &entry.syllables, &entry.characters, true);
                    found.extend(near.map(|_| (first, first + length, called.clone())));
                    continue;
                }
                for after in first + 1..=(first + 3).min(utterance.len()) {
                    if (first..after).all(|at| utterance.kind(at) == Some(Kind::Word)) {
                        // More words than the name has are only its parts heard apart, never a word beside it.
                        let alone = after - first <= entry.words.len();
                        let heard = score::Heard::new(utterance, first, after);
                        let near = heard.against(&entry.letters, &entry.skeleton, entry.words.len(), alone).is_some();
                        if near || alone && heard.has_skeleton(&entry.skeleton) {
                            found.push((first, after, called.clone()));
                        }
                    }
                }
            }
        }
        found
    }
}
