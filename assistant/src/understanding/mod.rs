//! Words into meaning: intents, money, payees, dates, yes and no. Pure: no I/O, no clock, prints nothing.

mod acts;
pub mod bench;
mod classifier;
mod dates;
mod elliptical;
mod encoder;
mod explain;
mod intent;
mod lessons;
pub mod meaning;
mod money;
mod mood;
mod names;
mod numeral;
mod readings;
mod repair;
pub mod samples;
mod script;
mod sound;
pub mod teaching;
mod templates;
mod tokens;
mod told_along;
pub mod understander;
mod unfinished;
mod wordlist;

pub(crate) use script::plain as simplified;

pub use classifier::THRESHOLD_MILLI;
pub use encoder::SentenceEncoder;
pub use explain::{Decision, Explanation, TemplateMatch, Thought, TokenShown};
pub use meaning::{Act, Amount, Entity, EntityKind, IntentGuess, Meaning, Period, Value};
pub use names::stranger::stranger;
pub use readings::{AMOUNT_CHARACTERS, Fit, Offer, Reading, answers, blanks, fit};
pub use teaching::{Expectation, Name, NameKind, SlotKind, TaughtIntent, Teaching};
pub use templates::grammar::{TemplateError, check_template};
pub use templates::{overlap, patterns};
pub use understander::Understander;
pub use unfinished::{may_go_on, unfinished};

#[cfg(test)]
mod tests;
