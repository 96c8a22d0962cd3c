//! A Mandarin syllable: pinyin with its tone, and what it sounds like.

use std::fmt;

/// A syllable as it is said.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in super::super) struct Syllable {
    /// Pinyin without tone, `ü` as `v`: `lv`, `zhuang`.
    plain: String,
    /// 1 to 4; 5 is the neutral one.
    pub tone: u8,
    /// True if 儿 is drawn into it: `dianr`.
    pub erhua: bool,
}

/// Consonants at the beginning, two letters before one.
const INITIALS: [(&str, &str); 21] = [
    ("zh", "\u{ab67}"),
    ("ch", "\u{ab67}ʰ"),
    ("sh", "ʂ"),
    ("b", "p"),
    ("p", "pʰ"),
    ("m", "m"),
    ("f", "f"),
    ("d", "t"),
    ("t", "tʰ"),
    ("n", "n"),
    ("l", "l"),
    ("g", "k"),
    ("k", "kʰ"),
    ("h", "x"),
    ("j", "ʨ"),
    ("q", "ʨʰ"),
    ("x", "ɕ"),
    ("r", "ɻ"),
    ("z", "ʦ"),
    ("c", "ʦʰ"),
    ("s", "s"),
];

/// What follows the consonant: before the tone, and behind it.
const FINALS: [(&str, &str, &str); 37] = [
    ("a", "a", ""),
    ("ai", "ai", ""),
    ("an", "a", "n"),
    ("ang", "a", "ŋ"),
    ("ao", "au", ""),
    ("e", "ɤ", ""),
    ("ei", "ei", ""),
    ("en", "ə", "n"),
    ("eng", "ə", "ŋ"),
    ("er", "ɚ", ""),
    ("i", "i", ""),
    ("ia", "ja", ""),
    ("ian", "jɛ", "n"),
    ("iang", "ja", "ŋ"),
    ("iao", "jau", ""),
    ("ie", "je", ""),
    ("in", "i", "n"),
    ("ing", "i", "ŋ"),
    ("iong", "jʊ", "ŋ"),
    ("iou", "jou", ""),
    ("o", "wo", ""),
    ("ong", "ʊ", "ŋ"),
    ("ou", "ou", ""),
    ("u", "u", ""),
    ("ua", "wa", ""),
    ("uai", "wai", ""),
    ("uan", "wa", "n"),
    ("uang", "wa", "ŋ"),
    ("uei", "wei", ""),
    ("uen", "wə", "n"),
    ("ueng", "wə", "ŋ"),
    ("uo", "wo", ""),
    ("v", "y", ""),
    ("van", "ɥɛ", "n"),
    ("ve", "ɥe", ""),
    ("vn", "y", "n"),
    ("ê", "ɛ", ""),
];

/// Signs of the tones; the neutral one has none.
const TONES: [&str; 5] = ["→", "↗", "↓", "↘", ""];

/// Vowels with the marks of their tones.
const MARKED: [(&str, &str); 7] =
    [("āáǎà", "a"), ("ēéěè", "e"), ("īíǐì", "i"), ("ōóǒò", "o"), ("ūúǔù", "u"), ("ǖǘǚǜ", "v"), ("üüüü", "v")];

impl Syllable {
    /// Reads pinyin with a mark or a digit for the tone: `diàn`, `dian4`, `lü4`, `lv4`, `ma`. `None` if it is none.
    pub fn parse(pinyin: &str) -> Option<Self> {
        let (mut plain, mut tone) = (String::new(), None);
        for letter in pinyin.trim().to_lowercase().chars() {
            if let Some((marked, bare)) = MARKED.iter().find(|(marked, _)| marked.contains(letter)) {
                if letter != 'ü' {
                    let place = marked.chars().position(|one| one == letter)?;
                    tone = Some(u8::try_from(place).ok()? + 1);
                }
                plain.push_str(bare);
            } else if let Some(digit @ 1..=5) = letter.to_digit(10) {
                if tone.is_some() {
                    return None;
                }
                tone = u8::try_from(digit).ok();
            } else if tone.is_some() && letter.is_ascii_digit() {
                return None;
            } else {
                plain.push(letter);
            }
        }
        let erhua = plain.len() > 2 && plain.ends_with('r') && plain != "er";
        if erhua {
            plain.pop();
        }
        let syllable = Syllable { plain, tone: tone.unwrap_or(5), erhua };
        syllable.parts().map(|_| syllable)
    }

    /// The same in another tone.
    pub fn in_tone(self, tone: u8) -> Self {
        Syllable { tone, ..self }
    }

