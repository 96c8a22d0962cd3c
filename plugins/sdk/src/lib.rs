//! What a provider plugin is written with: implement [`Translator`], then [`export_provider!`].
//!
//! The rest is done here: the C ABI, JSON, an executor that runs the provider's futures whenever the host delivers
//! something, a [`Host`] that asks by message, and panics caught before they cross the border. It must never start a
//! thread, open a file or a socket, or read a clock: a plugin has no hands. In reading order:
//! - [`translator`]: the verbs as a provider writes them; [`plugin`]: what names and configures it; [`prelude`]: the names that
//!   every one needs;
//! - [`engine`]: messages in, messages out; a pure function but for what the provider itself remembers;
//! - [`desk`]: the `Host` inside the plugin, where a future waits for its answer;
//! - [`entry`]: the functions of C around the engine, the only unsafe code here;
//! - what a provider's words mean, in a text that an operator can read: [`table`] is a section of it, [`standing`] says how things
//!   stand, [`words`] what a refusal means and [`denied`] what it makes of each verb, [`currencies`] how amounts are counted;
//! - what many providers need: [`request`] makes requests, [`heard`] tells an answer from none, [`fields`] reads what it says,
//!   [`listing`] looks through lists, [`form`] writes forms and addresses, [`text`] texts and ids, [`times`] times, [`hmac`]
//!   signs, [`notice`] looks at notifications, [`address`] says where a provider may be, [`settings`] reads what configurations
//!   have in common;
//! - [`token`]: an access token that is fetched once for all calls; [`oauth`]: those of OAuth 2.0;
//! - `crypto` (feature `crypto`): what providers sign, verify and seal with;
//! - [`testing`]: a provider on stage with a scripted bank, without a process or a network.

pub mod address;
#[cfg(feature = "crypto")]
pub mod crypto;
pub mod currencies;
pub mod denied;
pub mod desk;
pub mod engine;
pub mod entry;
pub mod fields;
pub mod form;
pub mod heard;
pub mod hmac;
pub mod listing;
pub mod notice;
pub mod oauth;
pub mod plugin;
pub mod prelude;
pub mod request;
pub mod settings;
pub mod standing;
pub mod table;
pub mod testing;
pub mod text;
pub mod times;
pub mod token;
pub mod translator;
pub mod words;

pub use async_trait::async_trait;
pub use currencies::Currencies;
pub use denied::Denied;
pub use engine::Engine;
pub use fields::Fields;
pub use heard::{Answered, Silence};
pub use plugin::Plugin;
pub use sayso_plugin_interface::{
    self as interface, AdvanceRequest, CancelRequest, Capabilities, CheckRequest, CredentialsAnswer, Currency,
    DisputeNews, DisputeState, EnrolOutcome, EnrolRequest, Host, HttpFailure, HttpRequest, HttpResponse, Instrument,
    Money, News, NextStep, Outcome, PayRequest, PaymentProvider, QueryAnswer, QueryEnrolmentRequest,
    QueryRefundRequest, QueryRequest, Receipt, RefundNews, RefundOutcome, RefundRequest, RetryAdvice, abi_v1,
};
pub use standing::{Disputes, Standing, Standings};
pub use table::Table;
pub use translator::{Enrolments, Notifications, Told, Translated, Translator};
pub use words::{Meaning, Words};
