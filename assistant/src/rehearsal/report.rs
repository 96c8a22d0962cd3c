//! Rehearsals and coverage as text for people: the transcript up to where it went wrong, expected and actual side by side.

use super::compare::Difference;
use super::coverage::{FlowCoverage, Share};
use super::file::Conversation;
use super::talk::{Rehearsal, Said};
use std::fmt::Write as _;
use unicode_width::UnicodeWidthStr as _;

/// How wide a value may be for two of them to stand side by side, in columns.
const SIDE: usize = 36;

/// A conversation that went wrong: its transcript up to the first turn with a difference, and the differences there.
#[must_use]
pub fn failed(file: &str, conversation: &Conversation, rehearsal: &Rehearsal) -> String {
    let at = &conversation.name;
    let mut text = format!("{file}:{}: {} ({})\n", at.place.line, at.value, conversation.lang);
    let first = rehearsal.differences.first().and_then(|difference| difference.turn);
    let last = first.unwrap_or(rehearsal.transcript.len());
    for said in rehearsal.transcript.iter().take(last) {
        turn(&mut text, said);
    }
    let (here, later): (Vec<_>, Vec<_>) = rehearsal.differences.iter().partition(|difference| difference.turn == first);
    table(&mut text, file, &here);
    if !later.is_empty() {
        let more: Vec<String> = later.iter().map(|more| format!("line {} ({})", more.line, more.what)).collect();
        let _ = writeln!(text, "    and then: {}", more.join(", "));
    }
    text
}

fn turn(text: &mut String, said: &Said) {
    let words = if said.said.is_empty() { "(silence)" } else { &said.said };
    let _ = writeln!(text, "    {:>4} > {words}", said.line);
    for heard in &said.heard {
        let _ = writeln!(text, "         < {heard}");
    }
    for paid in &said.paid {
        let _ = writeln!(text, "         $ {paid}");
    }
}

fn table(text: &mut String, file: &str, differences: &[&Difference]) {
    for difference in differences {
        let turn = difference.turn.map(|turn| format!(", turn {turn}")).unwrap_or_default();
        let _ = writeln!(text, "  {file}:{}:{}: {}{turn}", difference.line, difference.column, difference.what);
        let (expected, actual) = (&difference.expected, &difference.actual);
        let expected_is = if difference.what == "never" { "not to be heard" } else { "expected" };
        if expected.width() <= SIDE && actual.width() <= SIDE {
            let pad = |text: &str| " ".repeat(SIDE.saturating_sub(text.width()));
            let _ = writeln!(text, "    {expected_is}{} | actual", pad(expected_is));
            let _ = writeln!(text, "    {expected}{} | {actual}", pad(expected));
        } else {
            let _ = writeln!(text, "    {expected_is}: {expected}");
            let _ = writeln!(text, "    actual{}: {actual}", " ".repeat(expected_is.len() - "actual".len()));
        }
    }
}

/// The coverage of all flows as a table, then what was never reached, each with its place.
#[must_use]
pub fn coverage(flows: &[FlowCoverage]) -> String {
    let name = flows.iter().map(|flow| flow.flow.len()).max().unwrap_or(0).max("flow".len());
    let mut text = format!("{:<name$}  {:>9}  {:>9}  {:>9}\n", "flow", "steps", "branches", "outcomes");
    for flow in flows {
        let (steps, branches, outcomes) = (share(flow.steps), share(flow.branches), share(flow.outcomes));
        let _ = writeln!(text, "{:<name$}  {steps:>9}  {branches:>9}  {outcomes:>9}", flow.flow);
    }
    if flows.iter().any(|flow| !flow.missed.is_empty()) {
        text.push_str("never reached:\n");
    }
    for flow in flows {
        for missed in &flow.missed {
            let _ = writeln!(text, "  {}:{}:{}: {}", flow.file, missed.line, missed.column, missed.what);
        }
    }
    text.trim_end().to_owned()
}

fn share(share: Share) -> String {
    if share.total == 0 { "-".to_owned() } else { format!("{} of {}", share.reached, share.total) }
}
