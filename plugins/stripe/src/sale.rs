//! What is sold, as the form of a PaymentIntent or of a Checkout Session. Both bear our reference, and nothing in a form
//! depends on the time: a repetition with the same key must be the same to the letter.

use crate::amounts::to_wire;
use crate::wire::{Intent, Metadata, PAYEE, REFERENCE, id_of};
use sayso_plugin_sdk::PayRequest;
use sayso_plugin_sdk::form::Form;

/// The longest description, in characters.
const DESCRIPTION_MAX: usize = 500;

/// What is sold.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sale {
    units: i64,
    currency: String,
    description: String,
    metadata: Metadata,
    manual: bool,
    customer: Option<String>,
    payment_method: Option<String>,
    /// The connected account that gets the money; `None` is the operator's own.
    destination: Option<String>,
}

impl Sale {
    /// What a request is about; an error is why Stripe can't be asked for it.
    pub fn of(request: &PayRequest) -> Result<Sale, Refused> {
        let account = request.payee.account.get("account").map(String::as_str);
        let destination = match account {
            Some("own") => None,
            Some(account) if account.starts_with("acct_") => Some(account.to_owned()),
            _ => return Err(Refused::Payee),
        };
        let part = |name: &str| request.instrument.as_ref().and_then(|instrument| instrument.ids.get(name)).cloned();
        let (name, purpose) = (request.payee.name.trim(), request.purpose.trim());
        let texts = [if name.is_empty() { &request.payee.id } else { name }, purpose];
        let description = texts.into_iter().filter(|text| !text.is_empty()).collect::<Vec<_>>().join(": ");
        Ok(Sale {
            units: to_wire(request.amount).ok_or(Refused::Amount)?,
            currency: request.amount.currency.code().to_ascii_lowercase(),
            description: description.chars().take(DESCRIPTION_MAX).collect(),
            metadata: [(REFERENCE, &request.reference), (PAYEE, &request.payee.id)]
                .map(|(key, value)| (key.to_owned(), value.clone()))
                .into(),
            manual: request.authorize_only,
            customer: part("customer"),
            payment_method: part("payment_method"),
            destination,
        })
    }

    /// What an intent was about; `None` if it does not say enough.
    #[must_use]
    pub fn again(intent: &Intent) -> Option<Sale> {
        Some(Sale {
            units: intent.amount?,
            currency: intent.currency.clone(),
            description: intent.description.clone()?,
            metadata: intent.metadata.clone(),
            manual: intent.capture_method.as_deref() == Some("manual"),
            customer: id_of(intent.customer.as_ref()).map(str::to_owned),
            payment_method: None,
            destination: intent.transfer_data.as_ref().and_then(|to| id_of(to.get("destination"))).map(str::to_owned),
        })
    }

    /// True if it can be charged while the person is not there.
    #[must_use]
    pub fn off_session(&self) -> bool {
        self.customer.is_some() && self.payment_method.is_some()
    }

    fn tags(&self) -> Form {
        self.metadata.iter().fold(Form::new(), |form, (key, value)| form.field(key, value))
    }

    /// What an intent of Checkout has in common with one of ours.
    fn inner(&self) -> Form {
        Form::new()
            .below("metadata", &self.tags())
            .field("description", &self.description)
            .field_if("capture_method", self.manual.then_some("manual"))
            .field_if("transfer_data[destination]", self.destination.as_ref())
    }

    /// A PaymentIntent that is made and confirmed at once.
    #[must_use]
    pub fn intent(&self) -> Form {
        Form::new()
            .field("amount", self.units)
            .field("currency", &self.currency)
            .field("confirm", true)
            .field("off_session", true)
            .field_if("customer", self.customer.as_ref())
            .field_if("payment_method", self.payment_method.as_ref())
            .field("automatic_payment_methods[enabled]", true)
            .field("automatic_payment_methods[allow_redirects]", "never")
            .and(&self.inner())
    }

    /// A Checkout Session for it.
    #[must_use]
    pub fn session(&self, return_url: &str) -> Form {
        let price = Form::new()
            .field("currency", &self.currency)
            .field("unit_amount", self.units)
            .field("product_data[name]", &self.description);
        Form::new()
            .field("mode", "payment")
            .field("success_url", return_url)
            .field_if("client_reference_id", self.metadata.get(REFERENCE))
            .field_if("customer", self.customer.as_ref())
            .below("metadata", &self.tags())
            .field("line_items[0][quantity]", 1)
            .below("line_items[0][price_data]", &price)
            .below("payment_intent_data", &self.inner())
    }
}

/// Why Stripe can't be asked for a payment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refused {
    /// The configuration does not say where Stripe finds the payee.
    Payee,
    /// Stripe has no such amount.
    Amount,
}
