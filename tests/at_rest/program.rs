//! The same through the program: what somebody at home gets who configures nothing, and the commands of `sayso store`.

use crate::home::Home;
use serde_json::Value;
use std::path::{Path, PathBuf};

const PAY: &str = "Send thirty dollars to Alice with Stripe.\nyes\n";

fn keys(home: &Home) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(home.path("config/sayso/keys")).into_iter().flatten().flatten();
    entries.map(|entry| entry.path()).collect()
}

fn configure(home: &Home, store: &str) {
    home.write("config/sayso/sayso.yaml", format!("{}\nstore: {store}\n", sayso::config::EXAMPLE));
}

fn pay(home: &Home, times: usize) {
    for _ in 0..times {
        let ended = home.hear(&["chat", "--json"], PAY);
        assert_eq!(ended.code, Some(0), "{}{}", ended.out, ended.err);
    }
}

fn is_plain(home: &Home) -> bool {
    std::fs::read(home.path("data/sayso.sqlite")).unwrap().starts_with(b"SQLite format 3")
}

#[test]
fn whoever_configures_nothing_has_an_encrypted_store_and_a_key_elsewhere() {
    let home = Home::new();
    pay(&home, 2);
    assert!(!is_plain(&home));
    assert_eq!(home.payments().len(), 2);
    assert_eq!(keys(&home).len(), 1);
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        let mode = std::fs::metadata(&keys(&home)[0]).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
        let folder = std::fs::metadata(home.path("config/sayso/keys")).unwrap().permissions().mode();
        assert_eq!(folder & 0o777, 0o700);
    }
    let doctor = home.run(&["doctor", "--json"]).json();
    let store = doctor.iter().find(|one| one["part"] == "store").unwrap();
    assert_eq!(store["state"], "good", "{store}");
    assert!(store["detail"].as_str().unwrap().contains("encrypted with the keys in"), "{store}");
}

#[cfg(unix)]
#[test]
fn a_key_that_is_gone_or_open_to_others_is_told_with_exit_code_2() {
    use std::os::unix::fs::PermissionsExt as _;
    let home = Home::new();
    pay(&home, 1);
    let key = keys(&home).pop().unwrap();
    std::fs::set_permissions(&key, std::fs::Permissions::from_mode(0o644)).unwrap();
    let ended = home.run(&["payments", "list"]);
    assert_eq!(ended.code, Some(2));
    assert!(ended.err.contains("chmod 600"), "{}", ended.err);
    std::fs::set_permissions(&key, std::fs::Permissions::from_mode(0o600)).unwrap();
    std::fs::rename(&key, home.path("key")).unwrap();
    let ended = home.hear(&["chat"], PAY);
    assert_eq!((ended.code, ended.out.as_str()), (Some(2), ""));
    assert!(ended.err.contains("put the key back"), "{}", ended.err);
    assert!(keys(&home).is_empty(), "no other key is made in its place");
    let ended = home.run(&["doctor"]);
    assert_eq!(ended.code, Some(1));
    assert!(ended.out.contains("put the key back"), "{}", ended.out);
    std::fs::rename(home.path("key"), &key).unwrap();
    assert_eq!(home.payments().len(), 1);
}

#[test]
fn a_store_from_before_is_encrypted_at_the_next_start_but_not_by_the_doctor() {
    let home = Home::new();
    configure(&home, "{ key: none }");
    pay(&home, 2);
    assert!(is_plain(&home) && keys(&home).is_empty());
    let doctor = home.run(&["doctor"]);
    assert!(doctor.out.contains("NOT encrypted"), "{}", doctor.out);
    configure(&home, "{ key: usual }");
    let doctor = home.run(&["doctor"]);
    assert!(doctor.out.contains("NOT encrypted") && is_plain(&home), "{}", doctor.out);
    assert_eq!(home.payments().len(), 2);
    assert!(!is_plain(&home) && keys(&home).len() == 1);
}

#[test]
fn a_rekey_that_is_killed_at_any_moment_loses_nothing() {
    let home = Home::new();
    configure(&home, "{ key: none }");
    pay(&home, 2);
    configure(&home, "{ key: usual }");
    let mut ended_by_itself = 0;
    for round in 0..12_u64 {
        let mut child = home.sayso(&["store", "rekey"]).spawn().unwrap();
        // Not measured, only spread over the time that it takes.
        std::thread::sleep(std::time::Duration::from_micros(round * 5_000));
        let _ = child.kill();
        ended_by_itself += u32::from(child.wait().unwrap().success());
        assert_eq!(home.payments().len(), 2, "round {round}");
    }
    let ended = home.run(&["store", "rekey", "--json"]);
    assert_eq!(ended.code, Some(0), "{}", ended.err);
    assert_eq!(home.payments().len(), 2, "{ended_by_itself} were quicker");
    let left: Vec<_> = std::fs::read_dir(home.path("data")).unwrap().flatten().map(|entry| entry.file_name()).collect();
    assert!(!left.iter().any(|name| name.to_string_lossy().contains("rewriting")), "{left:?}");
    assert_eq!(home.run(&["store", "verify"]).code, Some(0));
}

