//! An utterance cut into words, written numbers, Chinese characters and signs, each with its place in characters.

mod glued;

use super::script::{is_han, plain};
use super::sound::Syllable;
use rust_decimal::Decimal;

/// What a token is made of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// Letters, with apostrophes inside.
    Word,
    /// A number in digits, with its separators.
    Digits,
    /// One Chinese character.
    Han,
    /// Anything else, one character.
    Sign,
}

/// A number as it is written in digits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Written {
    /// Its value.
    pub value: Decimal,
    /// How many digits stand after the decimal point.
    pub decimals: u32,
    /// How many digits stand before it.
    pub length: usize,
    /// True if its first digit is a zero that counts for nothing (`007`).
    pub leading_zero: bool,
    /// True if the thousands are separated (`1,200`).
    pub grouped: bool,
}

/// One token.
#[derive(Clone, Debug)]
pub(crate) struct Token {
    /// What it is made of.
    pub kind: Kind,
    /// Its first character in the text.
    pub start: usize,
    /// One past its last character.
    pub end: usize,
    /// True if it touches the token before it.
    pub glued: bool,
    /// Its folded spelling.
    pub text: String,
    /// Its only character, for signs and Chinese.
    pub sign: char,
    /// The number, for digits that form one.
    pub written: Option<Written>,
    /// How it sounds, for Chinese.
    pub sound: Option<Syllable>,
}

/// So many tokens of an utterance are looked at; the rest is no speech, and must not cost time.
const TOKENS_MAX: usize = 300;

/// An utterance and its tokens.
#[derive(Clone, Debug)]
pub(crate) struct Utterance {
    /// The characters as they were heard or typed.
    pub chars: Vec<char>,
    /// The tokens in order; spaces are left out.
    pub tokens: Vec<Token>,
}

impl Utterance {
    /// Cuts `text` up.
    pub fn new(text: &str) -> Self {
        let chars: Vec<char> = text.chars().collect();
        let folded: Vec<char> = chars.iter().copied().map(plain).collect();
        let mut tokens = Vec::with_capacity(chars.len() / 3 + 4);
        let mut at = 0;
        let mut glued = false;
        while let Some(&c) = folded.get(at).filter(|_| tokens.len() < TOKENS_MAX) {
            if c.is_whitespace() {
                glued = false;
                at += 1;
                continue;
            }
            let end = token_end(&folded, at, c);
            if !joins_words(&folded, at, c) {
                push(&mut tokens, token(&folded, at, end, glued));
                glued = true;
            } else {
                glued = false;
            }
            at = end;
        }
        Utterance { chars, tokens }
    }

    /// The same utterance with the `taken` tokens made illegible, so that nothing else is read into them.
    pub fn without(&self, taken: &[bool]) -> Self {
        let mut rest = self.clone();
        for (token, _) in rest.tokens.iter_mut().zip(taken).filter(|(_, taken)| **taken) {
            *token = Token { kind: Kind::Sign, text: String::new(), sign: '\0', written: None, sound: None, ..*token };
        }
        rest
    }

    /// The token at `at`.
    pub fn get(&self, at: usize) -> Option<&Token> {
        self.tokens.get(at)
    }

    /// The folded spelling of the token at `at`; empty past the end.
    pub fn word(&self, at: usize) -> &str {
        self.tokens.get(at).map_or("", |token| token.text.as_str())
    }

    /// The character of the token at `at` if it is a sign or Chinese; a space otherwise.
    pub fn sign(&self, at: usize) -> char {
        self.tokens.get(at).map_or(' ', |token| token.sign)
    }

    /// The kind of the token at `at`.
    pub fn kind(&self, at: usize) -> Option<Kind> {
        self.tokens.get(at).map(|token| token.kind)
    }

    /// The number written at `at`.
    pub fn written(&self, at: usize) -> Option<Written> {
        self.tokens.get(at).and_then(|token| token.written)
    }

    /// True if the token at `at` touches the one before it.
    pub fn glued(&self, at: usize) -> bool {
        self.tokens.get(at).is_some_and(|token| token.glued)
    }

