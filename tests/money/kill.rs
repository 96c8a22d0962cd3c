//! Processes that pay and are killed: between any two steps, and at random moments from outside. Afterwards each consent
//! that was written down is charged exactly once, nothing else is, and the books balance.
//!
//! The process that is killed is this test program itself, started again to run [`child`] alone.

use crate::http_bank::{Fault, HttpBank, HttpBankServer};
use crate::world::{proposal, usd};
use sayso::consent::{Consent, Occasion, ReadBack};
use sayso::lang::Lang;
use sayso::ledger::PaymentStatus;
use sayso::payments::{
    Clock as _, Filter, GateSettings, HttpGate, NoSecrets, PayError, Payments, Providers, Settings, Step, SystemClock,
};
use sayso::store::Store;
use std::collections::BTreeSet;
use std::io::Read as _;
use std::net::SocketAddr;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::time::Duration;

const DATA: &str = "SAYSO_TEST_DATA";
const BANK: &str = "SAYSO_TEST_BANK";
const COUNT: &str = "SAYSO_TEST_COUNT";
const CRASH_AT: &str = "SAYSO_TEST_CRASH_AT";
const READ_AT: &str = "SAYSO_TEST_READ_AT";

fn open(path: &Path, bank: SocketAddr) -> Payments {
    let provider = Arc::new(HttpBank { address: bank });
    let capabilities = sayso_plugin_interface::PaymentProvider::capabilities(&*provider);
    let approved = [bank.to_string()];
    let gate = HttpGate::new("stripe", &capabilities, &approved, Arc::new(NoSecrets), GateSettings::default());
    let mut providers = Providers::new();
    providers.add("stripe", provider, Arc::new(gate));
    let settings = Settings { grace_ms: 0, poll_first_ms: 0, ..Settings::default() };
    Payments::new(Arc::new(Store::open(path).unwrap()), providers, settings)
}

fn consent(read_at_ms: Option<i64>, number: usize) -> Consent {
    let now_ms = SystemClock.now_ms();
    let proposal = proposal(usd(100 + i64::try_from(number).unwrap()));
    // With a given moment it is one conversation, which goes on in one process after the other.
    let conversation = read_at_ms.map_or_else(|| std::process::id().to_string(), |_| "kitchen".into());
    let occasion = Occasion { conversation, step: number };
    ReadBack::new(proposal, Lang::En, occasion, read_at_ms.unwrap_or(now_ms)).agree("yes", now_ms).unwrap()
}

/// What the killed process does: brings on what there is, then pays. Says what it paid.
#[test]
#[ignore = "started by the tests below, in a process of its own"]
fn child() {
    let Some(path) = std::env::var_os(DATA) else { return };
    let bank = std::env::var(BANK).unwrap().parse().unwrap();
    let number = |name: &str| std::env::var(name).ok().and_then(|text| text.parse::<i64>().ok());
    let crash_at = std::env::var(CRASH_AT).ok();
    let observer = move |step: Step| {
        if crash_at.as_deref() == Some(format!("{step:?}").as_str()) {
            // Like SIGKILL, nothing of ours runs after it: no destructor, no flush, no unwinding.
            std::process::abort();
        }
    };
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    runtime.block_on(async {
        let payments = open(Path::new(&path), bank).with_observer(Arc::new(observer));
        println!("ready");
        payments.recover().await.unwrap();
        for index in 0..usize::try_from(number(COUNT).unwrap_or(0)).unwrap() {
            match payments.pay(consent(number(READ_AT), index)).await {
                Ok(view) => println!("paid {} {}", view.id, view.status),
                Err(PayError::ConsentUsed { payment }) => println!("used {payment} -"),
                Err(error) => panic!("{error}"),
            }
        }
    });
}

fn start(path: &Path, bank: SocketAddr, variables: &[(&str, &str)]) -> Child {
    Command::new(std::env::current_exe().unwrap())
        .args(["kill::child", "--exact", "--ignored", "--nocapture", "--test-threads=1"])
        .env(DATA, path)
        .env(BANK, bank.to_string())
        .envs(variables.iter().copied())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap()
}

/// Waits for the end of a child, and returns what it reported as paid.
fn finish(mut child: Child) -> Vec<(String, String)> {
    let mut text = String::new();
    child.stdout.take().unwrap().read_to_string(&mut text).unwrap();
    child.wait().unwrap();
    let words = text.lines().filter_map(|line| line.strip_prefix("paid ")?.split_once(' '));
    words.map(|(id, status)| (id.to_owned(), status.to_owned())).collect()
}

