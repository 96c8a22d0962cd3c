//! Which of the taught intents a free sentence is nearest to, how surely, and when it is none of them.

mod centroids;
pub(crate) mod features;
mod network;
mod points;
mod random;
mod vocabulary;

use super::encoder::{SentenceEncoder, readable};
use super::money::Spotted;
use super::tokens::Utterance;
use centroids::Centroids;
pub(crate) use features::{Feature, features, features_in_place};
use network::{Network, Plan};
use points::Points;
use std::sync::Arc;
use vocabulary::{Entry, Vocabulary};

/// A sentence counts as one of the intents only from this probability on, in thousandths. Chosen on the validation part of
/// CLINC150, where it refuses four of five out-of-scope sentences and one in twenty of the others.
pub const THRESHOLD_MILLI: u16 = 320;

/// Networks that began differently, trained side by side, err less than one of their size together.
const SEEDS: [u64; 3] = [1, 2, 3];
/// From so many sentences of intents on, what stands in one sentence only is left out: it teaches that sentence by heart.
/// Where there are fewer, somebody chose them, and each word is meant.
const AMPLE: usize = 6_000;
/// Above so many classes the nearest centroid decides: training the networks would keep people waiting at each save.
const NETWORK_CLASSES_MAX: usize = 160;
/// How many lessons training is made of in all, and how often each sentence is gone through at least and at most.
const LESSONS: usize = 220_000;
const PASSES_MIN: usize = 10;
const PASSES_MAX: usize = 16;
/// The same where people wait for it: flows are learnt anew at each save.
const PASSES_WAITED_FOR: usize = 12;

/// The share of features that is left out of each lesson.
const DROPPED: f32 = 0.45;

/// A sentence, its values known.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Sentence<'u> {
    /// The sentence.
    pub utterance: &'u Utterance,
    /// Its values, in the order said.
    pub values: &'u [Spotted],
}

/// A sentence that is learnt.
#[derive(Clone, Debug)]
pub(crate) struct Lesson {
    /// Its words and pieces of words.
    pub features: Vec<Feature>,
    /// The sentence itself, where an encoder will read it.
    pub text: Option<String>,
    /// What it asks for; `None` for what belongs to no intent.
    pub label: Option<String>,
}

impl Lesson {
    /// A lesson from a sentence; `read` if there is an encoder to read it.
    pub fn new(sentence: Sentence<'_>, label: Option<String>, read: bool) -> Self {
        let Sentence { utterance, values } = sentence;
        Lesson { features: features(utterance, values), text: read.then(|| readable(utterance, values)), label }
    }
}

/// A trained classifier.
#[derive(Clone, Debug)]
pub(crate) struct Classifier {
    labels: Vec<String>,
    /// The number of the class that is none of the intents.
    none: Option<usize>,
    vocabulary: Vocabulary,
    judges: Judges,
    /// The second opinion of an encoder.
    points: Option<Points>,
}

/// What gives probabilities.
#[derive(Clone, Debug)]
enum Judges {
    Networks(Vec<Network>),
    Centroids(Centroids),
}

/// One label with its probability in thousandths.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Ranked {
    /// The label.
    pub label: String,
    /// Its probability.
    pub milli: u16,
}

/// Sentences that belong to no intent, as the project ships them.
pub(crate) fn background() -> impl Iterator<Item = &'static str> {
    include_str!("background.txt").lines().filter(|line| !line.is_empty() && !line.starts_with('#'))
}

impl Classifier {
    /// Trains on sentences. `waited_for`: somebody waits, and each sentence is gone through less often. An encoder gives a
    /// second opinion, but for very many intents, where only the nearest centroid is quick enough.
    pub fn train(lessons: Vec<Lesson>, waited_for: bool, encoder: Option<Arc<dyn SentenceEncoder>>) -> Self {
        let mut labels: Vec<String> = lessons.iter().filter_map(|lesson| lesson.label.clone()).collect();
        labels.sort_unstable();
        labels.dedup();
        let none = lessons.iter().any(|lesson| lesson.label.is_none()).then_some(labels.len());
        let number = |label: &Option<String>| {
            let at = label.as_ref().map_or(Ok(labels.len()), |label| labels.binary_search(label));
            at.ok().and_then(|at| u16::try_from(at).ok())
        };
        let (mut numbered, mut texts) = (Vec::with_capacity(lessons.len()), Vec::new());
        for lesson in lessons {
            let Some(class) = number(&lesson.label) else { continue };
            numbered.push((lesson.features, class));
            texts.extend(lesson.text.map(|text| (text, class)));
        }
        let ample = numbered.iter().filter(|(_, class)| Some(usize::from(*class)) != none).count() >= AMPLE;
        let vocabulary = Vocabulary::learn(&numbered, if ample { 2 } else { 1 });
        let lessons: Vec<(Vec<Entry>, u16)> =
            numbered.iter().map(|(features, class)| (vocabulary.vector(features), *class)).collect();
        let classes = labels.len() + usize::from(none.is_some());
        let plan = Plan { classes, none, features: vocabulary.len(), dropped: DROPPED, passes: PASSES_MIN };
        let judges = Judges::train(&lessons, plan, waited_for);
        let encoder = encoder.filter(|_| matches!(judges, Judges::Networks(_)));
        let points = encoder.and_then(|encoder| Points::train(encoder, &texts, plan, waited_for));
        Classifier { labels, none, vocabulary, judges, points }
    }

