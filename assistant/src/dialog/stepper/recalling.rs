//! What was talked about last: the payee to whom "pay it" and "how much is it?" point, and the list of which "the first one"
//! is one.

use super::Turn;
use super::asides::{commands_the_last, points_at_last};
use super::stack::{gives_back, is_asked_for, pays};
use super::words::{contains, ordinal, plain};
use crate::dialog::format::flow::SlotType;
use crate::dialog::program::Program;
use crate::dialog::state::Task;
use crate::dialog::value::SlotValue;
use crate::understanding::{Act, EntityKind, Meaning};

impl Turn<'_> {
    /// Keeps what a flow that has ended was about.
    pub(super) fn remember(&mut self, ended: &Task) {
        if let Some(payee) = ended.values.values().find_map(|held| held.value.payee()) {
            self.state.about = Some(payee.to_owned());
        }
        if self.dialogs.programs.get(&ended.flow).is_none_or(|program| !program.flow.aside) {
            self.state.led = self.led(ended);
            // What is paid in between leaves the list as it is: "and now the second one".
            if self.state.led.is_some() {
                self.state.listed = listed(ended);
            }
        }
    }

    /// The payee that was talked about last, where a sentence points at it and the flow can take it: "what is my water
    /// bill?" "Pay it."
    pub(super) fn talked_about(&self, flow: &str, meaning: &Meaning) -> Option<(String, SlotValue)> {
        let about = self.state.about.as_ref().filter(|_| points_at_last(meaning))?;
        let gives_back = self.dialogs.programs.get(flow).is_none_or(gives_back);
        (!gives_back).then(|| self.payee_slot(flow, about)).flatten()
    }

    /// The one of the payees that were read out last which is named by its place: "pay the first one", 先交第二个.
    pub(super) fn of_the_list(&self, flow: &str, meaning: &Meaning) -> Option<(String, SlotValue)> {
        self.payee_slot(flow, self.placed(meaning)?)
    }

    fn placed(&self, meaning: &Meaning) -> Option<&str> {
        const SEVERAL: &[&str] =
            &["first two", "first three", "last two", "last three", "前两", "前三", "后两", "后三"];
        let text = plain(&meaning.text);
        let named = meaning.entities.iter().any(|entity| entity.kind == EntityKind::Payee);
        if named || SEVERAL.iter().any(|words| contains(&text, words)) {
            return None;
        }
        self.state.listed.get(ordinal(&meaning.text, self.state.listed.len())?)?.payee()
    }

    /// "OK, pay it", after a bill was looked up, or "pay the second", after several were: it agrees to nothing, as nothing was
    /// asked, and begins to pay that bill.
    pub(super) fn pays_the_last(&self, meaning: &Meaning) -> Option<(String, (String, SlotValue))> {
        if meaning.intent.is_some() {
            return None;
        }
        let about = self.state.about.as_deref().filter(|_| commands_the_last(meaning));
        let about = self.placed(meaning).filter(|_| commands(meaning)).or(about)?;
        let takes = |program: &&&Program| is_asked_for(program) && pays(program) && self.takes_payee(program, about);
        let programs: Vec<_> = self.dialogs.programs.values().collect();
        let mut fitting = programs.iter().filter(takes);
        let flow = &fitting.next()?.flow.name.value;
        let slot = self.payee_slot(flow, about)?;
        fitting.next().is_none().then(|| (flow.clone(), slot))
    }

    /// The payee that is being talked about, if another flow can take it: "how much is it?" in the middle of paying.
    pub(super) fn payee_for(&self, flow: &str) -> Option<(String, SlotValue)> {
        let payee = self.task()?.values.values().find_map(|held| held.value.payee())?;
        self.payee_slot(flow, payee)
    }

    /// The slot of a flow that takes this payee, with it as its value.
    fn payee_slot(&self, flow: &str, id: &str) -> Option<(String, SlotValue)> {
        let program = self.dialogs.programs.get(flow)?;
        let payee = self.world.household.payee(id)?;
        let slot =
            program.flow.slots.iter().filter(|slot| program.speaks(slot) && !slot.many).find(
                |slot| matches!(&slot.kind, SlotType::Payee(kind) if kind.is_none_or(|kind| payee.kind == kind)),
            )?;
        Some((slot.name.value.clone(), SlotValue::Payee(id.to_owned())))
    }
}

/// True if something is to be paid, and nothing is refused.
fn commands(meaning: &Meaning) -> bool {
    let text = plain(&meaning.text);
    let pays = ["pay", "settle", "clear", "付", "交", "缴"].iter().any(|word| contains(&text, word));
    pays && [Act::No, Act::Cancel, Act::Wait].iter().all(|act| !meaning.acts.contains(act))
}

/// The payees of a list that a flow has read out.
fn listed(task: &Task) -> Vec<SlotValue> {
    let lists = task.values.values().filter_map(|held| match &held.value {
        SlotValue::Many(values) if values.iter().all(|value| value.payee().is_some()) => Some(values),
        _ => None,
    });
    lists.into_iter().next().cloned().unwrap_or_default()
}
