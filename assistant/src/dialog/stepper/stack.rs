//! Which flow is led: the first, another one in the middle of it, and back to the one that was suspended.

use super::Turn;
use super::answers::of_payment;
use super::asides::points_at;
use super::consenting::names_values;
use super::corrections::Corrected;
use super::line::{excepts, named_by, payees_of, without_payees};
use super::readings::{Reading, fits};
use super::relative::relative;
use super::words::{contains, ordinal, plain};
use crate::dialog::format::flow::{Slot, SlotType};
use crate::dialog::moments::Moment;
use crate::dialog::program::{Op, Program};
use crate::dialog::state::{Awaiting, Task};
use crate::dialog::value::{Held, Origin, SlotValue};
use crate::understanding::meaning::Id;
use crate::understanding::{Act, Entity, EntityKind, IntentGuess, Meaning, Value};

/// How many flows can be suspended at a time, and how near rivals have to be to be asked about, in thousandths.
pub(super) const TASKS_MAX: usize = 4;
const NEAR_MILLI: u16 = 60;
/// From here on an intent outweighs a value that would answer the question as well.
const SURE_MILLI: u16 = 900;
/// From here on another payment may begin in the middle of one.
const LIKELY_MILLI: u16 = 700;

/// Which flow is meant.
enum Pick {
    None,
    One(String),
    Several(Vec<String>),
}

impl<'a> Turn<'a> {
    /// The conversation begins, or somebody came back to it.
    pub(super) fn begin(&mut self) {
        if self.state.tasks.is_empty() && self.state.awaiting == Awaiting::Nothing {
            self.say_phrase("greeting", &[]);
        } else if self.state.awaiting == Awaiting::Outcome {
            self.say_phrase("busy", &[]);
        } else {
            self.ask_again();
        }
    }

    /// Nothing is going on: what does the person want?
    pub(super) fn idle(&mut self, meaning: &Meaning) {
        let (yes, no) = (meaning.acts.contains(&Act::Yes), meaning.acts.contains(&Act::No));
        if let Some((flow, about)) = self.pays_the_last(meaning) {
            return self.start_flow_about(&flow, meaning, Some(about));
        }
        match self.pick(meaning) {
            // Nothing was asked: a yes agrees to nothing, and a no refuses nothing.
            Pick::None if yes && !no => self.say_phrase("what_else", &[]),
            Pick::None if no && !yes && meaning.acts.len() == 1 => self.say_phrase("nothing_else", &[]),
            Pick::One(flow) => {
                let about = self.of_the_list(&flow, meaning).or_else(|| self.talked_about(&flow, meaning));
                self.start_flow_about(&flow, meaning, about);
            }
            // A transfer and a bill in one sentence: each has its flow.
            Pick::Several(flows) if flows.first().is_some_and(|flow| self.is_line(flow, meaning)) => {
                flows.first().into_iter().for_each(|flow| self.start_flow(flow, meaning));
            }
            Pick::Several(flows) => {
                self.state.awaiting = Awaiting::WhichFlow { flows, said: Box::new(meaning.clone()) };
                self.ask_again();
            }
            Pick::None => self.miss(),
        }
    }

    /// Begins a flow with what its first sentence says.
    pub(super) fn start_flow(&mut self, flow: &str, meaning: &Meaning) {
        self.start_flow_about(flow, meaning, None);
    }

    /// Begins a flow with what its first sentence says, and a value that is being talked about.
    fn start_flow_about(&mut self, flow: &str, meaning: &Meaning, about: Option<(String, SlotValue)>) {
        if self.state.tasks.is_empty() {
            self.state.version.clone_from(&self.dialogs.version);
        }
        let first = self.line_up(flow, meaning);
        let (flow, meaning) = first.as_ref().map_or((flow, meaning), |(flow, part)| (flow.as_str(), part));
        let pays = self.dialogs.programs.get(flow).is_some_and(pays);
        self.state.tasks.push(Task::new(flow));
        self.state.awaiting = Awaiting::Nothing;
        self.state.misses = 0;
        if let (Some((slot, value)), Some(task)) = (about, self.task_mut()) {
            task.values.insert(slot, Held::new(value, Origin::Said));
        }
        if pays && excepts(&meaning.text) {
            self.fill_all(&without_payees(meaning));
        } else {
            self.fill_all(meaning);
        }
        if pays {
            self.tell_stranger_at_first(meaning);
        }
        let before = (self.effects.len(), self.said.len());
        self.begin_task();
        self.line_up_all(meaning, before);
    }

