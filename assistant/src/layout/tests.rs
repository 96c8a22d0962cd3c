//! What is laid out means the same, keeps its comments, and stays as it is the second time.

use super::*;
use crate::dialog::shipped;
use proptest::prelude::*;

fn laid_out(text: &str) -> String {
    lay_out(&SourceFile::new("t.yaml", text)).unwrap_or_else(|findings| panic!("{}", findings[0].render(false)))
}

#[test]
fn a_file_gets_its_form_and_keeps_every_comment() {
    let rough = "\u{feff}# Cats.\r\n\r\n\r\nflow:   donate   # its name\r\ntitle: {en: giving,   zh: '捐'}   \r\nsteps:\r\n\
- else:\r\n  - say: {zh: 乙, en: two}\r\n  # how much\r\n  then:\r\n  - say:\r\n      zh: 甲\r\n      en: 'one'\r\n  \
if: amount != ()\r\n- end\r\n\r\n# The values.\r\nslots:\r\n    amount:\r\n\r\n\r\n        ask: {en: How much?, zh: 多少？}\r\n        \
type: money # in any currency\r\n";
    let right = "# Cats.

flow: donate # its name
title: {en: giving, zh: \"捐\"}

# The values.
slots:
  amount:
    type: money # in any currency
    ask: {en: How much?, zh: 多少？}
steps:
  - if: amount != ()
    # how much
    then:
      - say:
          en: \"one\"
          zh: 甲
    else:
      - say: {zh: 乙, en: two}
  - end
";
    assert_eq!(laid_out(rough), right);
    assert_eq!(laid_out(right), right);
}

#[test]
fn a_test_file_gets_its_form_too() {
    let rough = "conversations:\n- turns:\n  - hears: hi\n    said: hello\n  lang: en\n  name: n\n";
    let right = "conversations:\n  - name: n\n    lang: en\n    turns:\n      - said: hello\n        hears: hi\n";
    assert_eq!(laid_out(rough), right);
}

#[test]
fn texts_over_several_lines_keep_every_character() {
    let text = "flow: a\ntitle: {en: a, zh: a}\nsteps:\n  - say:\n      en: |\n        two  \n         spaces\n      zh: >-\n        a\n        b\n";
    let again = laid_out(text);
    let (before, after) = (meaning::tree(text).unwrap(), meaning::tree(&again).unwrap());
    assert!(meaning::same(&before, &after), "{again}");
}

#[test]
fn a_file_that_can_t_be_read_is_refused_with_its_place() {
    let found = lay_out(&SourceFile::new("t.yaml", "flow: a\n\tb: c\n")).unwrap_err();
    assert_eq!((found[0].line, found[0].severity), (2, crate::dialog::Severity::Error));
    let twice = lay_out(&SourceFile::new("t.yaml", "flow: a\nflow: b\n")).unwrap_err();
    assert!(twice[0].message.contains("twice"), "{}", twice[0].message);
}

/// The dialogs and conversation tests of this project.
fn files() -> Vec<SourceFile> {
    let mut files = dialogs();
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../tests/conversations");
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_some_and(|ending| ending == "yaml") {
            files.push(SourceFile::new(path.display().to_string(), std::fs::read_to_string(&path).unwrap()));
        }
    }
    files
}

fn dialogs() -> Vec<SourceFile> {
    shipped().into_iter().filter(|file| file.ending() == "yaml").collect()
}

#[test]
fn the_shipped_dialogs_have_their_form() {
    for file in dialogs() {
        let right = lay_out(&file).unwrap_or_else(|findings| panic!("{}", findings[0].render(false)));
        assert!(right == file.text, "{} is not laid out: run `sayso fmt dialogs`", file.name);
    }
}

/// A file with lines doubled, dropped, indented otherwise, or with characters put in.
fn damaged(text: &str, damages: &[(usize, usize, usize)]) -> String {
    let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
    let marks = [" ", "#", "- ", ": ", "'", "\"", "  # c", "{", "\t", "，"];
    for (kind, line, column) in damages {
        let at = line % lines.len().max(1);
        let Some(line) = lines.get(at).cloned() else { continue };
        let begin: String = line.chars().take(column % (line.chars().count() + 1)).collect();
        let rest: String = line.chars().skip(begin.chars().count()).collect();
        match kind % 5 {
            0 => lines.insert(at, line),
            1 => drop(lines.remove(at)),
            2 => lines[at] = format!("  {line}"),
            3 => lines[at] = format!("{line}  "),
            _ => lines[at] = format!("{begin}{}{rest}", marks[kind % marks.len()]),
        }
    }
    lines.join("\n")
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// Whatever is laid out means the same, has the same comments, and is left alone the second time.
    #[test]
    fn laying_out_changes_the_form_alone(
        which in 0..100usize, damages in prop::collection::vec((0..1000usize, 0..1000usize, 0..80usize), 0..6),
    ) {
        let files = files();
        let file = &files[which % files.len()];
        let text = damaged(&file.text, &damages);
        if let Ok(right) = lay_out(&SourceFile::new("t.yaml", text.clone())) {
            let (before, after) = (meaning::tree(&text).unwrap(), meaning::tree(&right).unwrap());
            prop_assert!(meaning::same(&before, &after));
            prop_assert_eq!(meaning::comments(&text), meaning::comments(&right));
            prop_assert_eq!(lay_out(&SourceFile::new("t.yaml", right.clone())).unwrap(), right);
        }
    }
}
