//! A stored way to pay: a set-up token that the person approves once becomes a payment token, which orders then name.

use crate::provider::Client;
use crate::wire::{POLL_AFTER_MS, SETUP_TOKENS, approval, is_path_part};
use sayso_plugin_sdk::prelude::*;
use serde_json::{Value, json};

#[async_trait]
impl Enrolments for Client {
    /// Makes a set-up token, which the person approves on a screen.
    async fn enrol(&self, host: &dyn Host, request: &EnrolRequest) -> Told<EnrolOutcome> {
        let wallet = json!({ "usage_type": "MERCHANT", "experience_context": self.experience(None) });
        let body = json!({ "payment_source": { "paypal": wallet } });
        let made = self.api.post(host, "/v3/vault/setup-tokens", &request.idempotency_key, body).await?;
        waits(&made)
    }

    /// Looks whether the person has approved; if so, a payment token is made of the set-up token, once.
    async fn query_enrolment(&self, host: &dyn Host, request: &QueryEnrolmentRequest) -> Told<EnrolOutcome> {
        let setup = request.provider_reference.as_deref().filter(|setup| is_path_part(setup));
        let setup = setup.ok_or_else(|| Denied::unclear("PayPal has given no id for it, and finds nothing by ours"))?;
        let found = self.api.get(host, &format!("/v3/vault/setup-tokens/{setup}")).await?;
        if found.text("id") != Some(setup) {
            return Err(Denied::unclear("PayPal answered with another token"));
        }
        if SETUP_TOKENS.of(found.word("status")) != Standing::Approved {
            return waits(&found);
        }
        let body = json!({ "payment_source": { "token": { "id": setup, "type": "SETUP_TOKEN" } } });
        // The same key for every repetition, so that a lost answer does not make a second one.
        let stored = self.api.post(host, "/v3/vault/payment-tokens", &request.reference, body).await?;
        Ok(EnrolOutcome::Enrolled { instrument: instrument(&stored)? })
    }
}

fn token_id(token: &Value) -> Told<String> {
    token.owned("id").ok_or_else(|| Denied::unclear("PayPal's answer is not understood"))
}

fn waits(token: &Value) -> Told<EnrolOutcome> {
    let next = approval(token).filter(|_| SETUP_TOKENS.of(token.word("status")) == Standing::Person);
    Ok(EnrolOutcome::waits(next, None, Some(token_id(token)?), POLL_AFTER_MS))
}

fn instrument(token: &Value) -> Told<Instrument> {
    let mut ids = std::collections::BTreeMap::from([("vault_id".to_owned(), token_id(token)?)]);
    ids.extend(token.owned("customer/id").map(|id| ("customer_id".to_owned(), id)));
    let label = match token.word("payment_source/paypal/email_address").split_once('@') {
        Some((name, host)) => format!("PayPal {}***@{host}", name.chars().take(1).collect::<String>()),
        None => "PayPal".to_owned(),
    };
    Ok(Instrument { ids, label })
}
