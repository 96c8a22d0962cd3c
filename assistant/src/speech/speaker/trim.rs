//! Takes long silences out of a sound and makes what is too quiet louder, as the encoder was taught with.

use crate::audio::{FRAME_SAMPLES, Frame};
use earshot::Detector;

/// Frames around a voiced one that stay: the silence between two words is longer than the one within a word.
const AROUND: usize = 5;
/// A frame with at least this score is voiced.
const VOICED: f32 = 0.5;
/// The root mean square below which a sound is made louder: 30 dB below the loudest.
const LOUDNESS: f32 = 0.031_622_78;

/// The voiced stretches of a sound of 16 kHz with a little around them, loud enough; empty if nothing in it is voiced.
pub(super) fn voiced(samples: &[f32]) -> Vec<f32> {
    let frames: Vec<Frame> = frames(samples);
    let mut detector: Box<Detector> = Box::default();
    let scores: Vec<bool> = frames.iter().map(|frame| detector.predict_f32(frame) >= VOICED).collect();
    let near = |at: usize| {
        let from = at.saturating_sub(AROUND);
        scores.iter().skip(from).take(at - from + AROUND + 1).any(|voiced| *voiced)
    };
    let kept: Vec<f32> =
        frames.iter().enumerate().filter(|(at, _)| near(*at)).flat_map(|(_, frame)| frame.iter().copied()).collect();
    louder(kept)
}

/// Whole frames, with nothing in them that is no sample; what is left at the end is too short to matter.
fn frames(samples: &[f32]) -> Vec<Frame> {
    let (frames, _) = samples.as_chunks::<FRAME_SAMPLES>();
    frames.iter().map(|frame| frame.map(|one| if one.is_finite() { one.clamp(-1.0, 1.0) } else { 0.0 })).collect()
}

fn louder(mut samples: Vec<f32>) -> Vec<f32> {
    let power = samples.iter().map(|sample| sample * sample).sum::<f32>() / samples.len().max(1) as f32;
    let factor = LOUDNESS / power.sqrt();
    if factor.is_finite() && factor > 1.0 {
        samples.iter_mut().for_each(|sample| *sample *= factor);
    }
    samples
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::audio::read_wav;
    use std::path::Path;

    fn recorded(file: &str) -> Vec<f32> {
        read_wav(&Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/audio").join(file)).unwrap().samples
    }

    #[test]
    fn a_long_silence_is_taken_out_and_speech_stays() {
        let sound = recorded("bill_1.af_heart.wav");
        let alone = voiced(&sound);
        assert!(alone.len() > 16_000 && alone.len() <= sound.len(), "{} of {}", alone.len(), sound.len());
        let apart = [sound.as_slice(), &[0.0; 48_000], &sound].concat();
        let together = voiced(&apart);
        assert!(together.len() < alone.len() * 2 + 16_000, "{} samples", together.len());
        assert!(together.len() > alone.len() * 2 - 16_000, "{} samples", together.len());
    }

    #[test]
    fn what_is_quiet_is_made_as_loud_and_what_nobody_said_is_nothing() {
        let sound = recorded("bill_1.af_heart.wav");
        let quiet: Vec<f32> = sound.iter().map(|sample| sample * 0.05).collect();
        let kept = voiced(&quiet);
        let power = kept.iter().map(|sample| sample * sample).sum::<f32>() / kept.len() as f32;
        assert!((power.sqrt() - LOUDNESS).abs() < 0.001, "{}", power.sqrt());
        assert!(voiced(&[0.0; 32_000]).is_empty());
        assert!(voiced(&[]).is_empty() && voiced(&[f32::NAN; 5_000]).is_empty());
    }
}