    /// Begins the task on top, whose slots have what was said for them.
    pub(super) fn begin_task(&mut self) {
        self.task_mut().into_iter().for_each(|task| task.queued = false);
        match self.unasked() {
            Some((slot, options)) => self.ask_which(&slot, options, false),
            None => self.run(),
        }
    }

    /// A slot with several readings for which the flow has no question of its own: it is asked about before anything
    /// else, since the flow would go on without it.
    fn unasked(&mut self) -> Option<(String, Vec<SlotValue>)> {
        let program = self.program()?;
        let asks = |name: &str| program.ops.iter().any(|op| matches!(op, Op::Collect(collect) if collect.slot == name));
        let task = self.task_mut()?;
        let name = task.unclear.keys().find(|name| !asks(name)).cloned()?;
        task.unclear.remove(&name).map(|options| (name, options))
    }

    /// The flow that is being led has ended: on with the one that was suspended, if the person wants to.
    pub(super) fn finish_task(&mut self) {
        let ended = self.state.tasks.pop();
        ended.iter().for_each(|task| self.remember(task));
        let ended = ended.and_then(|task| self.dialogs.programs.get(&task.flow));
        if self.state.tasks.is_empty() {
            return self.rest();
        }
        if ended.is_some_and(|program| program.flow.aside) {
            return self.run();
        }
        if self.task().is_some_and(|task| task.queued) {
            return self.next_in_line();
        }
        self.state.awaiting = Awaiting::Resume;
        self.state.misses = 0;
        self.ask_again();
    }

    /// The answer to whether to go on. A yes here never pays: a payment is read back again.
    pub(super) fn resume_heard(&mut self, meaning: &Meaning) {
        let (yes, no) = (meaning.acts.contains(&Act::Yes), meaning.acts.contains(&Act::No));
        if no && !yes {
            self.plain = true;
            return self.moment(Moment::Cancel);
        }
        if self.goes_on_itself(meaning) {
            return;
        }
        if yes && !no { self.run() } else { self.miss() }
    }

    /// An answer to the question that was suspended, or a correction of what is known, goes on with it, too.
    fn goes_on_itself(&mut self, meaning: &Meaning) -> bool {
        let plain_yes = meaning.acts.contains(&Act::Yes) && !names_values(meaning);
        match self.op() {
            _ if plain_yes => false,
            Some(Op::Collect(collect)) => {
                let Some((program, slot)) = self.slot(&collect.slot) else { return false };
                let suggestion = collect.suggest.as_ref().and_then(|source| self.suggested(program, collect, source));
                let currency = self.currency_for(slot);
                let answers = self.read_answer(meaning, program, slot, suggestion.as_ref(), currency) != Reading::None;
                if answers {
                    self.state.awaiting =
                        Awaiting::Slot { slot: collect.slot.clone(), suggestion: suggestion.clone(), replacing: false };
                    self.answer(meaning, &collect.slot, suggestion, false);
                    return true;
                }
                if self.fill_others(meaning, &collect.slot) {
                    self.run();
                    return true;
                }
                meaning.acts.contains(&Act::Correct) && self.correct(meaning, None) == Corrected::Done
            }
            Some(Op::Pay(_)) => self.correct(meaning, None) == Corrected::Done,
            _ => false,
        }
    }

    /// The answer to which flow is meant; what was said before is not lost.
    pub(super) fn which_flow_heard(&mut self, meaning: &Meaning, flows: &[String], said: Meaning) {
        let by_place = ordinal(&meaning.text, flows.len()).and_then(|place| flows.get(place)).cloned();
        let by_intent = || meaning.intent.as_ref().map(|guess| guess.name.clone()).filter(|name| flows.contains(name));
        let chosen = by_place.or_else(|| self.by_title(meaning, flows)).or_else(by_intent);
        let chosen = chosen.or_else(|| self.by_payee(meaning, flows));
        let no = meaning.acts.contains(&Act::No);
        match chosen {
            Some(flow) => {
                let mut both = said;
                both.entities.extend(meaning.entities.iter().cloned());
                self.start_flow(&flow, &both);
            }
            None if no => {
                self.state.awaiting = Awaiting::Nothing;
                if self.state.tasks.is_empty() { self.moment(Moment::Help) } else { self.run() }
            }
            None => match self.pick(meaning) {
                Pick::One(flow) => self.start_flow(&flow, meaning),
                _ => self.miss(),
            },
        }
    }

