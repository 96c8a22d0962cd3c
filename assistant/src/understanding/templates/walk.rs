//! One utterance through the graph of templates: all ways at once, the best one to each node kept.

use super::{Matched, Placed, SlotUse, Templates};
use crate::understanding::meaning::{EntityKind, IntentGuess};
use crate::understanding::tokens::Utterance;

/// What a way through the graph has cost; less is better, compared from the first field on.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
struct Cost {
    /// Tokens that a text slot swallowed.
    text: u16,
    /// Characters that only sound like those of the template.
    sound: u16,
    /// Fillers that were skipped.
    skipped: u16,
}

#[derive(Clone, Copy, Debug)]
struct State {
    node: u32,
    cost: Cost,
    /// The state before, by index.
    before: Option<usize>,
    /// Slot and value that the last step bound.
    bound: Option<(u32, usize)>,
}

/// Names of slots, each with the value that fills it, by index.
type Slots = Vec<(String, usize)>;

/// How many states one utterance may make, so that no text can hang the walk.
const STATES_MAX: usize = 20_000;

pub(super) struct Walk<'a> {
    pub templates: &'a Templates,
    pub utterance: &'a Utterance,
    pub symbols: &'a [Option<u32>],
    pub values: &'a [Placed],
    pub skips: &'a [Vec<usize>],
}

/// States by place: for each token, the indices of the states that stand before it.
struct Front {
    states: Vec<State>,
    at: Vec<Vec<usize>>,
}

impl Front {
    fn push(&mut self, place: usize, state: State) {
        let Some(here) = self.at.get_mut(place) else { return };
        if self.states.len() >= STATES_MAX {
            return;
        }
        let known = here.iter_mut().find(|index| self.states.get(**index).is_some_and(|one| one.node == state.node));
        let index = self.states.len();
        match known {
            Some(old) => {
                if self.states.get(*old).is_some_and(|old| old.cost <= state.cost) {
                    return;
                }
                *old = index;
            }
            None => here.push(index),
        }
        self.states.push(state);
    }
}

impl Walk<'_> {
    /// What was reached; the best template of each intent, or all of them if `each`.
    pub(super) fn run(&self, each: bool) -> Vec<Matched> {
        let count = self.utterance.len();
        let mut front = Front { states: Vec::with_capacity(64), at: vec![Vec::new(); count + 1] };
        let start = State { node: super::Graph::START, cost: Cost::default(), before: None, bound: None };
        front.push(0, start);
        for place in 0..count {
            let here = front.at.get(place).cloned().unwrap_or_default();
            for index in here {
                self.advance(place, index, &mut front);
            }
        }
        self.guesses(&front, each)
    }

    fn advance(&self, place: usize, index: usize, front: &mut Front) {
        let Some(state) = front.states.get(index).copied() else { return };
        let graph = &self.templates.graph;
        for end in self.skips.get(place).map_or(&[][..], Vec::as_slice) {
            let mut cost = state.cost;
            cost.skipped += 1;
            front.push(*end, State { node: state.node, cost, before: Some(index), bound: None });
        }
        if let Some(Some(word)) = self.symbols.get(place) {
            let sign = self.utterance.sign(place);
            for (next, literal) in graph.by_word(state.node, *word) {
                let mut cost = state.cost;
                cost.sound += u16::from(literal.is_some_and(|literal| literal != sign));
                front.push(place + 1, State { node: next, cost, before: Some(index), bound: None });
            }
        }
        for (slot, next) in graph.slots(state.node) {
            let Some(slot_use) = self.slot(*slot) else { continue };
            match &slot_use.kind {
                Some(kind) => {
                    for (value, placed) in self.values.iter().enumerate() {
                        if placed.first == place && fills(&placed.kind, kind) {
                            let bound = Some((*slot, value));
                            let behind = State { node: *next, cost: state.cost, before: Some(index), bound };
                            for end in [Some(placed.after), placed.shorter].into_iter().flatten() {
                                front.push(end, behind);
                            }
                        }
                    }
                }
                None => {
                    for end in place + 1..=self.utterance.len() {
                        let mut cost = state.cost;
                        cost.text += u16::try_from(end - place).unwrap_or(u16::MAX);
                        front.push(end, State { node: *next, cost, before: Some(index), bound: None });
                    }
                }
            }
        }
    }

    /// The templates that were reached at the end, the cheapest first.
    fn guesses(&self, front: &Front, each: bool) -> Vec<Matched> {
        let mut reached: Vec<(Cost, u32, usize, usize)> = Vec::new();
        for index in front.at.last().map_or(&[][..], Vec::as_slice) {
            let Some(state) = front.states.get(*index) else { continue };
            for template in self.templates.graph.accepts(state.node) {
                let Some((intent, nth)) = self.templates.taught.get(*template as usize).copied() else { continue };
                let found = (state.cost, intent, nth, *index);
                match reached.iter_mut().find(|one| one.1 == intent && (one.2 == nth || !each)) {
                    Some(old) if old.0 <= state.cost => {}
                    Some(old) => *old = found,
                    None => reached.push(found),
                }
            }
        }
        let filled = |(cost, intent, template, index)| {
            let (slots, amounts) = self.slots(front, index);
            (cost, self.covered(&slots), intent, template, slots, amounts)
        };
        let mut reached: Vec<_> = reached.into_iter().map(filled).collect();
        reached.sort_unstable();
        let least = reached.first().map_or(0, |best| best.1);
        let guess =
            |(cost, covered, intent, template, slots, amounts): (Cost, usize, u32, usize, Slots, Vec<usize>)| {
                let name = usize::try_from(intent).ok().and_then(|at| self.templates.intents.get(at))?.clone();
                let lost = 10 * cost.sound.min(10) + 5 * cost.text.min(10) + 5 * u16::from(covered > least);
                Some(Matched { guess: IntentGuess { name, confidence_milli: 1000 - lost, slots }, template, amounts })
            };
        reached.into_iter().filter_map(guess).collect()
    }

    /// How many tokens the values of a match cover. The fewer, the more of the sentence its writer wrote out: "pay the gym"
    /// means rather a flow that says so than one for whatever is paid.
    fn covered(&self, slots: &Slots) -> usize {
        let values = slots.iter().filter_map(|(_, value)| self.values.get(*value));
        values.map(|placed| placed.after - placed.first).sum()
    }

    /// What the way to a state has bound, in the order said; and which bare numbers stand where an amount belongs.
    fn slots(&self, front: &Front, index: usize) -> (Slots, Vec<usize>) {
        let (mut slots, mut amounts) = (Vec::new(), Vec::new());
        let mut here = front.states.get(index);
        while let Some(state) = here {
            if let Some((slot, value)) = state.bound
                && let Some(SlotUse { name, kind }) = self.slot(slot)
            {
                slots.push((name.clone(), value));
                amounts.extend((*kind == Some(EntityKind::Money)).then_some(value));
            }
            here = state.before.and_then(|before| front.states.get(before));
        }
        slots.reverse();
        (slots, amounts)
    }

    fn slot(&self, slot: u32) -> Option<&SlotUse> {
        self.templates.slots.get(usize::try_from(slot).ok()?)
    }
}

/// A bare number may stand where an amount belongs.
fn fills(found: &EntityKind, wanted: &EntityKind) -> bool {
    found == wanted || (found, wanted) == (&EntityKind::Number, &EntityKind::Money)
}
