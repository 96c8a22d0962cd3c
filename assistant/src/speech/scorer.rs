//! Whisper's decoder asked step by step about the sound that was encoded last: how likely a given text is (teacher-forced),
//! and which text is likeliest after a prompt of one's own.

use whisper_rs::{WhisperContext, WhisperError, WhisperState};

/// The natural logarithm of the probability of each token that may come next.
type Next = Vec<f32>;

/// What a text has to reach to be followed.
struct Bar {
    best: f32,
    hopeless: f32,
}

/// The decoder after a prompt. Its state is free for anything else once this is dropped.
pub(super) struct Scorer<'a> {
    state: &'a mut WhisperState,
    threads: usize,
    /// The token that ends a text; all behind it are marks.
    end: i32,
    /// How many tokens the prompt has.
    past: usize,
    /// What may come right after it.
    first: Next,
}

impl<'a> Scorer<'a> {
    /// The decoder after these tokens, the language's marks among them.
    pub(super) fn after(
        context: &WhisperContext,
        state: &'a mut WhisperState,
        prompt: &[i32],
        threads: usize,
    ) -> Result<Self, WhisperError> {
        // The binding shows the figures of a single token, so the last one goes alone.
        if let Some((_, before)) = prompt.split_last().filter(|(_, before)| !before.is_empty()) {
            state.decode(before, 0, threads)?;
        }
        Self::again(context, state, prompt, threads)
    }

    /// The decoder after these tokens, behind which it has just written something down: what it made of them is still there.
    pub(super) fn again(
        context: &WhisperContext,
        state: &'a mut WhisperState,
        prompt: &[i32],
        threads: usize,
    ) -> Result<Self, WhisperError> {
        let (last, before) = prompt.split_last().ok_or(WhisperError::InvalidThreadCount)?;
        let (end, past) = (context.token_eot(), prompt.len());
        let mut scorer = Scorer { state, threads, end, past, first: Vec::new() };
        scorer.first = scorer.step(*last, before.len())?;
        Ok(scorer)
    }

    fn step(&mut self, token: i32, past: usize) -> Result<Next, WhisperError> {
        self.state.decode(&[token], past, self.threads)?;
        Ok(log_softmax(self.state.get_logits()?, self.end))
    }

    /// The natural logarithm of the probability of each text, its end included; the texts share the work for what they have
    /// in common at their beginnings. One whose beginning is by more than `hopeless` less likely than a whole other one is
    /// not followed to its end and gets negative infinity.
    pub(super) fn score(&mut self, texts: &[Vec<i32>], hopeless: f32) -> Result<Vec<f32>, WhisperError> {
        let mut scores = vec![f32::NEG_INFINITY; texts.len()];
        let all: Vec<usize> = (0..texts.len()).collect();
        let first = std::mem::take(&mut self.first);
        let mut bar = Bar { best: f32::NEG_INFINITY, hopeless };
        let done = self.follow(texts, &all, (0, 0.0), &first, (&mut scores, &mut bar));
        self.first = first;
        done.map(|()| scores)
    }

    /// Scores those of `which` that agree in their first `depth` tokens, which have the log-probability `sum` together.
    fn follow(
        &mut self,
        texts: &[Vec<i32>],
        which: &[usize],
        (depth, sum): (usize, f32),
        next: &Next,
        (scores, bar): (&mut [f32], &mut Bar),
    ) -> Result<(), WhisperError> {
        let token = |text: &usize| texts.get(*text).and_then(|text| text.get(depth)).copied();
        let likelihood = |token: i32| usize::try_from(token).ok().and_then(|at| next.get(at)).copied();
        let mut tokens: Vec<i32> = which.iter().filter_map(token).collect();
        for text in which.iter().filter(|text| token(text).is_none()) {
            let whole = sum + likelihood(self.end).unwrap_or(f32::NEG_INFINITY);
            if let Some(score) = scores.get_mut(*text) {
                *score = whole;
            }
            bar.best = bar.best.max(whole);
        }
        // The likeliest first, so that hopeless ones are seen to be so early.
        let by_likelihood = |token: &i32| likelihood(*token).unwrap_or(f32::NEG_INFINITY);
        tokens.sort_by(|a, b| by_likelihood(b).total_cmp(&by_likelihood(a)).then(a.cmp(b)));
        tokens.dedup();
        for begun in tokens {
            let sum = sum + by_likelihood(&begun);
            if sum < bar.best - bar.hopeless || sum == f32::NEG_INFINITY {
                continue;
            }
            let same: Vec<usize> = which.iter().copied().filter(|text| token(text) == Some(begun)).collect();
            let after = self.step(begun, self.past + depth)?;
            self.follow(texts, &same, (depth + 1, sum), &after, (scores, bar))?;
        }
        Ok(())
    }

