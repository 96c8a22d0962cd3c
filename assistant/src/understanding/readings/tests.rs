//! Which readings are offered, and what several of them mean together.

use super::*;
use crate::understanding::{Name, NameKind, Teaching, Value};
use proptest::prelude::*;
use sayso_plugin_interface::Currency;

const DAY: Date = Date::constant(2026, 11, 28);

fn understander() -> Understander {
    let name = |kind: NameKind, id: &str, lang: Lang, called: &str| Name {
        kind,
        id: id.to_owned(),
        names: vec![(lang, called.to_owned())],
    };
    let names = vec![
        name(NameKind::Payee, "alice", Lang::En, "Alice"),
        name(NameKind::Payee, "ellis", Lang::En, "Ellis"),
        name(NameKind::Payee, "power", Lang::Zh, "电费"),
        name(NameKind::Provider, "paypal", Lang::Zh, "贝宝"),
    ];
    Understander::new(&Teaching { names, ..Teaching::default() })
}

fn asked(kinds: &[EntityKind], consent: bool) -> Expectation {
    Expectation { kinds: kinds.to_vec(), consent, ..Expectation::default() }
}

fn offered(heard: &str, lang: Lang) -> Vec<String> {
    let expect = asked(&[EntityKind::Money, EntityKind::Payee], true);
    understander().offers(heard, lang, DAY, &expect).into_iter().map(|offer| offer.text).collect()
}

fn readings(texts: &[(&str, u16)]) -> Vec<Reading> {
    let reading = |(text, milli): &(&str, u16)| Reading { text: (*text).to_owned(), probability_milli: *milli };
    texts.iter().map(reading).collect()
}

#[test]
fn what_sounds_alike_is_offered() {
    for (lang, heard, expected) in [
        (Lang::En, "Thirteen dollars.", "thirty dollars."),
        (Lang::En, "fifty dollars", "fifteen dollars"),
        (Lang::En, "$350.", "$315."),
        (Lang::En, "$1,015", "$1,050"),
        (Lang::En, "$315.5", "$315.05"),
        (Lang::En, "$1,200", "$1,020"),
        (Lang::En, "13000", "30000"),
        (Lang::En, "Thirty-three, thirty-three.", "Thirty-three thirty-three."),
        (Lang::En, "Pay Alice", "Pay Ellis"),
        (Lang::En, "can you save that again", "can you say that again"),
        (Lang::Zh, "十四块", "四十块"),
        (Lang::Zh, "二百二。", "一百二。"),
        (Lang::Zh, "一百零。", "一百二。"),
        (Lang::Zh, "生败二十块五", "三百二十块五"),
        (Lang::Zh, "40元", "14元"),
        (Lang::Zh, "五派五", "五块五"),
        (Lang::Zh, "用背包", "用贝宝"),
        (Lang::Zh, "我要交定费", "我要交电费"),
        (Lang::Zh, "部队", "不对"),
    ] {
        let all = offered(heard, lang);
        assert_eq!(all.first().map(String::as_str), Some(heard));
        assert!(all.iter().any(|text| text == expected), "{heard}: {all:?}");
        assert!(all.len() <= OFFERED_MAX);
    }
}

#[test]
fn what_is_no_number_stays() {
    for (lang, heard) in [(Lang::En, "forty-two dollars"), (Lang::En, "go on")] {
        let all = offered(heard, lang);
        assert!(!all.iter().any(|text| text.contains("fourteen-two")), "{all:?}");
    }
}

#[test]
fn two_hundred_counts_for_less_where_it_is_rarely_said_so() {
    let expect = asked(&[EntityKind::Money], false);
    let offers = understander().offers("二百二。", Lang::Zh, DAY, &expect);
    let known = |text: &str| offers.iter().find(|offer| offer.text == text).map(|offer| offer.known);
    assert_eq!((known("二百二。"), known("一百二。")), (Some(0), Some(1)));
}

#[test]
fn near_values_become_a_question() {
    let understander = understander();
    let expect = asked(&[EntityKind::Money], false);
    let mean = |texts: &[(&str, u16)]| understander.understand_readings(&readings(texts), Lang::En, DAY, &expect);
    let unsure = mean(&[("thirteen dollars", 600), ("thirty dollars", 390)]);
    assert!(unsure.entities[0].ambiguous && unsure.entities[0].value.is_none());
    assert_eq!(unsure.entities[0].alternatives.len(), 2);
    let sure = mean(&[("thirteen dollars", 950), ("thirty dollars", 40)]);
    assert!(!sure.entities[0].ambiguous && matches!(sure.entities[0].value, Some(Value::Money(_))));
    let same = mean(&[("thirteen dollars", 500), ("13 dollars", 500)]);
    assert!(!same.entities[0].ambiguous, "the same value in other writing");
    assert_eq!(mean(&[]), Meaning::default());
}

