//! The store as payments know it.

use super::audit;
use super::failure::{failure, told};
use super::opening::Store;
use super::reader::ReadError;
use super::rows::{PAYMENT_COLUMNS, REFUND_COLUMNS, payment, refund, signed, to_json};
use crate::ledger::{PaymentId, PaymentStatus};
use crate::payments::storage::Key;
use crate::payments::{
    BeginError, BooksReport, Entry, Filter, LimitCheck, NewPayment, Notice, Payment, PaymentStore, Refund, StoreError,
    StoreErrorKind, Write,
};
use async_trait::async_trait;
use rusqlite::types::ToSql;
use rusqlite::{Connection, OptionalExtension as _, params};
use std::path::Path;
use std::sync::Arc;

#[async_trait]
impl PaymentStore for Store {
    async fn installation(&self) -> Result<String, StoreError> {
        Ok(self.inner.installation.clone())
    }

    async fn begin(&self, new: NewPayment) -> Result<(), BeginError> {
        let (path, owner) = (self.inner.path.clone(), self.inner.owner.name().to_owned());
        self.inner.writer.run(move |connection| begin(connection, &path, &owner, &new)).await
    }

    async fn check(&self, check: LimitCheck) -> Result<(), BeginError> {
        let seen = move |connection: &Connection| Ok(check.run(&super::spending::Seen(connection)));
        let weighed = self.inner.reader.run(seen).await?;
        weighed.map_err(|error| BeginError::Store(told(&self.inner.path, error)))?
    }

    async fn write(&self, write: Write) -> Result<(), StoreError> {
        let (path, noted) = (self.inner.path.clone(), self.inner.noted.clone());
        let owner = self.inner.owner.name().to_owned();
        let step = move |connection: &Connection| {
            apply(connection, &owner, &write).and_then(|()| noted.keep(connection)).map_err(|error| told(&path, error))
        };
        self.inner.writer.run(step).await
    }

    async fn claim(&self, id: &PaymentId, now_ms: i64, until_ms: i64) -> Result<Option<Payment>, StoreError> {
        // Not the whole store: the thread that runs this must never hold the last handle of what waits for it.
        let (owner, id) = (Arc::clone(&self.inner.owner), id.clone());
        let claim = move |connection: &Connection| {
            let lease = "SELECT lease_owner, lease_until_ms FROM payments WHERE id = ?1";
            let lease = connection
                .prepare_cached(lease)?
                .query_row([id.as_str()], |row| Ok((row.get::<_, Option<String>>(0)?, row.get::<_, Option<i64>>(1)?)));
            let Some((holder, until)) = lease.optional()? else { return Ok(None) };
            let unexpired = until.is_some_and(|until| until > now_ms);
            if unexpired && holder.is_some_and(|holder| owner.lives(&holder)) {
                return Ok(None);
            }
            let take = "UPDATE payments SET lease_owner = ?2, lease_until_ms = ?3 WHERE id = ?1";
            connection.prepare_cached(take)?.execute(params![id.as_str(), owner.name(), until_ms])?;
            find(connection, &id)
        };
        let path = self.inner.path.clone();
        self.inner.writer.run(move |connection| claim(connection).map_err(|error| told(&path, error))).await
    }

    async fn release(&self, id: &PaymentId) -> Result<(), StoreError> {
        let (path, owner, id) = (self.inner.path.clone(), self.inner.owner.name().to_owned(), id.clone());
        let release = move |connection: &Connection| {
            let sql =
                "UPDATE payments SET lease_owner = NULL, lease_until_ms = NULL WHERE id = ?1 AND lease_owner = ?2";
            connection.prepare_cached(sql)?.execute(params![id.as_str(), owner]).map(|_| ())
        };
        self.inner.writer.run(move |connection| release(connection).map_err(|error| failure(&path, &error))).await
    }

    async fn payment(&self, id: &PaymentId) -> Result<Option<Payment>, StoreError> {
        self.inner.reader.now(|connection| find(connection, id))
    }

    async fn payments(&self, filter: &Filter) -> Result<Vec<Payment>, StoreError> {
        let filter = filter.clone();
        self.inner.reader.run(move |connection| select(connection, &filter)).await
    }

