//! The phrase by which somebody calls: found at the beginning of what was recognised, also where it was written down a little
//! differently. Pure.

use crate::lang::Lang;
use pinyin::ToPinyin as _;
use std::collections::BTreeMap;

/// The phrases by which Sayso may be called, in each language.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct WakePhrases {
    phrases: Vec<Phrase>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Phrase {
    /// Its letters.
    Letters(String),
    /// Its syllables, without tones.
    Syllables(Vec<&'static str>),
}

/// What the beginning of a sentence was.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Called {
    /// No phrase: the sentence is for somebody else.
    No,
    /// The phrase, and what is said behind it; empty if nothing is.
    With(String),
}

impl WakePhrases {
    /// These phrases; those without a letter are left out.
    #[must_use]
    pub fn new(phrases: &BTreeMap<Lang, Vec<String>>) -> Self {
        let phrases = phrases.values().flatten().filter_map(|phrase| {
            let syllables: Vec<&'static str> = syllables(phrase).into_iter().map(|(sound, _)| sound).collect();
            let letters = letters(phrase);
            match () {
                () if syllables.len() >= 2 => Some(Phrase::Syllables(syllables)),
                () if letters.len() >= 4 => Some(Phrase::Letters(letters)),
                () => None,
            }
        });
        WakePhrases { phrases: phrases.collect() }
    }

    /// Whether there is none, so that nobody has to call.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.phrases.is_empty()
    }

    /// Whether a sentence begins with a phrase.
    #[must_use]
    pub fn called(&self, text: &str) -> Called {
        let found = self.phrases.iter().filter_map(|phrase| match phrase {
            Phrase::Letters(letters) => after_letters(text, letters),
            Phrase::Syllables(sounds) => after_syllables(text, sounds),
        });
        match found.max() {
            Some(end) => {
                let rest = text.get(end..).unwrap_or_default();
                Called::With(rest.trim_start_matches(|c: char| !c.is_alphanumeric()).trim_end().to_owned())
            }
            None => Called::No,
        }
    }
}

fn letters(text: &str) -> String {
    text.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

/// The syllables of a text without tones, each with the place behind its character, in bytes.
fn syllables(text: &str) -> Vec<(&'static str, usize)> {
    let sound = |(at, c): (usize, char)| Some((c.to_pinyin()?.plain(), at + c.len_utf8()));
    text.char_indices().filter_map(sound).collect()
}

/// Where the words end that have these letters, or nearly: a fourth of them may be others, but not the first.
fn after_letters(text: &str, phrase: &str) -> Option<usize> {
    let allowed = phrase.chars().count() / 4;
    // "They say so" is not "hey Sayso".
    letters(text).starts_with(phrase.chars().next()?).then_some(())?;
    let ends = text.char_indices().filter(|(at, c)| {
        let next = text.get(at + c.len_utf8()..).and_then(|rest| rest.chars().next());
        c.is_alphanumeric() && !next.is_some_and(char::is_alphanumeric)
    });
    let ends = ends.map(|(at, c)| at + c.len_utf8()).take(6);
    let near = ends.map(|end| (strsim::osa_distance(&letters(text.get(..end).unwrap_or_default()), phrase), end));
    near.filter(|(distance, _)| *distance <= allowed).min().map(|(_, end)| end)
}

/// Where the characters end that sound so, or nearly: one of four syllables may be another one.
fn after_syllables(text: &str, phrase: &[&str]) -> Option<usize> {
    // Only at the very beginning: what stands before it is no Han character, if anything.
    let heard = syllables(text);
    let wrong = heard.iter().zip(phrase).filter(|((heard, _), known)| heard != *known).count();
    let (_, end) = *heard.get(phrase.len().checked_sub(1)?)?;
    let begins = text.chars().find(|c| c.is_alphanumeric()).is_some_and(|c| c.to_pinyin().is_some());
    (begins && wrong <= phrase.len() / 4).then_some(end)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn phrases() -> WakePhrases {
        let some = |phrase: &str| vec![phrase.to_owned()];
        WakePhrases::new(&BTreeMap::from([(Lang::En, some("hey Sayso")), (Lang::Zh, some("小随小随"))]))
    }

    #[test]
    fn the_phrase_is_found_as_recognisers_write_it() {
        for (text, rest) in [
            ("Hey Sayso, pay my water bill.", "pay my water bill."),
            ("Hey, Say So. Pay my water bill.", "Pay my water bill."),
            ("Hey Seiso", ""),
            ("hey say-so pay Alice", "pay Alice"),
            ("小随小随，我要交电费。", "我要交电费。"),
            ("小岁小岁,交水费", "交水费"),
            ("小随，小水。", ""),
        ] {
            assert_eq!(phrases().called(text), Called::With(rest.to_owned()), "{text}");
        }
    }

    #[test]
    fn who_calls_nobody_is_not_heard() {
        for text in [
            "",
            "Pay my water bill.",
            "Hey Susan, come here",
            "They say so.",
            "I told you, hey Sayso",
            "小心小心",
            "我要交电费",
            "你好小随小随",
        ] {
            assert_eq!(phrases().called(text), Called::No, "{text}");
        }
    }

    #[test]
    fn without_a_phrase_nobody_has_to_call() {
        assert!(WakePhrases::default().is_empty());
        assert!(WakePhrases::new(&BTreeMap::from([(Lang::En, vec!["…".to_owned()])])).is_empty());
        assert!(!phrases().is_empty());
    }
}
