//! What was expected of a turn and what came of it, side by side; and how the file would have to read instead.

use super::file::{Conversation, Turn, What};
use super::talk::Said;
use crate::dialog::Place;
use crate::understanding::{Entity, EntityKind, Value};
use serde::Serialize;
use std::collections::BTreeMap;

/// One thing that came otherwise than expected.
#[derive(Clone, Debug, Serialize)]
pub struct Difference {
    /// The turn, from 1; null for what concerns the whole conversation.
    pub turn: Option<usize>,
    /// The line of the expectation in the test file, from 1.
    pub line: usize,
    /// Its column, from 1.
    pub column: usize,
    /// Which expectation: `awaiting`, `slots.amount`, `hears` ...
    pub what: String,
    /// What was expected.
    pub expected: String,
    /// What came instead.
    pub actual: String,
    /// How the file would read right; `None` where only a person can tell.
    #[serde(skip)]
    pub repair: Option<Repair>,
}

/// A change of a test file that makes it expect what came.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Repair {
    /// The text at this place becomes another.
    Replace(Place, String),
    /// The value at this place becomes this list.
    List(Place, Vec<String>),
    /// A key `paid:` with this list is added to the conversation whose name stands at this place.
    AddPaid(Place, Vec<String>),
}

/// What came of a turn.
pub(super) struct Came<'t> {
    pub said: &'t Said,
    pub flow: String,
    pub awaiting: String,
    pub slots: BTreeMap<String, String>,
}

/// What is not as the turn expects it.
pub(super) fn differences(turn: &Turn, came: &Came) -> Vec<Difference> {
    let mut found = Vec::new();
    for expected in &turn.expected {
        let wanted = expected.value.value.as_str();
        let Some(actual) = unlike(&expected.what, wanted, came) else { continue };
        let repair = actual.instead.map(|text| Repair::Replace(expected.value.place, text));
        found.push(Difference {
            turn: Some(came.said.turn),
            line: expected.value.place.line,
            column: expected.value.place.column,
            what: expected.what.name(),
            expected: wanted.to_owned(),
            actual: actual.shown,
            repair,
        });
    }
    found
}

/// What came instead: as it is shown, and what the file would have to say.
struct Actual {
    shown: String,
    instead: Option<String>,
}

/// What came, if it is not what was wanted.
fn unlike(what: &What, wanted: &str, came: &Came) -> Option<Actual> {
    let one = |actual: &str| (actual != wanted).then(|| same(actual));
    match what {
        What::Flow => one(&came.flow),
        What::Awaiting => one(&came.awaiting),
        What::Slot(slot) => one(came.slots.get(slot).map_or("none", String::as_str)),
        What::Hears => hears(wanted, &came.said.heard),
        What::Never => {
            let sentence = came.said.heard.iter().find(|sentence| sentence.contains(wanted))?;
            Some(Actual { shown: sentence.clone(), instead: None })
        }
        What::Intent => {
            let meaning = came.said.meaning.as_ref();
            one(meaning.and_then(|meaning| meaning.intent.as_ref()).map_or("none", |intent| intent.name.as_str()))
        }
        What::Act => {
            let acts = came.said.meaning.iter().flat_map(|meaning| &meaning.acts);
            among(wanted, &acts.map(word).collect::<Vec<_>>())
        }
        What::Entity => {
            let entities = came.said.meaning.iter().flat_map(|meaning| &meaning.entities);
            among(wanted, &entities.map(entity).collect::<Vec<_>>())
        }
        What::Paid => among(wanted, &came.said.paid),
    }
}

fn same(actual: &str) -> Actual {
    Actual { shown: actual.to_owned(), instead: Some(actual.to_owned()) }
}

/// Differs unless one of the sentences, or all of them in a row, has the words in it.
fn hears(wanted: &str, heard: &[String]) -> Option<Actual> {
    if heard.join(" ").contains(wanted) {
        return None;
    }
    let nearest = heard.iter().max_by(|a, b| {
        let near = |sentence: &str| strsim::sorensen_dice(sentence, wanted);
        near(a).total_cmp(&near(b))
    });
    let shown = if heard.is_empty() { "(nothing)".to_owned() } else { heard.join(" ") };
    Some(Actual { shown, instead: nearest.cloned() })
}

/// Differs unless it is one of these; `none` is wanted where there must be nothing.
fn among(wanted: &str, there: &[String]) -> Option<Actual> {
    let fits = if wanted == "none" { there.is_empty() } else { there.iter().any(|one| one == wanted) };
    if fits {
        return None;
    }
    let instead = match there {
        [] => Some("none".to_owned()),
        [only] => Some(only.clone()),
        several => {
            let near = |one: &&String| (strsim::sorensen_dice(one, wanted) * 1000.0) as u32;
            several.iter().max_by_key(near).filter(|_| wanted != "none").cloned()
        }
    };
    Some(Actual { shown: if there.is_empty() { "none".to_owned() } else { there.join(", ") }, instead })
}

/// The payments of the whole conversation, against those that it may begin.
pub(super) fn unpaid(conversation: &Conversation, paid: &[String]) -> Option<Difference> {
    let expected = &conversation.paid;
    if expected.payments == paid {
        return None;
    }
    let shown = |payments: &[String]| if payments.is_empty() { "none".to_owned() } else { payments.join(", ") };
    let place = expected.place.unwrap_or(expected.key);
    Some(Difference {
        turn: None,
        line: place.line,
        column: place.column,
        what: "paid".to_owned(),
        expected: shown(&expected.payments),
        actual: shown(paid),
        repair: Some(match expected.place {
            Some(place) => Repair::List(place, paid.to_vec()),
            None => Repair::AddPaid(conversation.name.place, paid.to_vec()),
        }),
    })
}

/// The name of a kind or an act, as files and JSON have it.
fn word(named: &impl Serialize) -> String {
    serde_json::to_value(named).ok().and_then(|value| value.as_str().map(str::to_owned)).unwrap_or_default()
}

/// A value in words: `money 42.50 USD`, `payee electricity`, `date 2026-11-28`.
fn entity(entity: &Entity) -> String {
    let kind = word(&entity.kind);
    let value = match &entity.value {
        None => "unclear".to_owned(),
        Some(Value::Money(amount)) => match amount.currency {
            Some(currency) => sayso_plugin_interface::Money::new(amount.minor, currency).to_string(),
            None => format!("{}.{:02}", amount.minor / 100, (amount.minor % 100).abs()),
        },
        Some(Value::YesNo(yes)) => (if *yes { "yes" } else { "no" }).to_owned(),
        Some(Value::Rhythm(rhythm)) => rhythm.to_string(),
        Some(Value::Date(day)) => day.to_string(),
        Some(Value::Period(period)) => format!("{} to {}", period.from, period.to),
        Some(Value::Id(id)) => id.id.clone(),
        Some(Value::Number(number)) => number.to_string(),
    };
    debug_assert!(entity.kind != EntityKind::Money || !value.is_empty());
    format!("{kind} {value}")
}
