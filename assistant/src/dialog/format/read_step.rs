//! Reads the steps of a flow.

use super::super::code;
use super::super::moments::{VERB_WORDS, Verb};
use super::super::place::{Place, Placed, Report, suggest};
use super::super::yaml::{Node, NodeValue};
use super::flow::{Call, Collect, ScriptStep, Step, StepKind};
use super::keys::{COLLECT, Key, OTHER_MONEY_WORDS, STEPS, StepWord};
use super::read::{self, Fields};
use super::{read_handoff, read_money, read_text};

/// Reads a list of steps.
pub fn steps(report: &mut Report, node: &Node) -> Vec<Step> {
    let items = match &node.value {
        NodeValue::List(items) => items.iter().collect(),
        NodeValue::Scalar(text) if text.is_empty() => Vec::new(),
        NodeValue::Scalar(text) if text == "end" => vec![node],
        _ => {
            report.find(
                &code::YAML_MAP_FOR_LIST,
                node.place,
                "steps are written as a list",
                "begin each step with `- `",
            );
            return Vec::new();
        }
    };
    items.into_iter().filter_map(|item| step(report, item)).collect()
}

fn step(report: &mut Report, node: &Node) -> Option<Step> {
    let entries = match &node.value {
        NodeValue::Scalar(word) if word == "end" => return Some(Step { place: node.place, kind: StepKind::End }),
        NodeValue::Scalar(word) if STEPS.iter().any(|step| step.key.name == word) => {
            report.find(
                &code::UNFINISHED_STEP,
                node.place,
                format!("the step `{word}` is not finished"),
                format!("write `{word}:` and what it needs"),
            );
            return None;
        }
        NodeValue::Scalar(line) if colonless(line).is_some() => {
            let (word, rest) = colonless(line)?;
            let hint = format!("write `- {word}: {rest}`");
            report.find(&code::YAML_NO_SPACE, node.place, format!("the `:` after `{word}` is missing"), hint);
            return None;
        }
        _ => read::map(report, node, "a step")?,
    };
    let Some((key, word)) = entries.iter().find_map(|(key, _)| Some((key, word(&key.value)?))) else {
        unknown_step(report, entries.first().map(|(key, _)| key), node.place);
        return None;
    };
    let mut keys: Vec<Key> = word.beside.to_vec();
    keys.push(word.key);
    if let Some((second, _)) = entries.iter().find(|(k, _)| k.value != key.value && self::word(&k.value).is_some()) {
        let hint = format!("begin a new step: `- {}:`", second.value);
        report.find(
            &code::TWO_STEPS,
            second.place,
            format!("one step can't be both `{}` and `{}`", key.value, second.value),
            hint,
        );
        return None;
    }
    let what = format!("the step `{}`", word.key.name);
    let fields = read::fields(report, node, &keys, &what, key.place)?;
    let kind = step_kind(report, word, &fields, key.place)?;
    Some(Step { place: key.place, kind })
}

/// A step in one line without its colon, cut behind the word: `collect provider`.
fn colonless(line: &str) -> Option<(&str, &str)> {
    line.split_once(' ').map(|(first, rest)| (first, rest.trim())).filter(|(first, _)| word(first).is_some())
}

/// Words for steps that people know from elsewhere, with ours.
const ELSEWHERE: &[(&str, &str)] = &[
    ("ask", "collect"),
    ("question", "collect"),
    ("prompt", "collect"),
    ("input", "collect"),
    ("tell", "say"),
    ("speak", "say"),
    ("print", "say"),
    ("goto", "link"),
    ("go_to", "link"),
    ("jump", "link"),
    ("run", "script"),
    ("when", "if"),
    ("let", "set"),
    ("stop", "end"),
];

fn word(name: &str) -> Option<&'static StepWord> {
    STEPS.iter().find(|step| step.key.name == name)
}

fn unknown_step(report: &mut Report, key: Option<&Placed<String>>, place: Place) {
    let Some(key) = key else {
        report.find(&code::UNFINISHED_STEP, place, "this step is empty", "write what it does, for example `- say:`");
        return;
    };
    if OTHER_MONEY_WORDS.contains(&key.value.as_str()) {
        let hint = "use `pay:`, which reads the payment back and waits for a clear yes";
        report.find(
            &code::MONEY_WORD,
            key.place,
            format!("`{}` is no step: money moves only by `pay:`", key.value),
            hint,
        );
        return;
    }
    let ours = ELSEWHERE.iter().find(|(word, _)| *word == key.value.to_lowercase());
    let hint = match ours {
        Some((_, ours)) => format!("did you mean `{ours}`?"),
        None => suggest(&key.value, STEPS.iter().map(|step| step.key.name)),
    };
    report.find(&code::UNKNOWN_STEP, key.place, format!("there is no step `{}`", key.value), hint);
}

