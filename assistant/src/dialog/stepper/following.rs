//! Questions that go on from the one before: "how much did I pay for water in October?" "And in November?" 那电费呢？
//! Only a flow that answers is asked anew, never one that moves money; what was said before holds but for what is said now.

use super::Turn;
use super::answers::of_payment;
use super::readings::fits;
use super::stack::{TASKS_MAX, gives_back, pays};
use super::words::{contains, plain};
use crate::dialog::format::flow::{Slot, SlotType};
use crate::dialog::program::{Op, Program};
use crate::dialog::scripts::PERIOD_NAMES;
use crate::dialog::state::{Awaiting, Led, Task};
use crate::dialog::value::{Held, Origin};
use crate::understanding::{Act, Meaning};

/// How a question begins that goes on from another.
const OPENINGS: &[&str] =
    &["and", "how about", "what about", "also", "or", "then", "the same for", "same for", "那", "还有", "换成", "再看"];

/// Words that may stand around the values of such a question; with any other it is a sentence of its own.
const AROUND: &[&str] = &[
    "and", "how", "about", "what", "also", "or", "then", "the", "same", "for", "to", "on", "in", "of", "at", "during",
    "with", "by", "using", "from", "my", "our", "bill", "bills", "payment", "payments", "please", "so", "ok", "okay",
    "um", "uh", "much", "just", "only", "now", "question", "hm", "hmm", "well", "s",
];

/// The same in Chinese, by character.
const AROUND_CHINESE: &str = "那么还有呢的给用在和也啊吧我再看问下换成查嗯呃只";

/// What may stand there, too, if it is asked how much.
const AROUND_HOW_MUCH: &str = "交付转花缴了过钱多少";

/// Words that ask for the sum of it all.
const TOTALS: &[&str] = &[
    "in total",
    "the total",
    "total",
    "in all",
    "all in all",
    "altogether",
    "all together",
    "overall",
    "一共",
    "总共",
    "加起来",
    "总计",
    "合计",
    "总的",
];

impl Turn<'_> {
    /// What was asked with, where the flow that ended only answered.
    pub(super) fn led(&self, task: &Task) -> Option<Led> {
        let program = self.dialogs.programs.get(&task.flow).filter(|program| only_answers(program))?;
        let spoken = program.flow.slots.iter().filter(|slot| program.speaks(slot) && !slot.many);
        let said = spoken.filter_map(|slot| {
            let held = task.values.get(&slot.name.value).filter(|held| held.origin != Origin::Computed)?;
            Some((slot.name.value.clone(), held.value.clone()))
        });
        Some(Led { flow: task.flow.clone(), values: said.collect() })
    }

    /// Answers what goes on from the question before. True if it was such a question.
    pub(super) fn follow_up(&mut self, meaning: &Meaning) -> bool {
        let rests = matches!(self.state.awaiting, Awaiting::Nothing | Awaiting::Resume);
        let Some(led) = self.state.led.clone().filter(|_| rests) else { return false };
        let Some(program) = self.dialogs.programs.get(&led.flow) else { return false };
        if self.state.tasks.len() >= TASKS_MAX || !goes_on(meaning, program) {
            return false;
        }
        if self.state.tasks.is_empty() {
            self.state.version.clone_from(&self.dialogs.version);
        }
        self.state.tasks.push(Task::new(&led.flow));
        self.state.awaiting = Awaiting::Nothing;
        self.state.misses = 0;
        self.fill_all(meaning);
        if let Some(task) = self.task_mut() {
            let said =
                |slot: &Slot| task.values.contains_key(&slot.name.value) || task.unclear.contains_key(&slot.name.value);
            // Another time takes the place of the time before, however each is said.
            let other_time = program.flow.slots.iter().any(|slot| is_time(slot) && said(slot));
            // "And in total?" is asked of all times, or where no time was said, of all else.
            let total = asks_total(&plain(&meaning.text));
            let timed = led.values.keys().any(|name| program.slot(name).is_some_and(is_time));
            let widened = |slot: &Slot| total && (!timed || is_time(slot) || matches!(slot.kind, SlotType::Choice(_)));
            let stays = |name: &str| {
                program.slot(name).is_some_and(|slot| !(said(slot) || other_time && is_time(slot) || widened(slot)))
            };
            let kept: Vec<_> = led.values.into_iter().filter(|(name, _)| stays(name)).collect();
            task.values.extend(kept.into_iter().map(|(name, value)| (name, Held::new(value, Origin::Said))));
        }
        self.begin_task();
        true
    }
}

