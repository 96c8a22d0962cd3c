//! The recorded sentences of `tests/audio`, and how far a text is from what was said.

#![allow(dead_code, reason = "shared by a test and a benchmark, each of which needs a part")]

use sayso::audio::{Pcm, read_wav};
use sayso::lang::Lang;
use sayso::wording;
use serde::Deserialize;
use std::path::{Path, PathBuf};

/// A recorded sentence.
#[derive(Clone, Debug, Deserialize)]
pub struct Recorded {
    /// The file's name.
    pub file: String,
    /// Its language.
    pub lang: Lang,
    /// Whose voice.
    pub voice: String,
    /// What was said.
    pub text: String,
}

impl Recorded {
    /// Its sound at 16 kHz.
    pub fn pcm(&self) -> Pcm {
        read_wav(&folder().join(&self.file)).unwrap_or_else(|error| panic!("{error}"))
    }
}

/// The folder of recordings.
pub fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/audio")
}

/// The folder for models: `SAYSO_MODELS`, or the usual place.
pub fn models() -> PathBuf {
    let usual = || directories::ProjectDirs::from("", "", "sayso").map(|dirs| dirs.data_dir().join("models"));
    std::env::var_os("SAYSO_MODELS").map(PathBuf::from).or_else(usual).unwrap_or_else(|| PathBuf::from("models"))
}

/// All recorded sentences.
pub fn all() -> Vec<Recorded> {
    let index = std::fs::read_to_string(folder().join("index.jsonl")).unwrap_or_else(|error| panic!("{error}"));
    index.lines().map(|line| serde_json::from_str(line).unwrap_or_else(|error| panic!("{line}: {error}"))).collect()
}

/// What a household's configuration and the shipped flows offer as vocabulary.
pub fn vocabulary(lang: Lang) -> Vec<String> {
    let words: &[&str] = match lang {
        Lang::En => &[
            "Electricity",
            "Water",
            "Gas",
            "Internet",
            "Rent",
            "Alice",
            "Bob",
            "Stripe",
            "PayPal",
            "WeChat Pay",
            "Alipay",
        ],
        Lang::Zh => &["电费", "水费", "煤气费", "网费", "房租", "张伟", "李娜", "微信支付", "支付宝", "贝宝"],
    };
    words.iter().map(|word| (*word).to_owned()).collect()
}

/// Units (English: words, Mandarin: characters) in what was said, and how many of them are wrong in what was heard.
pub fn errors(lang: Lang, said: &str, heard: &str) -> (usize, usize) {
    let (said, heard) = (units(lang, said), units(lang, heard));
    (said.len(), distance(&said, &heard))
}

/// A text as units in which numbers are words, so that `$42.50` and "forty-two dollars and fifty cents" are the same.
fn units(lang: Lang, text: &str) -> Vec<String> {
    let spelled = spell_numbers(lang, &text.to_lowercase());
    match lang {
        Lang::En => {
            let plain: String =
                spelled.chars().map(|c| if c.is_alphanumeric() || c == '\'' { c } else { ' ' }).collect();
            plain.split_whitespace().map(str::to_owned).collect()
        }
        Lang::Zh => spelled.chars().filter(|c| c.is_alphanumeric()).map(String::from).collect(),
    }
}

/// Replaces digits by words. Dollars and cents are said where whisper writes `$`.
fn spell_numbers(lang: Lang, text: &str) -> String {
    let chars: Vec<char> = text.chars().filter(|c| *c != ',' || lang == Lang::En).collect();
    let (mut out, mut at) = (String::new(), 0);
    while let Some(c) = chars.get(at) {
        let dollars = *c == '$';
        let start = at + usize::from(dollars);
        let is_part = |n: usize| {
            let next_is_digit = chars.get(n + 1).is_some_and(char::is_ascii_digit);
            chars.get(n).is_some_and(|c| c.is_ascii_digit() || (matches!(c, '.' | ',') && n > start && next_is_digit))
        };
        let end = (start..).find(|n| !is_part(*n)).unwrap_or(start);
        if end == start {
            out.push(*c);
            at += 1;
            continue;
        }
        let number: String = chars.get(start..end).unwrap_or_default().iter().filter(|c| **c != ',').collect();
        out.push_str(&spell(lang, &number, dollars));
        at = end;
    }
    out
}

fn spell(lang: Lang, number: &str, dollars: bool) -> String {
    let (whole, fraction) = number.split_once('.').unwrap_or((number, ""));
    let said = |digits: &str| wording::number(digits.parse().unwrap_or_default(), lang).spoken;
    match lang {
        Lang::En if dollars && !fraction.is_empty() => {
            format!(" {} dollars and {} cents ", said(whole), said(fraction))
        }
        Lang::En if dollars => format!(" {} dollars ", said(whole)),
        Lang::En if fraction.is_empty() => format!(" {} ", said(whole)),
        Lang::En => format!(" {} point {} ", said(whole), said(fraction)),
        Lang::Zh => {
            let digits = wording::digits(fraction, lang).spoken;
            said(whole) + if digits.is_empty() { "" } else { "点" } + digits.as_str()
        }
    }
}

/// Insertions, deletions and replacements between two rows of units.
fn distance(a: &[String], b: &[String]) -> usize {
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.iter().enumerate() {
        let mut diagonal = row[0];
        row[0] = i + 1;
        for (j, y) in b.iter().enumerate() {
            let replaced = diagonal + usize::from(x != y);
            diagonal = row[j + 1];
            row[j + 1] = replaced.min(row[j] + 1).min(diagonal + 1);
        }
    }
    row[b.len()]
}
