//! The door of the room: everything is prepared once from the teaching, then each utterance costs microseconds.

use super::acts::{Acts, Done};
use super::dates;
use super::meaning::{Act, Entity, EntityKind, Meaning, Value};
use super::money::amount::Sight;
use super::money::units::Units;
use super::money::{self, Spotted};
use super::names::Names;
use super::repair;
use super::teaching::{Expectation, Teaching};
use super::tokens::Utterance;
use crate::lang::Lang;
use jiff::civil::Date;

/// Understands utterances by what it was taught at load. Cheap to ask, deterministic, and without any state that changes.
#[derive(Clone, Debug)]
pub struct Understander {
    units: Units,
    names: Names,
    acts: Acts,
}

impl Understander {
    /// Learns the flows' sentences and the names of things.
    #[must_use]
    pub fn new(teaching: &Teaching) -> Self {
        Understander { units: Units::new(), names: Names::new(&teaching.names), acts: Acts::new() }
    }

    /// What `text`, said in `lang` on the day `today`, means where `expect` is waited for.
    ///
    /// Every value that can be read in two ways is marked ambiguous; nothing is guessed.
    #[must_use]
    pub fn understand(&self, text: &str, lang: Lang, today: Date, expect: &Expectation) -> Meaning {
        let utterance = Utterance::new(text);
        let found = self.values(&utterance, lang, today, expect);
        let marks = marks(utterance.len(), &found);
        let asked = expect.consent || expect.kinds.contains(&EntityKind::YesNo);
        let done = self.acts.find(&utterance, &marks, asked);
        let values = repair::withdraw(&utterance, found);
        let mut entities: Vec<Entity> = values.into_iter().map(|spotted| spotted.entity).collect();
        entities.extend(done.iter().filter_map(|done| yes_no(&utterance, *done)));
        entities.sort_by_key(|entity| entity.start);
        let acts = done.iter().map(|done| done.act).collect();
        Meaning { text: text.to_owned(), acts, entities, ..Meaning::default() }
    }

    /// Names, days and amounts in the order said; none overlaps another.
    fn values(&self, utterance: &Utterance, lang: Lang, today: Date, expect: &Expectation) -> Vec<Spotted> {
        let mut found = self.names.find(utterance, expect);
        let taken = marks(utterance.len(), &found);
        found.extend(dates::dates(utterance, today, &taken));
        let taken = marks(utterance.len(), &found);
        let sight = Sight {
            utterance,
            units: &self.units,
            lang,
            currency: expect.currency,
            expected: expect.kinds.contains(&EntityKind::Money),
            taken: &taken,
        };
        found.extend(money::amounts(&sight));
        found.sort_by_key(|spotted| spotted.first);
        found
    }
}

/// Which tokens belong to a value.
fn marks(count: usize, found: &[Spotted]) -> Vec<bool> {
    let mut marks = vec![false; count];
    for spotted in found {
        for mark in marks.iter_mut().take(spotted.after).skip(spotted.first) {
            *mark = true;
        }
    }
    marks
}

/// A yes or no as a value, so that a slot can be filled with it.
fn yes_no(utterance: &Utterance, done: Done) -> Option<Entity> {
    let said = match done.act {
        Act::Yes => true,
        Act::No => false,
        _ => return None,
    };
    let (start, end) = utterance.place(done.first, done.after);
    let text = utterance.slice(start, end);
    let value = Some(Value::YesNo(said));
    Some(Entity { kind: EntityKind::YesNo, start, end, text, value, alternatives: Vec::new(), ambiguous: false })
}
