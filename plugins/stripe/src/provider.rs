//! The verbs: what to ask of Stripe, and what its answers mean.

use crate::client::{Client, PAYMENT, denied};
use crate::sale;
use crate::settings::{PLACES, Settings};
use crate::tables::CURRENCIES;
use crate::wire::{OF_REFUND, Object, REFERENCE, money, refunded, wants_person};
use sayso_plugin_sdk::form::{Form, path_part};
use sayso_plugin_sdk::prelude::*;
use serde_json::{Value, json};

/// How long a key is good: Stripe may forget it after 24 hours, and would then pay anew. One hour is for clocks.
const KEY_LIFE_MS: u64 = 23 * 60 * 60 * 1000;

/// Stripe, as Sayso knows it.
pub type Stripe = Translated<Client>;

impl Client {
    async fn charge(&self, host: &dyn Host, sale: &Value, request: &PayRequest) -> Told<Outcome> {
        let answered = self.try_to(host, "payment_intents", &request.idempotency_key, &sale::intent(sale)).await?;
        if answered.fine() {
            return Ok(self.ours(host, answered.body, &request.reference)?.outcome());
        }
        let problem = &answered.body["error"];
        let Some(inner) = problem.at("payment_intent") else { return Err(denied(&answered)) };
        let intent = self.ours(host, inner.clone(), &request.reference)?;
        if wants_person(problem) && intent.wants_person() {
            return self.hand_off(host, &intent).await;
        }
        Err(denied(&answered))
    }

    /// The intent of a payment, however it was made.
    async fn intent_of(&self, host: &dyn Host, reference: &str, id: Option<&str>) -> Told<Object> {
        let found = self.find(host, reference, id, None).await?;
        found.intent().ok_or_else(|| Denied::unclear("it was not paid yet"))
    }
}

#[async_trait]
impl Translator for Client {
    const MEND: &'static str =
        "copy `api_key` anew from the dashboard; a restricted key needs the right to read the balance";

    fn capabilities(configured: Option<&Self>) -> Capabilities {
        let place = configured.map_or_else(|| PLACES.usual(), |client| client.settings.place.clone());
        Capabilities {
            currencies: CURRENCIES.all(),
            off_session: true,
            authorize_and_capture: true,
            partial_refund: true,
            query_by_reference: true,
            idempotency_key_life_ms: Some(KEY_LIFE_MS),
            secrets: vec!["api_key".to_owned()],
            secrets_inside: vec!["webhook_secret".to_owned()],
            handoff: vec![HandoffKind::Link, HandoffKind::Qr],
            enrolment: true,
            ..place.capabilities("stripe", env!("CARGO_PKG_VERSION"))
        }
    }

    fn create(configuration: &str) -> Result<Self, String> {
        Ok(Client { settings: Settings::read(configuration)? })
    }

    async fn pay(&self, host: &dyn Host, request: &PayRequest) -> Told<Outcome> {
        let sale = sale::of(request)?;
        if !self.settings.place.is_live() {
            // A live key here would move real money that everybody takes for play money, so the mode is asked for before anything
            // moves. The other way round nothing can be lost.
            let balance = self.get(host, "balance", &Form::new()).await;
            let balance = balance.map_err(|denied| Denied::not_sent(denied.silence().reason()))?;
            self.same_mode(host, &balance).map_err(Denied::not_sent)?;
        }
        // With both it can be charged while the person is not there.
        match sale.text("customer").and(sale.text("payment_method")) {
            Some(_) => self.charge(host, &sale, request).await,
            None => self.open_page(host, &sale, &request.idempotency_key).await,
        }
    }

    async fn advance(&self, host: &dyn Host, request: &AdvanceRequest) -> Told<Outcome> {
        let found = self.find(host, &request.reference, request.provider_reference.as_deref(), None).await?;
        // Of a page only one that is done.
        let ready = matches!(found.stands(), Standing::Done | Standing::Reserved);
        let reserved = found.intent().filter(|intent| ready && intent.stands() == Standing::Reserved);
        let Some(intent) = reserved else { return self.outcome(host, &found).await };
        if money(&intent.0, "amount_capturable") != Some(request.amount) {
            return Err(Denied::unclear("what is reserved is another amount, so it was not captured"));
        }
        Ok(self.change(host, &intent, ("capture", &request.idempotency_key), &json!({})).await?.outcome())
    }

    async fn query(&self, host: &dyn Host, request: &QueryRequest) -> Told<Outcome> {
        let found = self.find(host, &request.reference, request.provider_reference.as_deref(), request.sent_ms).await?;
        self.outcome(host, &found).await
    }

    async fn cancel(&self, host: &dyn Host, request: &CancelRequest) -> Told<Outcome> {
        let (reference, key) = (request.reference.as_str(), request.idempotency_key.as_str());
        let found = self.find(host, reference, request.provider_reference.as_deref(), None).await?;
        if found.is_page() && found.stands() == Standing::Person {
            let after = self.change(host, &found, ("expire", key), &json!({})).await?;
            // Somebody may have begun to pay on it, of which only the whole page tells.
            let begun = after.0.at("payment_intent").is_some() && after.intent().is_none();
            let whole = if begun { self.fetch(host, found.id(), PAYMENT, reference).await? } else { after };
            return Ok(whole.outcome());
        }
        let open = |intent: &Object| match intent.stands() {
            Standing::Done | Standing::Gone => false,
            standing => standing == Standing::Reserved || !found.is_page(),
        };
        match found.intent().filter(open) {
            Some(intent) => Ok(self.cancel_intent(host, &intent, key, "requested_by_customer").await?.outcome()),
            None => Ok(found.outcome()),
        }
    }

    async fn refund(&self, host: &dyn Host, request: &RefundRequest) -> Told<RefundOutcome> {
        let intent = self.intent_of(host, &request.reference, request.provider_reference.as_deref()).await?;
        let units = CURRENCIES.units(request.amount);
        let units = units.filter(|_| money(&intent.0, "amount_received") == Some(request.paid));
        let other = || Denied::unclear("Stripe has charged another amount; nothing was given back");
        let body = json!({
            "payment_intent": intent.id(),
            "amount": units.ok_or_else(other)?,
            "reason": "requested_by_customer",
            "reverse_transfer": intent.0.at("transfer_data").map(|_| true),
            "metadata": { REFERENCE: request.reference, OF_REFUND: request.refund_reference },
        });
        let refund = self.post(host, "refunds", &request.idempotency_key, &body).await?;
        refunded(&refund, &request.refund_reference)
    }

    async fn query_refund(&self, host: &dyn Host, request: &QueryRefundRequest) -> Told<RefundOutcome> {
        let own = &request.refund_reference;
        if let Some(id) = &request.provider_reference {
            let refund = self.get(host, &format!("refunds/{}", path_part(id)), &Form::new()).await;
            // That Stripe does not know a refund that was there is no answer.
            return refunded(&refund.map_err(Denied::silence)?, own);
        }
        let intent = self.intent_of(host, &request.reference, request.payment_provider_reference.as_deref()).await?;
        let list = ("refunds", Form::new().field("payment_intent", intent.id()));
        let found = self.search(host, list, (OF_REFUND, own), None).await?;
        found.first().map_or(Ok(RefundOutcome::NotFound), |refund| refunded(refund, own))
    }

    async fn check_credentials(&self, host: &dyn Host) -> Told<CredentialsAnswer> {
        let balance = self.get(host, "balance", &Form::new()).await?;
        let live = balance["livemode"].as_bool().ok_or_else(|| Denied::unclear("Stripe does not say its mode"))?;
        Ok(self.settings.place.credentials(None, live))
    }
}
