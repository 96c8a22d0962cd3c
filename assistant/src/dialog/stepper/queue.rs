//! Several payments in one sentence: "pay electricity and water", 交水费和电费. They wait in line as tasks of their own, one
//! after another, each with its own questions, read-back and yes; nothing of one is taken for another.

use super::Turn;
use super::line::{Line, apart, excepts, has, is_amount, readings, settled_in_place};
use super::stack::{is_asked_for, pays};
use super::words::plain;
use crate::dialog::format::flow::{Slot, SlotType};
use crate::dialog::program::Program;
use crate::dialog::state::{Awaiting, Task};
use crate::dialog::value::{Held, Origin, SlotValue};
use crate::lang::Lang;
use crate::understanding::meaning::Id;
use crate::understanding::{Act, Entity, EntityKind, Meaning, Value};
use crate::wording::{self, Words};

/// How many payments can wait in line.
const LINE_MAX: usize = 8;
/// All of those that were offered.
const ALL: &[&str] = &[
    "all",
    "all of them",
    "all of those",
    "all please",
    "both",
    "both of them",
    "both please",
    "pay all",
    "pay both",
    "pay them all",
    "pay all of them",
    "pay both of them",
    "all of it",
    "all of the bills",
    "all my bills",
    "the lot",
    "each of them",
    "every one",
    "everything",
    "all the bills",
    "all bills",
    "全部",
    "都",
    "都付",
    "都交",
    "两个都",
    "两个都要",
    "两个都付",
    "两个都交",
    "全交",
    "全付",
    "全部都交",
    "全部都付",
    "都要",
    "所有",
];

/// Wishes for everything that there is to pay.
const EVERYTHING: &[&str] = &[
    "all my bills",
    "all our bills",
    "all the bills",
    "all bills",
    "all of my bills",
    "all of the bills",
    "all of them",
    "every bill",
    "everything",
    "所有账单",
    "所有的账单",
    "全部账单",
    "账单都",
    "账单全",
    "所有的都",
    "全部都",
    "都交了",
    "都付了",
    "都交一下",
    "全交了",
    "全付了",
];

/// One of several payments.
struct Part {
    flow: String,
    /// How the payee is called when the line is told.
    payee: Words,
    /// What the sentence says of this one.
    meaning: Meaning,
}

