//! What an utterance could mean for one slot: values, several readings, or a value that can't be taken and why.

use super::Turn;
use super::queue::wants_everything;
use super::words::{contains, ordinal, plain};
use crate::dialog::dialogs::SUGGESTED;
use crate::dialog::format::flow::{ChoiceOption, Slot, SlotType};
use crate::dialog::program::Program;
use crate::dialog::scripts::ScriptError;
use crate::dialog::value::SlotValue;
use crate::understanding::meaning::Id;
use crate::understanding::{Act, Amount, Entity, EntityKind, Meaning, Value};
use crate::wording::Words;
use rust_decimal::Decimal;
use sayso_plugin_interface::Currency;

/// What was understood for a slot.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Reading {
    /// Nothing.
    None,
    /// One value, which fulfils everything.
    One(SlotValue),
    /// Several values; which is meant has to be asked. With one: whether it is meant.
    Several(Vec<SlotValue>),
    /// Only roughly said: it has to be asked exactly.
    Rough,
    /// A value that can't be taken, with what to say about it.
    Refused(Option<Words>),
}

impl Turn<'_> {
    /// What the entities of `meaning` (those of `only`, if given) mean for this slot. `currency` is meant when none was
    /// said.
    pub(super) fn read(
        &self,
        meaning: &Meaning,
        only: Option<&[usize]>,
        program: &Program,
        slot: &Slot,
        currency: Currency,
    ) -> Reading {
        if slot.kind == SlotType::StandingOrder {
            return self.read_order(meaning, program, slot);
        }
        let mut values = Vec::new();
        let mut unsure = false;
        let mut refused = None;
        let (mut touched, mut distinct, mut doubtful) = (false, 0, false);
        for (index, entity) in meaning.entities.iter().enumerate() {
            if only.is_some_and(|only| !only.contains(&index)) || !fits(entity, slot) {
                continue;
            }
            touched = true;
            unsure |= entity.ambiguous;
            // Elise, where only an Alice is known.
            doubtful |= entity.ambiguous && entity.alternatives.len() == 1;
            let before = values.len();
            for value in entity.value.iter().chain(&entity.alternatives) {
                match self.resolve(value, slot, currency) {
                    Ok(value) if !values.contains(&value) => values.push(value),
                    Ok(_) => {}
                    Err(words) => refused = refused.or(words),
                }
            }
            distinct += usize::from(values.len() > before);
        }
        // Names that can't be meant here settle which is meant; for amounts only the person can.
        if slot.kind != SlotType::Money && values.len() == 1 && distinct == 1 && !doubtful {
            unsure = false;
        }
        match (values.len(), unsure) {
            (0, true) => Reading::Rough,
            (0, false) if touched => Reading::Refused(refused),
            (0, false) => Reading::None,
            (1, false) => match values.pop() {
                Some(value) => self.validated(program, slot, value),
                None => Reading::None,
            },
            _ => Reading::Several(values),
        }
    }

    /// What is meant for the slot that was asked for, its own ways of answering included.
    pub(super) fn read_answer(
        &self,
        meaning: &Meaning,
        program: &Program,
        slot: &Slot,
        suggestion: Option<&SlotValue>,
        currency: Currency,
    ) -> Reading {
        let base = self.task().and_then(|task| task.value(&slot.name.value)).or(suggestion);
        if let Some(reading) = self.read_relative(meaning, program, slot, base) {
            return reading;
        }
        let from_entities = self.read(meaning, None, program, slot, currency);
        if from_entities != Reading::None {
            return from_entities;
        }
        if let Some(suggestion) = suggestion {
            let no = meaning.acts.contains(&Act::No);
            if !no
                && (meaning.acts.contains(&Act::Yes) || accepts_suggestion(meaning, slot) || wants_all(meaning, slot))
            {
                return self.validated(program, slot, suggestion.clone());
            }
        }
        match &slot.kind {
            SlotType::YesNo => match (meaning.acts.contains(&Act::Yes), meaning.acts.contains(&Act::No)) {
                (true, false) => self.validated(program, slot, SlotValue::YesNo(true)),
                (false, true) => self.validated(program, slot, SlotValue::YesNo(false)),
                _ => Reading::None,
            },
            SlotType::Text if !meaning.text.trim().is_empty() && meaning.acts.is_empty() => {
                self.validated(program, slot, SlotValue::Text(meaning.text.trim().to_owned()))
            }
            SlotType::Money => self.read_number(meaning, program, slot, currency),
            SlotType::Choice(options) => match named_options(&meaning.text, options) {
                values if values.is_empty() => self.read_ordinal(meaning, program, slot),
                mut values if values.len() == 1 => {
                    values.pop().map_or(Reading::None, |v| self.validated(program, slot, v))
                }
                values => Reading::Several(values),
            },
            SlotType::Payee(_) | SlotType::Provider | SlotType::StandingOrder => {
                self.read_ordinal(meaning, program, slot)
            }
            _ => Reading::None,
        }
    }

    /// A plain number as an amount.
    pub(super) fn read_number(&self, meaning: &Meaning, program: &Program, slot: &Slot, currency: Currency) -> Reading {
        let mut numbers = meaning.entities.iter().filter(|entity| entity.kind == EntityKind::Number);
        let (Some(entity), None) = (numbers.next(), numbers.next()) else { return Reading::None };
        let readings = entity.value.iter().chain(&entity.alternatives);
        let amounts: Vec<Result<SlotValue, Option<Words>>> = readings
            .filter_map(|value| match value {
                Value::Number(number) => hundredths(*number),
                _ => None,
            })
            .map(|minor| self.resolve(&Value::Money(Amount { minor, currency: None }), slot, currency))
            .collect();
        match (amounts.as_slice(), entity.ambiguous) {
            ([], _) => Reading::None,
            ([Ok(value)], false) => self.validated(program, slot, value.clone()),
            ([Err(words)], _) => Reading::Refused(words.clone()),
            (several, _) => Reading::Several(several.iter().filter_map(|value| value.clone().ok()).collect()),
        }
    }

    fn read_ordinal(&self, meaning: &Meaning, program: &Program, slot: &Slot) -> Reading {
        let options = self.offered(slot);
        let chosen = ordinal(&meaning.text, options.len()).and_then(|place| options.get(place).cloned());
        chosen.map_or(Reading::None, |value| self.validated(program, slot, value))
    }

    /// One reading of an entity as a value of the slot; the error says why it can't be one.
    fn resolve(&self, value: &Value, slot: &Slot, currency: Currency) -> Result<SlotValue, Option<Words>> {
        Ok(match (value, &slot.kind) {
            (Value::Money(amount), SlotType::Money) => {
                let currency = amount.currency.unwrap_or(currency);
                let words = || ("currency", Words::same(currency.code()));
                let money = amount.in_currency(currency);
                SlotValue::Money(money.ok_or_else(|| self.phrase("not_in_currency", &[words()]))?)
            }
            (Value::Id(Id { id, .. }), SlotType::Payee(kind)) => {
                let value = SlotValue::Payee(id.clone());
                let payee = self.world.household.payee(id);
                if payee.is_some_and(|payee| kind.is_none_or(|kind| payee.kind == kind)) {
                    value
                } else {
                    return Err(self.phrase("wrong_payee", &[("value", self.spoken(&value, None))]));
                }
            }
            (Value::Id(Id { id, .. }), SlotType::Provider) => {
                let known = self.world.providers.iter().any(|provider| provider.name == *id);
                if known { SlotValue::Provider(id.clone()) } else { return Err(None) }
            }
            (Value::Id(Id { id, .. }), SlotType::Choice(options)) => {
                let known = options.iter().any(|option| option.id == *id);
                if known { SlotValue::Choice(id.clone()) } else { return Err(None) }
            }
            (Value::YesNo(yes), SlotType::YesNo) => SlotValue::YesNo(*yes),
            (Value::Number(number), SlotType::Number) => SlotValue::Number(*number),
            (Value::Rhythm(rhythm), SlotType::Rhythm) => SlotValue::Rhythm(*rhythm),
            (Value::Period(period), SlotType::Period) => SlotValue::Period(*period),
            (Value::Date(day), SlotType::Date) => SlotValue::Date(*day),
            _ => return Err(None),
        })
    }

    /// The value if it fulfils the slot's conditions, else what to say.
    pub(super) fn validated(&self, program: &Program, slot: &Slot, value: SlotValue) -> Reading {
        if let SlotValue::Money(money) = &value
            && money.minor <= 0
        {
            return Reading::Refused(self.phrase("not_positive", &[]));
        }
        let checks = program.checks.get(&slot.name.value).map(Vec::as_slice).unwrap_or_default();
        for (check, validation) in checks.iter().zip(&slot.validate) {
            let held = |name: &str| if name == slot.name.value { Some(&value) } else { self.task()?.value(name) };
            let answer = self.dialogs.scripts.evaluate(check, &program.flow.slots, held, self.share());
            match answer.and_then(|answer| {
                let wrong = || ScriptError::new("not true or false".into(), rhai::Position::NONE);
                answer.as_bool().map_err(|_| wrong())
            }) {
                Ok(true) => {}
                Ok(false) => {
                    let own = (slot.name.value.as_str(), self.spoken(&value, Some(slot)));
                    return Reading::Refused(self.text(&validation.say, &[own]));
                }
                // What can't be checked must not be taken.
                Err(error) => {
                    tracing::warn!(check = check.source.value, error = error.message, "a validation failed to run");
                    return Reading::Refused(self.text(&validation.say, &[]));
                }
            }
        }
        Reading::One(value)
    }

    /// The currency that is meant for a slot when none is said: that of its value, else the household's.
    pub(super) fn currency_for(&self, slot: &Slot) -> Currency {
        match self.task().and_then(|task| task.value(&slot.name.value)) {
            Some(SlotValue::Money(money)) => money.currency,
            _ => self.currency(),
        }
    }
}

