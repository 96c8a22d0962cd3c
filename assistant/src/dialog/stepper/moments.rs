//! Follows a repair file: what is said and done when a conversation does not go straight. It pays nothing and agrees to
//! nothing, and while a payment is read back, the read-back has the last word.

use super::Turn;
use crate::dialog::exchange::{Effect, HandOff};
use crate::dialog::format::flow::SlotType;
use crate::dialog::format::text::Texts;
use crate::dialog::moments::{Moment, Verb};
use crate::dialog::program::{Condition, Op, Program};
use crate::dialog::scripts::Expression;
use crate::dialog::state::Awaiting;
use crate::dialog::value::SlotValue;
use crate::understanding::{Act, EntityKind, Meaning};
use crate::wording::{self, Words};
use std::collections::BTreeMap;

/// What a repair file may ask about and say, as things stand.
struct Facts {
    values: BTreeMap<&'static str, SlotValue>,
    words: BTreeMap<&'static str, Words>,
}

impl<'a> Turn<'a> {
    /// Follows the file of a moment that the person asked for; `times` counts such requests in a row.
    pub(super) fn asked_for(&mut self, moment: Moment) {
        let before = self.before.filter(|(before, _)| *before == moment).map_or(0, |(_, times)| times);
        self.state.again = Some((moment, before + 1));
        self.moment(moment);
        if moment == Moment::Human {
            self.effects.push(Effect::HandOff(HandOff::Human));
        }
    }

    /// Follows the file of a moment.
    pub(super) fn moment(&mut self, moment: Moment) {
        self.follow(moment, 0, None);
    }

    /// Follows the file on from an operation, perhaps with the answer to its question.
    fn follow(&mut self, moment: Moment, from: usize, answer: Option<bool>) {
        let Some(program) = self.dialogs.repairs.get(&moment) else { return };
        let facts = self.facts(moment);
        // Its own words said last, and not the question or the read-back.
        let mut styled = false;
        let mut at = from;
        while let Some(op) = program.ops.get(at) {
            at += 1;
            match op {
                Op::Say(texts) => {
                    if let Some(words) = self.fact_text(texts, &facts) {
                        self.say(words);
                        styled = true;
                    }
                }
                Op::Collect(question) => {
                    let texts = program.slot(&question.slot).and_then(|slot| slot.ask.as_ref());
                    let words = texts.and_then(|texts| self.fact_text(texts, &facts));
                    words.into_iter().for_each(|words| self.say(words));
                    let kept = std::mem::replace(&mut self.state.awaiting, Awaiting::Nothing);
                    // The operation behind the question looks at the answer.
                    self.state.awaiting = Awaiting::Repair { moment, at, kept: Box::new(kept) };
                    return;
                }
                Op::Branch(condition, otherwise) => {
                    let holds = match condition {
                        Condition::Answer(_) => answer == Some(true),
                        Condition::Expression(condition) => self.fact_holds(program, condition, &facts),
                    };
                    at = if holds { at } else { *otherwise };
                }
                Op::Jump(to) => at = *to,
                Op::Do(verb) => {
                    styled &= !matches!(verb, Verb::AskAgain | Verb::Repeat | Verb::Reprompt);
                    self.verb(*verb, moment);
                }
                _ => break,
            }
        }
        // Whoever waits needs no second reading, unless a project has put its own words there.
        let quiet = matches!(moment, Moment::Wait | Moment::Silence) && !self.dialogs.repaired.contains(&moment);
        if styled && !quiet && matches!(self.state.awaiting, Awaiting::Consent(_)) {
            self.read_again();
        }
    }

    /// The answer to the question of a repair file; whatever else is said is heard as if it had not been asked.
    pub(super) fn repair_answered(&mut self, meaning: &Meaning, moment: Moment, at: usize, kept: Awaiting) {
        let has = |act| meaning.acts.contains(&act);
        if has(Act::Wait) && !has(Act::Yes) && !has(Act::No) && !has(Act::Cancel) {
            // Whoever wants time has the same question before them still, and never the payment behind it: the yes that
            // follows would answer the one and pay the other.
            self.state.awaiting = Awaiting::Repair { moment, at, kept: Box::new(kept) };
            self.state.waiting = true;
            self.keep_said = true;
            return self.asked_for(Moment::Wait);
        }
        self.state.awaiting = kept;
        let values = meaning.entities.iter().any(|entity| entity.kind != EntityKind::YesNo);
        let again = moment == Moment::Cancel && has(Act::Cancel);
        match (has(Act::Yes) || again, has(Act::No) && !again) {
            // "Pay it" answers another question than whether to stop; nothing is paid by it here.
            (true, false) if moment == Moment::Cancel && commands_payment(&meaning.text) => {
                self.follow(moment, at, Some(false));
            }
            (true, false) if !values || again => self.follow(moment, at, Some(true)),
            (false, true) if !values => self.follow(moment, at, Some(false)),
            // Not a clear answer: the payment is read back once more rather than heard into it.
            (true, _) => self.ask_again(),
            _ => self.heard_awaited(meaning),
        }
    }