    /// The text of the likeliest tokens one by one, at most `most` of them.
    pub(super) fn likeliest(&mut self, most: usize) -> Result<Vec<i32>, WhisperError> {
        let mut tokens = Vec::new();
        let mut next = self.first.clone();
        while tokens.len() < most {
            // A text is not empty here: silence is for the gates to find.
            let open = tokens.is_empty();
            let choice = next.iter().enumerate().filter(|(at, _)| !open || i32::try_from(*at) != Ok(self.end));
            let Some((token, _)) = choice.max_by(|a, b| a.1.total_cmp(b.1)) else { break };
            let token = i32::try_from(token).unwrap_or(self.end);
            if token == self.end {
                break;
            }
            next = self.step(token, self.past + tokens.len())?;
            tokens.push(token);
        }
        Ok(tokens)
    }
}

/// What may be written in a dictation, and how it goes.
pub(super) struct Dictation<'a> {
    /// The tokens that may stand in it, with their bytes.
    pub tokens: &'a [(i32, Vec<u8>)],
    /// Whether bytes are no beginning of what is dictated (`None`), one that needs more (`false`), or whole (`true`).
    pub fits: &'a dyn Fn(&[u8]) -> Option<bool>,
    /// The tokens that may stand behind it.
    pub ends: &'a [i32],
}

/// A way that is this much less likely (natural logarithm) than a whole dictation is not followed.
const ASIDE: f32 = 3.0;
/// The most steps of the decoder that one dictation may cost.
const STEPS_MAX: usize = 28;

/// The ways through a dictation.
struct Ways<'a> {
    dictation: &'a Dictation<'a>,
    found: Vec<(Vec<u8>, f32)>,
    best: f32,
    steps: usize,
}

impl Scorer<'_> {
    /// The likeliest texts of one kind and nothing else behind `before`, as bytes with the natural logarithm of the probability
    /// of each, the likeliest first.
    pub(super) fn dictated(
        &mut self,
        before: &[i32],
        dictation: &Dictation<'_>,
    ) -> Result<Vec<(Vec<u8>, f32)>, WhisperError> {
        let mut ways = Ways { dictation, found: Vec::new(), best: f32::NEG_INFINITY, steps: STEPS_MAX };
        let first = match before.split_last() {
            None => self.first.clone(),
            Some((last, before)) => {
                if !before.is_empty() {
                    self.state.decode(before, self.past, self.threads)?;
                }
                self.step(*last, self.past + before.len())?
            }
        };
        self.explore(&mut Vec::new(), (before.len(), 0.0), &first, &mut ways)?;
        ways.found.sort_by(|a, b| b.1.total_cmp(&a.1));
        Ok(ways.found)
    }

    /// Goes on behind `bytes`, which end `depth` tokens behind the prompt, the likeliest way first.
    fn explore(
        &mut self,
        bytes: &mut Vec<u8>,
        (depth, sum): (usize, f32),
        next: &Next,
        ways: &mut Ways<'_>,
    ) -> Result<(), WhisperError> {
        let likelihood = |token: i32| usize::try_from(token).ok().and_then(|at| next.get(at)).copied();
        let likelihood = |token: i32| likelihood(token).unwrap_or(f32::NEG_INFINITY);
        if (ways.dictation.fits)(bytes) == Some(true) {
            let ends = ways.dictation.ends.iter().map(|end| likelihood(*end)).fold(f32::NEG_INFINITY, f32::max);
            ways.best = ways.best.max(sum + ends);
            ways.found.push((bytes.clone(), sum + ends));
        }
        let tokens = ways.dictation.tokens;
        let mut order: Vec<(f32, &(i32, Vec<u8>))> =
            tokens.iter().map(|token| (sum + likelihood(token.0), token)).collect();
        order.sort_by(|a, b| b.0.total_cmp(&a.0));
        for (sum, (token, more)) in order {
            if ways.steps == 0 || sum == f32::NEG_INFINITY || sum < ways.best - ASIDE {
                break;
            }
            let length = bytes.len();
            bytes.extend(more);
            if (ways.dictation.fits)(bytes).is_some() {
                ways.steps -= 1;
                let after = self.step(*token, self.past + depth)?;
                self.explore(bytes, (depth + 1, sum), &after, ways)?;
            }
            bytes.truncate(length);
        }
        Ok(())
    }
}

/// Logarithms of probabilities from logits, of texts and their end alone: marks such as times are left out.
fn log_softmax(logits: &[f32], end: i32) -> Next {
    let count = usize::try_from(end).map_or(0, |end| end + 1);
    let logits = logits.get(..count).unwrap_or(logits);
    let largest = logits.iter().copied().fold(f32::MIN, f32::max);
    let sum: f32 = logits.iter().map(|logit| (logit - largest).exp()).sum();
    let whole = largest + sum.ln();
    logits.iter().map(|logit| logit - whole).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn probabilities_of_what_can_be_said_make_one() {
        let next = log_softmax(&[1.0, 3.0, -2.0, 99.0], 2);
        assert_eq!(next.len(), 3, "marks are left out");
        assert!((next.iter().map(|p| p.exp()).sum::<f32>() - 1.0).abs() < 1e-5);
        assert!(next[1] > next[0] && next[0] > next[2]);
    }
}
