//! Tests of the whole room: flows are loaded from text and led with meanings made by hand.

mod broken;
mod consent_proof;
mod damaged;
mod edits;
mod flows;
mod loading;
mod moments;
mod random_flows;
mod repairs;
mod scripts;
mod spoken;
mod steps;
mod talk;
