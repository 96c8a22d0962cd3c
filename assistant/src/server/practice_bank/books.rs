//! The bank's books in SQLite: charges, refunds, and the answers that were given to keys. Every change is one transaction.

use super::scenario::Scenario;
use super::wire::{Action, Charge, ChargeRequest, Refund, RefundRequest, Refusal};
use rusqlite::{Connection, OptionalExtension, Row, Transaction, TransactionBehavior, params};
use std::path::Path;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// An answer as it went over the line, so that it can be given again.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Given {
    pub(super) status: u16,
    pub(super) body: String,
}

/// What a key may be used for.
pub(super) struct Once<'a> {
    pub(super) provider: &'a str,
    pub(super) key: &'a str,
    /// The whole request; another one with the same key is refused.
    pub(super) request: &'a str,
}

pub(super) struct Books(Connection);

const SCHEMA: &str = "
CREATE TABLE IF NOT EXISTS charges (
    number INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    provider TEXT NOT NULL,
    reference TEXT NOT NULL,
    minor INTEGER NOT NULL,
    currency TEXT NOT NULL,
    payee TEXT NOT NULL,
    purpose TEXT NOT NULL,
    status TEXT NOT NULL,
    decline_code TEXT,
    action TEXT,
    captures INTEGER NOT NULL,
    looks_left INTEGER,
    created_ms INTEGER NOT NULL
) STRICT;
CREATE INDEX IF NOT EXISTS charges_by_reference ON charges (provider, reference);
CREATE TABLE IF NOT EXISTS refunds (
    number INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    charge TEXT NOT NULL REFERENCES charges (id),
    reference TEXT NOT NULL,
    minor INTEGER NOT NULL,
    currency TEXT NOT NULL,
    status TEXT NOT NULL,
    created_ms INTEGER NOT NULL
) STRICT;
CREATE TABLE IF NOT EXISTS answers (
    provider TEXT NOT NULL,
    key TEXT NOT NULL,
    request TEXT NOT NULL,
    status INTEGER NOT NULL,
    body TEXT NOT NULL,
    PRIMARY KEY (provider, key)
) STRICT;
CREATE TABLE IF NOT EXISTS keys_seen (provider TEXT NOT NULL, key TEXT NOT NULL, PRIMARY KEY (provider, key)) STRICT;
";

const CHARGE: &str = "SELECT id, provider, reference, minor,
    (SELECT coalesce(sum(minor), 0) FROM refunds WHERE charge = charges.id), currency, payee, purpose, status,
    decline_code, action, created_ms FROM charges";

impl Books {
    pub(super) fn open(path: &Path) -> rusqlite::Result<Self> {
        let connection = Connection::open(path)?;
        connection.busy_timeout(Duration::from_secs(5))?;
        connection.pragma_update(None, "journal_mode", "WAL")?;
        connection.execute_batch(SCHEMA)?;
        Ok(Books(connection))
    }

