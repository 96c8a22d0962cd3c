//! The verbs that pay: an order is made, approved by the person or by a stored way to pay, and captured by us alone.
//!
//! Nobody but this plugin captures an order, and only in `advance` or, with a stored way to pay, in `pay`. So an order that
//! is not captured can be called off by leaving it alone.

use crate::amount::{Amount, CURRENCIES};
use crate::api::{Api, NoToken, Request, Said, id, json as read};
use crate::settings::Settings;
use crate::webhook;
use crate::wire::{AUTHORIZATION_STATUSES, Movement, Order, POLL_AFTER_MS, Standing, canceled, standing};
use sayso_plugin_sdk::prelude::*;
use sayso_plugin_sdk::settings::Mode;
use serde_json::{Value, json};

/// How long PayPal keeps the key of an order, with an hour's margin, in milliseconds.
const KEY_LIFE_MS: u64 = 5 * 60 * 60 * 1000;
/// How long the person has to approve an order, in milliseconds.
const APPROVAL_MS: i64 = 3 * 60 * 60 * 1000;

/// A client of PayPal's.
pub struct PayPal {
    pub(crate) api: Api,
}

impl Plugin for PayPal {
    fn describe() -> Capabilities {
        capabilities(&Settings::read("{}").map(|settings| settings.hosts()).unwrap_or_default(), true)
    }

    fn create(configuration: &str) -> Result<Self, String> {
        Ok(PayPal { api: Api::new(Settings::read(configuration)?) })
    }
}

fn capabilities(hosts: &[String], practice: bool) -> Capabilities {
    Capabilities {
        practice,
        currencies: CURRENCIES.iter().filter_map(|code| code.parse().ok()).collect(),
        off_session: true,
        authorize_and_capture: true,
        partial_refund: true,
        idempotency_key_life_ms: Some(KEY_LIFE_MS),
        hosts: hosts.to_vec(),
        secrets: vec!["client_id".to_owned(), "client_secret".to_owned()],
        handoff: vec![HandoffKind::Link],
        enrolment: true,
        ..Capabilities::of("paypal", env!("CARGO_PKG_VERSION"))
    }
}

impl PayPal {
    /// The order with this id of PayPal's.
    pub(crate) async fn order(&self, host: &dyn Host, order: Option<&str>) -> Result<Order, Said> {
        let Some(order) = order.filter(|order| id(order)) else {
            return Err(Said::Unclear("PayPal has given no id for it, and finds nothing by ours".into()));
        };
        match self.api.ask(host, Request::get(&format!("/v2/checkout/orders/{order}"))).await {
            Said::Done(body) => match read::<Order>(&body) {
                Some(found) if found.id == order => Ok(found),
                Some(_) => Err(Said::Unclear("PayPal answered with another order".into())),
                None => Err(Said::Unclear("PayPal's answer is not understood".into())),
            },
            other => Err(other),
        }
    }

    /// The outcome of an order that something was asked of, from the answer or, where that has to be looked at, anew.
    async fn settle(&self, host: &dyn Host, order: Option<&Order>, reference: &str, said: Said) -> Outcome {
        match (said, order) {
            (Said::Done(body), _) => match read::<Order>(&body) {
                Some(order) => self.with_end(host, order.outcome(reference)),
                None => Outcome::unknown("PayPal's answer is not understood"),
            },
            (Said::Declined(code, retry, issue), _) => Outcome::failed(code, retry, issue),
            (Said::Act(links), Some(order)) => match order.waits_for_person(&links) {
                Outcome::Pending { .. } => self.with_end(host, order.waits_for_person(&order.links)),
                waits => self.with_end(host, waits),
            },
            (Said::Act(_), None) => {
                let (code, retry) = (DeclineCode::AuthenticationRequired, RetryAdvice::OtherMethod);
                Outcome::failed(code, retry, "PAYER_ACTION_REQUIRED")
            }
            (Said::Look(_), Some(order)) => match self.order(host, Some(&order.id)).await {
                Ok(order) => order.outcome(reference),
                Err(said) => unclear(said),
            },
            (Said::Wait, Some(order)) => order.pending(None),
            (Said::NotSent(reason), None) => Outcome::NotSent { reason },
            (said, _) => unclear(said),
        }
    }

