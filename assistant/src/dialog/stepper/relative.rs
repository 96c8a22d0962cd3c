//! Values said in terms of others: "add ten to it", "make it double", 少付十块, "the same as last time". Pure arithmetic on
//! values that are known; what has no base to stand on is asked about and never guessed.

use super::Turn;
use super::readings::Reading;
use super::stack::pays;
use super::words::{contains, plain};
use crate::dialog::format::flow::{Slot, SlotType};
use crate::dialog::program::Program;
use crate::dialog::value::SlotValue;
use crate::dialog::world::{HistoryFilter, PastPayment};
use crate::understanding::{Act, EntityKind, Meaning, Value};
use sayso_plugin_interface::{Currency, Money};

/// How a value is said in terms of another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Relative {
    /// So much more.
    More,
    /// So much less.
    Less,
    /// So many times.
    Times(i64),
    /// Half of it.
    Half,
    /// A part or share that can't be computed exactly from what was said.
    Share,
    /// What it was the last time.
    Last,
}

/// Words for what was paid just now, to whomever: "send the same to Alice".
const AS_BEFORE: &[&str] = &[
    "the same to",
    "the same for",
    "the same amount",
    "same amount",
    "the same sum",
    "same sum",
    "the same again",
    "the same thing",
    "the same money",
    "the same too",
    "as much",
    "同样的钱",
    "同样的金额",
    "同样金额",
    "同样多",
    "同样的数",
    "一样的钱",
    "一样的金额",
    "一样多",
    "一样的数",
    "相同金额",
];

/// The words for each, as [`plain`] makes them. English ones are whole words.
const WORDS: &[(Relative, &[&str])] = &[
    (
        Relative::Last,
        &[
            "last time",
            "same as before",
            "as usual",
            "the usual",
            "like before",
            "as always",
            "上次一样",
            "上次那样",
            "和上次",
            "跟上次",
            "同上次",
            "照上次",
            "按上次",
            "上回一样",
            "老样子",
            "照旧",
            "和以前一样",
            "跟以前一样",
            "和之前一样",
            "跟之前一样",
        ],
    ),
    (
        Relative::Share,
        &["percent", "per cent", "百分之", "a third", "a quarter of", "two thirds", "三分之", "四分之", "成的"],
    ),
    (Relative::Times(3), &["triple", "three times", "thrice", "三倍"]),
    (
        Relative::Times(2),
        &["double", "twice", "two times", "times two", "翻倍", "翻一倍", "翻一番", "加倍", "双倍", "两倍"],
    ),
    (Relative::Half, &["half", "halve", "减半", "一半", "砍半"]),
    (
        Relative::More,
        &[
            "add",
            "more",
            "extra",
            "plus",
            "on top",
            "increase it by",
            "increase by",
            "raise it by",
            "raise by",
            "up it by",
            "bump it up by",
            "bump it by",
            "多付",
            "多交",
            "多转",
            "多给",
            "多加",
            "多缴",
            "多打",
            "再加",
            "加上",
            "增加",
            "再多",
            "加多",
        ],
    ),
    (
        Relative::Less,
        &[
            "less",
            "minus",
            "subtract",
            "take off",
            "knock off",
            "reduce it by",
            "reduce by",
            "lower it by",
            "decrease it by",
            "decrease by",
            "少付",
            "少交",
            "少转",
            "少给",
            "少缴",
            "少打",
            "减去",
            "减少",
            "减掉",
            "扣掉",
            "再减",
            "再少",
        ],
    ),
];

