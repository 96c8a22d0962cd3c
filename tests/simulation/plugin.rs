//! The plugin of the simulation's provider: translates, and its worker may die before, while and after it does.

use crate::bank::{Message, Reply};
use crate::bugs::Bug;
use crate::process::Life;
use async_trait::async_trait;
use sayso_plugin_interface::outcome::{DeclineCode, WebhookVerdict};
use sayso_plugin_interface::request::WebhookRequest;
use sayso_plugin_interface::{
    AdvanceRequest, CancelRequest, Capabilities, Host, HttpFailure, HttpResponse, Outcome, PayRequest, PaymentProvider,
    QueryAnswer, QueryRefundRequest, QueryRequest, RefundOutcome, RefundRequest, RetryAdvice,
};
use std::sync::Arc;

/// What the provider of a history can do.
#[derive(Clone, Debug)]
pub struct Offer {
    pub query_by_reference: bool,
    pub key_life_ms: Option<u64>,
    pub reference_length_max: usize,
}

pub struct Plugin {
    pub life: Arc<Life>,
    pub offer: Offer,
}

/// What the worker's death leaves: nobody can tell.
fn gone() -> HttpFailure {
    HttpFailure::MaybeSent { reason: "the worker died".into() }
}

impl Plugin {
    pub fn new(life: Arc<Life>, offer: Offer) -> Self {
        Plugin { life, offer }
    }

    async fn exchange(&self, message: Message) -> Result<Reply, HttpFailure> {
        self.life.goes_on().await;
        self.worker()?;
        let reply = self.life.net.exchange(message).await;
        // Of a dead program nobody hears the answer.
        self.life.goes_on().await;
        self.worker()?;
        reply
    }

    fn worker(&self) -> Result<(), HttpFailure> {
        let dice = &self.life.net.dice;
        let often = self.life.net.weather.lock().unwrap().worker;
        if !dice.chance(often) {
            return Ok(());
        }
        if dice.chance(200) {
            // Without the noise of a panic.
            std::panic::resume_unwind(Box::new("the client breaks down"));
        }
        Err(gone())
    }

    fn times_asked(&self, what: &str) -> u32 {
        let mut asked = self.life.net.asked.lock().unwrap();
        let times = asked.entry(what.to_owned()).or_default();
        *times += 1;
        *times
    }

    async fn outcome(&self, message: Message) -> Outcome {
        match self.exchange(message).await {
            Ok(Reply::Outcome(outcome)) => outcome,
            Ok(_) => Outcome::Unknown { reason: "the bank knows no such charge".into() },
            Err(HttpFailure::NotSent { reason }) => Outcome::NotSent { reason },
            Err(HttpFailure::MaybeSent { reason }) => Outcome::Unknown { reason },
        }
    }

    async fn refund_outcome(&self, message: Message) -> RefundOutcome {
        match self.exchange(message).await {
            Ok(Reply::Refund(outcome)) => outcome,
            Ok(_) => RefundOutcome::Unknown { reason: "not understood".into() },
            Err(failure) => RefundOutcome::Unknown { reason: failure.to_string() },
        }
    }

    fn mistaken(&self, outcome: Outcome, asked: &PayRequest) -> Outcome {
        match (self.life.bug, outcome) {
            (Bug::TakesSilenceForNo, Outcome::Unknown { .. }) => {
                Outcome::Failed { code: DeclineCode::Declined, provider_code: None, retry: RetryAdvice::Never }
            }
            (Bug::TakesSilenceForYes, Outcome::Unknown { reason }) => Outcome::Succeeded {
                receipt: sayso_plugin_interface::Receipt {
                    reference: asked.reference.clone(),
                    provider_reference: reason,
                    amount: asked.amount,
                    payee: None,
                },
            },
            (Bug::BelievesReceipts, Outcome::Succeeded { mut receipt }) => {
                receipt.amount = asked.amount;
                Outcome::Succeeded { receipt }
            }
            (_, outcome) => outcome,
        }
    }
}

/// A notification of this bank, signed if it is one.
pub fn notification(id: &str, reference: Option<&str>, outcome: Option<&Outcome>, genuine: bool) -> WebhookRequest {
    let said = serde_json::json!({"verdict": "genuine", "event_id": id, "reference": reference, "outcome": outcome});
    let signature = if genuine { "genuine" } else { "forged" };
    WebhookRequest { headers: vec![("bank-signature".into(), signature.into())], body: said.to_string() }
}

#[async_trait]
impl PaymentProvider for Plugin {
    fn capabilities(&self) -> Capabilities {
        let life = self.offer.key_life_ms.filter(|_| self.life.bug != Bug::ForgetsLifeOfKeys);
        serde_json::from_value(serde_json::json!({
            "name": "bank",
            "version": "1",
            "practice": true,
            "currencies": [],
            "off_session": true,
            "authorize_and_capture": true,
            "partial_refund": true,
            "query_by_reference": self.offer.query_by_reference,
            "idempotency_key_life_ms": life,
            "reference_length_max": self.offer.reference_length_max,
            "hosts": [],
        }))
        .unwrap()
    }

    async fn pay(&self, _: &dyn Host, mut request: PayRequest) -> Outcome {
        let (agreed, times) = (request.clone(), self.times_asked(&request.reference));
        if self.life.bug == Bug::NewKeyOnRetry && times > 1 {
            request.idempotency_key = format!("{}-{times}", request.idempotency_key);
        }
        let outcome = self.outcome(Message::Pay(request)).await;
        self.mistaken(outcome, &agreed)
    }

    async fn advance(&self, _: &dyn Host, request: AdvanceRequest) -> Outcome {
        self.outcome(Message::Advance(request)).await
    }

    async fn query(&self, _: &dyn Host, request: QueryRequest) -> QueryAnswer {
        match self.exchange(Message::Query(request)).await {
            Ok(Reply::Answer(answer)) => answer,
            Ok(_) => QueryAnswer::Unreachable { reason: "not understood".into() },
            Err(failure) => QueryAnswer::Unreachable { reason: failure.to_string() },
        }
    }

    async fn cancel(&self, _: &dyn Host, request: CancelRequest) -> Outcome {
        if self.life.bug == Bug::CancelsInWordsOnly {
            return Outcome::Failed { code: DeclineCode::Canceled, provider_code: None, retry: RetryAdvice::Never };
        }
        self.outcome(Message::Cancel(request)).await
    }

    async fn refund(&self, _: &dyn Host, mut request: RefundRequest) -> RefundOutcome {
        let times = self.times_asked(&request.refund_reference);
        if self.life.bug == Bug::NewRefundOnRetry && times > 1 {
            request.refund_reference = format!("{}{times}", request.refund_reference);
            request.idempotency_key = format!("{}{times}", request.idempotency_key);
        }
        self.refund_outcome(Message::Refund(request)).await
    }

    async fn query_refund(&self, _: &dyn Host, request: QueryRefundRequest) -> RefundOutcome {
        self.refund_outcome(Message::QueryRefund(request)).await
    }

    async fn verify_webhook(&self, _: &dyn Host, request: WebhookRequest) -> WebhookVerdict {
        let signed = request.headers.iter().any(|(_, value)| value == "genuine");
        match serde_json::from_str(&request.body) {
            Ok(said) if signed => said,
            _ => WebhookVerdict::Refused { reason: "its signature does not fit".into() },
        }
    }

    async fn acknowledge_webhook(&self, _: &dyn Host, _: WebhookRequest) -> HttpResponse {
        HttpResponse { status: 202, headers: Vec::new(), body: String::new() }
    }
}
