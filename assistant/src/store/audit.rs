//! The audit log: what was agreed, sent, heard and changed, each entry sealed to the one before it by SHA-256. An entry is
//! written in the same transaction as what it tells of, and is never changed or deleted.
//!
//! The digest of entry N is SHA-256 over `SEQ` NEWLINE `AT_MS` NEWLINE `PREVIOUS` NEWLINE `WHAT`, where `PREVIOUS` is the
//! digest before it in hexadecimal digits. Before the first entry stands SHA-256 over `sayso audit 1` NEWLINE
//! `INSTALLATION` NEWLINE `EVENTS`, where `EVENTS` is the number of the last event that was there before the log began.

use super::failure::{failure, told, unreadable};
use super::opening::Store;
use super::reader::ReadError;
use super::rows::to_json;
use crate::ledger::{PaymentId, Posting};
use crate::payments::{Entry, NewPayment, Refund, StoreError};
use rusqlite::{Connection, OptionalExtension as _, params};
use serde::Serialize;
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

/// The last entry of a log, as it is printed and given back to find out whether later entries are missing: `SEQ:DIGEST`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AuditHead {
    /// Its number, from 1; 0 for a log without entries.
    pub seq: i64,
    /// Its digest, in hexadecimal digits.
    pub digest: String,
}

impl std::fmt::Display for AuditHead {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}:{}", self.seq, self.digest)
    }
}

impl std::str::FromStr for AuditHead {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let wrong =
            || "a head is a number, `:` and 64 hexadecimal digits, as `sayso store verify` prints it".to_owned();
        let (seq, digest) = text.trim().split_once(':').ok_or_else(wrong)?;
        let seq = seq.parse().ok().filter(|seq| *seq >= 0).ok_or_else(wrong)?;
        let fits = digest.len() == 64 && digest.bytes().all(|byte| byte.is_ascii_hexdigit());
        fits.then(|| AuditHead { seq, digest: digest.to_ascii_lowercase() }).ok_or_else(wrong)
    }
}

impl Store {
    /// Writes down something that happened to the store or its surroundings, such as `{"kind":"exported"}`.
    pub async fn record(&self, what: Value, now_ms: i64) -> Result<(), StoreError> {
        let path = self.inner.path.clone();
        let record = move |connection: &Connection| append(connection, &what, now_ms).map_err(|e| told(&path, e));
        self.inner.writer.run(record).await
    }

    /// Writes down what holds from now on under `kind`, if it is something else than held before. True if it was.
    pub async fn record_change(&self, kind: &'static str, now: Value, now_ms: i64) -> Result<bool, StoreError> {
        let path = self.inner.path.clone();
        let record = move |connection: &Connection| -> Result<bool, ReadError> {
            let sql = "SELECT what FROM audit WHERE json_extract(what, '$.kind') = ?1 ORDER BY seq DESC LIMIT 1";
            let last: Option<String> =
                connection.prepare_cached(sql)?.query_row([kind], |row| row.get(0)).optional()?;
            let what = json!({ "kind": kind, "now": now });
            if last.is_some_and(|last| serde_json::from_str::<Value>(&last).is_ok_and(|last| last == what)) {
                return Ok(false);
            }
            append(connection, &what, now_ms).map(|()| true)
        };
        self.inner.writer.run(move |connection| record(connection).map_err(|error| told(&path, error))).await
    }

    /// The last entry of the audit log.
    pub async fn audit_head(&self) -> Result<AuditHead, StoreError> {
        self.inner.reader.run(head).await
    }
}

/// A first entry about a payment: what was agreed to, sealed together with the evidence for it.
pub(super) fn agreed(connection: &Connection, new: &NewPayment, evidence: &str) -> Result<(), ReadError> {
    let payment = &new.payment;
    let what = json!({
        "kind": "consent",
        "payment": payment.id.as_str(),
        "payee": payment.payee,
        "provider": payment.provider,
        "amount": payment.books.amount.minor,
        "currency": payment.books.amount.currency.code(),
        "evidence": sealed(evidence),
    });
    append(connection, &what, payment.created_at_ms)
}

/// An event of a payment with its postings; `event` is its number.
pub(super) fn posted(connection: &Connection, id: &PaymentId, event: i64, entry: &Entry) -> Result<(), ReadError> {
    let posting = |posting: &Posting| {
        (posting.account.to_string(), posting.amount.currency.code().to_owned(), posting.amount.minor)
    };
    let names = (entry.event.name(), entry.from.name(), entry.to.name());
    let postings = entry.postings.iter().map(posting).collect();
    append(connection, &OfEvent::new(id.as_str(), event, names, postings), entry.at_ms)
}

