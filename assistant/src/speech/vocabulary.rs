//! Texts into tokens as the recogniser's own decoder writes them: pairs of bytes, the commonest joined first. whisper.cpp takes
//! the longest token each time, which the decoder never writes ("Thir" and "teen" for "Th" and "irteen"), so that a text
//! which was heard well would look impossible. Pure.

use std::collections::HashMap;

/// The tokens of a model: what is commoner has the lower number.
pub(super) struct Vocabulary {
    numbers: HashMap<Vec<u8>, i32>,
}

impl Vocabulary {
    /// The tokens of texts, with their bytes.
    pub(super) fn new(tokens: impl IntoIterator<Item = (i32, Vec<u8>)>) -> Self {
        Vocabulary { numbers: tokens.into_iter().map(|(number, bytes)| (bytes, number)).collect() }
    }

    /// A text in tokens.
    pub(super) fn tokens(&self, text: &str) -> Vec<i32> {
        pieces(text).iter().flat_map(|piece| self.joined(piece)).collect()
    }

    /// The tokens that may stand in texts of these characters alone, with their bytes. A token may begin or end in the midst of
    /// one.
    pub(super) fn within(&self, characters: &str) -> Vec<(i32, Vec<u8>)> {
        let parts: Vec<Vec<u8>> = characters.chars().map(|c| c.to_string().into_bytes()).collect();
        let fits = |bytes: &[u8]| (0..4).any(|skip| begins_with_parts(&parts, skip, bytes));
        let mut tokens: Vec<(i32, Vec<u8>)> = self
            .numbers
            .iter()
            .filter(|(bytes, _)| fits(bytes))
            .map(|(bytes, number)| (*number, bytes.clone()))
            .collect();
        tokens.sort();
        tokens
    }

    fn joined(&self, piece: &str) -> Vec<i32> {
        let mut parts: Vec<Vec<u8>> = piece.bytes().map(|byte| vec![byte]).collect();
        loop {
            let pairs = parts.windows(2).enumerate();
            let known = pairs.filter_map(|(at, pair)| Some((*self.numbers.get(&pair.concat())?, at)));
            let Some((_, at)) = known.min() else { break };
            let second = parts.remove(at + 1);
            parts.iter_mut().skip(at).take(1).for_each(|first| first.extend(&second));
        }
        parts.iter().filter_map(|part| self.numbers.get(part)).copied().collect()
    }
}

/// Whether bytes are one of the parts without its first `skip` bytes, whole parts, and the beginning of one.
fn begins_with_parts(parts: &[Vec<u8>], skip: usize, bytes: &[u8]) -> bool {
    !bytes.is_empty()
        && parts.iter().filter_map(|part| part.get(skip..)).filter(|part| !part.is_empty()).any(|part| {
            part.starts_with(bytes) || bytes.strip_prefix(part).is_some_and(|rest| begins_with_parts(parts, 0, rest))
        })
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Class {
    Letter,
    Digit,
    Space,
    Other,
}

fn class(c: char) -> Class {
    match c {
        _ if c.is_alphabetic() => Class::Letter,
        _ if c.is_numeric() => Class::Digit,
        _ if c.is_whitespace() => Class::Space,
        _ => Class::Other,
    }
}

/// What is never joined across: words, numbers and marks, each with the space before it, and English short forms.
fn pieces(text: &str) -> Vec<String> {
    let chars: Vec<char> = text.chars().collect();
    let mut pieces = Vec::new();
    let mut at = 0;
    while let Some(first) = chars.get(at) {
        let rest: String = chars.iter().skip(at).take(3).collect();
        let short = ["'s", "'t", "'re", "'ve", "'m", "'ll", "'d"].into_iter().find(|short| rest.starts_with(short));
        let next = chars.get(at + 1).copied();
        let begins = match next {
            Some(next) if *first == ' ' && class(next) != Class::Space => next,
            _ => *first,
        };
        let head = usize::from(begins != *first);
        let run = chars.iter().skip(at + head).take_while(|c| class(**c) == class(begins)).count();
        let length = short.map_or(head + run, str::len);
        pieces.push(chars.iter().skip(at).take(length).collect());
        at += length.max(1);
    }
    pieces
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_is_joined_across_words_numbers_and_marks() {
        assert_eq!(pieces(" Thirteen dollars."), [" Thirteen", " dollars", "."]);
        assert_eq!(pieces(" I'd pay $42.50"), [" I", "'d", " pay", " $", "42", ".", "50"]);
        assert_eq!(pieces("三百二十块5。"), ["三百二十块", "5", "。"]);
        assert!(pieces("").is_empty());
        let text = " I'll  send\n50, now ";
        assert_eq!(pieces(text).concat(), text);
    }

    #[test]
    fn tokens_of_an_alphabet_may_be_parts_of_its_characters() {
        let (three, hundred) = ("三".as_bytes(), "百".as_bytes());
        let all: [&[u8]; 7] =
            [three, &three[..2], &three[1..], &[&three[2..], hundred].concat(), "块".as_bytes(), b"a", &[]];
        let vocabulary = Vocabulary::new((0..).zip(all.iter().map(|bytes| bytes.to_vec())));
        let numbers: Vec<i32> = vocabulary.within("三百").iter().map(|(number, _)| *number).collect();
        assert_eq!(numbers, [0, 1, 2, 3]);
    }

    #[test]
    fn the_commonest_pair_is_joined_first() {
        let bytes = (0_i32..256).map(|byte| (byte, vec![u8::try_from(byte).unwrap()]));
        let joined = ["Th", "ir", "te", "en", "teen", "irteen", "Thir"];
        let joined = joined.iter().zip(256..).map(|(text, number)| (number, text.as_bytes().to_vec()));
        let vocabulary = Vocabulary::new(bytes.chain(joined));
        // Not the longest token "Thir" and then "teen": its parts were joined to others before.
        assert_eq!(vocabulary.tokens("Thirteen"), [256, 261]);
        assert_eq!(vocabulary.tokens("en"), [259]);
    }
}
