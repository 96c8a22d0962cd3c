//! `sayso plugins new`: what it writes builds without a network and keeps every law, as it stands.

use serde_json::Value;
use std::env::consts::{DLL_PREFIX, DLL_SUFFIX};
use std::path::{Path, PathBuf};
use std::process::Command;

fn top() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().to_owned()
}

fn sayso(folder: &Path, arguments: &[&str]) -> (Option<i32>, String, String) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_sayso"));
    let output = command.args(arguments).arg("--data").arg(folder.join("data")).current_dir(folder).output().unwrap();
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    (output.status.code(), text(&output.stdout), text(&output.stderr))
}

#[test]
fn a_new_plugin_builds_and_keeps_every_law() {
    let home = tempfile::tempdir().unwrap();
    let (code, _, words) = sayso(home.path(), &["plugins", "new", "my_bank", "--sayso", &top().display().to_string()]);
    assert_eq!(code, Some(0), "{words}");
    let folder = home.path().join("my_bank");
    // The versions that this workspace builds with are there without a network.
    std::fs::copy(top().join("Cargo.lock"), folder.join("Cargo.lock")).unwrap();
    let target = Path::new(env!("CARGO_TARGET_TMPDIR")).join("new_plugin");
    let mut cargo = Command::new(env!("CARGO"));
    cargo.args(["build", "--offline", "--quiet"]).current_dir(&folder).env("CARGO_TARGET_DIR", &target);
    let built = cargo.output().unwrap();
    assert!(built.status.success(), "{}", String::from_utf8_lossy(&built.stderr));
    let library = target.join("debug").join(format!("{DLL_PREFIX}my_bank{DLL_SUFFIX}"));
    let (code, lines, words) = sayso(&folder, &["plugins", "check", &library.display().to_string(), "--json"]);
    assert_eq!(code, Some(0), "{words}{lines}");
    let summary: Value = serde_json::from_str(lines.lines().last().unwrap()).unwrap();
    assert_eq!(
        (&summary["plugin"], &summary["broken"], &summary["scenarios"]),
        (&"my_bank".into(), &0.into(), &9.into())
    );
}

#[test]
fn a_bad_name_or_a_full_folder_is_refused() {
    let home = tempfile::tempdir().unwrap();
    for name in ["My-Bank", "", "7up", "a/b", "bank_"] {
        assert_eq!(sayso(home.path(), &["plugins", "new", name]).0, Some(2), "{name}");
    }
    std::fs::create_dir(home.path().join("my_bank")).unwrap();
    std::fs::write(home.path().join("my_bank/notes.txt"), "mine").unwrap();
    let (code, _, words) = sayso(home.path(), &["plugins", "new", "my_bank"]);
    assert_eq!(code, Some(2));
    assert!(words.contains("--dir"), "{words}");
}
