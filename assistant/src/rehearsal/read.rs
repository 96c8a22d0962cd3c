//! From the text of a test file to its data. What is wrong is a finding, with its line, column and a hint.

use super::file::{
    Conversation, Expected, HeardVoice, NOW, Paid, Paying, Scheduled, ScriptAnswer, ScriptStub, TestFile, Turn, What,
};
use super::keys::{
    CONVERSATION, DECLINES, EVERY, FILE, HISTORY, OUTCOMES, PHONES, REFUNDS, SCHEDULED, TURN, UNDERSTOOD, UNITS, VOICES,
};
use crate::dialog::{
    Fields, Finding, Node, NodeValue, PaymentOutcome, Place, Placed, Report, SourceFile, fields, items, suggest,
    text as plain, yaml_tree,
};
use crate::lang::Lang;
use crate::schedule::Schedule;
use jiff::civil::{Date, DateTime};
use sayso_plugin_interface::NextStep;

/// Reads a test file; every finding is an error.
pub fn read(file: &SourceFile) -> Result<TestFile, Vec<Finding>> {
    let mut report = Report::new(file);
    let read = yaml_tree(&mut report).and_then(|root| whole(&mut report, &root));
    match read {
        Some(test) if !report.has_errors() => Ok(test),
        _ => Err(report.into_findings()),
    }
}

fn whole(report: &mut Report, root: &Node) -> Option<TestFile> {
    let top = Place { line: 1, column: 1, length: 1 };
    let keys = fields(report, root, FILE, "a test file", top)?;
    let now = keys.get("now").and_then(|node| moment(report, node)).unwrap_or(NOW);
    let history = list(&keys, "history").into_iter().filter_map(|node| paid(report, node)).collect();
    let scheduled = list(&keys, "scheduled").into_iter().filter_map(|node| scheduled(report, node)).collect();
    let scripts = keys.get("scripts").map(|node| scripts(report, node)).unwrap_or_default();
    let nodes = list(&keys, "conversations");
    if nodes.is_empty() && keys.get("conversations").is_some() {
        report.error(top, "there is no conversation here", "write `- name:` with its turns below `conversations:`");
    }
    let conversations = nodes.into_iter().filter_map(|node| conversation(report, node)).collect();
    let name = report.file().name.clone();
    Some(TestFile {
        name,
        now,
        surroundings: surroundings(&report.file().text, root),
        history,
        scheduled,
        scripts,
        conversations,
    })
}

/// The text with every line blanked that does not belong to `household:`, `providers:` or `authentication:`, so that places stay true.
fn surroundings(text: &str, root: &Node) -> Option<String> {
    let NodeValue::Map(entries) = &root.value else { return None };
    let taken = |key: &str| ["household", "providers", "authentication"].contains(&key);
    if !entries.iter().any(|(key, _)| taken(&key.value)) {
        return None;
    }
    let owner = |line: usize| entries.iter().rev().find(|(key, _)| key.place.line <= line).map(|(key, _)| &key.value);
    let kept = |(index, line): (usize, &str)| {
        if owner(index + 1).is_some_and(|key| taken(key)) { line.to_owned() } else { String::new() }
    };
    Some(text.lines().enumerate().map(kept).collect::<Vec<_>>().join("\n"))
}

fn list<'n>(keys: &Fields<'n>, name: &str) -> Vec<&'n Node> {
    keys.get(name).map(items).unwrap_or_default()
}

/// A value of type `T`, or a finding with this hint.
fn parsed<T: std::str::FromStr>(report: &mut Report, node: &Node, what: &str, hint: &str) -> Option<T> {
    let text = plain(report, node, what)?;
    let value = text.value.parse().ok();
    if value.is_none() {
        report.error(text.place, format!("`{}` is not {what}", text.value), hint);
    }
    value
}

fn moment(report: &mut Report, node: &Node) -> Option<DateTime> {
    let text = plain(report, node, "a moment")?;
    let value: Option<DateTime> = text.value.replacen(' ', "T", 1).parse().ok();
    if value.is_none() {
        report.error(text.place, format!("`{}` is not a moment", text.value), "write it like 2026-11-22 18:00");
    }
    value
}

fn paid(report: &mut Report, node: &Node) -> Option<Paid> {
    let keys = fields(report, node, HISTORY, "a payment of the history", node.place)?;
    let payee = plain(report, keys.get("payee")?, "the payee")?.value;
    let amount = parsed(report, keys.get("amount")?, "an amount", "write it like 42.50 USD")?;
    let day = parsed(report, keys.get("day")?, "a day", "write it like 2026-10-03")?;
    let provider = keys.get("provider").and_then(|node| plain(report, node, "the provider")).map(|text| text.value);
    let open = keys.get("open").is_some_and(|node| crate::dialog::flag(report, node));
    let refund = keys.get("refund").and_then(|node| plain(report, node, "what became of the refund"));
    let refund = refund.and_then(|word| {
        let found = REFUNDS.iter().find(|(name, _)| *name == word.value).map(|(_, status)| *status);
        if found.is_none() {
            let hint = suggest(&word.value, REFUNDS.iter().map(|(name, _)| *name));
            report.error(word.place, format!("`{}` is nothing that a refund can become", word.value), hint);
        }
        found
    });
    Some(Paid { payee, amount, day, provider, open, refund })
}

