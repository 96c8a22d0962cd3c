//! Names as they are said and as speech recognition writes them.

use crate::lang::Lang;
use crate::understanding::{EntityKind, Expectation, Meaning, Name, NameKind, Teaching, Understander, Value};
use jiff::civil::date;

fn name(kind: NameKind, id: &str, english: &[&str], chinese: &[&str]) -> Name {
    let both =
        english.iter().map(|n| (Lang::En, (*n).to_owned())).chain(chinese.iter().map(|n| (Lang::Zh, (*n).to_owned())));
    Name { kind, id: id.to_owned(), names: both.collect() }
}

/// The household that ships with Sayso, as far as names go.
pub(crate) fn household() -> Vec<Name> {
    use NameKind::{Payee, Provider};
    vec![
        name(
            Payee,
            "electricity",
            &["electricity", "electric", "power", "power bill", "electricity bill", "electric bill"],
            &["电费", "电"],
        ),
        name(Payee, "water", &["water", "water bill"], &["水费"]),
        name(Payee, "gas", &["gas", "gas bill"], &["煤气费", "燃气费"]),
        name(Payee, "internet", &["internet", "internet bill", "broadband"], &["网费", "宽带费"]),
        name(Payee, "rent", &["rent", "landlord"], &["房租"]),
        name(Payee, "alice", &["Alice"], &["爱丽丝"]),
        name(Payee, "bob", &["Bob"], &["鲍勃"]),
        name(Payee, "zhang_wei", &["Zhang Wei"], &["张伟"]),
        name(Payee, "li_na", &["Li Na"], &["李娜"]),
        name(Provider, "stripe", &["Stripe"], &["Stripe"]),
        name(Provider, "paypal", &["PayPal"], &["PayPal", "贝宝"]),
        name(Provider, "wechat_pay", &["WeChat Pay", "WeChat"], &["微信支付", "微信"]),
        name(Provider, "alipay", &["Alipay"], &["支付宝"]),
    ]
}

fn ids(meaning: &Meaning) -> Vec<String> {
    let named = |value: &Value| if let Value::Id(id) = value { id.id.clone() } else { "?".to_owned() };
    let names = meaning
        .entities
        .iter()
        .filter(|e| matches!(e.kind, EntityKind::Payee | EntityKind::Provider | EntityKind::Choice));
    names
        .map(|entity| match &entity.value {
            Some(value) => named(value),
            None => format!("? {}", entity.alternatives.iter().map(named).collect::<Vec<_>>().join(" ")),
        })
        .collect()
}

const EXAMPLES: &[(Lang, &str, &str)] = &[
    (Lang::En, "I'd like to pay my electricity bill.", "electricity"),
    (Lang::En, "pay the power bill", "electricity"),
    (Lang::En, "with Stripe, please", "stripe"),
    (Lang::En, "with Strype please", "stripe"),
    (Lang::En, "pay the electrician", ""),
    (Lang::En, "pay the waiter", ""),
    (Lang::En, "pay the parent", ""),
    (Lang::En, "send fifty dollars to Linda", ""),
    (Lang::En, "send fifty dollars to Lee Na", "li_na"),
    (Lang::En, "with stripes", "stripe"),
    (Lang::En, "send it with Pay Pal", "paypal"),
    (Lang::En, "use paypal", "paypal"),
    (Lang::En, "use Paypall", "paypal"),
    (Lang::En, "we chat pay", "wechat_pay"),
    (Lang::En, "WeChat", "wechat_pay"),
    (Lang::En, "ali pay", "alipay"),
    (Lang::En, "send thirty dollars to Alice", "alice"),
    (Lang::En, "send thirty dollars to Elise", "? alice"),
    (Lang::En, "send thirty dollars to Alicia", "? alice"),
    (Lang::En, "send fifty dollars to Lena", "? li_na"),
    (Lang::En, "send fifty dollars to Lana", "? li_na"),
    (Lang::Zh, "给李女士转两百", ""),
    (Lang::Zh, "给李先生转两百", ""),
    (Lang::En, "send it to Alyce", "alice"),
    (Lang::En, "Alice's bill", "alice"),
    (Lang::En, "pay the internet bill, sixty dollars, with PayPal.", "internet paypal"),
    (Lang::En, "the elektricity bill", "electricity"),
    (Lang::En, "pay my electrisity", "electricity"),
    (Lang::En, "send fifty to Zhang Wei", "zhang_wei"),
    (Lang::En, "send fifty to jang wei", ""),
    (Lang::En, "i guess so", ""),
    (Lang::En, "pay Paul fifty dollars", ""),
    (Lang::En, "wait what", ""),
    (Lang::En, "that is right", ""),
    (Lang::En, "how much did i pay for water this year", "water"),
    (Lang::En, "Kiran1", ""),
    (Lang::En, "not to Alice, to Bob", "bob"),
    (Lang::En, "send fifty to Alice, no, to Bob", "bob"),
    (Lang::En, "don't use PayPal, use Stripe", "stripe"),
    (Lang::Zh, "我要交电费。", "electricity"),
    (Lang::Zh, "我要交店費", "electricity"),
    (Lang::Zh, "我要焦定費", "electricity"),
    (Lang::Zh, "我要交電費", "electricity"),
    (Lang::Zh, "交水费，一百零五元，用贝宝。", "water paypal"),
    (Lang::Zh, "用背包", "paypal"),
    (Lang::Zh, "用贝包付", "paypal"),
    (Lang::Zh, "用微信支付。", "wechat_pay"),
    (Lang::Zh, "用维信支付", "wechat_pay"),
    (Lang::Zh, "用威信支付", "wechat_pay"),
    (Lang::Zh, "用PayPal付", "paypal"),
    (Lang::Zh, "用支付宝", "alipay"),
    (Lang::Zh, "用支付寶", "alipay"),
    (Lang::Zh, "用支付保", "alipay"),
    (Lang::Zh, "给张伟转五十块钱", "zhang_wei"),
    (Lang::Zh, "给章伟转五十块钱", "zhang_wei"),
    (Lang::Zh, "给張偉轉五十塊錢", "zhang_wei"),
    (Lang::Zh, "给李娜转两百", "li_na"),
    (Lang::Zh, "给丽娜转两百", "li_na"),
    (Lang::Zh, "交煤气费", "gas"),
    (Lang::Zh, "查一下我的煤氣費", "gas"),
    (Lang::Zh, "交没气费", "gas"),
    (Lang::Zh, "交房租", "rent"),
    (Lang::Zh, "交网费", "internet"),
    (Lang::Zh, "叫往费", "internet"),
    (Lang::Zh, "这是免费的吗", ""),
    (Lang::Zh, "你拿什么付", ""),
    (Lang::Zh, "不用微信，用支付宝", "alipay"),
    (Lang::Zh, "你能做什么", ""),
    (Lang::Zh, "交电", "electricity"),
    (Lang::Zh, "电多少钱", "electricity"),
    (Lang::Zh, "给我打电话", ""),
    (Lang::Zh, "打开电视", ""),
];

