//! A sentence as a sparse vector: words, word pairs and letter sequences, the telling ones weighted up.

use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hash as _, Hasher as _};

/// One sentence: (feature, value), each feature once. Unknown features are left out, but have shortened the rest.
pub(super) type Row = Vec<(u32, f32)>;

/// Letter sequences of these lengths, within a word and its borders.
const LETTERS_MIN: usize = 2;
const LETTERS_MAX: usize = 5;

/// How much of a sentence's length the words, and the letter sequences, make up.
const SHARE_OF_WORDS: f32 = 0.75;
const SHARE_OF_LETTERS: f32 = 0.66;

/// The two blocks of features; each is brought to its own length.
const BLOCKS: usize = 2;

/// Which features there are, and how telling each is.
#[derive(Clone, Debug, Default)]
pub(super) struct Vocabulary {
    known: HashMap<u64, (u32, f32), BuildHasherDefault<Same>>,
    /// How telling a feature is that was never seen.
    unseen: f32,
}

/// A hasher for keys that are hashes already.
#[derive(Clone, Copy, Debug, Default)]
struct Same(u64);

impl std::hash::Hasher for Same {
    fn finish(&self) -> u64 {
        self.0
    }
    fn write(&mut self, _: &[u8]) {}
    fn write_u64(&mut self, key: u64) {
        self.0 = key;
    }
}

impl Vocabulary {
    /// Learns the features of sentences, and gives those sentences as vectors.
    pub(super) fn learn<'a>(texts: impl Iterator<Item = &'a str>) -> (Vocabulary, Vec<Row>) {
        let counted: Vec<Counted> = texts.map(Counted::of).collect();
        let mut seen: HashMap<u64, (u32, u32), BuildHasherDefault<Same>> = HashMap::default();
        for key in counted.iter().flat_map(|sentence| sentence.keys.iter().map(|(key, _, _)| *key)) {
            let next = u32::try_from(seen.len()).unwrap_or(u32::MAX);
            seen.entry(key).or_insert((next, 0)).1 += 1;
        }
        let all = counted.len() as f32;
        let telling = |count: u32| ((1.0 + all) / (1.0 + count as f32)).ln() + 1.0;
        let known = seen.into_iter().map(|(key, (place, count))| (key, (place, telling(count)))).collect();
        let vocabulary = Vocabulary { known, unseen: telling(0) };
        let rows = counted.iter().map(|sentence| vocabulary.row(sentence)).collect();
        (vocabulary, rows)
    }

    /// How many features there are.
    pub(super) fn len(&self) -> usize {
        self.known.len()
    }

    /// A sentence as a vector.
    pub(super) fn vector(&self, text: &str) -> Row {
        self.row(&Counted::of(text))
    }

    fn row(&self, sentence: &Counted) -> Row {
        let mut squares = [0.0_f32; BLOCKS];
        let mut row = Vec::with_capacity(sentence.keys.len());
        let mut blocks = Vec::with_capacity(sentence.keys.len());
        for (key, block, count) in &sentence.keys {
            let found = self.known.get(key);
            let value = (1.0 + (*count as f32).ln()) * found.map_or(self.unseen, |(_, telling)| *telling);
            if let Some(sum) = squares.get_mut(*block) {
                *sum += value * value;
            }
            if let Some((feature, _)) = found {
                row.push((*feature, value));
                blocks.push(*block);
            }
        }
        let [words, letters] = squares.map(|sum| sum.sqrt().max(f32::MIN_POSITIVE));
        let scales = [SHARE_OF_WORDS / words, SHARE_OF_LETTERS / letters];
        for ((_, value), block) in row.iter_mut().zip(blocks) {
            *value *= scales.get(block).copied().unwrap_or(0.0);
        }
        row
    }
}

/// A sentence's features with how often each occurs: (key, block, count), in order of key.
struct Counted {
    keys: Vec<(u64, usize, u32)>,
}

impl Counted {
    fn of(text: &str) -> Counted {
        let words = words(text);
        let mut keys: Vec<(u64, usize)> = Vec::with_capacity(words.len() * 24);
        for word in &words {
            keys.push((key(b"w", &[word]), 0));
            letters(word, &mut keys);
        }
        for pair in words.windows(2) {
            if let [first, second] = pair {
                keys.push((key(b"p", &[first, second]), 0));
            }
        }
        keys.sort_unstable();
        let mut counted: Vec<(u64, usize, u32)> = Vec::with_capacity(keys.len());
        for (key, block) in keys {
            match counted.last_mut() {
                Some((last, _, count)) if *last == key => *count += 1,
                _ => counted.push((key, block, 1)),
            }
        }
        Counted { keys: counted }
    }
}

/// Small-letter words of letters and digits; a Chinese character is a word of its own.
fn words(text: &str) -> Vec<String> {
    let mut words = Vec::new();
    let mut word = String::new();
    for c in text.chars().flat_map(char::to_lowercase) {
        let alone = matches!(c, '\u{3400}'..='\u{9fff}');
        if alone || !(c.is_alphanumeric() || c == '\'' || c == '_') {
            if !word.is_empty() {
                words.push(std::mem::take(&mut word));
            }
            if alone {
                words.push(c.to_string());
            }
        } else if c != '\'' {
            word.push(c);
        }
    }
    if !word.is_empty() {
        words.push(word);
    }
    words
}

/// The letter sequences of a word with its borders.
fn letters(word: &str, keys: &mut Vec<(u64, usize)>) {
    let bordered: Vec<char> = [' '].into_iter().chain(word.chars()).chain([' ']).collect();
    for length in LETTERS_MIN..=LETTERS_MAX.min(bordered.len()) {
        for sequence in bordered.windows(length) {
            let mut hasher = Mixing::new(b"l");
            sequence.iter().for_each(|c| c.hash(&mut hasher));
            keys.push((hasher.finish(), 1));
        }
    }
}

fn key(kind: &[u8], parts: &[&String]) -> u64 {
    let mut hasher = Mixing::new(kind);
    for part in parts {
        hasher.write(part.as_bytes());
        hasher.write(&[0]);
    }
    hasher.finish()
}

/// FNV-1a with a final mix: the same on every machine and in every release, which the standard hasher does not promise.
struct Mixing(u64);

impl Mixing {
    fn new(kind: &[u8]) -> Self {
        let mut mixing = Mixing(0xcbf2_9ce4_8422_2325);
        mixing.write(kind);
        mixing
    }
}

impl std::hash::Hasher for Mixing {
    fn finish(&self) -> u64 {
        let mixed = (self.0 ^ (self.0 >> 33)).wrapping_mul(0xff51_afd7_ed55_8ccd);
        mixed ^ (mixed >> 33)
    }
    fn write(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.0 = (self.0 ^ u64::from(*byte)).wrapping_mul(0x0000_0100_0000_01b3);
        }
    }
}
