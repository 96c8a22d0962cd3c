//! What is wrong in a file is found where it stands, and said so that it can be mended.

use crate::dialog::{Dialogs, Finding, Severity, SourceFile, shipped};

/// A flow file in which everything is right; tests break one thing each.
pub(super) const GOOD: &str = r#"# "Pay somebody."
flow: pay_somebody
title:
  en: paying
  zh: 付款
triggers:
  en: ["pay {payee} {amount}"]
  zh: ["付给{payee}{amount}"]
slots:
  payee:
    type: payee
    ask: {en: "Whom?", zh: "给谁？"}
  amount:
    type: money
    ask: {en: "How much?", zh: "多少？"}
    validate:
      - check: amount.minor < 100000
        say: {en: "{amount} is too much.", zh: "{amount}太多了。"}
  provider:
    type: provider
    ask: {en: "With what?", zh: "用什么？"}
steps:
  - collect: payee
  - collect: amount
  - collect: provider
  - pay:
      payee: payee
      amount: amount
      provider: provider
      succeeded:
        - say: {en: "Paid {amount}.", zh: "付了{amount}。"}
      declined:
        - say: {en: "No: {reason}.", zh: "不行：{reason}。"}
      pending:
        - say: {en: "Wait.", zh: "等等。"}
      action_required:
        - say: {en: "{next_step}", zh: "{next_step}"}
      unknown:
        - say: {en: "I don't know.", zh: "我不知道。"}
"#;

pub(super) fn findings(files: &[SourceFile]) -> Vec<Finding> {
    match Dialogs::load(files) {
        Ok(loaded) => loaded.warnings,
        Err(findings) => findings,
    }
}

fn load(text: &str) -> Vec<Finding> {
    findings(&[SourceFile::new("f.yaml", text)])
}

/// Breaks the good file by one replacement; the finding must be at `line`, and speak of `part`; its hint of `hint`.
#[track_caller]
fn broken(from: &str, to: &str, severity: Severity, line: usize, part: &str, hint: &str) {
    assert!(GOOD.contains(from), "{from}");
    let text = GOOD.replacen(from, to, 1);
    let found = load(&text);
    let all: Vec<String> = found.iter().map(|finding| finding.render(false)).collect();
    let fits = |f: &Finding| {
        f.severity == severity
            && f.line == line
            && f.message.contains(part)
            && f.hint.as_deref().unwrap_or_default().contains(hint)
    };
    assert!(found.iter().any(fits), "{part:?} in line {line} with {hint:?} is not in:\n{}", all.join("\n"));
    assert_eq!(Dialogs::load(&[SourceFile::new("f.yaml", text)]).is_err(), severity == Severity::Error);
}

#[test]
fn the_good_file_and_the_shipped_ones_are_good() {
    assert_eq!(load(GOOD), Vec::new());
    assert_eq!(findings(&shipped()), Vec::new());
}

#[test]
fn the_flow_in_the_readme_is_good() {
    let readme = include_str!("../../../../dialogs/README.md");
    let flow = readme.split("```yaml\n").nth(1).and_then(|rest| rest.split("```").next()).unwrap();
    assert_eq!(load(flow), Vec::new());
}

#[test]
fn the_readme_explains_every_step_and_type() {
    let readme = include_str!("../../../../dialogs/README.md");
    for step in crate::dialog::format::keys::STEPS {
        assert!(readme.contains(&format!("`- {}", step.key.name)), "{}", step.key.name);
    }
    for kind in crate::dialog::format::keys::SLOT_TYPES {
        assert!(readme.contains(&format!("| `{kind}`")), "{kind}");
    }
}

#[test]
fn the_readme_explains_every_moment_verb_and_fact() {
    use crate::dialog::moments::{FACTS, MOMENT_WORDS, VERB_WORDS};
    let readme = include_str!("../../../../dialogs/README.md");
    for word in MOMENT_WORDS.iter().chain(VERB_WORDS).copied().chain(FACTS.iter().map(|fact| fact.name)) {
        assert!(readme.contains(&format!("`{word}`")) || readme.contains(&format!("`{{{word}}}`")), "{word}");
    }
}

