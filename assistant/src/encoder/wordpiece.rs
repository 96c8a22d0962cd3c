//! Sentences into the word pieces that BERT's uncased models were trained on: the longest known piece first.

use std::collections::HashMap;
use unicode_normalization::UnicodeNormalization as _;
use unicode_normalization::char::is_combining_mark;

/// Letters of a word beyond which it counts as unknown.
const WORD_MAX: usize = 100;

/// The pieces by their number.
#[derive(Clone, Debug)]
pub struct WordPieces {
    numbers: HashMap<&'static str, i32>,
    unknown: i32,
    begin: i32,
    end: i32,
}

/// True if most letters of a sentence are Latin ones: what the English model was trained on.
#[must_use]
pub fn is_latin(sentence: &str) -> bool {
    // Up to U+024F are Latin letters with and without marks.
    let latin = sentence.chars().filter(|c| c.is_alphabetic() && *c < '\u{250}').count();
    let letters = sentence.chars().filter(|c| c.is_alphabetic()).count();
    latin * 2 > letters
}

/// A sign that stands for itself even where it touches a word.
fn is_punctuation(c: char) -> bool {
    c.is_ascii_punctuation()
        || matches!(c, '¡' | '§' | '«' | '¶' | '·' | '»' | '¿')
        || matches!(c, '\u{2010}'..='\u{2027}' | '\u{2030}'..='\u{205e}' | '\u{3001}'..='\u{3003}')
        || matches!(c, '\u{3008}'..='\u{3011}' | '\u{3014}'..='\u{301f}' | '\u{ff01}'..='\u{ff0f}')
        || matches!(c, '\u{ff1a}'..='\u{ff20}' | '\u{ff3b}'..='\u{ff3d}' | '\u{ff5b}'..='\u{ff65}')
}

/// Small letters without marks, cut at spaces, before and after signs and Chinese characters.
fn words(sentence: &str) -> Vec<String> {
    let mut words = Vec::new();
    let mut word = String::new();
    for c in sentence.to_lowercase().nfd().filter(|c| !is_combining_mark(*c)) {
        let alone = is_punctuation(c) || matches!(c, '\u{4e00}'..='\u{9fff}' | '\u{3400}'..='\u{4dbf}');
        if alone || c.is_whitespace() || c.is_control() {
            if !word.is_empty() {
                words.push(std::mem::take(&mut word));
            }
            if alone {
                words.push(c.to_string());
            }
        } else {
            word.push(c);
        }
    }
    if !word.is_empty() {
        words.push(word);
    }
    words
}

impl WordPieces {
    /// The vocabulary of BERT's uncased English models.
    #[must_use]
    pub fn uncased() -> Self {
        let lines = include_str!("../../../models/wordpiece-uncased.txt").lines();
        let numbers: HashMap<&'static str, i32> = lines.zip(0..).collect();
        let number = |piece: &str| numbers.get(piece).copied().unwrap_or_default();
        let (unknown, begin, end) = (number("[UNK]"), number("[CLS]"), number("[SEP]"));
        WordPieces { numbers, unknown, begin, end }
    }

    /// The numbers of a sentence's pieces between those of its beginning and its end, `most` at most in all.
    #[must_use]
    pub fn ids(&self, sentence: &str, most: usize) -> Vec<i32> {
        let mut ids = vec![self.begin];
        words(sentence).iter().for_each(|word| self.cut(word, &mut ids));
        ids.truncate(most.saturating_sub(1));
        ids.push(self.end);
        ids
    }

    /// The pieces of one word; the number of the unknown if any part of it is in no piece.
    fn cut(&self, word: &str, ids: &mut Vec<i32>) {
        let before = ids.len();
        let mut rest = word;
        let mut piece = String::with_capacity(word.len() + 2);
        while !rest.is_empty() {
            let ends = rest.char_indices().map(|(at, c)| at + c.len_utf8()).rev();
            let known = ends.take(WORD_MAX).find_map(|end| {
                let (own, after) = rest.split_at_checked(end)?;
                piece.clear();
                piece.push_str(if ids.len() > before { "##" } else { "" });
                piece.push_str(own);
                Some((*self.numbers.get(piece.as_str())?, after))
            });
            let Some((number, after)) = known.filter(|_| word.len() <= WORD_MAX) else {
                ids.truncate(before);
                ids.push(self.unknown);
                return;
            };
            ids.push(number);
            rest = after;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SENTENCES: &[(&str, &[i32])] = &[
        ("Pay the water bill!", &[101, 3477, 1996, 2300, 3021, 999, 102]),
        (
            "I don't recognise Kiran1's café payment",
            &[101, 1045, 2123, 1005, 1056, 17614, 22403, 2487, 1005, 1055, 7668, 7909, 102],
        ),
        ("unaffordable €50, contactless?", &[101, 14477, 4246, 8551, 3085, 1574, 12376, 1010, 3967, 3238, 1029, 102]),
        ("pay\tBob 用PayPal", &[101, 3477, 3960, 100, 3477, 12952, 102]),
        ("", &[101, 102]),
    ];

    #[test]
    fn cuts_as_the_reference_does() {
        // As the model's own tokenizer cuts them.
        let pieces = WordPieces::uncased();
        for (sentence, ids) in SENTENCES {
            assert_eq!(pieces.ids(sentence, 128), *ids, "{sentence}");
        }
        assert_eq!(pieces.ids("pay pay pay pay", 4).len(), 4);
        assert_eq!(pieces.ids(&"x".repeat(5_000), 128), [101, 100, 102]);
    }

    #[test]
    fn knows_its_script() {
        assert!(is_latin("Pay the bill, 42.50 $") && is_latin("café"));
        assert!(!is_latin("交电费") && !is_latin("42") && !is_latin("用PayPal付我的电费账单"));
    }
}
