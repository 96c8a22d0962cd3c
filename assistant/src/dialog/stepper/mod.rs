//! One turn of a conversation, in reading order of what may happen in it: what was heard is read ([`readings`]), taken as
//! an answer ([`answers`]), a correction ([`corrections`]), an agreement ([`consenting`], [`refunding`]), a request for another flow
//! ([`stack`]) or a call for help (a repair file: [`moments`], [`repair`]); then the flow runs on ([`run`]) to its next question ([`asking`]).

mod answers;
mod apart;
mod asides;
mod asking;
mod beforehand;
mod blame;
mod consenting;
mod corrections;
mod following;
mod handing_over;
mod hearing;
mod ladder;
mod leaving_out;
mod line;
mod moments;
mod proving;
mod queue;
mod readings;
mod recalling;
mod refunding;
mod relative;
mod repair;
mod run;
mod scheduling;
mod secrets;
mod speaking;
mod stack;
mod strangers;
mod tongues;
mod unscheduling;
mod words;

use super::dialogs::Dialogs;
use super::exchange::{Effect, Input};
use super::format::flow::SlotType;
use super::moments::Moment;
use super::probe::Probe;
use super::program::Program;
use super::scripts::Share;
use super::state::{Awaiting, State, Task};
use super::world::World;
use crate::consent::Ear;
use crate::understanding::{EntityKind, Expectation, SlotKind};
use crate::wording::Words;
use sayso_plugin_interface::Currency;
use std::cell::OnceCell;
use std::sync::Arc;

/// Goes one step on: what happened, into what is to be done. The effects are to be carried out in their order; after
/// [`Effect::Pay`], come back with [`Input::Outcome`].
#[must_use]
pub fn step(dialogs: &Dialogs, state: State, input: Input, world: &World) -> (State, Vec<Effect>) {
    go(Turn::new(dialogs, state, world), input)
}

/// The same for a rehearsal: `probe` notes what runs, and answers for the script functions that it stands in for.
#[must_use]
pub fn step_probed(
    dialogs: &Dialogs,
    state: State,
    input: Input,
    world: &World,
    probe: &mut Probe,
) -> (State, Vec<Effect>) {
    go(Turn { probe: Some(probe), ..Turn::new(dialogs, state, world) }, input)
}

fn go(mut turn: Turn, input: Input) -> (State, Vec<Effect>) {
    if !turn.same_version() {
        turn.changed_meanwhile();
        return turn.finish();
    }
    match input {
        Input::Start => turn.begin(),
        Input::Heard(meaning) => turn.heard(&meaning),
        Input::Spoken(meaning, ear) => {
            turn.ear = Some(ear);
            turn.heard(&meaning);
        }
        Input::Silence => turn.silence(),
        Input::Outcome(outcome) => turn.outcome(outcome),
        Input::PhoneTold(told) => turn.phone_told(told),
        Input::Unscheduled(ended) => turn.unscheduled(ended),
    }
    turn.finish()
}

/// True if the answer that is awaited is a secret: it must not be shown, logged or kept by whoever takes it in.
#[must_use]
pub fn awaits_secret(dialogs: &Dialogs, state: &State) -> bool {
    let (Awaiting::Slot { slot, .. } | Awaiting::Which { slot, .. }) = &state.awaiting else { return false };
    let frames = state.tasks.last().into_iter().flat_map(|task| task.frames.iter().rev());
    let mut programs = frames.filter_map(|frame| dialogs.programs.get(&frame.flow));
    programs.find_map(|program| program.slot(slot)).is_some_and(|slot| slot.kind == SlotType::Secret)
}

/// True if what is said next may be kept by a door, such as in the history of a line editor: no secret and no proof is
/// asked for, and no card number or PIN is in it.
#[must_use]
pub fn may_be_kept(dialogs: &Dialogs, state: &State, text: &str) -> bool {
    let proof = matches!(&state.awaiting, Awaiting::Consent(asked) if asked.demand().is_some());
    !proof && !awaits_secret(dialogs, state) && crate::redaction::hide(text) == text
}

