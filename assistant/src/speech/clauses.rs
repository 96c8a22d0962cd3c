//! A text into clauses, each short enough to be heard soon and long enough to have a tune.

use super::marks::{self, Passage};
use crate::lang::Lang;

/// A stretch of a text that is spoken in one go.
#[derive(Clone, Debug, PartialEq)]
pub struct Clause {
    /// The words, with the punctuation that ends them.
    pub text: String,
    /// How fast, as a fraction of the usual.
    pub rate: f32,
    /// The silence behind it, in milliseconds.
    pub pause_ms: u32,
}

/// How long clauses are, in "letters": a Han character counts as three.
struct Lengths {
    /// The first clause may end at a comma from here on, so that the first sound comes early.
    first: usize,
    /// Later ones need so much.
    later: usize,
    /// Longer ones are cut at a space, or anywhere.
    most: usize,
}

const LENGTHS: Lengths = Lengths { first: 9, later: 40, most: 120 };
/// The silence behind a sentence, and behind less.
const SENTENCE_MS: u32 = 260;
const COMMA_MS: u32 = 110;

/// Cuts a text up.
#[must_use]
pub fn clauses(text: &str, lang: Lang) -> Vec<Clause> {
    let mut clauses: Vec<Clause> = Vec::new();
    for passage in marks::passages(text) {
        let words = passage.words(lang);
        let mut current = String::new();
        let mut characters = words.chars().peekable();
        while let Some(c) = characters.next() {
            current.push(c);
            let next = characters.peek().copied();
            let least = if clauses.is_empty() { LENGTHS.first } else { LENGTHS.later };
            let length = weight(&current);
            let cut = ends_sentence(c, next)
                || ends_part(c, next) && length >= least
                || length >= LENGTHS.most && c.is_whitespace()
                || length >= 2 * LENGTHS.most;
            if cut {
                push(&mut clauses, &passage, std::mem::take(&mut current));
            }
        }
        push(&mut clauses, &passage, current);
        if let Some(last) = clauses.last_mut() {
            last.pause_ms = last.pause_ms.saturating_add(passage.pause_ms);
        } else if passage.pause_ms > 0 {
            clauses.push(Clause { text: String::new(), rate: 1.0, pause_ms: passage.pause_ms });
        }
    }
    // Behind the last one there is nothing to wait for, unless a mark says so.
    if let Some(last) = clauses.last_mut() {
        last.pause_ms = last.pause_ms.saturating_sub(pause(&last.text));
    }
    clauses
}

fn push(clauses: &mut Vec<Clause>, passage: &Passage, text: String) {
    let text = text.trim();
    if text.chars().any(char::is_alphanumeric) {
        clauses.push(Clause { text: text.to_owned(), rate: passage.rate, pause_ms: pause(text) });
    } else if let Some(last) = clauses.last_mut() {
        // A mark by itself belongs to what is before it.
        last.pause_ms = last.pause_ms.max(pause(text));
    }
}

fn pause(text: &str) -> u32 {
    match text.chars().next_back() {
        Some('.' | '!' | '?' | '。' | '！' | '？' | '…') => SENTENCE_MS,
        Some(',' | ';' | ':' | '，' | '；' | '：' | '、' | '—') => COMMA_MS,
        _ => 0,
    }
}

/// How long a text is, in "letters": a Han character counts as three.
pub(super) fn weight(text: &str) -> usize {
    text.chars().map(|c| if matches!(c, '\u{3400}'..='\u{9fff}') { 3 } else { 1 }).sum()
}

fn ends_sentence(c: char, next: Option<char>) -> bool {
    match c {
        '。' | '！' | '？' => true,
        // Not inside of "3.50" or "e.g.", nor before a second mark.
        '.' | '!' | '?' => next.is_none_or(char::is_whitespace),
        '\n' => true,
        _ => false,
    }
}

fn ends_part(c: char, next: Option<char>) -> bool {
    match c {
        '，' | '；' | '：' => true,
        ',' | ';' | ':' | '—' => next.is_none_or(char::is_whitespace),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(text: &str, lang: Lang) -> Vec<String> {
        clauses(text, lang).into_iter().map(|clause| clause.text).collect()
    }

    #[test]
    fn the_first_clause_is_short_and_sentences_stand_alone() {
        assert_eq!(
            texts(
                "All right, forty dollars. You are paying forty dollars to Electricity with PayPal. Is that right?",
                Lang::En
            ),
            [
                "All right,",
                "forty dollars.",
                "You are paying forty dollars to Electricity with PayPal.",
                "Is that right?"
            ]
        );
        assert_eq!(
            texts("您将用微信向电费支付四十元，对吗？好", Lang::Zh),
            ["您将用微信向电费支付四十元，", "对吗？", "好"]
        );
        assert_eq!(texts("Ok, yes", Lang::En), ["Ok, yes"]);
        assert_eq!(texts("It is 3.50, e.g. now.", Lang::En), ["It is 3.50,", "e.g.", "now."]);
        assert!(texts("  ... ", Lang::En).is_empty());
    }

    #[test]
    fn pauses_follow_punctuation_and_marks() {
        let pauses = |text| clauses(text, Lang::En).iter().map(|clause| clause.pause_ms).collect::<Vec<_>>();
        assert_eq!(pauses("One sentence. Another one."), [SENTENCE_MS, 0]);
        assert_eq!(pauses("All of it, then<break time=\"300ms\"/>"), [COMMA_MS, 300]);
        assert_eq!(pauses("<break time=\"300ms\"/>now"), [300, 0]);
    }

    #[test]
    fn nothing_is_lost_and_nothing_is_too_long() {
        for text in ["word ".repeat(300), "字".repeat(900), "x".repeat(2_000)] {
            let found = texts(&text, Lang::En);
            assert!(found.iter().all(|clause| weight(clause) <= 2 * LENGTHS.most), "{:?}", found.len());
            let letters = |text: &str| text.chars().filter(|c| c.is_alphanumeric()).count();
            assert_eq!(found.iter().map(|clause| letters(clause)).sum::<usize>(), letters(&text));
        }
    }

    #[test]
    fn a_rate_is_that_of_its_passage() {
        let found = clauses("Slowly: <prosody rate=\"slow\">four two</prosody> done", Lang::En);
        assert_eq!(found.iter().map(|clause| clause.rate).collect::<Vec<_>>(), [1.0, 0.8, 1.0]);
    }
}