    fn begin(&mut self) -> rusqlite::Result<Transaction<'_>> {
        self.0.transaction_with_behavior(TransactionBehavior::Immediate)
    }

    /// True the first time that this key comes.
    pub(super) fn first_time(&mut self, provider: &str, key: &str) -> rusqlite::Result<bool> {
        let added = self.0.execute("INSERT OR IGNORE INTO keys_seen VALUES (?1, ?2)", [provider, key])?;
        Ok(added == 1)
    }

    /// Gives the answer that this key got before, or does the work and remembers its answer, in one transaction.
    pub(super) fn once(
        &mut self,
        once: &Once<'_>,
        work: impl FnOnce(&Transaction<'_>) -> rusqlite::Result<Given>,
    ) -> rusqlite::Result<Given> {
        let transaction = self.begin()?;
        let sql = "SELECT request, status, body FROM answers WHERE provider = ?1 AND key = ?2";
        let read = |row: &Row<'_>| Ok((row.get::<_, String>(0)?, Given { status: row.get(1)?, body: row.get(2)? }));
        let before = transaction.query_row(sql, [once.provider, once.key], read).optional()?;
        if let Some((request, given)) = before {
            let same = request == once.request;
            return Ok(if same { given } else { refused(422, &Refusal::new("key_reused", REUSED)) });
        }
        let given = work(&transaction)?;
        let row = params![once.provider, once.key, once.request, given.status, given.body];
        transaction.execute("INSERT INTO answers VALUES (?1, ?2, ?3, ?4, ?5)", row)?;
        transaction.commit()?;
        Ok(given)
    }

    /// Charges of one provider or of all, with one reference or with any, oldest first.
    pub(super) fn charges(&self, provider: Option<&str>, reference: Option<&str>) -> rusqlite::Result<Vec<Charge>> {
        let sql =
            format!("{CHARGE} WHERE (?1 IS NULL OR provider = ?1) AND (?2 IS NULL OR reference = ?2) ORDER BY number");
        self.0.prepare(&sql)?.query_map(params![provider, reference], charge_of)?.collect()
    }

    pub(super) fn charge(&self, provider: &str, id: &str) -> rusqlite::Result<Option<Charge>> {
        find(&self.0, provider, id)
    }

    /// Lets a charge that settles do so when it was looked at often enough; called after each look.
    pub(super) fn looked_at(&mut self, id: &str) -> rusqlite::Result<()> {
        self.0.execute("UPDATE charges SET looks_left = looks_left - 1 WHERE id = ?1 AND looks_left > 0", [id])?;
        let settle = "UPDATE charges SET status = 'succeeded', looks_left = NULL WHERE id = ?1 AND looks_left = 0";
        self.0.execute(settle, [id]).map(|_| ())
    }

    /// Moves a charge from one of `from` to the status that `to` names; the charge as it is then, and whether it is there.
    pub(super) fn change(
        &mut self,
        provider: &str,
        id: &str,
        from: &[&str],
        to: &str,
    ) -> rusqlite::Result<Option<(Charge, bool)>> {
        let transaction = self.begin()?;
        let Some(charge) = find(&transaction, provider, id)? else { return Ok(None) };
        if !from.contains(&charge.status.as_str()) {
            let there = charge.status == to;
            return Ok(Some((charge, there)));
        }
        transaction.execute("UPDATE charges SET status = ?2, action = NULL WHERE id = ?1", [id, to])?;
        let charge = find(&transaction, provider, id)?;
        transaction.commit()?;
        Ok(charge.map(|charge| (charge, true)))
    }

    /// What the approval of the person leads to: `authorized` where the charge only reserves.
    pub(super) fn approved_status(&self, id: &str) -> rusqlite::Result<&'static str> {
        let captures =
            self.0.query_row("SELECT captures FROM charges WHERE id = ?1", [id], |row| row.get::<_, bool>(0));
        Ok(if captures.optional()?.unwrap_or(true) { "succeeded" } else { "authorized" })
    }

    pub(super) fn refunds(&self, provider: &str, reference: &str) -> rusqlite::Result<Vec<Refund>> {
        let sql = "SELECT refunds.id, charge, refunds.reference, refunds.minor, refunds.currency, refunds.status,
            refunds.created_ms FROM refunds JOIN charges ON charges.id = charge
            WHERE provider = ?1 AND refunds.reference = ?2 ORDER BY refunds.number";
        self.0.prepare(sql)?.query_map([provider, reference], refund_of)?.collect()
    }
}

const REUSED: &str = "this idempotency key was used with another request";

/// Writes a new charge into the books, as its scenario has it.
pub(super) fn charge(
    books: &Transaction<'_>,
    provider: &str,
    request: &ChargeRequest,
    scenario: Scenario,
) -> rusqlite::Result<Given> {
    let id = format!("ch_{}", random_hex());
    let (mut minor, mut decline, mut action, mut looks) = (request.amount_minor, None, None, None);
    let ordinary = if request.capture { "succeeded" } else { "authorized" };
    let status = match scenario {
        Scenario::Declines(code) => {
            decline = Some(code);
            "declined"
        }
        Scenario::StaysPending => "processing",
        Scenario::Settles => {
            looks = Some(1);
            "processing"
        }
        Scenario::NeedsLink | Scenario::NeedsQr => {
            action = Some(action_for(scenario, &id));
            "requires_action"
        }
        Scenario::UnheardOfStatus => "wobbling",
        Scenario::WrongAmount => {
            minor = minor.saturating_add(1);
            ordinary
        }
        _ => ordinary,
    };
    let sql = "INSERT INTO charges (id, provider, reference, minor, currency, payee, purpose, status, decline_code,
        action, captures, looks_left, created_ms) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13)";
    let (reference, currency) = (&request.reference, &request.currency);
    let row = params![
        id,
        provider,
        reference,
        minor,
        currency,
        request.payee,
        request.purpose,
        status,
        decline,
        action,
        request.capture,
        looks,
        now_ms()
    ];
    books.execute(sql, row)?;
    let made = find(books, provider, &id)?.ok_or(rusqlite::Error::QueryReturnedNoRows)?;
    Ok(given(if status == "declined" { 402 } else { 201 }, &made))
}