/// True if an entity can be a value of the slot.
pub(super) fn fits(entity: &Entity, slot: &Slot) -> bool {
    match (&entity.kind, &slot.kind) {
        (EntityKind::Money, SlotType::Money)
        | (EntityKind::Payee, SlotType::Payee(_))
        | (EntityKind::Provider, SlotType::Provider)
        | (EntityKind::YesNo, SlotType::YesNo)
        | (EntityKind::Number, SlotType::Number)
        | (EntityKind::Date, SlotType::Date)
        | (EntityKind::Rhythm, SlotType::Rhythm)
        | (EntityKind::Period, SlotType::Period) => true,
        (
            EntityKind::Payee | EntityKind::Money | EntityKind::Provider | EntityKind::Rhythm | EntityKind::Date,
            SlotType::StandingOrder,
        ) => true,
        (EntityKind::Choice, SlotType::Choice(_)) => {
            let mut values = entity.value.iter().chain(&entity.alternatives);
            values.any(|value| matches!(value, Value::Id(id) if id.slot.as_deref() == Some(&slot.name.value)))
        }
        _ => false,
    }
}

/// A number with at most two decimals in hundredths.
pub(super) fn hundredths(number: Decimal) -> Option<i64> {
    let hundredths = number.checked_mul(Decimal::ONE_HUNDRED)?;
    if hundredths.fract() == Decimal::ZERO { i64::try_from(hundredths.trunc()).ok() } else { None }
}

