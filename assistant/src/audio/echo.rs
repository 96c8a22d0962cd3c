//! Takes what a loudspeaker plays out of what a microphone records, so that somebody can be heard who speaks meanwhile.

use super::{AudioError, SAMPLE_RATE, StreamResampler};
use sonora::config::EchoCanceller;
use sonora::{AudioProcessing, Config, StreamConfig};
use std::collections::VecDeque;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::time::{Duration, Instant};

/// Samples that are taken at a time: 10 ms.
const BLOCK: usize = SAMPLE_RATE as usize / 100;
/// A sample that is louder can be heard.
const AUDIBLE: f32 = 1e-4;
/// For so many blocks after the last audible one a room may still echo: 2 seconds. Then there is nothing to be taken out.
const ECHOES: usize = 200;
/// Chunks (about 10 ms each) that may wait. When nobody takes them for so long, the newest are dropped.
const WAITING_CHUNKS: usize = 512;
/// How long a block lasts.
const BLOCK_TIME: Duration = Duration::from_millis(10);
/// So much of the way from a program to a loudspeaker's air is left to the canceller: sound systems report it inexactly, and what is
/// heard before it was played can't be taken out.
const LEFT_OVER: Duration = Duration::from_millis(250);

/// The canceller of WebRTC for one loudspeaker and one microphone, both as 16 kHz mono samples in step with each other. It learns
/// by itself how the room changes the sound, and how much later it comes, up to half a second.
pub struct EchoRemover {
    processing: AudioProcessing,
    played: Vec<f32>,
    recorded: Vec<f32>,
    /// Blocks since the last audible one was played.
    silent: usize,
}

impl Default for EchoRemover {
    fn default() -> Self {
        let config = Config { echo_canceller: Some(EchoCanceller::default()), ..Config::default() };
        let stream = StreamConfig::new(SAMPLE_RATE, 1);
        let processing = AudioProcessing::builder().config(config).capture_config(stream).render_config(stream).build();
        EchoRemover { processing, played: Vec::new(), recorded: Vec::new(), silent: ECHOES }
    }
}

impl EchoRemover {
    /// Takes what was played since this was called last.
    pub fn played(&mut self, samples: &[f32]) {
        self.played.extend_from_slice(samples);
        let whole = self.played.len() / BLOCK * BLOCK;
        let mut unused = [0.0; BLOCK];
        for block in self.played.get(..whole).unwrap_or_default().chunks_exact(BLOCK) {
            let audible = block.iter().any(|sample| sample.abs() > AUDIBLE);
            self.silent = if audible { 0 } else { self.silent.saturating_add(1) };
            if self.silent < ECHOES
                && let Err(why) = self.processing.process_render_f32(&[block], &mut [&mut unused])
            {
                tracing::debug!("what was played is of no use for removing echoes: {why:?}");
            }
        }
        self.played.drain(..whole);
    }

    /// Takes what was recorded meanwhile and adds it to `out` without what was played; less than 10 ms of it waits for more.
    pub fn clean(&mut self, samples: &[f32], out: &mut Vec<f32>) {
        self.recorded.extend_from_slice(samples);
        let whole = self.recorded.len() / BLOCK * BLOCK;
        let mut cleaned = [0.0; BLOCK];
        for block in self.recorded.get(..whole).unwrap_or_default().chunks_exact(BLOCK) {
            if self.silent >= ECHOES {
                out.extend_from_slice(block);
                continue;
            }
            match self.processing.process_capture_f32(&[block], &mut [&mut cleaned]) {
                Ok(()) => out.extend_from_slice(&cleaned),
                Err(why) => {
                    tracing::debug!("the echo stays in: {why:?}");
                    out.extend_from_slice(block);
                }
            }
        }
        self.recorded.drain(..whole);
    }

    /// Forgets what waits.
    pub fn forget(&mut self) {
        self.played.clear();
        self.recorded.clear();
    }
}

/// A piece of what is played and a moment shortly before its beginning comes out of the loudspeaker.
type Chunk = (Instant, Vec<f32>);

/// Tells what a loudspeaker plays.
pub(super) struct Teller(SyncSender<Chunk>);

impl Teller {
    /// Tells of a piece that comes out of the loudspeaker after this delay, as the sound system says. False when nobody wants to know
    /// any more. Never waits.
    pub(super) fn tell(&self, delay: Duration, samples: Vec<f32>) -> bool {
        let at = Instant::now() + delay.saturating_sub(LEFT_OVER);
        !matches!(self.0.try_send((at, samples)), Err(std::sync::mpsc::TrySendError::Disconnected(_)))
    }
}

/// What a loudspeaker plays, as it plays it: mono, at its own rate.
pub struct Reference {
    chunks: Receiver<Chunk>,
    rate: u32,
}

impl Reference {
    /// For a loudspeaker of so many samples per second.
    pub(super) fn new(rate: u32) -> (Teller, Self) {
        let (tell, chunks) = sync_channel(WAITING_CHUNKS);
        (Teller(tell), Reference { chunks, rate })
    }
}