/// What the utterance says in terms of another value, if it does.
pub(super) fn relative(meaning: &Meaning) -> Option<Relative> {
    let text = plain(&meaning.wish());
    let amounts = || meaning.entities.iter().filter(|e| matches!(e.kind, EntityKind::Money | EntityKind::Number));
    let money = meaning.entities.iter().any(|entity| entity.kind == EntityKind::Money);
    let found = WORDS.iter().find(|(_, words)| words.iter().any(|word| contains(&text, word)));
    let starts = |word: &str| text.starts_with(word) && !text.contains("加元");
    let roughly = [
        "about half",
        "around half",
        "roughly half",
        "more than half",
        "less than half",
        "over half",
        "一半多",
        "一半以上",
        "一半左右",
        "一大半",
        "大概一半",
        "差不多一半",
    ];
    let time = ["half an hour", "half past", "half a day", "half a year", "half a month", "half the year"];
    let has = |words: &[&str]| words.iter().any(|words| contains(&text, words));
    match found.map(|(relative, _)| *relative) {
        Some(Relative::Half) if has(&time) => None,
        Some(Relative::Half) if has(&roughly) && !money => Some(Relative::Share),
        // "Half" with an amount is a part of that amount's name: "ten and a half dollars".
        Some(Relative::Times(_) | Relative::Half) if money => None,
        // "More" and "add" without an amount ask for something else.
        Some(Relative::More | Relative::Less) if amounts().count() != 1 || contains(&text, "more than") => None,
        None if amounts().count() == 1 && starts("加") => Some(Relative::More),
        None if amounts().count() == 1 && starts("减") => Some(Relative::Less),
        other => other,
    }
}

impl Turn<'_> {
    /// The amount or provider that is meant where it was said in terms of `base`, or of the last payment to the payee.
    /// `None` if nothing was, or if there is no base and the utterance may be read as it stands.
    pub(super) fn read_relative(
        &self,
        meaning: &Meaning,
        program: &Program,
        slot: &Slot,
        base: Option<&SlotValue>,
    ) -> Option<Reading> {
        let relative = relative(meaning)?;
        if relative == Relative::Last {
            return self.as_last_time(program, slot);
        }
        if slot.kind != SlotType::Money {
            return None;
        }
        let Some(SlotValue::Money(base)) = base else {
            return matches!(relative, Relative::Times(_) | Relative::Half | Relative::Share).then_some(Reading::Rough);
        };
        let said = || said_amount(meaning, base.currency);
        if relative == Relative::Half {
            return Some(self.half(program, slot, *base));
        }
        let minor = match relative {
            Relative::More => said().and_then(|said| base.minor.checked_add(said.minor)),
            Relative::Less => said().and_then(|said| base.minor.checked_sub(said.minor)),
            Relative::Times(times) => base.minor.checked_mul(times),
            Relative::Half | Relative::Share | Relative::Last => None,
        };
        let Some(minor) = minor else { return Some(Reading::Rough) };
        Some(self.validated(program, slot, SlotValue::Money(Money::new(minor, base.currency))))
    }

    /// Half of an amount; where it has an odd number of minor units, the two amounts that are nearest to it.
    pub(super) fn half(&self, program: &Program, slot: &Slot, of: Money) -> Reading {
        let less = SlotValue::Money(Money::new(of.minor / 2, of.currency));
        if of.minor % 2 == 0 {
            return self.validated(program, slot, less);
        }
        Reading::Several(vec![less, SlotValue::Money(Money::new(of.minor / 2 + 1, of.currency))])
    }

    /// The amount or provider of what was paid just now: "send the same to Alice". Only for a slot that is empty, in a payment
    /// that stands alone: in one of several, "the same" is what was said of another.
    pub(super) fn as_before(&self, meaning: &Meaning, program: &Program, slot: &Slot) -> Option<Reading> {
        let text = plain(&meaning.text);
        let ends = ["the same", "the same please", "同样的", "一样的"].iter().any(|words| text.ends_with(words));
        let said = ends || AS_BEFORE.iter().any(|words| contains(&text, words));
        let said = said && relative(meaning).is_none() && pays(program);
        let alone = !self.state.tasks.iter().any(|task| task.queued);
        let changes = [Act::Correct, Act::No].iter().any(|act| meaning.acts.contains(act));
        if !said || !alone || changes {
            return None;
        }
        self.as_in(&self.newest(None)?, program, slot)
    }

    /// What the last payment to the payee of this task was.
    fn as_last_time(&self, program: &Program, slot: &Slot) -> Option<Reading> {
        if !matches!(slot.kind, SlotType::Money | SlotType::Provider) {
            return None;
        }
        let payee = self.task()?.values.values().find_map(|held| match &held.value {
            SlotValue::Payee(id) => Some(id.clone()),
            _ => None,
        })?;
        let Some(last) = self.newest(Some(payee.clone())) else {
            let name = self.spoken(&SlotValue::Payee(payee), None);
            return Some(Reading::Refused(self.phrase("no_last_time", &[("value", name)])));
        };
        self.as_in(&last, program, slot)
    }

    fn newest(&self, payee: Option<String>) -> Option<PastPayment> {
        let filter = HistoryFilter { payee, limit: Some(1), ..HistoryFilter::default() };
        self.world.history.payments(&filter).into_iter().next()
    }

    /// The amount or the provider of a payment that was made before.
    fn as_in(&self, last: &PastPayment, program: &Program, slot: &Slot) -> Option<Reading> {
        let value = match slot.kind {
            SlotType::Money => SlotValue::Money(last.amount),
            SlotType::Provider if self.world.providers.iter().any(|provider| provider.name == last.provider) => {
                SlotValue::Provider(last.provider.clone())
            }
            _ => return None,
        };
        Some(self.validated(program, slot, value))
    }
}

