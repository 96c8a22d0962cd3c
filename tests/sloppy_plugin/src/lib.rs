//! A provider for tests that makes one mistake, the one that its settings name under `mistake`, and is right otherwise: for
//! each mistake the conformance kit has to name the law that it breaks.

use sayso_plugin_sdk::News;
use sayso_plugin_sdk::interface::outcome::{DeclineCode, WebhookVerdict};
use sayso_plugin_sdk::interface::request::WebhookRequest;
use sayso_plugin_sdk::{
    AdvanceRequest, CancelRequest, Capabilities, Currency, Host, HttpFailure, HttpRequest, HttpResponse, Money,
    Outcome, PayRequest, PaymentProvider, Plugin, QueryAnswer, QueryRefundRequest, QueryRequest, Receipt,
    RefundOutcome, RefundRequest, RetryAdvice, async_trait,
};
use serde_json::{Value, json};

/// What notifications are signed with: their header `signature` is this, a blank, the time, a blank, and their length.
const SECRET: &str = "not much of a secret";

/// The provider with its mistake.
pub struct Sloppy {
    mistake: String,
    /// How long the key is that it was told, if it was.
    key_length: usize,
}

sayso_plugin_sdk::export_provider!(Sloppy);

impl Plugin for Sloppy {
    fn describe() -> Capabilities {
        Capabilities {
            name: "sloppy".into(),
            version: "0.0.0".into(),
            practice: true,
            currencies: vec![Currency::USD],
            limits: Vec::new(),
            off_session: true,
            authorize_and_capture: false,
            partial_refund: false,
            query_by_reference: true,
            idempotency_key_life_ms: None,
            reference_length_max: 64,
            hosts: vec!["bank.example".into()],
            secrets: vec!["api_key".into()],
            secrets_inside: vec!["signing_key".into()],
            handoff: Vec::new(),
            enrolment: false,
            hours: None,
        }
    }

    fn create(configuration: &str) -> Result<Self, String> {
        let settings: Value = serde_json::from_str(configuration).map_err(|wrong| wrong.to_string())?;
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        let key = text(&settings["secrets"]["signing_key"]);
        if settings["secrets"].get("api_key").is_some() {
            return Err("it was told a secret that it did not ask for".into());
        }
        match text(&settings["mistake"]).as_str() {
            "refuses_and_tells" => Err(format!("the key {key} is no good")),
            mistake => Ok(Sloppy { mistake: mistake.to_owned(), key_length: key.len() }),
        }
    }
}

fn unknown(reason: &str) -> Outcome {
    Outcome::Unknown { reason: reason.to_owned() }
}

fn failed() -> Outcome {
    Outcome::Failed { code: DeclineCode::Declined, provider_code: None, retry: RetryAdvice::Never }
}

impl Sloppy {
    fn makes(&self, mistake: &str) -> bool {
        self.mistake == mistake
    }

    fn post(&self, request: &PayRequest) -> HttpRequest {
        let key = if self.makes("no_key") { "always-the-same" } else { &request.idempotency_key };
        let reference = if self.makes("no_key") { "payment" } else { &request.reference };
        let host = if self.makes("another_host") { "elsewhere.example" } else { "bank.example" };
        let secret = if self.makes("tells_the_secret") { "sk_test_0123456789" } else { "{{secret:api_key}}" };
        let (name, amount) = (&request.payee.name, request.amount.minor);
        let body = match self.makes("glues_strings") {
            true => format!(r#"{{"reference":"{reference}","amount":{amount},"to":"{name}"}}"#),
            false => json!({ "reference": reference, "amount": amount, "to": name }).to_string(),
        };
        HttpRequest {
            method: "POST".into(),
            url: format!("https://{host}/pay"),
            headers: vec![("key".into(), key.into()), ("authorization".into(), format!("Bearer {secret}"))],
            body,
            idempotent: false,
        }
    }

    fn read(&self, response: &HttpResponse, request: &PayRequest) -> Outcome {
        match response.status {
            200 => {}
            500..=599 if self.makes("a_5xx_is_a_decline") => return failed(),
            404 if self.makes("a_404_is_a_success") => return self.paid(request.amount, &request.reference),
            _ => return unknown("another status"),
        }
        let body: Value = match serde_json::from_str(&response.body) {
            Ok(body) => body,
            Err(_) if self.makes("what_it_cannot_read_is_a_decline") => return failed(),
            Err(_) => return unknown("unreadable"),
        };
        let reference = body["reference"].as_str().unwrap_or_default();
        if reference != request.reference && !self.makes("takes_any_reference") {
            return unknown("another payment");
        }
        if self.makes("cannot_bear_new_fields") && body.as_object().is_some_and(|body| body.len() > 4) {
            return unknown("new fields");
        }
        if self.makes("panics_at_null") && body.as_object().is_some_and(|body| body.values().any(Value::is_null)) {
            #[allow(clippy::panic)] // That is the mistake.
            {
                panic!("a field is null");
            }
        }
        match body["status"].as_str() {
            Some("paid") => {}
            Some("refused") => return failed(),
            _ if self.makes("an_unheard_of_status_is_a_decline") => return failed(),
            _ if self.makes("an_unheard_of_status_is_a_success") => return self.paid(request.amount, reference),
            _ => return unknown("another status"),
        }
        let currency = body["currency"].as_str().and_then(|code| code.parse().ok());
        match (body["amount"].as_i64(), currency) {
            _ if self.makes("corrects_the_amount") => self.paid(request.amount, &request.reference),
            _ if self.makes("takes_any_reference") => self.paid(request.amount, &request.reference),
            (Some(minor), Some(currency)) => self.paid(Money::new(minor, currency), reference),
            _ => unknown("no amount"),
        }
    }

    fn paid(&self, amount: Money, reference: &str) -> Outcome {
        let receipt = Receipt { reference: reference.into(), provider_reference: "p1".into(), amount, payee: None };
        Outcome::Succeeded { receipt }
    }
}

#[async_trait]
impl PaymentProvider for Sloppy {
    fn capabilities(&self) -> Capabilities {
        let name = if self.makes("changes_its_name") { "somebody_else" } else { "sloppy" };
        Capabilities { name: name.into(), ..Sloppy::describe() }
    }

