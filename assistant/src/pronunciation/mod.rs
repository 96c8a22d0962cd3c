//! Words into phonemes, for a voice that needs them: English and Mandarin, and either inside of the other. Pure: no I/O; it
//! never changes which words are said, and never says a digit otherwise than `wording` does.
//!
//! [`Pronouncer::phonemes`] is all of it: [`spoken`] turns figures and signs into words, [`text`] parts scripts and marks,
//! `english` and `mandarin` say them, and a [`Lexicon`] has what a person wants said otherwise.

mod english;
mod lexicon;
mod mandarin;
pub mod phonemes;
mod spoken;
mod text;
mod words;

pub use lexicon::{Lexicon, LexiconError};
pub use spoken::spoken;

use crate::lang::Lang;
use english::{English, Word};
use lexicon::Said;
use mandarin::Mandarin;
use std::collections::HashMap;
use text::Piece;

/// Why words can't be turned into phonemes: a file is not what it should be.
#[derive(Debug, thiserror::Error)]
pub enum PronunciationError {
    /// The English dictionary.
    #[error("the dictionary of English can't be read: {0}")]
    Dictionary(String),
    /// The Mandarin phrases.
    #[error("the list of Mandarin phrases can't be read: {0}")]
    Phrases(String),
}

/// What turns words into phonemes.
#[derive(Debug)]
pub struct Pronouncer {
    english: English,
    mandarin: Mandarin,
    /// Names in Latin letters, in small letters with one space between words, and their phonemes; for each language.
    names: HashMap<(Lang, String), String>,
    /// The most words that one of them has.
    words_max: usize,
}

impl Pronouncer {
    /// One with this English dictionary, these Mandarin phrases (both as JSON) and this lexicon.
    ///
    /// # Errors
    /// When a file is not what it should be.
    pub fn new(dictionary: &str, phrases: &str, lexicon: &Lexicon) -> Result<Self, PronunciationError> {
        let english = English::new(dictionary)?;
        let characters = |name: &str| text::pieces(name).iter().any(|piece| matches!(piece, Piece::Han(_)));
        let mut own = HashMap::new();
        for entry in lexicon.entries.iter().filter(|entry| characters(&entry.name)) {
            if let Said::Pinyin(syllables) = &entry.said {
                own.insert(entry.name.clone(), syllables.clone());
            }
        }
        let mandarin = Mandarin::new(phrases, own)?;
        let mut pronouncer = Pronouncer { english, mandarin, names: HashMap::new(), words_max: 1 };
        let mut names = HashMap::new();
        for entry in &lexicon.entries {
            match &entry.said {
                Said::As(other) if characters(&entry.name) => {
                    let syllables = pronouncer.mandarin.syllables(other);
                    pronouncer.mandarin.set(&entry.name, syllables);
                }
                Said::As(other) => {
                    names.insert((entry.lang, key(&entry.name)), pronouncer.phonemes(other, entry.lang));
                }
                Said::Phonemes(phonemes) => {
                    names.insert((entry.lang, key(&entry.name)), phonemes.clone());
                }
                Said::Pinyin(_) => {}
            }
        }
        pronouncer.words_max = names.keys().map(|(_, name)| name.split(' ').count()).max().unwrap_or(1);
        pronouncer.names = names;
        Ok(pronouncer)
    }

    /// The phonemes of a text in a language, with the marks that make pauses and tunes. Empty where nothing can be said.
    #[must_use]
    pub fn phonemes(&self, text: &str, lang: Lang) -> String {
        let words = spoken(text, lang);
        let pieces = text::pieces(&words);
        let mut out = String::new();
        let mut at = 0;
        while let Some(piece) = pieces.get(at) {
            let said = match piece {
                Piece::Mark(mark) => {
                    // A mark needs something before it, and one is enough.
                    if out.ends_with(phonemes::is_sound)
                        || out.ends_with([')', '”'])
                        || (matches!(mark, '(' | '“') && !out.is_empty())
                    {
                        out.push_str(if matches!(mark, '(' | '“' | '—') { " " } else { "" });
                        out.push(*mark);
                    }
                    at += 1;
                    continue;
                }
                Piece::Han(characters) => {
                    at += 1;
                    self.mandarin.clause(characters)
                }
                Piece::Word(_) => {
                    let run = pieces.get(at..).unwrap_or_default();
                    let words: Vec<&str> = run
                        .iter()
                        .map_while(|piece| if let Piece::Word(word) = piece { Some(*word) } else { None })
                        .collect();
                    at += words.len();
                    self.latin(&words, lang)
                }
            };
            if !said.is_empty() {
                if !out.is_empty() && !out.ends_with(['(', '“']) {
                    out.push(' ');
                }
                out.push_str(&said);
            }
        }
        out
    }

    /// Words in Latin letters, with the names among them that the lexicon has.
    fn latin(&self, words: &[&str], lang: Lang) -> String {
        let mut listed: Vec<Word<'_>> = Vec::new();
        let mut at = 0;
        while let Some(text) = words.get(at) {
            let found = (1..=self.words_max.min(words.len() - at)).rev().find_map(|count| {
                let name = key(&words.get(at..at + count)?.join(" "));
                self.names.get(&(lang, name)).map(|own| (count, own.as_str()))
            });
            let (count, own) = found.map_or((1, None), |(count, own)| (count, Some(own)));
            listed.push(Word { text, own });
            at += count;
        }
        let said = self.english.clause(&listed);
        said.into_iter().filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ")
    }
}

/// A name as it is looked up: without capitals and with one space between its words.
fn key(name: &str) -> String {
    let words: Vec<String> = text::pieces(name)
        .iter()
        .map(|piece| match piece {
            Piece::Word(text) | Piece::Han(text) => text.to_lowercase(),
            Piece::Mark(_) => String::new(),
        })
        .filter(|word| !word.is_empty())
        .collect();
    words.join(" ")
}

#[cfg(test)]
mod tests;
