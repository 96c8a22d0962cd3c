//! One turn.

use super::dialogs::Dialogs;
use super::exchange::{Effect, Input};
use super::state::State;
use super::world::World;
use crate::understanding::Expectation;

/// Goes one step on: what happened, into what is to be done. The effects are to be carried out in order.
#[must_use]
pub fn step(_dialogs: &Dialogs, state: State, _input: Input, _world: &World) -> (State, Vec<Effect>) {
    (state, Vec::new())
}

/// What understanding may expect of the next utterance.
#[must_use]
pub fn expectation(_dialogs: &Dialogs, _state: &State, _world: &World) -> Expectation {
    Expectation::default()
}
