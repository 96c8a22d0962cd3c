//! A household with one real provider: a store in a temporary folder, a clock that is set by hand, the provider's compiled
//! plugin in its worker, and the gate that lets it reach the pretend provider.

use sayso::consent::{Consent, Occasion, Proposal, ProposalKind, ReadBack};
use sayso::lang::Lang;
use sayso::payments::{
    Clock, GateSettings, HttpGate, PaymentView, Payments, Providers, SecretError, Secrets, Settings, SystemRandom,
};
use sayso::plugin_host::{BackOff, Plugins, Settings as HostSettings, WorkerProvider};
use sayso::store::Store;
use sayso_plugin_interface::{Money, PaymentProvider as _};
use serde_json::Value;
use std::collections::BTreeMap;
use std::env::consts::{DLL_PREFIX, DLL_SUFFIX};
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;
use tempfile::TempDir;

/// Long enough for a slow machine, where nothing is meant to hang.
pub const PATIENT: Duration = Duration::from_secs(30);
/// When every story begins, as Unix milliseconds.
pub const BEGIN_MS: i64 = 1_764_000_000_000;

/// A clock that stands still until it is moved.
pub struct HandClock(AtomicI64);

impl HandClock {
    pub fn new() -> Arc<Self> {
        Arc::new(HandClock(AtomicI64::new(BEGIN_MS)))
    }

    pub fn forward(&self, ms: i64) {
        self.0.fetch_add(ms, Ordering::SeqCst);
    }
}

impl Clock for HandClock {
    fn now_ms(&self) -> i64 {
        self.0.load(Ordering::SeqCst)
    }
}

/// Secrets that are only for tests.
struct Known(BTreeMap<String, String>);

impl Secrets for Known {
    fn secret(&self, name: &str) -> Result<String, SecretError> {
        self.0.get(name).cloned().ok_or_else(|| SecretError::Unknown(name.to_owned()))
    }
}

/// How the provider is configured.
pub struct Setup<'a> {
    /// The name of the crate's library, which is the provider's name too: `stripe`.
    pub library: &'a str,
    /// The plugin's own settings, with the secrets that go inside below `secrets`.
    pub settings: Value,
    /// The secrets that the gate fills in.
    pub secrets: &'a [(&'a str, &'a str)],
    /// Where the provider finds the payee.
    pub account: &'a [(&'a str, &'a str)],
    /// How long one exchange may take.
    pub exchange_ms: u64,
}

pub struct Household {
    pub payments: Payments,
    /// The plugin itself, for verbs that payments does not ask.
    pub worker: Arc<WorkerProvider>,
    /// Its way out.
    pub gate: Arc<HttpGate>,
    pub clock: Arc<HandClock>,
    provider: String,
    account: BTreeMap<String, String>,
    folder: TempDir,
}

/// The compiled library of a member of this workspace; cargo builds it because the tests depend on it.
pub fn library(name: &str) -> PathBuf {
    let file = format!("{DLL_PREFIX}{name}{DLL_SUFFIX}");
    let program = std::env::current_exe().unwrap();
    let mut places = program.ancestors().skip(1).take(2).map(|directory| directory.join(&file));
    places.find(|path| path.is_file()).unwrap_or_else(|| panic!("{file} is not built: `cargo build --workspace`"))
}

pub fn plugins() -> Plugins {
    let worker = Some(env!("CARGO_BIN_EXE_sayso-plugin-worker").into());
    Plugins::open(HostSettings { worker, back_off: BackOff::NONE, ..HostSettings::default() }).unwrap()
}

