//! Plugins taken in, replaced, removed and asked by hand; what changed on disk is not run; workers that die in a row rest.

use crate::stage::{Offline, PATIENT, assert_good_call_works, deed, library, worker};
use sayso::plugin_host::{BackOff, Pins, Plugins, Settings};
use sayso_plugin_interface::{Outcome, PaymentProvider as _, QueryAnswer, QueryRequest};
use serde_json::Value;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::time::Duration;

/// `sayso ARGUMENTS` with a data folder and a configuration of its own.
fn sayso(home: &Path, arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_sayso"));
    command.args(arguments).arg("--data").arg(home).arg("--json").stdin(Stdio::null());
    let config = home.join("sayso.yaml");
    if config.exists() {
        command.arg("--config").arg(config);
    }
    command.env("XDG_CONFIG_HOME", home).env("HOME", home);
    command.output().unwrap()
}

fn said(output: &Output) -> (Option<i32>, String, Vec<Value>) {
    let text = String::from_utf8_lossy(&output.stdout);
    let lines = text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    (output.status.code(), String::from_utf8_lossy(&output.stderr).into_owned(), lines)
}

fn bank() -> String {
    library("practice_bank").display().to_string()
}

#[test]
fn a_plugin_is_taken_in_shown_and_removed() {
    let home = tempfile::tempdir().unwrap();
    let (code, words, _) = said(&sayso(home.path(), &["plugins", "add", &bank()]));
    assert_eq!(code, Some(2), "{words}");
    assert!(words.contains("--yes"), "{words}");
    for declared in
        ["moves           practice money only", "talks to        127.0.0.1", "secrets ", "abilities ", "sha256 "]
    {
        assert!(words.contains(declared), "{declared}: {words}");
    }
    let (code, words, lines) = said(&sayso(home.path(), &["plugins", "add", &bank(), "--yes"]));
    assert_eq!(code, Some(0), "{words}");
    assert_eq!(lines[0]["taken_in"], "practice_bank");
    let sha256 = lines[0]["sha256"].as_str().unwrap().to_owned();
    let (code, words, _) = said(&sayso(home.path(), &["plugins", "add", &bank(), "--yes"]));
    assert_eq!(code, Some(2));
    assert!(words.contains("plugins update"), "{words}");
    let (_, _, lines) = said(&sayso(home.path(), &["plugins", "list"]));
    let listed = lines.iter().find(|line| line["state"] == "pinned").unwrap();
    assert_eq!((listed["pinned"].as_str(), listed["sha256"].as_str()), (Some(&*sha256), Some(&*sha256)));
    let (code, _, lines) = said(&sayso(home.path(), &["plugins", "update", &bank(), "--yes"]));
    assert_eq!((code, lines[0]["before"].as_str()), (Some(0), Some(&*sha256)));
    assert_eq!(said(&sayso(home.path(), &["plugins", "remove", "practice_bank"])).0, Some(0));
    let (code, words, _) = said(&sayso(home.path(), &["plugins", "remove", "practice_bank"]));
    assert_eq!(code, Some(2));
    assert!(words.contains("practice_bank"), "{words}");
}

#[test]
fn what_changed_on_disk_is_not_run() {
    let home = tempfile::tempdir().unwrap();
    let (_, _, lines) = said(&sayso(home.path(), &["plugins", "add", &bank(), "--yes"]));
    let path = PathBuf::from(lines[0]["path"].as_str().unwrap());
    let mut bytes = std::fs::read(&path).unwrap();
    bytes.push(0);
    std::fs::write(&path, bytes).unwrap();
    let request = r#"{"reference":"r1","provider_reference":null,"idempotency_key":"k1"}"#;
    let (code, words, _) = said(&sayso(home.path(), &["plugins", "call", "stripe", "query", request]));
    assert_eq!(code, Some(2), "{words}");
    assert!(words.contains("is not the file that was taken in") && words.contains("plugins update"), "{words}");
    let (_, _, lines) = said(&sayso(home.path(), &["plugins", "list"]));
    let changed = lines.iter().find(|line| line["state"] == "changed").unwrap();
    assert!(changed["capabilities"].is_null() && changed["problem"].is_string(), "{changed}");
    let (code, _, lines) = said(&sayso(home.path(), &["doctor"]));
    assert_eq!(code, Some(1));
    assert!(lines.iter().any(|line| line["part"] == "plugin" && line["state"] == "bad"), "{lines:?}");
}