    async fn pay(&self, host: &dyn Host, request: PayRequest) -> Outcome {
        if self.makes("never_answers") {
            std::future::pending::<()>().await;
        }
        let mut result = host.http(self.post(&request)).await;
        if self.makes("tries_again") && matches!(result, Err(HttpFailure::MaybeSent { .. })) {
            result = host.http(self.post(&request)).await;
        }
        match result {
            Ok(response) => self.read(&response, &request),
            Err(HttpFailure::NotSent { .. }) if self.makes("not_sent_is_unknown") => unknown("not sent"),
            Err(HttpFailure::NotSent { reason }) => Outcome::NotSent { reason },
            Err(HttpFailure::MaybeSent { reason }) if self.makes("lost_is_not_sent") => Outcome::NotSent { reason },
            Err(_) => unknown("lost"),
        }
    }

    async fn query(&self, _: &dyn Host, _: QueryRequest) -> QueryAnswer {
        match self.makes("finds_nothing_without_asking") {
            true => QueryAnswer::NotFound,
            false => QueryAnswer::Unreachable { reason: format!("cannot be asked; a key of {}", self.key_length) },
        }
    }

    async fn verify_webhook(&self, host: &dyn Host, request: WebhookRequest) -> WebhookVerdict {
        let refused = |reason: &str| WebhookVerdict::Refused { reason: reason.into() };
        let genuine = WebhookVerdict::Genuine { event_id: "e1".into(), news: Box::new(News::default()) };
        let signature = request.headers.iter().find(|(name, _)| name == "signature").map(|(_, value)| value.as_str());
        let parts: Vec<&str> = signature.unwrap_or_default().rsplitn(3, ' ').collect();
        let sum: u64 = request.body.bytes().zip(1..).map(|(byte, at)| u64::from(byte) * at).sum();
        match parts.as_slice() {
            _ if self.makes("believes_every_notification") => genuine,
            [said, _, SECRET] if *said != sum.to_string() && !self.makes("does_not_look_at_the_body") => {
                refused("changed")
            }
            [_, time, SECRET] => {
                let time: i64 = time.parse().unwrap_or_default();
                let fresh = host.now_ms().abs_diff(time) < 300_000;
                if fresh || self.makes("does_not_look_at_the_time") { genuine } else { refused("old") }
            }
            _ => refused("not signed"),
        }
    }

    async fn acknowledge_webhook(&self, _: &dyn Host, _: WebhookRequest) -> HttpResponse {
        let status = if self.makes("acknowledges_with_500") { 500 } else { 200 };
        HttpResponse { status, headers: Vec::new(), body: String::new() }
    }

    async fn advance(&self, _: &dyn Host, _: AdvanceRequest) -> Outcome {
        unknown("not offered")
    }
    async fn cancel(&self, _: &dyn Host, _: CancelRequest) -> Outcome {
        unknown("not offered")
    }
    async fn refund(&self, _: &dyn Host, _: RefundRequest) -> RefundOutcome {
        RefundOutcome::Unknown { reason: "not offered".into() }
    }
    async fn query_refund(&self, _: &dyn Host, _: QueryRefundRequest) -> RefundOutcome {
        RefundOutcome::Unknown { reason: "not offered".into() }
    }
}
