//! The pronouncing dictionary: words with their phonemes, some with others for each part of speech.

use super::super::PronunciationError;
use super::senses::Part;
use serde::de::{Deserializer, MapAccess, Visitor};
use std::collections::HashMap;
use std::fmt;

/// How one word is said.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Entry {
    /// Always so.
    One(Box<str>),
    /// By its part of speech; the first where none fits. An empty text stands for letter by letter.
    ByPart(Box<[(Part, Box<str>)]>),
}

impl Entry {
    /// The phonemes for a part of speech.
    pub fn phonemes(&self, part: Part) -> &str {
        match self {
            Entry::One(phonemes) => phonemes,
            Entry::ByPart(all) => {
                let found = all.iter().find(|(one, _)| *one == part).or_else(|| all.first());
                found.map_or("", |(_, phonemes)| phonemes)
            }
        }
    }
}

/// All words that it lists.
#[derive(Debug, Default)]
pub(super) struct Dictionary {
    words: HashMap<Box<str>, Entry>,
}

impl Dictionary {
    /// Reads the dictionary: JSON objects, one behind the other, of words and their phonemes; what stands in an earlier one holds.
    pub fn parse(json: &str) -> Result<Self, PronunciationError> {
        let mut dictionary = Dictionary::default();
        for words in serde_json::Deserializer::from_str(json).into_iter::<Words>() {
            let Words(words) = words.map_err(|why| PronunciationError::Dictionary(why.to_string()))?;
            dictionary.words.reserve(words.len());
            for (word, entry) in words {
                dictionary.words.entry(word).or_insert(entry);
            }
        }
        if dictionary.words.is_empty() {
            return Err(PronunciationError::Dictionary("it lists no word".to_owned()));
        }
        Ok(dictionary)
    }

    /// A word as it is written, or else with a small or a capital letter at its beginning.
    pub fn look_up(&self, word: &str) -> Option<&Entry> {
        if let Some(found) = self.words.get(word) {
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
        self.words.get(other.as_str())
    }
}

/// One object of the file.
struct Words(Vec<(Box<str>, Entry)>);

impl<'de> serde::Deserialize<'de> for Words {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct InOrder;
        impl<'de> Visitor<'de> for InOrder {
            type Value = Words;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object of words")
            }
            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Words, A::Error> {
                let mut words = Vec::new();
                while let Some((word, Said(entry))) = map.next_entry::<Box<str>, Said>()? {
                    words.push((word, entry));
                }
                Ok(Words(words))
            }
        }
        deserializer.deserialize_map(InOrder)
    }
}

/// One value of the file.
struct Said(Entry);

impl<'de> serde::Deserialize<'de> for Said {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(serde::Deserialize)]
        #[serde(untagged)]
        enum Value {
            One(Box<str>),
            ByPart(HashMap<Box<str>, Option<Box<str>>>),
        }
        Ok(Said(match Value::deserialize(deserializer)? {
            Value::One(phonemes) => Entry::One(phonemes),
            Value::ByPart(parts) => {
                let mut parts: Vec<(Part, Box<str>)> = parts
                    .into_iter()
                    .filter_map(|(part, phonemes)| Some((Part::of_tag(&part)?, phonemes.unwrap_or_default())))
                    .collect();
                // The default is the first of the parts.
                parts.sort();
                Entry::ByPart(parts.into())
            }
        }))
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
