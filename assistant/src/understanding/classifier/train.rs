//! Linear support vectors, one label against the rest, by dual coordinate descent (Hsieh et al., 2008).

use super::features::Row;

/// How much a sentence on the wrong side costs.
const COST: f32 = 1.0;
/// Passes over all sentences, at most; it stops earlier when little changes.
const PASSES_MAX: usize = 12;
/// What counts as little.
const TOLERANCE: f32 = 0.1;

/// Every label's margin for a sentence of which nothing is known: it belongs nowhere. Were this learnt as a bias, three
/// labels would share the world between them; fixed, what is strange stays strange however few labels there are.
pub(super) const MARGIN_OF_NOTHING: f32 = -1.0;

/// The weights of all labels: one row for each feature, one column for each label.
pub(super) fn one_against_rest(rows: &[Row], classes: &[usize], features: usize, labels: usize) -> Vec<f32> {
    let mut weights = vec![0.0; features * labels];
    let squares: Vec<f32> = rows.iter().map(|row| row.iter().map(|(_, value)| value * value).sum()).collect();
    for label in 0..labels {
        let column = one(rows, classes, &squares, features, label);
        let cells = weights.iter_mut().skip(label).step_by(labels);
        cells.zip(column).for_each(|(cell, weight)| *cell = weight);
    }
    weights
}

/// One label against the rest, with the squared hinge loss.
fn one(rows: &[Row], classes: &[usize], squares: &[f32], features: usize, label: usize) -> Vec<f32> {
    let slack = 0.5 / COST;
    let mut weights = vec![0.0_f32; features];
    let mut duals = vec![0.0_f32; rows.len()];
    let mut order: Vec<usize> = (0..rows.len()).collect();
    let mut random = 0x9e37_79b9_7f4a_7c15_u64 ^ label as u64;
    let mut settled = f32::INFINITY;
    for _ in 0..PASSES_MAX {
        shuffle(&mut order, &mut random);
        let mut largest = 0.0_f32;
        // A sentence far on its right side is left out of the passes that follow: most are, and soon.
        order.retain(|&sentence| {
            let (Some(row), Some(dual), Some(square)) =
                (rows.get(sentence), duals.get_mut(sentence), squares.get(sentence))
            else {
                return false;
            };
            let sign = if classes.get(sentence) == Some(&label) { 1.0 } else { -1.0 };
            let gradient = sign * margin(row, &weights) - 1.0 + slack * *dual;
            if *dual == 0.0 && gradient >= 0.0 {
                return gradient <= settled;
            }
            largest = largest.max(gradient.abs());
            let before = *dual;
            *dual = (before - gradient / (square + slack)).max(0.0);
            let change = (*dual - before) * sign;
            for (feature, value) in row {
                if let Some(weight) = weights.get_mut(*feature as usize) {
                    *weight += change * value;
                }
            }
            true
        });
        if largest < TOLERANCE {
            break;
        }
        settled = largest;
    }
    weights
}

fn margin(row: &Row, weights: &[f32]) -> f32 {
    row.iter().fold(MARGIN_OF_NOTHING, |sum, (feature, value)| {
        sum + value * weights.get(*feature as usize).copied().unwrap_or(0.0)
    })
}

/// Fisher and Yates' shuffle with a small generator of its own: the same order every time.
fn shuffle(order: &mut [usize], random: &mut u64) {
    for last in (1..order.len()).rev() {
        *random ^= *random << 13;
        *random ^= *random >> 7;
        *random ^= *random << 17;
        let other = usize::try_from(*random % (last as u64 + 1)).unwrap_or(0);
        order.swap(last, other);
    }
}
