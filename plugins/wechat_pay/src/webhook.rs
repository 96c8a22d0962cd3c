//! Which notifications are genuine: those that WeChat Pay signed, now, and sealed with our APIv3 key.

use crate::client::Client;
use crate::contract::Contract;
use crate::keys::Sealed;
use crate::wire::{Order, Refund};
use sayso_plugin_sdk::prelude::*;
use serde::Deserialize;
use serde_json::Value;

#[derive(Deserialize)]
struct Event {
    id: String,
    resource: Sealed,
}

/// Says whether a notification is genuine, and what it tells.
pub async fn verify(client: &Client, host: &dyn Host, request: &WebhookRequest) -> WebhookVerdict {
    genuine(client, host, request).await.map_err(str::to_owned).into()
}

async fn genuine(client: &Client, host: &dyn Host, request: &WebhookRequest) -> Result<(String, News), &'static str> {
    let list = || client.certificates(host);
    client.keys.check(&request.headers, &request.body, host.now_ms(), list).await?;
    let event: Event =
        serde_json::from_str(&request.body).map_err(|_| "it is signed, but says nothing that is understood")?;
    let text = client.keys.open(&event.resource).ok_or("it is not sealed with our APIv3 key")?;
    let told: Value = serde_json::from_str(&text).map_err(|_| "what is sealed in it is not understood")?;
    if told.get("mchid").and_then(Value::as_str) != Some(client.settings.mchid.as_str()) {
        return Err("it is another merchant's");
    }
    Ok((event.id, news(client, told)))
}

/// What it tells. Genuine news about something that we have no word for is about nothing of ours.
fn news(client: &Client, told: Value) -> News {
    let mchid = &client.settings.mchid;
    if told.get("out_refund_no").is_some() {
        let Ok(refund) = serde_json::from_value::<Refund>(told) else { return News::default() };
        let outcome = refund.outcome(&refund.out_refund_no);
        let refund_reference = Some(refund.out_refund_no);
        return News {
            reference: Some(refund.out_trade_no),
            refund: Some(RefundNews { refund_reference, outcome }),
            ..News::default()
        };
    }
    if told.get("out_contract_code").is_some() && told.get("out_trade_no").is_none() {
        let Ok(contract) = serde_json::from_value::<Contract>(told) else { return News::default() };
        let enrolment = Some(contract.outcome(mchid, &contract.out_contract_code));
        return News { reference: Some(contract.out_contract_code), enrolment, ..News::default() };
    }
    let Ok(order) = serde_json::from_value::<Order>(told) else { return News::default() };
    let outcome = Some(order.outcome(&order.out_trade_no));
    News { reference: Some(order.out_trade_no), provider_reference: order.transaction_id, outcome, ..News::default() }
}