impl Turn<'_> {
    /// Puts all payees but the first that a sentence names side by side into the line, below what begins now; the flow
    /// of the first and what is left of the sentence for it. `None` where it names no several, or one in the place of
    /// another.
    pub(super) fn line_up(&mut self, flow: &str, meaning: &Meaning) -> Option<(String, Meaning)> {
        let parts = self.parts(flow, meaning)?;
        self.tell_line(&parts);
        let mut parts = parts.into_iter();
        let first = parts.next()?;
        for part in parts.rev() {
            self.state.tasks.push(Task { queued: true, ..Task::new(&part.flow) });
            self.fill_all(&part.meaning);
        }
        Some((first.flow, first.meaning))
    }

    /// The answer to "which bill?" names several: the others wait behind the task that is led, with what was said for
    /// it so far; what is left of the answer for this one.
    pub(super) fn line_up_behind(&mut self, meaning: &Meaning, slot: &Slot) -> Option<Meaning> {
        let SlotType::Payee(_) = slot.kind else { return None };
        let task = self.task()?;
        let flow = task.flow.clone();
        let shared: Vec<(String, Held)> = task.values.iter().filter(|(_, held)| is_shared(held)).map(own).collect();
        self.program().filter(|program| program.flow.name.value == flow)?;
        let all = ALL.contains(&plain(&meaning.text).as_str()) || excepts(&meaning.text);
        let mut parts = if all { self.offered_parts(&flow, meaning, slot) } else { self.parts(&flow, meaning) }?;
        // The one that is led goes on first.
        let place = parts.iter().position(|part| part.flow == flow)?;
        let first = parts.remove(place);
        parts.insert(0, first);
        if parts.len() == 1 {
            return parts.pop().map(|only| only.meaning);
        }
        self.tell_line(&parts);
        let led = self.state.tasks.pop()?;
        let mut parts = parts.into_iter();
        let first = parts.next()?;
        for part in parts.rev() {
            self.state.tasks.push(Task { queued: true, ..Task::new(&part.flow) });
            self.fill_all(&part.meaning);
            let slots = self.dialogs.programs.get(&part.flow);
            for (name, held) in shared.iter().filter(|(name, _)| slots.is_some_and(|p| p.slot(name).is_some())) {
                let task = self.task_mut()?;
                task.values.entry(name.clone()).or_insert_with(|| held.clone());
            }
        }
        self.state.tasks.push(led);
        Some(first.meaning)
    }

    /// "Pay all my bills": those that the question just asked would offer are lined up, and the question is not asked. What
    /// was said before `effects` and `said` stays.
    pub(super) fn line_up_all(&mut self, meaning: &Meaning, (effects, said): (usize, usize)) {
        let Awaiting::Slot { slot, replacing: false, .. } = self.state.awaiting.clone() else { return };
        let but = excepts(&meaning.text);
        let payee = |entity: &Entity| entity.kind == EntityKind::Payee && !but;
        let named = meaning.entities.iter().any(|entity| payee(entity) || is_amount(entity));
        let offered = self.slot(&slot).and_then(|(_, slot)| match slot.kind {
            SlotType::Payee(_) => self.listed(slot),
            _ => None,
        });
        let several = offered.is_some_and(|offered| (2..=LINE_MAX).contains(&offered.len()));
        if named || !several || !but && !has(&meaning.text, EVERYTHING) {
            return;
        }
        self.effects.truncate(effects);
        self.said.truncate(said);
        let all = Meaning { text: "all".to_owned(), ..Meaning::default() };
        let all = if but { meaning.clone() } else { all };
        self.answer(&all, &slot, None, false);
    }

    /// True if a sentence that may ask for this flow names several payments.
    pub(super) fn is_line(&self, flow: &str, meaning: &Meaning) -> bool {
        self.parts(flow, meaning).is_some()
    }

    fn tell_line(&mut self, parts: &[Part]) {
        let payees: Vec<Words> = parts.iter().map(|part| part.payee.clone()).collect();
        self.say_phrase("one_by_one", &[("value", wording::list(&payees, self.state.lang))]);
    }

    /// The payees that are named side by side, each with what is said of it.
    fn parts(&self, flow: &str, meaning: &Meaning) -> Option<Vec<Part>> {
        self.dialogs.programs.get(flow).filter(|program| pays(program) && !excepts(&meaning.text))?;
        let refuses = [Act::Correct, Act::No].iter().any(|act| meaning.acts.contains(act));
        if meaning.acts.contains(&Act::Cancel) || refuses && !settled_in_place(meaning) {
            return None;
        }
        let mut payees: Vec<&Entity> = meaning.entities.iter().filter(|e| e.kind == EntityKind::Payee).collect();
        payees.sort_by_key(|entity| entity.start);
        let different =
            payees.iter().enumerate().all(|(at, one)| payees.iter().take(at).all(|other| apart(one, other)));
        if payees.len() < 2 || payees.len() > LINE_MAX || !different {
            return None;
        }
        let line = Line::new(meaning, payees);
        if !line.is_side_by_side() {
            return None;
        }
        let part = |(at, payee): (usize, &&Entity)| {
            let flow = self.flow_for(flow, payee)?;
            Some(Part { flow, payee: self.called(payee), meaning: line.part(at) })
        };
        line.payees.iter().enumerate().map(part).collect()
    }

    /// All that were offered, if the question or the household's bills named them.
    fn offered_parts(&self, flow: &str, meaning: &Meaning, slot: &Slot) -> Option<Vec<Part>> {
        let values = match &self.state.awaiting {
            Awaiting::Which { options, .. } => options.clone(),
            _ => self.listed(slot)?,
        };
        let left_out = |value: &SlotValue| {
            let mut named = meaning.entities.iter().filter(|entity| entity.kind == EntityKind::Payee);
            named.any(|entity| readings(entity).any(|id| value.payee() == Some(id)))
        };
        let several = (2..=LINE_MAX).contains(&values.len());
        let values: Vec<SlotValue> = values.into_iter().filter(|value| !left_out(value)).collect();
        if !several || values.is_empty() {
            return None;
        }
        let part = |value: SlotValue| {
            let SlotValue::Payee(id) = &value else { return None };
            let id = Id { id: id.clone(), slot: None };
            let end = meaning.text.chars().count();
            let entity = Entity {
                kind: EntityKind::Payee,
                start: 0,
                end,
                text: meaning.text.clone(),
                value: Some(Value::Id(id)),
                alternatives: Vec::new(),
                ambiguous: false,
            };
            let meaning = Meaning { entities: vec![entity], acts: Vec::new(), ..meaning.clone() };
            Some(Part { flow: flow.to_owned(), payee: self.spoken(&value, None), meaning })
        };
        values.into_iter().map(part).collect()
    }

    /// The flow that pays this payee: `flow` if it can, else the only other one that does.
    fn flow_for(&self, flow: &str, payee: &Entity) -> Option<String> {
        let takes = |program: &Program| readings(payee).any(|id| self.takes_payee(program, id));
        if self.dialogs.programs.get(flow).is_some_and(takes) {
            return Some(flow.to_owned());
        }
        let others = self.dialogs.programs.values();
        let mut fitting = others.filter(|program| is_asked_for(program) && pays(program) && takes(program));
        let first = fitting.next()?;
        fitting.next().is_none().then(|| first.flow.name.value.clone())
    }

    /// The only one of these flows that takes whom a sentence names: "sending money or paying a bill?" "To Bob."
    pub(super) fn by_payee(&self, meaning: &Meaning, flows: &[String]) -> Option<String> {
        let payee = meaning.entities.iter().find(|entity| entity.kind == EntityKind::Payee)?;
        let takes = |flow: &&String| {
            let program = self.dialogs.programs.get(flow.as_str());
            program.is_some_and(|program| readings(payee).any(|id| self.takes_payee(program, id)))
        };
        let mut fitting = flows.iter().filter(takes);
        let first = fitting.next()?;
        fitting.next().is_none().then(|| first.clone())
    }

    /// Somebody is named whom this flow can't pay and another one can: that one goes on with what was said so far. True if so.
    pub(super) fn pays_elsewhere(&mut self, meaning: &Meaning, slot: &Slot) -> bool {
        let Some(task) = self.task().filter(|task| task.frames.len() == 1 && !task.paid) else { return false };
        if !matches!(slot.kind, SlotType::Payee(_)) || task.values.contains_key(&slot.name.value) {
            return false;
        }
        let Some(other) = self.payer(meaning, &task.flow.clone()) else { return false };
        let Some(left) = self.state.tasks.pop() else { return false };
        self.state.tasks.push(Task::new(&other));
        (self.state.awaiting, self.state.misses) = (Awaiting::Nothing, 0);
        self.fill_all(meaning);
        let slots = self.dialogs.programs.get(&other);
        let said = left.values.into_iter().filter(|(name, held)| {
            let both = slots.is_some_and(|program| program.slot(name).is_some()) && held.value.payee().is_none();
            both && matches!(held.origin, Origin::Said | Origin::Corrected)
        });
        if let Some(task) = self.state.tasks.last_mut() {
            said.for_each(|(name, held)| _ = task.values.entry(name).or_insert(held));
        }
        self.begin_task();
        true
    }

    fn called(&self, payee: &Entity) -> Words {
        match &payee.value {
            Some(Value::Id(id)) if !payee.ambiguous => self.spoken(&SlotValue::Payee(id.id.clone()), None),
            _ => Words::same(payee.text.as_str()),
        }
    }

    /// On with what waits in line.
    pub(super) fn next_in_line(&mut self) {
        let payee = self.payee_in_line();
        self.state.awaiting = Awaiting::Nothing;
        if let Some(payee) = payee {
            self.say_phrase("next_in_line", &[("value", payee)]);
        }
        self.run();
    }

    /// A flow's title, with the payee where several of it wait in line.
    pub(super) fn title_in_line(&self, flow: &str) -> Words {
        let title = self.title(flow);
        let Some(payee) = self.payee_in_line() else { return title };
        let put = |title: String, payee: String| match self.state.lang {
            Lang::En => format!("{title} ({payee})"),
            Lang::Zh => format!("{title}（{payee}）"),
        };
        Words { written: put(title.written, payee.written), spoken: put(title.spoken, payee.spoken) }
    }

    /// The payee of the task that is next, if it waits in line.
    fn payee_in_line(&self) -> Option<Words> {
        let task = self.task().filter(|task| task.queued)?;
        let payee = task.values.values().find(|held| matches!(held.value, SlotValue::Payee(_)))?;
        Some(self.spoken(&payee.value, None))
    }
}

/// True if more than what is being led is meant: "cancel everything".
pub(super) fn means_everything(text: &str) -> bool {
    has(text, &["everything", "all", "both", "the rest", "全部", "都", "所有", "后面", "剩下"])
}

/// True if all that there is to pay is meant: "pay all my bills".
pub(super) fn wants_everything(text: &str) -> bool {
    has(text, EVERYTHING)
}

/// How something is paid goes for all that are named in the answer; whom and how much does not.
fn is_shared(held: &Held) -> bool {
    let said = matches!(held.origin, Origin::Said | Origin::Corrected);
    said && matches!(held.value, SlotValue::Provider(_) | SlotValue::Date(_) | SlotValue::Rhythm(_))
}

fn own((name, held): (&String, &Held)) -> (String, Held) {
    (name.clone(), held.clone())
}
