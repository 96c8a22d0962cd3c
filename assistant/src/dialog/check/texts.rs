//! Every text exists in every language and names only what there is.

use super::super::code;
use super::super::format::flow::{Flow, OUTCOMES, REFUND_OUTCOMES, REFUND_TOLD, SlotType, Step, StepKind};
use super::super::format::text::Texts;
use super::super::place::{Report, suggest};

/// Checks the texts of a flow.
pub fn check(report: &mut Report, flow: &Flow) {
    // A secret can't be said: nothing of it is kept.
    let sayable = flow.slots.iter().filter(|slot| slot.kind != SlotType::Secret);
    let slots: Vec<&str> = sayable.map(|slot| slot.name.value.as_str()).collect();
    check_texts(report, &flow.title, &[]);
    flow.when.iter().for_each(|condition| check_texts(report, &condition.say, &slots));
    for slot in &flow.slots {
        let mut own = slots.clone();
        own.push("options");
        own.push("suggestion");
        let texts = slot.ask.iter().chain(&slot.reprompt).chain(&slot.no_input).chain(&slot.help);
        for text in texts.chain(slot.validate.iter().map(|validation| &validation.say)) {
            check_texts(report, text, &own);
        }
    }
    steps(report, &flow.steps, &slots);
}

fn steps(report: &mut Report, list: &[Step], known: &[&str]) {
    for step in list {
        match &step.kind {
            StepKind::Say(texts) => check_texts(report, texts, known),
            StepKind::Collect(collect) => {
                let mut own = known.to_vec();
                own.extend(["options", "suggestion"]);
                collect.ask.iter().for_each(|texts| check_texts(report, texts, &own));
            }
            StepKind::Script(script) => script.on_error.iter().for_each(|list| steps(report, list, known)),
            StepKind::If(_, then, otherwise) => {
                steps(report, then, known);
                steps(report, otherwise, known);
            }
            StepKind::Confirm(question, then, otherwise) => {
                check_texts(report, question, known);
                steps(report, then, known);
                steps(report, otherwise, known);
            }
            StepKind::Pay(pay) => {
                pay.purpose.iter().for_each(|texts| check_texts(report, texts, known));
                for (outcome, list) in OUTCOMES.iter().zip(&pay.outcomes) {
                    let mut own = known.to_vec();
                    match *outcome {
                        "declined" => own.push("reason"),
                        "action_required" => own.push("next_step"),
                        _ => {}
                    }
                    steps(report, list, &own);
                }
                let mut own = known.to_vec();
                own.push("schedule");
                pay.scheduled.iter().for_each(|list| steps(report, list, &own));
            }
            StepKind::Do(verb) => {
                let hint = "write it into a repair file, one that begins with `repair:`";
                report.find(
                    &code::BAD_REPAIR,
                    step.place,
                    format!("only a repair file can do `{}`", verb.value.word()),
                    hint,
                );
            }
            StepKind::Refund(refund) => {
                for (outcome, list) in REFUND_OUTCOMES.iter().zip(&refund.outcomes) {
                    let mut own = known.to_vec();
                    if *outcome != "not_found" {
                        own.extend(REFUND_TOLD);
                    }
                    if *outcome == "declined" {
                        own.push("reason");
                    }
                    steps(report, list, &own);
                }
            }
            StepKind::Unschedule(step) => step.outcomes.iter().for_each(|list| steps(report, list, known)),
            StepKind::HandOff(handoff) => handoff.say.iter().for_each(|texts| check_texts(report, texts, known)),
            StepKind::Set(_) | StepKind::Call(_) | StepKind::Link(_) | StepKind::End => {}
        }
    }
}

/// Checks one text: its languages, and that every `{name}` in it is one of `known`.
pub fn check_texts(report: &mut Report, texts: &Texts, known: &[&str]) {
    for (_, template) in texts.templates() {
        for hole in template.holes().filter(|hole| !known.contains(hole)) {
            let hint = match hole {
                "reason" => "{reason} is known below `declined:` only".to_owned(),
                _ if REFUND_TOLD.contains(&hole) => format!("{{{hole}}} is known below the outcomes of `refund:` only"),
                "schedule" => "{schedule} is known below `scheduled:` only".to_owned(),
                "next_step" => "{next_step} is known below `action_required:` only".to_owned(),
                _ => suggest(hole, known.iter().copied()),
            };
            report.find(
                &code::UNKNOWN_HOLE,
                template.place,
                format!("there is nothing called `{{{hole}}}` to say here"),
                hint,
            );
        }
    }
    // Where a text is there and wrong, that has been said.
    if texts.variants.is_empty() || texts.flawed {
        return;
    }
    for lang in texts.missing() {
        let hint = format!("add a line `{lang}:`; until then people hear it in another language");
        report.find(&code::MISSING_TRANSLATION, texts.place, format!("this text is missing in `{lang}`"), hint);
    }
}
