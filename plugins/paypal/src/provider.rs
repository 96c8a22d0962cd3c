//! The verbs: an order is made, approved by the person or by a stored way to pay, and captured by us alone.
//!
//! Nobody but this plugin captures an order, and only in `advance` or, with a stored way to pay, in `pay`. So an order that
//! is not captured can be called off by leaving it alone.

use crate::api::Api;
use crate::settings::{PLACES, Settings, Verification, certificate_host};
use crate::wire::{CAPTURES, CURRENCIES, ORDERS, Order, amount, id, is_path_part, money, refunded};
use sayso_plugin_sdk::prelude::*;
use serde_json::{Value, json};

/// How long PayPal keeps the key of an order, with an hour's margin, in milliseconds.
const KEY_LIFE_MS: u64 = 5 * 60 * 60 * 1000;
/// How long the person has to approve an order, in milliseconds.
const APPROVAL_MS: i64 = 3 * 60 * 60 * 1000;

/// PayPal, as Sayso knows it.
pub type PayPal = Translated<Client>;

/// A client of PayPal's.
pub struct Client {
    pub(crate) api: Api,
}

impl Client {
    /// The order with this id of PayPal's.
    pub(crate) async fn order(&self, host: &dyn Host, order: Option<&str>) -> Told<Order> {
        let order = order.filter(|order| is_path_part(order));
        let order = order.ok_or_else(|| Denied::unclear("PayPal has given no id for it, and finds nothing by ours"))?;
        let found = Order(self.api.get(host, &format!("/v2/checkout/orders/{order}")).await?);
        if found.id() == order { Ok(found) } else { Err(Denied::unclear("PayPal answered with another order")) }
    }

    /// The outcome of an order that something was asked of, from the answer or, where that has to be looked at, anew.
    async fn settle(&self, host: &dyn Host, before: &Order, reference: &str, now: Told<Order>) -> Told<Outcome> {
        match now {
            Ok(order) => order.outcome(reference, by(host)),
            Err(denied) => match denied.meaning() {
                Some(Meaning::Act) => Ok(before.waits_for_person(by(host))),
                Some(Meaning::Look) => self.order(host, Some(before.id())).await?.outcome(reference, None),
                Some(Meaning::Wait) => Ok(before.pending(None)),
                _ => Err(denied),
            },
        }
    }

    fn order_body(&self, request: &PayRequest, amount: Value) -> Value {
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

    /// The refund of this reference, as the order of its payment shows it.
    async fn look_in_order(&self, host: &dyn Host, order: Option<&str>, refund_reference: &str) -> Told<RefundOutcome> {
        // That there is no order is no answer: it was paid.
        let order = self.order(host, order).await.map_err(Denied::silence)?;
        for unit in order.0.list("purchase_units")? {
            let mut refunds = unit.list("payments/refunds")?.iter();
            if let Some(refund) = refunds.find(|refund| refund.text("invoice_id") == Some(refund_reference)) {
                return Ok(refunded(refund, None));
            }
        }
        Ok(RefundOutcome::NotFound)
    }

    /// Captures or reserves what the person approved, or captures what is reserved; `None` where nothing is to be done.
    async fn go_on(&self, host: &dyn Host, order: &Order, key: &str) -> Told<Option<Order>> {
        if let Some(reserved) = order.reserved()? {
            let body = json!({ "amount": reserved["amount"], "final_capture": true });
            let path = format!("/v2/payments/authorizations/{}/capture", reserved.word("id"));
            self.api.post(host, &path, key, body).await?;
            // What came of it is a capture; the order tells the whole.
            return Ok(Some(self.order(host, Some(order.id())).await.map_err(Denied::silence)?));
        }
        if ORDERS.of(order.0.word("status")) != Standing::Approved {
            return Ok(None);
        }
        let verb = if order.0.word("intent") == "AUTHORIZE" { "authorize" } else { "capture" };
        let path = format!("/v2/checkout/orders/{}/{verb}", order.id());
        self.api.post(host, &path, key, "{}").await.map(|order| Some(Order(order)))
    }
}

/// The time by which the person has to approve.
fn by(host: &dyn Host) -> Option<i64> {
    Some(host.now_ms().saturating_add(APPROVAL_MS))
}

fn canceled() -> Outcome {
    Outcome::Failed { code: DeclineCode::Canceled, provider_code: None, retry: RetryAdvice::Later }
}

#[async_trait]
impl Translator for Client {
    const MEND: &'static str = "copy `client_id` and `client_secret` anew from the application's page, and mind that sandbox and live have their own";

    fn capabilities(configured: Option<&Self>) -> Capabilities {
        let place = configured.map_or_else(|| PLACES.usual(), |client| client.api.place.clone());
        let certified = configured.is_some_and(|it| it.api.settings.verify_webhooks == Verification::Certificate);
        let mut hosts = vec![place.host().to_owned()];
        hosts.extend(certified.then(|| certificate_host(&place).to_owned()));
        hosts.dedup();
        Capabilities {
            hosts,
            currencies: CURRENCIES.all(),
            off_session: true,
            authorize_and_capture: true,
            partial_refund: true,
            idempotency_key_life_ms: Some(KEY_LIFE_MS),
            secrets: vec!["client_id".to_owned(), "client_secret".to_owned()],
            handoff: vec![HandoffKind::Link],
            enrolment: true,
            ..place.capabilities("paypal", env!("CARGO_PKG_VERSION"))
        }
    }

