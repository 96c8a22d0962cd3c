//! Goes through with everything but the sending: what would be sent is shown, nothing is, and nothing is written down.

use super::engine::Engine;
use super::error::PayError;
use super::exchanges::header;
use super::keys::{Verb, idempotency_key, refund_reference};
use super::pay::{Agreement, refused};
use super::providers::Configured;
use crate::consent::{Consent, ProposalKind};
use crate::ledger::PaymentId;
use crate::redaction::hide_exchanged;
use async_trait::async_trait;
use sayso_plugin_interface::{Host, HttpFailure, HttpRequest, HttpResponse, RefundRequest};
use serde::Serialize;
use serde_json::Value;
use std::future::Future;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

/// What would be sent. In JSON: `{"verb":"pay","provider":…,"request":{…},"http":[{"method":…,"url":…,"headers":…,"body":…}]}`.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct WouldSend {
    /// `pay`, `refund`, `enrol`, or `schedule`, of which nothing is sent before its day.
    pub verb: &'static str,
    /// The provider's name in the configuration.
    pub provider: String,
    /// What the provider would be asked: payee, amount, reference and key among it. The key is one that is never used.
    pub request: Value,
    /// The HTTP requests that its plugin would begin with, secrets and card numbers hidden; empty if it shows none.
    pub http: Vec<HttpRequest>,
}

/// Hands that take note of what a plugin wants to send, and send nothing.
struct DryHands {
    real: Arc<dyn Host>,
    seen: Mutex<Vec<HttpRequest>>,
}

#[async_trait]
impl Host for DryHands {
    async fn http(&self, request: HttpRequest) -> Result<HttpResponse, HttpFailure> {
        let shown = HttpRequest {
            url: hide_exchanged(&request.url),
            headers: request.headers.iter().map(|(name, value)| (name.clone(), header(name, value))).collect(),
            body: hide_exchanged(&request.body),
            ..request
        };
        self.seen.lock().unwrap_or_else(PoisonError::into_inner).push(shown);
        Err(HttpFailure::NotSent { reason: "this is a dry run".to_owned() })
    }
    fn now_ms(&self) -> i64 {
        self.real.now_ms()
    }
    async fn random_hex(&self, bytes: u8) -> String {
        self.real.random_hex(bytes).await
    }
    fn log(&self, line: &str) {
        self.real.log(line);
    }
}

impl Engine {
    /// A payment that is not made.
    pub(super) async fn rehearse(&self, agreement: &Agreement) -> PayError {
        let (payment, provider) = match self.checked(agreement).await {
            Ok(checked) => checked,
            Err(refused) => return refused,
        };
        if let Err(error) = self.store.check(self.limit_check(agreement, self.now_ms())).await {
            return refused(error);
        }
        let request = payment.request;
        let shown = serde_json::to_value(&request).unwrap_or_default();
        let http = self.watch(&provider, |to| async move { drop(to.provider.pay(&*to.host, request).await) }).await;
        WouldSend { verb: Verb::Pay.name(), provider: payment.provider, request: shown, http }.into()
    }

    /// A refund that is not made.
    pub(super) async fn rehearse_refund(&self, consent: &Consent) -> Result<PayError, PayError> {
        consent.check_fresh(self.now_ms())?;
        let ProposalKind::Refund { payment, version } = &consent.proposal().kind else {
            return Err(PayError::OtherKind);
        };
        let id: PaymentId = payment.parse().map_err(|_| PayError::OtherKind)?;
        let payment = self.store.payment(&id).await?.ok_or_else(|| PayError::NoSuchPayment(id.clone()))?;
        if payment.version != *version {
            return Err(PayError::RefundMoved { payment: id });
        }
        let amount = consent.proposal().amount;
        let number = self.next_refund(&payment, amount).await.map_err(|error| error.before_sending(&payment))?;
        let provider = self.providers.offering(&payment.provider, amount)?.clone();
        let (installation, length_max) = (self.store.installation().await?, provider.capabilities.reference_length_max);
        let request = RefundRequest {
            reference: payment.request.reference.clone(),
            refund_reference: refund_reference(&installation, &payment.id, number, length_max),
            provider_reference: payment.provider_reference.clone(),
            idempotency_key: idempotency_key(&installation, &payment.id, Verb::Refund, number, length_max),
            amount,
            paid: payment.books.captured,
        };
        let shown = serde_json::to_value(&request).unwrap_or_default();
        let http = self.watch(&provider, |to| async move { drop(to.provider.refund(&*to.host, request).await) }).await;
        Ok(WouldSend { verb: Verb::Refund.name(), provider: payment.provider, request: shown, http }.into())
    }

    /// Lets a plugin try, with hands that send nothing, and gives what it tried to send.
    pub(super) async fn watch<F>(&self, provider: &Configured, ask: impl FnOnce(Configured) -> F) -> Vec<HttpRequest>
    where
        F: Future<Output = ()> + Send + 'static,
    {
        let hands = Arc::new(DryHands { real: Arc::clone(&provider.host), seen: Mutex::default() });
        let task = tokio::spawn(ask(provider.with_hands(hands.clone())));
        let stop = task.abort_handle();
        if tokio::time::timeout(Duration::from_millis(self.settings.deadline_ms), task).await.is_err() {
            stop.abort();
        }
        let mut seen = hands.seen.lock().unwrap_or_else(PoisonError::into_inner);
        std::mem::take(&mut *seen)
    }
}

impl From<WouldSend> for PayError {
    fn from(would: WouldSend) -> Self {
        PayError::DryRun(Box::new(would))
    }
}
