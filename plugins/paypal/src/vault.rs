//! A stored way to pay: a set-up token that the person approves once becomes a payment token, which orders then name.

use crate::api::id;
use crate::provider::PayPal;
use crate::wire::{Link, POLL_AFTER_MS, approval};
use sayso_plugin_sdk::prelude::*;
use serde::Deserialize;
use serde_json::json;

/// A set-up token or a payment token.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Token {
    id: String,
    status: String,
    customer: Customer,
    payment_source: Source,
    links: Vec<Link>,
}

#[derive(Debug, Default, Deserialize)]
struct Customer {
    id: Option<String>,
}

#[derive(Debug, Default, Deserialize)]
struct Source {
    paypal: Option<Wallet>,
}

#[derive(Debug, Deserialize)]
struct Wallet {
    email_address: Option<String>,
}

impl PayPal {
    /// Makes a set-up token, which the person approves on a screen.
    pub(crate) async fn store_way_to_pay(&self, host: &dyn Host, request: &EnrolRequest) -> EnrolOutcome {
        let wallet = json!({ "usage_type": "MERCHANT", "experience_context": self.experience(None) });
        let body = json!({ "payment_source": { "paypal": wallet } }).to_string();
        let made = self.api.post::<Token>(host, "/v3/vault/setup-tokens", &request.idempotency_key, body).await;
        made.map_or_else(Denied::of_enrolment, Token::waits)
    }

    /// Looks whether the person has approved; if so, a payment token is made of the set-up token, once.
    pub(crate) async fn look_for_way_to_pay(&self, host: &dyn Host, request: &QueryEnrolmentRequest) -> EnrolOutcome {
        let Some(setup) = request.provider_reference.as_deref().filter(|setup| id(setup)) else {
            return EnrolOutcome::unknown("PayPal has given no id for it, and finds nothing by ours");
        };
        match self.api.get::<Token>(host, &format!("/v3/vault/setup-tokens/{setup}")).await {
            Ok(found) if found.id != setup => return EnrolOutcome::unknown("PayPal answered with another token"),
            Ok(found) if found.status != "APPROVED" => return found.waits(),
            Ok(_) => {}
            Err(denied) => return denied.of_enrolment(),
        }
        let body = json!({ "payment_source": { "token": { "id": setup, "type": "SETUP_TOKEN" } } }).to_string();
        // The same key for every repetition, so that a lost answer does not make a second one.
        let stored = self.api.post::<Token>(host, "/v3/vault/payment-tokens", &request.reference, body).await;
        stored.map_or_else(Denied::of_enrolment, Token::stored)
    }
}

impl Token {
    fn waits(self) -> EnrolOutcome {
        if self.id.is_empty() {
            return EnrolOutcome::unknown("PayPal's answer is not understood");
        }
        let provider_reference = Some(self.id);
        match approval(&self.links) {
            Some(url) if matches!(self.status.as_str(), "CREATED" | "PAYER_ACTION_REQUIRED") => {
                let next = NextStep::Link { url: url.to_owned() };
                EnrolOutcome::ActionRequired { next, expires_ms: None, provider_reference }
            }
            _ => EnrolOutcome::pending(POLL_AFTER_MS, provider_reference),
        }
    }

    fn stored(self) -> EnrolOutcome {
        if self.id.is_empty() {
            return EnrolOutcome::unknown("PayPal's answer is not understood");
        }
        let named = [("vault_id", Some(self.id)), ("customer_id", self.customer.id)].into_iter();
        let ids = named.filter_map(|(name, id)| Some((name.to_owned(), id?))).collect();
        let email = self.payment_source.paypal.and_then(|wallet| wallet.email_address);
        let label = match email.as_deref().and_then(|email| email.split_once('@')) {
            Some((name, host)) => format!("PayPal {}***@{host}", name.chars().take(1).collect::<String>()),
            None => "PayPal".to_owned(),
        };
        EnrolOutcome::Enrolled { instrument: Instrument { ids, label } }
    }
}
