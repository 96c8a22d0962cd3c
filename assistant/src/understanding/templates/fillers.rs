//! Words that a sentence may have anywhere, or at its beginning, without meaning something else.

use crate::understanding::tokens::{Kind, Utterance};
use std::sync::LazyLock;

const ANYWHERE: &[&str] = &[
    "please",
    "um",
    "uh",
    "er",
    "erm",
    "hmm",
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

/// The phrases that may stand anywhere, and those that may stand at the beginning, cut into words.
pub(super) fn phrases() -> (&'static [Vec<String>], &'static [Vec<String>]) {
    static PHRASES: LazyLock<Fillers> = LazyLock::new(Fillers::new);
    (&PHRASES.anywhere, &PHRASES.leading)
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
                    ends.extend(self.leading.iter().filter(fits).map(|phrase| at + phrase.len()));
                    leading_to = ends.iter().copied().max().unwrap_or(leading_to).max(leading_to);
                }
                ends.sort_unstable();
                ends.dedup();
                ends
            })
            .collect()
    }
}
