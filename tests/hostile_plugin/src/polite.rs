//! The provider underneath, which pays by itself and misbehaves only as safe Rust can.

use sayso_plugin_sdk::interface::outcome::WebhookVerdict;
use sayso_plugin_sdk::interface::request::WebhookRequest;
use sayso_plugin_sdk::{
    AdvanceRequest, CancelRequest, Capabilities, Host, HttpRequest, HttpResponse, Outcome, PayRequest, PaymentProvider,
    Plugin, QueryAnswer, QueryRefundRequest, QueryRequest, Receipt, RefundOutcome, RefundRequest, async_trait,
};

/// Pays whatever it is asked to pay, without a bank, unless the payee's account says otherwise under `do`.
pub struct Polite;

impl Plugin for Polite {
    fn describe() -> Capabilities {
        Polite.capabilities()
    }

    fn create(configuration: &str) -> Result<Self, String> {
        match configuration.contains("refuse") {
            true => Err("`on_create` is `refuse`: write something else".into()),
            false if configuration.contains("panic") => panic!("on create"),
            false => Ok(Polite),
        }
    }
}

fn unknown() -> Outcome {
    Outcome::Unknown { reason: "not a deed".into() }
}

fn ask(url: &str) -> HttpRequest {
    let (method, url) = ("GET".to_owned(), url.to_owned());
    HttpRequest { method, url, headers: Vec::new(), body: String::new(), idempotent: false }
}

#[async_trait]
impl PaymentProvider for Polite {
    fn capabilities(&self) -> Capabilities {
        Capabilities {
            name: "hostile_plugin".into(),
            version: "0.0.0".into(),
            practice: true,
            currencies: Vec::new(),
            limits: Vec::new(),
            off_session: true,
            authorize_and_capture: false,
            partial_refund: false,
            query_by_reference: false,
            idempotency_key_life_ms: None,
            reference_length_max: 64,
            hosts: vec!["127.0.0.1".into()],
            secrets: Vec::new(),
            secrets_inside: Vec::new(),
            handoff: Vec::new(),
            enrolment: false,
            hours: None,
        }
    }

    async fn pay(&self, host: &dyn Host, request: PayRequest) -> Outcome {
        match request.payee.account.get("do").map(String::as_str) {
            Some("panic") => panic!("in pay"),
            Some("panic_after_http") => {
                let response = host.http(ask("http://127.0.0.1/")).await;
                panic!("after {response:?}");
            }
            Some("http_for_ever") => loop {
                let _ = host.http(ask("http://127.0.0.1/")).await;
            },
            Some("http") => drop(host.http(ask("http://127.0.0.1/")).await),
            Some("never_reply") => std::future::pending().await,
            Some("print") => println!("a plugin that prints"),
            Some("huge_answer") => return Outcome::Unknown { reason: "x".repeat(2 * 1024 * 1024) },
            Some("log") => host.log(&"a line ".repeat(10_000)),
            _ => {}
        }
        let receipt = Receipt {
            reference: request.reference.clone(),
            provider_reference: host.random_hex(4).await,
            amount: request.amount,
            payee: Some(request.payee.id),
        };
        Outcome::Succeeded { receipt }
    }

    async fn advance(&self, _: &dyn Host, _: AdvanceRequest) -> Outcome {
        unknown()
    }
    async fn query(&self, _: &dyn Host, _: QueryRequest) -> QueryAnswer {
        std::process::abort()
    }
    async fn cancel(&self, _: &dyn Host, _: CancelRequest) -> Outcome {
        std::process::abort()
    }
    async fn refund(&self, _: &dyn Host, _: RefundRequest) -> RefundOutcome {
        std::process::abort()
    }
    async fn query_refund(&self, _: &dyn Host, _: QueryRefundRequest) -> RefundOutcome {
        std::process::abort()
    }
    async fn verify_webhook(&self, _: &dyn Host, _: WebhookRequest) -> WebhookVerdict {
        std::process::abort()
    }
    async fn acknowledge_webhook(&self, _: &dyn Host, _: WebhookRequest) -> HttpResponse {
        std::process::abort()
    }
}
