//! Paying without a screen: an agreement that the person signs once in Alipay, and deductions by it.

use crate::provider::Alipay;
use crate::settings::Way;
use crate::wire::{AGREEMENT, POLL_AFTER_MS, Trade};
use sayso_plugin_sdk::form::Form;
use sayso_plugin_sdk::prelude::*;
use sayso_plugin_sdk::text::is_id;
use serde_json::{Value, json};

/// The product that deductions are of: "merchant's deduction", without a rhythm of its own.
const PRODUCT: &str = "GENERAL_WITHHOLDING";
/// How long the person has to sign, in milliseconds.
const SIGNING_MS: i64 = 30 * 60_000;
/// What opens an address inside Alipay's app, where alone agreements are signed.
const IN_APP: &str = "alipays://platformapi/startapp";

impl Alipay {
    /// What names an agreement of ours; `None` where none are offered.
    pub(crate) fn agreement(&self, reference: &str) -> Option<Value> {
        Some(json!({
            "personal_product_code": format!("{PRODUCT}_P"),
            "sign_scene": self.gateway.settings.agreement_scene.as_deref()?,
            "external_agreement_no": reference,
        }))
    }

    /// The page on which an agreement begins, and how long the person has to sign. Nothing is sent before they open it.
    pub(crate) fn page_to_sign(&self, host: &dyn Host, reference: &str) -> EnrolOutcome {
        let Some(mut asked) = self.agreement(reference) else { return EnrolOutcome::NotOffered };
        asked["product_code"] = json!(PRODUCT);
        asked["access_params"] = json!({ "channel": "ALIPAYAPP" });
        let page = self.gateway.page(host.now_ms(), "alipay.user.agreement.page.sign", &asked);
        let Some(url) = page.filter(|_| is_id(reference, 32, b"")) else {
            return EnrolOutcome::unknown("the page could not be signed");
        };
        let in_app = || Form::new().field("appId", "20000067").field("url", &url).query_of(IN_APP);
        let next = match self.gateway.settings.way {
            Way::Qr => NextStep::Qr { content: url },
            Way::Link => NextStep::Link { url: in_app() },
        };
        let expires_ms = Some(host.now_ms() + SIGNING_MS);
        EnrolOutcome::ActionRequired { next, expires_ms, provider_reference: None }
    }

    /// Pays by an agreement.
    pub(crate) async fn deduct(&self, host: &dyn Host, request: &PayRequest, number: &str) -> Outcome {
        let mut order = self.order(request);
        order["product_code"] = json!(PRODUCT);
        order["agreement_params"] = json!({ AGREEMENT: number });
        match self.gateway.ask::<Trade>(host, "alipay.trade.pay", &request.reference, &order).await {
            Ok(trade) => {
                let done = trade.code.as_deref() == Some("10000");
                let standing = if done { Standing::Done } else { Standing::Working };
                standing.outcome("", trade.receipt(), Outcome::pending(POLL_AFTER_MS, trade.trade_no))
            }
            Err(denied) => self.unless_made(host, request, denied.of_payment()).await,
        }
    }

    /// What a refusal means for a deduction, unless an earlier sending, whose answer was lost, got through. What stands open is
    /// closed: a refusal is final only when nothing is left that could still be paid.
    async fn unless_made(&self, host: &dyn Host, request: &PayRequest, refused: Outcome) -> Outcome {
        if !matches!(refused, Outcome::Failed { .. }) {
            return refused;
        }
        let stands = match self.trade(host, &request.reference).await {
            Ok(trade) if trade.is_open() => self.close(host, &request.reference).await,
            Ok(trade) => trade.outcome(),
            Err(denied) if denied.is_missing() => return refused,
            Err(denied) => denied.silence().of_known(),
        };
        if matches!(stands, Outcome::Failed { .. }) { refused } else { stands }
    }
}
