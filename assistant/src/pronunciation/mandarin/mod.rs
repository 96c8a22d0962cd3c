//! Mandarin into phonemes: words are found, characters are read by the words in which they stand, and tones change beside others.

mod phrases;
mod sandhi;
mod syllable;

pub(super) use syllable::Syllable;

use super::PronunciationError;
use jieba_rs::Jieba;
use pinyin::ToPinyin as _;
use sandhi::Spoken;
use std::collections::HashMap;

/// Words whose 儿 is a syllable by itself.
const WHOLE: [&str; 12] =
    ["女儿", "婴儿", "幼儿", "孤儿", "少儿", "胎儿", "宠儿", "健儿", "男儿", "育儿", "新生儿", "幸运儿"];
/// Characters into which a 儿 is drawn that was taken for a word.
const DRAWN: &str = "会点块边样事活玩";
/// The longest word that is looked up, in characters.
const WORD_MAX: usize = 8;

/// How Mandarin is said.
pub(super) struct Mandarin {
    words: Jieba,
    /// Readings of words and characters that differ from those of their characters by themselves.
    readings: HashMap<Box<str>, Vec<Syllable>>,
    /// Those that a person has set.
    own: HashMap<String, Vec<Syllable>>,
}

impl std::fmt::Debug for Mandarin {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Mandarin").field("readings", &self.readings.len()).finish_non_exhaustive()
    }
}

impl Mandarin {
    /// Mandarin by this list of phrases: a JSON object of words, each with a list of readings for each character.
    pub fn new(phrases: &str, own: HashMap<String, Vec<Syllable>>) -> Result<Self, PronunciationError> {
        let mut mandarin = Mandarin { words: Jieba::new(), readings: HashMap::new(), own };
        for row in include_str!("readings.tsv").lines().filter(|row| !row.starts_with('#')) {
            if let Some((word, pinyin)) = row.split_once('\t') {
                let read = pinyin.split(' ').map(Syllable::parse).collect::<Option<_>>();
                mandarin.readings.insert(word.into(), read.unwrap_or_default());
            }
        }
        let phrases = phrases::read(phrases, &|word, first| {
            // Most words are read as their characters are; only the others have to be kept.
            word.chars().zip(first).any(|(c, read)| mandarin.character(c).as_ref() != Some(read))
        });
        let found = phrases.map_err(PronunciationError::Phrases)?;
        for (word, read) in found {
            mandarin.readings.entry(word).or_insert(read);
        }
        let known =
            mandarin.readings.keys().map(|word| &**word).filter(|word| include_str!("readings.tsv").contains(word));
        let taught: Vec<String> = known.map(str::to_owned).chain(mandarin.own.keys().cloned()).collect();
        for word in taught.iter().filter(|word| word.chars().count() > 1) {
            mandarin.words.add_word(word, None, None);
        }
        Ok(mandarin)
    }

    /// The phonemes of Han characters between two marks, with a space between words.
    pub fn clause(&self, text: &str) -> String {
        let mut clause = self.read(text);
        sandhi::apply(&mut clause);
        let mut out = String::new();
        for one in &clause {
            if one.begins_word && !out.is_empty() {
                out.push(' ');
            }
            out.push_str(&one.syllable.phonemes());
        }
        out
    }

    /// The syllables of a text before tones change, for a word that is to be said as this one.
    pub fn syllables(&self, text: &str) -> Vec<Syllable> {
        self.read(text).into_iter().map(|one| one.syllable).collect()
    }

    /// Reads a word so from now on.
    pub fn set(&mut self, word: &str, syllables: Vec<Syllable>) {
        self.words.add_word(word, None, None);
        self.own.insert(word.to_owned(), syllables);
    }

    fn read(&self, text: &str) -> Vec<Spoken> {
        let mut clause: Vec<Spoken> = Vec::new();
        for token in self.words.cut(text, true) {
            let word: Vec<char> = token.word.chars().collect();
            let mut at = 0;
            while at < word.len() {
                let (taken, syllables) = self.longest(word.get(at..).unwrap_or_default());
                for (i, syllable) in syllables.into_iter().enumerate() {
                    let character = word.get(at + i).copied().unwrap_or(' ');
                    let begins_word = at + i == 0;
                    if character == '儿' && Self::is_drawn(&clause, token.word, begins_word) {
                        clause.last_mut().into_iter().for_each(|last| last.syllable.erhua = true);
                        continue;
                    }
                    let syllable = match character {
                        // The list has some of these with their tones changed and some without.
                        '一' => syllable.in_tone(1),
                        '不' => syllable.in_tone(4),
                        _ => syllable,
                    };
                    clause.push(Spoken { character, syllable, begins_word });
                }
                at += taken;
            }
        }
        clause
    }

    /// True if this 儿 is drawn into what is before it.
    fn is_drawn(clause: &[Spoken], word: &str, begins_word: bool) -> bool {
        let before = clause.last().map_or(' ', |last| last.character);
        if begins_word { DRAWN.contains(before) } else { !WHOLE.contains(&word) && word.ends_with('儿') }
    }