    async fn open(&self, due_ms: Option<i64>) -> Result<Vec<PaymentId>, StoreError> {
        let open: Vec<String> =
            PaymentStatus::ALL.into_iter().filter(|s| s.is_open()).map(|s| format!("'{s}'")).collect();
        // Left to itself, SQLite reads all payments by their time, since it need not sort them then.
        let sql = format!(
            "SELECT id FROM payments INDEXED BY payments_open WHERE (open_refunds > 0 OR status IN ({})) AND coalesce(poll_at_ms, 0) <= ?1 \
             ORDER BY created_at_ms, id",
            open.join(", ")
        );
        let read = move |connection: &Connection| {
            let mut statement = connection.prepare_cached(&sql)?;
            let ids = statement.query_map([due_ms.unwrap_or(i64::MAX)], |row| row.get::<_, String>(0))?;
            ids.map(|id| super::rows::parsed(&id?)).collect()
        };
        self.inner.reader.run(read).await
    }

    async fn refunds(&self, id: &PaymentId) -> Result<Vec<Refund>, StoreError> {
        self.inner.reader.now(|connection| {
            let sql = format!("SELECT {REFUND_COLUMNS} FROM refunds WHERE payment = ?1 ORDER BY number");
            let mut statement = connection.prepare_cached(&sql)?;
            let rows = statement.query_and_then([id.as_str()], refund)?;
            rows.collect()
        })
    }

    async fn verify(&self) -> Result<BooksReport, StoreError> {
        self.inner.reader.run(super::books::verify).await
    }
}

/// The payment of this id.
fn find(connection: &Connection, id: &PaymentId) -> Result<Option<Payment>, ReadError> {
    let sql = format!("SELECT {PAYMENT_COLUMNS} FROM payments WHERE id = ?1");
    let mut statement = connection.prepare_cached(&sql)?;
    let mut rows = statement.query([id.as_str()])?;
    rows.next()?.map(payment).transpose()
}

fn select(connection: &Connection, filter: &Filter) -> Result<Vec<Payment>, ReadError> {
    let mut conditions = vec!["1".to_owned()];
    let mut values: Vec<&dyn ToSql> = Vec::new();
    let texts = [("payee =", &filter.payee), ("provider =", &filter.provider)];
    for (condition, value) in texts.iter().filter_map(|(condition, value)| Some((condition, value.as_ref()?))) {
        values.push(value);
        conditions.push(format!("{condition} ?{}", values.len()));
    }
    let times = [("created_at_ms >=", &filter.since_ms), ("created_at_ms <", &filter.before_ms)];
    for (condition, value) in times.iter().filter_map(|(condition, value)| Some((condition, value.as_ref()?))) {
        values.push(value);
        conditions.push(format!("{condition} ?{}", values.len()));
    }
    if !filter.statuses.is_empty() {
        let names: Vec<String> = filter.statuses.iter().map(|status| format!("'{status}'")).collect();
        conditions.push(format!("status IN ({})", names.join(", ")));
    }
    let limit = i64::try_from(filter.limit).unwrap_or(i64::MAX);
    let sql = format!(
        "SELECT {PAYMENT_COLUMNS} FROM payments WHERE {} ORDER BY created_at_ms DESC, id DESC LIMIT {limit}",
        conditions.join(" AND ")
    );
    let mut statement = connection.prepare_cached(&sql)?;
    let rows = statement.query_and_then(values.as_slice(), payment)?;
    rows.collect()
}

fn begin(connection: &Connection, path: &Path, owner: &str, new: &NewPayment) -> Result<(), BeginError> {
    let fail = |error: ReadError| BeginError::Store(told(path, error));
    if let Some(earlier) = by_consent(connection, &new.payment.consent).map_err(fail)? {
        return Err(BeginError::ConsentUsed(earlier));
    }
    if let Some(step) = &new.due
        && !super::standing::take_due(connection, step, new.payment.created_at_ms).map_err(fail)?
    {
        return Err(BeginError::DueGone);
    }
    let mut check = new.check.clone();
    if let Some(step) = &new.due {
        // Who agreed to a rhythm agreed to one more of the same each time.
        check.told.extend(super::standing::paid_by(connection, step).map_err(fail)?);
    }
    check.run(&super::spending::Seen(connection)).map_err(fail)??;
    insert(connection, owner, new).map_err(fail)?;
    let begun = |step| super::standing::begun(connection, step, new.payment.id.as_str(), new.payment.created_at_ms);
    new.due.as_ref().map_or(Ok(()), begun).map_err(fail)
}

