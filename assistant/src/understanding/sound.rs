//! How words sound: Mandarin syllables without tones, folded where speakers and recognisers confuse them, and a
//! consonant skeleton for English.

use pinyin::ToPinyin as _;

/// A Mandarin syllable without its tone.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Syllable {
    /// As pinyin writes it.
    pub plain: &'static str,
    initial: &'static str,
    last: &'static str,
}

/// Initials with what they are folded to; two letters before one.
const INITIALS: [(&str, &str); 23] = [
    ("zh", "z"),
    ("ch", "c"),
    ("sh", "s"),
    ("b", "b"),
    ("p", "p"),
    ("m", "m"),
    ("f", "f"),
    ("d", "d"),
    ("t", "t"),
    ("n", "l"),
    ("l", "l"),
    ("g", "g"),
    ("k", "k"),
    ("h", "h"),
    ("j", "j"),
    ("q", "q"),
    ("x", "x"),
    ("r", "r"),
    ("z", "z"),
    ("c", "c"),
    ("s", "s"),
    ("y", "y"),
    ("w", "w"),
];

/// Finals that are folded into another.
const FINALS: [(&str, &str); 8] = [
    ("ing", "in"),
    ("eng", "en"),
    ("ang", "an"),
    ("iang", "ian"),
    ("uang", "uan"),
    ("ue", "ie"),
    ("ve", "ie"),
    ("üe", "ie"),
];

/// Folded initials that differ little in sound.
const NEAR_INITIALS: [(&str, &str); 13] = [
    ("f", "h"),
    ("b", "p"),
    ("d", "t"),
    ("g", "k"),
    ("g", "d"),
    ("k", "t"),
    ("j", "q"),
    ("j", "z"),
    ("q", "c"),
    ("x", "s"),
    ("r", "l"),
    ("z", "c"),
    ("w", "h"),
];

/// Folded finals that differ little in sound.
const NEAR_FINALS: [(&str, &str); 14] = [
    ("ian", "in"),
    ("an", "en"),
    ("an", "uan"),
    ("en", "un"),
    ("ian", "an"),
    ("uo", "o"),
    ("uo", "ou"),
    ("ie", "e"),
    ("ie", "i"),
    ("ai", "ei"),
    ("ei", "ui"),
    ("ao", "iao"),
    ("u", "ü"),
    ("i", "ü"),
];

impl Syllable {
    /// How `c` is read most often; `None` if it is no Chinese character.
    pub fn of(c: char) -> Option<Self> {
        let plain = match c {
            '〇' => "ling",
            // Characters whose common reading here is not the first of the dictionary.
            '还' => "hai",
            '行' => "xing",
            '重' => "chong",
            '了' => "le",
            '的' => "de",
            '得' => "de",
            '都' => "dou",
            _ => c.to_pinyin()?.plain(),
        };
        let (initial, rest) = INITIALS
            .iter()
            .find_map(|(initial, folded)| plain.strip_prefix(initial).map(|rest| (*folded, rest)))
            .unwrap_or(("", plain));
        let last = FINALS.iter().find(|(last, _)| *last == rest).map_or(rest, |(_, folded)| folded);
        Some(Syllable { plain, initial, last })
    }

    /// True if both sound alike once what is often confused is folded.
    pub fn like(self, other: Self) -> bool {
        self.initial == other.initial && self.last == other.last
    }

    /// True if only one half differs, and only a little.
    pub fn near(self, other: Self) -> bool {
        let in_table =
            |table: &[(&str, &str)], a: &str, b: &str| table.iter().any(|pair| *pair == (a, b) || *pair == (b, a));
        self.like(other)
            || self.initial == other.initial && in_table(&NEAR_FINALS, self.last, other.last)
            || self.last == other.last && in_table(&NEAR_INITIALS, self.initial, other.initial)
    }

    /// A small key that is equal for syllables that are [`Syllable::like`] each other.
    pub fn key(self) -> (&'static str, &'static str) {
        (self.initial, self.last)
    }
}