    /// The longest beginning of these characters whose reading is known: how many characters, and their syllables.
    fn longest(&self, characters: &[char]) -> (usize, Vec<Syllable>) {
        for length in (1..=characters.len().min(WORD_MAX)).rev() {
            let word: String = characters.iter().take(length).collect();
            let found = self.own.get(&word).or_else(|| self.readings.get(word.as_str()));
            if let Some(found) = found {
                return (length, found.clone());
            }
        }
        // What has no reading at all is left out: nothing can be said for it.
        (1, characters.first().and_then(|c| self.character(*c)).into_iter().collect())
    }

    /// How a character is read by itself.
    fn character(&self, c: char) -> Option<Syllable> {
        if c == '〇' {
            return Syllable::parse("ling2");
        }
        let mut text = [0; 4];
        if let Some([one]) = self.readings.get(&*c.encode_utf8(&mut text)).map(Vec::as_slice) {
            return Some(one.clone());
        }
        Syllable::parse(c.to_pinyin()?.with_tone())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::LazyLock;

    const PHRASES: &str = r#"{"音乐":[["yīn"],["yuè"]],"睡觉":[["shuì"],["jiào"]],"觉得":[["jué"],["de"]],"一百":[["yì"],["bǎi"]],
        "朝阳":[["zhāo","cháo"],["yáng"]],"长城":[["cháng"],["chéng"]],"电费":[["diàn"],["fèi"]]}"#;
    static MANDARIN: LazyLock<Mandarin> = LazyLock::new(|| {
        let own = HashMap::from([(
            "仇家".to_owned(),
            vec![Syllable::parse("qiu2").unwrap(), Syllable::parse("jia1").unwrap()],
        )]);
        Mandarin::new(PHRASES, own).unwrap()
    });

    /// The pinyin of a text after tones have changed.
    fn pinyin(text: &str) -> String {
        let mut clause = MANDARIN.read(text);
        sandhi::apply(&mut clause);
        clause.iter().map(|one| one.syllable.to_string()).collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn characters_are_read_by_their_words() {
        for (text, expected) in [
            ("我要交电费", "wo3 yao4 jiao1 dian4 fei4"),
            (
                "您将用微信向电费支付四十二元五角",
                "nin2 jiang1 yong4 wei1 xin4 xiang4 dian4 fei4 zhi1 fu4 si4 shi2 er4 yuan2 wu2 jiao3",
            ),
            ("银行", "yin2 hang2"),
            ("还款还是转账", "huan2 kuan3 hai2 shi4 zhuan3 zhang4"),
            ("重复一遍", "chong2 fu4 yi2 bian4"),
            ("音乐", "yin1 yue4"),
            ("仇家", "qiu2 jia1"),
            ("朝阳", "chao2 yang2"),
            ("谢谢", "xie4 xie5"),
            ("〇", "ling2"),
        ] {
            assert_eq!(pinyin(text), expected, "{text}");
        }
    }

    #[test]
    fn tones_change_beside_others() {
        for (text, expected) in [
            ("你好", "ni2 hao3"),
            ("我很好", "wo2 hen2 hao3"),
            ("一百", "yi4 bai3"),
            ("一个", "yi2 ge4"),
            ("一元", "yi4 yuan2"),
            ("第一", "di4 yi1"),
            ("十一月一日", "shi2 yi1 yue4 yi1 ri4"),
            ("四二一零", "si4 er4 yi1 ling2"),
            ("不对", "bu2 dui4"),
            ("不行", "bu4 xing2"),
            ("对不对", "dui4 bu5 dui4"),
            ("看一看", "kan4 yi5 kan4"),
            ("两百五十九", "liang2 bai2 wu3 shi2 jiu3"),
        ] {
            assert_eq!(pinyin(text), expected, "{text}");
        }
    }

    #[test]
    fn erhua_is_drawn_in() {
        assert_eq!(pinyin("一点儿"), "yi4 dianr3");
        assert_eq!(pinyin("女儿"), "nv3 er2");
        assert_eq!(pinyin("一会儿"), "yi2 huir4");
    }

    #[test]
    fn words_are_kept_apart() {
        assert_eq!(MANDARIN.clause("交电费"), "ʨjau→ tjɛ↘nfei↘");
        assert_eq!(MANDARIN.clause(""), "");
    }

    #[test]
    fn every_row_of_the_shipped_readings_is_one() {
        for row in include_str!("readings.tsv").lines().filter(|row| !row.starts_with('#')) {
            let (word, pinyin) = row.split_once('\t').unwrap_or_else(|| panic!("{row}"));
            let syllables: Vec<_> =
                pinyin.split(' ').map(|one| Syllable::parse(one).unwrap_or_else(|| panic!("{row}"))).collect();
            assert_eq!(syllables.len(), word.chars().count(), "{row}");
        }
    }

    #[test]
    fn another_file_is_refused() {
        for json in ["", "{}", "[]", r#"{"音乐":"yīn yuè"}"#] {
            assert!(Mandarin::new(json, HashMap::new()).is_err(), "{json}");
        }
    }
}
