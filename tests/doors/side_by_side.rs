//! Several processes on one data folder at the same time: all usable, and each payment made once.

use crate::home::{Home, Running, end};
use std::collections::BTreeSet;

/// Amounts that differ, since the same payment twice is asked about.
const AMOUNTS: [&str; 4] = ["seven", "eight", "nine", "ten"];

#[test]
fn conversations_at_the_same_time_pay_once_each() {
    let home = Home::new();
    let mut chats: Vec<_> = (0..3).map(|_| Running::start(&mut home.sayso(&["chat", "--json"]))).collect();
    for (chat, amount) in chats.iter_mut().zip(AMOUNTS) {
        chat.types(&format!("Send {amount} dollars to Bob with PayPal.\n"));
    }
    for chat in &mut chats {
        assert_eq!(chat.answers()["state"]["awaiting"], "consent");
    }
    for chat in &mut chats {
        chat.types("yes\n");
    }
    for chat in &mut chats {
        assert_eq!(chat.answers()["payment"]["status"], "succeeded");
    }
    assert_eq!(home.payments().len(), 3, "the ledger can be read while they go on");
    for chat in chats {
        let ended = chat.end();
        assert_eq!(ended.code, Some(0), "{}", ended.err);
    }
    let ids: BTreeSet<String> = home.payments().iter().map(|payment| payment["id"].to_string()).collect();
    assert_eq!((ids.len(), home.charges()), (3, 3));
}

#[test]
fn they_may_all_be_the_first_on_a_new_folder() {
    let home = Home::new();
    let lines = AMOUNTS.map(|amount| format!("Send {amount} dollars to Bob with PayPal.\nyes\n"));
    let home = &home;
    std::thread::scope(|scope| {
        let talk = |lines| scope.spawn(move || end(&mut home.sayso(&["chat", "--json"]), lines));
        let started: Vec<_> = lines.iter().map(|lines| talk(lines.as_str())).collect();
        for run in started {
            let ended = run.join().unwrap();
            assert_eq!(ended.code, Some(0), "{}", ended.err);
        }
    });
    assert_eq!((home.payments().len(), home.charges()), (4, 4));
}
