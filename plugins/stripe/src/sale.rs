//! What is sold, in the fields of a PaymentIntent, and as the form of one or of a Checkout Session. Both bear our reference, and
//! nothing in a form depends on the time: a repetition with the same key must be the same to the letter.

use crate::tables::CURRENCIES;
use crate::wire::{PAYEE, REFERENCE, id_of, tag};
use sayso_plugin_sdk::prelude::*;
use sayso_plugin_sdk::text::{plain, title};
use serde_json::{Value, json};

/// The longest description, in bytes.
const DESCRIPTION_MAX: usize = 500;

/// What a request is about; an error is why Stripe can't be asked for it.
pub fn of(request: &PayRequest) -> Told<Value> {
    let never = |why, code| Denied::no(why, RetryAdvice::Never, code);
    // The connected account that gets the money, or the operator's own.
    let destination = match request.payee.account.get("account").map(String::as_str) {
        Some("own") => Value::Null,
        Some(account) if account.starts_with("acct_") => json!({ "destination": account }),
        _ => return Err(never(DeclineCode::PayeeRefused, "sayso: the payee has no `account`")),
    };
    let amount = CURRENCIES.units(request.amount);
    let amount = amount.ok_or_else(|| never(DeclineCode::CurrencyRefused, "sayso: Stripe has no such amount"))?;
    let stored = |name: &str| request.instrument.as_ref().and_then(|instrument| instrument.ids.get(name));
    Ok(json!({
        "amount": amount,
        "currency": request.amount.currency.code().to_ascii_lowercase(),
        "description": plain(&title(request, ": "), DESCRIPTION_MAX, |_| false, "Sayso"),
        "metadata": { REFERENCE: request.reference, PAYEE: request.payee.id },
        "capture_method": request.authorize_only.then_some("manual"),
        "customer": stored("customer"),
        "payment_method": stored("payment_method"),
        "transfer_data": destination,
    }))
}

/// A PaymentIntent that is made and confirmed at once.
#[must_use]
pub fn intent(sale: &Value) -> Value {
    let mut form = sale.clone();
    form["confirm"] = json!(true);
    form["off_session"] = json!(true);
    form["automatic_payment_methods"] = json!({ "enabled": true, "allow_redirects": "never" });
    form
}

/// A Checkout Session for it, or for an intent that Stripe shows; `None` if that does not say enough.
#[must_use]
pub fn session(sale: &Value, return_url: &str) -> Option<Value> {
    let tags = json!({ REFERENCE: tag(sale, REFERENCE)?, PAYEE: tag(sale, PAYEE) });
    let description = sale.text("description")?;
    let price = json!({
        "currency": sale.text("currency")?,
        "unit_amount": sale.whole("amount")?,
        "product_data": { "name": description },
    });
    Some(json!({
        "mode": "payment",
        "success_url": return_url,
        "client_reference_id": tag(sale, REFERENCE),
        "customer": id_of(sale.at("customer")),
        "metadata": tags,
        "line_items": [{ "quantity": 1, "price_data": price }],
        "payment_intent_data": {
            "metadata": tags,
            "description": description,
            "capture_method": sale.text("capture_method").filter(|how| *how == "manual"),
            "transfer_data": { "destination": id_of(sale.at("transfer_data/destination")) },
        },
    }))
}
