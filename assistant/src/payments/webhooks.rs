//! Notifications that come in: verified by the provider's plugin, kept before they are acknowledged, then taken as an
//! answer to a question would be. Nothing that is not verified changes anything.
//!
//! An event is known by its provider and the provider's id of it, so a repeated one does nothing. One that comes before
//! its payment is known waits, and so does one whose payment is being acted on; recovery takes them up again.

use super::engine::Payments;
use super::providers::Configured;
use super::record::PaymentView;
use super::recovery::RecoveryReport;
use super::storage::StoreError;
use crate::ledger::PaymentId;
use async_trait::async_trait;
use sayso_plugin_interface::host::HttpResponse;
use sayso_plugin_interface::outcome::WebhookVerdict;
use sayso_plugin_interface::request::WebhookRequest;
use sayso_plugin_interface::{DisputeNews, EnrolOutcome, News, Outcome, RefundNews};
use serde::{Deserialize, Serialize};
use std::fmt;

/// How long an event waits for its payment to become known, in milliseconds.
pub const EVENT_WAIT_MS: i64 = 7 * 24 * 60 * 60 * 1000;

/// How many waiting events one round takes up.
const EVENTS_A_ROUND: usize = 500;

/// A verified event of a provider, as it is kept.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct WebhookEvent {
    /// The provider's name in the configuration.
    pub provider: String,
    /// The provider's id of the event.
    pub event_id: String,
    /// Our reference of the payment that it is about, if it is about one.
    pub reference: Option<String>,
    /// What it says became of the payment; without it, the provider is asked.
    pub outcome: Option<Outcome>,
    /// What it says became of a way to pay that is being stored, where `reference` is that of an enrolment.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub enrolment: Option<EnrolOutcome>,
    /// The provider's id of the payment, where ours is missing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub provider_reference: Option<String>,
    /// What it says of a refund.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub refund: Option<RefundNews>,
    /// What it says of a dispute.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub dispute: Option<DisputeNews>,
    /// When it came in, as Unix milliseconds.
    pub received_at_ms: i64,
}

/// What became of an event.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum EventFate {
    /// Its payment is not known yet, or is being acted on.
    Waiting,
    /// It was taken to its payment.
    Taken,
    /// It is about no payment.
    Aside,
    /// It is about a payment that another provider makes: nothing was done.
    Foreign,
    /// Its payment never became known.
    Orphan,
}

impl EventFate {
    /// Every fate.
    pub const ALL: [EventFate; 5] =
        [EventFate::Waiting, EventFate::Taken, EventFate::Aside, EventFate::Foreign, EventFate::Orphan];

    /// As it is stored.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            EventFate::Waiting => "waiting",
            EventFate::Taken => "taken",
            EventFate::Aside => "aside",
            EventFate::Foreign => "foreign",
            EventFate::Orphan => "orphan",
        }
    }
}

impl fmt::Display for EventFate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// Where verified events are kept. When a method returns `Ok`, what it wrote survives a loss of power.
#[async_trait]
pub trait EventStore: Send + Sync {
    /// Keeps an event as [`EventFate::Waiting`]. False if it was there already; then nothing is written.
    async fn keep_event(&self, event: &WebhookEvent) -> Result<bool, StoreError>;
    /// The oldest events that wait.
    async fn waiting_events(&self, limit: usize) -> Result<Vec<WebhookEvent>, StoreError>;
    /// Writes down what became of an event, at `at_ms`.
    async fn settle_event(&self, event: &WebhookEvent, fate: EventFate, at_ms: i64) -> Result<(), StoreError>;
    /// The payment with this reference of ours, and the name of its provider.
    async fn by_reference(&self, reference: &str) -> Result<Option<(PaymentId, String)>, StoreError>;
    /// The payment of this provider that has this reference of the provider's own; `None` also where several have it.
    async fn by_provider_reference(&self, provider: &str, theirs: &str) -> Result<Option<PaymentId>, StoreError>;
}

/// A notification that was taken in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Notified {
    /// What the provider wants to hear.
    pub answer: HttpResponse,
    /// The provider's id of the event.
    pub event_id: String,
    /// True if it was there already.
    pub repeated: bool,
    /// The payment after it, where it was taken to one now.
    pub payment: Option<PaymentView>,
}

