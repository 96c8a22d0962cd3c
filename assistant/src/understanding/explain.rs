//! Why a sentence was understood as it was: the same steps as understanding takes, shown one by one.

use super::classifier::{Sentence, THRESHOLD_MILLI, features_in_place};
use super::elliptical;
use super::intent::{guess, says_enough};
use super::meaning::Meaning;
use super::money::Spotted;
use super::teaching::Expectation;
use super::templates::Placed;
use super::tokens::Utterance;
use super::understander::{Heard, Understander, placed_value, stranger};
use crate::lang::Lang;
use jiff::civil::Date;
use serde::Serialize;

/// How many of the classifier's guesses are shown, and how many words for and against each.
const GUESSES: usize = 5;
const WORDS: usize = 4;
/// What a word says is left out below this share of what the loudest one says.
const QUIET: f32 = 0.05;

/// Every step from the words to the intent.
#[derive(Clone, Debug, Serialize)]
pub struct Explanation {
    /// The tokens in order.
    pub tokens: Vec<TokenShown>,
    /// Every template that is the whole sentence, the best first.
    pub templates: Vec<TemplateMatch>,
    /// The classifier's best guesses, the likeliest first, whether it was asked or not.
    pub guesses: Vec<Thought>,
    /// The probability, in thousandths, that it is none of the flows, as the classifier sees it.
    pub none_milli: u16,
    /// From here on, in thousandths, a guess is taken.
    pub threshold_milli: u16,
    /// What decided.
    pub decision: Decision,
    /// What was understood in the end.
    pub meaning: Meaning,
}

/// One token.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct TokenShown {
    /// Its folded spelling: small letters, half-width, simplified characters.
    pub text: String,
    /// First character in the sentence, and one past the last.
    pub start: usize,
    /// One past the last character.
    pub end: usize,
    /// True if the person took it back ("fifty, no, sixty").
    pub taken_back: bool,
}

/// A template that is the whole sentence.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct TemplateMatch {
    /// The flow.
    pub flow: String,
    /// Which of the flow's templates, from zero, all languages counted on.
    pub index: usize,
    /// How well it fits, in thousandths; 1000 is word for word.
    pub confidence_milli: u16,
    /// Slots that it bound, each with the words that fill it.
    pub slots: Vec<(String, String)>,
}

/// What the classifier thinks of one flow.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Thought {
    /// The flow.
    pub flow: String,
    /// Its probability in thousandths.
    pub milli: u16,
    /// The words that spoke most for it, the loudest first, each with how much.
    #[serde(rename = "for")]
    pub reasons_for: Vec<(String, f32)>,
    /// The words that spoke most against it.
    pub against: Vec<(String, f32)>,
}

/// What decided about the intent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Decision {
    /// A template is the whole sentence.
    Template,
    /// The classifier is sure enough.
    Classifier,
    /// It names whom to pay and how much, and says nothing against it.
    Elliptical,
    /// It speaks of a payment and does not ask for one.
    NotAskedFor,
    /// The classifier is not sure enough: none of these.
    NoneOfThese,
    /// The sentence says no more than values, courtesies, yes, no or such: it can only answer.
    OnlyAnAnswer,
    /// There are no flows to be told apart.
    NothingTaught,
}

