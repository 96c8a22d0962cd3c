//! How surely a listener who was told nothing of what may be said heard a yes: every answer there is is held against the
//! sound, with strange words and silence beside them.

use super::expecting::{LONGER, TOKENS_MAX, start, written_down};
use super::{Whisper, tidy};
use crate::lang::Lang;
use crate::speech::error::SpeechError;
use crate::speech::expect::{self, Answers, Expect};
use crate::speech::recogniser::GivenUp;
use crate::speech::scorer::Scorer;
use crate::speech::vocabulary::Vocabulary;
use whisper_rs::{WhisperContext, WhisperError, WhisperState};

/// At a first look an answer that is this much less likely (natural logarithm) than another is not followed to its end, and counts
/// for as much as it could be at most, against a yes.
const UNLIKELY: f32 = 6.0;
/// If a yes is not sure so, this is the bar. There are many answers, and a sum is taken of them.
const OUT_OF_QUESTION: f32 = 8.0;

/// The style of an answer, and nothing of what may be in it: so the second listener does not share the first one's prejudices.
fn style(lang: Lang) -> &'static str {
    match lang {
        Lang::En => "",
        Lang::Zh => "以下是普通话的句子。",
    }
}

/// What a listener has before it.
pub(super) struct Sound<'a> {
    pub samples: &'a [f32],
    pub lang: Lang,
    pub threads: usize,
    pub duration_ms: u64,
    pub given_up: &'a GivenUp,
}

impl Sound<'_> {
    /// A network's failure to hear it.
    pub(super) fn failed(&self, why: &WhisperError) -> SpeechError {
        SpeechError::Recognition { ms: self.duration_ms, why: why.to_string() }
    }
}

impl Whisper {
    /// How likely a yes is, in thousandths, for listeners that were told nothing: this network, and the second one where there is
    /// one; the less sure of them counts. `None` where a yes moves no money, or none was heard freely either.
    pub(super) fn second_listener(
        &mut self,
        heard: &str,
        sound: &Sound<'_>,
        expect: &dyn Expect,
    ) -> Result<Option<u16>, SpeechError> {
        let Some(answers) = expect.answers(sound.lang).filter(|_| expect.agrees(heard, sound.lang)) else {
            return Ok(None);
        };
        let (lang, threads) = (sound.lang, sound.threads);
        let spelled = self.spelling.of(&self.vocabulary, lang, &answers);
        let (context, vocabulary) = (&self.context, &self.vocabulary);
        let mut encoded = Encoded { context, state: &mut self.state, vocabulary, lang, threads };
        let Weighed { yes_milli: milli, own } =
            encoded.weigh(heard, spelled, expect).map_err(|why| sound.failed(&why))?;
        tracing::debug!(own, milli, "the second listener");
        let another = self.second_network.as_mut().map(|network| network.yes_milli(sound, heard, (&answers, expect)));
        Ok(Some(another.transpose()?.map_or(milli, |another| another.min(milli))))
    }
}

/// Answers in tokens.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Spelled {
    yes: Vec<Vec<i32>>,
    other: Vec<Vec<i32>>,
}

/// What was spelled last: there are a thousand answers, the same for every yes of a language.
#[derive(Debug, Default)]
pub(super) struct Spelling {
    last: Option<(Lang, Answers, Spelled)>,
}

impl Spelling {
    /// Answers as a network writes them.
    pub fn of(&mut self, vocabulary: &Vocabulary, lang: Lang, answers: &Answers) -> &Spelled {
        let known = self.last.take().filter(|(of, these, _)| *of == lang && these == answers);
        let spelled = |texts: &[String]| -> Vec<Vec<i32>> {
            let written = texts.iter().flat_map(|text| written(lang, text));
            written.map(|text| vocabulary.tokens(&written_down(lang, &text))).collect()
        };
        let anew = || (lang, answers.clone(), Spelled { yes: spelled(&answers.yes), other: spelled(&answers.other) });
        &self.last.insert(known.unwrap_or_else(anew)).2
    }
}

