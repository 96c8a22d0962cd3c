//! Words for the speech recogniser: what people will name. Never words of consent.

use super::world::ProviderInfo;
use crate::household::Household;
use crate::lang::Lang;

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

/// The names of payees and providers, as they are spoken: few, since a recogniser's prompt is short, and whatever stands
/// in it weakens the rest. Other names and whole sentences were tried and made it hear worse.
pub fn vocabulary(lang: Lang, household: &Household, providers: &[ProviderInfo]) -> Vec<String> {
    let payees = household.payees.iter().map(|payee| payee.name(lang));
    let names = payees.chain(providers.iter().map(|provider| provider.title(lang)));
    let mut words: Vec<String> = Vec::new();
    for name in names.map(str::trim).filter(|name| !name.is_empty() && !is_consent(name)) {
        if !words.iter().any(|known| known == name) {
            words.push(name.to_owned());
        }
    }
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
