//! Which templates meet, and in which sentence.

use super::*;

pub(in super::super) fn hole(name: &str) -> Hole {
    match name {
        "amount" => Hole::Value(EntityKind::Money, ""),
        "count" => Hole::Value(EntityKind::Number, ""),
        "biller" => Hole::Value(EntityKind::Payee, "biller"),
        "person" => Hole::Value(EntityKind::Payee, "person"),
        "payee" => Hole::Value(EntityKind::Payee, ""),
        "when" => Hole::Names(vec!["today".into(), "this week".into()]),
        _ => Hole::Words,
    }
}

fn common(a: &str, b: &str, lang: Lang) -> Option<String> {
    let pattern = |text| Pattern::new(text, lang, &hole).unwrap();
    pattern(a).common(&pattern(b))
}

#[test]
fn finds_the_shortest_sentence_that_both_are() {
    for (a, b, sentence) in [
        ("pay [my] {biller} [bill]", "(pay|settle) my {payee}", "pay my water"),
        ("give {amount}", "give {count} [please]", "give five"),
        ("pay {person}", "pay {note}", "pay Alice"),
        ("remind me {when}", "remind me this (week|month)", "remind me this week"),
        ("I want to donate", "donate [now]", "i want to donate"),
        ("please donate", "donate", "please donate"),
    ] {
        assert_eq!(common(a, b, Lang::En).as_deref(), Some(sentence), "{a} / {b}");
        assert!(common(b, a, Lang::En).is_some(), "{b} / {a}");
    }
    assert_eq!(common("付{amount}", "[帮我]付{count}[吧]", Lang::Zh).as_deref(), Some("付五"));
}

#[test]
fn tells_apart_what_is_different() {
    for (a, b) in [
        ("pay {biller}", "pay {person}"),
        ("pay my {biller}", "pay your {biller}"),
        ("pay {amount}", "pay {amount} {biller}"),
        ("remind me {when}", "remind me tomorrow"),
    ] {
        assert_eq!(common(a, b, Lang::En), None, "{a} / {b}");
    }
}
