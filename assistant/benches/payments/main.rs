//! What payments cost, each figure beside a baseline of the same run: one payment through worker and gate beside the same
//! in process and beside a bare HTTP exchange; payments a second beside the disk's own commits; and a ledger with a million
//! payments. `SAYSO_BENCH_PAYMENTS=100000` makes a smaller ledger.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::print_stdout, missing_docs)]

mod counter;
#[path = "../../../tests/hands/mod.rs"]
mod hands;
mod household;
mod million;
mod teller;

use counter::Counter;
use household::{commits, folder_in_memory, folder_on_disk, pay_many, worker_at};
use sayso::payments::Payments;
use std::path::Path;
use std::sync::mpsc::channel;
use std::time::{Duration, Instant};
use teller::{Instantly, payments_with};
use tokio::runtime::Runtime;

/// How often one thing is done for one figure; the median counts.
const ROUNDS: usize = 2_000;

/// The median of what single runs take.
pub fn median(rounds: usize, mut run: impl FnMut() -> Duration) -> Duration {
    let mut times: Vec<Duration> = (0..rounds).map(|_| run()).collect();
    times.sort_unstable();
    times[rounds / 2]
}

pub fn timed<T>(work: impl FnOnce() -> T) -> (T, Duration) {
    let start = Instant::now();
    let done = work();
    (done, start.elapsed())
}

fn us(time: Duration) -> f64 {
    time.as_secs_f64() * 1e6
}

fn one(runtime: &Runtime, payments: &Payments) -> Duration {
    let pay = || timed(|| runtime.block_on(payments.pay(teller::consent())).unwrap()).1;
    for _ in 0..100 {
        pay();
    }
    median(ROUNDS, pay)
}

/// A change of threads and back: what waking a processor costs here, which a payment through the worker's process pays several
/// times. It is a few microseconds on bare metal, and many times that in some virtual machines.
fn change_of_threads() -> Duration {
    let ((ask, asked), (answer, answered)) = (channel::<()>(), channel::<()>());
    let other = std::thread::spawn(move || asked.into_iter().for_each(|()| answer.send(()).unwrap()));
    let time = median(ROUNDS, || {
        timed(|| {
            ask.send(()).unwrap();
            answered.recv().unwrap();
        })
        .1
    });
    drop(ask);
    other.join().unwrap();
    time
}

/// One payment through everything, where commits cost next to nothing, so that the rest is seen.
fn overhead(runtime: &Runtime) {
    let folder = folder_in_memory();
    let counter = runtime.block_on(Counter::open());
    let exchange = median(ROUNDS, || timed(|| runtime.block_on(counter.exchange())).1);
    let commit = commits(folder.path(), ROUNDS);
    let inside = one(runtime, &payments_with(&folder.path().join("in.db"), Instantly));
    let (worker, gate) = runtime.block_on(worker_at(&counter.url()));
    let payments = teller::payments_through(&folder.path().join("out.db"), worker, gate);
    let through = one(runtime, &payments);
    let rest = through.saturating_sub(exchange + 2 * commit);
    println!("one payment, the store in memory, median of {ROUNDS}:");
    println!("  a bare HTTP exchange on loopback    {:>8.1} us", us(exchange));
    println!("  a bare commit of SQLite             {:>8.1} us", us(commit));
    println!("  a change of threads and back        {:>8.1} us", us(change_of_threads()));
    println!("  a payment in process                {:>8.1} us", us(inside));
    let ratios = (us(through) / us(inside), us(through) / us(exchange));
    println!(
        "  a payment through worker and gate   {:>8.1} us = {:.1} times the one in process, {:.1} times the exchange",
        us(through),
        ratios.0,
        ratios.1
    );
    println!(
        "  worker, ABI, gate and ledger add    {:>8.1} us beside the exchange and two commits (goal: < 300)",
        us(rest)
    );
}

/// Payments a second on the disk, by how many are made at once, beside the disk's own commits just before and after.
fn throughput(runtime: &Runtime) {
    let folder = folder_on_disk();
    println!("payments a second with durable commits, beside bare commits of SQLite on the same disk:");
    for at_once in [1, 8, 32, 128] {
        let payments = payments_with(&folder.path().join(format!("{at_once}.db")), Instantly);
        let before = commits(folder.path(), 200);
        let count = (at_once * 100).min(3_000);
        let ((), time) = timed(|| runtime.block_on(pay_many(&payments, count, at_once)));
        // The faster of both: what else the machine does is not held against the disk.
        let commit = before.min(commits(folder.path(), 200));
        let (paid, rate) = (count as f64 / time.as_secs_f64(), 1.0 / commit.as_secs_f64());
        let ratio = paid / rate;
        println!("  {at_once:>4} at once: {paid:>7.0} payments, {rate:>7.0} commits: {ratio:.2} (goal: >= 0.5)");
    }
}

fn main() {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    overhead(&runtime);
    throughput(&runtime);
    let count = std::env::var("SAYSO_BENCH_PAYMENTS").ok().and_then(|text| text.parse().ok()).unwrap_or(1_000_000);
    let folder = folder_on_disk();
    let path: &Path = &folder.path().join("million.db");
    million::measure(&runtime, path, count);
}
