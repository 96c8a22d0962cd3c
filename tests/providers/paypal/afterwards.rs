//! What comes after an order: refunds, stored ways to pay, notifications, and what the person and the bank do.

use super::books::{Books, cents, missing, text, unprocessable};
use serde_json::{Value, json};

impl Books {
    pub(super) fn refund(&mut self, id: &str, body: &Value) -> (u16, Value) {
        let made = self.id("R");
        let Some(order) = self.with("captures", id) else { return missing() };
        let payments = &mut order["purchase_units"][0]["payments"];
        let paid = cents(&payments["captures"][0]["amount"]);
        let refunds = payments["refunds"].as_array().cloned().unwrap_or_default();
        let back: i64 = refunds.iter().map(|refund| cents(&refund["amount"])).sum();
        let amount = cents(&body["amount"]);
        if refunds.iter().any(|refund| refund["invoice_id"] == body["invoice_id"]) {
            return unprocessable("DUPLICATE_INVOICE_ID");
        }
        if back == paid {
            return unprocessable("CAPTURE_FULLY_REFUNDED");
        }
        if amount <= 0 || back + amount > paid {
            return unprocessable("REFUND_AMOUNT_EXCEEDED");
        }
        let refund = json!({
            "id": made, "status": "COMPLETED", "amount": body["amount"],
            "invoice_id": body["invoice_id"], "custom_id": body["custom_id"],
        });
        payments["refunds"] = Value::Array(refunds.into_iter().chain([refund.clone()]).collect());
        payments["captures"][0]["status"] =
            json!(if back + amount == paid { "REFUNDED" } else { "PARTIALLY_REFUNDED" });
        (201, refund)
    }

    pub(super) fn shown_refund(&mut self, id: &str) -> (u16, Value) {
        let Some(order) = self.with("refunds", id) else { return missing() };
        let listed = order["purchase_units"][0]["payments"]["refunds"].as_array().unwrap();
        (200, listed.iter().find(|refund| refund["id"] == id).unwrap().clone())
    }

    pub(super) fn set_up(&mut self) -> (u16, Value) {
        let id = self.id("S");
        let approve = format!("https://www.sandbox.paypal.com/agreements/approve?approval_session_id={id}");
        let links = json!([{ "rel": "approve", "href": approve, "method": "GET" }]);
        let token =
            json!({ "id": id, "status": "PAYER_ACTION_REQUIRED", "customer": { "id": "customer_1" }, "links": links });
        self.setups.insert(id, token.clone());
        (201, token)
    }

    pub(super) fn store(&mut self, setup: &str) -> (u16, Value) {
        match self.setups.get(setup).map(|token| text(token, "/status").to_owned()).as_deref() {
            Some("APPROVED") => {}
            Some(_) => return unprocessable("PAYER_ACTION_REQUIRED"),
            None => return missing(),
        }
        let id = self.id("V");
        let token = json!({ "id": id, "customer": { "id": "customer_1" }, "payment_source": { "paypal": { "email_address": "john@example.com" } } });
        self.vault.insert(id, token.clone());
        // Used once and for all: only the same key brings the same token again.
        if let Some(used) = self.setups.get_mut(setup) {
            used["status"] = json!("VAULTED");
        }
        (201, token)
    }

    pub(super) fn verify(&self, body: &Value) -> (u16, Value) {
        let genuine =
            self.signed.get(text(body, "/transmission_id")).is_some_and(|event| *event == body["webhook_event"]);
        (200, json!({ "verification_status": if genuine { "SUCCESS" } else { "FAILURE" } }))
    }

    /// The person approves the order, or the way to pay.
    pub fn approve(&mut self, id: &str) {
        if let Some(order) = self.orders.get_mut(id) {
            order["status"] = json!("APPROVED");
        }
        if let Some(token) = self.setups.get_mut(id) {
            token["status"] = json!("APPROVED");
        }
    }

    /// What is pending is completed.
    pub fn settle(&mut self, id: &str) {
        self.orders.get_mut(id).unwrap()["purchase_units"][0]["payments"]["captures"][0]["status"] = json!("COMPLETED");
    }

    /// How many captures of this reference took money, and how much, in hundredths.
    pub fn captured(&self, reference: &str) -> (usize, i64) {
        self.captures(|unit| unit["invoice_id"] == reference)
    }

    /// How many captures took money in all, and how much.
    pub fn taken(&self) -> (usize, i64) {
        self.captures(|_| true)
    }

    fn captures(&self, wanted: impl Fn(&Value) -> bool) -> (usize, i64) {
        let units = self.orders.values().map(|order| &order["purchase_units"][0]);
        let captures = units.filter(|unit| wanted(unit)).filter_map(|unit| unit["payments"]["captures"].as_array());
        let taken: Vec<i64> = captures.flatten().map(|capture| cents(&capture["amount"])).collect();
        (taken.len(), taken.iter().sum())
    }

    /// How much was given back, in hundredths.
    pub fn given_back(&self) -> i64 {
        let refunds =
            self.orders.values().filter_map(|order| order["purchase_units"][0]["payments"]["refunds"].as_array());
        refunds.flatten().map(|refund| cents(&refund["amount"])).sum()
    }
}
