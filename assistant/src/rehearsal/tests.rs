//! Test files that are wrong, expectations that are rewritten, stand-ins, and the schema.

use super::stage::{Learnt, Wrong};
use super::*;
use crate::dialog::{Dialogs, Finding, Probe, SourceFile, shipped};
use proptest::prelude::*;

fn findings(text: &str) -> Vec<Finding> {
    read(&SourceFile::new("t.yaml", text)).err().unwrap_or_default()
}

/// Holds every conversation; gives all differences and the coverage.
fn hold(text: &str) -> (Vec<Difference>, Vec<FlowCoverage>) {
    let dialogs = Dialogs::load(&shipped()).unwrap().dialogs;
    let source = SourceFile::new("t.yaml", text);
    let file = read(&source).unwrap();
    let stage = Stage::set(&dialogs, &Setting::example(), &file, &source, &mut Learnt::default()).unwrap();
    let mut probe = Probe::new();
    let all = file.conversations.iter().flat_map(|c| stage.hold(&file, c, &mut probe).differences).collect();
    (all, coverage(&dialogs, &probe))
}

const WRONG: &str = "# Mine.
household:
  payees: [{id: cats, kind: biller, names: {en: Cat Shelter, zh: 猫舍}}]
  bills: [{payee: cats, amount: 12.00 USD, due_day: 28}]
scripts:
  pay_bill: {bill_of: {due: 99.00 USD, due_on: 2026-12-01}}
