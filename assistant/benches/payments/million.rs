//! A ledger in which a household has paid for decades: how long it takes to open, to look for what is open, and to answer.

use crate::household::{Never, pay_many};
use crate::teller::{Instantly, payments_with};
use crate::{median, timed};
use jiff::civil::date;
use jiff::tz::TimeZone;
use rusqlite::Connection;
use sayso::dialog::{History as _, HistoryFilter};
use sayso::payments::{Filter, PaymentStore as _};
use sayso::store::Store;
use std::path::Path;
use std::time::Duration;
use tokio::runtime::Runtime;

/// So many payments are open in it.
const OPEN: usize = 50;

/// Payments of the last twenty years to fifty payees, each with all that one real payment has written: its rows are
/// repeated with other names, for that is what a million payments leave.
fn fill(path: &Path, count: u64) {
    let connection = Connection::open(path).unwrap();
    connection.pragma_update(None, "synchronous", "OFF").unwrap();
    connection.pragma_update(None, "foreign_keys", false).unwrap();
    connection.pragma_update(None, "cache_size", -500_000).unwrap();
    connection.execute_batch("BEGIN").unwrap();
    let counted = format!("WITH RECURSIVE c(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM c WHERE n < {count})");
    connection.execute_batch(&format!("CREATE TEMP TABLE n AS {counted} SELECT n FROM c")).unwrap();
    let (first, begun): (String, i64) = connection
        .query_row("SELECT id, created_at_ms FROM payments", [], |row| Ok((row.get(0)?, row.get(1)?)))
        .unwrap();
    let step_ms = 20 * 365 * 86_400_000 / i64::try_from(count).unwrap();
    let time = format!("{begun} - ({count} - n) * {step_ms}");
    let id = "'0' || printf('%025d', n)";
    let changed = [
        ("id", id.to_owned()),
        ("payment", id.to_owned()),
        ("reference", id.to_owned()),
        ("consent", "lower(hex(randomblob(32)))".to_owned()),
        ("key", "lower(hex(randomblob(32)))".to_owned()),
        ("payee", "printf('payee_%d', n % 50)".to_owned()),
        ("request", format!("replace(t.request, '{first}', {id})")),
        ("payload", format!("replace(t.payload, '{first}', {id})")),
        ("created_at_ms", time.clone()),
        ("updated_at_ms", time.clone()),
        ("at_ms", time.clone()),
        ("provider_reference", id.to_owned()),
    ];
    let accounts =
        "INSERT INTO accounts (id, name) SELECT 999 + n, printf('payee:payee_%d', n - 1) FROM n WHERE n <= 50";
    connection.execute_batch(accounts).unwrap();
    let events: i64 = connection.query_row("SELECT max(seq) FROM events", [], |row| row.get(0)).unwrap();
    for table in ["payments", "keys", "events", "postings", "outbox"] {
        let mut columns = connection.prepare(&format!("SELECT name FROM pragma_table_info('{table}')")).unwrap();
        let columns: Vec<String> = columns.query_map([], |row| row.get(0)).unwrap().map(Result::unwrap).collect();
        let value = |column: &String| match (table, column.as_str()) {
            ("outbox", "id") => "NULL".to_owned(),
            ("outbox", "delivered_at_ms") => time.clone(),
            ("events", "seq") => format!("t.seq + n * {events}"),
            ("postings", "account") => {
                "CASE t.account WHEN (SELECT id FROM accounts WHERE name = 'payee:electricity') THEN 1000 + n % 50 \
                 ELSE t.account END"
                    .to_owned()
            }
            ("postings", "event") => format!("t.event + n * {events}"),
            _ => changed
                .iter()
                .find(|(name, _)| name == column)
                .map_or(format!("t.{column}"), |(_, value)| value.clone()),
        };
        let values: Vec<String> = columns.iter().map(value).collect();
        // What is repeated is what was there before, which a table that reads itself must not see growing.
        let sql = format!(
            "CREATE TEMP TABLE t_{table} AS SELECT * FROM main.{table}; \
             INSERT INTO main.{table} ({}) SELECT {} FROM n CROSS JOIN t_{table} t;",
            columns.join(", "),
            values.join(", ")
        );
        connection.execute_batch(&sql).unwrap();
    }
    connection.execute_batch("COMMIT").unwrap();
    connection.pragma_update_and_check(None, "wal_checkpoint", "TRUNCATE", |_| Ok(())).unwrap();
}

fn show(what: &str, time: Duration) {
    println!("  {what:<58} {:>10.3} ms", time.as_secs_f64() * 1e3);
}

pub fn measure(runtime: &Runtime, path: &Path, count: u64) {
    let payments = payments_with(path, Instantly);
    runtime.block_on(pay_many(&payments, 1, 1));
    drop(payments);
    let ((), filling) = timed(|| fill(path, count));
    let payments = payments_with(path, Never);
    runtime.block_on(pay_many(&payments, OPEN, 8));
    drop(payments);
    let bytes = std::fs::metadata(path).unwrap().len();
    println!(
        "a ledger with {count} payments ({:.0} s to fill), {} bytes a payment:",
        filling.as_secs_f64(),
        bytes / count
    );
    let opening = median(5, || timed(|| Store::open(path).unwrap()).1);
    show("start-up: opening the store", opening);
    let store = Store::open(path).unwrap();
    let look = |store: &Store| runtime.block_on(store.open(None)).unwrap().len();
    assert_eq!(look(&store), OPEN);
    show(&format!("recovery: finding {OPEN} open payments"), median(50, || timed(|| look(&store)).1));
    let history = store.history(TimeZone::UTC);
    let ask = |filter: &HistoryFilter| median(20, || timed(|| history.payments(filter)).1);
    let payee = Some("payee_7".to_owned());
    let last = HistoryFilter { payee: payee.clone(), limit: Some(5), ..HistoryFilter::default() };
    show("history: the last five payments to one payee", ask(&last));
    let recent = HistoryFilter { limit: Some(5), ..HistoryFilter::default() };
    show("history: the last five payments", ask(&recent));
    let month = HistoryFilter {
        payee,
        from: Some(date(2024, 1, 1)),
        until: Some(date(2024, 1, 31)),
        ..HistoryFilter::default()
    };
    let found = history.payments(&month).len();
    show(&format!("history: one payee in one month ({found} payments)"), ask(&month));
    let newest = Filter::default();
    let list = || timed(|| runtime.block_on(store.payments(&newest)).unwrap()).1;
    show("list: the newest hundred", median(20, list));
    let payments = payments_with(path, Instantly);
    let pay = || timed(|| runtime.block_on(pay_many(&payments, 1, 1))).1;
    show("one payment in process, durable", median(50, pay));
    let (report, verifying) = timed(|| runtime.block_on(store.verify()).unwrap());
    assert!(report.is_sound(), "{:?}", &report.faults[..report.faults.len().min(5)]);
    show("adding up all books (not at start-up)", verifying);
}
