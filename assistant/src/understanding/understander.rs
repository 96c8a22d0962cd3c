//! The door of the room: everything is prepared once from the teaching, then each utterance costs microseconds.

use super::meaning::{EntityKind, Meaning};
use super::money::amount::Sight;
use super::money::units::Units;
use super::money::{self};
use super::teaching::{Expectation, Teaching};
use super::tokens::Utterance;
use crate::lang::Lang;
use jiff::civil::Date;

/// Understands utterances by what it was taught at load. Cheap to ask, deterministic, and without any state that changes.
#[derive(Clone, Debug)]
pub struct Understander {
    units: Units,
}

impl Understander {
    /// Learns the flows' sentences and the names of things.
    #[must_use]
    pub fn new(_teaching: &Teaching) -> Self {
        Understander { units: Units::new() }
    }

    /// What `text`, said in `lang` on the day `today`, means where `expect` is waited for.
    ///
    /// Every value that can be read in two ways is marked ambiguous; nothing is guessed.
    #[must_use]
    pub fn understand(&self, text: &str, lang: Lang, _today: Date, expect: &Expectation) -> Meaning {
        let utterance = Utterance::new(text);
        let taken = vec![false; utterance.len()];
        let sight = Sight {
            utterance: &utterance,
            units: &self.units,
            lang,
            currency: expect.currency,
            expected: expect.kinds.contains(&EntityKind::Money),
            taken: &taken,
        };
        let spotted = money::amounts(&sight);
        let entities = spotted.into_iter().map(|spotted| spotted.entity).collect();
        Meaning { text: text.to_owned(), entities, ..Meaning::default() }
    }
}
