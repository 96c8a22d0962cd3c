//! The list of phrases: words, each with readings for each of its characters. It is gone through word by word, since it is long
//! and little of it is kept.

use super::Syllable;
use serde::de::{DeserializeSeed, Deserializer, MapAccess, Visitor};
use std::fmt;

/// A word, and how each of its characters is read in it.
pub(super) type Phrase = (Box<str>, Vec<Syllable>);

/// The words of a JSON object that are worth keeping, with the first reading of each character.
///
/// # Errors
/// A sentence when it is another file, or lists no word.
pub(super) fn read(json: &str, worth_keeping: &dyn Fn(&str, &[Syllable]) -> bool) -> Result<Vec<Phrase>, String> {
    let mut list = List { worth_keeping, words: 0, kept: Vec::new() };
    let mut input = serde_json::Deserializer::from_str(json);
    list.deserialize(&mut input).and_then(|()| input.end()).map_err(|why| why.to_string())?;
    match list.words {
        0 => Err("it lists no word".to_owned()),
        _ => Ok(list.kept),
    }
}

struct List<'a> {
    worth_keeping: &'a dyn Fn(&str, &[Syllable]) -> bool,
    words: usize,
    kept: Vec<Phrase>,
}

impl<'de> DeserializeSeed<'de> for &mut List<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for &mut List<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object of words")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        while let Some((word, readings)) = map.next_entry::<Box<str>, Vec<Vec<String>>>()? {
            self.words += 1;
            let first = readings.iter().map(|all| Syllable::parse(all.first()?)).collect::<Option<Vec<_>>>();
            let first = first.filter(|first| first.len() == word.chars().count());
            if let Some(first) = first.filter(|first| (self.worth_keeping)(&word, first)) {
                self.kept.push((word, first));
            }
        }
        Ok(())
    }
}