/// True if nothing is said but that all of it is meant.
fn wants_all(meaning: &Meaning, slot: &Slot) -> bool {
    const ALL: &[&str] =
        &["all", "all please", "just all", "yes all", "pay all", "all now", "全", "全都", "都", "全部都交"];
    slot.kind == SlotType::Money && ALL.contains(&plain(&meaning.text).as_str())
}

/// True if the words mean "what you suggested".
pub(super) fn accepts_suggestion(meaning: &Meaning, slot: &Slot) -> bool {
    let understood = meaning.entities.iter().flat_map(|entity| &entity.value).any(
        |value| matches!(value, Value::Id(id) if id.id == SUGGESTED && id.slot.as_deref() == Some(&slot.name.value)),
    );
    understood || names_suggestion(&beside_payees(meaning), slot)
}

fn names_suggestion(text: &str, slot: &Slot) -> bool {
    let text = plain(text);
    slot.suggested_by.iter().any(|(_, words)| contains(&text, &plain(&words.value)))
}

/// The wish with a plain bill in the place of each payee: "the whole gas bill" is the whole bill.
fn beside_payees(meaning: &Meaning) -> String {
    let payee = |at: usize| {
        let mut payees = meaning.entities.iter().filter(|entity| entity.kind == EntityKind::Payee);
        payees.find(|entity| (entity.start..entity.end).contains(&at))
    };
    let mut left = String::new();
    for (at, c) in meaning.wish().chars().enumerate() {
        match payee(at) {
            Some(entity) if entity.start == at => left.push_str(if c.is_ascii() { " bill " } else { "账单" }),
            Some(_) => {}
            None => left.push(c),
        }
    }
    left
}

/// True if what will be suggested is accepted before it is: "pay the gas bill in full". "Pay them all" speaks of bills, and of no
/// amount, and a "not" in the same clause refuses it.
pub(super) fn accepts_beforehand(meaning: &Meaning, slot: &Slot) -> bool {
    let text = beside_payees(meaning);
    let several = text.contains('都') || wants_everything(&meaning.text);
    let refuses =
        |clause: &str| ["not", "don t", "dont", "never", "不", "别"].iter().any(|word| contains(&plain(clause), word));
    let accepts = || {
        text.split([',', '.', ';', '，', '。', '；', '、'])
            .any(|clause| names_suggestion(clause, slot) && !refuses(clause))
    };
    !slot.suggested_by.is_empty() && !several && accepts()
}

/// The options whose names occur in the text, and not only as a part of another's: 二月份 is not in 十二月份.
pub(super) fn named_options(text: &str, options: &[ChoiceOption]) -> Vec<SlotValue> {
    let text = plain(text);
    let all = options.iter().flat_map(|option| option.names.iter().map(move |(_, name)| (option, plain(name))));
    let named: Vec<_> = all.filter(|(_, name)| contains(&text, name)).collect();
    let inside = |name: &String| {
        let mut longer = named.iter().filter(|(_, other)| other.len() > name.len() && contains(other, name));
        // Said on its own as well, it is meant as well.
        longer.any(|(_, other)| !contains(&text.replace(other.as_str(), " "), name))
    };
    let meant = |option: &ChoiceOption| named.iter().any(|(of, name)| of.id == option.id && !inside(name));
    options.iter().filter(|option| meant(option)).map(|option| SlotValue::Choice(option.id.clone())).collect()
}
