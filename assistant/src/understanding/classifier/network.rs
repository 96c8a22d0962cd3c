//! A network with one hidden layer over sparse sentences: what a straight line through the same features can't tell apart
//! ("I paid twice" and "I was charged twice") it can. Features are dropped at random in training, so that no single word is
//! relied upon.

use super::random::Random;
use super::vocabulary::Entry;

/// Hidden units: so many for each class, within these bounds.
const HIDDEN_FOR_A_CLASS: usize = 2;
const HIDDEN_MIN: usize = 16;
const HIDDEN_MAX: usize = 128;
/// The share of hidden units that is left out of each lesson.
const DROPPED_HIDDEN: f32 = 0.2;
/// The step of the first lesson; it falls to a fiftieth.
const STEP: f32 = 1.0;
/// Steps of the second layer and of the constants, against those of the first.
const STEP_OUT: f32 = 0.3;
const STEP_IN: f32 = 0.5;
const STEP_CONSTANT: f32 = 0.02;
/// How much of a class's share of the lessons is taken out of what is learnt: how many sentences somebody wrote for an
/// intent says little about how often it is asked for.
const SHARE_TAKEN_OUT: f32 = 0.7;
/// What corrected features begin with (`AdaGrad`).
const SEEN_IN: f32 = 0.02;
const SEEN_OUT: f32 = 1.0;

/// One trained network.
#[derive(Clone, Debug)]
pub(super) struct Network {
    classes: usize,
    /// How many hidden units there are.
    width: usize,
    /// A row of all hidden units for each feature, and the constants.
    into: Vec<f32>,
    into_constant: Vec<f32>,
    /// A row of all classes for each hidden unit, and the constants.
    out: Vec<f32>,
    out_constant: Vec<f32>,
}

/// What is to be learnt, and how.
#[derive(Clone, Copy, Debug)]
pub(super) struct Plan {
    /// How many classes there are.
    pub classes: usize,
    /// The class that is what belongs to no intent, if there is one: its share of the lessons is meant, and is learnt.
    pub none: Option<usize>,
    /// How many features, or coordinates, there are.
    pub features: usize,
    /// The share of the features that is left out of each lesson.
    pub dropped: f32,
    /// How often all lessons are gone through.
    pub passes: usize,
}

/// What training remembers beside the weights.
struct Course {
    random: Random,
    /// What the share of each class adds to its score in training only, so that the weights need not say it.
    lead: Vec<f32>,
    seen_in: Vec<f32>,
    seen_out: Vec<f32>,
    hidden: Vec<f32>,
    back: Vec<f32>,
    error: Vec<f32>,
    kept: Vec<Entry>,
    active: Vec<usize>,
}

impl Network {
    /// One network for each seed, trained side by side.
    pub(super) fn train_each(seeds: &[u64], lessons: &[(Vec<Entry>, u16)], plan: Plan) -> Vec<Self> {
        let train = |seed| Self::train(lessons, plan, seed);
        std::thread::scope(|scope| {
            let started: Vec<_> = seeds.iter().map(|seed| (*seed, scope.spawn(move || train(*seed)))).collect();
            // A thread that could not do its part is done here: the result is the same.
            started.into_iter().map(|(seed, one)| one.join().unwrap_or_else(|_| train(seed))).collect()
        })
    }

    /// Learns which class each sentence belongs to.
    fn train(lessons: &[(Vec<Entry>, u16)], plan: Plan, seed: u64) -> Self {
        let Plan { classes, none, features, passes, dropped } = plan;
        let width = (classes * HIDDEN_FOR_A_CLASS).clamp(HIDDEN_MIN, HIDDEN_MAX);
        let mut random = Random::new(seed);
        let mut spread = |count: usize, width: f32| -> Vec<f32> {
            (0..count).map(|_| (random.fraction() - 0.5) * 2.0 * width).collect()
        };
        let mut network = Network {
            classes,
            width,
            into: spread(features * width, 0.18),
            into_constant: vec![0.0; width],
            out: spread(width * classes, (3.0 / share(width, 1)).sqrt()),
            out_constant: vec![0.0; classes],
        };
        let mut course = Course {
            random,
            lead: leads(lessons, classes, none),
            seen_in: vec![SEEN_IN; features],
            seen_out: vec![SEEN_OUT; width],
            hidden: vec![0.0; width],
            back: vec![0.0; width],
            error: vec![0.0; classes],
            kept: Vec::new(),
            active: Vec::new(),
        };
        let mut order: Vec<usize> = (0..lessons.len()).collect();
        let (steps, mut done) = (share((passes * lessons.len()).max(1), 1), 0.0);
        for _ in 0..passes {
            course.random.shuffle(&mut order);
            for (vector, class) in order.iter().filter_map(|at| lessons.get(*at)) {
                let step = STEP * (1.0 - done / steps).max(0.02);
                network.learn(vector, usize::from(*class), (step, dropped), &mut course);
                done += 1.0;
            }
        }
        network
    }

