//! Typed conversations, whole: what was agreed to is paid once, what was corrected or cancelled is not.

use crate::home::Home;
use serde_json::{Value, json};

/// What a conversation left behind: amount, payee and provider of each payment, the oldest first.
#[track_caller]
fn paid(home: &Home) -> Vec<(i64, String, String, String)> {
    let listed = home.payments();
    assert!(listed.iter().all(|payment| payment["status"] == "succeeded"), "{listed:?}");
    assert_eq!(home.charges(), i64::try_from(listed.len()).unwrap(), "the bank knows of as many");
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let row = |payment: &Value| {
        let amount = &payment["amount"];
        let minor = amount["minor"].as_i64().unwrap();
        (minor, text(&amount["currency"]), text(&payment["payee"]), text(&payment["provider"]))
    };
    listed.iter().rev().map(row).collect()
}

fn row(minor: i64, currency: &str, payee: &str, provider: &str) -> (i64, String, String, String) {
    (minor, currency.to_owned(), payee.to_owned(), provider.to_owned())
}

fn awaiting(turns: &[Value]) -> Vec<&str> {
    turns.iter().map(|turn| turn["state"]["awaiting"].as_str().unwrap_or("-")).collect()
}

#[test]
fn a_bill_is_paid_in_four_turns() {
    let home = Home::new();
    let lines = "I'd like to pay my electricity bill.\nForty two dollars and fifty cents.\nWith Stripe, please.\nYes, pay it.\n";
    let ended = home.hear(&["chat", "--json"], lines);
    assert_eq!(ended.code, Some(0), "{}", ended.err);
    assert_eq!(awaiting(&ended.json()), ["amount", "provider", "consent", "-"]);
    assert_eq!(paid(&home), [row(4250, "USD", "electricity", "stripe")]);
}

#[test]
fn a_bill_is_paid_in_mandarin() {
    let home = Home::new();
    let ended = home.hear(&["chat", "--json"], "我要交电费。\n三百二十块五。\n用微信支付。\n确认支付。\n");
    assert_eq!(ended.code, Some(0), "{}", ended.err);
    assert_eq!(awaiting(&ended.json()), ["amount", "provider", "consent", "-"]);
    assert_eq!(paid(&home), [row(32050, "CNY", "electricity", "wechat_pay")]);
}

#[test]
fn a_correction_voids_the_read_back() {
    let home = Home::new();
    let lines = "Send thirty dollars to Alice with Stripe.\nNo, make it fifty.\nYes, that's right.\nyes\nyes\n";
    let ended = home.hear(&["chat", "--json"], lines);
    assert_eq!(ended.code, Some(0), "{}", ended.err);
    let turns = ended.json();
    assert_eq!(awaiting(&turns)[..3], ["consent", "consent", "-"]);
    let said = |turn: &Value| turn["said"].as_array().unwrap().last().unwrap().as_str().unwrap().to_owned();
    assert!(said(&turns[0]).contains("$30.00") && said(&turns[1]).contains("$50.00"), "{turns:?}");
    assert!(!said(&turns[1]).contains("$30.00"));
    assert_eq!(
        turns.iter().filter(|turn| !turn["payment"].is_null()).count(),
        1,
        "one yes pays, the others do nothing"
    );
    assert_eq!(paid(&home), [row(5000, "USD", "alice", "stripe")]);
}

#[test]
fn a_correction_in_mandarin_voids_the_read_back() {
    let home = Home::new();
    let ended = home.hear(&["chat"], "给张伟转五十块钱。\n用支付宝\n不对，改成八十。\n对，没问题。\n");
    assert_eq!(ended.code, Some(0), "{}", ended.err);
    assert_eq!(paid(&home), [row(8000, "CNY", "zhang_wei", "alipay")]);
}

#[test]
fn what_is_cancelled_or_left_open_pays_nothing() {
    let home = Home::new();
    let conversations = [
        "Pay the internet bill, sixty dollars, with PayPal.\nCancel that.\nyes\n",
        "交水费，一百零五元，用贝宝。\n算了，不要了。\n确认支付。\n",
        "Pay the internet bill, sixty dollars, with PayPal.\nno\n",
        "Pay the internet bill, sixty dollars, with PayPal.\n",
        "yes\nyes, pay it\n确认支付\n",
    ];
    for lines in conversations {
        let ended = home.hear(&["chat", "--json"], lines);
        assert_eq!(ended.code, Some(0), "{lines}: {}", ended.err);
        assert!(ended.json().iter().all(|turn| turn["payment"].is_null()), "{lines}");
    }
    assert_eq!(paid(&home), []);
}

#[test]
fn two_payments_in_one_conversation_are_two() {
    let home = Home::new();
    let once = "Send five dollars to Bob with PayPal.\nyes\n";
    let ended = home.hear(&["chat", "--json"], once.repeat(2));
    assert_eq!(ended.code, Some(0), "{}", ended.err);
    assert_eq!(paid(&home), [row(500, "USD", "bob", "paypal"), row(500, "USD", "bob", "paypal")]);
    let ids: Vec<Value> = home.payments().iter().map(|payment| payment["id"].clone()).collect();
    assert_ne!(ids[0], ids[1]);
}

#[test]
fn your_own_dialogs_lead_the_conversation() {
    let home = Home::new();
    let folder = home.path("mine").display().to_string();
    for file in std::fs::read_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/../dialogs")).unwrap().flatten() {
        let name = file.file_name().into_string().unwrap();
        if name.ends_with(".yaml") || name.ends_with(".rhai") {
            let text = std::fs::read_to_string(file.path()).unwrap();
            home.write(
                &format!("mine/{name}"),
                text.replace("How much would you like to pay?", "What sum shall it be?"),
            );
        }
    }
    let config = home.write("mine.yaml", format!("{}\ndialogs: {folder}\n", sayso::config::EXAMPLE));
    let ended = home.hear(&["chat", "--json", "--config", &config], "Pay my electricity bill.\n");
    assert_eq!(ended.code, Some(0), "{}", ended.err);
    let said = ended.json()[0]["said"].clone();
    assert!(said.as_array().unwrap().contains(&json!("What sum shall it be?")), "{said}");
    assert_eq!(home.run(&["check", &folder]).code, Some(0));
}
