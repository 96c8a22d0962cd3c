//! The verbs: what to send to the bank, and what its answers mean.

use crate::settings::Settings;
use crate::webhook;
use crate::wire::{self, Charge, Charges, Refund, Refunds};
use sayso_plugin_sdk::interface::capabilities::HandoffKind;
use sayso_plugin_sdk::interface::outcome::{DeclineCode, WebhookVerdict};
use sayso_plugin_sdk::interface::request::WebhookRequest;
use sayso_plugin_sdk::{
    AdvanceRequest, CancelRequest, Capabilities, Host, HttpFailure, HttpRequest, HttpResponse, Money, Outcome,
    PayRequest, PaymentProvider, Plugin, QueryAnswer, QueryRefundRequest, QueryRequest, RefundOutcome, RefundRequest,
    RetryAdvice, async_trait,
};
use serde_json::{Value, json};

/// A client of the practice bank.
pub struct PracticeBank {
    settings: Settings,
    host: String,
}

/// One charge that was looked for.
enum Found {
    Charge(Charge),
    None,
    Unreachable(String),
}

impl Plugin for PracticeBank {
    fn describe() -> Capabilities {
        capabilities(vec!["127.0.0.1".to_owned()])
    }

    fn create(configuration: &str) -> Result<Self, String> {
        let settings = Settings::read(configuration)?;
        let host = settings.host()?;
        Ok(PracticeBank { settings, host })
    }
}

fn capabilities(hosts: Vec<String>) -> Capabilities {
    Capabilities {
        name: "practice_bank".to_owned(),
        version: env!("CARGO_PKG_VERSION").to_owned(),
        practice: true,
        currencies: Vec::new(),
        limits: Vec::new(),
        off_session: true,
        authorize_and_capture: true,
        partial_refund: true,
        query_by_reference: true,
        idempotency_key_life_ms: None,
        reference_length_max: 64,
        hosts,
        secrets: Vec::new(),
        secrets_inside: Vec::new(),
        handoff: vec![HandoffKind::Link, HandoffKind::Qr],
        enrolment: false,
        hours: None,
    }
}

impl PracticeBank {
    fn url(&self, path: &str) -> String {
        format!("{}/v1/{}/{path}", self.settings.base_url, self.settings.provider)
    }

    async fn get(&self, host: &dyn Host, path: &str) -> Result<HttpResponse, HttpFailure> {
        let (method, url) = ("GET".to_owned(), self.url(path));
        host.http(HttpRequest { method, url, headers: Vec::new(), body: String::new(), idempotent: true }).await
    }

    async fn post(&self, host: &dyn Host, path: &str, key: &str, body: &Value) -> Result<HttpResponse, HttpFailure> {
        let headers = vec![
            ("content-type".to_owned(), "application/json".to_owned()),
            ("idempotency-key".to_owned(), key.to_owned()),
        ];
        // Not marked idempotent, though the bank would make it so: whether to repeat is for payments to decide.
        let (method, url, body) = ("POST".to_owned(), self.url(path), body.to_string());
        host.http(HttpRequest { method, url, headers, body, idempotent: false }).await
    }

    /// Looks for the one charge with this reference.
    async fn find(&self, host: &dyn Host, reference: &str) -> Found {
        if !plain(reference) {
            return Found::Unreachable("the reference has characters that this bank does not take".into());
        }
        let response = match self.get(host, &format!("charges?reference={reference}")).await {
            Ok(response) => response,
            Err(failure) => return Found::Unreachable(failure.to_string()),
        };
        if response.status != 200 {
            return Found::Unreachable(format!("the bank answered with status {}", response.status));
        }
        let Ok(Charges { mut charges }) = serde_json::from_str(&response.body) else {
            return Found::Unreachable("the bank's answer is not understood".into());
        };
        match (charges.pop(), charges.is_empty()) {
            (None, _) => Found::None,
            (Some(charge), true) if charge.reference == reference => Found::Charge(charge),
            (Some(_), true) => Found::Unreachable("the bank answered with another payment".into()),
            (Some(_), false) => Found::Unreachable("the bank has more than one charge with this reference".into()),
        }
    }
}

/// What may stand in an address as it is.
fn plain(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_')
}