#[test]
fn every_name_is_found_as_written() {
    let understander = Understander::new(&Teaching { names: household(), ..Teaching::default() });
    let mut wrong = Vec::new();
    for (lang, text, expected) in EXAMPLES {
        let found = ids(&understander.understand(text, *lang, date(2025, 3, 12), &Expectation::default())).join(" ");
        if found != *expected {
            wrong.push(format!("{text}: expected {expected:?}, found {found:?}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn two_that_are_as_near_are_both_offered() {
    let mut names = household();
    names.push(name(NameKind::Payee, "chen_jing", &["Chen Jing", "Chen"], &["陈静"]));
    names.push(name(NameKind::Payee, "chen_lin", &["Chen Lin", "Chen"], &["陈林"]));
    names.push(name(NameKind::Payee, "cheng_jin", &["Cheng Jin"], &["程金"]));
    names.push(name(NameKind::Payee, "chen_li", &["Chen Li"], &["陈丽"]));
    let understander = Understander::new(&Teaching { names, ..Teaching::default() });
    let find = |text: &str, lang| {
        ids(&understander.understand(text, lang, date(2025, 3, 12), &Expectation::default())).join(",")
    };
    assert_eq!(find("send fifty to Chen", Lang::En), "? chen_jing chen_lin");
    assert_eq!(find("send fifty to Chen Lin", Lang::En), "chen_lin");
    assert_eq!(find("给陈静转五十", Lang::Zh), "chen_jing");
    assert_eq!(find("给陈女士转一百", Lang::Zh), "? chen_li");
    assert_eq!(find("给沉京转五十", Lang::Zh), "? chen_jing cheng_jin");
}

#[test]
fn choices_count_where_they_are_asked_for() {
    let slot = || NameKind::Choice("plan".to_owned());
    let names =
        vec![name(slot(), "basic", &["basic"], &["基础版"]), name(slot(), "gold", &["gold plan", "gold"], &["黄金版"])];
    let understander = Understander::new(&Teaching { names, ..Teaching::default() });
    let expect =
        Expectation { kinds: vec![EntityKind::Choice], slot: Some("plan".to_owned()), ..Expectation::default() };
    for (text, lang, id) in [
        ("the gold one", Lang::En, "gold"),
        ("the second one", Lang::En, "gold"),
        ("number one", Lang::En, "basic"),
        ("the last one please", Lang::En, "gold"),
        ("basik", Lang::En, "basic"),
        ("第二个", Lang::Zh, "gold"),
        ("黄金板", Lang::Zh, "gold"),
    ] {
        let meaning = understander.understand(text, lang, date(2025, 3, 12), &expect);
        assert_eq!(ids(&meaning), [id], "{text}");
    }
}

#[test]
fn a_number_is_no_choice_where_an_amount_is_asked_for() {
    let slot = || NameKind::Choice("amount".to_owned());
    let names = vec![name(slot(), "all", &["all of it"], &["全部"]), name(slot(), "half", &["half of it"], &["一半"])];
    let understander = Understander::new(&Teaching { names, ..Teaching::default() });
    let kinds = vec![EntityKind::Money, EntityKind::Choice];
    let expect = Expectation { kinds, slot: Some("amount".to_owned()), ..Expectation::default() };
    for (text, lang, minor) in [
        ("forty one dollars", Lang::En, 4100),
        ("two", Lang::En, 200),
        ("twenty two", Lang::En, 2200),
        ("one dollar", Lang::En, 100),
        ("二十一块", Lang::Zh, 2100),
        ("两块", Lang::Zh, 200),
    ] {
        let meaning = understander.understand(text, lang, date(2025, 3, 12), &expect);
        let values: Vec<_> = meaning.entities.iter().map(|entity| entity.value.clone()).collect();
        assert!(matches!(&values[..], [Some(Value::Money(amount))] if amount.minor == minor), "{text}: {values:?}");
    }
    assert_eq!(ids(&understander.understand("the second one", Lang::En, date(2025, 3, 12), &expect)), ["half"]);
}

/// People and companies whose names are told by their sound, or by a part of them.
fn acquaintances() -> Vec<Name> {
    use NameKind::Payee;
    vec![
        name(Payee, "catherine", &["Catherine Smith", "Catherine", "mum"], &[]),
        name(Payee, "stephen", &["Stephen Clarke", "Stephen"], &[]),
        name(Payee, "shaun", &["Shaun O'Brien", "Shaun"], &[]),
        name(Payee, "geoff", &["Geoff Miller", "Geoff"], &[]),
        name(Payee, "northside", &["Northside Electric", "Northside", "electricity"], &[]),
        name(Payee, "blue_river", &["Blue River Water", "Blue River"], &[]),
        name(Payee, "priya", &["Priya Patel", "Priya"], &[]),
        name(Payee, "jon", &["Jon Snow", "Jon"], &[]),
        name(Payee, "chen_jing", &[], &["陈静"]),
        name(Payee, "li_na", &[], &["李娜"]),
        name(Payee, "zhang_wei", &[], &["张伟", "房东"]),
        name(Payee, "wang_fang", &[], &["王芳"]),
        name(Payee, "lin_zhiling", &[], &["林志玲"]),
        name(Payee, "grid", &[], &["国家电网", "电费"]),
        name(Payee, "tap_water", &[], &["自来水公司"]),
        name(Payee, "liu_yang", &[], &["刘洋"]),
    ]
}

#[test]
fn acquaintances_are_told_by_their_sound() {
    let understander = Understander::new(&Teaching { names: acquaintances(), ..Teaching::default() });
    let mut wrong = Vec::new();
    for line in include_str!("acquaintances.tsv").lines().filter(|line| !line.starts_with('#')) {
        let (text, expected) = line.split_once('\t').unwrap();
        let lang = if text.is_ascii() { Lang::En } else { Lang::Zh };
        let found = ids(&understander.understand(text, lang, date(2025, 3, 12), &Expectation::default())).join(" ");
        if found != expected {
            wrong.push(format!("{text}: expected {expected:?}, found {found:?}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn places_in_a_list_are_chosen_by() {
    let slot = || NameKind::Choice("plan".to_owned());
    let plan = |id: &str| name(slot(), id, &[id], &[]);
    let names = vec![plan("basic"), plan("silver"), plan("golden")];
    let understander = Understander::new(&Teaching { names, ..Teaching::default() });
    let expect =
        Expectation { kinds: vec![EntityKind::Choice], slot: Some("plan".to_owned()), ..Expectation::default() };
    for (text, lang, id) in [
        ("the first one", Lang::En, "basic"),
        ("the top one", Lang::En, "basic"),
        ("option 1", Lang::En, "basic"),
        ("the middle one", Lang::En, "silver"),
        ("two", Lang::En, "silver"),
        ("the bottom one please", Lang::En, "golden"),
        ("the third option", Lang::En, "golden"),
        ("the fourth one", Lang::En, ""),
        ("none of them", Lang::En, ""),
        ("第一个", Lang::Zh, "basic"),
        ("头一个", Lang::Zh, "basic"),
        ("中间那个", Lang::Zh, "silver"),
        ("选三", Lang::Zh, "golden"),
        ("最后一个", Lang::Zh, "golden"),
        ("第四个", Lang::Zh, ""),
        ("随便", Lang::Zh, ""),
    ] {
        assert_eq!(ids(&understander.understand(text, lang, date(2025, 3, 12), &expect)).join(" "), id, "{text}");
    }
}
