//! The power of 40 bands of the spectrum, every 10 ms, in windows of 25 ms: what the GE2E encoder hears. Bands are spaced by Slaney's
//! scale and have his norm; powers are not made into decibels.

use realfft::num_complex::Complex;
use realfft::{RealFftPlanner, RealToComplex};
use std::f32::consts::TAU;
use std::sync::Arc;

/// Bands of the spectrum.
pub(super) const BANDS: usize = 40;
/// Samples from one step to the next: 10 ms.
pub(super) const STEP: usize = 160;
/// Samples of a window: 25 ms.
const WINDOW: usize = 400;
/// Frequencies of a window.
const BINS: usize = WINDOW / 2 + 1;
/// Half of 16 kHz.
const TOP_HZ: f64 = 8_000.0;

/// What turns samples into bands.
pub(super) struct Mel {
    fft: Arc<dyn RealToComplex<f32>>,
    /// Hann's, of a period as long as the window.
    window: Vec<f32>,
    /// For each band the first frequency that it has, and its weights from there on.
    bands: Vec<(usize, Vec<f32>)>,
}

impl Mel {
    pub fn new() -> Self {
        let fft = RealFftPlanner::new().plan_fft_forward(WINDOW);
        let window = (0..WINDOW).map(|n| 0.5 - 0.5 * (TAU * n as f32 / WINDOW as f32).cos()).collect();
        Mel { fft, window, bands: bands() }
    }

    /// The bands at each step, the first around the first sample; what is beyond the ends is silence.
    pub fn spectrum(&self, samples: &[f32]) -> Vec<[f32; BANDS]> {
        let (mut sound, mut spectrum) = (self.fft.make_input_vec(), self.fft.make_output_vec());
        let mut scratch = self.fft.make_scratch_vec();
        let mut steps = Vec::with_capacity(samples.len() / STEP + 1);
        for middle in (0..=samples.len()).step_by(STEP) {
            for (at, (to, weight)) in sound.iter_mut().zip(&self.window).enumerate() {
                let sample = (middle + at).checked_sub(WINDOW / 2).and_then(|at| samples.get(at));
                *to = sample.map_or(0.0, |sample| sample * weight);
            }
            // Its buffers have the lengths that it gave them, so that it can't refuse.
            let _ = self.fft.process_with_scratch(&mut sound, &mut spectrum, &mut scratch);
            steps.push(self.weigh(&spectrum));
        }
        steps
    }

    fn weigh(&self, spectrum: &[Complex<f32>]) -> [f32; BANDS] {
        let mut powers = [0.0; BANDS];
        for (power, (first, weights)) in powers.iter_mut().zip(&self.bands) {
            let bins = spectrum.iter().skip(*first);
            *power = bins.zip(weights).map(|(bin, weight)| bin.norm_sqr() * weight).sum();
        }
        powers
    }
}

/// Triangles of equal area, each from the middle of the one before to the middle of the next.
fn bands() -> Vec<(usize, Vec<f32>)> {
    let edges: Vec<f64> = (0..BANDS + 2).map(|n| hz(mel(TOP_HZ) * n as f64 / (BANDS + 1) as f64)).collect();
    let triangle = |edges: &[f64]| {
        let [low, middle, high] = *edges else { return (0, Vec::new()) };
        let weight = |bin: usize| {
            let hz = TOP_HZ * bin as f64 / (BINS - 1) as f64;
            let height = ((hz - low) / (middle - low)).min((high - hz) / (high - middle)).max(0.0);
            (height * 2.0 / (high - low)) as f32
        };
        let first = (0..BINS).find(|bin| weight(*bin) > 0.0).unwrap_or(0);
        (first, (first..BINS).map(weight).take_while(|weight| *weight > 0.0).collect())
    };
    edges.windows(3).map(triangle).collect()
}

/// Linear up to this, logarithmic above.
const KNEE_HZ: f64 = 1_000.0;
const KNEE_MEL: f64 = 15.0;

fn step() -> f64 {
    6.4_f64.ln() / 27.0
}

fn mel(hz: f64) -> f64 {
    if hz < KNEE_HZ { hz * KNEE_MEL / KNEE_HZ } else { KNEE_MEL + (hz / KNEE_HZ).ln() / step() }
}

fn hz(mel: f64) -> f64 {
    if mel < KNEE_MEL { mel * KNEE_HZ / KNEE_MEL } else { KNEE_HZ * (step() * (mel - KNEE_MEL)).exp() }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tone(hz: f32) -> Vec<f32> {
        (0..4_000).map(|n| (TAU * hz * n as f32 / 16_000.0).sin() * 0.5).collect()
    }

    #[test]
    fn a_tone_is_in_the_band_that_has_it_and_twice_as_loud_is_four_times_the_power() {
        let mel = Mel::new();
        let mut before = 0;
        for hz in [200.0, 700.0, 1_500.0, 3_000.0, 6_000.0] {
            let middle = mel.spectrum(&tone(hz))[12];
            let loudest = (0..BANDS).max_by(|a, b| middle[*a].total_cmp(&middle[*b])).unwrap();
            assert!(loudest > before, "{hz} Hz is in band {loudest}");
            before = loudest;
            let louder: Vec<f32> = tone(hz).iter().map(|sample| sample * 2.0).collect();
            let ratio = mel.spectrum(&louder)[12][loudest] / middle[loudest];
            assert!((ratio - 4.0).abs() < 0.01, "{ratio}");
        }
    }

    #[test]
    fn there_is_a_step_every_ten_milliseconds_and_silence_has_no_power() {
        let mel = Mel::new();
        assert_eq!(mel.spectrum(&[0.0; 1_600]).len(), 11);
        assert_eq!(mel.spectrum(&[]).len(), 1);
        assert!(mel.spectrum(&[0.0; 1_600]).iter().flatten().all(|power| *power == 0.0));
    }

    #[test]
    fn bands_are_triangles_that_rise() {
        let all = bands();
        assert_eq!(all.len(), BANDS);
        assert!(all.windows(2).all(|pair| pair[0].0 <= pair[1].0));
        assert!(all.iter().all(|(first, weights)| !weights.is_empty() && first + weights.len() <= BINS));
    }
}
