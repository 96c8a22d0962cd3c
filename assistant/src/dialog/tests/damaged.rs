//! The shipped dialogs with damage done to them: lines lost, doubled, moved and indented, characters replaced by those that
//! editors and keyboards put in. Nothing panics, every finding has its place, and what loads all the same pays as ever.

use super::consent_proof::{Turn, lead, turn};
use crate::dialog::{Dialogs, Finding, SourceFile, shipped};
use crate::lang::Lang;
use proptest::prelude::*;
use proptest::strategy::ValueTree as _;
use proptest::test_runner::TestRunner;

/// Characters that come from full-width keyboards, word processors, terminals and wrong encodings.
const ODD: &[char] = &[
    '：', '，', '“', '”', '’', '－', '　', '［', '］', '｛', '｝', '＃', '＆', '１', '\u{a0}', '\u{200b}', '\u{feff}',
    '\u{202e}', '\u{2028}', '\t', '\r', '\0', '\u{1b}', '\u{7f}', '\u{85}', '\u{fffd}', '😀', 'e', '0', ':', '-', '#',
    '"', '\'', '{', '}', '[', ']', '&', '*', '!', '|', '>', '%', '@', '`', ',', '?', '\n', ' ',
];

/// One thing that goes wrong in one file.
#[derive(Clone, Debug)]
enum Damage {
    Delete(usize),
    Double(usize),
    Move(usize, usize),
    Indent(usize, usize),
    Outdent(usize, usize),
    Replace(usize, char),
    Insert(usize, char),
    /// Everything behind this place is lost.
    Cut(usize),
}

fn damage() -> impl Strategy<Value = Damage> {
    let at = || any::<prop::sample::Index>().prop_map(|index| index.index(1 << 20));
    let odd = || prop::sample::select(ODD);
    prop_oneof![
        3 => at().prop_map(Damage::Delete),
        3 => at().prop_map(Damage::Double),
        2 => (at(), at()).prop_map(|(from, to)| Damage::Move(from, to)),
        2 => (at(), 1..5_usize).prop_map(|(at, by)| Damage::Indent(at, by)),
        2 => (at(), 1..5_usize).prop_map(|(at, by)| Damage::Outdent(at, by)),
        4 => (at(), odd()).prop_map(|(at, odd)| Damage::Replace(at, odd)),
        4 => (at(), odd()).prop_map(|(at, odd)| Damage::Insert(at, odd)),
        1 => at().prop_map(Damage::Cut),
    ]
}

fn done(text: &str, damage: &Damage) -> String {
    let mut lines: Vec<String> = text.split('\n').map(str::to_owned).collect();
    let mut chars: Vec<char> = text.chars().collect();
    let (line, place) = (|at: &usize| at % lines.len(), |at: &usize| at % chars.len().max(1));
    match damage {
        Damage::Delete(at) => drop(lines.remove(line(at))),
        Damage::Double(at) => lines.insert(line(at), lines[line(at)].clone()),
        Damage::Move(from, to) => {
            let (from, to) = (line(from), line(to));
            let moved = lines.remove(from);
            lines.insert(to.min(lines.len()), moved);
        }
        Damage::Indent(at, by) => {
            let at = line(at);
            lines[at].insert_str(0, &" ".repeat(*by));
        }
        Damage::Outdent(at, by) => {
            let at = line(at);
            let spaces = lines[at].len() - lines[at].trim_start_matches(' ').len();
            lines[at].drain(..spaces.min(*by));
        }
        Damage::Replace(at, odd) | Damage::Insert(at, odd) => {
            let at = place(at);
            let until = if matches!(damage, Damage::Replace(..)) { (at + 1).min(chars.len()) } else { at };
            chars.splice(at..until, [*odd]);
            return chars.into_iter().collect();
        }
        Damage::Cut(at) => return chars.drain(..place(at)).collect(),
    }
    lines.join("\n")
}

fn damaged(file: usize, damages: &[Damage]) -> Vec<SourceFile> {
    let mut files = shipped();
    let at = file % files.len();
    let text = damages.iter().fold(files[at].text.clone(), |text, damage| done(&text, damage));
    files[at] = SourceFile::new(files[at].name.clone(), text);
    files
}

/// Each finding has a file of the project, a line of it, and a place within that line.
fn has_a_place(finding: &Finding, files: &[SourceFile]) -> Result<(), TestCaseError> {
    let file = files.iter().find(|file| file.name == finding.file);
    prop_assert!(file.is_some(), "{finding:?}");
    let lines = file.map_or(0, |file| file.text.split(['\n', '\r', '\u{85}', '\u{2028}']).count());
    prop_assert!((1..=lines + 1).contains(&finding.line), "{} lines: {finding:?}", lines);
    prop_assert!(finding.column >= 1 && finding.end_line >= finding.line, "{finding:?}");
    prop_assert!(finding.end_line > finding.line || finding.end_column > finding.column, "{finding:?}");
    prop_assert!(!finding.message.is_empty());
    prop_assert!(finding.render(false).contains(&finding.file));
    Ok(())
}

/// Loads what was damaged; true if it could be used all the same, and then it was.
fn hold(files: &[SourceFile], turns: Vec<Turn>) -> Result<bool, TestCaseError> {
    match Dialogs::load(files) {
        Err(findings) => {
            prop_assert!(!findings.is_empty());
            findings.iter().try_for_each(|finding| has_a_place(finding, files))?;
            Ok(false)
        }
        Ok(loaded) => {
            loaded.warnings.iter().try_for_each(|finding| has_a_place(finding, files))?;
            lead(&loaded.dialogs, turns, Lang::En)?;
            Ok(true)
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, ..ProptestConfig::default() })]

    #[test]
    fn damaged_dialogs_are_refused_in_a_place_or_pay_as_ever(
        file in 0..1_000_usize,
        damages in prop::collection::vec(damage(), 1..6),
        turns in prop::collection::vec(turn(), 1..12),
    ) {
        hold(&damaged(file, &damages), turns)?;
    }
}

#[test]
fn some_damage_is_refused_and_some_is_not() {
    // Else the test above would be about nothing.
    let mut runner = TestRunner::deterministic();
    let (mut used, mut refused) = (0, 0);
    for file in 0..24 {
        let damages = prop::collection::vec(damage(), 1).new_tree(&mut runner).unwrap().current();
        let turns = prop::collection::vec(turn(), 12).new_tree(&mut runner).unwrap().current();
        if hold(&damaged(file, &damages), turns).unwrap() { used += 1 } else { refused += 1 }
    }
    assert!(used > 2 && refused > 2, "{used} used, {refused} refused");
}
