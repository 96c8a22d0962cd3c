//! The second opinion: the intent by where a sentence lies among the taught ones, for those who have an encoder.

use super::network::{Network, Plan};
use super::vocabulary::Entry;
use crate::understanding::encoder::SentenceEncoder;
use std::sync::Arc;

/// Networks that began differently.
const SEEDS: [u64; 2] = [11, 12];
/// Coordinates are small; so much larger they move a network as words do.
const SCALE: f32 = 2.0;
/// How many lessons training is made of in all, and how often each sentence is gone through at least and at most.
const LESSONS: usize = 200_000;
const PASSES_MIN: usize = 5;
const PASSES_MAX: usize = 200;
/// The same where people wait for it.
const PASSES_WAITED_FOR: usize = 20;
/// The share of the coordinates that is left out of each lesson.
const DROPPED: f32 = 0.1;
/// The weight of this opinion in the whole.
const WEIGHT: f32 = 0.55;

/// An encoder, and what was learnt from its points.
#[derive(Clone, Debug)]
pub(super) struct Points {
    encoder: Arc<dyn SentenceEncoder>,
    networks: Vec<Network>,
}

fn entries(point: &[f32]) -> Vec<Entry> {
    (0..).zip(point).map(|(at, value)| (at, value * SCALE)).collect()
}

impl Points {
    /// Learns from the sentences that the encoder can read; `None` if those are too few to say anything.
    pub(super) fn train(
        encoder: Arc<dyn SentenceEncoder>,
        sentences: &[(String, u16)],
        plan: Plan,
        waited_for: bool,
    ) -> Option<Self> {
        let texts: Vec<&str> = sentences.iter().map(|(text, _)| text.as_str()).collect();
        let points = encoder.encode_taught(&texts).into_iter().zip(sentences);
        let lessons: Vec<(Vec<Entry>, u16)> =
            points.filter_map(|(point, (_, class))| Some((entries(&point?), *class))).collect();
        if lessons.len() < 2 {
            return None;
        }
        let passes = (LESSONS / lessons.len()).clamp(PASSES_MIN, PASSES_MAX);
        let passes = if waited_for { passes.min(PASSES_WAITED_FOR) } else { passes };
        let plan = Plan { passes, dropped: DROPPED, features: encoder.width(), ..plan };
        let networks = Network::train_each(&SEEDS, &lessons, plan);
        Some(Points { encoder, networks })
    }

    /// Brings this opinion into `sum`, the probabilities by the words alone; nothing changes if it can't read the sentence.
    pub(super) fn join(&self, sentence: &str, sum: &mut [f32]) {
        let Some(point) = self.encoder.encode(sentence) else { return };
        let mut own = vec![0.0; sum.len()];
        let point = entries(&point);
        self.networks.iter().for_each(|network| network.add_probabilities(&point, &mut own));
        let scale = WEIGHT / super::share(self.networks.len().max(1), 1);
        for (sum, own) in sum.iter_mut().zip(own) {
            *sum = *sum * (1.0 - WEIGHT) + own * scale;
        }
    }
}
