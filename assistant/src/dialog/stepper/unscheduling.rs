//! The step `unschedule`: asks in words made from the order itself whether it is to be ended, and has it ended after a
//! clear yes. Nothing is ever paid here.

use super::Turn;
use super::consenting::clear_yes;
use super::corrections::Corrected;
use super::readings::Reading;
use super::words::{contains, plain};
use crate::dialog::exchange::Effect;
use crate::dialog::format::flow::Slot;
use crate::dialog::program::{Op, Program, UnscheduleOp};
use crate::dialog::state::Awaiting;
use crate::dialog::value::{Held, Origin, SlotValue};
use crate::dialog::world::ScheduledPayment;
use crate::schedule::Schedule;
use crate::understanding::{Act, Entity, EntityKind, Meaning, Value};
use crate::wording::{self, Words};

/// The outcomes of the step, in their order.
const ENDED: usize = 0;
const KEPT: usize = 1;
const FAILED: usize = 2;

/// Words of dropping the matter, which keep the order.
const LEAVES_IT: &[&str] =
    &["never mind", "nevermind", "forget", "leave", "don't", "dont", "not", "算了", "别", "不", "先", "吗"];

impl Turn<'_> {
    /// Asks whether the order is to be ended. `Some` says where to go on where it is gone already.
    pub(super) fn ask_unschedule(&mut self, step: &UnscheduleOp) -> Option<usize> {
        let Some(SlotValue::StandingOrder(order)) = self.task().and_then(|task| task.value(&step.order)).cloned()
        else {
            self.ask(&step.order, None);
            return None;
        };
        if !self.world.history.scheduled().iter().any(|known| known.id == order) {
            return step.outcomes.get(FAILED).copied();
        }
        self.ask_ending(&order);
        self.state.awaiting = Awaiting::Ending { order };
        None
    }

    /// Says the question whether an order is to be ended.
    pub(super) fn ask_ending(&mut self, order: &str) {
        let value = self.standing_order(order);
        self.say_phrase("end_standing", &[("value", value)]);
    }

    /// The answer to whether it is to be ended.
    pub(super) fn ending_heard(&mut self, meaning: &Meaning, order: &str) {
        let no = meaning.acts.contains(&Act::No);
        // "Yes, cancel it" agrees; "cancel" alone could mean the order or the talk about it.
        let cancels = meaning.acts.contains(&Act::Cancel);
        let text = plain(&meaning.text);
        let leaves = LEAVES_IT.iter().any(|word| contains(&text, &plain(word)));
        if let Some(other) = self.other_order(meaning, order) {
            return self.ask_other(other);
        }
        if clear_yes(meaning) || (!no && !leaves && agrees_to_end(&text)) {
            self.state.awaiting = Awaiting::Outcome;
            self.effects.push(Effect::Unschedule(order.to_owned()));
        } else if no || (cancels && leaves) {
            self.after_unscheduling(KEPT);
        } else if cancels {
            self.say_phrase("yes_or_no", &[]);
            self.ask_again();
        } else if self.correct(meaning, None) != Corrected::Done {
            self.miss();
        }
    }

    /// Another order that is named instead of the one that is asked about: "no, the water one".
    fn other_order(&self, meaning: &Meaning, order: &str) -> Option<String> {
        let mut named = self.world.history.scheduled().into_iter().filter(|known| is_named(meaning, known));
        let first = named.next()?;
        (named.next().is_none() && first.id != order).then_some(first.id)
    }

    fn ask_other(&mut self, order: String) {
        let Some(Op::Unschedule(step)) = self.op() else { return self.failed("the step is gone") };
        if let Some(task) = self.task_mut() {
            task.values.insert(step.order.clone(), Held::new(SlotValue::StandingOrder(order), Origin::Corrected));
        }
        self.run();
    }

    /// What came of ending it.
    pub(super) fn unscheduled(&mut self, ended: bool) {
        if self.state.awaiting == Awaiting::Outcome && matches!(self.op(), Some(Op::Unschedule(_))) {
            self.after_unscheduling(if ended { ENDED } else { FAILED });
        }
    }

    fn after_unscheduling(&mut self, outcome: usize) {
        let Some(Op::Unschedule(step)) = self.op() else { return self.failed("the step is gone") };
        let Some(target) = step.outcomes.get(outcome).copied() else { return self.failed("the outcome is gone") };
        if let Some(frame) = self.task_mut().and_then(|task| task.frames.last_mut()) {
            frame.at = target;
        }
        self.state.awaiting = Awaiting::Nothing;
        self.new_base();
        self.run();
    }

    /// An order in words; what it was, where it is gone.
    pub(super) fn standing_order(&self, id: &str) -> Words {
        let Some(order) = self.world.history.scheduled().into_iter().find(|order| order.id == id) else {
            return Words::same(id);
        };
        let lang = self.state.lang;
        let payee = self.world.household.payee(&order.payee);
        let payee = payee.map_or(order.payee_name, |payee| self.world.household.title(payee, lang));
        let this_year = Some(self.world.now.date().year());
        let values = [
            ("amount", wording::money(order.amount, lang)),
            ("payee", Words::same(payee)),
            ("provider", Words::same(self.provider_title(&order.provider))),
            ("schedule", wording::standing(&order.schedule, order.next, this_year, lang)),
        ];
        self.phrase("standing_order", &values).unwrap_or_else(|| Words::same(id))
    }

    /// Which of the orders on offer is meant by payee, amount, provider, day or rhythm.
    pub(super) fn read_order(&self, meaning: &Meaning, program: &Program, slot: &Slot) -> Reading {
        let known = self.world.history.scheduled();
        let offered = self.offered(slot);
        let named = known.iter().filter(|order| is_named(meaning, order));
        let values = named.map(|order| SlotValue::StandingOrder(order.id.clone()));
        let mut found: Vec<SlotValue> = values.filter(|value| offered.contains(value)).collect();
        match found.len() {
            0 => Reading::None,
            1 => found.pop().map_or(Reading::None, |value| self.validated(program, slot, value)),
            _ => Reading::Several(found),
        }
    }
}