/// A sound that a network has encoded.
pub(super) struct Encoded<'a> {
    pub context: &'a WhisperContext,
    pub state: &'a mut WhisperState,
    pub vocabulary: &'a Vocabulary,
    pub lang: Lang,
    pub threads: usize,
}

/// What a listener made of a yes.
pub(super) struct Weighed {
    /// How likely it is, in thousandths.
    pub yes_milli: u16,
    /// What the network writes down itself.
    pub own: String,
}

impl Encoded<'_> {
    /// Holds every answer against the sound, in which `heard` was written down freely.
    pub(super) fn weigh(
        &mut self,
        heard: &str,
        spelled: &Spelled,
        expect: &dyn Expect,
    ) -> Result<Weighed, WhisperError> {
        let (context, lang) = (self.context, self.lang);
        let style = context.tokenize(style(lang), style(lang).len()).unwrap_or_default();
        let start = start(context, lang, &style);
        let Spelled { mut yes, mut other } = spelled.clone();
        let first = self.vocabulary.tokens(&written_down(lang, heard));
        let mut scorer = Scorer::after(context, self.state, &start, self.threads)?;
        // What this listener writes down itself competes on the side to which it belongs, and so does silence.
        let own = scorer.likeliest(first.len() + LONGER)?;
        let bytes = own.iter().flat_map(|token| context.token_to_bytes(*token).unwrap_or_default());
        let own_text = tidy(&bytes.copied().collect::<Vec<u8>>());
        for (text, tokens) in [(heard, first), (own_text.as_str(), own)] {
            let side = if expect.agrees(text, lang) { &mut yes } else { &mut other };
            side.push(tokens);
        }
        other.push(Vec::new());
        let mut all: Vec<Vec<i32>> = yes.iter().chain(&other).cloned().collect();
        all.iter_mut().for_each(|tokens| tokens.truncate(TOKENS_MAX.saturating_sub(start.len())));
        let mut scores = scorer.score(&all, (f32::NEG_INFINITY, UNLIKELY))?;
        let (agree, mut against) = distinct(&all, &scores, yes.len());
        against.extend(scorer.left_out());
        let at_least = expect::yes_milli(&agree, &against);
        if at_least >= expect::SURE_YES_MILLI {
            return Ok(Weighed { yes_milli: at_least, own: own_text });
        }
        let best = scores.iter().copied().fold(f32::NEG_INFINITY, f32::max);
        let open = |score: &f32| *score == f32::NEG_INFINITY;
        let rest: Vec<Vec<i32>> =
            all.iter().zip(&scores).filter(|(_, score)| open(score)).map(|(tokens, _)| tokens.clone()).collect();
        let known = scorer.score(&rest, (best, OUT_OF_QUESTION))?;
        scores.iter_mut().filter(|score| open(score)).zip(known).for_each(|(score, known)| *score = known);
        let (agree, against) = distinct(&all, &scores, yes.len());
        Ok(Weighed { yes_milli: expect::yes_milli(&agree, &against), own: own_text })
    }
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
    fn answers_are_spelled_once_for_each_language() {
        let vocabulary =
            Vocabulary::new([(1, b" ".to_vec()), (2, b"a".to_vec()), (3, b"A".to_vec()), (4, b".".to_vec())]);
        let answers = Answers { yes: vec!["a".to_owned()], other: Vec::new() };
        let mut spelling = Spelling::default();
        let english = spelling.of(&vocabulary, Lang::En, &answers).clone();
        assert_eq!(english.yes, [vec![1, 3, 4], vec![1, 3]]);
        assert_eq!(*spelling.of(&Vocabulary::new([]), Lang::En, &answers), english, "known");
        let mandarin = spelling.of(&vocabulary, Lang::Zh, &answers);
        assert_eq!(mandarin.yes, [vec![2], vec![2]], "the full stop is none of its tokens here");
        assert_eq!(spelling.of(&vocabulary, Lang::Zh, &Answers::default()), &Spelled::default());
    }

    #[test]
    fn answers_are_written_as_whisper_writes_them() {
        assert_eq!(written(Lang::En, "yes"), ["Yes.", "Yes"]);
        assert_eq!(written(Lang::Zh, "是的"), ["是的。", "是的"]);
    }
}
