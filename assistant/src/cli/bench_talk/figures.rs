//! How long the stages between a sentence and its answer took, and what that comes to over many sentences.

use crate::lang::Lang;
use serde::Serialize;

/// The stages between the end of speech and the first sample of the answer, in milliseconds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize)]
pub struct Stages {
    /// Until it was known that the turn was over: mostly silence.
    pub endpoint: f64,
    /// From then until the words were there.
    pub recognition: f64,
    /// From then until it was known what they mean.
    pub understanding: f64,
    /// From then until it was known what to answer.
    pub dialog: f64,
    /// From then until the first sound of it went to the loudspeaker.
    pub first_clause: f64,
    /// Of the total, what is neither endpointing nor a model: understanding, dialog, and all between.
    pub rest: f64,
    /// All of it.
    pub total: f64,
}

/// Names of the stages, as they are shown.
const NAMES: [&str; 7] = ["endpoint", "recognition", "understanding", "dialog", "first clause", "rest", "total"];

impl Stages {
    fn all(&self) -> [f64; 7] {
        let Stages { endpoint, recognition, understanding, dialog, first_clause, rest, total } = *self;
        [endpoint, recognition, understanding, dialog, first_clause, rest, total]
    }

    /// The same in microseconds at the finest.
    #[must_use]
    pub fn rounded(&self) -> Self {
        Self::of(self.all().map(|ms| (ms * 1000.0).round() / 1000.0))
    }

    fn of([endpoint, recognition, understanding, dialog, first_clause, rest, total]: [f64; 7]) -> Self {
        Stages { endpoint, recognition, understanding, dialog, first_clause, rest, total }
    }
}

/// What became of one recording: a line of `--json`.
#[derive(Serialize)]
pub struct Line<'a> {
    /// Its file.
    pub file: &'a str,
    /// Its language.
    pub lang: Lang,
    /// True for the chain as it is, false for the one without speculation and cache.
    pub speculation: bool,
    /// What was said.
    pub said: &'a str,
    /// What was heard.
    pub heard: &'a str,
    /// What was waited for.
    pub awaiting: Option<&'a str>,
    /// The stages; null if the turn ended before the sentence did, or nothing was answered.
    pub ms: Option<Stages>,
}

/// Each stage at two places of its own order; they do not add up to the total.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize)]
pub struct Figures {
    /// How many turns were measured.
    pub turns: usize,
    /// Turns that ended before the sentence did.
    pub cut_short: usize,
    /// Turns without an answer.
    pub unanswered: usize,
    /// Half of the turns took no longer.
    pub median_ms: Stages,
    /// 95 of 100 turns took no longer.
    pub p95_ms: Stages,
}

impl Figures {
    /// The figures of these turns.
    #[must_use]
    pub fn of(turns: &[Stages], cut_short: usize, unanswered: usize) -> Self {
        let at = |share| {
            let mut found = [0.0; 7];
            for (stage, found) in found.iter_mut().enumerate() {
                let column = turns.iter().filter_map(|turn| turn.all().get(stage).copied()).collect();
                *found = percentile(column, share);
            }
            Stages::of(found)
        };
        Figures { turns: turns.len(), cut_short, unanswered, median_ms: at(50), p95_ms: at(95) }
    }

    /// The figures as a table; beside them those of `plain`, the same chain without speculation and cache.
    #[must_use]
    pub fn table(&self, plain: Option<&Figures>) -> String {
        let head = match plain {
            Some(_) => "                 median     p95  |  without speculation and cache: median     p95",
            None => "                 median     p95",
        };
        let mut lines = vec![head.to_owned()];
        let row = |figures: &Figures, stage: usize| {
            let at = |stages: &Stages| stages.all().get(stage).copied().unwrap_or(0.0);
            (at(&figures.median_ms), at(&figures.p95_ms))
        };
        for (stage, name) in NAMES.iter().enumerate() {
            let (median, p95) = row(self, stage);
            let mut line = format!("{name:<14} {median:>8.1} {p95:>7.1}");
            if let Some(plain) = plain {
                let (median, p95) = row(plain, stage);
                line.push_str(&format!("  | {median:>38.1} {p95:>7.1}"));
            }
            lines.push(line);
        }
        lines.join("\n")
    }
}

/// The smallest of these that is not less than so many of a hundred; 0 of nothing.
fn percentile(mut values: Vec<f64>, share: usize) -> f64 {
    values.sort_by(f64::total_cmp);
    let rank = (values.len() * share).div_ceil(100).max(1);
    let value = values.get(rank - 1).copied().unwrap_or(0.0);
    (value * 10.0).round() / 10.0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percentiles_are_values_that_were_measured() {
        let values = || (1..=20).map(f64::from).collect::<Vec<_>>();
        assert_eq!(percentile(values(), 50), 10.0);
        assert_eq!(percentile(values(), 95), 19.0);
        assert_eq!(percentile(vec![7.0], 95), 7.0);
        assert_eq!(percentile(Vec::new(), 50), 0.0);
    }

    #[test]
    fn the_table_has_each_stage_once_with_both_chains_beside_each_other() {
        let turns: Vec<Stages> = (1..=3).map(|n| Stages { total: 100.0 * f64::from(n), ..Stages::default() }).collect();
        let (fast, slow) = (Figures::of(&turns, 1, 0), Figures::of(&turns[2..], 0, 0));
        assert_eq!((fast.turns, fast.median_ms.total, fast.p95_ms.total), (3, 200.0, 300.0));
        let table = fast.table(Some(&slow));
        let total = table.lines().last().unwrap();
        let figures: Vec<&str> = total.split_whitespace().filter(|part| part.contains('.')).collect();
        assert_eq!(figures, ["200.0", "300.0", "300.0", "300.0"]);
        assert_eq!(table.lines().count(), NAMES.len() + 1);
    }
}
