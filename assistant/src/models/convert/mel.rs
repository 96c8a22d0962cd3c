//! The mel filters that whisper.cpp wants in a model file, computed as librosa does (Slaney's scale and norm).

/// Frequency bins of a window of 400 samples at 16 kHz.
pub(super) const BINS: usize = 201;
/// Half of 16 kHz.
const TOP_HZ: f64 = 8_000.0;

/// `filters` rows of [`BINS`] weights each.
pub(super) fn filters(filters: usize) -> Vec<f32> {
    let edges: Vec<f64> = (0..filters + 2).map(|n| hz(mel(TOP_HZ) * n as f64 / (filters + 1) as f64)).collect();
    let mut weights = Vec::with_capacity(filters * BINS);
    for window in edges.windows(3) {
        let [low, middle, high] = *window else { continue };
        for bin in 0..BINS {
            let frequency = TOP_HZ * bin as f64 / (BINS - 1) as f64;
            let rising = (frequency - low) / (middle - low);
            let falling = (high - frequency) / (high - middle);
            // The triangle is rounded to single precision before it is scaled: librosa keeps it in such an array.
            let triangle = rising.min(falling).max(0.0) as f32;
            weights.push((f64::from(triangle) * (2.0 / (high - low))) as f32);
        }
    }
    weights
}

/// Linear below 1 kHz, logarithmic above.
const LINEAR_HZ: f64 = 200.0 / 3.0;
const KNEE_HZ: f64 = 1_000.0;
const KNEE_MEL: f64 = KNEE_HZ / LINEAR_HZ;

fn step() -> f64 {
    6.4_f64.ln() / 27.0
}

fn mel(hz: f64) -> f64 {
    if hz < KNEE_HZ { hz / LINEAR_HZ } else { KNEE_MEL + (hz / KNEE_HZ).ln() / step() }
}

fn hz(mel: f64) -> f64 {
    if mel < KNEE_MEL { mel * LINEAR_HZ } else { KNEE_HZ * (step() * (mel - KNEE_MEL)).exp() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_scale_goes_there_and_back() {
        for f in [0.0, 440.0, 999.0, 1_000.0, 4_321.0, 8_000.0] {
            assert!((hz(mel(f)) - f).abs() < 1e-6);
        }
        assert!((mel(1_000.0) - 15.0).abs() < 1e-9);
    }

    #[test]
    fn filters_are_triangles_of_equal_area_from_low_to_high() {
        let all = filters(80);
        assert_eq!(all.len(), 80 * BINS);
        let peaks: Vec<usize> =
            all.chunks(BINS).map(|row| row.iter().enumerate().max_by(|a, b| a.1.total_cmp(b.1)).unwrap().0).collect();
        assert!(peaks.is_sorted(), "{peaks:?}");
        // 40 Hz between bins: the high filters are wide enough for their sum to come near 1 / 40.
        for row in all.chunks(BINS).skip(60) {
            assert!((row.iter().sum::<f32>() - 0.025).abs() < 0.001, "{}", row.iter().sum::<f32>());
        }
        // As published with Whisper: the second weight of the first filter.
        assert!((all[1] - 0.024_862_594).abs() < 1e-7, "{}", all[1]);
    }
}
