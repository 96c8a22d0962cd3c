//! Folders of dialogs that are wrong in one way each, with what has to be found at their heads; and of good ones.

use crate::dialog::code;
use crate::dialog::{Dialogs, Finding, SourceFile};
use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

/// The samples of a folder: single files, and folders that are loaded together.
fn samples(folder: &str) -> Vec<(String, Vec<SourceFile>)> {
    let top = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests").join(folder);
    let mut found: Vec<_> = list(&top).into_iter().map(|path| (path.display().to_string(), files(&path))).collect();
    found.sort_by(|a, b| a.0.cmp(&b.0));
    found
}

fn list(folder: &Path) -> Vec<PathBuf> {
    let mut paths: Vec<PathBuf> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    paths
}

fn files(path: &Path) -> Vec<SourceFile> {
    let paths = if path.is_dir() { list(path) } else { vec![path.to_owned()] };
    paths.iter().map(|path| SourceFile::from_bytes(path.display().to_string(), &fs::read(path).unwrap())).collect()
}

fn findings(files: &[SourceFile]) -> Vec<Finding> {
    Dialogs::load(files).map_or_else(|findings| findings, |loaded| loaded.warnings)
}

/// What the first line of a file says: `# expect: code line:column, ...`.
fn expected(file: &SourceFile) -> Vec<String> {
    let head = file.text.lines().next().unwrap_or_default();
    let list = head.split_once("expect: ").map(|(_, list)| list.trim()).unwrap_or_default();
    list.split(", ").filter(|one| !one.is_empty()).map(str::to_owned).collect()
}

#[test]
fn every_broken_sample_has_exactly_its_findings() {
    let samples = samples("dialogs_broken");
    assert!(samples.len() >= 100, "the samples are not where this test looks");
    let mut problems = Vec::new();
    for (name, files) in &samples {
        let found = findings(files);
        for file in files {
            let here = found.iter().filter(|finding| finding.file == file.name);
            let got: Vec<String> = here.map(|f| format!("{} {}:{}", f.code, f.line, f.column)).collect();
            let want = expected(file);
            if got != want {
                problems.push(format!("{name}: expected {want:?}, found {got:?}"));
            }
        }
        if found.is_empty() {
            problems.push(format!("{name}: nothing was found"));
        }
        for finding in found {
            let hint = finding.hint.as_deref().unwrap_or_default();
            if hint.is_empty() || !finding.render(false).contains('^') || finding.end_column <= finding.column {
                problems.push(format!("{name}: a finding without hint or place: {finding:?}"));
            }
        }
    }
    assert!(problems.is_empty(), "\n{}\n", problems.join("\n"));
}

#[test]
fn nothing_is_found_in_good_samples() {
    for (name, files) in samples("dialogs_good") {
        // What is handed over needs its file beside it.
        let together = if name.contains("handed_over") { by_prefix("handed_over") } else { files };
        let found: Vec<String> = findings(&together).iter().map(|finding| finding.render(false)).collect();
        assert!(found.is_empty(), "{name}:\n{}", found.join("\n"));
    }
}

fn by_prefix(prefix: &str) -> Vec<SourceFile> {
    let all = samples("dialogs_good").into_iter().filter(|(name, _)| name.contains(prefix));
    all.flat_map(|(_, files)| files).collect()
}

#[test]
fn every_code_is_explained_and_shown() {
    let readme = include_str!("../../../../dialogs/README.md");
    let shown: BTreeSet<String> = samples("dialogs_broken")
        .iter()
        .flat_map(|(_, files)| files.iter().flat_map(expected).collect::<Vec<_>>())
        .filter_map(|one| one.split(' ').next().map(str::to_owned))
        .collect();
    // These need another encoding, a large file, another kind of file, a household, or stand in for what nobody has thought of.
    let elsewhere =
        ["yaml-encoding", "yaml-bom", "yaml-too-much", "yaml-unreadable", "bad-lexicon", "unknown-payee", "other"];
    for code in code::ALL {
        let severity = format!("{:?}", code.severity).to_lowercase();
        let row = format!("| `{}` | {severity} | {} |", code.name, code.about);
        assert!(readme.contains(&row), "dialogs/README.md lacks\n{row}");
        assert!(shown.contains(code.name) || elsewhere.contains(&code.name), "no sample shows `{}`", code.name);
    }
}

#[test]
fn other_encodings_are_named() {
    let of = |bytes: &[u8]| findings(&[SourceFile::from_bytes("f.yaml", bytes)]);
    let utf16: Vec<u8> = "flow: x\n".encode_utf16().flat_map(u16::to_le_bytes).collect();
    let marked: Vec<u8> = [vec![0xff, 0xfe], utf16.clone()].concat();
    for (bytes, line) in [(utf16, 1), (marked, 1), (b"# hi\nflow: x\ntitle: {zh: \xb8\xb6\xbf\xee}\n".to_vec(), 3)] {
        let found = of(&bytes);
        assert_eq!((found.len(), found[0].code, found[0].line), (1, "yaml-encoding", line), "{found:?}");
    }
    let text = include_str!("../../../../dialogs/greeting.yaml");
    let found = of(format!("\u{feff}{text}").as_bytes());
    assert_eq!(found.iter().map(|f| (f.code, f.line)).collect::<Vec<_>>(), [("yaml-bom", 1)]);
    let found = of(format!("# {}", "x".repeat(1_100_000)).as_bytes());
    assert_eq!(found[0].code, "yaml-too-much");
}
