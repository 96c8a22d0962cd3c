//! One sample rate to another, for whole sounds and for streams.

use super::AudioError;
use rubato::audioadapter_buffers::direct::InterleavedSlice;
use rubato::{Fft, FixedSync, Resampler};

/// Input samples that the converter takes at a time.
const CHUNK: usize = 1024;

/// Mono samples at `from` Hz as mono samples at `to` Hz, as long as before.
///
/// # Errors
/// When either rate is zero or the pair can't be converted.
pub fn resample(samples: &[f32], from: u32, to: u32) -> Result<Vec<f32>, AudioError> {
    if from == to || samples.is_empty() {
        return Ok(samples.to_vec());
    }
    let fail = |why: String| AudioError::Resample { from, to, why };
    let mut converter = converter(from, to, CHUNK)?;
    let input = InterleavedSlice::new(samples, 1, samples.len()).map_err(|e| fail(e.to_string()))?;
    let output = converter.process_all(&input, samples.len(), None).map_err(|e| fail(e.to_string()))?;
    Ok(output.take_data())
}

/// A stream of mono samples at one rate as a stream at another.
pub struct StreamResampler {
    converter: Option<Fft<f32>>,
    waiting: Vec<f32>,
    from: u32,
    to: u32,
}

impl StreamResampler {
    /// A converter from `from` Hz to `to` Hz.
    ///
    /// # Errors
    /// When either rate is zero or the pair can't be converted.
    pub fn new(from: u32, to: u32) -> Result<Self, AudioError> {
        let converter = if from == to { None } else { Some(converter(from, to, CHUNK / 2)?) };
        Ok(Self { converter, waiting: Vec::new(), from, to })
    }

    /// Takes what arrived and adds what became ready to `out`; the rest waits for more.
    ///
    /// # Errors
    /// When the converter refuses, which it has no reason to.
    pub fn push(&mut self, samples: &[f32], out: &mut Vec<f32>) -> Result<(), AudioError> {
        let Some(converter) = &mut self.converter else {
            out.extend_from_slice(samples);
            return Ok(());
        };
        let (from, to) = (self.from, self.to);
        let fail = |why: String| AudioError::Resample { from, to, why };
        self.waiting.extend_from_slice(samples);
        loop {
            let need = converter.input_frames_next();
            let Some(chunk) = self.waiting.get(..need) else { return Ok(()) };
            let input = InterleavedSlice::new(chunk, 1, need).map_err(|e| fail(e.to_string()))?;
            let ready = converter.process(&input, None).map_err(|e| fail(e.to_string()))?;
            out.extend(ready.take_data());
            self.waiting.drain(..need);
        }
    }
}

fn converter(from: u32, to: u32, chunk: usize) -> Result<Fft<f32>, AudioError> {
    Fft::new(from as usize, to as usize, chunk, 1, FixedSync::Input).map_err(|e| AudioError::Resample {
        from,
        to,
        why: e.to_string(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tone(hz: f32, rate: u32, ms: u32) -> Vec<f32> {
        let step = std::f32::consts::TAU * hz / rate as f32;
        (0..rate * ms / 1000).map(|n| (n as f32 * step).sin() * 0.5).collect()
    }

    fn loudness(samples: &[f32]) -> f32 {
        (samples.iter().map(|s| s * s).sum::<f32>() / samples.len() as f32).sqrt()
    }

    #[test]
    fn keeps_length_pitch_and_loudness() {
        for from in [8_000, 11_025, 22_050, 44_100, 48_000, 96_000] {
            let out = resample(&tone(440.0, from, 500), from, 16_000).unwrap();
            assert!(out.len().abs_diff(8_000) <= 2, "{from}: {}", out.len());
            let crossings = out.windows(2).filter(|w| w[0] < 0.0 && w[1] >= 0.0).count();
            assert!((218..=222).contains(&crossings), "{from}: {crossings} periods instead of 220");
            assert!((loudness(&out) - 0.3535).abs() < 0.02, "{from}: {}", loudness(&out));
        }
    }

    #[test]
    fn takes_away_what_the_lower_rate_cannot_hold() {
        let out = resample(&tone(11_000.0, 44_100, 500), 44_100, 16_000).unwrap();
        assert!(loudness(&out) < 0.01, "an 11 kHz tone must not fold back: {}", loudness(&out));
    }

    #[test]
    fn a_stream_gives_what_the_whole_gives() {
        let input = tone(300.0, 48_000, 1_000);
        let mut stream = StreamResampler::new(48_000, 16_000).unwrap();
        let mut out = Vec::new();
        for piece in input.chunks(777) {
            stream.push(piece, &mut out).unwrap();
        }
        assert!(out.len() > 15_000 && out.len() <= 16_000, "{}", out.len());
        assert!((loudness(&out[2_000..]) - 0.3535).abs() < 0.01);
    }

    #[test]
    fn a_rate_of_zero_is_a_sentence() {
        let error = resample(&[0.0; 10], 0, 16_000).unwrap_err().to_string();
        assert!(error.contains("0 samples per second"), "{error}");
    }
}
