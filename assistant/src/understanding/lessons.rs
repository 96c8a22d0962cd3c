//! What the classifier learns from: the flows' examples, sentences made from their templates, and what belongs to no flow.

use super::classifier::{Classifier, Feature, Lesson, Sentence, background};
use super::encoder::SentenceEncoder;
use super::meaning::{Entity, EntityKind};
use super::money::Spotted;
use super::teaching::{SlotKind, TaughtIntent};
use super::templates::grammar::{self, Piece};
use super::tokens::Utterance;
use std::collections::HashSet;
use std::sync::Arc;

/// How many sentences are made from one template, and how many where there are many flows.
const SENTENCES_PER_TEMPLATE: u64 = 8;
const SENTENCES_PER_TEMPLATE_OF_MANY: u64 = 2;
/// From so many flows on there are many.
const MANY_FLOWS: usize = 30;
/// So many sentences that belong to no flow are learnt however little the flows teach.
const BACKGROUND_MIN: usize = 220;
/// A character of the private-use area stands for a slot in a made sentence; the kinds of value follow from here.
const PLACEHOLDER: u32 = 0xe000;

const KINDS: [EntityKind; 8] = [
    EntityKind::Money,
    EntityKind::Number,
    EntityKind::Date,
    EntityKind::YesNo,
    EntityKind::Payee,
    EntityKind::Provider,
    EntityKind::Choice,
    EntityKind::Rhythm,
];

/// Trains the classifier; `None` where there is nothing to tell apart. `values` finds the values of a sentence.
pub(super) fn learn(
    intents: &[TaughtIntent],
    values: impl Fn(&Utterance, crate::lang::Lang) -> Vec<Spotted>,
    encoder: Option<Arc<dyn SentenceEncoder>>,
) -> Option<Classifier> {
    let mut lessons: Vec<Lesson> = Vec::new();
    let read = encoder.is_some();
    let many = intents.len() >= MANY_FLOWS;
    let each = if many { SENTENCES_PER_TEMPLATE_OF_MANY } else { SENTENCES_PER_TEMPLATE };
    for intent in intents {
        for (lang, text) in sentences(intent, each) {
            let utterance = Utterance::new(&text);
            let mut found = placeholders(&utterance);
            found.extend(values(&utterance, lang));
            found.sort_by_key(|value| value.first);
            let sentence = Sentence { utterance: &utterance, values: &found };
            lessons.push(Lesson::new(sentence, Some(intent.name.clone()), read));
        }
    }
    if lessons.is_empty() {
        return None;
    }
    let known: HashSet<Vec<Feature>> = lessons.iter().map(|lesson| words(&lesson.features)).collect();
    // Where little was taught, what belongs to nothing must not drown it.
    let most = lessons.len().max(BACKGROUND_MIN);
    for text in background().take(most) {
        let lang = if text.is_ascii() { crate::lang::Lang::En } else { crate::lang::Lang::Zh };
        let utterance = Utterance::new(text);
        let found = values(&utterance, lang);
        let lesson = Lesson::new(Sentence { utterance: &utterance, values: &found }, None, read);
        // What a flow is asked for with belongs to that flow.
        if !known.contains(&words(&lesson.features)) {
            lessons.push(lesson);
        }
    }
    Some(Classifier::train(lessons, many, encoder))
}

/// The words among features, in one order.
fn words(features: &[Feature]) -> Vec<Feature> {
    let mut words: Vec<Feature> = features.iter().copied().filter(|(_, word)| *word).collect();
    words.sort_unstable();
    words
}

/// Every example, and a few sentences from each template, slots as placeholders.
fn sentences(intent: &TaughtIntent, each: u64) -> Vec<(crate::lang::Lang, String)> {
    let mut all = Vec::new();
    for (lang, example) in &intent.examples {
        let text = grammar::parse(example).map_or_else(|_| example.clone(), |pieces| spell(&pieces, intent, &mut 1));
        all.push((*lang, text));
    }
    for (lang, template) in &intent.templates {
        let Ok(pieces) = grammar::parse(template) else { continue };
        let mut made: Vec<String> = Vec::new();
        for seed in 0..each {
            let text = spell(&pieces, intent, &mut (seed * 7919 + 1));
            if !made.contains(&text) {
                made.push(text);
            }
        }
        all.extend(made.into_iter().map(|text| (*lang, text)));
    }
    all
}

/// One sentence of a template; `state` chooses between the alternatives.
fn spell(pieces: &[Piece], intent: &TaughtIntent, state: &mut u64) -> String {
    let mut text = String::new();
    for piece in pieces {
        match piece {
            Piece::Words(words) => text.push_str(words),
            Piece::Slot(name) => {
                let kind = intent.slots.iter().find(|(slot, _)| slot == name).map(|(_, kind)| kind);
                if let Some(SlotKind::Entity(kind)) = kind {
                    text.extend(placeholder(kind));
                }
            }
            Piece::OneOf { options, optional } => {
                *state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
                let count = options.len() + usize::from(*optional);
                let pick = usize::try_from(*state >> 40).unwrap_or(0) % count.max(1);
                text.push_str(&options.get(pick).map_or_else(String::new, |option| spell(option, intent, state)));
            }
        }
        text.push(' ');
    }
    text
}

fn placeholder(kind: &EntityKind) -> Option<char> {
    let at = KINDS.iter().position(|known| known == kind)?;
    char::from_u32(PLACEHOLDER + u32::try_from(at).ok()?)
}

/// The placeholders of a made sentence, as values.
fn placeholders(utterance: &Utterance) -> Vec<Spotted> {
    let kind = |c: char| KINDS.get(usize::try_from(u32::from(c).checked_sub(PLACEHOLDER)?).ok()?).cloned();
    let spotted = |(at, token): (usize, &super::tokens::Token)| {
        let entity = Entity {
            kind: kind(token.sign)?,
            start: token.start,
            end: token.end,
            text: String::new(),
            value: None,
            alternatives: Vec::new(),
            ambiguous: true,
        };
        Some(Spotted { first: at, after: at + 1, shorter: None, entity })
    };
    utterance.tokens.iter().enumerate().filter_map(spotted).collect()
}
