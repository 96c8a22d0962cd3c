//! Takes what a loudspeaker plays out of what a microphone records, so that somebody can be heard who speaks meanwhile.

use super::SAMPLE_RATE;
use sonora::config::EchoCanceller;
use sonora::{AudioProcessing, Config, StreamConfig};

/// Samples that are taken at a time: 10 ms.
pub(super) const BLOCK: usize = SAMPLE_RATE as usize / 100;
/// A sample that is louder can be heard.
const AUDIBLE: f32 = 1e-4;
/// For so many blocks after the last audible one a room may still echo: 2 seconds. Then there is nothing to be taken out.
const ECHOES: usize = 200;

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

    /// Nothing was played for so long that no room echoes any more.
    pub(super) fn is_idle(&self) -> bool {
        self.silent >= ECHOES
    }

    /// Takes what was recorded meanwhile and adds it to `out` without what was played; less than 10 ms of it waits for more.
    pub fn clean(&mut self, samples: &[f32], out: &mut Vec<f32>) {
        self.recorded.extend_from_slice(samples);
        let whole = self.recorded.len() / BLOCK * BLOCK;
        let mut cleaned = [0.0; BLOCK];
        for block in self.recorded.get(..whole).unwrap_or_default().chunks_exact(BLOCK) {
            if self.is_idle() {
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
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    pub(in crate::audio) fn hiss(count: usize, loud: f32, mut seed: u32) -> Vec<f32> {
        let mut next = || {
            seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            (seed >> 8) as f32 / 8_388_608.0 - 1.0
        };
        (0..count).map(|_| next() * loud).collect()
    }

    pub(in crate::audio) fn power(samples: &[f32]) -> f32 {
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
}