/// Brings everything to its end and checks it against the bank's own books. How many payments there were.
async fn settle_and_check(path: &Path, bank: &HttpBankServer, context: &str) -> usize {
    bank.next(&[]);
    let payments = open(path, bank.address);
    for _ in 0..10 {
        if payments.recover().await.unwrap().waiting.is_empty() {
            break;
        }
    }
    let all = payments.list(&Filter { limit: usize::MAX, ..Filter::default() }).await.unwrap();
    for view in &all {
        let ended = matches!(view.status, PaymentStatus::Succeeded | PaymentStatus::Failed | PaymentStatus::NotSent);
        assert!(ended, "{context}: {view:?} is lost");
    }
    let report = payments.verify().await.unwrap();
    assert!(report.is_sound(), "{context}: {:?}", report.faults);
    let ledger = bank.ledger.lock().unwrap();
    assert!(ledger.wrongs.is_empty(), "{context}: {:?}", ledger.wrongs);
    let paid: BTreeSet<_> =
        all.iter().filter(|view| view.status == PaymentStatus::Succeeded).map(|view| view.id.to_string()).collect();
    let charged: Vec<_> = ledger.charges.values().flatten().map(|request| request.reference.clone()).collect();
    let once: BTreeSet<_> = charged.iter().cloned().collect();
    assert_eq!(charged.len(), once.len(), "{context}: a consent was charged twice");
    assert_eq!(once, paid, "{context}: what the bank charged is what the books say");
    all.len()
}

#[tokio::test(flavor = "multi_thread")]
async fn killed_between_any_two_steps_nothing_is_paid_twice_and_nothing_is_lost() {
    let faults: [&[Fault]; 4] = [&[], &[Fault::LosesAnswer], &[Fault::LosesRequest], &[Fault::Declines]];
    let first_steps = [Step::Checked, Step::Committed, Step::Answered, Step::Recorded];
    let mut deaths = 0;
    for first in first_steps {
        for later in Step::ALL.map(Some).into_iter().chain([None]) {
            for fault in faults {
                let folder = tempfile::tempdir().unwrap();
                let path = folder.path().join("sayso.db");
                let bank = HttpBankServer::start();
                let context = format!("first died at {first:?} with {fault:?}, then at {later:?}");
                bank.next(fault);
                let (first_step, later_step) = (format!("{first:?}"), later.map(|step| format!("{step:?}")));
                finish(start(&path, bank.address, &[(COUNT, "1"), (CRASH_AT, &first_step)]));
                deaths += 1;
                if let Some(step) = &later_step {
                    bank.next(&[Fault::LosesRequest]);
                    finish(start(&path, bank.address, &[(CRASH_AT, step)]));
                }
                let count = settle_and_check(&path, &bank, &context).await;
                assert_eq!(count, usize::from(first != Step::Checked), "{context}");
            }
        }
    }
    assert_eq!(deaths, 4 * 11 * 4);
}

#[tokio::test(flavor = "multi_thread")]
async fn killed_at_random_moments_nothing_is_paid_twice_and_nothing_is_lost() {
    let kills: usize = std::env::var("SAYSO_TEST_KILLS").ok().and_then(|text| text.parse().ok()).unwrap_or(60);
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("sayso.db");
    let bank = HttpBankServer::start();
    let mut reported = Vec::new();
    for round in 0..kills {
        let faults = [Fault::LosesAnswer, Fault::LosesRequest, Fault::Declines];
        bank.next(&(0..round % 4).map(|index| faults[(round + index) % 3]).collect::<Vec<_>>());
        let mut child = start(&path, bank.address, &[(COUNT, "1000")]);
        let mut random = [0_u8; 2];
        getrandom::fill(&mut random).unwrap();
        std::thread::sleep(Duration::from_micros(u64::from(u16::from_be_bytes(random)) * 3));
        child.kill().unwrap();
        reported.extend(finish(child));
    }
    let count = settle_and_check(&path, &bank, "random").await;
    let payments = open(&path, bank.address);
    for (id, status) in &reported {
        let view = payments.get(&id.parse().unwrap()).await.unwrap().expect("what was reported is on the disk");
        let kept = view.status.name() == status || status == "unknown";
        assert!(kept, "{id} was reported as {status} and is {}", view.status);
    }
    println!("{kills} kills, {count} payments, {} reported before their process died", reported.len());
    assert!(count >= kills / 2, "the processes lived too short to show anything: {count} payments");
}

#[tokio::test(flavor = "multi_thread")]
async fn two_processes_on_one_folder_pay_each_consent_once() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("sayso.db");
    let bank = HttpBankServer::start();
    let both = [(COUNT, "30")];
    let children = [start(&path, bank.address, &both), start(&path, bank.address, &both)];
    let reported: usize = children.map(finish).iter().map(Vec::len).sum();
    assert_eq!(reported, 60, "both work side by side");
    assert_eq!(settle_and_check(&path, &bank, "side by side").await, 60);

    // The same read-backs, answered in both: ten consents, ten payments.
    let read_at = (SystemClock.now_ms()).to_string();
    let both = [(COUNT, "10"), (READ_AT, read_at.as_str())];
    let children = [start(&path, bank.address, &both), start(&path, bank.address, &both)];
    let reported: usize = children.map(finish).iter().map(Vec::len).sum();
    assert_eq!(reported, 10, "each consent is paid by one of them");
    assert_eq!(settle_and_check(&path, &bank, "the same consents").await, 70);
}
