//! The phonemes that Kokoro knows, and their numbers.
//!
//! English ones are IPA, with one sign for each of what are two elsewhere: `A` as in "pay", `I` as in "time", `O` as in
//! "phone", `W` as in "pound", `Y` as in "coin", `ʤ` as in "judge", `ʧ` as in "cheque"; `ᵊ` is hardly heard, `ᵻ` is the
//! vowel of a plural. Mandarin ones are IPA with the tone behind the vowel: `→` first, `↗` second, `↓` third, `↘` fourth.

/// Every sign with its number. 0 begins and ends a sentence.
const NUMBERS: &[(char, u16)] = &[
    (';', 1),
    (':', 2),
    (',', 3),
    ('.', 4),
    ('!', 5),
    ('?', 6),
    ('—', 9),
    ('…', 10),
    ('"', 11),
    ('(', 12),
    (')', 13),
    ('“', 14),
    ('”', 15),
    (' ', 16),
    ('\u{303}', 17),
    ('ʣ', 18),
    ('ʥ', 19),
    ('ʦ', 20),
    ('ʨ', 21),
    ('ᵝ', 22),
    ('\u{ab67}', 23),
    ('A', 24),
    ('I', 25),
    ('O', 31),
    ('Q', 33),
    ('S', 35),
    ('T', 36),
    ('W', 39),
    ('Y', 41),
    ('ᵊ', 42),
    ('a', 43),
    ('b', 44),
    ('c', 45),
    ('d', 46),
    ('e', 47),
    ('f', 48),
    ('h', 50),
    ('i', 51),
    ('j', 52),
    ('k', 53),
    ('l', 54),
    ('m', 55),
    ('n', 56),
    ('o', 57),
    ('p', 58),
    ('q', 59),
    ('r', 60),
    ('s', 61),
    ('t', 62),
    ('u', 63),
    ('v', 64),
    ('w', 65),
    ('x', 66),
    ('y', 67),
    ('z', 68),
    ('ɑ', 69),
    ('ɐ', 70),
    ('ɒ', 71),
    ('æ', 72),
    ('β', 75),
    ('ɔ', 76),
    ('ɕ', 77),
    ('ç', 78),
    ('ɖ', 80),
    ('ð', 81),
    ('ʤ', 82),
    ('ə', 83),
    ('ɚ', 85),
    ('ɛ', 86),
    ('ɜ', 87),
    ('ɟ', 90),
    ('ɡ', 92),
    ('ɥ', 99),
    ('ɨ', 101),
    ('ɪ', 102),
    ('ʝ', 103),
    ('ɯ', 110),
    ('ɰ', 111),
    ('ŋ', 112),
    ('ɳ', 113),
    ('ɲ', 114),
    ('ɴ', 115),
    ('ø', 116),
    ('ɸ', 118),
    ('θ', 119),
    ('œ', 120),
    ('ɹ', 123),
    ('ɾ', 125),
    ('ɻ', 126),
    ('ʁ', 128),
    ('ɽ', 129),
    ('ʂ', 130),
    ('ʃ', 131),
    ('ʈ', 132),
    ('ʧ', 133),
    ('ʊ', 135),
    ('ʋ', 136),
    ('ʌ', 138),
    ('ɣ', 139),
    ('ɤ', 140),
    ('χ', 142),
    ('ʎ', 143),
    ('ʒ', 147),
    ('ʔ', 148),
    ('ˈ', 156),
    ('ˌ', 157),
    ('ː', 158),
    ('ʰ', 162),
    ('ʲ', 164),
    ('↓', 169),
    ('→', 171),
    ('↗', 172),
    ('↘', 173),
    ('ᵻ', 177),
];

/// Signs of English vowels.
const VOWELS: &str = "AIOQWYaiuæɑɒɔəɛɜɪʊʌᵻᵊɐ";

/// The number of a sign; `None` if Kokoro does not know it.
#[must_use]
pub fn number(sign: char) -> Option<u16> {
    NUMBERS.iter().find(|(known, _)| *known == sign).map(|(_, number)| *number)
}

/// True for a sign that is a sound or a stress, not punctuation.
#[must_use]
pub fn is_sound(sign: char) -> bool {
    number(sign).is_some_and(|number| number > 16)
}

/// True for the sign of an English vowel.
#[must_use]
pub fn is_vowel(sign: char) -> bool {
    VOWELS.contains(sign)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn signs_have_the_numbers_of_the_model() {
        assert_eq!([number(','), number(' '), number('ꭧ'), number('ᵻ')], [Some(3), Some(16), Some(23), Some(177)]);
        assert_eq!(number('§'), None);
        assert!(is_sound('ˈ') && is_sound('A') && !is_sound('?') && !is_sound(' '));
        let mut numbers: Vec<u16> = NUMBERS.iter().map(|(_, number)| *number).collect();
        numbers.dedup();
        assert_eq!(numbers.len(), NUMBERS.len());
        assert!(numbers.is_sorted());
    }
}
