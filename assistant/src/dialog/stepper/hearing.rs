//! What was heard goes where it belongs: to repair, to another flow, to a correction, or to what was asked.

use super::Turn;
use super::asides::asks_about;
use super::consenting::names_values;
use super::corrections::Corrected;
use super::line::readings;
use super::queue::means_everything;
use super::readings::Reading;
use super::relative::{Relative, relative};
use super::stack::pays;
use super::words::{contains, plain};
use crate::dialog::format::flow::SlotType;
use crate::dialog::moments::Moment;
use crate::dialog::state::Awaiting;
use crate::redaction::has_card_number;
use crate::understanding::{Act, EntityKind, Meaning};

impl Turn<'_> {
    /// The person said something.
    pub(super) fn heard(&mut self, meaning: &Meaning) {
        if has_card_number(&meaning.text) {
            return self.card_number();
        }
        self.state.silences = 0;
        if self.state.awaiting == Awaiting::Outcome {
            return self.say_phrase("busy", &[]);
        }
        self.state.waiting = false;
        if let Awaiting::Repair { moment, at, kept } = self.state.awaiting.clone() {
            return self.repair_answered(meaning, moment, at, *kept);
        }
        self.heard_awaited(meaning);
    }

    /// The person said something where anything but a repair file's own question is awaited.
    pub(super) fn heard_awaited(&mut self, meaning: &Meaning) {
        if let Some(slot) = self.awaited_secret() {
            if !self.repair(meaning) {
                self.secret_heard(meaning, &slot);
            }
            return;
        }
        if let Awaiting::Ending { order } = &self.state.awaiting
            && meaning.acts.contains(&Act::Cancel)
        {
            let order = order.clone();
            return self.ending_heard(meaning, &order);
        }
        if self.speaks_otherwise(meaning) {
            return;
        }
        if self.passes_over(meaning) {
            return self.pass_on();
        }
        if self.leaves_out_of_line(meaning) {
            return;
        }
        if self.repair(meaning) || self.follow_up(meaning) || self.digress(meaning) {
            return;
        }
        match self.state.awaiting.clone() {
            Awaiting::Nothing => self.idle(meaning),
            Awaiting::Slot { slot, suggestion, replacing } => {
                if !self.corrects_another(meaning, &slot) {
                    self.answer(meaning, &slot, suggestion, replacing);
                }
            }
            Awaiting::Which { slot, options, replacing } => {
                if !self.corrects_another(meaning, &slot) {
                    self.answer_which(meaning, &slot, &options, replacing);
                }
            }
            Awaiting::Consent(read_back) => self.consent_heard(meaning, *read_back),
            Awaiting::Change => self.change(meaning),
            Awaiting::Ending { order } => self.ending_heard(meaning, &order),
            Awaiting::Outcome | Awaiting::Repair { .. } => {}
            Awaiting::Resume => self.resume_heard(meaning),
            Awaiting::WhichFlow { flows, said } => self.which_flow_heard(meaning, &flows, *said),
        }
    }

    /// Corrections of other slots than the one that is asked for: only where the person says that it is one, or asks for
    /// the same flow anew with other values.
    fn corrects_another(&mut self, meaning: &Meaning, asked: &str) -> bool {
        let anew = meaning.intent.as_ref().is_some_and(|guess| {
            guess.confidence_milli == 1000 && Some(guess.name.as_str()) == self.state.flow() && !guess.slots.is_empty()
        });
        // "Make it double" changes an amount where something else is asked for.
        let relates = relative(meaning).is_some_and(|relative| relative != Relative::Last)
            && self.slot(asked).is_some_and(|(_, slot)| slot.kind != SlotType::Money);
        if !meaning.acts.contains(&Act::Correct) && !anew && !relates && !insists(meaning) {
            return false;
        }
        // A whole new sentence of this flow with another payee: all of it is meant.
        if anew && !meaning.acts.contains(&Act::Correct) && !self.other_values(meaning).is_empty() {
            self.fill_others(meaning, "");
            return self.correct(meaning, None) == Corrected::Done;
        }
        // What answers the question is an answer, however it was put.
        let answers = self.slot(asked).is_some_and(|(program, slot)| {
            let filled = self.task().is_some_and(|task| task.values.contains_key(asked));
            let reading = self.read(meaning, None, program, slot, self.currency_for(slot));
            !filled && reading != Reading::None
        });
        !answers && self.correct(meaning, None) == Corrected::Done
    }

    /// Help, cancel, repeat and the like; true if it was one of them.
    fn repair(&mut self, meaning: &Meaning) -> bool {
        let acts = &meaning.acts;
        let has = |act| acts.contains(&act);
        let values = names_values(meaning);
        let asks_for_a_flow = meaning.intent.is_some();
        // "Enough for today", "cancel everything": what stands beside it does not ask for more than to stop.
        let beside = |kind: &EntityKind| matches!(kind, EntityKind::YesNo | EntityKind::Date | EntityKind::Choice);
        let others = meaning.entities.iter().any(|entity| !beside(&entity.kind));
        let asks_for_more = asks_for_a_flow && !means_everything(&meaning.text);
        self.plain = !others && !asks_for_more && acts.iter().all(|act| matches!(act, Act::Cancel | Act::No));
        let moment = if has(Act::Cancel) && !(has(Act::Correct) && values) && !self.answers_after_all(meaning) {
            return self.cancel(meaning);
        } else if has(Act::StartOver) && !values {
            Moment::StartOver
        } else if has(Act::Human) {
            Moment::Human
        } else if has(Act::Repeat) && !values {
            Moment::Repeat
        } else if has(Act::Help) && !values {
            Moment::Help
        } else if has(Act::Back) && !values {
            Moment::GoBack
        } else if has(Act::Wait)
            && !(values || asks_for_a_flow || has(Act::Yes) || has(Act::No) || self.asks_about_read_back(meaning))
        {
            self.state.waiting = true;
            self.keep_said = true;
            Moment::Wait
        } else {
            return false;
        };
        self.asked_for(moment);
        true
    }

    /// "Wait, who is this to again?" asks about what was read back, and not for time.
    fn asks_about_read_back(&self, meaning: &Meaning) -> bool {
        matches!(self.state.awaiting, Awaiting::Consent(_)) && asks_about(meaning)
    }

    /// "Never mind, the water one": what answers the question takes the place of what is dropped.
    fn answers_after_all(&self, meaning: &Meaning) -> bool {
        let (Awaiting::Slot { slot, .. } | Awaiting::Which { slot, .. }) = &self.state.awaiting else { return false };
        let Some((program, slot)) = self.slot(slot) else { return false };
        let text = plain(&meaning.text);
        let soft = ["never mind", "nevermind", "forget", "算了"].iter().any(|word| contains(&text, word));
        let reading = self.read(meaning, None, program, slot, self.currency_for(slot));
        soft && matches!(reading, Reading::One(_))
    }

    /// "Cancel the water payment", while it is being made: it is not the one that was put down for later.
    fn means_this(&self, meaning: &Meaning) -> bool {
        let mut named = meaning.entities.iter().filter(|entity| entity.kind == EntityKind::Payee).peekable();
        let led = |id: &str| self.task().is_some_and(|task| task.values.values().any(|h| h.value.payee() == Some(id)));
        let pays = self.task().and_then(|task| self.dialogs.programs.get(&task.flow)).is_some_and(pays);
        pays && named.peek().is_some() && named.all(|entity| readings(entity).any(led))
    }

    /// The person wants to stop, perhaps for something else.
    fn cancel(&mut self, meaning: &Meaning) -> bool {
        self.everything = means_everything(&meaning.text);
        let next = meaning.intent.as_ref().filter(|guess| guess.confidence_milli == 1000);
        let next = next.filter(|guess| Some(guess.name.as_str()) != self.state.flow() && !self.means_this(meaning));
        let next = next.map(|guess| guess.name.clone());
        if let Some(flow) = next {
            if self.state.tasks.is_empty() {
                return false;
            }
            self.plain = true;
            self.next = Some(flow.clone());
            self.asked_for(Moment::Cancel);
            if !matches!(self.state.awaiting, Awaiting::Repair { .. }) {
                self.start_flow(&flow, meaning);
            }
            return true;
        }
        self.asked_for(Moment::Cancel);
        if self.state.tasks.is_empty() && matches!(self.state.awaiting, Awaiting::WhichFlow { .. }) {
            self.state.awaiting = Awaiting::Nothing;
        }
        true
    }
}

/// True if another payee is named in the manner of somebody who sets something right: "wait, to Alice", 等等，是转给张伟.
fn insists(meaning: &Meaning) -> bool {
    const SETS_RIGHT: &[&str] =
        &["i mean", "i meant", "i was saying", "是转给", "是给", "是付给", "应该是", "我是说", "我说的是", "其实是"];
    let named = meaning.entities.iter().any(|entity| entity.kind == EntityKind::Payee);
    let text = plain(&meaning.text);
    named && (meaning.acts.contains(&Act::Wait) || SETS_RIGHT.iter().any(|words| contains(&text, words)))
}