#[test]
fn a_verb_is_asked_by_hand() {
    let home = tempfile::tempdir().unwrap();
    let query = r#"{"reference":"r1","provider_reference":null,"idempotency_key":"k1"}"#;
    let (code, words, lines) = said(&sayso(home.path(), &["plugins", "call", "stripe", "query", query]));
    assert_eq!(code, Some(0), "{words}");
    assert_eq!((&lines[0]["verb"], &lines[0]["answer"]["answer"]), (&"query".into(), &"not_found".into()));
    let pay = r#"{"reference":"r1","idempotency_key":"k1","amount":{"minor":4250,"currency":"USD"},"payee":{"id":"electricity","name":"City Power"},"purpose":"bill"}"#;
    let (code, words, lines) = said(&sayso(home.path(), &["plugins", "call", "stripe", "pay", pay]));
    assert_eq!((code, &lines[0]["answer"]["status"]), (Some(0), &"succeeded".into()), "{words}");
    for (arguments, word) in [
        (["plugins", "call", "nobody", "query", query], "stripe"),
        (["plugins", "call", "stripe", "donate", query], "acknowledge_webhook"),
        (["plugins", "call", "stripe", "pay", "{}"], "PROTOCOL.md"),
        (["plugins", "call", "stripe", "pay", "[]"], "JSON object"),
    ] {
        let (code, words, _) = said(&sayso(home.path(), &arguments));
        assert_eq!(code, Some(2), "{words}");
        assert!(words.contains(word), "{words}");
    }
}

#[test]
fn by_hand_no_real_money_moves() {
    let home = tempfile::tempdir().unwrap();
    let plugin = library("stripe").display().to_string();
    let secrets = "{ api_key: { env: NO_KEY_OF_STRIPE }, webhook_secret: { env: PATH } }";
    let text = format!(
        "environment: live\nproviders:\n  - name: stripe\n    plugin: {plugin}\n    settings: {{ mode: live, return_url: \
         \"https://home.example/\" }}\n    secrets: {secrets}\n    secrets_inside: [webhook_secret]\n"
    );
    std::fs::write(home.path().join("sayso.yaml"), text).unwrap();
    let request = r#"{"reference":"r1","idempotency_key":"k1","amount":{"minor":4250,"currency":"USD"},"payee":{"id":"electricity","name":"City Power"},"purpose":"bill"}"#;
    for switch in [&[][..], &["--live"]] {
        let arguments = [&["plugins", "call", "stripe", "pay", request], switch].concat();
        let (code, words, lines) = said(&sayso(home.path(), &arguments));
        assert_eq!((code, lines.len()), (Some(2), 0), "{words}");
        assert!(words.contains("nobody has agreed"), "{words}");
    }
}

#[test]
fn a_plugin_with_open_payments_goes_only_when_somebody_agrees() {
    let home = tempfile::tempdir().unwrap();
    let config = home.path().join("sayso.yaml");
    std::fs::write(&config, "limits:\n  per_payment: []\n  per_day: []\n").unwrap();
    assert_eq!(said(&sayso(home.path(), &["plugins", "add", &bank(), "--yes"])).0, Some(0));
    let said_yes = |arguments: &[&str]| said(&sayso(home.path(), arguments));
    let mut chat = Command::new(env!("CARGO_BIN_EXE_sayso"));
    chat.args(["chat", "--json", "--data"])
        .arg(home.path())
        .arg("--config")
        .arg(&config)
        .env("XDG_CONFIG_HOME", home.path());
    chat.env("HOME", home.path()).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null());
    let mut chat = chat.spawn().unwrap();
    std::io::Write::write_all(
        &mut chat.stdin.take().unwrap(),
        b"pay the water bill\n9999.11 dollars with stripe\nyes\n",
    )
    .unwrap();
    let turns = String::from_utf8(chat.wait_with_output().unwrap().stdout).unwrap();
    assert!(turns.contains("\"pending\"") || turns.contains("\"action_required\""), "{turns}");
    let (code, words, _) = said_yes(&["plugins", "remove", "practice_bank"]);
    assert_eq!(code, Some(2), "{words}");
    assert!(words.contains("not at their end: 1") && words.contains("--yes"), "{words}");
    assert_eq!(said_yes(&["plugins", "remove", "practice_bank", "--yes"]).0, Some(0));
}

