//! Leads the conversation that the flow files describe: (State, Input, World) → (State, Effects), and nothing else.
//!
//! Pure: no I/O, no clock, no randomness, prints nothing; the loader takes texts, not paths. It never pays: it asks, reads
//! back, and hands out a [`Consent`](crate::consent::Consent) only after a clear yes to a read-back of that very payment.
//!
//! In reading order:
//! - [`source`], [`finding`], [`code`], [`place`]: the texts that go in, and what is said about them when they are wrong;
//! - [`yaml`], [`format`]: text → tree with places → flow;
//! - [`compile`], [`program`]: a flow as the list of operations that the stepper runs;
//! - [`check`]: what is proven of every flow before it may run;
//! - [`scripts`]: expressions and `.rhai` files behind hard limits;
//! - [`moments`], [`phrases`], [`vocabulary`]: when a repair file is followed and what it may do; single sentences, which
//!   projects may reword; the words to listen for;
//! - [`value`], [`state`], [`world`], [`exchange`]: what a turn reads and writes;
//! - [`stepper`]: one turn; [`probe`], [`points`]: which operations ran, of those that there are;
//! - [`sampling`]: what writers are shown of their flows;
//! - [`dialogs`], [`workspace`]: everything above, loaded and ready; and loaded again, file by file, when files change.

mod accidents;
pub mod chart;
mod check;
pub mod code;
mod compile;
pub mod dialogs;
pub mod exchange;
pub mod finding;
mod fixed;
mod format;
mod moments;
mod phrases;
mod place;
pub mod points;
pub mod probe;
mod program;
pub mod sampling;
mod scripts;
pub mod source;
pub mod state;
pub mod stepper;
mod value;
mod vocabulary;
pub mod workspace;
pub mod world;
mod yaml;

pub use chart::{Chart, ChartError, ChartKind, ChartStep, Way, chart};
pub use check::payees::unknown_payees;
pub use code::Code;
pub use dialogs::{Dialogs, Loaded};
pub use exchange::{Effect, HandOff, Input, PaymentOutcome};
pub use finding::{Finding, Severity};
pub use format::keys::{self as tables, Key, Shape};
pub use format::read::{Fields, fields, flag, list as items, map as entries, text};
pub use format::schema::{mapping, schema};
pub use place::{Place, Placed, Report, suggest};
pub use points::{FlowPoints, Point, PointKind};
pub use probe::{Probe, Stub};
pub use scripts::Stopwatch;
pub use source::{SourceFile, shipped};
pub use state::State;
pub use stepper::{awaits_secret, expectation, may_be_kept, step, step_probed};
pub use workspace::Workspace;
pub use world::{
    History, HistoryFilter, PastPayment, PastRefund, PaymentStatus, ProviderInfo, RefundStatus, Refundable,
    ScheduledPayment, VoiceCheck, World,
};
pub use yaml::{Node, NodeValue, parse as yaml_tree};

#[cfg(test)]
mod tests;
