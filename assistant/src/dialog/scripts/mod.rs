//! Expressions and `.rhai` files: compiled at load, run behind hard limits. Must never do I/O, read a clock, or get near
//! money otherwise than by computing amounts that the person is asked about.

pub mod days;
pub mod engine;
pub mod facts;
#[cfg(test)]
pub mod host;
pub mod limits;
pub mod money;
pub mod problem;
pub mod secret;
pub mod share;
pub mod trial;
pub mod types;
pub mod values;

pub use engine::{Expression, ScriptError, Scripts};
pub use limits::Stopwatch;
pub use share::{PERIOD_NAMES, Share};
