//! Words into meaning: intents, money, payees, dates, yes and no. Pure: no I/O, no clock, prints nothing.

pub mod meaning;
pub mod teaching;
pub mod understander;

pub use meaning::{Act, Amount, Entity, EntityKind, IntentGuess, Meaning, Value};
pub use teaching::{Expectation, Name, NameKind, SlotKind, TaughtIntent, Teaching};
pub use understander::Understander;
