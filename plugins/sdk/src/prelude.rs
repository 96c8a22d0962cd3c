//! The names that every provider needs: `use sayso_plugin_sdk::prelude::*;`.

pub use crate::heard::{Answered, Silence};
pub use crate::{
    Currencies, Denied, Disputes, Enrolments, Fields, Meaning, Notifications, Plugin, Standing, Standings, Table, Told,
    Translated, Translator, Words, async_trait, request,
};
pub use sayso_plugin_interface::capabilities::{HandoffKind, ServiceHours};
pub use sayso_plugin_interface::outcome::{DeclineCode, WebhookVerdict};
pub use sayso_plugin_interface::request::WebhookRequest;
pub use sayso_plugin_interface::{
    AdvanceRequest, CancelRequest, Capabilities, CheckRequest, CredentialsAnswer, Currency, DisputeNews, DisputeState,
    EnrolOutcome, EnrolRequest, Host, HttpFailure, HttpRequest, HttpResponse, Instrument, Money, News, NextStep,
    Outcome, PayRequest, PaymentProvider, QueryAnswer, QueryEnrolmentRequest, QueryRefundRequest, QueryRequest,
    Receipt, RefundNews, RefundOutcome, RefundRequest, RetryAdvice,
};
