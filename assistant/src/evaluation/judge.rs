//! One sentence: what was heard against what was said, as words and as what they mean.

use super::units;
use crate::consent::Ear;
use crate::lang::Lang;
use crate::understanding::{Act, Entity, EntityKind, Expectation, Meaning, Reading, Understander, Value};
use jiff::civil::Date;
use sayso_plugin_interface::{Currency, Money};
use serde::Serialize;
use std::collections::BTreeMap;
use std::sync::Arc;

/// Compares sentences with the understanding that conversations have.
pub struct Judge {
    understander: Arc<Understander>,
    currencies: BTreeMap<Lang, Currency>,
    today: Date,
}

/// What a yes is held to in a comparison, in minor units: fifty of most currencies.
const CONSENT_MINOR: i64 = 5_000;

/// What the ear took in.
#[derive(Clone, Debug, Default)]
pub struct Taken {
    /// What may have been said, the likeliest first; empty if nothing was.
    pub readings: Vec<Reading>,
    /// How a second listener took it; `None` if there was none.
    pub ear: Option<Ear>,
}

impl Taken {
    /// A text as the only listener wrote it down.
    #[must_use]
    pub fn freely(text: &str) -> Self {
        let reading = Reading { text: text.to_owned(), probability_milli: 1000 };
        Taken { readings: if text.is_empty() { Vec::new() } else { vec![reading] }, ear: None }
    }

    fn text(&self) -> &str {
        self.readings.first().map_or("", |reading| reading.text.as_str())
    }
}

/// Whether one kind of thing was heard right, in a sentence that has it on either side.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// As it was said.
    Right,
    /// Not as it was said, but it would be asked about before it is used.
    Asked,
    /// Something else than was said.
    Wrong,
}

/// The errors of one sentence. What a sentence has on neither side is `None`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Score {
    /// Words (English) or characters (Mandarin) that were said.
    pub units: usize,
    /// How many of them are wrong, missing or too many.
    pub wrong: usize,
    /// The amounts, compared as values.
    pub amounts: Option<Outcome>,
    /// Payees and providers, compared as whom they mean.
    pub names: Option<Outcome>,
    /// Whether a yes that would pay was heard where one was said, and none where none was.
    pub consent: Option<Outcome>,
}

impl Judge {
    /// A judge with what a household's flows teach, the currency meant in each language when none is said, and a day.
    #[must_use]
    pub fn new(understander: Understander, currencies: BTreeMap<Lang, Currency>, today: Date) -> Self {
        Judge { understander: Arc::new(understander), currencies, today }
    }

    /// The understanding by which it judges.
    #[must_use]
    pub fn understander(&self) -> Arc<Understander> {
        Arc::clone(&self.understander)
    }

    /// Compares `heard` with what was `said`.
    #[must_use]
    pub fn score(&self, lang: Lang, said: &str, heard: &Taken) -> Score {
        let (units, wrong) = units::errors(lang, said, heard.text());
        let kinds = vec![EntityKind::Money];
        let asked = Expectation { kinds, currency: self.currency(lang), ..Expectation::default() };
        let mean = |text: &str, expect: &Expectation| self.understander.understand(text, lang, self.today, expect);
        let take =
            |expect: &Expectation| self.understander.understand_readings(&heard.readings, lang, self.today, expect);
        let (meant, taken) = (mean(said, &asked), take(&asked));
        let amounts = compare(&self.amounts(lang, &meant), &self.amounts(lang, &taken));
        let names = compare(&names(&meant), &names(&taken));
        let consent = match (self.agrees(lang, said), self.consents(lang, heard)) {
            (false, false) => None,
            (true, true) => Some(Outcome::Right),
            // A yes that was missed is asked for once more; one that was not said pays.
            (true, false) => Some(Outcome::Asked),
            (false, true) => Some(Outcome::Wrong),
        };
        Score { units, wrong, amounts, names, consent }
    }

    fn currency(&self, lang: Lang) -> Option<Currency> {
        self.currencies.get(&lang).or_else(|| self.currencies.values().next()).copied()
    }

    /// True if these words alone would agree to what was read back.
    #[must_use]
    pub fn agrees(&self, lang: Lang, text: &str) -> bool {
        agrees(&self.understander.understand(text, lang, self.today, &self.read_back(lang)))
    }

    /// True if what the ear took in would pay what was read back.
    #[must_use]
    pub fn consents(&self, lang: Lang, heard: &Taken) -> bool {
        let meaning = self.understander.understand_readings(&heard.readings, lang, self.today, &self.read_back(lang));
        agrees(&meaning) && heard.ear.is_none_or(|ear| ear.agrees_to(self.some(lang)))
    }

    fn read_back(&self, lang: Lang) -> Expectation {
        let kinds = vec![EntityKind::YesNo, EntityKind::Money];
        Expectation { consent: true, kinds, currency: self.currency(lang), ..Expectation::default() }
    }

    /// The amount that a yes is held to: enough to need a sure one.
    fn some(&self, lang: Lang) -> Money {
        Money::new(CONSENT_MINOR, self.currency(lang).unwrap_or(Currency::USD))
    }

    /// Every amount with all its readings.
    fn amounts(&self, lang: Lang, meaning: &Meaning) -> Vec<Read<Money>> {
        let currency = self.currency(lang).unwrap_or(Currency::USD);
        let money = |value: &Value| match value {
            Value::Money(amount) => amount.in_currency(currency),
            _ => None,
        };
        let amounts = meaning.entities.iter().filter(|entity| entity.kind == EntityKind::Money);
        amounts.map(|entity| Read::of(entity, money)).collect()
    }
}

/// What a value may be, and whether it will be asked about.
struct Read<T> {
    readings: Vec<T>,
    asked: bool,
}

