//! What a provider plugin is written with: implement [`PaymentProvider`] and [`Plugin`], then [`export_provider!`].
//!
//! The rest is done here: the C ABI, JSON, an executor that runs the provider's futures whenever the host delivers
//! something, a [`Host`] that asks by message, and panics caught before they cross the border. It must never start a
//! thread, open a file or a socket, or read a clock: a plugin has no hands. In reading order:
//! - [`plugin`]: the trait that names and configures a provider; [`prelude`]: the names that every one needs;
//! - [`engine`]: messages in, messages out; a pure function but for what the provider itself remembers;
//! - [`desk`]: the `Host` inside the plugin, where a future waits for its answer;
//! - [`entry`]: the functions of C around the engine, the only unsafe code here;
//! - what many providers need: [`request`] makes requests, [`heard`] tells an answer from none, [`denied`] says what a refusal
//!   means, [`standing`] what a status does, [`form`] writes forms and addresses, [`text`] texts and ids, [`hmac`] signs,
//!   [`notice`] looks at notifications, [`address`] says where a provider may be, [`settings`] reads what configurations have
//!   in common;
//! - [`token`]: an access token that is fetched once for all calls;
//! - `crypto` (feature `crypto`): what providers sign, verify and seal with;
//! - [`testing`]: a provider on stage with a scripted bank, without a process or a network.

pub mod address;
#[cfg(feature = "crypto")]
pub mod crypto;
pub mod denied;
pub mod desk;
pub mod engine;
pub mod entry;
pub mod form;
pub mod heard;
pub mod hmac;
pub mod notice;
pub mod plugin;
pub mod prelude;
pub mod request;
pub mod settings;
pub mod standing;
pub mod testing;
pub mod text;
pub mod token;

pub use async_trait::async_trait;
pub use denied::{Denied, Meaning, Words};
pub use engine::Engine;
pub use heard::{Answered, Silence};
pub use plugin::Plugin;
pub use sayso_plugin_interface::{
    self as interface, AdvanceRequest, CancelRequest, Capabilities, CheckRequest, CredentialsAnswer, Currency,
    DisputeNews, DisputeState, EnrolOutcome, EnrolRequest, Host, HttpFailure, HttpRequest, HttpResponse, Instrument,
    Money, News, NextStep, Outcome, PayRequest, PaymentProvider, QueryAnswer, QueryEnrolmentRequest,
    QueryRefundRequest, QueryRequest, Receipt, RefundNews, RefundOutcome, RefundRequest, RetryAdvice, abi_v1,
};
pub use standing::{Standing, Standings};
