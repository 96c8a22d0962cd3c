//! Reads the step `handoff`.

use super::super::code;
use super::super::place::{Place, Report};
use super::super::yaml::Node;
use super::flow::{HandOffStep, HandOffTo};
use super::keys::{HANDOFF, HANDOFF_KINDS};
use super::read::{self, Fields};
use super::read_text;
use super::text::{Part, Template};

/// Addresses that a person can be sent to.
const SCHEMES: &[&str] = &["https://", "tel:"];

/// Reads a `handoff` step.
pub fn handoff(report: &mut Report, node: &Node, place: Place) -> Option<HandOffStep> {
    let fields = read::fields(report, node, HANDOFF, "the step `handoff`", place)?;
    let to = read::word(report, fields.get("to")?, HANDOFF_KINDS, "place to hand over to")?;
    let own = match to {
        "link" => "address",
        "qr" => "content",
        "app" => "name",
        _ => "",
    };
    for key in ["address", "content", "name"] {
        if let (Some((placed, _)), true) = (fields.entry(key), key != own) {
            report.find(&code::MISPLACED_KEY, placed.place, format!("`{key}:` is not for `to: {to}`"), "leave it out");
        }
    }
    let say = fields.entry("say").map(|(key, node)| read_text::texts(report, node, key.place));
    let to = match to {
        "human" => HandOffTo::Human,
        "link" => {
            let written = template(report, &fields, own, place)?;
            HandOffTo::Link(address(report, written)?)
        }
        "qr" => HandOffTo::Qr(template(report, &fields, own, place)?),
        _ => HandOffTo::App(template(report, &fields, own, place)?),
    };
    Some(HandOffStep { to, say })
}

fn template(report: &mut Report, fields: &Fields, key: &str, place: Place) -> Option<Template> {
    let Some(node) = fields.get(key) else {
        report.find(&code::MISSING_KEY, place, format!("this needs `{key}:`"), "write where the person goes on");
        return None;
    };
    read_text::template(report, node)
}

/// An address has to begin with a scheme that is safe to open.
fn address(report: &mut Report, template: Template) -> Option<Template> {
    let begins = |text: &String| SCHEMES.iter().any(|scheme| text.starts_with(scheme));
    if matches!(template.parts.first(), Some(Part::Literal(text)) if begins(text)) {
        return Some(template);
    }
    report.find(
        &code::BAD_VALUE,
        template.place,
        "an address begins with `https://` or `tel:`",
        "write it out in full",
    );
    None
}
