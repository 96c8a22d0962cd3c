//! Libraries that cannot be used, each with an error that says what, where and how to mend it.

use crate::stage::{PATIENT, assert_good_call_works, library, plugins, worker};
use sayso::plugin_host::{PluginError, Plugins, Settings};
use std::path::{Path, PathBuf};

async fn problem(library: &Path, configuration: &str) -> PluginError {
    match plugins().load(library, "stripe", configuration, PATIENT).await {
        Ok(_) => panic!("{} was loaded", library.display()),
        Err(error) => error,
    }
}

fn assert_says(error: &PluginError, words: &[&str]) {
    let text = error.to_string();
    assert!(words.iter().all(|word| text.contains(word)), "{text}");
}

#[tokio::test]
async fn another_abi_version_is_named() {
    let error = problem(&library("other_abi_plugin"), "{}").await;
    assert_says(&error, &["other_abi_plugin", "version 2.3", "version 1.0", "build it anew"]);
}

#[tokio::test]
async fn a_library_that_is_no_plugin_is_named() {
    let error = problem(&system_library(), "{}").await;
    assert_says(&error, &["exports no `sayso_plugin_entry`", "export_provider!"]);
}

/// A library that this very program runs with.
fn system_library() -> PathBuf {
    let maps = std::fs::read_to_string("/proc/self/maps").unwrap();
    let path = maps.lines().filter_map(|line| line.split_whitespace().nth(5)).find(|path| path.contains("/libc."));
    path.unwrap().into()
}

#[tokio::test]
async fn what_is_no_library_is_named() {
    let directory = tempfile::tempdir().unwrap();
    let text = directory.path().join("libtext.so");
    std::fs::write(&text, "not a library").unwrap();
    assert_says(&problem(&text, "{}").await, &["libtext.so", "cannot load it", "shared library"]);
    let half = directory.path().join("libhalf.so");
    let whole = std::fs::read(library("practice_bank")).unwrap();
    std::fs::write(&half, &whole[..whole.len() / 2]).unwrap();
    assert_says(&problem(&half, "{}").await, &["libhalf.so"]);
    assert_says(&problem(&directory.path().join("libnone.so"), "{}").await, &["libnone.so", "no plugin at"]);
}

#[tokio::test]
async fn a_missing_worker_is_named() {
    let missing = Settings { worker: Some("/nowhere/sayso-plugin-worker".into()), ..Settings::default() };
    assert_says(&Plugins::open(missing).unwrap_err(), &["/nowhere/sayso-plugin-worker", "cargo build"]);
    let wrong = Settings { worker: Some("/bin/true".into()), ..Settings::default() };
    let error = Plugins::open(wrong).unwrap().load(&library("practice_bank"), "s", "{}", PATIENT).await.err().unwrap();
    assert_says(&error, &["ended before it was ready"]);
}

#[tokio::test]
async fn a_wrong_configuration_is_named() {
    let bank = library("practice_bank");
    assert_says(&problem(&bank, "{").await, &["stripe", "not a JSON object"]);
    assert_says(&problem(&bank, "[]").await, &["stripe", "not a JSON object"]);
    assert_says(&problem(&bank, "{}").await, &["stripe", "practice_bank", "base_url"]);
    assert_says(&problem(&bank, r#"{"base_url":"nowhere"}"#).await, &["http://127.0.0.1:8080"]);
}

#[tokio::test]
async fn a_plugin_that_misbehaves_at_its_start_is_named() {
    for (deed, words) in [
        ("abort", "signal: 6"),
        ("panic", "on create"),
        ("refuse", "write something else"),
        ("garbage", "does not speak the plugin interface"),
        ("silence", "said nothing"),
        ("fail", "returned 1 and said nothing"),
    ] {
        let error = problem(&library("hostile_plugin"), &format!(r#"{{"on_create":"{deed}"}}"#)).await;
        assert_says(&error, &["hostile_plugin", words]);
    }
}

#[tokio::test]
async fn lists_what_is_there_with_its_digest() {
    let directory = tempfile::tempdir().unwrap();
    for name in ["practice_bank", "other_abi_plugin"] {
        let file = library(name);
        std::fs::copy(&file, directory.path().join(file.file_name().unwrap())).unwrap();
    }
    let settings =
        Settings { directories: vec![directory.path().to_owned()], worker: Some(worker()), ..Settings::default() };
    let plugins = Plugins::open(settings).unwrap();
    let listed = plugins.list().await.unwrap();
    let [other, bank] = listed.as_slice() else { panic!("{listed:?}") };
    assert!(other.about.is_err(), "{other:?}");
    let about = bank.about.as_ref().unwrap();
    assert_eq!((about.capabilities.name.as_str(), about.abi), ("practice_bank", (1, 0)));
    assert_eq!(bank.sha256.as_ref().unwrap().len(), 64);
    assert_eq!(plugins.find("practice_bank").unwrap(), bank.path);
    assert!(plugins.find("no_such_bank").is_err());
}

#[tokio::test]
async fn a_library_that_vanished_costs_no_payment() {
    use sayso_plugin_interface::{Outcome, PaymentProvider as _};
    let directory = tempfile::tempdir().unwrap();
    let copy = directory.path().join("libcopy.so");
    std::fs::copy(library("hostile_plugin"), &copy).unwrap();
    let provider = plugins().load(&copy, "hostile", "{}", PATIENT).await.unwrap();
    assert_good_call_works(&provider).await;
    provider.stop().await;
    std::fs::remove_file(&copy).unwrap();
    let outcome = provider.pay(&crate::stage::Offline::default(), crate::stage::deed("")).await;
    assert!(matches!(outcome, Outcome::NotSent { .. }), "{outcome:?}");
}
