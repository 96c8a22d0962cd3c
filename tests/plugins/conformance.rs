//! The conformance kit: what is right passes, and for each mistake it names the law that is broken.

use crate::stage::{library, plugins};
use sayso::conformance::{Fixture, Law, Report, check};
use serde_json::{Map, Value, json};
use std::path::{Path, PathBuf};
use std::time::Duration;

/// Long enough for a slow machine; one mistake waits for it.
const DEADLINE: Duration = Duration::from_secs(30);

pub fn fixtures(folder: &str) -> Vec<Fixture> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().join(folder);
    let mut paths: Vec<PathBuf> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    let read = |path: PathBuf| Fixture::parse(&std::fs::read_to_string(&path).unwrap(), &path).unwrap();
    paths.into_iter().map(read).collect()
}

async fn report(name: &str, folder: &str, settings: Value, deadline: Duration) -> Report {
    let settings: Map<String, Value> = serde_json::from_value(settings).unwrap();
    check(&plugins(), &library(name), &fixtures(folder), &settings, deadline).await.unwrap()
}

/// The laws that are broken, by the names that `--json` gives them.
pub fn broken(report: &Report) -> Vec<String> {
    let broken = report.verdicts.iter().filter(|verdict| verdict.broken > 0);
    broken.map(|verdict| serde_json::to_value(verdict.law).unwrap().as_str().unwrap().to_owned()).collect()
}

#[tokio::test]
async fn the_practice_bank_keeps_every_law() {
    let report = report("practice_bank", "plugins/practice_bank/fixtures", json!({}), DEADLINE).await;
    let findings: Vec<_> = report.verdicts.iter().flat_map(|verdict| &verdict.findings).collect();
    assert_eq!(broken(&report), Vec::<String>::new(), "{findings:#?}");
    let unchecked: Vec<_> = report.verdicts.iter().filter_map(|verdict| verdict.not_checked.as_ref()).collect();
    assert!(unchecked.is_empty(), "{unchecked:?}");
}

#[tokio::test]
async fn wechat_pay_keeps_every_law_and_that_of_signed_answers() {
    let report = report("wechat_pay", "plugins/wechat_pay/fixtures", json!({}), DEADLINE).await;
    let findings: Vec<_> = report.verdicts.iter().flat_map(|verdict| &verdict.findings).collect();
    assert_eq!(broken(&report), Vec::<String>::new(), "{findings:#?}");
    let unchecked: Vec<_> = report.verdicts.iter().filter_map(|verdict| verdict.not_checked.as_ref()).collect();
    assert!(unchecked.is_empty(), "{unchecked:?}");
    let signed = report.verdicts.iter().find(|verdict| verdict.law == Law::Unverified).unwrap();
    assert!(signed.cases > 100, "{signed:?}");
}

#[tokio::test]
async fn a_plugin_that_does_not_look_at_signatures_is_found_out() {
    let signs = fixtures("plugins/wechat_pay/fixtures")[0].signs.clone();
    let mut bank = fixtures("plugins/practice_bank/fixtures");
    bank.iter_mut().for_each(|fixture| fixture.signs = signs.clone());
    let report = check(&plugins(), &library("practice_bank"), &bank, &Map::new(), DEADLINE).await.unwrap();
    assert_eq!(broken(&report), ["unverified"]);
    bank.iter_mut().flat_map(|fixture| &mut fixture.signs).for_each(|signs| signs.private_key = "no key".into());
    let report = check(&plugins(), &library("practice_bank"), &bank, &Map::new(), DEADLINE).await.unwrap();
    let findings: Vec<_> = report.verdicts.iter().flat_map(|verdict| &verdict.findings).collect();
    assert!(findings.iter().any(|finding| finding.came.contains("signs.private_key")), "{findings:#?}");
}

#[tokio::test]
async fn the_hostile_plugin_fails_with_readable_findings() {
    let report = report("hostile_plugin", "plugins/practice_bank/fixtures", json!({}), DEADLINE).await;
    let broken = broken(&report);
    for law in ["survives", "no_success_unasked", "recorded", "requests"] {
        assert!(broken.iter().any(|name| name == law), "{law}: {broken:?}");
    }
    let findings: Vec<_> = report.verdicts.iter().flat_map(|verdict| &verdict.findings).collect();
    assert!(findings.iter().any(|finding| finding.came.contains("signal: 6")), "{findings:#?}");
    assert!(findings.iter().any(|finding| finding.wanted.contains("without asking the provider")), "{findings:#?}");
}

#[tokio::test]
async fn every_mistake_breaks_its_law_and_no_mistake_breaks_none() {
    let mistakes = [
        ("", ""),
        ("no_key", "key"),
        ("another_host", "hosts"),
        ("tells_the_secret", "secrets"),
        ("glues_strings", "names"),
        ("a_5xx_is_a_decline", "server_errors"),
        ("a_404_is_a_success", "client_errors"),
        ("what_it_cannot_read_is_a_decline", "cut"),
        ("takes_any_reference", "reference"),
        ("cannot_bear_new_fields", "additions"),
        ("panics_at_null", "survives"),
        ("an_unheard_of_status_is_a_decline", "status_word"),
        ("an_unheard_of_status_is_a_success", "status_word"),
        ("corrects_the_amount", "amount"),
        ("changes_its_name", "describes"),
        ("tries_again", "no_retry"),
        ("not_sent_is_unknown", "not_sent"),
        ("lost_is_not_sent", "maybe_sent"),
        ("finds_nothing_without_asking", "no_success_unasked"),
        ("believes_every_notification", "unsigned"),
        ("does_not_look_at_the_body", "tampered"),
        ("does_not_look_at_the_time", "late"),
        ("acknowledges_with_500", "acknowledged"),
    ];
    for (mistake, law) in mistakes {
        let report =
            report("sloppy_plugin", "tests/sloppy_plugin/fixtures", json!({ "mistake": mistake }), DEADLINE).await;
        let broken = broken(&report);
        match law {
            "" => assert_eq!(broken, Vec::<String>::new(), "{report:#?}"),
            law => assert!(broken.iter().any(|name| name == law), "{mistake}: {broken:?}"),
        }
    }
}

#[tokio::test]
async fn what_never_answers_breaks_the_deadline() {
    let settings: Map<String, Value> = serde_json::from_value(json!({ "mistake": "never_answers" })).unwrap();
    let report =
        check(&plugins(), &library("sloppy_plugin"), &[], &settings, Duration::from_millis(300)).await.unwrap();
    assert!(broken(&report).iter().any(|law| law == "deadline"), "{report:#?}");
}

#[tokio::test]
async fn a_scenario_that_comes_out_otherwise_shows_what_came() {
    let text = r#"{"settings":{},"scenarios":[{"name":"odd","verb":"pay","exchanges":[{"request":{"url":"https://nowhere.example/"},"response":{"body":{"status":"paid"}}}],"expect":"succeeded"}]}"#;
    let fixture = Fixture::parse(text, Path::new("odd.json")).unwrap();
    let report = check(&plugins(), &library("sloppy_plugin"), &[fixture], &Map::new(), DEADLINE).await.unwrap();
    let finding = |name: &str| {
        let verdict =
            report.verdicts.iter().find(|verdict| serde_json::to_value(verdict.law).unwrap() == name).unwrap();
        verdict.findings.first().unwrap().clone()
    };
    assert!(finding("recorded").came.contains("unknown"));
    let requests = finding("requests");
    assert!(requests.wanted.contains("the address is https://bank.example/pay"), "{requests:?}");
    assert_eq!(requests.exchanges[0].request.method, "POST");
}
