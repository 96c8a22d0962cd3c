//! Corrections: a new value in the place of an old one. The old one stands until the new one is good; every read-back is
//! void; and the flow begins again with what is known, so that everything that follows from a value follows anew.

use super::Turn;
use super::readings::Reading;
use super::words::{is_part, part_named};
use crate::dialog::format::flow::{Slot, SlotType};
use crate::dialog::moments::Moment;
use crate::dialog::program::{Op, Program};
use crate::dialog::state::Awaiting;
use crate::dialog::value::{Held, Origin, SlotValue};
use crate::understanding::{Act, Meaning};
use crate::wording::{self, Words};

/// What came of looking for corrections.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Corrected {
    /// Nothing said touches a filled slot.
    Nothing,
    /// What was said is what there was.
    Same,
    /// It was dealt with: changed, asked about, or refused with a reason.
    Done,
}

impl<'a> Turn<'a> {
    /// Takes what was said as new values for filled slots, those of `prefer` first among those of one type.
    pub(super) fn correct(&mut self, meaning: &Meaning, prefer: Option<&str>) -> Corrected {
        let mut changes: Vec<(String, SlotValue)> = Vec::new();
        let (mut asked, mut refused, mut same) = (None, false, false);
        for (program, slot) in self.filled_slots(prefer) {
            let name = slot.name.value.clone();
            match self.read_correction(meaning, program, slot) {
                Reading::None => {}
                Reading::One(value) if self.task().and_then(|task| task.value(&name)) == Some(&value) => same = true,
                // "The same for gas", where gas is next in line: nothing is put in the place of anything.
                Reading::One(value) if self.is_next(&value) && !takes_back(meaning) => {}
                Reading::One(value) => changes.push((name, value)),
                Reading::Several(options) => asked = Some((name, Some(options))),
                Reading::Rough => asked = Some((name, None)),
                Reading::Refused(words) => {
                    words.into_iter().for_each(|words| self.say(words));
                    refused = true;
                }
            }
        }
        changes.iter().for_each(|(_, value)| self.leave_line(value));
        if let Some(task) = self.task_mut() {
            for (name, value) in &changes {
                task.values.insert(name.clone(), Held::new(value.clone(), Origin::Corrected));
            }
        }
        match asked {
            Some((name, Some(options))) => self.ask_which(&name, options, true),
            Some((name, None)) => {
                self.say_phrase("exactly", &[]);
                self.ask_slot(&name, true);
            }
            None if !changes.is_empty() => self.corrected(&changes),
            None if refused => self.miss_quietly(),
            None if same => return Corrected::Same,
            None => return Corrected::Nothing,
        }
        Corrected::Done
    }

    fn read_correction(&self, meaning: &Meaning, program: &Program, slot: &Slot) -> Reading {
        let currency = self.currency_for(slot);
        let base = self.task().and_then(|task| task.value(&slot.name.value));
        if let Some(reading) = self.read_relative(meaning, program, slot, base) {
            return reading;
        }
        if let Some(reading) = self.moved_rhythm(meaning, slot) {
            return reading;
        }
        let reading = self.read(meaning, None, program, slot, currency);
        let corrects = [Act::Correct, Act::No].iter().any(|act| meaning.acts.contains(act));
        if let (Reading::None, true, Some(SlotValue::Payee(payee))) = (&reading, corrects, base)
            && let Some(other) = self.namesake(&meaning.text, payee)
        {
            return self.validated(program, slot, other);
        }
        let number = reading == Reading::None && slot.kind == SlotType::Money;
        if number { self.read_number(meaning, program, slot, currency) } else { reading }
    }

