//! From a card whose bank wants to see the person to a page on the phone.
//!
//! Exactly one of the two may ever take money. So the intent that was refused is canceled first, and only when Stripe says
//! that it is canceled is the page made. Both bear our reference. The page's key is made of the intent's id: whoever goes
//! on (this call, a repetition of it, a query after a crash) gets the same page, and a page whose address nobody has heard
//! can't be paid.

use crate::client::{Found, Stripe, problem, refused};
use crate::sale::Sale;
use crate::tables::Stands;
use crate::wire::{Intent, Metadata, REFERENCE, Session};
use sayso_plugin_sdk::form::{Form, path_part};
use sayso_plugin_sdk::prelude::*;

impl Stripe {
    /// What something that was found says of the payment; goes on with the hand-off where it was begun.
    pub async fn outcome(&self, host: &dyn Host, found: Found) -> Option<Outcome> {
        match found {
            Found::Session(session) => Some(session.outcome()),
            Found::Intent(intent) if intent.wants_person() => Some(self.hand_off(host, &intent).await),
            Found::Intent(intent) => Some(intent.outcome()),
            Found::Nothing => None,
        }
    }

    /// Hands a payment to the person that its bank wants to see.
    pub async fn hand_off(&self, host: &dyn Host, intent: &Intent) -> Outcome {
        let Some(sale) = Sale::again(intent) else {
            return Outcome::unknown("the payment says too little of itself to be handed over");
        };
        if intent.stands() != Stands::Gone {
            let key = format!("sayso-aside-{}", intent.id);
            match self.cancel_intent(host, intent, &key, "abandoned").await {
                Ok(after) if after.stands() == Stands::Gone => {}
                Ok(after) => return after.outcome(),
                Err(reason) => return Outcome::unknown(format!("it can't be put aside: {reason}")),
            }
        }
        let key = format!("sayso-page-{}", intent.id);
        self.open_page(host, &sale, &key, &intent.metadata).await.unwrap_or_else(|silence| silence.of_known())
    }

    /// Makes a page on which the person pays.
    pub async fn open_page(
        &self,
        host: &dyn Host,
        sale: &Sale,
        key: &str,
        tags: &Metadata,
    ) -> Result<Outcome, Silence> {
        let form = sale.session(&self.settings.return_url);
        let answered = self.post(host, "checkout/sessions", key, &form).await?;
        if !answered.fine() {
            return Ok(refused(&answered));
        }
        let reference = tags.get(REFERENCE).map(String::as_str).unwrap_or_default();
        let session = self.read::<Session>(host, &answered.body, reference);
        Ok(session.map_or_else(Outcome::unknown, |session| session.outcome()))
    }

    /// Cancels an intent; the intent as Stripe says that it is now.
    pub async fn cancel_intent(
        &self,
        host: &dyn Host,
        intent: &Intent,
        key: &str,
        reason: &str,
    ) -> Result<Intent, String> {
        let form = Form::new().field("cancellation_reason", reason);
        let path = format!("payment_intents/{}/cancel", path_part(&intent.id));
        self.change(host, intent, &path, key, &form).await
    }

    /// Asks for a change of an intent. Where Stripe refuses, how the intent stands is what counts.
    pub async fn change(
        &self,
        host: &dyn Host,
        intent: &Intent,
        path: &str,
        key: &str,
        form: &Form,
    ) -> Result<Intent, String> {
        let reference = intent.metadata.get(REFERENCE).map(String::as_str).unwrap_or_default();
        let answered = self.post(host, path, key, form).await.map_err(Silence::reason)?;
        match answered.fine() {
            true => self.read(host, &answered.body, reference),
            false if too_late(&answered) => self.fetch(host, &intent.id, reference).await,
            false => Err(format!("Stripe answered with status {}", answered.status)),
        }
    }
}

/// True if Stripe itself refuses a change, as it does when something has moved on in the meantime.
#[must_use]
pub fn too_late(answered: &Answered) -> bool {
    answered.status == 400 && problem(&answered.body).kind == "invalid_request_error"
}