fn by_consent(connection: &Connection, consent: &str) -> Result<Option<PaymentId>, ReadError> {
    let mut statement = connection.prepare_cached("SELECT id FROM payments WHERE consent = ?1")?;
    let id: Option<String> = statement.query_row([consent], |row| row.get(0)).optional()?;
    id.map(|id| super::rows::parsed(&id)).transpose()
}

fn insert(connection: &Connection, owner: &str, new: &NewPayment) -> Result<(), ReadError> {
    let p = &new.payment;
    let evidence = to_json(&new.evidence)?;
    let sql = "INSERT INTO payments (id, version, status, consent, evidence, payee, payee_name, provider, provider_name, \
         purpose, practice, currency, amount, held, captured, refunded, reference, request, created_at_ms, updated_at_ms, \
         poll_at_ms, polls, resends, advances, lease_owner, lease_until_ms, person) \
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19, ?20, ?21, ?22, \
         ?23, ?24, ?25, ?26, ?27)";
    connection.prepare_cached(sql)?.execute(params![
        p.id.as_str(),
        signed(p.version),
        p.status.name(),
        p.consent,
        evidence,
        p.payee,
        p.payee_name,
        p.provider,
        p.provider_name,
        p.purpose,
        p.practice,
        p.books.amount.currency.code(),
        p.books.amount.minor,
        p.books.held.minor,
        p.books.captured.minor,
        p.books.refunded.minor,
        p.request.reference,
        to_json(&p.request)?,
        p.created_at_ms,
        p.updated_at_ms,
        p.poll_at_ms,
        p.polls,
        p.resends,
        p.advances,
        owner,
        new.lease_until_ms,
        p.person,
    ])?;
    to_be_told(connection, &p.id)?;
    audit::agreed(connection, new, &evidence)?;
    for entry in &new.entries {
        post(connection, &p.id, entry)?;
    }
    for notice in &new.notices {
        announce(connection, p, notice)?;
    }
    let key = Key { verb: "pay", attempt: 1, key: p.request.idempotency_key.clone() };
    keep_key(connection, p, &key)
}

fn apply(connection: &Connection, owner: &str, write: &Write) -> Result<(), ReadError> {
    let p = &write.payment;
    let sql = "UPDATE payments SET version = ?2, status = ?3, held = ?4, captured = ?5, refunded = ?6, \
         provider_reference = ?7, next_step = ?8, decline = ?9, note = ?10, updated_at_ms = ?11, poll_at_ms = ?12, \
         deadline_ms = ?13, polls = ?14, resends = ?15, advances = ?16, act_until_ms = ?19, \
         lease_owner = CASE WHEN ?17 AND lease_owner = ?18 THEN NULL ELSE lease_owner END, \
         lease_until_ms = CASE WHEN ?17 AND lease_owner = ?18 THEN NULL ELSE lease_until_ms END \
         WHERE id = ?1 AND version = ?2 - 1";
    let changed = connection.prepare_cached(sql)?.execute(params![
        p.id.as_str(),
        signed(p.version),
        p.status.name(),
        p.books.held.minor,
        p.books.captured.minor,
        p.books.refunded.minor,
        p.provider_reference,
        p.next.as_ref().map(to_json).transpose()?,
        p.decline.as_ref().map(to_json).transpose()?,
        p.note,
        p.updated_at_ms,
        p.poll_at_ms,
        p.deadline_ms,
        p.polls,
        p.resends,
        p.advances,
        write.release,
        owner,
        p.act_until_ms,
    ])?;
    if changed != 1 {
        let message = format!("payment {} was changed by somebody else in between", p.id);
        return Err(StoreError::new(StoreErrorKind::Stale, message).into());
    }
    to_be_told(connection, &p.id)?;
    if let Some(entry) = &write.entry {
        post(connection, &p.id, entry)?;
    }
    if let Some(notice) = &write.notice {
        announce(connection, p, notice)?;
    }
    if let Some(key) = &write.key {
        keep_key(connection, p, key)?;
    }
    write.refund.as_ref().map_or(Ok(()), |refund| keep_refund(connection, refund, p.updated_at_ms))
}