    /// Its consonant and its final, as the tables have them.
    fn parts(&self) -> Option<(&'static str, &'static (&'static str, &'static str, &'static str))> {
        let plain = self.plain.as_str();
        let (letters, consonant) =
            INITIALS.iter().find(|(letters, _)| plain.starts_with(letters)).copied().unwrap_or_default();
        let rest = plain.strip_prefix(letters)?;
        let of_palatal = matches!(letters, "j" | "q" | "x");
        let full = match (letters, rest) {
            ("", _) => without_glide(rest)?,
            (_, "iu") => "iou",
            (_, "ui") => "uei",
            (_, "un") if of_palatal => "vn",
            (_, "un") => "uen",
            (_, "u") if of_palatal => "v",
            (_, "ue") => "ve",
            (_, "uan") if of_palatal => "van",
            (_, other) => other,
        };
        FINALS.iter().find(|(written, ..)| *written == full).map(|found| (consonant, found))
    }

    /// What it sounds like.
    pub fn phonemes(&self) -> String {
        let Some((consonant, (written, vowel, behind))) = self.parts() else { return String::new() };
        let tone = TONES.get(usize::from(self.tone).wrapping_sub(1)).copied().unwrap_or_default();
        // The vowel of "zhi" and "zi" is none but the consonant drawn out.
        let vowel = if *written == "i" && is_sibilant(consonant) { "ɨ" } else { vowel };
        if !self.erhua {
            return format!("{consonant}{vowel}{tone}{behind}");
        }
        // An n is swallowed, an i as well: "dianr", "weir"; the velar stays.
        let vowel = match (*written, *behind) {
            ("ian" | "van", _) => vowel.replace('ɛ', "a"),
            ("ai" | "uai", _) => vowel.replace("ai", "a"),
            ("ei" | "uei", _) => vowel.replace("ei", ""),
            _ => vowel.to_owned(),
        };
        let behind = if *behind == "ŋ" { "ŋ" } else { "" };
        format!("{consonant}{vowel}{tone}{behind}ɚ")
    }
}

fn is_sibilant(consonant: &str) -> bool {
    matches!(consonant, "\u{ab67}" | "\u{ab67}ʰ" | "ʂ" | "ɻ" | "ʦ" | "ʦʰ" | "s")
}

/// A syllable without consonant, whose i, u and ü are written y and w.
fn without_glide(plain: &str) -> Option<&'static str> {
    let full = match plain {
        "yi" => "i",
        "ya" => "ia",
        "yo" => "o",
        "ye" => "ie",
        "yai" => "ai",
        "yao" => "iao",
        "you" => "iou",
        "yan" => "ian",
        "yin" => "in",
        "yang" => "iang",
        "ying" => "ing",
        "yong" => "iong",
        "yu" | "yv" => "v",
        "yue" | "yve" => "ve",
        "yuan" | "yvan" => "van",
        "yun" | "yvn" => "vn",
        "wu" => "u",
        "wa" => "ua",
        "wo" => "uo",
        "wai" => "uai",
        "wei" => "uei",
        "wan" => "uan",
        "wen" => "uen",
        "wang" => "uang",
        "weng" => "ueng",
        _ => FINALS.iter().find(|(written, ..)| *written == plain && !plain.starts_with(['i', 'u', 'v']))?.0,
    };
    Some(full)
}

impl fmt::Display for Syllable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}{}{}", self.plain, if self.erhua { "r" } else { "" }, self.tone)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pinyin_sounds() {
        for (pinyin, expected) in [
            ("diàn", "tjɛ↘n"),
            ("fèi", "fei↘"),
            ("zhī", "ꭧɨ→"),
            ("fù", "fu↘"),
            ("yuán", "ɥɛ↗n"),
            ("èr", "ɚ↘"),
            ("shi2", "ʂɨ↗"),
            ("liù", "ljou↘"),
            ("jiu3", "ʨjou↓"),
            ("qu4", "ʨʰy↘"),
            ("nǚ", "ny↓"),
            ("lv4", "ly↘"),
            ("lüè", "lɥe↘"),
            ("xue2", "ɕɥe↗"),
            ("wéi", "wei↗"),
            ("gui4", "kwei↘"),
            ("chun1", "ꭧʰwə→n"),
            ("xiong2", "ɕjʊ↗ŋ"),
            ("bo1", "pwo→"),
            ("ma5", "ma"),
            ("ma", "ma"),
            ("si4", "sɨ↘"),
            ("ri4", "ɻɨ↘"),
            ("dianr3", "tja↓ɚ"),
            ("yingr3", "i↓ŋɚ"),
            ("er", "ɚ"),
            ("yong4", "jʊ↘ŋ"),
        ] {
            assert_eq!(Syllable::parse(pinyin).unwrap().phonemes(), expected, "{pinyin}");
        }
    }

    #[test]
    fn what_is_no_pinyin_is_refused() {
        for wrong in ["", "4", "xq1", "dian44", "dian6", "hello", "zh", "b", "ia1", "uo3", "电"] {
            assert_eq!(Syllable::parse(wrong), None, "{wrong}");
        }
        assert_eq!(Syllable::parse(" Lǜ ").unwrap().to_string(), "lv4");
    }

    #[test]
    fn every_reading_of_every_character_sounds() {
        for c in '\u{4e00}'..='\u{9fff}' {
            use pinyin::ToPinyinMulti as _;
            for reading in c.to_pinyin_multi().into_iter().flatten() {
                let marked = reading.with_tone();
                // A handful of interjections without a vowel.
                let dumb = !marked.contains(|c| "aeiouüāáǎàēéěèīíǐìōóǒòūúǔùǖǘǚǜê".contains(c))
                    || marked.starts_with(['ê', 'ế', 'ề']);
                assert!(dumb || Syllable::parse(marked).is_some(), "{c} {marked}");
            }
        }
    }
}
