//! Records to rows and back.

use super::failure::unreadable;
use super::reader::ReadError;
use crate::ledger::{Books, PaymentId};
use crate::payments::{Payment, Refund, RefundStatus};
use rusqlite::Row;
use sayso_plugin_interface::{Currency, Money};
use serde::Serialize;
use serde::de::DeserializeOwned;

/// The columns that [`payment`] reads.
pub(super) const PAYMENT_COLUMNS: &str = "id, version, status, consent, payee, payee_name, provider, provider_name, purpose, person, practice, \
     currency, amount, held, captured, refunded, request, provider_reference, next_step, decline, note, \
     created_at_ms, updated_at_ms, poll_at_ms, deadline_ms, act_until_ms, polls, resends, advances";

/// Reads a payment from a row with [`PAYMENT_COLUMNS`].
pub(super) fn payment(row: &Row<'_>) -> Result<Payment, ReadError> {
    let currency: Currency = parsed(&row.get::<_, String>("currency")?)?;
    let money = |column: &str| row.get::<_, i64>(column).map(|minor| Money::new(minor, currency));
    Ok(Payment {
        id: parsed(&row.get::<_, String>("id")?)?,
        version: unsigned(row.get("version")?)?,
        status: parsed(&row.get::<_, String>("status")?)?,
        books: Books {
            amount: money("amount")?,
            held: money("held")?,
            captured: money("captured")?,
            refunded: money("refunded")?,
        },
        consent: row.get("consent")?,
        payee: row.get("payee")?,
        payee_name: row.get("payee_name")?,
        provider: row.get("provider")?,
        provider_name: row.get("provider_name")?,
        purpose: row.get("purpose")?,
        person: row.get("person")?,
        practice: row.get("practice")?,
        request: from_json(&row.get::<_, String>("request")?)?,
        provider_reference: row.get("provider_reference")?,
        next: row.get::<_, Option<String>>("next_step")?.map(|text| from_json(&text)).transpose()?,
        decline: row.get::<_, Option<String>>("decline")?.map(|text| from_json(&text)).transpose()?,
        note: row.get("note")?,
        created_at_ms: row.get("created_at_ms")?,
        updated_at_ms: row.get("updated_at_ms")?,
        poll_at_ms: row.get("poll_at_ms")?,
        deadline_ms: row.get("deadline_ms")?,
        act_until_ms: row.get("act_until_ms")?,
        polls: unsigned(row.get("polls")?)?,
        resends: unsigned(row.get("resends")?)?,
        advances: unsigned(row.get("advances")?)?,
    })
}

/// The columns that [`refund`] reads.
pub(super) const REFUND_COLUMNS: &str =
    "payment, number, reference, amount, currency, status, idempotency_key, provider_reference, created_at_ms";

/// Reads a refund from a row with [`REFUND_COLUMNS`].
pub(super) fn refund(row: &Row<'_>) -> Result<Refund, ReadError> {
    let currency: Currency = parsed(&row.get::<_, String>("currency")?)?;
    let status: String = row.get("status")?;
    let payment: PaymentId = parsed(&row.get::<_, String>("payment")?)?;
    Ok(Refund {
        reference: row.get("reference")?,
        payment,
        number: unsigned(row.get("number")?)?,
        amount: Money::new(row.get("amount")?, currency),
        status: RefundStatus::named(&status).ok_or_else(|| unreadable(format!("the refund status `{status}`")))?,
        idempotency_key: row.get("idempotency_key")?,
        provider_reference: row.get("provider_reference")?,
        created_at_ms: row.get("created_at_ms")?,
    })
}

/// A value as the JSON that stands in a column.
pub(super) fn to_json<T: Serialize>(value: &T) -> Result<String, ReadError> {
    Ok(serde_json::to_string(value).map_err(unreadable)?)
}

/// The value of the JSON in a column.
pub(super) fn from_json<T: DeserializeOwned>(text: &str) -> Result<T, ReadError> {
    Ok(serde_json::from_str(text).map_err(unreadable)?)
}

/// A word of a column.
pub(super) fn parsed<T: std::str::FromStr>(text: &str) -> Result<T, ReadError>
where
    T::Err: std::fmt::Display,
{
    Ok(text.parse().map_err(unreadable)?)
}

/// A count that is never negative.
pub(super) fn unsigned<T: TryFrom<i64>>(figure: i64) -> Result<T, ReadError> {
    Ok(T::try_from(figure).map_err(|_| unreadable(format!("the count {figure}")))?)
}

/// A count as SQLite takes it.
pub(super) fn signed(figure: u64) -> i64 {
    i64::try_from(figure).unwrap_or(i64::MAX)
}
