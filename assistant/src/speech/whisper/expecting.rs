//! Listening with expectation, the part with sound: what was encoded once is decoded a second time after another prompt, and
//! everything that may have been said is held against it.

use super::{Whisper, tidy};
use crate::lang::Lang;
use crate::speech::expect::{self, Expect, Offer, Reading};
use crate::speech::scorer::Scorer;
use whisper_rs::{WhisperError, get_lang_id};

/// Tokens of prompt and text together, at most: whisper's decoder has room for 448.
const TOKENS_MAX: usize = 440;
/// A second text may be so much longer than the first, in tokens.
const LONGER: usize = 12;
/// A reading that is this much less likely (natural logarithm) than another is not followed to its end.
const HOPELESS: f32 = 14.0;
/// The same for answers, of which there are many and of which a sum is taken.
const OUT_OF_QUESTION: f32 = 8.0;

/// The most offers that are held against the sound.
const OFFERS_MAX: usize = 20;

/// What another listener is told where names lead astray: Mandarin amounts are short, and names that sound a little like them
/// were taken for them.
fn other_prompt(lang: Lang) -> Option<&'static str> {
    match lang {
        Lang::En => None,
        Lang::Zh => Some("一百零六元。三百八。七十三块四。两千五百元。"),
    }
}

/// The style of an answer, and nothing of what may be in it: so the second listener does not share the first one's prejudices.
fn style(lang: Lang) -> &'static str {
    match lang {
        Lang::En => "",
        Lang::Zh => "以下是普通话的句子。",
    }
}

impl Whisper {
    /// What may have been said where `heard` was written down freely after `prompt`, held against the sound that was encoded
    /// last; the likeliest first. Empty if there is nothing else to think of.
    pub(super) fn reread(
        &mut self,
        heard: &str,
        (lang, prompt): (Lang, &[i32]),
        expect: &dyn Expect,
        threads: usize,
    ) -> Result<Vec<Reading>, WhisperError> {
        let mut offers = expect.offers(heard, lang);
        if offers.is_empty() {
            return Ok(Vec::new());
        }
        let told = self.start(lang, prompt);
        let Some(other) = other_prompt(lang) else {
            let offers = self.spelled(offers, lang, told.len());
            return Ok(expect::combine(&self.held_against(offers, &[told], threads)?));
        };
        // Somebody who was told of amounts alone, and of no name.
        let other = self.context.tokenize(other, other.len()).unwrap_or_default();
        let other = self.start(lang, &other);
        let most = self.tokens(lang, heard).len() + LONGER;
        let own = Scorer::after(&self.context, &mut self.state, &other, threads)?.likeliest(most)?;
        let bytes = own.iter().flat_map(|token| self.context.token_to_bytes(*token).unwrap_or_default());
        let own = tidy(&bytes.copied().collect::<Vec<u8>>());
        tracing::debug!(own, "told of amounts alone");
        let yes = expect.agrees(heard, lang);
        for offer in expect.offers(&own, lang) {
            let known = offers.iter().any(|known| known.text == offer.text);
            // Nothing may speak for a yes but the sound itself.
            if !known && offers.len() < OFFERS_MAX && (yes || !expect.agrees(&offer.text, lang)) {
                offers.push(offer);
            }
        }
        let offers = self.spelled(offers, lang, told.len().max(other.len()));
        Ok(expect::combine(&self.held_against(offers, &[other, told], threads)?))
    }

    /// Offers that there is room for, each as whisper's tokens.
    fn spelled(&self, offers: Vec<Offer>, lang: Lang, prompt: usize) -> (Vec<Offer>, Vec<Vec<i32>>) {
        let room = TOKENS_MAX.saturating_sub(prompt);
        let spelled = |offer: Offer| {
            let tokens = self.vocabulary.tokens(&written_down(lang, &offer.text));
            (!tokens.is_empty() && tokens.len() <= room).then_some((offer, tokens))
        };
        offers.into_iter().filter_map(spelled).unzip()
    }

    /// How likely each offer is by the sound, for listeners that were told different things, on average. Nothing where there is
    /// nothing to choose.
    fn held_against(
        &mut self,
        (offers, texts): (Vec<Offer>, Vec<Vec<i32>>),
        starts: &[Vec<i32>],
        threads: usize,
    ) -> Result<Vec<(Offer, f32)>, WhisperError> {
        if offers.len() < 2 {
            return Ok(Vec::new());
        }
        let mut sums = vec![0.0; offers.len()];
        for start in starts {
            let mut scorer = Scorer::after(&self.context, &mut self.state, start, threads)?;
            let scores = scorer.score(&texts, HOPELESS)?;
            tracing::debug!(?scores, "one listener");
            // One listener alone can't rule anything out: it is not known how unlikely what was not followed is.
            let least = scores.iter().copied().fold(f32::NEG_INFINITY, f32::max) - HOPELESS;
            sums.iter_mut().zip(scores).for_each(|(sum, score)| *sum += score.max(least) / starts.len() as f32);
        }
        let scored: Vec<(Offer, f32)> = offers.into_iter().zip(sums).collect();
        tracing::debug!(?scored, "held against the sound");
        Ok(scored)
    }