#[test]
fn the_same_sounds_in_worse_spelling_are_no_doubt() {
    let understander = understander();
    let expect = Expectation { currency: Some(Currency::CNY), ..asked(&[EntityKind::Money], false) };
    let amount = |texts: &[(&str, u16)]| {
        let meaning = understander.understand_readings(&readings(texts), Lang::Zh, DAY, &expect);
        assert_eq!(meaning.entities.len(), 1, "{texts:?}: {meaning:?}");
        match meaning.entities[0].value {
            Some(Value::Money(amount)) => amount.in_currency(Currency::CNY).map(|money| money.minor),
            _ => None,
        }
    };
    assert_eq!(amount(&[("七十一块九。", 540), ("七十一块酒。", 440)]), Some(7190));
    assert_eq!(amount(&[("七十已快就。", 540), ("七十一块九。", 440)]), Some(7190));
    assert_ne!(
        amount(&[("七十一块酒。", 940), ("七十一块九。", 40)]),
        Some(7190),
        "an unlikely spelling changes nothing"
    );
    assert_eq!(amount(&[("三千吧", 600), ("三千八", 400)]), None, "both are said: it is asked about");
    assert_eq!(amount(&[("转三千给爸", 600), ("转三千给八", 400)]), Some(300_000), "no digit stands alone");
    assert_ne!(amount(&[("给五十就行", 600), ("给五十九行", 400)]), Some(5_900), "a word behind the amount");
}

#[test]
fn a_yes_needs_every_likely_reading() {
    let understander = understander();
    let expect = asked(&[EntityKind::YesNo], true);
    let acts = |texts: &[(&str, u16)]| {
        let meaning = understander.understand_readings(&readings(texts), Lang::En, DAY, &expect);
        assert_eq!(
            meaning.acts.contains(&Act::Yes),
            meaning.entities.iter().any(|entity| entity.value == Some(Value::YesNo(true)))
        );
        meaning.acts
    };
    assert_eq!(acts(&[("Yes.", 900), ("Yeah.", 100)]), [Act::Yes]);
    assert_eq!(acts(&[("Yes.", 600), ("Guess.", 300)]), []);
    assert_eq!(acts(&[("Guess.", 600), ("Yes.", 400)]), []);
}

proptest! {
    /// Whatever was heard: it is offered itself, first; nothing comes twice; and no offer makes a yes out of what was none.
    #[test]
    fn offers_never_agree_for_anybody(heard in "[a-z]{0,6}( (yes|no|thirteen|fifty|pay|alice|[0-9]{1,4}))?[一二三四十百切任职付是等]{0,5}") {
        let understander = understander();
        let expect = asked(&[EntityKind::Money, EntityKind::YesNo], true);
        for lang in Lang::ALL {
            let agrees = |text: &str| understander.understand(text, lang, DAY, &expect).acts.contains(&Act::Yes);
            let offers = understander.offers(&heard, lang, DAY, &expect);
            prop_assert_eq!(&offers[0].text, &heard);
            prop_assert!(agrees(&heard) || offers.iter().all(|offer| !agrees(&offer.text)));
            let mut texts: Vec<&str> = offers.iter().map(|offer| offer.text.as_str()).collect();
            texts.sort_unstable();
            texts.dedup();
            prop_assert_eq!(texts.len(), offers.len());
        }
    }

    /// A second reading takes away or adds doubt; it never makes a value that no reading has.
    #[test]
    fn merging_invents_nothing(a in 1_u32..5000, b in 1_u32..5000, milli in 0_u16..=500) {
        let understander = understander();
        let expect = asked(&[EntityKind::Money], false);
        let both = readings(&[(&format!("{a} dollars"), 1000 - milli), (&format!("{b} dollars"), milli)]);
        let meaning = understander.understand_readings(&both, Lang::En, DAY, &expect);
        let alone = |text: &str| understander.understand(text, Lang::En, DAY, &expect).entities;
        let known: Vec<Value> = both.iter().flat_map(|reading| alone(&reading.text)).filter_map(|entity| entity.value).collect();
        for entity in &meaning.entities {
            for value in entity.value.iter().chain(&entity.alternatives) {
                prop_assert!(known.contains(value));
            }
        }
    }
}
