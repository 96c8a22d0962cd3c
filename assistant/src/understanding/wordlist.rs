//! Lists of words that are asked for often.

use std::collections::HashSet;
use std::sync::LazyLock;

/// A set of words, made at its first use from words parted by spaces.
pub(crate) struct WordList(LazyLock<HashSet<&'static str>>);

impl WordList {
    /// The list that `words` gives; see [`split`].
    pub(crate) const fn new(words: fn() -> HashSet<&'static str>) -> Self {
        WordList(LazyLock::new(words))
    }

    /// True if `word` is in the list.
    pub(crate) fn has(&self, word: &str) -> bool {
        !word.is_empty() && self.0.contains(word)
    }
}

/// The words of a text that are parted by spaces.
pub(crate) fn split(words: &'static str) -> HashSet<&'static str> {
    words.split_ascii_whitespace().collect()
}
