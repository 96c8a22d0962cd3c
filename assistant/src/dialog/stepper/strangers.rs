//! Names that the household does not have are named back: "I don't know anyone called Ellis." Nobody else is taken for them.

use super::Turn;
use crate::dialog::format::flow::{Slot, SlotType};
use crate::household::PayeeKind;
use crate::understanding::{Meaning, stranger};
use crate::wording::Words;

impl<'a> Turn<'a> {
    /// Says whom it does not know of those whom the first sentence of a payment names.
    pub(super) fn tell_stranger_at_first(&mut self, meaning: &Meaning) {
        let Some(slot) = self.payee_asked() else { return };
        let task = self.task();
        let known = |name: &str| task.is_some_and(|t| t.values.contains_key(name) || t.unclear.contains_key(name));
        if !known(&slot.name.value) {
            self.tell(slot, stranger(meaning, false));
        }
    }

    /// Says whom it does not know where somebody is put in the place of another. True if it was so.
    pub(super) fn tell_stranger(&mut self, meaning: &Meaning) -> bool {
        let Some(slot) = self.payee_asked() else { return false };
        self.tell(slot, stranger(meaning, false))
    }

    /// Says whom it does not know of those who were named when it was asked whom.
    pub(super) fn tell_stranger_who_answers(&mut self, meaning: &Meaning, slot: &Slot) {
        if matches!(slot.kind, SlotType::Payee(_)) {
            self.tell(slot, stranger(meaning, true).or_else(|| stranger(meaning, false)));
        }
    }

    fn tell(&mut self, slot: &Slot, name: Option<String>) -> bool {
        let Some(name) = name else { return false };
        let biller = slot.kind == SlotType::Payee(Some(PayeeKind::Biller));
        let phrase = if biller { "unknown_biller" } else { "unknown_person" };
        self.say_phrase(phrase, &[("value", Words::same(name))]);
        true
    }

    /// The slot of the flow that says whom to pay.
    fn payee_asked(&self) -> Option<&'a Slot> {
        let program = self.program()?;
        program
            .flow
            .slots
            .iter()
            .find(|slot| matches!(slot.kind, SlotType::Payee(_)) && program.speaks(slot) && !slot.many)
    }
}