#[test]
fn the_key_moves_to_where_it_is_told_to() {
    let home = Home::new();
    pay(&home, 1);
    let file = home.path("stick/sayso.key");
    let to = format!("file:{}", file.display());
    let ended = home.run(&["store", "rekey", "--to", &to]);
    assert_eq!(ended.code, Some(0), "{}", ended.err);
    assert!(ended.out.contains(&format!("store: {{ key: {{ file: {} }} }}", file.display())), "{}", ended.out);
    assert_eq!(home.run(&["payments", "list"]).code, Some(2), "the key beside the configuration is the old one");
    configure(&home, &format!("{{ key: {{ file: {} }} }}", file.display()));
    assert_eq!(home.payments().len(), 1);
    assert_eq!(home.run(&["store", "rekey"]).code, Some(2), "where to?");
    assert_eq!(home.run(&["store", "rekey", "--to", "nowhere"]).code, Some(2));
    let digits = "5a".repeat(32);
    let mut command = home.sayso(&["store", "rekey", "--to", "env:SAYSO_TEST_KEY"]);
    let ended = crate::home::end(command.env("SAYSO_TEST_KEY", &digits), "");
    assert_eq!(ended.code, Some(0), "{}", ended.err);
    configure(&home, "{ key: { env: SAYSO_TEST_KEY } }");
    let listed = crate::home::end(home.sayso(&["payments", "list", "--json"]).env("SAYSO_TEST_KEY", &digits), "");
    assert_eq!((listed.code, listed.json().len()), (Some(0), 1), "{}", listed.err);
    let wrong = crate::home::end(home.sayso(&["payments", "list"]).env("SAYSO_TEST_KEY", "secret!"), "");
    assert_eq!(wrong.code, Some(2));
    assert!(!wrong.err.contains("secret!"), "{}", wrong.err);
}

/// A `secret-tool` that keeps what it is given in a file.
#[cfg(unix)]
fn with_secret_tool(home: &Home) -> String {
    use std::os::unix::fs::PermissionsExt as _;
    let script = "#!/bin/sh\nkept=\"$(dirname \"$0\")/kept\"\ncase \"$1\" in\n\
        store) cat > \"$kept\" ;;\nlookup) [ -f \"$kept\" ] || exit 1; cat \"$kept\" ;;\nesac\n";
    let path = home.write("bin/secret-tool", script);
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o755)).unwrap();
    format!("{}:{}", Path::new(&path).parent().unwrap().display(), std::env::var("PATH").unwrap())
}

#[cfg(unix)]
#[test]
fn the_desktop_can_keep_the_key() {
    let home = Home::new();
    configure(&home, "{ key: desktop }");
    let path = with_secret_tool(&home);
    let chat = |input: &str| crate::home::end(home.sayso(&["chat", "--json"]).env("PATH", &path), input);
    assert_eq!(chat(PAY).code, Some(0));
    assert!(!is_plain(&home) && keys(&home).is_empty());
    assert_eq!(std::fs::read_to_string(home.path("bin/kept")).unwrap().len(), 64);
    let listed = crate::home::end(home.sayso(&["payments", "list", "--json"]).env("PATH", &path), "");
    assert_eq!(listed.json().len(), 1);
    let ended = crate::home::end(home.sayso(&["payments", "list"]).env("PATH", home.path("nowhere")), "");
    assert_eq!(ended.code, Some(2));
    assert!(ended.err.contains("libsecret-tools"), "{}", ended.err);
}

#[test]
fn a_backup_can_be_put_back() {
    let home = Home::new();
    pay(&home, 1);
    let backup = home.path("backup.sqlite").display().to_string();
    let ended = home.run(&["store", "backup", &backup, "--json"]);
    assert_eq!(ended.code, Some(0), "{}", ended.err);
    assert_eq!(ended.json()[0]["backup"], backup.as_str());
    assert_eq!(home.run(&["store", "backup", &backup]).code, Some(2), "nothing is written over");
    pay(&home, 1);
    std::fs::copy(&backup, home.path("data/sayso.sqlite")).unwrap();
    assert_eq!(home.payments().len(), 1);
    let verified = home.run(&["store", "verify", "--json"]);
    assert_eq!(verified.code, Some(0), "{}", verified.err);
    assert_eq!((&verified.json()[0]["encrypted"], &verified.json()[0]["payments"]), (&true.into(), &1.into()));
}

#[test]
fn an_export_has_every_payment_and_no_secret() {
    let home = Home::new();
    pay(&home, 2);
    let ended = home.run(&["store", "export"]);
    assert_eq!(ended.code, Some(0), "{}", ended.err);
    let lines: Vec<Value> = ended.out.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let of = |kind: &str| lines.iter().filter(|line| line["kind"] == kind).count();
    assert_eq!((of("payment"), of("posting")), (2, 8), "each goes out and in, by way of the provider");
    assert_eq!(of("event"), 6, "consented, dispatched, succeeded");
    let paid: i64 = lines.iter().filter_map(|line| line["captured"].as_i64()).sum();
    assert_eq!(paid, 6_000);
    assert!(!ended.out.contains("idempotency") && !ended.out.contains("\"request\""), "{}", ended.out);
}
