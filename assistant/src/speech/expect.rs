//! Listening with expectation, the part without sound: what a conversation offers to be held against it, and how likely each
//! reading is once the recogniser has scored it. Pure.

use super::patience::{Awaited, Lean};
use crate::lang::Lang;
use std::fmt;

/// What one thing that is known or was asked for adds to the logarithm of a reading's probability: it is worth as much
/// as the sound being about three times as likely.
const KNOWN: f32 = 1.2;
/// The sound's log-probabilities are divided by this: decoders are surer than they are right.
const CALM: f32 = 1.3;
/// A reading that is less likely than this is dropped, in thousandths.
const LEAST_MILLI: u16 = 20;
/// The most readings that are handed on.
const READINGS_MAX: usize = 5;

/// No yes has to be heard more surely, whatever money it moves, in thousandths.
pub const SURE_YES_MILLI: u16 = 950;

/// A text to be held against the sound.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Offer {
    /// The words.
    pub text: String,
    /// How many things in it are known or were asked for.
    pub known: u8,
}

/// Whole utterances among which a second listener chooses when a yes would move money.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Answers {
    /// Those that agree.
    pub yes: Vec<String>,
    /// Those that refuse, steer, or have nothing to do with it.
    pub other: Vec<String>,
}

/// A place in what was heard where an amount was said, or must have been.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Blank {
    /// The words before it.
    pub before: String,
    /// The words behind it.
    pub after: String,
}

/// What a conversation knows about the next utterance.
pub trait Expect: fmt::Debug + Send + Sync {
    /// What may have been said where a recogniser heard `heard` freely, that text itself first.
    fn offers(&self, heard: &str, lang: Lang) -> Vec<Offer>;

    /// Where in `heard` an amount is to be written down once more by a listener who writes amounts and nothing else; `None` where
    /// none was said, none is thought of, or amounts are heard well enough without.
    fn blanks(&self, heard: &str, lang: Lang) -> Option<Vec<Blank>>;

    /// The characters that may stand in such an amount.
    fn amount_characters(&self) -> &'static str;

    /// Whether a text is no beginning of an amount (`None`), one that needs more (`false`), or a whole one (`true`).
    fn amount(&self, text: &str) -> Option<bool>;

    /// Whether these words would agree to what was read back.
    fn agrees(&self, text: &str, lang: Lang) -> bool;

    /// The answers among which a second listener is to choose; `None` where a yes moves no money.
    fn answers(&self, lang: Lang) -> Option<Answers>;

    /// What kind of answer is waited for.
    fn awaited(&self) -> Awaited;

    /// What the words before a pause say about whether more will come.
    fn lean(&self, text: &str, lang: Lang) -> Lean;
}

/// One text that may have been said.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reading {
    /// The words.
    pub text: String,
    /// Its probability in thousandths, of all that were thought of together.
    pub probability_milli: u16,
}

impl Reading {
    /// The only reading.
    #[must_use]
    pub fn sure(text: &str) -> Self {
        Reading { text: text.to_owned(), probability_milli: 1000 }
    }
}

/// Offers with the natural logarithm of the sound's probability of each, as readings: the likeliest first, unlikely ones
/// left out. Nothing that could be scored gives nothing.
#[must_use]
pub fn combine(scored: &[(Offer, f32)]) -> Vec<Reading> {
    let weight = |(offer, score): &(Offer, f32)| score / CALM + f32::from(offer.known) * KNOWN;
    let weights: Vec<f32> = scored.iter().map(weight).collect();
    let shares = softmax(&weights);
    let mut readings: Vec<Reading> = Vec::new();
    for ((offer, _), share) in scored.iter().zip(shares) {
        let probability_milli = milli(share);
        if probability_milli >= LEAST_MILLI && readings.iter().all(|known| known.text != offer.text) {
            readings.push(Reading { text: offer.text.clone(), probability_milli });
        }
    }
    readings.sort_by_key(|reading| std::cmp::Reverse(reading.probability_milli));
    readings.truncate(READINGS_MAX);
    readings
}

