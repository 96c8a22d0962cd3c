//! Sentences about paying: those that ask for it, and those that only speak of it.

use super::{Mood, mood};
use crate::lang::Lang;
use crate::understanding::names::tests::household;
use crate::understanding::{Expectation, Meaning, TaughtIntent, Teaching, Understander};
use jiff::civil::date;
use std::sync::LazyLock;

static UNDERSTANDER: LazyLock<Understander> =
    LazyLock::new(|| Understander::new(&Teaching { names: household(), ..Teaching::default() }));

fn of(text: &str, lang: Lang) -> Mood {
    let heard = UNDERSTANDER.hear(text, lang, date(2025, 3, 12), &Expectation::default());
    mood(&heard.utterance, &heard.values)
}

#[test]
fn every_example_has_its_mood() {
    let (mut wrong, mut count) = (Vec::new(), 0);
    let mut expected = String::new();
    for line in include_str!("examples.txt").lines().filter(|line| !line.starts_with('#') && !line.is_empty()) {
        if let Some(title) = line.strip_prefix('[').and_then(|line| line.strip_suffix(']')) {
            title.clone_into(&mut expected);
            continue;
        }
        let lang = if line.is_ascii() { Lang::En } else { Lang::Zh };
        let found = format!("{:?}", of(line, lang)).to_lowercase();
        count += 1;
        if found != expected {
            wrong.push(format!("{line}\n    expected {expected}, found {found}"));
        }
    }
    assert!(wrong.is_empty(), "{} of {count} wrong:\n{}", wrong.len(), wrong.join("\n"));
    assert!(count > 200, "the table is there: {count}");
}

/// A flow as one that pays, by these examples.
fn paying(examples: &[&str]) -> Teaching {
    let sentences = |texts: &[&str]| texts.iter().map(|text| (Lang::En, (*text).to_owned())).collect();
    let pay = TaughtIntent {
        name: "pay_bill".to_owned(),
        templates: Vec::new(),
        examples: sentences(examples),
        slots: Vec::new(),
        pays: true,
    };
    let other = TaughtIntent {
        name: "joke".to_owned(),
        examples: sentences(&["tell me a joke", "do you know a joke", "make me laugh"]),
        pays: false,
        ..pay.clone()
    };
    Teaching { intents: vec![pay, other], names: household() }
}

fn intent(teaching: &Teaching, text: &str) -> Option<String> {
    let meaning: Meaning =
        Understander::new(teaching).understand(text, Lang::En, date(2025, 3, 12), &Expectation::default());
    meaning.intent.map(|guess| guess.name)
}

#[test]
fn a_flow_that_pays_is_begun_by_a_wish_alone_unless_it_teaches_otherwise() {
    let wishes = ["pay the water bill", "I want to pay the water bill", "pay the gas bill", "please pay a bill"];
    let teaching = paying(&wishes);
    assert_eq!(intent(&teaching, "so please pay the water bill").as_deref(), Some("pay_bill"));
    for text in
        ["did you pay the water bill?", "I had to pay the water bill, I paid it", "don't let me pay the water bill"]
    {
        assert_eq!(intent(&teaching, text), None, "{text}");
    }
    let asked =
        paying(&["pay the water bill", "how do I pay the water bill", "did you pay the water bill", "pay a bill"]);
    assert_eq!(intent(&asked, "so how do I pay the water bill").as_deref(), Some("pay_bill"));
    let mut free = teaching;
    free.intents.iter_mut().for_each(|intent| intent.pays = false);
    assert_eq!(intent(&free, "did you pay the water bill").as_deref(), Some("pay_bill"), "only payments are held back");
}

/// The examples of the shipped flows that pay.
#[test]
fn what_the_shipped_flows_are_asked_for_with_is_a_wish() {
    let flows =
        [include_str!("../../../../dialogs/pay_bill.yaml"), include_str!("../../../../dialogs/send_money.yaml")];
    let quoted = |line: &'static str| line.trim().strip_prefix("- \"")?.strip_suffix('"');
    let (mut wrong, mut count) = (Vec::new(), 0);
    for text in flows.iter().flat_map(|flow| flow.lines()).filter_map(quoted).filter(|text| !text.contains('{')) {
        let lang = if text.is_ascii() { Lang::En } else { Lang::Zh };
        count += 1;
        if of(text, lang) != Mood::Wish {
            wrong.push(format!("{text}: {:?}", of(text, lang)));
        }
    }
    assert!(wrong.is_empty(), "{} of {count}: {wrong:#?}", wrong.len());
    assert!(count > 150, "{count}");
}

/// What a wish becomes when it is refused, asked about or left to others, whatever the wish is.
#[test]
fn no_wish_stays_one_behind_words_that_take_it_away() {
    let wishes = [
        "pay the water bill",
        "send Bob twenty dollars",
        "transfer fifty euros to Alice",
        "pay Alice back",
        "settle the gas bill",
        "give Li Na ten dollars",
        "pay it",
        "wire a thousand dollars to Zhang Wei with PayPal",
        "reimburse Bob for lunch",
    ];
    let before = [
        "don't",
        "please don't",
        "no, don't",
        "you shouldn't",
        "I don't want to",
        "I'd rather not",
        "I won't",
        "do not",
        "never",
        "should I",
        "how do I",
        "when did I",
        "why did you",
        "did you",
        "what if I",
        "remind me to",
        "ask Bob to",
        "who is going to",
        "is it safe to",
        "what does it cost to",
        "Bob will",
        "my sister should",
        "they usually",
        "show me how to",
        "can Alice",
    ];
    for (wish, before) in wishes.iter().flat_map(|wish| before.iter().map(move |before| (wish, before))) {
        let text = format!("{before} {wish}");
        assert_ne!(of(&text, Lang::En), Mood::Wish, "{text}");
    }
    let wishes = ["交水费", "付房租", "给张伟转五十块", "转一百给李娜", "缴煤气费"];
    let before = [
        "别",
        "先别",
        "我不想",
        "不要",
        "不用",
        "怎么",
        "谁",
        "提醒我",
        "让张伟",
        "要不要",
        "我妈会",
        "早知道就",
        "你没",
    ];
    for (wish, before) in wishes.iter().flat_map(|wish| before.iter().map(move |before| (wish, before))) {
        let text = format!("{before}{wish}");
        assert_ne!(of(&text, Lang::Zh), Mood::Wish, "{text}");
        let text = format!("{wish}了吗");
        assert_ne!(of(&text, Lang::Zh), Mood::Wish, "{text}");
    }
}
