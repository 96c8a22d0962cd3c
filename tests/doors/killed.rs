//! SIGKILL of the program in the middle of a payment: never two charges, never a lost one, and nothing uncertain that is
//! told as certain.

use crate::home::{Home, Running, wait_until};
use std::time::Duration;

/// A conversation that has read a payment back and waits for the yes.
fn read_back(home: &Home, dollars: &str) -> Running {
    let mut chat = Running::start(&mut home.sayso(&["chat", "--json"]));
    chat.types(&format!("Send {dollars} dollars to Alice with Stripe.\n"));
    assert_eq!(chat.answers()["state"]["awaiting"], "consent");
    chat
}

#[test]
fn while_the_bank_is_late_with_its_answer() {
    let home = Home::without_limits();
    let mut chat = read_back(&home, "9999.41");
    chat.types("yes\n");
    wait_until("the bank has charged", || home.charges() == 1);
    let meanwhile = home.run(&["payments", "recover", "--json"]);
    assert_eq!(meanwhile.code, Some(3), "{}", meanwhile.out);
    assert_eq!(meanwhile.json().last().unwrap()["busy"], 1, "a living process has it in hand: {}", meanwhile.out);
    chat.kill();
    let listed = home.payments();
    assert_eq!((listed.len(), home.charges()), (1, 1));
    assert_ne!(listed[0]["status"], "succeeded", "it is not known before somebody has asked");
    let recovered = home.run(&["payments", "recover", "--json"]);
    assert_eq!(recovered.code, Some(0), "{}{}", recovered.out, recovered.err);
    assert_eq!(home.payments()[0]["status"], "succeeded");
    let first = home.hear(&["chat", "--lang", "en"], "");
    assert!(first.err.contains("$9,999.41 to Alice with Stripe did go through"), "{}{}", first.out, first.err);
    for (lang, words) in [("en", "help\n"), ("zh", "帮助\n"), ("auto", "help\n")] {
        let again = home.hear(&["chat", "--lang", lang], words);
        assert_eq!(again.code, Some(0));
        let all = format!("{}{}", again.out, again.err);
        assert!(!all.contains("9,999.41"), "it was told once: {all}");
    }
    assert_eq!((home.payments().len(), home.charges()), (1, 1), "it was paid once, and stays so");
}

#[test]
fn what_became_of_it_is_told_in_the_language_that_is_spoken_next() {
    let home = Home::without_limits();
    let mut chat = read_back(&home, "9999.41");
    chat.types("yes\n");
    wait_until("the bank has charged", || home.charges() == 1);
    chat.kill();
    assert_eq!(home.run(&["payments", "recover"]).code, Some(0));
    let silent = home.hear(&["chat"], "");
    assert!(!format!("{}{}", silent.out, silent.err).contains("9,999.41"), "nobody has spoken: {}", silent.err);
    let turns = home.hear(&["chat", "--json"], "给李娜转五十块\n取消\n").json();
    let said = |turn: usize| {
        turns[turn]["said"].as_array().unwrap().iter().map(|said| said.as_str().unwrap()).collect::<Vec<_>>().join(" ")
    };
    assert!(said(0).contains("9,999.41已经付成了") && said(0).contains("用哪种方式"), "{}", said(0));
    assert!(!said(1).contains("9,999.41"), "{}", said(1));
}

#[test]
fn at_many_moments_after_the_yes() {
    for delay_ms in [0, 1, 3, 8, 15, 25, 40, 80, 200] {
        let home = Home::new();
        let mut chat = read_back(&home, "42.50");
        chat.types("yes\n");
        std::thread::sleep(Duration::from_millis(delay_ms));
        chat.kill();
        let before = home.charges();
        let recovered = home.run(&["payments", "recover", "--json"]);
        let (listed, charges) = (home.payments(), home.charges());
        let place = format!("killed after {delay_ms} ms: {listed:?}, {charges} charges, {}", recovered.out);
        assert!(charges <= 1 && charges >= before, "{place}");
        match (recovered.code, listed.as_slice()) {
            (Some(0), []) => assert_eq!(charges, 0, "{place}"),
            (Some(0), [payment]) => assert_eq!((payment["status"] == "succeeded", charges), (true, 1), "{place}"),
            // Within the grace the bank may still get to know of it: nothing is said to be certain.
            (Some(3), [payment]) => {
                assert_eq!(charges, 0, "what the bank has charged can be found out: {place}");
                assert!(payment["status"] != "succeeded" && payment["status"] != "failed", "{place}");
            }
            _ => panic!("{place}"),
        }
    }
}
