//! What an utterance was understood to mean: the types between understanding and the dialog.

use crate::schedule::Rhythm;
use jiff::civil::Date;
use rust_decimal::Decimal;
use sayso_plugin_interface::{Currency, Money};
use serde::{Deserialize, Serialize};

/// What one utterance means, with every reading that it allows.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Meaning {
    /// The utterance as it was heard or typed; offsets count its characters.
    pub text: String,
    /// What the person wants, where one of the flows was recognised.
    pub intent: Option<IntentGuess>,
    /// Other intents that are nearly as likely, the likeliest first; to be asked about.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub rivals: Vec<IntentGuess>,
    /// What the utterance does to the conversation (yes, cancel, repeat ...), in the order said.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub acts: Vec<Act>,
    /// Values found, in the order said. What the person took back in the same breath is not among them.
    pub entities: Vec<Entity>,
    /// The stretches that the person took back in the same breath ("fifty, no," before "sixty"): first character, and one
    /// past the last.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub taken_back: Vec<(usize, usize)>,
    /// The stretches that only tell along why, or what is to become of the rest ("because my card is empty"), as `taken_back`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub told_along: Vec<(usize, usize)>,
}

impl Meaning {
    /// The text without what is only told along.
    #[must_use]
    pub fn wish(&self) -> String {
        let along = |at: usize| self.told_along.iter().any(|(start, end)| (*start..*end).contains(&at));
        self.text.chars().enumerate().map(|(at, c)| if along(at) { ' ' } else { c }).collect()
    }
}

/// A flow that the person may want.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct IntentGuess {
    /// The flow's name.
    pub name: String,
    /// How sure, in thousandths: 1000 for a whole-sentence template. (JSON shows 0 to 1.)
    #[serde(rename = "confidence", with = "thousandths")]
    pub confidence_milli: u16,
    /// Values that a template bound to a slot by name: (slot, index into [`Meaning::entities`]).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub slots: Vec<(String, usize)>,
}

mod thousandths {
    use serde::{Deserialize as _, Deserializer, Serializer};
    pub fn serialize<S: Serializer>(milli: &u16, s: S) -> Result<S::Ok, S::Error> {
        s.serialize_f64(f64::from(*milli) / 1000.0)
    }
    pub fn deserialize<'de, D: Deserializer<'de>>(d: D) -> Result<u16, D::Error> {
        let value = f64::deserialize(d)?;
        if !(0.0..=1.0).contains(&value) {
            return Err(serde::de::Error::custom("a confidence is from 0 to 1"));
        }
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
        Ok((value * 1000.0).round() as u16)
    }
}

/// Something that an utterance does to the conversation, wherever it stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Act {
    /// A clear yes to what was asked. Never set for a hedged or corrected yes ("yes, but make it fifty"). Where a payment was
    /// read back, values may be said with it; whether they are the payment's is for the dialog to see.
    Yes,
    /// A no to what was asked.
    No,
    /// Stop all this.
    Cancel,
    /// Say it again.
    Repeat,
    /// What can I do here?
    Help,
    /// One step back.
    Back,
    /// From the beginning.
    StartOver,
    /// The values in this utterance replace what was understood before ("no, make it fifty", 改成八十).
    Correct,
    /// Give me a moment.
    Wait,
    /// I want a human.
    Human,
    /// I would rather not answer this question.
    Skip,
}

/// One value in an utterance, with its place.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Entity {
    /// What kind of value.
    #[serde(rename = "type")]
    pub kind: EntityKind,
    /// First character (not byte) of it in the text.
    pub start: usize,
    /// One past its last character.
    pub end: usize,
    /// The characters between.
    pub text: String,
    /// The value, when there is exactly one reading; null when ambiguous.
    pub value: Option<Value>,
    /// All readings, the likeliest first, when there is more than one; else empty.
    pub alternatives: Vec<Value>,
    /// True if it must be asked about before it is used.
    pub ambiguous: bool,
}

/// The kinds of value that are found in utterances.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum EntityKind {
    /// An amount of money.
    Money,
    /// A plain number.
    Number,
    /// A day.
    Date,
    /// A stretch of days: "last month", 今年.
    Period,
    /// How often something comes again.
    Rhythm,
    /// A yes or a no.
    YesNo,
    /// Somebody of the household's list.
    Payee,
    /// A provider of the configuration.
    Provider,
    /// One of a slot's choices.
    Choice,
}

/// A value. In JSON each is written bare: the kind stands in the entity.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Value {
    /// An amount, its currency perhaps unsaid.
    Money(Amount),
    /// A day.
    Date(Date),
    /// A stretch of days.
    Period(Period),
    /// How often something comes again.
    Rhythm(Rhythm),
    /// Yes or no.
    YesNo(bool),
    /// A payee, provider or choice by id.
    Id(Id),
    /// A number.
    Number(Decimal),
}

/// The id of a payee, provider or choice; `slot` names the choice's slot.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Id {
    /// The id.
    pub id: String,
    /// The slot whose choice it is; only for choices.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub slot: Option<String>,
}

/// A stretch of days, both ends included.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Period {
    /// Its first day.
    pub from: Date,
    /// Its last day.
    pub to: Date,
}

/// An amount as it was said.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Amount {
    /// Minor units of `currency`; hundredths when no currency was said.
    pub minor: i64,
    /// The currency, where one was said.
    pub currency: Option<Currency>,
}

impl Amount {
    /// The amount with `currency` filled in where none was said; `None` if it would need a fraction of a minor unit
    /// or does not fit.
    #[must_use]
    pub fn in_currency(self, currency: Currency) -> Option<Money> {
        let Some(said) = self.currency else {
            return match currency.exponent() {
                0 if self.minor % 100 != 0 => None,
                0 => Some(Money::new(self.minor / 100, currency)),
                2 => Some(Money::new(self.minor, currency)),
                more => Some(Money::new(self.minor.checked_mul(10_i64.pow(more - 2))?, currency)),
            };
        };
        Some(Money::new(self.minor, said))
    }
}
