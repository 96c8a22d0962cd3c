//! The form of a conversation file: who says what, and what must come of it.

use jiff::civil::Date;
use sayso::lang::Lang;
use serde::Deserialize;
use std::collections::BTreeMap;

/// One file: conversations about one hazard.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct File {
    /// What was paid before.
    #[serde(default)]
    pub history: Vec<Paid>,
    /// The conversations.
    pub conversations: Vec<Conversation>,
}

/// A payment that was made before.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Paid {
    /// The payee's id.
    pub payee: String,
    /// How much, as `42.50 USD`.
    pub amount: String,
    /// When.
    pub day: Date,
    /// True if its outcome is not known yet.
    #[serde(default)]
    pub open: bool,
}

/// One conversation.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Conversation {
    /// What it is about.
    pub name: String,
    /// Its language.
    pub lang: Lang,
    /// Its turns.
    pub turns: Vec<Turn>,
    /// Every payment that it may begin, as `42.50 USD to electricity with stripe`; none if left out.
    #[serde(default)]
    pub paid: Vec<String>,
}

/// One turn: what is said, and what must come of it. What is left out does not matter.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Turn {
    /// The person's words; empty for silence.
    #[serde(default)]
    pub said: String,
    /// Seconds that pass before they are said.
    #[serde(default)]
    pub after: i64,
    /// What the provider does with a payment that this turn begins: an outcome's name, `declined` perhaps with a reason
    /// behind it (`declined insufficient_funds`).
    pub outcome: Option<String>,
    /// The flow that is led afterwards; `none` if none is.
    pub flow: Option<String>,
    /// What is awaited afterwards; `none` if nothing is.
    pub awaiting: Option<String>,
    /// Slots with their values in plain characters.
    #[serde(default)]
    pub slots: BTreeMap<String, String>,
    /// Parts of what the person hears (in writing).
    #[serde(default)]
    pub hears: Vec<String>,
    /// What the person must not hear.
    #[serde(default)]
    pub never: Vec<String>,
}