    /// One filled slot for each type: the preferred one, else the one of the payment at hand, else the first.
    fn filled_slots(&self, prefer: Option<&str>) -> Vec<(&'a Program, &'a Slot)> {
        // The day of a payment can be changed where it had none, too: "no, on Friday".
        let (paying, days): (Vec<&str>, Vec<&str>) = match self.op() {
            Some(Op::Pay(pay)) => (
                vec![&pay.payee, &pay.amount, &pay.provider],
                pay.when.iter().chain(&pay.every).map(String::as_str).collect(),
            ),
            Some(Op::Refund(refund)) => {
                let named = [&refund.payee, &refund.paid, &refund.day, &refund.amount].into_iter().flatten();
                (named.map(String::as_str).collect(), Vec::new())
            }
            _ => (Vec::new(), Vec::new()),
        };
        let mut found: Vec<(&'a Program, &'a Slot)> = Vec::new();
        for program in self.programs() {
            let filled = program.flow.slots.iter().filter(|slot| {
                let held = self.task().and_then(|task| task.values.get(&slot.name.value));
                let paid = paying.contains(&slot.name.value.as_str());
                let day = days.contains(&slot.name.value.as_str());
                (held.is_some() || day) && !slot.many && (paid || day || program.speaks(slot))
            });
            found.extend(filled.map(|slot| (program, slot)));
        }
        let rank = |slot: &Slot| {
            let name = Some(slot.name.value.as_str());
            if name == prefer {
                0
            } else if paying.iter().chain(&days).any(|paid| Some(*paid) == name) {
                1
            } else {
                2
            }
        };
        found.sort_by_key(|(_, slot)| rank(slot));
        let mut kinds: Vec<&str> = Vec::new();
        found.retain(|(_, slot)| {
            let new = !kinds.contains(&slot.kind.word()) || matches!(slot.kind, SlotType::Choice(_));
            kinds.push(slot.kind.word());
            new
        });
        found
    }

    /// The operation at which the task stands.
    pub(super) fn op(&self) -> Option<&'a Op> {
        let at = self.task()?.frames.last()?.at;
        self.program()?.ops.get(at)
    }

    /// Says what was changed and begins the flow again with it.
    pub(super) fn corrected(&mut self, changes: &[(String, SlotValue)]) {
        let words: Vec<Words> =
            changes.iter().map(|(name, value)| self.spoken(value, self.slot(name).map(|(_, slot)| slot))).collect();
        let value = wording::list(&words, self.state.lang);
        self.say_phrase("corrected", &[("value", value)]);
        self.rewind();
        self.run();
    }

    /// Back to where the task began, or to behind its last payment, with all that the person said.
    pub(super) fn rewind(&mut self) {
        let Some(task) = self.task_mut() else { return };
        task.frames.clone_from(&task.base.frames);
        let before = std::mem::take(&mut task.values);
        task.values.clone_from(&task.base.values);
        for (name, held) in before {
            match held.origin {
                Origin::Said | Origin::Corrected => {
                    task.values.insert(name, held);
                }
                Origin::Suggested => {
                    task.accepted.insert(name, held.value);
                }
                Origin::Computed => {}
            }
        }
    }

    /// The person named a part of the payment ("the amount is wrong") without a new value: asks for it. False if none
    /// was named.
    pub(super) fn change_named(&mut self, meaning: &Meaning) -> bool {
        let Some(named) = part_named(&meaning.text) else { return false };
        let slot = self.filled_slots(None).into_iter().find(|(_, slot)| is_part(&slot.kind, named));
        let Some((_, slot)) = slot else { return false };
        self.ask_slot(&slot.name.value, true);
        true
    }

    /// The answer to "what should I change?".
    pub(super) fn change(&mut self, meaning: &Meaning) {
        if self.correct(meaning, None) == Corrected::Done || self.change_named(meaning) {
            return;
        }
        let acts = &meaning.acts;
        if acts.contains(&Act::No) && !acts.contains(&Act::Yes) {
            self.plain = true;
            self.moment(Moment::Cancel);
        } else if acts.contains(&Act::Yes) || !meaning.entities.is_empty() {
            // Neither pays: it is read back again, and the answer to that counts.
            self.state.awaiting = Awaiting::Nothing;
            self.run();
        } else {
            self.miss();
        }
    }
}

/// True if something that was said is taken back.
fn takes_back(meaning: &Meaning) -> bool {
    [Act::Correct, Act::No].iter().any(|act| meaning.acts.contains(act))
}
