//! Cards that are stored: a page of Checkout on which the person enters one, without a payment.

use crate::client::Stripe;
use crate::wire::{Intent, POLL_AFTER_MS, REFERENCE, Session, id_of};
use sayso_plugin_sdk::form::{Form, path_part};
use sayso_plugin_sdk::prelude::*;
use serde_json::Value;

impl Stripe {
    /// Opens a page for a card.
    pub(crate) async fn begin_enrolment(&self, host: &dyn Host, request: &EnrolRequest) -> EnrolOutcome {
        let tags = Form::new().field(REFERENCE, &request.reference).field("sayso_person", &request.person);
        let form = Form::new()
            .field("mode", "setup")
            .field("success_url", &self.settings.return_url)
            .field("client_reference_id", &request.reference)
            .field("customer_creation", "always")
            .field("payment_method_types[]", "card")
            .below("metadata", &tags)
            .below("setup_intent_data[metadata]", &tags);
        match self.post(host, "checkout/sessions", &request.idempotency_key, &form).await {
            Ok(body) => {
                self.read(host, &body, &request.reference).map_or_else(Silence::of_enrolment, |page| enrolled(&page))
            }
            Err(denied) => denied.of_enrolment(),
        }
    }

    /// Looks what became of the page.
    pub(crate) async fn ask_enrolment(&self, host: &dyn Host, request: &QueryEnrolmentRequest) -> EnrolOutcome {
        match self.page_of(host, request).await {
            Ok(Some(session)) => enrolled(&session),
            Ok(None) => EnrolOutcome::NotFound,
            Err(silence) => silence.of_enrolment(),
        }
    }

    async fn page_of(&self, host: &dyn Host, request: &QueryEnrolmentRequest) -> Result<Option<Session>, Silence> {
        let expand = |within: &str| Form::new().field("expand[]", format!("{within}setup_intent.payment_method"));
        let (sessions, reference) = ("checkout/sessions", &request.reference);
        let Some(id) = &request.provider_reference else {
            let all: Vec<Session> = self.search(host, sessions, expand("data."), reference, None).await?;
            return Ok(all.into_iter().next());
        };
        let page = self.get(host, &format!("{sessions}/{}", path_part(id)), &expand("")).await?;
        self.read(host, &page, reference).map(Some)
    }
}

/// What a session says of an enrolment.
fn enrolled(session: &Session) -> EnrolOutcome {
    let provider_reference = Some(session.id.clone());
    let intent = session.intent();
    match (session.stands(), intent.as_ref().map(Intent::stands)) {
        (Standing::Gone, _) | (Standing::Done, Some(Standing::Gone)) => {
            EnrolOutcome::Failed { code: DeclineCode::Canceled, provider_code: session.status.clone() }
        }
        (Standing::Done, Some(Standing::Done)) => {
            let stored = intent.and_then(|intent| instrument(session, &intent));
            let whose = "Stripe stored a card, but does not say whose or which";
            stored.map_or_else(|| EnrolOutcome::unknown(whose), |instrument| EnrolOutcome::Enrolled { instrument })
        }
        _ => match session.page() {
            Some((next, expires_ms)) => EnrolOutcome::ActionRequired { next, expires_ms, provider_reference },
            None => EnrolOutcome::pending(POLL_AFTER_MS, provider_reference),
        },
    }
}

fn instrument(session: &Session, intent: &Intent) -> Option<Instrument> {
    let customer = id_of(intent.customer.as_ref().or(session.customer.as_ref()))?;
    let method = id_of(intent.payment_method.as_ref())?;
    let ids = [("customer", customer), ("payment_method", method)].map(|(key, id)| (key.to_owned(), id.to_owned()));
    Some(Instrument { ids: ids.into(), label: label(intent.payment_method.as_ref()) })
}

/// What a person tells a card by.
fn label(method: Option<&Value>) -> String {
    let card = method.and_then(|method| method.get("card"));
    let text = |name: &str| card.and_then(|card| card[name].as_str()).unwrap_or_default().to_owned();
    let brand = match text("brand").as_str() {
        "amex" => "American Express".to_owned(),
        "jcb" => "JCB".to_owned(),
        "unionpay" => "UnionPay".to_owned(),
        "" | "unknown" => "card".to_owned(),
        other => other.chars().take(1).flat_map(char::to_uppercase).chain(other.chars().skip(1)).collect(),
    };
    match text("last4") {
        last if last.len() == 4 => format!("{brand} ending in {last}"),
        _ => brand,
    }
}
