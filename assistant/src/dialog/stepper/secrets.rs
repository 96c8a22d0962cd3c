//! Answers that are secret: looked at once, by the slot's own conditions, and kept nowhere. They fill nothing else, lead to
//! no other flow, and are never said, stored or given to a script.

use super::Turn;
use crate::dialog::format::flow::SlotType;
use crate::dialog::moments::Moment;
use crate::dialog::scripts::secret::Secret;
use crate::dialog::scripts::values;
use crate::dialog::state::Awaiting;
use crate::dialog::value::{Held, Origin, SlotValue};
use crate::redaction::spoken_digits;
use crate::understanding::{Act, Meaning};
use rhai::Dynamic;

impl Turn<'_> {
    /// The slot that is asked for, if it is a secret.
    pub(super) fn awaited_secret(&self) -> Option<String> {
        let Awaiting::Slot { slot, .. } = &self.state.awaiting else { return None };
        let (_, found) = self.slot(slot)?;
        (found.kind == SlotType::Secret).then(|| slot.clone())
    }

    /// The answer to the question for a secret.
    pub(super) fn secret_heard(&mut self, meaning: &Meaning, name: &str) {
        let Some((program, slot)) = self.slot(name) else { return self.failed("the awaited slot is gone") };
        if meaning.acts.contains(&Act::Skip) {
            return self.asked_for(Moment::Skip);
        }
        let said = characters(&meaning.text);
        if said.is_empty() {
            return self.miss();
        }
        let checks = program.checks.get(name).map(Vec::as_slice).unwrap_or_default();
        for (check, validation) in checks.iter().zip(&slot.validate) {
            let value = |of: &str| match of == name {
                true => Dynamic::from(Secret::said(&said)),
                false => values::to_script(self.task().and_then(|task| task.value(of))),
            };
            let answer = self.dialogs.scripts.evaluate_on(check, &program.flow.slots, value, self.share());
            if !answer.is_ok_and(|answer| answer.as_bool() == Ok(true)) {
                if let Some(words) = self.text(&validation.say, &[]) {
                    self.say(words);
                }
                return self.miss_quietly();
            }
        }
        if let Some(task) = self.task_mut() {
            task.values.insert(name.to_owned(), Held::new(SlotValue::Secret, Origin::Said));
        }
        self.run();
    }
}

/// The characters of a secret, however it was said: its digits if it is said digit by digit, else letters and digits.
fn characters(text: &str) -> String {
    let digits = spoken_digits(text);
    if !digits.is_empty() {
        return digits;
    }
    text.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}
