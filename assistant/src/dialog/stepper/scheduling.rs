//! When a payment is made: at once, on a day, or again and again, by what the slots of its `pay` step hold.

use super::Turn;
use super::readings::Reading;
use super::words::{contains, plain};
use crate::dialog::format::flow::{Slot, SlotType};
use crate::dialog::program::{Op, PayOp};
use crate::dialog::value::SlotValue;
use crate::schedule::Schedule;
use crate::understanding::{EntityKind, Meaning, Value};

/// Words by which a day is the one on which payments begin.
const BEGINS: &[&str] = &[
    "start",
    "starts",
    "starting",
    "begin",
    "begins",
    "beginning",
    "first payment",
    "first time",
    "from",
    "从",
    "起",
    "开始",
    "第一次",
];

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

    /// "Make it the third" where rent is paid on the first of every month: the day on which it comes again moves, and not
    /// the day on which it begins. `None` if it is read as it stands.
    pub(super) fn moved_rhythm(&self, meaning: &Meaning, slot: &Slot) -> Option<Reading> {
        let Some(Op::Pay(pay)) = self.op() else { return None };
        let Some(SlotValue::Rhythm(rhythm)) = self.task()?.value(pay.every.as_ref()?) else { return None };
        // What the rhythm leaves open is the day on which it begins.
        let text = plain(&meaning.text);
        if rhythm.is_open() || BEGINS.iter().any(|word| contains(&text, word)) {
            return None;
        }
        if meaning.entities.iter().any(|entity| entity.kind == EntityKind::Rhythm) {
            return None;
        }
        let mut days = meaning.entities.iter().filter(|entity| entity.kind == EntityKind::Date && !entity.ambiguous);
        let (Some(entity), None) = (days.next(), days.next()) else { return None };
        let Some(Value::Date(day)) = entity.value else { return None };
        let moved = rhythm.moved_to(day)?;
        let name = Some(&slot.name.value);
        match slot.kind {
            SlotType::Rhythm if name == pay.every.as_ref() => Some(Reading::One(SlotValue::Rhythm(moved))),
            SlotType::Date if name == pay.when.as_ref() => Some(Reading::None),
            _ => None,
        }
    }
}
