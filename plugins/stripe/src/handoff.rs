//! From a card whose bank wants to see the person to a page on the phone.
//!
//! Exactly one of the two may ever take money. So the intent that was refused is canceled first, and only when Stripe says
//! that it is canceled is the page made. Both bear our reference. The page's key is made of the intent's id: whoever goes
//! on (this call, a repetition of it, a query after a crash) gets the same page, and a page whose address nobody has heard
//! can't be paid.

use crate::client::Client;
use crate::sale;
use crate::wire::{Object, REFERENCE, tag};
use sayso_plugin_sdk::prelude::*;
use serde_json::{Value, json};

impl Client {
    /// What something that was found says of the payment; goes on with the hand-off where it was begun.
    pub(crate) async fn outcome(&self, host: &dyn Host, found: &Object) -> Told<Outcome> {
        if found.wants_person() { self.hand_off(host, found).await } else { Ok(found.outcome()) }
    }

    /// Hands a payment to the person that its bank wants to see.
    pub(crate) async fn hand_off(&self, host: &dyn Host, intent: &Object) -> Told<Outcome> {
        if intent.stands() != Standing::Gone {
            let key = format!("sayso-aside-{}", intent.id());
            let after = self.cancel_intent(host, intent, &key, "abandoned").await.map_err(Denied::after)?;
            if after.stands() != Standing::Gone {
                return Ok(after.outcome());
            }
        }
        let key = format!("sayso-page-{}", intent.id());
        // Nothing is left that could take money if the page is refused for good, also where a mere question went on with it.
        Ok(self.open_page(host, &intent.0, &key).await.unwrap_or_else(Denied::of_known))
    }

    /// Makes a page on which the person pays.
    pub(crate) async fn open_page(&self, host: &dyn Host, sale: &Value, key: &str) -> Told<Outcome> {
        let form = sale::session(sale, &self.settings.return_url);
        let form = form.ok_or_else(|| Denied::unclear("the payment says too little of itself to be handed over"))?;
        let page = self.post(host, "checkout/sessions", key, &form).await?;
        Ok(self.ours(host, page, tag(sale, REFERENCE).unwrap_or_default())?.outcome())
    }

    /// Cancels an intent; the intent as Stripe says that it is now.
    pub(crate) async fn cancel_intent(&self, host: &dyn Host, intent: &Object, key: &str, why: &str) -> Told<Object> {
        self.change(host, intent, ("cancel", key), &json!({ "cancellation_reason": why })).await
    }
}