    /// The only flow whose title has a word of what was said.
    fn by_title(&self, meaning: &Meaning, flows: &[String]) -> Option<String> {
        let text = plain(&meaning.text);
        let words: Vec<String> = if text.is_ascii() {
            text.split(' ').filter(|word| word.len() > 3).map(str::to_owned).collect()
        } else {
            let chars: Vec<char> = text.chars().collect();
            chars.windows(2).map(|pair| pair.iter().collect()).collect()
        };
        let titles = |flow: &&String| {
            let title = plain(&self.title(flow).written);
            words.iter().any(|word| contains(&title, word))
        };
        let mut found = flows.iter().filter(titles);
        let first = found.next()?;
        found.next().is_none().then(|| first.clone())
    }

    /// Goes to another flow in the middle of one, if that is what was asked for. True if it was.
    pub(super) fn digress(&mut self, meaning: &Meaning) -> bool {
        let Some(task) = self.task() else { return false };
        if matches!(self.state.awaiting, Awaiting::WhichFlow { .. }) {
            return false;
        }
        let Some(flow) = self.other_flow(meaning, task) else { return false };
        let whole = meaning.intent.as_ref().is_some_and(|guess| guess.confidence_milli == 1000);
        let about_this = !whole && points_at(meaning);
        if about_this && matches!(self.state.awaiting, Awaiting::Consent(_) | Awaiting::Change) {
            // "How much is that?": the payment that is being read back.
            self.ask_again();
            return true;
        }
        let payee = about_this.then(|| self.payee_for(&flow)).flatten();
        if self.state.tasks.iter().filter(|task| !task.queued).count() >= TASKS_MAX {
            self.say_phrase("too_many_at_once", &[]);
            self.ask_again();
        } else {
            self.start_flow_about(&flow, meaning, payee);
        }
        true
    }

    /// The flow that was asked for, if it is another one and was not merely heard into an answer.
    fn other_flow(&self, meaning: &Meaning, task: &Task) -> Option<String> {
        let guess = meaning.intent.as_ref()?;
        let flow = match self.pick(meaning) {
            Pick::One(flow) => flow,
            Pick::Several(flows) if !flows.contains(&task.flow) => flows.into_iter().next()?,
            _ => return None,
        };
        if flow == task.flow || task.frames.iter().any(|frame| frame.flow == flow) {
            return None;
        }
        let whole = guess.confidence_milli == 1000;
        // A word or two without any value are an answer that was not understood rather than a wish.
        let scant = if meaning.text.is_ascii() {
            plain(&meaning.text).split(' ').count() <= 2
        } else {
            meaning.text.chars().filter(|c| c.is_alphanumeric()).count() <= 2
        };
        if !whole && scant && meaning.entities.iter().all(|entity| entity.kind == EntityKind::YesNo) {
            return None;
        }
        let aside = self.dialogs.programs.get(&flow).is_some_and(|program| program.flow.aside);
        let sure = guess.confidence_milli >= SURE_MILLI;
        // A flow that only answers does no harm; one that pays has to be meant.
        let harmless = self.dialogs.programs.get(&flow).is_some_and(|program| !pays(program) && !gives_back(program));
        let corrects = meaning.acts.contains(&Act::Correct) && meaning.entities.iter().any(|e| of_payment(&e.kind));
        let plain_act = meaning.acts.iter().any(|act| matches!(act, Act::Yes | Act::No)) && !names_values(meaning);
        let takes = match &self.state.awaiting {
            _ if corrects => false,
            // "The last one", "the one from work": one of those that were named.
            Awaiting::Which { options, .. } if !whole && self.chooses(&meaning.text, options) => false,
            // 账单上是多少就付多少: what is suggested, and no question about it.
            Awaiting::Slot { slot, suggestion: Some(_), .. } if !whole && self.takes_suggestion(meaning, slot) => false,
            // "Which ones can I use?" asks about the question.
            _ if !whole && self.asks_options(meaning) => false,
            // "Ten more": more of what is being paid, whatever flow it sounds like.
            _ if relative(meaning).is_some() && !whole => false,
            // A plain yes or no answers, unless a whole sentence of another flow was said.
            // Thanks beside it is courtesy.
            _ if plain_act => whole && !aside,
            Awaiting::Consent(_) | Awaiting::Change => whole || (harmless && !meaning.acts.contains(&Act::Yes)),
            _ if meaning.acts.contains(&Act::Wait) => true,
            _ => match self.answered_share(meaning) {
                0 => whole || harmless || guess.confidence_milli >= LIKELY_MILLI,
                // Half of the words and more are the answer itself.
                50.. => false,
                _ => whole || (harmless && sure),
            },
        };
        takes.then_some(flow)
    }

    /// True if one of the options is named by its place or by what tells it apart.
    fn chooses(&self, text: &str, options: &[SlotValue]) -> bool {
        ordinal(text, options.len()).is_some() || self.told_apart(text, options).is_some()
    }

