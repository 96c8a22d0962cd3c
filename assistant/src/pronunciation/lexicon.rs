//! How names and brands are said that no dictionary has, or that somebody wants said otherwise: a small YAML file.
//!
//! ```yaml
//! en:
//!   Xoom: zoom            # as other words
//!   Nguyen: /wˈɪn/        # in phonemes
//! zh:
//!   仇: qiu2              # in pinyin, the tone as a digit or a mark
//!   老干妈: 老甘妈         # as other characters
//! ```

use super::mandarin::Syllable;
use super::phonemes;
use crate::lang::Lang;
use serde::Deserialize;
use serde_yaml::Spanned;
use std::collections::BTreeMap;

/// The names and brands that Sayso itself knows.
const SHIPPED: &str = include_str!("../../../dialogs/lexicon.yaml");
/// So many words, or characters, a name has at most.
const NAME_MAX: usize = 8;

/// What is said for some words.
#[derive(Clone, Debug, Default)]
pub struct Lexicon {
    pub(super) entries: Vec<Entry>,
}

/// What is said for one word or name.
#[derive(Clone, Debug)]
pub(super) struct Entry {
    /// The language of the sentences in which it is said so.
    pub lang: Lang,
    /// As it is written.
    pub name: String,
    /// As it is said.
    pub said: Said,
}

/// How something is said.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Said {
    /// In phonemes.
    Phonemes(String),
    /// In pinyin, a syllable for each character.
    Pinyin(Vec<Syllable>),
    /// As these words.
    As(String),
}

/// What is wrong with a lexicon, and where.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{file}:{line}:{column}: {message}. {hint}")]
pub struct LexiconError {
    /// The file's name as it was given.
    pub file: String,
    /// The line, from 1.
    pub line: usize,
    /// The column in characters, from 1.
    pub column: usize,
    /// What is wrong.
    pub message: String,
    /// How to mend it.
    pub hint: String,
}

/// The file as it is read.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    #[serde(default)]
    en: BTreeMap<String, Spanned<String>>,
    #[serde(default)]
    zh: BTreeMap<String, Spanned<String>>,
}

impl Lexicon {
    /// The names and brands that Sayso ships.
    ///
    /// # Errors
    /// Never in a released build: a test reads it.
    pub fn shipped() -> Result<Self, LexiconError> {
        Self::parse("dialogs/lexicon.yaml", SHIPPED).map_err(|mut all| all.remove(0))
    }

    /// Reads a file. Its name is only for messages.
    ///
    /// # Errors
    /// Everything that is wrong with it, at least one.
    pub fn parse(name: &str, text: &str) -> Result<Self, Vec<LexiconError>> {
        let wrong = |line: usize, column: usize, message: String, hint: &str| LexiconError {
            file: name.to_owned(),
            line,
            column,
            message,
            hint: hint.to_owned(),
        };
        if text.lines().all(|line| line.trim().is_empty() || line.trim_start().starts_with('#')) {
            return Ok(Lexicon::default());
        }
        let file: File = serde_yaml::from_str(text).map_err(|why| {
            let at = why.location();
            let (line, column) = at.map_or((1, 1), |at| (at.line() as usize, at.column() as usize));
            let hint = "Below `en:` and `zh:` stand lines such as `Xoom: zoom`, each name once.";
            vec![wrong(line, column, why.to_string().lines().next().unwrap_or_default().to_owned(), hint)]
        })?;
        let (mut entries, mut errors) = (Vec::new(), Vec::new());
        for (lang, names) in [(Lang::En, file.en), (Lang::Zh, file.zh)] {
            for (written, value) in names {
                let at = value.referenced;
                let (line, column) = (at.line() as usize, at.column() as usize);
                match entry(lang, &written, &value.value) {
                    Ok(said) => entries.push(Entry { lang, name: written.trim().to_owned(), said }),
                    Err((message, hint)) => errors.push(wrong(line, column, message, hint)),
                }
            }
        }
        errors.sort_by_key(|error| (error.line, error.column));
        if errors.is_empty() { Ok(Lexicon { entries }) } else { Err(errors) }
    }

    /// This one, in which the entries of `other` take the place of its own.
    #[must_use]
    pub fn with(mut self, other: Lexicon) -> Self {
        self.entries.retain(|own| {
            !other.entries.iter().any(|new| new.lang == own.lang && new.name.to_lowercase() == own.name.to_lowercase())
        });
        self.entries.extend(other.entries);
        self
    }
}

fn is_han(c: char) -> bool {
    matches!(c, '\u{3400}'..='\u{9fff}' | '〇')
}

