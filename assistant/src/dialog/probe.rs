//! A watcher beside the stepper, for rehearsals: it notes which operations ran, and answers in the place of script
//! functions. It sees no money and changes no other step; without one the stepper does exactly the same.

use super::Dialogs;
use super::format::flow::{Slot, SlotType};
use super::place::suggest;
use super::value::SlotValue;
use std::collections::{BTreeMap, BTreeSet};

/// What ran in one or several conversations, and what stands in for scripts there.
#[derive(Clone, Debug, Default)]
pub struct Probe {
    visits: BTreeSet<Visit>,
    stubs: BTreeMap<(String, String), Stub>,
}

/// An operation that ran, and where it went on within its flow; `to` is `None` if it waited or left.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Visit {
    pub flow: String,
    pub at: usize,
    pub to: Option<usize>,
}

/// What stands in for a script function.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stub(pub(super) Result<Vec<(String, Option<SlotValue>)>, String>);

impl Stub {
    /// A function that fails with this message.
    #[must_use]
    pub fn failing(message: &str) -> Self {
        Stub(Err(message.to_owned()))
    }
}

impl Probe {
    /// A watcher with nothing noted and nothing stubbed.
    #[must_use]
    pub fn new() -> Self {
        Probe::default()
    }

    /// Lets `stub` answer for the function of this flow's script.
    pub fn stub(&mut self, flow: &str, function: &str, stub: Stub) {
        self.stubs.insert((flow.to_owned(), function.to_owned()), stub);
    }

    /// Forgets what was stubbed; what was noted stays.
    pub fn clear_stubs(&mut self) {
        self.stubs.clear();
    }

    pub(super) fn note(&mut self, flow: &str, at: usize, to: Option<usize>) {
        self.visits.insert(Visit { flow: flow.to_owned(), at, to });
    }

    pub(super) fn stubbed(&self, flow: &str, function: &str) -> Option<&Stub> {
        if self.stubs.is_empty() {
            return None;
        }
        self.stubs.get(&(flow.to_owned(), function.to_owned()))
    }

    /// True if the operation ran.
    pub(super) fn ran(&self, flow: &str, at: usize) -> bool {
        self.visits.iter().any(|visit| visit.flow == flow && visit.at == at)
    }

    /// True if the operation ran and went on at `to`.
    pub(super) fn went(&self, flow: &str, at: usize, to: usize) -> bool {
        self.visits.contains(&Visit { flow: flow.to_owned(), at, to: Some(to) })
    }
}

impl Dialogs {
    /// A stand-in for a script function, from values in plain characters (`42.50 USD`, `2026-11-28`, `electricity`; `none`
    /// for no value; several for a slot that holds a list). The error says what is wrong, and how to mend it.
    pub fn stub(&self, flow: &str, values: &[(String, Vec<String>)]) -> Result<Stub, (String, String)> {
        let program = self.programs.get(flow).ok_or_else(|| no_flow(self, flow))?;
        let mut filled = Vec::new();
        for (name, texts) in values {
            let Some(slot) = program.flow.slots.iter().find(|slot| slot.name.value == *name) else {
                let hint = suggest(name, program.flow.slots.iter().map(|slot| slot.name.value.as_str()));
                return Err((format!("the flow `{flow}` has no slot `{name}`"), hint));
            };
            filled.push((name.clone(), value(slot, texts)?));
        }
        Ok(Stub(Ok(filled)))
    }

    /// Whether the flow calls a script function of this name; the error says what there is.
    pub fn knows_function(&self, flow: &str, function: &str) -> Result<(), (String, String)> {
        let program = self.programs.get(flow).ok_or_else(|| no_flow(self, flow))?;
        let functions: Vec<String> =
            program.script.iter().flat_map(|ast| ast.iter_functions().map(|f| f.name.to_owned())).collect();
        if functions.iter().any(|known| known == function) {
            return Ok(());
        }
        let hint = suggest(function, functions.iter().map(String::as_str));
        Err((format!("the script of `{flow}` has no function `{function}`"), hint))
    }
}

fn no_flow(dialogs: &Dialogs, flow: &str) -> (String, String) {
    (format!("there is no flow `{flow}`"), suggest(flow, dialogs.flows()))
}

fn value(slot: &Slot, texts: &[String]) -> Result<Option<SlotValue>, (String, String)> {
    if let ([only], false) = (texts, slot.many) {
        return if only == "none" { Ok(None) } else { one(slot, only).map(Some) };
    }
    if !slot.many {
        let hint = "write one value behind the colon".to_owned();
        return Err((format!("`{}` holds one value, not a list", slot.name.value), hint));
    }
    texts.iter().map(|text| one(slot, text)).collect::<Result<_, _>>().map(|all| Some(SlotValue::Many(all)))
}

fn one(slot: &Slot, text: &str) -> Result<SlotValue, (String, String)> {
    let id = text.to_owned();
    let (read, form) = match &slot.kind {
        SlotType::Money => (text.parse().ok().map(SlotValue::Money), "`42.50 USD`".to_owned()),
        SlotType::Date => (text.parse().ok().map(SlotValue::Date), "`2026-11-28`".to_owned()),
        SlotType::Number => (text.parse().ok().map(SlotValue::Number), "`3`".to_owned()),
        SlotType::YesNo => {
            let yes = ["yes", "true"].contains(&text);
            ((yes || ["no", "false"].contains(&text)).then_some(SlotValue::YesNo(yes)), "yes or no".to_owned())
        }
        SlotType::Choice(options) => {
            let ids: Vec<&str> = options.iter().map(|option| option.id.as_str()).collect();
            (ids.contains(&text).then_some(SlotValue::Choice(id)), format!("one of {}", ids.join(", ")))
        }
        SlotType::Payee(_) => (Some(SlotValue::Payee(id)), String::new()),
        SlotType::Provider => (Some(SlotValue::Provider(id)), String::new()),
        _ => (Some(SlotValue::Text(id)), String::new()),
    };
    let wrong = || format!("`{text}` is no value for `{}`, which is of type {}", slot.name.value, slot.kind.word());
    read.ok_or_else(|| (wrong(), format!("write it like {form}")))
}
