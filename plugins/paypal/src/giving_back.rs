//! Refunds: of the order's one capture, found again by our own reference of the refund.

use crate::amount::Amount;
use crate::api::{Request, Said, id, json as read};
use crate::provider::PayPal;
use crate::wire::{CAPTURE_STATUSES, Movement, POLL_AFTER_MS, Standing, refund_outcome, standing};
use sayso_plugin_sdk::prelude::*;
use serde_json::json;

impl PayPal {
    /// Gives back a part or all.
    pub(crate) async fn give_back(&self, host: &dyn Host, request: RefundRequest) -> RefundOutcome {
        let order = match self.order(host, request.provider_reference.as_deref()).await {
            Ok(order) => order,
            Err(Said::NotFound) => return RefundOutcome::NotFound,
            Err(said) => return unclear(said),
        };
        let Some(unit) = order.ours(&request.reference) else {
            return RefundOutcome::unknown("PayPal answered with another payment");
        };
        let mut captures = unit
            .payments
            .captures
            .iter()
            .filter(|each| standing(CAPTURE_STATUSES, &each.status) == Standing::Succeeded);
        let (Some(capture), None) = (captures.next(), captures.next()) else {
            return RefundOutcome::unknown("the order has not exactly one capture, so nothing was given back");
        };
        let paid = capture.amount.as_ref().and_then(Amount::money);
        if paid != Some(request.paid) || !id(&capture.id) {
            return RefundOutcome::unknown("PayPal has captured another amount; nothing was given back");
        }
        let Some(amount) = Amount::of(request.amount) else {
            return RefundOutcome::Failed { provider_code: Some("DECIMALS_NOT_SUPPORTED".into()) };
        };
        let body = json!({ "amount": amount, "invoice_id": request.refund_reference, "custom_id": request.reference });
        let path = format!("/v2/payments/captures/{}/refund", capture.id);
        let body = body.to_string();
        match self.api.ask(host, Request::post(&path, &request.idempotency_key, &body)).await {
            Said::Done(body) => match read::<Movement>(&body).filter(|refund| id(&refund.id)) {
                Some(refund) => of_refund(&refund, &request.refund_reference),
                None => RefundOutcome::unknown("PayPal's answer is not understood"),
            },
            // The invoice's number is taken: by this very refund, as a rule.
            Said::Look(_) => self.look_in_order(host, Some(&order.id), &request.refund_reference).await,
            Said::RefundRefused(issue) | Said::Declined(_, _, issue) => {
                RefundOutcome::Failed { provider_code: Some(issue) }
            }
            Said::Wait => RefundOutcome::Pending { poll_after_ms: POLL_AFTER_MS, provider_reference: None },
            said => unclear(said),
        }
    }

    /// What became of a refund.
    pub(crate) async fn look_for_refund(&self, host: &dyn Host, request: QueryRefundRequest) -> RefundOutcome {
        let Some(refund) = request.provider_reference.as_deref() else {
            let order = request.payment_provider_reference.as_deref();
            return self.look_in_order(host, order, &request.refund_reference).await;
        };
        if !id(refund) {
            return RefundOutcome::unknown("PayPal's id of the refund is strange");
        }
        match self.api.ask(host, Request::get(&format!("/v2/payments/refunds/{refund}"))).await {
            Said::Done(body) => match read::<Movement>(&body) {
                Some(found) if found.id == refund => of_refund(&found, &request.refund_reference),
                Some(_) => RefundOutcome::unknown("PayPal answered with another refund"),
                None => RefundOutcome::unknown("PayPal's answer is not understood"),
            },
            Said::NotFound => RefundOutcome::NotFound,
            said => unclear(said),
        }
    }

    async fn look_in_order(&self, host: &dyn Host, order: Option<&str>, refund_reference: &str) -> RefundOutcome {
        let order = match self.order(host, order).await {
            Ok(order) => order,
            Err(said) => return unclear(said),
        };
        let mut refunds = order.purchase_units.iter().flat_map(|unit| &unit.payments.refunds);
        let found = refunds.find(|refund| refund.invoice_id.as_deref() == Some(refund_reference));
        found.map_or(RefundOutcome::NotFound, refund_outcome)
    }
}

/// A refund, if it is the one that was meant.
fn of_refund(refund: &Movement, refund_reference: &str) -> RefundOutcome {
    match refund.invoice_id.as_deref() {
        Some(invoice) if invoice != refund_reference => RefundOutcome::unknown("PayPal answered with another refund"),
        _ => refund_outcome(refund),
    }
}

fn unclear(said: Said) -> RefundOutcome {
    match said {
        Said::Unclear(reason) | Said::NotSent(reason) => RefundOutcome::unknown(reason),
        other => RefundOutcome::unknown(format!("PayPal's answer does not fit: {other:?}")),
    }
}