    /// How likely a yes is among all answers, strange words and silence, in thousandths, for a listener that was told
    /// nothing. `None` where a yes moves no money, or none was heard freely either.
    pub(super) fn second_listener(
        &mut self,
        heard: &str,
        lang: Lang,
        expect: &dyn Expect,
        threads: usize,
    ) -> Result<Option<u16>, WhisperError> {
        let Some(answers) = expect.answers(lang).filter(|_| expect.agrees(heard, lang)) else { return Ok(None) };
        let style = self.context.tokenize(style(lang), style(lang).len()).unwrap_or_default();
        let start = self.start(lang, &style);
        let spelled = |texts: &[String]| -> Vec<Vec<i32>> {
            texts.iter().flat_map(|text| written(lang, text)).map(|text| self.tokens(lang, &text)).collect()
        };
        let (mut yes, mut other) = (spelled(&answers.yes), spelled(&answers.other));
        let most = self.tokens(lang, heard).len() + LONGER;
        let first = self.tokens(lang, heard);
        let context = &self.context;
        let mut scorer = Scorer::after(context, &mut self.state, &start, threads)?;
        // What this listener writes down itself competes on the side to which it belongs, and so does silence.
        let own = scorer.likeliest(most)?;
        let bytes = own.iter().flat_map(|token| context.token_to_bytes(*token).unwrap_or_default());
        let own_text = tidy(&bytes.copied().collect::<Vec<u8>>());
        for (text, tokens) in [(heard, first), (own_text.as_str(), own)] {
            let side = if expect.agrees(text, lang) { &mut yes } else { &mut other };
            side.push(tokens);
        }
        other.push(Vec::new());
        let mut all: Vec<Vec<i32>> = yes.iter().chain(&other).cloned().collect();
        all.iter_mut().for_each(|tokens| tokens.truncate(TOKENS_MAX.saturating_sub(start.len())));
        let scores = scorer.score(&all, OUT_OF_QUESTION)?;
        let (yes, other) = distinct(&all, &scores, yes.len());
        let milli = expect::yes_milli(&yes, &other);
        tracing::debug!(own_text, milli, "the second listener");
        Ok(Some(milli))
    }

    /// The tokens before a text: what stands before it, the language, and that it is to be written down without times.
    fn start(&self, lang: Lang, before: &[i32]) -> Vec<i32> {
        let mut tokens = Vec::new();
        if !before.is_empty() {
            tokens.push(self.context.token_prev());
            tokens.extend(before);
        }
        tokens.push(self.context.token_sot());
        tokens.extend(get_lang_id(lang.code()).map(|id| self.context.token_lang(id)));
        tokens.extend([self.context.token_transcribe(), self.context.token_not()]);
        tokens
    }

    /// A text in whisper.cpp's own tokens.
    fn tokens(&self, lang: Lang, text: &str) -> Vec<i32> {
        let text = written_down(lang, text);
        self.context.tokenize(&text, text.len()).unwrap_or_default()
    }
}

/// An English text begins with a space.
fn written_down(lang: Lang, text: &str) -> String {
    if lang == Lang::En { format!(" {text}") } else { text.to_owned() }
}

/// The scores of what agrees (the first `agreeing` texts) and of everything else, each text counted once.
fn distinct(texts: &[Vec<i32>], scores: &[f32], agreeing: usize) -> (Vec<f32>, Vec<f32>) {
    let (mut yes, mut other) = (Vec::new(), Vec::new());
    for (at, (text, score)) in texts.iter().zip(scores).enumerate() {
        if !texts.iter().take(at).any(|before| before == text) {
            if at < agreeing { &mut yes } else { &mut other }.push(*score);
        }
    }
    (yes, other)
}

/// The ways in which an answer is written.
fn written(lang: Lang, text: &str) -> Vec<String> {
    match lang {
        Lang::En => {
            let mut letters = text.chars();
            let capital = letters.next().map(|first| first.to_uppercase().chain(letters).collect::<String>());
            let capital = capital.unwrap_or_default();
            vec![format!("{capital}."), capital]
        }
        Lang::Zh => vec![format!("{text}。"), text.to_owned()],
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_on_both_sides_counts_once() {
        let texts = [vec![1], vec![2], vec![1], vec![3], vec![3]];
        let (yes, other) = distinct(&texts, &[-1.0, -2.0, -1.0, -4.0, -4.0], 2);
        assert_eq!((yes, other), (vec![-1.0, -2.0], vec![-4.0]));
    }

    #[test]
    fn answers_are_written_as_whisper_writes_them() {
        assert_eq!(written(Lang::En, "yes"), ["Yes.", "Yes"]);
        assert_eq!(written(Lang::Zh, "是的"), ["是的。", "是的"]);
    }
}