impl Understander {
    /// Why `text` means what [`Understander::understand`] says that it means.
    #[must_use]
    pub fn explain(&self, text: &str, lang: Lang, today: Date, expect: &Expectation) -> Explanation {
        let meaning = self.understand(text, lang, today, expect);
        let heard = self.hear(text, lang, today, expect);
        let templates = self.matches(&heard);
        let with = stranger(&heard.utterance, &heard.values);
        let values = with.as_ref().unwrap_or(&heard.values);
        let by_ellipsis = elliptical::at_rest(expect)
            && meaning.intent.as_ref().is_some_and(|guess| guess.confidence_milli == elliptical::SURE_MILLI)
            && elliptical::asks_to_pay(&heard.utterance, &heard.values, &heard.told_along);
        let decision = match self.classifier() {
            _ if !templates.is_empty() => Decision::Template,
            _ if by_ellipsis => Decision::Elliptical,
            None => Decision::NothingTaught,
            Some(_) if !says_enough(&heard.utterance, &heard.values, &heard.done, &heard.taken_back) => {
                Decision::OnlyAnAnswer
            }
            Some(_) if meaning.intent.is_some() => Decision::Classifier,
            Some(classifier) if !guess(classifier, &heard.utterance, values).is_empty() => Decision::NotAskedFor,
            Some(_) => Decision::NoneOfThese,
        };
        let none_milli = self
            .classifier()
            .and_then(|classifier| classifier.none_milli(Sentence { utterance: &heard.utterance, values }));
        Explanation {
            tokens: tokens(&heard),
            templates,
            guesses: self.thoughts(&heard),
            none_milli: none_milli.unwrap_or_default(),
            threshold_milli: THRESHOLD_MILLI,
            decision,
            meaning,
        }
    }

    fn matches(&self, heard: &Heard) -> Vec<TemplateMatch> {
        let Heard { utterance, values, taken_back, .. } = heard;
        let found = self.matches_with(utterance, values, taken_back);
        match stranger(utterance, values).filter(|_| found.is_empty()) {
            Some(with) => self.matches_with(utterance, &with, taken_back),
            None => found,
        }
    }

    fn matches_with(&self, utterance: &Utterance, values: &[Spotted], taken_back: &[bool]) -> Vec<TemplateMatch> {
        let places: Vec<Placed> = values.iter().map(placed_value).collect();
        let words = |value: usize| values.get(value).map_or_else(String::new, |value| value.entity.text.clone());
        let shown = |matched: super::templates::Matched| TemplateMatch {
            index: matched.template,
            confidence_milli: matched.guess.confidence_milli,
            slots: matched.guess.slots.into_iter().map(|(slot, value)| (slot, words(value))).collect(),
            flow: matched.guess.name,
        };
        self.templates.find_each(utterance, &places, taken_back).into_iter().map(shown).collect()
    }

    fn thoughts(&self, heard: &Heard) -> Vec<Thought> {
        let Some(classifier) = self.classifier() else { return Vec::new() };
        let with = stranger(&heard.utterance, &heard.values);
        let values = with.as_ref().unwrap_or(&heard.values);
        let (seen, places): (Vec<_>, Vec<_>) = features_in_place(&heard.utterance, values).into_iter().unzip();
        let thought = |ranked: super::classifier::Ranked| {
            let reasons = classifier.reasons(&seen, &ranked.label);
            let words = spread(heard, &places, &reasons);
            Thought {
                reasons_for: loudest(&words, 1.0),
                against: loudest(&words, -1.0),
                flow: ranked.label,
                milli: ranked.milli,
            }
        };
        let sentence = Sentence { utterance: &heard.utterance, values };
        classifier.rank(sentence).into_iter().take(GUESSES).map(thought).collect()
    }
}

fn tokens(heard: &Heard) -> Vec<TokenShown> {
    let taken_back = |at: usize| heard.taken_back.get(at).copied().unwrap_or(false);
    let shown = |(at, token): (usize, &super::tokens::Token)| TokenShown {
        text: token.text.clone(),
        start: token.start,
        end: token.end,
        taken_back: taken_back(at),
    };
    heard.utterance.tokens.iter().enumerate().map(shown).collect()
}

