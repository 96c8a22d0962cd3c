//! Which hazards the conversations take each shipped flow through, in each language: seen in what happened, not in what a
//! file is called. A hole in the table fails.

use sayso::dialog::PaymentOutcome;
use sayso::lang::Lang;
use sayso::rehearsal::file::{Conversation, Turn};
use sayso::rehearsal::talk::{Rehearsal, Said};
use sayso::understanding::Act;
use std::collections::BTreeSet;

/// What can go otherwise than straight on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Hazard {
    Happy,
    Corrections,
    Cancellations,
    Digressions,
    Ambiguity,
    Silence,
    Refusals,
    Failures,
}
use Hazard::{Ambiguity, Cancellations, Corrections, Digressions, Failures, Happy, Refusals, Silence};

const ALL: &[Hazard] = &[Happy, Corrections, Cancellations, Digressions, Ambiguity, Silence, Refusals, Failures];
/// What only answers asks nothing: it can be asked for, at rest and in the middle of something else.
const ANSWERS: &[Hazard] = &[Happy, Digressions];

/// Every shipped flow with the hazards that it can meet.
const FLOWS: &[(&str, &[Hazard])] = &[
    ("pay_bill", ALL),
    ("send_money", ALL),
    ("refund", ALL),
    ("stop_scheduled", ALL),
    // It asks one yes-or-no question, which names everything.
    ("other_provider", &[Happy, Corrections, Cancellations, Digressions, Silence, Refusals]),
    ("pay_again", &[Happy, Corrections, Cancellations, Digressions, Silence, Refusals, Failures]),
    ("bill_due", ANSWERS),
    ("payment_history", ANSWERS),
    ("scheduled", ANSWERS),
    ("payment_status", ANSWERS),
    ("refund_status", ANSWERS),
    ("balance", ANSWERS),
    ("fees", ANSWERS),
    ("greeting", ANSWERS),
    ("thanks", ANSWERS),
    ("chitchat", ANSWERS),
];

/// What was met: flow, language, hazard.
pub type Met = BTreeSet<(String, &'static str, Hazard)>;

/// Notes what a conversation met.
pub fn note(met: &mut Met, conversation: &Conversation, held: &Rehearsal) {
    let (mut flow, mut awaiting) = ("none".to_owned(), "none".to_owned());
    for (turn, said) in conversation.turns.iter().zip(&held.transcript) {
        let asked = said.meaning.as_ref().and_then(|meaning| meaning.intent.as_ref()).map(|intent| intent.name.clone());
        for (name, hazards) in FLOWS {
            let before = Before { here: flow == *name, flow: &flow, awaiting: &awaiting };
            let asked = asked.as_deref() == Some(*name);
            for hazard in hazards.iter().filter(|hazard| meets(**hazard, name, asked, &before, turn, said)) {
                met.insert(((*name).to_owned(), conversation.lang.code(), *hazard));
            }
        }
        flow.clone_from(&said.flow);
        awaiting.clone_from(&said.awaiting);
    }
}

/// How things stood before a turn.
struct Before<'b> {
    here: bool,
    flow: &'b str,
    awaiting: &'b str,
}

fn meets(hazard: Hazard, name: &str, asked: bool, before: &Before, turn: &Turn, said: &Said) -> bool {
    let acts = |act| said.meaning.as_ref().is_some_and(|meaning| meaning.acts.contains(&act));
    let (paid, good) = (!said.paid.is_empty(), turn.outcome == PaymentOutcome::Succeeded);
    let answers = FLOWS.iter().any(|(flow, hazards)| *flow == name && *hazards == ANSWERS);
    match hazard {
        Happy if answers => asked && before.flow == "none" && said.flow == "none" && !said.heard.is_empty(),
        Happy if name == "other_provider" => before.here && acts(Act::Yes) && said.flow == "pay_again",
        Happy => before.here && paid && good,
        Digressions if answers => asked && before.flow != "none" && !before.here && said.flow != "none",
        Digressions => before.here && asked_elsewhere(said, name) && said.flow != "none",
        Corrections => before.here && acts(Act::Correct) && said.flow != "none",
        Cancellations => before.here && acts(Act::Cancel),
        Ambiguity => {
            let unsure = said.meaning.iter().flat_map(|meaning| &meaning.entities).any(|entity| entity.ambiguous);
            let which = said.awaiting == "order" && name == "stop_scheduled";
            (unsure || which) && said.flow == name && said.awaiting != "consent"
        }
        Silence => before.here && said.said.is_empty(),
        Refusals => before.here && matches!(before.awaiting, "consent" | "confirm" | "way") && acts(Act::No) && !paid,
        Failures => before.here && paid && !good,
    }
}

/// True if another flow was asked for.
fn asked_elsewhere(said: &Said, name: &str) -> bool {
    said.meaning.as_ref().and_then(|meaning| meaning.intent.as_ref()).is_some_and(|intent| intent.name != name)
}

/// The holes of the table, in words.
pub fn holes(met: &Met) -> Vec<String> {
    let all = FLOWS.iter().flat_map(|(flow, hazards)| hazards.iter().map(move |hazard| (flow, hazard)));
    all.flat_map(|(flow, hazard)| Lang::ALL.map(|lang| (flow, hazard, lang.code())))
        .filter(|(flow, hazard, lang)| !met.contains(&((**flow).to_owned(), *lang, **hazard)))
        .map(|(flow, hazard, lang)| format!("no conversation in {lang} takes `{flow}` through {hazard:?}"))
        .collect()
}

/// Flows that the table does not know.
pub fn unknown<'f>(flows: impl Iterator<Item = &'f str>) -> Vec<&'f str> {
    flows.filter(|flow| FLOWS.iter().all(|(known, _)| known != flow)).collect()
}
