//! How near what was heard is to a name, in thousandths.

use super::everyday::{is_common, is_common_character};
use crate::understanding::money::words::is_surname;
use crate::understanding::numeral::{english_small, numeral_at};
use crate::understanding::sound::{Syllable, said_like, skeleton};
use crate::understanding::tokens::{Kind, Utterance};

/// One to four English words that may be a garbled name.
pub(super) struct Heard {
    letters: String,
    skeleton: String,
    words: usize,
    /// The first word is an everyday one.
    starts_common: bool,
    /// All are.
    all_common: bool,
}

impl Heard {
    pub(super) fn new(utterance: &Utterance, first: usize, after: usize) -> Self {
        let words = || (first..after).map(|at| utterance.word(at).trim_end_matches("'s"));
        let letters: String = words().flat_map(str::chars).filter(char::is_ascii_lowercase).collect();
        Heard {
            skeleton: skeleton(&letters),
            letters,
            words: after - first,
            starts_common: is_common(utterance.word(first)) || english_small(utterance.word(first)).is_some(),
            all_common: words().all(|word| is_common(word) || english_small(word).is_some()),
        }
    }

    /// True if this has the consonants of a name in their order, and begins with a vowel where it does: Ellis and Alice.
    pub(super) fn has_skeleton(&self, name_skeleton: &str) -> bool {
        !self.all_common && self.skeleton.len() > 2 && self.skeleton == name_skeleton
    }

    /// True if this short word, near as it is to a name, may be another one: Elise or Alicia for Alice, Lena for Li Na. What is
    /// only spelt otherwise (Alyce) is not.
    pub(super) fn may_be_another(&self, name: &str) -> bool {
        self.words == 1 && name.len() <= 8 && self.letters != name && said_like(&self.letters) != said_like(name)
    }

    /// How near this is to a name of `name_words` words. `expected`: such a name was asked for.
    pub(super) fn against(&self, name: &str, name_skeleton: &str, name_words: usize, expected: bool) -> Option<u16> {
        let longest = self.letters.len().max(name.len());
        if self.letters == name {
            return (longest > 2).then_some(980);
        }
        let difference = self.letters.len().abs_diff(name.len());
        if self.all_common || longest < 3 || difference > 3 || self.words > name_words + 2 {
            return None;
        }
        if self.words > name_words && self.starts_common && !expected {
            return None;
        }
        let distance = strsim::osa_distance(&self.letters, name);
        let alike = self.skeleton.len() > 1 && self.skeleton == name_skeleton;
        let allowed = match (alike, expected) {
            (true, true) => longest.div_ceil(2),
            (true, false) => longest / 3 + usize::from(longest == 5),
            (false, true) if longest >= 7 => 2,
            (false, true) => usize::from(longest >= 4),
            (false, false) if longest >= 9 => 2,
            // A letter more or less in a short name makes another one: Linda is not Li Na.
            (false, false) if longest < 7 && difference > 0 => 0,
            (false, false) => usize::from(longest >= 5),
        };
        if distance > allowed {
            return None;
        }
        let loss = u16::try_from(distance * 300 / longest).unwrap_or(300);
        Some(if alike { 930 - loss / 2 } else { 900 - loss })
    }
}

/// How near the characters from `first` sound to a Chinese name. `introduced`: such a name was asked for, or a word
/// that is followed by names stands before it.
pub(super) fn chinese(
    utterance: &Utterance,
    first: usize,
    syllables: &[Syllable],
    characters: &[char],
    introduced: bool,
) -> Option<u16> {
    let (mut near, mut folded, mut same) = (0_usize, 0_usize, 0_usize);
    for (i, (syllable, character)) in syllables.iter().zip(characters).enumerate() {
        let token = utterance.get(first + i)?;
        let sound = token.sound?;
        if token.sign == *character {
            same += 1;
        } else if is_common_character(token.sign) && !introduced {
            return None;
        } else if sound.plain == syllable.plain {
        } else if sound.like(*syllable) {
            folded += 1;
        } else if sound.near(*syllable) {
            near += 1;
        } else {
            return None;
        }
    }
    let length = syllables.len();
    let trusted = introduced || length > 2 || same > 0;
    let fits = match (near, folded) {
        (0, 0) => true,
        (0, _) => trusted,
        (1, 0) => length > 2 || same > 0 || introduced && length > 1 && same + 1 >= length,
        (1, _) => length > 2 && introduced,
        _ => false,
    };
    let loss = u16::try_from(near * 120 + folded * 40 + (length - same) * 10).unwrap_or(500);
    fits.then(|| 950_u16.saturating_sub(loss))
}

/// True if the characters from `first` may be another person's name: 陈女士 for 陈丽. The family name is there, and the other
/// character sounds otherwise.
pub(super) fn may_be_another(utterance: &Utterance, first: usize, syllables: &[Syllable]) -> bool {
    let sounds = |at: usize| utterance.get(first + at).and_then(|token| token.sound);
    let other = |(at, syllable): (usize, &Syllable)| sounds(at).is_none_or(|sound| !sound.like(*syllable));
    syllables.len() == 2 && is_surname(utterance.sign(first)) && syllables.iter().enumerate().any(other)
}

/// "the second one", "number two", 第二个, 最后一个, and where `bare`, "two" alone: which of `count` choices.
/// First token, token after, index.
pub(super) fn ordinal(utterance: &Utterance, at: usize, count: usize, bare: bool) -> Option<(usize, usize, usize)> {
    const WORDS: [&str; 10] =
        ["first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth"];
    let word = utterance.word(at);
    let (after, place) = if let Some(place) = WORDS.iter().position(|known| *known == word) {
        (at + 1, place)
    } else if matches!(word, "last" | "latter") {
        (at + 1, count.checked_sub(1)?)
    } else if word == "former" {
        (at + 1, 0)
    } else if matches!(word, "top" | "bottom") && matches!(utterance.word(at + 1), "one" | "option") {
        (at + 2, if word == "top" { 0 } else { count.checked_sub(1)? })
    } else if count % 2 == 1
        && (word == "middle" || matches!((utterance.sign(at), utterance.sign(at + 1)), ('中', '间')))
    {
        (at + if word == "middle" { 1 } else { 2 }, count / 2)
    } else if (utterance.sign(at), utterance.sign(at + 1)) == ('头', '一') {
        (at + 2, 0)
    } else if (utterance.sign(at), utterance.sign(at + 1)) == ('最', '后') {
        (at + 2, count.checked_sub(1)?)
    } else {
        let named = matches!(word, "number" | "option" | "第" | "选");
        let numeral = numeral_at(utterance, at + usize::from(named))?;
        // A bare number is a choice only if nothing else is said: in "forty one dollars" there is none.
        let rest_is_signs = (numeral.after..utterance.len()).all(|at| utterance.kind(at) == Some(Kind::Sign));
        let alone = bare && at == 0 && rest_is_signs;
        let digit = numeral.below(100).filter(|_| named || alone)?;
        (numeral.after, usize::try_from(digit).ok()?.checked_sub(1)?)
    };
    (place < count).then_some((at, after, place))
}
