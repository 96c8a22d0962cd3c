//! What was talked about last: the payee to whom "pay it" and "how much is it?" point.

use super::Turn;
use super::asides::{commands_the_last, points_at_last};
use super::stack::{gives_back, is_asked_for, pays};
use crate::dialog::format::flow::SlotType;
use crate::dialog::program::Program;
use crate::dialog::value::SlotValue;
use crate::understanding::Meaning;

impl Turn<'_> {
    /// The payee that was talked about last, where a sentence points at it and the flow can take it: "what is my water
    /// bill?" "Pay it."
    pub(super) fn talked_about(&self, flow: &str, meaning: &Meaning) -> Option<(String, SlotValue)> {
        let about = self.state.about.as_ref().filter(|_| points_at_last(meaning))?;
        let gives_back = self.dialogs.programs.get(flow).is_none_or(gives_back);
        (!gives_back).then(|| self.payee_slot(flow, about)).flatten()
    }

    /// "OK, pay it", after a bill was looked up: it agrees to nothing, as nothing was asked, and begins to pay that bill.
    pub(super) fn pays_the_last(&self, meaning: &Meaning) -> Option<(String, (String, SlotValue))> {
        let about = self.state.about.as_ref().filter(|_| meaning.intent.is_none() && commands_the_last(meaning))?;
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
