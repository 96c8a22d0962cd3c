//! Which notifications are genuine: those that WeChat Pay signed, now, and sealed with our APIv3 key.

use crate::client::Client;
use crate::contract;
use crate::wire::{Order, refunded};
use sayso_plugin_sdk::notice::event;
use sayso_plugin_sdk::prelude::*;
use serde_json::Value;

#[async_trait]
impl Notifications for Client {
    async fn notified(&self, host: &dyn Host, request: &WebhookRequest) -> Result<(String, News), String> {
        self.keys.check(&request.headers, &request.body, host.now_ms(), self.certificates(host)).await?;
        let event = event(&request.body, "event_type")?;
        let text = self.keys.open(&event.body["resource"]).ok_or("it is not sealed with our APIv3 key")?;
        let told: Value = serde_json::from_str(&text).map_err(|_| "what is sealed in it is not understood")?;
        if told.text("mchid") != Some(&self.settings.mchid) {
            return Err("it is another merchant's".into());
        }
        Ok((event.id, news(self, told)))
    }
}

/// What it tells. Genuine news about something that we have no word for is about nothing of ours.
fn news(client: &Client, told: Value) -> News {
    match (told.owned("out_trade_no"), told.owned("out_refund_no"), told.owned("out_contract_code")) {
        (Some(payment), Some(refund), _) => {
            let outcome = refunded(&told, &refund);
            News::about(Some(payment), None).of_refund(Some(refund), outcome)
        }
        (None, None, Some(reference)) => {
            let enrolment = Some(contract::signed(&told, &client.settings.mchid, &reference));
            News { enrolment, ..News::about(Some(reference), None) }
        }
        (Some(payment), None, _) if told.text("trade_state").is_some() => {
            let order = Order(told);
            News { outcome: Some(order.outcome()), ..News::about(Some(payment), order.number()) }
        }
        _ => News::default(),
    }
}
