//! Cards that are stored: a page of Checkout on which the person enters one, without a payment.

use crate::client::{Stripe, problem};
use crate::tables::Stands;
use crate::wire::{POLL_AFTER_MS, REFERENCE, Session, id_of};
use sayso_plugin_sdk::form::{Form, path_part};
use sayso_plugin_sdk::prelude::*;
use serde_json::Value;

impl Stripe {
    /// Opens a page for a card.
    pub async fn begin_enrolment(&self, host: &dyn Host, request: &EnrolRequest) -> EnrolOutcome {
        let tags = Form::new().field(REFERENCE, &request.reference).field("sayso_person", &request.person);
        let form = Form::new()
            .field("mode", "setup")
            .field("success_url", &self.settings.return_url)
            .field("client_reference_id", &request.reference)
            .field("customer_creation", "always")
            .field("payment_method_types[]", "card")
            .below("metadata", &tags)
            .below("setup_intent_data[metadata]", &tags);
        let answered = match self.post(host, "checkout/sessions", &request.idempotency_key, &form).await {
            Ok(answered) => answered,
            Err(silence) => return silence.of_enrolment(),
        };
        if answered.fine() {
            return match self.read(host, &answered.body, &request.reference) {
                Ok(session) => enrolled(&session),
                Err(reason) => EnrolOutcome::unknown(reason),
            };
        }
        let problem = problem(&answered.body);
        match (answered.status, problem.kind.as_str()) {
            (400 | 401 | 403, "invalid_request_error") => {
                EnrolOutcome::Failed { code: DeclineCode::Configuration, provider_code: problem.code }
            }
            (status, kind) => EnrolOutcome::unknown(format!("Stripe answered with status {status} ({kind})")),
        }
    }

    /// Looks what became of the page.
    pub async fn ask_enrolment(&self, host: &dyn Host, request: &QueryEnrolmentRequest) -> EnrolOutcome {
        let expand = |within: &str| Form::new().field("expand[]", format!("{within}setup_intent.payment_method"));
        let reference = &request.reference;
        let found: Result<Option<Session>, String> = match &request.provider_reference {
            Some(id) => match self.get(host, &format!("checkout/sessions/{}", path_part(id)), &expand("")).await {
                Ok(answered) if answered.fine() => self.read(host, &answered.body, reference).map(Some),
                Ok(answered) => Err(format!("Stripe answered with status {} about {id}", answered.status)),
                Err(silence) => Err(Silence::reason(silence)),
            },
            None => {
                let all = self.search(host, "checkout/sessions", expand("data."), reference, None).await;
                all.map(|sessions: Vec<Session>| sessions.into_iter().next())
            }
        };
        match found {
            Ok(Some(session)) => enrolled(&session),
            Ok(None) => EnrolOutcome::NotFound,
            Err(reason) => EnrolOutcome::unknown(reason),
        }
    }
}

/// What a session says of an enrolment.
fn enrolled(session: &Session) -> EnrolOutcome {
    let provider_reference = Some(session.id.clone());
    let over = || EnrolOutcome::Failed { code: DeclineCode::Canceled, provider_code: session.status.clone() };
    match (session.stands(), session.intent()) {
        (Stands::Gone, _) => over(),
        (Stands::Done, Some(intent)) if intent.stands() == Stands::Gone => over(),
        (Stands::Done, Some(intent)) if intent.stands() == Stands::Done => {
            let customer = id_of(intent.customer.as_ref().or(session.customer.as_ref()));
            let method = id_of(intent.payment_method.as_ref());
            match (customer, method) {
                (Some(customer), Some(method)) => EnrolOutcome::Enrolled {
                    instrument: Instrument {
                        ids: [("customer", customer), ("payment_method", method)]
                            .map(|(key, id)| (key.to_owned(), id.to_owned()))
                            .into(),
                        label: label(intent.payment_method.as_ref()),
                    },
                },
                _ => EnrolOutcome::unknown("Stripe stored a card, but does not say whose or which".to_owned()),
            }
        }
        _ => match session.page() {
            Some((next, expires_ms)) => EnrolOutcome::ActionRequired { next, expires_ms, provider_reference },
            None => EnrolOutcome::Pending { poll_after_ms: POLL_AFTER_MS, provider_reference },
        },
    }
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
