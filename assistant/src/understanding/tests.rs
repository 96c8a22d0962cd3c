//! The whole room: what is taken back in a breath, and promises that hold for any text.

use super::names::tests::household;
use super::templates::tests::intent;
use super::*;
use crate::lang::Lang;
use jiff::civil::date;
use proptest::prelude::*;
use std::sync::LazyLock;

static UNDERSTANDER: LazyLock<Understander> = LazyLock::new(|| {
    let mut pay =
        intent("pay_bill", &["[please] pay [my|the] {payee} [bill] [{amount}] [with {provider}]"], &["交{payee}"]);
    pay.examples = [
        "I want to pay my electricity bill",
        "time to pay the rent",
        "settle the water bill for me",
        "take care of the gas bill",
        "the internet bill needs to be paid",
    ]
    .map(|text| (Lang::En, text.to_owned()))
    .to_vec();
    pay.examples
        .extend(["我要交电费", "帮我把水费付了", "该交房租了", "把网费交一下"].map(|text| (Lang::Zh, text.to_owned())));
    let mut history = intent("history", &["how much did I pay for {payee} [this year]"], &["{payee}一共交了多少钱"]);
    history.examples = ["what have I paid lately", "show my last payments", "how much went to the landlord this year"]
        .map(|text| (Lang::En, text.to_owned()))
        .to_vec();
    history
        .examples
        .extend(["查一下付款记录", "我最近付了什么", "今年水费花了多少"].map(|text| (Lang::Zh, text.to_owned())));
    Understander::new(&Teaching { intents: vec![pay, history], names: household() })
});

fn understand(text: &str, lang: Lang) -> Meaning {
    UNDERSTANDER.understand(text, lang, date(2025, 3, 12), &Expectation::default())
}

/// All values but yes and no, as `minor` or id; `?` before what is ambiguous.
fn values(meaning: &Meaning) -> String {
    let text = |value: &Value| match value {
        Value::Money(amount) => amount.minor.to_string(),
        Value::Id(id) => id.id.clone(),
        Value::Date(day) => day.to_string(),
        Value::Rhythm(rhythm) => rhythm.to_string(),
        Value::Number(number) => format!("#{number}"),
        Value::YesNo(_) => String::new(),
        Value::Period(period) => format!("{}..{}", period.from, period.to),
    };
    let all = meaning.entities.iter().filter(|entity| entity.kind != EntityKind::YesNo);
    all.map(|entity| entity.value.as_ref().map_or_else(|| "?".to_owned(), text)).collect::<Vec<_>>().join(" ")
}

#[test]
fn what_is_taken_back_is_gone() {
    for (lang, text, expected) in [
        (Lang::En, "fifty, no, sixty dollars", "6000"),
        (Lang::En, "fifty no sixty dollars", "6000"),
        (Lang::En, "send fifty dollars, sorry, sixty dollars to Alice", "6000 alice"),
        (Lang::En, "pay fifty, I mean sixty", "6000"),
        (Lang::En, "fifty, make that sixty dollars", "6000"),
        (Lang::En, "fifty dollars, scratch that, sixty dollars", "6000"),
        (Lang::En, "fifty dollars actually sixty dollars", "6000"),
        (Lang::En, "change it from fifty to sixty dollars", "6000"),
        (Lang::En, "sixty dollars instead of fifty dollars", "6000"),
        (Lang::En, "not fifty dollars, sixty dollars", "6000"),
        (Lang::En, "sixty dollars, not fifty dollars", "6000"),
        (Lang::En, "send fifty dollars to Alice, no, to Bob", "5000 bob"),
        (Lang::En, "with PayPal, no wait, with Stripe", "stripe"),
        (Lang::En, "send fifty dollars to Alice and sixty dollars to Bob", "5000 alice 6000 bob"),
        (Lang::En, "send Bob fifty, no wait, send Alice fifty", "alice 5000"),
        (Lang::En, "send Bob fifty dollars, sorry, sixty dollars to Alice", "6000 alice"),
        (Lang::En, "send fifty dollars to Bob with PayPal, no, sixty to Alice", "paypal 6000 alice"),
        (Lang::En, "send Bob twenty dollars, no, thirty, and Alice forty", "bob 3000 alice 4000"),
        (Lang::En, "tomorrow, no, on Friday", "2025-03-14"),
        (Lang::Zh, "给张伟一百，错了，给李娜一百", "li_na 10000"),
        (Lang::Zh, "给张伟转账一百，说错了，给李娜转八十", "li_na 8000"),
        (Lang::Zh, "五十，不对，六十块", "6000"),
        (Lang::Zh, "五十块不对六十块", "6000"),
        (Lang::Zh, "五十块，哦不，六十块", "6000"),
        (Lang::Zh, "五十块，说错了，六十块", "6000"),
        (Lang::Zh, "不是五十块，是六十块", "6000"),
        (Lang::Zh, "是六十块，不是五十块", "6000"),
        (Lang::Zh, "把五十块改成六十块", "6000"),
        (Lang::Zh, "从五十改到六十", "6000"),
        (Lang::Zh, "给张伟，不对，给李娜转五十块", "li_na 5000"),
        (Lang::Zh, "明天，不，后天", "2025-03-14"),
    ] {
        assert_eq!(values(&understand(text, lang)), expected, "{text}");
    }
}

