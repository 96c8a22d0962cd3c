//! Letters into sounds by rules, for words that no dictionary lists: names above all.

use super::super::phonemes::is_vowel;
use std::sync::LazyLock;

/// One row of the table.
struct Rule {
    before: &'static str,
    letters: &'static str,
    behind: &'static str,
    phonemes: &'static str,
}

static RULES: LazyLock<Vec<Rule>> = LazyLock::new(|| {
    let rows = include_str!("rules.tsv").lines().filter(|line| !line.starts_with('#'));
    rows.filter_map(|line| {
        let mut columns = line.split('\t');
        let mut next = || columns.next();
        Some(Rule { before: next()?, letters: next()?, behind: next()?, phonemes: next()? })
    })
    .collect()
});

/// The names of the letters.
const LETTERS: [&str; 26] = [
    "ˈA",
    "bˈi",
    "sˈi",
    "dˈi",
    "ˈi",
    "ˈɛf",
    "ʤˈi",
    "ˈAʧ",
    "ˈI",
    "ʤˈA",
    "kˈA",
    "ˈɛl",
    "ˈɛm",
    "ˈɛn",
    "ˈO",
    "pˈi",
    "kjˈu",
    "ˈɑɹ",
    "ˈɛs",
    "tˈi",
    "jˈu",
    "vˈi",
    "dˈʌbᵊlju",
    "ˈɛks",
    "wˈI",
    "zˈi",
];

/// A word in small letters as it is probably said.
pub(super) fn sounds(word: &str) -> String {
    let letters: Vec<char> = word.chars().filter(char::is_ascii_lowercase).collect();
    let (mut plain, mut at) = (String::new(), 0);
    while at < letters.len() {
        let found = RULES.iter().find(|rule| fits(rule, &letters, at));
        if let Some(rule) = found {
            plain.push_str(rule.phonemes);
        }
        at += found.map_or(1, |rule| rule.letters.len());
    }
    stressed(&plain, word)
}

fn fits(rule: &Rule, letters: &[char], at: usize) -> bool {
    let end = at + rule.letters.len();
    let Some(own) = letters.get(at..end) else { return false };
    if !own.iter().copied().eq(rule.letters.chars()) {
        return false;
    }
    let before = at.checked_sub(1).and_then(|at| letters.get(at)).copied();
    let behind = rule.behind.chars().enumerate().all(|(i, kind)| matches(kind, letters.get(end + i).copied()));
    rule.before.chars().all(|kind| matches(kind, before)) && behind
}

fn matches(kind: char, letter: Option<char>) -> bool {
    match (kind, letter) {
        ('.', _) => true,
        ('^' | '$', letter) => letter.is_none(),
        ('V', Some(letter)) => "aeiouy".contains(letter),
        ('C', Some(letter)) => !"aeiouy".contains(letter),
        ('E', Some(letter)) => "eiy".contains(letter),
        (kind, Some(letter)) => kind == letter,
        (_, None) => false,
    }
}

/// Puts the stress on the vowel that probably has it: before "-tion" and the like on the last but one, else on the first
/// of two syllables and on the third from the end of more.
fn stressed(plain: &str, word: &str) -> String {
    let signs: Vec<char> = plain.chars().collect();
    let strong = |sign: &&usize| signs.get(**sign).is_some_and(|sign| !"əᵊᵻ".contains(*sign));
    let vowels: Vec<usize> = (0..signs.len()).filter(|at| signs.get(*at).is_some_and(|sign| is_vowel(*sign))).collect();
    let drawn = ["tion", "sion", "ic", "ics", "ia", "ian", "io", "ious"].iter().any(|ending| word.ends_with(ending));
    let from_end = match vowels.len() {
        0 => return plain.to_owned(),
        1 => 0,
        _ if drawn => 1,
        2 => 1,
        // Names that end in an open vowel have it on the last but one: "Rossini", "Nakamura".
        _ if word.ends_with(['a', 'i', 'o']) => 1,
        _ => 2,
    };
    let wanted = vowels.iter().rev().nth(from_end).filter(strong);
    let stress = wanted.or_else(|| vowels.iter().find(strong)).or_else(|| vowels.first()).copied();
    let mut out = String::with_capacity(plain.len() + 2);
    for (at, sign) in signs.into_iter().enumerate() {
        if Some(at) == stress {
            out.push('ˈ');
        }
        out.push(sign);
    }
    out
}

/// Letter by letter, the stress on the last: "QR", "ATM". Digits and other signs are left out.
pub(super) fn letters(word: &str) -> String {
    let names = word.chars().filter(char::is_ascii_alphabetic).filter_map(|letter| {
        let at = (letter.to_ascii_lowercase() as usize).checked_sub('a' as usize)?;
        LETTERS.get(at).copied()
    });
    let names: Vec<&str> = names.collect();
    let last = names.len().saturating_sub(1);
    let weak = |(at, name): (usize, &&str)| if at == last { (*name).to_owned() } else { name.replace('ˈ', "ˌ") };
    names.iter().enumerate().map(weak).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_sound_as_they_are_spelled() {
        for (word, expected) in [
            ("braxton", "bɹˈækstɑn"),
            ("shimmerdale", "ʃˈɪməɹdAl"),
            ("knoxley", "nˈɑksli"),
            ("zhang", "ʤˈæŋ"),
            ("quill", "kwˈɪl"),
            ("rossini", "ɹɑsˈɪni"),
            ("fide", "fˈId"),
            ("bright", "bɹˈIt"),
            ("voltation", "vɑltˈAʃən"),
        ] {
            assert_eq!(sounds(word), expected, "{word}");
        }
        assert!(!sounds("xyzzy").is_empty());
        assert_eq!(sounds("bcd"), "bkd");
    }

    #[test]
    fn every_letter_sounds_somewhere() {
        for letter in 'a'..='z' {
            let word = format!("b{letter}ab");
            assert!(
                !sounds(&word).is_empty()
                    && sounds(&word).chars().all(|sign| super::super::super::phonemes::number(sign).is_some())
            );
        }
        assert!(RULES.len() > 150);
        assert!(RULES.iter().all(|rule| rule.phonemes.chars().all(super::super::super::phonemes::is_sound)));
    }

    #[test]
    fn initials_are_named() {
        assert_eq!(letters("QR"), "kjˌuˈɑɹ");
        assert_eq!(letters("A.T.M."), "ˌAtˌiˈɛm");
    }
}