#[test]
fn the_shipped_folder_is_shipped_whole() {
    let names = |folder: &str| -> Vec<String> {
        let entries = std::fs::read_dir(format!("{}/../{folder}", env!("CARGO_MANIFEST_DIR"))).unwrap();
        let names = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap());
        // How names are said is no dialog: the voice reads it.
        let names = names.filter(|name| name != "lexicon.yaml");
        let names =
            names.filter(|name| name.ends_with(".yaml") || (name.ends_with(".rhai") && !name.ends_with(".d.rhai")));
        names.map(|name| format!("{folder}/{name}")).collect()
    };
    let mut there = names("dialogs");
    there.extend(names("dialogs/repair"));
    there.sort();
    let shipped: Vec<String> = shipped().into_iter().map(|file| file.name).collect();
    assert_eq!(there, shipped);
}

#[test]
fn the_definitions_for_editors_are_no_script() {
    let mut files = shipped();
    files.push(SourceFile::new(
        "dialogs/host_functions.d.rhai",
        include_str!("../../../../dialogs/host_functions.d.rhai"),
    ));
    assert_eq!(Dialogs::load(&files).unwrap().warnings, []);
}

#[test]
fn every_phrase_is_shipped() {
    let text = crate::dialog::source::shipped_phrases().text;
    for phrase in crate::dialog::phrases::PHRASES {
        let key = format!("  {}:\n", phrase.name);
        let quoted = format!("  \"{}\":\n", phrase.name);
        assert!(text.contains(&key) || text.contains(&quoted), "{} ({})", phrase.name, phrase.about);
    }
}

#[test]
fn wrong_words_are_named_with_the_right_ones() {
    use Severity::Error;
    broken("slots:", "slot:", Error, 9, "no `slot:`", "did you mean `slots`?");
    broken("    ask: {en: \"Whom?\"", "    aks: {en: \"Whom?\"", Error, 12, "no `aks:`", "did you mean `ask`?");
    broken("type: money", "type: mony", Error, 14, "`mony` is not a type of slot", "did you mean `money`?");
    broken("- collect: amount", "- colect: amount", Error, 24, "no step `colect`", "did you mean `collect`?");
    broken("- collect: amount", "- collect: amont", Error, 24, "no slot `amont`", "did you mean `amount`?");
    broken("amount.minor <", "amont.minor <", Error, 17, "no slot `amont`", "did you mean `amount`?");
    broken("\"Paid {amount}.\"", "\"Paid {amuont}.\"", Error, 31, "`{amuont}`", "did you mean `amount`?");
    broken("pay {payee} {amount}", "pay {paye} {amount}", Error, 7, "no slot `paye`", "did you mean `payee`?");
    broken("  zh: 付款", "  cn: 付款", Error, 5, "`cn` is not a language", "en, zh");
    broken("      amount: amount", "      amount: payee", Error, 28, "type payee, and money is needed", "amount");
    broken("- collect: payee", "- call: pay_somebody_els", Error, 23, "no flow `pay_somebody_els`", "did you mean");
}

#[test]
fn a_payment_handles_every_outcome() {
    for (outcome, text) in [
        ("pending", "      pending:\n        - say: {en: \"Wait.\", zh: \"等等。\"}\n"),
        ("unknown", "      unknown:\n        - say: {en: \"I don't know.\", zh: \"我不知道。\"}\n"),
    ] {
        broken(text, "", Severity::Error, 26, &format!("needs `{outcome}:`"), "What to do");
    }
    broken(
        "\n        - say: {en: \"Wait.\", zh: \"等等。\"}",
        " []",
        Severity::Error,
        34,
        "nothing is said",
        "without an answer",
    );
}

#[test]
fn money_is_reached_by_consent_only() {
    use Severity::Error;
    broken(
        "      payee: payee\n",
        "      payee: payee\n      confirm: no\n",
        Error,
        28,
        "without saying yes",
        "always read",
    );
    broken("  - pay:\n", "  - transfer:\n", Error, 26, "money moves only by `pay:`", "reads the payment back");
    broken("  - collect: amount\n", "", Error, 25, "`amount` has no value yet when this is paid", "- collect: amount");
    let optional = "    type: money\n    optional: true\n";
    broken("    type: money\n", optional, Error, 27, "`amount` may have no value yet", "- collect: amount");
    let guarded = "  - if: payee == \"x\"\n    then:\n      - collect: amount\n";
    broken("  - collect: amount\n", guarded, Error, 28, "`amount` may have no value yet", "every way");
}

#[test]
fn what_is_said_has_a_value() {
    use Severity::{Error, Warning};
    let early = "  - say: {en: \"{amount}\", zh: \"{amount}\"}\n  - collect: payee\n";
    broken("  - collect: payee\n", early, Error, 23, "`amount` has no value yet", "- collect: amount");
    let branch = "  - if: payee != \"x\"\n    then:\n      - collect: amount\n  - say: {en: \"{amount}\", zh: \"{amount}\"}\n  - collect: amount\n";
    broken("  - collect: amount\n", branch, Warning, 27, "`amount` may have no value here", "if: amount != ()");
    broken("\"Wait.\"", "\"{reason}\"", Error, 35, "`{reason}`", "below `declined:` only");
}

