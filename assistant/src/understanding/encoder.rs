//! What can stand beside the n-grams: an encoder that turns a sentence into a point. Only the trait is here; weights are
//! loaded at the edge, and a room that is pure is handed the finished encoder.

use super::meaning::EntityKind;
use super::money::Spotted;
use super::tokens::Utterance;
use std::fmt::Debug;

/// Turns sentences into points: those that mean the same lie near each other, however they are worded.
///
/// The same sentence has the same point in every run: a conversation can be replayed.
pub trait SentenceEncoder: Send + Sync + Debug {
    /// How many coordinates a point has.
    fn width(&self) -> usize;

    /// The point of a sentence: [`SentenceEncoder::width`] coordinates, length one. `None` if it is in a script that the
    /// encoder does not know: then the n-grams alone decide.
    fn encode(&self, sentence: &str) -> Option<Vec<f32>>;
}

/// What an encoder reads in place of a value, so that "pay Bob fifty" teaches as much as any other payee and amount.
fn stand_in(kind: &EntityKind) -> &'static str {
    match kind {
        EntityKind::Money | EntityKind::Number => "an amount",
        EntityKind::Date => "a day",
        EntityKind::Period => "a month",
        EntityKind::Rhythm => "every month",
        EntityKind::YesNo => "yes",
        EntityKind::Payee => "somebody",
        EntityKind::Provider => "a wallet",
        EntityKind::Choice => "a choice",
    }
}

/// The sentence as an encoder reads it.
pub(super) fn readable(utterance: &Utterance, values: &[Spotted]) -> String {
    let mut text = String::new();
    let mut from = 0;
    for value in values {
        let (start, end) = utterance.place(value.first, value.after);
        if start < from {
            continue;
        }
        text.push_str(&utterance.slice(from, start));
        text.push_str(stand_in(&value.entity.kind));
        from = end;
    }
    text.push_str(&utterance.slice(from, utterance.chars.len()));
    text
}
