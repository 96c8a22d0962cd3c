//! Rehearsals: the conversation tests that people write beside their dialogs, held word for word with providers, scripts
//! and the clock stood in for.
//!
//! Pure: takes texts, gives findings, differences and edited texts; never reads a file, a clock or the network, never pays.
//! What it compares is what a person would see and hear; it never looks into the stepper.
//!
//! In reading order: [`keys`], [`schema`]: the words of a test file; [`mod@file`], [`read`]: a test file as data; [`stage`]:
//! what all conversations of a file share; [`talk`]: one conversation; [`compare`]: what was expected and what came;
//! [`report`]: that as text; [`mod@coverage`]: what of the flows was reached; [`edit`]: expectations rewritten in place.

pub mod compare;
pub mod coverage;
mod edit;
pub mod file;
pub mod keys;
mod read;
pub mod report;
pub mod schema;
pub mod stage;
pub mod talk;

pub use compare::{Difference, Repair};
pub use coverage::{FlowCoverage, coverage};
pub use edit::update;
pub use file::TestFile;
pub use read::read;
pub use stage::{Setting, Stage};
pub use talk::{Rehearsal, Said};

#[cfg(test)]
mod tests;