#[test]
fn what_is_never_done_is_found() {
    use Severity::Error;
    broken("  - collect: payee\n", "  - collect: payee\n  - end\n", Error, 25, "can never be reached", "after `end`");
    broken("  - collect: payee\n", "  - call: pay_somebody\n  - collect: payee\n", Error, 23, "calls itself", "link");
    broken(
        "  - collect: payee\n",
        "  - link: pay_somebody\n  - collect: payee\n",
        Error,
        23,
        "round for ever",
        "collect",
    );
}

#[test]
fn expressions_are_checked() {
    use Severity::Error;
    broken("amount.minor < 100000", "amount < 1000", Error, 17, "can't be computed", "money(");
    broken("amount.minor < 100000", "amount", Error, 17, "true or false", "compare");
    broken("amount.minor < 100000", "amount.minor <", Error, 17, "can't be read", "");
    let set = "  - set: {amount: '1 + 1'}\n  - collect: payee\n";
    broken("  - collect: payee\n", set, Error, 23, "type money, and this is a number", "money(");
    let call = "  - set: {amount: 'charge(amount)'}\n  - collect: payee\n";
    broken("  - collect: payee\n", call, Error, 23, "charge", "");
    let script = "  - script: look\n    sets: [amount]\n  - collect: payee\n";
    broken("  - collect: payee\n", script, Error, 23, "no script `f.rhai`", "fn look(slots, world)");
}

#[test]
fn missing_translations_are_warnings() {
    use Severity::Warning;
    broken(", zh: \"给谁？\"", "", Warning, 12, "missing in `zh`", "add a line `zh:`");
    broken("  zh: [\"付给{payee}{amount}\"]\n", "", Warning, 2, "nobody can ask for this flow in `zh`", "examples");
    broken("# \"Pay somebody.\"\n", "", Warning, 1, "does not open with an example", "sentence");
}

#[test]
fn accidents_of_yaml_have_messages_of_their_own() {
    use Severity::Error;
    broken("  - collect: amount", "\t- collect: amount", Error, 24, "tab", "spaces");
    broken("  en: paying", "  en： paying", Error, 4, "full-width colon", "write `:`");
    broken("ask: {en: \"Whom?\", zh: \"给谁？\"}", "ask: Whom?", Error, 12, "in which language", "en: Whom?");
    broken("en: paying", "en: paying: now", Error, 4, "has a colon in it", "double quotes");
    broken("  payee:\n", "  amount:\n    type: money\n  payee:\n", Error, 15, "written twice", "line 10");
    broken("en: paying", "en: \"paying", Error, 4, "quote is opened", "end the text");
    broken("en: paying", "en: {amount", Error, 4, "bracket", "double quotes");
    broken("en: paying", "en: &a paying", Error, 4, "anchors", "");
    broken("type: money\n", "type: money\n    optional: yes\n", Error, 15, "`true` or `false`", "write true");
    broken("en: \"Paid {amount}.\"", "en: \"Paid {amount.\"", Error, 31, "`{` without a `}`", "{slot}");
    broken("- collect: amount", "- collect", Error, 24, "not finished", "collect:");
}

#[test]
fn texts_may_look_like_other_things() {
    let text = GOOD.replace("en: \"Wait.\", zh: \"等等。\"", "en: no, zh: 0123").replace("en: paying", "en: 12:30");
    let found: Vec<_> = load(&text).iter().map(|f| (f.code, f.line)).collect();
    assert_eq!(found, [("yaml-looks-like", 4), ("yaml-looks-like", 35), ("yaml-looks-like", 35)]);
}

#[test]
fn two_flows_are_told_apart() {
    let again = SourceFile::new("g.yaml", GOOD);
    let found = findings(&[SourceFile::new("f.yaml", GOOD), again]);
    assert!(found.iter().any(|f| f.file == "g.yaml" && f.message.contains("another flow `pay_somebody` in f.yaml")));
    let renamed = GOOD.replace("flow: pay_somebody", "flow: other");
    let found = findings(&[SourceFile::new("f.yaml", GOOD), SourceFile::new("g.yaml", renamed)]);
    assert!(
        found.iter().any(|f| f.severity == Severity::Warning && f.message.contains("starts this flow, and the flow"))
    );
}

