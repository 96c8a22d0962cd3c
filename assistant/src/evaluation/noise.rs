//! Noise and rooms to make recordings harder: generated from a seed, mixed at a given ratio of signal to noise.

use super::sounds::{self, Random};

/// Samples in a second.
const RATE: usize = 16_000;
/// How many voices babble at once.
const VOICES: usize = 6;
/// Frames of 16 ms, by which the loudness of speech is measured.
const FRAME: usize = 256;
/// How far below the loudest a frame may be, in decibels, to count as speech.
const ACTIVE_DB: f32 = 30.0;

/// What else there is to hear.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NoiseKind {
    /// Hiss: every frequency alike.
    White,
    /// Other people talking, made of other recordings.
    Babble,
    /// A tune over a bass.
    Music,
}

/// How a recording is made harder.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Disturbance {
    /// The noise with its ratio of signal to noise in decibels; `None` for none.
    pub noise: Option<(NoiseKind, f32)>,
    /// Whether it sounds in a room (reflections for 0.4 s) instead of right before the microphone.
    pub room: bool,
    /// The same seed gives the same noise and the same room.
    pub seed: u64,
}

impl Disturbance {
    /// The recording, of 16 kHz, as it is heard then. `others` are recordings of other people, for babble.
    #[must_use]
    pub fn apply(&self, samples: &[f32], others: &[&[f32]]) -> Vec<f32> {
        let sound = if self.room { in_room(samples, self.seed) } else { samples.to_vec() };
        let Some((kind, snr_db)) = self.noise else { return sound };
        let noise = match kind {
            NoiseKind::White => sounds::white(sound.len(), self.seed),
            NoiseKind::Babble => babble(sound.len(), others, self.seed),
            NoiseKind::Music => music(sound.len(), self.seed),
        };
        mix(&sound, &noise, snr_db)
    }
}

/// Adds noise so much quieter than the speech. Where the sum would be cut it is made quieter as a whole.
#[must_use]
pub fn mix(speech: &[f32], noise: &[f32], snr_db: f32) -> Vec<f32> {
    let (speech_power, noise_power) = (active_power(speech), power(noise));
    if speech_power <= 0.0 || noise_power <= 0.0 {
        return speech.to_vec();
    }
    let factor = (speech_power / noise_power / 10_f32.powf(snr_db / 10.0)).sqrt();
    let sum: Vec<f32> = speech.iter().zip(noise).map(|(speech, noise)| speech + noise * factor).collect();
    let loudest = sum.iter().fold(0.0_f32, |loudest, sample| loudest.max(sample.abs()));
    let quieter = if loudest > 1.0 { 1.0 / loudest } else { 1.0 };
    sum.into_iter().map(|sample| sample * quieter).collect()
}

fn power(samples: &[f32]) -> f32 {
    samples.iter().map(|sample| sample * sample).sum::<f32>() / samples.len().max(1) as f32
}

/// The mean power while somebody speaks: pauses do not count.
fn active_power(samples: &[f32]) -> f32 {
    let powers: Vec<f32> = samples.chunks(FRAME).map(power).collect();
    let loudest = powers.iter().copied().fold(0.0_f32, f32::max);
    let least = loudest / 10_f32.powf(ACTIVE_DB / 10.0);
    let active: Vec<f32> = powers.into_iter().filter(|power| *power > least).collect();
    active.iter().sum::<f32>() / active.len().max(1) as f32
}

/// Several of the other recordings at once, each begun at a random place and repeated; silence if there are none.
pub(super) fn babble(count: usize, others: &[&[f32]], seed: u64) -> Vec<f32> {
    let mut random = Random::new(seed ^ 0xbabb);
    let mut sum = vec![0.0; count];
    let voices: Vec<&[f32]> = others.iter().copied().filter(|other| power(other) > 0.0).collect();
    for _ in 0..VOICES {
        let Some(voice) = voices.get(below(&mut random, voices.len())) else { break };
        let (start, level) = (below(&mut random, voice.len()), active_power(voice).sqrt());
        let repeated = voice.iter().cycle().skip(start);
        sum.iter_mut().zip(repeated).for_each(|(sum, sample)| *sum += sample / level);
    }
    sum
}

