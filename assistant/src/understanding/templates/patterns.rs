//! All patterns of a project, each compared once with those that it could share a sentence with: an index by the rarest
//! word that a pattern must have keeps that from growing with the square of their number.

use super::overlap::Pattern;
use crate::lang::Lang;
use std::collections::HashMap;

/// Patterns by number, and which of them can be the same sentence; grows as patterns are added.
#[derive(Clone, Debug, Default)]
pub struct Patterns {
    list: Vec<Pattern>,
    twins: Vec<Vec<(usize, String)>>,
    /// Language, then word → patterns that may have it.
    by_word: HashMap<Lang, HashMap<String, Vec<usize>>>,
    /// Patterns that may have any words, and those without a word that they must have.
    wild: Vec<usize>,
}

impl Patterns {
    /// Adds a pattern and compares it with those that it could be the same as; gives its number.
    pub fn add(&mut self, pattern: Pattern) -> usize {
        let number = self.list.len();
        let with = |word: &str| self.by_word.get(&pattern.lang).and_then(|words| words.get(word));
        let weight = |word: &str| with(word).map_or(0, Vec::len);
        let rarest = if pattern.takes_anything() { None } else { pattern.rarest(&weight) };
        let mut candidates: Vec<usize> = match &rarest {
            Some(words) => {
                let found = words.iter().filter_map(|word| with(word));
                found.flatten().chain(&self.wild).copied().collect()
            }
            None => (0..number).collect(),
        };
        candidates.sort_unstable();
        candidates.dedup();
        let mut found = Vec::new();
        for other in candidates {
            let Some(other_pattern) = self.list.get(other).filter(|other| other.lang == pattern.lang) else { continue };
            if let Some(sentence) = other_pattern.common(&pattern) {
                found.push((other, sentence));
            }
        }
        for (other, sentence) in &found {
            if let Some(twins) = self.twins.get_mut(*other) {
                twins.push((number, sentence.clone()));
            }
        }
        if rarest.is_none() {
            self.wild.push(number);
        }
        let by_word = self.by_word.entry(pattern.lang).or_default();
        for word in pattern.vocabulary() {
            by_word.entry(word.to_owned()).or_default().push(number);
        }
        self.list.push(pattern);
        self.twins.push(found);
        number
    }

    /// The patterns that can be the same sentence as this one, each with such a sentence.
    #[must_use]
    pub fn twins(&self, number: usize) -> &[(usize, String)] {
        self.twins.get(number).map_or(&[], Vec::as_slice)
    }
}

#[cfg(test)]
mod tests {
    use super::super::overlap::tests::hole;
    use super::*;

    #[test]
    fn the_index_finds_every_pair() {
        let templates =
            ["pay {biller}", "(pay|settle) [my] {payee}", "buy {note}", "[please] {amount}", "buy milk", "{when}"];
        let mut patterns = Patterns::default();
        let all: Vec<Pattern> = templates.iter().map(|t| Pattern::new(t, Lang::En, &hole).unwrap()).collect();
        all.iter().for_each(|pattern| {
            patterns.add(pattern.clone());
        });
        for (a, one) in all.iter().enumerate() {
            for (b, other) in all.iter().enumerate().filter(|(b, _)| *b != a) {
                let listed = patterns.twins(a).iter().any(|(twin, _)| *twin == b);
                assert_eq!(listed, one.common(other).is_some(), "{} / {}", templates[a], templates[b]);
            }
        }
    }
}