/// True if a flow moves no money and ends nothing.
fn only_answers(program: &Program) -> bool {
    let acts = |op: &Op| matches!(op, Op::Unschedule(_) | Op::HandOff(_));
    !pays(program) && !gives_back(program) && !program.flow.aside && !program.ops.iter().any(acts)
}

/// True if the slot says when: a day, a stretch of days, or a choice of stretches that have a name.
fn is_time(slot: &Slot) -> bool {
    match &slot.kind {
        SlotType::Date | SlotType::Period => true,
        SlotType::Choice(options) => options.iter().any(|option| PERIOD_NAMES.contains(&option.id.as_str())),
        _ => false,
    }
}

/// True if little more than values of this flow was said, in the manner of a question that goes on.
fn goes_on(meaning: &Meaning, program: &Program) -> bool {
    if meaning.acts.iter().any(|act| *act != Act::Yes) {
        return false;
    }
    let text = plain(&meaning.text);
    let asks = meaning.text.trim_end().ends_with(['?', '？', '呢']);
    let opened = asks || OPENINGS.iter().any(|words| opens(&text, words));
    let takes = |entity: &_| program.flow.slots.iter().any(|slot| program.speaks(slot) && fits(entity, slot));
    if meaning.entities.iter().any(|entity| of_payment(&entity.kind) && !takes(entity)) {
        return false;
    }
    let other = meaning.intent.as_ref().is_some_and(|guess| guess.name != program.flow.name.value);
    let whole = meaning.intent.as_ref().is_some_and(|guess| guess.confidence_milli == 1000);
    if !opened && (other || whole) {
        return false;
    }
    let mut left: Vec<char> = meaning.text.chars().collect();
    for entity in meaning.entities.iter().filter(|entity| takes(entity)) {
        left.iter_mut().take(entity.end).skip(entity.start).for_each(|c| *c = ' ');
    }
    let entities = meaning.entities.iter().filter(|entity| takes(entity)).count();
    let left = plain(&left.into_iter().collect::<String>());
    let (mut left, mut choices) = without_choices(left, program);
    if asks_total(&left) {
        TOTALS.iter().for_each(|words| left = left.replace(words, " "));
        left = plain(&left);
        choices += 1;
    }
    // Without an opening, one thing says what is asked now; several are a question of their own.
    let said = entities + choices;
    (said == 1 || opened && said > 0) && is_around(&left, &text)
}

/// True if the sum of it all is asked for.
fn asks_total(text: &str) -> bool {
    TOTALS.iter().any(|words| contains(text, words))
}

/// True if the text begins with these words.
fn opens(text: &str, words: &str) -> bool {
    text.strip_prefix(words).is_some_and(|rest| !words.is_ascii() || rest.starts_with(' '))
}

/// What is left without the names of choices that are in it, and how many there are.
fn without_choices(mut left: String, program: &Program) -> (String, usize) {
    let mut names = Vec::new();
    for slot in program.flow.slots.iter().filter(|slot| program.speaks(slot)) {
        if let SlotType::Choice(options) = &slot.kind {
            names.extend(options.iter().flat_map(|option| &option.names).map(|(_, name)| plain(name)));
        }
    }
    names.sort_by_key(|name| std::cmp::Reverse(name.len()));
    let mut count = 0;
    for name in &names {
        if contains(&left, name) {
            left = left.replace(name.as_str(), " ");
            count += 1;
        }
    }
    (plain(&left), count)
}

/// True if nothing is left that says anything of its own.
fn is_around(left: &str, text: &str) -> bool {
    let how_much = ["多少", "呢", "吗", "几"].iter().any(|word| text.contains(word));
    let chinese = |c: char| AROUND_CHINESE.contains(c) || how_much && AROUND_HOW_MUCH.contains(c);
    left.split(' ')
        .filter(|word| !word.is_empty())
        .all(|word| if word.is_ascii() { AROUND.contains(&word) } else { word.chars().all(chinese) })
}
