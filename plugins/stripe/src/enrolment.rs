//! Cards that are stored: a page of Checkout on which the person enters one, without a payment.

use crate::client::Client;
use crate::tables::BRANDS;
use crate::wire::{Object, REFERENCE, id_of};
use sayso_plugin_sdk::prelude::*;
use serde_json::{Value, json};

#[async_trait]
impl Enrolments for Client {
    /// Opens a page for a card.
    async fn enrol(&self, host: &dyn Host, request: &EnrolRequest) -> Told<EnrolOutcome> {
        let tags = json!({ REFERENCE: request.reference, "sayso_person": request.person });
        let page = json!({
            "mode": "setup",
            "success_url": self.settings.return_url,
            "client_reference_id": request.reference,
            "customer_creation": "always",
            "payment_method_types": ["card"],
            "metadata": tags,
            "setup_intent_data": { "metadata": tags },
        });
        let made = self.post(host, "checkout/sessions", &request.idempotency_key, &page).await?;
        Ok(enrolled(&self.ours(host, made, &request.reference)?))
    }

    /// Looks what became of the page.
    async fn query_enrolment(&self, host: &dyn Host, request: &QueryEnrolmentRequest) -> Told<EnrolOutcome> {
        let (reference, method) = (&request.reference, "setup_intent.payment_method");
        let page = match &request.provider_reference {
            Some(id) => Some(self.fetch(host, id, method, reference).await?),
            None => self.page(host, method, reference, None).await?,
        };
        page.as_ref().map(enrolled).ok_or_else(|| Denied::missing("no page bears our reference"))
    }
}

/// What a page says of an enrolment: nothing is stored before its intent is done, too.
fn enrolled(page: &Object) -> EnrolOutcome {
    let intent = page.intent();
    let standing = match (page.stands(), intent.as_ref().map(Object::stands)) {
        (Standing::Done, Some(over @ (Standing::Done | Standing::Gone))) => over,
        (Standing::Done, _) => Standing::Working,
        (standing, _) => standing,
    };
    let stored = intent.and_then(|intent| stored(page, &intent.0));
    standing.enrolment(page.0.word("status"), stored, page.open(EnrolOutcome::waits))
}

fn stored(page: &Object, intent: &Value) -> Option<EnrolOutcome> {
    let customer = id_of(intent.at("customer").or(page.0.at("customer")))?;
    let method = intent.at("payment_method")?;
    let ids = [("customer", customer), ("payment_method", id_of(Some(method))?)];
    Some(EnrolOutcome::enrolled(ids, label(method)))
}

/// What a person tells a card by.
fn label(method: &Value) -> String {
    let brand = BRANDS.meaning(method.word("card/brand")).unwrap_or("card");
    let last = method.text("card/last4").filter(|last| last.len() == 4);
    last.map_or_else(|| brand.to_owned(), |last| format!("{brand} ending in {last}"))
}