    /// One lesson, with a step and the share of features that is left out.
    fn learn(&mut self, vector: &[Entry], class: usize, (step, dropped): (f32, f32), course: &mut Course) {
        let Course { random, lead, seen_in, seen_out, hidden, back, error, kept, active } = course;
        kept.clear();
        kept.extend(
            vector.iter().filter(|_| random.fraction() >= dropped).map(|(at, value)| (*at, value / (1.0 - dropped))),
        );
        hidden.copy_from_slice(&self.into_constant);
        add_rows(hidden, &self.into, kept);
        active.clear();
        for (unit, value) in hidden.iter_mut().enumerate() {
            if *value > 0.0 && random.fraction() >= DROPPED_HIDDEN {
                *value /= 1.0 - DROPPED_HIDDEN;
                active.push(unit);
            }
        }
        error.copy_from_slice(&self.out_constant);
        for unit in active.iter() {
            add(error, row(&self.out, *unit, self.classes), at(hidden, *unit));
        }
        add(error, lead, 1.0);
        softmax(error);
        if let Some(own) = error.get_mut(class) {
            *own -= 1.0;
        }
        let wrong: f32 = error.iter().map(|error| error * error).sum();
        back.fill(0.0);
        for unit in active.iter() {
            let value = at(hidden, *unit);
            let (Some(seen), Some(weights)) = (seen_out.get_mut(*unit), row_mut(&mut self.out, *unit, self.classes))
            else {
                continue;
            };
            *seen += value * value * wrong;
            let by = STEP_OUT * step * value / seen.sqrt();
            let mut blame = 0.0;
            for (weight, error) in weights.iter_mut().zip(error.iter()) {
                blame += *weight * error;
                *weight -= by * error;
            }
            if let Some(back) = back.get_mut(*unit) {
                *back = blame / (1.0 - DROPPED_HIDDEN);
            }
        }
        add(&mut self.out_constant, error, -step * STEP_CONSTANT);
        add(&mut self.into_constant, back, -step * STEP_CONSTANT);
        let wrong: f32 = back.iter().map(|back| back * back).sum();
        for (number, value) in kept.iter() {
            let feature = *number as usize;
            let (Some(seen), Some(weights)) = (seen_in.get_mut(feature), row_mut(&mut self.into, feature, self.width))
            else {
                continue;
            };
            *seen += value * value * wrong;
            add(weights, back, -STEP_IN * step * value / seen.sqrt());
        }
    }

    /// The hidden layer for a sentence; what is not positive is silent.
    fn hidden(&self, vector: &[Entry]) -> Vec<f32> {
        let mut hidden = self.into_constant.clone();
        add_rows(&mut hidden, &self.into, vector);
        hidden
    }

    /// Adds the probability of each class to `sum`.
    pub(super) fn add_probabilities(&self, vector: &[Entry], sum: &mut [f32]) {
        let mut scores = self.out_constant.clone();
        for (unit, value) in self.hidden(vector).iter().enumerate().filter(|(_, value)| **value > 0.0) {
            add(&mut scores, row(&self.out, unit, self.classes), *value);
        }
        softmax(&mut scores);
        add(sum, &scores, 1.0);
    }

    /// How much each feature of a sentence speaks for `class` against the average of all, in the order of `vector`.
    pub(super) fn add_reasons(&self, vector: &[Entry], class: usize, reasons: &mut [f32]) {
        let hidden = self.hidden(vector);
        let count = share(self.classes.max(1), 1);
        let pull = |(unit, value): (usize, &f32)| {
            let weights = row(&self.out, unit, self.classes);
            if *value > 0.0 { at(weights, class) - weights.iter().sum::<f32>() / count } else { 0.0 }
        };
        let pulls: Vec<f32> = hidden.iter().enumerate().map(pull).collect();
        for ((number, value), reason) in vector.iter().zip(reasons) {
            let weights = row(&self.into, *number as usize, self.width);
            *reason += value * weights.iter().zip(&pulls).map(|(weight, pull)| weight * pull).sum::<f32>();
        }
    }
}

/// How far each class is ahead of the average by its number of lessons alone, as a logarithm; only what is taken out of it.
fn leads(lessons: &[(Vec<Entry>, u16)], classes: usize, none: Option<usize>) -> Vec<f32> {
    let mut counts = vec![1.0_f32; classes];
    for (_, class) in lessons {
        if let Some(count) = counts.get_mut(usize::from(*class)) {
            *count += 1.0;
        }
    }
    let logarithms: Vec<f32> = counts.iter().map(|count| count.ln()).collect();
    let intents = || logarithms.iter().enumerate().filter(|(class, _)| Some(*class) != none);
    let average = intents().map(|(_, logarithm)| logarithm).sum::<f32>() / share(intents().count().max(1), 1);
    let lead = |(class, logarithm): (usize, &f32)| {
        if Some(class) == none { 0.0 } else { SHARE_TAKEN_OUT * (logarithm - average) }
    };
    logarithms.iter().enumerate().map(lead).collect()
}

#[allow(clippy::cast_precision_loss)]
fn share(part: usize, whole: usize) -> f32 {
    part as f32 / whole as f32
}

fn at(values: &[f32], at: usize) -> f32 {
    values.get(at).copied().unwrap_or_default()
}

fn row(weights: &[f32], number: usize, width: usize) -> &[f32] {
    weights.get(number * width..(number + 1) * width).unwrap_or_default()
}

fn row_mut(weights: &mut [f32], number: usize, width: usize) -> Option<&mut [f32]> {
    weights.get_mut(number * width..(number + 1) * width)
}

/// `sum += values * by`
fn add(sum: &mut [f32], values: &[f32], by: f32) {
    for (sum, value) in sum.iter_mut().zip(values) {
        *sum += value * by;
    }
}

fn add_rows(sum: &mut [f32], weights: &[f32], vector: &[Entry]) {
    let width = sum.len();
    for (number, value) in vector {
        add(sum, row(weights, *number as usize, width), *value);
    }
}

/// Scores into probabilities.
pub(super) fn softmax(scores: &mut [f32]) {
    let most = scores.iter().copied().fold(f32::MIN, f32::max);
    let mut sum = 0.0;
    for score in scores.iter_mut() {
        *score = (*score - most).exp();
        sum += *score;
    }
    for score in scores.iter_mut() {
        *score /= sum;
    }
}
