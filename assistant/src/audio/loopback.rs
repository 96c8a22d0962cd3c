//! Whether a microphone hears a loudspeaker: a sound that is easy to find again, and where it is in what was recorded. Pure.

use super::{Pcm, SAMPLE_RATE};

/// How long the sound lasts. Milliseconds.
const CHIRP_MS: u64 = 400;
/// From this to this frequency, in Hz: what the smallest loudspeakers play too.
const FROM_HZ: f32 = 500.0;
const TO_HZ: f32 = 3_000.0;
/// Its loudness.
const LOUD: f32 = 0.4;
/// So much alike (0 to 1) and it is the sound. Noise of this length and width reaches 0.15.
const ALIKE: f32 = 0.3;
/// Every so many samples are compared; half of this rate is still above the highest frequency.
const STEP: usize = 2;

/// A sound that was found again.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Echo {
    /// How long after the recording began it begins, in milliseconds.
    pub delay_ms: u32,
    /// How much quieter it is than it was played, in decibels.
    pub loss_db: f32,
}

/// The sound, at 16 kHz: a tone that rises.
#[must_use]
pub fn chirp() -> Pcm {
    let count = Pcm::silence(CHIRP_MS, SAMPLE_RATE).samples.len();
    let seconds = CHIRP_MS as f32 / 1000.0;
    let sample = |n: usize| {
        let t = n as f32 / SAMPLE_RATE as f32;
        let phase = std::f32::consts::TAU * (FROM_HZ * t + (TO_HZ - FROM_HZ) * t * t / (2.0 * seconds));
        // Without clicks at its ends.
        let edge = (t.min(seconds - t) * 100.0).clamp(0.0, 1.0);
        phase.sin() * LOUD * edge
    };
    Pcm::new((0..count).map(sample).collect(), SAMPLE_RATE)
}

/// Where [`chirp`] is in a recording at 16 kHz, if it is in it.
#[must_use]
pub fn find(recorded: &[f32]) -> Option<Echo> {
    let played: Vec<f32> = chirp().samples.into_iter().step_by(STEP).collect();
    let recorded: Vec<f32> = recorded.iter().copied().step_by(STEP).collect();
    let energy = |samples: &[f32]| samples.iter().map(|s| s * s).sum::<f32>();
    let played_energy = energy(&played);
    let mut best: Option<(f32, usize, f32)> = None;
    for (at, window) in recorded.windows(played.len()).enumerate() {
        let product: f32 = window.iter().zip(&played).map(|(a, b)| a * b).sum();
        // A room may turn the sound upside down.
        let alike = product.abs() / (energy(window) * played_energy).sqrt().max(f32::MIN_POSITIVE);
        if best.is_none_or(|(most, ..)| alike > most) {
            best = Some((alike, at, product.abs() / played_energy));
        }
    }
    let (alike, at, gain) = best?;
    let delay_ms = u32::try_from(at * STEP * 1000 / SAMPLE_RATE as usize).unwrap_or(u32::MAX);
    (alike >= ALIKE).then_some(Echo { delay_ms, loss_db: -20.0 * gain.max(1e-6).log10() })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hiss(count: usize, loud: f32) -> Vec<f32> {
        let mut seed = 7_u32;
        let mut next = || {
            seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            (seed >> 8) as f32 / 8_388_608.0 - 1.0
        };
        (0..count).map(|_| next() * loud).collect()
    }

    #[test]
    fn it_is_found_in_noise_with_its_delay_and_its_loss() {
        let mut recorded = hiss(16_000, 0.02);
        for (at, sample) in chirp().samples.into_iter().enumerate() {
            recorded[3_200 + at] += sample * 0.1;
        }
        let echo = find(&recorded).unwrap();
        assert!(echo.delay_ms.abs_diff(200) <= 1, "{echo:?}");
        assert!((echo.loss_db - 20.0).abs() < 1.5, "{echo:?}");
    }

    #[test]
    fn it_is_not_found_where_it_is_not() {
        assert_eq!(find(&hiss(16_000, 0.3)), None);
        assert_eq!(find(&[0.0; 16_000]), None);
        assert_eq!(find(&[0.5; 100]), None, "shorter than the sound");
    }
}