/// What each word says: what its own features say, and its part of what it says together with its neighbours.
fn spread(heard: &Heard, places: &[(usize, usize)], reasons: &[f32]) -> Vec<(String, f32)> {
    let mut said = vec![0.0_f32; heard.utterance.len()];
    for ((first, after), reason) in places.iter().zip(reasons) {
        let part = reason / u16::try_from(after - first).map_or(1.0, f32::from).max(1.0);
        said.iter_mut().take(*after).skip(*first).for_each(|said| *said += part);
    }
    let mut words: Vec<(String, f32)> = Vec::new();
    let mut at = 0;
    while at < said.len() {
        let value = heard.values.iter().find(|value| value.first == at && value.after > at);
        let after = value.map_or(at + 1, |value| value.after);
        let word = value.map_or_else(|| heard.utterance.word(at).to_owned(), |value| value.entity.text.clone());
        let sum: f32 = said.iter().take(after).skip(at).sum();
        match words.iter_mut().find(|(known, _)| *known == word) {
            Some(known) => known.1 += sum,
            None => words.push((word, sum)),
        }
        at = after;
    }
    words
}

/// The words that speak most in one direction.
fn loudest(words: &[(String, f32)], sign: f32) -> Vec<(String, f32)> {
    let most = words.iter().map(|(_, said)| said.abs()).fold(0.0, f32::max);
    let mut loud: Vec<(String, f32)> = words
        .iter()
        .filter(|(_, said)| said * sign > most * QUIET)
        .map(|(word, said)| (word.clone(), said * sign))
        .collect();
    loud.sort_by(|a, b| b.1.total_cmp(&a.1));
    loud.truncate(WORDS);
    loud.iter_mut().for_each(|(_, said)| *said = (*said * 100.0).round() / 100.0);
    loud
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::understanding::names::tests::household;
    use crate::understanding::templates::tests::intent;
    use crate::understanding::{Teaching, Understander};
    use jiff::civil::date;

    fn understander() -> Understander {
        let pay = intent("pay_bill", &["[please] pay [my] {payee} [bill]", "pay {payee}"], &["交{payee}"]);
        let mut history = intent("history", &["how much did I pay for {payee}"], &[]);
        history.examples = ["what have I paid lately", "show my last payments", "list my recent payments"]
            .map(|text| (Lang::En, text.to_owned()))
            .to_vec();
        Understander::new(&Teaching { intents: vec![pay, history], names: household() })
    }

    fn explain(text: &str) -> Explanation {
        understander().explain(text, Lang::En, date(2025, 3, 12), &Expectation::default())
    }

    #[test]
    fn every_template_that_matches_is_named_with_what_it_bound() {
        let explanation = explain("pay my water");
        assert_eq!(explanation.decision, Decision::Template);
        assert_eq!(explanation.templates.iter().map(|one| one.index).collect::<Vec<_>>(), [0]);
        assert_eq!(explanation.templates[0].slots, [("payee".to_owned(), "water".to_owned())]);
        assert_eq!(explain("pay water").templates.len(), 2, "both templates are this sentence");
        assert_eq!(explanation.meaning.intent.unwrap().name, "pay_bill");
    }

    #[test]
    fn the_classifier_tells_which_words_counted() {
        let explanation = explain("could I see my recent payments");
        assert_eq!(explanation.decision, Decision::Classifier, "{explanation:?}");
        let best = &explanation.guesses[0];
        assert_eq!(best.flow, "history");
        assert!(best.reasons_for.iter().any(|(word, said)| word == "payments" && *said > 0.0), "{best:?}");
        assert!(best.against.iter().chain(&best.reasons_for).all(|(_, said)| *said > 0.0), "{best:?}");
        assert!(best.milli >= explanation.threshold_milli);
    }

    #[test]
    fn answers_and_strange_sentences_say_so() {
        assert_eq!(explain("forty dollars please").decision, Decision::OnlyAnAnswer);
        assert_eq!(explain("zebras sleep while standing").decision, Decision::NoneOfThese);
        let nothing = Understander::new(&Teaching::default());
        let explanation = nothing.explain("hello", Lang::En, date(2025, 3, 12), &Expectation::default());
        assert_eq!((explanation.decision, explanation.guesses.len()), (Decision::NothingTaught, 0));
        assert!(explain("").tokens.is_empty());
    }
}
