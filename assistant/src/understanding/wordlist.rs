//! Lists of words and phrases that are asked for often.

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

/// The phrases of a list with the title that each stands below. A title is a line in brackets, phrases are parted by `|`, and a line that
/// begins with `#` is a remark.
pub(crate) fn phrases(list: &'static str) -> impl Iterator<Item = (&'static str, &'static str)> {
    let mut title = "";
    list.lines().filter(|line| !line.starts_with('#')).flat_map(move |line| {
        let (below, phrases) = match line.strip_prefix('[').and_then(|line| line.strip_suffix(']')) {
            Some(found) => (found, ""),
            None => (title, line),
        };
        title = below;
        phrases.split('|').map(str::trim).filter(|phrase| !phrase.is_empty()).map(move |phrase| (below, phrase))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn phrases_stand_below_their_titles() {
        let list = "# a remark\n[one]\na b | c\n\n d |\n[two]\n# another\n|e\n";
        let found: Vec<_> = phrases(list).collect();
        assert_eq!(found, [("one", "a b"), ("one", "c"), ("one", "d"), ("two", "e")]);
    }
}
