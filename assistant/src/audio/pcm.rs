//! Samples with their rate.

use std::time::Duration;

/// The rate at which Sayso listens, in samples per second.
pub const SAMPLE_RATE: u32 = 16_000;

/// Mono sound: samples between -1.0 and 1.0 at `rate` samples per second.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Pcm {
    /// The samples, each between -1.0 and 1.0.
    pub samples: Vec<f32>,
    /// Samples per second.
    pub rate: u32,
}

impl Pcm {
    /// Sound from samples at `rate` samples per second.
    #[must_use]
    pub fn new(samples: Vec<f32>, rate: u32) -> Self {
        Self { samples, rate }
    }

    /// Silence of the given length.
    #[must_use]
    pub fn silence(ms: u64, rate: u32) -> Self {
        let count = ms.saturating_mul(u64::from(rate)) / 1000;
        Self { samples: vec![0.0; usize::try_from(count).unwrap_or(0)], rate }
    }

    /// How long it lasts.
    #[must_use]
    pub fn duration(&self) -> Duration {
        Duration::from_millis(self.duration_ms())
    }

    /// How long it lasts, in milliseconds, rounded down.
    #[must_use]
    pub fn duration_ms(&self) -> u64 {
        (self.samples.len() as u64).saturating_mul(1000) / u64::from(self.rate.max(1))
    }

    /// The same sound at another rate.
    ///
    /// # Errors
    /// When either rate is one that can't be converted (zero).
    pub fn at_rate(self, rate: u32) -> Result<Self, super::AudioError> {
        if self.rate == rate {
            return Ok(self);
        }
        Ok(Self { samples: super::resample(&self.samples, self.rate, rate)?, rate })
    }

    /// Puts `other` behind this sound, after `gap_ms` of silence. `other` is converted to this sound's rate; an
    /// empty sound takes over the rate of `other`.
    ///
    /// # Errors
    /// When the rates can't be converted into each other.
    pub fn append(&mut self, other: Pcm, gap_ms: u64) -> Result<(), super::AudioError> {
        if self.samples.is_empty() {
            *self = other;
            return Ok(());
        }
        let other = other.at_rate(self.rate)?;
        self.samples.extend(Pcm::silence(gap_ms, self.rate).samples);
        self.samples.extend(other.samples);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn knows_how_long_it_lasts() {
        assert_eq!(Pcm::silence(1_250, 8_000).samples.len(), 10_000);
        assert_eq!(Pcm::silence(1_250, 8_000).duration_ms(), 1_250);
        assert_eq!(Pcm::new(vec![0.0; 7], 0).duration_ms(), 7_000);
    }

    #[test]
    fn joins_sounds_of_different_rates() {
        let mut joined = Pcm::default();
        joined.append(Pcm::silence(100, 16_000), 500).unwrap();
        assert_eq!((joined.rate, joined.duration_ms()), (16_000, 100));
        joined.append(Pcm::silence(100, 8_000), 50).unwrap();
        assert_eq!((joined.rate, joined.duration_ms()), (16_000, 250));
    }
}