/// Why a notification was not taken in. Nothing changed.
#[derive(Debug, thiserror::Error)]
pub enum WebhookError {
    /// The configuration has no such provider.
    #[error("there is no provider `{0}`")]
    UnknownProvider(String),
    /// It is not genuine, or too old.
    #[error("it is not genuine: {0}")]
    Refused(String),
    /// The plugin gave no answer, so nobody knows whether it is genuine.
    #[error("it could not be verified: {0}")]
    Unverified(String),
    /// It is genuine, but could not be kept. The provider has to send it again.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl Payments {
    /// Takes in a notification that came for `provider`: verified by its plugin, kept, taken to its payment, and then
    /// acknowledged as the provider wants it.
    pub async fn notified(&self, provider: &str, request: WebhookRequest) -> Result<Notified, WebhookError> {
        let configured = self.engine.providers.get(provider).cloned();
        let configured = configured.ok_or_else(|| WebhookError::UnknownProvider(provider.to_owned()))?;
        let event = self.verified(provider, &configured, request.clone()).await?;
        let fresh = self.engine.store.keep_event(&event).await?;
        let (_, payment) = if fresh { self.take(&event, true).await? } else { (EventFate::Waiting, None) };
        let acknowledge = |to: Configured| async move { to.provider.acknowledge_webhook(&*to.host, request).await };
        // It is kept: a plugin that has no answer must not make the provider send it for ever.
        let empty = |_| HttpResponse { status: 204, headers: Vec::new(), body: String::new() };
        let answer = self.engine.ask(&configured, acknowledge).await.unwrap_or_else(empty);
        Ok(Notified { answer, event_id: event.event_id, repeated: !fresh, payment })
    }

    async fn verified(
        &self,
        provider: &str,
        configured: &Configured,
        request: WebhookRequest,
    ) -> Result<WebhookEvent, WebhookError> {
        let verify = |to: Configured| async move { to.provider.verify_webhook(&*to.host, request).await };
        match self.engine.ask(configured, verify).await.map_err(WebhookError::Unverified)? {
            WebhookVerdict::Refused { reason } => Err(WebhookError::Refused(reason)),
            WebhookVerdict::Genuine { event_id, .. } if event_id.is_empty() || event_id.len() > 255 => {
                Err(WebhookError::Refused("its id has to have 1 to 255 bytes".to_owned()))
            }
            WebhookVerdict::Genuine { event_id, news } => {
                let (received_at_ms, provider) = (self.engine.now_ms(), provider.to_owned());
                let News { reference, provider_reference, outcome, refund, dispute, enrolment } = *news;
                Ok(WebhookEvent {
                    provider,
                    event_id,
                    reference,
                    provider_reference,
                    outcome,
                    refund,
                    dispute,
                    enrolment,
                    received_at_ms,
                })
            }
        }
    }

    /// Takes up every event that waits.
    pub(super) async fn take_waiting(&self, report: &mut RecoveryReport) -> Result<(), StoreError> {
        for event in self.engine.store.waiting_events(EVENTS_A_ROUND).await? {
            report.changed.extend(self.take(&event, false).await?.1);
        }
        Ok(())
    }

    /// Takes an event to its payment; the payment after it, where it was. `fresh` is one that has just come in.
    async fn take(&self, event: &WebhookEvent, fresh: bool) -> Result<(EventFate, Option<PaymentView>), StoreError> {
        let (fate, payment) = self.try_to_take(event, fresh).await?;
        match fate {
            EventFate::Waiting => {}
            EventFate::Foreign => tracing::error!(
                event = event.event_id,
                provider = event.provider,
                "an event names a payment that another provider makes; nothing was done"
            ),
            _ => tracing::info!(event = event.event_id, provider = event.provider, %fate, "an event came in"),
        }
        if fate != EventFate::Waiting {
            self.engine.store.settle_event(event, fate, self.engine.now_ms()).await?;
        }
        Ok((fate, payment))
    }

    async fn try_to_take(
        &self,
        event: &WebhookEvent,
        fresh: bool,
    ) -> Result<(EventFate, Option<PaymentView>), StoreError> {
        let too_old = self.engine.now_ms().saturating_sub(event.received_at_ms) > EVENT_WAIT_MS;
        let later = if too_old { EventFate::Orphan } else { EventFate::Waiting };
        let found = match (&event.reference, &event.provider_reference) {
            (Some(ours), _) => self.engine.store.by_reference(ours).await?,
            (None, Some(theirs)) => {
                let id = self.engine.store.by_provider_reference(&event.provider, theirs).await?;
                id.map(|id| (id, event.provider.clone()))
            }
            (None, None) => return Ok((EventFate::Aside, None)),
        };
        let Some((id, provider)) = found else {
            if let Some(reference) = &event.reference
                && self.heard_of_way(&event.provider, reference, event.enrolment.clone()).await?
            {
                return Ok((EventFate::Taken, None));
            }
            return Ok((later, None));
        };
        if provider != event.provider {
            return Ok((EventFate::Foreign, None));
        }
        let mut after = match &event.outcome {
            Some(outcome) => self.heard(&id, outcome.clone()).await?,
            None if event.refund.is_none() && event.dispute.is_none() => self.look_at(&id).await?,
            None => self.get(&id).await?,
        };
        if let (Some(refund), Some(_)) = (&event.refund, &after) {
            after = self.hear_refund(&id, refund, fresh).await?;
        }
        if let (Some(dispute), Some(_)) = (&event.dispute, &after) {
            after = self.hear_dispute(&id, dispute, fresh).await?;
        }
        Ok((if after.is_some() { EventFate::Taken } else { later }, after))
    }
}
