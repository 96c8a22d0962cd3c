//! A long JSON object of words, gone through word by word, since little of it is kept.

use serde::de::{DeserializeOwned, DeserializeSeed, Deserializer, MapAccess, Visitor};
use std::fmt;
use std::marker::PhantomData;

/// The text of a file of one such object or several.
pub(super) type Input<'a> = serde_json::Deserializer<serde_json::de::StrRead<'a>>;

/// Hands every word of the next object, with what is said of it, to `each`; a sentence of it ends the reading.
///
/// # Errors
/// When it is no such object, and when `each` says so.
pub(super) fn each<T: DeserializeOwned>(
    input: &mut Input<'_>,
    each: &mut dyn FnMut(&str, T) -> Result<(), &'static str>,
) -> Result<(), serde_json::Error> {
    Words { each, of: PhantomData }.deserialize(input)
}

struct Words<'a, T> {
    each: &'a mut dyn FnMut(&str, T) -> Result<(), &'static str>,
    of: PhantomData<T>,
}

impl<'de, T: DeserializeOwned> DeserializeSeed<'de> for Words<'_, T> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'de, T: DeserializeOwned> Visitor<'de> for Words<'_, T> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object of words")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        while let Some((word, said)) = map.next_entry::<Box<str>, T>()? {
            (self.each)(&word, said).map_err(serde::de::Error::custom)?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_come_one_by_one_object_after_object_until_something_is_wrong() {
        let mut input = Input::from_str("{\"one\":1,\"two\":2} {\"three\":3}");
        let mut found = Vec::new();
        for _ in 0..2 {
            each(&mut input, &mut |word, said: u8| {
                found.push((word.to_owned(), said));
                Ok(())
            })
            .unwrap();
        }
        assert_eq!(found, [("one".to_owned(), 1), ("two".to_owned(), 2), ("three".to_owned(), 3)]);
        let wrong = |json: &str| {
            each(&mut Input::from_str(json), &mut |_, said: u8| if said < 9 { Ok(()) } else { Err("too much") })
                .unwrap_err()
                .to_string()
        };
        assert!(wrong("{\"one\":9}").contains("too much"));
        assert!(wrong("[1]").contains("an object of words"));
        assert!(wrong("{\"one\":1").contains("EOF"));
    }
}
