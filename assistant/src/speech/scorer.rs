//! Whisper's decoder asked step by step about the sound that was encoded last: how likely a given text is (teacher-forced),
//! and which text is likeliest after a prompt of one's own.

use whisper_rs::{WhisperContext, WhisperError, WhisperState};

/// The natural logarithm of the probability of each token that may come next.
type Next = Vec<f32>;

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
    /// How likely each beginning is that was not followed when texts were scored last.
    left_out: Vec<f32>,
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
        let mut scorer = Scorer { state, threads, end, past, first: Vec::new(), left_out: Vec::new() };
        scorer.first = scorer.step(*last, before.len())?;
        Ok(scorer)
    }

    fn step(&mut self, token: i32, past: usize) -> Result<Next, WhisperError> {
        self.state.decode(&[token], past, self.threads)?;
        Ok(log_softmax(self.state.get_logits()?, self.end))
    }

    /// The natural logarithm of the probability of each text, its end included; the texts share the work for what they have
    /// in common at their beginnings. One whose beginning is by more than `hopeless` less likely than a whole other one, or
    /// than `best`, is not followed to its end and gets negative infinity.
    pub(super) fn score(&mut self, texts: &[Vec<i32>], (best, hopeless): (f32, f32)) -> Result<Vec<f32>, WhisperError> {
        let first = std::mem::take(&mut self.first);
        let mut tree = Tree::new(texts, self.end, (best, hopeless));
        let past = self.past;
        let done = tree.walk(&first, &mut |token, depth| self.step(token, past + depth));
        self.first = first;
        self.left_out = tree.left_out;
        done.map(|()| tree.scores)
    }

    /// The natural logarithm of the probability of each beginning that was not followed to its end when texts were scored last: all
    /// that begin so are no likelier together.
    pub(super) fn left_out(&self) -> &[f32] {
        &self.left_out
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

/// Texts, some of which begin alike, and what became known of them.
struct Tree<'a> {
    texts: &'a [Vec<i32>],
    /// The token that ends a text.
    end: i32,
    scores: Vec<f32>,
    /// The likeliest whole text so far, and how much less likely a beginning may be that is followed.
    best: f32,
    hopeless: f32,
    /// How likely each beginning is that was not followed.
    left_out: Vec<f32>,
}

/// What may come behind a token that stands so many tokens behind the prompt.
type Step<'s, E> = dyn FnMut(i32, usize) -> Result<Next, E> + 's;

impl<'a> Tree<'a> {
    fn new(texts: &'a [Vec<i32>], end: i32, (best, hopeless): (f32, f32)) -> Self {
        Tree { texts, end, scores: vec![f32::NEG_INFINITY; texts.len()], best, hopeless, left_out: Vec::new() }
    }

    /// Scores the texts, where `first` may come at their beginning.
    fn walk<E>(&mut self, first: &Next, step: &mut Step<'_, E>) -> Result<(), E> {
        let all: Vec<usize> = (0..self.texts.len()).collect();
        self.follow(&all, (0, 0.0), first, step)
    }

