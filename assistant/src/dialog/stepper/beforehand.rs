//! What is accepted before it is suggested: "pay the gas bill in full", "half of the gas bill", 电费我先交一半.

use super::Turn;
use super::readings::{Reading, accepts_beforehand};
use super::relative::{Relative, relative};
use crate::dialog::format::flow::Slot;
use crate::dialog::program::Program;
use crate::dialog::state::Share;
use crate::dialog::value::{Held, Origin, SlotValue};
use crate::understanding::Meaning;

/// What came of a suggestion that was accepted before.
pub(super) enum Taken {
    /// Nothing: the question is to be asked.
    None,
    /// The slot has its value.
    One,
    /// Which of several is meant was asked.
    Asked,
}

impl Turn<'_> {
    /// Notes that all or half of what will be suggested for a slot is wanted.
    pub(super) fn accept_beforehand(&mut self, meaning: &Meaning, slot: &Slot) {
        let half = relative(meaning) == Some(Relative::Half);
        let all = !half && accepts_beforehand(meaning, slot);
        let Some(task) = self.task_mut() else { return };
        if half {
            task.share = Some(Share::Half);
        }
        if all {
            task.accepts.insert(slot.name.value.clone());
        }
    }

    /// Takes what is suggested, or half of it, where that was wanted before. `accepted`: all of it was.
    pub(super) fn take_beforehand(
        &mut self,
        program: &Program,
        name: &str,
        suggestion: Option<&SlotValue>,
        accepted: bool,
    ) -> Taken {
        let (Some(slot), Some(value)) = (program.slot(name), suggestion) else { return Taken::None };
        let half = self.task().is_some_and(|task| task.share == Some(Share::Half));
        let (reading, origin) = match value {
            SlotValue::Money(of) if half => (self.half(program, slot, *of), Origin::Said),
            value if accepted => (self.validated(program, slot, value.clone()), Origin::Suggested),
            _ => return Taken::None,
        };
        let Some(task) = self.task_mut() else { return Taken::None };
        task.share = None;
        match reading {
            Reading::One(value) => {
                task.values.insert(name.to_owned(), Held::new(value, origin));
                Taken::One
            }
            Reading::Several(options) => {
                self.ask_which(name, options, false);
                Taken::Asked
            }
            _ => Taken::None,
        }
    }
}
