//! Paying without a screen: an agreement that the person signs once in Alipay, and deductions by it.

use crate::provider::Merchant;
use crate::settings::Way;
use crate::wire::{AGREEMENT, agreed};
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

impl Merchant {
    /// What names an agreement of ours; `None` where none are offered.
    pub(crate) fn agreement(&self, reference: &str) -> Option<Value> {
        Some(json!({
            "personal_product_code": format!("{PRODUCT}_P"),
            "sign_scene": self.gateway.settings.agreement_scene.as_deref()?,
            "external_agreement_no": reference,
        }))
    }

    /// Pays by an agreement.
    pub(crate) async fn deduct(&self, host: &dyn Host, request: &PayRequest, number: &str) -> Told<Outcome> {
        let mut order = self.order(request);
        order["product_code"] = json!(PRODUCT);
        order["agreement_params"] = json!({ AGREEMENT: number });
        match self.gateway.ask_trade(host, "alipay.trade.pay", &request.reference, &order).await {
            Ok(trade) => {
                // 10003: Alipay is at it.
                let standing = if trade.0.word("code") == "10000" { Standing::Done } else { Standing::Working };
                Ok(trade.outcome_as(standing))
            }
            Err(denied) => denied.unless_found(self.call_off(host, &request.reference)).await,
        }
    }
}

#[async_trait]
impl Enrolments for Merchant {
    /// The page on which an agreement begins, and how long the person has to sign. Nothing is sent before they open it.
    async fn enrol(&self, host: &dyn Host, request: &EnrolRequest) -> Told<EnrolOutcome> {
        let Some(mut asked) = self.agreement(&request.reference) else { return Ok(EnrolOutcome::NotOffered) };
        asked["product_code"] = json!(PRODUCT);
        asked["access_params"] = json!({ "channel": "ALIPAYAPP" });
        let page = self.gateway.page(host.now_ms(), "alipay.user.agreement.page.sign", &asked);
        let url = page.filter(|_| is_id(&request.reference, 32, b""));
        let url = url.ok_or_else(|| Denied::not_sent("the page could not be signed"))?;
        let in_app = || Form::new().field("appId", "20000067").field("url", &url).query_of(IN_APP);
        let next = match self.gateway.settings.way {
            Way::Link => NextStep::Link { url: in_app() },
            Way::Qr => NextStep::Qr { content: url },
        };
        Ok(EnrolOutcome::acts(next, Some(host.now_ms() + SIGNING_MS), None))
    }

    /// Alipay knows of no agreement before it is signed.
    async fn query_enrolment(&self, host: &dyn Host, request: &QueryEnrolmentRequest) -> Told<EnrolOutcome> {
        let Some(asked) = self.agreement(&request.reference) else { return Ok(EnrolOutcome::NotOffered) };
        let told = self.gateway.ask(host, "alipay.user.agreement.query", "", &asked).await?;
        Ok(agreed(&told, &request.reference))
    }
}
