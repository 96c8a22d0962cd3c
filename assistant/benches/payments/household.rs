//! Payments to measure: in process or through a worker, in memory or on the disk.

use async_trait::async_trait;
use sayso::consent::{Consent, Occasion, Proposal, ProposalKind, ReadBack};
use sayso::lang::Lang;
use sayso::payments::{Clock as _, GateSettings, HttpGate, NoSecrets, Payments, Providers, Settings, SystemClock};
use sayso::plugin_host::{self, Plugins, WorkerProvider};
use sayso::store::Store;
use sayso_plugin_interface::outcome::WebhookVerdict;
use sayso_plugin_interface::request::WebhookRequest;
use sayso_plugin_interface::{
    AdvanceRequest, CancelRequest, Capabilities, Currency, Host, HttpFailure, HttpRequest, HttpResponse, Money,
    Outcome, PayRequest, PaymentProvider, QueryAnswer, QueryRefundRequest, QueryRequest, Receipt, RefundOutcome,
    RefundRequest,
};
use std::env::consts::{DLL_PREFIX, DLL_SUFFIX};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;
use tempfile::TempDir;

/// Says yes at once, or that it is still at it.
#[derive(Clone, Copy)]
pub struct Instantly;

/// Is still at it, for ever.
#[derive(Clone, Copy)]
pub struct Never;

trait Says: Send + Sync + 'static {
    fn says(&self, request: PayRequest) -> Outcome;
}

impl Says for Instantly {
    fn says(&self, request: PayRequest) -> Outcome {
        let receipt = Receipt {
            provider_reference: request.reference.clone(),
            reference: request.reference,
            amount: request.amount,
            payee: None,
        };
        Outcome::Succeeded { receipt }
    }
}

impl Says for Never {
    fn says(&self, _: PayRequest) -> Outcome {
        Outcome::Pending { poll_after_ms: 0, deadline_ms: None, provider_reference: None }
    }
}

struct Teller<T>(T);

fn no<T>(say: impl Fn(String) -> T) -> T {
    say("not measured".to_owned())
}

#[async_trait]
impl<T: Says> PaymentProvider for Teller<T> {
    fn capabilities(&self) -> Capabilities {
        let said = serde_json::json!({
            "name": "teller", "version": "1", "practice": true, "currencies": [], "off_session": true,
            "authorize_and_capture": false, "partial_refund": false, "query_by_reference": true,
            "idempotency_key_life_ms": null, "reference_length_max": 64, "hosts": [],
        });
        serde_json::from_value(said).unwrap()
    }
    async fn pay(&self, _: &dyn Host, request: PayRequest) -> Outcome {
        self.0.says(request)
    }
    async fn advance(&self, _: &dyn Host, _: AdvanceRequest) -> Outcome {
        no(|reason| Outcome::Unknown { reason })
    }
    async fn query(&self, _: &dyn Host, _: QueryRequest) -> QueryAnswer {
        no(|reason| QueryAnswer::Unreachable { reason })
    }
    async fn cancel(&self, _: &dyn Host, _: CancelRequest) -> Outcome {
        no(|reason| Outcome::Unknown { reason })
    }
    async fn refund(&self, _: &dyn Host, _: RefundRequest) -> RefundOutcome {
        no(|reason| RefundOutcome::Unknown { reason })
    }
    async fn query_refund(&self, _: &dyn Host, _: QueryRefundRequest) -> RefundOutcome {
        no(|reason| RefundOutcome::Unknown { reason })
    }
    async fn verify_webhook(&self, _: &dyn Host, _: WebhookRequest) -> WebhookVerdict {
        no(|reason| WebhookVerdict::Refused { reason })
    }
    async fn acknowledge_webhook(&self, _: &dyn Host, _: WebhookRequest) -> HttpResponse {
        no(|body| HttpResponse { status: 204, headers: Vec::new(), body })
    }
}

struct NoHands;

#[async_trait]
impl Host for NoHands {
    async fn http(&self, _: HttpRequest) -> Result<HttpResponse, HttpFailure> {
        no(|reason| Err(HttpFailure::NotSent { reason }))
    }
    fn now_ms(&self) -> i64 {
        0
    }
    async fn random_hex(&self, _: u8) -> String {
        String::new()
    }
    fn log(&self, _: &str) {}
}

/// A consent of its own each time.
pub fn consent() -> Consent {
    static NUMBER: AtomicUsize = AtomicUsize::new(0);
    let proposal = Proposal {
        kind: ProposalKind::Pay,
        payee: "electricity".into(),
        payee_name: "City Power".into(),
        amount: Money::new(4250, Currency::USD),
        provider: "stripe".into(),
        provider_name: "Stripe".into(),
        purpose: "electricity bill".into(),
        schedule: None,
        person: None,
    };
    let occasion = Occasion { conversation: "bench".into(), step: NUMBER.fetch_add(1, Ordering::Relaxed) };
    let now_ms = SystemClock.now_ms();
    ReadBack::new(proposal, Lang::En, occasion, now_ms).agree("yes", now_ms).unwrap()
}

#[allow(private_bounds)]
pub fn payments_with(path: &Path, teller: impl Says) -> Payments {
    payments_through(path, Arc::new(Teller(teller)), Arc::new(NoHands))
}

pub fn payments_through(path: &Path, provider: Arc<dyn PaymentProvider>, host: Arc<dyn Host>) -> Payments {
    let mut providers = Providers::new();
    providers.add("stripe", provider, host);
    Payments::new(Arc::new(Store::open(path).unwrap()), providers, Settings::default())
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