    fn create(configuration: &str) -> Result<Self, String> {
        let (place, settings) = Settings::read(configuration)?;
        Ok(Client { api: Api::new(place, settings) })
    }

    async fn pay(&self, host: &dyn Host, request: &PayRequest) -> Told<Outcome> {
        let Some(amount) = amount(request.amount) else {
            let (why, retry) = (DeclineCode::CurrencyRefused, RetryAdvice::OtherMethod);
            return Err(Denied::no(why, retry, "DECIMALS_NOT_SUPPORTED"));
        };
        let body = self.order_body(request, amount);
        match self.api.post(host, "/v2/checkout/orders", &request.idempotency_key, body).await {
            Ok(order) => Order(order).outcome(&request.reference, by(host)),
            // A stored way to pay that wants its owner; another way may do without.
            Err(Denied::Refused { code, meaning: Meaning::Act }) => {
                Err(Denied::no(DeclineCode::AuthenticationRequired, RetryAdvice::OtherMethod, code))
            }
            Err(denied) => Err(denied),
        }
    }

    async fn advance(&self, host: &dyn Host, request: &AdvanceRequest) -> Told<Outcome> {
        let order = self.order(host, request.provider_reference.as_deref()).await?;
        if money(order.unit(&request.reference)?) != Some(request.amount) {
            return Err(Denied::unclear("the order is about another amount, so it was not captured"));
        }
        let now = self.go_on(host, &order, &request.idempotency_key).await.transpose();
        self.settle(host, &order, &request.reference, now.unwrap_or_else(|| Ok(order.clone()))).await
    }

    async fn query(&self, host: &dyn Host, request: &QueryRequest) -> Told<Outcome> {
        self.order(host, request.provider_reference.as_deref()).await?.outcome(&request.reference, None)
    }

    async fn cancel(&self, host: &dyn Host, request: &CancelRequest) -> Told<Outcome> {
        let order = self.order(host, request.provider_reference.as_deref()).await?;
        match order.outcome(&request.reference, None)? {
            // Nobody else captures it.
            Outcome::ActionRequired { .. } | Outcome::Approved { .. } => return Ok(canceled()),
            Outcome::Authorized { .. } => {}
            other => return Ok(other),
        }
        let reserved = order.reserved()?.and_then(id);
        let reserved = reserved.ok_or_else(|| Denied::unclear("PayPal's id of the reservation is strange"))?;
        let path = format!("/v2/payments/authorizations/{reserved}/void");
        match self.api.post(host, &path, &request.idempotency_key, "").await {
            Ok(_) => Ok(canceled()),
            Err(denied) => self.settle(host, &order, &request.reference, Err(denied)).await,
        }
    }

    /// Gives back a part or all.
    async fn refund(&self, host: &dyn Host, request: &RefundRequest) -> Told<RefundOutcome> {
        let order = self.order(host, request.provider_reference.as_deref()).await?;
        let captures = order.unit(&request.reference)?.list("payments/captures")?.iter();
        let mut captures = captures.filter(|each| CAPTURES.of(each.word("status")) == Standing::Done);
        let (Some(capture), None) = (captures.next(), captures.next()) else {
            return Err(Denied::unclear("the order has not exactly one capture, so nothing was given back"));
        };
        let (Some(capture_id), true) = (id(capture), money(capture) == Some(request.paid)) else {
            return Err(Denied::unclear("PayPal has captured another amount; nothing was given back"));
        };
        let Some(amount) = amount(request.amount) else {
            return Ok(RefundOutcome::Failed { provider_code: Some("DECIMALS_NOT_SUPPORTED".into()) });
        };
        let body = json!({ "amount": amount, "invoice_id": request.refund_reference, "custom_id": request.reference });
        let path = format!("/v2/payments/captures/{capture_id}/refund");
        match self.api.post(host, &path, &request.idempotency_key, body).await {
            Ok(refund) if id(&refund).is_none() => Err(Denied::unclear("PayPal's answer is not understood")),
            Ok(refund) => Ok(refunded(&refund, Some(&request.refund_reference))),
            // The invoice's number is taken: by this very refund, as a rule.
            Err(denied) if denied.meaning() == Some(Meaning::Look) => {
                self.look_in_order(host, Some(order.id()), &request.refund_reference).await
            }
            Err(denied) => Err(denied),
        }
    }

    /// What became of a refund.
    async fn query_refund(&self, host: &dyn Host, request: &QueryRefundRequest) -> Told<RefundOutcome> {
        let Some(refund) = request.provider_reference.as_deref() else {
            let order = request.payment_provider_reference.as_deref();
            return self.look_in_order(host, order, &request.refund_reference).await;
        };
        if !is_path_part(refund) {
            return Err(Denied::unclear("PayPal's id of the refund is strange"));
        }
        let found = self.api.get(host, &format!("/v2/payments/refunds/{refund}")).await?;
        if id(&found) != Some(refund) {
            return Err(Denied::unclear("PayPal answered with another refund"));
        }
        Ok(refunded(&found, Some(&request.refund_reference)))
    }

    async fn check_credentials(&self, host: &dyn Host) -> Told<CredentialsAnswer> {
        let granted = self.api.tokens.fetch(host).await?;
        let live = Some(self.api.place.is_live());
        Ok(CredentialsAnswer::Accepted { account: granted.owned("app_id"), live })
    }
}