    /// How many tokens there are.
    pub fn len(&self) -> usize {
        self.tokens.len()
    }

    /// The place in characters of the tokens from `first` up to, not including, `after`.
    pub fn place(&self, first: usize, after: usize) -> (usize, usize) {
        let start = self.tokens.get(first).map_or(0, |token| token.start);
        let end = after.checked_sub(1).and_then(|last| self.tokens.get(last)).map_or(start, |token| token.end);
        (start, end.max(start))
    }

    /// The original characters of a place.
    pub fn slice(&self, start: usize, end: usize) -> String {
        self.chars.get(start..end).map_or_else(String::new, |chars| chars.iter().collect())
    }
}

/// Adds a token, mending what speech recognition cut or glued: `42 . 50` is one number, `fivehundred` are two words.
fn push(tokens: &mut Vec<Token>, token: Token) {
    if token.kind == Kind::Digits
        && let [.., whole, point] = tokens.as_slice()
        && whole.kind == Kind::Digits
        && !(point.glued || token.glued)
        && matches!((point.text.as_str(), token.text.len()), (".", 1..=2) | (",", 3))
    {
        let text = format!("{}{}{}", whole.text, point.text, token.text);
        let joined = Token { start: whole.start, glued: whole.glued, written: written(&text), text, ..token };
        tokens.truncate(tokens.len() - 2);
        tokens.push(joined);
        return;
    }
    // `18 .50`
    if token.kind == Kind::Digits
        && token.text.starts_with('.')
        && token.text.len() == 3
        && let Some(whole) = tokens.last().filter(|last| last.written.is_some_and(|last| last.decimals == 0))
    {
        let text = format!("{}{}", whole.text, token.text);
        let joined = Token { start: whole.start, glued: whole.glued, written: written(&text), text, ..token };
        tokens.pop();
        tokens.push(joined);
        return;
    }
    let parts = if token.kind == Kind::Word { glued::number_words(&token.text) } else { Vec::new() };
    let mut start = token.start;
    for (i, part) in parts.iter().enumerate() {
        let end = start + part.len();
        tokens.push(Token { start, end, glued: token.glued && i == 0, text: (*part).to_owned(), ..token.clone() });
        start = end;
    }
    if parts.is_empty() {
        tokens.push(token);
    }
}

/// True for a hyphen inside a word ("forty-two"): it only parts the two halves.
fn joins_words(chars: &[char], at: usize, c: char) -> bool {
    let letter = |at: Option<usize>| at.and_then(|at| chars.get(at)).is_some_and(|c| c.is_alphabetic() && !is_han(*c));
    c == '-' && letter(at.checked_sub(1)) && letter(Some(at + 1))
}

fn token_end(chars: &[char], start: usize, first: char) -> usize {
    let mut at = start + 1;
    if first.is_ascii_digit() || begins_with_point(chars, start) {
        while let Some(c) = chars.get(at) {
            let inside = matches!(c, '.' | ',' | '\'') && chars.get(at + 1).is_some_and(char::is_ascii_digit);
            if !c.is_ascii_digit() && !inside {
                break;
            }
            at += 1;
        }
    } else if first.is_alphabetic() && !is_han(first) {
        let letter = |c: char| c.is_alphabetic() && !is_han(c);
        while let Some(&c) = chars.get(at) {
            let apostrophe = c == '\'' && chars.get(at + 1).copied().is_some_and(letter);
            if !letter(c) && !apostrophe {
                break;
            }
            at += 1;
        }
    }
    at
}

/// `.99`, with nothing before the point.
fn begins_with_point(chars: &[char], at: usize) -> bool {
    let digit_follows = chars.get(at + 1).is_some_and(char::is_ascii_digit);
    let before = at.checked_sub(1).and_then(|before| chars.get(before));
    chars.get(at) == Some(&'.') && digit_follows && before.is_none_or(|c| !c.is_alphanumeric() && *c != '.')
}

