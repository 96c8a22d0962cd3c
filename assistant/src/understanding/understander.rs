//! The door of the room: everything is prepared once from the teaching, then each utterance costs microseconds.

use super::acts::{Acts, Asked, Done};
use super::classifier::Classifier;
use super::encoder::SentenceEncoder;
use super::meaning::{Act, Entity, EntityKind, IntentGuess, Meaning, Value};
use super::money::amount::Sight;
use super::money::units::Units;
use super::money::{self, Spotted};
use super::mood::Payers;
use super::names::{self, Names};
use super::repair;
use super::teaching::{Expectation, TaughtIntent, Teaching};
use super::templates::{Placed, Templates};
use super::tokens::Utterance;
use super::{dates, elliptical, intent, lessons, told_along};
use crate::lang::Lang;
use jiff::civil::Date;
use std::sync::{Arc, OnceLock};

/// Understands utterances by what it was taught at load. Cheap to ask and deterministic; nothing in it changes but that its
/// classifier is trained once, when it is first needed.
#[derive(Clone, Debug)]
pub struct Understander {
    units: Units,
    pub(super) names: Names,
    pub(super) acts: Acts,
    pub(super) templates: Templates,
    learning: Arc<Learning>,
}

/// What the classifier learns from, and the classifier once it is needed: most sentences are templates, and a conversation
/// can begin before it is trained.
#[derive(Debug)]
struct Learning {
    intents: Vec<TaughtIntent>,
    encoder: Option<Arc<dyn SentenceEncoder>>,
    classifier: OnceLock<Option<Classifier>>,
    payers: OnceLock<Payers>,
}

/// One utterance cut up, with the values and acts in it: what intents are told from.
pub(super) struct Heard {
    pub(super) utterance: Utterance,
    /// What the person did not take back.
    pub(super) values: Vec<Spotted>,
    /// Which tokens they did.
    pub(super) taken_back: Vec<bool>,
    pub(super) done: Vec<Done>,
    /// Which tokens only tell along, and wish for nothing.
    pub(super) told_along: Vec<bool>,
}

impl Understander {
    /// Learns the flows' sentences and the names of things.
    #[must_use]
    pub fn new(teaching: &Teaching) -> Self {
        Self::with_encoder(teaching, None)
    }

    /// The same, with an encoder to tell free sentences apart that share no words with the taught ones.
    #[must_use]
    pub fn with_encoder(teaching: &Teaching, encoder: Option<Arc<dyn SentenceEncoder>>) -> Self {
        let intents = teaching.intents.clone();
        Understander {
            units: Units::new(),
            names: Names::new(&teaching.names),
            acts: Acts::new(),
            templates: Templates::new(&teaching.intents),
            learning: Arc::new(Learning { intents, encoder, classifier: OnceLock::new(), payers: OnceLock::new() }),
        }
    }

    /// Trains the classifier now, if it has not been trained; else the first sentence that is no template waits for it, some
    /// tenths of a second.
    pub fn learn(&self) {
        self.classifier();
        self.payers();
    }

    /// The intents that pay.
    fn payers(&self) -> &Payers {
        self.learning.payers.get_or_init(|| Payers::new(&self.learning.intents))
    }

    /// The classifier; `None` where there is nothing to tell apart.
    pub(super) fn classifier(&self) -> Option<&Classifier> {
        let Learning { intents, encoder, classifier, .. } = &*self.learning;
        let train = || {
            let anything = Expectation::default();
            let day = Date::constant(2000, 1, 1);
            let values = |utterance: &Utterance, lang: Lang| {
                let names = self.names.find_written(utterance);
                self.values_beside(names, utterance, lang, day, &anything)
            };
            lessons::learn(intents, values, encoder.clone())
        };
        classifier.get_or_init(train).as_ref()
    }

