//! What utterances do, by table. The words of consent are held to the strictest.

use crate::lang::Lang;
use crate::understanding::{Act, Expectation, Teaching, Understander};
use jiff::civil::date;

/// Each line: language (`!` where a payment was read back), utterance, acts in order.
#[test]
fn every_example_does_as_written() {
    let understander = Understander::new(&Teaching::default());
    let mut wrong = Vec::new();
    let mut count = 0;
    for line in include_str!("examples.tsv").lines().filter(|line| !line.starts_with('#') && !line.is_empty()) {
        let mut cells = line.split('\t');
        let (how, text, expected) = (cells.next().unwrap(), cells.next().unwrap(), cells.next().unwrap().trim());
        let lang: Lang = how.trim_end_matches('!').parse().unwrap();
        let expect = Expectation { consent: how.ends_with('!'), ..Expectation::default() };
        let found = acts(&understander.understand(text, lang, date(2025, 3, 12), &expect).acts);
        count += 1;
        if found != expected {
            wrong.push(format!("{how}\t{text}\n    expected {expected}\n    found    {found}"));
        }
    }
    assert!(wrong.is_empty(), "{} of {count} wrong:\n{}", wrong.len(), wrong.join("\n"));
    assert!(count > 200, "the table is there: {count}");
}

fn acts(acts: &[Act]) -> String {
    let names: Vec<String> = acts.iter().map(|act| format!("{act:?}")).collect();
    if names.is_empty() { "-".to_owned() } else { names.join(" ") }
}
