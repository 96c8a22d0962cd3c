//! Words that a sentence may have anywhere, or at its beginning, without meaning something else.

use crate::understanding::tokens::{Kind, Utterance};
use std::collections::{HashMap, HashSet};
use std::sync::LazyLock;

const ANYWHERE: &[&str] = &[
    "please",
    "um",
    "uh",
    "er",
    "erm",
    "hmm",
    "hm",
    "ah",
    "oh",
    "well",
    "so",
    "ok",
    "okay",
    "hey",
    "hi",
    "hello",
    "sayso",
    "thanks",
    "thank you",
    "you know",
    "like",
    "just",
    "kindly",
    "damn",
    "damned",
    "bloody",
    "freaking",
    "fucking",
    "fuck",
    "shit",
    "crap",
    "what the hell",
    "for god's sake",
    "他妈的",
    "妈的",
    "该死的",
    "quickly",
    "嗯",
    "呃",
    "额",
    "啊",
    "哦",
    "请",
    "吧",
    "呢",
    "呀",
    "嘛",
    "哈",
    "那个",
    "这个",
    "麻烦",
    "麻烦你",
    "谢谢",
    "你好",
    "那",
    "就",
    "哎",
    "喂",
    "一下",
];

const AT_THE_BEGINNING: &[&str] = &[
    "i want to",
    "i'd like to",
    "i would like to",
    "i need to",
    "i have to",
    "i wanna",
    "i gotta",
    "can you",
    "could you",
    "can i",
    "could i",
    "would you",
    "will you",
    "let me",
    "let's",
    "i'm going to",
    "help me",
    "help me to",
    "i am going to",
    "can we",
    "i'll",
    "go ahead and",
    "yes",
    "yeah",
    "no",
    "wait",
    "hold on",
    "actually",
    "sorry",
    "and",
    "now",
    "then",
    "okay so",
    "我要",
    "我想",
    "我想要",
    "我需要",
    "帮我",
    "帮忙",
    "请帮我",
    "能不能",
    "可以",
    "能",
    "给我",
    "替我",
    "我得",
    "我来",
    "好的",
    "好",
    "对",
    "不",
    "不对",
    "等一下",
    "等等",
    "先",
    "现在",
    "然后",
    "再",
    "你帮我",
    "能帮我",
    "可不可以",
    "麻烦帮我",
    "我",
];

/// The phrases, to be looked up by their words.
pub(super) struct Lookup {
    /// By the first word; true for those that may stand anywhere.
    by_first: HashMap<String, Vec<(Vec<String>, bool)>>,
    words: HashSet<String>,
}

impl Lookup {
    /// The phrases, cut once.
    pub(super) fn get() -> &'static Lookup {
        static LOOKUP: LazyLock<Lookup> = LazyLock::new(|| {
            let Fillers { anywhere, leading } = Fillers::new();
            let words = anywhere.iter().chain(&leading).flatten().cloned().collect();
            let mut by_first: HashMap<String, Vec<(Vec<String>, bool)>> = HashMap::new();
            let all = anywhere.into_iter().map(|phrase| (phrase, true)).chain(leading.into_iter().map(|p| (p, false)));
            for (phrase, anywhere) in all {
                if let Some(first) = phrase.first() {
                    by_first.entry(first.clone()).or_default().push((phrase, anywhere));
                }
            }
            Lookup { by_first, words }
        });
        &LOOKUP
    }

    /// The phrases that begin with this word; of those that may stand at the beginning only, where `leading`.
    pub(super) fn beginning<'s>(&'s self, word: &str, leading: bool) -> impl Iterator<Item = &'s [String]> + use<'s> {
        let found = self.by_first.get(word).into_iter().flatten();
        found.filter(move |(_, anywhere)| *anywhere || leading).map(|(phrase, _)| phrase.as_slice())
    }

    /// True if this word alone may stand anywhere.
    pub(super) fn is_filler(&self, word: &str) -> bool {
        self.beginning(word, false).any(|phrase| phrase.len() == 1)
    }

    /// True if any of the phrases has this word.
    pub(super) fn has(&self, word: &str) -> bool {
        self.words.contains(word)
    }
}

/// The phrases, cut into tokens.
#[derive(Clone, Debug)]
pub(super) struct Fillers {
    anywhere: Vec<Vec<String>>,
    leading: Vec<Vec<String>>,
}

impl Fillers {
    pub(super) fn new() -> Self {
        let cut = |list: &[&str]| {
            let words = |phrase: &&str| Utterance::new(phrase).tokens.into_iter().map(|token| token.text).collect();
            list.iter().map(words).collect()
        };
        Fillers { anywhere: cut(ANYWHERE), leading: cut(AT_THE_BEGINNING) }
    }

    /// For each token, the tokens to which one may skip from it.
    pub(super) fn skips(&self, utterance: &Utterance, taken_back: &[bool]) -> Vec<Vec<usize>> {
        let mut leading_to = 0;
        (0..utterance.len())
            .map(|at| {
                let mut ends = Vec::new();
                if utterance.kind(at) == Some(Kind::Sign) || taken_back.get(at).copied().unwrap_or(false) {
                    ends.push(at + 1);
                }
                let fits =
                    |phrase: &&Vec<String>| phrase.iter().enumerate().all(|(i, word)| utterance.word(at + i) == word);
                ends.extend(self.anywhere.iter().filter(fits).map(|phrase| at + phrase.len()));
                if at <= leading_to {
                    // 不，交水费 means to pay, 不想交水费 does not.
                    let joined = utterance.sign(at) == '不' && utterance.kind(at + 1) != Some(Kind::Sign);
                    let leads = |phrase: &&Vec<String>| fits(phrase) && !(joined && phrase.len() == 1);
                    ends.extend(self.leading.iter().filter(leads).map(|phrase| at + phrase.len()));
                    leading_to = ends.iter().copied().max().unwrap_or(leading_to).max(leading_to);
                }
                ends.sort_unstable();
                ends.dedup();
                ends
            })
            .collect()
    }
}
