//! Which notifications are genuine, and what they tell. PayPal is asked about each, or its own certificate tells.

use crate::amount::Amount;
use crate::api::{Api, id};
use crate::settings::Verification;
use crate::wire::Movement;
use sayso_plugin_sdk::notice::only;
use sayso_plugin_sdk::prelude::*;
use serde::Deserialize;
use serde_json::{Value, json};

/// What became of a dispute, by its `outcome_code`.
pub const DISPUTE_OUTCOMES: &[(&str, DisputeState)] = &[
    ("RESOLVED_BUYER_FAVOUR", DisputeState::ChargedBack),
    ("RESOLVED_WITH_PAYOUT", DisputeState::ChargedBack),
    ("ACCEPTED", DisputeState::ChargedBack),
    ("RESOLVED_SELLER_FAVOUR", DisputeState::Rejected),
    ("CANCELED_BY_BUYER", DisputeState::Rejected),
    ("DENIED", DisputeState::Rejected),
    ("NONE", DisputeState::Open),
];

/// The headers that PayPal signs with.
pub(crate) struct Signed<'a> {
    pub algorithm: &'a str,
    pub certificate: &'a str,
    pub id: &'a str,
    pub signature: &'a str,
    pub time: &'a str,
}

impl<'a> Signed<'a> {
    fn of(request: &'a WebhookRequest) -> Option<Self> {
        let header = |name: &str| only(&request.headers, name);
        Some(Signed {
            algorithm: header("paypal-auth-algo")?,
            certificate: header("paypal-cert-url")?,
            id: header("paypal-transmission-id")?,
            signature: header("paypal-transmission-sig")?,
            time: header("paypal-transmission-time")?,
        })
    }
}

#[derive(Deserialize)]
struct Event {
    id: String,
    event_type: String,
    #[serde(default)]
    resource: Value,
}

/// Says whether a notification is genuine, and what it tells.
pub(crate) async fn verify(api: &Api, host: &dyn Host, request: &WebhookRequest) -> WebhookVerdict {
    told(api, host, request).await.into()
}

async fn told(api: &Api, host: &dyn Host, request: &WebhookRequest) -> Result<(String, News), String> {
    let event = genuine(api, host, request).await?;
    let mut news = news(&event);
    if news.dispute.is_some() && news.reference.is_none() {
        news.reference = reference_of_disputed(api, host, &event.resource).await?;
    }
    Ok((event.id, news))
}

/// Our reference of a disputed payment where the dispute bears none: that of the capture which it is about. `None` if it is
/// about nothing of ours; an error, so that PayPal tells of it again, if PayPal can't be asked.
async fn reference_of_disputed(api: &Api, host: &dyn Host, dispute: &Value) -> Result<Option<String>, String> {
    let capture = dispute.pointer("/disputed_transactions/0/seller_transaction_id").and_then(Value::as_str);
    let Some(capture) = capture.filter(|capture| id(capture)) else { return Ok(None) };
    match api.get::<Movement>(host, &format!("/v2/payments/captures/{capture}")).await {
        Ok(found) => Ok(found.custom_id.filter(|_| found.id == capture)),
        Err(denied) if denied.is_missing() => Ok(None),
        Err(denied) => {
            Err(format!("PayPal could not be asked which payment is disputed: {}", denied.silence().reason()))
        }
    }
}

async fn genuine(api: &Api, host: &dyn Host, request: &WebhookRequest) -> Result<Event, String> {
    let webhook = api.settings.webhook_id.as_deref();
    let webhook = webhook.ok_or("no `webhook_id` is configured, so no notification can be trusted")?;
    let signed = Signed::of(request).ok_or("it has not PayPal's five headers, each once")?;
    let event: Event = serde_json::from_str(&request.body).map_err(|_| "its body is not an event of PayPal's")?;
    match api.settings.verify_webhooks {
        Verification::Api => ask_paypal(api, host, webhook, &signed, &request.body).await?,
        Verification::Certificate => crate::certificate::check(api, host, webhook, &signed, &request.body).await?,
    }
    Ok(event)
}

async fn ask_paypal(api: &Api, host: &dyn Host, webhook: &str, signed: &Signed<'_>, event: &str) -> Result<(), String> {
    let about = json!({
        "auth_algo": signed.algorithm,
        "cert_url": signed.certificate,
        "transmission_id": signed.id,
        "transmission_sig": signed.signature,
        "transmission_time": signed.time,
        "webhook_id": webhook,
    })
    .to_string();
    // PayPal compares the event byte by byte, so it goes back as it came.
    let body = format!("{},\"webhook_event\":{event}}}", about.trim_end_matches('}'));
    match api.post::<Value>(host, "/v1/notifications/verify-webhook-signature", "", body).await {
        Ok(answer) if answer["verification_status"] == "SUCCESS" => Ok(()),
        Ok(_) => Err("PayPal says that it is not genuine".into()),
        Err(denied) => Err(format!("PayPal could not be asked whether it is genuine: {}", denied.silence().reason())),
    }
}

/// What an event tells. It never says that a payment succeeded: for that the order is looked at.
fn news(event: &Event) -> News {
    let resource = &event.resource;
    let text = |pointer: &str| resource.pointer(pointer).and_then(Value::as_str).map(str::to_owned);
    let (kind, rest) = event.event_type.split_once('.').unwrap_or((&event.event_type, ""));
    match (kind, rest) {
        ("CHECKOUT", _) => {
            News { reference: text("/purchase_units/0/custom_id"), provider_reference: text("/id"), ..News::default() }
        }
        ("PAYMENT", "CAPTURE.REFUNDED" | "CAPTURE.REVERSED") | ("PAYMENT", "REFUND.PENDING" | "REFUND.FAILED") => {
            refunded(resource)
        }
        ("PAYMENT", _) => News {
            reference: text("/custom_id"),
            provider_reference: text("/supplementary_data/related_ids/order_id"),
            ..News::default()
        },
        ("CUSTOMER", dispute) if dispute.starts_with("DISPUTE.") => disputed(resource),
        _ => News::default(),
    }
}

fn refunded(resource: &Value) -> News {
    let refund: Movement = Movement::deserialize(resource).unwrap_or_default();
    let ours = refund.invoice_id.clone().filter(|invoice| refund.custom_id.as_deref() != Some(invoice));
    let related = resource.pointer("/supplementary_data/related_ids/order_id").and_then(Value::as_str);
    News {
        reference: refund.custom_id.clone(),
        provider_reference: related.map(str::to_owned),
        refund: Some(RefundNews { refund_reference: ours, outcome: refund.refunded(None) }),
        ..News::default()
    }
}

fn disputed(resource: &Value) -> News {
    let text = |pointer: &str| resource.pointer(pointer).and_then(Value::as_str).map(str::to_owned);
    let code = text("/dispute_outcome/outcome_code").unwrap_or_default();
    let known = DISPUTE_OUTCOMES.iter().find(|(word, _)| *word == code);
    let state = known.map_or(DisputeState::Open, |(_, state)| *state);
    let amount = resource.get("dispute_amount").and_then(|amount| Amount::deserialize(amount).ok());
    let dispute = text("/dispute_id").map(|provider_reference| DisputeNews {
        provider_reference,
        state,
        amount: amount.and_then(|amount| amount.money()),
        reason: text("/reason"),
    });
    News { reference: text("/disputed_transactions/0/custom"), dispute, ..News::default() }
}
