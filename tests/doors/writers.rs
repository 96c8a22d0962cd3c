//! The commands for those who write dialogs: `test`, with its exit codes and its JSON.

use crate::home::{Home, keys, set};

const TEST: &str = "# My tests.
conversations:
  - name: a bill
    lang: en
    turns:
      - said: pay the internet bill, sixty dollars, with PayPal
        awaiting: amount   # is it?
      - said: \"yes\"
    paid: 60.00 USD to internet with paypal
";

#[test]
fn a_test_that_fails_is_1_and_shows_both_sides() {
    let home = Home::new();
    let path = home.write("tests/mine.yaml", TEST);
    let ended = home.run(&["test", &path]);
    assert_eq!(ended.code, Some(1), "{}", ended.err);
    for shown in ["mine.yaml:7:19: awaiting, turn 1", "amount ", "| consent", "> pay the internet bill", "1 failed"] {
        assert!(ended.out.contains(shown), "`{shown}` is not shown:\n{}", ended.out);
    }
    assert!(!ended.out.contains("> yes"), "the transcript goes on:\n{}", ended.out);
}

#[test]
fn update_rewrites_the_file_and_the_test_passes() {
    let home = Home::new();
    let path = home.write("tests/mine.yaml", TEST);
    let ended = home.run(&["test", &path, "--update"]);
    assert_eq!(ended.code, Some(0), "{}{}", ended.out, ended.err);
    assert!(ended.out.contains("1 expectations rewritten"), "{}", ended.out);
    let text = std::fs::read_to_string(&path).unwrap();
    assert_eq!(text, TEST.replace("awaiting: amount", "awaiting: consent"));
    assert_eq!(home.run(&["test", &path]).code, Some(0));
}

#[test]
fn tests_as_json_and_their_coverage() {
    let home = Home::new();
    let path = home.write("tests/mine.yaml", TEST);
    let ended = home.run(&["test", &path, "--coverage", "--json"]);
    assert_eq!(ended.code, Some(1), "{}", ended.err);
    let lines = ended.json();
    assert_eq!(keys(&lines[0]), set(&["file", "line", "name", "lang", "passed", "differences", "transcript"]));
    let difference = &lines[0]["differences"][0];
    assert_eq!(keys(difference), set(&["turn", "line", "column", "what", "expected", "actual"]));
    let flow = lines.iter().find(|line| line["coverage"]["flow"] == "pay_bill").unwrap();
    assert_eq!(flow["coverage"]["outcomes"]["reached"], 1);
    assert_eq!(flow["coverage"]["outcomes"]["total"], 5);
    let last = lines.last().unwrap();
    assert_eq!((&last["conversations"], &last["failed"]), (&1.into(), &1.into()));
}

#[test]
fn a_test_file_that_is_broken_is_2_with_its_place() {
    let home = Home::new();
    let path = home.write("tests/mine.yaml", TEST.replace("awaiting", "awaitin"));
    home.run(&["test", &path]).refused(2, &["mine.yaml:7:9", "no `awaitin:`", "did you mean `awaiting`?"]);
    home.run(&["test", "nowhere.yaml"]).refused(2, &["nowhere.yaml", "can't be read"]);
    home.run(&["test"]).refused(2, &["sayso test PATH"]);
    let path = home.write("tests/mine.yaml", TEST);
    home.run(&["test", &path, "--filter", "cats"]).refused(2, &["`cats`"]);
}

#[test]
fn tests_beside_dialogs_of_ones_own_are_found() {
    let home = Home::new();
    let flow = "flow: hi\ntitle: {en: saying hi, zh: 打招呼}\ntriggers: {en: [ahoy], zh: [啊嗨]}
steps:\n  - say: {en: Ahoy sailor., zh: 水手好。}\n";
    home.write("mine/hi.yaml", flow);
    let conversation = "conversations: [{name: hi, lang: en, turns: [{said: ahoy, hears: sailor}]}]\n";
    home.write("mine/tests/hi.yaml", conversation);
    let ended = home.run(&["test", "--dialogs", "mine"]);
    assert_eq!(ended.code, Some(0), "{}{}", ended.out, ended.err);
    assert!(ended.out.contains("1 files, 1 conversations, 0 failed"), "{}", ended.out);
}
