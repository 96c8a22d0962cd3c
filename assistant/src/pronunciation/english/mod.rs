//! English words into phonemes: the dictionary first, then what can be made of its words, then rules of spelling.

mod dictionary;
mod endings;
mod senses;
mod spelling;

use super::PronunciationError;
use super::phonemes::is_vowel;
use dictionary::Dictionary;
use endings::Ending;
use senses::Part;
use unicode_normalization::UnicodeNormalization as _;
use unicode_normalization::char::is_combining_mark;

/// An abbreviation of at most so many letters is said letter by letter.
const INITIALS_MAX: usize = 5;
/// Parts of a compound have at least so many letters.
const PART_MIN: usize = 3;

/// How English is said.
#[derive(Debug)]
pub(super) struct English {
    dictionary: Dictionary,
}

/// A word with the phonemes that somebody has set for it, if anybody has.
pub(super) struct Word<'a> {
    /// As it is written.
    pub text: &'a str,
    /// Set for it.
    pub own: Option<&'a str>,
}

impl English {
    /// English by this dictionary.
    pub fn new(json: &str) -> Result<Self, PronunciationError> {
        Ok(English { dictionary: Dictionary::parse(json)? })
    }

    /// The phonemes of each word of a clause.
    pub fn clause(&self, words: &[Word<'_>]) -> Vec<String> {
        let small: Vec<String> = words.iter().map(|word| plain(word.text).to_lowercase()).collect();
        let mut said: Vec<String> = Vec::with_capacity(words.len());
        // Backwards, since "the" and "to" are said by what follows them.
        for (at, word) in words.iter().enumerate().rev() {
            let next = said.last().map(|next| next.chars().find(|sign| !"ˈˌ".contains(*sign)));
            let before_vowel = next.flatten().map(is_vowel);
            said.push(match word.own {
                Some(own) => own.to_owned(),
                None => self.in_clause(&plain(word.text), &small, at, before_vowel),
            });
        }
        said.reverse();
        said
    }

    /// One word among others; `before_vowel` tells with what the next one begins, if there is one.
    fn in_clause(&self, word: &str, small: &[String], at: usize, before_vowel: Option<bool>) -> String {
        let weak = match (word, before_vowel) {
            ("a" | "A", Some(_)) if small.len() > 1 => "ɐ",
            ("an" | "An", Some(_)) => "ɐn",
            ("the" | "The" | "THE", Some(false)) => "ðə",
            ("to" | "To", Some(true)) => "tʊ",
            ("to" | "To", Some(false)) => "tə",
            ("of" | "Of", Some(_)) => "ʌv",
            ("I", Some(_)) => "ˌI",
            _ => "",
        };
        if !weak.is_empty() {
            return weak.to_owned();
        }
        self.word(word, senses::part(small, at))
    }

    /// One word by itself.
    fn word(&self, word: &str, part: Part) -> String {
        let mut letters = word.chars();
        if let (Some(only), None) = (letters.next(), letters.next()) {
            return spelling::letters(only.encode_utf8(&mut [0; 4]));
        }
        match self.dictionary.look_up(word).map(|entry| entry.phonemes(part)) {
            Some("") => return spelling::letters(word),
            Some(phonemes) => return phonemes.to_owned(),
            None => {}
        }
        if let Some(stem) = word.strip_suffix("'s").filter(|stem| !stem.is_empty()) {
            return endings::join(&self.word(stem, part), Ending::S);
        }
        let small = word.to_lowercase();
        let capitals = word.chars().filter(|c| c.is_alphabetic()).all(char::is_uppercase);
        // Only what the dictionary itself has, so that "USD" does not become "us" with an ending.
        if let Some(entry) = self.dictionary.look_up(&small) {
            return entry.phonemes(part).to_owned();
        }
        if capitals && small.chars().count() <= INITIALS_MAX {
            return spelling::letters(word);
        }
        self.humps(word).or_else(|| self.derived(&small, part, 0)).or_else(|| self.compound(&small)).unwrap_or_else(
            || {
                if small.contains(|c| "aeiouy".contains(c)) {
                    spelling::sounds(&small)
                } else {
                    spelling::letters(&small)
                }
            },
        )
    }

    /// A word of the dictionary in small letters.
    fn known(&self, small: &str, part: Part) -> Option<String> {
        let phonemes = self.dictionary.look_up(small)?.phonemes(part);
        (!phonemes.is_empty()).then(|| phonemes.to_owned())
    }

    /// "WeChat", "PayPal", "PIN's", "iPhone": what stands between its capitals, each by itself.
    fn humps(&self, word: &str) -> Option<String> {
        let mut parts: Vec<String> = Vec::new();
        let mut before = ' ';
        for letter in word.chars() {
            if (letter.is_uppercase() && before.is_lowercase()) || parts.is_empty() {
                parts.push(String::new());
            }
            parts.last_mut()?.push(letter);
            before = letter;
        }
        if parts.len() < 2 {
            return None;
        }
        let said: Vec<String> = parts.iter().map(|part| self.word(part, Part::Noun)).collect();
        Some(one_stress(&said))
    }

    /// From a shorter word, by an ending or a beginning.
    fn derived(&self, small: &str, part: Part, depth: u8) -> Option<String> {
        if depth > 2 {
            return None;
        }
        for stem in endings::stems(small) {
            let part = if stem.ending == Ending::S { part } else { Part::Verb };
            let found = stem
                .words
                .iter()
                .find_map(|word| self.known(word, part).or_else(|| self.derived(word, part, depth + 1)));
            if let Some(found) = found {
                return Some(endings::join(&found, stem.ending));
            }
        }
        endings::beginnings(small).find_map(|(phonemes, rest)| {
            let rest = self.known(rest, part).or_else(|| self.derived(rest, part, depth + 1))?;
            Some(format!("{phonemes}{rest}"))
        })
    }

    /// Two words written as one, the longest first part that is known: "paycheck".
    fn compound(&self, small: &str) -> Option<String> {
        let cuts = small.char_indices().map(|(at, _)| at).filter(|at| *at >= PART_MIN && small.len() - at >= PART_MIN);
        cuts.rev().find_map(|at| {
            let (first, second) = small.split_at_checked(at)?;
            Some(one_stress(&[self.known(first, Part::Noun)?, self.known(second, Part::Noun)?]))
        })
    }
}

/// Letters without marks, one kind of apostrophe, and nothing but letters and apostrophes.
fn plain(word: &str) -> String {
    let letters = word.nfd().filter(|c| !is_combining_mark(*c)).map(|c| if c == '’' { '\'' } else { c });
    letters.filter(|c| c.is_alphabetic() || *c == '\'').collect()
}

/// Several parts as one word: the first keeps its stress, the others have a weaker one.
fn one_stress(parts: &[String]) -> String {
    let mut out = String::new();
    for part in parts {
        let weaker = out.contains('ˈ');
        out.push_str(&if weaker { part.replace('ˈ', "ˌ") } else { part.clone() });
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A few words as the real dictionary has them.
    const WORDS: &str = r#"{"pay":"pˈA","pal":"pˈæl","we":"wˌi","chat":"ʧˈæt","the":"ði","to":"tu","water":"wˈɔɾəɹ","bill":"bˈɪl",
        "invoice":"ˈɪnvˌYs","check":"ʧˈɛk","use":{"DEFAULT":"jˈuz","NOUN":"jˈus"},"PIN":"pˈɪn","phone":"fˈOn","of":"ʌv",
        "refund":{"DEFAULT":"ɹəfˈʌnd","NOUN":"ɹˈifˌʌnd"},"a":"A","amount":"əmˈWnt","ID":{"DEFAULT":"ˈɪd","NOUN":null},"us":"ʌs"}
        {"rent":"ɹˈɛnt","cafe":"kæfˈA"}"#;

    fn say(clause: &str) -> String {
        let english = English::new(WORDS).unwrap();
        let words: Vec<Word<'_>> = clause.split(' ').map(|text| Word { text, own: None }).collect();
        english.clause(&words).join(" ")
    }

    #[test]
    fn words_are_said_as_they_stand_in_their_clause() {
        assert_eq!(say("pay the water bill"), "pˈA ðə wˈɔɾəɹ bˈɪl");
        assert_eq!(say("the amount"), "ði əmˈWnt");
        assert_eq!(say("to a"), "tʊ ˈA");
        assert_eq!(say("a refund"), "ɐ ɹˈifˌʌnd");
        assert_eq!(say("to refund"), "tə ɹəfˈʌnd");
        assert_eq!(say("Water"), "wˈɔɾəɹ");
    }

    #[test]
    fn what_is_not_listed_is_made_of_what_is() {
        assert_eq!(say("PayPal"), "pˈApˌæl");
        assert_eq!(say("WeChat"), "wˌiʧˈæt");
        assert_eq!(say("invoices"), "ˈɪnvˌYsᵻz");
        assert_eq!(say("unpayable"), "ʌnpˈAəbᵊl");
        assert_eq!(say("refunded"), "ɹəfˈʌndᵻd");
        assert_eq!(say("paycheck"), "pˈAʧˌɛk");
        assert_eq!(say("café"), "kæfˈA");
        assert_eq!(say("iPhone"), "ˈIfˌOn");
        assert_eq!(say("rent's"), "ɹˈɛnts");
        assert_eq!(say("rent’s"), "ɹˈɛnts");
        assert_eq!(say("Braxton's"), "bɹˈækstɑnz");
    }

    #[test]
    fn initials_are_spelled_and_names_are_guessed() {
        assert_eq!(say("QR"), "kjˌuˈɑɹ");
        assert_eq!(say("PIN"), "pˈɪn");
        assert_eq!(say("ID"), "ˌIdˈi");
        assert_eq!(say("USD"), "jˌuˌɛsdˈi");
        assert_eq!(say("PAY"), "pˈA");
        assert_eq!(say("kvb"), "kˌAvˌibˈi");
        assert_eq!(say("Braxton"), "bɹˈækstɑn");
    }

    #[test]
    fn whatever_is_written_every_sign_is_one_of_the_models() {
        let english = English::new(WORDS).unwrap();
        for text in ["", "'", "’’", "ß", "Ωμέγα", "Łódź", "a'b'c", "xyzzy", "İstanbul", "ﬁ", "Ünïcödé's"]
        {
            let said = english.clause(&[Word { text, own: None }, Word { text: "pay", own: None }]);
            assert!(said.concat().chars().all(super::super::phonemes::is_sound), "{text}: {said:?}");
        }
    }
}
