//! What was heard against what was said: errors in words, amounts, names and consents, and sounds that make hearing harder.
//! Pure: it does no I/O, and the same seed gives the same sound. This room must never decide what a conversation does.
//!
//! [`Judge`] compares one sentence and gives a [`Score`]; a [`Tally`] adds scores up into rates. [`noise`] disturbs a
//! recording at a given ratio of signal to noise; [`sounds`] are what nobody spoke, and a [`Scene`] is a room in which nobody answers.

mod judge;
pub mod noise;
mod scenes;
pub mod sounds;
mod tally;
mod units;

pub use judge::{Judge, Outcome, Score, Taken};
pub use noise::{Disturbance, NoiseKind};
pub use scenes::Scene;
pub use tally::{Figures, Rate, Rates, Tally};
pub use units::errors;
