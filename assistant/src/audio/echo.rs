//! Takes what a loudspeaker plays out of what a microphone records, so that somebody can be heard who speaks meanwhile.

use sonora_aec3::block::Block;
use sonora_aec3::block_processor::BlockProcessor;
use sonora_aec3::common::BLOCK_SIZE;
use sonora_aec3::config::EchoCanceller3Config;
use sonora_common_audio::cascaded_biquad_filter::{BiQuadCoefficients, CascadedBiQuadFilter};

/// Samples that are taken at a time: 4 ms.
pub(super) const BLOCK: usize = BLOCK_SIZE;
/// A sample that is louder can be heard.
const AUDIBLE: f32 = 1e-4;
/// For so many blocks after the last audible one a room may still echo: 2 seconds. Then there is nothing to be taken out.
const ECHOES: usize = 500;
/// The canceller counts in steps of 16-bit samples.
const STEPS: f32 = 32_768.0;
/// A sample that is louder was cut off by the microphone.
const CUT_OFF: f32 = 0.998;

/// What is lower is no voice, but the hum and the offset of a microphone, which the canceller would take for an echo that it can't find.
const LOWEST_HZ: f64 = 80.0;

/// What a microphone recorded, without what was played. Both are equally long, 16 kHz mono.
#[derive(Debug, Default)]
pub struct Cleaned {
    /// No echo is left, and little of a voice that speaks meanwhile: tells whether somebody does. It comes 4 ms later.
    pub strictly: Vec<f32>,
    /// A voice that speaks meanwhile is whole, and some echo is left: tells what it says.
    pub gently: Vec<f32>,
}

/// The canceller of WebRTC for one loudspeaker and one microphone, both as 16 kHz mono samples in step with each other. It learns
/// by itself how the room changes the sound, and how much later it comes, up to half a second.
pub struct EchoRemover {
    processor: BlockProcessor,
    high_pass: CascadedBiQuadFilter,
    /// What the canceller works on, and its result before it suppresses what else may be an echo.
    block: Block,
    linear: Block,
    played: Vec<f32>,
    recorded: Vec<f32>,
    /// Blocks since the last audible one was played.
    silent: usize,
}

impl Default for EchoRemover {
    fn default() -> Self {
        let mut config = EchoCanceller3Config::default();
        config.filter.export_linear_aec_output = true;
        let processor = BlockProcessor::new(&config, super::SAMPLE_RATE as usize, 1, 1);
        let (block, linear) = (Block::new(1, 1), Block::new(1, 1));
        let high_pass = CascadedBiQuadFilter::new(&[high_pass()]);
        EchoRemover { processor, high_pass, block, linear, played: Vec::new(), recorded: Vec::new(), silent: ECHOES }
    }
}

impl EchoRemover {
    /// Takes what was played since this was called last.
    pub fn played(&mut self, samples: &[f32]) {
        self.played.extend_from_slice(samples);
        let whole = self.played.len() / BLOCK * BLOCK;
        for block in self.played.get(..whole).unwrap_or_default().chunks_exact(BLOCK) {
            let audible = block.iter().any(|sample| sample.abs() > AUDIBLE);
            self.silent = if audible { 0 } else { self.silent.saturating_add(1) };
            if self.silent < ECHOES {
                fill(&mut self.block, block);
                self.processor.buffer_render(&self.block);
            }
        }
        self.played.drain(..whole);
    }

    /// Nothing was played for so long that no room echoes any more.
    pub(super) fn is_idle(&self) -> bool {
        self.silent >= ECHOES
    }

    /// Takes what was recorded meanwhile and adds it to `out` without what was played; less than 4 ms of it waits for more.
    pub fn clean(&mut self, samples: &[f32], out: &mut Cleaned) {
        self.recorded.extend_from_slice(samples);
        let whole = self.recorded.len() / BLOCK * BLOCK;
        for block in self.recorded.get(..whole).unwrap_or_default().chunks_exact(BLOCK) {
            fill(&mut self.block, block);
            self.high_pass.process_in_place(self.block.view_mut(0, 0));
            if self.silent >= ECHOES {
                out.strictly.extend_from_slice(block);
                out.gently.extend_from_slice(block);
                continue;
            }
            let cut_off = block.iter().any(|sample| sample.abs() > CUT_OFF);
            self.processor.process_capture(false, cut_off, Some(&mut self.linear), &mut self.block);
            out.strictly.extend(self.block.view(0, 0).iter().map(|sample| sample / STEPS));
            out.gently.extend(self.linear.view(0, 0).iter().map(|sample| sample / STEPS));
        }
        self.recorded.drain(..whole);
    }
}

/// Robert Bristow-Johnson's high-pass of the second order, without a peak.
fn high_pass() -> BiQuadCoefficients {
    let turn = std::f64::consts::TAU * LOWEST_HZ / f64::from(super::SAMPLE_RATE);
    let alpha = turn.sin() * std::f64::consts::FRAC_1_SQRT_2;
    let part = |value: f64| (value / (1.0 + alpha)) as f32;
    let edge = part((1.0 + turn.cos()) / 2.0);
    BiQuadCoefficients { b: [edge, -2.0 * edge, edge], a: [part(-2.0 * turn.cos()), part(1.0 - alpha)] }
}

/// Puts samples into a block of the canceller. Broken drivers send what is no number.
fn fill(block: &mut Block, samples: &[f32]) {
    let finite = samples.iter().map(|sample| if sample.is_finite() { sample.clamp(-1.0, 1.0) } else { 0.0 });
    block.view_mut(0, 0).iter_mut().zip(finite).for_each(|(to, sample)| *to = sample * STEPS);
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
        let (recorded, mut out) = (hiss(16_000, 0.3, 1), Cleaned::default());
        let mut remover = EchoRemover::default();
        for piece in recorded.chunks(256) {
            remover.played(&[0.0; 256]);
            remover.clean(piece, &mut out);
        }
        assert_eq!(out.strictly, recorded[..out.strictly.len()]);
        assert_eq!(out.gently, out.strictly);
        assert!(recorded.len() - out.strictly.len() < BLOCK);
    }

    #[test]
    fn what_is_played_is_taken_out_whatever_the_sizes_in_which_it_comes() {
        let played = hiss(80_000, 0.3, 2);
        let delay = 1_600;
        let mut remover = EchoRemover::default();
        let mut out = Cleaned::default();
        for (at, piece) in played.chunks(700).enumerate() {
            remover.played(piece);
            let from = at * 700;
            let echo = |n: usize| n.checked_sub(delay).and_then(|n| played.get(n)).map_or(0.0, |s| s * 0.3);
            let recorded: Vec<f32> = (from..from + piece.len()).map(echo).collect();
            recorded.chunks(256).for_each(|piece| remover.clean(piece, &mut out));
        }
        for out in [&out.strictly, &out.gently] {
            let (first, last) = (power(&out[3_200..8_000]), power(&out[64_000..]));
            assert!(last < power(&played) * 0.09 / 1_000.0, "{last} of {first}");
        }
    }
}
