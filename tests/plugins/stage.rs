//! What the tests of plugins share: where the compiled parts are, hosts, and requests.

use async_trait::async_trait;
use sayso::plugin_host::{BackOff, Plugins, Settings, WorkerProvider};
use sayso_plugin_interface::request::Payee;
use sayso_plugin_interface::{
    Currency, Host, HttpFailure, HttpRequest, HttpResponse, Money, Outcome, PayRequest, PaymentProvider as _,
};
use std::env::consts::{DLL_PREFIX, DLL_SUFFIX};
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

/// Long enough for a slow machine, where nothing is meant to hang.
pub const PATIENT: Duration = Duration::from_secs(30);

/// The compiled library of a member of this workspace; cargo builds it because the tests depend on it.
pub fn library(name: &str) -> PathBuf {
    let file = format!("{DLL_PREFIX}{name}{DLL_SUFFIX}");
    let program = std::env::current_exe().unwrap();
    let mut places = program.ancestors().skip(1).take(2).map(|directory| directory.join(&file));
    places.find(|path| path.is_file()).unwrap_or_else(|| {
        panic!(
            "{file} is not beside {}: build it with `cargo build --workspace`, then run the tests again",
            program.display()
        )
    })
}

pub fn worker() -> PathBuf {
    env!("CARGO_BIN_EXE_sayso-plugin-worker").into()
}

pub fn plugins() -> Plugins {
    Plugins::open(Settings { worker: Some(worker()), back_off: BackOff::NONE, ..Settings::default() }).unwrap()
}

pub async fn hostile(deadline: Duration) -> Arc<WorkerProvider> {
    plugins().load(&library("hostile_plugin"), "hostile", "{}", deadline).await.unwrap()
}

/// A payment that asks the hostile plugin for a deed; an empty one asks for none.
pub fn deed(deed: &str) -> PayRequest {
    let account = if deed.is_empty() { Vec::new() } else { vec![("do".to_owned(), deed.to_owned())] };
    PayRequest {
        reference: "r1".into(),
        idempotency_key: "k1".into(),
        amount: Money::new(4250, Currency::USD),
        payee: Payee { id: "electricity".into(), name: "City Power".into(), account: account.into_iter().collect() },
        purpose: "electricity bill".into(),
        authorize_only: false,
        instrument: None,
    }
}

/// A host without a network: every request fails, after a while if told so.
#[derive(Default)]
pub struct Offline {
    pub delay: Duration,
    pub asked: AtomicUsize,
}

#[async_trait]
impl Host for Offline {
    async fn http(&self, _: HttpRequest) -> Result<HttpResponse, HttpFailure> {
        self.asked.fetch_add(1, Ordering::SeqCst);
        tokio::time::sleep(self.delay).await;
        Err(HttpFailure::NotSent { reason: "offline".into() })
    }
    fn now_ms(&self) -> i64 {
        1_764_000_000_000
    }
    async fn random_hex(&self, bytes: u8) -> String {
        "5a".repeat(usize::from(bytes))
    }
    fn log(&self, _: &str) {}
}

/// A host that really sends HTTP.
pub struct Online(pub reqwest::Client);

impl Online {
    pub fn new(timeout: Duration) -> Self {
        Online(reqwest::Client::builder().timeout(timeout).no_proxy().build().unwrap())
    }
}

#[async_trait]
impl Host for Online {
    async fn http(&self, request: HttpRequest) -> Result<HttpResponse, HttpFailure> {
        let mut sent = self.0.request(request.method.parse().unwrap(), &request.url).body(request.body);
        for (name, value) in request.headers {
            sent = sent.header(name, value);
        }
        let failure = |error: reqwest::Error| match error.is_connect() {
            true => HttpFailure::NotSent { reason: error.to_string() },
            false => HttpFailure::MaybeSent { reason: error.to_string() },
        };
        let response = sent.send().await.map_err(failure)?;
        let status = response.status().as_u16();
        let body = response.text().await.map_err(failure)?;
        Ok(HttpResponse { status, headers: Vec::new(), body })
    }
    fn now_ms(&self) -> i64 {
        1_764_000_000_000
    }
    async fn random_hex(&self, bytes: u8) -> String {
        "5a".repeat(usize::from(bytes))
    }
    fn log(&self, _: &str) {}
}

/// A good call works: the plugin pays, and needs the host for it.
pub async fn assert_good_call_works(provider: &WorkerProvider) {
    let outcome = provider.pay(&Offline::default(), deed("")).await;
    let Outcome::Succeeded { receipt } = &outcome else { panic!("a good call failed: {outcome:?}") };
    assert_eq!((receipt.provider_reference.as_str(), receipt.amount.minor), ("5a5a5a5a", 4250));
}

/// Whether a process of this number is there, as a zombie too.
#[cfg(target_os = "linux")]
pub fn process_exists(pid: u32) -> bool {
    PathBuf::from(format!("/proc/{pid}")).exists()
}
