//! What Sayso and a payment provider say to each other: money, requests, outcomes and the trait between them.
//!
//! This crate must never do I/O, read a clock or know the host. In reading order:
//! - [`currency`] and [`money`]: amounts as whole numbers of minor units, with checked arithmetic;
//! - [`request`] and [`outcome`]: what the host asks for and what a provider answers;
//! - [`news`]: what a notification tells; [`enrolment`]: ways to pay that are stored; [`credentials`]: whether they are taken;
//! - [`capabilities`]: what a provider says of itself;
//! - [`host`]: the only hands that a provider has (HTTP, time, randomness, secrets), all lent by the host;
//! - [`provider`]: the [`PaymentProvider`] trait, implemented by plugins and by the host's client for a plugin alike;
//! - [`abi_v1`]: the C ABI over which a compiled plugin says all this, documented like a wire protocol.

pub mod abi_v1;
pub mod capabilities;
pub mod credentials;
pub mod currency;
pub mod enrolment;
pub mod host;
pub mod money;
pub mod news;
pub mod outcome;
pub mod provider;
pub mod request;

pub use capabilities::Capabilities;
pub use credentials::{CheckRequest, CredentialsAnswer};
pub use currency::Currency;
pub use enrolment::{EnrolOutcome, EnrolRequest, Instrument, QueryEnrolmentRequest};
pub use host::{Host, HttpFailure, HttpRequest, HttpResponse};
pub use money::{Money, MoneyError};
pub use news::{DisputeNews, DisputeState, News, RefundNews};
pub use outcome::{NextStep, Outcome, QueryAnswer, Receipt, RefundOutcome, RetryAdvice};
pub use provider::PaymentProvider;
pub use request::{AdvanceRequest, CancelRequest, PayRequest, QueryRefundRequest, QueryRequest, RefundRequest};
