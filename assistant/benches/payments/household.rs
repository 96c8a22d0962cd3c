//! Payments to measure: in process or through a worker, in memory or on the disk.

use crate::teller::{Says, consent};
use sayso::payments::{GateSettings, HttpGate, NoSecrets, Payments};
use sayso::plugin_host::{self, Plugins, WorkerProvider};
use sayso_plugin_interface::{Outcome, PayRequest, PaymentProvider as _};
use std::env::consts::{DLL_PREFIX, DLL_SUFFIX};
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;
use tempfile::TempDir;

/// Is still at it, for ever.
#[derive(Clone, Copy)]
pub struct Never;

impl Says for Never {
    fn says(&self, _: PayRequest) -> Outcome {
        Outcome::Pending { poll_after_ms: 0, deadline_ms: None, provider_reference: None }
    }
}

/// The practice plugin in its worker, and its gate to a bank at `url`.
pub async fn worker_at(url: &str) -> (Arc<WorkerProvider>, Arc<HttpGate>) {
    let settings =
        plugin_host::Settings { worker: Some(env!("CARGO_BIN_EXE_sayso-plugin-worker").into()), ..Default::default() };
    let plugins = Plugins::open(settings).unwrap();
    let library = format!("{DLL_PREFIX}practice_bank{DLL_SUFFIX}");
    let program = std::env::current_exe().unwrap();
    let library = program.ancestors().skip(1).take(2).map(|folder| folder.join(&library)).find(|path| path.is_file());
    let configuration = serde_json::json!({ "base_url": url, "provider": "stripe" }).to_string();
    let deadline = Duration::from_secs(30);
    let worker = plugins.load(&library.unwrap(), "stripe", &configuration, deadline).await.unwrap();
    let hosts = [url.trim_start_matches("http://").to_owned()];
    let gate = HttpGate::new("stripe", &worker.capabilities(), &hosts, Arc::new(NoSecrets), GateSettings::default());
    (worker, Arc::new(gate))
}

/// Makes `count` payments, `at_once` of them at the same time.
pub async fn pay_many(payments: &Payments, count: usize, at_once: usize) {
    let mut tasks = tokio::task::JoinSet::new();
    for number in 0..count {
        if number >= at_once {
            tasks.join_next().await.unwrap().unwrap();
        }
        let payments = payments.clone();
        tasks.spawn(async move { drop(payments.pay(consent()).await.unwrap()) });
    }
    tasks.join_all().await;
}

pub fn folder_in_memory() -> TempDir {
    tempfile::tempdir_in("/dev/shm").or_else(|_| tempfile::tempdir()).unwrap()
}

pub fn folder_on_disk() -> TempDir {
    tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).or_else(|_| tempfile::tempdir()).unwrap()
}

/// What one bare commit of SQLite takes in this folder, with the store's own promises.
pub fn commits(folder: &Path, rounds: usize) -> Duration {
    let connection = rusqlite::Connection::open(folder.join("bare.db")).unwrap();
    connection.pragma_update_and_check(None, "journal_mode", "WAL", |_| Ok(())).unwrap();
    connection.pragma_update(None, "synchronous", "FULL").unwrap();
    connection.execute_batch("CREATE TABLE IF NOT EXISTS t (id INTEGER PRIMARY KEY, text TEXT) STRICT").unwrap();
    let mut insert = connection.prepare("INSERT INTO t (text) VALUES (?1)").unwrap();
    let start = std::time::Instant::now();
    for _ in 0..rounds {
        insert.execute(["a row of some length"]).unwrap();
    }
    start.elapsed() / u32::try_from(rounds).unwrap()
}
