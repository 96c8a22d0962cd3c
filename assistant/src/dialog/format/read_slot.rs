//! Reads the slots of a flow.

use super::super::code;
use super::super::place::{Placed, Report};
use super::super::yaml::{Node, NodeValue};
use super::flow::{ChoiceOption, Retries, Slot, SlotType, Validation};
use super::keys::{SLOT, SLOT_TYPES, VALIDATION};
use super::read::{self, Fields};
use super::read_text;
use crate::household::PayeeKind;

/// Names that expressions need for themselves.
const TAKEN: &[&str] = &[
    "as",
    "break",
    "call",
    "case",
    "catch",
    "const",
    "continue",
    "curry",
    "debug",
    "default",
    "do",
    "else",
    "eval",
    "exit",
    "export",
    "false",
    "fn",
    "for",
    "global",
    "goto",
    "if",
    "import",
    "in",
    "is",
    "is_def_fn",
    "is_def_var",
    "is_shared",
    "let",
    "loop",
    "match",
    "new",
    "next_step",
    "print",
    "private",
    "protected",
    "public",
    "reason",
    "refund_amount",
    "refund_day",
    "refund_payee",
    "refund_provider",
    "return",
    "shared",
    "spawn",
    "static",
    "switch",
    "sync",
    "then",
    "this",
    "thread",
    "throw",
    "true",
    "try",
    "type_of",
    "until",
    "use",
    "var",
    "void",
    "while",
    "with",
    "world",
    "yield",
];

/// Reads every slot below `slots:`.
pub fn slots(report: &mut Report, node: &Node) -> Vec<Slot> {
    let entries = read::map(report, node, "the list of slots").unwrap_or_default();
    entries.iter().filter_map(|(name, node)| slot(report, name, node)).collect()
}

fn slot(report: &mut Report, name: &Placed<String>, node: &Node) -> Option<Slot> {
    read::check_name(report, name, "a slot");
    if TAKEN.contains(&name.value.as_str()) {
        let hint = format!("expressions need this word for themselves; call it `{}_value`", name.value);
        report.find(&code::BAD_NAME, name.place, format!("a slot can't be called `{}`", name.value), hint);
    }
    let fields = read::fields(report, node, SLOT, "a slot", name.place)?;
    let kind = slot_type(report, &fields).unwrap_or(SlotType::Unreadable);
    let text =
        |report: &mut Report, key: &str| fields.entry(key).map(|(key, node)| read_text::texts(report, node, key.place));
    let ladder = |report: &mut Report, key: &str| {
        let found = fields.entry(key).map(|(key, node)| read_text::ladder(report, node, key.place));
        found.unwrap_or_default()
    };
    let retries = retries(report, &fields);
    Some(Slot {
        retries,
        default: fields.get("default").and_then(|node| read::text(report, node, "an expression")),
        many: fields.get("many").is_some_and(|node| read::flag(report, node)),
        optional: fields.get("optional").is_some_and(|node| read::flag(report, node)),
        ask: text(report, "ask"),
        reprompt: ladder(report, "reprompt"),
        no_input: ladder(report, "no_input"),
        help: text(report, "help"),
        validate: fields.get("validate").map(|node| validations(report, node)).unwrap_or_default(),
        suggested_by: fields.get("suggested_by").map(|node| read_text::sentences(report, node)).unwrap_or_default(),
        name: name.clone(),
        kind,
    })
}

/// Reads when to give up.
pub fn retries(report: &mut Report, fields: &Fields) -> Retries {
    Retries {
        tries: fields.get("tries").and_then(|node| read::count(report, node)),
        silences: fields.get("silences").and_then(|node| read::count(report, node)),
        give_up: fields.get("give_up").and_then(|node| read::name(report, node, "a flow")),
    }
}

fn slot_type(report: &mut Report, fields: &Fields) -> Option<SlotType> {
    let word = read::word(report, fields.get("type")?, SLOT_TYPES, "type of slot")?;
    let of = fields.entry("of");
    let options = fields.entry("options");
    if let (Some((key, _)), false) = (of, word == "payee") {
        report.find(&code::MISPLACED_KEY, key.place, "`of:` is only for slots of type payee", "leave it out");
    }
    if let (Some((key, _)), false) = (options, word == "choice") {
        report.find(
            &code::MISPLACED_KEY,
            key.place,
            "`options:` is only for slots of type choice",
            "leave it out, or make the type choice",
        );
    }
    Some(match word {
        "money" => SlotType::Money,
        "payee" => SlotType::Payee(of.and_then(|(_, node)| payee_kind(report, node))),
        "provider" => SlotType::Provider,
        "choice" => {
            if options.is_none() {
                report.find(
                    &code::MISSING_KEY,
                    fields.place,
                    "a choice needs `options:`",
                    "write each option with its names per language",
                );
            }
            SlotType::Choice(options.map(|(_, node)| choice(report, node)).unwrap_or_default())
        }
        "text" => SlotType::Text,
        "yes_no" => SlotType::YesNo,
        "number" => SlotType::Number,
        "secret" => SlotType::Secret,
        "rhythm" => SlotType::Rhythm,
        "period" => SlotType::Period,
        "standing_order" => SlotType::StandingOrder,
        _ => SlotType::Date,
    })
}

fn payee_kind(report: &mut Report, node: &Node) -> Option<PayeeKind> {
    match read::word(report, node, &["biller", "person"], "kind of payee")? {
        "biller" => Some(PayeeKind::Biller),
        _ => Some(PayeeKind::Person),
    }
}

fn choice(report: &mut Report, node: &Node) -> Vec<ChoiceOption> {
    let mut options = Vec::new();
    for (id, node) in read::map(report, node, "a choice").unwrap_or_default() {
        read::check_name(report, id, "an option");
        let names = read_text::sentences(report, node).into_iter().map(|(lang, name)| (lang, name.value)).collect();
        options.push(ChoiceOption { id: id.value.clone(), names });
    }
    options
}

/// Reads conditions, each with what to say if it does not hold.
pub fn validations(report: &mut Report, node: &Node) -> Vec<Validation> {
    let items = match &node.value {
        NodeValue::List(items) => items.iter().collect(),
        _ => vec![node],
    };
    items.into_iter().filter_map(|item| validation(report, item)).collect()
}

fn validation(report: &mut Report, node: &Node) -> Option<Validation> {
    let fields = read::fields(report, node, VALIDATION, "a validation", node.place)?;
    let check = read::text(report, fields.get("check")?, "an expression")?;
    let (key, say) = fields.entry("say")?;
    Some(Validation { check, say: read_text::texts(report, say, key.place) })
}