    /// Scores those of `which` that agree in their first `depth` tokens, which have the log-probability `sum` together.
    fn follow<E>(
        &mut self,
        which: &[usize],
        (depth, sum): (usize, f32),
        next: &Next,
        step: &mut Step<'_, E>,
    ) -> Result<(), E> {
        let texts = self.texts;
        let token = |text: &usize| texts.get(*text).and_then(|text| text.get(depth)).copied();
        let likelihood = |token: i32| usize::try_from(token).ok().and_then(|at| next.get(at)).copied();
        let mut tokens: Vec<i32> = which.iter().filter_map(token).collect();
        for text in which.iter().filter(|text| token(text).is_none()) {
            let whole = sum + likelihood(self.end).unwrap_or(f32::NEG_INFINITY);
            if let Some(score) = self.scores.get_mut(*text) {
                *score = whole;
            }
            self.best = self.best.max(whole);
        }
        // The likeliest first, so that hopeless ones are seen to be so early.
        let by_likelihood = |token: &i32| likelihood(*token).unwrap_or(f32::NEG_INFINITY);
        tokens.sort_by(|a, b| by_likelihood(b).total_cmp(&by_likelihood(a)).then(a.cmp(b)));
        tokens.dedup();
        for begun in tokens {
            let sum = sum + by_likelihood(&begun);
            if sum < self.best - self.hopeless || sum == f32::NEG_INFINITY {
                self.left_out.push(sum);
                continue;
            }
            let same: Vec<usize> = which.iter().copied().filter(|text| token(text) == Some(begun)).collect();
            let after = step(begun, depth)?;
            self.follow(&same, (depth + 1, sum), &after, step)?;
        }
        Ok(())
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
    /// What is less likely than this (natural logarithm) is not looked for.
    pub least: f32,
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
            if ways.steps == 0 || sum == f32::NEG_INFINITY || sum < (ways.best - ASIDE).max(ways.dictation.least) {
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
    use crate::speech::expect::yes_milli;
    use proptest::prelude::*;
    use std::convert::Infallible;

    /// The token that ends a text, in a language of four others.
    const END: i32 = 4;

    /// A language in which everything that was said before decides on what comes next.
    fn spoken(before: &[i32], seed: u64) -> Next {
        let mut hash = before.iter().fold(seed, |hash, token| {
            (hash ^ u64::try_from(token + 1).unwrap()).wrapping_mul(0x9E37_79B9_7F4A_7C15).rotate_left(23)
        });
        let logits: Vec<f32> = (0..=END)
            .map(|_| {
                hash = hash.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
                (hash >> 40) as f32 / (1_u32 << 24) as f32 * 12.0
            })
            .collect();
        log_softmax(&logits, END)
    }

    fn walked(texts: &[Vec<i32>], seed: u64, bar: (f32, f32)) -> (Vec<f32>, Vec<f32>, usize) {
        let (mut tree, mut said, mut steps) = (Tree::new(texts, END, bar), Vec::new(), 0);
        let done = tree.walk::<Infallible>(&spoken(&[], seed), &mut |token, depth| {
            said.truncate(depth);
            said.push(token);
            steps += 1;
            Ok(spoken(&said, seed))
        });
        done.unwrap();
        (tree.scores, tree.left_out, steps)
    }

    /// How likely one of the first `agreeing` texts is, with what stands `beside` them all.
    fn milli(scores: &[f32], agreeing: usize, beside: &[f32]) -> u16 {
        let (yes, other) = scores.split_at(agreeing.min(scores.len()));
        yes_milli(yes, &[other, beside].concat())
    }

    proptest! {
        /// What was not followed never makes a yes surer where it counts as much as it could, and work is spared.
        #[test]
        fn a_first_look_is_never_surer_than_a_look_at_everything(
            texts in prop::collection::btree_set(prop::collection::vec(0..END, 0..5), 1..30),
            agreeing in 0_usize..12,
            seed in any::<u64>(),
        ) {
            let texts: Vec<Vec<i32>> = texts.into_iter().collect();
            let unbeaten = f32::NEG_INFINITY;
            let (all, nothing, most) = walked(&texts, seed, (unbeaten, f32::INFINITY));
            prop_assert!(nothing.is_empty());
            let (first, left_out, steps) = walked(&texts, seed, (unbeaten, 3.0));
            prop_assert!(steps <= most);
            let (exactly, at_least) = (milli(&all, agreeing, &[]), milli(&first, agreeing, &left_out));
            prop_assert!(at_least <= exactly + 1, "{at_least} {exactly}");
            // What is still open is as likely together as what was left out, or less.
            let open: f32 = all.iter().zip(&first).filter(|(_, first)| !first.is_finite()).map(|(all, _)| all.exp()).sum();
            prop_assert!(open <= left_out.iter().map(|score| score.exp()).sum::<f32>() + 1e-4);
            // A second look at what is open finds all that one look with its bar does.
            let best = first.iter().copied().fold(unbeaten, f32::max);
            let rest: Vec<Vec<i32>> =
                texts.iter().zip(&first).filter(|(_, score)| !score.is_finite()).map(|(text, _)| text.clone()).collect();
            let (second, _, _) = walked(&rest, seed, (best, 5.0));
            let (once, _, _) = walked(&texts, seed, (best, 5.0));
            let mut second = second.into_iter();
            for (first, once) in first.iter().zip(once) {
                let both = if first.is_finite() { *first } else { second.next().unwrap() };
                prop_assert!(!once.is_finite() || both == once, "{both} {once}");
            }
        }
    }

    #[test]
    fn probabilities_of_what_can_be_said_make_one() {
        let next = log_softmax(&[1.0, 3.0, -2.0, 99.0], 2);
        assert_eq!(next.len(), 3, "marks are left out");
        assert!((next.iter().map(|p| p.exp()).sum::<f32>() - 1.0).abs() < 1e-5);
        assert!(next[1] > next[0] && next[0] > next[2]);
    }
}
