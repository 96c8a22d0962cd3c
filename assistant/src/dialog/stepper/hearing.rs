//! What was heard goes where it belongs: to repair, to another flow, to a correction, or to what was asked.

use super::Turn;
use super::consenting::names_values;
use super::corrections::Corrected;
use crate::dialog::card_number;
use crate::dialog::state::Awaiting;
use crate::understanding::{Act, Meaning};

impl Turn<'_> {
    /// The person said something.
    pub(super) fn heard(&mut self, meaning: &Meaning) {
        if card_number::spoken(&meaning.text) {
            return self.card_number();
        }
        self.state.silences = 0;
        if self.state.awaiting == Awaiting::Outcome {
            return self.say_phrase("busy", &[]);
        }
        if self.repair(meaning) || self.digress(meaning) {
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
            Awaiting::Outcome => {}
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
        if !meaning.acts.contains(&Act::Correct) && !anew {
            return false;
        }
        // What answers the question is an answer, however it was put.
        let answers = self.slot(asked).is_some_and(|(program, slot)| {
            let filled = self.task().is_some_and(|task| task.values.contains_key(asked));
            let reading = self.read(meaning, None, program, slot, self.currency_for(slot));
            !filled && reading != super::readings::Reading::None
        });
        !answers && self.correct(meaning, None) == Corrected::Done
    }

    /// Help, cancel, repeat and the like; true if it was one of them.
    fn repair(&mut self, meaning: &Meaning) -> bool {
        let acts = &meaning.acts;
        let has = |act| acts.contains(&act);
        let values = names_values(meaning);
        let asks_for_a_flow = meaning.intent.is_some();
        if has(Act::Cancel) && !(has(Act::Correct) && values) {
            let next = meaning.intent.as_ref().filter(|guess| guess.confidence_milli == 1000);
            let next =
                next.filter(|guess| Some(guess.name.as_str()) != self.state.flow()).map(|guess| guess.name.clone());
            match next {
                Some(flow) => self.cancel_for(&flow, meaning),
                None => self.cancel(),
            }
        } else if has(Act::StartOver) && !values {
            self.start_over();
        } else if has(Act::Human) {
            self.human();
        } else if has(Act::Repeat) && !values {
            self.repeat();
        } else if has(Act::Help) && !values {
            self.help();
        } else if has(Act::Back) && !values {
            self.back();
        } else if has(Act::Wait) && !values && !asks_for_a_flow && !has(Act::Yes) && !has(Act::No) {
            self.say_phrase("take_your_time", &[]);
            self.keep_said = true;
        } else {
            return false;
        }
        true
    }
}
