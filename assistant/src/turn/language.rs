//! In which language a turn is taken in: the one that is fixed, or was heard, or in which it is written.

use super::{Assistant, Conversation, Heard};
use crate::household::PayeeKind;
use crate::lang::Lang;

impl Assistant {
    /// The language in which words are taken in. "PayPal" and "Bob" are of none, whatever letters they are written with.
    pub(super) fn lang_of(&self, conversation: &Conversation, heard: &Heard) -> Lang {
        let written = || Lang::of_text(&heard.text).filter(|_| !self.names_only(&heard.text));
        conversation.fixed.or(heard.lang).or_else(written).unwrap_or_else(|| conversation.lang())
    }

    /// True if nothing but names of providers and people is written.
    fn names_only(&self, text: &str) -> bool {
        let providers = self.providers.iter().flat_map(|p| p.names.values().chain(p.aliases.values().flatten()));
        let people = self.household.payees.iter().filter(|payee| payee.kind == PayeeKind::Person);
        consists_of(text, providers.chain(people.flat_map(|payee| payee.names.values())))
    }
}

/// True if a text is made of these names and nothing else, but for "OK", which is said everywhere.
fn consists_of<'n>(text: &str, names: impl Iterator<Item = &'n String>) -> bool {
    let mut names: Vec<String> = names.map(|name| plain(name)).filter(|name| !name.is_empty()).collect();
    names.sort_by_key(|name| std::cmp::Reverse(name.len()));
    let left = names.iter().fold(plain(text), |left, name| left.replace(name.as_str(), " "));
    left.split_whitespace().all(|word| word == "ok")
}

/// Words in lower case, each with a space before and behind it.
fn plain(text: &str) -> String {
    let words = text.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
    words.map(|word| format!(" {} ", word.to_lowercase())).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_of_no_language() {
        let names = ["PayPal", "WeChat", "WeChat Pay", "Bob"].map(str::to_owned);
        for (text, only) in [
            ("PayPal", true),
            ("wechat.", true),
            ("OK, PayPal", true),
            ("Bob", true),
            ("yes", false),
            ("with PayPal", false),
            ("pay Bob", false),
            ("Bobby", false),
            ("用PayPal", false),
        ] {
            assert_eq!(consists_of(text, names.iter()), only, "{text}");
        }
    }
}
