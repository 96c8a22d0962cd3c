//! Whose voice it is. A [`SpeakerEncoder`] makes a [`Voiceprint`] of a sound and says how like two of them are; [`Ge2e`] is the one that
//! ships. A voiceprint is a part of a person's body: it is never shown, logged or guessed at, and whoever holds one keeps it encrypted.
//!
//! [`enrol`] makes somebody's voiceprint of five sentences, after a look at whether they are like one another; a [`Witness`] listens beside a
//! recogniser where a voice is asked for, and [`mel`] and [`trim`] prepare what the network hears.

mod enrolment;
mod ge2e;
mod mel;
mod trim;
mod witness;

pub use enrolment::{ENROLMENT_SENTENCES, EnrolmentError, SENTENCE_VOICED_LEAST_MS, enrol};
pub use ge2e::Ge2e;
pub use witness::{VoiceOf, Witness, Witnessing};

use super::SpeechError;
use std::fmt;

/// What a voice is like: a direction among many. Only likeness to another one of the same encoder means anything.
#[derive(Clone, PartialEq)]
pub struct Voiceprint(Vec<f32>);

impl fmt::Debug for Voiceprint {
    /// Its numbers are nobody's business.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Voiceprint")
    }
}

impl Voiceprint {
    /// A voiceprint of these numbers, brought to length one; `None` if they point nowhere.
    #[must_use]
    pub fn of(mut numbers: Vec<f32>) -> Option<Self> {
        let length = numbers.iter().map(|number| number * number).sum::<f32>().sqrt();
        if !length.is_finite() || length <= f32::EPSILON {
            return None;
        }
        numbers.iter_mut().for_each(|number| *number /= length);
        Some(Voiceprint(numbers))
    }

    /// Its numbers, for whoever keeps it.
    #[must_use]
    pub fn numbers(&self) -> &[f32] {
        &self.0
    }

    /// The middle of several; `None` of none.
    #[must_use]
    pub fn middle<'a>(of: impl IntoIterator<Item = &'a Voiceprint>) -> Option<Self> {
        let mut sums: Vec<f32> = Vec::new();
        for print in of {
            sums.resize(print.0.len().max(sums.len()), 0.0);
            sums.iter_mut().zip(&print.0).for_each(|(sum, number)| *sum += number);
        }
        Voiceprint::of(sums)
    }
}

/// Whatever makes voiceprints of sounds.
pub trait SpeakerEncoder: Send {
    /// Its name. Voiceprints of other encoders, or of other weights, are nothing to it.
    fn name(&self) -> &str;

    /// The voiceprint of a sound of 16 kHz; `None` if there is no voice in it.
    ///
    /// # Errors
    /// When the encoder itself fails.
    fn voiceprint(&mut self, samples: &[f32]) -> Result<Option<Voiceprint>, SpeechError>;

    /// How like two voiceprints are, from 0 (nothing in common) to 1000 (the same).
    fn likeness_milli(&self, one: &Voiceprint, other: &Voiceprint) -> u16 {
        if one.0.len() != other.0.len() {
            return 0;
        }
        let cosine: f32 = one.0.iter().zip(&other.0).map(|(a, b)| a * b).sum();
        (cosine.clamp(0.0, 1.0) * 1000.0).round() as u16
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Tells sounds apart by their first two samples.
    pub(super) struct Simple;

    impl SpeakerEncoder for Simple {
        fn name(&self) -> &str {
            "simple"
        }

        fn voiceprint(&mut self, samples: &[f32]) -> Result<Option<Voiceprint>, SpeechError> {
            Ok(Voiceprint::of(samples.iter().take(2).copied().collect()))
        }
    }

    #[test]
    fn likeness_does_not_depend_on_length_and_is_none_between_strangers() {
        let mut simple = Simple;
        let mut print = |samples: &[f32]| simple.voiceprint(samples).unwrap().unwrap();
        let (one, louder, other, kin) =
            (print(&[0.3, 0.0]), print(&[0.9, 0.0]), print(&[0.0, 0.2]), print(&[0.6, 0.8]));
        assert_eq!(Simple.likeness_milli(&one, &louder), 1000);
        assert_eq!(Simple.likeness_milli(&one, &other), 0);
        assert_eq!(Simple.likeness_milli(&one, &kin), 600);
        let longer = Voiceprint::of(vec![1.0; 3]).unwrap();
        assert_eq!(Simple.likeness_milli(&one, &longer), 0, "another encoder's");
    }

    #[test]
    fn a_voiceprint_points_somewhere_and_shows_nothing() {
        for numbers in [vec![], vec![0.0; 4], vec![f32::NAN, 1.0], vec![f32::INFINITY]] {
            assert_eq!(Voiceprint::of(numbers), None);
        }
        let print = Voiceprint::of(vec![0.12345, 0.54321]).unwrap();
        assert_eq!(format!("{print:?}"), "Voiceprint");
        let middle = Voiceprint::middle([&print, &print]).unwrap();
        assert_eq!(Simple.likeness_milli(&middle, &print), 1000);
        assert_eq!(Voiceprint::middle([]), None);
    }
}
