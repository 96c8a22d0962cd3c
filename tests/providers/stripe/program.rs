//! The real program stores a card with the pretend Stripe: shown what it would do, begun, broken off, gone on with, used.

use super::bank::{Bank, KEY, WEBHOOK_SECRET};
use crate::household::{BEGIN_MS, HandClock, library};
use serde_json::Value;
use std::path::{Path, PathBuf};
use std::process::{Output, Stdio};
use std::time::{Duration, SystemTime, UNIX_EPOCH};
use tokio::process::Command;

/// A bank that tells the true time, and a home that is configured for it.
async fn home() -> (Bank, tempfile::TempDir) {
    let (clock, home) = (HandClock::new(), tempfile::tempdir().unwrap());
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_millis();
    clock.forward(i64::try_from(now).unwrap() - BEGIN_MS);
    let bank = Bank::open(clock).await;
    let host = bank.url.trim_start_matches("http://").to_owned();
    let (plugin, url) = (library("stripe").display().to_string(), &bank.url);
    let config = format!(
        r#"
environment: test
household:
  payees:
    - id: alice
      kind: person
      names: {{ en: Alice }}
      accounts: {{ stripe: {{ account: own }} }}
providers:
  - name: stripe
    plugin: {plugin}
    names: {{ en: [Stripe] }}
    hosts: ["{host}"]
    settings: {{ mode: test, return_url: "https://example.org/thanks", base_url: "{url}" }}
    secrets: {{ api_key: {{ env: KEY_OF_TEST }}, webhook_secret: {{ env: SECRET_OF_TEST }} }}
    secrets_inside: [webhook_secret]
"#
    );
    std::fs::write(home.path().join("sayso.yaml"), config).unwrap();
    (bank, home)
}

fn sayso(home: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_sayso"));
    command.args(arguments).arg("--json").arg("--data").arg(home.join("data"));
    command.arg("--config").arg(home.join("sayso.yaml")).env("HOME", home).env("XDG_CONFIG_HOME", home);
    command.env("KEY_OF_TEST", KEY).env("SECRET_OF_TEST", WEBHOOK_SECRET);
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).kill_on_drop(true);
    command
}

async fn said(home: &Path, arguments: &[&str]) -> (Option<i32>, String, Vec<Value>) {
    let Output { status, stdout, stderr } = sayso(home, arguments).output().await.unwrap();
    let lines = String::from_utf8(stdout).unwrap();
    let lines = lines.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    (status.code(), String::from_utf8_lossy(&stderr).into_owned(), lines)
}

#[tokio::test]
async fn a_card_is_stored_by_the_command_and_is_listed_used_and_removed() {
    let (bank, home) = home().await;
    let (code, words, lines) = said(home.path(), &["instruments", "add", "stripe", "--dry-run"]).await;
    assert_eq!(code, Some(0), "{words}");
    let would = &lines[0]["would_send"];
    assert_eq!((&would["verb"], &would["request"]["person"]), (&"enrol".into(), &"home".into()));
    assert!(would["http"][0]["url"].as_str().unwrap().starts_with(&bank.url), "{would}");
    assert!(!would.to_string().contains(KEY), "{would}");
    assert!(bank.books().pages.is_empty(), "nothing was sent");
    assert_eq!(said(home.path(), &["instruments", "list"]).await.2, [] as [Value; 0], "nothing was stored");

    // Begun, and nobody acts: the same command goes on with it.
    let (code, words, lines) = said(home.path(), &["instruments", "add", "stripe", "--wait", "0"]).await;
    assert_eq!(code, Some(3), "{words}");
    let begun = lines.last().unwrap();
    assert_eq!((&begun["state"], &begun["next"]["kind"]), (&"pending".into(), &"link".into()), "{begun}");
    let again = sayso(home.path(), &["instruments", "add", "stripe", "--wait", "60"]).spawn().unwrap();
    tokio::time::sleep(Duration::from_millis(500)).await;
    bank.store_card(&bank.only_page(), "pm_1");
    let done = again.wait_with_output().await.unwrap();
    assert_eq!(done.status.code(), Some(0), "{}", String::from_utf8_lossy(&done.stderr));
    let text = String::from_utf8(done.stdout).unwrap();
    let stored: Value = serde_json::from_str(text.lines().last().unwrap()).unwrap();
    assert_eq!((&stored["state"], &stored["id"], &stored["practice"]), (&"stored".into(), &begun["id"], &true.into()));
    assert_eq!(stored["label"], "Visa ending in 4242");
    assert!(!text.contains("pm_1") && !text.contains("cus_1"), "the provider's ids stay inside: {text}");

    // It pays without a screen.
    let mut chat = sayso(home.path(), &["chat"]);
    let mut chat = chat.stdin(Stdio::piped()).spawn().unwrap();
    let mut input = chat.stdin.take().unwrap();
    let words = b"Send thirty dollars to Alice with Stripe.\nyes\n";
    tokio::io::AsyncWriteExt::write_all(&mut input, words).await.unwrap();
    drop(input);
    let talk = chat.wait_with_output().await.unwrap();
    let turns = String::from_utf8(talk.stdout).unwrap();
    assert!(turns.contains("\"succeeded\""), "{turns}{}", String::from_utf8_lossy(&talk.stderr));
    assert_eq!(bank.taken(), (3000, 1));

    let id = stored["id"].as_str().unwrap();
    let (code, words, _) = said(home.path(), &["instruments", "remove", id]).await;
    assert_eq!(code, Some(0), "{words}");
    assert_eq!(said(home.path(), &["instruments", "list"]).await.2, [] as [Value; 0]);
}

#[tokio::test]
async fn what_cannot_be_stored_is_refused_with_a_reason() {
    let (_bank, home) = home().await;
    let (code, words, _) = said(home.path(), &["instruments", "add", "nobody"]).await;
    assert_eq!(code, Some(2), "{words}");
    assert!(words.contains("nobody"), "{words}");
    let (code, words, _) = said(home.path(), &["instruments", "add", "stripe", "--live"]).await;
    assert_eq!(code, Some(2), "{words}");
    assert!(words.contains("environment: test"), "{words}");
    let shown: PathBuf = home.path().join("code.svg");
    let arguments = ["instruments", "add", "stripe", "--wait", "0", "--qr", shown.to_str().unwrap()];
    assert_eq!(said(home.path(), &arguments).await.0, Some(3));
    assert!(std::fs::read_to_string(&shown).unwrap().contains("<svg"), "the link can be scanned");
}