fn action_for(scenario: Scenario, id: &str) -> String {
    let (kind, content) = match scenario {
        Scenario::NeedsQr => ("qr", format!("practice-bank:approve:{id}")),
        _ => ("link", format!("https://practice-bank.invalid/approve/{id}")),
    };
    serde_json::json!({ "kind": kind, "content": content }).to_string()
}

/// Writes a refund into the books, if as much is left of the charge.
pub(super) fn refund(
    books: &Transaction<'_>,
    provider: &str,
    charge: &str,
    request: &RefundRequest,
) -> rusqlite::Result<Given> {
    let Some(paid) = find(books, provider, charge)? else { return Ok(refused(404, &no_such_charge(charge))) };
    let left = paid.amount_minor.saturating_sub(paid.refunded_minor);
    let refusal = if paid.status != "succeeded" {
        Some(("not_captured", "only a charge that succeeded can be given back"))
    } else if paid.currency != request.currency {
        Some(("currency_mismatch", "the charge is in another currency"))
    } else if request.amount_minor > left {
        Some(("amount_too_large", "that is more than is left of the charge"))
    } else {
        None
    };
    if let Some((code, message)) = refusal {
        return Ok(refused(409, &Refusal { charge: Some(Box::new(paid)), ..Refusal::new(code, message) }));
    }
    let id = format!("re_{}", random_hex());
    let sql = "INSERT INTO refunds (id, charge, reference, minor, currency, status, created_ms)
        VALUES (?1, ?2, ?3, ?4, ?5, 'succeeded', ?6)";
    let (reference, minor, currency) = (&request.reference, request.amount_minor, &request.currency);
    books.execute(sql, params![id, charge, reference, minor, currency, now_ms()])?;
    let sql = "SELECT id, charge, reference, minor, currency, status, created_ms FROM refunds WHERE id = ?1";
    Ok(given(201, &books.query_row(sql, [&id], refund_of)?))
}

pub(super) fn no_such_charge(id: &str) -> Refusal {
    Refusal::new("no_such_charge", format!("there is no charge `{id}`"))
}

/// An answer with this body.
pub(super) fn given(status: u16, body: &impl serde::Serialize) -> Given {
    Given { status, body: serde_json::to_string(body).unwrap_or_default() }
}

pub(super) fn refused(status: u16, refusal: &Refusal) -> Given {
    given(status, refusal)
}

fn find(books: &Connection, provider: &str, id: &str) -> rusqlite::Result<Option<Charge>> {
    let sql = format!("{CHARGE} WHERE provider = ?1 AND id = ?2");
    books.query_row(&sql, [provider, id], charge_of).optional()
}

fn charge_of(row: &Row<'_>) -> rusqlite::Result<Charge> {
    let action: Option<String> = row.get(10)?;
    Ok(Charge {
        id: row.get(0)?,
        provider: row.get(1)?,
        reference: row.get(2)?,
        amount_minor: row.get(3)?,
        refunded_minor: row.get(4)?,
        currency: row.get(5)?,
        payee: row.get(6)?,
        purpose: row.get(7)?,
        status: row.get(8)?,
        decline_code: row.get(9)?,
        action: action.and_then(|text| serde_json::from_str::<Action>(&text).ok()),
        created_ms: row.get(11)?,
    })
}

fn refund_of(row: &Row<'_>) -> rusqlite::Result<Refund> {
    Ok(Refund {
        id: row.get(0)?,
        charge: row.get(1)?,
        reference: row.get(2)?,
        amount_minor: row.get(3)?,
        currency: row.get(4)?,
        status: row.get(5)?,
        created_ms: row.get(6)?,
    })
}

fn now_ms() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since.as_millis()).unwrap_or(i64::MAX)
}

/// Twelve random bytes. The column is unique, so a system without randomness gets an error and never a wrong charge.
fn random_hex() -> String {
    let mut bytes = [0_u8; 12];
    let _ = getrandom::fill(&mut bytes);
    base16ct::lower::encode_string(&bytes)
}
