//! `sayso watch` and `sayso chat --watch` as they run: files are saved, and what is said about it is read.

use crate::home::{Ended, Home, Running};
use serde_json::Value;
use std::fs;
use std::time::Duration;

fn flow(name: &str, words: &str) -> String {
    format!(
        "# \"Begin {name}.\"\nflow: {name}\ntitle: {{en: ordering, zh: 点单}}
triggers: {{en: [begin {name}], zh: [开始{name}]}}
slots: {{sure: {{type: yes_no, ask: {{en: Shall it be {words}?, zh: 要吗？}}}}}}
steps:\n  - collect: sure\n  - say: {{en: \"{words} it is.\", zh: 好。}}\n"
    )
}

/// Reads lines until one tells how things stand, and gives all of them.
fn stands(watch: &mut Running) -> Vec<Value> {
    let mut lines = vec![watch.answers()];
    while lines.last().is_some_and(|line| line.get("files").is_none() && line.get("gone").is_none()) {
        lines.push(watch.answers());
    }
    lines
}

/// Reads on until things stand so.
#[track_caller]
fn until(watch: &mut Running, holds: impl Fn(&Value) -> bool) -> Vec<Value> {
    loop {
        let lines = stands(watch);
        if lines.last().is_some_and(&holds) {
            return lines;
        }
    }
}

#[test]
fn every_way_to_save_is_noticed() {
    let home = Home::new();
    home.write("mine/order.yaml", flow("order", "apples"));
    let mut watch = Running::start(&mut home.sayso(&["watch", "--dialogs", "mine", "--json"]));
    let first = stands(&mut watch);
    assert_eq!((&first[0]["files"], &first[0]["errors"]), (&1.into(), &0.into()), "{first:?}");

    // An editor that saves by renaming, and a mistake.
    let beside = home.write("mine/.order.yaml.swp", flow("order", "apples").replace("collect: sure", "collect: shure"));
    fs::rename(beside, home.path("mine/order.yaml")).unwrap();
    let wrong = until(&mut watch, |line| line["errors"] != 0);
    let error = wrong.iter().find(|line| line["severity"] == "error").unwrap();
    assert!(error["file"].as_str().unwrap().ends_with("order.yaml") && error["line"] == 7, "{wrong:?}");
    assert_eq!(error["hint"], "did you mean `sure`?");

    // Saved in place, and all is well again.
    home.write("mine/order.yaml", flow("order", "pears"));
    until(&mut watch, |line| line["errors"] == 0);

    // Several at once.
    for name in ["one", "two", "three"] {
        home.write(&format!("mine/{name}.yaml"), flow(name, name));
    }
    until(&mut watch, |line| line["files"] == 4 && line["errors"] == 0);

    fs::remove_file(home.path("mine/two.yaml")).unwrap();
    until(&mut watch, |line| line["files"] == 3);

    fs::rename(home.path("mine"), home.path("elsewhere")).unwrap();
    until(&mut watch, |line| line.get("gone").is_some());
    fs::rename(home.path("elsewhere"), home.path("mine")).unwrap();
    until(&mut watch, |line| line["files"] == 3);
    home.write("mine/three.yaml", "flow: [");
    until(&mut watch, |line| line["errors"] != 0);

    let Ended { code, err, .. } = watch.interrupt();
    assert_eq!(code, Some(0), "{err}");
}

#[test]
fn an_interrupt_while_it_tells_what_is_wrong_is_not_lost() {
    let home = Home::new();
    home.write("mine/order.yaml", flow("order", "apples"));
    let mut watch = Running::start(&mut home.sayso(&["watch", "--dialogs", "mine", "--json"]));
    stands(&mut watch);
    // So many mistakes that it can't tell them all before somebody reads them.
    for number in 0..400 {
        home.write(&format!("mine/flow{number}.yaml"), "flow: [");
    }
    std::thread::sleep(Duration::from_secs(2));
    let Ended { code, err, .. } = watch.interrupt();
    assert_eq!(code, Some(0), "{err}");
}

#[test]
fn a_conversation_keeps_the_dialogs_with_which_it_began() {
    let home = Home::new();
    home.write("mine/order.yaml", flow("order", "apples"));
    let mut chat = Running::start(&mut home.sayso(&["chat", "--dialogs", "mine", "--watch", "--json", "--lang", "en"]));
    chat.types("begin order\n");
    assert_eq!(chat.answers()["said"][0], "Shall it be apples?");
    home.write("mine/order.yaml", flow("order", "pears"));
    chat.remarks("dialogs reloaded");
    chat.types("yes\n");
    assert_eq!(chat.answers()["said"][0], "apples it is.");
    chat.types("begin order\n");
    assert_eq!(chat.answers()["said"][0], "Shall it be pears?");
    home.write("mine/order.yaml", "flow: order\nsteps: [");
    chat.remarks("dialogs not reloaded");
    chat.types("yes\nbegin order\n");
    assert_eq!(chat.answers()["said"][0], "pears it is.");
    assert_eq!(chat.answers()["said"][0], "Shall it be pears?");
}

#[test]
fn there_must_be_a_folder() {
    let home = Home::new();
    home.run(&["watch"]).refused(2, &["--dialogs DIR"]);
    home.run(&["watch", "--dialogs", "nowhere"]).refused(2, &["nowhere", "not a folder"]);
    home.run(&["chat", "--watch"]).refused(2, &["--dialogs DIR"]);
}
