//! Words for the speech recogniser: what people will name and ask for. Never words of consent.

use super::format::flow::Flow;
use super::world::ProviderInfo;
use crate::household::Household;
use crate::lang::Lang;

/// How many words are of use; a recogniser's prompt is short, and the first are the likeliest.
const WORDS_MAX: usize = 120;

/// Words that a recogniser which expects them also hears in noise; they would agree to a payment.
const CONSENT: &[&str] = &[
    "yes",
    "yeah",
    "yep",
    "yup",
    "ok",
    "okay",
    "sure",
    "right",
    "correct",
    "confirm",
    "confirmed",
    "agree",
    "agreed",
    "accept",
    "approve",
    "go ahead",
    "do it",
    "pay it",
    "all of it",
    "是",
    "对",
    "好",
    "行",
    "可以",
    "没错",
    "没问题",
    "确认",
    "同意",
    "嗯",
];

/// Payees and providers, then what starts the flows.
pub fn vocabulary<'f>(
    flows: impl Iterator<Item = &'f Flow>,
    lang: Lang,
    household: &Household,
    providers: &[ProviderInfo],
) -> Vec<String> {
    let mut words: Vec<String> = Vec::new();
    let mut add = |word: &str| {
        let word = word.trim().trim_matches(['.', '?', '。', '？']).trim();
        if !word.is_empty() && !is_consent(word) && !words.iter().any(|known| known == word) {
            words.push(word.to_owned());
        }
    };
    for payee in &household.payees {
        add(payee.name(lang));
        payee.aliases.get(&lang).into_iter().flatten().for_each(|alias| add(alias));
    }
    for provider in providers {
        add(provider.title(lang));
        provider.aliases.get(&lang).into_iter().flatten().for_each(|alias| add(alias));
    }
    for flow in flows {
        let examples = flow.examples.iter().filter(|(of, sentence)| *of == lang && !sentence.value.contains('{'));
        examples.take(4).for_each(|(_, sentence)| add(&sentence.value));
    }
    words.truncate(WORDS_MAX);
    words
}

/// True if a yes could be heard in these words.
fn is_consent(words: &str) -> bool {
    let lower = words.to_lowercase();
    let tokens: Vec<&str> = lower.split(|c: char| !c.is_alphanumeric() && c != '\'').collect();
    CONSENT.iter().any(|consent| {
        let ascii = consent.is_ascii();
        (ascii && !consent.contains(' ') && tokens.contains(consent))
            || (ascii && consent.contains(' ') && lower.contains(consent))
            || (!ascii && (lower == *consent || (consent.chars().count() > 1 && lower.contains(consent))))
    })
}