/// What an answer to a charge that was asked for means. `None` for amounts that are not to be compared.
fn read_charge(result: Result<HttpResponse, HttpFailure>, reference: &str, amount: Option<Money>) -> Outcome {
    let response = match result {
        Ok(response) => response,
        Err(HttpFailure::NotSent { reason }) => return Outcome::NotSent { reason },
        Err(HttpFailure::MaybeSent { reason }) => return unknown(reason),
    };
    match response.status {
        200 | 201 | 402 => read_answer(&response.body, reference, amount),
        409 => match serde_json::from_str(&response.body) {
            Ok(wire::Refusal { charge: Some(charge), .. }) => checked(&charge, reference, amount),
            _ => unknown("the bank answered with status 409".into()),
        },
        400 => {
            wire::refusal(&response.body).unwrap_or_else(|| unknown("the bank refused for an unknown reason".into()))
        }
        401 | 403 => Outcome::Failed {
            code: DeclineCode::Configuration,
            provider_code: Some(response.status.to_string()),
            retry: RetryAdvice::Never,
        },
        429 => Outcome::NotSent { reason: "the bank is too busy and took no request".into() },
        status => unknown(format!("the bank answered with status {status}")),
    }
}

fn read_answer(body: &str, reference: &str, amount: Option<Money>) -> Outcome {
    match serde_json::from_str::<Charge>(body) {
        Ok(charge) => checked(&charge, reference, amount),
        Err(wrong) => unknown(format!("the bank's answer is not understood: {wrong}")),
    }
}

/// The outcome of a charge, if it is the one that was meant. The amount of a success is for the host to compare: that
/// alarm must be heard. A failure of something else says nothing of ours.
fn checked(charge: &Charge, reference: &str, amount: Option<Money>) -> Outcome {
    if charge.reference != reference {
        return unknown("the bank answered with another payment".into());
    }
    let outcome = wire::outcome(charge);
    let other_amount = amount.is_some_and(|amount| amount != Money::new(charge.amount_minor, charge.currency));
    match outcome {
        Outcome::Failed { .. } if other_amount => unknown("the bank declined another amount".into()),
        outcome => outcome,
    }
}

fn unknown(reason: String) -> Outcome {
    Outcome::Unknown { reason }
}

fn read_refund(result: Result<HttpResponse, HttpFailure>, refund_reference: &str) -> RefundOutcome {
    let unknown = |reason: String| RefundOutcome::Unknown { reason };
    let response = match result {
        Ok(response) => response,
        Err(failure) => return unknown(failure.to_string()),
    };
    match response.status {
        200 | 201 => match serde_json::from_str::<Refund>(&response.body) {
            Ok(refund) if refund.reference == refund_reference => wire::refund_outcome(&refund),
            Ok(_) => unknown("the bank answered with another refund".into()),
            Err(wrong) => unknown(format!("the bank's answer is not understood: {wrong}")),
        },
        400 | 404 | 409 => match serde_json::from_str::<wire::Refusal>(&response.body) {
            Ok(refusal) => RefundOutcome::Failed { provider_code: Some(refusal.error.code) },
            Err(_) => unknown(format!("the bank answered with status {}", response.status)),
        },
        status => unknown(format!("the bank answered with status {status}")),
    }
}

#[async_trait]
impl PaymentProvider for PracticeBank {
    fn capabilities(&self) -> Capabilities {
        capabilities(vec![self.host.clone()])
    }

    async fn pay(&self, host: &dyn Host, request: PayRequest) -> Outcome {
        let mut body = json!({
            "reference": request.reference,
            "amount_minor": request.amount.minor,
            "currency": request.amount.currency,
            "payee": request.payee.id,
            "purpose": request.purpose,
            "capture": !request.authorize_only,
        });
        if let (Some(scenario), Some(fields)) = (request.payee.account.get("practice"), body.as_object_mut()) {
            fields.insert("scenario".to_owned(), json!(scenario));
        }
        let result = self.post(host, "charges", &request.idempotency_key, &body).await;
        read_charge(result, &request.reference, Some(request.amount))
    }

