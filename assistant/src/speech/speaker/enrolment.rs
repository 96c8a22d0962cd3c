//! Somebody's voiceprint, made of five sentences: refused where one is too short, or unlike the others.

use super::super::SpeechError;
use super::super::endpoint::Utterance;
use super::{SpeakerEncoder, Voiceprint};
use thiserror::Error;

/// So many sentences make a voiceprint.
pub const ENROLMENT_SENTENCES: usize = 5;
/// The least voice in each of them, in milliseconds.
pub const SENTENCE_VOICED_LEAST_MS: u32 = 1_000;
/// How like each of them has to be to the middle of the others, in thousandths. Of forty sets of five sentences of one recorded voice, one
/// had a sentence below it; where another voice said one of the five, thirteen of fourteen had.
const ALIKE_LEAST_MILLI: u16 = 700;

/// Why five sentences make no voiceprint. Its text is fit to be shown to a person.
#[derive(Debug, Error)]
pub enum EnrolmentError {
    /// There are not five.
    #[error("a voiceprint is made of {ENROLMENT_SENTENCES} sentences, and {given} were given")]
    Count {
        /// How many there were.
        given: usize,
    },
    /// One is too short.
    #[error(
        "there is too little voice in sentence {number}: {voiced_ms} ms, of {SENTENCE_VOICED_LEAST_MS} that are needed; say a whole sentence, near the microphone"
    )]
    TooLittle {
        /// Which one, from 1.
        number: usize,
        /// How much voice there is in it.
        voiced_ms: u32,
    },
    /// One is unlike the others.
    #[error(
        "sentence {number} is too unlike the others ({likeness_milli} of 1000, at least {ALIKE_LEAST_MILLI}): one person alone has to say all five, in a quiet room"
    )]
    Unlike {
        /// Which one, from 1.
        number: usize,
        /// How like it is to the middle of the others.
        likeness_milli: u16,
    },
    /// The encoder failed.
    #[error(transparent)]
    Encoder(#[from] SpeechError),
}

/// The voiceprint of whoever said these sentences.
///
/// # Errors
/// When there are not five, or one has too little voice in it or is unlike the others, or the encoder fails.
pub fn enrol(encoder: &mut dyn SpeakerEncoder, sentences: &[Utterance]) -> Result<Voiceprint, EnrolmentError> {
    if sentences.len() != ENROLMENT_SENTENCES {
        return Err(EnrolmentError::Count { given: sentences.len() });
    }
    let mut prints = Vec::with_capacity(sentences.len());
    for (number, sentence) in (1..).zip(sentences) {
        let too_little = EnrolmentError::TooLittle { number, voiced_ms: sentence.voiced_ms };
        if sentence.voiced_ms < SENTENCE_VOICED_LEAST_MS {
            return Err(too_little);
        }
        prints.push(encoder.voiceprint(&sentence.samples)?.ok_or(too_little)?);
    }
    for (at, print) in prints.iter().enumerate() {
        let others = prints.iter().enumerate().filter(|(other, _)| *other != at).map(|(_, print)| print);
        let likeness_milli = Voiceprint::middle(others).map_or(0, |middle| encoder.likeness_milli(&middle, print));
        if likeness_milli < ALIKE_LEAST_MILLI {
            return Err(EnrolmentError::Unlike { number: at + 1, likeness_milli });
        }
    }
    Voiceprint::middle(&prints).ok_or(EnrolmentError::Unlike { number: 1, likeness_milli: 0 })
}

#[cfg(test)]
mod tests {
    use super::super::tests::Simple;
    use super::*;

    fn sentence(like: [f32; 2]) -> Utterance {
        Utterance { samples: like.to_vec(), voiced_ms: 1_500, ..Utterance::default() }
    }

    #[test]
    fn five_that_are_alike_make_a_voiceprint_in_their_middle() {
        let sentences = [[1.0, 0.1], [1.0, -0.1], [0.9, 0.0], [1.0, 0.2], [1.0, -0.2]].map(sentence);
        let print = enrol(&mut Simple, &sentences).unwrap();
        assert!(Simple.likeness_milli(&print, &Voiceprint::of(vec![1.0, 0.0]).unwrap()) > 998);
    }

    #[test]
    fn what_is_missing_short_or_strange_is_named() {
        let mut sentences = vec![sentence([1.0, 0.0]); 5];
        let told = |sentences: &[Utterance]| enrol(&mut Simple, sentences).unwrap_err().to_string();
        assert!(told(&sentences[..4]).contains("4 were given"));
        sentences[2].voiced_ms = 400;
        assert!(told(&sentences).contains("sentence 3: 400 ms"), "{}", told(&sentences));
        sentences[2] = sentence([0.0, 1.0]);
        assert!(told(&sentences).starts_with("sentence 3 is too unlike"), "{}", told(&sentences));
        sentences[2] = sentence([0.0, 0.0]);
        assert!(told(&sentences).contains("too little voice in sentence 3"));
    }
}
