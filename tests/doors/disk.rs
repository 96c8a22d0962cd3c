//! A disk that is full: what cannot be written down is not paid, and what was sent stays known.
//!
//! The disk is full because the shell forbids the program files above a size; the bank is another process with a disk of
//! its own, so that it would take any money that it is asked for.

use crate::home::{Ended, Home, Running, SAYSO, charges, end};
use std::collections::BTreeSet;

const LINES: &str = "Send thirty dollars to Alice with Stripe.\nyes\n";

/// A bank in a process of its own, and a home whose Stripe is there.
fn with_bank() -> (Home, Running) {
    let home = Home::new();
    let mut serve = home.program(SAYSO);
    serve.args(["practice-bank", "serve", "--port", "0", "--json", "--data"]).arg(home.path("bank"));
    let mut bank = Running::start(&mut serve);
    let url = bank.answers()["url"].as_str().unwrap().to_owned();
    let host = url.trim_start_matches("http://").to_owned();
    let there = format!("plugin: practice_bank\n    hosts: [\"{host}\"]\n    settings: {{ base_url: \"{url}\" }}");
    home.write("config/sayso/sayso.yaml", sayso::config::EXAMPLE.replace("plugin: practice_bank", &there));
    (home, bank)
}

/// A conversation that pays, where no file may grow above so many KiB.
fn pay_within(home: &Home, kib: u32) -> Ended {
    let mut command = home.program("bash");
    // Without the trap the system would end the program by a signal; a disk that is full gives an error.
    let script = format!("trap '' XFSZ; ulimit -f {kib}; exec \"$0\" chat --json --data \"$1\"");
    command.arg("-c").arg(script).arg(SAYSO).arg(home.path("data"));
    end(&mut command, LINES)
}

#[test]
fn what_cannot_be_committed_is_not_paid() {
    let (home, _bank) = with_bank();
    let at_the_bank = || charges(&home.path("bank"));
    assert_eq!(home.hear(&["chat", "--json"], LINES).code, Some(0));
    assert_eq!(at_the_bank(), 1, "with room on the disk the bank is reached");
    let mut seen = BTreeSet::new();
    for kib in [0, 16, 32, 33, 36, 40, 48, 56, 64, 80, 96, 256, 1024] {
        let before = at_the_bank();
        let ended = pay_within(&home, kib);
        let charged = at_the_bank() - before;
        let status = ended.json().pop().map(|turn| turn["payment"]["status"].clone()).unwrap_or_default();
        let place = format!("{kib} KiB: {charged} charged\n{}\n{}", ended.out, ended.err);
        match ended.code {
            Some(0) => assert_eq!((charged, status.as_str()), (1, Some("succeeded")), "{place}"),
            Some(1 | 2) => assert_eq!((charged, status.as_str().unwrap_or("not_sent")), (0, "not_sent"), "{place}"),
            // The bank was told, but its answer could not be written down.
            Some(3) => assert_eq!((charged, status.as_str()), (1, Some("unknown")), "{place}"),
            _ => panic!("{place}"),
        }
        assert!(ended.code == Some(0) || !ended.err.trim().is_empty(), "it says why: {place}");
        seen.insert(ended.code);
    }
    assert_eq!(seen, BTreeSet::from([Some(0), Some(1), Some(3)]), "all three ends were reached");
    let recovered = home.run(&["payments", "recover", "--json"]);
    assert_eq!(recovered.code, Some(0), "{}{}", recovered.out, recovered.err);
    let paid = home.payments().iter().filter(|payment| payment["status"] == "succeeded").count();
    assert_eq!(i64::try_from(paid).unwrap(), at_the_bank(), "with room again the ledger knows of every charge");
    assert_eq!(home.hear(&["chat", "--json"], LINES).code, Some(0), "and pays as before");
}

#[test]
fn a_first_start_without_room_is_said_to_be_so() {
    let (home, _bank) = with_bank();
    for kib in [0, 1, 8, 33] {
        let ended = pay_within(&home, kib);
        assert_eq!((ended.code, ended.out.as_str()), (Some(1), ""), "{kib} KiB: {}", ended.err);
        assert!(ended.err.contains("sayso"), "{}", ended.err);
    }
    assert_eq!(charges(&home.path("bank")), 0);
    assert_eq!(home.hear(&["chat"], LINES).code, Some(0), "what was left half made is mended");
}
