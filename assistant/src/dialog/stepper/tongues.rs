//! Somebody asks for the other language: "switch to English", 说中文吧. What was asked is asked once more, in that one.

use super::Turn;
use super::words::plain;
use crate::dialog::state::Awaiting;
use crate::lang::Lang;
use crate::understanding::Meaning;

/// What people say to be spoken to in a language, courtesies aside.
const ENGLISH: &[&str] =
    &["english", "in english", "speak english", "talk english", "switch to english", "英文", "英语"];
const CHINESE: &[&str] =
    &["chinese", "in chinese", "speak chinese", "switch to chinese", "mandarin", "speak mandarin", "中文", "普通话"];

/// What may stand around it.
const AROUND: &[&str] = &["please", "can you", "could you", "let s", "now", "ok", "okay"];
const AROUND_CHINESE: &str = "我你请用说讲换成改吧好的可以吗能不我们还是";

impl Turn<'_> {
    /// Goes on in the language that is asked for. True if one was.
    pub(super) fn speaks_otherwise(&mut self, meaning: &Meaning) -> bool {
        let Some(lang) = wanted(&meaning.text) else { return false };
        self.state.lang = lang;
        if self.state.awaiting == Awaiting::Nothing {
            self.say_phrase("what_else", &[]);
        } else {
            self.ask_again();
        }
        true
    }
}

/// The language that the words ask for, if they ask for nothing else.
fn wanted(text: &str) -> Option<Lang> {
    let text = plain(text);
    let mut bare = format!(" {text} ");
    AROUND.iter().for_each(|words| bare = bare.replace(&format!(" {words} "), " "));
    let english: String = bare.trim().to_owned();
    let chinese: String = text.chars().filter(|c| !AROUND_CHINESE.contains(*c) && *c != ' ').collect();
    let asks = |words: &[&str]| words.iter().any(|words| english == *words || !text.is_ascii() && chinese == *words);
    if asks(ENGLISH) {
        Some(Lang::En)
    } else if asks(CHINESE) {
        Some(Lang::Zh)
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_language_is_asked_for() {
        for (text, lang) in [
            ("Switch to English please.", Some(Lang::En)),
            ("English, please", Some(Lang::En)),
            ("can you speak Chinese?", Some(Lang::Zh)),
            ("用中文吧", Some(Lang::Zh)),
            ("我们说中文好吗", Some(Lang::Zh)),
            ("请说英语", Some(Lang::En)),
            ("pay the English teacher", None),
            ("付中文课的钱", None),
            ("可以", None),
            ("please", None),
        ] {
            assert_eq!(wanted(text), lang, "{text}");
        }
    }
}
