//! The sentences that start flows: they can be read, name slots that exist, and come in every language.

use super::super::code;
use super::super::format::flow::Flow;
use super::super::place::{Place, Placed, Report, suggest};
use crate::lang::Lang;
use crate::understanding::check_template;

/// Checks the sentences of one flow.
pub fn check(report: &mut Report, flow: &Flow) {
    let slots: Vec<&str> = flow.slots.iter().map(|slot| slot.name.value.as_str()).collect();
    for (_, sentence) in flow.triggers.iter().chain(&flow.examples) {
        match check_template(&sentence.value) {
            Ok(()) => holes(report, sentence, &slots),
            Err(error) => {
                let hint = "write {slot} for a value, [this] for what may be missing, (this|that) for one of several";
                report.find(&code::BAD_TRIGGER, within(sentence, error.at, 1), error.message, hint);
            }
        }
    }
    let said = flow.triggers.iter().chain(&flow.examples).map(|(lang, _)| *lang).collect::<Vec<_>>();
    if said.is_empty() {
        return;
    }
    for lang in Lang::ALL.into_iter().filter(|lang| !said.contains(lang)) {
        let hint = format!("add sentences below `examples:`, `{lang}:`");
        report.find(
            &code::MISSING_TRANSLATION,
            flow.name.place,
            format!("nobody can ask for this flow in `{lang}`"),
            hint,
        );
    }
}

/// The place of a part of a sentence, by its first character from 0.
fn within(sentence: &Placed<String>, at: usize, length: usize) -> Place {
    let (place, written) = (sentence.place, sentence.value.chars().count());
    let quote = usize::from(place.length > written);
    if place.length > written + 2 || place.length < written {
        return place;
    }
    Place { column: place.column + quote + at, length, ..place }
}

fn holes(report: &mut Report, sentence: &Placed<String>, slots: &[&str]) {
    let mut before = 0;
    for (index, part) in sentence.value.split('{').enumerate() {
        if let (true, Some((name, _))) = (index > 0, part.split_once('}'))
            && !slots.contains(&name.trim())
        {
            let hint = suggest(name.trim(), slots.iter().copied());
            let place = within(sentence, before, name.chars().count());
            report.find(&code::UNKNOWN_SLOT, place, format!("there is no slot `{}`", name.trim()), hint);
        }
        before += part.chars().count() + 1;
    }
}