impl<T> Read<T> {
    fn of(entity: &Entity, read: impl Fn(&Value) -> Option<T>) -> Self {
        let readings: Vec<T> = entity.value.iter().chain(&entity.alternatives).filter_map(read).collect();
        // About 一百零, whose end was not heard, is asked even though there is one reading only.
        Read { asked: entity.ambiguous || readings.len() != 1, readings }
    }
}

/// Whom a sentence names, with all readings of each name.
fn names(meaning: &Meaning) -> Vec<Read<String>> {
    let id = |value: &Value| match value {
        Value::Id(id) => Some(id.id.clone()),
        _ => None,
    };
    let named = meaning.entities.iter().filter(|e| matches!(e.kind, EntityKind::Payee | EntityKind::Provider));
    named.map(|entity| Read::of(entity, id)).collect()
}

/// A yes and nothing else.
fn agrees(meaning: &Meaning) -> bool {
    !meaning.acts.is_empty() && meaning.acts.iter().all(|act| *act == Act::Yes)
}

/// Compares values in their order. What was said in a way that can be read in several ways ("one fifty", 一百二) is heard
/// right as any of them; what is heard in several ways will be asked about.
fn compare<T: PartialEq>(said: &[Read<T>], heard: &[Read<T>]) -> Option<Outcome> {
    if said.is_empty() && heard.is_empty() {
        return None;
    }
    if said.len() != heard.len() {
        // An amount that was not heard at all is asked for; one that nobody said is not.
        return Some(if heard.is_empty() { Outcome::Asked } else { Outcome::Wrong });
    }
    let each = said.iter().zip(heard).map(|(said, heard)| {
        let all = heard.readings.iter().all(|reading| said.readings.contains(reading)) && !heard.readings.is_empty();
        match (all, heard.asked) {
            (true, _) => Outcome::Right,
            (false, true) => Outcome::Asked,
            (false, false) => Outcome::Wrong,
        }
    });
    Some(each.fold(Outcome::Right, |worst, one| match (worst, one) {
        (Outcome::Wrong, _) | (_, Outcome::Wrong) => Outcome::Wrong,
        (Outcome::Asked, _) | (_, Outcome::Asked) => Outcome::Asked,
        _ => Outcome::Right,
    }))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::understanding::{Name, NameKind, Teaching};

    fn judge() -> Judge {
        let name = |id: &str, called: &str| Name {
            kind: NameKind::Payee,
            id: id.to_owned(),
            names: Lang::ALL.map(|lang| (lang, called.to_owned())).to_vec(),
        };
        let names = vec![name("alice", "Alice"), name("bob", "Bob"), name("power", "电费")];
        let understander = Understander::new(&Teaching { names, ..Teaching::default() });
        let currencies = [(Lang::En, Currency::USD), (Lang::Zh, Currency::CNY)].into();
        Judge::new(understander, currencies, Date::constant(2026, 11, 28))
    }

    #[test]
    fn amounts_are_compared_as_values() {
        let judge = judge();
        for (lang, said, heard, outcome) in [
            (Lang::En, "Forty-two dollars and fifty cents.", "$42.50", Some(Outcome::Right)),
            (Lang::En, "Forty-two dollars.", "42", Some(Outcome::Right)),
            (Lang::En, "Three hundred and fifteen.", "$350", Some(Outcome::Wrong)),
            (Lang::En, "Three hundred and fifteen.", "", Some(Outcome::Asked)),
            (Lang::En, "Three hundred and fifteen dollars and five cents", "$315.5", Some(Outcome::Asked)),
            (Lang::En, "One fifty.", "150", Some(Outcome::Right)),
            (Lang::En, "Go back a step.", "Go back a step", None),
            (Lang::Zh, "两万三千元。", "23000", Some(Outcome::Right)),
            (Lang::Zh, "十四块。", "40块", Some(Outcome::Wrong)),
            (Lang::Zh, "一百二。", "一百零。", Some(Outcome::Asked)),
        ] {
            assert_eq!(judge.score(lang, said, &Taken::freely(heard)).amounts, outcome, "{said} / {heard}");
        }
    }

    #[test]
    fn names_are_compared_as_whom_they_mean() {
        let judge = judge();
        let named = |lang, said: &str, heard: &str| judge.score(lang, said, &Taken::freely(heard)).names;
        assert_eq!(named(Lang::En, "Pay Alice", "pay alice."), Some(Outcome::Right));
        assert_eq!(named(Lang::En, "Pay Alice", "pay Bob"), Some(Outcome::Wrong));
        assert_eq!(named(Lang::Zh, "交电费", "交店费"), Some(Outcome::Right), "by sound");
    }

    #[test]
    fn a_yes_that_nobody_said_is_worse_than_one_that_was_missed() {
        let judge = judge();
        let consent = |said: &str, heard: &str| judge.score(Lang::En, said, &Taken::freely(heard)).consent;
        assert_eq!(consent("Yes, pay it.", "Yes, pay it."), Some(Outcome::Right));
        assert_eq!(consent("Yes.", "Yet"), Some(Outcome::Asked));
        assert_eq!(consent("Guess.", "Yes."), Some(Outcome::Wrong));
        assert_eq!(consent("Go back.", "Go back."), None);
        let doubted =
            Taken { ear: Some(Ear { yes_milli: Some(400), voiced_ms: 500, likeness: None }), ..Taken::freely("Yes.") };
        assert_eq!(judge.score(Lang::En, "Yes.", &doubted).consent, Some(Outcome::Asked), "the second listener doubts");
        assert_eq!(judge.score(Lang::En, "Guess.", &doubted).consent, None);
    }
}
