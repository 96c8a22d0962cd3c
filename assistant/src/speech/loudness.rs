//! Every clause equally loud, and no longer than its words.

use crate::audio::Pcm;

/// The loudness of speech, measured where there is any: -20 dB below full scale.
const TARGET: f32 = 0.1;
/// Nothing is made louder or quieter by more than this.
const GAIN: std::ops::RangeInclusive<f32> = 0.1..=4.0;
/// No sample is louder.
const PEAK: f32 = 0.95;
/// What is quieter is a gap: -45 dB.
const GAP: f32 = 0.0056;
/// A window in which loudness is measured, in milliseconds.
const WINDOW_MS: u32 = 20;
/// What is left of the silence at the beginning and at the end.
const LEAD_MS: u32 = 15;
const TAIL_MS: u32 = 60;

fn samples(ms: u32, rate: u32) -> usize {
    usize::try_from(u64::from(ms) * u64::from(rate) / 1000).unwrap_or(0).max(1)
}

/// Brings speech to the usual loudness. Silence stays silence.
pub(super) fn normalise(sound: &mut Pcm) {
    let window = samples(WINDOW_MS, sound.rate);
    let (mut sum, mut count) = (0.0_f32, 0_usize);
    for piece in sound.samples.chunks(window) {
        let energy: f32 = piece.iter().map(|one| one * one).sum();
        if (energy / piece.len() as f32).sqrt() > GAP {
            sum += energy;
            count += piece.len();
        }
    }
    if count == 0 {
        return;
    }
    let loudness = (sum / count as f32).sqrt();
    let loudest = sound.samples.iter().fold(0.0_f32, |most, one| most.max(one.abs()));
    let gain = (TARGET / loudness).clamp(*GAIN.start(), *GAIN.end()).min(PEAK / loudest.max(f32::MIN_POSITIVE));
    if gain.is_finite() {
        sound.samples.iter_mut().for_each(|one| *one *= gain);
    }
}

/// Cuts the silence before the first word and behind the last one, and fades the edges.
pub(super) fn trim(sound: &mut Pcm) {
    let window = samples(WINDOW_MS / 4, sound.rate);
    let loud = |piece: &[f32]| piece.iter().any(|one| one.abs() > GAP);
    let pieces: Vec<bool> = sound.samples.chunks(window).map(loud).collect();
    let (Some(first), Some(last)) = (pieces.iter().position(|loud| *loud), pieces.iter().rposition(|loud| *loud))
    else {
        sound.samples.clear();
        return;
    };
    let begin = (first * window).saturating_sub(samples(LEAD_MS, sound.rate));
    let end = ((last + 1) * window + samples(TAIL_MS, sound.rate)).min(sound.samples.len());
    sound.samples.truncate(end);
    sound.samples.drain(..begin);
    let fade = samples(LEAD_MS / 3, sound.rate).min(sound.samples.len());
    for at in 0..fade {
        let part = at as f32 / fade as f32;
        sound.samples.get_mut(at).into_iter().for_each(|one| *one *= part);
        let end = sound.samples.len() - 1 - at;
        sound.samples.get_mut(end).into_iter().for_each(|one| *one *= part);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tone(loud: f32, ms: u32) -> Vec<f32> {
        (0..24 * ms).map(|n| (n as f32 * 0.1).sin() * loud).collect()
    }

    fn rms(samples: &[f32]) -> f32 {
        (samples.iter().map(|one| one * one).sum::<f32>() / samples.len() as f32).sqrt()
    }

    #[test]
    fn quiet_and_loud_come_out_alike_whatever_the_gaps() {
        for loud in [0.05, 0.14, 0.5, 0.9] {
            let mut sound = Pcm::new([tone(loud, 300), vec![0.0; 24 * 500], tone(loud, 300)].concat(), 24_000);
            normalise(&mut sound);
            assert!((rms(&sound.samples[..24 * 300]) - TARGET).abs() < 0.005, "{loud}");
        }
    }

    #[test]
    fn nothing_is_clipped_and_silence_is_not_raised() {
        let mut spiky = Pcm::new([tone(0.02, 300), vec![0.9], tone(0.02, 300)].concat(), 24_000);
        normalise(&mut spiky);
        assert!(spiky.samples.iter().all(|one| one.abs() <= PEAK + 1e-6));
        let mut silence = Pcm::silence(100, 24_000);
        normalise(&mut silence);
        assert!(silence.samples.iter().all(|one| *one == 0.0));
    }

    #[test]
    fn silence_at_the_edges_goes() {
        let mut sound = Pcm::new([vec![0.0; 24 * 400], tone(0.3, 200), vec![0.001; 24 * 700]].concat(), 24_000);
        trim(&mut sound);
        assert!((260..=290).contains(&sound.duration_ms()), "{}", sound.duration_ms());
        assert_eq!(sound.samples[0], 0.0);
        trim(&mut Pcm::silence(0, 24_000));
        let mut nothing = Pcm::silence(300, 24_000);
        trim(&mut nothing);
        assert!(nothing.samples.is_empty());
        trim(&mut Pcm::new(vec![0.5], 24_000));
    }
}