#[test]
fn the_kit_is_a_command_with_exit_codes() {
    let home = tempfile::tempdir().unwrap();
    let fixtures = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().join("tests/sloppy_plugin/fixtures");
    let (sloppy, fixtures) = (library("sloppy_plugin").display().to_string(), fixtures.display().to_string());
    let check = |settings: &str| {
        said(&sayso(home.path(), &["plugins", "check", &sloppy, "--fixtures", &fixtures, "--settings", settings]))
    };
    let (code, words, lines) = check("{}");
    assert_eq!(code, Some(0), "{words}");
    let summary = lines.last().unwrap();
    assert_eq!(
        (&summary["type"], &summary["broken"], &summary["scenarios"]),
        (&"summary".into(), &0.into(), &3.into())
    );
    let (code, _, lines) = check(r#"{"mistake":"corrects_the_amount"}"#);
    assert_eq!(code, Some(1));
    let amount = lines.iter().find(|line| line["law"] == "amount").unwrap();
    assert!(amount["findings"][0]["exchanges"][0]["request"]["url"].is_string(), "{amount}");
    assert_eq!(check("{").0, Some(2));
    let (code, words, _) = said(&sayso(home.path(), &["plugins", "check", "/nowhere/libx.so"]));
    assert_eq!(code, Some(2), "{words}");
}

#[test]
fn the_doctor_knows_the_prison() {
    let home = tempfile::tempdir().unwrap();
    let (_, words, lines) = said(&sayso(home.path(), &["doctor"]));
    let parts = |part: &str| lines.iter().filter(|line| line["part"] == part).count();
    assert_eq!(parts("sandbox"), 4, "{words} {lines:?}");
    assert!(parts("plugin") >= 1 && parts("store") == 1 && parts("sound") == 1, "{lines:?}");
    if cfg!(target_os = "linux") {
        assert!(lines.iter().filter(|line| line["part"] == "sandbox").all(|line| line["state"] == "good"), "{lines:?}");
    }
    assert!(!home.path().join("sayso.sqlite").exists(), "the doctor changes nothing");
}

/// Asks the sloppy plugin under this configuration of its provider.
fn asked_with(home: &Path, provider: &str) -> (Option<i32>, String, Vec<Value>) {
    let plugin = library("sloppy_plugin").display().to_string();
    let keys = home.join("key");
    std::fs::write(&keys, "twelve chars\n").unwrap();
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        std::fs::set_permissions(&keys, std::fs::Permissions::from_mode(0o600)).unwrap();
    }
    let secrets = format!("{{ signing_key: {{ file: {0} }}, api_key: {{ file: {0} }} }}", keys.display());
    let text = format!("providers:\n  - name: sloppy\n    plugin: {plugin}\n    secrets: {secrets}\n{provider}");
    std::fs::write(home.join("sayso.yaml"), text).unwrap();
    let query = r#"{"reference":"r1","provider_reference":null,"idempotency_key":"k1"}"#;
    said(&sayso(home, &["plugins", "call", "sloppy", "query", query]))
}

#[test]
fn a_secret_enters_a_worker_only_by_grant_and_alone() {
    let home = tempfile::tempdir().unwrap();
    let (code, words, _) = asked_with(home.path(), "");
    assert_eq!(code, Some(2), "{words}");
    assert!(words.contains("secrets_inside: [signing_key]"), "{words}");
    let granted = "    secrets_inside: [signing_key, api_key]\n";
    let (code, words, lines) = asked_with(home.path(), granted);
    assert_eq!(code, Some(0), "{words}");
    assert!(lines[0]["answer"]["reason"].as_str().unwrap().contains("a key of 12"), "{lines:?}");
    let tells = format!("{granted}    settings: {{ mistake: refuses_and_tells }}\n");
    let (code, words, _) = asked_with(home.path(), &tells);
    assert_eq!(code, Some(2), "{words}");
    assert!(words.contains("[secret]") && !words.contains("twelve chars"), "{words}");
}

