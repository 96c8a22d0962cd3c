//! Telling payees and providers apart by a part of their names, when it was asked which is meant: "Hao", "the one from
//! work", 做同事的那个. What fits none or several of those that were named decides nothing.

use super::Turn;
use super::words::plain;
use crate::dialog::format::flow::{Slot, SlotType};
use crate::dialog::value::SlotValue;
use crate::household::{Payee, PayeeKind};
use crate::understanding::{EntityKind, Meaning};
use std::collections::BTreeSet;

/// Words that tell nobody apart.
const COMMON: &[&str] = &[
    "the", "a", "an", "my", "our", "one", "from", "at", "of", "in", "to", "with", "and", "for", "is", "mr", "mrs",
    "ms", "的", "是", "那", "这", "个", "位", "我", "他", "她", "们", "给", "吧", "呢", "啊", "小", "老", "做", "在",
];

/// Words beside which a name is not what is meant.
const REFUSES: &[&str] = &["not", "neither", "don't", "isn't", "不", "别", "没"];

/// Longer answers say more than which one.
const WORDS_MAX: usize = 8;
const CHARS_MAX: usize = 10;

impl Turn<'_> {
    /// The only one of `options` for which the text has a word that the others lack.
    pub(super) fn told_apart(&self, text: &str, options: &[SlotValue]) -> Option<SlotValue> {
        let said = words(text);
        let (size, most) = if text.is_ascii() { (said.len(), WORDS_MAX) } else { (text.chars().count(), CHARS_MAX) };
        if size > most || REFUSES.iter().any(|word| said.contains(*word)) {
            return None;
        }
        let names: Vec<BTreeSet<String>> = options.iter().map(|option| self.words_of(option)).collect();
        let fits = |index: usize, own: &BTreeSet<String>| {
            let mut others = names.iter().enumerate().filter(|(other, _)| *other != index);
            said.intersection(own)
                .any(|word| !COMMON.contains(&word.as_str()) && others.all(|(_, other)| !other.contains(word)))
        };
        let mut found = names.iter().enumerate().filter(|(index, own)| fits(*index, own));
        let (index, _) = found.next()?;
        if found.next().is_some() {
            return None;
        }
        options.get(index).cloned()
    }

    /// True if the text has a word of the names of any of these.
    pub(super) fn speaks_of(&self, text: &str, options: &[SlotValue]) -> bool {
        let said = words(text);
        let named = |word: &String| !COMMON.contains(&word.as_str()) && said.contains(word);
        options.iter().any(|option| self.words_of(option).iter().any(named))
    }

    /// The persons whom a part of a name may mean, where nobody is named in full: "send ten dollars to Chen", 给小陈转五十. Even a
    /// single one is asked about: a part of a name is no name.
    pub(super) fn by_part_of_name(&self, meaning: &Meaning, slot: &Slot) -> Vec<SlotValue> {
        let named = meaning.entities.iter().any(|entity| entity.kind == EntityKind::Payee);
        if named || !matches!(slot.kind, SlotType::Payee(None | Some(PayeeKind::Person))) {
            return Vec::new();
        }
        let parts = parts_of_names(&plain(&meaning.text));
        let fits = |payee: &&Payee| {
            let names = payee.names.values().map(|name| plain(name));
            payee.kind == PayeeKind::Person && names.into_iter().any(|name| parts.iter().any(|part| is_of(part, &name)))
        };
        let fitting = self.world.household.payees.iter().filter(fits);
        fitting.map(|payee| SlotValue::Payee(payee.id.clone())).collect()
    }

    /// Somebody else whom a name of this payee fits as well, by what tells them apart: "no, the piano teacher".
    pub(super) fn namesake(&self, text: &str, payee: &str) -> Option<SlotValue> {
        let household = &self.world.household;
        let names = |payee: &Payee| -> BTreeSet<String> {
            payee.names.values().chain(payee.aliases.values().flatten()).map(|name| plain(name)).collect()
        };
        let own = names(household.payee(payee)?);
        let alike = household.payees.iter().filter(|other| !own.is_disjoint(&names(other)));
        let options: Vec<SlotValue> = alike.map(|other| SlotValue::Payee(other.id.clone())).collect();
        if options.len() < 2 { None } else { self.told_apart(text, &options) }
    }

    /// All words by which somebody is known.
    fn words_of(&self, value: &SlotValue) -> BTreeSet<String> {
        let (names, aliases, about) = match value {
            SlotValue::Payee(id) => match self.world.household.payee(id) {
                Some(payee) => (&payee.names, &payee.aliases, payee.about.values()),
                None => return BTreeSet::new(),
            },
            SlotValue::Provider(name) => match self.world.providers.iter().find(|provider| provider.name == *name) {
                Some(provider) => (&provider.names, &provider.aliases, Default::default()),
                None => return BTreeSet::new(),
            },
            _ => return BTreeSet::new(),
        };
        names.values().chain(aliases.values().flatten()).chain(about).flat_map(|name| words(name)).collect()
    }
}

/// Words before a name.
const BEFORE_A_NAME: &[&str] =
    &["to", "send", "give", "pay", "wire", "transfer", "lend", "repay", "mr", "mrs", "ms", "miss", "uncle", "aunt"];
/// Characters before a family name, and words behind it.
const BEFORE_FAMILY: &[char] = &['小', '老', '阿', '姓'];
const BEHIND_FAMILY: &[&str] = &["先生", "女士", "小姐", "老师", "师傅", "总", "哥", "姐", "叔", "阿姨"];

/// What may be a part of a name: the word where a name stands, or a family name as people are addressed by it.
fn parts_of_names(text: &str) -> Vec<String> {
    let words: Vec<&str> = text.split(' ').collect();
    let alone = words.len() <= 2;
    let name = |word: &str| word.is_ascii() && word.len() > 1 && !COMMON.contains(&word);
    let before = |at: usize| at.checked_sub(1).and_then(|at| words.get(at)).is_some_and(|w| BEFORE_A_NAME.contains(w));
    let places = words.iter().enumerate().filter(|(at, word)| name(word) && (alone || before(*at)));
    let mut parts: Vec<String> = places.map(|(_, word)| (*word).to_owned()).collect();
    let letters: Vec<char> = text.chars().collect();
    for (at, pair) in letters.windows(2).enumerate() {
        let [one, two] = pair else { continue };
        let behind: String = letters.iter().skip(at + 1).collect();
        if BEFORE_FAMILY.contains(one) {
            parts.push(two.to_string());
        } else if BEHIND_FAMILY.iter().any(|word| behind.starts_with(word)) {
            parts.push(one.to_string());
        }
    }
    parts.retain(|part| part.chars().all(char::is_alphabetic));
    parts
}

/// True if a name has this word, or, in Chinese, this family name.
fn is_of(part: &str, name: &str) -> bool {
    if part.is_ascii() { name.split(' ').any(|word| word == part) } else { name.starts_with(part) }
}

/// The words of a text; of Chinese each character.
fn words(text: &str) -> BTreeSet<String> {
    let text = plain(text);
    let each = text.split(' ').flat_map(|word| {
        if word.is_ascii() { vec![word.to_owned()] } else { word.chars().map(String::from).collect() }
    });
    each.filter(|word| !word.is_empty()).collect()
}
