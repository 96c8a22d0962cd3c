//! Sayso's own voice in the microphone, over loudspeakers and through rooms that are played: it interrupts nobody, and does not
//! hide whoever does.

use super::*;
use crate::audio::{Capture, Cleaned, EchoRemover, FRAME_SAMPLES, Frame, read_wav};
use crate::evaluation::sounds::Random;
use std::path::Path;

/// A loudspeaker, a room and a microphone.
#[derive(Debug)]
struct Room {
    /// How long the sound is on its way, buffers of devices included. Milliseconds.
    delay_ms: usize,
    /// How loud it arrives, as a fraction.
    gain: f32,
    /// How long the room goes on sounding. Milliseconds.
    reverberation_ms: usize,
    /// Whether the loudspeaker is too small for it and distorts.
    distorts: bool,
    /// How loud the microphone hums, and how far it is off nought.
    hum: f32,
}

const ROOMS: [Room; 6] = [
    Room { delay_ms: 15, gain: 0.1, reverberation_ms: 80, distorts: false, hum: 0.0 },
    Room { delay_ms: 90, gain: 0.4, reverberation_ms: 300, distorts: false, hum: 0.0 },
    Room { delay_ms: 90, gain: 1.0, reverberation_ms: 300, distorts: true, hum: 0.0 },
    Room { delay_ms: 300, gain: 0.6, reverberation_ms: 600, distorts: true, hum: 0.0 },
    Room { delay_ms: 420, gain: 0.3, reverberation_ms: 120, distorts: false, hum: 0.0 },
    Room { delay_ms: 60, gain: 0.5, reverberation_ms: 200, distorts: false, hum: 0.03 },
];

impl Room {
    /// What the microphone records of what the loudspeaker plays.
    fn hears(&self, played: &[f32]) -> Vec<f32> {
        let mut random = Random::new(5);
        let mut reflections = vec![(0, 1.0)];
        // The first reflections stand alone; later ones are many and faint.
        reflections.extend((1..60).map(|n| {
            let at = self.reverberation_ms * n / 60;
            let fades = (-6.9 * at as f32 / self.reverberation_ms as f32).exp();
            (at * 16 + n * 7 % 16, random.next() * 0.5 * fades)
        }));
        let hum = |n: usize| self.hum * (0.5 + (std::f32::consts::TAU * 50.0 * (n % 320) as f32 / 16_000.0).sin());
        let mut recorded: Vec<f32> = (0..played.len()).map(|n| random.next() * 0.0005 + hum(n)).collect();
        for (late, strength) in reflections {
            let from = self.delay_ms * 16 + late;
            for (to, sample) in recorded.iter_mut().skip(from).zip(played) {
                let sample = if self.distorts { (sample * 3.0).tanh() / 3.0 } else { *sample };
                *to += sample * strength * self.gain;
            }
        }
        recorded
    }
}

fn recording(name: &str) -> Vec<f32> {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/audio").join(name);
    read_wav(&file).unwrap().samples
}

/// Sayso speaks, in its own voice.
fn own_voice() -> Vec<f32> {
    let said = ["bill_1", "help_1", "amount_1", "digress_1", "history_1", "cancel_1"];
    let said = said.map(|name| [recording(&format!("{name}.af_heart.wav")), vec![0.0; 3_200]].concat());
    said.concat()
}

/// What is left of what was recorded.
fn cleaned(played: &[f32], recorded: &[f32]) -> Cleaned {
    let (mut remover, mut clean) = (EchoRemover::default(), Cleaned::default());
    for (played, recorded) in played.chunks(FRAME_SAMPLES).zip(recorded.chunks(FRAME_SAMPLES)) {
        remover.played(played);
        remover.clean(recorded, &mut clean);
    }
    clean
}

/// When somebody interrupts, in samples, if anybody does.
fn interrupted(played: &[f32], recorded: &[f32]) -> Option<usize> {
    let mut taker = TurnTaker::by_pauses(PATIENCE, true);
    let Cleaned { strictly, gently } = cleaned(played, recorded);
    let (voice, _) = strictly.as_chunks::<FRAME_SAMPLES>();
    let (words, _): (&[Frame], _) = gently.as_chunks();
    let mut frames = voice.iter().zip(words).map(|(voice, words)| Capture { voice, words });
    frames.position(|frame| taker.overhear(frame)).map(|at| (at + 1) * FRAME_SAMPLES)
}

#[test]
fn its_own_voice_interrupts_nobody_from_the_very_first_word() {
    let played = own_voice();
    for room in &ROOMS {
        let recorded = room.hears(&played);
        assert_eq!(interrupted(&played, &recorded), None, "{room:?}");
    }
    // Without the remover it would.
    assert!(interrupted(&vec![0.0; played.len()], &ROOMS[1].hears(&played)).is_some());
}

#[test]
fn whoever_speaks_over_it_is_heard_in_time() {
    let (played, person) = (own_voice(), recording("cancel_1.am_michael.wav"));
    for room in &ROOMS {
        for (begins, loud) in [(3 * 16_000, 0.5), (7 * 16_000, 1.0)] {
            let mut recorded = room.hears(&played);
            recorded.iter_mut().skip(begins).zip(&person).for_each(|(to, sample)| *to += sample * loud);
            let at = interrupted(&played, &recorded);
            let after_ms = at.and_then(|at| at.checked_sub(begins)).map(|samples| samples / 16);
            assert!(after_ms.is_some_and(|ms| (400..2_000).contains(&ms)), "{room:?}: {begins} {after_ms:?}");
        }
    }
}

/// By how many decibels these samples are louder than what is different in the others.
fn likeness_db(one: &[f32], other: &[f32]) -> f32 {
    let power = |samples: &mut dyn Iterator<Item = f32>| samples.map(|s| s * s).sum::<f32>();
    let apart = power(&mut one.iter().zip(other).map(|(one, other)| one - other));
    10.0 * (power(&mut one.iter().copied()) / apart).log10()
}

#[test]
fn what_they_say_over_it_is_whole_in_what_is_recognised() {
    let (played, person) = (own_voice(), recording("cancel_1.am_michael.wav"));
    for room in &ROOMS {
        let begins = 7 * 16_000;
        let over = |mut recorded: Vec<f32>| {
            recorded.iter_mut().skip(begins).zip(&person).for_each(|(to, sample)| *to += sample);
            cleaned(&played, &recorded)
        };
        let (in_room, with_headset) = (over(room.hears(&played)), over(vec![0.0; played.len()]));
        let first_words = |cleaned: &Cleaned| cleaned.gently[begins..begins + 24_000].to_vec();
        let whole = likeness_db(&first_words(&with_headset), &first_words(&in_room));
        assert!(whole > 9.0, "{room:?}: {whole}");
        let first_words = |cleaned: &Cleaned| cleaned.strictly[begins..begins + 24_000].to_vec();
        let strict = likeness_db(&first_words(&with_headset), &first_words(&in_room));
        assert!(whole > strict + 3.0, "{room:?}: {strict} {whole}");
    }
}

#[test]
fn with_a_headset_nothing_is_lost() {
    let (played, person) = (own_voice(), recording("cancel_1.am_michael.wav"));
    let mut recorded = vec![0.0; played.len()];
    recorded.iter_mut().skip(32_000).zip(&person).for_each(|(to, sample)| *to += sample);
    let at = interrupted(&played, &recorded).unwrap();
    assert!((32_000 + 400 * 16..32_000 + 1_200 * 16).contains(&at), "{at}");
}