conversations:
  - name: give   # first
    lang: en
    turns:
      - said: pay the cat shelter
        understood: {intent: bill_due, entities: [payee dogs]}
        awaiting: 'provider'  # why?
        slots: {due: 98.00 USD, provider: none}
        hears:
          - \"$98.00\"
          # keep me
          - How much
      - {said: twelve dollars, later: 2 minutes, awaiting: provider}
      - said: with PayPal
      - said: \"yes\"
        outcome: declined insufficient_funds
        hears: enough money
        never: Done
  - name: 猫
    lang: zh
    turns: [{said: 猫舍要交多少, hears: [\"88\"]}]
    paid:
    - 1.00 USD to cats with stripe
";

#[test]
fn what_is_wrong_is_found_and_rewritten_and_nothing_else_changes() {
    let (found, _) = hold(WRONG);
    let what: Vec<&str> = found.iter().map(|difference| difference.what.as_str()).collect();
    let wanted = "understood.intent understood.entities awaiting slots.due hears paid hears paid";
    assert_eq!(what.join(" "), wanted);
    let updated = update(WRONG, &found.iter().collect::<Vec<_>>());
    assert_eq!((updated.rewritten, updated.left), (8, 0));
    let right = WRONG
        .replace("bill_due, entities: [payee dogs]", "pay_bill, entities: [payee cats]")
        .replace("'provider'", "'amount'")
        .replace("due: 98.00", "due: 99.00")
        .replace("\"$98.00\"", "\"Your Cat Shelter bill is $99.00, due Tuesday, December 1.\"")
        .replace("never: Done\n", "never: Done\n    paid: [12.00 USD to cats with paypal]\n")
        .replace("\"88\"", "\"您的猫舍账单是US$12.00，11月28日星期六到期。\"")
        .replace("- 1.00 USD to cats with stripe", "  []");
    assert_eq!(updated.text, right);
    assert!(hold(&right).0.is_empty());
}

#[test]
fn what_must_not_be_heard_is_left_to_a_person() {
    let text = "conversations:\n  - {name: n, lang: en, turns: [{said: hello, never: [What]}]}\n";
    let (found, _) = hold(text);
    let updated = update(text, &found.iter().collect::<Vec<_>>());
    assert_eq!((updated.rewritten, updated.left, updated.text.as_str()), (0, 1, text));
}

#[test]
fn coverage_names_what_no_conversation_did() {
    let (_, flows) = hold(WRONG);
    let flow = flows.iter().find(|flow| flow.flow == "pay_bill").unwrap();
    assert_eq!((flow.outcomes.reached, flow.outcomes.total), (1, 6));
    let missed = |what: &str| flow.missed.iter().any(|missed| missed.what == what && missed.line > 1);
    assert!(missed("pay: succeeded") && !missed("pay: declined"));
    let other = flows.iter().find(|flow| flow.flow == "send_money").unwrap();
    assert_eq!(other.steps.reached, 0);
    assert!(report::coverage(&flows).contains("dialogs/send_money.yaml:"));
}

#[test]
fn the_clock_is_the_files_own() {
    let text = "now: 2026-11-25 09:00
conversations:
  - name: a consent grows old
    lang: en
    turns:
      - said: Pay the internet bill, sixty dollars, with PayPal.
        awaiting: consent
      - {said: \"yes\", later: 1 day, awaiting: consent, paid: none, hears: took a while}
      - {said: \"yes\", after: 2, paid: 60.00 USD to internet with paypal}
    paid: 60.00 USD to internet with paypal
";
    let (found, _) = hold(text);
    assert!(found.is_empty(), "{found:?}");
}

#[test]
fn a_script_can_be_made_to_fail() {
    let text = "scripts: {bill_due: {look_up: fails}}
conversations:
  - {name: n, lang: en, turns: [{said: what is my water bill, hears: something went wrong, flow: none}]}
";
    let (found, _) = hold(text);
    assert!(found.is_empty(), "{found:?}");
}

#[test]
fn a_broken_file_says_where_and_how_to_mend_it() {
    let turn = |turn: &str| format!("conversations:\n  - name: n\n    lang: en\n    turns:\n      - {turn}\n");
    for (text, line, column, message, hint) in [
        (turn("{siad: hello}"), 5, 10, "a turn has no `siad:`", "did you mean `said`?"),
        (turn("{outcome: declyned}"), 5, 19, "no outcome `declyned`", "did you mean `declined`?"),
        (turn("{outcome: declined for_fun}"), 5, 19, "for `for_fun`", "use one of"),
        (turn("{later: 3 moons}"), 5, 17, "`3 moons` is not a length of time", "3 minutes"),
        ("conversations:\n  - name: n\n    turns: []\n".to_owned(), 2, 5, "a conversation needs `lang:`", "en or zh"),
        ("now: soon\nconversations: []\n".to_owned(), 1, 1, "no conversation here", "- name:"),
        ("conversations:\n\t- x\n".to_owned(), 2, 1, "there is a tab", "spaces"),
    ] {
        let found = findings(&text);
        let first = found.first().unwrap_or_else(|| panic!("nothing found in {text}"));
        let place = (first.line, first.column);
        assert_eq!(place, (line, column), "{}", first.render(false));
        assert!(first.message.contains(message), "{}", first.render(false));
        assert!(first.hint.as_deref().unwrap_or_default().contains(hint), "{}", first.render(false));
    }
}

#[test]
fn a_stand_in_for_what_is_not_there_is_found() {
    let dialogs = Dialogs::load(&shipped()).unwrap().dialogs;
    for (scripts, message) in [
        ("{pay_bil: {bill_of: fails}}", "no flow `pay_bil`"),
        ("{pay_bill: {bil_of: fails}}", "no function `bil_of`"),
        ("{pay_bill: {bill_of: {dew: 1.00 USD}}}", "no slot `dew`"),
        ("{pay_bill: {bill_of: {due: much}}}", "`much` is no value for `due`"),
    ] {
        let conversation = "conversations: [{name: n, lang: en, turns: [{said: hello}]}]";
        let source = SourceFile::new("t.yaml", format!("scripts: {scripts}\n{conversation}\n"));
        let file = read(&source).unwrap();
        let stage = Stage::set(&dialogs, &Setting::example(), &file, &source, &mut Learnt::default());
        let Err(Wrong::File(found)) = stage else { panic!("{scripts} is taken") };
        assert!(found[0].message.contains(message) && found[0].line == 1, "{}", found[0].render(false));
    }
}

#[test]
fn the_schema_in_the_folder_is_fresh() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../dialogs/tests.schema.json");
    let fresh = format!("{}\n", serde_json::to_string_pretty(&schema::schema()).unwrap());
    if std::env::var_os("SAYSO_UPDATE").is_some() {
        std::fs::write(path, &fresh).unwrap();
    }
    let there = std::fs::read_to_string(path).unwrap_or_default();
    assert!(there == fresh, "dialogs/tests.schema.json is not fresh: run the tests once with SAYSO_UPDATE=1");
}

proptest! {
    /// Whatever was said, it can be written as an expectation, and is read back as it was.
    #[test]
    fn a_rewritten_text_is_read_as_it_was_meant(
        words in "[ -~\u{4e00}-\u{4e80}]{0,20}[!-~\u{4e00}-\u{4e80}]", style in 0..4usize,
    ) {
        let words = words.trim();
        let old = ["a", "\"a\"", "'a'", "[b, a]"][style];
        let text = format!("conversations:\n  - name: n\n    lang: en\n    turns:\n      - hears: {old} # c\n");
        let file = read(&SourceFile::new("t.yaml", text.clone())).unwrap();
        let expected = file.conversations[0].turns[0].expected.last().unwrap();
        let repair = Some(Repair::Replace(expected.value.place, words.to_owned()));
        let (what, wrong) = ("hears".to_owned(), String::new());
        let place = expected.value.place;
        let difference =
            Difference { turn: Some(1), line: place.line, column: place.column, what, expected: wrong.clone(), actual: wrong, repair };
        let updated = update(&text, &[&difference]);
        let file = read(&SourceFile::new("t.yaml", updated.text.clone())).unwrap();
        let again = file.conversations[0].turns[0].expected.last().unwrap();
        prop_assert_eq!(&again.value.value, words);
        prop_assert!(updated.text.ends_with(" # c\n"));
    }
}
