//! Sound as a row of short frames: what a microphone gives, and what a WAV file gives in its place.

use super::{AudioError, Pcm, SAMPLE_RATE};
use std::time::{Duration, Instant};

/// Samples in a frame.
pub const FRAME_SAMPLES: usize = 256;
/// Length of a frame in milliseconds.
pub const FRAME_MS: u32 = 16;

/// 16 ms of sound: 256 samples at 16 kHz, each between -1.0 and 1.0.
pub type Frame = [f32; FRAME_SAMPLES];

/// One frame of a microphone: what tells best whether somebody speaks need not be what tells best what they say.
#[derive(Clone, Copy, Debug)]
pub struct Capture<'a> {
    /// By which it is found out whether somebody speaks.
    pub voice: &'a Frame,
    /// What is recognised.
    pub words: &'a Frame,
}

impl<'a> From<&'a Frame> for Capture<'a> {
    fn from(frame: &'a Frame) -> Self {
        Capture { voice: frame, words: frame }
    }
}

/// Whatever hands out frames of 16 kHz mono sound: a microphone, a WAV file, a test.
pub trait FrameSource {
    /// The next frame, or `None` when there will be no more. Waits for it where sound arrives in real time.
    ///
    /// # Errors
    /// When the device is lost.
    fn next_frame(&mut self) -> Result<Option<Frame>, AudioError>;

    /// What is to be recognised of the time of the frame that was handed out last, where that is not this frame itself: where an
    /// echo is taken out, no trace of it is to be taken for somebody, and nothing of a voice that speaks meanwhile is to be lost.
    fn words(&self) -> Option<&Frame> {
        None
    }

    /// Forgets what has been recorded and not yet handed out, where sound arrives by itself.
    fn forget(&mut self) {}
}

/// A recorded sound as a source of frames. The last frame is filled up with silence.
pub struct PcmFrames {
    samples: Vec<f32>,
    position: usize,
    started: Option<Instant>,
}

impl PcmFrames {
    /// Frames of `pcm`, which is brought to 16 kHz, as quickly as they are asked for.
    ///
    /// # Errors
    /// When the sample rate can't be converted.
    pub fn new(pcm: Pcm) -> Result<Self, AudioError> {
        Ok(Self { samples: pcm.at_rate(SAMPLE_RATE)?.samples, position: 0, started: None })
    }

    /// Hands the frames out in real time, as a microphone would.
    #[must_use]
    pub fn in_real_time(mut self) -> Self {
        self.started = Some(Instant::now());
        self
    }
}

impl FrameSource for PcmFrames {
    fn next_frame(&mut self) -> Result<Option<Frame>, AudioError> {
        let rest = self.samples.get(self.position..).unwrap_or_default();
        if rest.is_empty() {
            return Ok(None);
        }
        let mut frame: Frame = [0.0; FRAME_SAMPLES];
        for (to, from) in frame.iter_mut().zip(rest) {
            *to = *from;
        }
        self.position += FRAME_SAMPLES;
        if let Some(started) = self.started {
            let due = Duration::from_secs_f64(self.position as f64 / f64::from(SAMPLE_RATE));
            std::thread::sleep(due.saturating_sub(started.elapsed()));
        }
        Ok(Some(frame))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hands_out_every_sample_and_fills_the_last_frame() {
        let mut source = PcmFrames::new(Pcm::new(vec![0.5; 600], SAMPLE_RATE)).unwrap();
        let mut frames = Vec::new();
        while let Some(frame) = source.next_frame().unwrap() {
            frames.push(frame);
        }
        assert_eq!(frames.len(), 3);
        assert_eq!(frames.concat().iter().filter(|s| **s == 0.5).count(), 600);
        assert_eq!(frames[2][88..], [0.0; 168]);
    }

    #[test]
    fn real_time_takes_its_time() {
        let started = Instant::now();
        let mut source = PcmFrames::new(Pcm::silence(160, SAMPLE_RATE)).unwrap().in_real_time();
        while source.next_frame().unwrap().is_some() {}
        assert!(started.elapsed() >= Duration::from_millis(150));
    }
}
