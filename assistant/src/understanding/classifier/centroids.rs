//! The nearest of very many classes: each is the middle of its sentences. It is trained by adding up, however many flows a
//! project has, and a sentence costs what its own features weigh, not what all classes do.

use super::network::softmax;
use super::vocabulary::Entry;

/// How sharply the nearest class is preferred; chosen so that a probability is about how often it is right.
const SHARPNESS: f32 = 16.0;
/// So many classes at most are remembered for one feature: what all of them share tells none apart.
const CLASSES_OF_A_FEATURE_MAX: usize = 48;

/// The middles of the classes, by feature.
#[derive(Clone, Debug)]
pub(super) struct Centroids {
    classes: usize,
    /// Where each feature's classes begin, and class and weight of each.
    starts: Vec<u32>,
    weights: Vec<(u16, f32)>,
}

impl Centroids {
    /// Adds up the sentences of each class.
    pub(super) fn train(lessons: &[(Vec<Entry>, u16)], features: usize, classes: usize) -> Self {
        let mut counts = vec![0.0_f32; classes];
        for class in lessons.iter().map(|(_, class)| usize::from(*class)) {
            if let Some(count) = counts.get_mut(class) {
                *count += 1.0;
            }
        }
        let mut all: Vec<(u32, u16, f32)> = Vec::with_capacity(lessons.iter().map(|(vector, _)| vector.len()).sum());
        for (vector, class) in lessons {
            let count = counts.get(usize::from(*class)).copied().unwrap_or(1.0);
            all.extend(vector.iter().map(|(feature, value)| (*feature, *class, value / count)));
        }
        all.sort_unstable_by_key(|(feature, class, _)| (*feature, *class));
        all.dedup_by(|next, kept| {
            let same = (next.0, next.1) == (kept.0, kept.1);
            kept.2 += if same { next.2 } else { 0.0 };
            same
        });
        let mut lengths = vec![0.0_f32; classes];
        for (_, class, weight) in &all {
            if let Some(length) = lengths.get_mut(usize::from(*class)) {
                *length += weight * weight;
            }
        }
        for (_, class, weight) in &mut all {
            *weight /= lengths.get(usize::from(*class)).copied().unwrap_or(1.0).sqrt().max(f32::MIN_POSITIVE);
        }
        let mut centroids = Centroids { classes, starts: Vec::with_capacity(features + 1), weights: Vec::new() };
        let mut rest = all.as_slice();
        for feature in 0..features {
            centroids.starts.push(u32::try_from(centroids.weights.len()).unwrap_or(u32::MAX));
            let count = rest.iter().take_while(|one| one.0 as usize == feature).count();
            let (own, others) = rest.split_at(count);
            rest = others;
            let mut kept: Vec<(u16, f32)> = own.iter().map(|(_, class, weight)| (*class, *weight)).collect();
            kept.sort_by(|a, b| b.1.total_cmp(&a.1));
            kept.truncate(CLASSES_OF_A_FEATURE_MAX);
            centroids.weights.extend(kept);
        }
        centroids.starts.push(u32::try_from(centroids.weights.len()).unwrap_or(u32::MAX));
        centroids
    }

    fn of(&self, feature: u32) -> &[(u16, f32)] {
        let at = feature as usize;
        let (Some(start), Some(end)) = (self.starts.get(at), self.starts.get(at + 1)) else { return &[] };
        self.weights.get(*start as usize..*end as usize).unwrap_or_default()
    }

    /// Adds the probability of each class to `sum`.
    pub(super) fn add_probabilities(&self, vector: &[Entry], sum: &mut [f32]) {
        let mut scores = vec![0.0_f32; self.classes];
        for (feature, value) in vector {
            for (class, weight) in self.of(*feature) {
                if let Some(score) = scores.get_mut(usize::from(*class)) {
                    *score += SHARPNESS * value * weight;
                }
            }
        }
        softmax(&mut scores);
        for (sum, score) in sum.iter_mut().zip(scores) {
            *sum += score;
        }
    }

    /// How much each feature of a sentence speaks for `class`, in the order of `vector`.
    pub(super) fn add_reasons(&self, vector: &[Entry], class: usize, reasons: &mut [f32]) {
        for ((feature, value), reason) in vector.iter().zip(reasons) {
            let own = self.of(*feature).iter().find(|(of, _)| usize::from(*of) == class);
            *reason += own.map_or(0.0, |(_, weight)| SHARPNESS * value * weight);
        }
    }
}
