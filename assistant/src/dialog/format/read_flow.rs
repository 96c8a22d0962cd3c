//! Reads a flow file.

use super::super::code;
use super::super::place::{Place, Report};
use super::super::yaml::Node;
use super::flow::Flow;
use super::keys::FLOW;
use super::{read, read_slot, read_step, read_text};

/// Reads the tree of a flow file. What is wrong is reported; a flow comes back if enough of it could be read to go on
/// checking.
pub fn flow(report: &mut Report, root: &Node) -> Option<Flow> {
    let fields = read::fields(report, root, FLOW, "a flow", root.place)?;
    let name = read::name(report, fields.get("flow")?, "a flow")?;
    comment(report);
    let title = fields.entry("title").map(|(key, node)| read_text::texts(report, node, key.place));
    let sentences = |report: &mut Report, key: &str| {
        fields.get(key).map(|node| read_text::sentences(report, node)).unwrap_or_default()
    };
    let flow = Flow {
        name,
        title: title.unwrap_or_default(),
        listed: fields.get("listed").is_none_or(|node| read::flag(report, node)),
        aside: fields.get("aside").is_some_and(|node| read::flag(report, node)),
        fresh: fields.get("fresh").is_some_and(|node| read::flag(report, node)),
        triggers: sentences(report, "triggers"),
        examples: sentences(report, "examples"),
        when: fields.get("when").map(|node| read_slot::validations(report, node)).unwrap_or_default(),
        slots: fields.get("slots").map(|node| read_slot::slots(report, node)).unwrap_or_default(),
        steps: fields.get("steps").map(|node| read_step::steps(report, node)).unwrap_or_default(),
    };
    if let (true, Some((key, _))) = (flow.steps.is_empty() && !report.has_errors(), fields.entry("steps")) {
        report.find(
            &code::EMPTY_TEXT,
            key.place,
            "this flow does nothing",
            "write its steps below, each beginning with `- `",
        );
    }
    Some(flow)
}

/// Reminds of the opening comment, from which a reader learns what the flow is for.
fn comment(report: &mut Report) {
    if !report.file().text.trim_start().starts_with('#') {
        let place = Place { line: 1, column: 1, length: 1 };
        let hint = "begin with a sentence that a person would say, such as `# \"Pay my electricity bill.\"`";
        report.find(&code::NO_OPENING, place, "this file does not open with an example", hint);
    }
}
