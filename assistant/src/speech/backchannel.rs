//! What people say to show that they listen, and what means nothing to whoever was interrupted by it. Pure.

use crate::lang::Lang;

const ENGLISH: &[&str] = &[
    "mhm", "mmhm", "mm hmm", "mmhmm", "mm", "mmm", "hm", "hmm", "uh huh", "uhhuh", "uh", "um", "ah", "oh", "huh", "er",
    "eh", "i see",
];
const MANDARIN: &[&str] =
    &["嗯", "嗯嗯", "嗯哼", "唔", "哦", "噢", "喔", "啊", "呃", "哎", "诶", "欸", "唉", "哈", "哦哦", "这样", "这样啊"];

/// True for words, in whichever language they were written down, that are no turn of their own when Sayso was speaking; and
/// for none at all.
#[must_use]
pub fn is_backchannel(text: &str, lang: Lang) -> bool {
    let plain: String = text.to_lowercase().chars().map(|c| if c.is_alphanumeric() { c } else { ' ' }).collect();
    let words: Vec<&str> = plain.split_whitespace().collect();
    let joined = words.join(" ");
    // A sound such as this one is written down in the other language now and then.
    let lists = match lang {
        Lang::En => [ENGLISH, MANDARIN],
        Lang::Zh => [MANDARIN, ENGLISH],
    };
    let known = |text: &str| lists.iter().any(|list| list.contains(&text));
    joined.is_empty() || known(&joined) || words.iter().all(|word| known(word))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_only_listens_does_not_interrupt() {
        for (text, lang) in [
            ("", Lang::En),
            ("Mm-hmm.", Lang::En),
            ("Mhm, mhm.", Lang::En),
            ("Uh-huh", Lang::En),
            ("I see.", Lang::En),
            ("嗯。", Lang::Zh),
            ("嗯，嗯", Lang::Zh),
            ("哦。", Lang::En),
            ("Hmm", Lang::Zh),
        ] {
            assert!(is_backchannel(text, lang), "{text}");
        }
        for (text, lang) in [
            ("No.", Lang::En),
            ("stop", Lang::En),
            ("Yes", Lang::En),
            ("forty", Lang::En),
            ("不", Lang::Zh),
            ("对", Lang::Zh),
        ] {
            assert!(!is_backchannel(text, lang), "{text}");
        }
    }
}