/// The payment has changed since the person heard of it.
fn to_be_told(connection: &Connection, id: &PaymentId) -> Result<(), ReadError> {
    connection.prepare_cached("INSERT OR IGNORE INTO to_tell VALUES (?1)")?.execute([id.as_str()])?;
    Ok(())
}

fn post(connection: &Connection, id: &PaymentId, entry: &Entry) -> Result<(), ReadError> {
    let sql =
        "INSERT INTO events (payment, event, from_status, to_status, detail, at_ms) VALUES (?1, ?2, ?3, ?4, ?5, ?6)";
    let names = (entry.event.name(), entry.from.name(), entry.to.name());
    let values = params![id.as_str(), names.0, names.1, names.2, entry.detail, entry.at_ms];
    connection.prepare_cached(sql)?.execute(values)?;
    let event = connection.last_insert_rowid();
    for (line, posting) in entry.postings.iter().enumerate() {
        let account = posting.account.to_string();
        connection
            .prepare_cached("INSERT INTO accounts (name) VALUES (?1) ON CONFLICT DO NOTHING")?
            .execute([&account])?;
        let sql = "INSERT INTO postings (event, line, account, currency, minor) \
             VALUES (?1, ?2, (SELECT id FROM accounts WHERE name = ?3), ?4, ?5)";
        let (currency, minor) = (posting.amount.currency, posting.amount.minor);
        connection.prepare_cached(sql)?.execute(params![event, line as i64, account, currency.code(), minor])?;
    }
    audit::posted(connection, id, event, entry)
}

fn announce(connection: &Connection, payment: &Payment, notice: &Notice) -> Result<(), ReadError> {
    let sql = "INSERT INTO outbox (payment, topic, payload, created_at_ms) VALUES (?1, ?2, ?3, ?4)";
    let payload = to_json(&notice.payload)?;
    let values = params![payment.id.as_str(), notice.topic, payload, payment.updated_at_ms];
    connection.prepare_cached(sql)?.execute(values)?;
    Ok(())
}

/// Keeps a key. The same again is fine; another one for the same attempt is what must never be.
fn keep_key(connection: &Connection, payment: &Payment, key: &Key) -> Result<(), ReadError> {
    let sql = "SELECT key FROM keys WHERE payment = ?1 AND verb = ?2 AND attempt = ?3";
    let named = params![payment.id.as_str(), key.verb, key.attempt];
    let known: Option<String> = connection.prepare_cached(sql)?.query_row(named, |row| row.get(0)).optional()?;
    match known {
        Some(known) if known == key.key => Ok(()),
        Some(_) => {
            let message = format!("payment {} has another key for this attempt already", payment.id);
            Err(StoreError::new(StoreErrorKind::Other, message).into())
        }
        None => {
            let sql = "INSERT INTO keys (payment, verb, attempt, key, at_ms) VALUES (?1, ?2, ?3, ?4, ?5)";
            let values = params![payment.id.as_str(), key.verb, key.attempt, key.key, payment.updated_at_ms];
            connection.prepare_cached(sql)?.execute(values)?;
            Ok(())
        }
    }
}

fn keep_refund(connection: &Connection, refund: &Refund, now_ms: i64) -> Result<(), ReadError> {
    let sql = "INSERT INTO refunds (payment, number, reference, amount, currency, status, idempotency_key, \
         provider_reference, created_at_ms) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9) \
         ON CONFLICT (payment, number) DO UPDATE SET status = excluded.status, \
         provider_reference = excluded.provider_reference";
    connection.prepare_cached(sql)?.execute(params![
        refund.payment.as_str(),
        refund.number,
        refund.reference,
        refund.amount.minor,
        refund.amount.currency.code(),
        refund.status.name(),
        refund.idempotency_key,
        refund.provider_reference,
        refund.created_at_ms,
    ])?;
    let sql = "UPDATE payments SET open_refunds = \
         (SELECT count(*) FROM refunds WHERE payment = ?1 AND status = 'open') WHERE id = ?1";
    connection.prepare_cached(sql)?.execute([refund.payment.as_str()])?;
    audit::refunded(connection, refund, now_ms)
}