fn scheduled(report: &mut Report, node: &Node) -> Option<Scheduled> {
    let keys = fields(report, node, SCHEDULED, "a payment put down for later", node.place)?;
    let payee = plain(report, keys.get("payee")?, "the payee")?.value;
    let amount = parsed(report, keys.get("amount")?, "an amount", "write it like 42.50 USD")?;
    let next: Date = parsed(report, keys.get("next")?, "a day", "write it like 2026-12-01")?;
    let provider = keys.get("provider").and_then(|node| plain(report, node, "the provider")).map(|text| text.value);
    let every = keys.get("every").and_then(|node| plain(report, node, "how often"));
    let schedule = match every {
        None => Schedule::Once { on: next },
        Some(word) => {
            let Some((_, rhythm)) = EVERY.iter().find(|(name, _)| *name == word.value) else {
                let hint = suggest(&word.value, EVERY.iter().map(|(name, _)| *name));
                report.error(word.place, format!("`{}` is not how often", word.value), hint);
                return None;
            };
            Schedule::every(*rhythm, next, None)?
        }
    };
    Some(Scheduled { payee, amount, provider, schedule, next })
}

fn scripts(report: &mut Report, node: &Node) -> Vec<ScriptStub> {
    let mut stubs = Vec::new();
    for (flow, functions) in entries(report, node, "stand-ins for scripts") {
        for (function, answer) in entries(report, functions, "the functions of a flow") {
            let answer = match &answer.value {
                NodeValue::Scalar(word) if word == "fails" => ScriptAnswer::Fails,
                NodeValue::Map(values) => ScriptAnswer::Fills(
                    values.iter().map(|(slot, value)| (slot.clone(), texts(report, value))).collect(),
                ),
                _ => {
                    let hint = "write the slots that it fills, such as `{due: 42.50 USD}`, or `fails`";
                    report.error(answer.place, "this is not what a script answers", hint);
                    continue;
                }
            };
            stubs.push(ScriptStub { flow: flow.clone(), function: function.clone(), answer });
        }
    }
    stubs
}

fn entries<'n>(report: &mut Report, node: &'n Node, what: &str) -> &'n [(Placed<String>, Node)] {
    crate::dialog::entries(report, node, what).unwrap_or_default()
}

fn texts(report: &mut Report, node: &Node) -> Vec<String> {
    items(node).into_iter().filter_map(|item| plain(report, item, "a value")).map(|text| text.value).collect()
}

fn conversation(report: &mut Report, node: &Node) -> Option<Conversation> {
    let keys = fields(report, node, CONVERSATION, "a conversation", node.place)?;
    let name = plain(report, keys.get("name")?, "the name")?;
    let lang = keys.get("lang").and_then(|node| parsed(report, node, "a language", "write en or zh"));
    let now = keys.get("now").and_then(|node| moment(report, node));
    let phone = keys.get("phone").and_then(|node| phone(report, node));
    let voice = keys.get("voice").and_then(|node| voice(report, node));
    let scripts = keys.get("scripts").map(|node| scripts(report, node)).unwrap_or_default();
    let turns = list(&keys, "turns").into_iter().filter_map(|node| turn(report, node)).collect();
    let paid = match keys.entry("paid") {
        Some((key, node)) => {
            let payments = texts(report, node);
            let payments = if payments == ["none"] { Vec::new() } else { payments };
            Paying { payments, place: Some(node.place), key: key.place }
        }
        None => Paying { payments: Vec::new(), place: None, key: name.place },
    };
    Some(Conversation { name, lang: lang.unwrap_or(Lang::En), now, phone, voice, scripts, turns, paid })
}

fn phone(report: &mut Report, node: &Node) -> Option<bool> {
    let word = plain(report, node, "reachable or unreachable")?;
    let known = PHONES.iter().find(|(name, _)| *name == word.value);
    if known.is_none() {
        let hint = suggest(&word.value, PHONES.iter().map(|(name, _)| *name));
        report.error(word.place, format!("`{}` is nothing that a phone can be", word.value), hint);
    }
    known.map(|(_, reachable)| *reachable)
}

