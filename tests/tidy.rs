//! The rules of the house, held by a test: arrows between rooms, heads, sizes, names, and no file that is forgotten.
#![allow(clippy::unwrap_used)] // What can't be read here has to fail the test.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

/// What each room of `assistant/src` may use, in the order of `lib.rs`. `ARCHITECTURE.md` draws the same.
const ARROWS: &[(&str, &[&str])] = &[
    ("lang", &[]),
    ("redaction", &[]),
    ("schedule", &[]),
    ("audio", &[]),
    ("onnx", &[]),
    ("models", &["lang", "onnx"]),
    ("household", &["lang"]),
    ("wording", &["lang", "schedule"]),
    ("understanding", &["lang", "schedule"]),
    ("encoder", &["understanding"]),
    ("evaluation", &["understanding", "wording", "consent", "lang"]),
    ("consent", &["lang", "schedule", "wording"]),
    ("pronunciation", &["lang", "wording"]),
    ("speech", &["audio", "lang", "onnx", "wording", "pronunciation"]),
    ("dialog", &["understanding", "wording", "consent", "household", "lang", "schedule", "redaction"]),
    ("ledger", &["consent"]),
    ("payments", &["ledger", "consent", "schedule", "redaction"]),
    ("store", &["ledger", "payments", "announce", "dialog", "consent", "schedule", "redaction"]),
    ("announce", &["payments", "ledger", "wording", "lang"]),
    ("plugin_host", &[]),
    ("plugin_worker", &[]),
    ("conformance", &["plugin_host", "payments"]),
    ("config", &["consent", "household", "lang"]),
    (
        "turn",
        &[
            "announce",
            "audio",
            "speech",
            "understanding",
            "dialog",
            "consent",
            "schedule",
            "wording",
            "household",
            "lang",
            "config",
            "ledger",
            "payments",
            "plugin_host",
            "store",
            "server",
            "redaction",
        ],
    ),
    ("rehearsal", &["consent", "dialog", "understanding", "household", "config", "lang", "schedule"]),
    ("layout", &["dialog", "rehearsal", "lang"]),
    ("drawing", &["dialog", "ledger", "lang"]),
    ("server", &["payments"]),
    ("cli", &["*"]),
    ("bin", &["*"]),
];

/// Rooms that may use what another room has only for its tests.
const TEST_ARROWS: &[(&str, &str)] =
    &[("understanding", "wording"), ("speech", "evaluation"), ("store", "household"), ("dialog", "store")];

/// The only places where `unsafe` may stand.
const UNSAFE_ROOMS: &[&str] = &[
    "plugins/interface/",
    "plugins/sdk/",
    "assistant/src/plugin_worker/",
    // One call, which sets a number of the allocator.
    "assistant/src/bin/sayso.rs",
    "tests/",
];

const FILE_LINES_MAX: usize = 400;
const FUNCTION_LINES_MAX: usize = 70;
/// Lines of code of one provider, without comments, tests, mapping and fixtures.
const PROVIDER_LINES_MAX: usize = 599;

fn root() -> PathBuf {
    let top = Path::new(env!("CARGO_MANIFEST_DIR")).parent().map(Path::to_owned);
    top.unwrap_or_default()
}

/// Every Rust file of the project: its path from the top, and its text.
fn sources() -> BTreeMap<String, String> {
    let mut found = BTreeMap::new();
    for folder in ["assistant", "plugins", "tests"] {
        collect(&root().join(folder), &mut found);
    }
    assert!(found.len() > 40, "the project's files are not where this test looks");
    found
}

fn collect(folder: &Path, found: &mut BTreeMap<String, String>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() && path.file_name().is_some_and(|name| name != "target") {
            collect(&path, found);
        } else if path.extension().is_some_and(|ending| ending == "rs") {
            let name = path.strip_prefix(root()).unwrap().to_string_lossy().replace('\\', "/");
            found.insert(name, fs::read_to_string(&path).unwrap());
        }
    }
}

