//! Bad input: broken dialogs, configurations and plugins, folders that can't be used, lines that are no text, and readers
//! that leave.

use crate::home::{Home, end};
use std::env::consts::{DLL_PREFIX, DLL_SUFFIX};
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::Stdio;

#[test]
fn broken_dialogs_are_1_to_check_and_2_to_use() {
    let home = Home::new();
    let broken = [
        ("indent", "flow: pay\n   title: [\n"),
        ("tabs", "flow:\t- x\n\t- y\n"),
        ("binary", "\u{0}\u{1}\u{7f}"),
        ("unknown", "# \"Pay.\"\nflow: pay\ntitle: { en: paying }\nsteps:\n  - pay_everything: now\n"),
    ];
    for (name, text) in broken {
        home.write(&format!("{name}/flow.yaml"), text);
        let checked = home.run(&["check", name]);
        assert_eq!((checked.code, checked.err.as_str()), (Some(1), ""), "{name}: {}", checked.out);
        assert!(checked.out.contains("flow.yaml:"), "{name}: it says where: {}", checked.out);
        let folder = home.path(name).display().to_string();
        let config = home.write("broken.yaml", format!("{}\ndialogs: {folder}\n", sayso::config::EXAMPLE));
        home.run(&["chat", "--config", &config]).refused(2, &["flow.yaml:"]);
        home.run(&["understand", "--config", &config]).refused(2, &["flow.yaml:"]);
    }
    home.run(&["check", "nowhere"]).refused(2, &["nowhere"]);
    home.write("none/readme.txt", "no dialogs here");
    home.run(&["check", "none"]).refused(2, &["no .yaml or .rhai file"]);
    home.write("latin/flow.yaml", b"flow: caf\xe9\n");
    let latin = home.run(&["check", "latin"]);
    assert_eq!((latin.code, latin.err.as_str()), (Some(1), ""), "{}", latin.out);
    assert!(latin.out.contains("latin/flow.yaml:1:1") && latin.out.contains("UTF-8"), "{}", latin.out);
}

#[test]
fn a_broken_configuration_has_a_line_and_a_hint() {
    let home = Home::new();
    let example = sayso::config::EXAMPLE;
    let line = |part: &str| 1 + example.lines().position(|line| line.contains(part)).unwrap();
    let wrong = [
        (example.replace("language: auto", "languag: auto"), line("language: auto"), "did you mean `language`"),
        (example.replace("kind: person", "kind: persn"), line("kind: person"), "hint"),
        (example.replace("amount: \"42.50 USD\"", "amount: \"42.505 USD\""), line("42.50 USD"), "42.505"),
    ];
    for (text, line, hint) in wrong {
        let config = home.write("broken.yaml", &text);
        for command in ["chat", "understand", "check"] {
            home.run(&[command, "--config", &config]).refused(2, &[&format!("broken.yaml:{line}:"), hint]);
        }
    }
    home.run(&["chat", "--config", "nowhere.yaml"]).refused(2, &["nowhere.yaml", "sayso init"]);
    let binary = home.write("binary.yaml", b"\xff\xfe\0l");
    home.run(&["chat", "--config", &binary]).refused(2, &["binary.yaml"]);
    let inline = example.replacen("plugin: practice_bank", "plugin: practice_bank\n    secrets: { key: sk_live_1 }", 1);
    let inline = home.write("inline.yaml", inline);
    let refused = home.run(&["chat", "--config", &inline]);
    refused.refused(2, &["never written here"]);
}

/// The compiled library of a member of this workspace.
fn library(name: &str) -> PathBuf {
    let file = format!("{DLL_PREFIX}{name}{DLL_SUFFIX}");
    let program = std::env::current_exe().unwrap();
    let mut places = program.ancestors().skip(1).take(2).map(|folder| folder.join(&file));
    places.find(|path| path.is_file()).unwrap_or_else(|| panic!("{file} is not there: cargo build --workspace"))
}

fn with_plugin(home: &Home, plugin: &Path) -> String {
    let plugin = format!("plugin: \"{}\"", plugin.display());
    home.write("plugin.yaml", sayso::config::EXAMPLE.replacen("plugin: practice_bank", &plugin, 1))
}