fn token(chars: &[char], start: usize, end: usize, glued: bool) -> Token {
    let folded = chars.get(start..end).unwrap_or_default();
    let first = folded.first().copied().unwrap_or(' ');
    let kind = match first {
        c if c.is_ascii_digit() || begins_with_point(chars, start) => Kind::Digits,
        c if is_han(c) => Kind::Han,
        c if c.is_alphabetic() => Kind::Word,
        _ => Kind::Sign,
    };
    let text: String = folded.iter().collect();
    let written = if kind == Kind::Digits { written(&text) } else { None };
    let sign = if matches!(kind, Kind::Han | Kind::Sign) { first } else { ' ' };
    let sound = if kind == Kind::Han { Syllable::of(first) } else { None };
    Token { kind, start, end, glued, text, sign, written, sound }
}

/// Reads digits with separators: `1,200.50`, `1.200,50`, `42,50`, `12,34,567`, `1'000`. Anything else is no number.
fn written(text: &str) -> Option<Written> {
    let dots = text.matches('.').count();
    let commas = text.matches(',').count();
    let quotes = text.matches('\'').count();
    let (whole, fraction) = match (dots, commas) {
        _ if quotes > 0 => text.split_once('.').unwrap_or((text, "")),
        (0, 0) => (text, ""),
        (0, 1) if text.split_once(',').is_some_and(|(_, tail)| tail.len() != 3) => text.split_once(',')?,
        (1, 0) | (0, _) => text.split_once('.').unwrap_or((text, "")),
        (_, 0) => (text, ""),
        (1, _) if text.rfind(',') < text.rfind('.') => text.split_once('.')?,
        (_, 1) if text.rfind('.') < text.rfind(',') => text.split_once(',')?,
        _ => return None,
    };
    let grouped = whole.contains(|c: char| !c.is_ascii_digit());
    if grouped && !well_grouped(whole) || fraction.contains(|c: char| !c.is_ascii_digit()) {
        return None;
    }
    let digits: String = whole.chars().filter(char::is_ascii_digit).chain(fraction.chars()).collect();
    if digits.len() > 27 {
        return None;
    }
    let decimals = u32::try_from(fraction.len()).ok()?;
    let value = Decimal::try_from_i128_with_scale(digits.parse().ok()?, decimals).ok()?;
    let length = digits.len() - fraction.len();
    Some(Written { value, decimals, length, leading_zero: length > 1 && digits.starts_with('0'), grouped })
}

/// Groups of three after the first, or of two and at last three as in India.
fn well_grouped(whole: &str) -> bool {
    let mut groups: Vec<usize> = whole.split(['.', ',', '\'']).map(str::len).collect();
    let last = groups.pop();
    let first = groups.first().copied().unwrap_or(0);
    let inner = groups.get(1..).unwrap_or_default();
    let western = (1..=3).contains(&first) && inner.iter().all(|len| *len == 3);
    let indian = (1..=2).contains(&first) && inner.iter().all(|len| *len == 2) && !inner.is_empty();
    last == Some(3) && (western || indian)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cuts_words_numbers_and_characters() {
        let utterance = Utterance::new("I'd pay forty-two, 给Kiran1转$1,200.50");
        let words: Vec<_> = utterance.tokens.iter().map(|token| token.text.as_str()).collect();
        assert_eq!(words, ["i'd", "pay", "forty", "two", ",", "给", "kiran", "1", "转", "$", "1,200.50"]);
        assert_eq!(utterance.place(10, 11), (28, 36));
        assert!(utterance.glued(7) && !utterance.glued(5));
    }

    #[test]
    fn reads_written_numbers() {
        for (text, value) in [
            ("1,200.50", "1200.50"),
            ("1.200,50", "1200.50"),
            ("42,50", "42.50"),
            ("1,200", "1200"),
            ("12,34,567", "1234567"),
            ("1'000", "1000"),
            ("0.05", "0.05"),
        ] {
            assert_eq!(written(text).map(|w| w.value.to_string()).as_deref(), Some(value), "{text}");
        }
        for odd in ["1.2.3", "192.168.0.1", "1,20,30", "1,2345,678"] {
            assert_eq!(written(odd), None, "{odd}");
        }
    }
}