#[test]
fn scripts_without_a_flow_and_broken_ones_are_found() {
    let orphan = findings(&[SourceFile::new("f.yaml", GOOD), SourceFile::new("x.rhai", "fn f(a, b) { }")]);
    assert!(orphan.iter().any(|f| f.file == "x.rhai" && f.severity == Severity::Warning));
    let broken =
        findings(&[SourceFile::new("f.yaml", GOOD), SourceFile::new("f.rhai", "fn f(a, b) {\n  let x = ;\n}")]);
    assert!(broken.iter().any(|f| f.file == "f.rhai" && f.line == 2 && f.severity == Severity::Error));
}

#[test]
fn phrases_can_be_reworded_but_not_invented() {
    let phrases = |text: &str| findings(&[SourceFile::new("f.yaml", GOOD), SourceFile::new("my.yaml", text)]);
    assert_eq!(phrases("phrases:\n  busy:\n    en: Hang on.\n    zh: 稍等。\n"), Vec::new());
    let unknown = phrases("phrases:\n  bussy:\n    en: Hang on.\n");
    assert!(unknown.iter().any(|f| f.hint.as_deref() == Some("did you mean `busy`?")));
    let hole = phrases("phrases:\n  busy:\n    en: \"{amount} is gone\"\n    zh: x\n");
    assert!(hole.iter().any(|f| f.severity == Severity::Error && f.message.contains("{amount}")));
}

#[test]
fn findings_show_the_line_and_can_be_printed_as_json() {
    let found = load(&GOOD.replace("type: money", "type: mony"));
    assert_eq!(found.len(), 1, "one mistake, one finding: {found:?}");
    let shown = found[0].render(false);
    for part in [
        "error[unknown-word]: `mony` is not a type of slot",
        "f.yaml:14:11",
        "type: mony",
        "^^^^",
        "did you mean `money`?",
    ] {
        assert!(shown.contains(part), "{part} is not in\n{shown}");
    }
    let json = serde_json::to_value(&found[0]).unwrap();
    assert_eq!(
        (json["severity"].as_str(), json["line"].as_u64(), json["column"].as_u64()),
        (Some("error"), Some(14), Some(11))
    );
    assert_eq!(json["code"], "unknown-word");
    assert_eq!((json["end_line"].as_u64(), json["end_column"].as_u64()), (Some(14), Some(15)));
}

/// Every finding stands in its file, and what it underlines in its line.
fn places_are_valid(text: &str) {
    for finding in load(text) {
        let lines: Vec<&str> = crate::dialog::place::lines(text).collect();
        assert!(finding.line <= lines.len().max(1), "{finding:?}");
        assert_eq!(finding.snippet, lines.get(finding.line - 1).copied().unwrap_or_default());
        let columns = finding.snippet.chars().count().max(1);
        assert!(finding.column >= 1 && finding.column <= columns && finding.end_column <= columns + 1, "{finding:?}");
        assert!(finding.column < finding.end_column && finding.end_line == finding.line, "{finding:?}");
        let _ = finding.render(false);
    }
}

proptest::proptest! {
    #[test]
    fn no_text_makes_the_loader_panic(text in "\\PC{0,200}") {
        places_are_valid(&text);
    }

    #[test]
    fn no_damage_makes_the_loader_panic(at in 0..1_200_usize, cut in 0..30_usize, put in "[ \\t\\n:{}\\[\\]\"'#&*!|>%@,a-z0-9-]{0,6}") {
        let chars: Vec<char> = GOOD.chars().collect();
        let at = at.min(chars.len());
        let text: String = chars[..at].iter().copied().chain(put.chars()).chain(chars[(at + cut).min(chars.len())..].iter().copied()).collect();
        places_are_valid(&text);
    }

    #[test]
    fn no_words_in_other_places_make_the_loader_panic(file in 0..100_usize, moves in proptest::collection::vec((0..2_000_usize, 0..2_000_usize, 0..3_u8), 1..6)) {
        let files: Vec<SourceFile> = shipped().into_iter().filter(|file| file.ending() == "yaml").collect();
        let mut words: Vec<String> = files[file % files.len()].text.split_inclusive([' ', '\n']).map(str::to_owned).collect();
        for (from, to, kind) in moves {
            let (from, to) = (from % words.len(), to % words.len());
            match kind {
                0 => words.swap(from, to),
                1 => words[to] = words[from].clone(),
                _ => drop(words.remove(to)),
            }
        }
        places_are_valid(&words.concat());
    }
}