impl Household {
    /// Moves in. `clock` is shared with the pretend provider, so that both tell the same time.
    pub async fn new(setup: Setup<'_>, clock: Arc<HandClock>) -> Household {
        let text = setup.settings.to_string();
        let worker = plugins().load(&library(setup.library), setup.library, &text, PATIENT).await.unwrap();
        let pairs = |pairs: &[(&str, &str)]| -> BTreeMap<String, String> {
            pairs.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect()
        };
        let can = worker.capabilities();
        let bounds = GateSettings { exchange_ms: setup.exchange_ms, ..GateSettings::default() };
        let secrets = Arc::new(Known(pairs(setup.secrets)));
        let gate = HttpGate::new(setup.library, &can, &can.hosts, secrets, bounds)
            .with_surroundings(clock.clone(), Arc::new(SystemRandom));
        let gate = Arc::new(gate);
        let folder = tempfile::tempdir_in("/dev/shm").or_else(|_| tempfile::tempdir()).unwrap();
        let (provider, account) = (setup.library.to_owned(), pairs(setup.account));
        let payments = open(&folder, &provider, &worker, &gate, &clock, &account);
        Household { payments, worker, gate, clock, provider, account, folder }
    }

    /// The program ends and starts anew on what is on the disk.
    pub async fn restart(&mut self) {
        self.payments = open(&self.folder, &self.provider, &self.worker, &self.gate, &self.clock, &self.account);
    }

    /// A read-back of its own that was agreed to.
    pub fn consent(&self, amount: Money) -> Consent {
        self.clock.forward(1);
        let proposal = Proposal {
            kind: ProposalKind::Pay,
            payee: "electricity".into(),
            payee_name: "City Power".into(),
            amount,
            provider: self.provider.clone(),
            provider_name: self.provider.clone(),
            purpose: "electricity bill".into(),
            schedule: None,
            person: None,
        };
        let (occasion, now_ms) = (Occasion { conversation: "kitchen".into(), step: 1 }, self.clock.now_ms());
        ReadBack::new(proposal, Lang::En, occasion, now_ms).agree("yes, pay it", now_ms).unwrap()
    }

    pub async fn pay(&self, amount: Money) -> PaymentView {
        self.payments.pay(self.consent(amount)).await.unwrap()
    }

    /// Lets time pass and everything that is due be asked about; the payment after it.
    pub async fn later(&self, ms: i64, payment: &PaymentView) -> PaymentView {
        self.clock.forward(ms);
        let report = self.payments.recover_due().await.unwrap();
        assert!(report.problems.is_empty(), "{:?}", report.problems);
        self.payments.get(&payment.id).await.unwrap().unwrap()
    }

    /// What must be true at the end of every story.
    pub async fn check(&self) {
        let report = self.payments.verify().await.unwrap();
        assert!(report.is_sound(), "{:?}", report.faults);
    }
}

fn open(
    folder: &TempDir,
    provider: &str,
    worker: &Arc<WorkerProvider>,
    gate: &Arc<HttpGate>,
    clock: &Arc<HandClock>,
    account: &BTreeMap<String, String>,
) -> Payments {
    let mut providers = Providers::new();
    providers.add(provider, worker.clone(), gate.clone());
    let store = Store::open(folder.path().join("sayso.db")).unwrap();
    let account = account.clone();
    Payments::new(Arc::new(store), providers, Settings::default())
        .with_clock(clock.clone())
        .with_accounts(Arc::new(move |_, _| account.clone()))
}

mod tests {
    use super::*;
    use sayso::ledger::PaymentStatus;
    use sayso::server::practice_bank::{self, Options};
    use sayso_plugin_interface::Currency;
    use serde_json::json;

    #[tokio::test]
    async fn a_household_pays_through_worker_gate_and_ledger() {
        let directory = tempfile::tempdir().unwrap();
        let (books, address) = (directory.path().join("bank.db"), "127.0.0.1:0".parse().unwrap());
        let bank = practice_bank::serve(&books, address, Options { late: PATIENT }).await.unwrap();
        let setup = Setup {
            library: "practice_bank",
            settings: json!({ "base_url": bank.url() }),
            secrets: &[],
            account: &[("practice", "settles")],
            exchange_ms: 20_000,
        };
        let mut household = Household::new(setup, HandClock::new()).await;
        let paid = household.pay(Money::new(4250, Currency::USD)).await;
        assert_eq!(paid.status, PaymentStatus::Pending);
        household.restart().await;
        household.later(60_000, &paid).await;
        assert_eq!(household.later(60_000, &paid).await.status, PaymentStatus::Succeeded);
        assert_eq!(bank.charges().unwrap().len(), 1);
        household.check().await;
    }
}
