//! Cancel, back, repeat, help, start over: what a person may say at any time.

use super::Turn;
use crate::dialog::state::{Awaiting, Task};
use crate::understanding::Meaning;

impl Turn<'_> {
    /// Stops the flow that is being led.
    pub(super) fn cancel(&mut self) {
        if self.state.awaiting == Awaiting::Resume {
            return self.not_resumed();
        }
        let Some(task) = self.state.tasks.pop() else {
            self.state.awaiting = Awaiting::Nothing;
            return self.say_phrase("nothing_to_cancel", &[]);
        };
        self.say_phrase(if task.paid { "cancelled_after_payment" } else { "cancelled" }, &[]);
        self.state.misses = 0;
        if self.state.tasks.is_empty() {
            self.rest();
        } else {
            self.state.awaiting = Awaiting::Resume;
            self.ask_again();
        }
    }

    /// Stops the flow that is being led, for another one.
    pub(super) fn cancel_for(&mut self, flow: &str, meaning: &Meaning) {
        if let Some(task) = self.state.tasks.pop() {
            self.say_phrase(if task.paid { "cancelled_after_payment" } else { "cancelled" }, &[]);
        }
        self.start_flow(flow, meaning);
    }

    /// Begins the flow anew.
    pub(super) fn start_over(&mut self) {
        let Some(task) = self.state.tasks.pop() else { return self.begin() };
        self.say_phrase("start_over", &[]);
        self.state.tasks.push(Task { paid: task.paid, ..Task::new(&task.flow) });
        self.run();
    }

    /// Goes back to the question before this one.
    pub(super) fn back(&mut self) {
        if self.state.tasks.is_empty() || matches!(self.state.awaiting, Awaiting::Resume | Awaiting::WhichFlow { .. }) {
            self.say_phrase("at_beginning", &[]);
            return self.ask_again();
        }
        let replacing = matches!(
            self.state.awaiting,
            Awaiting::Slot { replacing: true, .. } | Awaiting::Which { replacing: true, .. } | Awaiting::Change
        );
        if replacing {
            // Back from a change that was not made is the read-back, or wherever the flow stands.
            return self.run();
        }
        let current = match &self.state.awaiting {
            Awaiting::Slot { slot, .. } | Awaiting::Which { slot, .. } => Some(slot.clone()),
            _ => None,
        };
        let Some(task) = self.task_mut() else { return };
        if let Some(slot) = current {
            task.trail.retain(|asked| asked.slot != slot);
        }
        match task.trail.pop() {
            Some(asked) => {
                task.values.remove(&asked.slot);
                task.unclear.remove(&asked.slot);
                task.accepted.remove(&asked.slot);
                task.frames = asked.frames;
                self.run();
            }
            None => {
                self.say_phrase("at_beginning", &[]);
                self.ask_again();
            }
        }
    }

    /// Says once more what was said last.
    pub(super) fn repeat(&mut self) {
        if self.state.said.is_empty() {
            self.say_phrase("nothing_to_repeat", &[]);
        } else if matches!(self.state.awaiting, Awaiting::Consent(_)) {
            self.read_again();
        } else {
            self.state.said.clone().into_iter().for_each(|words| self.say(words));
        }
    }

    /// Says what can be said here.
    pub(super) fn help(&mut self) {
        let own = match &self.state.awaiting {
            Awaiting::Nothing => return self.say_phrase("idle_help", &[]),
            Awaiting::Consent(_) => self.phrase("consent_help", &[]),
            Awaiting::Slot { slot, .. } | Awaiting::Which { slot, .. } => self.slot(slot).and_then(|(_, slot)| {
                let options = self.options(slot);
                slot.help.as_ref().and_then(|help| self.text(help, &[("options", options)]))
            }),
            _ => None,
        };
        let flow = self.state.flow().map(|flow| self.title(flow));
        let general = || self.phrase("help", &[("flow", flow?)]);
        if let Some(words) = own.or_else(general) {
            self.say(words);
        }
        self.ask_again();
    }

    /// The person wants a human.
    pub(super) fn human(&mut self) {
        self.say_phrase("human", &[]);
        self.ask_again();
    }

    /// A card number was said: nothing of it is kept, and the conversation stops.
    pub(super) fn card_number(&mut self) {
        self.say_phrase("card_number", &[]);
        if self.state.awaiting != Awaiting::Outcome {
            self.rest();
        }
    }

    /// The dialog files changed under the conversation.
    pub(super) fn changed_meanwhile(&mut self) {
        self.say_phrase("changed_meanwhile", &[]);
        self.rest();
    }
}
