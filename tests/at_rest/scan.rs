//! What must never be written: card numbers and PINs are said in every moment and both languages, with the log at its
//! loudest, and then every byte that was written anywhere is looked through.

use crate::home::{Ended, Home};
use std::path::Path;

/// Published test numbers of card networks; no account has them.
const CARDS: [&str; 7] = [
    "4111 1111 1111 1111",
    "4242-4242-4242-4242",
    "5555555555554444",
    "４１１１１１１１１１１１１１１１",
    "four one one one one one one one one one one one one one one one",
    "forty-two forty-two forty-two forty-two forty-two forty-two forty-two forty-two",
    "四二四二四二四二四二四二四二四二",
];

/// The bytes by which each of them would be known again.
const TRACES: [&str; 12] = [
    "4111 1111",
    "41111111",
    "4242-4242",
    "42424242",
    "55555555",
    "１１１１１１",
    "one one one one",
    "forty-two forty-two",
    "四二四二",
    "739164",
    "seven three nine one",
    "七三九一",
];

/// Everything that was printed, and every file below the home, whatever is in it.
fn assert_clean(home: &Home, ended: &[Ended]) {
    let mut places: Vec<(String, Vec<u8>)> = Vec::new();
    for (number, ended) in ended.iter().enumerate() {
        places.push((format!("standard output {number}"), ended.out.clone().into_bytes()));
        places.push((format!("standard error {number}"), ended.err.clone().into_bytes()));
    }
    collect(&home.path(""), &mut places);
    assert!(places.iter().any(|(name, _)| name.ends_with("sayso.sqlite")));
    for (place, bytes) in &places {
        for trace in TRACES {
            let at = bytes.windows(trace.len()).position(|window| window == trace.as_bytes());
            let near = at.map(|at| String::from_utf8_lossy(&bytes[at.saturating_sub(200)..bytes.len().min(at + 60)]));
            assert!(near.is_none(), "`{trace}` stands in {place}: {}", near.unwrap_or_default());
        }
    }
}

pub fn collect(folder: &Path, places: &mut Vec<(String, Vec<u8>)>) {
    for entry in std::fs::read_dir(folder).unwrap().flatten() {
        let path = entry.path();
        if path.is_dir() {
            collect(&path, places);
        } else {
            places.push((path.display().to_string(), std::fs::read(&path).unwrap()));
        }
    }
}

fn converse(home: &Home, lines: &str, json: bool) -> Ended {
    let mut command = home.sayso(if json { &["chat", "--json"] } else { &["chat"] });
    let ended = crate::home::end(command.env("SAYSO_LOG", "trace"), lines);
    assert!(ended.code.is_some(), "{}", ended.err);
    ended
}

#[test]
fn a_card_number_leaves_no_trace_whenever_it_is_said() {
    let home = Home::new();
    // Not encrypted, so that every byte can be looked through.
    home.write("config/sayso/sayso.yaml", format!("{}\nstore: {{ key: none }}\n", sayso::config::EXAMPLE));
    let card = |index: usize| CARDS[index % CARDS.len()];
    let conversations = [
        // Unasked, in the place of an amount, of a payee, in a correction, at the consent, and after it.
        (0..CARDS.len()).map(|index| format!("{}\n", card(index))).collect::<String>(),
        format!("pay my electricity bill\n{}\n", card(0)),
        format!("send money to {}\n", card(1)),
        format!("Send thirty dollars to Alice with Stripe.\nno, with my card {}\n", card(2)),
        format!("Send thirty dollars to Alice with Stripe.\nyes, from {}\n", card(4)),
        format!("Send thirty dollars to Alice with Stripe.\nyes\nmy card is {}\n", card(5)),
        format!("给张伟转五十块钱\n卡号是{}\n", card(6)),
        format!("用微信交水费\n{}\n", card(3)),
    ];
    let mut ended: Vec<Ended> =
        conversations.iter().enumerate().map(|(index, lines)| converse(&home, lines, index % 2 == 0)).collect();
    ended.push(home.run(&["store", "export"]));
    ended.push(home.run(&["payments", "list"]));
    assert!(ended.iter().any(|ended| ended.out.contains("[16 digits]")), "it is shown that something was said");
    assert_clean(&home, &ended);
}

#[test]
fn a_code_leaves_no_trace_asked_or_unasked() {
    let home = Home::new();
    let flow = "# \"order a card\"\nflow: order_card\ntitle: { en: Order a card }\ntriggers:\n  en: [order a card]\n\
        slots:\n  pin:\n    type: secret\n    ask: { en: What PIN shall it have? }\n    validate:\n\
        \x20     - { check: pin.length == 6, say: { en: It needs six digits. } }\n\
        steps:\n  - collect: pin\n  - say: { en: It is ordered. }\n  - end\n";
    home.write("dialogs/order_card.yaml", flow);
    let dialogs = home.path("dialogs").display().to_string();
    let config = format!("{}\ndialogs: {dialogs}\nstore: {{ key: none }}\n", sayso::config::EXAMPLE);
    home.write("config/sayso/sayso.yaml", config);
    let checked = home.run(&["check", &dialogs]);
    assert_eq!(checked.code, Some(0), "{}{}", checked.out, checked.err);
    let mut ended = vec![
        converse(&home, "order a card\n7391\n739164\n", true),
        converse(&home, "order a card\nseven three nine one six four\n", false),
    ];
    assert!(ended.iter().all(|ended| ended.out.contains("It is ordered.")), "{}", ended[0].out);
    home.write("config/sayso/sayso.yaml", format!("{}\nstore: {{ key: none }}\n", sayso::config::EXAMPLE));
    ended.push(converse(
        &home,
        "my pin is 739164\nSend thirty dollars to Alice with Stripe.\nyes, my pin is seven three nine one\n",
        true,
    ));
    ended.push(converse(&home, "我的密码是七三九一六四\n", false));
    assert!(ended[2].out.contains("my pin is [hidden]"), "{}", ended[2].out);
    ended.push(home.run(&["store", "export"]));
    assert_clean(&home, &ended);
}

#[test]
fn a_crash_tells_people_a_sentence_and_keeps_a_report_without_secrets() {
    let folder = tempfile::tempdir().unwrap();
    let output = std::process::Command::new(std::env::current_exe().unwrap())
        .args(["scan::child_that_breaks", "--exact", "--ignored", "--nocapture", "--test-threads=1"])
        .env("SAYSO_TEST_DATA", folder.path())
        .output()
        .unwrap();
    let told = String::from_utf8_lossy(&output.stderr);
    assert!(told.contains("a mistake in Sayso, not yours") && !told.contains("panicked at"), "{told}");
    let report = std::fs::read_dir(folder.path()).unwrap().flatten().next().unwrap().path();
    let kept = std::fs::read_to_string(report).unwrap();
    assert!(
        kept.contains("it broke at [16 digits]") && kept.contains("[secret]") && kept.contains("scan.rs"),
        "{kept}"
    );
    assert!(!kept.contains("4111") && !kept.contains("sk_test_of_a_crash"), "{kept}");
}

#[test]
#[ignore = "started by the test above, in a process of its own"]
fn child_that_breaks() {
    let Some(data) = std::env::var_os("SAYSO_TEST_DATA") else { return };
    sayso::redaction::remember_secret("sk_test_of_a_crash");
    sayso::cli::crash::prepare(Some(data.into()));
    panic!("it broke at 4111 1111 1111 1111 with sk_test_of_a_crash");
}
