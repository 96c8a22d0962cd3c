//! Sounds that nobody spoke: silence, three colours of noise, hum, clicks and music. Seeded, so always the same. Samples are
//! at 16 kHz.

const RATE: usize = 16_000;

/// A small generator of pseudo-random numbers between -1 and 1.
pub struct Random(u64);

impl Random {
    /// The row of numbers that belongs to a seed.
    #[must_use]
    pub fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1)
    }

    /// The next number.
    #[allow(clippy::should_implement_trait, reason = "it never ends")]
    pub fn next(&mut self) -> f32 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 40) as f32 / (1_u64 << 23) as f32 - 1.0
    }
}

/// The one of [`all`] that is most like a voice.
pub const HARDEST: &str = "chords";

/// Every sound with its name, `seconds` long, at a root mean square of `loudness`.
#[must_use]
pub fn all(seconds: usize, loudness: f32) -> Vec<(&'static str, Vec<f32>)> {
    let count = seconds * RATE;
    vec![
        ("silence", vec![0.0; count]),
        ("white noise", scaled(white(count, 1), loudness)),
        ("pink noise", scaled(pink(count, 2), loudness)),
        ("brown noise", scaled(brown(count, 3), loudness)),
        ("mains hum", scaled(tone(count, &[50.0, 150.0, 250.0]), loudness)),
        ("a steady tone", scaled(tone(count, &[440.0]), loudness)),
        ("clicks", clicks(count, loudness)),
        ("chords", scaled(chords(count), loudness)),
        ("a melody", scaled(melody(count), loudness)),
        ("a drum beat", scaled(drums(count), loudness)),
    ]
}

/// Every frequency alike, between -1 and 1.
#[must_use]
pub fn white(count: usize, seed: u64) -> Vec<f32> {
    let mut random = Random::new(seed);
    (0..count).map(|_| random.next()).collect()
}

/// Voss's way: rows that change half as often each.
#[must_use]
pub fn pink(count: usize, seed: u64) -> Vec<f32> {
    let mut random = Random::new(seed);
    let mut rows = [0.0_f32; 12];
    let sample = |n: usize| {
        let row = (n.trailing_zeros() as usize).min(rows.len() - 1);
        rows[row] = random.next();
        rows.iter().sum::<f32>()
    };
    (1..=count).map(sample).collect()
}

/// Noise that wanders: mostly low frequencies.
#[must_use]
pub fn brown(count: usize, seed: u64) -> Vec<f32> {
    let mut random = Random::new(seed);
    let mut level = 0.0;
    (0..count)
        .map(|_| {
            level = level * 0.998 + random.next() * 0.02;
            level
        })
        .collect()
}

fn tone(count: usize, partials: &[f32]) -> Vec<f32> {
    (0..count).map(|n| partials.iter().map(|hz| wave(*hz, n)).sum()).collect()
}

fn wave(hz: f32, n: usize) -> f32 {
    ((n as f64 * f64::from(hz) / RATE as f64).fract() as f32 * std::f32::consts::TAU).sin()
}

fn clicks(count: usize, loudness: f32) -> Vec<f32> {
    let mut random = Random::new(4);
    (0..count).map(|n| if n % 8_000 < 40 { random.next() * loudness * 4.0 } else { 0.0 }).collect()
}

/// A piano-like note: partials that die away, the high ones first.
fn note(hz: f32, n: usize) -> f32 {
    let seconds = n as f32 / RATE as f32;
    (1..=6).map(|k| wave(hz * k as f32, n) * (-seconds * (1.5 + k as f32)).exp() / k as f32).sum()
}

/// Four chords, one every half second.
fn chords(count: usize) -> Vec<f32> {
    let four = [[261.6, 329.6, 392.0], [220.0, 261.6, 329.6], [174.6, 220.0, 261.6], [196.0, 246.9, 293.7]];
    let beat = RATE / 2;
    (0..count).map(|n| four[n / beat % 4].iter().map(|hz| note(*hz, n % beat)).sum()).collect()
}

/// A tune over a bass, four notes a second.
#[must_use]
pub fn melody(count: usize) -> Vec<f32> {
    let tune = [392.0, 440.0, 493.9, 523.3, 587.3, 523.3, 493.9, 440.0, 659.3, 587.3, 523.3, 392.0];
    let beat = RATE / 4;
    (0..count).map(|n| note(tune[n / beat % 12], n % beat) + 0.6 * note(98.0, n % (4 * beat))).collect()
}

fn drums(count: usize) -> Vec<f32> {
    let mut random = Random::new(5);
    (0..count)
        .map(|n| {
            let (kick, hat) = ((n % 8_000) as f32 / RATE as f32, (n % 4_000) as f32 / RATE as f32);
            wave(55.0, n % 8_000) * (-kick * 18.0).exp() * 2.0 + random.next() * (-hat * 60.0).exp()
        })
        .collect()
}

fn scaled(mut samples: Vec<f32>, loudness: f32) -> Vec<f32> {
    let rms = (samples.iter().map(|s| s * s).sum::<f32>() / samples.len() as f32).sqrt();
    let factor = loudness / rms.max(1e-9);
    samples.iter_mut().for_each(|s| *s = (*s * factor).clamp(-1.0, 1.0));
    samples
}