    async fn advance(&self, host: &dyn Host, request: AdvanceRequest) -> Outcome {
        let charge = match self.find(host, &request.reference).await {
            Found::Charge(charge) => charge,
            Found::None => return unknown("the bank knows no such charge".into()),
            Found::Unreachable(reason) => return unknown(reason),
        };
        let same_amount = request.amount == Money::new(charge.amount_minor, charge.currency);
        if charge.status != "authorized" || !plain(&charge.id) {
            return checked(&charge, &request.reference, Some(request.amount));
        }
        if !same_amount {
            return unknown("what is reserved is another amount, so it was not captured".into());
        }
        let path = format!("charges/{}/capture", charge.id);
        let result = self.post(host, &path, &request.idempotency_key, &json!({})).await;
        // Here "not sent" would be untrue of the payment: the reservation stands.
        match read_charge(result, &request.reference, Some(request.amount)) {
            Outcome::NotSent { reason } => unknown(format!("the capture was not sent: {reason}")),
            outcome => outcome,
        }
    }

    async fn query(&self, host: &dyn Host, request: QueryRequest) -> QueryAnswer {
        match self.find(host, &request.reference).await {
            Found::Charge(charge) => QueryAnswer::Found { outcome: wire::outcome(&charge) },
            Found::None => QueryAnswer::NotFound,
            Found::Unreachable(reason) => QueryAnswer::Unreachable { reason },
        }
    }

    async fn cancel(&self, host: &dyn Host, request: CancelRequest) -> Outcome {
        let charge = match self.find(host, &request.reference).await {
            Found::Charge(charge) if plain(&charge.id) => charge,
            Found::Charge(_) => return unknown("the bank's id of the charge is strange".into()),
            Found::None => return unknown("the bank knows no such charge".into()),
            Found::Unreachable(reason) => return unknown(reason),
        };
        let path = format!("charges/{}/cancel", charge.id);
        match read_charge(self.post(host, &path, &request.idempotency_key, &json!({})).await, &request.reference, None)
        {
            Outcome::NotSent { reason } => unknown(format!("the cancellation was not sent: {reason}")),
            outcome => outcome,
        }
    }

    async fn refund(&self, host: &dyn Host, request: RefundRequest) -> RefundOutcome {
        let charge = match self.find(host, &request.reference).await {
            Found::Charge(charge) if plain(&charge.id) => charge,
            Found::Charge(_) => {
                return RefundOutcome::Unknown { reason: "the bank's id of the charge is strange".into() };
            }
            Found::None => return RefundOutcome::NotFound,
            Found::Unreachable(reason) => return RefundOutcome::Unknown { reason },
        };
        if request.paid != Money::new(charge.amount_minor, charge.currency) {
            return RefundOutcome::Unknown {
                reason: "the bank has charged another amount; nothing was given back".into(),
            };
        }
        let body = json!({
            "reference": request.refund_reference,
            "amount_minor": request.amount.minor,
            "currency": request.amount.currency,
        });
        let path = format!("charges/{}/refunds", charge.id);
        read_refund(self.post(host, &path, &request.idempotency_key, &body).await, &request.refund_reference)
    }

    async fn query_refund(&self, host: &dyn Host, request: QueryRefundRequest) -> RefundOutcome {
        let unknown = |reason: String| RefundOutcome::Unknown { reason };
        if !plain(&request.refund_reference) {
            return unknown("the reference has characters that this bank does not take".into());
        }
        let response = match self.get(host, &format!("refunds?reference={}", request.refund_reference)).await {
            Ok(response) if response.status == 200 => response,
            Ok(response) => return unknown(format!("the bank answered with status {}", response.status)),
            Err(failure) => return unknown(failure.to_string()),
        };
        match serde_json::from_str(&response.body) {
            Ok(Refunds { refunds }) => match refunds.as_slice() {
                [] => RefundOutcome::NotFound,
                [refund] if refund.reference == request.refund_reference => wire::refund_outcome(refund),
                _ => unknown("the bank's answer is not about this one refund".into()),
            },
            Err(wrong) => unknown(format!("the bank's answer is not understood: {wrong}")),
        }
    }

    async fn verify_webhook(&self, host: &dyn Host, request: WebhookRequest) -> WebhookVerdict {
        webhook::verify(self.settings.webhook_secret.as_deref(), &request, host.now_ms())
    }

    async fn acknowledge_webhook(&self, _: &dyn Host, _: WebhookRequest) -> HttpResponse {
        HttpResponse { status: 204, headers: Vec::new(), body: String::new() }
    }
}
