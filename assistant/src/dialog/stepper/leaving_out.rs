//! Payments of several that are left out after all: "skip the rent", 煤气先不交了, whether it is the one that is led or one that waits.

use super::Turn;
use super::line::{has, readings};
use crate::dialog::state::{Awaiting, Task};
use crate::dialog::value::SlotValue;
use crate::understanding::{Act, Entity, EntityKind, Meaning};

/// Words by which a payment that is named is left out.
const LEAVES_OUT: &[&str] = &[
    "skip",
    "not",
    "leave out",
    "drop",
    "don't pay",
    "don t pay",
    "不交",
    "不付",
    "不转",
    "先不",
    "跳过",
    "别交",
    "别付",
    "不用交",
];

impl Turn<'_> {
    /// True if this is a payee who waits in line.
    pub(super) fn is_next(&self, value: &SlotValue) -> bool {
        value.payee().is_some() && self.state.tasks.iter().any(|task| waits_for(task, value))
    }

    /// Who takes the place of the payee that is led waits in line no more.
    pub(super) fn leave_line(&mut self, value: &SlotValue) {
        if value.payee().is_some() {
            self.state.tasks.retain(|task| !waits_for(task, value));
        }
    }

    /// True if the payment that is led is to be left out, and others wait behind it: "skip the rent", 房租先不交.
    pub(super) fn passes_over(&self, meaning: &Meaning) -> bool {
        let (Some(task), Some(behind)) = (self.task(), self.state.tasks.iter().rev().nth(1)) else { return false };
        let led = task.values.values().find_map(|held| held.value.payee());
        let only_led = named(meaning).all(|entity| readings(entity).any(|id| Some(id) == led));
        let names_it = only_led && named(meaning).next().is_some();
        let skips = meaning.acts.contains(&Act::Skip) && only_led;
        self.leaves_out(meaning) && behind.queued && !task.paid && led.is_some() && (skips || names_it)
    }

    /// Leaves out the payment that is led, and goes on with what waits in line.
    pub(super) fn pass_on(&mut self) {
        let left = self.state.tasks.pop();
        let payee = left.as_ref().and_then(|task| task.values.values().find(|held| held.value.payee().is_some()));
        if let Some(payee) = payee.map(|held| self.spoken(&held.value, None)) {
            self.say_phrase("left_out", &[("value", payee)]);
        }
        self.state.misses = 0;
        self.next_in_line();
    }

    /// Leaves out those in line whom a sentence names to be left out, and asks on. True if it did.
    pub(super) fn leaves_out_of_line(&mut self, meaning: &Meaning) -> bool {
        let left_out = named(meaning).map(|entity| self.in_line(readings(entity))).collect::<Option<Vec<_>>>();
        let Some(left_out) = left_out.filter(|payees| !payees.is_empty() && self.leaves_out(meaning)) else {
            return false;
        };
        for payee in &left_out {
            self.leave_line(payee);
            self.say_phrase("left_out", &[("value", self.spoken(payee, None))]);
        }
        self.state.misses = 0;
        self.ask_again();
        true
    }

    /// Whoever of these waits in line.
    fn in_line<'a>(&self, ids: impl Iterator<Item = &'a str>) -> Option<SlotValue> {
        ids.map(|id| SlotValue::Payee(id.to_owned())).find(|payee| self.is_next(payee))
    }

    /// True if a sentence is of leaving out a payment, and what is asked leaves room for that.
    fn leaves_out(&self, meaning: &Meaning) -> bool {
        let has_room = match &self.state.awaiting {
            Awaiting::Slot { .. } | Awaiting::Which { .. } | Awaiting::Change => true,
            Awaiting::Consent(read_back) => read_back.demand().is_none(),
            _ => false,
        };
        let leaves_out = meaning.acts.contains(&Act::Skip) || has(&meaning.text, LEAVES_OUT);
        has_room && leaves_out && !meaning.acts.contains(&Act::Cancel)
    }
}

/// What a sentence names.
fn named(meaning: &Meaning) -> impl Iterator<Item = &Entity> {
    meaning.entities.iter().filter(|entity| entity.kind != EntityKind::YesNo)
}

/// True if a task waits in line and is to pay this payee.
fn waits_for(task: &Task, payee: &SlotValue) -> bool {
    task.queued && task.values.values().any(|held| held.value == *payee)
}
