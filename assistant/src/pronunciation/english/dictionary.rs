//! The pronouncing dictionary: words with their phonemes, some with others for each part of speech.

use super::super::PronunciationError;
use super::super::words::{self, Input};
use super::senses::Part;
use serde::Deserializer;
use std::collections::HashMap;

/// How one word is said.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Entry<'a> {
    /// Always so.
    One(&'a str),
    /// By its part of speech; the first where none fits. An empty text stands for letter by letter.
    ByPart(&'a [(Part, Box<str>)]),
}

impl<'a> Entry<'a> {
    /// The phonemes for a part of speech.
    pub fn phonemes(self, part: Part) -> &'a str {
        match self {
            Entry::One(phonemes) => phonemes,
            Entry::ByPart(all) => {
                let found = all.iter().find(|(one, _)| *one == part).or_else(|| all.first());
                found.map_or("", |(_, phonemes)| phonemes)
            }
        }
    }
}

/// The phonemes of a word for each part of speech.
type Parts = Box<[(Part, Box<str>)]>;

/// All words that it lists. There are close to two hundred thousand, so they stand behind each other in one text.
#[derive(Debug, Default)]
pub(super) struct Dictionary {
    /// Each word, and behind it its phonemes, unless it has several.
    text: String,
    /// By word.
    places: Vec<Place>,
    several: Vec<Parts>,
}

/// Where a word stands.
#[derive(Clone, Copy, Debug)]
struct Place {
    begins: u32,
    ends: u32,
    said: Phonemes,
}

/// Where the phonemes of a word are.
#[derive(Clone, Copy, Debug)]
enum Phonemes {
    /// Right behind it, up to here.
    UpTo(u32),
    /// Here among those of words that have several.
    Several(u32),
}

impl Dictionary {
    /// Reads the dictionary: JSON objects, one behind the other, of words and their phonemes; what stands in an earlier one holds.
    pub fn parse(json: &str) -> Result<Self, PronunciationError> {
        let wrong = |why: serde_json::Error| PronunciationError::Dictionary(why.to_string());
        let mut dictionary = Dictionary::default();
        let mut input = Input::from_str(json);
        while input.end().is_err() {
            words::each(&mut input, &mut |word, said| dictionary.add(word, said).ok_or("it is too long"))
                .map_err(wrong)?;
        }
        let Dictionary { text, places, .. } = &mut dictionary;
        // An earlier one of equal words stays before the later one.
        places.sort_by(|a, b| a.word(text).cmp(b.word(text)));
        places.dedup_by(|later, earlier| later.word(text) == earlier.word(text));
        places.shrink_to_fit();
        text.shrink_to_fit();
        if dictionary.places.is_empty() {
            return Err(PronunciationError::Dictionary("it lists no word".to_owned()));
        }
        Ok(dictionary)
    }

    /// `None` if it is longer than any dictionary.
    fn add(&mut self, word: &str, said: Said) -> Option<()> {
        let begins = u32::try_from(self.text.len()).ok()?;
        self.text.push_str(word);
        let ends = u32::try_from(self.text.len()).ok()?;
        let said = match said {
            Said::One(phonemes) => {
                self.text.push_str(&phonemes);
                Phonemes::UpTo(u32::try_from(self.text.len()).ok()?)
            }
            Said::ByPart(parts) => {
                self.several.push(parts);
                Phonemes::Several(u32::try_from(self.several.len() - 1).ok()?)
            }
        };
        self.places.push(Place { begins, ends, said });
        Some(())
    }

    /// A word as it is written, or else with a small or a capital letter at its beginning.
    pub fn look_up(&self, word: &str) -> Option<Entry<'_>> {
        if let Some(found) = self.exactly(word) {
            return Some(found);
        }
        let first = word.chars().next()?;
        let rest = word.get(first.len_utf8()..)?;
        if rest.chars().any(char::is_uppercase) {
            return None;
        }
        let other: String = if first.is_uppercase() {
            first.to_lowercase().chain(rest.chars()).collect()
        } else {
            first.to_uppercase().chain(rest.chars()).collect()
        };
        self.exactly(&other)
    }

    fn exactly(&self, word: &str) -> Option<Entry<'_>> {
        let at = self.places.binary_search_by(|place| place.word(&self.text).cmp(word)).ok()?;
        let place = self.places.get(at)?;
        match place.said {
            Phonemes::UpTo(end) => self.text.get(place.ends as usize..end as usize).map(Entry::One),
            Phonemes::Several(at) => self.several.get(at as usize).map(|parts| Entry::ByPart(parts)),
        }
    }
}

impl Place {
    fn word<'a>(&self, text: &'a str) -> &'a str {
        text.get(self.begins as usize..self.ends as usize).unwrap_or_default()
    }
}

/// One value of the file.
enum Said {
    One(Box<str>),
    ByPart(Parts),
}

impl<'de> serde::Deserialize<'de> for Said {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(serde::Deserialize)]
        #[serde(untagged)]
        enum Value {
            One(Box<str>),
            ByPart(HashMap<Box<str>, Option<Box<str>>>),
        }
        Ok(match Value::deserialize(deserializer)? {
            Value::One(phonemes) => Said::One(phonemes),
            Value::ByPart(parts) => {
                let mut parts: Vec<(Part, Box<str>)> = parts
                    .into_iter()
                    .filter_map(|(part, phonemes)| Some((Part::of_tag(&part)?, phonemes.unwrap_or_default())))
                    .collect();
                // The default is the first of the parts.
                parts.sort();
                Said::ByPart(parts.into())
            }
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn earlier_objects_hold_and_capitals_are_looked_through() {
        let json = r#"{"read":{"VBD":"ɹˈɛd","DEFAULT":"ɹˈid"},"Polish":"pˈOlɪʃ","polish":"pˈɑlɪʃ","Bath":"bˈæθ","ID":{"DEFAULT":"ˈɪd","NOUN":null}}
            {"read":"x","pounds":"pˈWndz"}"#;
        let dictionary = Dictionary::parse(json).unwrap();
        let said = |word, part| dictionary.look_up(word).map(|entry| entry.phonemes(part));
        assert_eq!(said("read", Part::Other), Some("ɹˈid"));
        assert_eq!(said("Read", Part::Past), Some("ɹˈɛd"));
        assert_eq!([said("polish", Part::Verb), said("Polish", Part::Verb)], [Some("pˈɑlɪʃ"), Some("pˈOlɪʃ")]);
        assert_eq!([said("bath", Part::Noun), said("Pounds", Part::Noun)], [Some("bˈæθ"), Some("pˈWndz")]);
        assert_eq!(said("ID", Part::Noun), Some(""), "letter by letter");
        assert_eq!(said("POUNDS", Part::Noun), None);
    }

    #[test]
    fn another_file_is_refused() {
        for json in ["", "{}", "[1]", "{\"a\":", "{\"a\":1}"] {
            assert!(Dictionary::parse(json).is_err(), "{json}");
        }
    }
}
