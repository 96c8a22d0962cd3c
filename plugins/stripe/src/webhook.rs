//! Notifications: which are genuine, and what they tell.
//!
//! The header `stripe-signature` is `t=SECONDS,v1=HEX[,v1=HEX]`, where each `HEX` is HMAC-SHA-256 over `SECONDS.BODY` (two
//! while the endpoint's secret is being changed). An event is unordered and may be old, so only what it says for good is
//! taken from it; about everything else Stripe is asked.

use crate::amounts::from_wire;
use crate::client::Stripe;
use crate::tables::DISPUTE;
use crate::wire::{Intent, Metadata, OF_REFUND, POLL_AFTER_MS, REFERENCE, Refund, id_of};
use sayso_plugin_sdk::hmac::{unhex, verify_sha256};
use sayso_plugin_sdk::notice::{of_now, only};
use sayso_plugin_sdk::prelude::*;
use serde::Deserialize;
use serde_json::Value;

#[derive(Deserialize)]
struct Event {
    id: String,
    #[serde(rename = "type")]
    kind: String,
    livemode: bool,
    data: Data,
}

#[derive(Deserialize)]
struct Data {
    object: Value,
}

/// Says whether a notification is genuine, and what it tells.
pub(crate) fn verify(stripe: &Stripe, host: &dyn Host, request: &WebhookRequest) -> Result<(String, News), String> {
    signed(&stripe.settings.secrets.webhook_secret, request, host.now_ms())?;
    let event = serde_json::from_str::<Event>(&request.body);
    let event = event.map_err(|_| "it is signed, but is no event that is understood")?;
    stripe.same_mode(host, event.livemode)?;
    let news = news(&event);
    Ok((event.id, news))
}

fn signed(secret: &str, request: &WebhookRequest, now_ms: i64) -> Result<(), &'static str> {
    let header = only(&request.headers, "stripe-signature").ok_or("it has not exactly one signature")?;
    let parts = || header.split(',').filter_map(|part| part.trim().split_once('='));
    let time = parts().find(|(key, _)| *key == "t").map_or("", |(_, time)| time);
    of_now(time, now_ms)?;
    let message = format!("{time}.{}", request.body);
    let fits = |(key, code): (&str, &str)| {
        key == "v1" && unhex(code).is_some_and(|code| verify_sha256(secret.as_bytes(), message.as_bytes(), &code))
    };
    if parts().any(fits) { Ok(()) } else { Err("its signature does not fit") }
}

fn news(event: &Event) -> News {
    let object = &event.data.object;
    let metadata: Metadata = object.get("metadata").and_then(|all| Metadata::deserialize(all).ok()).unwrap_or_default();
    let reference = metadata.get(REFERENCE).cloned();
    let own_id = object["id"].as_str().map(str::to_owned);
    let payment = id_of(object.get("payment_intent")).map(str::to_owned);
    let about = News { reference: reference.clone(), ..News::default() };
    match event.kind.split('.').collect::<Vec<_>>().as_slice() {
        ["payment_intent", _] => {
            // Only a success is for good. One that is canceled or refused may have been put aside for a page, where the
            // person tries another card.
            let intent = Intent::deserialize(object).ok();
            let done = intent.filter(|intent| matches!(intent.stands(), Standing::Done | Standing::Reserved));
            News { provider_reference: own_id, outcome: done.map(|intent| intent.outcome()), ..about }
        }
        ["checkout", "session", _] if object["mode"] == "setup" => enrolment(about, own_id),
        ["checkout", "session", _] => News { provider_reference: own_id, ..about },
        // Which page it belongs to it does not say.
        ["setup_intent", _] => enrolment(about, None),
        ["charge", "dispute", _] => {
            News { provider_reference: payment, dispute: own_id.map(|id| dispute(id, object)), ..News::default() }
        }
        ["charge", "refund", _] | ["refund", _] => {
            let refund = Refund::deserialize(object).ok();
            let refund = refund.map(|refund| RefundNews {
                refund_reference: metadata.get(OF_REFUND).cloned(),
                outcome: refund.outcome(),
            });
            News { provider_reference: payment, refund, ..about }
        }
        // `charge.refunded` and its like say how much came back in all; `refund.*` says of which refund.
        ["charge", _] => News { provider_reference: payment, ..about },
        _ => News::default(),
    }
}

fn enrolment(about: News, provider_reference: Option<String>) -> News {
    let asked = EnrolOutcome::pending(POLL_AFTER_MS, provider_reference);
    News { enrolment: about.reference.is_some().then_some(asked), ..about }
}

fn dispute(provider_reference: String, object: &Value) -> DisputeNews {
    let status = object["status"].as_str().unwrap_or_default();
    let state = DISPUTE.iter().find(|(known, _)| *known == status).map_or(DisputeState::Open, |(_, state)| *state);
    let units = object["amount"].as_i64();
    let amount = units.and_then(|units| from_wire(units, object["currency"].as_str().unwrap_or_default()));
    DisputeNews { provider_reference, state, amount, reason: object["reason"].as_str().map(str::to_owned) }
}
