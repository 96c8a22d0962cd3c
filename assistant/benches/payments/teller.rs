//! The provider of benches: says at once what it is made to say, so that only our own part is measured; and consents to pay
//! with it.

use crate::hands::NoHands;
use async_trait::async_trait;
use sayso::consent::{Consent, Occasion, Proposal, ProposalKind, ReadBack};
use sayso::lang::Lang;
use sayso::payments::{Clock as _, Payments, Providers, Settings, SystemClock};
use sayso::store::Store;
use sayso_plugin_interface::outcome::WebhookVerdict;
use sayso_plugin_interface::request::WebhookRequest;
use sayso_plugin_interface::{
    AdvanceRequest, CancelRequest, Capabilities, Currency, Host, HttpResponse, Money, Outcome, PayRequest,
    PaymentProvider, QueryAnswer, QueryRefundRequest, QueryRequest, Receipt, RefundOutcome, RefundRequest,
};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

/// Says yes at once.
#[derive(Clone, Copy)]
pub struct Instantly;

/// What is said to every payment.
pub trait Says: Send + Sync + 'static {
    fn says(&self, request: PayRequest) -> Outcome;
}

impl Says for Instantly {
    fn says(&self, request: PayRequest) -> Outcome {
        let receipt = Receipt {
            provider_reference: request.reference.clone(),
            reference: request.reference,
            amount: request.amount,
            payee: None,
        };
        Outcome::Succeeded { receipt }
    }
}

struct Teller<T>(T);

fn no<T>(say: impl Fn(String) -> T) -> T {
    say("not measured".to_owned())
}

#[async_trait]
impl<T: Says> PaymentProvider for Teller<T> {
    fn capabilities(&self) -> Capabilities {
        let said = serde_json::json!({
            "name": "teller", "version": "1", "practice": true, "currencies": [], "off_session": true,
            "authorize_and_capture": false, "partial_refund": false, "query_by_reference": true,
            "idempotency_key_life_ms": null, "reference_length_max": 64, "hosts": [],
        });
        serde_json::from_value(said).unwrap()
    }
    async fn pay(&self, _: &dyn Host, request: PayRequest) -> Outcome {
        self.0.says(request)
    }
    async fn advance(&self, _: &dyn Host, _: AdvanceRequest) -> Outcome {
        no(|reason| Outcome::Unknown { reason })
    }
    async fn query(&self, _: &dyn Host, _: QueryRequest) -> QueryAnswer {
        no(|reason| QueryAnswer::Unreachable { reason })
    }
    async fn cancel(&self, _: &dyn Host, _: CancelRequest) -> Outcome {
        no(|reason| Outcome::Unknown { reason })
    }
    async fn refund(&self, _: &dyn Host, _: RefundRequest) -> RefundOutcome {
        no(|reason| RefundOutcome::Unknown { reason })
    }
    async fn query_refund(&self, _: &dyn Host, _: QueryRefundRequest) -> RefundOutcome {
        no(|reason| RefundOutcome::Unknown { reason })
    }
    async fn verify_webhook(&self, _: &dyn Host, _: WebhookRequest) -> WebhookVerdict {
        no(|reason| WebhookVerdict::Refused { reason })
    }
    async fn acknowledge_webhook(&self, _: &dyn Host, _: WebhookRequest) -> HttpResponse {
        no(|body| HttpResponse { status: 204, headers: Vec::new(), body })
    }
}

/// A consent of its own each time.
pub fn consent() -> Consent {
    static NUMBER: AtomicUsize = AtomicUsize::new(0);
    let proposal = Proposal {
        kind: ProposalKind::Pay,
        payee: "electricity".into(),
        payee_name: "City Power".into(),
        amount: Money::new(4250, Currency::USD),
        provider: "stripe".into(),
        provider_name: "Stripe".into(),
        purpose: "electricity bill".into(),
        schedule: None,
        person: None,
    };
    let occasion = Occasion { conversation: "bench".into(), step: NUMBER.fetch_add(1, Ordering::Relaxed) };
    let now_ms = SystemClock.now_ms();
    ReadBack::new(proposal, Lang::En, occasion, now_ms).agree("yes", now_ms).unwrap()
}

/// A household whose provider says this.
pub fn payments_with(path: &Path, teller: impl Says) -> Payments {
    payments_through(path, Arc::new(Teller(teller)), Arc::new(NoHands))
}

/// A household with this provider.
pub fn payments_through(path: &Path, provider: Arc<dyn PaymentProvider>, host: Arc<dyn Host>) -> Payments {
    let mut providers = Providers::new();
    providers.add("stripe", provider, host);
    Payments::new(Arc::new(Store::open(path).unwrap()), providers, Settings::default())
}
