//! Scores added up into rates.

use super::judge::{Outcome, Score};
use crate::lang::Lang;
use serde::Serialize;
use std::collections::BTreeMap;

/// How often something went wrong.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Rate {
    /// Occasions on which it could.
    pub of: usize,
    /// How often it did.
    pub wrong: usize,
}

impl Rate {
    /// The fraction from 0 (never); `None` without any occasion. More than 1 where more units are wrong than were said.
    #[must_use]
    pub fn fraction(self) -> Option<f64> {
        (self.of > 0).then(|| self.wrong as f64 / self.of as f64)
    }
}

/// The sums of one language.
#[derive(Clone, Debug, Default)]
struct Sums {
    sentences: usize,
    words: Rate,
    amounts: Rate,
    /// Amounts that would be used as something else than was said, without a question.
    amounts_unasked: usize,
    names: Rate,
    consents: Rate,
    /// Consents that nobody gave.
    consents_false: usize,
}

/// Sums over many sentences, for each language.
#[derive(Clone, Debug, Default)]
pub struct Tally {
    sums: BTreeMap<Lang, Sums>,
}

/// Rates of each language as fractions; null where there was no occasion.
pub type Rates = BTreeMap<Lang, Option<f64>>;

/// The figures of a tally. JSON's keys are the contract of `sayso bench speech --json`.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Figures {
    /// Words (English) or characters (Mandarin) that are wrong, of those said.
    pub word_error_rate: Rates,
    /// Sentences whose amounts were not heard right the first time, of those that have one.
    pub amount_error_rate: Rates,
    /// Those of them that would be used as something else than was said, without a question.
    pub amount_unasked_rate: Rates,
    /// Sentences whose payees or providers were taken for others, of those that have one.
    pub name_error_rate: Rates,
    /// Consents that were missed or that nobody gave, of all that were given or heard.
    pub consent_error_rate: Rates,
    /// Those of them that nobody gave.
    pub consent_false_rate: Rates,
}

impl Tally {
    /// Adds the score of one sentence.
    pub fn add(&mut self, lang: Lang, score: &Score) {
        let sums = self.sums.entry(lang).or_default();
        sums.sentences += 1;
        sums.words.of += score.units;
        sums.words.wrong += score.wrong;
        count(&mut sums.amounts, score.amounts);
        count(&mut sums.names, score.names);
        count(&mut sums.consents, score.consent);
        sums.amounts_unasked += usize::from(score.amounts == Some(Outcome::Wrong));
        sums.consents_false += usize::from(score.consent == Some(Outcome::Wrong));
    }

    /// Everything as fractions, with both languages whether they occurred or not.
    #[must_use]
    pub fn figures(&self) -> Figures {
        let rates = |pick: fn(&Sums) -> Rate| {
            let rate = |lang| self.sums.get(&lang).and_then(|sums| pick(sums).fraction()).map(rounded);
            Lang::ALL.into_iter().map(|lang| (lang, rate(lang))).collect()
        };
        Figures {
            word_error_rate: rates(|sums| sums.words),
            amount_error_rate: rates(|sums| sums.amounts),
            amount_unasked_rate: rates(|sums| Rate { wrong: sums.amounts_unasked, ..sums.amounts }),
            name_error_rate: rates(|sums| sums.names),
            consent_error_rate: rates(|sums| sums.consents),
            consent_false_rate: rates(|sums| Rate { wrong: sums.consents_false, ..sums.consents }),
        }
    }

    /// The same as a table for people, one row for each language that occurred.
    #[must_use]
    pub fn table(&self) -> String {
        let head = format!(
            "{:4} {:>9} {:>16} {:>22} {:>14} {:>22}",
            "", "sentences", "words wrong", "amounts wrong (unasked)", "names wrong", "consents wrong (false)"
        );
        let rows = self.sums.iter().map(|(lang, sums)| {
            let amounts = format!("{} ({})", shown(sums.amounts), sums.amounts_unasked);
            let consents = format!("{} ({})", shown(sums.consents), sums.consents_false);
            format!(
                "{:4} {:>9} {:>16} {amounts:>23} {:>14} {consents:>22}",
                lang.code(),
                sums.sentences,
                shown(sums.words),
                shown(sums.names),
            )
        });
        std::iter::once(head).chain(rows).collect::<Vec<_>>().join("\n")
    }
}

fn count(rate: &mut Rate, outcome: Option<Outcome>) {
    rate.of += usize::from(outcome.is_some());
    rate.wrong += usize::from(outcome.is_some_and(|outcome| outcome != Outcome::Right));
}

/// `3.1 % (2/64)`.
fn shown(rate: Rate) -> String {
    match rate.fraction() {
        Some(fraction) => format!("{:.1} % {}/{}", fraction * 100.0, rate.wrong, rate.of),
        None => "-".to_owned(),
    }
}

/// To four places: more would pretend more than a few hundred sentences can tell.
fn rounded(fraction: f64) -> f64 {
    (fraction * 10_000.0).round() / 10_000.0
}

#[cfg(test)]
mod tests {
    use super::*;

    fn score(wrong: usize, amounts: Option<Outcome>, consent: Option<Outcome>) -> Score {
        Score { units: 4, wrong, amounts, names: None, consent }
    }

    #[test]
    fn adds_up_and_tells_what_did_not_occur() {
        let mut tally = Tally::default();
        tally.add(Lang::En, &score(1, Some(Outcome::Right), None));
        tally.add(Lang::En, &score(2, Some(Outcome::Asked), Some(Outcome::Right)));
        tally.add(Lang::En, &score(0, Some(Outcome::Wrong), Some(Outcome::Wrong)));
        let figures = tally.figures();
        assert_eq!(figures.word_error_rate, [(Lang::En, Some(0.25)), (Lang::Zh, None)].into());
        assert_eq!(figures.amount_error_rate[&Lang::En], Some(0.6667));
        assert_eq!(figures.amount_unasked_rate[&Lang::En], Some(0.3333));
        assert_eq!(figures.name_error_rate[&Lang::En], None);
        assert_eq!(figures.consent_error_rate[&Lang::En], Some(0.5));
        assert_eq!(figures.consent_false_rate[&Lang::En], Some(0.5));
        let json = serde_json::to_value(&figures).unwrap();
        assert_eq!(json["word_error_rate"], serde_json::json!({"en": 0.25, "zh": null}));
        let table = tally.table();
        assert!(table.contains("25.0 % 3/12") && table.contains("2/3 (1)") && table.contains("1/2 (1)"), "{table}");
    }
}
