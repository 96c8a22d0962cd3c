//! What a provider's words mean, as a text that an operator can read: the mapping file of a plugin.
//!
//! A file has sections, each begun by its name in brackets. In a section a line begins with a meaning and a colon; the words that
//! have it follow, on the same line or in indented lines below it. `#` begins a comment line.
//!
//! ```text
//! [payments]
//! done: PAID SETTLED
//! gone: CLOSED
//! [errors]
//! no insufficient_funds other_method:
//!   BALANCE_TOO_LOW CARD_EMPTY
//! ```

/// One section of a mapping file.
#[derive(Clone, Copy, Debug)]
pub struct Table {
    text: &'static str,
    section: &'static str,
}

impl Table {
    /// The section of this name.
    #[must_use]
    pub const fn of(text: &'static str, section: &'static str) -> Self {
        Table { text, section }
    }

    /// Every word of the section with its meaning, in order. A word that stands before the first meaning has an empty one.
    pub fn rows(&self) -> impl Iterator<Item = (&'static str, &'static str)> + use<> {
        let named = |line: &'static str| line.strip_prefix('[').and_then(|line| line.trim_end().strip_suffix(']'));
        let wanted = self.section;
        let lines = self.text.lines().filter(|line| !line.trim_start().starts_with('#'));
        let inside = lines.scan(false, move |inside, line| {
            let name = named(line);
            *inside = name.map_or(*inside, |name| name == wanted);
            Some(if *inside && name.is_none() { line } else { "" })
        });
        let rows = inside.scan("", |meaning, line| {
            let (begun, words) = line.split_once(':').filter(|_| !line.starts_with(' ')).unwrap_or(("", line));
            *meaning = if begun.is_empty() { *meaning } else { begun };
            Some((*meaning, words))
        });
        rows.flat_map(|(meaning, words)| words.split_ascii_whitespace().map(move |word| (meaning, word)))
    }

    /// Every word of the section.
    pub fn words(&self) -> impl Iterator<Item = &'static str> + use<> {
        self.rows().map(|(_, word)| word)
    }

    /// What this word means; `None` if it is not in the section.
    #[must_use]
    pub fn meaning(&self, word: &str) -> Option<&'static str> {
        self.rows().find(|(_, known)| *known == word).map(|(meaning, _)| meaning)
    }

    /// Whether the word is in the section. For tests against a provider's document.
    #[must_use]
    pub fn knows(&self, word: &str) -> bool {
        self.meaning(word).is_some()
    }

    /// Words whose meaning is not `understood`, and words that are there twice; the section's own name if it is empty. For tests.
    pub fn faults(&self, understood: impl Fn(&str) -> bool) -> Vec<&'static str> {
        let mut seen = std::collections::BTreeSet::new();
        let wrong = self.rows().filter(|(meaning, word)| !understood(meaning) | !seen.insert(*word));
        let wrong: Vec<_> = wrong.map(|(_, word)| word).collect();
        if seen.is_empty() { vec![self.section] } else { wrong }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "# A bank's.\n[payments]\ndone: PAID SETTLED\ngone:\n  CLOSED\n  # not yet\n  VOID\n\n[errors]\nLOST\nno way: PAID";

    #[test]
    fn a_section_is_read_by_its_name() {
        let (payments, errors) = (Table::of(TEXT, "payments"), Table::of(TEXT, "errors"));
        let rows: Vec<_> = payments.rows().collect();
        assert_eq!(rows, [("done", "PAID"), ("done", "SETTLED"), ("gone", "CLOSED"), ("gone", "VOID")]);
        assert_eq!(errors.rows().collect::<Vec<_>>(), [("", "LOST"), ("no way", "PAID")]);
        assert_eq!((payments.meaning("PAID"), errors.meaning("PAID")), (Some("done"), Some("no way")));
        assert!(!payments.knows("LOST") && !payments.knows("paid") && !payments.knows(""));
    }

    #[test]
    fn faults_are_words_without_a_meaning_and_words_that_are_there_twice() {
        let table = Table::of("[a]\nLOST\ndone: X Y X\nwho knows: Z", "a");
        assert_eq!(table.faults(|meaning| meaning == "done"), ["LOST", "X", "Z"]);
        assert_eq!(Table::of(TEXT, "payments").faults(|_| true), Vec::<&str>::new());
        assert_eq!(Table::of(TEXT, "refunds").faults(|_| true), ["refunds"]);
    }
}