/// A folder of plugins with this library taken in as `hostile_plugin`.
async fn taken_in(home: &Path, bytes: &[u8]) -> (Pins, Plugins) {
    let pins = Pins::new(home.join("plugins"));
    let file = home.join("incoming.so");
    std::fs::write(&file, bytes).unwrap();
    let settings = Settings { worker: Some(worker()), pinned: Some(home.join("plugins")), ..Settings::default() };
    let plugins = Plugins::open(settings).unwrap();
    let incoming = pins.bring_in(&file).unwrap();
    let outside = Plugins::open(Settings { worker: Some(worker()), ..Settings::default() }).unwrap();
    let about = outside.describe(incoming.path()).await.unwrap();
    pins.keep(&incoming, "hostile_plugin", &about).unwrap();
    (pins, plugins)
}

#[tokio::test]
async fn a_payment_in_flight_ends_with_the_worker_that_began_it() {
    let home = tempfile::tempdir().unwrap();
    let bytes = std::fs::read(library("hostile_plugin")).unwrap();
    let (_, plugins) = taken_in(home.path(), &bytes).await;
    let path = plugins.find("hostile_plugin").unwrap();
    let provider = plugins.load(&path, "hostile", "{}", PATIENT).await.unwrap();
    let before = provider.worker_pid().await.unwrap();
    let slow = Offline { delay: Duration::from_secs(3), ..Offline::default() };
    let in_flight = provider.pay(&slow, deed("http"));
    let replace = async {
        while slow.asked.load(std::sync::atomic::Ordering::SeqCst) == 0 {
            tokio::task::yield_now().await;
        }
        // The same library with something after its end is another file, and runs all the same.
        taken_in(home.path(), &[&bytes[..], b"version two"].concat()).await;
        assert_good_call_works(&provider).await;
        let after = provider.worker_pid().await.unwrap();
        assert_ne!(after, before, "new calls go to a new worker");
    };
    let (outcome, ()) = tokio::join!(in_flight, replace);
    assert!(matches!(outcome, Outcome::Succeeded { .. }), "{outcome:?}");
    assert_good_call_works(&provider).await;
}

/// What `hostile_plugin` is from now on: another library under its name.
async fn replaced_by(home: &Path, library_name: &str) {
    taken_in(home, &std::fs::read(library(library_name)).unwrap()).await;
}

#[tokio::test]
async fn a_version_that_can_do_other_things_waits_until_the_host_is_started_anew() {
    let home = tempfile::tempdir().unwrap();
    let (_, plugins) = taken_in(home.path(), &std::fs::read(library("hostile_plugin")).unwrap()).await;
    let path = plugins.find("hostile_plugin").unwrap();
    let provider = plugins.load(&path, "hostile", "{}", PATIENT).await.unwrap();
    let before = provider.worker_pid().await;
    replaced_by(home.path(), "sloppy_plugin").await;
    assert_good_call_works(&provider).await;
    assert_eq!(provider.worker_pid().await, before, "the one that payments count on goes on");
    provider.stop().await;
    let outcome = provider.pay(&Offline::default(), deed("")).await;
    assert!(matches!(&outcome, Outcome::NotSent { reason } if reason.contains("started anew")), "{outcome:?}");
    replaced_by(home.path(), "hostile_plugin").await;
    assert_good_call_works(&provider).await;
}

#[tokio::test]
async fn a_version_that_cannot_start_takes_nothing_from_the_one_that_runs() {
    let home = tempfile::tempdir().unwrap();
    let (_, plugins) = taken_in(home.path(), &std::fs::read(library("hostile_plugin")).unwrap()).await;
    let path = plugins.find("hostile_plugin").unwrap();
    let provider = plugins.load(&path, "hostile", "{}", PATIENT).await.unwrap();
    // It describes itself, and refuses this configuration.
    replaced_by(home.path(), "practice_bank").await;
    assert_good_call_works(&provider).await;
    provider.stop().await;
    let outcome = provider.pay(&Offline::default(), deed("")).await;
    assert!(matches!(&outcome, Outcome::NotSent { .. }), "{outcome:?}");
}

