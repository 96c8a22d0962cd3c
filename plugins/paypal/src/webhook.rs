//! Which notifications are genuine, and what they tell. PayPal is asked about each, or its own certificate tells.

use crate::api::Api;
use crate::provider::Client;
use crate::settings::Verification;
use crate::wire::{DISPUTES, id, is_path_part, refunded};
use sayso_plugin_sdk::notice::{event, of_late, only};
use sayso_plugin_sdk::prelude::*;
use sayso_plugin_sdk::times;
use serde_json::{Map, Value, json};

/// What follows `paypal-` in the names of the headers that PayPal signs with.
const SIGNED: [&str; 5] = ["auth-algo", "cert-url", "transmission-id", "transmission-sig", "transmission-time"];

/// How old a notification may be, in milliseconds: PayPal tries for three days, and does not say that a later try is signed anew.
const AGE_MS: i64 = 76 * 3_600_000;

#[async_trait]
impl Notifications for Client {
    const ACKNOWLEDGED: (u16, &'static str) = (200, "");

    async fn notified(&self, host: &dyn Host, request: &WebhookRequest) -> Result<(String, News), String> {
        let api = &self.api;
        let webhook = api.settings.webhook_id.as_deref();
        let webhook = webhook.ok_or("no `webhook_id` is configured, so no notification can be trusted")?;
        let header = |name: &str| only(&request.headers, &format!("paypal-{name}")).map(Value::from);
        let signed: Option<Map<_, _>> =
            SIGNED.iter().map(|name| Some((name.replace('-', "_"), header(name)?))).collect();
        let mut signed = Value::from(signed.ok_or("it has not PayPal's five headers, each once")?);
        let event = event(&request.body, "event_type")?;
        of_late(times::rfc3339(signed.word("transmission_time")), host.now_ms(), AGE_MS)?;
        signed["webhook_id"] = json!(webhook);
        match api.settings.verify_webhooks {
            Verification::Api => ask_paypal(api, host, &signed, &request.body).await?,
            Verification::Certificate => crate::certificate::check(api, host, &signed, &request.body).await?,
        }
        let resource = &event.body["resource"];
        let mut news = news(&event.kind, resource);
        if news.dispute.is_some() && news.reference.is_none() {
            news.reference = reference_of_disputed(api, host, resource).await?;
        }
        Ok((event.id, news))
    }
}

/// Our reference of a disputed payment where the dispute bears none: that of the capture which it is about. `None` if it is
/// about nothing of ours; an error, so that PayPal tells of it again, if PayPal can't be asked.
async fn reference_of_disputed(api: &Api, host: &dyn Host, dispute: &Value) -> Result<Option<String>, String> {
    let capture = dispute.text("disputed_transactions/0/seller_transaction_id");
    let Some(capture) = capture.filter(|capture| is_path_part(capture)) else { return Ok(None) };
    match api.get(host, &format!("/v2/payments/captures/{capture}")).await {
        Ok(found) => Ok(found.owned("custom_id").filter(|_| id(&found) == Some(capture))),
        Err(denied) if denied.is_missing() => Ok(None),
        Err(denied) => {
            Err(format!("PayPal could not be asked which payment is disputed: {}", denied.silence().reason()))
        }
    }
}

async fn ask_paypal(api: &Api, host: &dyn Host, signed: &Value, event: &str) -> Result<(), String> {
    // PayPal compares the event byte by byte, so it goes back as it came.
    let body = format!("{},\"webhook_event\":{event}}}", signed.to_string().trim_end_matches('}'));
    match api.post(host, "/v1/notifications/verify-webhook-signature", "", body).await {
        Ok(answer) if answer["verification_status"] == "SUCCESS" => Ok(()),
        Ok(_) => Err("PayPal says that it is not genuine".into()),
        Err(denied) => Err(format!("PayPal could not be asked whether it is genuine: {}", denied.silence().reason())),
    }
}

/// What an event tells. It never says that a payment succeeded: for that the order is looked at.
fn news(kind: &str, resource: &Value) -> News {
    let (kind, rest) = kind.split_once('.').unwrap_or((kind, ""));
    let of_payment =
        || News::about(resource.owned("custom_id"), resource.owned("supplementary_data/related_ids/order_id"));
    match (kind, rest) {
        ("CHECKOUT", _) => News::about(resource.owned("purchase_units/0/custom_id"), resource.owned("id")),
        ("PAYMENT", "CAPTURE.REFUNDED" | "CAPTURE.REVERSED" | "REFUND.PENDING" | "REFUND.FAILED") => {
            let invoice = resource.owned("invoice_id");
            let ours = invoice.filter(|invoice| resource.text("custom_id") != Some(invoice));
            of_payment().of_refund(ours, refunded(resource, None))
        }
        ("PAYMENT", _) => of_payment(),
        ("CUSTOMER", dispute) if dispute.starts_with("DISPUTE.") => disputed(resource),
        _ => News::default(),
    }
}

fn disputed(told: &Value) -> News {
    let currency = told.word("dispute_amount/currency_code").parse().ok();
    let amount = currency.and_then(|code| Money::from_decimal(told.word("dispute_amount/value"), code).ok());
    let word = told.word("dispute_outcome/outcome_code");
    let dispute = told.owned("dispute_id").map(|id| DISPUTES.news(word, id, amount, told.owned("reason")));
    News { dispute, ..News::about(told.owned("disputed_transactions/0/custom"), None) }
}
