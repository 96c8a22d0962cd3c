//! Sentences against templates as business users write them.

use super::Templates;
use crate::lang::Lang;
use crate::understanding::names::tests::household;
use crate::understanding::{EntityKind, Expectation, SlotKind, TaughtIntent, Teaching, Understander};
use jiff::civil::date;

pub(crate) fn intent(name: &str, english: &[&str], chinese: &[&str]) -> TaughtIntent {
    let both =
        english.iter().map(|t| (Lang::En, (*t).to_owned())).chain(chinese.iter().map(|t| (Lang::Zh, (*t).to_owned())));
    TaughtIntent {
        name: name.to_owned(),
        templates: both.collect(),
        examples: Vec::new(),
        slots: vec![
            ("payee".to_owned(), SlotKind::Entity(EntityKind::Payee)),
            ("amount".to_owned(), SlotKind::Entity(EntityKind::Money)),
            ("provider".to_owned(), SlotKind::Entity(EntityKind::Provider)),
            ("note".to_owned(), SlotKind::Text),
        ],
        pays: false,
    }
}

fn understander() -> Understander {
    let intents = vec![
        intent(
            "pay_bill",
            &[
                "[I'd like to|I want to|please] pay [for] [my|the] {payee} [bill] [please|now]",
                "[please] pay [my|the] {payee} [bill] [{amount}] [with {provider}]",
            ],
            &["[我要|帮我](交|缴|付){payee}[{amount}][用{provider}]"],
        ),
        intent(
            "send_money",
            &[
                "(send|transfer|pay) {amount} to {payee} [with {provider}]",
                "(send|give) {payee} {amount}",
                "put {amount} aside",
            ],
            &["[我要|帮我]给{payee}(转|打|汇){amount}[钱]", "(转|打){amount}[钱]给{payee}"],
        ),
        intent("note", &["note that {note}", "remember {note} for {payee}"], &["记一下{note}"]),
    ];
    Understander::new(&Teaching { intents, names: household() })
}

#[test]
fn a_sentence_that_is_written_out_beats_one_with_a_slot() {
    let written = intent("pay_water", &["[please] pay the water bill"], &["[帮我]交水费"]);
    let open = intent("pay_bill", &["[please] pay [my|the] {payee} [bill]"], &["[帮我]交{payee}"]);
    for intents in [vec![written.clone(), open.clone()], vec![open, written]] {
        let understander = Understander::new(&Teaching { intents, names: household() });
        for (lang, text, name) in [
            (Lang::En, "please pay the water bill", "pay_water"),
            (Lang::En, "pay my water bill", "pay_bill"),
            (Lang::En, "pay the gas bill", "pay_bill"),
            (Lang::Zh, "帮我交水费", "pay_water"),
            (Lang::Zh, "交煤气费", "pay_bill"),
        ] {
            let meaning = understander.understand(text, lang, date(2026, 11, 26), &Expectation::default());
            let found = meaning.intent.as_ref().map(|intent| intent.name.as_str());
            assert_eq!((found, meaning.rivals.len()), (Some(name), 0), "{text}");
        }
    }
}

#[test]
fn whole_sentences_are_matched() {
    let understander = understander();
    for (lang, text, name, slots) in [
        (Lang::En, "I'd like to pay my electricity bill.", "pay_bill", "payee"),
        (Lang::En, "Um, please pay my water bill", "pay_bill", "payee"),
        (Lang::En, "could you pay the gas bill please", "pay_bill", "payee"),
        (Lang::En, "Pay the internet bill, sixty dollars, with PayPal.", "pay_bill", "payee amount provider"),
        (Lang::En, "Send thirty dollars to Alice.", "send_money", "amount payee"),
        (Lang::En, "send 30 to alice with stripe", "send_money", "amount payee provider"),
        (Lang::En, "send thirty, no, forty dollars to Bob", "send_money", "amount payee"),
        (Lang::En, "put 60 aside", "send_money", "amount"),
        (Lang::Zh, "我要交电费。", "pay_bill", "payee"),
        (Lang::Zh, "交水费，一百零五元，用贝宝。", "pay_bill", "payee amount provider"),
        (Lang::Zh, "给张伟转五十块钱。", "send_money", "payee amount"),
        (Lang::Zh, "嗯，给李娜转两百", "send_money", "payee amount"),
        (Lang::Zh, "转五十块给张伟", "send_money", "amount payee"),
    ] {
        let meaning = understander.understand(text, lang, date(2025, 3, 12), &Expectation::default());
        let guess = meaning.intent.clone().unwrap_or_else(|| panic!("{text}: {meaning:?}"));
        assert_eq!((guess.name.as_str(), guess.confidence_milli), (name, 1000), "{text}");
        let bound: Vec<&str> = guess.slots.iter().map(|(slot, _)| slot.as_str()).collect();
        assert_eq!(bound.join(" "), slots, "{text}");
        for (slot, entity) in &guess.slots {
            let kind = &meaning.entities.get(*entity).unwrap_or_else(|| panic!("{text}: {guess:?}")).kind;
            let expected = match slot.as_str() {
                "payee" => EntityKind::Payee,
                "provider" => EntityKind::Provider,
                _ => EntityKind::Money,
            };
            assert_eq!(*kind, expected, "{text}");
        }
    }
}

#[test]
fn homophones_match_with_less_confidence() {
    let understander = understander();
    let guess = |text: &str| {
        understander.understand(text, Lang::Zh, date(2025, 3, 12), &Expectation::default()).intent.unwrap()
    };
    let heard = guess("我要焦店費");
    assert_eq!(heard.name, "pay_bill");
    assert!((900..1000).contains(&heard.confidence_milli), "{heard:?}");
    assert_eq!(guess("我要交電費").confidence_milli, 1000);
}

#[test]
fn free_text_is_swallowed_only_where_it_is_wanted() {
    let understander = understander();
    let name = |text: &str| {
        understander
            .understand(text, Lang::En, date(2025, 3, 12), &Expectation::default())
            .intent
            .map(|guess| guess.name)
    };
    assert_eq!(name("note that the meter was read").as_deref(), Some("note"));
    assert_eq!(name("remember the deposit for Alice").as_deref(), Some("note"));
    assert_eq!(name("the meter was read"), None);
}

#[test]
fn the_graph_shares_beginnings() {
    let many: Vec<TaughtIntent> = (0..200)
        .map(|i| {
            intent(&format!("flow{i}"), &[&format!("please do the thing number{} now", ["a", "b", "c"][i % 3])], &[])
        })
        .collect();
    let templates = Templates::new(&many);
    assert!(templates.graph.len() < 20, "{}", templates.graph.len());
}
