//! Sentences with longer pauses in them, and how often somebody who pauses so is cut off.

use super::replay::quiet_within;
use crate::audio::Pcm;
use crate::lang::Lang;
use serde::Serialize;

/// What is added to each pause within a sentence, in milliseconds.
pub const ADDED_MS: [u64; 3] = [300, 500, 700];

/// What became of one sentence: a line of `--json`.
#[derive(Serialize)]
pub struct PausedLine<'a> {
    /// Its file.
    pub file: &'a str,
    /// Its language.
    pub lang: Lang,
    /// How many milliseconds were added to each of its pauses.
    pub pause_ms: u64,
    /// What was said.
    pub said: &'a str,
    /// What was heard.
    pub heard: &'a str,
    /// The turn ended before the sentence did.
    pub cut_short: bool,
}

/// How often that was.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Paused {
    /// How many milliseconds were added to each pause.
    pub pause_ms: u64,
    /// Sentences with a pause in them.
    pub turns: usize,
    /// Turns that ended before the sentence did.
    pub cut_short: usize,
}

/// A sentence at 16 kHz with so many milliseconds of silence more in each of its pauses; `None` if it has none.
#[must_use]
pub fn lengthened(sound: &Pcm, pause_ms: u64) -> Option<Pcm> {
    let places = quiet_within(&sound.samples);
    let mut samples = Vec::with_capacity(sound.samples.len());
    let mut from = 0;
    for place in &places {
        samples.extend_from_slice(sound.samples.get(from..*place)?);
        samples.extend(Pcm::silence(pause_ms, sound.rate).samples);
        from = *place;
    }
    samples.extend_from_slice(sound.samples.get(from..)?);
    (!places.is_empty()).then(|| Pcm::new(samples, sound.rate))
}

/// The same in words.
#[must_use]
pub fn text(paused: &[Paused]) -> String {
    let line = |Paused { pause_ms, turns, cut_short }: &Paused| {
        format!(
            "\nwith {pause_ms} ms more in each pause of a sentence: {turns} turns; {cut_short} ended before the sentence did"
        )
    };
    paused.iter().map(line).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::audio::SAMPLE_RATE;

    fn tone(ms: usize) -> Vec<f32> {
        (0..ms * 16).map(|n| (n as f32 * 0.3).sin() * 0.5).collect()
    }

    #[test]
    fn pauses_get_longer_and_speech_stays_as_it_is() {
        let quiet = |ms: usize| vec![0.0; ms * 16];
        // A stop within a word is no pause, nor is what is around the sentence.
        let whole = [quiet(400), tone(400), quiet(160), tone(320), quiet(40), tone(320), quiet(400)].concat();
        let longer = lengthened(&Pcm::new(whole.clone(), SAMPLE_RATE), 500).unwrap();
        assert_eq!(longer.samples.len(), whole.len() + 500 * 16);
        let energy = |samples: &[f32]| samples.iter().map(|s| s * s).sum::<f32>();
        assert!((energy(&longer.samples) - energy(&whole)).abs() < 1e-3);
        assert_eq!(lengthened(&Pcm::new(tone(900), SAMPLE_RATE), 500), None);
    }
}
