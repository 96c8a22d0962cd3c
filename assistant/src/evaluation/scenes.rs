//! What a room sounds like while nobody answers: noise, music, and people who talk of other things.

use super::noise;
use super::sounds::{self, Random};

/// What there is to hear in a scene.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scene {
    /// Hiss, rumble, hum, clicks, tones and music, one after the other, at changing loudness.
    Sounds,
    /// A tune alone.
    Music,
    /// Several people at once.
    Babble,
    /// One person after the other, with pauses, about something else.
    Talk,
    /// The same with noise at 5 to 15 dB.
    TalkInNoise,
}

impl Scene {
    /// Every scene with its name.
    pub const ALL: [(Scene, &'static str); 5] = [
        (Scene::Sounds, "sounds"),
        (Scene::Music, "music"),
        (Scene::Babble, "babble"),
        (Scene::Talk, "talk"),
        (Scene::TalkInNoise, "talk in noise"),
    ];

    /// So many seconds of the scene at 16 kHz, generated from a seed; `voices` are recordings of people who talk.
    #[must_use]
    pub fn sound(self, seconds: usize, seed: u64, voices: &[&[f32]]) -> Vec<f32> {
        let count = seconds * 16_000;
        let mut random = Random::new(seed ^ 0x5ce9e);
        let level = 0.01 * 30_f32.powf(random.next().mul_add(0.5, 0.5));
        match self {
            Scene::Sounds => sounds_in_turn(count, &mut random, level),
            Scene::Music => scaled(noise::music(count, seed), level),
            Scene::Babble => scaled(noise::babble(count, voices, seed), level),
            Scene::Talk => talk(count, &mut random, voices),
            Scene::TalkInNoise => {
                let speech = talk(count, &mut random, voices);
                let snr_db = random.next().mul_add(5.0, 10.0);
                noise::mix(&speech, &sounds::pink(count, seed), snr_db)
            }
        }
    }
}

fn sounds_in_turn(count: usize, random: &mut Random, level: f32) -> Vec<f32> {
    let mut all = sounds::all(4, level);
    let mut sum = Vec::with_capacity(count);
    while sum.len() < count {
        let at = noise::below(random, all.len());
        if let Some((_, sound)) = all.get_mut(at) {
            // From another place each time.
            let turn = noise::below(random, sound.len());
            sound.rotate_left(turn);
            sum.extend_from_slice(sound);
        }
    }
    sum.truncate(count);
    sum
}

/// Recordings in random order with pauses between them, at changing speed, which makes other voices of them.
fn talk(count: usize, random: &mut Random, voices: &[&[f32]]) -> Vec<f32> {
    let mut sum = Vec::with_capacity(count);
    while sum.len() < count {
        let Some(voice) = voices.get(noise::below(random, voices.len())) else { break };
        let speed = random.next().mul_add(0.15, 1.0);
        sum.extend(stretched(voice, speed));
        let pause = noise::below(random, 24_000) + 4_000;
        sum.resize(sum.len() + pause, 0.0);
    }
    sum.resize(count, 0.0);
    sum
}

/// The sound so many times as fast, and as high.
fn stretched(samples: &[f32], speed: f32) -> Vec<f32> {
    let count = (samples.len() as f32 / speed) as usize;
    let at = |n: usize| {
        let place = n as f32 * speed;
        let (whole, part) = (place as usize, place.fract());
        let sample = |n: usize| samples.get(n).copied().unwrap_or(0.0);
        sample(whole).mul_add(1.0 - part, sample(whole + 1) * part)
    };
    (0..count).map(at).collect()
}

fn scaled(mut samples: Vec<f32>, level: f32) -> Vec<f32> {
    let power = samples.iter().map(|sample| sample * sample).sum::<f32>() / samples.len().max(1) as f32;
    let factor = level / power.sqrt().max(1e-9);
    samples.iter_mut().for_each(|sample| *sample = (*sample * factor).clamp(-1.0, 1.0));
    samples
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_scene_is_as_long_as_asked_and_the_same_for_the_same_seed() {
        let voice = scaled(sounds::melody(20_000), 0.05);
        for (scene, name) in Scene::ALL {
            let sound = scene.sound(3, 4, &[&voice]);
            assert_eq!(sound.len(), 48_000, "{name}");
            assert!(sound.iter().all(|sample| sample.is_finite() && sample.abs() <= 1.5), "{name}");
            assert_eq!(sound, scene.sound(3, 4, &[&voice]), "{name}");
            assert_ne!(sound, scene.sound(3, 5, &[&voice]), "{name}");
            assert_eq!(scene.sound(1, 1, &[]).len(), 16_000, "{name} without voices");
        }
    }

    #[test]
    fn faster_is_shorter() {
        assert_eq!(stretched(&[1.0; 1000], 1.25).len(), 800);
        assert_eq!(stretched(&[1.0; 1000], 1.0)[..999], [1.0; 999]);
    }
}
