//! Exit codes: 0 done, 1 the thing asked for failed, 2 wrong usage or configuration, 3 an outcome is not known yet.

use crate::home::Home;
use serde_json::json;

/// Sends this much to Alice with Stripe and says yes.
fn sends(dollars: &str) -> String {
    format!("Send {dollars} dollars to Alice with Stripe.\nyes\n")
}

#[test]
fn a_declined_payment_is_1() {
    let home = Home::without_limits();
    let ended = home.hear(&["chat", "--json"], sends("9999.02"));
    assert_eq!(ended.code, Some(1), "{}", ended.err);
    assert_eq!(ended.json()[1]["payment"]["status"], "failed");
    assert!(ended.err.contains("was not paid"), "{}", ended.err);
    let listed = home.payments();
    assert_eq!((&listed[0]["status"], &listed[0]["decline"]), (&json!("failed"), &json!("insufficient_funds")));
}

#[test]
fn a_payment_above_a_limit_is_1_and_never_reaches_the_bank() {
    let home = Home::new();
    let ended = home.hear(&["chat", "--json"], sends("2000.01"));
    assert_eq!(ended.code, Some(1), "{}", ended.err);
    let turns = ended.json();
    let payment = &turns[0]["payment"];
    assert_eq!((&payment["status"], &payment["id"]), (&json!("not_sent"), &json!(null)));
    assert_eq!(turns[0]["state"]["awaiting"], "amount", "it is not even read back");
    assert!(payment["reason"].as_str().unwrap().contains("$2,000.00"), "{payment}");
    assert_eq!((home.payments().len(), home.charges()), (0, 0));
}

#[test]
fn an_unknown_outcome_is_3_and_is_cleared_up_by_asking() {
    let home = Home::without_limits();
    let ended = home.hear(&["chat", "--json"], sends("9999.45"));
    assert_eq!(ended.code, Some(3), "{}", ended.err);
    let turns = ended.json();
    assert_ne!(turns[1]["payment"]["status"], "succeeded", "nobody knows it yet");
    assert!(ended.err.contains("sayso payments recover"), "{}", ended.err);
    let recovered = home.run(&["payments", "recover", "--json"]);
    assert_eq!(recovered.code, Some(0), "{}{}", recovered.out, recovered.err);
    assert_eq!(home.payments()[0]["status"], "succeeded");
    assert_eq!(home.charges(), 1);
}

#[test]
fn a_payment_that_stays_pending_is_3_as_often_as_one_asks() {
    let home = Home::without_limits();
    assert_eq!(home.hear(&["chat"], sends("9999.11")).code, Some(3));
    for _ in 0..2 {
        let recovered = home.run(&["payments", "recover", "--json"]);
        assert_eq!(recovered.code, Some(3), "{}", recovered.out);
        assert_eq!(recovered.json().last().unwrap()["waiting"], 1);
        assert!(recovered.err.contains("again"), "{}", recovered.err);
    }
    assert_eq!(home.charges(), 1);
}

#[test]
fn wrong_usage_is_2() {
    let home = Home::new();
    let wrong: [&[&str]; 8] = [
        &[],
        &["frobnicate"],
        &["chat", "--lang", "fr"],
        &["chat", "--frobnicate"],
        &["hear"],
        &["payments"],
        &["payments", "forget"],
        &["practice-bank", "serve", "--port", "99999999"],
    ];
    for arguments in wrong {
        let ended = home.run(arguments);
        assert_eq!((ended.code, ended.out.as_str()), (Some(2), ""), "{arguments:?}");
        assert!(!ended.err.is_empty());
    }
    home.run(&["speak", "  "]).refused(2, &["nothing to say"]);
    home.run(&["demo", "--audio", "nowhere"]).refused(2, &["nowhere", "--audio"]);
}

#[test]
fn help_and_version_are_results() {
    let home = Home::new();
    for arguments in [&["--help"][..], &["--version"], &["chat", "--help"], &["payments", "list", "--help"]] {
        let ended = home.run(arguments);
        assert_eq!((ended.code, ended.err.as_str()), (Some(0), ""), "{arguments:?}");
        assert!(!ended.out.is_empty());
    }
    assert!(home.run(&["--help"]).out.contains("3 an outcome is not known yet"));
}