#[test]
fn stretches_of_days_and_rows_of_digits_are_values() {
    for (lang, text, expected) in [
        (Lang::En, "what is due next week", "2025-03-17..2025-03-23"),
        (Lang::En, "what have I paid in the last 30 days", "2025-02-11..2025-03-12"),
        (Lang::En, "what did I spend in 2024", "2024-01-01..2024-12-31"),
        (Lang::En, "what did I spend in February", "2025-02-01..2025-02-28"),
        (Lang::En, "everything from last quarter", "2024-10-01..2024-12-31"),
        (Lang::En, "what did I spend in March 2024", "2024-03-01..2024-03-31"),
        (Lang::En, "how much from March to May", "2024-03-01..2024-05-31"),
        (Lang::En, "how much from January to March", "2025-01-01..2025-03-31"),
        (Lang::En, "how much from November to February", "2024-11-01..2025-02-28"),
        (Lang::En, "between October and December 2023", "2023-10-01..2023-12-31"),
        (Lang::En, "from November 2023 to February 2024", "2023-11-01..2024-02-29"),
        (Lang::En, "what have I paid since January", "2025-01-01..2025-03-12"),
        (Lang::En, "what have I paid since 2024", "2024-01-01..2025-03-12"),
        (Lang::En, "in the last three months", "2024-12-13..2025-03-12"),
        (Lang::En, "in the first half of 2024", "2024-01-01..2024-06-30"),
        (Lang::En, "in the third quarter", "2024-07-01..2024-09-30"),
        (Lang::En, "in March of last year", "2024-03-01..2024-03-31"),
        (Lang::En, "from March 5 to April 10", "2026-03-05 2025-04-10"),
        (Lang::Zh, "三月到五月付了多少", "2024-03-01..2024-05-31"),
        (Lang::Zh, "从一月份到三月份", "2025-01-01..2025-03-31"),
        (Lang::Zh, "2023年10月至12月", "2023-10-01..2023-12-31"),
        (Lang::Zh, "三月到五月一共多少", "2024-03-01..2024-05-31"),
        (Lang::Zh, "去年三月到五月", "2024-03-01..2024-05-31"),
        (Lang::Zh, "去年三月付了多少", "2024-03-01..2024-03-31"),
        (Lang::Zh, "从一月到现在", "2025-01-01..2025-03-12"),
        (Lang::Zh, "今年一月以来", "2025-01-01..2025-03-12"),
        (Lang::Zh, "去年上半年", "2024-01-01..2024-06-30"),
        (Lang::Zh, "第三季度", "2024-07-01..2024-09-30"),
        (Lang::En, "pay fifty dollars next week", "5000 2025-03-17..2025-03-23"),
        (Lang::Zh, "下周要付什么", "2025-03-17..2025-03-23"),
        (Lang::Zh, "去年交了多少", "2024-01-01..2024-12-31"),
        (Lang::Zh, "最近三个月付了什么", "2024-12-13..2025-03-12"),
        (Lang::Zh, "2024年付了多少", "2024-01-01..2024-12-31"),
        (Lang::Zh, "上个月的账单", "2025-02-01..2025-02-28"),
        (Lang::Zh, "二月份付了多少", "2025-02-01..2025-02-28"),
        (Lang::En, "four two four two", "#4242"),
        (Lang::En, "four double two one", "#4221"),
        (Lang::En, "one triple oh five", "#10005"),
        (Lang::En, "oh four two one", "#421"),
        (Lang::Zh, "四二四二", "#4242"),
        (Lang::Zh, "幺三八零零", "#13800"),
        (Lang::En, "昨天 three 3月5日", "2025-03-11 #3 2026-03-05"),
    ] {
        assert_eq!(values(&understand(text, lang)), expected, "{text}");
    }
}

/// Where a number was asked for a bare one is that number; where none was, it may be an amount.
#[test]
fn a_number_that_was_asked_for_is_one() {
    let expect = Expectation { kinds: vec![EntityKind::Number], ..Expectation::default() };
    for (lang, text, expected) in [
        (Lang::En, "three", "#3"),
        (Lang::En, "three of them", "#3"),
        (Lang::En, "um twelve please", "#12"),
        (Lang::En, "make it fifteen", "#15"),
        (Lang::En, "one for me", "#1"),
        (Lang::En, "42", "#42"),
        (Lang::Zh, "三", "#3"),
        (Lang::Zh, "三个", "#3"),
        (Lang::Zh, "十二位", "#12"),
        (Lang::Zh, "一个人", "#1"),
        (Lang::Zh, "三百五", "#350"),
    ] {
        let meaning = UNDERSTANDER.understand(text, lang, date(2025, 3, 12), &expect);
        assert_eq!(values(&meaning), expected, "{text}");
    }
}