/// Reads how a name is said; the error is what is wrong and how to mend it.
fn entry(lang: Lang, name: &str, value: &str) -> Result<Said, (String, &'static str)> {
    let (name, value) = (name.trim(), value.trim());
    let han = name.chars().any(is_han);
    let length = if han { name.chars().count() } else { name.split_whitespace().count() };
    if length == 0 || length > NAME_MAX || name.chars().any(|c| c.is_ascii_digit()) {
        return Err((format!("`{name}` is no name of 1 to {NAME_MAX} words without digits"), "Write digits as words."));
    }
    if han && !name.chars().all(is_han) {
        return Err((format!("`{name}` mixes Chinese characters with others"), "Give each part an entry of its own."));
    }
    if han && lang == Lang::En {
        return Err((format!("`{name}` is written in Chinese characters"), "Put it below `zh:`."));
    }
    if value.is_empty() {
        return Err((
            format!("how `{name}` is said is empty"),
            "Write other words, pinyin such as `qiu2`, or phonemes such as `/wˈɪn/`.",
        ));
    }
    if let Some(inside) = value.strip_prefix('/') {
        return phonemes_of(name, inside).map(Said::Phonemes);
    }
    if !han {
        return match value.chars().find(|c| c.is_ascii_digit()) {
            Some(digit) => Err((format!("`{value}` has the digit {digit} in it"), "Write digits as words.")),
            None => Ok(Said::As(value.to_owned())),
        };
    }
    if value.chars().all(is_han) {
        return Ok(Said::As(value.to_owned()));
    }
    let syllables: Vec<&str> = value.split_whitespace().collect();
    if syllables.len() != length {
        let message = format!("`{name}` has {length} characters and `{value}` {} syllables", syllables.len());
        return Err((message, "Write one syllable of pinyin for each character, parted by spaces: `chan2 yu2`."));
    }
    let read = |pinyin: &&str| {
        Syllable::parse(pinyin).ok_or_else(|| {
            (
                format!("`{pinyin}` is no syllable of pinyin"),
                "Write it as `lü4`, `lv4` or `lǜ`; 5 or no digit is the neutral tone.",
            )
        })
    };
    syllables.iter().map(read).collect::<Result<_, _>>().map(Said::Pinyin)
}

fn phonemes_of(name: &str, inside: &str) -> Result<String, (String, &'static str)> {
    let hint = "assistant/src/pronunciation/phonemes.rs lists the signs; stress is ˈ, and words stand apart: `/wˈɛlz fˈɑɹɡO/`.";
    let Some(inside) = inside.strip_suffix('/') else {
        return Err((format!("the phonemes of `{name}` begin with `/` and do not end with one"), hint));
    };
    // The letter g of the keyboard is another one than that of the phonetic alphabet.
    let signs = inside.trim().replace('g', "ɡ");
    match signs.chars().find(|sign| *sign != ' ' && !phonemes::is_sound(*sign)) {
        Some(sign) => Err((format!("the voice has no phoneme `{sign}`, in `{name}`"), hint)),
        None if signs.is_empty() => Err((format!("the phonemes of `{name}` are empty"), hint)),
        None => Ok(signs),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_shipped_one_is_sound() {
        assert!(Lexicon::shipped().unwrap().entries.len() > 10);
    }

    #[test]
    fn entries_are_words_pinyin_or_phonemes() {
        let text = "en:\n  Xoom: zoom\n  Wells Fargo: /wˈɛlz fˈɑrgO/\nzh:\n  单于: chan2 yú\n  老干妈: 老甘妈\n  PayPal: pay pal\n";
        let lexicon = Lexicon::parse("x.yaml", text).unwrap();
        let said = |name: &str| lexicon.entries.iter().find(|entry| entry.name == name).unwrap().said.clone();
        assert_eq!(said("Xoom"), Said::As("zoom".into()));
        assert_eq!(said("Wells Fargo"), Said::Phonemes("wˈɛlz fˈɑrɡO".into()));
        assert_eq!(said("老干妈"), Said::As("老甘妈".into()));
        let Said::Pinyin(syllables) = said("单于") else { panic!("pinyin") };
        assert_eq!(syllables.iter().map(ToString::to_string).collect::<Vec<_>>(), ["chan2", "yu2"]);
        assert!(Lexicon::parse("x.yaml", "# nothing yet\n").unwrap().entries.is_empty());
    }

    #[test]
    fn mistakes_say_where_what_and_how_to_mend_them() {
        for (text, line, sign) in [
            ("en:\n  Xoom: \"\"\n", 2, "is empty"),
            ("en:\n  A: b\n  Xoom: /zu§m/\n", 3, "no phoneme `§`"),
            ("en:\n  Xoom: /zum\n", 2, "do not end"),
            ("zh:\n  单于: chan2\n", 2, "2 characters and `chan2` 1 syllables"),
            ("zh:\n  单于: chan2 xq2\n", 2, "`xq2` is no syllable"),
            ("en:\n  单于: chan2 yu2\n", 2, "below `zh:`"),
            ("zh:\n  单于X: chan2 yu2\n", 2, "mixes"),
            ("en:\n  4Ever: forever\n", 2, "without digits"),
            ("en:\n  Forever: 4ever\n", 2, "the digit 4"),
            ("de:\n  Xoom: zoom\n", 1, "de"),
            ("en:\n  Xoom: a\n  Xoom: b\n", 3, ""),
            ("en: [1]\n", 1, ""),
        ] {
            let errors = Lexicon::parse("x.yaml", text).unwrap_err();
            let (first, shown) = (&errors[0], errors[0].to_string());
            assert!(first.line == line && shown.contains(sign) && shown.starts_with("x.yaml:"), "{text}: {shown}");
        }
        let both = Lexicon::parse("x.yaml", "en:\n  B: /§/\n  A: \"\"\n").unwrap_err();
        assert_eq!(both.iter().map(|error| error.line).collect::<Vec<_>>(), [2, 3]);
    }

    #[test]
    fn ones_own_entries_hold() {
        let own = Lexicon::parse("x.yaml", "en:\n  paypal: pay friend\n").unwrap();
        let both = Lexicon::shipped().unwrap().with(own);
        let said: Vec<_> = both
            .entries
            .iter()
            .filter(|e| e.lang == Lang::En && e.name.eq_ignore_ascii_case("paypal"))
            .map(|e| &e.said)
            .collect();
        assert_eq!(said, [&Said::As("pay friend".into())]);
    }
}
