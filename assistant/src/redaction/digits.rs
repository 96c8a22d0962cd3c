//! Digits as people write and say them: figures, also full-width ones, and words, one or two digits each, in both languages.

use std::ops::Range;

/// Words that speak one digit, and numbers that people say when they read digits in pairs.
const WORDS: &[(&str, &str)] = &[
    ("zero", "0"),
    ("oh", "0"),
    ("o", "0"),
    ("nought", "0"),
    ("one", "1"),
    ("two", "2"),
    ("three", "3"),
    ("four", "4"),
    ("five", "5"),
    ("six", "6"),
    ("seven", "7"),
    ("eight", "8"),
    ("nine", "9"),
    ("ten", "10"),
    ("eleven", "11"),
    ("twelve", "12"),
    ("thirteen", "13"),
    ("fourteen", "14"),
    ("fifteen", "15"),
    ("sixteen", "16"),
    ("seventeen", "17"),
    ("eighteen", "18"),
    ("nineteen", "19"),
    ("twenty", "2_"),
    ("thirty", "3_"),
    ("forty", "4_"),
    ("fifty", "5_"),
    ("sixty", "6_"),
    ("seventy", "7_"),
    ("eighty", "8_"),
    ("ninety", "9_"),
    ("hundred", "00"),
];
const CHARACTERS: &str = "零一二三四五六七八九";
/// What may stand between the digits of one number.
const BETWEEN: &str = "-–—,.，、。";

/// A piece of a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Piece {
    /// Where it stands, in bytes.
    pub(super) place: Range<usize>,
    /// The digits that it is; `None` for what can't stand within a number.
    pub(super) digits: Option<Vec<u8>>,
    /// The word or character, in small letters, where it is no digit.
    pub(super) word: String,
}

/// The text as pieces; blanks and marks between digits are none.
pub(super) fn pieces(text: &str) -> Vec<Piece> {
    let mut found: Vec<Piece> = Vec::new();
    let mut word = 0..0;
    let mut figures: Option<Piece> = None;
    for (at, c) in text.char_indices().chain([(text.len(), ' ')]) {
        let place = at..at + if at < text.len() { c.len_utf8() } else { 0 };
        let figure = c.to_digit(10).or_else(|| u32::from(c).checked_sub(0xFF10).filter(|digit| *digit < 10));
        match figure.and_then(|digit| u8::try_from(digit).ok()) {
            Some(digit) => {
                push_word(&mut found, text, &mut word);
                let piece = figures.get_or_insert(Piece {
                    place: place.clone(),
                    digits: Some(Vec::new()),
                    word: String::new(),
                });
                piece.place.end = place.end;
                piece.digits.get_or_insert_default().push(digit);
                continue;
            }
            None => found.extend(figures.take()),
        }
        if c.is_alphabetic() && !is_han(c) {
            if word.is_empty() {
                word = place.clone();
            }
            word.end = place.end;
            continue;
        }
        push_word(&mut found, text, &mut word);
        if let Some(digits) = character(c) {
            found.push(Piece { place, digits: Some(digits), word: String::new() });
        } else if !c.is_whitespace() && !BETWEEN.contains(c) {
            found.push(Piece { place, digits: None, word: c.to_string() });
        }
    }
    joined(found)
}

fn push_word(found: &mut Vec<Piece>, text: &str, word: &mut Range<usize>) {
    let place = std::mem::replace(word, 0..0);
    let Some(said) = text.get(place.clone()).filter(|said| !said.is_empty()) else { return };
    let said = said.to_lowercase();
    let known = WORDS.iter().find(|(known, _)| *known == said).map(|(_, digits)| *digits);
    // `_` stands for a digit that is said next, or for a nought: 10 until it is known which.
    let digits = known.map(|digits| digits.bytes().map(|byte| if byte == b'_' { 10 } else { byte - b'0' }).collect());
    found.push(Piece { place, digits, word: said });
}

/// A Chinese character that is a digit; 十 is the nought of tens, or nothing before another digit.
fn character(c: char) -> Option<Vec<u8>> {
    let digit = CHARACTERS.chars().position(|known| known == c).and_then(|digit| u8::try_from(digit).ok());
    match c {
        '幺' => Some(vec![1]),
        '〇' => Some(vec![0]),
        '十' => Some(vec![10]),
        _ => digit.map(|digit| vec![digit]),
    }
}

fn is_han(c: char) -> bool {
    ('\u{4e00}'..='\u{9fff}').contains(&c) || c == '〇'
}

/// Settles what stands for a digit that is said next, and repeats what is said double.
fn joined(pieces: Vec<Piece>) -> Vec<Piece> {
    let mut out: Vec<Piece> = Vec::with_capacity(pieces.len());
    let mut times: Option<(usize, Piece)> = None;
    for mut piece in pieces {
        if let Some((times, before)) = times.take() {
            match &mut piece.digits {
                Some(digits) if digits.len() == 1 => {
                    *digits = digits.repeat(times);
                    piece.place.start = before.place.start;
                }
                _ => out.push(before),
            }
        }
        let one = piece.digits.as_ref().is_some_and(|digits| matches!(digits.as_slice(), [0..10]));
        if let Some(last) = out.last_mut().and_then(|last| last.digits.as_mut())
            && last.last() == Some(&10)
        {
            last.pop();
            if !one {
                last.push(0);
            }
        }
        match piece.word.as_str() {
            "double" => times = Some((2, piece)),
            "triple" | "treble" => times = Some((3, piece)),
            _ => out.push(piece),
        }
    }
    out.extend(times.map(|(_, piece)| piece));
    if let Some(last) = out.last_mut().and_then(|last| last.digits.as_mut()).and_then(|digits| digits.last_mut())
        && *last == 10
    {
        *last = 0;
    }
    out
}

/// The digits that were said or typed, one after the other; empty if there is something else in the text that could be
/// meant.
#[must_use]
pub fn spoken_digits(text: &str) -> String {
    let found: Option<Vec<Vec<u8>>> = pieces(text).into_iter().map(|piece| piece.digits).collect();
    found.unwrap_or_default().into_iter().flatten().map(|digit| char::from(b'0' + digit.min(9))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digits_are_found_however_they_are_said() {
        for (text, digits) in [
            ("4 8 2 1", "4821"),
            ("four eight two one", "4821"),
            ("４８２１", "4821"),
            ("四八二幺", "4821"),
            ("forty-eight twenty-one", "4821"),
            ("forty eight twenty", "4820"),
            ("double four, triple two", "44222"),
            ("四十八，二十", "4820"),
            ("twelve hundred", "1200"),
            ("four eight please", ""),
            ("", ""),
        ] {
            assert_eq!(spoken_digits(text), digits, "{text}");
        }
    }
}