fn fail_with(problems: &[String]) {
    assert!(problems.is_empty(), "\n{}\n", problems.join("\n"));
}

/// The room of a file: `assistant/src/dialog/step.rs` -> `dialog`.
fn room(path: &str) -> Option<&str> {
    let inside = path.strip_prefix("assistant/src/")?;
    Some(inside.split('/').next()?.trim_end_matches(".rs"))
}

#[test]
fn rooms_use_only_what_their_arrows_allow() {
    let mut problems = Vec::new();
    for (path, text) in sources() {
        let Some(room) = room(&path).filter(|room| *room != "lib") else { continue };
        let Some((_, allowed)) = ARROWS.iter().find(|(name, _)| *name == room) else {
            problems.push(format!("{path}: the room `{room}` is not in the table of arrows"));
            continue;
        };
        let mut in_tests = path.ends_with("tests.rs") || path.contains("/tests/");
        for (number, line) in text.lines().enumerate() {
            in_tests |= line.trim_start().starts_with("#[cfg(test)]");
            for used in rooms_named(line) {
                let fine = used == room
                    || allowed.contains(&"*")
                    || allowed.contains(&used)
                    || (in_tests && TEST_ARROWS.contains(&(room, used)));
                if !fine {
                    problems.push(format!("{path}:{}: `{room}` must not use `{used}`", number + 1));
                }
            }
        }
    }
    fail_with(&problems);
}

/// The rooms that a line names after `crate::`, also inside `crate::{a, b::C}`.
fn rooms_named(line: &str) -> Vec<&str> {
    if line.trim_start().starts_with("//") {
        return Vec::new();
    }
    let known = |name: &str| ARROWS.iter().find(|(room, _)| *room == name).map(|(room, _)| *room);
    let word = |text: &str| text.split(|c: char| !(c.is_alphanumeric() || c == '_')).next().unwrap_or("").to_owned();
    line.match_indices("crate::")
        .flat_map(|(at, found)| {
            let rest = &line[at + found.len()..];
            match rest.strip_prefix('{') {
                Some(list) => list.split(',').map(|part| word(part.trim())).collect::<Vec<_>>(),
                None => vec![word(rest)],
            }
        })
        .filter_map(|name| known(&name))
        .collect()
}

#[test]
fn every_file_says_what_it_is_for() {
    let headless = sources().into_iter().filter(|(_, text)| !text.starts_with("//!"));
    fail_with(&headless.map(|(path, _)| format!("{path}: does not open with `//!`")).collect::<Vec<_>>());
}

#[test]
fn files_and_functions_stay_small() {
    let mut problems = Vec::new();
    for (path, text) in sources() {
        let lines: Vec<&str> = text.lines().collect();
        if lines.len() > FILE_LINES_MAX {
            problems.push(format!("{path}: {} lines, wants another room (at most {FILE_LINES_MAX})", lines.len()));
        }
        for (name, start, length) in functions(&lines) {
            if length > FUNCTION_LINES_MAX {
                problems.push(format!("{path}:{start}: `{name}` has {length} lines (at most {FUNCTION_LINES_MAX})"));
            }
        }
    }
    fail_with(&problems);
}

/// Each function's name, first line (from 1) and length; relies on the layout that rustfmt gives.
fn functions(lines: &[&str]) -> Vec<(String, usize, usize)> {
    let mut found = Vec::new();
    for (at, line) in lines.iter().enumerate() {
        let code = line.trim_start();
        let words: Vec<&str> = code.split(' ').take(6).collect();
        let Some(keyword) = words.iter().position(|word| *word == "fn") else { continue };
        let plain = words[..keyword]
            .iter()
            .all(|w| w.starts_with("pub") || ["async", "const", "unsafe", "extern", "\"C\""].contains(w));
        if !plain || code.ends_with(';') || code.ends_with('}') {
            continue;
        }
        let indent = line.len() - code.len();
        let closing = format!("{}}}", " ".repeat(indent));
        if let Some(length) = lines[at..].iter().position(|l| *l == closing) {
            let name = words.get(keyword + 1).map_or("", |word| word.split(['(', '<']).next().unwrap_or(""));
            found.push((name.to_owned(), at + 1, length + 1));
        }
    }
    found
}

