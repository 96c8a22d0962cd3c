//! Adds up all that was ever posted, and compares it with what stands at each payment.

use super::reader::ReadError;
use super::rows::parsed;
use crate::ledger::{Event, PaymentStatus, next};
use crate::payments::BooksReport;
use rusqlite::Connection;
use sayso_plugin_interface::{Currency, Money};

/// The whole check; its time grows with the number of payments.
pub(super) fn verify(connection: &Connection) -> Result<BooksReport, ReadError> {
    let count = |table: &str| -> Result<u64, ReadError> {
        let rows: i64 = connection.query_row(&format!("SELECT count(*) FROM {table}"), [], |row| row.get(0))?;
        super::rows::unsigned(rows)
    };
    let mut report = BooksReport {
        payments: count("payments")?,
        postings: count("postings")?,
        balances: balances(connection)?,
        faults: Vec::new(),
    };
    for (what, sql) in FAULTS {
        let mut statement = connection.prepare(sql)?;
        let rows = statement.query_map([], |row| row.get::<_, String>(0))?;
        for row in rows {
            report.faults.push(format!("{what}: {}", row?));
        }
    }
    check_histories(connection, &mut report)?;
    Ok(report)
}

/// What must never be found: a sentence, and the rows of which it is true.
const FAULTS: [(&str, &str); 5] = [
    (
        "an entry that does not balance",
        "SELECT e.payment || ' ' || e.event FROM events e JOIN postings p ON p.event = e.seq \
         GROUP BY e.seq, p.currency HAVING sum(p.minor) <> 0",
    ),
    (
        "a posting in another currency than its payment",
        "SELECT DISTINCT e.payment FROM postings p JOIN events e ON e.seq = p.event JOIN payments y ON y.id = e.payment \
         WHERE p.currency <> y.currency",
    ),
    (
        "a payment whose payee was posted something else",
        "SELECT y.id FROM payments y WHERE y.captured - y.refunded <> (SELECT coalesce(sum(p.minor), 0) \
         FROM events e JOIN postings p ON p.event = e.seq JOIN accounts a ON a.id = p.account \
         WHERE e.payment = y.id AND a.name = 'payee:' || y.payee)",
    ),
    (
        "a payment whose provider holds something else",
        "SELECT y.id FROM payments y WHERE y.held <> (SELECT coalesce(sum(p.minor), 0) \
         FROM events e JOIN postings p ON p.event = e.seq JOIN accounts a ON a.id = p.account \
         WHERE e.payment = y.id AND a.name = 'clearing:' || y.provider)",
    ),
    (
        "a payment whose refunds do not add up",
        "SELECT y.id FROM payments y WHERE y.status <> 'charged_back' AND y.refunded <> \
         (SELECT coalesce(sum(r.amount), 0) FROM refunds r WHERE r.payment = y.id AND r.status = 'succeeded')",
    ),
];

fn balances(connection: &Connection) -> Result<Vec<(String, Money)>, ReadError> {
    let sql = "SELECT a.name, p.currency, sum(p.minor) FROM postings p JOIN accounts a ON a.id = p.account \
         GROUP BY a.name, p.currency ORDER BY a.name, p.currency";
    let mut statement = connection.prepare(sql)?;
    let rows = statement.query_and_then([], |row| {
        let currency: Currency = parsed(&row.get::<_, String>(1)?)?;
        Ok::<_, ReadError>((row.get(0)?, Money::new(row.get(2)?, currency)))
    })?;
    rows.collect()
}

/// Each history begins with a consent, follows the table, and ends where its payment stands.
fn check_histories(connection: &Connection, report: &mut BooksReport) -> Result<(), ReadError> {
    let sql = "SELECT y.id, y.status, e.event, e.from_status, e.to_status FROM payments y \
         LEFT JOIN events e ON e.payment = y.id ORDER BY y.id, e.seq";
    let mut statement = connection.prepare(sql)?;
    let mut rows = statement.query([])?;
    let mut last: Option<(String, PaymentStatus, PaymentStatus)> = None;
    while let Some(row) = rows.next()? {
        let id: String = row.get(0)?;
        let stands: PaymentStatus = parsed(&row.get::<_, String>(1)?)?;
        let Some(event) = row.get::<_, Option<String>>(2)? else {
            report.faults.push(format!("a payment without a history: {id}"));
            continue;
        };
        let event: Event = parsed(&event)?;
        let (from, to): (PaymentStatus, PaymentStatus) =
            (parsed(&row.get::<_, String>(3)?)?, parsed(&row.get::<_, String>(4)?)?);
        let continued = last.as_ref().filter(|(known, ..)| *known == id).map(|(_, _, reached)| *reached);
        let follows = match continued {
            None => event == Event::Consented && to == PaymentStatus::Consented,
            Some(reached) => reached == from && next(from, event) == Some(to),
        };
        if !follows {
            report.faults.push(format!("a step that cannot be: {id} {event} from {from} to {to}"));
        }
        if continued.is_none() {
            check_end(last.take(), report);
        }
        last = Some((id, stands, to));
    }
    check_end(last, report);
    Ok(())
}

fn check_end(last: Option<(String, PaymentStatus, PaymentStatus)>, report: &mut BooksReport) {
    if let Some((id, stands, reached)) = last
        && stands != reached
    {
        report.faults.push(format!("a payment that is {stands} though its history ends with {reached}: {id}"));
    }
}