    /// Asks the question of a repair file once more.
    pub(super) fn ask_repair(&mut self, moment: Moment, at: usize) {
        let Some(program) = self.dialogs.repairs.get(&moment) else { return };
        let question = at.checked_sub(1).and_then(|at| program.ops.get(at));
        let Some(Op::Collect(question)) = question else { return };
        let facts = self.facts(moment);
        let texts = program.slot(&question.slot).and_then(|slot| slot.ask.as_ref());
        if let Some(words) = texts.and_then(|texts| self.fact_text(texts, &facts)) {
            self.say(words);
        }
    }

    fn fact_text(&self, texts: &Texts, facts: &Facts) -> Option<Words> {
        self.fill(texts, &|hole| facts.words.get(hole).cloned())
    }

    fn fact_holds(&self, program: &Program, condition: &Expression, facts: &Facts) -> bool {
        let value = |name: &str| facts.values.get(name);
        let answer = self.dialogs.scripts.evaluate(condition, &program.flow.slots, value, self.share());
        match answer.map(|answer| answer.as_bool().unwrap_or(false)) {
            Ok(holds) => holds,
            Err(error) => {
                let (file, condition) = (&program.file, &condition.source.value);
                tracing::warn!(file, condition, error = error.message, "a condition of repair failed to run");
                false
            }
        }
    }

    fn facts(&self, moment: Moment) -> Facts {
        let state = &self.state;
        let times = match moment {
            Moment::Silence => state.silences,
            Moment::NoMatch => state.misses,
            _ => state.again.filter(|(last, _)| *last == moment).map_or(1, |(_, times)| times),
        };
        let truths = [
            ("idle", state.tasks.is_empty() && state.awaiting == Awaiting::Nothing),
            ("reading_back", matches!(state.awaiting, Awaiting::Consent(_) | Awaiting::Change)),
            ("paid", state.tasks.iter().any(|task| task.paid)),
            ("paid_before", state.paid),
            ("refunding", self.refunding()),
            ("enough", self.enough(moment)),
            ("goes_on", self.goes_on_at().is_some()),
            ("plain", self.plain),
            ("resuming", state.awaiting == Awaiting::Resume),
            ("waiting", state.waiting),
            ("first", self.is_first()),
            ("optional", self.asked_slot().is_some_and(|slot| slot.optional)),
            ("has_help", self.asked_slot().is_some_and(|slot| slot.help.is_some())),
            ("nothing_said", state.said.is_empty()),
            ("told", self.told),
            ("between_flows", matches!(state.awaiting, Awaiting::WhichFlow { .. })),
            ("only_one", matches!(&state.awaiting, Awaiting::Which { options, .. } if options.len() == 1)),
        ];
        let mut values: BTreeMap<_, _> =
            truths.into_iter().map(|(name, truth)| (name, SlotValue::YesNo(truth))).collect();
        values.insert("times", SlotValue::Number(times.into()));
        let words: BTreeMap<_, _> = [
            ("flow", state.flow().map(|flow| self.title_in_line(flow))),
            ("flows", Some(self.flows())),
            ("options", self.fact_options()),
            ("contact", self.contact()),
            ("digits", self.digits()),
        ]
        .into_iter()
        .filter_map(|(name, words)| Some((name, words?)))
        .collect();
        values.extend(words.iter().map(|(name, words)| (*name, SlotValue::Text(words.written.clone()))));
        Facts { values, words }
    }

    fn asked_slot(&self) -> Option<&'a crate::dialog::format::flow::Slot> {
        match &self.state.awaiting {
            Awaiting::Slot { slot, .. } | Awaiting::Which { slot, .. } => self.slot(slot).map(|(_, slot)| slot),
            _ => None,
        }
    }

    fn fact_options(&self) -> Option<Words> {
        match &self.state.awaiting {
            Awaiting::Which { slot, options, .. } => {
                let slot = self.slot(slot).map(|(_, slot)| slot);
                let words: Vec<Words> = options.iter().map(|value| self.spoken(value, slot)).collect();
                Some(wording::either(&words, self.state.lang))
            }
            Awaiting::WhichFlow { flows, .. } => {
                let titles: Vec<_> = flows.iter().map(|flow| self.title(flow)).collect();
                Some(wording::either(&titles, self.state.lang))
            }
            Awaiting::Slot { slot, .. } => {
                let (_, slot) = self.slot(slot).filter(|(_, slot)| slot.kind != SlotType::Text)?;
                Some(self.options(slot)).filter(|words| !words.written.is_empty())
            }
            _ => None,
        }
    }

    /// How to reach a person, where the household says it.
    fn contact(&self) -> Option<Words> {
        let contact = &self.world.household.contact;
        contact.get(&self.state.lang).or_else(|| contact.values().next()).map(|text| Words::same(text.as_str()))
    }

    /// The amount that is read back, digit by digit.
    fn digits(&self) -> Option<Words> {
        let Awaiting::Consent(read_back) = &self.state.awaiting else { return None };
        Some(wording::digit_by_digit(read_back.proposal().amount, self.state.lang))
    }
}

/// True if somebody commands a payment, and does not refuse it: "pay it", 付吧.
fn commands_payment(text: &str) -> bool {
    let plain = super::words::plain(text);
    let commands = ["pay", "send", "付", "转", "交"].iter().any(|word| super::words::contains(&plain, word));
    let refuses = ["don't", "dont", "don t", "not", "no", "stop", "cancel", "不", "别", "取消"];
    commands && !refuses.iter().any(|word| super::words::contains(&plain, word))
}