#[test]
fn a_plugin_that_cannot_be_used_is_2() {
    let home = Home::new();
    let config = with_plugin(&home, &library("other_abi_plugin"));
    home.run(&["chat", "--config", &config]).refused(2, &["other_abi_plugin", "version"]);
    let config = with_plugin(&home, Path::new("no_such_bank"));
    home.run(&["chat", "--config", &config]).refused(2, &["no_such_bank"]);
    let config = with_plugin(&home, &home.path("no/such/libbank.so"));
    home.run(&["chat", "--config", &config]).refused(2, &["libbank.so"]);
    let text = home.write(&format!("{DLL_PREFIX}text{DLL_SUFFIX}"), "this is no library");
    let config = with_plugin(&home, Path::new(&text));
    home.run(&["payments", "recover", "--config", &config]).refused(2, &["text"]);
    assert_eq!(home.run(&["payments", "list", "--config", &config]).code, Some(0), "the ledger needs no plugin");
}

#[test]
fn a_data_folder_that_cannot_be_used_is_said_to_be_so() {
    let home = Home::new();
    let file = home.write("file", "");
    let inside_a_file = format!("{file}/data");
    for command in [&["chat"][..], &["payments", "list"], &["payments", "recover"], &["practice-bank", "serve"]] {
        let mut refused = home.program(crate::home::SAYSO);
        end(refused.args(command).args(["--data", &inside_a_file]), "").refused(2, &["can't be created", "--data"]);
    }
}

#[cfg(unix)]
#[test]
fn a_data_folder_that_is_read_only_is_said_to_be_so() {
    use std::os::unix::fs::PermissionsExt as _;
    let home = Home::new();
    let mut folder = home.path("sealed");
    std::fs::create_dir(&folder).unwrap();
    std::fs::set_permissions(&folder, std::fs::Permissions::from_mode(0o500)).unwrap();
    if std::fs::write(folder.join("try"), "").is_ok() {
        // Root may write anywhere but where the system itself forbids it.
        folder = PathBuf::from("/proc");
    }
    for command in [&["chat"][..], &["payments", "list"]] {
        let mut refused = home.program(crate::home::SAYSO);
        let ended = end(refused.args(command).arg("--data").arg(&folder), "");
        ended.refused(1, &["sayso.sqlite", "can be written"]);
    }
}

#[test]
fn lines_that_are_no_text_are_2() {
    let home = Home::new();
    for command in [&["chat", "--json"][..], &["understand"]] {
        home.hear(command, b"\xff\xfepay\n").refused(2, &["not UTF-8"]);
    }
    let ended = home.hear(&["chat", "--json"], b"help\n\xff\n");
    assert_eq!((ended.code, ended.json().len()), (Some(2), 1), "what came before it was answered");
}

#[test]
fn strange_lines_are_answered() {
    let home = Home::new();
    let long = "pay ".repeat(20_000);
    let digits = "9".repeat(5_000);
    let lines = format!("\0\u{7f}\u{202e}\u{feff}\r\n{long}\n{digits} dollars\n\u{1f600}\u{0301}\n");
    let ended = home.hear(&["chat", "--json"], &lines);
    assert_eq!(ended.code, Some(0), "{}", ended.err);
    assert_eq!(ended.json().len(), 4);
    assert_eq!(home.hear(&["understand", "--json"], &lines).json().len(), 4);
}

#[test]
fn a_reader_that_leaves_ends_the_program_quietly() {
    let home = Home::new();
    let commands: [&[&str]; 6] =
        [&["chat", "--json"], &["understand"], &["models", "list"], &["check"], &["payments", "list"], &["--help"]];
    for command in commands {
        let mut child = home.sayso(command).stdin(Stdio::piped()).spawn().unwrap();
        drop(child.stdout.take());
        let _ = child.stdin.take().unwrap().write_all("help\nhelp\nhelp\n".as_bytes());
        let output = child.wait_with_output().unwrap();
        let err = String::from_utf8(output.stderr).unwrap();
        assert!(!err.contains("panicked at") && !err.contains("Broken pipe"), "{command:?}: {err}");
        assert_eq!(output.status.code(), Some(0), "{command:?}: {err}");
    }
}

#[cfg(target_os = "linux")]
#[test]
fn results_that_cannot_be_written_are_1() {
    let home = Home::new();
    let full = std::fs::OpenOptions::new().write(true).open("/dev/full").unwrap();
    let ended = end(home.sayso(&["chat", "--json"]).stdout(full), "help\n");
    ended.refused(1, &["writing failed"]);
}
