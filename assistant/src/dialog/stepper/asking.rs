//! Questions, and what to do when they are not answered.

use super::Turn;
use crate::dialog::format::flow::Slot;
use crate::dialog::format::text::Texts;
use crate::dialog::moments::Moment;
use crate::dialog::program::{CollectOp, Op};
use crate::dialog::state::{Asked, Awaiting};
use crate::dialog::value::SlotValue;
use crate::wording::Words;

/// How many questions one can go back.
const TRAIL_MAX: usize = 24;

impl Turn<'_> {
    /// Asks for a slot of the flow, unless several readings of it wait to be told apart.
    pub(super) fn ask(&mut self, name: &str, suggestion: Option<SlotValue>) {
        let unclear = self.task_mut().and_then(|task| task.unclear.remove(name));
        if let Some(task) = self.task_mut() {
            let asked = Asked { slot: name.to_owned(), frames: task.frames.clone() };
            task.trail.retain(|before| *before != asked);
            task.trail.push(asked);
            if task.trail.len() > TRAIL_MAX {
                task.trail.remove(0);
            }
        }
        self.state.awaiting = match unclear {
            Some(options) => Awaiting::Which { slot: name.to_owned(), options, replacing: false },
            None => Awaiting::Slot { slot: name.to_owned(), suggestion, replacing: false },
        };
        self.ask_again();
    }

    /// Asks for a slot that perhaps has a value, which stands until the new one is good.
    pub(super) fn ask_slot(&mut self, name: &str, replacing: bool) {
        if replacing {
            self.state.awaiting = Awaiting::Slot { slot: name.to_owned(), suggestion: None, replacing };
            self.ask_again();
        } else {
            // The flow stands at the question still; running it on asks again, suggestion and all.
            let misses = self.state.misses;
            self.run();
            self.state.misses = misses;
        }
    }

    /// Says once more what is being asked.
    pub(super) fn ask_again(&mut self) {
        match self.state.awaiting.clone() {
            Awaiting::Nothing | Awaiting::Outcome => {}
            Awaiting::Slot { slot, suggestion, .. } => {
                let question = self.slot(&slot).and_then(|(_, slot)| self.question(slot, suggestion.as_ref()));
                if let Some(words) = question.or_else(|| self.phrase("no_match", &[])) {
                    self.say(words);
                }
            }
            Awaiting::Which { .. } | Awaiting::WhichFlow { .. } => self.moment(Moment::Disambiguate),
            Awaiting::Consent(_) => self.read_again(),
            Awaiting::Change => self.say_phrase("what_to_change", &[]),
            Awaiting::Ending { order } => self.ask_ending(&order),
            Awaiting::Resume => self.moment(Moment::Resume),
            Awaiting::Repair { moment, at, .. } => self.ask_repair(moment, at),
        }
    }

    /// The operation that asks for this slot right now, if one does.
    fn asking_op(&self, name: &str) -> Option<&CollectOp> {
        let at = self.task()?.frames.last()?.at;
        match self.program()?.ops.get(at)? {
            Op::Collect(collect) if collect.slot == name => Some(collect),
            _ => None,
        }
    }

    fn question(&self, slot: &Slot, suggestion: Option<&SlotValue>) -> Option<Words> {
        let mut extra = vec![("options", self.options(slot))];
        if let Some(value) = suggestion {
            extra.push(("suggestion", self.spoken(value, Some(slot))));
        }
        let own = self.asking_op(&slot.name.value).and_then(|collect| collect.ask.as_ref());
        let texts = [own, slot.ask.as_ref()].into_iter().flatten();
        let mut words = texts.filter_map(|texts| self.text(texts, &extra));
        words.next()
    }

    /// The values among which the question lets choose, in the order in which it names them: those of a list that it
    /// speaks, else all that fit.
    pub(super) fn offered(&self, slot: &Slot) -> Vec<SlotValue> {
        self.listed(slot).unwrap_or_else(|| self.option_values(slot))
    }

    /// The values of a list of the flow that the question speaks.
    pub(super) fn listed(&self, slot: &Slot) -> Option<Vec<SlotValue>> {
        let own = self.asking_op(&slot.name.value).and_then(|collect| collect.ask.as_ref());
        let holes = own.or(slot.ask.as_ref()).into_iter().flat_map(Texts::templates).flat_map(|(_, text)| text.holes());
        holes.into_iter().find_map(|hole| {
            let (_, other) =
                self.slot(hole).filter(|(_, other)| other.many && other.kind.word() == slot.kind.word())?;
            match self.task()?.value(&other.name.value)? {
                SlotValue::Many(values) => Some(values.clone()),
                _ => None,
            }
        })
    }

    /// The fingerprint of the question of a `confirm` step; `None` for other slots.
    pub(super) fn question_of(&self, name: &str) -> Option<u64> {
        let (_, slot) = self.slot(name).filter(|_| name.contains(' '))?;
        slot.ask.as_ref().map(|texts| self.fingerprint(texts))
    }

    /// The answer was not understood.
    pub(super) fn miss(&mut self) {
        self.state.misses += 1;
        self.moment(Moment::NoMatch);
    }

    /// The answer was understood and can't be taken, and it was said why.
    pub(super) fn miss_quietly(&mut self) {
        self.told = true;
        self.miss();
    }

    /// Nothing was said for as long as the door waits.
    pub(super) fn silence(&mut self) {
        if self.state.awaiting != Awaiting::Outcome {
            self.state.silences += 1;
            self.moment(Moment::Silence);
        }
    }

    /// Asks in the slot's own words for the first, second ... time, or says that it went wrong and asks again.
    pub(super) fn reprompt(&mut self, moment: Moment) {
        let silent = moment == Moment::Silence;
        let time = if silent { self.state.silences } else { self.state.misses }.saturating_sub(1);
        let own = |slot: &Slot| {
            let ladder = if silent { &slot.no_input } else { &slot.reprompt };
            ladder.get(time).or(ladder.last()).cloned()
        };
        if !self.say_rung(own) {
            self.say_phrase(if silent { "no_input" } else { "no_match" }, &[]);
            self.ask_again();
        }
    }

    /// Says the slot's own words for this time, if it has any.
    fn say_rung(&mut self, own: impl Fn(&Slot) -> Option<Texts>) -> bool {
        let Awaiting::Slot { slot, suggestion, .. } = &self.state.awaiting else { return false };
        let Some((_, slot)) = self.slot(slot) else { return false };
        let mut extra = vec![("options", self.options(slot))];
        if let Some(value) = suggestion {
            extra.push(("suggestion", self.spoken(value, Some(slot))));
        }
        let Some(words) = own(slot).and_then(|texts| self.text(&texts, &extra)) else { return false };
        self.say(words);
        true
    }
}
