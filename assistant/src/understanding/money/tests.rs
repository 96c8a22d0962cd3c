//! Amounts by table and by property: whatever wording can say of an amount is read back as that amount.

use crate::lang::Lang;
use crate::understanding::names::tests::household;
use crate::understanding::{Amount, EntityKind, Expectation, Meaning, Teaching, Understander, Value};
use crate::wording;
use jiff::civil::date;
use proptest::prelude::*;
use sayso_plugin_interface::{Currency, Money};
use std::sync::LazyLock;

static UNDERSTANDER: LazyLock<Understander> = LazyLock::new(|| Understander::new(&Teaching::default()));

/// The same with the household's names, as the command has them.
static WITH_NAMES: LazyLock<Understander> =
    LazyLock::new(|| Understander::new(&Teaching { names: household(), ..Teaching::default() }));

fn understand(text: &str, lang: Lang, asked: bool) -> Meaning {
    understand_with(&UNDERSTANDER, text, lang, asked)
}

fn understand_with(understander: &Understander, text: &str, lang: Lang, asked: bool) -> Meaning {
    let kinds = if asked { vec![EntityKind::Money] } else { Vec::new() };
    understander.understand(text, lang, date(2025, 3, 12), &Expectation { kinds, ..Expectation::default() })
}

fn amount(value: &Value) -> String {
    match value {
        Value::Money(Amount { minor, currency: Some(currency) }) => format!("{minor} {currency}"),
        Value::Money(Amount { minor, currency: None }) => minor.to_string(),
        other => format!("{other:?}"),
    }
}

/// The amounts of a meaning as the tables write them: `4250 USD`, `? 15000 | 150`, joined by `; `.
fn amounts(meaning: &Meaning) -> String {
    let money = meaning.entities.iter().filter(|entity| entity.kind == EntityKind::Money);
    let texts: Vec<String> = money
        .map(|entity| match &entity.value {
            Some(value) => amount(value),
            None => format!("? {}", entity.alternatives.iter().map(amount).collect::<Vec<_>>().join(" | "))
                .trim()
                .to_owned(),
        })
        .collect();
    if texts.is_empty() { "-".to_owned() } else { texts.join("; ") }
}

/// Each line: the language (with `!` where an amount was asked for), the utterance, and the amounts in it.
#[test]
fn every_example_is_read_as_written() {
    let mut wrong = Vec::new();
    let mut count = 0;
    for line in include_str!("examples.tsv").lines().filter(|line| !line.starts_with('#') && !line.is_empty()) {
        let mut cells = line.split('\t');
        let (how, text, expected) = (cells.next().unwrap(), cells.next().unwrap(), cells.next().unwrap().trim());
        let lang: Lang = how.trim_end_matches('!').parse().unwrap();
        let found = amounts(&understand(text, lang, how.ends_with('!')));
        count += 1;
        if found != expected {
            wrong.push(format!("{how}\t{text}\n    expected {expected}\n    found    {found}"));
        }
    }
    assert!(wrong.is_empty(), "{} of {count} wrong:\n{}", wrong.len(), wrong.join("\n"));
    assert!(count > 300, "the table is there: {count}");
}

/// True if what was found is what a line of the corpus asks for: exact amounts, `? readings` (these among the readings), `?-`
/// (nothing that is clear), or `-`.
fn fits(expected: &str, found: &str) -> bool {
    let one = |expected: &str, found: &str| match (expected.strip_prefix('?'), found.strip_prefix('?')) {
        (Some(wanted), Some(readings)) => {
            let readings: Vec<&str> = readings.split('|').map(str::trim).collect();
            wanted.split('|').map(str::trim).filter(|one| !one.is_empty()).all(|one| readings.contains(&one))
        }
        _ => expected == found,
    };
    if expected == "?-" {
        return found == "-" || found.split("; ").all(|one| one.starts_with('?'));
    }
    let (expected, found): (Vec<&str>, Vec<&str>) = (expected.split("; ").collect(), found.split("; ").collect());
    expected.len() == found.len() && expected.iter().zip(&found).all(|(expected, found)| one(expected, found))
}

/// Sentences that were written down before the parser saw them, and what a recogniser made of spoken ones.
#[test]
fn the_corpus_is_understood() {
    let (mut wrong, mut count) = (Vec::new(), 0);
    let all = [include_str!("corpus_en.tsv"), include_str!("corpus_zh.tsv"), include_str!("corpus_heard.tsv")];
    for line in all.iter().flat_map(|text| text.lines()).filter(|line| !line.starts_with('#') && !line.is_empty()) {
        let mut cells = line.split('\t');
        let (how, text, expected) = (cells.next().unwrap(), cells.next().unwrap(), cells.next().unwrap().trim());
        let lang = how.trim_end_matches('!').parse().unwrap();
        let found = amounts(&understand_with(&WITH_NAMES, text, lang, how.ends_with('!')));
        count += 1;
        if !fits(expected, &found) {
            wrong.push(format!("{how}\t{text}\n    expected {expected}\n    found    {found}"));
        }
    }
    assert!(wrong.is_empty(), "{} of {count} wrong:\n{}", wrong.len(), wrong.join("\n"));
    assert!(count > 1100, "the corpus is there: {count}");
}

fn read_back(amount: Money, lang: Lang) -> Result<(), TestCaseError> {
    let words = wording::money(amount, lang);
    for text in [&words.written, &words.spoken] {
        let meaning = understand(text, lang, false);
        let found: Vec<_> = meaning.entities.iter().map(|entity| entity.value.clone()).collect();
        let expected = Value::Money(Amount { minor: amount.minor, currency: Some(amount.currency) });
        prop_assert_eq!(found, vec![Some(expected)], "{:?} in {}", text, lang);
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1500, ..ProptestConfig::default() })]

    #[test]
    fn what_is_said_is_read_back(minor in any::<i64>(), places in 0..19_u32, pick in 0..1000_usize, zh in any::<bool>()) {
        let all: Vec<Currency> = Currency::all().collect();
        let common = [Currency::USD, Currency::CNY, Currency::EUR, Currency::GBP, Currency::JPY];
        let currency = if pick % 2 == 0 { common[pick % common.len()] } else { all[pick % all.len()] };
        let minor = (minor % 10_i64.pow(places)).max(-i64::MAX);
        read_back(Money::new(minor, currency), if zh { Lang::Zh } else { Lang::En })?;
    }

    #[test]
    fn small_amounts_are_read_back(minor in -20_000..200_000_i64, pick in 0..6_usize, zh in any::<bool>()) {
        let codes = ["USD", "CNY", "EUR", "GBP", "JPY", "HKD"];
        read_back(Money::new(minor, codes[pick].parse().unwrap()), if zh { Lang::Zh } else { Lang::En })?;
    }
}
