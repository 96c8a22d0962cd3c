//! Refunds: of the order's one capture, found again by our own reference of the refund.

use crate::amount::Amount;
use crate::api::id;
use crate::provider::PayPal;
use crate::wire::{CAPTURES, Movement, POLL_AFTER_MS, REFUNDS};
use sayso_plugin_sdk::prelude::*;
use serde_json::json;

impl PayPal {
    /// Gives back a part or all.
    pub(crate) async fn give_back(&self, host: &dyn Host, request: &RefundRequest) -> RefundOutcome {
        let order = match self.order(host, request.provider_reference.as_deref()).await {
            Ok(order) => order,
            Err(denied) => return denied.of_query_refund(),
        };
        let Some(unit) = order.ours(&request.reference) else {
            return RefundOutcome::unknown("PayPal answered with another payment");
        };
        let captures = unit.payments.captures.iter();
        let mut captures = captures.filter(|each| CAPTURES.of(&each.status) == Standing::Done);
        let (Some(capture), None) = (captures.next(), captures.next()) else {
            return RefundOutcome::unknown("the order has not exactly one capture, so nothing was given back");
        };
        if capture.money() != Some(request.paid) || !id(&capture.id) {
            return RefundOutcome::unknown("PayPal has captured another amount; nothing was given back");
        }
        let Some(amount) = Amount::of(request.amount) else {
            return RefundOutcome::Failed { provider_code: Some("DECIMALS_NOT_SUPPORTED".into()) };
        };
        let body = json!({ "amount": amount, "invoice_id": request.refund_reference, "custom_id": request.reference });
        let path = format!("/v2/payments/captures/{}/refund", capture.id);
        match self.api.post::<Movement>(host, &path, &request.idempotency_key, body.to_string()).await {
            Ok(refund) if !id(&refund.id) => RefundOutcome::unknown("PayPal's answer is not understood"),
            Ok(refund) => refund.refunded(Some(&request.refund_reference)),
            // The invoice's number is taken: by this very refund, as a rule.
            Err(denied) if denied.meaning() == Some(Meaning::Look) => {
                self.look_in_order(host, Some(&order.id), &request.refund_reference).await
            }
            Err(denied) => denied.of_refund(),
        }
    }

    /// What became of a refund.
    pub(crate) async fn look_for_refund(&self, host: &dyn Host, request: &QueryRefundRequest) -> RefundOutcome {
        let Some(refund) = request.provider_reference.as_deref() else {
            let order = request.payment_provider_reference.as_deref();
            return self.look_in_order(host, order, &request.refund_reference).await;
        };
        if !id(refund) {
            return RefundOutcome::unknown("PayPal's id of the refund is strange");
        }
        match self.api.get::<Movement>(host, &format!("/v2/payments/refunds/{refund}")).await {
            Ok(found) if found.id == refund => found.refunded(Some(&request.refund_reference)),
            Ok(_) => RefundOutcome::unknown("PayPal answered with another refund"),
            Err(denied) => denied.of_query_refund(),
        }
    }

    async fn look_in_order(&self, host: &dyn Host, order: Option<&str>, refund_reference: &str) -> RefundOutcome {
        let order = match self.order(host, order).await {
            Ok(order) => order,
            Err(denied) => return denied.silence().of_refund(),
        };
        let mut refunds = order.purchase_units.iter().flat_map(|unit| &unit.payments.refunds);
        let found = refunds.find(|refund| refund.invoice_id.as_deref() == Some(refund_reference));
        found.map_or(RefundOutcome::NotFound, |refund| refund.refunded(None))
    }
}

impl Movement {
    /// What it means as a refund, if it is this one; any where none is named.
    pub(crate) fn refunded(&self, refund_reference: Option<&str>) -> RefundOutcome {
        match (self.invoice_id.as_deref(), refund_reference) {
            (Some(theirs), Some(ours)) if theirs != ours => {
                RefundOutcome::unknown("PayPal answered with another refund")
            }
            _ => REFUNDS.refund(&self.status, &self.id, self.money(), POLL_AFTER_MS),
        }
    }
}