/// A whole number below `count`, or 0.
pub(super) fn below(random: &mut Random, count: usize) -> usize {
    let fraction = f64::from(random.next()).mul_add(0.5, 0.5).clamp(0.0, 1.0);
    ((fraction * count as f64) as usize).min(count.saturating_sub(1))
}

/// The tune, begun at a random place.
pub(super) fn music(count: usize, seed: u64) -> Vec<f32> {
    let start = below(&mut Random::new(seed ^ 0x3ca1e), 3 * RATE);
    sounds::melody(count + start).split_off(start)
}

/// The sound with the reflections of a living room: sparse, each at a random moment and sign, dying away by 60 dB in 0.4 s.
/// The direct sound stays the loudest.
fn in_room(samples: &[f32], seed: u64) -> Vec<f32> {
    const REFLECTIONS: usize = 200;
    const DECAY_S: f32 = 0.4;
    let mut random = Random::new(seed ^ 0x0100_0000);
    let mut sound = samples.to_vec();
    sound.resize(samples.len() + RATE * 3 / 10, 0.0);
    for _ in 0..REFLECTIONS {
        let delay = RATE * 5 / 1000 + below(&mut random, (RATE as f32 * DECAY_S) as usize);
        let level = 0.25 * 10_f32.powf(-3.0 * delay as f32 / (RATE as f32 * DECAY_S));
        let level = if random.next() < 0.0 { -level } else { level };
        sound.iter_mut().skip(delay).zip(samples).for_each(|(sum, sample)| *sum += sample * level);
    }
    let loudest = sound.iter().fold(0.0_f32, |loudest, sample| loudest.max(sample.abs())).max(1.0);
    sound.iter_mut().for_each(|sample| *sample /= loudest);
    sound
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Half a second of a tone, then half a second of silence.
    fn speech() -> Vec<f32> {
        (0..RATE).map(|n| if n < RATE / 2 { (n as f32 * 0.3).sin() * 0.3 } else { 0.0 }).collect()
    }

    fn disturb(noise: Option<(NoiseKind, f32)>, room: bool, seed: u64) -> Vec<f32> {
        let other = sounds::brown(RATE, 3);
        Disturbance { noise, room, seed }.apply(&speech(), &[&other])
    }

    #[test]
    fn the_ratio_is_the_one_that_was_asked_for() {
        for kind in [NoiseKind::White, NoiseKind::Babble, NoiseKind::Music] {
            for snr_db in [20.0, 10.0, 5.0] {
                let heard = disturb(Some((kind, snr_db)), false, 7);
                // In the silent half there is nothing but noise.
                let noise: Vec<f32> = heard.iter().zip(&speech()).map(|(heard, said)| heard - said).collect();
                let measured = 10.0 * (active_power(&speech()) / power(&noise)).log10();
                assert!((measured - snr_db).abs() < 0.1, "{kind:?} at {snr_db}: {measured}");
            }
        }
    }

    #[test]
    fn one_seed_is_one_sound() {
        for (noise, room) in
            [(Some((NoiseKind::White, 5.0)), false), (Some((NoiseKind::Babble, 5.0)), true), (None, true)]
        {
            assert_eq!(disturb(noise, room, 1), disturb(noise, room, 1));
            assert_ne!(disturb(noise, room, 1), disturb(noise, room, 2), "{noise:?}");
        }
        assert_eq!(disturb(None, false, 1), speech());
    }

    #[test]
    fn a_room_goes_on_after_the_voice_and_nothing_is_cut() {
        let heard = disturb(None, true, 5);
        let tail = heard.get(RATE / 2 + 500..RATE / 2 + 3_000).unwrap();
        assert!(power(tail) > 1e-5, "{}", power(tail));
        let loud = disturb(Some((NoiseKind::White, -20.0)), true, 5);
        assert!(loud.iter().all(|sample| sample.abs() <= 1.0));
    }

    #[test]
    fn without_other_voices_there_is_no_babble_and_silence_stays_silent() {
        let calm = Disturbance { noise: Some((NoiseKind::Babble, 5.0)), room: false, seed: 1 };
        assert_eq!(calm.apply(&speech(), &[]), speech());
        assert_eq!(calm.apply(&[0.0; 100], &[&speech()]), vec![0.0; 100]);
    }
}
