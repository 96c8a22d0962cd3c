//! What a plugin tries in order to get out of its worker. These tests need a kernel with Landlock and seccomp.

use crate::stage::{Offline, PATIENT, assert_good_call_works, deed, library, worker};
use sayso::plugin_host::{Plugins, Policy, Settings};
use sayso_plugin_interface::{Outcome, PaymentProvider as _};

fn strict() -> Plugins {
    Plugins::open(Settings { worker: Some(worker()), confinement: Policy::Required, ..Settings::default() }).unwrap()
}

/// What came of an escape: why its outcome is unknown. A good call has to work afterwards.
async fn attempt(name: &str) -> String {
    let provider = strict().load(&library("hostile_plugin"), "hostile", "{}", PATIENT).await.unwrap();
    let outcome = provider.pay(&Offline::default(), deed(name)).await;
    let Outcome::Unknown { reason } = outcome else { panic!("{name}: {outcome:?}") };
    assert_good_call_works(&provider).await;
    provider.stop().await;
    reason
}

/// It fails with "operation not permitted".
async fn assert_refused(name: &str) {
    let reason = attempt(name).await;
    assert!(reason.contains("returned 2001"), "{name}: {reason}");
}

/// It ends the worker with "bad system call".
async fn assert_killed(name: &str) {
    let reason = attempt(name).await;
    assert!(reason.contains("signal: 31"), "{name}: {reason}");
}

#[tokio::test]
async fn files_cannot_be_opened() {
    for name in ["read_passwd", "read_environment", "read_its_own_library", "write_a_file"] {
        assert_refused(name).await;
    }
    assert!(!std::path::Path::new("/tmp/sayso-hostile-plugin-was-here").exists());
}

#[tokio::test]
async fn the_store_cannot_be_read() {
    let home = tempfile::tempdir().unwrap();
    let store = home.path().join("sayso.sqlite");
    std::fs::write(&store, "what was paid to whom").unwrap();
    assert_refused(&format!("read:{}", store.display())).await;
    // Its own library lies in a folder that the loader could read.
    assert_refused(&format!("read:{}", library("hostile_plugin").display())).await;
}

#[tokio::test]
async fn there_is_no_way_around_the_filter_of_calls() {
    assert_refused("set_up_a_ring").await;
}

#[tokio::test]
async fn the_network_cannot_be_reached() {
    assert_killed("socket").await;
    assert_killed("connect").await;
}

#[tokio::test]
async fn nothing_can_be_started() {
    assert_refused("start_a_thread").await;
    assert_killed("exec").await;
    for name in ["fork", "run_a_program"] {
        let reason = attempt(name).await;
        assert!(reason.contains("returned 2001") || reason.contains("signal: 31"), "{name}: {reason}");
    }
}

#[tokio::test]
async fn the_host_cannot_be_touched() {
    assert_killed("signal_the_host").await;
    assert_killed("trace_the_host").await;
}

#[tokio::test]
async fn memory_is_limited() {
    let reason = attempt("fill_the_memory").await;
    assert!(reason.contains("signal: 6"), "{reason}");
}

#[tokio::test]
async fn a_constructor_gets_nothing_before_anybody_calls_it() {
    let about = strict().describe(&library("eager_plugin")).await.unwrap();
    assert_eq!(about.capabilities.name, "nothing");
    assert!(about.confinement.complete(), "{:?}", about.confinement);
}
