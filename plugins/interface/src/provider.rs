//! The one trait between Sayso and whoever moves the money.

use crate::capabilities::Capabilities;
use crate::credentials::{CheckRequest, CredentialsAnswer};
use crate::enrolment::{EnrolOutcome, EnrolRequest, QueryEnrolmentRequest};
use crate::host::{Host, HttpResponse};
use crate::outcome::{Outcome, QueryAnswer, RefundOutcome, WebhookVerdict};
use crate::request::{
    AdvanceRequest, CancelRequest, PayRequest, QueryRefundRequest, QueryRequest, RefundRequest, WebhookRequest,
};
use async_trait::async_trait;

/// A payment provider: a pure translator from these verbs to HTTP messages and back.
///
/// A plugin implements it; the host's client for a plugin in its worker process implements it too, so that the rest
/// of Sayso never knows which it talks to. No method fails: what went wrong is an outcome.
#[async_trait]
pub trait PaymentProvider: Send + Sync {
    /// What the provider can do; the same at each call.
    fn capabilities(&self) -> Capabilities;
    /// Pays once. Repeated with the same key, it must have no second effect.
    async fn pay(&self, host: &dyn Host, request: PayRequest) -> Outcome;
    /// Goes on after the person acted, or captures what was authorised.
    async fn advance(&self, host: &dyn Host, request: AdvanceRequest) -> Outcome;
    /// Tells what became of a payment.
    async fn query(&self, host: &dyn Host, request: QueryRequest) -> QueryAnswer;
    /// Stops a payment that has not been captured.
    async fn cancel(&self, host: &dyn Host, request: CancelRequest) -> Outcome;
    /// Gives back all or part.
    async fn refund(&self, host: &dyn Host, request: RefundRequest) -> RefundOutcome;
    /// Tells what became of a refund.
    async fn query_refund(&self, host: &dyn Host, request: QueryRefundRequest) -> RefundOutcome;
    /// Says whether a notification is genuine, and what it means.
    async fn verify_webhook(&self, host: &dyn Host, request: WebhookRequest) -> WebhookVerdict;
    /// The answer that the provider expects to a notification that was taken: 204 and nothing else, where it wants no more.
    async fn acknowledge_webhook(&self, host: &dyn Host, request: WebhookRequest) -> HttpResponse {
        let _ = (host, request);
        HttpResponse::plain(204, "")
    }
    /// Begins to store a way to pay. Repeated with the same key, it must have no second effect.
    async fn enrol(&self, host: &dyn Host, request: EnrolRequest) -> EnrolOutcome {
        let _ = (host, request);
        EnrolOutcome::NotOffered
    }
    /// Tells what became of an enrolment.
    async fn query_enrolment(&self, host: &dyn Host, request: QueryEnrolmentRequest) -> EnrolOutcome {
        let _ = (host, request);
        EnrolOutcome::NotOffered
    }
    /// Tells whether the provider takes the configured credentials, without moving money.
    async fn check_credentials(&self, host: &dyn Host, request: CheckRequest) -> CredentialsAnswer {
        let _ = (host, request);
        CredentialsAnswer::NotOffered
    }
}
