//! The list of phrases: words, each with readings for each of its characters. It is gone through word by word, since it is long
//! and little of it is kept.

use super::super::words::{self, Input};
use super::Syllable;

/// A word, and how each of its characters is read in it.
pub(super) type Phrase = (Box<str>, Vec<Syllable>);

/// The words of a JSON object that are worth keeping, with the first reading of each character.
///
/// # Errors
/// A sentence when it is another file, or lists no word.
pub(super) fn read(json: &str, worth_keeping: &dyn Fn(&str, &[Syllable]) -> bool) -> Result<Vec<Phrase>, String> {
    let (mut words, mut kept) = (0, Vec::new());
    let mut input = Input::from_str(json);
    let read = words::each(&mut input, &mut |word, readings: Vec<Vec<String>>| {
        words += 1;
        let first = readings.iter().map(|all| Syllable::parse(all.first()?)).collect::<Option<Vec<_>>>();
        let first = first.filter(|first| first.len() == word.chars().count() && worth_keeping(word, first));
        kept.extend(first.map(|first| (Box::from(word), first)));
        Ok(())
    });
    read.and_then(|()| input.end()).map_err(|why| why.to_string())?;
    match words {
        0 => Err("it lists no word".to_owned()),
        _ => Ok(kept),
    }
}
