//! What keeps money where it is: limits that are said before the read-back, the same bill twice, dry runs, and test money
//! and real money that are never mixed up.

use crate::home::Home;
use serde_json::{Value, json};

fn config(change: impl Fn(&str) -> String) -> Home {
    let home = Home::new();
    home.write("config/sayso/sayso.yaml", change(sayso::config::EXAMPLE));
    home
}

fn said(turn: &Value) -> String {
    turn["said"].as_array().unwrap().iter().filter_map(Value::as_str).collect::<Vec<_>>().join(" ")
}

#[test]
fn the_same_bill_a_second_time_is_asked_about_in_both_languages() {
    for (words, warning, again) in [
        (
            "Pay the internet bill, sixty dollars, with PayPal.\nYes.\n",
            "You paid $60.00 to Internet already",
            "once more",
        ),
        ("用支付宝交网费一百二十九块\n对\n", "已经向网费支付过¥129.00", "再次"),
    ] {
        let home = Home::new();
        let first = home.hear(&["chat", "--json"], words);
        assert_eq!((first.code, home.charges()), (Some(0), 1), "{}{}", first.out, first.err);
        assert!(!said(&first.json()[0]).contains(warning));
        let second = home.hear(&["chat", "--json"], words.replace("Yes.", "No, cancel.").replace("对", "取消"));
        let read_back = said(&second.json()[0]);
        assert!(read_back.contains(warning) && read_back.contains(again), "{read_back}");
        assert_eq!(home.charges(), 1);
        let third = home.hear(&["chat", "--json"], words);
        assert_eq!((third.code, home.charges()), (Some(0), 2), "a yes to it pays once more: {}", third.err);
    }
}

#[test]
fn a_limit_is_said_with_what_was_paid_and_another_amount_can_be_named() {
    let home = config(|example| example.replace("per_day: [\"5000.00 USD\"", "per_day: [\"500.00 USD\""));
    home.hear(&["chat", "--json"], "send 480 dollars to Alice with Stripe\nyes\n");
    let ended = home.hear(&["chat", "--json"], "send 100 dollars to Alice with Stripe\n20 dollars\nyes\n");
    let turns = ended.json();
    let words = said(&turns[0]);
    assert!(words.contains("over your limit of $500.00 a day; $480.00 was paid in the last 24 hours"), "{words}");
    assert_eq!((&turns[0]["payment"]["status"], &turns[0]["payment"]["id"]), (&json!("not_sent"), &json!(null)));
    assert_eq!((ended.code, home.charges()), (Some(0), 2), "{}{}", ended.out, ended.err);
}

#[test]
fn a_dry_run_shows_the_request_and_pays_nothing() {
    let words = "Pay the internet bill, sixty dollars, with PayPal.\nYes.\n";
    let configured = config(|example| example.replace("dry_run: false", "dry_run: true"));
    for (home, arguments) in
        [(Home::new(), &["chat", "--json", "--dry-run"][..]), (configured, &["chat", "--json"][..])]
    {
        let ended = home.hear(arguments, words);
        let turns = ended.json();
        let paid = &turns[1];
        assert_eq!(
            (ended.code, &paid["payment"]["status"]),
            (Some(0), &json!("dry_run")),
            "{}{}",
            ended.out,
            ended.err
        );
        let would = &paid["would_send"];
        assert_eq!((&would["verb"], &would["provider"]), (&json!("pay"), &json!("paypal")));
        assert_eq!(would["request"]["amount"], json!({"minor": 6000, "currency": "USD"}));
        assert_eq!(would["http"][0]["method"], "POST", "{would}");
        assert!(said(paid).contains("dry run"), "{paid}");
        assert_eq!((home.payments().len(), home.charges()), (0, 0));
    }
}

#[test]
fn real_money_needs_a_word_and_providers_that_fit() {
    let live = config(|example| example.replace("environment: practice", "environment: live"));
    let ended = live.hear(&["chat", "--json"], "");
    assert_eq!(ended.code, Some(2), "{}", ended.err);
    assert!(ended.err.contains("--live"), "{}", ended.err);
    let ended = live.hear(&["chat", "--json", "--live"], "");
    assert_eq!(ended.code, Some(2), "the practice bank moves no real money: {}", ended.err);
    assert!(ended.err.contains("moves no real money"), "{}", ended.err);
    let practice = Home::new();
    let ended = practice.hear(&["chat", "--json", "--live"], "");
    assert_eq!(ended.code, Some(2), "{}", ended.err);
    assert!(ended.err.contains("environment: practice"), "{}", ended.err);
    let doctor = live.run(&["doctor", "--json"]);
    let money = doctor.json().into_iter().find(|one| one["part"] == "money").unwrap();
    assert_eq!(money["name"], "live");
}

#[test]
fn somebody_who_is_not_named_is_no_person() {
    let home = config(|example| example.replace("  # people: [Anna, Ben]", "  people: [Anna, Ben]"));
    let ended = home.hear(&["chat", "--json", "--person", "Carl"], "");
    assert_eq!(ended.code, Some(2));
    assert!(ended.err.contains("one of Anna, Ben"), "{}", ended.err);
    assert_eq!(home.hear(&["chat", "--json", "--person", "Ben"], "").code, Some(0));
}