    /// With the time by which the person has to act.
    fn with_end(&self, host: &dyn Host, outcome: Outcome) -> Outcome {
        match outcome {
            Outcome::ActionRequired { next, expires_ms: None, provider_reference } => Outcome::ActionRequired {
                next,
                expires_ms: Some(host.now_ms().saturating_add(APPROVAL_MS)),
                provider_reference,
            },
            other => other,
        }
    }

    fn order_body(&self, request: &PayRequest, amount: &Amount) -> Value {
        let mut unit = json!({ "custom_id": request.reference, "invoice_id": request.reference, "amount": amount });
        let description: String = request.purpose.chars().take(127).collect();
        if !description.is_empty() {
            unit["description"] = json!(description);
        }
        let payee = &request.payee.account;
        if let Some(merchant) = payee.get("merchant_id") {
            unit["payee"] = json!({ "merchant_id": merchant });
        } else if let Some(email) = payee.get("email") {
            unit["payee"] = json!({ "email_address": email });
        }
        let vault_id = request.instrument.as_ref().and_then(|instrument| instrument.ids.get("vault_id"));
        let wallet = match vault_id {
            Some(vault_id) => json!({ "vault_id": vault_id }),
            None => json!({ "experience_context": self.experience("PAY_NOW") }),
        };
        let intent = if request.authorize_only { "AUTHORIZE" } else { "CAPTURE" };
        json!({ "intent": intent, "purchase_units": [unit], "payment_source": { "paypal": wallet } })
    }

    /// What the person sees at PayPal's, and where they go from there.
    pub(crate) fn experience(&self, user_action: &str) -> Value {
        let settings = &self.api.settings;
        let mut context = json!({
            "shipping_preference": "NO_SHIPPING",
            "return_url": settings.return_url,
            "cancel_url": settings.return_url,
        });
        if !user_action.is_empty() {
            context["user_action"] = json!(user_action);
        }
        if let Some(name) = &settings.brand_name {
            context["brand_name"] = json!(name);
        }
        context
    }

    /// Captures or reserves what the person approved, or captures what is reserved.
    async fn go_on(&self, host: &dyn Host, order: &Order, key: &str) -> Option<Said> {
        let reserved = order.purchase_units.first().and_then(|unit| {
            let mut authorizations = unit.payments.authorizations.iter();
            authorizations.rfind(|each| standing(AUTHORIZATION_STATUSES, &each.status) == Standing::Authorized)
        });
        if let Some(reserved) = reserved.filter(|reserved| id(&reserved.id)) {
            let body = json!({ "amount": reserved.amount, "final_capture": true }).to_string();
            let path = format!("/v2/payments/authorizations/{}/capture", reserved.id);
            return Some(match self.api.ask(host, Request::post(&path, key, &body)).await {
                // What came of it is a capture; the order tells the whole.
                Said::Done(body) => match read::<Movement>(&body).filter(|capture| id(&capture.id)) {
                    Some(capture) => Said::Look(capture.id),
                    None => Said::Unclear("PayPal's answer is not understood".into()),
                },
                other => other,
            });
        }
        if order.status != "APPROVED" {
            return None;
        }
        let verb = if order.intent == "AUTHORIZE" { "authorize" } else { "capture" };
        let path = format!("/v2/checkout/orders/{}/{verb}", order.id);
        Some(self.api.ask(host, Request::post(&path, key, "{}")).await)
    }
}

/// What is not clear, or can't be of what was asked, as *unknown*.
fn unclear(said: Said) -> Outcome {
    match said {
        Said::Unclear(reason) | Said::NotSent(reason) => Outcome::unknown(reason),
        Said::NotFound => Outcome::unknown("PayPal knows no such order"),
        Said::Wait => Outcome::pending(POLL_AFTER_MS, None),
        other => Outcome::unknown(format!("PayPal's answer does not fit: {other:?}")),
    }
}

#[async_trait]
impl PaymentProvider for PayPal {
    fn capabilities(&self) -> Capabilities {
        capabilities(&self.api.settings.hosts(), self.api.settings.mode == Mode::Sandbox)
    }