#[test]
fn a_provider_stays_small() {
    let mut lines: BTreeMap<String, usize> = BTreeMap::new();
    for (path, text) in sources() {
        let Some((plugin, _)) = path.strip_prefix("plugins/").and_then(|path| path.split_once("/src/")) else {
            continue;
        };
        // Tests stand at a file's end.
        let code = text.lines().take_while(|line| !line.starts_with("#[cfg(test)]"));
        let code = code.map(str::trim_start).filter(|line| !line.is_empty() && !line.starts_with("//"));
        *lines.entry(plugin.to_owned()).or_default() += code.count();
    }
    let mut problems = Vec::new();
    for (plugin, count) in lines.iter().filter(|(plugin, _)| !["interface", "sdk"].contains(&plugin.as_str())) {
        if *count > PROVIDER_LINES_MAX {
            problems.push(format!(
                "plugins/{plugin}: {count} lines of code (at most {PROVIDER_LINES_MAX}): what others need too belongs into plugins/sdk"
            ));
        }
    }
    assert!(lines.len() > 5, "the plugins are not where this test looks");
    fail_with(&problems);
}

#[test]
fn unsafe_code_stands_only_where_it_must() {
    let mut problems = Vec::new();
    for (path, text) in sources() {
        if UNSAFE_ROOMS.iter().any(|room| path.starts_with(room)) {
            continue;
        }
        for (number, line) in text.lines().enumerate() {
            let code = line.split("//").next().unwrap_or("");
            if code.contains("unsafe ") || code.contains("allow(unsafe_code)") {
                problems.push(format!("{path}:{}: unsafe code", number + 1));
            }
        }
    }
    fail_with(&problems);
}

#[test]
fn no_dumping_grounds() {
    let dumps = ["utils", "util", "common", "helpers", "misc", "shared"];
    let found = sources().into_keys().filter(|path| path.split(['/', '.']).any(|part| dumps.contains(&part)));
    fail_with(&found.map(|path| format!("{path}: say what it is, not that it is useful")).collect::<Vec<_>>());
}

#[test]
fn no_test_or_bench_is_forgotten() {
    let manifest = fs::read_to_string(root().join("assistant/Cargo.toml")).unwrap();
    let mut problems = Vec::new();
    for path in sources().into_keys() {
        let top_level_test = path.strip_prefix("tests/").is_some_and(|name| !name.contains('/'));
        let bench = path.strip_prefix("assistant/benches/").is_some_and(|name| !name.contains('/'));
        let stem = path.rsplit('/').next().unwrap_or("").trim_end_matches(".rs").to_owned();
        if (top_level_test && !manifest.contains(&format!("../{path}")))
            || (bench && !manifest.contains(&format!("name = \"{stem}\"")))
        {
            problems.push(format!("{path}: not registered in assistant/Cargo.toml"));
        }
    }
    fail_with(&problems);
}

#[test]
fn plugins_know_only_the_sdk() {
    let allowed: &[(&str, &[&str])] = &[
        ("plugins/interface", &[]),
        ("plugins/sdk", &["sayso-plugin-interface"]),
        ("plugins/practice_bank", &["sayso-plugin-sdk"]),
    ];
    let mut problems = Vec::new();
    for (folder, uses) in allowed {
        let manifest = fs::read_to_string(root().join(folder).join("Cargo.toml")).unwrap();
        let ours = manifest.lines().filter(|line| line.starts_with("sayso"));
        for line in ours {
            let name = line.split(['.', ' ', '=']).next().unwrap_or("");
            if !uses.contains(&name) {
                problems.push(format!("{folder}/Cargo.toml: must not depend on `{name}`"));
            }
        }
    }
    fail_with(&problems);
}