/// What the log has for an event. The order of its parts is part of what is sealed.
#[derive(Serialize)]
pub(super) struct OfEvent<'a> {
    event: i64,
    from: &'a str,
    kind: &'static str,
    name: &'a str,
    payment: &'a str,
    /// Account, currency and minor units of each.
    postings: Vec<(String, String, i64)>,
    to: &'a str,
}

impl<'a> OfEvent<'a> {
    /// `names` are those of the event and of the statuses before and after it.
    pub(super) fn new(
        payment: &'a str,
        event: i64,
        names: (&'a str, &'a str, &'a str),
        postings: Vec<(String, String, i64)>,
    ) -> Self {
        let (name, from, to) = names;
        OfEvent { event, from, kind: "event", name, payment, postings, to }
    }
}

/// A refund that begins or changes.
pub(super) fn refunded(connection: &Connection, refund: &Refund, now_ms: i64) -> Result<(), ReadError> {
    let what = json!({
        "kind": "refund",
        "payment": refund.payment.as_str(),
        "number": refund.number,
        "amount": refund.amount.minor,
        "currency": refund.amount.currency.code(),
        "status": refund.status.name(),
    });
    append(connection, &what, now_ms)
}

/// Adds an entry at the end of the chain.
pub(super) fn append(connection: &Connection, what: &impl Serialize, at_ms: i64) -> Result<(), ReadError> {
    let last = head(connection)?;
    let (seq, what) = (last.seq + 1, to_json(what)?);
    let digest = digest(seq, at_ms, &last.digest, &what);
    let sql = "INSERT OR FAIL INTO audit (seq, at_ms, what, previous, digest) VALUES (?1, ?2, ?3, ?4, ?5)";
    connection.prepare_cached(sql)?.execute(params![seq, at_ms, what, last.digest, digest])?;
    Ok(())
}

/// The same for a store that is not open, with the error for people.
pub(super) fn append_at(
    connection: &Connection,
    what: &Value,
    at_ms: i64,
    path: &std::path::Path,
) -> Result<(), StoreError> {
    let there = "SELECT count(*) FROM sqlite_schema WHERE name = 'audit'";
    let there: i64 = connection.query_row(there, [], |row| row.get(0)).map_err(|error| failure(path, &error))?;
    // A store from before the log has none until it is opened.
    if there == 0 { Ok(()) } else { append(connection, what, at_ms).map_err(|error| told(path, error)) }
}

/// The last entry, or what stands before the first.
pub(super) fn head(connection: &Connection) -> Result<AuditHead, ReadError> {
    let sql = "SELECT seq, digest FROM audit ORDER BY seq DESC LIMIT 1";
    let read = |row: &rusqlite::Row<'_>| Ok(AuditHead { seq: row.get(0)?, digest: row.get(1)? });
    match connection.prepare_cached(sql)?.query_row([], read).optional()? {
        Some(head) => Ok(head),
        None => genesis(connection),
    }
}

/// What stands before the first entry.
pub(super) fn genesis(connection: &Connection) -> Result<AuditHead, ReadError> {
    let meta = |name: &str| -> Result<String, ReadError> {
        let sql = "SELECT value FROM meta WHERE name = ?1";
        let found = connection.prepare_cached(sql)?.query_row([name], |row| row.get(0)).optional()?;
        Ok(found.ok_or_else(|| unreadable(format!("`{name}` is missing")))?)
    };
    let text = format!("sayso audit 1\n{}\n{}", meta("installation")?, meta("audit_begins_after")?);
    Ok(AuditHead { seq: 0, digest: hex(&Sha256::digest(text)) })
}

pub(super) fn digest(seq: i64, at_ms: i64, previous: &str, what: &str) -> String {
    hex(&Sha256::digest(format!("{seq}\n{at_ms}\n{previous}\n{what}")))
}

/// The digest of a text that an entry stands for.
pub(super) fn sealed(text: &str) -> String {
    hex(&Sha256::digest(text))
}

fn hex(bytes: &[u8]) -> String {
    let digit = |value: u8| char::from_digit(u32::from(value), 16).unwrap_or_default();
    bytes.iter().flat_map(|byte| [digit(byte >> 4), digit(byte & 0x0f)]).collect()
}
