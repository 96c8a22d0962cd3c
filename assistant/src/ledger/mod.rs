//! What a payment can become and what each step does to the books. It must never do I/O, read a clock or know a provider.
//!
//! In reading order: [`status`] and [`event`] are the words, [`transition`] is the one table that joins them, [`posting`]
//! is the double entry that a step makes, and [`step()`] takes a payment one event further, or refuses.

pub mod event;
pub mod id;
pub mod posting;
pub mod status;
pub mod step;
pub mod transition;

pub use event::Event;
pub use id::PaymentId;
pub use posting::{Account, Books, Posting};
pub use status::PaymentStatus;
pub use step::{Change, LedgerError, Standing, step};
pub use transition::{TABLE, Transition, next};