/// What understanding may expect of the next utterance.
#[must_use]
pub fn expectation(dialogs: &Dialogs, state: &State, world: &World) -> Expectation {
    let program = state.tasks.last().and_then(|task| task.frames.last()).and_then(|f| dialogs.programs.get(&f.flow));
    let household = world.household.currencies.get(&state.lang).copied();
    let standing = |slot: &str| {
        program.and_then(|program| program.slot(slot)).is_some_and(|slot| slot.kind == SlotType::StandingOrder)
    };
    let kinds = |slot: &str| {
        let kind = program.and_then(|program| program.slot(slot)).map(|slot| super::dialogs::slot_kind(&slot.kind));
        match kind {
            Some(SlotKind::Entity(kind)) => vec![kind],
            Some(SlotKind::Text) | None if standing(slot) => {
                vec![EntityKind::Payee, EntityKind::Money, EntityKind::Provider, EntityKind::Rhythm, EntityKind::Date]
            }
            Some(SlotKind::Text) | None => Vec::new(),
        }
    };
    let mut expected = Expectation { currency: household, ..Expectation::default() };
    match &state.awaiting {
        Awaiting::Nothing | Awaiting::Outcome | Awaiting::WhichFlow { .. } => {}
        Awaiting::Slot { slot, suggestion, .. } => {
            expected.kinds = kinds(slot);
            if suggestion.is_some() {
                expected.kinds.extend([EntityKind::Choice, EntityKind::YesNo]);
            }
            expected.slot = Some(slot.clone());
        }
        Awaiting::Which { slot, options, .. } => {
            expected.kinds = kinds(slot);
            if options.len() == 1 {
                expected.kinds.push(EntityKind::YesNo);
            }
            expected.slot = Some(slot.clone());
        }
        Awaiting::Consent(asked) if asked.demand().is_some() => {
            expected.kinds = vec![EntityKind::Money];
            expected.currency = Some(asked.proposal().amount.currency);
        }
        Awaiting::Consent(read_back) => {
            expected.kinds = vec![EntityKind::YesNo, EntityKind::Money, EntityKind::Payee, EntityKind::Provider];
            expected.consent = true;
            expected.currency = Some(read_back.proposal().amount.currency);
        }
        Awaiting::Change => {
            expected.kinds = vec![EntityKind::YesNo, EntityKind::Money, EntityKind::Payee, EntityKind::Provider];
        }
        Awaiting::Ending { .. } => expected.kinds = vec![EntityKind::YesNo, EntityKind::Payee],
        Awaiting::Resume | Awaiting::Repair { .. } => expected.kinds = vec![EntityKind::YesNo],
    }
    expected
}

/// One step while it is being made.
struct Turn<'a> {
    dialogs: &'a Dialogs,
    world: &'a World<'a>,
    state: State,
    effects: Vec<Effect>,
    said: Vec<Words>,
    share: OnceCell<Share>,
    /// Keeps what was said before as what is said again.
    keep_said: bool,
    /// Watches, in a rehearsal.
    probe: Option<&'a mut Probe>,
    /// What was asked for in the turn before, and how many times in a row.
    before: Option<(Moment, usize)>,
    /// True if nothing was said besides a request such as "cancel".
    plain: bool,
    /// True if what waits in line is to be cancelled, too.
    everything: bool,
    /// True if it was said already why an answer can't be taken.
    told: bool,
    /// The flow that begins in the place of the one that is stopped.
    next: Option<String>,
    /// How a second listener took what was said; nothing for what was typed.
    ear: Option<Ear>,
}

impl<'a> Turn<'a> {
    fn new(dialogs: &'a Dialogs, mut state: State, world: &'a World<'a>) -> Self {
        state.turn = state.turn.wrapping_add(1);
        let before = state.again.take();
        Turn {
            dialogs,
            world,
            state,
            effects: Vec::new(),
            said: Vec::new(),
            share: OnceCell::new(),
            keep_said: false,
            before,
            plain: false,
            everything: false,
            told: false,
            next: None,
            ear: None,
            probe: None,
        }
    }

    fn same_version(&self) -> bool {
        self.state.tasks.is_empty() || self.state.version == self.dialogs.version
    }

    fn finish(mut self) -> (State, Vec<Effect>) {
        if !self.said.is_empty() && !self.keep_said {
            self.state.said = std::mem::take(&mut self.said);
        }
        (self.state, self.effects)
    }

    /// The task that is being led.
    fn task(&self) -> Option<&Task> {
        self.state.tasks.last()
    }

    /// The task that is being led, to be changed.
    fn task_mut(&mut self) -> Option<&mut Task> {
        self.state.tasks.last_mut()
    }

    /// The program that runs right now: the innermost that was called.
    fn program(&self) -> Option<&'a Program> {
        let frame = self.task()?.frames.last()?;
        self.dialogs.programs.get(&frame.flow)
    }

    /// The programs of the task, the innermost first; in them the slots are looked for.
    fn programs(&self) -> impl Iterator<Item = &'a Program> + use<'a> {
        let dialogs = self.dialogs;
        let names: Vec<String> =
            self.task().into_iter().flat_map(|task| &task.frames).map(|f| f.flow.clone()).collect();
        names.into_iter().rev().filter_map(move |name| dialogs.programs.get(&name))
    }

    /// A slot of the task by name, with the program to which it belongs.
    fn slot(&self, name: &str) -> Option<(&'a Program, &'a super::format::flow::Slot)> {
        self.programs().find_map(|program| Some((program, program.slot(name)?)))
    }

    /// The share of the world that scripts get.
    fn share(&self) -> &Share {
        self.share.get_or_init(|| {
            let (household, history) = (Arc::clone(self.world.household), Arc::clone(self.world.history));
            Share::new(household, history, self.world.providers.to_vec(), self.world.now, self.state.lang)
        })
    }

    /// The currency that is meant when none is said.
    fn currency(&self) -> Currency {
        let household = &self.world.household.currencies;
        household.get(&self.state.lang).or_else(|| household.values().next()).copied().unwrap_or(Currency::USD)
    }
}