fn step_kind(report: &mut Report, word: &StepWord, fields: &Fields, place: Place) -> Option<StepKind> {
    let node = fields.get(word.key.name)?;
    let branch = |report: &mut Report, key: &str| fields.get(key).map(|node| steps(report, node)).unwrap_or_default();
    Some(match word.key.name {
        "say" => StepKind::Say(read_text::texts(report, node, place)),
        "collect" => StepKind::Collect(collect(report, node, place)?),
        "set" => StepKind::Set(expressions(report, node)),
        "script" => StepKind::Script(ScriptStep {
            function: read::name(report, node, "a function")?,
            sets: fields.get("sets").map(|node| names(report, node)).unwrap_or_default(),
            on_error: fields.get("on_error").map(|node| steps(report, node)),
        }),
        "if" => {
            let condition = read::text(report, node, "a condition")?;
            StepKind::If(condition, branch(report, "then"), branch(report, "else"))
        }
        "confirm" => {
            let question = read_text::texts(report, node, place);
            StepKind::Confirm(question, branch(report, "then"), branch(report, "else"))
        }
        "call" => {
            let with = fields.get("with").map(|node| expressions(report, node)).unwrap_or_default();
            let into = fields.get("into").map(|node| renames(report, node)).unwrap_or_default();
            StepKind::Call(Call { flow: read::name(report, node, "a flow")?, with, into })
        }
        "pay" => StepKind::Pay(Box::new(read_money::pay(report, node, place)?)),
        "refund" => StepKind::Refund(Box::new(read_money::refund(report, node, place)?)),
        "unschedule" => StepKind::Unschedule(read_money::unschedule(report, node, place)?),
        "handoff" => StepKind::HandOff(read_handoff::handoff(report, node, place)?),
        "do" => {
            let verb = Verb::of(read::word(report, node, VERB_WORDS, "thing that can be done")?)?;
            StepKind::Do(Placed::new(verb, node.place))
        }
        "link" => StepKind::Link(read::name(report, node, "a flow")?),
        _ => {
            if !matches!(&node.value, NodeValue::Scalar(text) if text.is_empty()) {
                report.find(
                    &code::MISPLACED_KEY,
                    node.place,
                    "nothing follows `end`",
                    "write `- end`; say something in a step before it",
                );
            }
            StepKind::End
        }
    })
}

fn collect(report: &mut Report, node: &Node, place: Place) -> Option<Collect> {
    if let NodeValue::Scalar(_) = node.value {
        let slot = read::slot(report, node)?;
        return Some(Collect { slot, ask: None, suggest: None });
    }
    let fields = read::fields(report, node, COLLECT, "the step `collect`", place)?;
    let slot = read::slot(report, fields.get("slot")?)?;
    let ask = fields.entry("ask").map(|(key, node)| read_text::texts(report, node, key.place));
    let suggest = fields.get("suggest").and_then(|node| read::text(report, node, "an expression"));
    Some(Collect { slot, ask, suggest })
}

fn names(report: &mut Report, node: &Node) -> Vec<Placed<String>> {
    read::list(node).into_iter().filter_map(|item| read::slot(report, item)).collect()
}

fn expressions(report: &mut Report, node: &Node) -> Vec<(Placed<String>, Placed<String>)> {
    let entries = read::map(report, node, "this").unwrap_or_default();
    let mut found = Vec::new();
    for (name, node) in entries {
        if read::check_name(report, name, "a slot") {
            found.extend(read::text(report, node, "an expression").map(|expression| (name.clone(), expression)));
        }
    }
    found
}

fn renames(report: &mut Report, node: &Node) -> Vec<(Placed<String>, Placed<String>)> {
    let entries = read::map(report, node, "this").unwrap_or_default();
    let mut found = Vec::new();
    for (name, node) in entries {
        if read::check_name(report, name, "a slot") {
            found.extend(read::name(report, node, "a slot").map(|other| (name.clone(), other)));
        }
    }
    found
}
