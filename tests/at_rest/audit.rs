//! The audit log: it tells of everything, and whatever somebody does to it is found and named.

use crate::world::{World, usd};
use rusqlite::Connection;
use sayso::payments::{Filter, PaymentStore as _};
use sayso::store::{AuditHead, Store};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

/// Two payments, one of them given back in part, and something else that happened.
async fn world() -> World {
    let world = World::new();
    let store = world.store();
    let payments = world.start_on(store.clone());
    for _ in 0..2 {
        payments.pay(world.consent(usd(4_000))).await.unwrap();
    }
    let id = payments.list(&Filter::default()).await.unwrap()[0].id.clone();
    payments.refund(&id, usd(1_000)).await.unwrap();
    store.record(json!({ "kind": "exported" }), 1).await.unwrap();
    world
}

/// What is found after this was done to the file, by somebody who can write it and takes the triggers away.
async fn found_after(tampering: &str) -> Vec<String> {
    let world = world().await;
    tamper(&world, tampering);
    found(&world.store(), None).await
}

fn tamper(world: &World, tampering: &str) {
    let connection = Connection::open(world.path()).unwrap();
    let triggers = "SELECT name FROM sqlite_schema WHERE type = 'trigger'";
    let names: Vec<String> =
        connection.prepare(triggers).unwrap().query_map([], |row| row.get(0)).unwrap().map(Result::unwrap).collect();
    for name in names {
        connection.execute_batch(&format!("DROP TRIGGER {name}")).unwrap();
    }
    connection.execute_batch("PRAGMA foreign_keys = OFF").unwrap();
    connection.execute_batch(tampering).unwrap();
}

async fn found(store: &Store, head: Option<AuditHead>) -> Vec<String> {
    store.prove_audit(head).await.unwrap().faults
}

fn entries(world: &World) -> Vec<(i64, Value)> {
    let connection = Connection::open(world.path()).unwrap();
    let mut statement = connection.prepare("SELECT seq, what FROM audit ORDER BY seq").unwrap();
    let rows = statement.query_map([], |row| Ok((row.get(0)?, row.get::<_, String>(1)?))).unwrap();
    rows.map(|row| row.map(|(seq, what)| (seq, serde_json::from_str(&what).unwrap())).unwrap()).collect()
}

#[tokio::test]
async fn it_tells_of_consents_events_refunds_and_proves_itself() {
    let world = world().await;
    let report = world.store().prove_audit(None).await.unwrap();
    assert_eq!(report.faults, Vec::<String>::new());
    let kinds: Vec<String> =
        entries(&world).iter().map(|(_, what)| what["kind"].as_str().unwrap().to_owned()).collect();
    for (kind, at_least) in [("consent", 2), ("event", 7), ("refund", 2), ("exported", 1)] {
        assert!(kinds.iter().filter(|known| *known == kind).count() >= at_least, "{kind}: {kinds:?}");
    }
    assert_eq!(report.entries, kinds.len() as u64);
    assert_eq!(found(&world.store(), Some(report.head.clone())).await, Vec::<String>::new());
    assert_eq!(report.head.to_string().parse::<AuditHead>().unwrap(), report.head);
    assert!("7:xyz".parse::<AuditHead>().is_err());
}

#[tokio::test]
async fn the_database_itself_refuses_to_change_it() {
    let world = world().await;
    let connection = Connection::open(world.path()).unwrap();
    for (statement, why) in [
        ("UPDATE audit SET what = '{}' WHERE seq = 2", "never changed"),
        ("DELETE FROM audit WHERE seq = 2", "never cut"),
        ("INSERT INTO audit VALUES (99, 0, '{}', '', '')", "follows"),
        ("INSERT INTO audit SELECT max(seq) + 1, 0, '{}', 'x', 'x' FROM audit", "follows"),
    ] {
        let error = connection.execute_batch(statement).unwrap_err().to_string();
        assert!(error.contains(why), "{statement}: {error}");
    }
}