/// A microphone's part in it: brings what was played and what was recorded into step.
pub(super) struct EchoPath {
    reference: Reference,
    resampler: StreamResampler,
    remover: EchoRemover,
    /// Not to be heard yet.
    waiting: VecDeque<Chunk>,
    resampled: Vec<f32>,
}

impl EchoPath {
    /// The way from this loudspeaker.
    pub(super) fn from(reference: Reference) -> Result<Self, AudioError> {
        let resampler = StreamResampler::new(reference.rate, SAMPLE_RATE)?;
        let (remover, waiting, resampled) = (EchoRemover::default(), VecDeque::new(), Vec::new());
        Ok(EchoPath { reference, resampler, remover, waiting, resampled })
    }

    /// Adds what was recorded from `at` on, at 16 kHz, to `out`, without what had been played by then. Both come in pieces of any
    /// size, and are brought into step block by block.
    pub(super) fn clean(&mut self, at: Instant, recorded: &[f32], out: &mut Vec<f32>) -> Result<(), AudioError> {
        self.take_in();
        let mut now = at;
        for block in recorded.chunks(BLOCK) {
            while let Some((_, samples)) = self.waiting.pop_front_if(|(when, _)| *when <= now) {
                self.resampler.push(&samples, &mut self.resampled)?;
            }
            self.remover.played(&self.resampled);
            self.resampled.clear();
            self.remover.clean(block, out);
            now += BLOCK_TIME;
        }
        Ok(())
    }

    /// What is played in one piece is heard one block after the other.
    fn take_in(&mut self) {
        let block = (self.reference.rate as usize / 100).max(1);
        for (at, samples) in self.reference.chunks.try_iter() {
            let blocks = samples.chunks(block).zip(0_u32..);
            self.waiting.extend(blocks.map(|(block, n)| (at + BLOCK_TIME * n, block.to_vec())));
        }
    }

    /// What was recorded until now is of no interest, and so is what was played by then.
    pub(super) fn forget(&mut self) {
        let now = Instant::now();
        self.take_in();
        self.waiting.retain(|(when, _)| *when > now);
        self.remover.forget();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hiss(count: usize, loud: f32, mut seed: u32) -> Vec<f32> {
        let mut next = || {
            seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            (seed >> 8) as f32 / 8_388_608.0 - 1.0
        };
        (0..count).map(|_| next() * loud).collect()
    }

    fn power(samples: &[f32]) -> f32 {
        samples.iter().map(|s| s * s).sum::<f32>() / samples.len().max(1) as f32
    }

    #[test]
    fn where_nothing_is_played_every_sample_stays_as_it_is() {
        let (recorded, mut out) = (hiss(16_000, 0.3, 1), Vec::new());
        let mut remover = EchoRemover::default();
        for piece in recorded.chunks(256) {
            remover.played(&[0.0; 256]);
            remover.clean(piece, &mut out);
        }
        assert_eq!(out, recorded[..out.len()]);
        assert!(recorded.len() - out.len() < BLOCK);
    }

    #[test]
    fn what_is_played_is_taken_out_whatever_the_sizes_in_which_it_comes() {
        let played = hiss(80_000, 0.3, 2);
        let delay = 1_600;
        let mut remover = EchoRemover::default();
        let mut out = Vec::new();
        for (at, piece) in played.chunks(700).enumerate() {
            remover.played(piece);
            let from = at * 700;
            let echo = |n: usize| n.checked_sub(delay).and_then(|n| played.get(n)).map_or(0.0, |s| s * 0.3);
            let recorded: Vec<f32> = (from..from + piece.len()).map(echo).collect();
            recorded.chunks(256).for_each(|piece| remover.clean(piece, &mut out));
        }
        let (first, last) = (power(&out[3_200..8_000]), power(&out[64_000..]));
        assert!(last < power(&played) * 0.09 / 1_000.0, "{last} of {first}");
    }

    #[test]
    fn a_loudspeaker_whose_sound_nobody_wants_falls_silent_towards_them() {
        let (teller, reference) = Reference::new(48_000);
        (0..2 * WAITING_CHUNKS).for_each(|_| assert!(teller.tell(Duration::ZERO, vec![0.0; 480])));
        drop(reference);
        assert!(!teller.tell(Duration::ZERO, vec![0.0; 480]));
    }

    #[test]
    fn what_is_still_to_be_heard_waits() {
        let (teller, reference) = Reference::new(SAMPLE_RATE);
        let mut path = EchoPath::from(reference).unwrap();
        teller.tell(Duration::ZERO, vec![0.1; 60 * BLOCK]);
        teller.tell(Duration::from_secs(9), vec![0.2; BLOCK]);
        let mut out = Vec::new();
        path.clean(Instant::now(), &[0.0; 30 * BLOCK], &mut out).unwrap();
        let left = path.waiting.len();
        assert!(out.len() == 30 * BLOCK && (25..=31).contains(&left), "half of the piece and all of the other: {left}");
        path.forget();
        assert!(!path.waiting.is_empty(), "it has not been heard yet");
    }
}
