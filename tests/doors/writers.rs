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
    assert_eq!(flow["coverage"]["outcomes"]["total"], 6, "those of paying, and being put down for later");
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

#[test]
fn fmt_changes_the_form_and_check_only_tells() {
    let home = Home::new();
    let rough = "# Hi.\nflow:   hi\nsteps:\n- say: {en: 'Ahoy',   zh: 你好}\ntitle: {en: hi, zh: 好}\n";
    let path = home.write("mine/hi.yaml", rough);
    home.write("mine/tests/a.yaml", "conversations: [{name: hi, lang: en, turns: [{said: ahoy}]}]\n");
    let checked = home.run(&["fmt", "--check", "mine"]);
    assert_eq!(checked.code, Some(1), "{}", checked.err);
    assert!(checked.out.contains("would change mine/hi.yaml") && !checked.out.contains("a.yaml"), "{}", checked.out);
    assert_eq!(std::fs::read_to_string(&path).unwrap(), rough, "--check changes nothing");
    let changed = home.run(&["fmt", "mine", "--json"]);
    assert_eq!(changed.code, Some(0), "{}", changed.err);
    assert_eq!(changed.json().last().unwrap()["changed"], 1);
    let right = "# Hi.\nflow: hi\ntitle: {en: hi, zh: 好}\nsteps:\n  - say: {en: \"Ahoy\", zh: 你好}\n";
    assert_eq!(std::fs::read_to_string(&path).unwrap(), right);
    assert_eq!(home.run(&["fmt", "--check", "mine"]).code, Some(0));
}

#[test]
fn fmt_leaves_what_it_can_t_read_and_says_where() {
    let home = Home::new();
    let path = home.write("mine/hi.yaml", "flow: hi\n\tsteps: []\n");
    let ended = home.run(&["fmt", "mine"]);
    assert_eq!(ended.code, Some(1), "{}", ended.out);
    assert!(ended.err.contains("hi.yaml:2") && ended.err.contains("tab"), "{}", ended.err);
    assert_eq!(std::fs::read_to_string(path).unwrap(), "flow: hi\n\tsteps: []\n");
    home.run(&["fmt"]).refused(2, &["sayso fmt PATH"]);
    home.run(&["fmt", "nowhere"]).refused(2, &["nowhere"]);
}

#[test]
fn a_flow_becomes_a_picture() {
    let home = Home::new();
    let ended = home.run(&["graph", "pay_bill", "--out", "p.svg", "--json"]);
    assert_eq!(ended.code, Some(0), "{}", ended.err);
    assert_eq!(ended.json()[0]["out"], "p.svg");
    let svg = std::fs::read_to_string(home.path("p.svg")).unwrap();
    assert!(svg.starts_with("<svg ") && svg.contains("prefers-color-scheme:dark"), "{svg}");
    let chinese = home.run(&["graph", "pay_bill", "--lang", "zh"]);
    assert!(chinese.out.starts_with("<svg ") && chinese.out.contains("付款"), "{}", chinese.out);
    home.run(&["graph", "pay_bil"]).refused(2, &["no flow `pay_bil`", "did you mean `pay_bill`?"]);
}
