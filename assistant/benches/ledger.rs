//! What a payment costs beside bare commits of SQLite on the same disk: one alone, and many at once. A payment is two
//! commits (before the provider hears of it, and after it answered), so two is what it is to be compared with.

#![allow(clippy::unwrap_used, missing_docs)]

use async_trait::async_trait;
use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use sayso::consent::{Consent, Occasion, Proposal, ProposalKind, ReadBack};
use sayso::lang::Lang;
use sayso::ledger::{Books, Event, PaymentStatus, Standing, step};
use sayso::payments::{Clock as _, Payments, Providers, Settings, SystemClock};
use sayso::store::Store;
use sayso_plugin_interface::outcome::WebhookVerdict;
use sayso_plugin_interface::request::WebhookRequest;
use sayso_plugin_interface::{
    AdvanceRequest, CancelRequest, Capabilities, Currency, Host, HttpFailure, HttpRequest, HttpResponse, Money,
    Outcome, PayRequest, PaymentProvider, QueryAnswer, QueryRefundRequest, QueryRequest, Receipt, RefundOutcome,
    RefundRequest,
};
use std::hint::black_box;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

/// How many payments are made at once in the last of the measurements.
const AT_ONCE: usize = 32;

/// Says yes at once, so that only our own part is measured.
struct Instantly;

fn no<T>(say: impl Fn(String) -> T) -> T {
    say("not measured".to_owned())
}

#[async_trait]
impl PaymentProvider for Instantly {
    fn capabilities(&self) -> Capabilities {
        Capabilities {
            name: "instantly".into(),
            version: "1".into(),
            practice: true,
            currencies: Vec::new(),
            limits: Vec::new(),
            off_session: true,
            authorize_and_capture: false,
            partial_refund: false,
            query_by_reference: true,
            idempotency_key_life_ms: None,
            reference_length_max: 64,
            hosts: Vec::new(),
            secrets: Vec::new(),
            secrets_inside: Vec::new(),
            handoff: Vec::new(),
            enrolment: false,
            hours: None,
        }
    }
    async fn pay(&self, _: &dyn Host, request: PayRequest) -> Outcome {
        let receipt = Receipt {
            provider_reference: request.reference.clone(),
            reference: request.reference,
            amount: request.amount,
            payee: None,
        };
        Outcome::Succeeded { receipt }
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
fn consent() -> Consent {
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

fn payments(folder: &tempfile::TempDir) -> Payments {
    let mut providers = Providers::new();
    providers.add("stripe", Arc::new(Instantly), Arc::new(NoHands));
    let store = Store::open(folder.path().join("sayso.db")).unwrap();
    Payments::new(Arc::new(store), providers, Settings::default())
}

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
    let payments = payments(&folder);
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
