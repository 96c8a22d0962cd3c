//! What a payment costs beside bare commits of SQLite on the same disk: one alone, and many at once. A payment is two
//! commits (before the provider hears of it, and after it answered), so two is what it is to be compared with.

#![allow(clippy::unwrap_used, missing_docs)]

#[path = "../../tests/hands/mod.rs"]
mod hands;
#[path = "payments/teller.rs"]
mod teller;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use sayso::ledger::{Books, Event, PaymentStatus, Standing, step};
use sayso_plugin_interface::{Currency, Money};
use std::hint::black_box;
use teller::{Instantly, consent, payments_with};

/// How many payments are made at once in the last of the measurements.
const AT_ONCE: usize = 32;

fn bare_commits(c: &mut Criterion) {
    let folder = tempfile::tempdir().unwrap();
    let connection = rusqlite::Connection::open(folder.path().join("bare.db")).unwrap();
    connection.pragma_update_and_check(None, "journal_mode", "WAL", |_| Ok(())).unwrap();
    connection.pragma_update(None, "synchronous", "FULL").unwrap();
    connection.execute_batch("CREATE TABLE t (id INTEGER PRIMARY KEY, text TEXT) STRICT").unwrap();
    let mut insert = connection.prepare("INSERT INTO t (text) VALUES (?1)").unwrap();
    let mut group = c.benchmark_group("commit");
    group.bench_function("one bare commit of SQLite", |b| b.iter(|| insert.execute(["a row of some length"]).unwrap()));
    group.bench_function("two bare commits of SQLite", |b| {
        b.iter(|| {
            insert.execute(["a row of some length"]).unwrap();
            insert.execute(["a row of some length"]).unwrap()
        });
    });
    group.finish();
}

fn whole_payments(c: &mut Criterion) {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    let folder = tempfile::tempdir().unwrap();
    let payments = payments_with(&folder.path().join("sayso.db"), Instantly);
    let mut group = c.benchmark_group("payment");
    group.bench_function("one", |b| b.iter(|| runtime.block_on(payments.pay(consent())).unwrap()));
    group.throughput(Throughput::Elements(AT_ONCE as u64));
    group.bench_function("many at once, commits shared", |b| {
        b.iter(|| {
            runtime.block_on(async {
                let mut tasks = tokio::task::JoinSet::new();
                for _ in 0..AT_ONCE {
                    let payments = payments.clone();
                    tasks.spawn(async move { payments.pay(consent()).await.unwrap() });
                }
                tasks.join_all().await.len()
            })
        });
    });
    group.finish();
}

fn pure_step(c: &mut Criterion) {
    let books = Books::new(Money::new(4250, Currency::USD));
    let standing = Standing { status: PaymentStatus::Dispatching, books, provider: "stripe", payee: "electricity" };
    c.bench_function("ledger step with four postings", |b| {
        b.iter(|| step(black_box(standing), black_box(Event::Succeeded), None).unwrap());
    });
}

criterion_group!(benches, bare_commits, whole_payments, pure_step);
criterion_main!(benches);
