//! The provider in plain C: built by the system's own compiler against the header, and held to every law like any other.

use crate::conformance::{broken, fixtures};
use crate::stage::plugins;
use sayso::conformance::check;
use serde_json::Map;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

fn top() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().to_owned()
}

/// Builds the library; a warning is an error.
fn built(folder: &Path) -> PathBuf {
    let library = folder.join("libc_provider.so");
    let source = top().join("plugins/examples/c_provider");
    let compiler = std::env::var("CC").unwrap_or_else(|_| "cc".to_owned());
    let mut command = Command::new(compiler);
    command.args(["-std=c11", "-O1", "-g", "-Wall", "-Wextra", "-Werror", "-shared", "-fPIC", "-fvisibility=hidden"]);
    command.arg("-I").arg(top().join("plugins/sdk/include"));
    command.arg(source.join("provider.c")).arg(source.join("json.c")).arg("-o").arg(&library);
    let output = command.output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    library
}

#[tokio::test]
async fn the_provider_in_c_keeps_every_law() {
    let folder = tempfile::tempdir().unwrap();
    let library = built(folder.path());
    let fixtures = fixtures("plugins/examples/c_provider/fixtures");
    let report = check(&plugins(), &library, &fixtures, &Map::new(), Duration::from_secs(30)).await.unwrap();
    let findings: Vec<_> = report.verdicts.iter().flat_map(|verdict| &verdict.findings).collect();
    assert_eq!(broken(&report), Vec::<String>::new(), "{findings:#?}");
    assert_eq!((report.about.capabilities.name.as_str(), report.about.abi), ("c_provider", (1, 0)));
    // It has no notifications, so what is about genuine ones cannot be tried; everything else must have been.
    let unchecked: Vec<_> = report.verdicts.iter().filter(|verdict| verdict.not_checked.is_some()).collect();
    let laws: Vec<_> = unchecked.iter().map(|verdict| serde_json::to_value(verdict.law).unwrap()).collect();
    assert_eq!(laws, ["tampered", "late", "redelivered", "acknowledged"]);
}