#[tokio::test]
async fn whatever_is_done_to_it_is_found_and_named() {
    for (tampering, names) in [
        ("UPDATE audit SET what = replace(what, '4000', '40') WHERE seq = 1", "entry 1 of the audit log was changed"),
        ("UPDATE audit SET at_ms = at_ms + 1 WHERE seq = 3", "entry 3 of the audit log was changed"),
        ("UPDATE audit SET digest = previous WHERE seq = 3", "entry 4 of the audit log does not follow on entry 3"),
        ("DELETE FROM audit WHERE seq = 4", "entries 4 to 4 of the audit log are missing"),
        ("DELETE FROM audit WHERE seq <= 2", "entries 1 to 2 of the audit log are missing"),
        (
            "UPDATE audit SET seq = -1 WHERE seq = 2; UPDATE audit SET seq = 2 WHERE seq = 3; UPDATE audit SET seq = 3 WHERE seq = -1",
            "entry 2 of the audit log",
        ),
        (
            "INSERT INTO audit SELECT max(seq) + 1, 0, '{\"kind\":\"exported\"}', 'x', 'x' FROM audit",
            "does not follow on entry",
        ),
    ] {
        let found = found_after(tampering).await;
        assert!(found.iter().any(|fault| fault.contains(names)), "{tampering}: {found:?}");
    }
}

#[tokio::test]
async fn books_that_say_something_else_are_found() {
    for (tampering, names) in [
        ("UPDATE postings SET minor = minor * 2 WHERE event = 3", "event 3 in the books is not what entry"),
        ("DELETE FROM postings WHERE event = 2; DELETE FROM events WHERE seq = 2", "event 2 of entry"),
        ("UPDATE payments SET payee = 'mallory'", "is not what was agreed to by entry 1"),
        ("UPDATE payments SET evidence = '{}'", "is not what was agreed to by entry 1"),
        (
            "INSERT INTO events SELECT max(seq) + 1, payment, event, from_status, to_status, NULL, 0 FROM events",
            "have no entry in the audit log",
        ),
    ] {
        let found = found_after(tampering).await;
        assert!(found.iter().any(|fault| fault.contains(names)), "{tampering}: {found:?}");
    }
}

#[tokio::test]
async fn what_was_cut_off_or_written_anew_is_found_with_a_head_from_before() {
    let world = world().await;
    let before = world.store().audit_head().await.unwrap();
    tamper(&world, "DELETE FROM audit WHERE seq = (SELECT max(seq) FROM audit)");
    assert_eq!(found(&world.store(), None).await, Vec::<String>::new(), "by itself it can't be known");
    let told = found(&world.store(), Some(before.clone())).await;
    assert!(told[0].contains(&format!("once had entry {}", before.seq)), "{told:?}");
    // Somebody who writes another last entry, with a digest that is right.
    let (seq, last) = {
        let connection = Connection::open(world.path()).unwrap();
        let sql = "SELECT seq, digest FROM audit ORDER BY seq DESC LIMIT 1";
        connection.query_row(sql, [], |row| Ok((row.get::<_, i64>(0)?, row.get::<_, String>(1)?))).unwrap()
    };
    let what = r#"{"kind":"innocent"}"#;
    let digest = Sha256::digest(format!("{}\n0\n{last}\n{what}", seq + 1));
    let digest: String = digest.iter().map(|byte| format!("{byte:02x}")).collect();
    tamper(&world, &format!("INSERT INTO audit VALUES ({}, 0, '{what}', '{last}', '{digest}')", seq + 1));
    assert_eq!(found(&world.store(), None).await, Vec::<String>::new());
    let told = found(&world.store(), Some(before.clone())).await;
    assert!(told[0].contains(&format!("entry {} of the audit log is another one", before.seq)), "{told:?}");
}

#[tokio::test]
async fn a_change_of_rules_is_told_once() {
    let world = World::new();
    let store = world.store();
    assert!(store.record_change("rules", json!("a"), 1).await.unwrap());
    assert!(!store.record_change("rules", json!("a"), 2).await.unwrap());
    assert!(store.record_change("rules", json!("b"), 3).await.unwrap());
    assert!(store.record_change("rules", json!("a"), 4).await.unwrap());
    assert_eq!(entries(&world).len(), 3);
    assert!(store.verify().await.unwrap().is_sound());
}
