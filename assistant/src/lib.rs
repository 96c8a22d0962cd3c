//! Sayso: a voice assistant that pays, and never pays anything that its person did not say so.
//!
//! The rooms, in the order in which one spoken payment passes through them:
//! [`audio`] → [`speech`] → [`understanding`] → [`dialog`] → [`consent`] → [`payments`] → [`ledger`] → [`store`],
//! and back through [`wording`] and [`speech`] to the loudspeaker. [`turn`] is one turn of a conversation, top to bottom.
//! What leads in are the doors: [`cli`] and [`server`]. `ARCHITECTURE.md` has the arrows and what each room must never do.

pub mod announce;
pub mod audio;
pub mod cli;
pub mod config;
pub mod conformance;
pub mod consent;
pub mod dialog;
pub mod drawing;
pub mod encoder;
pub mod evaluation;
pub mod household;
pub mod lang;
pub mod layout;
pub mod ledger;
pub mod models;
pub mod onnx;
pub mod payments;
pub mod plugin_host;
pub mod plugin_worker;
pub mod pronunciation;
pub mod redaction;
pub mod rehearsal;
pub mod schedule;
pub mod server;
pub mod speech;
pub mod store;
pub mod turn;
pub mod understanding;
pub mod wording;