/// The only amount that was said, in the currency of what it changes; `None` if it is in another, or not sure.
fn said_amount(meaning: &Meaning, currency: Currency) -> Option<Money> {
    let mut said = meaning.entities.iter().filter_map(|entity| match (&entity.value, entity.ambiguous) {
        (Some(Value::Money(amount)), false) => {
            Some(amount.in_currency(amount.currency.unwrap_or(currency)).filter(|money| money.currency == currency))
        }
        (Some(Value::Number(number)), false) => {
            let amount = super::readings::hundredths(*number)
                .map(|minor| crate::understanding::Amount { minor, currency: None });
            Some(amount.and_then(|amount| amount.in_currency(currency)))
        }
        _ => None,
    });
    let first = said.next()?;
    if said.next().is_some() { None } else { first }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lang::Lang;
    use crate::understanding::{Expectation, Teaching, Understander};

    fn meaning_of(text: &str) -> Meaning {
        let expect = Expectation { kinds: vec![EntityKind::Money], ..Expectation::default() };
        let lang = if text.is_ascii() { Lang::En } else { Lang::Zh };
        Understander::new(&Teaching::default()).understand(text, lang, jiff::civil::date(2026, 11, 22), &expect)
    }

    #[test]
    fn what_is_said_in_terms_of_another_value() {
        for (text, wanted) in [
            ("add ten to it", Some(Relative::More)),
            ("ten dollars more", Some(Relative::More)),
            ("five less", Some(Relative::Less)),
            ("make it double", Some(Relative::Times(2))),
            ("half of it", Some(Relative::Half)),
            ("about half of it", Some(Relative::Share)),
            ("in half an hour", None),
            ("ten and a half dollars", None),
            ("same as last time", Some(Relative::Last)),
            ("what I used last time", Some(Relative::Last)),
            ("send the same to Alice", None),
            ("ten percent more", Some(Relative::Share)),
            ("how much more do I owe", None),
            ("more than ten dollars", None),
            ("多付十块", Some(Relative::More)),
            ("加十块", Some(Relative::More)),
            ("少付五块", Some(Relative::Less)),
            ("翻一倍", Some(Relative::Times(2))),
            ("减半", Some(Relative::Half)),
            ("和上次一样", Some(Relative::Last)),
            ("多少钱", None),
            ("三十加元", None),
            ("fifty dollars", None),
        ] {
            assert_eq!(relative(&meaning_of(text)), wanted, "{text}");
        }
    }
}