#[test]
fn free_sentences_find_their_flow_or_none() {
    for (lang, text, expected) in [
        (Lang::En, "could you settle the electric bill", Some("pay_bill")),
        (Lang::En, "um the rent needs to be paid", Some("pay_bill")),
        (Lang::En, "show me the last payments", Some("history")),
        (Lang::Zh, "帮我把电费付了", Some("pay_bill")),
        (Lang::Zh, "查一下我的付款记录", Some("history")),
        (Lang::En, "what's the weather in Berlin", None),
        (Lang::En, "play some music please", None),
        (Lang::En, "tell me a joke", None),
        (Lang::Zh, "明天会不会下雨", None),
        (Lang::Zh, "放一首歌", None),
        (Lang::En, "forty two dollars and fifty cents", None),
        (Lang::En, "with PayPal please", None),
        (Lang::En, "yes, pay it", None),
        (Lang::En, "cancel that", None),
    ] {
        let intent = understand(text, lang).intent.map(|guess| guess.name);
        assert_eq!(intent.as_deref(), expected, "{text}");
    }
}

#[test]
fn meanings_survive_being_stored() {
    for (lang, text) in [(Lang::En, "yes, pay Alice one fifty tomorrow with PayPal"), (Lang::Zh, "给张伟转十块五")]
    {
        let meaning = understand(text, lang);
        let stored = serde_json::to_string(&meaning).unwrap();
        assert_eq!(serde_json::from_str::<Meaning>(&stored).unwrap(), meaning, "{stored}");
    }
}

/// Texts of the words that matter here, in any order, so that chance meets grammar.
fn word_salad() -> impl Strategy<Value = String> {
    const WORDS: &str = "fifty|two|hundred|and|a|half|grand|$|42.50|1,200|€|point|oh|k|to|no|not|between|minus|-|\
dollars|cents|of|the|5th|march|next|friday|in|days|yes|pay|alice|with|paypal|三|百|十|万|亿|零|点|块|毛|\
分|半|多|几|两|元|五|不|对|是|改成|月|号|下|周|天|后|电费|张伟|给|人民币|,|。|?| |7|99|000000000000|quarter|about|\
half a million|，|ＡＢ|½|🙂|e\u{301}|'|’s";
    let words: Vec<&str> = WORDS.split('|').collect();
    proptest::collection::vec((proptest::sample::select(words), any::<bool>()), 0..30).prop_map(|parts| {
        parts.iter().map(|(word, space)| format!("{word}{}", if *space { " " } else { "" })).collect()
    })
}

fn promises(text: &str, lang: Lang, consent: bool) -> Result<(), TestCaseError> {
    let kinds = if consent { vec![EntityKind::YesNo, EntityKind::Money, EntityKind::Payee] } else { Vec::new() };
    let expect = Expectation { kinds, consent, ..Expectation::default() };
    let meaning = UNDERSTANDER.understand(text, lang, date(2025, 3, 12), &expect);
    prop_assert_eq!(&meaning.text, text);
    let chars: Vec<char> = text.chars().collect();
    for entity in &meaning.entities {
        prop_assert!(entity.start < entity.end && entity.end <= chars.len(), "{:?}", entity);
        prop_assert_eq!(&entity.text, &chars[entity.start..entity.end].iter().collect::<String>());
        prop_assert_eq!(entity.ambiguous, entity.value.is_none(), "{:?}", entity);
        prop_assert!(entity.value.is_none() || entity.alternatives.is_empty(), "{:?}", entity);
    }
    let values: Vec<&Entity> = meaning.entities.iter().filter(|entity| entity.kind != EntityKind::YesNo).collect();
    prop_assert!(values.windows(2).all(|pair| pair[0].end <= pair[1].start), "{:?}", values);
    if meaning.acts.contains(&Act::Yes) {
        // At a read-back it may say again what was read back; nothing that is unsure, and nothing taken back.
        let restates = consent && values.iter().all(|e| !e.ambiguous && e.kind != EntityKind::Choice);
        prop_assert!(values.is_empty() || restates && meaning.taken_back.is_empty(), "no plain yes: {:?}", meaning);
        prop_assert!(!meaning.acts.contains(&Act::No) && !meaning.acts.contains(&Act::Cancel), "{:?}", meaning);
    }
    for guess in meaning.intent.iter().chain(&meaning.rivals) {
        prop_assert!(guess.confidence_milli <= 1000 && guess.slots.iter().all(|(_, at)| *at < meaning.entities.len()));
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1000, ..ProptestConfig::default() })]

    #[test]
    fn any_text_keeps_the_promises(text in any::<String>(), zh in any::<bool>(), consent in any::<bool>()) {
        promises(&text, if zh { Lang::Zh } else { Lang::En }, consent)?;
    }

    #[test]
    fn any_words_keep_the_promises(text in word_salad(), zh in any::<bool>(), consent in any::<bool>()) {
        promises(&text, if zh { Lang::Zh } else { Lang::En }, consent)?;
    }
}

#[test]
fn long_texts_end() {
    for part in ["one ", "三百", "五十到", "fifty to ", "not ", "{", "a couple of ", "1.", "不是五十是", "请", "pay "]
    {
        let text = part.repeat(3_000);
        let meaning = understand(&text, Lang::En);
        assert_eq!(meaning.text.len(), text.len());
    }
}
