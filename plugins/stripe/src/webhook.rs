//! Notifications: which are genuine, and what they tell.
//!
//! An event is unordered and may be old, so only what it says for good is taken from it; about everything else Stripe is asked.

use crate::client::Client;
use crate::tables::DISPUTE;
use crate::wire::{OF_REFUND, Object, POLL_AFTER_MS, REFERENCE, id_of, money, refund_outcome, tag};
use sayso_plugin_sdk::notice::{event, signed_with};
use sayso_plugin_sdk::prelude::*;
use serde_json::Value;

#[async_trait]
impl Notifications for Client {
    const ACKNOWLEDGED: (u16, &'static str) = (200, "");

    async fn notified(&self, host: &dyn Host, request: &WebhookRequest) -> Result<(String, News), String> {
        signed_with(&self.settings.webhook_secret, "stripe-signature", request, host.now_ms())?;
        let event = event(&request.body, "type")?;
        self.same_mode(host, &event.body)?;
        Ok((event.id, news(&event.kind, &event.body["data"]["object"])))
    }
}

fn news(kind: &str, object: &Value) -> News {
    let (own_id, payment) = (object.owned("id"), id_of(object.at("payment_intent")).map(str::to_owned));
    let about = |id| News::about(tag(object, REFERENCE).map(str::to_owned), id);
    match kind.split('.').collect::<Vec<_>>().as_slice() {
        ["payment_intent", _] => {
            // Only a success is for good. One that is canceled or refused may have been put aside for a page, where the
            // person tries another card.
            let intent = Object(object.clone());
            let done = matches!(intent.stands(), Standing::Done | Standing::Reserved);
            News { outcome: done.then(|| intent.outcome()), ..about(own_id) }
        }
        ["checkout", "session", _] if object.text("mode") == Some("setup") => enrolment(about(None), own_id),
        ["checkout", "session", _] => about(own_id),
        // Which page it belongs to it does not say.
        ["setup_intent", _] => enrolment(about(None), None),
        ["charge", "dispute", _] => {
            let dispute = |id| DISPUTE.news(object.word("status"), id, money(object, "amount"), object.owned("reason"));
            News { dispute: own_id.map(dispute), ..News::about(None, payment) }
        }
        ["charge", "refund", _] | ["refund", _] => {
            about(payment).of_refund(tag(object, OF_REFUND).map(str::to_owned), refund_outcome(object))
        }
        // `charge.refunded` and its like say how much came back in all; `refund.*` says of which refund.
        ["charge", _] => about(payment),
        _ => News::default(),
    }
}

fn enrolment(about: News, provider_reference: Option<String>) -> News {
    let asked = EnrolOutcome::pending(POLL_AFTER_MS, provider_reference);
    News { enrolment: about.reference.is_some().then_some(asked), ..about }
}
