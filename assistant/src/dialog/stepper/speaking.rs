//! Values and texts into what is said.

use super::Turn;
use super::stack::is_asked_for;
use crate::dialog::exchange::Effect;
use crate::dialog::format::flow::{Slot, SlotType};
use crate::dialog::format::text::{Part, Template, Texts, Variant};
use crate::dialog::value::SlotValue;
use crate::lang::Lang;
use crate::wording::{self, Words};
use std::hash::{DefaultHasher, Hash, Hasher};

/// The empty sentence.
fn silence() -> Words {
    Words { written: String::new(), spoken: String::new() }
}

impl Turn<'_> {
    /// Says something.
    pub(super) fn say(&mut self, words: Words) {
        if !words.written.trim().is_empty() {
            self.said.push(words.clone());
            self.effects.push(Effect::Say(words));
        }
    }

    /// Says a phrase with these values in it.
    pub(super) fn say_phrase(&mut self, name: &str, values: &[(&str, Words)]) {
        if let Some(words) = self.phrase(name, values) {
            self.say(words);
        }
    }

    /// A phrase with these values in it.
    pub(super) fn phrase(&self, name: &str, values: &[(&str, Words)]) -> Option<Words> {
        let texts = self.dialogs.phrases.get(name)?;
        self.fill(texts, &|hole| match values.iter().find(|(known, _)| *known == hole) {
            Some((_, words)) => Some(words.clone()),
            None if hole == "flows" => Some(self.flows()),
            None => None,
        })
    }

    /// A text of a flow with the values of its slots; `None` if one of them has no value.
    pub(super) fn text(&self, texts: &Texts, extra: &[(&str, Words)]) -> Option<Words> {
        self.fill(texts, &|hole| {
            if let Some((_, words)) = extra.iter().find(|(known, _)| *known == hole) {
                return Some(words.clone());
            }
            let task = self.task()?;
            match (task.value(hole), self.slot(hole)) {
                (Some(value), Some((_, slot))) => Some(self.spoken(value, Some(slot))),
                _ => task.told.get(hole).cloned(),
            }
        })
    }

    pub(super) fn fill(&self, texts: &Texts, value: &dyn Fn(&str) -> Option<Words>) -> Option<Words> {
        let variants = texts.variants.get(&self.state.lang).or_else(|| texts.variants.values().next())?;
        let variant = variants.get(self.state.turn % variants.len().max(1))?;
        render(variant, value)
    }

    /// A fingerprint of what a text says with the values that its slots have now, whichever variant is said.
    pub(super) fn fingerprint(&self, texts: &Texts) -> u64 {
        let mut hasher = DefaultHasher::new();
        for (lang, template) in texts.templates() {
            lang.hash(&mut hasher);
            for part in &template.parts {
                match part {
                    Part::Literal(literal) => literal.hash(&mut hasher),
                    Part::Hole(name) => self.task().and_then(|task| task.value(name)).hash(&mut hasher),
                }
            }
        }
        hasher.finish()
    }

    /// A value in words.
    pub(super) fn spoken(&self, value: &SlotValue, slot: Option<&Slot>) -> Words {
        let lang = self.state.lang;
        match value {
            SlotValue::Money(money) => wording::money(*money, lang),
            SlotValue::Payee(id) => {
                let payee = self.world.household.payee(id);
                Words::same(payee.map_or_else(|| id.clone(), |payee| self.world.household.title(payee, lang)))
            }
            SlotValue::Provider(name) => Words::same(self.provider_title(name)),
            SlotValue::Choice(id) => Words::same(choice_name(slot, id, lang)),
            SlotValue::Text(text) => Words::same(text.as_str()),
            SlotValue::YesNo(yes) => self.phrase(if *yes { "yes" } else { "no" }, &[]).unwrap_or_else(silence),
            SlotValue::Number(number) => wording::number(*number, lang),
            SlotValue::Rhythm(rhythm) => wording::rhythm(*rhythm, lang),
            SlotValue::Period(period) => wording::days(period.from, period.to, lang),
            SlotValue::Date(day) => wording::date(*day, self.world.now.date(), lang),
            SlotValue::Secret => silence(),
            SlotValue::StandingOrder(id) => self.standing_order(id),
            SlotValue::Many(values) => {
                let words: Vec<Words> = values.iter().map(|value| self.spoken(value, slot)).collect();
                wording::list(&words, lang)
            }
        }
    }

    /// A provider's name as it is said.
    pub(super) fn provider_title(&self, name: &str) -> String {
        let provider = self.world.providers.iter().find(|provider| provider.name == name);
        provider.map_or_else(|| name.to_owned(), |provider| provider.title(self.state.lang).to_owned())
    }

    /// Several values of which one is to be chosen.
    pub(super) fn choices(&self, values: &[SlotValue], slot: Option<&Slot>) -> Words {
        let words: Vec<Words> = values.iter().map(|value| self.spoken(value, slot)).collect();
        wording::choices(&words, self.state.lang)
    }

    /// What can be answered to the question for a slot: `Stripe, PayPal or Alipay`.
    pub(super) fn options(&self, slot: &Slot) -> Words {
        let values = self.option_values(slot);
        self.choices(&values, Some(slot))
    }

    /// The values among which a slot's value is, in the order in which they are offered; empty where they can't be told.
    pub(super) fn option_values(&self, slot: &Slot) -> Vec<SlotValue> {
        match &slot.kind {
            SlotType::Payee(kind) => {
                let fitting = self.world.household.payees.iter().filter(|p| kind.is_none_or(|kind| p.kind == kind));
                fitting.map(|payee| SlotValue::Payee(payee.id.clone())).collect()
            }
            SlotType::Provider => {
                self.world.providers.iter().map(|provider| SlotValue::Provider(provider.name.clone())).collect()
            }
            SlotType::Choice(options) => options.iter().map(|option| SlotValue::Choice(option.id.clone())).collect(),
            SlotType::StandingOrder => {
                let all = self.world.history.scheduled().into_iter();
                all.map(|order| SlotValue::StandingOrder(order.id)).collect()
            }
            SlotType::YesNo => vec![SlotValue::YesNo(true), SlotValue::YesNo(false)],
            _ => Vec::new(),
        }
    }

    /// A flow's title.
    pub(super) fn title(&self, flow: &str) -> Words {
        let program = self.dialogs.programs.get(flow);
        let title = program.and_then(|program| self.fill(&program.flow.title, &|_| None));
        title.unwrap_or_else(|| Words::same(flow.replace('_', " ")))
    }

    /// What can be done: the titles of all flows that are listed.
    pub(super) fn flows(&self) -> Words {
        let listed = self.dialogs.programs.values().filter(|program| program.flow.listed && is_asked_for(program));
        let titles: Vec<Words> = listed.map(|program| self.title(&program.flow.name.value)).collect();
        wording::choices(&titles, self.state.lang)
    }
}

fn choice_name(slot: Option<&Slot>, id: &str, lang: Lang) -> String {
    let option = slot.and_then(|slot| match &slot.kind {
        SlotType::Choice(options) => options.iter().find(|option| option.id == id),
        _ => None,
    });
    let name = option.and_then(|option| option.names.iter().find(|(of, _)| *of == lang).or(option.names.first()));
    name.map_or_else(|| id.replace('_', " "), |(_, name)| name.clone())
}

fn render(variant: &Variant, value: &dyn Fn(&str) -> Option<Words>) -> Option<Words> {
    let written = join(&variant.written, value, |words| words.written)?;
    let spoken = join(variant.spoken.as_ref().unwrap_or(&variant.written), value, |words| words.spoken)?;
    Some(Words { written, spoken })
}

pub(super) fn join(
    template: &Template,
    value: &dyn Fn(&str) -> Option<Words>,
    pick: fn(Words) -> String,
) -> Option<String> {
    let mut text = String::new();
    for part in &template.parts {
        match part {
            Part::Literal(literal) => text.push_str(literal),
            Part::Hole(name) => text.push_str(&pick(value(name)?)),
        }
    }
    Some(text)
}
