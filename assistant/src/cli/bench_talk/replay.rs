//! What stands in for microphone and loudspeaker while `sayso talk` is measured: a recording that goes by in real time, and an
//! ear that notes when the first sound comes.

use crate::audio::{AudioError, FRAME_MS, FRAME_SAMPLES, Frame, FrameSource, Pcm, PcmFrames, SAMPLE_RATE, Sink};
use std::cell::Cell;
use std::rc::Rc;
use std::time::{Duration, Instant};

/// Silence before each recording. Milliseconds.
const BEFORE_MS: u64 = 500;
/// Silence behind it, longer than any pause that is waited for. Milliseconds.
const BEHIND_MS: u64 = 8_000;
/// Frames that are so much quieter than the loudest one are no speech. Decibels.
const QUIET_DB: f32 = 35.0;
/// So many quiet frames between loud ones are a pause, and no stop within a word: 96 ms.
const PAUSE_FRAMES: usize = 6;
/// A sample is heard from here on.
const AUDIBLE: f32 = 1e-3;

/// A recording with silence around it, in real time.
pub struct Replay {
    frames: PcmFrames,
    /// When its speech is over.
    pub speech_ends: Instant,
}

impl Replay {
    /// Begins to play a recording.
    ///
    /// # Errors
    /// When its rate can't be converted.
    pub fn start(sound: &Pcm) -> Result<Self, AudioError> {
        let sound = sound.clone().at_rate(SAMPLE_RATE)?;
        let end_ms = BEFORE_MS + speech_end_ms(&sound.samples);
        let mut whole = Pcm::silence(BEFORE_MS, SAMPLE_RATE);
        whole.samples.extend(sound.samples);
        whole.samples.extend(Pcm::silence(BEHIND_MS, SAMPLE_RATE).samples);
        let frames = PcmFrames::new(whole)?.in_real_time();
        Ok(Replay { frames, speech_ends: Instant::now() + Duration::from_millis(end_ms) })
    }
}

impl FrameSource for Replay {
    fn next_frame(&mut self) -> Result<Option<Frame>, AudioError> {
        self.frames.next_frame()
    }
}

/// Where the last frame ends that is not much quieter than the loudest one, in milliseconds.
fn speech_end_ms(samples: &[f32]) -> u64 {
    let frames = loud(samples).iter().rposition(|loud| *loud).map_or(0, |last| last + 1);
    frames as u64 * u64::from(FRAME_MS)
}

/// For each frame, whether it is not much quieter than the loudest one.
fn loud(samples: &[f32]) -> Vec<bool> {
    let powers: Vec<f32> = samples.chunks(FRAME_SAMPLES).map(|frame| frame.iter().map(|s| s * s).sum()).collect();
    let loudest = powers.iter().copied().fold(0.0, f32::max);
    let least = loudest / 10.0_f32.powf(QUIET_DB / 10.0);
    powers.into_iter().map(|power| power > least).collect()
}

/// The middle of each pause within what is said, in samples.
pub fn quiet_within(samples: &[f32]) -> Vec<usize> {
    let loud = loud(samples);
    let mut places = Vec::new();
    let mut last_loud: Option<usize> = None;
    for (at, _) in loud.iter().enumerate().filter(|(_, loud)| **loud) {
        let quiet = last_loud.map_or(0, |last| at - last - 1);
        if quiet >= PAUSE_FRAMES {
            places.push((at - quiet / 2 - 1) * FRAME_SAMPLES);
        }
        last_loud = Some(at);
    }
    places
}

/// Notes when the first sound comes, and plays nothing.
#[derive(Clone, Default)]
pub struct Stopwatch {
    first: Rc<Cell<Option<Instant>>>,
}

impl Stopwatch {
    /// When the first sound came since it was asked last.
    pub fn take(&self) -> Option<Instant> {
        self.first.take()
    }
}

impl Sink for Stopwatch {
    fn start(&mut self, pcm: &Pcm) -> Result<(), AudioError> {
        if self.first.get().is_none()
            && let Some(at) = pcm.samples.iter().position(|sample| sample.abs() > AUDIBLE)
        {
            // Silence at its beginning is heard before it.
            let before = Duration::from_secs_f64(at as f64 / f64::from(pcm.rate.max(1)));
            self.first.set(Some(Instant::now() + before));
        }
        Ok(())
    }

    fn is_playing(&mut self) -> Result<bool, AudioError> {
        Ok(false)
    }

    fn pause(&mut self) {}

    fn resume(&mut self) {}

    fn stop(&mut self) {}
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn speech_ends_where_it_falls_silent() {
        let tone = |ms: usize, loud: f32| (0..ms * 16).map(move |n| (n as f32 * 0.3).sin() * loud);
        let samples: Vec<f32> = tone(320, 0.5).chain(tone(160, 0.3)).chain(tone(800, 0.001)).collect();
        assert_eq!(speech_end_ms(&samples), 480);
        assert_eq!(speech_end_ms(&[0.0; 1000]), 0);
    }

    #[test]
    fn the_first_audible_sample_counts() {
        let mut watch = Stopwatch::default();
        watch.start(&Pcm::silence(100, 1_000)).unwrap();
        assert!(watch.take().is_none());
        let before = Instant::now();
        watch.start(&Pcm::new([vec![0.0; 500], vec![0.5; 10]].concat(), 1_000)).unwrap();
        watch.start(&Pcm::new(vec![0.5; 10], 1_000)).unwrap();
        let first = watch.take().unwrap();
        assert!(first >= before + Duration::from_millis(500));
        assert!(watch.take().is_none());
    }
}
