//! Which notifications are genuine: those that Alipay signed for this app, today.

use crate::gateway::{content, read_time};
use crate::provider::Alipay;
use crate::wire::{Agreement, Trade};
use sayso_plugin_sdk::form;
use sayso_plugin_sdk::prelude::*;
use serde_json::{Map, Value};
use std::collections::BTreeMap;

/// How old a notification may be, in milliseconds. Alipay tries for a day; what comes later is asked about anyway.
const AGE_MS: i64 = 12 * 3_600_000;
/// How far ahead of ours Alipay's clock may be, in milliseconds.
const AHEAD_MS: i64 = 300_000;

/// The number of the notification, and its fields, if Alipay signed them: all but `sign` and `sign_type`.
pub fn genuine(
    alipay: &Alipay,
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
    let (settings, keys) = (&alipay.gateway.settings, &alipay.gateway.keys);
    if kind.as_deref() != Some("RSA2") || !keys.theirs.verifies(content(&fields).as_bytes(), &signature) {
        return Err("it is not signed by Alipay");
    }
    let field = |name: &str| fields.get(name).map(String::as_str);
    if field("app_id") != Some(&settings.app_id) {
        return Err("it is another app's");
    }
    let sent = field("notify_time").and_then(read_time).ok_or("it does not say when it was sent")?;
    let now = host.now_ms();
    if sent < now - AGE_MS || sent > now + AHEAD_MS {
        return Err("it is too old, or from the future");
    }
    let id = field("notify_id").filter(|id| !id.is_empty()).ok_or("it has no number")?.to_owned();
    Ok((id, fields))
}

/// What it tells. Genuine news about something that we have no word for is about nothing of ours.
pub async fn news(alipay: &Alipay, host: &dyn Host, fields: BTreeMap<String, String>) -> News {
    let refund = fields.get("out_biz_no").filter(|_| fields.contains_key("gmt_refund")).cloned();
    let told: Value = fields.into_iter().map(|(name, text)| (name, Value::from(text))).collect::<Map<_, _>>().into();
    if let Ok(agreement) = serde_json::from_value::<Agreement>(told.clone()) {
        let enrolment = Some(agreement.outcome(&agreement.external_agreement_no));
        return News { reference: Some(agreement.external_agreement_no), enrolment, ..News::default() };
    }
    let Ok(trade) = serde_json::from_value::<Trade>(told) else { return News::default() };
    let (reference, provider_reference) = (Some(trade.out_trade_no.clone()), trade.trade_no.clone());
    match refund {
        // Notifications tell the sum of all refunds; the question tells of this one.
        Some(refund) => {
            let outcome = alipay.refunded(host, &trade.out_trade_no, &refund).await;
            let refund = Some(RefundNews { refund_reference: Some(refund), outcome });
            News { reference, provider_reference, refund, ..News::default() }
        }
        None => News { reference, provider_reference, outcome: Some(trade.outcome()), ..News::default() },
    }
}
