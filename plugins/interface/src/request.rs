//! What the host asks a provider to do. Every request carries all that the provider needs; nothing is remembered.

use crate::enrolment::Instrument;
use crate::money::Money;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Pay once. A repetition with the same `idempotency_key` must have no second effect.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PayRequest {
    /// Our own reference of the payment, unique for ever; what [`QueryRequest`] asks by.
    pub reference: String,
    /// The same for every repetition of this attempt; already cut to the provider's rules.
    pub idempotency_key: String,
    /// The amount that the person agreed to.
    pub amount: Money,
    /// Who is paid.
    pub payee: Payee,
    /// What a statement may show, e.g. `electricity bill`.
    pub purpose: String,
    /// Authorise only, and capture by [`AdvanceRequest`] later.
    #[serde(default)]
    pub authorize_only: bool,
    /// The stored way to pay that the household uses here; without one the provider may have to hand the person to a screen.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub instrument: Option<Instrument>,
}

/// Who is paid, as the configuration knows them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Payee {
    /// The id in the household's list, e.g. `electricity`.
    pub id: String,
    /// The name to show, e.g. `City Power`.
    pub name: String,
    /// Where the provider finds them, by the provider's own terms (e.g. `{"account": "acct_1"}`).
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub account: BTreeMap<String, String>,
}

/// Go on after the person acted (approved on the phone), or capture what was authorised.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AdvanceRequest {
    /// Our reference of the payment.
    pub reference: String,
    /// The provider's own id, as an earlier outcome gave it.
    pub provider_reference: Option<String>,
    /// Key of this attempt to advance.
    pub idempotency_key: String,
    /// What the payment is for; the provider must compare.
    pub amount: Money,
}

/// Ask what became of a payment, by our reference or the provider's.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct QueryRequest {
    /// Our reference of the payment.
    pub reference: String,
    /// The provider's own id, where an earlier outcome gave one.
    pub provider_reference: Option<String>,
    /// The key with which it was sent, for providers that find by key.
    pub idempotency_key: String,
    /// When it was first sent, as Unix milliseconds, for providers that find by time.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sent_ms: Option<i64>,
    /// When what the person was last asked to do ends, as an earlier outcome said, as Unix milliseconds: for providers that
    /// know nothing of a payment before the person acts.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires_ms: Option<i64>,
}

/// Stop a payment that has not been captured.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CancelRequest {
    /// Our reference of the payment.
    pub reference: String,
    /// The provider's own id, where known.
    pub provider_reference: Option<String>,
    /// Key of this cancellation.
    pub idempotency_key: String,
}

/// Give back all or part of what was captured.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RefundRequest {
    /// Our reference of the payment.
    pub reference: String,
    /// Our reference of this refund.
    pub refund_reference: String,
    /// The provider's id of the payment, where known.
    pub provider_reference: Option<String>,
    /// Key of this refund.
    pub idempotency_key: String,
    /// How much to give back.
    pub amount: Money,
    /// How much the payment was.
    pub paid: Money,
}

/// Ask what became of a refund.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct QueryRefundRequest {
    /// Our reference of the payment.
    pub reference: String,
    /// Our reference of the refund.
    pub refund_reference: String,
    /// The provider's id of the refund, where known.
    pub provider_reference: Option<String>,
    /// The provider's id of the payment, where known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub payment_provider_reference: Option<String>,
}

/// A notification as it came in: nothing parsed, nothing trusted.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct WebhookRequest {
    /// Headers in the order received, names in lower case.
    pub headers: Vec<(String, String)>,
    /// The raw body as text; notifications of all known providers are UTF-8.
    pub body: String,
}
