//! The verbs that pay: an order is made, approved by the person or by a stored way to pay, and captured by us alone.
//!
//! Nobody but this plugin captures an order, and only in `advance` or, with a stored way to pay, in `pay`. So an order that
//! is not captured can be called off by leaving it alone.

use crate::amount::{Amount, CURRENCIES};
use crate::api::{Api, id};
use crate::settings::Settings;
use crate::webhook;
use crate::wire::{Movement, Order, canceled};
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
    pub(crate) async fn order(&self, host: &dyn Host, order: Option<&str>) -> Result<Order, Denied> {
        let Some(order) = order.filter(|order| id(order)) else {
            return Err(Denied::unclear("PayPal has given no id for it, and finds nothing by ours"));
        };
        let found: Order = self.api.get(host, &format!("/v2/checkout/orders/{order}")).await?;
        if found.id == order { Ok(found) } else { Err(Denied::unclear("PayPal answered with another order")) }
    }

    /// The outcome of an order that something was asked of, from the answer or, where that has to be looked at, anew.
    async fn settle(&self, host: &dyn Host, before: &Order, reference: &str, now: Result<Order, Denied>) -> Outcome {
        let denied = match now {
            Ok(order) => return order.outcome(reference, by(host)),
            Err(denied) => denied,
        };
        match denied.meaning() {
            Some(Meaning::Act) => before.waits_for_person(by(host)),
            Some(Meaning::Look) => match self.order(host, Some(&before.id)).await {
                Ok(order) => order.outcome(reference, None),
                Err(denied) => denied.silence().of_known(),
            },
            Some(Meaning::Wait) => before.pending(None),
            _ => denied.of_known(),
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
            None => json!({ "experience_context": self.experience(Some("PAY_NOW")) }),
        };
        let intent = if request.authorize_only { "AUTHORIZE" } else { "CAPTURE" };
        json!({ "intent": intent, "purchase_units": [unit], "payment_source": { "paypal": wallet } })
    }

    /// What the person sees at PayPal's, and where they go from there.
    pub(crate) fn experience(&self, user_action: Option<&str>) -> Value {
        let settings = &self.api.settings;
        let mut context = json!({
            "shipping_preference": "NO_SHIPPING",
            "return_url": settings.return_url,
            "cancel_url": settings.return_url,
        });
        for (name, value) in [("user_action", user_action), ("brand_name", settings.brand_name.as_deref())] {
            if let Some(value) = value {
                context[name] = json!(value);
            }
        }
        context
    }

    /// Captures or reserves what the person approved, or captures what is reserved; `None` where nothing is to be done.
    async fn go_on(&self, host: &dyn Host, order: &Order, key: &str) -> Option<Result<Order, Denied>> {
        if let Some(reserved) = order.reserved() {
            let body = json!({ "amount": reserved.amount, "final_capture": true }).to_string();
            let path = format!("/v2/payments/authorizations/{}/capture", reserved.id);
            // What came of it is a capture; the order tells the whole.
            return Some(match self.api.post::<Movement>(host, &path, key, body).await {
                Ok(_) => self.order(host, Some(&order.id)).await.map_err(|denied| denied.silence().into()),
                Err(denied) => Err(denied),
            });
        }
        let verb = if order.intent == "AUTHORIZE" { "authorize" } else { "capture" };
        let path = format!("/v2/checkout/orders/{}/{verb}", order.id);
        if order.status == "APPROVED" { Some(self.api.post(host, &path, key, "{}").await) } else { None }
    }
}

/// The time by which the person has to approve.
fn by(host: &dyn Host) -> Option<i64> {
    Some(host.now_ms().saturating_add(APPROVAL_MS))
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
        match self.api.post::<Order>(host, "/v2/checkout/orders", &request.idempotency_key, body).await {
            Ok(order) => order.outcome(&request.reference, by(host)),
            // A stored way to pay that wants its owner; another way may do without.
            Err(Denied::Refused { code, meaning: Meaning::Act }) => {
                Outcome::failed(DeclineCode::AuthenticationRequired, RetryAdvice::OtherMethod, code)
            }
            Err(denied) => denied.of_payment(),
        }
    }

    async fn advance(&self, host: &dyn Host, request: AdvanceRequest) -> Outcome {
        let order = match self.order(host, request.provider_reference.as_deref()).await {
            Ok(order) => order,
            Err(denied) => return denied.silence().of_known(),
        };
        let Some(unit) = order.ours(&request.reference) else {
            return Outcome::unknown("PayPal answered with another payment");
        };
        if unit.amount.as_ref().and_then(Amount::money) != Some(request.amount) {
            return Outcome::unknown("the order is about another amount, so it was not captured");
        }
        match self.go_on(host, &order, &request.idempotency_key).await {
            Some(now) => self.settle(host, &order, &request.reference, now).await,
            None => order.outcome(&request.reference, by(host)),
        }
    }

    async fn query(&self, host: &dyn Host, request: QueryRequest) -> QueryAnswer {
        match self.order(host, request.provider_reference.as_deref()).await {
            Ok(order) => order.outcome(&request.reference, None).into(),
            Err(denied) => denied.of_query(),
        }
    }

    async fn cancel(&self, host: &dyn Host, request: CancelRequest) -> Outcome {
        let order = match self.order(host, request.provider_reference.as_deref()).await {
            Ok(order) => order,
            Err(denied) => return denied.silence().of_known(),
        };
        match order.outcome(&request.reference, None) {
            // Nobody else captures it.
            Outcome::ActionRequired { .. } | Outcome::Approved { .. } => return canceled(),
            Outcome::Authorized { .. } => {}
            other => return other,
        }
        let Some(reserved) = order.reserved() else {
            return Outcome::unknown("PayPal's id of the reservation is strange");
        };
        let path = format!("/v2/payments/authorizations/{}/void", reserved.id);
        match self.api.post::<Value>(host, &path, &request.idempotency_key, "").await {
            Ok(_) => canceled(),
            Err(denied) => self.settle(host, &order, &request.reference, Err(denied)).await,
        }
    }

    async fn refund(&self, host: &dyn Host, request: RefundRequest) -> RefundOutcome {
        self.give_back(host, &request).await
    }

    async fn query_refund(&self, host: &dyn Host, request: QueryRefundRequest) -> RefundOutcome {
        self.look_for_refund(host, &request).await
    }

    async fn verify_webhook(&self, host: &dyn Host, request: WebhookRequest) -> WebhookVerdict {
        webhook::verify(&self.api, host, &request).await
    }

    async fn acknowledge_webhook(&self, _: &dyn Host, _: WebhookRequest) -> HttpResponse {
        HttpResponse::plain(200, "")
    }

    async fn enrol(&self, host: &dyn Host, request: EnrolRequest) -> EnrolOutcome {
        self.store_way_to_pay(host, &request).await
    }

    async fn query_enrolment(&self, host: &dyn Host, request: QueryEnrolmentRequest) -> EnrolOutcome {
        self.look_for_way_to_pay(host, &request).await
    }

    async fn check_credentials(&self, host: &dyn Host, _: CheckRequest) -> CredentialsAnswer {
        match self.api.fetch_token(host).await {
            Ok(granted) => {
                let live = Some(self.api.settings.mode == Mode::Live);
                CredentialsAnswer::Accepted { account: granted.app_id, live }
            }
            Err(denied) => denied.of_credentials(
                "copy `client_id` and `client_secret` anew from the application's page, and mind that sandbox and live have their own",
            ),
        }
    }
}