    /// How much of the utterance is values for the slot that is asked for, in percent of its letters.
    fn answered_share(&self, meaning: &Meaning) -> usize {
        let (Awaiting::Slot { slot, .. } | Awaiting::Which { slot, .. }) = &self.state.awaiting else { return 0 };
        let Some((_, slot)) = self.slot(slot) else { return 0 };
        if slot.kind == SlotType::Text {
            return 100;
        }
        let letters = |text: &str| text.chars().filter(|c| c.is_alphanumeric()).count();
        let number_for_money = |kind: &EntityKind| slot.kind == SlotType::Money && *kind == EntityKind::Number;
        let fitting = meaning.entities.iter().filter(|entity| fits(entity, slot) || number_for_money(&entity.kind));
        let answered: usize = fitting.map(|entity| letters(&entity.text)).sum();
        (answered * 100 / letters(&meaning.text).max(1)).min(100)
    }

    /// The flow that is meant: the likeliest that can take what was said.
    fn pick(&self, meaning: &Meaning) -> Pick {
        let known = |guess: &&IntentGuess| self.dialogs.programs.contains_key(&guess.name);
        let guesses: Vec<&IntentGuess> = meaning.intent.iter().chain(&meaning.rivals).filter(known).collect();
        let misfits = |guess: &IntentGuess| {
            let program = self.dialogs.programs.get(&guess.name);
            let spoken = |slot: &&Slot| matches!(slot.kind, SlotType::Payee(_));
            program.map_or(usize::MAX, |program| {
                let asks_whom = program.flow.slots.iter().filter(spoken).any(|slot| program.speaks(slot));
                let named = if asks_whom { payees_of(meaning) } else { named_by(guess, meaning) };
                self.misfits(&named, program)
            })
        };
        let Some(fewest) = guesses.iter().map(|guess| misfits(guess)).min() else { return Pick::None };
        let mut fitting: Vec<&IntentGuess> = guesses.into_iter().filter(|guess| misfits(guess) == fewest).collect();
        fitting.sort_by_key(|guess| std::cmp::Reverse(guess.confidence_milli));
        let Some(best) = fitting.first().copied() else { return Pick::None };
        if fewest > 0
            && let Some(other) = self.payer(meaning, &best.name)
        {
            return Pick::One(other);
        }
        let near = |guess: &&&IntentGuess| guess.confidence_milli + NEAR_MILLI >= best.confidence_milli;
        let mut names: Vec<String> = Vec::new();
        for guess in fitting.iter().filter(near) {
            if !names.contains(&guess.name) {
                names.push(guess.name.clone());
            }
        }
        if names.len() > 1 { Pick::Several(names) } else { Pick::One(best.name.clone()) }
    }

    /// How many of the payees that were named this flow can't take.
    fn misfits(&self, named: &[&Entity], program: &Program) -> usize {
        named
            .iter()
            .filter(|entity| {
                let mut values = entity.value.iter().chain(&entity.alternatives);
                !values.any(|value| matches!(value, Value::Id(Id { id, .. }) if self.takes_payee(program, id)))
            })
            .count()
    }

    /// True if somebody can name this payee to the flow.
    pub(super) fn takes_payee(&self, program: &Program, id: &str) -> bool {
        let payee = self.world.household.payee(id);
        program.flow.slots.iter().filter(|slot| program.speaks(slot)).any(|slot| match &slot.kind {
            SlotType::Payee(kind) => payee.is_some_and(|payee| kind.is_none_or(|kind| payee.kind == kind)),
            _ => false,
        })
    }

    /// The only other flow that pays and can take every payee that was named, if `flow` pays.
    pub(super) fn payer(&self, meaning: &Meaning, flow: &str) -> Option<String> {
        self.dialogs.programs.get(flow).filter(|program| pays(program))?;
        let others = self.dialogs.programs.values();
        let named = payees_of(meaning);
        let mut fitting =
            others.filter(|program| is_asked_for(program) && pays(program) && self.misfits(&named, program) == 0);
        let first = fitting.next()?;
        fitting.next().is_none().then(|| first.flow.name.value.clone())
    }
}

/// True if people can ask for this flow; others are only gone on with.
pub(super) fn is_asked_for(program: &Program) -> bool {
    !(program.flow.triggers.is_empty() && program.flow.examples.is_empty())
}

/// True if money can be paid in this flow.
pub(super) fn pays(program: &Program) -> bool {
    program.ops.iter().any(|op| matches!(op, Op::Pay(_)))
}

/// True if money can come back in this flow.
pub(super) fn gives_back(program: &Program) -> bool {
    program.ops.iter().any(|op| matches!(op, Op::Refund(_)))
}
