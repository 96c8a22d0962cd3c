//! Where an utterance begins and ends, and whether anybody spoke at all: the first gate.

use crate::audio::{AudioError, Capture, FRAME_MS, Frame, FrameSource, SAMPLE_RATE};
use earshot::Detector;
use std::collections::VecDeque;

/// When speech counts as begun and as ended. Times in milliseconds.
#[derive(Clone, Debug, PartialEq)]
pub struct Endpointing {
    /// A frame with at least this score (0 to 1) is voiced.
    pub threshold: f32,
    /// So much voice within one utterance makes it speech. Less is a click, a cough or a peak of noise.
    pub min_voiced_ms: u32,
    /// At least one frame must score this (0 to 1). Recorded voices reach 0.93 and more, noise 0.5 to 0.89.
    pub min_peak: f32,
    /// The loudness must vary by this much within the utterance, in decibels. Voices in noise at 5 dB vary by 8 and
    /// more; a fan, hum or hiss, however loud, by less than 4.
    pub min_range_db: f32,
    /// So much without voice ends the utterance.
    pub end_silence_ms: u32,
    /// Sound from before the first voiced frame that belongs to the utterance (soft consonants).
    pub lead_in_ms: u32,
    /// Sound from after the last voiced frame that belongs to the utterance.
    pub tail_ms: u32,
    /// An utterance is cut when it gets so long.
    pub max_ms: u32,
}

impl Default for Endpointing {
    fn default() -> Self {
        Self {
            threshold: 0.5,
            min_voiced_ms: 160,
            min_peak: 0.85,
            min_range_db: 6.0,
            end_silence_ms: 700,
            lead_in_ms: 320,
            tail_ms: 320,
            max_ms: 28_000,
        }
    }
}

impl Endpointing {
    /// For a recording that is one turn as a whole: pauses do not end it.
    #[must_use]
    pub fn whole_recording() -> Self {
        Self { end_silence_ms: u32::MAX, max_ms: u32::MAX, ..Self::default() }
    }
}

/// One stretch of speech, from its first to its last voiced frame with a little around it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Utterance {
    /// 16 kHz mono samples, each between -1.0 and 1.0.
    pub samples: Vec<f32>,
    /// How much of it is voiced, in milliseconds.
    pub voiced_ms: u32,
    /// The highest voice score of a frame, 0 to 1.
    pub peak: f32,
    /// Where it begins in the stream, in milliseconds.
    pub start_ms: u64,
}

impl Utterance {
    /// How long it lasts, in milliseconds.
    #[must_use]
    pub fn duration_ms(&self) -> u64 {
        self.samples.len() as u64 * 1000 / u64::from(SAMPLE_RATE)
    }
}

/// A frame as long as it may be a part of an utterance.
struct Kept {
    words: Frame,
    voiced: bool,
    /// How loud it is where voices are told.
    power: f32,
}

/// Cuts a stream of frames into utterances. One for each stream; it carries on after an utterance.
pub struct Endpointer {
    settings: Endpointing,
    detector: Box<Detector>,
    /// Sound since the lead-in, as long as it may become an utterance.
    kept: VecDeque<Kept>,
    voiced_frames: u32,
    silent_frames: u32,
    peak: f32,
    last_score: f32,
    frames_seen: u64,
}

impl Endpointer {
    /// An endpointer at the beginning of a stream.
    #[must_use]
    pub fn new(settings: Endpointing) -> Self {
        Self {
            settings,
            detector: Box::default(),
            kept: VecDeque::new(),
            voiced_frames: 0,
            silent_frames: 0,
            peak: 0.0,
            last_score: 0.0,
            frames_seen: 0,
        }
    }

