//! From a card whose bank wants to see the person to a page on the phone.
//!
//! Exactly one of the two may ever take money. So the intent that was refused is canceled first, and only when Stripe says
//! that it is canceled is the page made. Both bear our reference. The page's key is made of the intent's id: whoever goes
//! on (this call, a repetition of it, a query after a crash) gets the same page, and a page whose address nobody has heard
//! can't be paid.

use crate::client::{Found, Stripe};
use crate::sale::Sale;
use crate::wire::{Intent, Session};
use sayso_plugin_sdk::form::Form;
use sayso_plugin_sdk::prelude::*;

impl Stripe {
    /// What something that was found says of the payment; goes on with the hand-off where it was begun.
    pub(crate) async fn outcome(&self, host: &dyn Host, found: Found) -> Option<Outcome> {
        match found {
            Found::Session(session) => Some(session.outcome()),
            Found::Intent(intent) if intent.wants_person() => Some(self.hand_off(host, &intent).await),
            Found::Intent(intent) => Some(intent.outcome()),
            Found::Nothing => None,
        }
    }

    /// Hands a payment to the person that its bank wants to see.
    pub(crate) async fn hand_off(&self, host: &dyn Host, intent: &Intent) -> Outcome {
        let Some(sale) = Sale::again(intent) else {
            return Outcome::unknown("the payment says too little of itself to be handed over");
        };
        if intent.stands() != Standing::Gone {
            let key = format!("sayso-aside-{}", intent.id);
            match self.cancel_intent(host, intent, &key, "abandoned").await {
                Ok(after) if after.stands() == Standing::Gone => {}
                Ok(after) => return after.outcome(),
                Err(silence) => return Outcome::unknown(format!("it can't be put aside: {}", silence.reason())),
            }
        }
        let key = format!("sayso-page-{}", intent.id);
        self.open_page(host, &sale, &key, intent.reference()).await.unwrap_or_else(Denied::of_known)
    }

    /// Makes a page on which the person pays.
    pub(crate) async fn open_page(
        &self,
        host: &dyn Host,
        sale: &Sale,
        key: &str,
        reference: &str,
    ) -> Result<Outcome, Denied> {
        let body = self.post(host, "checkout/sessions", key, &sale.session(&self.settings.return_url)).await?;
        let session = self.read::<Session>(host, &body, reference);
        Ok(session.map_or_else(Silence::of_known, |session| session.outcome()))
    }

    /// Cancels an intent; the intent as Stripe says that it is now.
    pub(crate) async fn cancel_intent(
        &self,
        host: &dyn Host,
        intent: &Intent,
        key: &str,
        reason: &str,
    ) -> Result<Intent, Silence> {
        let form = Form::new().field("cancellation_reason", reason);
        self.change(host, (&intent.id, intent.reference()), ("cancel", key), &form).await
    }
}
