//! From a consent to an outcome that is certain: dispatch with the key committed first, recovery, refunds, the HTTP gate.
//! It must never pay without a fresh consent, send before the commit, take silence for an answer, or make a second key.
//!
//! In reading order: [`record`] is what is known of a payment, [`settings`] is how they are made, [`storage`] and
//! [`surroundings`] are what this room asks of others (implemented by `store` and by the system), [`providers`],
//! `agreement` and [`keys`] are what is checked and made before, [`verdict`] turns a provider's answer into an
//! event of the ledger, [`engine`] is [`Payments`] itself with [`pay`] and [`later`] (capture, cancel, refund),
//! [`returning`] (a refund that was agreed to) and [`recovery`] on it, [`webhooks`] are notifications that come in, with
//! `told_by_provider` for the refunds and disputes in them, [`standing`] and [`scheduling`] are what is paid later,
//! `finishing` is why none of it stops half-way, `dry_run` shows what would be sent, [`news`] is what the person has not been told, [`instruments`] are the ways to pay
//! that are stored, and [`http_gate`] is the providers' only way out; [`exchanges`] are what was said there, for support.

mod agreement;
mod dry_run;
pub mod engine;
pub mod error;
pub mod exchanges;
mod finishing;
pub mod http_gate;
pub mod instruments;
pub mod keys;
pub mod later;
pub mod news;
pub mod pay;
mod placeholder;
pub mod providers;
pub mod record;
pub mod recovery;
pub mod redaction;
pub mod returning;
pub mod scheduling;
pub mod secrets;
pub mod settings;
pub mod standing;
pub mod storage;
pub mod surroundings;
mod told_by_provider;
pub mod verdict;
pub mod webhooks;

pub use crate::consent::Limits;
pub use dry_run::WouldSend;
pub use engine::{Payments, Step};
pub use error::PayError;
pub use exchanges::{Exchange, ExchangeStore};
pub use http_gate::{GateSettings, HttpGate};
pub use instruments::{InstrumentStore, WayError, WayState, WayToPay};
pub use news::{News, ToldStore};
pub use providers::{Configured, Providers};
pub use record::{Filter, Payment, PaymentView, Refund, RefundStatus};
pub use recovery::RecoveryReport;
pub use returning::Returned;
pub use scheduling::DueReport;
pub use secrets::{NoSecrets, SecretError, SecretRef, SecretRefs, Secrets};
pub use settings::Settings;
pub use standing::{SkipReason, StandingState, StandingStore, StandingView, UntoldDue};
pub use storage::{
    BeginError, BooksReport, Entry, LimitCheck, NewPayment, Notice, PaymentStore, StoreError, StoreErrorKind, Write,
};
pub use surroundings::{Clock, Randomness, SystemClock, SystemRandom};
pub use webhooks::{EventFate, EventStore, Notified, WebhookError, WebhookEvent};