    /// The probability of each class; the last one is that of none of the intents, where that was taught.
    fn probabilities(&self, sentence: Sentence<'_>) -> Vec<f32> {
        let mut probabilities = self.by_words(&features(sentence.utterance, sentence.values));
        if let Some(points) = &self.points {
            points.join(&readable(sentence.utterance, sentence.values), &mut probabilities);
        }
        probabilities
    }

    fn by_words(&self, features: &[Feature]) -> Vec<f32> {
        let classes = self.labels.len() + usize::from(self.none.is_some());
        if !self.vocabulary.knows_a_word(features) {
            // Not one word was ever seen: all classes are equally unlikely.
            return vec![share(1, classes + 1); classes];
        }
        self.judges.probabilities(&self.vocabulary.vector(features), classes)
    }

    /// All labels, the likeliest first. What is left to a thousand is the share of "none of these".
    pub fn rank(&self, sentence: Sentence<'_>) -> Vec<Ranked> {
        if self.labels.is_empty() {
            return Vec::new();
        }
        let mut ranked: Vec<(u16, usize)> = self
            .probabilities(sentence)
            .iter()
            .enumerate()
            .filter(|(at, _)| Some(*at) != self.none)
            .map(|(at, probability)| (milli(*probability), at))
            .filter(|(milli, _)| *milli > 0)
            .collect();
        ranked.sort_by_key(|(milli, at)| (std::cmp::Reverse(*milli), *at));
        let named = |(milli, at): (u16, usize)| Some(Ranked { label: self.labels.get(at)?.clone(), milli });
        ranked.into_iter().filter_map(named).collect()
    }

    /// The likeliest label alone.
    pub fn best(&self, sentence: Sentence<'_>) -> Option<Ranked> {
        let probabilities = self.probabilities(sentence);
        let (at, probability) = probabilities
            .iter()
            .enumerate()
            .filter(|(at, _)| Some(*at) != self.none)
            .max_by(|a, b| a.1.total_cmp(b.1))?;
        Some(Ranked { label: self.labels.get(at)?.clone(), milli: milli(*probability) })
    }

    /// How much each of `features` speaks for `label` (above zero) or against it, in the order given. What was never seen
    /// in training says nothing: zero.
    pub fn reasons(&self, features: &[Feature], label: &str) -> Vec<f32> {
        let Ok(class) = self.labels.binary_search_by(|one| one.as_str().cmp(label)) else {
            return vec![0.0; features.len()];
        };
        let vector = self.vocabulary.vector(features);
        let mut reasons = vec![0.0; vector.len()];
        self.judges.add_reasons(&vector, class, &mut reasons);
        let mut counts = vec![0_usize; vector.len()];
        let place = |hash: u64| vector.binary_search_by_key(&self.vocabulary.number(hash)?, |entry| entry.0).ok();
        let places: Vec<Option<usize>> = features.iter().map(|(hash, _)| place(*hash)).collect();
        for at in places.iter().flatten() {
            if let Some(count) = counts.get_mut(*at) {
                *count += 1;
            }
        }
        // One that stands several times shares what it says.
        let part = |at: usize| Some(reasons.get(at)? / share(*counts.get(at)?, 1));
        places.into_iter().map(|place| place.and_then(part).unwrap_or_default()).collect()
    }

    /// The probability that it is none of the intents, in thousandths; `None` where that was not taught.
    pub fn none_milli(&self, sentence: Sentence<'_>) -> Option<u16> {
        self.probabilities(sentence).get(self.none?).copied().map(milli)
    }
}

impl Judges {
    fn train(lessons: &[(Vec<Entry>, u16)], plan: Plan, waited_for: bool) -> Self {
        let classes = plan.classes;
        if classes > NETWORK_CLASSES_MAX {
            return Judges::Centroids(Centroids::train(lessons, plan.features, classes));
        }
        let passes = (LESSONS / lessons.len().max(1)).clamp(PASSES_MIN, PASSES_MAX + classes / 2);
        let passes = if waited_for { passes.min(PASSES_WAITED_FOR) } else { passes };
        Judges::Networks(Network::train_each(&SEEDS, lessons, Plan { passes, ..plan }))
    }

    fn probabilities(&self, vector: &[Entry], classes: usize) -> Vec<f32> {
        let mut sum = vec![0.0; classes];
        match self {
            Judges::Networks(networks) => {
                networks.iter().for_each(|network| network.add_probabilities(vector, &mut sum));
                let count = share(networks.len().max(1), 1);
                sum.iter_mut().for_each(|one| *one /= count);
            }
            Judges::Centroids(centroids) => centroids.add_probabilities(vector, &mut sum),
        }
        sum
    }

    fn add_reasons(&self, vector: &[Entry], class: usize, reasons: &mut [f32]) {
        match self {
            Judges::Networks(networks) => networks.iter().for_each(|one| one.add_reasons(vector, class, reasons)),
            Judges::Centroids(centroids) => centroids.add_reasons(vector, class, reasons),
        }
    }
}

#[allow(clippy::cast_precision_loss)]
fn share(part: usize, whole: usize) -> f32 {
    part as f32 / whole as f32
}

/// A probability in thousandths; never quite one, which is for whole-sentence templates.
#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
fn milli(probability: f32) -> u16 {
    (probability.clamp(0.0, 0.99) * 1000.0) as u16
}