    /// What `text`, said in `lang` on the day `today`, means where `expect` is waited for.
    ///
    /// Every value that can be read in two ways is marked ambiguous; nothing is guessed.
    #[must_use]
    pub fn understand(&self, text: &str, lang: Lang, today: Date, expect: &Expectation) -> Meaning {
        let Heard { utterance, mut values, taken_back, done, told_along } = self.hear(text, lang, today, expect);
        let placed: Vec<Placed> = values.iter().map(placed_value).collect();
        let matched = self.templates.find(&utterance, &placed, &taken_back);
        for amount in matched.first().map_or(&[][..], |best| best.amounts.as_slice()) {
            if let Some(value) = values.get_mut(*amount) {
                money::number_as_amount(&mut value.entity);
            }
        }
        let mut guesses: Vec<IntentGuess> = matched.into_iter().map(|matched| matched.guess).collect();
        let stranger = if guesses.is_empty() { stranger(&utterance, &values) } else { None };
        if let Some(with) = &stranger {
            let placed: Vec<Placed> = with.iter().map(placed_value).collect();
            let found = self.templates.find(&utterance, &placed, &taken_back).into_iter();
            guesses = found.map(|matched| IntentGuess { slots: Vec::new(), ..matched.guess }).collect();
        }
        let whole = !guesses.is_empty();
        if !whole
            && intent::says_enough(&utterance, &values, &done, &taken_back)
            && let Some(classifier) = self.classifier()
        {
            guesses = intent::guess(classifier, &utterance, stranger.as_ref().unwrap_or(&values));
            self.payers().hold_back(&utterance, &values, &mut guesses);
            intent::drop_unlikely(&mut guesses);
        }
        if guesses.is_empty()
            && elliptical::at_rest(expect)
            && elliptical::asks_to_pay(&utterance, &values, &told_along)
        {
            guesses = elliptical::guesses(&utterance, &self.learning.intents, &mut values);
        }
        let mut entities: Vec<Entity> = values.into_iter().map(|spotted| spotted.entity).collect();
        add_answers(&utterance, &done, &mut entities, &mut guesses);
        let acts = done.iter().map(|done| done.act).collect();
        let (intent, rivals) = intent::settle(guesses, whole);
        let (taken_back, told_along) = (stretches(&utterance, &taken_back), stretches(&utterance, &told_along));
        Meaning { text: text.to_owned(), intent, rivals, acts, entities, taken_back, told_along }
    }

    /// Cuts `text` up and finds what stands in it.
    pub(super) fn hear(&self, text: &str, lang: Lang, today: Date, expect: &Expectation) -> Heard {
        let utterance = Utterance::new(text);
        let found = self.values(&utterance, lang, today, expect);
        let mut marks = marks(utterance.len(), &found);
        let count = found.len();
        let (mut values, taken_back) = repair::withdraw(&utterance, found);
        money::leave_open(&utterance, &mut values);
        let whole = values.len() == count;
        let (values, told_along) = told_along::take_out(&utterance, values);
        marks.iter_mut().zip(&told_along).for_each(|(mark, along)| *mark &= !along);
        let answer = expect.consent || expect.kinds.contains(&EntityKind::YesNo);
        let restated = expect.consent && whole && values.iter().all(may_be_restated);
        let done = self.acts.find(&utterance, &marks, Asked { answer, restated });
        Heard { utterance, values, taken_back, done, told_along }
    }

    /// Names, days and amounts in the order said; none overlaps another, but for a day that is an option's name too.
    fn values(&self, utterance: &Utterance, lang: Lang, today: Date, expect: &Expectation) -> Vec<Spotted> {
        self.values_beside(self.names.find(utterance, expect), utterance, lang, today, expect)
    }

    /// The names that were found, and the days and amounts beside them.
    fn values_beside(
        &self,
        mut found: Vec<Spotted>,
        utterance: &Utterance,
        lang: Lang,
        today: Date,
        expect: &Expectation,
    ) -> Vec<Spotted> {
        // 最少五十块: a hedge, even where a flow calls an option 最少.
        let option = |spotted: &Spotted| spotted.entity.kind == EntityKind::Choice;
        found.retain(|spotted| !option(spotted) || !money::hedges(utterance, spotted.first, spotted.after));
        let taken = marks(utterance.len(), &found);
        let payees: Vec<Spotted> =
            found.iter().filter(|spotted| spotted.entity.kind == EntityKind::Payee).cloned().collect();
        let named = marks(utterance.len(), &payees);
        found.extend(dates::rhythms::rhythms(&utterance.without(&taken), &taken));
        add_dates(utterance, today, &mut found);
        // The 2024 of "in 2024" is no amount.
        add_periods(utterance, today, &mut found);
        let taken = marks(utterance.len(), &found);
        let rest = utterance.without(&taken);
        let sight = Sight {
            utterance: &rest,
            units: &self.units,
            lang,
            currency: expect.currency,
            expected: expect.kinds.contains(&EntityKind::Money),
            counted: expect.kinds.contains(&EntityKind::Number) && !expect.kinds.contains(&EntityKind::Money),
            taken: &taken,
            named: &named,
        };
        found.extend(money::amounts(&sight));
        found.sort_by_key(|spotted| spotted.first);
        found
    }
}