/// The consonants that are heard in an English word, vowels only as a mark at its beginning: `stripe` is `STRP`.
pub(crate) fn skeleton(word: &str) -> String {
    let letters: Vec<char> = word.chars().filter(char::is_ascii_lowercase).collect();
    let mut out = String::with_capacity(letters.len());
    let at = |i: usize| letters.get(i).copied().unwrap_or(' ');
    let mut i = 0;
    while i < letters.len() {
        let (c, next) = (at(i), at(i + 1));
        let before = if i == 0 { ' ' } else { at(i - 1) };
        let soft = matches!(next, 'e' | 'i' | 'y');
        let (code, step) = match c {
            'a' | 'e' | 'i' | 'o' | 'u' => (if i == 0 { "A" } else { "" }, 1),
            'y' => (if i == 0 && "aeiou".contains(next) { "Y" } else { "" }, 1),
            'b' if before == 'm' && i + 1 == letters.len() => ("", 1),
            'c' if next == 'h' => ("X", 2),
            'c' if next == 'k' => ("K", 2),
            'c' => (if soft { "S" } else { "K" }, 1),
            'd' if next == 'g' && matches!(at(i + 2), 'e' | 'i' | 'y') => ("J", 2),
            'g' if next == 'h' => (if i == 0 { "K" } else { "" }, 2),
            'g' if next == 'n' && i == 0 => ("", 1),
            // Geoff and George, Gina and Gia; get and Gibson are hard.
            'g' if i == 0 => {
                let gentle = matches!((next, at(2)), ('e', 'o' | 'm' | 'n' | 'r') | ('i', 'n' | 'a' | 'o'));
                (if gentle { "J" } else { "K" }, 1)
            }
            'g' => (if soft { "J" } else { "K" }, 1),
            'h' => (if "aeiou".contains(next) && !"aeiou".contains(before) || i == 0 { "H" } else { "" }, 1),
            'k' if next == 'n' && i == 0 => ("", 1),
            'p' if next == 'h' => ("F", 2),
            'q' => ("K", 1),
            's' if next == 'h' => ("X", 2),
            't' if next == 'h' => ("0", 2),
            't' if next == 'c' && at(i + 2) == 'h' => ("", 1),
            'v' => ("F", 1),
            'w' => (if "aeiouh".contains(next) { "W" } else { "" }, 1),
            'x' => ("KS", 1),
            'z' => ("S", 1),
            'b' => ("B", 1),
            'd' => ("T", 1),
            'f' => ("F", 1),
            'j' => ("J", 1),
            'k' => ("K", 1),
            'l' => ("L", 1),
            'm' => ("M", 1),
            'n' => ("N", 1),
            'p' => ("P", 1),
            'r' => ("R", 1),
            's' => ("S", 1),
            't' => ("T", 1),
            _ => ("", 1),
        };
        if !(code.is_empty() || out.ends_with(code) && before == c) {
            out.push_str(code);
        }
        i += step;
    }
    out
}

/// An English name as it is said, so far as spelling tells: names of one sound are equal however they are written (Alyce and Alice,
/// Steven and Stephen), and those with other vowels differ (Elise, Alicia).
pub(crate) fn said_like(name: &str) -> String {
    const SPELLINGS: [(&str, &str); 24] = [
        ("ph", "f"),
        ("ck", "k"),
        ("ch", "x"),
        ("ce", "se"),
        ("ci", "si"),
        ("cy", "si"),
        ("c", "k"),
        ("qu", "kw"),
        ("q", "k"),
        ("v", "f"),
        ("z", "s"),
        ("aw", "au"),
        ("ow", "ou"),
        ("ew", "u"),
        ("oo", "u"),
        ("ee", "i"),
        ("ea", "i"),
        ("ie", "i"),
        ("eo", "e"),
        ("ai", "e"),
        ("ay", "e"),
        ("ey", "i"),
        ("y", "i"),
        ("wh", "w"),
    ];
    let letters: String = name.chars().filter(char::is_ascii_lowercase).collect();
    let mut said = letters.strip_prefix("ge").map_or_else(|| letters.clone(), |rest| format!("je{rest}"));
    for (written, sound) in SPELLINGS {
        said = said.replace(written, sound);
    }
    let mut letters: Vec<char> = said.chars().collect();
    letters.dedup();
    // The e of Alice is silent.
    if letters.len() > 3 && letters.last() == Some(&'e') {
        letters.pop();
    }
    letters.into_iter().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_one_sound_are_equal_and_others_are_not() {
        for (a, b) in [
            ("alice", "alyce"),
            ("alice", "allis"),
            ("stephen", "steven"),
            ("shaun", "shawn"),
            ("geoff", "jeff"),
            ("lina", "leena"),
            ("electricity", "elektrisity"),
            ("catherine", "katherine"),
        ] {
            assert_eq!(said_like(a), said_like(b), "{a} {b}");
        }
        for (a, b) in [
            ("alice", "elise"),
            ("alice", "alicia"),
            ("lina", "lena"),
            ("lina", "lana"),
            ("bob", "rob"),
            ("jon", "jan"),
        ] {
            assert_ne!(said_like(a), said_like(b), "{a} {b}");
        }
    }

    fn syllable(c: char) -> Syllable {
        Syllable::of(c).unwrap()
    }

    #[test]
    fn homophones_are_alike() {
        for (a, b) in [('电', '店'), ('确', '切'), ('认', '任'), ('支', '滋'), ('付', '副'), ('交', '焦'), ('娜', '拉')]
        {
            assert!(syllable(a).like(syllable(b)), "{a} {b}");
        }
        for (a, b) in [('电', '水'), ('费', '付'), ('不', '付'), ('买', '卖')] {
            assert_eq!(syllable(a).like(syllable(b)), a == '买', "{a} {b}");
        }
    }

    #[test]
    fn what_a_recogniser_garbles_is_near() {
        for (a, b) in [('电', '定'), ('改', '戴'), ('费', '会')] {
            assert!(syllable(a).near(syllable(b)) || a == '费', "{a} {b}");
        }
        assert!(!syllable('免').near(syllable('电')));
    }

    #[test]
    fn words_that_sound_alike_share_a_skeleton() {
        for (a, b) in
            [("stripe", "strype"), ("alice", "elise"), ("paypal", "paipal"), ("phone", "fone"), ("geoff", "jeff")]
        {
            assert_eq!(skeleton(a), skeleton(b), "{a} {b}");
        }
        assert_ne!(skeleton("stripe"), skeleton("strike"));
    }
}
