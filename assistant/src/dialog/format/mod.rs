//! The flow format: its words, the plain data of a flow, and the way from a tree to it. Must never decide what a flow may
//! do (that is `check`) nor run anything.

pub mod flow;
pub mod keys;
pub mod read;
pub mod read_flow;
pub mod read_handoff;
pub mod read_money;
pub mod read_phrases;
pub mod read_repair;
pub mod read_slot;
pub mod read_step;
pub mod read_text;
pub mod schema;
pub mod text;
