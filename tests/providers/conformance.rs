//! Every provider's library keeps every law of the conformance kit, by its own fixtures.

use crate::household::{PATIENT, library, plugins};
use sayso::conformance::{Fixture, check};
use serde_json::Map;
use std::path::{Path, PathBuf};

/// Plays a plugin's fixtures; what it holds to must be everything, and nothing may go unchecked.
pub async fn keeps_every_law(name: &str) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().join(format!("plugins/{name}/fixtures"));
    let mut paths: Vec<PathBuf> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    let read = |path: PathBuf| Fixture::parse(&std::fs::read_to_string(&path).unwrap(), &path).unwrap();
    let fixtures: Vec<Fixture> = paths.into_iter().map(read).collect();
    let report = check(&plugins(), &library(name), &fixtures, &Map::new(), PATIENT).await.unwrap();
    let findings: Vec<_> = report.verdicts.iter().flat_map(|verdict| &verdict.findings).collect();
    assert!(findings.is_empty(), "{findings:#?}");
    let unchecked: Vec<_> = report.verdicts.iter().filter(|verdict| verdict.not_checked.is_some()).collect();
    assert!(unchecked.is_empty(), "{unchecked:?}");
}

#[tokio::test]
async fn alipay() {
    keeps_every_law("alipay").await;
}

#[tokio::test]
async fn paypal() {
    keeps_every_law("paypal").await;
}

#[tokio::test]
async fn stripe() {
    keeps_every_law("stripe").await;
}