#[tokio::test]
async fn a_plugin_that_is_removed_takes_no_further_call_and_ends_those_it_has() {
    let home = tempfile::tempdir().unwrap();
    let (pins, plugins) = taken_in(home.path(), &std::fs::read(library("hostile_plugin")).unwrap()).await;
    let path = plugins.find("hostile_plugin").unwrap();
    let provider = plugins.load(&path, "hostile", "{}", PATIENT).await.unwrap();
    let slow = Offline { delay: Duration::from_secs(2), ..Offline::default() };
    let in_flight = provider.pay(&slow, deed("http"));
    let remove = async {
        while slow.asked.load(std::sync::atomic::Ordering::SeqCst) == 0 {
            tokio::task::yield_now().await;
        }
        assert!(pins.remove("hostile_plugin").unwrap());
        let outcome = provider.pay(&Offline::default(), deed("")).await;
        assert!(matches!(&outcome, Outcome::NotSent { reason } if reason.contains("was removed")), "{outcome:?}");
    };
    let (outcome, ()) = tokio::join!(in_flight, remove);
    assert!(matches!(outcome, Outcome::Succeeded { .. }), "{outcome:?}");
}

#[tokio::test]
async fn a_file_that_changed_under_a_running_host_costs_no_payment() {
    let home = tempfile::tempdir().unwrap();
    let bytes = std::fs::read(library("hostile_plugin")).unwrap();
    let (_, plugins) = taken_in(home.path(), &bytes).await;
    let path = plugins.find("hostile_plugin").unwrap();
    let provider = plugins.load(&path, "hostile", "{}", PATIENT).await.unwrap();
    provider.stop().await;
    std::fs::write(&path, [&bytes[..], b"smuggled"].concat()).unwrap();
    let outcome = provider.pay(&Offline::default(), deed("")).await;
    assert!(matches!(&outcome, Outcome::NotSent { reason } if reason.contains("not the file")), "{outcome:?}");
}

#[tokio::test]
async fn one_death_is_one_however_many_calls_were_open() {
    let back_off = BackOff {
        deaths: Some(2),
        first: Duration::from_secs(600),
        longest: Duration::from_secs(600),
        ..BackOff::default()
    };
    let plugins = Plugins::open(Settings { worker: Some(worker()), back_off, ..Settings::default() }).unwrap();
    let provider = plugins.load(&library("hostile_plugin"), "hostile", "{}", PATIENT).await.unwrap();
    let slow = Offline { delay: PATIENT, ..Offline::default() };
    let quick = Offline::default();
    let kills = async {
        while slow.asked.load(std::sync::atomic::Ordering::SeqCst) < 3 {
            tokio::task::yield_now().await;
        }
        provider.pay(&quick, deed("abort")).await
    };
    let open = || provider.pay(&slow, deed("http"));
    let (one, two, three, four) = tokio::join!(open(), open(), open(), kills);
    assert!([one, two, three, four].iter().all(|outcome| matches!(outcome, Outcome::Unknown { .. })));
    assert_good_call_works(&provider).await;
}

#[tokio::test]
async fn deaths_in_a_row_turn_calls_away_and_never_say_that_anything_failed() {
    let back_off = BackOff {
        deaths: Some(3),
        first: Duration::from_secs(600),
        longest: Duration::from_secs(600),
        ..BackOff::default()
    };
    let plugins = Plugins::open(Settings { worker: Some(worker()), back_off, ..Settings::default() }).unwrap();
    let provider = plugins.load(&library("hostile_plugin"), "hostile", "{}", PATIENT).await.unwrap();
    let host = Offline::default();
    for _ in 0..3 {
        let outcome = provider.pay(&host, deed("abort")).await;
        assert!(matches!(outcome, Outcome::Unknown { .. }), "what was under way is unknown: {outcome:?}");
    }
    let outcome = provider.pay(&host, deed("")).await;
    assert!(matches!(&outcome, Outcome::NotSent { reason } if reason.contains("too often")), "{outcome:?}");
    let query = QueryRequest {
        reference: "r1".into(),
        provider_reference: None,
        idempotency_key: "k1".into(),
        sent_ms: None,
        expires_ms: None,
    };
    assert!(matches!(provider.query(&host, query).await, QueryAnswer::Unreachable { .. }));
    assert_eq!(provider.worker_pid().await, None, "nothing was started meanwhile");
}
