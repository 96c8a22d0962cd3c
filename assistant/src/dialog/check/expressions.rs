//! What is wrong with expressions, in the words of those who write them.

use super::super::code;
use super::super::format::flow::Slot;
use super::super::place::{Place, Placed, Report, suggest};
use super::super::scripts::facts::within;
use super::super::scripts::types::{ProblemKind, Type};
use super::super::scripts::{Expression, ScriptError};

/// What an expression has to answer with.
pub enum Wanted<'s> {
    /// True or false.
    Truth,
    /// A value for this slot.
    For(&'s Slot),
}

/// Reports what does not go together in an expression.
pub fn problems(report: &mut Report, expression: &Expression) {
    for problem in &expression.problems {
        let code = match problem.kind {
            ProblemKind::Type => &code::EXPRESSION_TYPE,
            ProblemKind::Value => &code::BAD_VALUE,
            ProblemKind::Option => &code::UNKNOWN_OPTION,
        };
        let place = within(&expression.source, problem.position, problem.length);
        report.find(code, place, problem.message.as_str(), problem.hint.as_str());
    }
}

/// Reports an expression that answers with something else than is needed.
pub fn wanted(report: &mut Report, expression: &Expression, wanted: Wanted) {
    // What follows from a part that is wrong would only confuse.
    if !expression.problems.is_empty() {
        return;
    }
    let (found, source) = (&expression.found, &expression.source);
    match wanted {
        Wanted::Truth if !matches!(found, Type::Truth | Type::Any) => {
            let message = format!("this has to be true or false, and it is {}", found.words());
            let hint = "compare it with something, such as `amount != ()`";
            report.find(&code::EXPRESSION_TYPE, source.place, message, hint);
        }
        Wanted::For(slot) => misfit(report, expression, slot, source.place),
        Wanted::Truth => {}
    }
}

/// Reports a value that does not go into a slot.
pub fn misfit(report: &mut Report, expression: &Expression, slot: &Slot, place: Place) {
    let Some(message) = expression.found.misfit(slot) else { return };
    if let (Type::Choice(options), Type::Text(Some(text))) = (Type::of(slot), &expression.found) {
        let hint = suggest(text, options.iter().map(String::as_str));
        return report.find(&code::UNKNOWN_OPTION, place, format!("there is no option `{text}`"), hint);
    }
    let hint = "an amount is written `money(\"42.50 USD\")`, a day `date(\"2026-11-28\")`, a text `\"so\"`";
    report.find(&code::EXPRESSION_TYPE, place, message, hint);
}

/// Words that mean something in YAML or elsewhere, with what is meant in an expression.
const OTHER_WORDS: &[(&[&str], &str)] = &[
    (&["yes", "Yes", "YES", "on", "On", "ON", "True", "TRUE"], "write `true`"),
    (&["no", "No", "NO", "off", "Off", "OFF", "False", "FALSE"], "write `false`"),
    (
        &["null", "Null", "NULL", "nil", "none", "None", "undefined"],
        "for \"no value\" write `()`, as in `amount == ()`",
    ),
];

/// Reports an expression that can't be read.
pub fn unreadable(report: &mut Report, source: &Placed<String>, error: &ScriptError, slots: &[Slot]) {
    let position = rhai::Position::new(1, u16::try_from(error.column).unwrap_or(1));
    if let Some(name) = error.message.strip_prefix("Undefined variable: ") {
        let place = within(source, position, name.chars().count());
        let other = OTHER_WORDS.iter().find(|(words, _)| words.contains(&name));
        let known = slots.iter().map(|slot| slot.name.value.as_str()).chain(["world"]);
        let hint = other.map_or_else(|| suggest(name, known), |(_, hint)| (*hint).to_owned());
        return report.find(&code::UNKNOWN_SLOT, place, format!("there is no slot `{name}`"), hint);
    }
    let place = if error.line == 1 && error.column > 0 { within(source, position, 1) } else { source.place };
    let hint = slip(&source.value);
    report.find(&code::EXPRESSION_SYNTAX, place, "this expression can't be read", hint);
}

/// What was probably meant.
fn slip(text: &str) -> &'static str {
    let words: Vec<&str> = text.split_whitespace().collect();
    let digits = |part: &str| !part.is_empty() && part.chars().all(|c| c.is_ascii_digit());
    let amount = |pair: &[&str]| {
        let [number, code] = pair else { return false };
        let code = code.trim_end_matches(|c: char| !c.is_ascii_alphabetic());
        number.starts_with(|c: char| c.is_ascii_digit())
            && code.len() == 3
            && code.chars().all(|c| c.is_ascii_uppercase())
    };
    if words.contains(&"and") || words.contains(&"AND") {
        "write `&&` for \"and\""
    } else if words.contains(&"or") || words.contains(&"OR") {
        "write `||` for \"or\""
    } else if words.contains(&"not") || words.contains(&"NOT") {
        "write `!` for \"not\""
    } else if words.iter().any(|word| matches!(*word, "null" | "nil")) {
        "for \"no value\" write `()`, as in `amount == ()`"
    } else if text.contains("=<") {
        "write `<=` for \"at most\""
    } else if text.contains("=>") {
        "write `>=` for \"at least\""
    } else if words.contains(&"=") {
        "write `==` to compare"
    } else if text.contains(['“', '”', '‘', '’', '「', '」']) {
        "write straight quotes `\"` around a text"
    } else if text.contains(['＝', '＞', '＜', '（', '）', '，', '！', '＆']) {
        "write half-width signs: `=` `>` `<` `(` `)` `,` `!` `&`"
    } else if text.contains('\'') {
        "write double quotes around a text: \"so\""
    } else if text.contains(['$', '€', '¥', '￥', '£']) || words.windows(2).any(amount) {
        "an amount is written `money(\"42.50 USD\")`"
    } else if text.split(':').count() == 2 && text.split(':').all(digits) {
        "a time of day can't be computed with; `world.hour` is the hour"
    } else {
        "an expression is written like `amount != () && due_on > world.today`"
    }
}
