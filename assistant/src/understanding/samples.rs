//! Sentences that a flow's templates understand: spelled from the templates with example values, and each one tried.

use super::meaning::EntityKind;
use super::teaching::{Expectation, SlotKind, TaughtIntent};
use super::templates::grammar::{self, Piece};
use super::understander::Understander;
use crate::lang::Lang;
use jiff::civil::Date;
use serde::Serialize;
use std::collections::HashSet;

/// How often a sentence is tried to be spelled for each one that is wanted.
const TRIES: u64 = 60;

/// A sentence that is understood.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Sample {
    /// The words.
    pub text: String,
    /// Which of the flow's templates, from zero, all languages counted on.
    pub index: usize,
    /// The slots that it fills, each with its words.
    pub slots: Vec<(String, String)>,
}

/// A small generator: the same seed gives the same sentences.
struct Choice(u64);

impl Choice {
    fn of(&mut self, count: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).unwrap_or(0) % count.max(1)
    }
}

/// Up to `count` different sentences in `lang`, going round the templates, so that each has its turn. `values` gives what
/// may fill a slot by name. Every one of them is understood by `understander` as the intent, and not as nearly another.
#[must_use]
pub fn samples(
    understander: &Understander,
    intent: &TaughtIntent,
    values: &dyn Fn(&str) -> Vec<String>,
    (lang, today): (Lang, Date),
    (count, seed): (usize, u64),
) -> Vec<Sample> {
    let own = intent.templates.iter().enumerate().filter(|(_, (of, _))| *of == lang);
    let parsed: Vec<(usize, Vec<Piece>)> =
        own.filter_map(|(index, (_, template))| Some((index, grammar::parse(template).ok()?))).collect();
    let mut choice = Choice(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) ^ 0x5a75);
    let (mut found, mut seen) = (Vec::new(), HashSet::new());
    for round in 0..TRIES * u64::try_from(count).unwrap_or(u64::MAX).min(10_000) {
        if found.len() >= count || parsed.is_empty() {
            break;
        }
        let turn = usize::try_from(round).unwrap_or(0) % parsed.len();
        let Some((index, pieces)) = parsed.get(turn) else { break };
        let mut sample = Sample { text: String::new(), index: *index, slots: Vec::new() };
        if spell(pieces, values, &mut choice, &mut sample).is_none() || !seen.insert(sample.text.clone()) {
            continue;
        }
        let meaning = understander.understand(&sample.text, lang, today, &Expectation::default());
        let meant = meaning.intent.is_some_and(|guess| guess.name == intent.name);
        if meant && meaning.rivals.is_empty() {
            found.push(sample);
        }
    }
    found
}

/// Adds the words of `pieces`; `None` if a slot has no example.
fn spell(
    pieces: &[Piece],
    values: &dyn Fn(&str) -> Vec<String>,
    choice: &mut Choice,
    sample: &mut Sample,
) -> Option<()> {
    for piece in pieces {
        match piece {
            Piece::Words(words) => add(&mut sample.text, words.trim()),
            Piece::Slot(name) => {
                let examples = values(name);
                let value = examples.get(choice.of(examples.len()))?;
                add(&mut sample.text, value);
                sample.slots.push((name.clone(), value.clone()));
            }
            Piece::OneOf { options, optional } => {
                let pick = choice.of(options.len() + usize::from(*optional));
                if let Some(option) = options.get(pick) {
                    spell(option, values, choice, sample)?;
                }
            }
        }
    }
    Some(())
}

/// Adds words, parted by a space unless Chinese stands on one side.
fn add(text: &mut String, words: &str) {
    let latin = |c: Option<char>| c.is_some_and(|c| !super::script::is_han(c) && !"，。？！".contains(c));
    if latin(text.chars().next_back()) && latin(words.chars().next()) {
        text.push(' ');
    }
    text.push_str(words);
}

/// Words for values of a kind that need no household: amounts, days, numbers and free text; empty for the others.
#[must_use]
pub fn examples(kind: &SlotKind, lang: Lang) -> Vec<String> {
    let words: &[&str] = match (kind, lang) {
        (SlotKind::Entity(EntityKind::Money), Lang::En) => &[
            "forty two dollars and fifty cents",
            "$30",
            "sixty dollars",
            "a hundred dollars",
            "twenty five bucks",
            "$1,250.75",
        ],
        (SlotKind::Entity(EntityKind::Money), Lang::Zh) => {
            &["五十块钱", "三百二十元五角", "两百块", "¥88", "一千元", "三十五块"]
        }
        (SlotKind::Entity(EntityKind::Date), Lang::En) => &["tomorrow", "next Friday", "the first of May", "today"],
        (SlotKind::Entity(EntityKind::Date), Lang::Zh) => &["明天", "下周五", "五月一号", "今天"],
        (SlotKind::Entity(EntityKind::Number), Lang::En) => &["three", "12", "forty"],
        (SlotKind::Entity(EntityKind::Number), Lang::Zh) => &["三", "12", "四十"],
        (SlotKind::Entity(EntityKind::YesNo), Lang::En) => &["yes", "no"],
        (SlotKind::Entity(EntityKind::YesNo), Lang::Zh) => &["是的", "不要"],
        (SlotKind::Text, Lang::En) => &["for the garden", "as we agreed", "happy birthday"],
        (SlotKind::Text, Lang::Zh) => &["生日快乐", "给花园用", "照我们说的"],
        _ => &[],
    };
    words.iter().map(|word| (*word).to_owned()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::understanding::Teaching;
    use crate::understanding::names::tests::household;
    use crate::understanding::templates::tests::intent;
    use jiff::civil::date;

    #[test]
    fn samples_are_understood_different_and_the_same_for_a_seed() {
        let send = intent(
            "send",
            &[
                "[please] (send|transfer) {amount} to {payee}",
                "give {payee} {amount} [now]",
                "note {note}",
                "{nowhere}",
            ],
            &["给{payee}(转|打){amount}"],
        );
        let understander = Understander::new(&Teaching { intents: vec![send.clone()], names: household() });
        let values = |slot: &str| match slot {
            "amount" => examples(&SlotKind::Entity(EntityKind::Money), Lang::En),
            "payee" => vec!["Alice".to_owned(), "Bob".to_owned()],
            "note" => examples(&SlotKind::Text, Lang::En),
            _ => Vec::new(),
        };
        let day = date(2025, 3, 12);
        let found = samples(&understander, &send, &values, (Lang::En, day), (30, 7));
        assert_eq!(found.len(), 30);
        assert_eq!(found, samples(&understander, &send, &values, (Lang::En, day), (30, 7)));
        assert_ne!(found, samples(&understander, &send, &values, (Lang::En, day), (30, 8)));
        let texts: HashSet<&str> = found.iter().map(|sample| sample.text.as_str()).collect();
        assert_eq!(texts.len(), 30);
        let used: HashSet<usize> = found.iter().map(|sample| sample.index).collect();
        assert_eq!(used, HashSet::from([0, 1, 2]), "each template that can be spelled has its turn");
        let chinese = samples(&understander, &send, &values, (Lang::Zh, day), (3, 7));
        assert!(chinese.iter().all(|sample| sample.text.starts_with('给')), "{chinese:?}");
    }
}