    async fn pay(&self, host: &dyn Host, request: PayRequest) -> Outcome {
        let Some(amount) = Amount::of(request.amount) else {
            return Outcome::failed(DeclineCode::CurrencyRefused, RetryAdvice::OtherMethod, "DECIMALS_NOT_SUPPORTED");
        };
        let body = self.order_body(&request, &amount).to_string();
        let said = self.api.ask(host, Request::post("/v2/checkout/orders", &request.idempotency_key, &body)).await;
        self.settle(host, None, &request.reference, said).await
    }

    async fn advance(&self, host: &dyn Host, request: AdvanceRequest) -> Outcome {
        let order = match self.order(host, request.provider_reference.as_deref()).await {
            Ok(order) => order,
            Err(said) => return unclear(said),
        };
        let Some(unit) = order.ours(&request.reference) else {
            return Outcome::unknown("PayPal answered with another payment");
        };
        let amount = unit.amount.as_ref().and_then(Amount::money);
        if amount != Some(request.amount) {
            return Outcome::unknown("the order is about another amount, so it was not captured");
        }
        let said = self.go_on(host, &order, &request.idempotency_key).await;
        let Some(said) = said else { return self.with_end(host, order.outcome(&request.reference)) };
        self.settle(host, Some(&order), &request.reference, said).await
    }

    async fn query(&self, host: &dyn Host, request: QueryRequest) -> QueryAnswer {
        match self.order(host, request.provider_reference.as_deref()).await {
            Ok(order) => order.outcome(&request.reference).into(),
            Err(Said::NotFound) => QueryAnswer::NotFound,
            Err(said) => unclear(said).into(),
        }
    }

    async fn cancel(&self, host: &dyn Host, request: CancelRequest) -> Outcome {
        let order = match self.order(host, request.provider_reference.as_deref()).await {
            Ok(order) => order,
            Err(said) => return unclear(said),
        };
        let reserved = match order.outcome(&request.reference) {
            // Nobody else captures it.
            Outcome::ActionRequired { .. } | Outcome::Approved { .. } => return canceled(),
            Outcome::Authorized { .. } => {
                order.purchase_units.first().and_then(|unit| unit.payments.authorizations.last())
            }
            other => return other,
        };
        let Some(reserved) = reserved.filter(|reserved| id(&reserved.id)) else {
            return Outcome::unknown("PayPal's id of the reservation is strange");
        };
        let path = format!("/v2/payments/authorizations/{}/void", reserved.id);
        match self.api.ask(host, Request::post(&path, &request.idempotency_key, "")).await {
            Said::Done(_) => canceled(),
            said => self.settle(host, Some(&order), &request.reference, said).await,
        }
    }

    async fn refund(&self, host: &dyn Host, request: RefundRequest) -> RefundOutcome {
        self.give_back(host, request).await
    }

    async fn query_refund(&self, host: &dyn Host, request: QueryRefundRequest) -> RefundOutcome {
        self.look_for_refund(host, request).await
    }

    async fn verify_webhook(&self, host: &dyn Host, request: WebhookRequest) -> WebhookVerdict {
        webhook::verify(&self.api, host, &request).await
    }

    async fn acknowledge_webhook(&self, _: &dyn Host, _: WebhookRequest) -> HttpResponse {
        HttpResponse::plain(200, "")
    }

    async fn enrol(&self, host: &dyn Host, request: EnrolRequest) -> EnrolOutcome {
        self.store_way_to_pay(host, request).await
    }

    async fn query_enrolment(&self, host: &dyn Host, request: QueryEnrolmentRequest) -> EnrolOutcome {
        self.look_for_way_to_pay(host, request).await
    }

    async fn check_credentials(&self, host: &dyn Host, _: CheckRequest) -> CredentialsAnswer {
        match self.api.fetch_token(host).await {
            Ok((_, _, account)) => {
                CredentialsAnswer::Accepted { account, live: Some(self.api.settings.mode == Mode::Live) }
            }
            Err(NoToken::Refused(line)) => CredentialsAnswer::Refused {
                reason: format!(
                    "PayPal does not take `client_id` and `client_secret` ({line}): copy both anew from the application's page, and mind that sandbox and live have their own"
                ),
            },
            Err(NoToken::Unavailable(reason)) => CredentialsAnswer::Unreachable { reason },
        }
    }
}
