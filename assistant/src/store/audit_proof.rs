//! Proves the audit log: each entry is the one that was written, none is missing or in another place, and what it says of
//! payments is what stands in the books.

use super::audit::{AuditHead, OfEvent, digest, genesis, sealed};
use super::failure::unreadable;
use super::opening::Store;
use super::reader::ReadError;
use crate::payments::StoreError;
use rusqlite::{Connection, OptionalExtension as _};
use serde_json::{Value, json};

/// So many faults are told; the rest are only counted, since one missing entry can make many.
const FAULTS_TOLD_MAX: usize = 20;

/// What the proof of an audit log found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AuditReport {
    /// How many entries there are.
    pub entries: u64,
    /// The last of them.
    pub head: AuditHead,
    /// What is wrong, each as a sentence that names the entry; empty where all is well.
    pub faults: Vec<String>,
}

impl Store {
    /// Proves the whole audit log. `known` is a head that was printed before: with it, entries that were cut off at the end
    /// are found, too, and a log that was written anew as a whole.
    pub async fn prove_audit(&self, known: Option<AuditHead>) -> Result<AuditReport, StoreError> {
        self.inner.reader.run(move |connection| prove(connection, known.as_ref())).await
    }
}

struct Proof<'a> {
    connection: &'a Connection,
    faults: Vec<String>,
    untold: usize,
    /// The number of the last event that had its entry.
    event: i64,
}

fn prove(connection: &Connection, known: Option<&AuditHead>) -> Result<AuditReport, ReadError> {
    // One moment of log and books.
    let moment = connection.unchecked_transaction()?;
    let before = genesis(connection)?;
    let begins_after = "SELECT CAST(value AS INTEGER) FROM meta WHERE name = 'audit_begins_after'";
    let event = connection.query_row(begins_after, [], |row| row.get(0))?;
    let mut proof = Proof { connection, faults: Vec::new(), untold: 0, event };
    let (mut last, mut entries) = (before.clone(), 0);
    let mut known_seen = known.is_none_or(|known| known.seq == 0 && *known == before);
    let mut statement = connection.prepare("SELECT seq, at_ms, what, previous, digest FROM audit ORDER BY seq")?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        let (seq, at_ms): (i64, i64) = (row.get(0)?, row.get(1)?);
        let (what, previous, sealed): (String, String, String) = (row.get(2)?, row.get(3)?, row.get(4)?);
        if seq != last.seq + 1 {
            proof.fault(format!("entries {} to {} of the audit log are missing", last.seq + 1, seq - 1));
        } else if previous != last.digest {
            proof.fault(format!("entry {seq} of the audit log does not follow on entry {}", last.seq));
        }
        if digest(seq, at_ms, &previous, &what) != sealed {
            proof.fault(format!("entry {seq} of the audit log was changed"));
        }
        proof.compare(seq, &what)?;
        last = AuditHead { seq, digest: sealed };
        known_seen |= known == Some(&last);
        entries += 1;
    }
    proof.ends()?;
    if let Some(known) = known.filter(|_| !known_seen) {
        proof.fault(match known.seq > last.seq {
            true => format!("the audit log ends with entry {}, and once had entry {}", last.seq, known.seq),
            false => format!("entry {} of the audit log is another one than it was once", known.seq),
        });
    }
    drop(rows);
    drop(statement);
    let (mut faults, untold) = (proof.faults, proof.untold);
    moment.commit()?;
    if untold > 0 {
        faults.push(format!("and {untold} more"));
    }
    Ok(AuditReport { entries, head: last, faults })
}

impl Proof<'_> {
    fn fault(&mut self, sentence: String) {
        if self.faults.len() < FAULTS_TOLD_MAX { self.faults.push(sentence) } else { self.untold += 1 }
    }

    /// Compares an entry with the books.
    fn compare(&mut self, seq: i64, what: &str) -> Result<(), ReadError> {
        let Ok(entry) = serde_json::from_str::<Value>(what) else {
            self.fault(format!("entry {seq} of the audit log can't be read"));
            return Ok(());
        };
        match entry["kind"].as_str() {
            Some("event") => self.compare_event(seq, &entry),
            Some("consent") => self.compare_consent(seq, &entry),
            _ => Ok(()),
        }
    }

    fn compare_event(&mut self, seq: i64, entry: &Value) -> Result<(), ReadError> {
        let number = entry["event"].as_i64().unwrap_or_default();
        // Events are numbered without a gap and never deleted, and each has its entry.
        if number != self.event + 1 {
            let message =
                format!("entry {seq} of the audit log is about event {number}, where event {} belongs", self.event + 1);
            self.fault(message);
        }
        self.event = number;
        match self.event_in_books(number)? {
            Some(found) if found == *entry => {}
            Some(_) => self.fault(format!("event {number} in the books is not what entry {seq} of the audit log says")),
            None => self.fault(format!("event {number} of entry {seq} of the audit log is not in the books")),
        }
        Ok(())
    }

    /// The event of this number, as the log would have it.
    fn event_in_books(&self, number: i64) -> Result<Option<Value>, ReadError> {
        let sql = "SELECT payment, event, from_status, to_status FROM events WHERE seq = ?1";
        let read = |row: &rusqlite::Row<'_>| -> rusqlite::Result<[String; 4]> {
            Ok([row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?])
        };
        let Some([payment, name, from, to]) =
            self.connection.prepare_cached(sql)?.query_row([number], read).optional()?
        else {
            return Ok(None);
        };
        let sql = "SELECT a.name, p.currency, p.minor FROM postings p JOIN accounts a ON a.id = p.account \
             WHERE p.event = ?1 ORDER BY p.line";
        let mut statement = self.connection.prepare_cached(sql)?;
        let posting = |row: &rusqlite::Row<'_>| Ok((row.get(0)?, row.get(1)?, row.get(2)?));
        let postings = statement.query_map([number], posting)?.collect::<Result<Vec<_>, _>>()?;
        let found = OfEvent::new(&payment, number, (&name, &from, &to), postings);
        Ok(Some(serde_json::to_value(found).map_err(unreadable)?))
    }

    fn compare_consent(&mut self, seq: i64, entry: &Value) -> Result<(), ReadError> {
        let payment = entry["payment"].as_str().unwrap_or_default();
        let sql = "SELECT payee, provider, amount, currency, evidence FROM payments WHERE id = ?1";
        let read = |row: &rusqlite::Row<'_>| {
            let evidence: String = row.get(4)?;
            let sealed = sealed(&evidence);
            let (payee, provider, currency): (String, String, String) = (row.get(0)?, row.get(1)?, row.get(3)?);
            let amount: i64 = row.get(2)?;
            Ok(json!({ "kind": "consent", "payment": payment, "payee": payee, "provider": provider, "amount": amount,
                "currency": currency, "evidence": sealed }))
        };
        match self.connection.prepare_cached(sql)?.query_row([payment], read).optional()? {
            Some(found) if found == *entry => {}
            Some(_) => {
                self.fault(format!("payment {payment} is not what was agreed to by entry {seq} of the audit log"))
            }
            None => self.fault(format!("payment {payment} of entry {seq} of the audit log is not in the books")),
        }
        Ok(())
    }

    /// No event stands in the books without its entry.
    fn ends(&mut self) -> Result<(), ReadError> {
        let last: i64 = self.connection.query_row("SELECT coalesce(max(seq), 0) FROM events", [], |row| row.get(0))?;
        if last > self.event {
            self.fault(format!("events {} to {last} in the books have no entry in the audit log", self.event + 1));
        }
        Ok(())
    }
}