    /// Takes the next frame; gives the utterance that ended with it.
    pub fn push<'f>(&mut self, frame: impl Into<Capture<'f>>) -> Option<Utterance> {
        let Capture { voice, words } = frame.into();
        self.frames_seen += 1;
        let voice = bounded(voice);
        self.last_score = self.detector.predict_f32(&voice);
        let voiced = self.last_score >= self.settings.threshold;
        let power = voice.iter().map(|sample| sample * sample).sum::<f32>() / voice.len() as f32;
        self.kept.push_back(Kept { words: bounded(words), voiced, power });
        if voiced {
            self.voiced_frames += 1;
            self.silent_frames = 0;
            self.peak = self.peak.max(self.last_score);
        } else {
            self.silent_frames += 1;
        }
        if self.voiced_frames == 0 {
            self.trim_lead_in();
            return None;
        }
        let silent_ms = self.silent_frames.saturating_mul(FRAME_MS);
        let kept_ms = (self.kept.len() as u64).saturating_mul(u64::from(FRAME_MS));
        let ended = silent_ms >= self.settings.end_silence_ms || kept_ms >= u64::from(self.settings.max_ms);
        if ended { self.cut() } else { None }
    }

    /// From now on so much without voice ends an utterance, also the one that is going on. Milliseconds.
    pub fn wait(&mut self, end_silence_ms: u32) {
        self.settings.end_silence_ms = end_silence_ms;
    }

    /// The stream is over (or Enter was pressed): gives the utterance that was still going on.
    pub fn finish(&mut self) -> Option<Utterance> {
        self.cut()
    }

    /// Somebody is speaking: enough voice has been heard, and the utterance has not ended.
    #[must_use]
    pub fn is_speech(&self) -> bool {
        self.voiced_frames * FRAME_MS >= self.settings.min_voiced_ms
    }

    /// How long it has been quiet since the last voiced frame, in milliseconds.
    #[must_use]
    pub fn silence_ms(&self) -> u32 {
        self.silent_frames.saturating_mul(FRAME_MS)
    }

    /// Whether the latest frame is voiced.
    #[must_use]
    pub fn is_voiced(&self) -> bool {
        self.last_score >= self.settings.threshold
    }

    /// The utterance that is going on, as it would be if it ended now; `None` as long as it would be none.
    #[must_use]
    pub fn so_far(&self) -> Option<Utterance> {
        if !self.has_voice_enough() {
            return None;
        }
        let kept = &self.kept;
        let last_voiced = kept.iter().rposition(|frame| frame.voiced).unwrap_or(kept.len());
        let end = kept.len().min(last_voiced + 1 + (self.settings.tail_ms / FRAME_MS) as usize);
        let start_frame = self.frames_seen.saturating_sub(kept.len() as u64);
        let powers: Vec<f32> = kept.iter().take(end).map(|frame| frame.power).collect();
        (range_db(&powers) >= self.settings.min_range_db).then(|| Utterance {
            samples: kept.iter().take(end).flat_map(|frame| frame.words).collect(),
            voiced_ms: self.voiced_frames.saturating_mul(FRAME_MS),
            peak: self.peak,
            start_ms: start_frame * u64::from(FRAME_MS),
        })
    }

    /// How much of what is going on is voiced, in milliseconds; 0 as long as no frame was surely voice.
    #[must_use]
    pub fn voiced_ms(&self) -> u32 {
        if self.has_voice_enough() { self.voiced_frames.saturating_mul(FRAME_MS) } else { 0 }
    }

    fn has_voice_enough(&self) -> bool {
        self.is_speech() && self.peak >= self.settings.min_peak
    }

    /// The voice score of the latest frame, 0 to 1.
    #[must_use]
    pub fn score(&self) -> f32 {
        self.last_score
    }

    /// Ends what is going on: an utterance if there was voice enough, nothing otherwise. Either way a new one begins.
    fn cut(&mut self) -> Option<Utterance> {
        let (utterance, enough_voice) = (self.so_far(), self.has_voice_enough());
        self.voiced_frames = 0;
        self.silent_frames = 0;
        self.peak = 0.0;
        if !enough_voice {
            // A lone peak must not add up with the next one; its sound may be the lead-in of real speech.
            self.kept.iter_mut().for_each(|frame| frame.voiced = false);
            self.trim_lead_in();
            return None;
        }
        self.kept.clear();
        utterance
    }

    fn trim_lead_in(&mut self) {
        let keep = (self.settings.lead_in_ms / FRAME_MS) as usize;
        while self.kept.len() > keep {
            self.kept.pop_front();
        }
    }
}

/// The detector refuses what is outside of these bounds, and a broken driver may send it.
fn bounded(frame: &Frame) -> Frame {
    frame.map(|sample| if sample.is_finite() { sample.clamp(-1.0, 1.0) } else { 0.0 })
}

/// How much the loudness of stretches of 64 ms varies, in decibels, without the loudest and the quietest tenth; from the power of
/// each frame.
fn range_db(powers: &[f32]) -> f32 {
    const STRETCH: usize = 64 / FRAME_MS as usize;
    /// What counts as silence, so that perfect silence has a logarithm.
    const FLOOR: f32 = 1e-9;
    let power = |stretch: &[f32]| stretch.iter().sum::<f32>() / STRETCH as f32;
    let mut levels: Vec<f32> = powers.chunks_exact(STRETCH).map(|s| 10.0 * (power(s) + FLOOR).log10()).collect();
    levels.sort_by(f32::total_cmp);
    let last = levels.len().saturating_sub(1);
    match (levels.get(last / 10), levels.get(last * 9 / 10)) {
        (Some(quiet), Some(loud)) => loud - quiet,
        _ => 0.0,
    }
}

/// Listens until one utterance has ended or the source is over: one turn. `None` when nobody spoke.
///
/// # Errors
/// When the source fails.
pub fn hear_turn(source: &mut dyn FrameSource, endpointer: &mut Endpointer) -> Result<Option<Utterance>, AudioError> {
    while let Some(frame) = source.next_frame()? {
        let words = source.words().unwrap_or(&frame);
        if let Some(utterance) = endpointer.push(Capture { voice: &frame, words }) {
            return Ok(Some(utterance));
        }
    }
    Ok(endpointer.finish())
}

#[cfg(test)]
mod tests;
