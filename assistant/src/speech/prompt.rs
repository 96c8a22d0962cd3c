//! What is whispered into a recogniser's ear before it listens: the likely words, and never a word of consent.
//!
//! A recogniser that has been told to expect "yes, confirm" finds it in white noise, with great confidence. So
//! whatever a flow or a configuration offers as vocabulary, words of consent are taken out here.

use crate::lang::Lang;

/// English words and phrases of consent, in lower case without punctuation.
const CONSENT_EN: &[&str] = &[
    "yes",
    "yeah",
    "yep",
    "yup",
    "aye",
    "sure",
    "ok",
    "okay",
    "alright",
    "all right",
    "right",
    "correct",
    "exactly",
    "confirm",
    "confirmed",
    "confirms",
    "confirmation",
    "agree",
    "agreed",
    "accept",
    "approve",
    "approved",
    "authorize",
    "authorise",
    "absolutely",
    "certainly",
    "definitely",
    "affirmative",
    "go ahead",
    "do it",
    "pay it",
    "please do",
    "of course",
    "proceed",
    "sounds good",
    "fine",
];

/// Chinese words of consent that count wherever they stand in an entry.
const CONSENT_ZH: &[&str] = &[
    "确认",
    "確認",
    "确定",
    "確定",
    "同意",
    "没问题",
    "沒問題",
    "可以",
    "好的",
    "好吧",
    "好啊",
    "是的",
    "对的",
    "對的",
    "没错",
    "沒錯",
    "当然",
    "當然",
    "行吧",
    "付吧",
    "支付吧",
    "授权",
    "批准",
    "正确",
    "答应",
];

/// Chinese words of consent that count only when they are the whole entry: they are parts of honest names.
const CONSENT_ZH_ALONE: &[&str] = &["好", "对", "對", "是", "行", "嗯", "成", "付", "支付"];

/// At most so many bytes of vocabulary: whisper reads 224 tokens of prompt, drops all of a longer one, and is slowed down
/// by long ones. A Chinese character is three bytes and one or two tokens.
const VOCABULARY_BYTES_MAX: usize = 240;

/// Whether a vocabulary entry contains a word of consent in either language.
#[must_use]
pub fn is_consent(entry: &str) -> bool {
    let words: Vec<String> =
        entry.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).map(str::to_lowercase).collect();
    let spaced = format!(" {} ", words.join(" "));
    let joined = words.concat();
    CONSENT_EN.iter().any(|phrase| spaced.contains(&format!(" {phrase} ")))
        || CONSENT_ZH.iter().any(|word| joined.contains(word))
        || CONSENT_ZH_ALONE.contains(&joined.as_str())
}

/// The prompt for a language: a sentence in the style that the answer should have, with the likely words in it.
///
/// Mandarin is asked for in simplified characters by being written in them. Entries of the other language are kept:
/// people say "用 PayPal 付". Entries with words of consent, and repeated ones, are left out.
#[must_use]
pub fn prompt(lang: Lang, vocabulary: &[String]) -> String {
    let mut words: Vec<&str> = Vec::new();
    let mut length = 0;
    for entry in vocabulary.iter().map(|entry| entry.trim()).filter(|entry| !entry.is_empty()) {
        length += entry.len();
        if length > VOCABULARY_BYTES_MAX {
            break;
        }
        if !is_consent(entry) && !words.contains(&entry) {
            words.push(entry);
        }
    }
    // Measured over the recorded sentences. Amounts in words make whisper write amounts in words, which keeps
    // "three hundred and fifteen" from becoming $350. What stands last weighs most: there are the short orders that
    // whisper mishears most (不对 as 部队, "No, make it" as "Now make it"). None of them is consent.
    match lang {
        Lang::En => {
            let payees = listed(&words, ", ", ", or ", "bill");
            format!("I'd like to pay my {payees}. Ninety-six dollars and eleven cents. No, make it seventy.")
        }
        Lang::Zh => {
            let payees = listed(&words, "、", "、", "费");
            format!(
                "我要交{payees}。给他转两万六千元，四百六十七块八。交费，等一下，先查一下我的。再说一遍。上一步。算了，不要了。不对，改成九十。"
            )
        }
    }
}

/// Words as a list in a sentence, or `none` without any.
fn listed(words: &[&str], comma: &str, last: &str, none: &str) -> String {
    match words {
        [] => none.to_owned(),
        [only] => (*only).to_owned(),
        [first @ .., end] => format!("{}{last}{end}", first.join(comma)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(list: &[&str]) -> Vec<String> {
        list.iter().map(|word| (*word).to_owned()).collect()
    }

    #[test]
    fn words_of_consent_never_pass() {
        for entry in [
            "yes",
            "Yes!",
            "Yes, pay it.",
            "OK",
            "go ahead",
            "Go  ahead,",
            "that's right",
            "confirm",
            "确认支付",
            "好的",
            "好",
            "对",
            "可以",
            "没问题",
            "我同意",
            "Confirm payment",
            "CONFIRMED",
        ] {
            assert!(is_consent(entry), "{entry}");
            for lang in Lang::ALL {
                let prompt = prompt(lang, &words(&["Alice", entry, "电费"]));
                let clauses = prompt.split(['.', ',', '，', '。', '、']);
                let agreeing: Vec<&str> = clauses.filter(|clause| is_consent(clause)).collect();
                assert!(agreeing.is_empty(), "{agreeing:?} in {prompt}");
                assert!(prompt.contains("Alice") && prompt.contains("电费"), "{prompt}");
            }
        }
    }

    #[test]
    fn honest_names_pass() {
        for entry in
            ["微信支付", "支付宝", "Wright", "Alice", "电费", "Okafor", "Yesenia", "好利来", "银行", "Brightwater"]
        {
            assert!(!is_consent(entry), "{entry}");
        }
    }

    #[test]
    fn our_own_sentences_hold_no_consent() {
        for lang in Lang::ALL {
            let sentence = prompt(lang, &words(&["PayPal"]));
            assert!(!is_consent(&sentence), "{sentence}");
        }
    }

    #[test]
    fn long_vocabularies_are_cut_and_doubles_left_out() {
        let many: Vec<String> = (0..1000).map(|n| format!("payee number {n}")).collect();
        assert!(prompt(Lang::En, &many).chars().count() < 400);
        assert_eq!(prompt(Lang::En, &words(&["Bob", "Bob"])).matches("Bob").count(), 1);
        assert!(prompt(Lang::En, &[]).starts_with("I'd like to pay my bill."));
        assert!(prompt(Lang::En, &words(&["Rent", "Bob"])).starts_with("I'd like to pay my Rent, or Bob."));
        assert!(prompt(Lang::Zh, &words(&["房租"])).starts_with("我要交房租。"));
    }
}
