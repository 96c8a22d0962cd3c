//! A stored way to pay: a set-up token that the person approves once becomes a payment token, which orders then name.

use crate::api::{Request, Said, id, json as read};
use crate::provider::PayPal;
use crate::wire::{Link, POLL_AFTER_MS, approval};
use sayso_plugin_sdk::prelude::*;
use serde::Deserialize;
use serde_json::json;
use std::collections::BTreeMap;

/// A set-up token or a payment token.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
struct Token {
    #[serde(default)]
    id: String,
    #[serde(default)]
    status: String,
    #[serde(default)]
    customer: Customer,
    #[serde(default)]
    payment_source: Source,
    #[serde(default)]
    links: Vec<Link>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
struct Customer {
    #[serde(default)]
    id: Option<String>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
struct Source {
    #[serde(default)]
    paypal: Option<Wallet>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
struct Wallet {
    #[serde(default)]
    email_address: Option<String>,
}

impl PayPal {
    /// Makes a set-up token, which the person approves on a screen.
    pub(crate) async fn store_way_to_pay(&self, host: &dyn Host, request: EnrolRequest) -> EnrolOutcome {
        let wallet = json!({ "usage_type": "MERCHANT", "experience_context": self.experience("") });
        let body = json!({ "payment_source": { "paypal": wallet } }).to_string();
        let said = self.api.ask(host, Request::post("/v3/vault/setup-tokens", &request.idempotency_key, &body)).await;
        match token(said) {
            Ok(token) => waits(token),
            Err(outcome) => outcome,
        }
    }

    /// Looks whether the person has approved; if so, a payment token is made of the set-up token, once.
    pub(crate) async fn look_for_way_to_pay(&self, host: &dyn Host, request: QueryEnrolmentRequest) -> EnrolOutcome {
        let Some(setup) = request.provider_reference.as_deref().filter(|setup| id(setup)) else {
            return EnrolOutcome::unknown("PayPal has given no id for it, and finds nothing by ours");
        };
        let path = format!("/v3/vault/setup-tokens/{setup}");
        let approved = match token(self.api.ask(host, Request::get(&path)).await) {
            Ok(found) if found.id == setup && found.status == "APPROVED" => found,
            Ok(found) if found.id == setup => return waits(found),
            Ok(_) => return EnrolOutcome::unknown("PayPal answered with another token"),
            Err(outcome) => return outcome,
        };
        let body = json!({ "payment_source": { "token": { "id": approved.id, "type": "SETUP_TOKEN" } } }).to_string();
        // The same for every repetition, so that a lost answer does not make a second one.
        let said = self.api.ask(host, Request::post("/v3/vault/payment-tokens", &request.reference, &body)).await;
        match token(said) {
            Ok(stored) => EnrolOutcome::Enrolled { instrument: instrument(stored) },
            Err(outcome) => outcome,
        }
    }
}

fn token(said: Said) -> Result<Token, EnrolOutcome> {
    Err(match said {
        Said::Done(body) => match read::<Token>(&body) {
            Some(token) if !token.id.is_empty() => return Ok(token),
            _ => EnrolOutcome::unknown("PayPal's answer is not understood"),
        },
        Said::Declined(code, _, issue) => EnrolOutcome::Failed { code, provider_code: Some(issue) },
        Said::NotFound => EnrolOutcome::NotFound,
        Said::Wait => EnrolOutcome::Pending { poll_after_ms: POLL_AFTER_MS, provider_reference: None },
        Said::Unclear(reason) | Said::NotSent(reason) => EnrolOutcome::unknown(reason),
        other => EnrolOutcome::unknown(format!("PayPal's answer does not fit: {other:?}")),
    })
}

fn waits(token: Token) -> EnrolOutcome {
    let provider_reference = Some(token.id).filter(|id| !id.is_empty());
    match approval(&token.links) {
        Some(url) if matches!(token.status.as_str(), "CREATED" | "PAYER_ACTION_REQUIRED") => {
            EnrolOutcome::ActionRequired {
                next: NextStep::Link { url: url.to_owned() },
                expires_ms: None,
                provider_reference,
            }
        }
        _ => EnrolOutcome::Pending { poll_after_ms: POLL_AFTER_MS, provider_reference },
    }
}

fn instrument(token: Token) -> Instrument {
    let mut ids = BTreeMap::from([("vault_id".to_owned(), token.id)]);
    if let Some(customer) = token.customer.id {
        ids.insert("customer_id".to_owned(), customer);
    }
    let email = token.payment_source.paypal.and_then(|wallet| wallet.email_address);
    let label = match email.as_deref().and_then(|email| email.split_once('@')) {
        Some((name, host)) => format!("PayPal {}***@{host}", name.chars().next().map(String::from).unwrap_or_default()),
        None => "PayPal".to_owned(),
    };
    Instrument { ids, label }
}