/// How likely it is that one of the answers that agree was said, in thousandths, from the natural logarithms of the
/// sound's probabilities of those that agree and of everything else that was thought of, silence included.
#[must_use]
pub fn yes_milli(yes: &[f32], other: &[f32]) -> u16 {
    let all: Vec<f32> = yes.iter().chain(other).copied().collect();
    let shares = softmax(&all);
    milli(shares.iter().take(yes.len()).sum())
}

/// Shares of one. What is not a number, or all infinitely unlikely, has none.
fn softmax(weights: &[f32]) -> Vec<f32> {
    let usable = |weight: &f32| if weight.is_nan() { f32::NEG_INFINITY } else { *weight };
    let largest = weights.iter().map(usable).fold(f32::NEG_INFINITY, f32::max);
    if !largest.is_finite() {
        return vec![0.0; weights.len()];
    }
    let parts: Vec<f32> = weights.iter().map(|weight| (usable(weight) - largest).exp()).collect();
    let sum: f32 = parts.iter().sum();
    parts.into_iter().map(|part| part / sum).collect()
}

fn milli(share: f32) -> u16 {
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "from 0 to 1000")]
    let milli = (share.clamp(0.0, 1.0) * 1000.0).round() as u16;
    milli
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn offer(text: &str, known: u8) -> Offer {
        Offer { text: text.to_owned(), known }
    }

    #[test]
    fn the_sound_decides_and_what_is_known_tips_the_balance() {
        let readings = combine(&[(offer("$350", 1), -9.0), (offer("$315", 1), -3.0)]);
        assert_eq!(readings.first().map(|reading| reading.text.as_str()), Some("$315"));
        assert!(readings.first().is_some_and(|reading| reading.probability_milli > 900));
        let near = combine(&[(offer("thirteen", 1), -3.0), (offer("thirty", 1), -3.2)]);
        assert_eq!(near.len(), 2, "both are left to be asked about");
        let known = combine(&[(offer("用背包", 0), -3.0), (offer("用贝宝", 1), -3.4)]);
        assert_eq!(known.first().map(|reading| reading.text.as_str()), Some("用贝宝"));
    }

    #[test]
    fn silence_and_strange_words_speak_against_a_yes() {
        assert!(yes_milli(&[-1.0, -2.0], &[-9.0, -12.0]) > 990);
        assert!(yes_milli(&[-6.0], &[-1.0]) < 20);
        assert_eq!(yes_milli(&[], &[-1.0]), 0);
        assert_eq!(yes_milli(&[f32::NEG_INFINITY], &[f32::NEG_INFINITY]), 0, "nothing was scored");
        assert_eq!(yes_milli(&[f32::NAN], &[f32::NEG_INFINITY]), 0);
    }

    proptest! {
        /// Whatever a recogniser says, probabilities stay probabilities, in order, and no text comes twice.
        #[test]
        fn readings_are_a_distribution(scores in prop::collection::vec((0_u8..3, -1e6_f32..10.0, 0_usize..6), 0..12)) {
            let scored: Vec<_> =
                scores.iter().map(|(known, score, text)| (offer(&format!("text {text}"), *known), *score)).collect();
            let readings = combine(&scored);
            prop_assert!(readings.iter().map(|r| u32::from(r.probability_milli)).sum::<u32>() <= 1_005);
            prop_assert!(readings.is_sorted_by(|a, b| a.probability_milli >= b.probability_milli));
            let mut texts: Vec<&str> = readings.iter().map(|r| r.text.as_str()).collect();
            texts.sort_unstable();
            texts.dedup();
            prop_assert_eq!(texts.len(), readings.len());
        }

        /// A worse sound never makes a reading likelier.
        #[test]
        fn a_better_score_never_hurts(score in -40.0_f32..0.0, other in -40.0_f32..0.0, more in 0.0_f32..10.0) {
            let share = |score: f32| {
                let readings = combine(&[(offer("a", 0), score), (offer("b", 0), other)]);
                readings.iter().find(|r| r.text == "a").map_or(0, |r| r.probability_milli)
            };
            prop_assert!(share(score + more) >= share(score));
            prop_assert!(yes_milli(&[score + more], &[other]) >= yes_milli(&[score], &[other]));
        }
    }
}
