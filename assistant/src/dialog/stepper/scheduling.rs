//! When a payment is made: at once, on a day, or again and again, by what the slots of its `pay` step hold.

use super::Turn;
use crate::dialog::program::PayOp;
use crate::dialog::value::SlotValue;
use crate::schedule::Schedule;

impl Turn<'_> {
    /// The schedule of a payment; `None` within for at once. The outer `None`: something is asked for instead.
    pub(super) fn schedule(&mut self, pay: &PayOp) -> Option<Option<Schedule>> {
        let today = self.world.now.date();
        let value = |slot: &Option<String>| slot.as_ref().and_then(|slot| self.task()?.value(slot)).cloned();
        let on = match value(&pay.when) {
            Some(SlotValue::Date(on)) => Some(on),
            _ => None,
        };
        let rhythm = match value(&pay.every) {
            Some(SlotValue::Rhythm(rhythm)) => Some(rhythm),
            _ => None,
        };
        if let (Some(on), Some(slot)) = (on.filter(|on| *on < today), &pay.when) {
            let day = self.spoken(&SlotValue::Date(on), None);
            self.say_phrase("past_date", &[("value", day)]);
            self.ask_anew(slot);
            return None;
        }
        match (rhythm, on) {
            (None, on) => Some(on.filter(|on| *on > today).map(|on| Schedule::Once { on })),
            (Some(rhythm), None) if rhythm.is_open() && pay.when.is_some() => {
                pay.when.iter().for_each(|slot| self.ask(slot, None));
                None
            }
            (Some(rhythm), on) => {
                let schedule = Schedule::every(rhythm, on.unwrap_or(today), None);
                if schedule.is_none() {
                    self.failed("the calendar ends before the first payment");
                }
                schedule.map(Some)
            }
        }
    }
}