/// True for a yes with the words of ending it, or a command that can mean nothing else: "yes, cancel it", 停掉吧.
fn agrees_to_end(text: &str) -> bool {
    const COMMANDS: &[&str] =
        &["end it", "stop it", "please end it", "yes end it", "停掉", "停掉吧", "停了吧", "停吧", "停了"];
    const YES: &[&str] = &["yes", "yeah", "yep", "sure", "ok", "okay", "对", "是的", "是", "好的", "好", "行", "嗯"];
    const ENDS: &[&str] = &["cancel", "stop", "end", "delete", "停", "取消", "关", "删"];
    let rest = YES.iter().find_map(|yes| text.strip_prefix(yes)).map(str::trim);
    let ends = |rest: &str| rest.chars().count() <= 24 && ENDS.iter().any(|word| contains(rest, word));
    COMMANDS.contains(&text) || rest.is_some_and(ends)
}

/// True if something of the order is said, and nothing that it is not.
fn is_named(meaning: &Meaning, order: &ScheduledPayment) -> bool {
    let of_order =
        |entity: &&Entity| !matches!(entity.kind, EntityKind::YesNo | EntityKind::Number | EntityKind::Choice);
    let mut said = meaning.entities.iter().filter(of_order).peekable();
    said.peek().is_some()
        && said.all(|entity| entity.value.iter().chain(&entity.alternatives).any(|value| is_of(value, order)))
}

/// True if the value is a part of the order.
fn is_of(value: &Value, order: &ScheduledPayment) -> bool {
    match value {
        Value::Id(id) => id.id == order.payee || id.id == order.provider,
        Value::Money(amount) => amount.in_currency(order.amount.currency) == Some(order.amount),
        Value::Date(day) => *day == order.next,
        Value::Rhythm(said) => match order.schedule {
            Schedule::Every { rhythm, .. } => rhythm == *said || said.is_open() && rhythm.same_unit(*said),
            Schedule::Once { .. } => false,
        },
        _ => false,
    }
}