/// Adds days. A flow may call an option by a day ("yesterday"): then both are there, and the flow that goes on takes what
/// it needs. An option within a longer day ("the day before yesterday") is none.
fn add_dates(utterance: &Utterance, today: Date, found: &mut Vec<Spotted>) {
    let is_option = |spotted: &Spotted| spotted.entity.kind == EntityKind::Choice;
    let fixed: Vec<Spotted> = found.iter().filter(|spotted| !is_option(spotted)).cloned().collect();
    let taken = marks(utterance.len(), &fixed);
    for date in dates::dates(&utterance.without(&taken), today, &taken) {
        let same = |other: &Spotted| (other.first, other.after) == (date.first, date.after);
        let meets = |other: &Spotted| is_option(other) && other.first < date.after && date.first < other.after;
        let within = |other: &Spotted| date.first <= other.first && other.after <= date.after;
        if found.iter().all(|other| !meets(other) || within(other)) {
            found.retain(|other| !meets(other) || same(other));
            found.push(date);
        }
    }
}

/// Adds stretches of days that no other value covers. Options within a longer stretch are none: the "in March" of "in March
/// 2024", the two months of 三月份到五月份.
fn add_periods(utterance: &Utterance, today: Date, found: &mut Vec<Spotted>) {
    let is_option = |spotted: &Spotted| spotted.entity.kind == EntityKind::Choice;
    let fixed: Vec<Spotted> = found.iter().filter(|spotted| !is_option(spotted)).cloned().collect();
    for period in dates::periods(utterance, today, &marks(utterance.len(), &fixed)) {
        let within = |other: &Spotted| period.first <= other.first && other.after <= period.after;
        let same = |other: &Spotted| (other.first, other.after) == (period.first, period.after);
        found.retain(|other| !is_option(other) || !within(other) || same(other));
        if found.iter().all(|other| other.after <= period.first || period.after <= other.first) {
            found.push(period);
        }
    }
}

/// The values with somebody whom nobody knows as one more: "send Ellis twenty dollars" asks for what "send Alice twenty
/// dollars" does, though nobody is called so. `None` where nobody is named.
pub(super) fn stranger(utterance: &Utterance, values: &[Spotted]) -> Option<Vec<Spotted>> {
    let marks = marks(utterance.len(), values);
    let is_value = |at: usize| marks.get(at).copied().unwrap_or(false);
    let (first, after) = names::stranger::place(utterance, &is_value)?;
    let (start, end) = utterance.place(first, after);
    let (text, kind, ambiguous) = (utterance.slice(start, end), EntityKind::Payee, true);
    let entity = Entity { kind, start, end, text, value: None, alternatives: Vec::new(), ambiguous };
    let mut all = values.to_vec();
    all.push(Spotted { first, after, shorter: None, entity });
    all.sort_by_key(|value| value.first);
    Some(all)
}

pub(super) fn placed_value(value: &Spotted) -> Placed {
    Placed { first: value.first, after: value.after, shorter: value.shorter, kind: value.entity.kind.clone() }
}

/// Adds yes and no as values in their places, and moves the guesses' indices along.
fn add_answers(utterance: &Utterance, done: &[Done], entities: &mut Vec<Entity>, guesses: &mut [IntentGuess]) {
    for answer in done.iter().filter_map(|done| yes_no(utterance, *done)) {
        insert(answer, entities, guesses);
    }
}

/// Puts a value in its place and moves the guesses' indices along.
fn insert(entity: Entity, entities: &mut Vec<Entity>, guesses: &mut [IntentGuess]) {
    let at = entities.partition_point(|other| other.start < entity.start);
    entities.insert(at, entity);
    for (_, index) in guesses.iter_mut().flat_map(|guess| guess.slots.iter_mut()) {
        *index += usize::from(*index >= at);
    }
}

/// True for a value that may be said once more with a yes: what a read-back names, and sure.
fn may_be_restated(value: &Spotted) -> bool {
    use EntityKind::{Date, Money, Number, Payee, Provider, Rhythm};
    let named = matches!(value.entity.kind, Money | Number | Payee | Provider | Date | Rhythm);
    named && !value.entity.ambiguous
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

/// The marked tokens as stretches of characters.
fn stretches(utterance: &Utterance, marks: &[bool]) -> Vec<(usize, usize)> {
    let mut found: Vec<(usize, usize)> = Vec::new();
    for (at, _) in marks.iter().enumerate().filter(|(_, mark)| **mark) {
        let (start, end) = utterance.place(at, at + 1);
        match found.last_mut().filter(|_| at > 0 && marks.get(at - 1) == Some(&true)) {
            Some(last) => last.1 = end,
            None => found.push((start, end)),
        }
    }
    found
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
