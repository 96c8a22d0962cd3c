//! What repair files can have done: stop, ask again, go back, start over. None of it pays or agrees to anything.

use super::Turn;
use crate::dialog::exchange::Effect;
use crate::dialog::moments::{Moment, Verb};
use crate::dialog::state::{Awaiting, Task};

impl Turn<'_> {
    /// Does one of the things of repair.
    pub(super) fn verb(&mut self, verb: Verb, moment: Moment) {
        match verb {
            Verb::Stop => self.stop(),
            Verb::AskAgain => self.ask_again(),
            Verb::Repeat => self.repeat(),
            Verb::Reprompt => self.reprompt(moment),
            Verb::Explain => self.explain(),
            Verb::GoBack => self.back(),
            Verb::StartOver => self.start_over(),
            Verb::Skip => self.skip(),
            Verb::GoOn => self.go_on(),
            Verb::GiveUp => self.give_up(),
        }
    }

    /// Stops the flow that is being led; what was suspended is asked about, unless another flow is to begin.
    fn stop(&mut self) {
        self.state.tasks.pop();
        if self.everything {
            self.state.tasks.retain(|task| !task.queued);
        }
        self.state.misses = 0;
        self.state.awaiting = Awaiting::Nothing;
        if self.next.is_some() {
            return;
        }
        if self.state.tasks.is_empty() {
            return self.rest();
        }
        self.state.awaiting = Awaiting::Resume;
        self.ask_again();
    }

    /// Begins the flow anew.
    fn start_over(&mut self) {
        let Some(task) = self.state.tasks.pop() else { return self.begin() };
        self.state.tasks.push(Task { paid: task.paid, ..Task::new(&task.flow) });
        self.run();
    }

    /// True if there is no question to go back to.
    pub(super) fn is_first(&self) -> bool {
        if self.state.tasks.is_empty() || matches!(self.state.awaiting, Awaiting::Resume | Awaiting::WhichFlow { .. }) {
            return true;
        }
        let current = match &self.state.awaiting {
            Awaiting::Slot { replacing: true, .. } | Awaiting::Which { replacing: true, .. } | Awaiting::Change => {
                return false;
            }
            Awaiting::Slot { slot, .. } | Awaiting::Which { slot, .. } => Some(slot),
            _ => None,
        };
        self.task().is_none_or(|task| task.trail.iter().all(|asked| Some(&asked.slot) == current))
    }

    /// Goes back to the question before this one.
    fn back(&mut self) {
        if self.is_first() {
            return self.ask_again();
        }
        let current = match &self.state.awaiting {
            // Back from a change that was not made is the read-back, or wherever the flow stands.
            Awaiting::Slot { replacing: true, .. } | Awaiting::Which { replacing: true, .. } | Awaiting::Change => {
                return self.run();
            }
            Awaiting::Slot { slot, .. } | Awaiting::Which { slot, .. } => Some(slot.clone()),
            _ => None,
        };
        let Some(task) = self.task_mut() else { return };
        if let Some(slot) = current {
            task.trail.retain(|asked| asked.slot != slot);
        }
        if let Some(asked) = task.trail.pop() {
            task.values.remove(&asked.slot);
            task.unclear.remove(&asked.slot);
            task.accepted.remove(&asked.slot);
            task.frames = asked.frames;
            self.run();
        }
    }

    /// Says once more what was said last.
    fn repeat(&mut self) {
        if matches!(self.state.awaiting, Awaiting::Consent(_)) {
            self.read_again();
        } else {
            self.state.said.clone().into_iter().for_each(|words| self.say(words));
            self.keep_said = true;
        }
    }

    /// Says the slot's own help.
    fn explain(&mut self) {
        let (Awaiting::Slot { slot, .. } | Awaiting::Which { slot, .. }) = &self.state.awaiting else { return };
        let own = self.slot(slot).and_then(|(_, slot)| {
            let options = self.options(slot);
            slot.help.as_ref().and_then(|help| self.text(help, &[("options", options)]))
        });
        own.into_iter().for_each(|words| self.say(words));
    }

    /// Leaves the question out, if it may be left out.
    fn skip(&mut self) {
        let Awaiting::Slot { slot, .. } = self.state.awaiting.clone() else { return self.ask_again() };
        if !self.slot(&slot).is_some_and(|(_, slot)| slot.optional) {
            return self.ask_again();
        }
        if let Some(task) = self.task_mut()
            && let Some(frame) = task.frames.last_mut()
        {
            task.values.remove(&slot);
            frame.at += 1;
        }
        self.run();
    }

    /// Goes on with what was suspended; a payment is read back anew.
    fn go_on(&mut self) {
        if self.state.awaiting == Awaiting::Resume {
            self.run();
        }
    }

    /// Ends all that is going on.
    fn give_up(&mut self) {
        if self.give_up_to() {
            return;
        }
        if self.state.tasks.is_empty() && self.state.awaiting == Awaiting::Nothing {
            return self.effects.push(Effect::End);
        }
        self.rest();
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
