//! Taking what was said as the answer to what was asked, and filling all other slots that it fills.

use super::Turn;
use super::corrections::Corrected;
use super::line::excepts;
use super::readings::{Reading, fits, named_options};
use super::relative::{Relative, relative};
use super::stack::pays;
use super::words::ordinal;
use crate::dialog::format::flow::{Slot, SlotType};
use crate::dialog::moments::{Moment, Verb};
use crate::dialog::program::Program;
use crate::dialog::state::Awaiting;
use crate::dialog::value::{Held, Origin, SlotValue};
use crate::understanding::{Act, EntityKind, Meaning};
use std::collections::BTreeSet;

impl Turn<'_> {
    /// The answer to a question for a slot.
    pub(super) fn answer(&mut self, meaning: &Meaning, name: &str, suggestion: Option<SlotValue>, replacing: bool) {
        let Some((program, slot)) = self.slot(name) else { return self.failed("the awaited slot is gone") };
        if meaning.acts.contains(&Act::Skip) && slot.optional {
            return self.asked_for(Moment::Skip);
        }
        let first = if replacing { None } else { self.line_up_behind(meaning, slot) };
        if first.is_none() && matches!(slot.kind, SlotType::Payee(_)) && excepts(&meaning.text) {
            // Whom it names is not to be paid.
            return self.miss();
        }
        let meaning = first.as_ref().unwrap_or(meaning);
        match self.read_answer(meaning, program, slot, suggestion.as_ref(), self.currency_for(slot)) {
            Reading::One(value) => {
                let origin = if Some(&value) == suggestion.as_ref() { Origin::Suggested } else { Origin::Said };
                self.fill_others(meaning, name);
                if !replacing && self.corrects_besides(meaning, name, &value, origin) {
                    return;
                }
                self.keep_others(meaning, name);
                self.take(name, value, if replacing { Origin::Corrected } else { origin }, replacing);
            }
            Reading::Several(options) => {
                self.fill_others(meaning, name);
                self.ask_which(name, options, replacing);
            }
            Reading::Rough => {
                self.say_phrase("exactly", &[]);
                self.ask_again();
            }
            Reading::Refused(_) if self.pays_elsewhere(meaning, slot) => {}
            Reading::Refused(words) => {
                if let Some(words) = words {
                    self.say(words);
                }
                self.miss_quietly();
            }
            Reading::None if self.ask_by_part(meaning, name, slot, replacing) => {}
            Reading::None if self.fill_others(meaning, name) => self.ask_again(),
            Reading::None if meaning.acts.contains(&Act::Skip) => self.asked_for(Moment::Skip),
            Reading::None => self.no_answer(meaning, slot, suggestion.is_some()),
        }
    }

    /// "Chen": a part of a name answers whom, and which of them is asked. True if it was one.
    fn ask_by_part(&mut self, meaning: &Meaning, name: &str, slot: &Slot, replacing: bool) -> bool {
        let parts = self.by_part_of_name(meaning, slot);
        if parts.is_empty() {
            return false;
        }
        self.fill_others(meaning, name);
        self.ask_which(name, parts, replacing);
        true
    }

    /// Nothing that was said answers the question.
    fn no_answer(&mut self, meaning: &Meaning, slot: &Slot, suggested: bool) {
        let no = meaning.acts.contains(&Act::No) && !meaning.acts.contains(&Act::Yes);
        if let Some(value) = self.any_will_do(meaning, slot) {
            self.ask_which(&slot.name.value, vec![value], false);
        } else if let [(name, value)] = self.other_values(meaning).as_slice() {
            // Whether it is meant to replace the old value is asked, and not guessed.
            self.ask_which(name, vec![value.clone()], true);
        } else if no && slot.optional && meaning.acts.len() == 1 {
            // "Shall I try PayPal instead?" "No."
            self.verb(Verb::Skip, Moment::Skip);
        } else if no && suggested && meaning.acts.len() == 1 {
            self.miss_quietly();
        } else if self.at_a_loss(meaning) {
            self.asked_for(Moment::Help);
        } else {
            self.tell_stranger_who_answers(meaning, slot);
            self.miss();
        }
    }

    /// The filled slots for which other values were said, with those values.
    pub(super) fn other_values(&self, meaning: &Meaning) -> Vec<(String, SlotValue)> {
        let mut found = Vec::new();
        for program in self.programs() {
            for slot in program.flow.slots.iter().filter(|slot| program.speaks(slot)) {
                let name = &slot.name.value;
                let Some(held) = self.task().and_then(|task| task.value(name)) else { continue };
                if let Reading::One(value) = self.read(meaning, None, program, slot, self.currency_for(slot))
                    && value != *held
                {
                    found.push((name.clone(), value));
                }
            }
        }
        found
    }

    /// The answer to "which one?".
    pub(super) fn answer_which(&mut self, meaning: &Meaning, name: &str, options: &[SlotValue], replacing: bool) {
        let Some((program, slot)) = self.slot(name) else { return self.failed("the awaited slot is gone") };
        let first = if replacing { None } else { self.line_up_behind(meaning, slot) };
        let meaning = first.as_ref().unwrap_or(meaning);
        let (yes, no) = (meaning.acts.contains(&Act::Yes), meaning.acts.contains(&Act::No));
        let mut chosen = ordinal(&meaning.text, options.len()).and_then(|place| options.get(place)).cloned();
        if chosen.is_none() && options.len() == 1 && yes && !no {
            chosen = options.first().cloned();
        }
        let currency = match options.first() {
            Some(SlotValue::Money(money)) => money.currency,
            _ => self.currency_for(slot),
        };
        let value = match chosen {
            Some(value) => self.validated(program, slot, value),
            None => match self.read_answer(meaning, program, slot, None, currency) {
                Reading::Several(again) => {
                    let both: Vec<_> = again.iter().filter(|value| options.contains(value)).cloned().collect();
                    if let [only] = both.as_slice() {
                        self.validated(program, slot, only.clone())
                    } else {
                        Reading::None
                    }
                }
                other => other,
            },
        };
        // "Hao": a part of the name of one of them.
        let value = match value {
            Reading::None => match self.told_apart(&meaning.text, options) {
                Some(chosen) => self.validated(program, slot, chosen),
                None => Reading::None,
            },
            other => other,
        };
        match value {
            Reading::One(value) => {
                self.fill_others(meaning, name);
                self.take(name, value, if replacing { Origin::Corrected } else { Origin::Said }, replacing);
            }
            Reading::Refused(Some(words)) => {
                self.say(words);
                self.ask_slot(name, replacing);
            }
            // The old value stands, and the conversation goes on where it was.
            _ if no && replacing && options.len() == 1 => self.run(),
            // What was asked for before is answered instead: the offer lapses, and the old value stands.
            _ if replacing && options.len() == 1 && self.back_to_the_question() => {
                if let Some(held) = self.task().and_then(|task| task.value(name)).cloned() {
                    let words = self.spoken(&held, Some(slot));
                    self.say_phrase("kept", &[("value", words)]);
                }
                self.heard_awaited(meaning);
            }
            // "No, to Chen", "not Hao": it tells nobody apart, and asks for nobody else.
            _ if no && self.speaks_of(&meaning.text, options) => self.ask_again(),
            _ if no => self.ask_slot(name, replacing),
            _ if self.at_a_loss(meaning) => self.ask_again(),
            _ => self.miss(),
        }
    }

    /// Goes back from an offer to the question in whose place it was made, without saying it. False if there is none.
    fn back_to_the_question(&mut self) -> bool {
        let (effects, said) = (self.effects.len(), self.said.len());
        self.run();
        self.effects.truncate(effects);
        self.said.truncate(said);
        matches!(self.state.awaiting, Awaiting::Slot { replacing: false, .. })
    }

    /// "PayPal, and actually make that twenty": what answers the question is taken, and what it corrects besides, too. False
    /// if it corrects nothing else.
    fn corrects_besides(&mut self, meaning: &Meaning, name: &str, value: &SlotValue, origin: Origin) -> bool {
        if !meaning.acts.contains(&Act::Correct) {
            return false;
        }
        let question = self.question_of(name);
        let Some(task) = self.task_mut() else { return false };
        let before = task.values.insert(name.to_owned(), Held { value: value.clone(), origin, question });
        task.unclear.remove(name);
        if self.correct(meaning, None) == Corrected::Done {
            return true;
        }
        if let Some(task) = self.task_mut() {
            match before {
                Some(held) => task.values.insert(name.to_owned(), held),
                None => task.values.remove(name),
            };
        }
        false
    }

    /// Puts a good value into a slot and goes on.
    fn take(&mut self, name: &str, value: SlotValue, origin: Origin, replacing: bool) {
        let question = self.question_of(name);
        if let Some(task) = self.task_mut() {
            task.unclear.remove(name);
            task.values.insert(name.to_owned(), Held { value: value.clone(), origin, question });
        }
        if replacing { self.corrected(&[(name.to_owned(), value)]) } else { self.run() }
    }

    /// Fills empty slots besides `but` with what else was said; never overwrites one. True if any was filled.
    pub(super) fn fill_others(&mut self, meaning: &Meaning, but: &str) -> bool {
        let Some(task) = self.task() else { return false };
        let mut taken: BTreeSet<String> = task.values.keys().cloned().collect();
        taken.insert(but.to_owned());
        // Entities of the asked slot's kind belong to it.
        let own = self.slot(but).map(|(_, slot)| slot.kind.word());
        let programs: Vec<_> = self.programs().collect();
        let mut any = false;
        for program in programs {
            for slot in program.flow.slots.iter().filter(|slot| own != Some(slot.kind.word())) {
                if !taken.contains(&slot.name.value) && program.speaks(slot) {
                    taken.insert(slot.name.value.clone());
                    any |= self.offer(meaning, None, program, slot);
                }
            }
        }
        any
    }

    /// Fills all slots of a flow that just began with what its first sentence says.
    pub(super) fn fill_all(&mut self, meaning: &Meaning) {
        let Some(program) = self.program() else { return };
        self.keep_share(meaning, program);
        let mut used: BTreeSet<usize> = BTreeSet::new();
        let guess = meaning.intent.iter().chain(&meaning.rivals).find(|guess| guess.name == program.flow.name.value);
        for (name, index) in guess.iter().flat_map(|guess| &guess.slots) {
            let Some(slot) = program.slot(name).filter(|slot| program.speaks(slot)) else { continue };
            if meaning.entities.get(*index).is_some_and(|entity| fits(entity, slot)) {
                // Several of a kind in one sentence compete for the slot, unless each has one of its own.
                let rivals = meaning.entities.iter().enumerate().filter(|(_, entity)| fits(entity, slot));
                let of_kind = program.flow.slots.iter().filter(|other| other.kind == slot.kind).count();
                let only: Vec<usize> =
                    if of_kind > 1 { vec![*index] } else { rivals.map(|(index, _)| index).collect() };
                used.extend(&only);
                self.offer(meaning, Some(&only), program, slot);
            }
        }
        for slot in program.flow.slots.iter().filter(|slot| program.speaks(slot)) {
            let filled = self.task().is_some_and(|task| {
                task.values.contains_key(&slot.name.value) || task.unclear.contains_key(&slot.name.value)
            });
            if filled {
                continue;
            }
            let fitting =
                meaning.entities.iter().enumerate().filter(|(index, e)| !used.contains(index) && fits(e, slot));
            let fitting: Vec<usize> = fitting.map(|(index, _)| index).collect();
            let more = program.flow.slots.iter().filter(|other| other.kind == slot.kind && program.speaks(other));
            let only = if more.count() > 1 { fitting.iter().take(1).copied().collect() } else { fitting };
            used.extend(&only);
            self.offer(meaning, Some(&only), program, slot);
        }
    }

    /// Gives a slot what was said for it, if anything was. True if it was something.
    fn offer(&mut self, meaning: &Meaning, only: Option<&[usize]>, program: &Program, slot: &Slot) -> bool {
        let mut reading = self.read(meaning, only, program, slot, self.currency_for(slot));
        if reading == Reading::None && relative(meaning) == Some(Relative::Last) {
            reading = self.read_relative(meaning, program, slot, None).unwrap_or(Reading::None);
        }
        if reading == Reading::None && only.is_none_or(<[usize]>::is_empty) {
            reading = self.as_before(meaning, program, slot).unwrap_or(Reading::None);
        }
        if let (Reading::None, SlotType::Choice(options)) = (&reading, &slot.kind) {
            reading = match named_options(&beside_values(meaning), options).as_slice() {
                [] => Reading::None,
                [one] => self.validated(program, slot, one.clone()),
                several => Reading::Several(several.to_vec()),
            };
        }
        if reading == Reading::None && pays(program) {
            let parts = self.by_part_of_name(meaning, slot);
            reading = if parts.is_empty() { Reading::None } else { Reading::Several(parts) };
        }
        let name = slot.name.value.clone();
        if reading == Reading::None && pays(program) && !slot.suggested_by.is_empty() {
            self.accept_beforehand(meaning, slot);
        }
        match reading {
            Reading::None | Reading::Rough => return false,
            Reading::Refused(words) => {
                if let Some(words) = words {
                    self.say(words);
                }
                return false;
            }
            Reading::One(value) => {
                if let Some(task) = self.task_mut() {
                    task.values.insert(name, Held::new(value, Origin::Said));
                }
            }
            Reading::Several(options) => {
                if let Some(task) = self.task_mut() {
                    task.unclear.insert(name, options);
                }
            }
        }
        true
    }

    /// Says which values stay as they are, where the person named another without correcting.
    fn keep_others(&mut self, meaning: &Meaning, but: &str) {
        let own = self.slot(but).map(|(_, slot)| slot.kind.word());
        let programs: Vec<_> = self.programs().collect();
        for program in programs {
            let others = program.flow.slots.iter().filter(|slot| own != Some(slot.kind.word()));
            for slot in others.filter(|slot| program.speaks(slot)) {
                let Some(held) = self.task().and_then(|task| task.value(&slot.name.value)).cloned() else { continue };
                let reading = self.read(meaning, None, program, slot, self.currency_for(slot));
                if matches!(&reading, Reading::One(value) if *value != held) || matches!(reading, Reading::Several(_)) {
                    let words = self.spoken(&held, Some(slot));
                    self.say_phrase("kept", &[("value", words)]);
                }
            }
        }
    }

    /// Asks which of several readings is meant.
    pub(super) fn ask_which(&mut self, name: &str, options: Vec<SlotValue>, replacing: bool) {
        self.state.awaiting = Awaiting::Which { slot: name.to_owned(), options, replacing };
        self.ask_again();
    }
}

/// The text without what is a value of another kind: "September to October" names no month, but a stretch of days.
fn beside_values(meaning: &Meaning) -> String {
    let mut left: Vec<char> = meaning.text.chars().collect();
    for entity in meaning.entities.iter().filter(|entity| entity.kind == EntityKind::Period) {
        left.iter_mut().take(entity.end).skip(entity.start).for_each(|c| *c = ' ');
    }
    left.into_iter().collect()
}

/// True if the entity says something that a payment is made of.
pub(super) fn of_payment(kind: &EntityKind) -> bool {
    matches!(kind, EntityKind::Money | EntityKind::Payee | EntityKind::Provider)
}