fn voice(report: &mut Report, node: &Node) -> Option<HeardVoice> {
    let word = plain(report, node, "theirs, another, too_little or not_enrolled")?;
    let known = VOICES.iter().find(|(name, _)| *name == word.value);
    if known.is_none() {
        let hint = suggest(&word.value, VOICES.iter().map(|(name, _)| *name));
        report.error(word.place, format!("`{}` is nobody's voice", word.value), hint);
    }
    known.map(|(_, voice)| *voice)
}

fn turn(report: &mut Report, node: &Node) -> Option<Turn> {
    let keys = fields(report, node, TURN, "a turn", node.place)?;
    let said = match keys.get("said").map(|node| (&node.value, node)) {
        Some((NodeValue::Scalar(words), _)) => words.trim().to_owned(),
        Some((_, node)) => plain(report, node, "what is said")?.value,
        None => String::new(),
    };
    let later = keys.get("later").and_then(|node| duration(report, node));
    let after = keys.get("after").and_then(|node| parsed(report, node, "a number of seconds", "write it like 90"));
    let outcome = keys.get("outcome").and_then(|node| outcome(report, node)).unwrap_or(PaymentOutcome::Succeeded);
    let mut expected = Vec::new();
    if let Some(node) = keys.get("understood") {
        understood(report, node, &mut expected);
    }
    for (name, what) in [("flow", What::Flow), ("awaiting", What::Awaiting), ("paid", What::Paid)] {
        expects(report, &keys, name, &what, &mut expected);
    }
    for (slot, node) in keys.get("slots").map(|node| entries(report, node, "slots")).unwrap_or_default() {
        let value = plain(report, node, "the value of a slot");
        expected.extend(value.map(|value| Expected { what: What::Slot(slot.value.clone()), value }));
    }
    for (name, what) in [("hears", What::Hears), ("never", What::Never)] {
        expects(report, &keys, name, &what, &mut expected);
    }
    Some(Turn { place: node.place, said, later_s: later.unwrap_or(0) + after.unwrap_or(0), outcome, expected })
}

fn understood(report: &mut Report, node: &Node, expected: &mut Vec<Expected>) {
    let Some(keys) = fields(report, node, UNDERSTOOD, "what must be understood", node.place) else { return };
    for (name, what) in [("intent", What::Intent), ("acts", What::Act), ("entities", What::Entity)] {
        expects(report, &keys, name, &what, expected);
    }
}

/// Adds an expectation for each text below a key.
fn expects(report: &mut Report, keys: &Fields, name: &str, what: &What, expected: &mut Vec<Expected>) {
    for node in list(keys, name) {
        let value = plain(report, node, &format!("`{name}`"));
        expected.extend(value.map(|value| Expected { what: what.clone(), value }));
    }
}

/// `3 minutes` in seconds.
fn duration(report: &mut Report, node: &Node) -> Option<i64> {
    let text = plain(report, node, "a length of time")?;
    let (number, unit) = text.value.split_once(' ').unwrap_or((&text.value, ""));
    let unit = UNITS.iter().find(|(name, _)| unit == *name || unit.strip_suffix('s') == Some(name));
    let seconds = number.parse::<i64>().ok().filter(|n| *n >= 0).zip(unit).and_then(|(n, (_, s))| n.checked_mul(*s));
    if seconds.is_none() {
        let hint = "write it like 90 seconds, 3 minutes, 2 hours or 1 day";
        report.error(text.place, format!("`{}` is not a length of time", text.value), hint);
    }
    seconds
}

fn outcome(report: &mut Report, node: &Node) -> Option<PaymentOutcome> {
    let text = plain(report, node, "an outcome")?;
    let (name, reason) = text.value.split_once(' ').unwrap_or((&text.value, "declined"));
    match name {
        "succeeded" => Some(PaymentOutcome::Succeeded),
        "pending" => Some(PaymentOutcome::Pending),
        "unknown" => Some(PaymentOutcome::Unknown),
        "action_required" => Some(PaymentOutcome::ActionRequired { next: next_step(reason) }),
        "declined" if DECLINES.contains(&reason) => {
            let code = serde_json::from_value(reason.into()).ok()?;
            Some(PaymentOutcome::Declined { code })
        }
        "declined" => {
            let hint = suggest(reason, DECLINES.iter().copied());
            report.error(text.place, format!("no payment is declined for `{reason}`"), hint);
            None
        }
        _ => {
            let hint = suggest(name, OUTCOMES.iter().copied());
            report.error(text.place, format!("there is no outcome `{name}`"), hint);
            None
        }
    }
}

/// What the person has to do: approve in an app, or behind `link` or `qr`.
fn next_step(way: &str) -> NextStep {
    match way {
        "link" => NextStep::Link { url: "https://example.com/approve".to_owned() },
        "qr" => NextStep::Qr { content: "https://example.com/approve".to_owned() },
        _ => NextStep::App { name: "Stripe".to_owned() },
    }
}
