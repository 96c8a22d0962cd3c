//! Which notifications are genuine: those that Alipay signed for this app, today.

use crate::gateway::content;
use crate::provider::Merchant;
use crate::wire::{AGREEMENT, Trade, agreed};
use sayso_plugin_sdk::form;
use sayso_plugin_sdk::notice::of_late;
use sayso_plugin_sdk::prelude::*;
use sayso_plugin_sdk::times::of_beijing;
use serde_json::{Map, Value};
use std::collections::BTreeMap;

/// How old a notification may be, in milliseconds. Alipay tries for a day; what comes later is asked about anyway.
const AGE_MS: i64 = 12 * 3_600_000;

/// The number of the notification, and its fields, if Alipay signed them: all but `sign` and `sign_type`.
fn genuine(
    merchant: &Merchant,
    host: &dyn Host,
    body: &str,
) -> Result<(String, BTreeMap<String, String>), &'static str> {
    let read = form::read(body);
    let count = read.len();
    let mut fields: BTreeMap<String, String> = read.into_iter().collect();
    if fields.len() != count {
        return Err("a field is in it twice");
    }
    let (signature, kind) = (fields.remove("sign").unwrap_or_default(), fields.remove("sign_type"));
    let (settings, keys) = (&merchant.gateway.settings, &merchant.gateway.keys);
    if kind.as_deref() != Some("RSA2") || !keys.theirs.verifies(content(&fields).as_bytes(), &signature) {
        return Err("it is not signed by Alipay");
    }
    let field = |name: &str| fields.get(name).map(String::as_str);
    if field("app_id") != Some(&settings.app_id) {
        return Err("it is another app's");
    }
    of_late(field("notify_time").and_then(of_beijing), host.now_ms(), AGE_MS)?;
    let id = field("notify_id").filter(|id| !id.is_empty()).ok_or("it has no number")?.to_owned();
    Ok((id, fields))
}

/// What it tells. Genuine news about something that we have no word for is about nothing of ours.
async fn news(merchant: &Merchant, host: &dyn Host, fields: BTreeMap<String, String>) -> News {
    let told: Value = fields.into_iter().map(|(name, text)| (name, Value::from(text))).collect::<Map<_, _>>().into();
    if let (Some(reference), Some(_)) = (told.text("external_agreement_no"), told.text(AGREEMENT)) {
        let enrolment = Some(agreed(&told, reference));
        return News { enrolment, ..News::about(Some(reference.to_owned()), None) };
    }
    let Some(reference) = told.owned("out_trade_no") else { return News::default() };
    let refund = told.owned("out_biz_no").filter(|_| told.at("gmt_refund").is_some());
    let trade = Trade(told);
    let about = News::about(Some(reference.clone()), trade.number());
    match refund {
        // Notifications tell the sum of all refunds; the question tells of this one.
        Some(refund) => {
            let outcome = merchant.refunded(host, &reference, &refund).await.unwrap_or_else(Denied::of_refund);
            about.of_refund(Some(refund), outcome)
        }
        None => News { outcome: Some(trade.outcome()), ..about },
    }
}

#[async_trait]
impl Notifications for Merchant {
    const ACKNOWLEDGED: (u16, &'static str) = (200, "success");

    async fn notified(&self, host: &dyn Host, request: &WebhookRequest) -> Result<(String, News), String> {
        let (event_id, fields) = genuine(self, host, &request.body)?;
        Ok((event_id, news(self, host, fields).await))
    }
}
